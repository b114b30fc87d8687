//! Conversations run again, by the same reading, decision and fold as in the server, but not stored:
//! written ones with what is expected of each turn.

mod dialogues;
mod rehearsal;
#[cfg(test)]
mod tasks;

pub use dialogues::{
    Dialogue, DialogueReport, Expected, Kind, Outcome, Share, Turn, Wrong, measure,
};
pub use rehearsal::Rehearsal;
