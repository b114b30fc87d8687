//! Keeps one receiver told: takes in the journal, sends what the outbox names, a few at a time, keeps
//! every attempt, and notes where it stands. Wakes only make it quick; it reads the journal without
//! them too.

use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt as _;
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, watch};
use tokio::time::Instant;

use crate::channels::deliveries::Deliveries;
use crate::channels::http::{Answer, Post};
use crate::channels::outbox::{Moment, Next, Outbox, Outcome, Task};
use crate::channels::webhooks::Inner;
use crate::channels::{
    Attempt, Cause, ChannelError, DeliveryId, Endpoint, EventType, Verdict, payload,
};
use crate::domain::{Event, Timestamp};
use crate::events::{Table, Wake};

/// How often the journal is read when nobody hints at news.
const SWEEP: Duration = Duration::from_secs(5);
/// How often at most it is noted where the receiver stands.
const NOTE_EVERY: Duration = Duration::from_secs(1);
/// How much of the journal is read at once.
const PAGE: usize = 128;
/// How long a stop waits for what is under way.
const STOP_WITHIN: Duration = Duration::from_secs(2);
/// When what could not be read is tried again.
const AGAIN: Duration = Duration::from_secs(5);

/// The key of the note where a receiver stands.
pub(super) fn cursor_key(endpoint: &Endpoint) -> String {
    format!("cursor/{}", endpoint.id)
}

/// How a flight ended.
enum Landed {
    /// It could not be told what to send.
    Unread,
    /// The receiver does not want it.
    Unwanted,
    /// It was called.
    Answered { attempt: Box<Attempt>, answer: Answer, written: Timestamp },
}

type Flights = FuturesUnordered<BoxFuture<'static, (Task, Landed)>>;

/// What keeps one receiver told.
pub(super) struct Worker {
    inner: Arc<Inner>,
    config: watch::Receiver<Endpoint>,
    outbox: Outbox,
    deliveries: Deliveries,
    flights: Flights,
    wakes: broadcast::Receiver<Wake>,
    /// Whether something changed since the last note.
    is_dirty: bool,
    noted: Instant,
}

impl Worker {
    pub(super) fn new(
        inner: &Arc<Inner>,
        config: watch::Receiver<Endpoint>,
        outbox: Outbox,
    ) -> Self {
        let door = config.borrow().id;
        Self {
            inner: Arc::clone(inner),
            config,
            outbox,
            deliveries: Deliveries::of(&inner.parts.records, door),
            flights: Flights::new(),
            wakes: inner.parts.log.wakes(),
            is_dirty: false,
            noted: Instant::now(),
        }
    }

    /// Runs until the server stops or the receiver is removed.
    pub(super) async fn run(mut self) {
        let stop = self.inner.parts.tasks.soft();
        loop {
            let until = self.step().await;
            tokio::select! {
                Some((task, landed)) = self.flights.next() => self.land(task, landed).await,
                wake = self.wakes.recv() => if wake == Err(RecvError::Closed) {
                    tokio::time::sleep(SWEEP).await;
                },
                () = tokio::time::sleep(until) => {}
                changed = self.config.changed() => match changed {
                    Ok(()) => self.outbox.hurry(),
                    // removed: nothing of it is kept
                    Err(_) => return,
                },
                () = stop.cancelled() => break,
            }
        }
        let landing = async {
            while let Some((task, landed)) = self.flights.next().await {
                self.land(task, landed).await;
            }
        };
        // what does not land in time is sent again after the next start, under the same name
        let _ = tokio::time::timeout(STOP_WITHIN, landing).await;
        self.note().await;
    }

    /// Does what can be done now, and says how long there is nothing more to do.
    async fn step(&mut self) -> Duration {
        let mut wait = SWEEP;
        if self.config.borrow().active {
            self.take_in().await;
            let now = self.inner.parts.clock.now();
            loop {
                match self.outbox.next(now) {
                    Next::Send(task) => self.launch(task),
                    Next::Wait(until) => {
                        wait = until.map_or(wait, |until| wait.min(until.since(now)));
                        break;
                    }
                }
            }
        }
        if self.is_dirty && self.noted.elapsed() >= NOTE_EVERY {
            self.note().await;
        }
        if self.is_dirty { wait.min(NOTE_EVERY) } else { wait }
    }

    async fn take_in(&mut self) {
        loop {
            let room = self.outbox.room().min(PAGE);
            if room == 0 {
                return;
            }
            match self.inner.parts.log.journal(self.outbox.read_to(), room).await {
                Ok(entries) if entries.is_empty() => return,
                Ok(entries) => {
                    self.is_dirty = true;
                    for entry in entries {
                        self.outbox.take(entry);
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "the journal cannot be read for a webhook");
                    return;
                }
            }
        }
    }

    fn launch(&mut self, task: Task) {
        let inner = Arc::clone(&self.inner);
        let endpoint = self.config.borrow().clone();
        self.flights.push(Box::pin(async move { (task, fly(&inner, &endpoint, task).await) }));
    }

    async fn land(&mut self, task: Task, landed: Landed) {
        self.is_dirty = true;
        let now = self.inner.parts.clock.now();
        let (attempt, answer, written) = match landed {
            Landed::Unread => return self.outbox.put_back(task, now.plus(AGAIN)),
            Landed::Unwanted => (None, None, now),
            Landed::Answered { attempt, answer, written } => (Some(attempt), Some(answer), written),
        };
        let is_gone = answer.as_ref().is_some_and(Answer::is_gone);
        if is_gone {
            self.inner.is_gone(self.config.borrow().id);
        }
        let outcome = answer.as_ref().map_or(Outcome::Taken, outcome);
        let verdict = {
            let mut chance = rand::rng();
            let mut at = Moment { now, chance: &mut chance };
            self.outbox.done(task, outcome, written, &mut at)
        };
        if let Some(mut attempt) = attempt {
            attempt.verdict = verdict;
            self.inner.parts.metrics.webhook_attempt(label(verdict));
            // a log that cannot be written stops the server anyway; the delivery goes on
            let _ = self.deliveries.keep(&attempt).await;
        }
    }

    async fn note(&mut self) {
        self.noted = Instant::now();
        let key = cursor_key(&self.config.borrow());
        let Ok(bytes) = serde_json::to_vec(&self.outbox) else { return };
        let kept = self.inner.parts.records.put(Table::Webhooks, &key, bytes).await;
        self.is_dirty = kept.is_err();
    }
}

fn label(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Delivered => "delivered",
        Verdict::Retrying => "retrying",
        Verdict::GivenUp => "given_up",
    }
}

fn outcome(answer: &Answer) -> Outcome {
    if answer.is_success() {
        return Outcome::Taken;
    }
    // only these two say that the receiver wants patience
    let is_busy = matches!(answer.status, Some(429 | 503));
    Outcome::Failed { retry_after: answer.retry_after.filter(|_| is_busy) }
}

async fn fly(inner: &Inner, endpoint: &Endpoint, task: Task) -> Landed {
    let id = DeliveryId { door: endpoint.id, conversation: task.conversation, seq: task.seq };
    match read_event(inner, &id).await {
        Err(_) => Landed::Unread,
        Ok(event) if !endpoint.wants(EventType::of(&event.body)) => Landed::Unwanted,
        Ok(event) => {
            let (attempt, answer) = call(inner, endpoint, &id, &event).await;
            let attempt = Box::new(Attempt { attempt: task.attempt, ..attempt });
            Landed::Answered { attempt, answer, written: event.at }
        }
    }
}

/// The event that a delivery carries.
pub(super) async fn read_event(inner: &Inner, id: &DeliveryId) -> Result<Event, ChannelError> {
    let events = inner.parts.log.read(id.conversation, id.seq.before(), 1).await?;
    events.into_iter().find(|event| event.seq == id.seq).ok_or(ChannelError::Unknown)
}

/// Tells a receiver of an event.
pub(super) async fn call(
    inner: &Inner,
    endpoint: &Endpoint,
    id: &DeliveryId,
    event: &Event,
) -> (Attempt, Answer) {
    let body = payload::of_event(id.conversation, event);
    let of_type = EventType::of(&event.body).name();
    let (attempt, answer) = send(inner, endpoint, (id.to_string(), of_type), body).await;
    let (conversation, seq) = (Some(id.conversation), Some(id.seq));
    (Attempt { conversation, seq, ..attempt }, answer)
}

/// Sends a signed body under a name and a type.
pub(super) async fn send(
    inner: &Inner,
    endpoint: &Endpoint,
    (delivery, of_type): (String, &str),
    body: String,
) -> (Attempt, Answer) {
    let now = inner.parts.clock.now();
    let headers = endpoint.headers(&delivery, &body, now);
    let post = Post { url: endpoint.url.clone(), headers, body };
    let answer = inner.caller.post(&post, now).await;
    let is_success = answer.is_success();
    let attempt = Attempt {
        delivery,
        cause: Cause::Event,
        at: now,
        of_type: of_type.to_owned(),
        conversation: None,
        seq: None,
        attempt: 1,
        status: None,
        error: None,
        duration_ms: 0,
        excerpt: String::new(),
        verdict: if is_success { Verdict::Delivered } else { Verdict::GivenUp },
    };
    (attempt.answered(&answer), answer)
}
