//! The usual measures, as plain functions.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::evaluation::Prediction;

/// Bins of the calibration error.
const BINS: usize = 15;

/// The share of `right`.
#[expect(clippy::cast_precision_loss, reason = "counts of messages are far below 2^53")]
pub(super) fn share(right: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { right as f64 / all as f64 }
}

/// The mean of numbers; 0 of none.
pub(super) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() * share(1, values.len())
}

/// 1 / place of the first right answer when it is among the first `most`; 0 where there is none.
pub(super) fn reciprocal(line: &Prediction, most: usize) -> f64 {
    line.place.filter(|place| *place <= most).map_or(0.0, |place| share(1, place))
}

/// The mean over classes of the F1 score; pairs are (right class, given class).
pub(super) fn macro_f1(pairs: &[(String, String)]) -> f64 {
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for (right, given) in pairs {
        let both = right == given;
        let [hits, in_truth, _] = counts.entry(right).or_default();
        *hits += usize::from(both);
        *in_truth += 1;
        let [_, _, in_answer] = counts.entry(given).or_default();
        *in_answer += 1;
    }
    let sum: f64 =
        counts.values().map(|[hits, truth, answer]| share(2 * hits, truth + answer)).sum();
    sum / share(counts.len().max(1), 1)
}

/// The F1 score of one class; pairs are (right class, given class).
pub(super) fn f1(pairs: &[(String, String)], class: &str) -> f64 {
    let count = |is: &dyn Fn(&(String, String)) -> bool| pairs.iter().filter(|p| is(p)).count();
    let hits = count(&|(right, given)| right == class && given == class);
    let named = count(&|(right, _)| right == class) + count(&|(_, given)| given == class);
    share(2 * hits, named)
}

/// The probability that a message in scope scores higher than one out of scope (area under the ROC
/// curve; ties count half).
pub(super) fn auroc(inside: &[f32], outside: &[f32]) -> f64 {
    let mut sorted = outside.to_vec();
    sorted.sort_by(f32::total_cmp);
    let wins: usize = inside
        .iter()
        .map(|score| {
            let below = sorted.partition_point(|other| other < score);
            let not_above = sorted.partition_point(|other| other <= score);
            below + not_above
        })
        .sum();
    share(wins, 2 * inside.len() * outside.len())
}

/// The score that `kept` of `inside` reach.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a place in a list"
)]
pub(super) fn threshold_keeping(inside: &[f32], kept: f64) -> f32 {
    let mut sorted = inside.to_vec();
    sorted.sort_by(f32::total_cmp);
    let at = ((1.0 - kept) * sorted.len() as f64) as usize;
    sorted.get(at).copied().unwrap_or_default()
}

/// The share of scores below `threshold`.
pub(super) fn share_below(scores: &[f32], threshold: f32) -> f64 {
    share(scores.iter().filter(|score| **score < threshold).count(), scores.len())
}

/// Answers of about the same confidence.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Bin {
    /// How many answers there are.
    pub(super) items: usize,
    /// How many of them are right.
    pub(super) right: usize,
    /// Their mean confidence; 0 without answers.
    pub(super) confidence: f64,
    /// The share that is right; 0 without answers.
    pub(super) accuracy: f64,
}

/// The bins of a reliability diagram (Guo et al. 2017): 15 of equal width, lowest confidence first.
#[expect(clippy::cast_precision_loss, reason = "counts of messages are far below 2^53")]
pub(super) fn reliability(answers: &[(f32, bool)]) -> Vec<Bin> {
    let mut bins = vec![(0.0_f64, 0_usize, 0_usize); BINS];
    for (confidence, is_right) in answers {
        let place = (f64::from(*confidence).clamp(0.0, 1.0) * BINS as f64).ceil();
        let at = (1..BINS).take_while(|upper| (*upper as f64) < place).count();
        if let Some((sum, right, all)) = bins.get_mut(at) {
            *sum += f64::from(*confidence);
            *right += usize::from(*is_right);
            *all += 1;
        }
    }
    let mean = |(sum, right, items): (f64, usize, usize)| {
        let confidence = sum / items.max(1) as f64;
        Bin { items, right, confidence, accuracy: share(right, items) }
    };
    bins.into_iter().map(mean).collect()
}

/// The expected calibration error in 15 bins of equal width (Guo et al. 2017): how far, on average,
/// a confidence lies from the share that is right at that confidence.
pub(super) fn calibration_error(answers: &[(f32, bool)]) -> f64 {
    let gap = |bin: &Bin| (bin.confidence - bin.accuracy).abs() * share(bin.items, answers.len());
    reliability(answers).iter().map(gap).sum()
}

/// A point of a risk–coverage curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct RiskPoint {
    /// The confidence from which an answer is given.
    pub(super) threshold: f32,
    /// The share of messages that are answered then.
    pub(super) coverage: f64,
    /// The share of those answers that is wrong.
    pub(super) risk: f64,
}

/// The risk–coverage curve of selective answering (El-Yaniv and Wiener 2010), surest answers first;
/// one point for each confidence that occurs.
pub(super) fn risk_coverage(answers: &[(f32, bool)]) -> Vec<RiskPoint> {
    let mut sorted = answers.to_vec();
    sorted.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut given, mut wrong) = (0, 0);
    let mut points = Vec::new();
    for alike in sorted.chunk_by(|a, b| a.0.total_cmp(&b.0).is_eq()) {
        given += alike.len();
        wrong += alike.iter().filter(|(_, is_right)| !is_right).count();
        let threshold = alike.first().map_or(0.0, |(confidence, _)| *confidence);
        points.push(RiskPoint {
            threshold,
            coverage: share(given, sorted.len()),
            risk: share(wrong, given),
        });
    }
    points
}

/// The area under the risk–coverage curve (Geifman and El-Yaniv 2017): the mean risk over all
/// coverages. Answers of equal confidence are given in any order, so their errors spread evenly.
#[expect(clippy::cast_precision_loss, reason = "counts of messages are far below 2^53")]
pub(super) fn aurc(answers: &[(f32, bool)]) -> f64 {
    let all = answers.len() as f64;
    let (mut given, mut wrong, mut sum) = (0.0_f64, 0.0_f64, 0.0_f64);
    for point in risk_coverage(answers) {
        let next = (point.coverage * all).round();
        let more_wrong = (point.risk * next).round() - wrong;
        let rate = more_wrong / (next - given);
        while given < next {
            given += 1.0;
            wrong += rate;
            sum += wrong / given;
        }
        (given, wrong) = (next, (point.risk * next).round());
    }
    sum / all.max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn auroc_counts_pairs() {
        assert!((auroc(&[0.9, 0.8], &[0.1, 0.2]) - 1.0).abs() < 1e-9);
        assert!((auroc(&[0.5], &[0.5]) - 0.5).abs() < 1e-9);
        assert!((auroc(&[0.9, 0.1], &[0.5]) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn the_calibration_error_is_the_mean_gap() {
        // ten answers at 0.8, of which six are right; ten at 0.2, of which two are right
        let mut answers: Vec<(f32, bool)> = (0..10).map(|n| (0.8, n < 6)).collect();
        answers.extend((0..10).map(|n| (0.2, n < 2)));
        assert!((calibration_error(&answers) - 0.1).abs() < 1e-6);
        assert!(calibration_error(&[(1.0, true), (0.0, false)]) < 1e-9);
    }

    #[test]
    fn bins_hold_every_answer_once() {
        let answers = [(0.0, false), (0.05, true), (0.5, true), (1.0, true), (1.0, false)];
        let bins = reliability(&answers);
        assert_eq!(bins.len(), 15);
        assert_eq!(bins.iter().map(|bin| bin.items).sum::<usize>(), 5);
        assert_eq!((bins[0].items, bins[0].right), (2, 1));
        assert_eq!((bins[14].items, bins[14].right), (2, 1));
        assert!((bins[7].confidence - 0.5).abs() < 1e-9 && (bins[7].accuracy - 1.0).abs() < 1e-9);
    }

    #[test]
    fn risk_grows_with_coverage_and_aurc_is_its_mean() {
        let answers = [(0.9, true), (0.8, true), (0.3, false), (0.6, true)];
        let curve = risk_coverage(&answers);
        let risks: Vec<f64> = curve.iter().map(|point| point.risk).collect();
        assert_eq!(risks, [0.0, 0.0, 0.0, 0.25]);
        assert!((curve[3].coverage - 1.0).abs() < 1e-9);
        // (0 + 0 + 0 + 1/4) / 4
        assert!((aurc(&answers) - 0.0625).abs() < 1e-9);
        // of equal confidence, half wrong: the risk is a half at every coverage
        assert!((aurc(&[(0.5, true), (0.5, false), (0.5, false), (0.5, true)]) - 0.5).abs() < 1e-9);
        assert!(aurc(&[]).abs() < 1e-9 && risk_coverage(&[]).is_empty());
    }

    #[test]
    fn a_threshold_keeps_its_share() {
        let inside: Vec<f32> = (0_u8..100).map(f32::from).collect();
        let threshold = threshold_keeping(&inside, 0.95);
        assert!((share_below(&inside, threshold) - 0.05).abs() < 1e-9);
    }

    #[test]
    fn macro_f1_weighs_classes_alike() {
        let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        // a: precision 2/3, recall 1 -> 0.8; b: precision 1, recall 1/2 -> 2/3
        let pairs = [pair("a", "a"), pair("a", "a"), pair("b", "a"), pair("b", "b")];
        assert!((macro_f1(&pairs) - f64::midpoint(0.8, 2.0 / 3.0)).abs() < 1e-9);
    }
}
