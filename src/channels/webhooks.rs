//! The receivers of webhooks: made, changed and removed by admins, each kept told by a worker of its
//! own, so that a slow one holds up nobody.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{oneshot, watch};
use tokio_util::sync::CancellationToken;

use crate::channels::deliveries::Deliveries;
use crate::channels::http::Caller;
use crate::channels::outbox::Outbox;
use crate::channels::worker::{self, Worker, cursor_key};
use crate::channels::{
    Attempt, AttemptPage, Cause, ChannelError, ChannelParts, DeliveryId, DoorId, Endpoint,
    EndpointChange, Secret, endpoint, payload,
};
use crate::domain::Timestamp;
use crate::events::Table;

/// How many receivers there may be.
const MOST: usize = 50;
/// How many attempts one answer holds at most.
const PAGE: usize = 200;

/// A receiver with its worker.
struct Served {
    config: watch::Sender<Endpoint>,
    ended: CancellationToken,
}

pub(super) struct Inner {
    pub(super) parts: ChannelParts,
    pub(super) caller: Caller,
    served: Mutex<HashMap<DoorId, Served>>,
    /// Held while a receiver is made, changed or removed.
    changing: tokio::sync::Mutex<()>,
}

/// All receivers of webhooks.
#[derive(Clone)]
pub struct Webhooks(Arc<Inner>);

impl Webhooks {
    /// Reads the receivers and starts to keep them told, from where each stood.
    pub async fn start(parts: ChannelParts) -> Result<Self, ChannelError> {
        let caller = Caller::new(parts.allow_private);
        let changing = tokio::sync::Mutex::default();
        let this = Self(Arc::new(Inner { parts, caller, served: Mutex::default(), changing }));
        for (key, bytes) in this.0.parts.records.list(Table::Webhooks).await? {
            if key.parse::<DoorId>().is_err() {
                continue; // a note where one stands
            }
            let endpoint = serde_json::from_slice(&bytes).map_err(|_| ChannelError::Store)?;
            this.serve(endpoint).await?;
        }
        Ok(this)
    }

    async fn serve(&self, endpoint: Endpoint) -> Result<(), ChannelError> {
        let note = self.0.parts.records.get(Table::Webhooks, &cursor_key(&endpoint)).await?;
        let outbox = note.and_then(|note| serde_json::from_slice(&note).ok());
        let outbox: Outbox = outbox.ok_or(ChannelError::Store)?;
        let id = endpoint.id;
        let (config, watched) = watch::channel(endpoint);
        let worker = Worker::new(&self.0, watched, outbox);
        let ended = CancellationToken::new();
        let guard = ended.clone().drop_guard();
        self.0.parts.tasks.spawn("webhook", async move {
            worker.run().await;
            drop(guard);
        });
        self.0.served().insert(id, Served { config, ended });
        Ok(())
    }

    /// All receivers, oldest first.
    pub fn list(&self) -> Vec<Endpoint> {
        let served = self.0.served();
        let mut all: Vec<Endpoint> =
            served.values().map(|served| served.config.borrow().clone()).collect();
        all.sort_by_key(|endpoint| (endpoint.created_at, endpoint.id));
        all
    }

    /// One receiver.
    pub fn get(&self, id: DoorId) -> Result<Endpoint, ChannelError> {
        let served = self.0.served();
        let endpoint = served.get(&id).map(|served| served.config.borrow().clone());
        endpoint.ok_or(ChannelError::Unknown)
    }

    /// Makes a receiver. It is told of what happens from now on.
    pub async fn add(&self, new: EndpointChange) -> Result<Endpoint, ChannelError> {
        let _changing = self.0.changing.lock().await;
        if self.0.served().len() >= MOST {
            return Err(ChannelError::TooMany);
        }
        let endpoint = Endpoint {
            id: DoorId::random(),
            url: self.0.caller.check(new.url.as_deref().unwrap_or_default())?,
            events: endpoint::types(&new.events.unwrap_or_default())?,
            active: new.active.unwrap_or(true),
            created_at: self.0.parts.clock.now(),
            gone_at: None,
            secret: Secret::random(),
            old_secret: None,
        };
        let outbox = Outbox::after(self.0.parts.log.journal_end().await?);
        let note = serde_json::to_vec(&outbox).map_err(|_| ChannelError::Store)?;
        self.0.parts.records.put(Table::Webhooks, &cursor_key(&endpoint), note).await?;
        self.0.store(&endpoint).await?;
        self.serve(endpoint.clone()).await?;
        Ok(endpoint)
    }

    /// Changes a receiver. One that is switched on again is told of all that happened meanwhile.
    pub async fn change(
        &self,
        id: DoorId,
        change: EndpointChange,
    ) -> Result<Endpoint, ChannelError> {
        let url = change.url.map(|url| self.0.caller.check(&url)).transpose()?;
        let events = change.events.map(|names| endpoint::types(&names)).transpose()?;
        self.0
            .edit(id, move |endpoint, _| {
                if let Some(url) = url {
                    endpoint.url = url;
                }
                if let Some(events) = events {
                    endpoint.events = events;
                }
                if let Some(active) = change.active {
                    endpoint.active = active;
                    endpoint.gone_at = endpoint.gone_at.filter(|_| !active);
                }
            })
            .await
    }

    /// Makes a fresh secret; the one before signs too for another day.
    pub async fn rotate(&self, id: DoorId) -> Result<Endpoint, ChannelError> {
        self.0.edit(id, Endpoint::rotate).await
    }

    /// Removes a receiver with all that is known of it.
    pub async fn remove(&self, id: DoorId) -> Result<(), ChannelError> {
        let _changing = self.0.changing.lock().await;
        let endpoint = self.get(id)?;
        let records = &self.0.parts.records;
        records.delete(Table::Webhooks, &id.to_string()).await?;
        let served = self.0.served().remove(&id);
        if let Some(Served { config, ended }) = served {
            drop(config);
            ended.cancelled().await;
        }
        records.delete(Table::Webhooks, &cursor_key(&endpoint)).await?;
        Deliveries::of(records, id).clear().await
    }

    /// What was sent to a receiver, newest first.
    pub async fn deliveries(
        &self,
        id: DoorId,
        before: Option<&str>,
        limit: usize,
    ) -> Result<AttemptPage, ChannelError> {
        self.get(id)?;
        let log = Deliveries::of(&self.0.parts.records, id);
        log.page(before, limit.clamp(1, PAGE)).await
    }

    /// Sends an event to a receiver once more, under the same name.
    pub async fn replay(&self, id: DoorId, delivery: DeliveryId) -> Result<Attempt, ChannelError> {
        let endpoint = self.get(id)?;
        if delivery.door != id {
            return Err(ChannelError::Unknown);
        }
        let event = worker::read_event(&self.0, &delivery).await?;
        let inner = Arc::clone(&self.0);
        let call = async move { worker::call(&inner, &endpoint, &delivery, &event).await.0 };
        self.on_main(id, Cause::Replay, call).await
    }

    /// Tries a receiver out.
    pub async fn test(&self, id: DoorId) -> Result<Attempt, ChannelError> {
        let endpoint = self.get(id)?;
        let now = self.0.parts.clock.now();
        let name = format!("msg_{id}_test_{}", DoorId::random());
        let inner = Arc::clone(&self.0);
        let call = async move {
            let body = payload::of_test(now);
            worker::send(&inner, &endpoint, (name, payload::TEST), body).await.0
        };
        self.on_main(id, Cause::Test, call).await
    }

    /// Calls on the main runtime, whose connections outlive the worker that asks, and keeps the
    /// attempt even when nobody waits for it any more.
    async fn on_main(
        &self,
        id: DoorId,
        cause: Cause,
        call: impl Future<Output = Attempt> + Send + 'static,
    ) -> Result<Attempt, ChannelError> {
        let (reply, answer) = oneshot::channel();
        let records = Arc::clone(&self.0.parts.records);
        self.0.parts.tasks.spawn("webhook by hand", async move {
            let attempt = Attempt { cause, ..call.await };
            let kept = Deliveries::of(&records, id).keep(&attempt).await;
            // Nobody may wait for it any more.
            let _ = reply.send(kept.map(|()| attempt));
        });
        answer.await.unwrap_or(Err(ChannelError::Store))
    }
}

impl Inner {
    fn served(&self) -> MutexGuard<'_, HashMap<DoorId, Served>> {
        self.served.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn store(&self, endpoint: &Endpoint) -> Result<(), ChannelError> {
        let bytes = serde_json::to_vec(endpoint).map_err(|_| ChannelError::Store)?;
        let key = endpoint.id.to_string();
        Ok(self.parts.records.put(Table::Webhooks, &key, bytes).await?)
    }

    async fn edit(
        &self,
        id: DoorId,
        edit: impl FnOnce(&mut Endpoint, Timestamp),
    ) -> Result<Endpoint, ChannelError> {
        let _changing = self.changing.lock().await;
        let current = self.served().get(&id).map(|served| served.config.borrow().clone());
        let mut endpoint = current.ok_or(ChannelError::Unknown)?;
        edit(&mut endpoint, self.parts.clock.now());
        self.store(&endpoint).await?;
        if let Some(served) = self.served().get(&id) {
            served.config.send_replace(endpoint.clone());
        }
        Ok(endpoint)
    }

    /// A receiver says that it is gone: it is told nothing until an admin switches it on again. Done
    /// beside the worker, for which whoever removes the receiver waits.
    pub(super) fn is_gone(self: &Arc<Self>, id: DoorId) {
        let this = Arc::clone(self);
        self.parts.tasks.spawn("webhook gone", async move {
            let edited = this.edit(id, |endpoint, now| {
                endpoint.active = false;
                endpoint.gone_at = Some(now);
            });
            match edited.await {
                Ok(_) => tracing::warn!(webhook.id = %id, "a receiver of webhooks is gone (410)"),
                Err(error) => tracing::warn!(%error, webhook.id = %id, "a receiver is gone (410)"),
            }
        });
    }
}
