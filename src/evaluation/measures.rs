//! The usual measures, as plain functions.

use std::collections::BTreeMap;

/// The share of `right`.
#[expect(clippy::cast_precision_loss, reason = "counts of messages are far below 2^53")]
pub(super) fn share(right: usize, all: usize) -> f64 {
    if all == 0 { 0.0 } else { right as f64 / all as f64 }
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
