//! By which of two strategies a conversation is decided, while an experiment runs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One of the two sides of an experiment.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum ArmSide {
    /// As the settings say otherwise.
    Usual,
    /// As the experiment says.
    Trial,
}

/// The side of an experiment on which a conversation is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
pub struct Arm {
    /// The experiment's name.
    pub experiment: String,
    /// The side.
    pub side: ArmSide,
}
