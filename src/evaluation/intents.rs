//! How often the intent is right, and how well messages outside of all intents are told.

use std::path::PathBuf;
use std::time::Duration;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::evaluation::Reader;
use crate::evaluation::lines::{EvalError, read, read_if_named};
use crate::evaluation::measures::{
    auroc, calibration_error, macro_f1, share, share_below, threshold_keeping,
};
use crate::understanding::{Head, HeadReading, Lexicon};

/// The share of messages in scope that the threshold for out of scope keeps.
const KEPT: f64 = 0.95;

/// The files of a measurement.
#[derive(Clone, Debug)]
pub struct IntentFiles {
    /// Lines with `text` and `label` to learn from.
    pub train: PathBuf,
    /// Lines with `text` and `label` to ask.
    pub test: PathBuf,
    /// Lines in scope from which thresholds are taken; without them, the test lines.
    pub valid: Option<PathBuf>,
    /// Lines out of scope for the balanced threshold.
    pub oos_valid: Option<PathBuf>,
    /// Lines out of scope to ask.
    pub oos_test: Option<PathBuf>,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IntentReport {
    /// Which tier read the messages.
    pub tier: &'static str,
    /// How many messages were learned from.
    pub train_items: usize,
    /// How many messages were asked.
    pub test_items: usize,
    /// How many intents there are.
    pub intents: usize,
    /// The share of test messages whose intent is right.
    pub accuracy: f64,
    /// The mean over intents of F1.
    pub macro_f1: f64,
    /// The expected calibration error of the intents' confidences, in 15 bins, over the test
    /// messages and those out of scope, for which no intent is right.
    pub ece: f64,
    /// Area under the ROC curve of in scope against out of scope.
    pub oos_auroc: Option<f64>,
    /// The share of messages out of scope that are told when 95 % in scope are kept.
    pub oos_recall_at_95: Option<f64>,
    /// The same with the threshold that separates the validation lines best.
    pub oos_recall_balanced: Option<f64>,
    /// The share in scope that the balanced threshold keeps.
    pub in_scope_kept_balanced: Option<f64>,
    /// How long training took, by the clock.
    pub train_seconds: f64,
    /// How many messages are read a second, on all cores.
    pub items_per_second: f64,
}

#[derive(Debug, Deserialize)]
struct Labelled {
    text: String,
    label: String,
}

#[derive(Debug, Deserialize)]
struct Plain {
    text: String,
}

impl IntentFiles {
    /// Trains, asks, and measures.
    pub fn measure(&self, reader: &Reader<'_>) -> Result<IntentReport, EvalError> {
        let train: Vec<Labelled> = read(&self.train)?;
        let test: Vec<Labelled> = read(&self.test)?;
        let valid: Option<Vec<Plain>> = read_if_named(self.valid.as_deref())?;
        let oos_valid: Option<Vec<Plain>> = read_if_named(self.oos_valid.as_deref())?;
        let oos_test: Option<Vec<Plain>> = read_if_named(self.oos_test.as_deref())?;
        crate::understanding::warm_up();

        let texts: Vec<&str> = train.iter().map(|line| line.text.as_str()).collect();
        let prepared = reader.examples(&texts)?;
        let lexicon = Lexicon::of(prepared.iter().map(|message| &message.tokens));
        reader.stage("training");
        let started = Instant::now();
        let labels = train.iter().map(|line| line.label.as_str());
        let head = Head::train(labels.zip(&prepared), true).ok_or(EvalError::TooLittle {
            file: self.train.clone(),
            message: "there must be two labels or more",
        })?;
        let train_seconds = started.elapsed().as_secs_f64();

        reader.stage("reading");
        let started = Instant::now();
        let texts: Vec<&str> = test.iter().map(|line| line.text.as_str()).collect();
        let messages = reader.messages(&texts, &lexicon)?;
        let read_test: Vec<HeadReading> =
            messages.par_iter().map(|message| head.read(message)).collect();
        let took = started.elapsed();
        let pairs = pair(&test, &read_test);
        let right = pairs.iter().filter(|(right, given)| right == given).count();

        let score_all = |lines: Option<Vec<Plain>>| {
            lines.map(|lines| score(&head, &lines, &lexicon, reader)).transpose()
        };
        let test_scores: Vec<f32> = read_test.iter().map(|reading| reading.in_scope).collect();
        let valid_scores = score_all(valid)?.map_or_else(|| test_scores.clone(), in_scope);
        let oos_valid = score_all(oos_valid)?.map(in_scope);
        let outside = score_all(oos_test)?;
        let mut answers: Vec<(f32, bool)> = pairs
            .iter()
            .zip(&read_test)
            .map(|((right, given), reading)| (confidence(reading), right == given))
            .collect();
        answers.extend(outside.iter().flatten().map(|(_, confidence)| (*confidence, false)));
        let outside = outside.map(in_scope);
        let threshold = threshold_keeping(&valid_scores, KEPT);
        let balanced = oos_valid.map(|outside| balanced_threshold(&valid_scores, &outside));
        Ok(IntentReport {
            tier: reader.tier(),
            train_items: train.len(),
            test_items: test.len(),
            intents: head.len(),
            accuracy: share(right, pairs.len()),
            macro_f1: macro_f1(&pairs),
            ece: calibration_error(&answers),
            oos_auroc: outside.as_ref().map(|outside| auroc(&test_scores, outside)),
            oos_recall_at_95: outside.as_ref().map(|outside| share_below(outside, threshold)),
            oos_recall_balanced: outside
                .as_ref()
                .zip(balanced)
                .map(|(outside, at)| share_below(outside, at)),
            in_scope_kept_balanced: balanced.map(|at| 1.0 - share_below(&test_scores, at)),
            train_seconds,
            items_per_second: per_second(test.len(), took),
        })
    }
}

/// For each line the probability of being in scope and the confidence of the likeliest intent.
fn score(
    head: &Head,
    lines: &[Plain],
    lexicon: &Lexicon,
    reader: &Reader<'_>,
) -> Result<Vec<(f32, f32)>, EvalError> {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let messages = reader.messages(&texts, lexicon)?;
    let read = messages.par_iter().map(|message| head.read(message));
    Ok(read.map(|reading| (reading.in_scope, confidence(&reading))).collect())
}

/// Right and given intent of each message.
fn pair(test: &[Labelled], read: &[HeadReading]) -> Vec<(String, String)> {
    let both = test.iter().zip(read);
    both.map(|(line, reading)| (line.label.clone(), best(reading).to_owned())).collect()
}

fn in_scope(read: Vec<(f32, f32)>) -> Vec<f32> {
    read.into_iter().map(|(in_scope, _)| in_scope).collect()
}

fn confidence(reading: &HeadReading) -> f32 {
    reading.ranked.first().map_or(0.0, |intent| intent.confidence)
}

fn best(reading: &HeadReading) -> &str {
    reading.ranked.first().map_or("", |intent| &intent.name)
}

/// The threshold at which the shares told apart on both sides sum to the most.
fn balanced_threshold(inside: &[f32], outside: &[f32]) -> f32 {
    let gain = |at: f32| share_below(outside, at) - share_below(inside, at);
    let candidates = inside.iter().chain(outside).copied();
    candidates.max_by(|a, b| gain(*a).total_cmp(&gain(*b))).unwrap_or_default()
}

#[expect(clippy::cast_precision_loss, reason = "counts of messages are far below 2^53")]
pub(super) fn per_second(items: usize, took: Duration) -> f64 {
    items as f64 / took.as_secs_f64().max(1e-9)
}
