//! What came of a rule.

use serde::{Deserialize, Serialize};

/// How often a rule's message was shown, opened, and answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Counts {
    /// A visitor saw it.
    pub shown: u64,
    /// A visitor opened it: it is in a conversation.
    pub opened: u64,
    /// A visitor wrote after it, or chose one of its answers.
    pub answered: u64,
}
