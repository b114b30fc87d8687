//! `frontdesk replay`: what recorded conversations would be answered by changed knowledge.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use jiff::civil::{Date, DateTime};
use jiff::tz::Offset;
use tokio::time::Instant;

use crate::cli::eval::Tier;
use crate::cli::progress::{Progress, tell};
use crate::cli::{fail, print, unhurried, warn};
use crate::config::Settings;
use crate::conversation::Knowledge;
use crate::domain::{Clock, SystemClock, Timestamp};
use crate::events::Frozen;
use crate::replay::{Change, Compared, Did, Flow, Replay, ReplayReport, Stage};
use crate::understanding::encode::Remembered;

/// Options of `replay`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Only messages from this moment on: a day (2026-11-01), a time (2026-11-01T09:30) by the
    /// customers' clocks, or so long ago (12h, 7d, 4w).
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// The data folder; that of the settings when it is left out. Its server must be stopped.
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The changed knowledge; that of the settings when it is left out.
    #[arg(long, value_name = "DIR")]
    knowledge: Option<PathBuf>,
    /// Which tier of understanding reads.
    #[arg(long, value_enum, default_value_t = Tier::Encoder)]
    tier: Tier,
    /// Keep in this file what the encoders read, so that the same messages take seconds the next time.
    /// What
    /// is not read again is forgotten. It holds no words, yet much can be guessed from it: treat it like the
    /// data folder.
    #[arg(long, value_name = "FILE")]
    remember: Option<PathBuf>,
    /// How many differences are printed.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    show: usize,
    /// Print JSON, with every difference.
    #[arg(long)]
    json: bool,
    /// Write all differences side by side as an HTML page that opens offline.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
}

type Failure = Box<dyn std::error::Error>;

pub(super) fn run(settings: &Settings, options: &Options) -> ExitCode {
    let (report, took) = match replayed(settings, options) {
        Ok(replayed) => replayed,
        Err(error) => return fail(&error),
    };
    if let Some(file) = &options.report
        && let Err(error) = report.write(file)
    {
        return fail(&format!("{}: {error}", file.display()));
    }
    if options.json {
        return match serde_json::to_string_pretty(&report) {
            Ok(json) => print(&(json + "\n")),
            Err(error) => fail(&error),
        };
    }
    if report.turns == 0 {
        warn("no message was recorded since then that the bot answered");
    }
    print(&told(&report, took, options.show))
}

fn replayed(settings: &Settings, options: &Options) -> Result<(ReplayReport, Duration), Failure> {
    let offset = settings.visitor.offset();
    let now = SystemClock.now();
    let since = match &options.since {
        None => Timestamp::default(),
        Some(text) => moment(text, now, offset).ok_or_else(|| {
            format!("--since {text}: is no day such as 2026-11-01, no time such as 2026-11-01T09:30, and not so long ago as 12h, 7d or 4w")
        })?,
    };
    let data = options.data.as_ref().unwrap_or(&settings.server.data);
    let frozen = Frozen::of(data)?;
    let mut settings = unhurried(settings, options.tier);
    if let Some(folder) = &options.knowledge {
        settings.server.intents.clone_from(folder);
    }
    if options.remember.is_some() && !settings.encoder.enabled {
        return Err("--remember keeps what the encoders read, and words alone are read".into());
    }
    let remembered = options.remember.as_deref().map(remembered).transpose()?;
    let encoding = match &remembered {
        Some(remembered) => crate::app::encoding_that_remembers(&settings, remembered)?,
        None => crate::app::encoding(&settings)?,
    };
    let knowledge = Knowledge::load(&settings.server.intents, encoding.as_ref(), &tell)?;
    let strategy = &crate::app::strategy(&settings)?;
    let stage = Stage { knowledge: &knowledge, strategy, offset, now };
    let progress = Progress::default();
    let progress = |turns| progress.tell("messages", turns, 0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let (report, took) = runtime.block_on(async {
        let started = Instant::now();
        let replay = Replay { stage, since, progress: &progress };
        let report = replay.run(&frozen.log()).await?;
        frozen.close().await;
        Ok::<_, Failure>((report, started.elapsed()))
    })?;
    if let (Some(remembered), Some(file)) = (remembered, &options.remember) {
        remembered.save().map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok((report, took))
}

fn remembered(file: &Path) -> Result<Arc<Remembered>, Failure> {
    Ok(Remembered::open(file).map_err(|error| format!("{}: {error}", file.display()))?)
}

/// A moment as people write it.
pub(super) fn moment(text: &str, now: Timestamp, offset: Offset) -> Option<Timestamp> {
    let units = [("h", 3_600), ("d", 86_400), ("w", 7 * 86_400)];
    let ago = units.into_iter().find_map(|(unit, seconds)| {
        let count: i64 = text.strip_suffix(unit)?.parse().ok().filter(|count| *count >= 0)?;
        count.checked_mul(seconds * 1_000)
    });
    if let Some(ago) = ago {
        return Some(Timestamp(now.0.saturating_sub(ago)));
    }
    let day = text.parse::<Date>().ok().filter(|_| !text.contains(['T', ' ']));
    let local = day.map(|day| day.at(0, 0, 0, 0)).or_else(|| text.parse::<DateTime>().ok())?;
    let moment = offset.to_timestamp(local).ok()?;
    Some(Timestamp(moment.as_millisecond()))
}

fn told(report: &ReplayReport, took: Duration, most: usize) -> String {
    let ReplayReport { conversations, turns, same, words, otherwise, .. } = report;
    let mut out = format!(
        "{turns} messages of {conversations} conversations, decided about again in {:.1} s\n",
        took.as_secs_f32()
    );
    let share = |count: usize| {
        #[expect(clippy::cast_precision_loss, reason = "messages of a log")]
        let share = 100.0 * count as f64 / (*turns).max(1) as f64;
        format!("{count:>8}  {share:5.1} %")
    };
    let _ = writeln!(out, "  {:<28}{}", "the same", share(*same));
    let _ = writeln!(out, "  {:<28}{}", "the same in other words", share(*words));
    let _ = writeln!(out, "  {:<28}{}", "answered otherwise", share(*otherwise));
    let _ = writeln!(
        out,
        "not compared: {} to agents, {} that the bot had not answered itself",
        report.with_people, report.unanswered
    );
    for Flow { before, now, turns } in report.flows.iter().filter(|flow| flow.before != flow.now) {
        let _ = writeln!(out, "  {:<28}{turns:>8}", format!("{} → {}", before.name(), now.name()));
    }
    let is_otherwise = |turn: &&Compared| turn.change == Change::Otherwise;
    let (first, then): (Vec<_>, Vec<_>) = report.differences.iter().partition(is_otherwise);
    let shown = first.iter().chain(&then).take(most);
    shown.for_each(|turn| difference(&mut out, turn));
    let left = report.differences.len().saturating_sub(most);
    if left > 0 {
        let _ = writeln!(out, "\n… and {left} more; --report FILE or --json has all.");
    }
    out
}

fn difference(out: &mut String, turn: &Compared) {
    let _ =
        writeln!(out, "\n{}#{}  {}", turn.conversation, turn.seq, one_line(&turn.customer, 100));
    for (sign, did) in [('-', &turn.before), ('+', &turn.now)] {
        let Did { text, .. } = did;
        let _ = writeln!(out, "  {sign} {}", did.told());
        if !text.is_empty() {
            let _ = writeln!(out, "      {}", one_line(text, 140));
        }
    }
}

fn one_line(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(most) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_days_times_or_so_long_ago() {
        let now = Timestamp(1_795_636_800_000); // 2026-11-25T20:00:00Z
        let china = Offset::constant(8);
        let at = |text| moment(text, now, china).map(|at| at.0);
        assert_eq!(at("2026-11-25"), Some(1_795_536_000_000));
        assert_eq!(at("2026-11-26T04:00"), Some(now.0));
        assert_eq!(at("12h"), Some(now.0 - 12 * 3_600_000));
        assert_eq!(at("2w"), Some(now.0 - 14 * 86_400_000));
        for wrong in ["", "yesterday", "-3d", "3", "2026-13-01", "9999999999999999h"] {
            assert_eq!(at(wrong), None, "{wrong}");
        }
    }
}
