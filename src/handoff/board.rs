//! What agents see at a glance: the cases with where they stand, the agents at the desk, and who is
//! offered whom.

use std::sync::Arc;

use crate::domain::{AgentId, ConversationId, HandoffCard, MessageText, Seq, Timestamp};
use crate::handoff::{Offer, Presence, SlaClock, Standing, WaitRange, Waiting};

/// An agent as others see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Who.
    pub id: AgentId,
    /// The name that customers see.
    pub name: String,
}

/// What a customer thought of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// 1 (bad) to 5 (good).
    pub score: u8,
    /// In the customer's words.
    pub comment: Option<MessageText>,
}

/// Where a case stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseStatus {
    /// Nobody needs to look at it.
    Closed,
    /// It waits for an agent.
    Waiting,
    /// An agent has it.
    Human {
        /// Who.
        owner: Owner,
        /// Since when.
        claimed_at: Timestamp,
    },
    /// It is put away for a while.
    Snoozed {
        /// Who has it; nobody when it waited.
        owner: Option<Owner>,
        /// Since when it is away.
        since: Timestamp,
        /// Until when; without it, until the customer writes.
        until: Option<Timestamp>,
    },
    /// An agent resolved it.
    Resolved {
        /// Who.
        owner: Owner,
        /// When.
        resolved_at: Timestamp,
        /// What the customer thought of it.
        rating: Option<Rating>,
    },
}

/// What the desk knows of one conversation that was handed off.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Why it was handed off, and since when it waits.
    pub waiting: Waiting,
    /// Where it stands.
    pub status: CaseStatus,
    /// The customer's last words, shortened.
    pub preview: String,
    /// The last event.
    pub last: Seq,
    /// What an agent needs to know.
    pub card: Option<Arc<HandoffCard>>,
    /// When an agent wrote for the first time.
    pub answered_at: Option<Timestamp>,
    /// Since when the customer waits for a word.
    pub unanswered_since: Option<Timestamp>,
}

impl Case {
    /// The agent who has it.
    pub fn owner(&self) -> Option<AgentId> {
        match &self.status {
            CaseStatus::Human { owner, .. } => Some(owner.id),
            _ => None,
        }
    }
}

/// A case as it is shown.
#[derive(Clone, Debug)]
pub struct Shown {
    /// The case.
    pub case: Case,
    /// Where it stands in the queue, and why there.
    pub standing: Option<Standing>,
    /// The promised times that are not kept yet.
    pub clocks: Vec<SlaClock>,
    /// The team whose it is.
    pub team: Option<String>,
    /// Whether a promised time has passed.
    pub escalated: bool,
    /// Who did not want it.
    pub declined: Vec<Decline>,
}

/// An agent who did not want an offered customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decline {
    /// Who.
    pub agent: AgentId,
    /// Why.
    pub reason: Option<String>,
}

/// Everything that agents see at a glance.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// Who waits, who is next first.
    pub waiting: Vec<Arc<Shown>>,
    /// What agents have or have just resolved, oldest claim first.
    pub taken: Vec<Arc<Shown>>,
}

/// An agent at the desk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentSeat {
    /// Who.
    pub id: AgentId,
    /// The name.
    pub name: String,
    /// Whether they take customers.
    pub presence: Presence,
    /// Whether a page of theirs is connected.
    pub connected: bool,
    /// Units of capacity in use.
    pub load: u32,
    /// Units of capacity.
    pub capacity: u32,
    /// Conversations in hand.
    pub conversations: usize,
}

/// Who is at the desk, and who is offered whom.
#[derive(Clone, Debug, Default)]
pub struct Floor {
    /// The agents, by name.
    pub agents: Vec<AgentSeat>,
    /// The offers that stand.
    pub offers: Vec<Offer>,
}

/// A waiting customer's new place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceChange {
    /// Whose.
    pub conversation: ConversationId,
    /// 1 is next.
    pub place: usize,
    /// How many wait.
    pub waiting: usize,
    /// How long it will take, where that can be told.
    pub wait: Option<WaitRange>,
}
