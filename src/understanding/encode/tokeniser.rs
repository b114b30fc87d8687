//! The tokenisers of the shipped models, both over one memory-mapped file, `tokenizer.bin`.
//!
//! Our own, because the `tokenizers` crate takes 250–400 ms and 110 MB for the multilingual
//! vocabulary, which is more than the encoder itself; both give the same ids (tests).

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use memmap2::Mmap;

use crate::understanding::encode::EncodeError;
use crate::understanding::encode::unigram::Unigram;
use crate::understanding::encode::wordpiece::WordPiece;

/// Cuts texts into the pieces that a model knows.
pub(super) enum Tokeniser {
    Unigram(Unigram),
    WordPiece(WordPiece),
}

/// A model's file in memory.
pub(super) fn map(file: &Path) -> Result<Arc<Mmap>, EncodeError> {
    let unreadable = |source| EncodeError::Unreadable { file: file.to_owned(), source };
    let opened = File::open(file).map_err(unreadable)?;
    // SAFETY: model files are read-only data; nothing writes to them while the server runs, and
    // whoever replaces one replaces the folder.
    #[expect(unsafe_code, reason = "a table of 28 MB, of which few rows are ever touched")]
    let map = unsafe { Mmap::map(&opened) }.map_err(unreadable)?;
    Ok(Arc::new(map))
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

    /// The tokens that end a clause.
    pub(super) fn clause_ends(&self) -> Vec<u32> {
        let ends = [',', '.', ';', '!', '?', ':', '、', '。'];
        let ids = ends.iter().filter_map(|end| {
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

/// The number at `at`, little endian.
pub(super) fn number(data: &[u8], at: usize) -> Option<u32> {
    let bytes = data.get(at..at.checked_add(4)?)?;
    bytes.try_into().ok().map(u32::from_le_bytes)
}

/// The number at `at` as a size.
pub(super) fn size(data: &[u8], at: usize) -> Option<usize> {
    number(data, at).and_then(|value| usize::try_from(value).ok())
}
