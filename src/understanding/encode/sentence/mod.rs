//! Sentence encoders from outside: a folder as sentence-transformers writes it, of the BERT family.
//! `description` reads its small files, `tensors` the weights, `pieces` the tokeniser; `graph` runs
//! the network on the inference crate that the shipped models run on, in 32 bits; `torch` does so on
//! libtorch where it was compiled in.

mod description;
mod graph;
mod onnx;
mod pieces;
mod tensors;
#[cfg(feature = "torch")]
mod torch;

use std::fs;
use std::path::Path;

use sha2::{Digest, Sha256};

pub use description::Told;

use crate::understanding::encode::checksum::{self, SUMS};
use crate::understanding::encode::pooling::{States, Tokens};
use crate::understanding::encode::{EncodeError, Encoded, Encoder};
use description::{CONFIG, Description, Pooling, Shape};
use graph::GraphNetwork;
use pieces::Pieces;
use tensors::Tensors;

/// The weights.
pub(super) const WEIGHTS: &str = "model.safetensors";
/// The files without which nothing runs.
const NEEDED: [&str; 3] = [CONFIG, pieces::FILE, WEIGHTS];
/// Digits of the checksum in an encoder's name.
const VERSION_DIGITS: usize = 12;

/// From tokens to the last layer's states, one row a token.
trait Network: Send + Sync {
    fn states(&self, ids: &[u32]) -> Result<Vec<f32>, EncodeError>;
}

/// What runs a network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Engine {
    /// The engine of the shipped models.
    #[cfg_attr(
        all(feature = "torch", not(test)),
        expect(dead_code, reason = "libtorch takes its place, but for the tests")
    )]
    Graph,
    /// libtorch.
    #[cfg(feature = "torch")]
    Torch,
}

impl Engine {
    /// Whoever compiles libtorch in wants it.
    #[cfg(feature = "torch")]
    pub(super) const DEFAULT: Self = Self::Torch;
    /// The only one.
    #[cfg(not(feature = "torch"))]
    pub(super) const DEFAULT: Self = Self::Graph;

    fn load(self, shape: &Shape, tensors: &Tensors) -> Result<Box<dyn Network>, EncodeError> {
        match self {
            Self::Graph => Ok(Box::new(GraphNetwork::load(shape, tensors)?)),
            #[cfg(feature = "torch")]
            Self::Torch => Ok(Box::new(torch::TorchNetwork::load(shape, tensors)?)),
        }
    }
}

/// An encoder from a sentence-transformers folder.
pub struct SentenceEncoder {
    name: String,
    description: Description,
    /// How many tokens the prefix is.
    prefix_tokens: usize,
    pieces: Pieces,
    clause_ends: Vec<u32>,
    network: Box<dyn Network>,
}

impl SentenceEncoder {
    /// Loads a folder of `models/` after checking every file against its checksum.
    pub fn load(folder: &Path) -> Result<Self, EncodeError> {
        let files = Description::files(folder)?;
        checksum::verify(folder, &files.iter().map(String::as_str).collect::<Vec<_>>())?;
        Self::load_unchecked(folder, Engine::DEFAULT)
    }

    /// Whether the folder looks like a model: its files are there, and its description can be read.
    /// Gives the numbers of a vector.
    pub fn check(folder: &Path) -> Result<usize, EncodeError> {
        let description = Description::read(folder)?;
        for name in NEEDED {
            let file = folder.join(name);
            fs::metadata(&file).map_err(|source| EncodeError::Unreadable { file, source })?;
        }
        Ok(description.shape.width)
    }

    /// The files of a folder that belong to the model.
    pub fn files(folder: &Path) -> Result<Vec<String>, EncodeError> {
        Description::files(folder)
    }

    /// Whether the folder of a model that came without checksums can be used: everything is loaded,
    /// and a text encoded.
    pub fn try_out(folder: &Path) -> Result<(), EncodeError> {
        Self::load_unchecked(folder, Engine::DEFAULT).map(|_| ())
    }

    pub(super) fn load_unchecked(folder: &Path, engine: Engine) -> Result<Self, EncodeError> {
        let description = Description::read(folder)?;
        let tensors = Tensors::open(&folder.join(WEIGHTS))?;
        let shape = &description.shape;
        let pieces = Pieces::open(&folder.join(pieces::FILE), shape, description.most_tokens)?;
        let network = engine.load(shape, &tensors)?;
        // without the marks of beginning and end
        let prefix_tokens = pieces.encode(description.prefix.trim_end())?.len().saturating_sub(2);
        let clause_ends = pieces.clause_ends();
        let name = name_of(folder);
        let encoder = Self { name, description, prefix_tokens, pieces, clause_ends, network };
        let first = encoder.encode("a")?;
        if first.whole.iter().all(|value| value.is_finite()) {
            Ok(encoder)
        } else {
            Err(EncodeError::damaged(&folder.join(WEIGHTS), "gives no numbers for a text"))
        }
    }

    /// The vector of a text's tokens.
    fn pooled(&self, states: States<'_>, count: usize) -> Vec<f32> {
        match self.description.pooling {
            Pooling::Mean => states.mean(0, count),
            Pooling::First => states.mean(0, 1),
        }
    }

    /// The vector of a clause. Only the first state knows the text where that is the vector: the
    /// clause is read by itself.
    fn clause(
        &self,
        states: States<'_>,
        ids: &[u32],
        (from, to): (usize, usize),
    ) -> Result<Vec<f32>, EncodeError> {
        if self.description.pooling == Pooling::Mean {
            return Ok(states.mean(from, to));
        }
        let before = ids.get(..=self.prefix_tokens).unwrap_or_default();
        let last = ids.get(ids.len().saturating_sub(1)..).unwrap_or_default();
        let own = [before, ids.get(from..to).unwrap_or_default(), last].concat();
        let states = self.network.states(&own)?;
        Ok(self.pooled(States { states: &states, width: self.dimensions() }, own.len()))
    }
}

/// The folder's name, and the version by the checksums of its files.
fn name_of(folder: &Path) -> String {
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let sums = fs::read(folder.join(SUMS)).unwrap_or_default();
    let mut version = hex::encode(Sha256::digest(sums));
    version.truncate(VERSION_DIGITS);
    format!("{name}@{version}")
}

impl Encoder for SentenceEncoder {
    fn name(&self) -> &str {
        &self.name
    }

    fn dimensions(&self) -> usize {
        self.description.shape.width
    }

    fn encode(&self, text: &str) -> Result<Encoded, EncodeError> {
        let text = format!("{}{text}", self.description.prefix);
        let text = if self.description.is_lower_case { text.to_lowercase() } else { text };
        let ids = self.pieces.encode(&text)?;
        let states = self.network.states(&ids)?;
        let states = States { states: &states, width: self.dimensions() };
        let tokens = Tokens { ids: &ids, before: 1 + self.prefix_tokens };
        let whole = self.pooled(states, ids.len());
        let telling = match self.description.pooling {
            Pooling::Mean => states.telling(&whole, tokens, |id| self.pieces.frequency(id)),
            Pooling::First => whole.clone(),
        };
        let clauses = tokens.clauses(&self.clause_ends);
        let clauses = clauses.into_iter().map(|clause| self.clause(states, &ids, clause));
        Ok(Encoded { whole, telling, clauses: clauses.collect::<Result<_, _>>()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::encode::references::tiny;

    #[test]
    fn a_clause_is_read_apart_in_either_way_of_pooling() {
        let text = "the screen is broken, how do I change the address";
        for (name, prefix) in [("tiny-bert", ""), ("tiny-xlm-r", "query: ")] {
            let encoder = SentenceEncoder::load_unchecked(&tiny(name), Engine::DEFAULT).unwrap();
            assert_eq!(encoder.description.prefix, prefix);
            let read = encoder.encode(text).unwrap();
            assert_eq!(read.clauses.len(), 2, "{name}");
            assert_ne!(read.clauses[0], read.clauses[1]);
            assert!(encoder.encode("order").unwrap().clauses.is_empty(), "{name}");
        }
        let encoder =
            SentenceEncoder::load_unchecked(&tiny("tiny-xlm-r"), Engine::DEFAULT).unwrap();
        let clause = &encoder.encode(text).unwrap().clauses[0];
        let alone = encoder.encode("the screen is broken").unwrap().whole;
        assert!(crate::understanding::encode::cosine(clause, &alone) > 0.999);
    }

    #[test]
    fn words_that_stand_for_marks_are_text_when_a_customer_writes_them() {
        let encoder = SentenceEncoder::load_unchecked(&tiny("tiny-bert"), Engine::DEFAULT).unwrap();
        let marks = |text: &str| {
            let ids = encoder.pieces.encode(text).unwrap();
            ids.iter().filter(|id| matches!(id, 2 | 3)).count() // [CLS] and [SEP]
        };
        assert_eq!(marks("order"), 2);
        assert_eq!(marks("order [SEP] order [CLS]"), 2);
        let long = "order ".repeat(500);
        let ids = encoder.pieces.encode(&long).unwrap();
        assert_eq!((ids.len(), ids.last()), (64, Some(&3)), "cut, with the mark of the end");
    }
}
