//! `frontdesk eval`: measures understanding on labelled files, as a table or as JSON.

use std::fmt::Write as _;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::Value;

use crate::catalog::Catalog;
use crate::cli::progress::Progress;
use crate::cli::{dialogues, fail, print};
use crate::config::Settings;
use crate::evaluation::{
    Comparison, Difference, EvalError, Examples, FaqFiles, Field, IntentFiles, IntentFolds,
    IntentReport, LabelFiles, LabelFolds, LabelReport, Measured, Page, Reader, Run,
};
use crate::understanding::encode::{Encoding, KeptVectors};

/// Where the report goes when nobody says where.
const REPORT: &str = "report.html";

/// How many folds there may be.
const FOLDS: RangeInclusive<i64> = 2..=50;

/// What is measured.
#[derive(Debug, Subcommand)]
pub(super) enum EvalCommand {
    #[command(flatten)]
    Reading(ReadingCommand),
    /// Run dialogues and compare what the bot does with what is expected. Lines are JSON objects with
    /// `id`, `lang` and `turns` of `customer` and `expect` {`kind`, `id`, `also`, `urgency`}.
    Dialogues(dialogues::Options),
}

/// What is measured of reading single messages.
#[derive(Debug, Subcommand)]
pub(super) enum ReadingCommand {
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
#[derive(Clone, Debug, Args)]
pub(super) struct Labels {
    /// The label.
    #[arg(long, value_enum)]
    field: FieldName,
    /// Labelled messages to ask.
    #[arg(long, value_name = "FILE", required_unless_present = "cross_validate")]
    test: Option<PathBuf>,
    /// Labelled messages to learn from; without it the shipped heads are asked.
    #[arg(long, value_name = "FILE")]
    train: Option<PathBuf>,
    /// Ask every message of a head that was trained on the other folds, so many; of `--train`, or
    /// of the knowledge.
    #[arg(long, value_name = "FOLDS", conflicts_with = "test", value_parser = clap::value_parser!(u8).range(FOLDS))]
    cross_validate: Option<u8>,
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
#[derive(Clone, Debug, Args)]
pub(super) struct Intents {
    /// Labelled messages to learn from.
    #[arg(long, value_name = "FILE", required_unless_present = "cross_validate")]
    train: Option<PathBuf>,
    /// Labelled messages to ask.
    #[arg(long, value_name = "FILE", required_unless_present = "cross_validate")]
    test: Option<PathBuf>,
    /// Ask every message of a head that was trained on the other folds, so many; of `--train`, or
    /// of the intents of the knowledge.
    #[arg(long, value_name = "FOLDS", value_parser = clap::value_parser!(u8).range(FOLDS))]
    #[arg(conflicts_with_all = ["test", "valid", "oos_valid"])]
    cross_validate: Option<u8>,
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
#[derive(Clone, Debug, Args)]
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
#[derive(Clone, Debug, Args)]
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
    /// Measure another configuration too, and say whether the difference is more than luck: `lexical`,
    /// `encoder`, or a file that `--predictions` wrote.
    #[arg(long, value_name = "TIER|FILE")]
    compare: Option<String>,
    /// Write every line with what was said of it here, one JSON object each.
    #[arg(long, value_name = "FILE")]
    predictions: Option<PathBuf>,
}

/// A tier of understanding.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Tier {
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
    let command = match command {
        EvalCommand::Reading(command) => command,
        EvalCommand::Dialogues(options) => return dialogues::run(settings, options),
    };
    let how = command.how();
    let compared = measure(settings, command, how.tier).and_then(|outcome| {
        let comparison = compare(settings, command, &outcome.1)?;
        Ok((outcome, comparison))
    });
    match compared {
        Ok(((figures, run), comparison)) => how.publish(&figures, &run, comparison.as_ref()),
        Err(error) => fail(&error),
    }
}

/// How `run` compares with what `--compare` names.
fn compare(
    settings: &Settings,
    command: &ReadingCommand,
    run: &Run,
) -> Result<Option<Comparison>, Failure> {
    let Some(with) = command.how().compare.as_deref() else { return Ok(None) };
    let other = match Tier::from_str(with, false) {
        Ok(tier) => measure(settings, command, tier)?.1,
        Err(_) => Run::read(Path::new(with), run.task)?,
    };
    Ok(Some(run.compare(&other, with)?))
}

fn measure(settings: &Settings, command: &ReadingCommand, tier: Tier) -> Result<Outcome, Failure> {
    let how = command.how();
    let mut settings = settings.clone();
    settings.encoder.enabled = matches!(tier, Tier::Encoder);
    let encoding = crate::app::encoding(&settings)?;
    let kept = how.vectors.clone().map_or_else(KeptVectors::in_memory, KeptVectors::open);
    let progress = Progress::default();
    let told = |stage: &str, done: usize, all: usize| progress.tell(stage, done, all);
    let encoders = encoding.as_ref().map(|encoding| encoding.encoders.clone());
    let reader = Reader { encoders, kept, progress: &told };
    let knowledge = &settings.server.intents;
    match command {
        ReadingCommand::Intents(intents) => outcome(intents.measure(knowledge, &reader)?),
        ReadingCommand::Faq(faq) => outcome(faq.files().measure(&reader)?),
        ReadingCommand::Labels(labels) => {
            let shipped = || Ok((Catalog::load(knowledge)?, encoding.clone()));
            outcome(labels.measure(knowledge, &reader, shipped)?)
        }
    }
}

fn outcome<R: Serialize>(measured: Measured<R>) -> Result<Outcome, Failure> {
    Ok((serde_json::to_value(measured.figures)?, measured.run))
}

impl ReadingCommand {
    fn how(&self) -> &How {
        match self {
            Self::Intents(intents) => &intents.how,
            Self::Faq(faq) => &faq.how,
            Self::Labels(labels) => &labels.how,
        }
    }
}

impl Intents {
    fn measure(
        &self,
        knowledge: &Path,
        reader: &Reader<'_>,
    ) -> Result<Measured<IntentReport>, EvalError> {
        let Self { train, test, valid, oos_valid, oos_test, cross_validate, .. } = self.clone();
        if let Some(folds) = cross_validate {
            let examples = Examples::of_intents(train.as_deref().unwrap_or(knowledge))?;
            return IntentFolds { examples, folds: folds.into(), oos_test }.measure(reader);
        }
        let (train, test) = (train.unwrap_or_default(), test.unwrap_or_default());
        IntentFiles { train, test, valid, oos_valid, oos_test }.measure(reader)
    }
}

impl Faq {
    fn files(&self) -> FaqFiles {
        let Self { kb, queries, oos, .. } = self;
        FaqFiles { kb: kb.clone(), queries: queries.clone(), oos: oos.clone() }
    }
}

impl Labels {
    fn measure(
        &self,
        knowledge: &Path,
        reader: &Reader<'_>,
        shipped: impl FnOnce() -> Result<(Catalog, Option<Encoding>), EvalError>,
    ) -> Result<Measured<LabelReport>, EvalError> {
        let Self { field, test, train, cross_validate, .. } = self.clone();
        let field = Field::from(field);
        if let Some(folds) = cross_validate {
            let examples = field.examples(train.as_deref().unwrap_or(knowledge))?;
            return LabelFolds { field, examples, folds: folds.into() }.measure(reader);
        }
        LabelFiles { field, test: test.unwrap_or_default(), train }.measure(reader, shipped)
    }
}

impl How {
    /// Prints the figures and writes the files that were asked for.
    fn publish(&self, figures: &Value, run: &Run, comparison: Option<&Comparison>) -> ExitCode {
        if self.json {
            let mut figures = figures.clone();
            if let (Some(comparison), Some(all)) = (comparison, figures.as_object_mut()) {
                all.insert("comparison".to_owned(), serde_json::json!(comparison));
            }
            print(&format!("{figures:#}\n"));
        } else {
            print(&(table(figures) + &comparison.map_or_else(String::new, compared)));
        }
        let unasked = (!self.json).then(|| PathBuf::from(REPORT));
        if let Some(file) = self.report.clone().or(unasked) {
            if let Err(error) = (Page { figures, run, comparison }).write(&file) {
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

pub(super) fn table(value: &Value) -> String {
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

/// The comparison in words.
fn compared(comparison: &Comparison) -> String {
    let Comparison { with, items, resamples, only_this_right, only_other_right, .. } = comparison;
    let mut out = format!(
        "compared with {with}: only this run has {only_this_right} of {items} lines right, only the \
         other {only_other_right}\n"
    );
    for Difference { measure, this, other, difference, low, high, excludes_zero } in
        &comparison.measures
    {
        let verdict = if *excludes_zero { "excludes 0" } else { "holds 0: may be luck" };
        let _ = writeln!(
            out,
            "  {measure:<10} {this:.4} − {other:.4} = {difference:+.4}, 95 % interval {low:+.4} to {high:+.4}, {verdict}"
        );
    }
    let _ = writeln!(out, "  paired bootstrap, {resamples} resamples");
    out
}
