//! Structured logs on standard error, for people or for machines.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

/// Logs cannot be started.
#[derive(Debug, thiserror::Error)]
pub enum LogsError {
    /// The filter cannot be read.
    #[error("log.level `{filter}` is not a filter such as `info` or `warn,frontdesk=debug`")]
    Filter {
        /// What was given.
        filter: String,
    },
    /// Something else in the process logs already.
    #[error("logs were started already")]
    Started,
}

/// Starts logging. `filter` is a level, or levels by module (`warn,frontdesk=debug`).
pub fn init_logs(as_json: bool, filter: &str) -> Result<(), LogsError> {
    let parsed = EnvFilter::try_new(filter);
    let parsed = parsed.map_err(|_| LogsError::Filter { filter: filter.to_owned() })?;
    let builder = tracing_subscriber::fmt()
        .with_env_filter(parsed)
        .with_ansi(std::io::stderr().is_terminal())
        .with_writer(std::io::stderr);
    let started =
        if as_json { builder.json().flatten_event(true).try_init() } else { builder.try_init() };
    started.map_err(|_| LogsError::Started)
}
