//! A message made ready once for everything that reads it.

use std::sync::Arc;

use crate::domain::{Language, WrittenIn};
use crate::understanding::encode::Meaning;
use crate::understanding::features::Counts;
use crate::understanding::tokenise::{Tokens, tokenise};

/// A message's words and features, and what it means where an encoder read it.
#[derive(Clone, Debug, Default)]
pub struct Prepared {
    /// The words.
    pub tokens: Tokens,
    /// The language in which it is written.
    pub written_in: WrittenIn,
    /// The message as it is read, where that is not as it was written.
    pub read_as: Option<String>,
    pub(super) counts: Counts,
    pub(super) meaning: Option<Arc<Meaning>>,
}

impl Prepared {
    /// Splits and counts `text`; no encoder reads it.
    pub fn of(text: &str) -> Self {
        Self::of_tokens(tokenise(text))
    }

    /// The same of words.
    pub(super) fn of_tokens(tokens: Tokens) -> Self {
        let counts = Counts::of(&tokens);
        let is_mixed = tokens.words.iter().any(|word| word.is_han)
            && tokens
                .words
                .iter()
                .any(|word| !word.is_han && word.surface.chars().any(char::is_alphabetic));
        let written_in = match tokens.language {
            _ if is_mixed => WrittenIn::Mixed,
            Language::En => WrittenIn::En,
            Language::Zh => WrittenIn::Zh,
        };
        Self { tokens, written_in, counts, ..Self::default() }
    }

    /// The same with what the text means.
    #[must_use]
    pub fn with_meaning(self, meaning: Option<Arc<Meaning>>) -> Self {
        Self { meaning, ..self }
    }

    /// The same, written in a language of which the words say nothing.
    pub(super) fn written_in(self, written_in: WrittenIn) -> Self {
        Self { written_in, ..self }
    }

    /// The same, of a message that was written otherwise.
    pub(super) fn read_as(self, text: String) -> Self {
        Self { read_as: Some(text), ..self }
    }
}
