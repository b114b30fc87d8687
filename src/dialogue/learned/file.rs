//! A learned policy as a file: JSON that people can read, with a checksum over what decides.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::dialogue::learned::{Name, Node, Number};

/// What the first field says.
const FORMAT: &str = "frontdesk policy 1";
/// Most questions that a tree may ask.
const DEEPEST: usize = 12;

/// A learned policy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LearnedPolicy {
    /// What it was learned from.
    pub trained: Trained,
    /// The tree.
    pub tree: Node,
}

/// What a policy was learned from.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trained {
    /// How many turns.
    pub turns: usize,
    /// Of how many conversations.
    pub conversations: usize,
    /// Fewest turns of a leaf.
    pub min_leaf: usize,
    /// Most questions in a row.
    pub depth: usize,
    /// What the tree cost a turn, on the turns from which it was learned: it is flattered.
    pub cost: f64,
    /// What the rules cost on the same turns.
    pub cost_of_rules: f64,
    /// What trees of each depth cost on turns that they had not seen.
    pub cross_validation: Vec<FoldedDepth>,
}

/// What trees of a depth cost on turns that they had not seen.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FoldedDepth {
    /// Most questions in a row.
    pub depth: usize,
    /// The cost a turn.
    pub cost: f64,
    /// Its standard error over the folds.
    pub error: f64,
}

/// The file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    checksum: String,
    features: Vec<String>,
    trained: Trained,
    tree: Node,
}

/// A file that is no policy.
#[derive(Debug, thiserror::Error)]
#[error("{}: {problem}", file.display())]
pub struct PolicyFileError {
    /// Which file.
    pub file: PathBuf,
    /// What is wrong.
    pub problem: String,
}

impl LearnedPolicy {
    /// Reads a file.
    pub fn read(file: &Path) -> Result<Self, PolicyFileError> {
        let wrong = |problem| PolicyFileError { file: file.to_owned(), problem };
        let text = std::fs::read_to_string(file).map_err(|error| wrong(error.to_string()))?;
        Self::parse(&text).map_err(wrong)
    }

    /// The file's text.
    pub fn text(&self) -> String {
        let file = File {
            format: FORMAT.to_owned(),
            checksum: checksum(&self.tree),
            features: features(),
            trained: self.trained.clone(),
            tree: self.tree.clone(),
        };
        serde_json::to_string_pretty(&file).unwrap_or_default() + "\n"
    }

    /// What is wrong is told with the place in the file.
    fn parse(text: &str) -> Result<Self, String> {
        let json = &mut serde_json::Deserializer::from_str(text);
        let file: File = serde_path_to_error::deserialize(json)
            .map_err(|error| format!("`{}`: {}", error.path(), error.inner()))?;
        let File { format, checksum: told, features: asked, trained, tree } = file;
        if format != FORMAT {
            return Err(format!("`format` is `{format}`, and `{FORMAT}` can be read"));
        }
        let known = features();
        if let Some(unknown) = asked.iter().find(|feature| !known.contains(feature)) {
            return Err(format!("`features`: nothing is known of `{unknown}`"));
        }
        if tree.depth() > DEEPEST {
            return Err(format!("`tree` asks more than {DEEPEST} questions in a row"));
        }
        if checksum(&tree) != told {
            return Err("`checksum` does not fit the tree: the file was changed".to_owned());
        }
        Ok(Self { trained, tree })
    }
}

fn features() -> Vec<String> {
    let numbers = Number::ALL.map(Number::name).into_iter();
    numbers.chain(Name::ALL.map(Name::name)).map(str::to_owned).collect()
}

fn checksum(tree: &Node) -> String {
    let text = serde_json::to_string(tree).unwrap_or_default();
    hex::encode(Sha256::digest(text))
}
