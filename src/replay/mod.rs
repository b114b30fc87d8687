//! Conversations run again, by the same reading, decision and fold as in the server, but not stored:
//! written ones with what is expected of each turn (`dialogues`, to measure; `transcript`, to test), and
//! those of the log, through other knowledge (`recorded`).

mod deed;
mod dialogues;
mod learning;
mod recorded;
mod rehearsal;
#[cfg(test)]
mod tasks;
mod transcript;

pub use deed::{Deed, Did};
pub use dialogues::{
    Dialogue, DialogueReport, Expected, Kind, Outcome, Share, Turn, Wrong, measure,
};
pub use learning::{
    Arms, Collect, Collected, PolicyComparison, Proved, Sample, SampleError, TooFew, Value,
    compare, learn, page, read_samples,
};
pub use recorded::{Change, Compared, Flow, Replay, ReplayError, ReplayReport};
pub use rehearsal::{Heard, Rehearsal};
pub use transcript::{
    AgentAct, Conversation, Expectation, Mismatch, Said, Stage, Transcript, TranscriptError,
    TranscriptReport, Turn as TranscriptTurn, Verdict,
};
