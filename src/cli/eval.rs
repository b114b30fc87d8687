//! `frontdesk eval`: measures understanding on labelled files, as a table or as JSON.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::Value;
use tokio::time::Instant;

use crate::catalog::Catalog;
use crate::cli::{fail, print};
use crate::config::Settings;
use crate::evaluation::{FaqFiles, Field, IntentFiles, LabelFiles, Measured, Page, Reader, Run};
use crate::understanding::encode::KeptVectors;

/// Where the report goes when nobody says where.
const REPORT: &str = "report.html";

/// What is measured.
#[derive(Debug, Subcommand)]
pub(super) enum EvalCommand {
    /// Learn intents from one file and ask another. Lines are JSON objects with `text` and `label`.
    Intents(Intents),
    /// Index a knowledge base and search it. Lines of the knowledge base are JSON objects with `id`,
    /// `question` and `answer`, queries have `text` and `rel`, the list of right ids.
    Faq(Faq),
    /// Ask for a label of messages: of the shipped heads, or of one that is trained on a file. Lines
    /// are JSON objects with `text` and the label.
    Labels(Labels),
}

/// Options of `eval labels`.
#[derive(Debug, Args)]
pub(super) struct Labels {
    /// The label.
    #[arg(long, value_enum)]
    field: FieldName,
    /// Labelled messages to ask.
    #[arg(long, value_name = "FILE")]
    test: PathBuf,
    /// Labelled messages to learn from; without it the shipped heads are asked.
    #[arg(long, value_name = "FILE")]
    train: Option<PathBuf>,
    #[command(flatten)]
    how: How,
}

/// A label of a message.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum FieldName {
    /// low, normal, high, urgent.
    Urgency,
    /// The question category.
    Category,
    /// negative, neutral, positive.
    Sentiment,
    /// Whether a person is wanted: true or false.
    WantsHuman,
    /// how, what, where, when, `yes_no`, request, complaint, statement.
    Type,
}

impl From<FieldName> for Field {
    fn from(name: FieldName) -> Self {
        match name {
            FieldName::Urgency => Self::Urgency,
            FieldName::Category => Self::Category,
            FieldName::Sentiment => Self::Sentiment,
            FieldName::WantsHuman => Self::WantsHuman,
            FieldName::Type => Self::QuestionType,
        }
    }
}

/// Options of `eval intents`.
#[derive(Debug, Args)]
pub(super) struct Intents {
    /// Labelled messages to learn from.
    #[arg(long, value_name = "FILE")]
    train: PathBuf,
    /// Labelled messages to ask.
    #[arg(long, value_name = "FILE")]
    test: PathBuf,
    /// Messages in scope from which thresholds are taken; without it, the test file's.
    #[arg(long, value_name = "FILE")]
    valid: Option<PathBuf>,
    /// Messages out of scope for the balanced threshold.
    #[arg(long, value_name = "FILE", requires = "valid")]
    oos_valid: Option<PathBuf>,
    /// Messages out of scope to ask.
    #[arg(long, value_name = "FILE")]
    oos_test: Option<PathBuf>,
    #[command(flatten)]
    how: How,
}

/// Options of `eval faq`.
#[derive(Debug, Args)]
pub(super) struct Faq {
    /// The knowledge base; further ones hold the same ids in another language.
    #[arg(long, value_name = "FILE", required = true)]
    kb: Vec<PathBuf>,
    /// Questions with the entries that answer them.
    #[arg(long, value_name = "FILE")]
    queries: PathBuf,
    /// Questions that no entry answers.
    #[arg(long, value_name = "FILE")]
    oos: Option<PathBuf>,
    #[command(flatten)]
    how: How,
}

/// Options of every measurement.
#[derive(Debug, Args)]
struct How {
    /// Which tier of understanding is measured.
    #[arg(long, value_enum, default_value_t = Tier::Encoder)]
    tier: Tier,
    /// Keep the vectors of what is learned from in this file, so that the next run is quicker.
    #[arg(long, value_name = "FILE")]
    vectors: Option<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Write the report, one HTML file, here; without `--json` it is written in any case.
    #[arg(long, value_name = "FILE", num_args = 0..=1, default_missing_value = REPORT)]
    report: Option<PathBuf>,
    /// Write every line with what was said of it here, one JSON object each.
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,
}

/// A tier of understanding.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Tier {
    /// Words and characters.
    Lexical,
    /// Words, characters and the encoders of the settings.
    Encoder,
}

/// Why a measurement ends early.
type Failure = Box<dyn std::error::Error>;

/// A measurement's figures, and its lines.
type Outcome = (Value, Run);

pub(super) fn run(settings: &Settings, command: &EvalCommand) -> ExitCode {
    match measure(settings, command) {
        Ok(outcome) => command.how().publish(&outcome),
        Err(error) => fail(&error),
    }
}

fn measure(settings: &Settings, command: &EvalCommand) -> Result<Outcome, Failure> {
    let how = command.how();
    let mut settings = settings.clone();
    settings.encoder.enabled = matches!(how.tier, Tier::Encoder);
    let encoding = crate::app::encoding(&settings)?;
    let kept = how.vectors.clone().map_or_else(KeptVectors::in_memory, KeptVectors::open);
    let progress = Progress::default();
    let told = |stage: &str, done: usize, all: usize| progress.tell(stage, done, all);
    let encoders = encoding.as_ref().map(|encoding| encoding.encoders.clone());
    let reader = Reader { encoders, kept, progress: &told };
    match command {
        EvalCommand::Intents(intents) => outcome(intents.files().measure(&reader)?),
        EvalCommand::Faq(faq) => outcome(faq.files().measure(&reader)?),
        EvalCommand::Labels(labels) => {
            let shipped = || Ok((Catalog::load(&settings.server.intents)?, encoding.clone()));
            outcome(labels.files().measure(&reader, shipped)?)
        }
    }
}

fn outcome<R: Serialize>(measured: Measured<R>) -> Result<Outcome, Failure> {
    Ok((serde_json::to_value(measured.figures)?, measured.run))
}

impl EvalCommand {
    fn how(&self) -> &How {
        match self {
            Self::Intents(intents) => &intents.how,
            Self::Faq(faq) => &faq.how,
            Self::Labels(labels) => &labels.how,
        }
    }
}

impl Intents {
    fn files(&self) -> IntentFiles {
        let Self { train, test, valid, oos_valid, oos_test, .. } = self;
        IntentFiles {
            train: train.clone(),
            test: test.clone(),
            valid: valid.clone(),
            oos_valid: oos_valid.clone(),
            oos_test: oos_test.clone(),
        }
    }
}

impl Faq {
    fn files(&self) -> FaqFiles {
        let Self { kb, queries, oos, .. } = self;
        FaqFiles { kb: kb.clone(), queries: queries.clone(), oos: oos.clone() }
    }
}

impl Labels {
    fn files(&self) -> LabelFiles {
        let Self { field, test, train, .. } = self;
        LabelFiles { field: (*field).into(), test: test.clone(), train: train.clone() }
    }
}

impl How {
    /// Prints the figures and writes the files that were asked for.
    fn publish(&self, (figures, run): &Outcome) -> ExitCode {
        print(&if self.json { format!("{figures:#}\n") } else { table(figures) });
        let unasked = (!self.json).then(|| PathBuf::from(REPORT));
        if let Some(file) = self.report.clone().or(unasked) {
            if let Err(error) = (Page { figures, run }).write(&file) {
                return fail(&error);
            }
            if !self.json {
                print(&format!("{:<24} {}\n", "report", file.display()));
            }
        }
        let written = self.predictions.as_deref().map(|file| run.write(file)).transpose();
        written.map_or_else(|error| fail(&error), |_| ExitCode::SUCCESS)
    }
}

/// Tells on standard error what happens, at most ten times a second.
#[derive(Default)]
struct Progress(Mutex<Option<(String, Instant)>>);

impl Progress {
    const EVERY: Duration = Duration::from_millis(100);

    fn tell(&self, stage: &str, done: usize, all: usize) {
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = last.as_ref().is_none_or(|(known, _)| known != stage);
        let is_due = last.as_ref().is_none_or(|(_, at)| at.elapsed() >= Self::EVERY);
        let is_terminal = std::io::stderr().is_terminal();
        if is_new || (is_terminal && (is_due || done == all)) {
            let mut out = std::io::stderr().lock();
            let _ = match (all, is_terminal) {
                (0, _) => writeln!(out, "{stage} …"),
                (_, false) => writeln!(out, "{stage} {all} …"),
                (_, true) if done == all => writeln!(out, "\r{stage} {all}        "),
                (_, true) => write!(out, "\r{stage} {done} of {all}"),
            };
            let _ = out.flush();
            *last = Some((stage.to_owned(), Instant::now()));
        }
    }
}

fn table(value: &Value) -> String {
    let fields = value.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    let mut out = String::new();
    for (name, value) in fields {
        let shown = match (value.as_f64(), value.is_f64()) {
            (Some(number), true) => format!("{number:.4}"),
            _ => value.as_str().map_or_else(|| value.to_string(), str::to_owned),
        };
        let _ = writeln!(out, "{:<24} {shown}", name.replace('_', " "));
    }
    out
}
