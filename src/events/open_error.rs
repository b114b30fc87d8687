//! Why a store cannot be opened, in words that tell the operator what to do.

use std::io;
use std::path::PathBuf;

/// Why the store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has it.
    #[error("another frontdesk already uses the data folder {}; stop it, or use another folder with --data", folder.display())]
    Locked {
        /// The folder.
        folder: PathBuf,
    },
    /// It cannot be written.
    #[error("the data folder {} cannot be written: {source}", folder.display())]
    NotWritable {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// There is none.
    #[error("there is no event store in {}", folder.display())]
    Missing {
        /// The folder.
        folder: PathBuf,
    },
    /// It is damaged.
    #[error("the event store in {} is damaged ({reason}); move the folder aside and restore a backup", folder.display())]
    Corrupt {
        /// The folder.
        folder: PathBuf,
        /// What is wrong.
        reason: String,
    },
}
