//! Knowledge from elsewhere: lists of questions with their answers (`list`), bots of Rasa and of
//! Dialogflow, pages of a help centre. It is read, told, and only then written as a file of the
//! knowledge folder. What is there already is never changed.

mod base;
mod dialogflow;
mod haul;
mod list;
mod page;
mod rasa;
mod settle;
mod table;
mod write;

pub use haul::{Haul, HaulSize};
pub use list::{Found, FoundEntry, Skipped};
pub use write::Written;

use std::path::PathBuf;

use crate::catalog::Mistakes;

/// An import that does not happen; nothing is written then.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file cannot be read or written.
    #[error("{}: {source}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A file is not what its name says.
    #[error("{}: {message}", file.display())]
    Format {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        message: String,
    },
    /// A row is not what it should be.
    #[error("{}:{line}: {message}", file.display())]
    Row {
        /// The file.
        file: PathBuf,
        /// The row's line, from 1; in a workbook the row.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// A file of this name is in the knowledge already.
    #[error("{}: is there already; give another --as, or remove it first", .0.display())]
    Exists(PathBuf),
    /// The knowledge would have mistakes with what is imported.
    #[error("nothing is written, for the knowledge would have mistakes:\n{0}")]
    Knowledge(#[from] Mistakes),
}
