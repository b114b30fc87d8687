//! What the bot does about a message: the state folded from a conversation's events, and the
//! decision. Both are pure; nothing here waits, writes or looks at a clock.

mod again;
mod decide;
mod doubt;
mod experiment;
mod files;
pub mod learned;
mod likeness;
mod memory;
mod occasion;
mod preview;
mod progress;
mod several;
mod spoken;
mod state;
mod strategy;
mod summary;
mod tasks;
mod triage;
mod why;

pub use again::{lower, missed};
pub use decide::Policy;
pub use experiment::{Experiment, Strategies};
pub use likeness::likeness;
pub use memory::{Memory, Wanted};
pub use occasion::{CustomerWorth, Message, Occasion, Thresholds};
pub use progress::PendingCall;
pub use state::{Owed, State, Status, Taken, Unanswered};
pub use strategy::{CostCase, Strategy};
pub use triage::{Snooze, Triage};
pub use why::Step;
