//! How far a long command is, on standard error.

use std::io::{IsTerminal, Write as _};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// Tells on standard error what happens, at most ten times a second.
#[derive(Default)]
pub(super) struct Progress(Mutex<Option<(String, Instant)>>);

impl Progress {
    const EVERY: Duration = Duration::from_millis(100);

    /// A stage, how much of it is done, and how much there is; 0 when nobody counts.
    pub(super) fn tell(&self, stage: &str, done: usize, all: usize) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = last.as_ref().is_none_or(|(known, _)| known != stage);
        let is_due = last.as_ref().is_none_or(|(_, at)| at.elapsed() >= Self::EVERY);
        let is_terminal = std::io::stderr().is_terminal();
        if is_new || (is_terminal && (is_due || done == all)) {
            let mut out = std::io::stderr().lock();
            let _ = match (all, is_terminal) {
                (0, _) => writeln!(out, "{stage} …"),
                (_, false) => writeln!(out, "{stage} {all} …"),
                (_, true) if done == all => writeln!(out, "\r{stage} {all}        "),
                (_, true) => write!(out, "\r{stage} {done} of {all}"),
            };
            let _ = out.flush();
            *last = Some((stage.to_owned(), Instant::now()));
        }
    }
}

/// Says how far the encoding of the knowledge is; only the first run takes long.
pub(super) fn tell(done: usize, all: usize) -> bool {
    if std::io::stderr().is_terminal() && (done.is_multiple_of(50) || done == all) {
        let _ = write!(std::io::stderr().lock(), "\rencoding the knowledge: {done} of {all} ");
        if done == all {
            let _ = write!(std::io::stderr().lock(), "\r\x1b[K");
        }
    }
    true
}
