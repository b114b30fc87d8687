//! Labelled files: one JSON object a line.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

/// A measurement cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum EvalError {
    /// A file cannot be read.
    #[error("{file}: {source}")]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error("{file}: {source}")]
    Unwritable {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A line is not what it should be.
    #[error("{file}:{line}: {message}")]
    Line {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A file holds too little to measure.
    #[error("{file}: {message}")]
    TooLittle {
        /// The file.
        file: PathBuf,
        /// What is missing.
        message: &'static str,
    },
    /// Two runs were asked different lines.
    #[error("{with} was asked other lines: they differ from line {line} on")]
    OtherLines {
        /// The other run.
        with: String,
        /// The first line, in scope, that is not the same.
        line: usize,
    },
    /// The encoder fails.
    #[error(transparent)]
    Encode(#[from] crate::understanding::encode::EncodeError),
    /// The knowledge has mistakes.
    #[error(transparent)]
    Knowledge(#[from] crate::catalog::Mistakes),
    /// Nothing can be learned from the shipped knowledge.
    #[error(transparent)]
    Train(#[from] crate::understanding::TrainError),
    /// The FAQ index fails.
    #[error(transparent)]
    Search(#[from] crate::understanding::SearchError),
}

/// Reads every line of `file`; there must be one.
pub(super) fn read<T: DeserializeOwned>(file: &Path) -> Result<Vec<T>, EvalError> {
    let text = fs::read_to_string(file)
        .map_err(|source| EvalError::Unreadable { file: file.to_owned(), source })?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let items: Result<Vec<T>, EvalError> = lines
        .map(|(at, line)| {
            serde_json::from_str(line).map_err(|error| EvalError::Line {
                file: file.to_owned(),
                line: at + 1,
                message: error.to_string(),
            })
        })
        .collect();
    let items = items?;
    if items.is_empty() {
        return Err(EvalError::TooLittle { file: file.to_owned(), message: "there are no lines" });
    }
    Ok(items)
}

/// Reads `file` where one is named.
pub(super) fn read_if_named<T: DeserializeOwned>(
    file: Option<&Path>,
) -> Result<Option<Vec<T>>, EvalError> {
    file.map(read).transpose()
}
