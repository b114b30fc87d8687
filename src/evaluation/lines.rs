//! Labelled files: one JSON object a line.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
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

/// A line of a file: something that is read or asked.
pub trait Line: DeserializeOwned {
    /// The words.
    fn text(&self) -> &str;
}

/// A text without a label.
#[derive(Debug, Deserialize)]
pub(super) struct Plain {
    pub(super) text: String,
}

impl Line for Plain {
    fn text(&self) -> &str {
        &self.text
    }
}

/// Reads every line of `file`; there must be one.
pub(super) fn read<T: Line>(file: &Path) -> Result<Vec<T>, EvalError> {
    Ok(read_numbered(file)?.into_iter().map(|(_, item)| item).collect())
}

/// Reads every line of `file` with its number; there must be one, and none may be without words.
pub fn read_numbered<T: Line>(file: &Path) -> Result<Vec<(usize, T)>, EvalError> {
    let bytes =
        fs::read(file).map_err(|source| EvalError::Unreadable { file: file.to_owned(), source })?;
    let wrong = |line, message: String| EvalError::Line { file: file.to_owned(), line, message };
    let text = String::from_utf8(bytes).map_err(|error| {
        let good = error.utf8_error().valid_up_to();
        let before = error.as_bytes().get(..good).unwrap_or_default();
        let line = before.split(|byte| *byte == b'\n').count();
        wrong(line, "is not UTF-8 from here on".to_owned())
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
    let items: Result<Vec<(usize, T)>, EvalError> = lines
        .map(|(number, line)| {
            let item: T =
                serde_json::from_str(line).map_err(|error| wrong(number, told(&error)))?;
            if item.text().trim().is_empty() {
                return Err(wrong(number, "the text is empty".to_owned()));
            }
            Ok((number, item))
        })
        .collect();
    let items = items?;
    if items.is_empty() {
        return Err(EvalError::TooLittle { file: file.to_owned(), message: "there are no lines" });
    }
    Ok(items)
}

/// What is wrong with a line of JSON; its column, for the line is the file's.
fn told(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    match message.strip_suffix(&place) {
        Some(message) => format!("{message} (column {})", error.column()),
        None => message,
    }
}

/// Reads `file` where one is named.
pub(super) fn read_if_named<T: Line>(file: Option<&Path>) -> Result<Option<Vec<T>>, EvalError> {
    file.map(read).transpose()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f.jsonl");
        fs::write(&file, bytes).unwrap();
        let error = read::<Plain>(&file).unwrap_err().to_string();
        error.replace(&format!("{}/", folder.path().display()), "")
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        let good = "{\"text\": \"a\"}\n\n";
        for (lines, expected) in [
            (String::new(), "f.jsonl: there are no lines"),
            ("\n \n".to_owned(), "f.jsonl: there are no lines"),
            (format!("{good}{{\"text\": "), "f.jsonl:3: EOF while parsing a value (column 9)"),
            (format!("{good}{{\"label\": \"b\"}}"), "f.jsonl:3: missing field `text` (column 14)"),
            (
                format!("{good}[]"),
                "f.jsonl:3: invalid length 0, expected struct Plain with 1 element (column 2)",
            ),
            (format!("{good}{{\"text\": \" \\u3000\"}}"), "f.jsonl:3: the text is empty"),
        ] {
            assert_eq!(told(lines.as_bytes()), expected);
        }
        let bytes = [good.as_bytes(), b"{\"text\": \"\xff\"}"].concat();
        assert_eq!(told(&bytes), "f.jsonl:3: is not UTF-8 from here on");
    }

    #[test]
    fn a_byte_order_mark_and_line_ends_of_windows_do_not_matter() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("f.jsonl");
        fs::write(&file, "\u{feff}{\"text\": \"a\"}\r\n\r\n{\"text\": \"b\"}\r\n").unwrap();
        let lines = read_numbered::<Plain>(&file).unwrap();
        let lines: Vec<(usize, &str)> = lines.iter().map(|(n, line)| (*n, line.text())).collect();
        assert_eq!(lines, [(1, "a"), (3, "b")]);
    }
}
