//! `frontdesk import`: knowledge from elsewhere, shown before it is written.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::cli::{fail, print};
use crate::config::Settings;
use crate::import::{Found, FoundEntry};

/// What is imported.
#[derive(Debug, Subcommand)]
pub(super) enum ImportCommand {
    /// Lists of questions with their answers: .csv, .tsv, .jsonl, .xlsx, .xls or .ods with columns
    /// `question` and `answer`, and where wanted `id`, `category` and `variants`. Rows of a second
    /// list with the same ids are the same entries in another language.
    Faq(Faq),
}

/// Options of `import faq`.
#[derive(Debug, Args)]
pub(super) struct Faq {
    /// The lists.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// The file in the knowledge folder that is written.
    #[arg(long = "as", value_name = "NAME", default_value = "imported.toml")]
    name: String,
    /// What the shop is called, where the folder is new and gets phrases and small talk too.
    #[arg(long, value_name = "NAME", default_value = "our shop")]
    shop: String,
    /// Write without asking.
    #[arg(long)]
    yes: bool,
}

pub(super) fn run(settings: &Settings, command: &ImportCommand) -> ExitCode {
    let ImportCommand::Faq(options) = command;
    if !is_name(&options.name) {
        return fail(&format!(
            "--as {}: must be the name of a .toml file, without a folder",
            options.name
        ));
    }
    let found = match Found::read(&options.files) {
        Ok(found) => found,
        Err(error) => return fail(&error),
    };
    print(&told(&found));
    let folder = &settings.server.intents;
    let target = folder.join(&options.name);
    if !options.yes && !agreed(&format!("Write them to {}?", target.display())) {
        return print("Nothing is written; --yes writes without asking.\n");
    }
    match found.write(folder, &options.name, &options.shop) {
        Ok(written) => {
            let files: Vec<String> =
                written.files.iter().map(|file| format!("  {}", file.display())).collect();
            print(&format!(
                "Written:\n{}\nThe knowledge has {} entries. To undo it, remove what is listed.\n",
                files.join("\n"),
                written.entries
            ))
        }
        Err(error) => fail(&error),
    }
}

fn is_name(name: &str) -> bool {
    let path = Path::new(name);
    path.components().count() == 1 && path.extension().is_some_and(|end| end == "toml")
}

/// What was understood, as a table of the first entries.
fn told(found: &Found) -> String {
    const SHOWN: usize = 8;
    let count =
        |is: fn(&FoundEntry) -> bool| found.entries.iter().filter(|entry| is(entry)).count();
    let mut out = format!(
        "{} entries: {} in English, {} in Chinese",
        found.entries.len(),
        count(|entry| !entry.question.en.is_empty()),
        count(|entry| !entry.question.zh.is_empty()),
    );
    let variants = found.entries.iter().map(|e| e.variants.en.len() + e.variants.zh.len());
    let _ = writeln!(out, "; {} other ways to ask", variants.sum::<usize>());
    let categories = found.categories();
    if !categories.is_empty() {
        let _ = writeln!(out, "{} categories: {}", categories.len(), categories.join(", "));
    }
    out.push('\n');
    for entry in found.entries.iter().take(SHOWN) {
        let questions = [entry.question.en.as_str(), entry.question.zh.as_str()];
        let questions: Vec<&str> = questions.into_iter().filter(|text| !text.is_empty()).collect();
        let _ = writeln!(out, "  {}: {}", entry.id, questions.join(" / "));
    }
    if found.entries.len() > SHOWN {
        let _ = writeln!(out, "  … and {} more", found.entries.len() - SHOWN);
    }
    if !found.skipped.is_empty() {
        let _ = writeln!(out, "\nLeft out, {} rows:", found.skipped.len());
        for skipped in found.skipped.iter().take(SHOWN) {
            let _ = writeln!(out, "  {skipped}");
        }
    }
    out.push('\n');
    out
}

/// Asks on the terminal; where there is none, nobody agrees.
fn agreed(question: &str) -> bool {
    if !std::io::stdin().is_terminal() {
        return false;
    }
    let mut out = std::io::stdout().lock();
    let _ = write!(out, "{question} [y/N] ").and_then(|()| out.flush());
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).is_ok() && matches!(line.trim(), "y" | "Y" | "yes")
}
