//! `frontdesk eval`: measures understanding on labelled files, as a table or as JSON.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::Value;

use crate::cli::{fail, print};
use crate::evaluation::{EvalError, FaqFiles, IntentFiles};

/// What is measured.
#[derive(Debug, Subcommand)]
pub(super) enum EvalCommand {
    /// Learn intents from one file and ask another. Lines are JSON objects with `text` and `label`.
    Intents(Intents),
    /// Index a knowledge base and search it. Lines of the knowledge base are JSON objects with `id`,
    /// `question` and `answer`, queries have `text` and `rel`, the list of right ids.
    Faq(Faq),
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
    /// The knowledge base.
    #[arg(long, value_name = "FILE")]
    kb: PathBuf,
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
    #[arg(long, value_enum, default_value_t = Tier::Lexical)]
    tier: Tier,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// A tier of understanding.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Tier {
    /// Words, characters and linear models.
    Lexical,
}

pub(super) fn run(command: EvalCommand) -> ExitCode {
    let mut progress = |stage: &str| {
        let _ = writeln!(std::io::stderr().lock(), "{stage} …");
    };
    match command {
        EvalCommand::Intents(Intents { train, test, valid, oos_valid, oos_test, how }) => {
            let files = IntentFiles { train, test, valid, oos_valid, oos_test };
            report(files.measure(&mut progress), &how)
        }
        EvalCommand::Faq(Faq { kb, queries, oos, how }) => {
            report(FaqFiles { kb, queries, oos }.measure(&mut progress), &how)
        }
    }
}

fn report<T: Serialize>(measured: Result<T, EvalError>, how: &How) -> ExitCode {
    let How { tier: Tier::Lexical, json } = how;
    let value = match measured.map(serde_json::to_value) {
        Err(error) => return fail(&error),
        Ok(Err(error)) => return fail(&error),
        Ok(Ok(value)) => value,
    };
    if *json { print(&format!("{value:#}\n")) } else { print(&table(&value)) }
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
