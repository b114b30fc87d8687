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
use crate::evaluation::{EvalError, FaqFiles, Field, IntentFiles, LabelFiles, Reader};
use crate::understanding::encode::KeptVectors;

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
}

/// A tier of understanding.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Tier {
    /// Words and characters.
    Lexical,
    /// Words, characters and the encoders of the settings.
    Encoder,
}

pub(super) fn run(settings: &Settings, command: EvalCommand) -> ExitCode {
    let how = match &command {
        EvalCommand::Intents(intents) => &intents.how,
        EvalCommand::Faq(faq) => &faq.how,
        EvalCommand::Labels(labels) => &labels.how,
    };
    let mut settings = settings.clone();
    settings.encoder.enabled = matches!(how.tier, Tier::Encoder);
    let encoding = match crate::app::encoding(&settings) {
        Ok(encoding) => encoding,
        Err(error) => return fail(&error),
    };
    let kept = how.vectors.clone().map_or_else(KeptVectors::in_memory, KeptVectors::open);
    let progress = Progress::default();
    let told = |stage: &str, done: usize, all: usize| progress.tell(stage, done, all);
    let encoders = encoding.as_ref().map(|encoding| encoding.encoders.clone());
    let reader = Reader { encoders, kept, progress: &told };
    let is_json = how.json;
    match command {
        EvalCommand::Intents(Intents { train, test, valid, oos_valid, oos_test, .. }) => {
            let files = IntentFiles { train, test, valid, oos_valid, oos_test };
            report(files.measure(&reader), is_json)
        }
        EvalCommand::Faq(Faq { kb, queries, oos, .. }) => {
            report(FaqFiles { kb, queries, oos }.measure(&reader), is_json)
        }
        EvalCommand::Labels(Labels { field, test, train, .. }) => {
            let files = LabelFiles { field: field.into(), test, train };
            let shipped = || Ok((Catalog::load(&settings.server.intents)?, encoding.clone()));
            report(files.measure(&reader, shipped), is_json)
        }
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

fn report<T: Serialize>(measured: Result<T, EvalError>, is_json: bool) -> ExitCode {
    let value = match measured.map(serde_json::to_value) {
        Err(error) => return fail(&error),
        Ok(Err(error)) => return fail(&error),
        Ok(Ok(value)) => value,
    };
    if is_json { print(&format!("{value:#}\n")) } else { print(&table(&value)) }
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
