//! Why a store cannot be opened, in words that tell the operator what to do; and the lock that keeps
//! a folder to one process.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

pub(super) const LOCK: &str = "lock";

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

pub(super) fn lock(folder: &Path) -> Result<File, OpenError> {
    let not_writable = |source| not_writable(folder, source);
    fs::create_dir_all(folder).map_err(not_writable)?;
    let path = folder.join(LOCK);
    let file = File::options().create(true).truncate(false).write(true).open(path);
    let file = file.map_err(not_writable)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked { folder: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(not_writable(source)),
    }
}

pub(super) fn not_writable(folder: &Path, source: io::Error) -> OpenError {
    OpenError::NotWritable { folder: folder.to_owned(), source }
}
