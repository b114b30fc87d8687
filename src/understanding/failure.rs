//! Why nothing can be learned.

use crate::understanding::encode::EncodeError;
use crate::understanding::entities::ExtractorError;
use crate::understanding::retrieve::SearchError;

/// Nothing can be learned.
#[derive(Debug, thiserror::Error)]
pub enum TrainError {
    /// The FAQ index cannot be built.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The encoder fails.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// A product cannot be found by its name.
    #[error(transparent)]
    Entities(#[from] ExtractorError),
}

impl TrainError {
    /// Whether it may be over later, without anybody's doing here: an endpoint does not answer.
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Encode(error) if error.may_pass())
    }
}
