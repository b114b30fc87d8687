//! Who looks at which conversation. What passes through here may be lost, repeated or late: a
//! subscriber that sees a gap, or that fell behind, reads the log from where it stands.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use tokio::sync::mpsc;

use crate::domain::{ConversationId, Event, Seq};
use crate::handoff::WaitRange;

/// How many signals may wait for a subscriber before it has to read the log.
const BACKLOG: usize = 32;

/// Who is meant by a presence signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// The customer.
    Visitor,
    /// The agent who has the conversation.
    Agent,
    /// The bot.
    Bot,
}

/// Something that happened to a conversation.
#[derive(Clone, Debug)]
pub enum Signal {
    /// Events that are in the log.
    Events(Arc<[Event]>),
    /// Somebody writes, or no longer writes.
    Typing(Presence, bool),
    /// What the customer is writing, and has not sent.
    Unsent(Arc<str>),
    /// The answer to a message, as far as it is phrased; the message of the bot takes its place.
    Phrasing {
        /// The message.
        answers: Seq,
        /// All of it so far.
        text: Arc<str>,
    },
    /// Somebody has seen everything up to a place.
    Read(Presence, Seq),
    /// A device of the customer has been given everything up to a place.
    Delivered(Seq),
    /// The customer's place in the queue.
    Place {
        /// 1 is next.
        place: usize,
        /// How many wait.
        waiting: usize,
        /// How long it will take, where that can be told.
        wait: Option<WaitRange>,
    },
}

/// Up to where the customer has been given, and has seen, what happened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Marks {
    /// Up to where a device of theirs has been given it.
    pub delivered: Seq,
    /// Up to where they have seen it.
    pub read: Seq,
}

/// Of so many conversations marks are kept at most.
const MARKED: usize = 50_000;

type Sinks = Vec<(u64, mpsc::Sender<Signal>, Arc<AtomicBool>)>;

#[derive(Default)]
struct Table {
    next: u64,
    sinks: HashMap<ConversationId, Sinks>,
    marks: HashMap<ConversationId, Marks>,
}

/// All subscriptions of this node.
#[derive(Clone, Default)]
pub(super) struct Hub(Arc<Mutex<Table>>);

impl Hub {
    /// Subscribes to a conversation; subscribe first and read the log second, and nothing is missed.
    pub(super) fn subscribe(&self, conversation: ConversationId) -> Subscription {
        let (sender, signals) = mpsc::channel(BACKLOG);
        let lagged = Arc::new(AtomicBool::new(false));
        let mut table = self.table();
        table.next += 1;
        let number = table.next;
        let sinks = table.sinks.entry(conversation).or_default();
        sinks.push((number, sender, Arc::clone(&lagged)));
        drop(table);
        Subscription { hub: self.clone(), conversation, number, signals, lagged }
    }

    /// Keeps in mind up to where the customer has been given, or has seen, what happened.
    pub(super) fn mark(&self, conversation: ConversationId, mark: impl FnOnce(&mut Marks)) {
        let mut table = self.table();
        if table.marks.len() >= MARKED && !table.marks.contains_key(&conversation) {
            // they are a convenience; what is open is marked again as soon as somebody reads on
            table.marks.clear();
        }
        mark(table.marks.entry(conversation).or_default());
    }

    /// What is kept in mind of it.
    pub(super) fn marks(&self, conversation: ConversationId) -> Marks {
        self.table().marks.get(&conversation).copied().unwrap_or_default()
    }

    /// Tells everybody who looks at the conversation.
    pub(super) fn tell(&self, conversation: ConversationId, signal: &Signal) {
        let table = self.table();
        for (_, sender, lagged) in table.sinks.get(&conversation).into_iter().flatten() {
            if sender.try_send(signal.clone()).is_err() {
                lagged.store(true, Ordering::Release);
            }
        }
    }

    fn unsubscribe(&self, conversation: ConversationId, number: u64) {
        let mut table = self.table();
        if let Some(sinks) = table.sinks.get_mut(&conversation) {
            sinks.retain(|(other, _, _)| *other != number);
            if sinks.is_empty() {
                table.sinks.remove(&conversation);
            }
        }
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A view of what happens to one conversation; ends when it is dropped.
pub struct Subscription {
    hub: Hub,
    conversation: ConversationId,
    number: u64,
    signals: mpsc::Receiver<Signal>,
    lagged: Arc<AtomicBool>,
}

impl Subscription {
    /// The next signal. Cancelling the wait loses nothing.
    pub async fn next(&mut self) -> Option<Signal> {
        self.signals.recv().await
    }

    /// Polls for the next signal, for readers of many conversations.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Signal>> {
        self.signals.poll_recv(context)
    }

    /// Whether signals were dropped since the last call: then read the log.
    pub fn fell_behind(&self) -> bool {
        self.signals.is_empty() && self.lagged.swap(false, Ordering::AcqRel)
    }

    /// The conversation.
    pub fn conversation(&self) -> ConversationId {
        self.conversation
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.hub.unsubscribe(self.conversation, self.number);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn signals_reach_every_subscriber_of_the_conversation_and_no_other() {
        let hub = Hub::default();
        let (here, elsewhere) = (ConversationId::random(), ConversationId::random());
        let mut first = hub.subscribe(here);
        let mut second = hub.subscribe(here);
        let mut other = hub.subscribe(elsewhere);
        hub.tell(here, &Signal::Place { place: 1, waiting: 2, wait: None });
        assert!(matches!(first.next().await, Some(Signal::Place { place: 1, waiting: 2, .. })));
        assert!(matches!(second.next().await, Some(Signal::Place { place: 1, waiting: 2, .. })));
        assert!(other.signals.try_recv().is_err());
    }

    #[tokio::test]
    async fn a_subscriber_that_falls_behind_is_told_to_read_the_log() {
        let hub = Hub::default();
        let conversation = ConversationId::random();
        let mut slow = hub.subscribe(conversation);
        for place in 0..=BACKLOG {
            hub.tell(conversation, &Signal::Place { place, waiting: 99, wait: None });
        }
        for _ in 0..BACKLOG {
            assert!(!slow.fell_behind(), "what is there is read first");
            slow.next().await.unwrap();
        }
        assert!(slow.fell_behind());
        assert!(!slow.fell_behind());
    }

    #[test]
    fn nothing_is_kept_for_a_conversation_that_nobody_looks_at() {
        let hub = Hub::default();
        drop(hub.subscribe(ConversationId::random()));
        assert!(hub.table().sinks.is_empty());
    }
}
