//! `frontdesk import`: knowledge from elsewhere, shown before it is written.

use std::fmt::Write as _;
use std::io::{IsTerminal, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};

use crate::cli::{fail, print};
use crate::config::Settings;
use crate::import::{Found, FoundEntry, Haul, HaulSize, ImportError, Written};

/// What is imported.
#[derive(Debug, Subcommand)]
pub(super) enum ImportCommand {
    /// Lists of questions with their answers: .csv, .tsv, .jsonl, .xlsx, .xls or .ods with columns
    /// `question` and `answer`, and where wanted `id`, `category` and `variants`. Rows of a second
    /// list with the same ids are the same entries in another language.
    Faq(Faq),
    /// A bot of Rasa: its folder, or its nlu.yml, domain.yml, rules.yml and stories.yml. Intents that a
    /// rule answers with words are taken, with synonyms, regular expressions and lookup tables.
    Rasa(Files),
    /// An agent of Dialogflow ES: the exported zip, or its folder. Intents, what people say in English
    /// and Chinese, responses and entities are taken.
    Dialogflow(Files),
    /// Pages of a help centre, saved as HTML: questions of schema.org, in accordions, `<details>`, `<dl>`
    /// and headings.
    Page(Files),
}

/// Options of the imports that read files of one kind.
#[derive(Debug, Args)]
pub(super) struct Files {
    /// The files or folders.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    target: Target,
}

/// Where it is written.
#[derive(Debug, Args)]
pub(super) struct Target {
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

/// Options of `import faq`.
#[derive(Debug, Args)]
pub(super) struct Faq {
    /// The lists.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    #[command(flatten)]
    target: Target,
}

pub(super) fn run(settings: &Settings, command: &ImportCommand) -> ExitCode {
    let target = match command {
        ImportCommand::Faq(Faq { target, .. }) => target,
        ImportCommand::Rasa(files)
        | ImportCommand::Dialogflow(files)
        | ImportCommand::Page(files) => &files.target,
    };
    if !is_name(&target.name) {
        return fail(&format!(
            "--as {}: must be the name of a .toml file, without a folder",
            target.name
        ));
    }
    let outcome = match command {
        ImportCommand::Faq(options) => faq(settings, options),
        ImportCommand::Rasa(files) => {
            Haul::of_rasa(&files.paths).and_then(|haul| take(settings, haul, target))
        }
        ImportCommand::Dialogflow(files) => match files.paths.as_slice() {
            [path] => Haul::of_dialogflow(path).and_then(|haul| take(settings, haul, target)),
            _ => return fail(&"one agent is imported at a time"),
        },
        ImportCommand::Page(files) => {
            Haul::of_pages(&files.paths).and_then(|haul| take(settings, haul, target))
        }
    };
    match outcome {
        Ok(Some(written)) => done(&written),
        Ok(None) => print("Nothing is written; --yes writes without asking.\n"),
        Err(error) => fail(&error),
    }
}

fn faq(settings: &Settings, options: &Faq) -> Result<Option<Written>, ImportError> {
    let found = Found::read(&options.files)?;
    print(&told(&found));
    let folder = &settings.server.intents;
    let Target { name, shop, .. } = &options.target;
    if !options.target.agreed(folder) {
        return Ok(None);
    }
    found.write(folder, name, shop).map(Some)
}

/// Shows what the knowledge can take of it, and writes that.
fn take(
    settings: &Settings,
    mut haul: Haul,
    target: &Target,
) -> Result<Option<Written>, ImportError> {
    let folder = &settings.server.intents;
    if folder.join(&target.name).exists() {
        return Err(ImportError::Exists(folder.join(&target.name)));
    }
    haul.settle(folder, &target.shop)?;
    print(&told_of(&haul));
    if haul.is_empty() {
        return Ok(None);
    }
    if !target.agreed(folder) {
        return Ok(None);
    }
    haul.write(folder, &target.name, &target.shop).map(Some)
}

fn done(written: &Written) -> ExitCode {
    let files: Vec<String> =
        written.files.iter().map(|file| format!("  {}", file.display())).collect();
    print(&format!(
        "Written:\n{}\nThe knowledge has {} entries. To undo it, remove what is listed.\n",
        files.join("\n"),
        written.entries
    ))
}

impl Target {
    fn agreed(&self, folder: &Path) -> bool {
        self.yes || agreed(&format!("Write them to {}?", folder.join(&self.name).display()))
    }
}

/// What was understood, and all that is not taken.
fn told_of(haul: &Haul) -> String {
    const SHOWN: usize = 8;
    let HaulSize { entries, english, chinese, intents, examples, synonyms, patterns } = haul.size();
    let mut out = format!(
        "{entries} entries: {english} in English, {chinese} in Chinese; {intents} intents, {examples} examples\n"
    );
    if synonyms + patterns > 0 {
        let _ = writeln!(out, "{synonyms} groups of synonyms, {patterns} patterns");
    }
    out.push('\n');
    for line in haul.first(SHOWN) {
        let _ = writeln!(out, "  {line}");
    }
    let all = haul.first(usize::MAX).len();
    if all > SHOWN {
        let _ = writeln!(out, "  … and {} more", all - SHOWN);
    }
    if !haul.left_out.is_empty() {
        let _ = writeln!(out, "\nNot taken, {} parts:", haul.left_out.len());
        for left in &haul.left_out {
            let _ = writeln!(out, "  {left}");
        }
    }
    out.push('\n');
    out
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
