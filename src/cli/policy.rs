//! `frontdesk policy`: learns a policy from recorded conversations, shows it, and compares it with the
//! rules.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::cli::eval::Tier;
use crate::cli::progress::{Progress, tell};
use crate::cli::replay::moment;

use crate::cli::{fail, print, unhurried, warn};
use crate::config::Settings;
use crate::conversation::Knowledge;
use crate::dialogue::learned::{FoldedDepth, LearnedPolicy, Trained, Way};
use crate::domain::{Clock, SystemClock, Timestamp};
use crate::events::Frozen;
use crate::replay::{
    Arms, Collect, Collected, PolicyComparison, Sample, Stage, compare, learn, page, read_samples,
};

type Failure = Box<dyn std::error::Error>;

/// What is done with policies.
#[derive(Debug, Subcommand)]
pub(super) enum PolicyCommand {
    /// Learn a policy from recorded conversations, or from a file of labelled turns.
    Train(Train),
    /// Write the turns from which would be learned, one JSON object a line, with what came of them.
    Turns(From),
    /// Show a learned policy: as text, or as an HTML file with the tree as a picture.
    Show(Show),
    /// Compare a learned policy with the rules on recorded conversations.
    Compare(Compare),
}

/// Where turns come from.
#[derive(Debug, Args)]
pub(super) struct From {
    /// The data folder; that of the settings when it is left out. Its server must be stopped.
    #[arg(long, value_name = "DIR", conflicts_with = "turns")]
    data: Option<PathBuf>,
    /// A file of labelled turns in place of a data folder, as `policy turns` writes it.
    #[arg(long, value_name = "FILE")]
    turns: Option<PathBuf>,
    /// Only messages from this moment on: a day, a time, or so long ago (12h, 7d, 4w).
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Which tier of understanding reads.
    #[arg(long, value_enum, default_value_t = Tier::Encoder)]
    tier: Tier,
}

/// Options of `policy train`.
#[derive(Debug, Args)]
pub(super) struct Train {
    #[command(flatten)]
    from: From,
    /// Fewest turns on which a leaf of the tree may rest.
    #[arg(long, value_name = "NUMBER", default_value_t = 25)]
    min_leaf: usize,
    /// Where the policy is written.
    #[arg(long, value_name = "FILE", default_value = "policy.json")]
    out: PathBuf,
}

/// Options of `policy show`.
#[derive(Debug, Args)]
pub(super) struct Show {
    /// The policy.
    file: PathBuf,
    /// Write an HTML file that opens offline.
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
}

/// Options of `policy compare`.
#[derive(Debug, Args)]
pub(super) struct Compare {
    /// The policy.
    file: PathBuf,
    #[command(flatten)]
    from: From,
    /// Compare on all conversations, not only on the fifth from which nothing is learned: for those that
    /// came later, or for another desk's.
    #[arg(long)]
    all: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(settings: &Settings, command: &PolicyCommand) -> ExitCode {
    let done = match command {
        PolicyCommand::Train(options) => train(settings, options),
        PolicyCommand::Turns(from) => written(settings, from),
        PolicyCommand::Show(options) => show(options),
        PolicyCommand::Compare(options) => compared(settings, options),
    };
    match done {
        Ok(text) => print(&text),
        Err(error) => fail(&error),
    }
}

fn train(settings: &Settings, options: &Train) -> Result<String, Failure> {
    let collected = collect(settings, &options.from)?;
    let strategy = crate::app::rules(settings);
    let policy = learn(&collected.samples, &strategy, options.min_leaf)?;
    write(&options.out, &policy.text())?;
    let mut out = told(&policy);
    let _ = writeln!(out, "\nwritten to {}", options.out.display());
    Ok(out)
}

fn written(settings: &Settings, from: &From) -> Result<String, Failure> {
    let mut out = String::new();
    for sample in collect(settings, from)?.samples {
        out.push_str(&serde_json::to_string(&sample)?);
        out.push('\n');
    }
    Ok(out)
}

fn show(options: &Show) -> Result<String, Failure> {
    let policy = LearnedPolicy::read(&options.file)?;
    if let Some(file) = &options.html {
        write(file, &page(&policy))?;
        return Ok(format!("written to {}\n", file.display()));
    }
    Ok(told(&policy))
}

fn compared(settings: &Settings, options: &Compare) -> Result<String, Failure> {
    let policy = LearnedPolicy::read(&options.file)?;
    let Collected { samples, open } = collect(settings, &options.from)?;
    let strategy = crate::app::rules(settings);
    let compared = compare(&samples, &policy, &strategy, !options.all);
    if compared.too_few {
        warn(&format!("{} turns are too few to rely on", compared.turns));
    }
    if options.json {
        return Ok(serde_json::to_string_pretty(&compared)? + "\n");
    }
    Ok(difference(&compared, samples.len(), open))
}

fn write(file: &Path, text: &str) -> Result<(), Failure> {
    Ok(std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?)
}

fn collect(settings: &Settings, from: &From) -> Result<Collected, Failure> {
    if let Some(file) = &from.turns {
        let samples: Vec<Sample> = read_samples(file)?;
        let open = samples.len();
        return Ok(Collected { samples, open });
    }
    let (offset, now) = (settings.visitor.offset(), SystemClock.now());
    let since = match &from.since {
        None => Timestamp::default(),
        Some(text) => moment(text, now, offset).ok_or_else(|| {
            format!(
                "--since {text}: is no day such as 2026-11-01, no time, and not so long ago as 7d"
            )
        })?,
    };
    let frozen = Frozen::of(from.data.as_ref().unwrap_or(&settings.server.data))?;
    let settings = unhurried(settings, from.tier);
    let encoding = crate::app::encoding(&settings)?;
    let knowledge = Knowledge::load(&settings.server.intents, encoding.as_ref(), &tell)?;
    let strategy = &crate::app::rules(&settings);
    let stage = Stage { knowledge: &knowledge, strategy, offset, now };
    let progress = Progress::default();
    let progress = |turns| progress.tell("turns", turns, 0);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let collect = Collect { stage, since, progress: &progress };
        let collected = collect.run(&frozen.log()).await?;
        frozen.close().await;
        Ok(collected)
    })
}

fn told(policy: &LearnedPolicy) -> String {
    let LearnedPolicy { trained, tree } = policy;
    let Trained { turns, conversations, min_leaf, depth, cost, cost_of_rules, .. } = trained;
    let mut out = format!(
        "learned from {turns} turns of {conversations} conversations, no leaf below {min_leaf} turns\n\n"
    );
    for (path, leaf) in tree.leaves() {
        let when = if path.is_empty() { "always".to_owned() } else { path.join("; ") };
        let ways = Way::ALL.map(|way| format!("{} {:.2}", way.name(), leaf.costs.get(way)));
        let _ = writeln!(out, "{} ({} turns): {when}", leaf.way.name(), leaf.turns);
        let _ = writeln!(out, "    cost a turn: {}", ways.join(", "));
    }
    let _ = writeln!(out, "\nquestions  cost a turn on turns that the tree had not seen");
    for FoldedDepth { depth: at, cost, error } in &trained.cross_validation {
        let mark = if at == depth { "  ← taken" } else { "" };
        let _ = writeln!(out, "{at:>9}  {cost:.3} ± {error:.3}{mark}");
    }
    let _ = writeln!(
        out,
        "on the turns it learned from: {cost:.3}, the rules {cost_of_rules:.3}; what it is worth, \
         `policy compare` says"
    );
    out
}

fn difference(compared: &PolicyComparison, samples: usize, open: usize) -> String {
    let PolicyComparison { turns, conversations, held_out, observed, observed_of_rules, .. } =
        compared;
    let from = if *held_out { ", from which the policy did not learn" } else { "" };
    let mut out = format!("{turns} turns of {conversations} conversations{from}\n\n");
    let _ = writeln!(out, "{:<34}  rules  learned  difference (95 %)", "");
    for (name, arms) in [
        ("cost a turn", &compared.cost),
        ("wrong answers, of 100 turns", &compared.wrong_answers),
        ("needless hand-offs, of 100 turns", &compared.needless_handoffs),
        ("missed hand-offs, of 100 turns", &compared.missed_handoffs),
    ] {
        let Arms { rules, learned, interval } = arms;
        let sure = if interval.excludes_zero() { "" } else { "  not sure" };
        let _ = writeln!(
            out,
            "{name:<34} {rules:6.2}  {learned:7.2}  {:+.2} ({:+.2} … {:+.2}){sure}",
            interval.difference, interval.low, interval.high
        );
    }
    for (rules, learned, turns) in &compared.otherwise {
        let _ = writeln!(out, "{turns:>8}  {} → {}", rules.name(), learned.name());
    }
    let _ = writeln!(
        out,
        "\nOf {open} recorded turns with an open choice the record tells for {samples} what would have \
         helped; only\nthese count. Of those compared, the bot had done what the policy chooses in \
         {observed} (rules: {observed_of_rules}): there the\ncost was observed. Elsewhere it is \
         concluded from what helped in the end. An experiment tells for sure.\nInterval: percentile \
         bootstrap over conversations."
    );
    out
}
