//! Intervals of differences, and how they are made: of paired costs by drawing whole conversations
//! again, of two groups' shares after Newcombe, of two groups' averages by drawing again.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Serialize;

use crate::evaluation::measures::mean;

/// How often is drawn again.
const RESAMPLES: usize = 2000;
/// One in so many resamples lies on either side of the interval.
const TAIL: usize = 40;
/// The resamples are the same in every run.
const SEED: u64 = 2004;
/// Where the normal distribution leaves 2.5 % on either side.
const Z: f64 = 1.959_963_984_540_054;

/// A difference with its 95 % interval.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Interval {
    /// The difference.
    pub difference: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Whether the difference is more than luck.
    pub fn excludes_zero(&self) -> bool {
        self.low > 0.0 || self.high < 0.0
    }
}

/// The average of `(sum, count)` groups over all counts, such as gains of conversations over their
/// turns; whole groups are drawn again, for what belongs together is not independent.
pub fn clustered(groups: &[(f64, usize)]) -> Interval {
    let ratio = |drawn: &[(f64, usize)]| {
        let sum: f64 = drawn.iter().map(|(sum, _)| sum).sum();
        let count: usize = drawn.iter().map(|(_, count)| count).sum();
        sum / count_of(count.max(1))
    };
    let (low, high) = again(|chance| ratio(&draw(chance, groups)));
    Interval { difference: ratio(groups), low, high }
}

/// The difference of two groups' averages (percentile bootstrap); nothing where a group is empty.
pub fn of_averages(this: &[f64], other: &[f64]) -> Option<Interval> {
    if this.is_empty() || other.is_empty() {
        return None;
    }
    let difference = mean(this) - mean(other);
    let (low, high) = again(|chance| mean(&draw(chance, this)) - mean(&draw(chance, other)));
    Some(Interval { difference, low, high })
}

/// The difference of two groups' shares, each `(how many, of how many)`: the hybrid score interval
/// (Newcombe 1998, method 10), which holds for small groups and shares near 0 and 1 too.
pub fn of_shares(this: (usize, usize), other: (usize, usize)) -> Option<Interval> {
    if this.1 == 0 || other.1 == 0 {
        return None;
    }
    let share = |(of, all): (usize, usize)| count_of(of) / count_of(all);
    let ((own_low, own_high), (low, high)) = (wilson(this), wilson(other));
    let (own, others) = (share(this), share(other));
    let difference = own - others;
    let below = ((own - own_low).powi(2) + (high - others).powi(2)).sqrt();
    let above = ((own_high - own).powi(2) + (others - low).powi(2)).sqrt();
    Some(Interval { difference, low: difference - below, high: difference + above })
}

/// Wilson's score interval of a share.
fn wilson((of, all): (usize, usize)) -> (f64, f64) {
    let (share, n) = (count_of(of) / count_of(all), count_of(all));
    let middle = share + Z * Z / (2.0 * n);
    let half = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    ((middle - half) / scale, (middle + half) / scale)
}

fn draw<T: Copy>(chance: &mut StdRng, all: &[T]) -> Vec<T> {
    let pick = |_| all.get(chance.random_range(0..all.len())).copied();
    (0..all.len()).filter_map(pick).collect()
}

/// Between which values 95 % of the resamples lie.
fn again(mut resample: impl FnMut(&mut StdRng) -> f64) -> (f64, f64) {
    let mut chance = StdRng::seed_from_u64(SEED);
    let mut drawn: Vec<f64> = (0..RESAMPLES).map(|_| resample(&mut chance)).collect();
    drawn.sort_by(f64::total_cmp);
    let at = |place: usize| drawn.get(place).copied().unwrap_or_default();
    (at(RESAMPLES / TAIL), at(RESAMPLES - 1 - RESAMPLES / TAIL))
}

#[expect(clippy::cast_precision_loss, reason = "conversations of a log")]
fn count_of(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_compared_as_in_newcombes_table() {
        // Newcombe 1998, table II, (a) 56/70 and 48/80, (b) 9/10 and 3/10, (h) 10/10 and 0/10
        for (this, other, low, high) in [
            ((56, 70), (48, 80), 0.0524, 0.3339),
            ((9, 10), (3, 10), 0.1705, 0.8090),
            ((10, 10), (0, 10), 0.6075, 1.0),
        ] {
            let interval = of_shares(this, other).unwrap();
            assert!((interval.low - low).abs() < 5e-4, "{this:?} {other:?}: {interval:?}");
            assert!((interval.high - high).abs() < 5e-4, "{this:?} {other:?}: {interval:?}");
            assert!(interval.excludes_zero());
        }
        assert!(!of_shares((5, 10), (4, 10)).unwrap().excludes_zero());
        assert_eq!(of_shares((0, 0), (1, 2)), None);
    }

    #[test]
    fn averages_differ_surely_or_by_luck() {
        let low: Vec<f64> = (0..100).map(|n| f64::from(n % 3)).collect();
        let high: Vec<f64> = low.iter().map(|score| score + 1.0).collect();
        let sure = of_averages(&high, &low).unwrap();
        assert!((sure.difference - 1.0).abs() < 1e-9);
        // by the normal approximation 1 ± 1.96 · sqrt(2 · 0.67 / 100) = 0.77 … 1.23
        assert!((sure.low - 0.77).abs() < 0.03 && (sure.high - 1.23).abs() < 0.03, "{sure:?}");
        assert!(!of_averages(&low, &low[1..]).unwrap().excludes_zero());
        assert_eq!(of_averages(&[], &low), None);
    }

    #[test]
    fn turns_of_one_conversation_count_together() {
        let apart: Vec<(f64, usize)> = (0..400).map(|n| (f64::from(n % 2), 1)).collect();
        let together: Vec<(f64, usize)> = (0..40).map(|n| (f64::from(n % 2) * 10.0, 10)).collect();
        let (apart, together) = (clustered(&apart), clustered(&together));
        assert!((apart.difference - together.difference).abs() < 1e-9);
        assert!(together.high - together.low > 2.0 * (apart.high - apart.low));
        assert!(!clustered(&[]).excludes_zero());
    }
}
