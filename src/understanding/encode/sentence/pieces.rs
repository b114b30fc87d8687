//! The tokeniser of a sentence-transformers folder, `tokenizer.json`, run by the `tokenizers` crate.
//! (The shipped models have files of their own that are ready at once; see `tokeniser`.)

use std::path::Path;

use tokenizers::{ModelWrapper, Tokenizer, TruncationParams};

use crate::understanding::encode::EncodeError;
use crate::understanding::encode::pooling::CLAUSE_ENDS;
use crate::understanding::encode::sentence::description::{Family, Shape};
use crate::understanding::encode::wordpiece::WordPiece;

/// The file.
pub(super) const FILE: &str = "tokenizer.json";

/// Cuts texts into the pieces that the model knows.
pub(super) struct Pieces {
    tokenizer: Tokenizer,
    /// How frequent each piece is, where the file says it.
    frequencies: Vec<f32>,
}

impl Pieces {
    /// Reads the file and checks that it belongs to a network of `shape`.
    pub(super) fn open(file: &Path, shape: &Shape, most: usize) -> Result<Self, EncodeError> {
        let wrong = |message: String| EncodeError::damaged(file, message);
        let bytes = std::fs::read(file)
            .map_err(|source| EncodeError::Unreadable { file: file.to_owned(), source })?;
        let mut tokenizer =
            Tokenizer::from_bytes(bytes).map_err(|error| wrong(error.to_string()))?;
        // texts are encoded one by one, whatever the file asks for
        tokenizer.with_padding(None);
        // a customer's text may hold the words that stand for marks
        tokenizer.set_encode_special_tokens(true);
        check(&tokenizer, shape).map_err(|message| {
            wrong(format!("belongs to another model than config.json: {message}"))
        })?;
        let limit = TruncationParams { max_length: most, ..TruncationParams::default() };
        tokenizer.with_truncation(Some(limit)).map_err(|error| wrong(error.to_string()))?;
        let frequencies = match tokenizer.get_model() {
            ModelWrapper::Unigram(unigram) => unigram.iter().map(|(_, score)| share(*score)),
            _ => return Ok(Self { tokenizer, frequencies: Vec::new() }),
        };
        let frequencies = frequencies.collect();
        Ok(Self { tokenizer, frequencies })
    }

    /// The text's tokens with the model's marks of beginning and end.
    pub(super) fn encode(&self, text: &str) -> Result<Vec<u32>, EncodeError> {
        let encoded = self.tokenizer.encode_fast(text, true);
        let encoded = encoded.map_err(|error| EncodeError::Inference(error.to_string()))?;
        Ok(encoded.get_ids().to_vec())
    }

    /// About how frequent a token is, 0 to 1.
    pub(super) fn frequency(&self, id: u32) -> f32 {
        let known = self.frequencies.get(id as usize).copied();
        known.unwrap_or_else(|| WordPiece::frequency(id))
    }

    /// The tokens that end a clause.
    pub(super) fn clause_ends(&self) -> Vec<u32> {
        let ids = CLAUSE_ENDS.iter().filter_map(|end| {
            // the mark after a letter, before the model's mark of the end
            let ids = self.encode(&format!("a{end}")).ok()?;
            ids.len().checked_sub(2).and_then(|at| ids.get(at).copied())
        });
        ids.collect()
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a probability")]
fn share(score: f64) -> f32 {
    score.exp() as f32
}

/// Whether the pieces are those of the table of embeddings.
fn check(tokenizer: &Tokenizer, shape: &Shape) -> Result<(), String> {
    let pieces = tokenizer.get_vocab(true).into_values().max().map_or(0, |last| last as usize + 1);
    let rows = shape.rows;
    if pieces > rows {
        return Err(format!("it knows {pieces} pieces, and there are {rows} embeddings"));
    }
    if pieces * 10 < rows * 9 {
        return Err(format!("it knows only {pieces} pieces of {rows} embeddings"));
    }
    let padding = tokenizer.id_to_token(shape.padding).unwrap_or_default();
    if !padding.to_lowercase().contains("pad") {
        return Err(format!("token {} is \"{padding}\" and does not fill up rows", shape.padding));
    }
    let marks = tokenizer.encode_fast("", true).map_err(|error| error.to_string())?;
    let marks: Vec<String> =
        marks.get_ids().iter().filter_map(|id| tokenizer.id_to_token(*id)).collect();
    let expected = match shape.family {
        Family::Bert => ["[CLS]", "[SEP]"],
        Family::Roberta => ["<s>", "</s>"],
    };
    if marks == expected {
        Ok(())
    } else {
        Err(format!("a text stands between {marks:?}, it should be {expected:?}"))
    }
}
