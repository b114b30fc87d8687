//! Recorded conversations run through other knowledge: every message that the bot answered is read
//! and decided about again, at the very place where the conversation stood then. So each difference is
//! one of the knowledge, and not of what the conversation would have become.

mod page;
mod report;
mod walk;

pub use report::{Change, Compared, Flow, ReplayReport};
pub(super) use walk::{BATCH, answers, conversations, events};
pub use walk::{Replay, ReplayError};
