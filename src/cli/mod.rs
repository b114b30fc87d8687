//! The commands. Each is a few lines over the library; what people read goes to standard output,
//! what went wrong to standard error.

mod ask;
mod check;
mod demo_shop;
mod dialogues;
mod encode;
mod eval;
mod experiment;
mod explain;
mod import;
mod lint;
mod models;
mod policy;
mod progress;
mod replay;
mod serve;
mod test;

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::config::{self, Settings};

/// A customer-service chatbot server: answers customers in English and Chinese, knows when it does
/// not know, and hands over to a human.
#[derive(Debug, Parser)]
#[command(name = "frontdesk", version, about, max_term_width = 100)]
struct Command {
    #[command(flatten)]
    common: Common,
    /// Without a command, the server is started.
    #[command(subcommand)]
    action: Option<Action>,
}

/// Options of every command.
#[derive(Debug, Args)]
struct Common {
    /// Settings file; `frontdesk.toml` is read when it is there.
    #[arg(long, global = true, value_name = "FILE")]
    settings: Option<PathBuf>,
    /// Folder with the knowledge; overrides `server.intents` of the settings.
    #[arg(long, global = true, value_name = "DIR")]
    intents: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Action {
    /// Start the server.
    Serve(serve::Options),
    /// Ask one question, or start a dialogue, and see the answer with its reasons.
    Ask(ask::Options),
    /// Check settings and knowledge, naming file and line of every mistake.
    Check,
    /// Open a small shop with orders, for the flows of the sample knowledge to call.
    DemoShop(demo_shop::Options),
    /// Encode the knowledge ahead of time, into `vectors.bin` beside it.
    Encode,
    /// Run conversations that were written down, and show what is not as expected.
    Test(test::Options),
    /// Run the recorded conversations of a stopped server through other knowledge, and show what would
    /// be answered otherwise. The record is only read.
    Replay(replay::Options),
    /// Learn from recorded conversations when to answer and when to hand over; see and compare what was
    /// learned.
    #[command(subcommand)]
    Policy(policy::PolicyCommand),
    /// See how the two sides of an experiment fare.
    #[command(subcommand)]
    Experiment(experiment::ExperimentCommand),
    /// Measure intents or FAQ search on labelled files.
    #[command(subcommand)]
    Eval(eval::EvalCommand),
    /// Bring knowledge from elsewhere into the knowledge folder.
    #[command(subcommand)]
    Import(import::ImportCommand),
    /// Look for what may be wrong with knowledge that is formally in order.
    #[command(subcommand)]
    Lint(lint::LintCommand),
    /// See, add and remove sentence encoders.
    Models(models::Options),
    /// Print a settings file with every value and its meaning.
    Settings,
    /// Rewrite the event store of a stopped server so that erased data is gone from the disk too.
    Compact(serve::Data),
}

/// Runs the command line; what it returns is the process's exit code.
pub fn run() -> ExitCode {
    let Command { common, action } = Command::parse();
    match action.unwrap_or(Action::Serve(serve::Options::default())) {
        Action::Serve(options) => with_settings(&common, |s| serve::run(s, options)),
        Action::Ask(options) => with_settings(&common, |s| ask::run(&s, &options)),
        Action::Check => check::run(&common),
        Action::DemoShop(options) => demo_shop::run(&options),
        Action::Encode => with_settings(&common, |s| encode::run(&s)),
        Action::Test(options) => with_settings(&common, |s| test::run(&s, &options)),
        Action::Replay(options) => with_settings(&common, |s| replay::run(&s, &options)),
        Action::Policy(command) => with_settings(&common, |s| policy::run(&s, &command)),
        Action::Experiment(command) => with_settings(&common, |s| experiment::run(&s, &command)),
        Action::Eval(command) => with_settings(&common, |s| eval::run(&s, &command)),
        Action::Import(command) => with_settings(&common, |s| import::run(&s, &command)),
        Action::Lint(command) => with_settings(&common, |s| lint::run(&s, &command)),
        Action::Models(options) => with_settings(&common, |s| models::run(s, options)),
        Action::Settings => print(&config::example()),
        Action::Compact(data) => with_settings(&common, |s| serve::compact(&s, &data)),
    }
}

impl Common {
    fn load(&self) -> Result<Settings, config::SettingsError> {
        let mut settings = Settings::load(self.settings.as_deref())?;
        if let Some(folder) = &self.intents {
            settings.server.intents.clone_from(folder);
        }
        Ok(settings)
    }
}

fn with_settings(common: &Common, action: impl FnOnce(Settings) -> ExitCode) -> ExitCode {
    match common.load() {
        Ok(settings) => action(settings),
        Err(error) => fail(&error),
    }
}

/// The settings for a command whose result must not depend on how much the machine has to do:
/// messages wait for the encoder as long as it takes.
fn unhurried(settings: &Settings, tier: eval::Tier) -> Settings {
    let mut settings = settings.clone();
    let encoder = &mut settings.encoder;
    encoder.enabled = matches!(tier, eval::Tier::Encoder) && encoder.enabled;
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    encoder.threads = encoder.threads.or(Some(cores));
    encoder.waiting = encoder.waiting.max(1_024);
    encoder.patience_ms = encoder.patience_ms.max(120_000);
    settings
}

/// Writes to standard output; a closed pipe is no mistake of ours.
fn print(text: &str) -> ExitCode {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
    ExitCode::SUCCESS
}

/// Says what went wrong, on standard error.
fn fail(error: &dyn std::fmt::Display) -> ExitCode {
    let _ = writeln!(std::io::stderr().lock(), "frontdesk: {error}");
    ExitCode::FAILURE
}

/// Says on standard error what is not as it should be, but does not stop the command.
fn warn(message: &str) {
    let _ = writeln!(std::io::stderr().lock(), "frontdesk: {message}");
}
