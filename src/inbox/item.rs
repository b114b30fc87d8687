//! A conversation as a row of the inbox.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::domain::{
    AgentId, ConversationId, LabelName, Language, Priority, Seq, Timestamp, UrgencyLevel,
};

/// Where a conversation stands for agents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It waits for an agent.
    Waiting,
    /// An agent has it.
    Human,
    /// It is put away for a while.
    Snoozed,
    /// An agent ended it.
    Resolved,
    /// It was with an agent and is with the bot again.
    Bot,
}

/// The agent who has it, or ended it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Who.
    pub id: AgentId,
    /// The name that customers see.
    pub name: String,
}

/// One row.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Its last event.
    pub last: Seq,
    /// Where it stands.
    pub standing: Standing,
    /// Who has it, or ended it.
    pub owner: Option<Owner>,
    /// When somebody wrote last, or it was ended.
    pub at: Timestamp,
    /// Since when a human is needed.
    pub since: Timestamp,
    /// Until when it is put away, if a time was said.
    pub snoozed_until: Option<Timestamp>,
    /// The customer's last message.
    pub heard: Seq,
    /// An agent's last message.
    pub answered: Seq,
    /// Who wants to look at it again, and the place at which they said so.
    pub unread: BTreeMap<AgentId, Seq>,
    /// Who was named in a note, and the last place where.
    pub mentioned: BTreeMap<AgentId, Seq>,
    /// The customer's language.
    pub language: Language,
    /// The way in which the customer writes.
    pub channel: String,
    /// The team whose it is.
    pub team: Option<String>,
    /// Its labels.
    pub labels: BTreeSet<LabelName>,
    /// How much it matters, as agents say.
    pub priority: Option<Priority>,
    /// How much it presses.
    pub urgency: UrgencyLevel,
    /// The customer's last words, shortened.
    pub preview: String,
}

impl Item {
    /// Whether agents still have to do with it.
    pub fn is_live(&self) -> bool {
        !matches!(self.standing, Standing::Resolved | Standing::Bot)
    }

    /// Whether this agent has it, or ended it.
    pub fn is_of(&self, agent: AgentId) -> bool {
        self.owner.as_ref().is_some_and(|owner| owner.id == agent)
    }

    /// Whether an agent who has read it up to `read` was named in a note behind that.
    pub fn is_mentioned(&self, agent: AgentId, read: Seq) -> bool {
        self.mentioned.get(&agent).is_some_and(|at| *at > read)
    }

    /// Whether an agent who has read it up to `read` has something to read: the customer wrote after
    /// every agent, they marked it themselves, or somebody named them, also where it is over.
    pub fn is_unread(&self, agent: AgentId, read: Seq) -> bool {
        let is_marked = self.unread.get(&agent).is_some_and(|at| *at > read);
        let is_live = self.is_live() && (is_marked || self.heard > read.max(self.answered));
        is_live || self.is_mentioned(agent, read)
    }
}
