//! Conversations as people write them down, with what is expected of the bot at each turn: read from
//! TOML (`file`), checked against the knowledge (`check`), and run (`run`).

mod check;
mod file;
mod run;

pub use file::{AgentAct, Conversation, Expectation, Said, Transcript, TranscriptError, Turn};
pub use run::{Mismatch, Stage, TranscriptReport, Verdict};
