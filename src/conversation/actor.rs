//! The owner of one conversation: takes requests one at a time, so that each turn sees the one
//! before it. Ends when nobody has asked for anything for a while; what it knew is in the log.

mod answering;
mod calling;
mod completing;
mod summing;
mod thinking;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};
use tokio::time::Instant;

use crate::conversation::actor::answering::{Pending, written};
pub(super) use crate::conversation::actor::calling::Call;
use crate::conversation::command::opened;
use crate::conversation::service::Inner;
use crate::conversation::turn::{self, load_state};
use crate::conversation::{Accepted, Command, Parts, Refusal, Signal};
use crate::dialogue::{State, Status};
use crate::domain::{AgentId, ClientId, ConversationId, Event, EventBody, NewEvent, Seq};
use crate::events::{AppendError, Appended};
use crate::telemetry::Stage;

/// How long an actor waits for the next request.
const IDLE: Duration = Duration::from_mins(1);
/// How often an append is tried whose outcome is not known, or which another writer overtook.
const TRIES: usize = 4;
/// How many events lie between two snapshots of the state.
const SNAPSHOT_EVERY: u64 = 32;

/// Something to do for a conversation.
pub(super) struct Request {
    /// The command under the sender's id; none to answer what a crash left unanswered.
    pub(super) command: Option<(ClientId, Command)>,
    /// The right to a turn, given back when the turn is over.
    pub(super) permit: OwnedSemaphorePermit,
    /// Where the outcome goes, as soon as it is on disk.
    pub(super) reply: oneshot::Sender<Result<Accepted, Refusal>>,
}

/// Serves requests until there are none for a while, or the server stops.
pub(super) async fn run(
    inner: &Arc<Inner>,
    conversation: ConversationId,
    mut inbox: mpsc::Receiver<Request>,
) {
    let mut actor = None;
    let stop = inner.parts.tasks.soft();
    loop {
        let request = tokio::select! {
            biased;
            request = tokio::time::timeout(IDLE, inbox.recv()) => request.ok().flatten(),
            written = written(&mut actor) => {
                if let Some(actor) = actor.as_mut() {
                    Box::pin(actor.settle(written, true)).await;
                }
                continue;
            }
            () = stop.cancelled(), if inbox.is_empty() => None,
        };
        let request = if let Some(request) = request {
            request
        } else {
            inbox.close();
            let Some(late) = inbox.recv().await else {
                return Box::pin(hurry(actor.as_mut())).await;
            };
            late
        };
        // boxed: an idle conversation does not pay for what a turn needs
        Box::pin(serve(inner, conversation, &mut actor, request)).await;
    }
}

/// Says what waits for a model, without it.
async fn hurry(actor: Option<&mut Actor>) {
    if let Some(actor) = actor {
        actor.settle(None, false).await;
    }
}

async fn serve(
    inner: &Arc<Inner>,
    conversation: ConversationId,
    slot: &mut Option<Actor>,
    request: Request,
) {
    let Request { command, permit, reply } = request;
    let mut actor = match slot.take() {
        Some(actor) => actor,
        None => match Actor::load(inner, conversation).await {
            Ok(actor) => actor,
            Err(refusal) => {
                let _ = reply.send(Err(refusal));
                return;
            }
        },
    };
    // whoever wants something else does not wait for a model
    actor.settle(None, false).await;
    let started = Instant::now();
    if let Some((client_id, command)) = command {
        let outcome = actor.carry_out(client_id, command).await;
        // also after a replay: it may be our own, of an append whose outcome was not known
        let is_stored = outcome.is_ok();
        let _ = reply.send(outcome);
        inner.parts.metrics.turn(Stage::Append, started.elapsed());
        if !is_stored {
            drop(permit);
            *slot = Some(actor);
            return;
        }
    }
    actor.answer().await;
    actor.make_call();
    inner.parts.metrics.turn(Stage::Total, started.elapsed());
    drop(permit);
    *slot = Some(actor);
}

struct Actor {
    inner: Arc<Inner>,
    conversation: ConversationId,
    state: State,
    snapshot: Seq,
    /// The call that was under way when the state was loaded.
    loaded_call: Option<Seq>,
    /// What waits for a model.
    pending: Option<Pending>,
}

impl Actor {
    async fn load(inner: &Arc<Inner>, conversation: ConversationId) -> Result<Self, Refusal> {
        let state = load_state(inner.parts.log.as_ref(), conversation).await?;
        let snapshot = state.last;
        let loaded_call = state.call.as_ref().map(|call| call.seq);
        let inner = Arc::clone(inner);
        Ok(Self { inner, conversation, state, snapshot, loaded_call, pending: None })
    }

    async fn carry_out(
        &mut self,
        client_id: ClientId,
        command: Command,
    ) -> Result<Accepted, Refusal> {
        if command == Command::Erase {
            return self.erase().await;
        }
        for _ in 0..TRIES {
            let bodies = match self.events_of(command.clone()) {
                Ok(bodies) => bodies,
                Err(refusal) => {
                    let agent = command.agent();
                    return self.earlier_outcome(&client_id, agent).await.ok_or(refusal);
                }
            };
            let at = self.inner.parts.clock.now();
            let events = bodies.into_iter().enumerate().map(|(index, body)| NewEvent {
                client_id: match index {
                    0 => client_id.clone(),
                    _ => ClientId::of_bot_turn(self.state.last.next(), index),
                },
                at,
                body,
            });
            if let Some(appended) = self.append(events.collect()).await? {
                let seq = appended.first;
                let replayed = appended.replayed;
                if replayed && !self.was_by(seq, command.agent()).await {
                    return Err(Refusal::ClientIdTaken);
                }
                return Ok(Accepted { seq, replayed });
            }
        }
        Err(Refusal::Unavailable)
    }

    /// Removes what was said from the log; the places stay, and a last event says that it is gone.
    async fn erase(&mut self) -> Result<Accepted, Refusal> {
        self.catch_up().await?;
        if self.state.last == Seq::ZERO {
            return Err(Refusal::Unknown);
        }
        let Parts { log, clock, .. } = &self.inner.parts;
        let (client_id, at) = (ClientId::of_desk(), clock.now());
        let tombstone = NewEvent { client_id, at, body: EventBody::Erased };
        log.erase(self.conversation, tombstone).await.map_err(|error| match error {
            AppendError::Busy => Refusal::Busy { retry_after: Duration::from_secs(1) },
            _ => Refusal::Unavailable,
        })?;
        let forgotten = self.inner.corrections.forget(self.conversation).await;
        forgotten.map_err(|_| Refusal::Unavailable)?;
        self.catch_up().await?;
        Ok(Accepted { seq: self.state.last, replayed: false })
    }

    fn events_of(&self, command: Command) -> Result<Vec<EventBody>, Refusal> {
        if command.agent().is_some() && self.state.last == Seq::ZERO {
            return Err(Refusal::Unknown);
        }
        let knowledge = self.inner.parts.knowledge.current();
        let spoken = self.state.language.unwrap_or_default();
        match command {
            Command::AskHuman { language }
                if matches!(self.state.status, Status::Bot | Status::Resolved) =>
            {
                let language = self.state.language.unwrap_or(language);
                let setting = self.setting(language);
                let policy = setting.policy(&knowledge);
                let actions = policy.hand_over(&self.state, language);
                // The customer's own event first: it carries the customer's client id.
                Ok(self.bodies(&knowledge, actions.into_iter().rev().collect(), None))
            }
            Command::LeaveQueue => {
                let mut bodies = vec![Command::LeaveQueue.event(&self.state)?];
                let setting = self.setting(spoken);
                let policy = setting.policy(&knowledge);
                bodies.extend(turn::bodies(vec![policy.welcome_back(spoken)], None));
                Ok(bodies)
            }
            Command::BotSay(said) => Ok(vec![self.inner.parts.bots.say(&self.state, said)?]),
            Command::BotHandOver { bot, missed } => {
                let bots = &self.inner.parts.bots;
                let setting = self.setting(spoken);
                let policy = setting.policy(&knowledge);
                let actions = bots.hand_over(&policy, &self.state, bot, missed)?;
                Ok(self.bodies(&knowledge, actions, None))
            }
            Command::Called { call, called } => self.called(call, called),
            open @ Command::Open { .. } => opened(open, &self.state),
            Command::Identified => self.identified().map(|body| vec![body]),
            command => command.event(&self.state).map(|body| vec![body]),
        }
    }

    /// A command that cannot be carried out now may be the repetition of one that was.
    async fn earlier_outcome(
        &self,
        client_id: &ClientId,
        agent: Option<AgentId>,
    ) -> Option<Accepted> {
        let earlier = self.inner.parts.log.find(self.conversation, client_id).await.ok().flatten();
        let seq = earlier?.first;
        self.was_by(seq, agent).await.then_some(Accepted { seq, replayed: true })
    }

    /// Whether the event at a place is this agent's, or with nobody named, the customer's: a client
    /// id is only the same message when it comes from the same sender.
    async fn was_by(&self, seq: Seq, agent: Option<AgentId>) -> bool {
        let events = self.inner.parts.log.read(self.conversation, seq.before(), 1).await;
        let event = events.ok().and_then(|events| events.into_iter().next());
        event.is_some_and(|event| event.body.agent() == agent)
    }

    /// Appends, folds in and tells. `None`: another writer was first, and the state is now the one
    /// after that writer.
    async fn append(&mut self, events: Vec<NewEvent>) -> Result<Option<Appended>, Refusal> {
        for _ in 0..TRIES {
            let log = &self.inner.parts.log;
            match log.append(self.conversation, self.state.last, events.clone()).await {
                Ok(appended) if appended.replayed => {
                    self.catch_up().await?;
                    return Ok(Some(appended));
                }
                Ok(appended) => {
                    let numbered = events.into_iter().enumerate().map(|(index, new)| Event {
                        seq: appended.first.plus(index),
                        at: new.at,
                        client_id: new.client_id,
                        body: new.body,
                    });
                    self.take_in(numbered.collect()).await;
                    return Ok(Some(appended));
                }
                Err(AppendError::Conflict { .. }) => {
                    self.catch_up().await?;
                    return Ok(None);
                }
                // The same ids again settle whether it was stored.
                Err(AppendError::Unknown) => {}
                Err(AppendError::TooLarge { .. }) => return Err(Refusal::TooLarge),
                Err(AppendError::Busy) => {
                    return Err(Refusal::Busy { retry_after: Duration::from_secs(1) });
                }
                Err(_) => return Err(Refusal::Unavailable),
            }
        }
        Err(Refusal::Unavailable)
    }

    async fn catch_up(&mut self) -> Result<(), Refusal> {
        let log = Arc::clone(&self.inner.parts.log);
        loop {
            let events = turn::read_page(log.as_ref(), self.conversation, self.state.last).await?;
            if events.is_empty() {
                return Ok(());
            }
            self.take_in(events).await;
        }
    }

    async fn take_in(&mut self, events: Vec<Event>) {
        let before = turn::case(self.conversation, &self.state);
        for event in &events {
            self.state.apply(event);
        }
        let after = turn::case(self.conversation, &self.state);
        if before != after {
            let case = after.or_else(|| before.map(|case| turn::closed(case, self.state.last)));
            if let Some(case) = case {
                // The desk ends only with the server, and is rebuilt from the log at the next start.
                let _ = self.inner.desk.put(case).await;
            }
        }
        self.inner.show(self.conversation, &self.state).await;
        self.sum_up_after(&events);
        self.inner.hub.tell(self.conversation, &Signal::Events(events.into()));
        self.keep_snapshot().await;
    }

    async fn keep_snapshot(&mut self) {
        if self.state.last.0 - self.snapshot.0 < SNAPSHOT_EVERY {
            return;
        }
        if let Ok(bytes) = serde_json::to_vec(&self.state) {
            self.snapshot = self.state.last;
            self.inner.parts.log.snapshot_put(self.conversation, self.state.last, bytes).await;
        }
    }
}
