//! What is wrong with the knowledge, with file and line.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::Serialize;

use crate::catalog::Place;

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Mistake {
    /// The file, or the folder when no file is meant.
    pub file: PathBuf,
    /// The line, from 1; 0 when no line is meant.
    pub line: usize,
    /// What is wrong, and where it helps, what to write instead.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = self.file.display();
        match self.line {
            0 => write!(f, "{file}: {}", self.message),
            line => write!(f, "{file}:{line}: {}", self.message),
        }
    }
}

/// All mistakes, in the order of files and lines; at least one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[error("{}", self.0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
pub struct Mistakes(pub Vec<Mistake>);

/// Collects mistakes of one file.
pub(super) struct Collector<'a> {
    pub(super) file: &'a Path,
    /// The same for the places in it.
    shared: Arc<Path>,
    /// Where each line ends.
    ends: Vec<usize>,
    pub(super) found: Vec<Mistake>,
}

impl<'a> Collector<'a> {
    /// Nothing is wrong yet with `file`, which holds `text`.
    pub(super) fn new(file: &'a Path, text: &str) -> Self {
        let ends = text.match_indices('\n').map(|(at, _)| at).collect();
        Self { file, shared: file.into(), ends, found: Vec::new() }
    }

    /// Notes a mistake at a byte of the file.
    pub(super) fn note(&mut self, at: usize, message: impl Into<String>) {
        let line = self.line(at);
        self.found.push(Mistake { file: self.file.to_owned(), line, message: message.into() });
    }

    /// The place of a byte.
    pub(super) fn place(&self, at: usize) -> Place {
        Place { file: Arc::clone(&self.shared), line: self.line(at) }
    }

    /// The line of a byte.
    pub(super) fn line(&self, at: usize) -> usize {
        self.ends.partition_point(|end| *end < at) + 1
    }
}
