//! What agents have at hand while they write: replies that were written once for many customers, what
//! they have begun and not sent, and a conversation as a text to take along.

mod canned;
mod drafts;
mod transcript;
mod variables;

pub use canned::{CannedError, CannedReplies, CannedReply, CannedTexts};
pub use drafts::{Draft, DraftError, DraftKind, DraftNews, Drafts, Kept};
pub use transcript::{Line, Speaker, Transcript, TranscriptWords};
pub use variables::{BUILT_IN, unknown_variable};

use std::sync::Arc;

use crate::events::Records;

/// What agents have at hand while they write.
pub struct Writing {
    /// Replies that were written once for many customers.
    pub replies: CannedReplies,
    /// What they have begun and not sent.
    pub drafts: Drafts,
}

/// Why it is not there.
#[derive(Debug, thiserror::Error)]
pub enum WritingError {
    /// The replies cannot be read.
    #[error(transparent)]
    Replies(#[from] CannedError),
    /// The drafts cannot be read.
    #[error(transparent)]
    Drafts(#[from] DraftError),
}

impl Writing {
    /// Reads it from the store.
    pub async fn open(records: Arc<dyn Records>) -> Result<Self, WritingError> {
        let replies = CannedReplies::open(Arc::clone(&records)).await?;
        Ok(Self { replies, drafts: Drafts::open(records).await? })
    }
}
