//! What is kept of a reading, beside what came of it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{Arm, Entity, Scored, Urgency};

/// The part of a reading that is kept with the answer that it led to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ReadingSummary {
    /// The likeliest intent.
    pub intent: Option<Scored>,
    /// The follow-up as a language model asked it in full, where the answers are those to that question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_in_full: Option<String>,
    /// The two intents that come next.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alternatives: Vec<Scored>,
    /// The likeliest category.
    pub category: Option<Scored>,
    /// How much the message pressed.
    pub urgency: Urgency,
    /// The customer's mood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sentiment: Option<Scored>,
    /// The likeliest entries with their probabilities, three at most.
    pub answers: Vec<Scored>,
    /// What the message names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub entities: Vec<Entity>,
    /// By which side of an experiment it was decided.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arm: Option<Arm>,
    /// The answer before, where the message says that it was not what was asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<Missed>,
}

/// An answer that was not what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Missed {
    /// The entry that it came from.
    pub entry: String,
    /// The customer's words to which it was given, shortened.
    pub question: String,
}
