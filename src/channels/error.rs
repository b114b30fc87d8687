//! Why something with channels is refused.

use crate::channels::{AddressError, NameError};
use crate::events::{ReadError, RecordsError};

/// Why something with channels is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChannelError {
    /// The address cannot be called.
    #[error("{0}")]
    Url(#[from] AddressError),
    /// A type of events that there is not.
    #[error("`{0}` is no type of events")]
    Events(String),
    /// A bot's name is empty or too long.
    #[error("a name has 1 to 80 characters")]
    Name,
    /// A bot's deadline is none.
    #[error("a deadline is 1 to 3600 seconds")]
    Deadline,
    /// There are as many as there may be.
    #[error("there are as many as there may be")]
    TooMany,
    /// There is no such door, or nothing was delivered under this name.
    #[error("not found")]
    Unknown,
    /// The store cannot be used.
    #[error("the store cannot be used")]
    Store,
}

impl From<RecordsError> for ChannelError {
    fn from(error: RecordsError) -> Self {
        tracing::error!(%error, "the channels' records cannot be read or written");
        Self::Store
    }
}

impl From<ReadError> for ChannelError {
    fn from(error: ReadError) -> Self {
        tracing::error!(%error, "the log cannot be read for the channels");
        Self::Store
    }
}

impl From<NameError> for ChannelError {
    fn from(_: NameError) -> Self {
        Self::Unknown
    }
}
