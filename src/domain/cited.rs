//! Where words come from that a language model phrased.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An FAQ entry that words come from. The title is the one of the time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Cited {
    /// The entry's id.
    pub entry: String,
    /// Its question, in the language of the words.
    pub title: String,
}
