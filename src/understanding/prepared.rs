//! A message made ready once for everything that reads it.

use std::sync::Arc;

use crate::understanding::encode::Meaning;
use crate::understanding::features::Counts;
use crate::understanding::tokenise::{Tokens, tokenise};

/// A message's words and features, and what it means where an encoder read it.
#[derive(Clone, Debug, Default)]
pub struct Prepared {
    /// The words.
    pub tokens: Tokens,
    pub(super) counts: Counts,
    pub(super) meaning: Option<Arc<Meaning>>,
}

impl Prepared {
    /// Splits and counts `text`; no encoder reads it.
    pub fn of(text: &str) -> Self {
        let tokens = tokenise(text);
        let counts = Counts::of(&tokens);
        Self { tokens, counts, meaning: None }
    }

    /// The same with what the text means.
    #[must_use]
    pub fn with_meaning(self, meaning: Option<Arc<Meaning>>) -> Self {
        Self { meaning, ..self }
    }
}
