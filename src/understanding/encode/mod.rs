//! Sentence encoders: a text becomes a vector of unit length, and texts that mean the same lie
//! close together. One trait; `bundle` runs the shipped models (rten, int8, one core), `sentence`
//! those that the operator adds (32 bits), `remote` asks an endpoint that the operator names, `pool` gives
//! them threads, an order and a cache. Inference crates are named nowhere else.

mod bundle;
mod checksum;
#[cfg(test)]
mod counting;
mod inference;
mod kept;
mod mapped;
mod meaning;
mod pool;
mod pooling;
mod priority;
#[cfg(test)]
mod references;
mod remembered;
mod remote;
mod sentence;
mod tokeniser;
mod unigram;
mod vector_file;
mod weights;
mod wordpiece;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use bundle::BundleEncoder;
pub use checksum::{Checksums, checksum_of};
pub use kept::{KeptVectors, Parts};
pub use meaning::{Encoders, Encoding, Meaning};
pub use pool::{EncoderPool, PoolSize};
pub use priority::yield_to_others;
pub use remembered::Remembered;
pub use remote::{RemoteEncoder, RemoteOptions};
pub use sentence::{SentenceEncoder, Told};

/// A vector of unit length.
pub type Embedding = Vec<f32>;

/// What a text becomes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Encoded {
    /// The whole text.
    pub whole: Embedding,
    /// The whole text with its rarer words counted more, for finding.
    pub telling: Embedding,
    /// Its clauses, where it has more than one.
    pub clauses: Vec<Embedding>,
}

/// Turns texts into vectors.
pub trait Encoder: Send + Sync {
    /// The model's name and version; vectors of different names cannot be compared.
    fn name(&self) -> &str;

    /// How many numbers a vector has.
    fn dimensions(&self) -> usize;

    /// Whether a word is surely none that was misspelt: the model knows it whole.
    fn is_word(&self, _word: &str) -> bool {
        false
    }

    /// Gives back the memory that only many texts need.
    fn rest(&self) {}

    /// Encodes one text. The result depends on the text alone.
    fn encode(&self, text: &str) -> Result<Encoded, EncodeError>;

    /// How many texts are best encoded together.
    fn at_once(&self) -> usize {
        1
    }

    /// Encodes several texts, each as if it were alone but for its clauses, which may be left out.
    fn encode_together(&self, texts: &[&str]) -> Result<Vec<Encoded>, EncodeError> {
        texts.iter().map(|text| self.encode(text)).collect()
    }

    /// Whether it can be used now; one that is loaded can.
    fn is_there(&self) -> bool {
        true
    }
}

/// Where an encoder comes from.
#[derive(Clone)]
pub enum Origin {
    /// A folder with a model, of either kind.
    Folder(PathBuf),
    /// An endpoint.
    Remote(RemoteOptions),
}

impl Origin {
    /// Loads the encoder, a folder's after checking its files.
    pub fn open(&self) -> Result<Arc<dyn Encoder>, EncodeError> {
        match self {
            Self::Folder(folder) if is_from_outside(folder) => {
                Ok(Arc::new(SentenceEncoder::load(folder)?))
            }
            Self::Folder(folder) => Ok(Arc::new(BundleEncoder::load(folder)?)),
            Self::Remote(options) => Ok(Arc::new(RemoteEncoder::open(options.clone())?)),
        }
    }

    /// Whether a folder looks like a model; [`Origin::open`] checks everything. An endpoint may come later.
    pub fn check(&self) -> Result<(), EncodeError> {
        match self {
            Self::Folder(folder) => check(folder).map(|_| ()),
            Self::Remote(_) => Ok(()),
        }
    }
}

/// Whether the folder looks like a model; [`Origin::open`] checks everything. Gives the numbers of a
/// vector.
pub fn check(folder: &Path) -> Result<usize, EncodeError> {
    if is_from_outside(folder) {
        SentenceEncoder::check(folder)
    } else {
        BundleEncoder::check(folder)
    }
}

/// Whether the folder is as sentence-transformers writes it.
fn is_from_outside(folder: &Path) -> bool {
    folder.join(sentence::WEIGHTS).is_file()
}

/// A model cannot be loaded, or fails on a text.
#[derive(Debug, thiserror::Error)]
pub enum EncodeError {
    /// A file of the model cannot be read.
    #[error("{file}: {source}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file of the model is not what it should be.
    #[error("{file}: {message}")]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// Whoever asked does not want it any more.
    #[error("encoding was stopped")]
    Stopped,
    /// Inference fails.
    #[error("the encoder fails: {0}")]
    Inference(String),
    /// An endpoint gives no vectors.
    #[error("{model} at {url}: {reason}")]
    Remote {
        /// The model's name there.
        model: String,
        /// Its address.
        url: String,
        /// Why.
        reason: String,
    },
}

impl EncodeError {
    /// Whether it may be over later, without anybody's doing here.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Remote { .. })
    }

    fn damaged(file: &Path, message: impl Into<String>) -> Self {
        Self::Damaged { file: file.to_owned(), message: message.into() }
    }
}

#[cfg(test)]
/// The cosine of two vectors of unit length.
pub(super) fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// A vector as bytes, and by what they are multiplied.
pub(super) fn as_bytes(vector: &[f32]) -> (Vec<i8>, f32) {
    let most = vector.iter().fold(0.0_f32, |most, value| most.max(value.abs()));
    let step = 127.0 / most.max(f32::MIN_POSITIVE);
    (vector.iter().map(|value| rounded(value * step)).collect(), 1.0 / step)
}

#[expect(clippy::cast_possible_truncation, reason = "the value lies between -127 and 127")]
fn rounded(value: f32) -> i8 {
    value.round() as i8
}

/// Gives the vector unit length.
pub(super) fn normalise(vector: &mut [f32]) {
    let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
    if length > 0.0 {
        for value in vector {
            *value /= length;
        }
    }
}
