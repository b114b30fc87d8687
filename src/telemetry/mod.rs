//! Logs and metrics. Neither ever holds what a person wrote, a name, an address or a token; metric
//! labels come from closed sets.

mod logs;
mod metrics;

pub use logs::{LogsError, init_logs};
pub use metrics::{Metrics, SocketCount, SocketKind, Stage};
