//! How often a label of a message is right: urgency, category, mood, the wish for a person, or the
//! kind of question; by a head that is trained on a file, or by the shipped ones.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;

use crate::catalog::Catalog;
use crate::domain::Reading;
use crate::evaluation::folds::{Labelled, Split};
use crate::evaluation::learnable::learnable;
use crate::evaluation::lines::{self, EvalError, read_numbered};
use crate::evaluation::measures::{calibration_error, f1, macro_f1, share};
use crate::evaluation::{Examples, Measured, Prediction, Reader, Run, Task};
use crate::understanding::encode::Encoding;
use crate::understanding::{Asked, Head, HeadReading, Lexicon, Subject, Understanding};

/// The label that is measured; the lines have it under this name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// `urgency`.
    Urgency,
    /// `category`.
    Category,
    /// `sentiment`.
    Sentiment,
    /// `wants_human`: true or false.
    WantsHuman,
    /// `type`.
    QuestionType,
}

impl Field {
    fn key(self) -> &'static str {
        match self {
            Self::Urgency => "urgency",
            Self::Category => "category",
            Self::Sentiment => "sentiment",
            Self::WantsHuman => "wants_human",
            Self::QuestionType => "type",
        }
    }

    /// What a reading says of it, with the confidence; a wish for a person has none.
    fn of(self, reading: &Reading) -> (String, Option<f32>) {
        let scored = match self {
            Self::Urgency => {
                let urgency = &reading.urgency;
                return (urgency.level.name().to_owned(), Some(urgency.confidence));
            }
            Self::WantsHuman => return (reading.wants_human.to_string(), None),
            Self::Category => &reading.category,
            Self::Sentiment => &reading.sentiment,
            Self::QuestionType => &reading.question_type,
        };
        scored.as_ref().map_or_else(Default::default, |s| (s.name.clone(), Some(s.confidence)))
    }
}

impl Field {
    /// What the knowledge teaches of it.
    fn subject(self) -> Subject {
        match self {
            Self::Urgency => Subject::Urgency,
            Self::Category => Subject::Category,
            Self::Sentiment => Subject::Sentiment,
            Self::WantsHuman => Subject::WantsHuman,
            Self::QuestionType => Subject::QuestionType,
        }
    }

    /// The messages of a file that have the label; of a knowledge folder, where `source` is one.
    pub fn examples(self, source: &Path) -> Result<Examples, EvalError> {
        if source.is_dir() {
            return Examples::of_knowledge(source, self.subject());
        }
        Ok(Examples { source: source.to_owned(), lines: self.lessons(source)? })
    }

    /// The lines of a file that is learned from.
    fn lessons(self, file: &Path) -> Result<Vec<Labelled>, EvalError> {
        learnable(file, self.labelled(file)?)
    }

    /// The lines of a file with their numbers; one without the label is a mistake.
    fn labelled(self, file: &Path) -> Result<Vec<(usize, Labelled)>, EvalError> {
        let key = self.key();
        let labelled = read_numbered(file)?.into_iter().map(|(number, line): (usize, Line)| {
            let label = match line.labels.get(key) {
                Some(Value::String(label)) => label.clone(),
                Some(Value::Bool(label)) => label.to_string(),
                _ => {
                    let message = format!("there is no label `{key}`");
                    let file = file.to_owned();
                    return Err(EvalError::Line { file, line: number, message });
                }
            };
            Ok((number, Labelled { text: line.text, label }))
        });
        labelled.collect()
    }

    /// The figures of messages with their labels and of what was said of them.
    fn figures(
        self,
        tier: &'static str,
        test: &[(String, String)],
        given: &[Given],
    ) -> LabelReport {
        let both = test.iter().zip(given);
        let pairs: Vec<(String, String)> =
            both.map(|((_, right), (given, _))| (right.clone(), given.clone())).collect();
        let sure: Option<Vec<(f32, bool)>> = pairs
            .iter()
            .zip(given)
            .map(|((right, given), (_, confidence))| Some(((*confidence)?, right == given)))
            .collect();
        let is_flag = self == Self::WantsHuman;
        LabelReport {
            tier,
            folds: None,
            field: self.key(),
            train_items: None,
            test_items: pairs.len(),
            accuracy: share(pairs.iter().filter(|(a, b)| a == b).count(), pairs.len()),
            macro_f1: macro_f1(&pairs),
            f1_true: is_flag.then(|| f1(&pairs, "true")),
            ece: sure.map(|sure| calibration_error(&sure)),
            seconds: 0.0,
        }
    }

    /// The lines of a measurement.
    fn run(self, test: Vec<(String, String)>, given: Vec<Given>) -> Run {
        let both = test.into_iter().zip(given);
        let predict = |((text, right), (given, confidence)): ((String, String), Given)| {
            Prediction::of(&text, vec![right], [(given.as_str(), confidence)])
        };
        let task = Task::Labels(self.key());
        Run { task, predictions: both.map(predict).collect(), titles: BTreeMap::new() }
    }
}

/// The files of a measurement.
#[derive(Clone, Debug)]
pub struct LabelFiles {
    /// The label.
    pub field: Field,
    /// Lines with `text` and the label to ask.
    pub test: PathBuf,
    /// Lines to learn from; without them the shipped heads are asked.
    pub train: Option<PathBuf>,
}

/// Labelled messages that are cross-validated.
#[derive(Clone, Debug)]
pub struct LabelFolds {
    /// The label.
    pub field: Field,
    /// The messages.
    pub examples: Examples,
    /// How many folds.
    pub folds: usize,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LabelReport {
    /// Which tier read the messages.
    pub tier: &'static str,
    /// How many folds there were, when messages were cross-validated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub folds: Option<usize>,
    /// The label.
    pub field: &'static str,
    /// How many messages were learned from; nothing when the shipped heads were asked.
    pub train_items: Option<usize>,
    /// How many messages were asked.
    pub test_items: usize,
    /// The share of messages whose label is right.
    pub accuracy: f64,
    /// The mean over labels of F1.
    pub macro_f1: f64,
    /// F1 of `true`, for a label that is true or false.
    pub f1_true: Option<f64>,
    /// The expected calibration error in 15 bins.
    pub ece: Option<f64>,
    /// How long learning and asking took, by the clock.
    pub seconds: f64,
}

impl LabelFolds {
    /// Asks every message of a head that was trained on the other folds, and measures.
    pub fn measure(self, reader: &Reader<'_>) -> Result<Measured<LabelReport>, EvalError> {
        crate::understanding::warm_up();
        let ready = self.examples.prepare(reader)?;
        let started = Instant::now();
        let split = Split { folds: self.folds, is_open: false };
        let held = self.examples.held_out(&ready, &[], split, reader)?;
        let seconds = started.elapsed().as_secs_f64();
        let given: Vec<Given> = held.inside.into_iter().map(best).collect();
        let lines = self.examples.lines.into_iter();
        let test: Vec<(String, String)> = lines.map(|line| (line.text, line.label)).collect();
        let figures = LabelReport {
            folds: Some(self.folds),
            train_items: Some(test.len()),
            seconds,
            ..self.field.figures(reader.tier(), &test, &given)
        };
        Ok(Measured { figures, run: self.field.run(test, given) })
    }
}

/// The likeliest label.
fn best(reading: HeadReading) -> Given {
    let best = reading.ranked.into_iter().next();
    best.map_or_else(Default::default, |best| (best.name, Some(best.confidence)))
}

/// What a head says, and how surely.
type Given = (String, Option<f32>);

#[derive(Debug, Deserialize)]
struct Line {
    text: String,
    #[serde(flatten)]
    labels: serde_json::Map<String, Value>,
}

impl lines::Line for Line {
    fn text(&self) -> &str {
        &self.text
    }
}

impl LabelFiles {
    /// Trains where there is something to train on, asks, and measures. `shipped` gives the
    /// knowledge whose heads are asked otherwise.
    pub fn measure(
        &self,
        reader: &Reader<'_>,
        shipped: impl FnOnce() -> Result<(Catalog, Option<Encoding>), EvalError>,
    ) -> Result<Measured<LabelReport>, EvalError> {
        let test = self.field.labelled(&self.test)?.into_iter();
        let test: Vec<(String, String)> = test.map(|(_, line)| (line.text, line.label)).collect();
        let train = self.train.as_deref().map(|file| self.field.lessons(file)).transpose()?;
        crate::understanding::warm_up();
        let train_items = train.as_ref().map(Vec::len);
        let started = Instant::now();
        let given = if let Some(lines) = train {
            self.ask_trained(&lines, &test, reader)?
        } else {
            let (catalog, encoding) = shipped()?;
            self.ask_shipped(&catalog, encoding.as_ref(), &test, reader)?
        };
        let seconds = started.elapsed().as_secs_f64();
        let figures = LabelReport {
            train_items,
            seconds,
            ..self.field.figures(reader.tier(), &test, &given)
        };
        Ok(Measured { figures, run: self.field.run(test, given) })
    }

    fn ask_trained(
        &self,
        examples: &[Labelled],
        test: &[(String, String)],
        reader: &Reader<'_>,
    ) -> Result<Vec<Given>, EvalError> {
        let file = self.train.clone().unwrap_or_default();
        let texts: Vec<&str> = examples.iter().map(|line| line.text.as_str()).collect();
        let prepared = reader.examples(&texts)?;
        let lexicon = Lexicon::of(prepared.iter().map(|message| &message.tokens));
        reader.stage("training");
        let labels = examples.iter().map(|line| line.label.as_str());
        let message = "there must be two labels or more";
        let head = Head::train(labels.zip(&prepared), false)
            .ok_or(EvalError::TooLittle { file, message })?;
        let texts: Vec<&str> = test.iter().map(|(text, _)| text.as_str()).collect();
        let messages = reader.messages(&texts, &lexicon)?;
        Ok(messages.par_iter().map(|message| best(head.read(message))).collect())
    }

    fn ask_shipped(
        &self,
        catalog: &Catalog,
        encoding: Option<&Encoding>,
        test: &[(String, String)],
        reader: &Reader<'_>,
    ) -> Result<Vec<Given>, EvalError> {
        let tell = |done, all| {
            (reader.progress)("encoding", done, all);
            true
        };
        let shipped = Understanding::train(catalog, encoding, &tell)?;
        reader.stage("reading");
        let read = test.iter().map(|(text, _)| shipped.read(&Asked { text, ..Asked::default() }));
        Ok(read.map(|reading| self.field.of(&reading)).collect())
    }
}
