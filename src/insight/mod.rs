//! How a day goes, from the log: what customers asked lately, and the figures of a report. It follows
//! the journal beside the server's work, holds the last days in memory, and can be thrown away.

mod facts;
mod follow;
mod recent;
mod report;
#[cfg(test)]
mod tests;
mod trial;

use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::{Clock, Timestamp};
use crate::events::EventLog;
use crate::insight::facts::Facts;
use crate::insight::recent::Recent;
pub use crate::insight::report::{AgentFigures, Csat, Figures, Hour, Report, Waits};
pub use crate::insight::trial::{ExperimentReport, Measure, Trials};
use crate::tasks::Tasks;

/// How many days are known, today included.
pub const DAYS: u8 = 7;

/// What was learned from the log so far.
#[derive(Default)]
struct Known {
    recent: Recent,
    facts: Facts,
    trials: Trials,
    /// Whether everything that was there at the start has been read.
    is_complete: bool,
}

/// What is known of the last days.
#[derive(Clone)]
pub struct Insight(Arc<Mutex<Known>>);

impl Insight {
    /// Begins to follow the log, from some days ago.
    pub fn start(log: Arc<dyn EventLog>, clock: Arc<dyn Clock>, tasks: &Tasks) -> Self {
        let insight = Self(Arc::default());
        follow::start(insight.clone(), log, clock, tasks);
        insight
    }

    fn with<T>(&self, act: impl FnOnce(&mut Known) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The last different questions of customers, the latest first.
    pub fn recent_questions(&self, limit: usize) -> Vec<String> {
        self.with(|known| known.recent.questions(limit))
    }

    /// How the sides of experiments fare, of conversations that came to their side since `from`.
    pub fn experiments(&self, from: Timestamp) -> Vec<ExperimentReport> {
        self.with(|known| known.trials.report(from))
    }

    /// The figures from the first of `hours` (their beginnings, in order) until `to`, and whether all
    /// that was there at the start has been read.
    pub fn report(&self, hours: &[Timestamp], to: Timestamp) -> (Report, bool) {
        let from = hours.first().copied().unwrap_or(to);
        self.with(|known| {
            let report = report::of(known.facts.between(from, to), hours);
            (report, known.is_complete)
        })
    }
}
