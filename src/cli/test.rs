//! `frontdesk test`: runs conversations that were written down, and shows what is not as expected.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli::eval::Tier;
use crate::cli::progress::tell;
use crate::cli::{fail, print, unhurried};
use crate::config::Settings;
use crate::conversation::Knowledge;
use crate::domain::{Clock, SystemClock};
use crate::replay::{Mismatch, Stage, Transcript, TranscriptReport, Verdict};

/// Options of `test`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Files of conversations, or folders with *.toml files.
    #[arg(default_value = "tests/transcripts", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only conversations whose names hold this text.
    #[arg(long, value_name = "TEXT")]
    only: Option<String>,
    /// Which tier of understanding reads.
    #[arg(long, value_enum, default_value_t = Tier::Encoder)]
    tier: Tier,
    /// Print JSON: every turn that expects something, with what the bot did.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(settings: &Settings, options: &Options) -> ExitCode {
    let report = match tested(settings, options) {
        Ok(report) => report,
        Err(error) => return fail(&error),
    };
    if options.json {
        match serde_json::to_string_pretty(&report) {
            Ok(json) => print(&(json + "\n")),
            Err(error) => return fail(&error),
        };
    } else {
        print(&told(&report));
    }
    if report.turns == 0 {
        let only = options.only.as_deref().unwrap_or_default();
        return fail(&format!("--only {only}: no conversation has such a name"));
    }
    if report.failed > 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

fn tested(
    settings: &Settings,
    options: &Options,
) -> Result<TranscriptReport, Box<dyn std::error::Error>> {
    let transcripts = Transcript::read(&options.paths)?;
    let settings = unhurried(settings, options.tier);
    let encoding = crate::app::encoding(&settings)?;
    let knowledge = Knowledge::load(&settings.server.intents, encoding.as_ref(), &tell)?;
    Transcript::check(&transcripts, &knowledge)?;
    let stage = Stage {
        knowledge: &knowledge,
        strategy: &crate::app::strategy(&settings)?,
        offset: settings.visitor.offset(),
        now: SystemClock.now(),
    };
    Ok(stage.run(&transcripts, options.only.as_deref()))
}

fn told(report: &TranscriptReport) -> String {
    let mut out = String::new();
    let mut files: BTreeMap<&PathBuf, (usize, usize)> = BTreeMap::new();
    for verdict in &report.verdicts {
        let (turns, failed) = files.entry(&verdict.file).or_default();
        *turns += 1;
        *failed += usize::from(!verdict.mismatches.is_empty());
    }
    for (file, (turns, failed)) in files {
        let mark = if failed == 0 { "ok  " } else { "FAIL" };
        let _ = write!(out, "{mark}  {}: {turns} turns", file.display());
        let _ =
            if failed == 0 { writeln!(out) } else { writeln!(out, ", {failed} not as expected") };
    }
    for verdict in report.verdicts.iter().filter(|verdict| !verdict.mismatches.is_empty()) {
        out.push_str(&difference(verdict));
    }
    let TranscriptReport { conversations, turns, failed, .. } = report;
    let _ =
        writeln!(out, "\n{conversations} conversations, {turns} turns, {failed} not as expected.");
    out
}

/// What is not as expected at a turn, under each other.
fn difference(verdict: &Verdict) -> String {
    let mut out = String::new();
    let Verdict { file, line, conversation, turn, says, did, mismatches, because } = verdict;
    let _ = writeln!(out, "\n{}:{line}: {conversation}, turn {turn}", file.display());
    let _ = writeln!(out, "  customer  {says}");
    for Mismatch { what, expected, got } in mismatches {
        let _ = writeln!(out, "  {what:<9} - {}", indented(expected));
        let _ = writeln!(out, "  {:<9} + {}", "", indented(got));
    }
    if because.is_empty() {
        return out;
    }
    let _ = writeln!(out, "  bot       {}", did.told());
    if !did.text.is_empty() {
        let _ = writeln!(out, "            {}", indented(&did.text));
    }
    let _ = writeln!(out, "  because   {because}");
    out
}

fn indented(text: &str) -> String {
    text.replace('\n', "\n            ")
}
