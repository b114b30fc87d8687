//! `frontdesk models`: which sentence encoders there are, and bringing others in.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::{fail, print};
use crate::config::{Encoder, Settings, remote_name};
use crate::models::{Added, ModelName, Models, ModelsError, Source};
use crate::understanding::encode::Told;

/// What is seen of a download.
const BAR: &str = "{msg:34} {bar:30} {bytes:>10} of {total_bytes:<10} {bytes_per_sec}";

/// Options of `models`.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Folder with the models; overrides `encoder.models` of the settings.
    #[arg(long, global = true, value_name = "DIR")]
    models: Option<PathBuf>,
    #[command(subcommand)]
    command: ModelsCommand,
}

#[derive(Debug, Subcommand)]
enum ModelsCommand {
    /// List the models: name, numbers of a vector, size, and what the settings use them for.
    List,
    /// Copy a sentence-transformers folder of the BERT, `RoBERTa` or XLM-R family in.
    Add(Add),
    /// Fetch such a folder from a hub and add it; goes on where an earlier attempt broke off.
    Pull(Pull),
    /// Remove a model that the settings do not use.
    Remove {
        /// The model's name.
        name: String,
    },
}

/// Options of `models add`.
#[derive(Debug, Args)]
struct Add {
    /// The folder, with `config.json`, `tokenizer.json` and `model.safetensors`.
    folder: PathBuf,
    #[command(flatten)]
    told: ToldOptions,
}

/// Options of `models pull`.
#[derive(Debug, Args)]
struct Pull {
    /// The model's name on the hub, such as `sentence-transformers/all-MiniLM-L6-v2`.
    source: String,
    /// Address of the hub; overrides `encoder.hub` of the settings.
    #[arg(long, value_name = "URL")]
    mirror: Option<String>,
    /// A branch, a tag or a commit.
    #[arg(long, default_value = "main")]
    revision: String,
    #[command(flatten)]
    told: ToldOptions,
}

/// What the operator says about a model.
#[derive(Debug, Args)]
struct ToldOptions {
    /// The model's name here; that of the folder when left out.
    #[arg(long)]
    name: Option<String>,
    /// What stands before every text, such as "query: "; the model's own default when left out.
    #[arg(long, value_name = "TEXT")]
    prefix: Option<String>,
}

pub(super) fn run(settings: Settings, options: Options) -> ExitCode {
    let mut encoder = settings.encoder;
    if let Some(folder) = options.models {
        encoder.models = folder;
    }
    let models = Models::new(encoder.models.clone());
    let done = match options.command {
        ModelsCommand::List => list(&models, &encoder),
        ModelsCommand::Add(options) => add(&models, options),
        ModelsCommand::Pull(options) => pull(&models, encoder.hub, options),
        ModelsCommand::Remove { name } if is_used(&encoder, &name) => {
            return fail(&format!(
                "{name} is used {}; change the settings first",
                use_of(&encoder, &name)
            ));
        }
        ModelsCommand::Remove { name } => ModelName::parse(&name)
            .and_then(|name| models.remove(&name))
            .map(|()| format!("Removed {name}.\n")),
    };
    match done {
        Ok(text) => print(&text),
        Err(error) => fail(&error),
    }
}

fn list(models: &Models, encoder: &Encoder) -> Result<String, ModelsError> {
    let mut out = format!("{:<32} {:>10} {:>10}  used\n", "model", "dimensions", "size");
    for model in models.list()? {
        let size = megabytes(model.bytes);
        let (dimensions, used) = match model.dimensions {
            Ok(dimensions) => (dimensions.to_string(), use_of(encoder, &model.name).to_owned()),
            Err(error) => ("–".to_owned(), format!("cannot be used: {error}")),
        };
        let _ = writeln!(out, "{:<32} {dimensions:>10} {size:>10}  {used}", model.name);
    }
    let mut named = vec![&encoder.multilingual, &encoder.english];
    named.dedup();
    for name in named.into_iter().filter(|name| encoder.enabled && remote_name(name).is_some()) {
        let url = encoder.remote.url.as_deref().unwrap_or("–");
        let dimensions =
            encoder.remote.dimensions.map_or("–".to_owned(), |count| count.to_string());
        let used = use_of(encoder, name);
        let _ = writeln!(out, "{name:<32} {dimensions:>10} {:>10}  {used}, at {url}", "–");
    }
    Ok(out)
}

fn megabytes(bytes: u64) -> String {
    let tenths = bytes.div_ceil(100_000);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}

fn is_used(encoder: &Encoder, name: &str) -> bool {
    encoder.enabled && (encoder.multilingual == name || encoder.english == name)
}

fn use_of(encoder: &Encoder, name: &str) -> &'static str {
    match (encoder.multilingual == name, encoder.english == name) {
        _ if !encoder.enabled => "–",
        (true, _) => "for every language",
        (false, true) => "for English",
        (false, false) => "–",
    }
}

fn add(models: &Models, options: Add) -> Result<String, ModelsError> {
    let Add { folder, told: ToldOptions { name, prefix } } = options;
    let name = ModelName::parse(&name.unwrap_or_else(|| folder_name(&folder)))?;
    models.add(&folder, &name, &Told { prefix }).map(|added| welcome(&added))
}

fn pull(models: &Models, hub: String, options: Pull) -> Result<String, ModelsError> {
    let Pull { source, mirror, revision, told: ToldOptions { name, prefix } } = options;
    let last = source.rsplit('/').next().unwrap_or_default().to_owned();
    let name = ModelName::parse(&name.unwrap_or(last))?;
    let source = Source { hub: mirror.unwrap_or(hub), name: source, revision };
    let bar = ProgressBar::no_length(); // draws on a terminal only
    if let Ok(style) = ProgressStyle::with_template(BAR) {
        bar.set_style(style);
    }
    let tell = |file: &str, done: u64, all: Option<u64>| {
        if bar.message() != file {
            bar.set_message(file.to_owned());
        }
        if let Some(all) = all {
            bar.set_length(all);
        }
        bar.set_position(done);
    };
    let pulled = models.pull(&source, &name, &Told { prefix }, &tell);
    bar.finish_and_clear();
    let pulled = pulled?;
    let note = if pulled.is_checked {
        ""
    } else {
        "The hub named no checksum for the weights: only that they can be used was checked.\n"
    };
    Ok(format!("{}{note}", welcome(&pulled.added)))
}

/// The name of a folder, also of one that is given as `.`.
fn folder_name(folder: &Path) -> String {
    let whole = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
    whole.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn welcome(Added { name, dimensions }: &Added) -> String {
    let name = name.as_str();
    format!(
        "Added {name}, {dimensions} dimensions. To use it, write into the settings\n\n[encoder]\nmultilingual = \"{name}\"\n\nor, for a model of English beside the other, `english = \"{name}\"`.\n"
    )
}
