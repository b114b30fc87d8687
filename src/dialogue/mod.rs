//! What the bot does about a message: the state folded from a conversation's events, and the
//! decision. Both are pure; nothing here waits, writes or looks at a clock.

mod decide;
mod doubt;
mod files;
mod memory;
mod preview;
mod state;
mod summary;
mod why;

pub use decide::{Message, Policy, Thresholds};
pub use memory::{Memory, Wanted};
pub use state::{Owed, Snooze, State, Status, Taken, Triage, Unanswered};
pub use why::Step;
