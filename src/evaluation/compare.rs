//! Whether one run is better than another, or only luckier: the paired bootstrap (Koehn 2004,
//! "Statistical Significance Tests for Machine Translation Evaluation") over the lines that both
//! were asked.

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde::Serialize;

use crate::evaluation::lines::EvalError;
use crate::evaluation::measures::{mean, reciprocal};
use crate::evaluation::{Prediction, Run, Task};

/// How often lines are drawn again.
const RESAMPLES: usize = 2000;
/// One in so many resamples lies on either side of the interval.
const TAIL: usize = 40;
/// The resamples are the same in every run.
const SEED: u64 = 2004;

/// A run beside another one on the same lines.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// What it is compared with.
    pub with: String,
    /// How many lines both were asked; those out of scope do not count.
    pub items: usize,
    /// How often lines were drawn again.
    pub resamples: usize,
    /// How many lines only this run has right.
    pub only_this_right: usize,
    /// How many lines only the other has right.
    pub only_other_right: usize,
    /// The measures.
    pub measures: Vec<Difference>,
}

/// A measure of both runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// The measure's name.
    pub measure: &'static str,
    /// This run's.
    pub this: f64,
    /// The other run's.
    pub other: f64,
    /// This less the other.
    pub difference: f64,
    /// The lower end of the 95 % interval of the difference.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// Whether the interval excludes 0.
    pub excludes_zero: bool,
}

impl Run {
    /// Compares with another run on the same lines, which is called `with`.
    pub fn compare(&self, other: &Self, with: &str) -> Result<Comparison, EvalError> {
        let asked = |run: &Self| -> Vec<Prediction> {
            run.predictions.iter().filter(|line| line.is_in_scope()).cloned().collect()
        };
        let (own, others) = (asked(self), asked(other));
        let alike =
            |(a, b): &(&Prediction, &Prediction)| a.text == b.text && a.expected == b.expected;
        let same = own.iter().zip(&others).take_while(alike).count();
        if same < own.len().max(others.len()) {
            let with = with.to_owned();
            return Err(EvalError::OtherLines { with, line: same + 1 });
        }
        let pairs: Vec<(&Prediction, &Prediction)> = own.iter().zip(&others).collect();
        let right = |line: &Prediction| f64::from(u8::from(line.is_right()));
        let mut measures = vec![match self.task {
            Task::Faq => difference("top1", &pairs, right),
            Task::Intents | Task::Labels(_) => difference("accuracy", &pairs, right),
        }];
        if self.task == Task::Faq {
            measures.push(difference("mrr10", &pairs, |line| reciprocal(line, 10)));
        }
        let only = |first: fn(&(&Prediction, &Prediction)) -> bool| {
            pairs.iter().filter(|pair| first(pair)).count()
        };
        Ok(Comparison {
            with: with.to_owned(),
            items: pairs.len(),
            resamples: RESAMPLES,
            only_this_right: only(|(a, b)| a.is_right() && !b.is_right()),
            only_other_right: only(|(a, b)| b.is_right() && !a.is_right()),
            measures,
        })
    }
}

fn difference(
    measure: &'static str,
    pairs: &[(&Prediction, &Prediction)],
    score: impl Fn(&Prediction) -> f64,
) -> Difference {
    let (this, other): (Vec<f64>, Vec<f64>) =
        pairs.iter().map(|(a, b)| (score(a), score(b))).unzip();
    let gains: Vec<f64> = this.iter().zip(&other).map(|(a, b)| a - b).collect();
    let (low, high) = interval(&gains);
    let (this, other) = (mean(&this), mean(&other));
    let excludes_zero = low > 0.0 || high < 0.0;
    Difference { measure, this, other, difference: this - other, low, high, excludes_zero }
}

/// Between which means 95 % of the resamples lie (percentile interval).
fn interval(gains: &[f64]) -> (f64, f64) {
    if gains.is_empty() {
        return (0.0, 0.0);
    }
    let mut chance = StdRng::seed_from_u64(SEED);
    let mut drawn: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let pick = |_| gains.get(chance.random_range(0..gains.len())).copied();
            let sample: Vec<f64> = (0..gains.len()).filter_map(pick).collect();
            mean(&sample)
        })
        .collect();
    drawn.sort_by(f64::total_cmp);
    let at = |place: usize| drawn.get(place).copied().unwrap_or_default();
    (at(RESAMPLES / TAIL), at(RESAMPLES - 1 - RESAMPLES / TAIL))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn run(task: Task, rights: impl Iterator<Item = bool>) -> Run {
        let line = |(n, is_right): (usize, bool)| {
            let ranked = if is_right { ["a", "b"] } else { ["b", "a"] };
            let ranked = ranked.map(|name| (name, Some(0.5)));
            Prediction::of(&n.to_string(), vec!["a".to_owned()], ranked)
        };
        let predictions = rights.enumerate().map(line).collect();
        Run { task, predictions, titles: BTreeMap::new() }
    }

    #[test]
    fn a_real_difference_excludes_zero_and_luck_does_not() {
        let better = run(Task::Intents, (0..400).map(|n| n % 10 != 0)); // 90 %
        let worse = run(Task::Intents, (0..400).map(|n| n % 5 != 0)); // 80 %
        let Comparison { measures, items, only_this_right, only_other_right, .. } =
            better.compare(&worse, "worse").unwrap();
        assert_eq!((items, only_this_right, only_other_right), (400, 40, 0));
        let difference = &measures[0];
        assert!((difference.difference - 0.1).abs() < 1e-9);
        // by the normal approximation 0.1 ± 1.96 · sqrt(0.1 · 0.9 / 400) = 0.0706 … 0.1294
        assert!((difference.low - 0.0706).abs() < 0.006, "{difference:?}");
        assert!((difference.high - 0.1294).abs() < 0.006, "{difference:?}");
        assert!(difference.excludes_zero);

        let lucky = run(Task::Intents, (0..400).map(|n| n % 10 != 0 || n == 0));
        let luck = &lucky.compare(&better, "same").unwrap().measures[0];
        assert!(luck.difference > 0.0 && !luck.excludes_zero, "{luck:?}");
    }

    #[test]
    fn faq_runs_are_compared_by_reciprocal_rank_too() {
        let (all, none) =
            (run(Task::Faq, [true; 9].into_iter()), run(Task::Faq, [false; 9].into_iter()));
        let measures = all.compare(&none, "none").unwrap().measures;
        let names: Vec<_> = measures.iter().map(|m| (m.measure, m.this, m.other)).collect();
        assert_eq!(names, [("top1", 1.0, 0.0), ("mrr10", 1.0, 0.5)]);
    }

    #[test]
    fn runs_over_other_lines_are_refused_by_line() {
        let own = run(Task::Intents, [true; 5].into_iter());
        let mut other = own.clone();
        other.predictions[3].text = "else".to_owned();
        let error = own.compare(&other, "old.jsonl").unwrap_err().to_string();
        assert!(error.contains("old.jsonl") && error.contains("line 4"), "{error}");
        other.predictions.truncate(2);
        assert!(own.compare(&other, "old.jsonl").is_err());
    }
}
