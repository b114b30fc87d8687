//! What customers are promised while they wait for people.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What is promised.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Promise {
    /// An agent's first words.
    FirstResponse,
    /// An agent's next words.
    NextResponse,
    /// The end.
    Resolution,
}

impl Promise {
    /// Its name on the wire and in metrics.
    pub fn name(self) -> &'static str {
        match self {
            Self::FirstResponse => "first_response",
            Self::NextResponse => "next_response",
            Self::Resolution => "resolution",
        }
    }
}
