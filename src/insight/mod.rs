//! How a day goes, from the log: what customers asked lately, and the figures of a report. It follows
//! the journal beside the server's work, holds the last days in memory, and can be thrown away.

mod follow;
mod recent;

use std::sync::{Arc, Mutex, PoisonError};

use crate::domain::Clock;
use crate::events::EventLog;
use crate::insight::recent::Recent;
use crate::tasks::Tasks;

/// What was learned from the log so far.
#[derive(Default)]
struct Known {
    recent: Recent,
    /// Whether everything that was there at the start has been read.
    is_complete: bool,
}

/// What is known of the last days.
#[derive(Clone)]
pub struct Insight(Arc<Mutex<Known>>);

impl Insight {
    /// Begins to follow the log, from some days ago.
    pub fn start(log: Arc<dyn EventLog>, clock: &dyn Clock, tasks: &Tasks) -> Self {
        let insight = Self(Arc::default());
        follow::start(insight.clone(), log, clock.now(), tasks);
        insight
    }

    fn with<T>(&self, act: impl FnOnce(&mut Known) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The last different questions of customers, the latest first.
    pub fn recent_questions(&self, limit: usize) -> Vec<String> {
        self.with(|known| known.recent.questions(limit))
    }
}
