//! Who waits for a human, and in which order: the urgency queue as a pure state machine, and the
//! desk task that owns it. Both are projections of the event log and can be rebuilt from it.

mod desk;
mod queue;
mod why;

pub use desk::{Board, Case, CaseStatus, Desk, DeskGone, Owner, PlaceChange, Rating};
pub use queue::{Queue, Waiting};
pub use why::Why;
