//! `frontdesk lint`: what may be wrong with knowledge that `frontdesk check` finds in order.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::catalog::Catalog;
use crate::cli::progress::Progress;
use crate::cli::{fail, print, warn};
use crate::config::Settings;
use crate::evaluation::{Finding, FindingKind, Reader, lint};
use crate::understanding::encode::{Encoders, KeptVectors};

/// What is looked at.
#[derive(Debug, Subcommand)]
pub(super) enum LintCommand {
    /// Look for overlapping intents, duplicate and contradictory FAQ entries, conflicting and
    /// unlikely labels, thin classes, and flows that ask for what nothing uses, change something
    /// without asking, or end without a word; each with file and line.
    Knowledge(Options),
}

/// Options of `lint knowledge`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Exit with 1 when there is a finding.
    #[arg(long)]
    strict: bool,
}

pub(super) fn run(settings: &Settings, command: &LintCommand) -> ExitCode {
    let LintCommand::Knowledge(options) = command;
    let catalog = match Catalog::load(&settings.server.intents) {
        Ok(catalog) => catalog,
        Err(mistakes) => return fail(&mistakes),
    };
    let progress = Progress::default();
    let told = |stage: &str, done: usize, all: usize| progress.tell(stage, done, all);
    let encoders = encoders(settings);
    let kept = match &encoders {
        Some(_) => KeptVectors::open(settings.server.data.join("vectors.bin")),
        None => KeptVectors::in_memory(),
    };
    let reader = Reader { encoders, kept, progress: &told };
    let findings = match lint(&catalog, &reader) {
        Ok(findings) => findings,
        Err(error) => return fail(&error),
    };
    if options.json {
        let tier = if reader.encoders.is_some() { "encoder" } else { "lexical" };
        let json = serde_json::json!({ "tier": tier, "findings": findings });
        print(&format!("{json:#}\n"));
    } else {
        print(&told_of(&findings));
    }
    if options.strict && !findings.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}

/// The encoders of the settings; without them, words are looked at.
fn encoders(settings: &Settings) -> Option<Encoders> {
    if !settings.encoder.enabled {
        return None;
    }
    match crate::app::encoders(settings) {
        Ok(encoders) => Some(encoders),
        Err(error) => {
            warn(&format!("looking at words alone: {error}"));
            None
        }
    }
}

fn told_of(findings: &[Finding]) -> String {
    let mut out = String::new();
    for finding in findings {
        let _ = writeln!(out, "{finding}");
    }
    let count = |kind: FindingKind| findings.iter().filter(|finding| finding.kind == kind).count();
    let counts = FindingKind::ALL.into_iter().map(|(kind, name)| (count(kind), name));
    let counts: Vec<String> = counts
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{name} {count}"))
        .collect();
    let all = findings.len();
    let _ = match all {
        0 => writeln!(out, "Nothing to look at."),
        _ => writeln!(out, "\n{all} findings: {}.", counts.join(", ")),
    };
    out
}
