//! How long a customer will wait, as a range: from how often customers were taken from the queue in
//! the last hour. The uncertainty is that of a Poisson process whose rate is itself only estimated:
//! the relative variance is one over the place plus one over the number that was seen.

use std::collections::VecDeque;
use std::time::Duration;

use serde::Serialize;

use crate::domain::Timestamp;

/// Over how long it is counted.
const WINDOW: Duration = Duration::from_hours(1);
/// From fewer nothing is concluded.
const SEEN_AT_LEAST: usize = 3;
/// Most that are remembered.
const REMEMBERED: usize = 10_000;
/// How many standard deviations to each side: four waits of five lie within.
const WIDTH: f64 = 1.28;

/// A range of waiting times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WaitRange {
    /// Nine waits of ten are longer, in seconds.
    pub low: u64,
    /// Nine waits of ten are shorter, in seconds.
    pub high: u64,
}

/// When customers were taken.
#[derive(Clone, Debug, Default)]
pub struct ServiceRate {
    taken: VecDeque<Timestamp>,
}

impl ServiceRate {
    /// A customer was taken from the queue.
    pub fn note(&mut self, at: Timestamp) {
        if self.taken.len() >= REMEMBERED {
            self.taken.pop_front();
        }
        self.taken.push_back(at);
    }

    /// How long the customer at a place will wait; nothing when too few were taken to tell.
    pub fn estimate(&mut self, place: usize, now: Timestamp) -> Option<WaitRange> {
        while self.taken.front().is_some_and(|at| now.since(*at) > WINDOW) {
            self.taken.pop_front();
        }
        let seen = self.taken.len();
        if seen < SEEN_AT_LEAST || place == 0 {
            return None;
        }
        // while fewer than an hour is known, the time since the first is what was watched
        let watched = now.since(*self.taken.front()?).max(WINDOW / 12).min(WINDOW);
        let (place, seen) = (to_f64(place), to_f64(seen));
        let mean = place * watched.as_secs_f64() / seen;
        let spread = (WIDTH * (1.0 / place + 1.0 / seen).sqrt()).exp();
        Some(WaitRange { low: whole(mean / spread), high: whole(mean * spread) })
    }
}

fn to_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "seconds of some days at most, never below zero"
)]
fn whole(seconds: f64) -> u64 {
    seconds.round().clamp(0.0, 1e9) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: i64 = 60_000;

    #[test]
    fn nothing_is_promised_without_experience() {
        let mut rate = ServiceRate::default();
        rate.note(Timestamp(0));
        rate.note(Timestamp(MINUTE));
        assert_eq!(rate.estimate(1, Timestamp(2 * MINUTE)), None);
    }

    #[test]
    fn the_range_holds_the_mean_and_narrows_with_experience() {
        let mut rate = ServiceRate::default();
        for minute in 0..60 {
            rate.note(Timestamp(minute * MINUTE));
        }
        let now = Timestamp(60 * MINUTE);
        let tenth = rate.estimate(10, now).unwrap();
        assert!(tenth.low < 600 && 600 < tenth.high, "{tenth:?}: one a minute");
        assert!(tenth.high < 600 * 2, "{tenth:?}");
        let mut little = ServiceRate::default();
        for minute in [0, 20, 40] {
            little.note(Timestamp(minute * MINUTE));
        }
        let unsure = little.estimate(1, now).unwrap();
        assert!(unsure.high > unsure.low * 8, "{unsure:?}");
        assert_eq!(little.estimate(1, Timestamp(200 * MINUTE)), None, "that was long ago");
    }
}
