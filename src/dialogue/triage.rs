//! How agents order their work, folded from a conversation's events.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::{AgentId, Event, EventBody, LabelName, Priority, Seq, Timestamp};

/// That a conversation is put away for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snooze {
    /// Since when.
    pub at: Timestamp,
    /// Until when; without it, until the customer writes.
    pub until: Option<Timestamp>,
}

/// What agents say of a conversation to order their work.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Triage {
    /// Its labels.
    #[serde(default)]
    pub labels: BTreeSet<LabelName>,
    /// How much it matters.
    #[serde(default)]
    pub priority: Option<Priority>,
    /// That it is put away.
    #[serde(default)]
    pub snooze: Option<Snooze>,
    /// Who wants to look at it again, and the place at which they said so.
    #[serde(default)]
    pub unread: BTreeMap<AgentId, Seq>,
    /// The colleagues who were named in notes, and the last place where.
    #[serde(default)]
    pub mentioned: BTreeMap<AgentId, Seq>,
    /// The customer's last message.
    #[serde(default)]
    pub heard: Seq,
    /// An agent's last message.
    #[serde(default)]
    pub answered: Seq,
    /// When somebody wrote last; not known for old ones.
    #[serde(default)]
    pub active_at: Option<Timestamp>,
}

impl Triage {
    /// Folds in an event.
    pub(super) fn apply(&mut self, event: &Event) {
        match &event.body {
            EventBody::Labelled { added, removed, .. } => {
                self.labels.retain(|label| !removed.contains(label));
                self.labels.extend(added.iter().cloned());
            }
            EventBody::Prioritised { priority, .. } => self.priority = *priority,
            EventBody::Snoozed { until, .. } => {
                self.snooze = Some(Snooze { at: event.at, until: *until });
            }
            EventBody::MarkedUnread { agent, .. } => {
                self.unread.insert(*agent, event.seq);
            }
            EventBody::VisitorMessage { .. } => {
                self.heard = event.seq;
                self.active_at = Some(event.at);
                self.snooze = None;
            }
            EventBody::AgentMessage { .. } => {
                self.answered = event.seq;
                self.active_at = Some(event.at);
                self.snooze = None;
            }
            EventBody::BotMessage { .. } => self.active_at = Some(event.at),
            EventBody::Resolved { .. } => {
                self.snooze = None;
                self.unread.clear();
                self.active_at = Some(event.at);
            }
            EventBody::Noted { mentions, .. } => {
                let named = mentions.iter().map(|mention| (mention.agent, event.seq));
                self.mentioned.extend(named);
            }
            EventBody::SlaBreached { .. }
            | EventBody::Rated { .. }
            | EventBody::Whispered { .. }
            | EventBody::Task { .. }
            | EventBody::Erased => {}
            // whatever else happens, somebody has it in hand
            _ => self.snooze = None,
        }
    }
}
