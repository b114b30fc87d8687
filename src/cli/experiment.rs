//! `frontdesk experiment report`: how the two sides of an experiment fare.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::cli::replay::moment;
use crate::cli::{fail, print, warn};
use crate::config::Settings;
use crate::domain::{Clock, SystemClock, Timestamp};
use crate::events::Frozen;
use crate::insight::{ExperimentReport, Measure, Trials};

/// What is done with experiments.
#[derive(Debug, Subcommand)]
pub(super) enum ExperimentCommand {
    /// Say how the two sides fare, from the record of a stopped server.
    Report(Options),
}

/// Options of `experiment report`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The data folder; that of the settings when it is left out. Its server must be stopped.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Only conversations that came to their side from this moment on: a day, a time, or so long ago
    /// (12h, 7d, 4w).
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

type Failure = Box<dyn std::error::Error>;

pub(super) fn run(settings: &Settings, command: &ExperimentCommand) -> ExitCode {
    let ExperimentCommand::Report(options) = command;
    let reports = match reported(settings, options) {
        Ok(reports) => reports,
        Err(error) => return fail(&error),
    };
    if options.json {
        return match serde_json::to_string_pretty(&reports) {
            Ok(json) => print(&(json + "\n")),
            Err(error) => fail(&error),
        };
    }
    if reports.is_empty() {
        warn("no conversation of the record was in an experiment");
    }
    print(&reports.iter().map(told).collect::<Vec<_>>().join("\n"))
}

fn reported(settings: &Settings, options: &Options) -> Result<Vec<ExperimentReport>, Failure> {
    let (offset, now) = (settings.visitor.offset(), SystemClock.now());
    let since = match &options.since {
        None => Timestamp::default(),
        Some(text) => moment(text, now, offset).ok_or_else(|| {
            format!(
                "--since {text}: is no day such as 2026-11-01, no time, and not so long ago as 7d"
            )
        })?,
    };
    let frozen = Frozen::of(options.data.as_ref().unwrap_or(&settings.server.data))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let trials = Trials::read(frozen.log().as_ref()).await?;
        frozen.close().await;
        Ok(trials.report(since))
    })
}

fn told(report: &ExperimentReport) -> String {
    let ExperimentReport { experiment, usual, trial, too_few, measures } = report;
    let mut out = format!("{experiment}: {usual} conversations as usual, {trial} as tried\n");
    if *too_few {
        out.push_str("  too few to rely on: each side needs 100\n");
    }
    let _ = writeln!(out, "  {:<28}   usual   tried  difference (95 %)", "");
    for measure in measures {
        let Measure { name, usual, trial, difference, method, .. } = measure;
        let (what, by) = match *name {
            "resolved" => ("resolved without a person, %", 100.0),
            "escalated" => ("a person was asked for, %", 100.0),
            _ => ("rating, 1 to 5", 1.0),
        };
        let figure = |value: &Option<f64>| {
            value.map_or_else(|| "–".to_owned(), |value| format!("{:.2}", value * by))
        };
        let between = difference.map_or_else(
            || "–".to_owned(),
            |interval| {
                let (low, high) = (interval.low * by, interval.high * by);
                format!("{:+.2} ({low:+.2} … {high:+.2})", interval.difference * by)
            },
        );
        let sure = match (measure.too_few, measure.excludes_zero) {
            (true, _) => "  too few",
            (false, true) => "",
            (false, false) => "  not sure",
        };
        let _ = writeln!(
            out,
            "  {what:<28} {:>7} {:>7}  {between}{sure}  [{method}]",
            figure(usual),
            figure(trial)
        );
    }
    out
}
