//! A message made ready once for everything that reads it.

use crate::understanding::features::Counts;
use crate::understanding::tokenise::{Tokens, tokenise};

/// A message's words and features.
#[derive(Clone, Debug, Default)]
pub struct Prepared {
    /// The words.
    pub tokens: Tokens,
    pub(super) counts: Counts,
}

impl Prepared {
    /// Splits and counts `text`.
    pub fn of(text: &str) -> Self {
        let tokens = tokenise(text);
        let counts = Counts::of(&tokens);
        Self { tokens, counts }
    }
}
