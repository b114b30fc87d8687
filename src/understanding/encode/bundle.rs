//! The shipped encoders: a folder with a table of token embeddings (mapped, 4 bits), the layers as
//! an ONNX graph with its weights beside it (int8 in memory), and a tokeniser. One core, one text a
//! call: activations share a scale, so in a batch a vector would depend on its neighbours.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memmap2::Mmap;
use rten::{LoadError, Model, ModelOptions, NodeId};
use serde::Deserialize;

use crate::understanding::encode::inference::{input, run};
use crate::understanding::encode::mapped::{SetAside, map, put_away};
use crate::understanding::encode::pooling::{States, Tokens};
use crate::understanding::encode::tokeniser::Tokeniser;
use crate::understanding::encode::weights::{Shape, add_row, expand, row_bytes};
use crate::understanding::encode::{EncodeError, Encoded, Encoder, checksum};

/// The files without which nothing runs.
const FILES: [&str; 6] = [
    "config.json",
    "embeddings.q4",
    "encoder.onnx",
    "encoder.q4",
    "positions.f32",
    "tokenizer.bin",
];
/// The name under which the graph asks for its weights.
const WEIGHTS: &str = "encoder.data";
/// A message is cut after so many tokens; attention grows with the square.
const MOST_TOKENS: usize = 256;
/// No layer is wider than this.
const MOST_WIDTH: usize = 1 << 14;
/// Nodes are numbered; no graph has more.
const MOST_NODES: usize = 4096;

/// What `config.json` says.
#[derive(Debug, Deserialize)]
struct Config {
    model: String,
    hidden_size: usize,
    max_tokens: usize,
    prefix: Prefix,
    embedding_row_bytes: usize,
    #[serde(default = "four")]
    linear_bits: u8,
    /// Inputs and outputs of the linear layers, in order.
    matrices_kn: Vec<Shape>,
}

#[derive(Debug, Default, Deserialize)]
struct Prefix {
    /// What stands before every text when texts of one kind are compared.
    #[serde(default)]
    symmetric: String,
}

fn four() -> u8 {
    4
}

/// An encoder of `models/`.
pub struct BundleEncoder {
    name: String,
    width: usize,
    prefix: String,
    /// How many tokens the prefix is.
    prefix_tokens: usize,
    most_tokens: usize,
    tokeniser: Tokeniser,
    /// Tokens at which a clause ends.
    clause_ends: Vec<u32>,
    embeddings: Arc<Mmap>,
    positions: Vec<f32>,
    model: Model,
    rows: NodeId,
    bias: NodeId,
    states: NodeId,
}

impl BundleEncoder {
    /// Loads a folder after checking every file against its checksum.
    pub fn load(folder: &Path) -> Result<Self, EncodeError> {
        let (checked, loaded) =
            rayon::join(|| checksum::verify(folder, &FILES), || Self::load_unchecked(folder));
        checked?;
        loaded
    }

    /// Whether the folder looks like a model: its files are there, and its description can be read.
    /// Loading checks everything. Gives the numbers of a vector.
    pub fn check(folder: &Path) -> Result<usize, EncodeError> {
        let width = read_config(&folder.join("config.json"))?.hidden_size;
        for name in FILES {
            let file = folder.join(name);
            fs::metadata(&file).map_err(|source| EncodeError::Unreadable { file, source })?;
        }
        Ok(width)
    }

    fn load_unchecked(folder: &Path) -> Result<Self, EncodeError> {
        let file = |name: &str| folder.join(name);
        let config = read_config(&file("config.json"))?;
        let tokeniser = Tokeniser::open(&file("tokenizer.bin"))?;
        let embeddings = map(&file("embeddings.q4"))?;
        if embeddings.len() != tokeniser.len() * config.embedding_row_bytes {
            let message = format!(
                "{} bytes are not {} rows of {}: table and tokeniser belong to different models",
                embeddings.len(),
                tokeniser.len(),
                config.embedding_row_bytes
            );
            return Err(EncodeError::damaged(&file("embeddings.q4"), message));
        }
        let most_tokens = config.max_tokens.min(MOST_TOKENS);
        let positions = read_floats(&file("positions.f32"))?;
        if positions.len() < most_tokens * config.hidden_size {
            return Err(EncodeError::damaged(&file("positions.f32"), "too short for max_tokens"));
        }
        let weights = {
            let packed = map(&file("encoder.q4"))?;
            let weights = expand(&packed, &config.matrices_kn, config.linear_bits == 5);
            let wrong_size = "its size does not fit config.json's matrices_kn";
            weights.ok_or_else(|| EncodeError::damaged(&file("encoder.q4"), wrong_size))?
        };
        let graph = file("encoder.onnx");
        let in_graph =
            |error: &dyn std::fmt::Display| EncodeError::damaged(&graph, error.to_string());
        let model = load_graph(read(&graph)?, weights).map_err(|error| in_graph(&error))?;
        let node = |name: &str| model.node_id(name).map_err(|error| in_graph(&error));
        Ok(Self {
            rows: node("x")?,
            bias: node("bias")?,
            states: last_norm(&model).ok_or_else(|| in_graph(&"has no layer norm"))?,
            name: config.model,
            width: config.hidden_size,
            // without the marks of beginning and end
            prefix_tokens: tokeniser.encode(config.prefix.symmetric.trim_end(), most_tokens).len()
                - 2,
            prefix: config.prefix.symmetric,
            most_tokens,
            clause_ends: tokeniser.clause_ends(),
            tokeniser,
            embeddings,
            positions,
            model,
        })
    }

    /// The rows of the tokens with their places added.
    fn embedded(&self, ids: &[u32]) -> Vec<f32> {
        let bytes = row_bytes(self.width);
        let mut rows = self.positions.get(..ids.len() * self.width).unwrap_or_default().to_vec();
        for (id, row) in ids.iter().zip(rows.chunks_exact_mut(self.width)) {
            let start = *id as usize * bytes;
            add_row(self.embeddings.get(start..start + bytes).unwrap_or_default(), row);
        }
        rows
    }

    /// The last layer's states, one row a token.
    fn states(&self, ids: &[u32]) -> Result<Vec<f32>, EncodeError> {
        let count = ids.len();
        let inputs = vec![
            (self.rows, input(&[1, count, self.width], self.embedded(ids))?),
            (self.bias, input(&[1, 1, 1, count], vec![0.0; count])?),
        ];
        run(&self.model, inputs, self.states, count * self.width)
    }
}

/// Loads the graph with its weights. It packs them for the processor, and reads them as they were no
/// more: where there is room for a file, they leave the memory.
fn load_graph(graph: Vec<u8>, weights: Vec<u8>) -> Result<Model, LoadError> {
    let mut options = ModelOptions::with_all_ops();
    options.prepack_weights(true);
    let Ok(aside) = SetAside::of(&weights) else {
        return options.external_data(WEIGHTS, weights).load(graph);
    };
    drop(weights);
    let model = options.external_data_static(WEIGHTS, aside.bytes()).load(graph)?;
    aside.put_away();
    Ok(model)
}

/// The node that gives the last layer's states: the graph's last layer norm. (The graph itself ends
/// in a mean over all tokens; clauses need means over some.)
fn last_norm(model: &Model) -> Option<NodeId> {
    (0..MOST_NODES).rev().find_map(|at| model.find_node(&format!("LayerNormalization_{at}")))
}

impl Encoder for BundleEncoder {
    fn name(&self) -> &str {
        &self.name
    }

    fn dimensions(&self) -> usize {
        self.width
    }

    fn is_word(&self, word: &str) -> bool {
        self.tokeniser.is_word(word)
    }

    fn rest(&self) {
        put_away(&self.embeddings);
    }

    fn encode(&self, text: &str) -> Result<Encoded, EncodeError> {
        let ids = self.tokeniser.encode(&format!("{}{text}", self.prefix), self.most_tokens);
        let states = self.states(&ids)?;
        let states = States { states: &states, width: self.width };
        let tokens = Tokens { ids: &ids, before: 1 + self.prefix_tokens };
        let whole = states.mean(0, ids.len());
        let telling = states.telling(&whole, tokens, |id| self.tokeniser.frequency(id));
        let clauses = tokens.clauses(&self.clause_ends);
        let clauses = clauses.iter().map(|(from, to)| states.mean(*from, *to)).collect();
        Ok(Encoded { whole, telling, clauses })
    }
}

fn read(file: &PathBuf) -> Result<Vec<u8>, EncodeError> {
    fs::read(file).map_err(|source| EncodeError::Unreadable { file: file.clone(), source })
}

fn read_floats(file: &PathBuf) -> Result<Vec<f32>, EncodeError> {
    let bytes = read(file)?;
    let floats = bytes.chunks_exact(4).filter_map(|four| four.try_into().ok());
    Ok(floats.map(f32::from_le_bytes).collect())
}

fn read_config(file: &PathBuf) -> Result<Config, EncodeError> {
    let config: Config = serde_json::from_slice(&read(file)?)
        .map_err(|error| EncodeError::damaged(file, error.to_string()))?;
    let Config { hidden_size, embedding_row_bytes, linear_bits, matrices_kn, .. } = &config;
    let is_fit = |(inputs, outputs): &Shape| {
        let is_size = |size: usize| (1..=MOST_WIDTH).contains(&size);
        is_size(*inputs) && is_size(*outputs) && inputs % 32 == 0 && outputs % 8 == 0
    };
    let problem = if hidden_size % 32 != 0 || !(32..=MOST_WIDTH).contains(hidden_size) {
        Some("hidden_size must be a multiple of 32")
    } else if *embedding_row_bytes != row_bytes(*hidden_size) {
        Some("embedding_row_bytes does not fit hidden_size")
    } else if !matches!(linear_bits, 4 | 5) {
        Some("linear_bits must be 4 or 5")
    } else if matrices_kn.is_empty() || matrices_kn.len() > 512 || !matrices_kn.iter().all(is_fit) {
        Some("matrices_kn holds sizes that this server does not read")
    } else {
        None
    };
    problem.map_or(Ok(config), |problem| Err(EncodeError::damaged(file, problem)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::encode::cosine;

    fn models() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("models")
    }

    /// A copy of a model by links, in which files may be exchanged.
    fn copy(name: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in fs::read_dir(models().join(name)).unwrap() {
            let file = file.unwrap();
            std::os::unix::fs::symlink(file.path(), folder.path().join(file.file_name())).unwrap();
        }
        folder
    }

    fn refusal(folder: &Path) -> String {
        BundleEncoder::load(folder).err().unwrap().to_string()
    }

    #[test]
    fn a_question_lies_next_to_its_translation_and_clauses_are_read_apart() {
        let encoder = BundleEncoder::load(&models().join("multilingual-e5-small")).unwrap();
        let read = |text| encoder.encode(text).unwrap();
        let asked = read("怎么修改登录密码");
        let same = read("How do I change my password?");
        let other = read("How long does delivery take?");
        assert!(cosine(&asked.whole, &same.whole) > cosine(&asked.whole, &other.whole) + 0.05);
        assert_eq!(asked.clauses, Vec::<Vec<f32>>::new(), "one clause is the whole");
        let two = read("I moved house last week, how do I change my password?");
        assert_eq!(two.clauses.len(), 2);
        let [first, second] = two.clauses.as_slice() else { panic!("two clauses") };
        assert!(cosine(second, &same.whole) > cosine(first, &same.whole));
    }

    #[test]
    fn words_of_their_own_are_told_from_misspelt_ones() {
        let encoder = BundleEncoder::load(&models().join("all-MiniLM-L6-v2")).unwrap();
        assert!(["tall", "trips", "delivery"].iter().all(|word| encoder.is_word(word)));
        assert!(["refnud", "delivry", "adress"].iter().all(|word| !encoder.is_word(word)));
    }

    #[test]
    fn a_damaged_model_is_refused_with_the_file() {
        let missing = copy("all-MiniLM-L6-v2");
        fs::remove_file(missing.path().join("encoder.q4")).unwrap();
        assert!(refusal(missing.path()).contains("encoder.q4"));

        let truncated = copy("all-MiniLM-L6-v2");
        let file = truncated.path().join("embeddings.q4");
        let bytes = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        fs::write(&file, bytes.get(..bytes.len() - 18).unwrap()).unwrap();
        let message = refusal(truncated.path());
        assert!(message.contains("embeddings.q4") && message.contains("checksum"), "{message}");

        let mixed = copy("all-MiniLM-L6-v2");
        let file = mixed.path().join("tokenizer.bin");
        fs::remove_file(&file).unwrap();
        fs::copy(models().join("multilingual-e5-small/tokenizer.bin"), &file).unwrap();
        assert!(refusal(mixed.path()).contains("tokenizer.bin"));
        let unchecked = BundleEncoder::load_unchecked(mixed.path()).err().unwrap().to_string();
        assert!(unchecked.contains("different models"), "{unchecked}");

        let foreign = copy("all-MiniLM-L6-v2");
        let file = foreign.path().join("config.json");
        fs::remove_file(&file).unwrap();
        fs::write(&file, "{\"model\": \"x\"}").unwrap();
        let message = BundleEncoder::load_unchecked(foreign.path()).err().unwrap().to_string();
        assert!(message.contains("config.json") && message.contains("missing field"), "{message}");
    }
}
