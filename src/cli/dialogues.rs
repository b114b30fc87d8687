//! `frontdesk eval dialogues`: how often the bot does what is expected, turn by turn.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::cli::eval::Tier;
use crate::cli::progress::tell;
use crate::cli::{fail, print, unhurried};
use crate::config::Settings;
use crate::conversation::Knowledge;
use crate::dialogue::{Occasion, Policy};
use crate::domain::{Clock, SystemClock};
use crate::replay::{DialogueReport, Share, measure};
use crate::understanding::encode::KeptVectors;

/// Options of `eval dialogues`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// The knowledge folder; that of the settings when it is left out.
    #[arg(long, value_name = "DIR")]
    knowledge: Option<PathBuf>,
    /// The dialogues.
    #[arg(long, value_name = "FILE")]
    file: PathBuf,
    /// Which tier of understanding reads.
    #[arg(long, value_enum, default_value_t = Tier::Encoder)]
    tier: Tier,
    /// Print JSON, with every turn that was not as expected.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(settings: &Settings, options: &Options) -> ExitCode {
    match measured(settings, options) {
        Ok(report) if options.json => match serde_json::to_string_pretty(&report) {
            Ok(json) => print(&(json + "\n")),
            Err(error) => fail(&error),
        },
        Ok(report) => print(&told(&report)),
        Err(error) => fail(&error),
    }
}

fn measured(
    settings: &Settings,
    options: &Options,
) -> Result<DialogueReport, Box<dyn std::error::Error>> {
    let mut settings = unhurried(settings, options.tier);
    if let Some(folder) = &options.knowledge {
        settings.server.intents.clone_from(folder);
    }
    // the vectors of the knowledge stay beside it: a measurement needs no server's data
    let kept = KeptVectors::open(settings.server.intents.join(crate::app::VECTORS));
    let encoding = crate::app::encoding_in(&settings, kept)?;
    let knowledge = Knowledge::load(&settings.server.intents, encoding.as_ref(), &tell)?;
    let thresholds = crate::app::thresholds(&settings);
    let policy = Policy {
        catalog: &knowledge.catalog,
        thresholds,
        opens: None,
        occasion: Occasion::default(),
    };
    let today = SystemClock.now().day(settings.visitor.offset());
    Ok(measure(&options.file, &knowledge, policy, today)?)
}

fn told(report: &DialogueReport) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{:<24} {}", "dialogues", report.dialogues);
    let _ = writeln!(out, "{:<24} {}", "turns", report.turns);
    let _ = writeln!(out, "{:<24} {:.4}", "as expected", report.accuracy);
    for (language, share) in &report.by_language {
        let _ = writeln!(out, "  {language:<22} {share:.4}");
    }
    for (kind, Share { right, of }) in &report.by_kind {
        let name = serde_json::to_value(kind).unwrap_or_default();
        let _ = writeln!(out, "  {:<22} {right} of {of}", name.as_str().unwrap_or_default());
    }
    let Share { right, of } = report.urgency;
    let _ = writeln!(out, "{:<24} {right} of {of}", "urgency of hand-offs");
    let Share { right, of } = report.offered;
    let _ = writeln!(out, "{:<24} {right} of {of}", "asked back with entry");
    if !report.wrong.is_empty() {
        out.push_str("\nnot as expected:\n");
    }
    for wrong in &report.wrong {
        let name = |value: serde_json::Value| value.to_string().replace('"', "");
        let _ = writeln!(
            out,
            "  {}#{} {}\n    expected {}\n    did      {}",
            wrong.dialogue,
            wrong.turn,
            wrong.customer,
            name(serde_json::json!(wrong.expected)),
            name(serde_json::json!(wrong.did)),
        );
    }
    out
}
