//! How often the intent is right, and how well messages outside of all intents are told.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use rayon::prelude::*;
use serde::Serialize;
use tokio::time::Instant;

use crate::evaluation::folds::{Labelled, Split};
use crate::evaluation::learnable::learnable;
use crate::evaluation::lines::{EvalError, Plain, read, read_if_named, read_numbered};
use crate::evaluation::measures::{
    auroc, calibration_error, macro_f1, share, share_below, threshold_keeping,
};
use crate::evaluation::{Examples, Measured, Prediction, Reader, Run, Task};
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

/// Examples that are cross-validated.
#[derive(Clone, Debug)]
pub struct IntentFolds {
    /// The examples.
    pub examples: Examples,
    /// How many folds.
    pub folds: usize,
    /// Lines out of scope; each is asked of the head of one fold.
    pub oos_test: Option<PathBuf>,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IntentReport {
    /// Which tier read the messages.
    pub tier: &'static str,
    /// How many folds there were, when examples were cross-validated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folds: Option<usize>,
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

impl IntentFiles {
    /// Trains, asks, and measures.
    pub fn measure(&self, reader: &Reader<'_>) -> Result<Measured<IntentReport>, EvalError> {
        let train = learnable(&self.train, read_numbered(&self.train)?)?;
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
        let training = started.elapsed();

        reader.stage("reading");
        let started = Instant::now();
        let texts: Vec<&str> = test.iter().map(|line| line.text.as_str()).collect();
        let inside = read_all(&head, &texts, &lexicon, reader)?;
        let reading = started.elapsed();
        let ask = |lines: Option<Vec<Plain>>| {
            let texts = |lines: Vec<Plain>| lines.into_iter().map(|line| line.text).collect();
            let texts: Option<Vec<String>> = lines.map(texts);
            let asked = |texts: Vec<String>| -> Result<Vec<(String, HeadReading)>, EvalError> {
                let read = read_all(&head, &texts, &lexicon, reader)?;
                Ok(texts.into_iter().zip(read).collect())
            };
            texts.map(asked).transpose()
        };
        let asked = Asked {
            tier: reader.tier(),
            folds: None,
            train_items: train.len(),
            intents: head.len(),
            inside: test.into_iter().zip(inside).collect(),
            outside: ask(oos_test)?,
            valid: ask(valid)?.map(|asked| in_scope(&asked)),
            oos_valid: ask(oos_valid)?.map(|asked| in_scope(&asked)),
            training,
            reading,
        };
        Ok(asked.measured())
    }
}

impl IntentFolds {
    /// Asks every example of a head that was trained on the other folds, and measures.
    pub fn measure(self, reader: &Reader<'_>) -> Result<Measured<IntentReport>, EvalError> {
        let oos_test: Option<Vec<Plain>> = read_if_named(self.oos_test.as_deref())?;
        crate::understanding::warm_up();
        let ready = self.examples.prepare(reader)?;
        let oos_test: Option<Vec<String>> =
            oos_test.map(|lines| lines.into_iter().map(|line| line.text).collect());
        let outside: Vec<&str> = oos_test.iter().flatten().map(String::as_str).collect();
        let lexicon = Lexicon::of(ready.iter().map(|message| &message.tokens));
        let outside = reader.messages(&outside, &lexicon)?;
        let started = Instant::now();
        let split = Split { folds: self.folds, is_open: true };
        let held = self.examples.held_out(&ready, &outside, split, reader)?;
        let took = started.elapsed();
        let (intents, items) = (self.examples.labels(), self.examples.lines.len());
        let asked = Asked {
            tier: reader.tier(),
            folds: Some(self.folds),
            train_items: items,
            intents,
            inside: self.examples.lines.into_iter().zip(held.inside).collect(),
            outside: oos_test.map(|texts| texts.into_iter().zip(held.also).collect()),
            valid: None,
            oos_valid: None,
            training: took,
            reading: took,
        };
        Ok(asked.measured())
    }
}

/// What was asked, and what came of it.
struct Asked {
    tier: &'static str,
    folds: Option<usize>,
    train_items: usize,
    intents: usize,
    inside: Vec<(Labelled, HeadReading)>,
    /// Lines out of scope.
    outside: Option<Vec<(String, HeadReading)>>,
    /// Probabilities of being in scope of lines from which thresholds are taken.
    valid: Option<Vec<f32>>,
    oos_valid: Option<Vec<f32>>,
    training: Duration,
    reading: Duration,
}

impl Asked {
    fn measured(self) -> Measured<IntentReport> {
        let expected = |line: &Labelled| vec![line.label.clone()];
        let inside = self.inside.iter();
        let inside = inside.map(|(line, read)| predict(&line.text, expected(line), read));
        let outside = self.outside.iter().flatten();
        let outside = outside.map(|(text, read)| predict(text, vec![], read));
        let predictions: Vec<Prediction> = inside.chain(outside).collect();
        let pairs: Vec<(String, String)> = predictions
            .iter()
            .filter_map(|p| Some((p.expected.first()?.clone(), p.given.clone())))
            .collect();
        let right = predictions.iter().filter(|prediction| prediction.is_right()).count();
        let answers: Vec<(f32, bool)> =
            predictions.iter().map(|p| (p.confidence.unwrap_or(0.0), p.is_right())).collect();

        let scores: Vec<f32> = self.inside.iter().map(|(_, read)| read.in_scope).collect();
        let outside = self.outside.as_deref().map(in_scope);
        let valid = self.valid.as_ref().unwrap_or(&scores);
        let threshold = threshold_keeping(valid, KEPT);
        let balanced = self.oos_valid.map(|outside| balanced_threshold(valid, &outside));
        let figures = IntentReport {
            tier: self.tier,
            folds: self.folds,
            train_items: self.train_items,
            test_items: pairs.len(),
            intents: self.intents,
            accuracy: share(right, pairs.len()),
            macro_f1: macro_f1(&pairs),
            ece: calibration_error(&answers),
            oos_auroc: outside.as_ref().map(|outside| auroc(&scores, outside)),
            oos_recall_at_95: outside.as_ref().map(|outside| share_below(outside, threshold)),
            oos_recall_balanced: outside
                .as_ref()
                .zip(balanced)
                .map(|(outside, at)| share_below(outside, at)),
            in_scope_kept_balanced: balanced.map(|at| 1.0 - share_below(&scores, at)),
            train_seconds: self.training.as_secs_f64(),
            items_per_second: per_second(pairs.len(), self.reading),
        };
        let run = Run { task: Task::Intents, predictions, titles: BTreeMap::new() };
        Measured { figures, run }
    }
}

fn predict(text: &str, expected: Vec<String>, read: &HeadReading) -> Prediction {
    let ranked = read.ranked.iter().map(|intent| (intent.name.as_str(), Some(intent.confidence)));
    Prediction::of(text, expected, ranked)
}

fn read_all(
    head: &Head,
    texts: &[impl AsRef<str>],
    lexicon: &Lexicon,
    reader: &Reader<'_>,
) -> Result<Vec<HeadReading>, EvalError> {
    let texts: Vec<&str> = texts.iter().map(AsRef::as_ref).collect();
    let messages = reader.messages(&texts, lexicon)?;
    Ok(messages.par_iter().map(|message| head.read(message)).collect())
}

fn in_scope(asked: &[(String, HeadReading)]) -> Vec<f32> {
    asked.iter().map(|(_, read)| read.in_scope).collect()
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
