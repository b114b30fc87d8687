//! The event log: what it promises ([`EventLog`]), a strict twin in memory for tests, and the
//! embedded store. Everything else that the server knows is folded from what stands here.

mod compact;
#[cfg(test)]
mod contract;
mod failing;
mod frozen;
mod keys;
mod log;
mod memory;
mod open_error;
mod record;
pub mod sled;
mod writer;

pub use compact::{Compacted, compact};
pub use failing::FailingLog;
pub use frozen::Frozen;
pub use log::{
    AppendError, Appended, Durability, EventLog, JournalEntry, LogMetrics, ReadError, RecordChange,
    Records, RecordsError, Table, Wake,
};
pub use memory::MemoryLog;
