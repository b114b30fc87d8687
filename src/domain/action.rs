//! What the dialogue wants done. Deciding returns these; only `conversation` carries them out.

use crate::domain::{Choice, HandoffReason, Language, Outcome, TaskEvent, Urgency};

/// One step that the dialogue decided on.
#[derive(Clone, Debug, PartialEq)]
pub enum Action {
    /// Say something to the customer.
    Say {
        /// The words.
        text: String,
        /// Their language.
        language: Language,
        /// What kind of answer this is, for reports.
        outcome: Outcome,
        /// The FAQ entry that the words come from.
        entry: Option<String>,
        /// Buttons below the words.
        choices: Vec<Choice>,
    },
    /// Put the customer into the queue for a human.
    Handoff {
        /// Why.
        reason: HandoffReason,
        /// How much it presses, and by which words.
        urgency: Urgency,
        /// The customer's language.
        language: Language,
    },
    /// A flow moves on, ends, or needs a call to the shop's own system.
    Task(TaskEvent),
}
