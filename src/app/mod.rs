//! Puts the parts together, runs them, and stops them in order: sockets are told, turns are
//! finished, the log is closed last.

mod secret;
mod server;

pub use server::{Running, StartError, StopError, start};

use crate::config::Settings;
use crate::dialogue::Thresholds;

/// The dialogue's thresholds in the settings.
pub fn thresholds(settings: &Settings) -> Thresholds {
    let dialogue = &settings.dialogue;
    Thresholds {
        answer_at: dialogue.answer_at,
        offer_at: dialogue.offer_at,
        smalltalk_at: dialogue.smalltalk_at,
        urgent_at: dialogue.urgent_at,
    }
}
