//! The tokenisers of the shipped models, both over one memory-mapped file, `tokenizer.bin`.
//!
//! Our own, because the `tokenizers` crate takes 250–400 ms and 110 MB for the multilingual
//! vocabulary, which is more than the encoder itself. The reference vectors in `tests/encoder` were
//! made with the same ids.

use std::path::Path;

use crate::understanding::encode::EncodeError;
use crate::understanding::encode::mapped::map;
use crate::understanding::encode::pooling::CLAUSE_ENDS;
use crate::understanding::encode::unigram::Unigram;
use crate::understanding::encode::wordpiece::WordPiece;

/// Cuts texts into the pieces that a model knows.
pub(super) enum Tokeniser {
    Unigram(Unigram),
    WordPiece(WordPiece),
}

impl Tokeniser {
    /// Opens `tokenizer.bin`, of either kind.
    pub(super) fn open(file: &Path) -> Result<Self, EncodeError> {
        let data = map(file)?;
        let opened = match data.get(..4) {
            Some(b"E5W1") => WordPiece::open(data).map(Self::WordPiece),
            Some(b"E5T1") => Unigram::open(data).map(Self::Unigram),
            _ => None,
        };
        opened.ok_or_else(|| EncodeError::damaged(file, "not a tokeniser that this server reads"))
    }

    /// How many pieces there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Unigram(unigram) => unigram.len(),
            Self::WordPiece(pieces) => pieces.len(),
        }
    }

    /// About how frequent a token is, 0 to 1.
    pub(super) fn frequency(&self, id: u32) -> f32 {
        match self {
            Self::Unigram(unigram) => unigram.frequency(id),
            Self::WordPiece(_) => WordPiece::frequency(id),
        }
    }

    /// Whether a word is known whole, where the tokeniser tells.
    pub(super) fn is_word(&self, word: &str) -> bool {
        match self {
            Self::Unigram(_) => false,
            Self::WordPiece(pieces) => pieces.is_word(word),
        }
    }

    /// The tokens that end a clause.
    pub(super) fn clause_ends(&self) -> Vec<u32> {
        let ids = CLAUSE_ENDS.iter().filter_map(|end| {
            // the mark after a letter, before the model's mark of the end
            let ids = self.encode(&format!("a{end}"), 8);
            ids.len().checked_sub(2).and_then(|at| ids.get(at).copied())
        });
        ids.collect()
    }

    /// The text's tokens with the model's marks of beginning and end; `most` of them.
    pub(super) fn encode(&self, text: &str, most: usize) -> Vec<u32> {
        match self {
            Self::Unigram(unigram) => unigram.encode(text, most),
            Self::WordPiece(pieces) => pieces.encode(text, most),
        }
    }
}
