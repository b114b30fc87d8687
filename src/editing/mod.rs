//! The knowledge as people edit it in the console. The files stay the truth: changes are tried out on
//! their texts, written back as a whole or not at all, and every publication is kept as a version that
//! can be taken back. Whoever changes what has changed since they opened it is told, and loses nothing.

mod changes;
mod folder;
mod service;
mod version;

pub use changes::{Checked, FileDiff, Rival, Told};
pub use service::{Editor, EditorParts, Published};
pub use version::{Author, Taking, Version, VersionItem, What};

use crate::catalog::EditError;
use crate::events::RecordsError;

/// Why the knowledge is not changed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EditingError {
    /// Items are not as they were when they were opened.
    #[error("an item has changed since it was opened")]
    Rivals(Vec<Rival>),
    /// The knowledge would have mistakes.
    #[error("the knowledge would have mistakes; nothing was changed")]
    Mistakes(Vec<Told>),
    /// The changes cannot be carried out on these files.
    #[error(transparent)]
    Edit(EditError),
    /// The folder or a file of it cannot be written.
    #[error("the knowledge cannot be written: {0}")]
    ReadOnly(String),
    /// There is nothing to change.
    #[error("this changes nothing")]
    Nothing,
    /// The files were changed by somebody else at the same moment, several times.
    #[error("the files are being changed by somebody else; try again")]
    Moving,
    /// There is no such version.
    #[error("there is no such version")]
    NoVersion,
    /// The versions cannot be read or written.
    #[error("the versions cannot be read or written")]
    Store,
}

impl From<RecordsError> for EditingError {
    fn from(error: RecordsError) -> Self {
        tracing::error!(%error, "versions of the knowledge cannot be read or written");
        Self::Store
    }
}
