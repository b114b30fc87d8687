//! Why the server does not start, or does not stop as it should.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::accounts::AccountError;
use crate::attachments::AttachmentError;
use crate::catalog::Mistakes;
use crate::channels::ChannelError;
use crate::config::SettingsError;
use crate::conversation::Refusal;
use crate::customers::CustomerError;
use crate::editing::EditingError;
use crate::events::RecordsError;
use crate::events::sled::OpenError;
use crate::proactive::ProactiveError;
use crate::search::SearchError;
use crate::tasks::StillRunning;
use crate::understanding::encode::EncodeError;
use crate::writing::WritingError;

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened at.
    #[error("cannot listen at {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The data folder cannot be used.
    #[error("cannot use the data folder {}: {source}", folder.display())]
    Data {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The event store cannot be opened.
    #[error(transparent)]
    Log(#[from] OpenError),
    /// The knowledge has mistakes.
    #[error("the knowledge has mistakes:\n{0}")]
    Knowledge(#[from] Mistakes),
    /// An encoder cannot be loaded.
    #[error("the encoder cannot be loaded: {0}; `encoder.enabled = false` goes on without")]
    Encoder(#[from] EncodeError),
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// What a language model was asked today cannot be read.
    #[error("what the language model was asked today cannot be read: {0}")]
    Generation(RecordsError),
    /// The accounts cannot be read.
    #[error("the accounts cannot be read: {0}")]
    Accounts(#[from] AccountError),
    /// The customers cannot be read.
    #[error("the customers cannot be read: {0}")]
    Customers(#[from] CustomerError),
    /// The files that people send cannot be read.
    #[error("the files that people sent cannot be read: {0}")]
    Attachments(#[from] AttachmentError),
    /// The webhooks or the bots cannot be read.
    #[error("the webhooks and bots cannot be read: {0}")]
    Channels(#[from] ChannelError),
    /// The replies for many customers, or the drafts, cannot be read.
    #[error(transparent)]
    Writing(#[from] WritingError),
    /// The rules by which the desk speaks first cannot be read.
    #[error(transparent)]
    Proactive(#[from] ProactiveError),
    /// The search index can neither be read nor made anew.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The versions of the knowledge cannot be read.
    #[error("the versions of the knowledge cannot be read: {0}")]
    Editing(#[from] EditingError),
    /// The conversations cannot be rebuilt.
    #[error("the conversations cannot be rebuilt from the log: {0}")]
    Conversations(#[from] Refusal),
}

/// Why the server did not stop as it should.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// Tasks were still running at the limit.
    #[error(transparent)]
    StillRunning(#[from] StillRunning),
}
