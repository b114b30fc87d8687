//! How many turns are taken on. A burst is let in whole; when turns have kept piling up for a
//! while, only as many are taken as are answered soon, so that accepted messages keep their
//! latency. The rule is that of the adaptive queues in "Fail at Scale" (Maurer 2015): what counts
//! is not how long the queue is, but since when it has not been short. How many that are follows
//! from how many the machine finishes (Little 1961: what is under way is the rate times the wait).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// For so long turns may pile up before it counts as overload.
const PATIENCE: Duration = Duration::from_millis(100);
/// So long after the last refusal the overload is over.
const CALM: Duration = Duration::from_secs(1);
/// What an accepted turn may take under overload, on average.
const WAIT: Duration = Duration::from_millis(30);
/// Over how long it is counted how many turns are finished.
const WINDOW: Duration = Duration::from_millis(250);
/// So few turns are always taken.
const AT_LEAST: usize = 8;

/// Admits turns.
pub(super) struct Admission {
    turns: Arc<Semaphore>,
    burst: usize,
    sustained: usize,
    pressure: Mutex<Pressure>,
}

/// Since when there is how much to do.
#[derive(Clone, Copy, Debug, Default)]
struct Pressure {
    /// Since when more turns are under way than can be sustained.
    piling_since: Option<Instant>,
    /// Until when it counts as overload.
    overload_until: Option<Instant>,
    /// Turns let in since the window began.
    admitted: usize,
    /// Since when turns are counted, and how many were under way then.
    window: Option<(Instant, usize)>,
    /// Turns that are under way when each takes [`WAIT`], as counted in the last window.
    affordable: Option<usize>,
}

impl Admission {
    /// Takes on `sustained` turns at once for as long as need be, and `burst` for a moment.
    pub(super) fn new(sustained: usize, burst: usize) -> Self {
        let burst = burst.max(sustained);
        let turns = Arc::new(Semaphore::new(burst));
        Self { turns, burst, sustained, pressure: Mutex::default() }
    }

    /// The right to a turn; nothing when there is too much to do.
    pub(super) fn admit(&self) -> Option<OwnedSemaphorePermit> {
        let under_way = self.burst - self.turns.available_permits();
        let is_fit = {
            let mut pressure = self.pressure.lock().unwrap_or_else(PoisonError::into_inner);
            pressure.allows(under_way, self.sustained, Instant::now())
        };
        if is_fit { Arc::clone(&self.turns).try_acquire_owned().ok() } else { None }
    }

    /// The right to a turn, as soon as there is one.
    pub(super) async fn wait(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.turns).acquire_owned().await.ok()
    }
}

impl Pressure {
    fn allows(&mut self, under_way: usize, sustained: usize, now: Instant) -> bool {
        let is_allowed = self.is_fit(under_way, sustained, now);
        self.admitted += usize::from(is_allowed);
        is_allowed
    }

    fn is_fit(&mut self, under_way: usize, sustained: usize, now: Instant) -> bool {
        let goes_on = self.overload_until.is_some_and(|until| now < until);
        let sustained = if goes_on {
            self.count(under_way, now);
            self.affordable.map_or(sustained, |few| few.max(AT_LEAST).min(sustained))
        } else {
            (self.window, self.affordable) = (None, None);
            sustained
        };
        if under_way < sustained {
            if under_way <= sustained / 2 {
                self.piling_since = None;
            }
            return true;
        }
        let since = *self.piling_since.get_or_insert(now);
        let is_overload = goes_on || now.saturating_duration_since(since) >= PATIENCE;
        if is_overload {
            self.overload_until = Some(now + CALM);
        }
        !is_overload
    }

    /// Counts what is finished while there is always something to do.
    fn count(&mut self, under_way: usize, now: Instant) {
        let Some((since, before)) = self.window else {
            (self.window, self.admitted) = (Some((now, under_way)), 0);
            return;
        };
        let elapsed = now.saturating_duration_since(since);
        if elapsed >= WINDOW {
            let finished = (before + self.admitted).saturating_sub(under_way);
            let turnovers = elapsed.as_millis() / WAIT.as_millis();
            self.affordable =
                Some(finished / usize::try_from(turnovers).unwrap_or(usize::MAX).max(1));
            (self.window, self.admitted) = (Some((now, under_way)), 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(start: Instant, milliseconds: u64) -> Instant {
        start + Duration::from_millis(milliseconds)
    }

    #[test]
    fn a_burst_is_let_in_and_a_queue_that_stays_is_not() {
        let start = Instant::now();
        let mut pressure = Pressure::default();
        assert!(pressure.allows(100, 10, start));
        assert!(pressure.allows(300, 10, at(start, 99)));
        assert!(!pressure.allows(300, 10, at(start, 100)), "100 ms without an end");
        assert!(pressure.allows(9, 10, at(start, 110)), "there is always room for the sustained");
        assert!(!pressure.allows(10, 10, at(start, 120)));
        // short again, but the storm is not over
        assert!(pressure.allows(0, 10, at(start, 200)));
        assert!(!pressure.allows(11, 10, at(start, 300)));
        // a second without a refusal ends it
        assert!(pressure.allows(0, 10, at(start, 1_250)));
        assert!(pressure.allows(11, 10, at(start, 1_301)));
    }

    #[test]
    fn a_slow_machine_takes_fewer() {
        let start = Instant::now();
        let mut pressure = Pressure::default();
        let mut finished_per_second = |rate: u64, from: u64| {
            let mut under_way = 0;
            let mut most = 0;
            for millisecond in from..from + 3_000 {
                // two come every millisecond
                for _ in 0..2 {
                    under_way +=
                        usize::from(pressure.allows(under_way, 64, at(start, millisecond)));
                }
                if millisecond % (1_000 / rate) == 0 {
                    under_way = under_way.saturating_sub(1);
                }
                if millisecond > from + 2_000 {
                    most = most.max(under_way);
                }
            }
            most
        };
        let slow = finished_per_second(500, 0);
        assert!((12..=18).contains(&slow), "{slow}: thirty milliseconds of five hundred a second");
        let faster = finished_per_second(1_000, 3_000);
        assert!((24..=34).contains(&faster), "{faster}");
    }

    #[test]
    fn a_burst_has_an_end() {
        let admission = Admission::new(1, 3);
        let held: Vec<_> = std::iter::from_fn(|| admission.admit()).collect();
        assert_eq!(held.len(), 3);
        drop(held);
        assert!(admission.admit().is_some());
    }
}
