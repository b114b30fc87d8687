//! What the bot is doing for a customer beside answering: a flow of the knowledge with what the
//! customer has given for it, and the calls to the shop's own system. Events hold these values, so
//! that a restart in the middle loses nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{EntityKind, Language};

/// What was given for a slot of a flow, or came back from a call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Filled {
    /// What it is.
    pub kind: EntityKind,
    /// Its normalised form; empty when the customer skipped the question.
    pub value: String,
}

/// Where a flow stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Task {
    /// The flow.
    pub flow: String,
    /// The id of the step that waits.
    pub step: String,
    /// The slot that was asked for; none at a confirmation and during a call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<String>,
    /// The language in which it goes on.
    #[serde(default)]
    pub language: Language,
    /// What is known.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Filled>,
    /// How often in a row the customer's words did not fit.
    #[serde(default)]
    pub misses: u8,
    /// The flow that was set aside for this one, and goes on after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(no_recursion)]
    pub earlier: Option<Box<Task>>,
}

impl Task {
    /// What is known of a slot, unless it was skipped.
    pub fn value(&self, slot: &str) -> Option<&str> {
        self.values.get(slot).map(|filled| filled.value.as_str()).filter(|value| !value.is_empty())
    }

    /// How many flows are set aside for this one.
    pub fn depth(&self) -> usize {
        std::iter::successors(self.earlier.as_deref(), |task| task.earlier.as_deref()).count()
    }
}

/// How a flow ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum TaskEnd {
    /// It came to its end.
    Done,
    /// The customer did not want it any more.
    Cancelled,
    /// A person goes on with it.
    HandedOver,
    /// The customer did not come back to it for too long.
    Expired,
    /// The knowledge has no such flow or step any more.
    Gone,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CallEnd {
    /// It was done, and what came back could be read.
    Ok,
    /// There is no such thing: 404 or 410.
    Missing,
    /// It was refused: another status of 400 to 499, and nothing was done.
    Refused,
    /// It failed before anything was done: it could not be sent, or was not even tried.
    Failed,
    /// Nobody knows whether it was done: no answer in time, a broken line, a status of 500 or more,
    /// or an answer that cannot be read.
    Unknown,
}

impl CallEnd {
    /// Its name on the wire and in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Missing => "missing",
            Self::Refused => "refused",
            Self::Failed => "failed",
            Self::Unknown => "unknown",
        }
    }
}

/// What became of a call to the shop's own system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Called {
    /// The action.
    pub action: String,
    /// How it ended.
    pub end: CallEnd,
    /// Why, in words for agents, where it did not go well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The HTTP status, where there was an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// What came back, by slot.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub values: BTreeMap<String, Filled>,
    /// How often it was tried.
    #[serde(default)]
    pub attempts: u8,
    /// How long it took, in milliseconds.
    #[serde(default)]
    pub duration_ms: u64,
}

/// Something that happened to a task. Agents see it, customers do not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "what", rename_all = "snake_case")]
pub enum TaskEvent {
    /// A flow began or went on, and waits.
    Moved {
        /// Where it stands now.
        task: Task,
        /// Whether the customer wrote something else in between, which is still to be answered.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        owed: bool,
    },
    /// A flow ended.
    Ended {
        /// Which.
        flow: String,
        /// How.
        end: TaskEnd,
        /// What was known.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        values: BTreeMap<String, Filled>,
        /// Whether the customer wrote something else in between, which is still to be answered.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        owed: bool,
    },
    /// The shop's own system is to be called; the event's place names the call.
    Call {
        /// The action.
        action: String,
    },
    /// The call has ended.
    Called {
        /// What became of it.
        called: Called,
    },
}
