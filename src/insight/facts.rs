//! What counts in a report: one fact for each thing that happened, with its moment, folded from the
//! events of the conversations. Facts hold no words.

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use crate::domain::{AgentId, ConversationId, Event, EventBody, Outcome, Timestamp};

/// How often conversations that have ended are forgotten.
const TIDY_EVERY: Duration = Duration::from_hours(1);

/// Something that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    /// A customer began a conversation, or came back after it was resolved.
    Begun,
    /// The bot answered for the first time in it.
    Answered,
    /// The customer said that an answer was not what was asked.
    Corrected,
    /// It went to a person.
    HandedOver,
    /// A person wrote for the first time since.
    FirstResponse {
        agent: AgentId,
        /// How long the customer had waited.
        after: Duration,
    },
    /// A person wrote.
    Replied { agent: AgentId },
    /// A person ended it.
    Resolved { agent: AgentId },
    /// The customer rated it.
    Rated { agent: Option<AgentId>, score: u8 },
}

/// A fact with its moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) at: Timestamp,
    pub(super) what: What,
}

/// Where a conversation stands, as far as facts need it.
#[derive(Clone, Copy, Debug, Default)]
struct Standing {
    is_begun: bool,
    is_answered: bool,
    /// Since when a person has not written, after a hand-off.
    waits_since: Option<Timestamp>,
    agent: Option<AgentId>,
    /// When something happened last.
    at: Timestamp,
}

/// The facts of the last days.
#[derive(Default)]
pub(super) struct Facts {
    all: VecDeque<Fact>,
    standing: HashMap<ConversationId, Standing>,
    /// From when on conversations are kept in mind; those that go on after it are read anew.
    kept_from: Timestamp,
}

impl Facts {
    /// Whether anything of a conversation is known.
    pub(super) fn knows(&self, conversation: ConversationId) -> bool {
        self.standing.contains_key(&conversation)
    }

    /// Takes what happened. What lies before `from` only says where the conversation stands.
    pub(super) fn take(&mut self, conversation: ConversationId, events: &[Event], from: Timestamp) {
        let standing = self.standing.entry(conversation).or_default();
        for event in events {
            let facts = standing.fold(event);
            standing.at = event.at;
            let counted = facts.into_iter().flatten().filter(|_| event.at >= from);
            self.all.extend(counted.map(|what| Fact { at: event.at, what }));
        }
    }

    /// Forgets what lies before `from`.
    pub(super) fn forget(&mut self, from: Timestamp) {
        while self.all.front().is_some_and(|fact| fact.at < from) {
            self.all.pop_front();
        }
        if from.since(self.kept_from) >= TIDY_EVERY {
            self.kept_from = from;
            self.standing.retain(|_, standing| standing.at >= from);
        }
    }

    /// The facts from a moment to another one.
    pub(super) fn between(&self, from: Timestamp, to: Timestamp) -> impl Iterator<Item = &Fact> {
        self.all.iter().filter(move |fact| from <= fact.at && fact.at < to)
    }
}

impl Standing {
    /// The facts that an event is, two at most.
    fn fold(&mut self, event: &Event) -> [Option<What>; 2] {
        match &event.body {
            EventBody::VisitorMessage { .. } if !self.is_begun => {
                self.is_begun = true;
                [Some(What::Begun), None]
            }
            EventBody::BotMessage { outcome, reading, .. } => {
                let is_first = *outcome == Outcome::Answered && !self.is_answered;
                self.is_answered |= is_first;
                let missed = reading.as_ref().and_then(|reading| reading.missed.as_ref());
                [is_first.then_some(What::Answered), missed.map(|_| What::Corrected)]
            }
            EventBody::HandoffRequested { .. } => {
                self.waits_since = Some(event.at);
                [Some(What::HandedOver), None]
            }
            EventBody::LeftQueue | EventBody::ReturnedToBot { .. } => {
                self.waits_since = None;
                [None, None]
            }
            EventBody::AgentMessage { agent, .. } => {
                let agent = *agent;
                self.agent = Some(agent);
                let waited = self.waits_since.take().map(|since| event.at.since(since));
                let first = waited.map(|after| What::FirstResponse { agent, after });
                [Some(What::Replied { agent }), first]
            }
            EventBody::Resolved { agent, .. } => {
                *self = Self { agent: Some(*agent), ..Self::default() };
                [Some(What::Resolved { agent: *agent }), None]
            }
            EventBody::Reopened { .. } => {
                self.is_begun = true;
                [None, None]
            }
            EventBody::Rated { score, .. } => {
                [Some(What::Rated { agent: self.agent, score: *score }), None]
            }
            _ => [None, None],
        }
    }
}
