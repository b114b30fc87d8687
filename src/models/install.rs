//! A model comes in: tried out where it lies, copied beside the others under a name that nobody
//! reads, checked against its sums, and then there in one step.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use crate::models::{ModelName, Models, ModelsError, clear, io_at};
use crate::understanding::encode::{Checksums, Encoder, SentenceEncoder, Told};

/// Files that say where a model comes from and who may use it.
const PAPERS: [&str; 6] =
    ["LICENSE", "LICENSE.txt", "LICENSE.md", "NOTICE", "NOTICE.txt", "README.md"];

/// A model that came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// Its name.
    pub name: ModelName,
    /// How many numbers a vector has.
    pub dimensions: usize,
}

impl Models {
    /// Copies the model of a sentence-transformers folder in. Where the folder has a `SHA256SUMS`,
    /// its files must agree with it.
    pub fn add(&self, from: &Path, name: &ModelName, told: &Told) -> Result<Added, ModelsError> {
        let _hold = self.hold()?;
        self.must_be_free(name)?;
        let mut files = SentenceEncoder::files(from)?;
        if *told != Told::default() {
            files.retain(|file| file != Told::FILE); // another takes its place
        }
        let sums = Checksums::of(from, &files)?;
        if from.join(Checksums::FILE).is_file() {
            sums.agree(from, &Checksums::read(from)?)?;
        }
        SentenceEncoder::try_out(from)?;
        files.extend(papers(from));
        let aside = self.aside(name, "added");
        clear(&aside)?;
        let copied =
            copy(from, &aside, &files).and_then(|()| self.finish(&aside, name, told, &sums));
        if copied.is_err() {
            clear(&aside)?;
        }
        copied
    }

    /// Nobody has the name yet.
    pub(super) fn must_be_free(&self, name: &ModelName) -> Result<(), ModelsError> {
        let path = self.path(name);
        if path.exists() { Err(ModelsError::Exists(path)) } else { Ok(()) }
    }

    /// Makes a whole folder that lies aside, with files of the sums `expected`, the model `name`.
    pub(super) fn finish(
        &self,
        aside: &Path,
        name: &ModelName,
        told: &Told,
        expected: &Checksums,
    ) -> Result<Added, ModelsError> {
        if *told != Told::default() {
            let text = serde_json::to_string_pretty(told).unwrap_or_default();
            write(&aside.join(Told::FILE), &text)?;
        }
        let mut files = SentenceEncoder::files(aside)?;
        files.extend(papers(aside));
        let sums = Checksums::of(aside, &files)?;
        sums.agree(aside, expected)?;
        write(&aside.join(Checksums::FILE), &sums.text())?;
        let dimensions = SentenceEncoder::load(aside)?.dimensions();
        let path = self.path(name);
        fs::rename(aside, &path).map_err(io_at(&path))?;
        Ok(Added { name: name.clone(), dimensions })
    }
}

fn papers(folder: &Path) -> impl Iterator<Item = String> {
    PAPERS.into_iter().filter(|name| folder.join(name).is_file()).map(str::to_owned)
}

fn copy(from: &Path, to: &Path, files: &[String]) -> Result<(), ModelsError> {
    for name in files {
        let (source, target) = (from.join(name), to.join(name));
        let folder = target.parent().unwrap_or(to);
        fs::create_dir_all(folder).map_err(io_at(folder))?;
        fs::copy(&source, &target).map_err(io_at(&source))?;
        File::open(&target).and_then(|file| file.sync_all()).map_err(io_at(&target))?;
    }
    Ok(())
}

pub(super) fn write(file: &Path, text: &str) -> Result<(), ModelsError> {
    let mut opened = File::create(file).map_err(io_at(file))?;
    opened.write_all(text.as_bytes()).and_then(|()| opened.sync_all()).map_err(io_at(file))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn tiny(name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/encoder").join(name)
    }

    fn name(name: &str) -> ModelName {
        ModelName::parse(name).unwrap()
    }

    /// A folder with a copy of a tiny model that may be spoilt, and one for models.
    fn copied(of: &str) -> (tempfile::TempDir, PathBuf, Models) {
        let folder = tempfile::tempdir().unwrap();
        let (from, to) = (folder.path().join("from"), folder.path().join("models"));
        copy(&tiny(of), &from, &SentenceEncoder::files(&tiny(of)).unwrap()).unwrap();
        (folder, from, Models::new(to))
    }

    /// Whether nothing but the lock is in the folder with the models.
    fn is_empty(folder: &tempfile::TempDir) -> bool {
        let entries = fs::read_dir(folder.path().join("models")).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).all(|name| name == ".lock")
    }

    #[test]
    fn an_added_model_is_there_can_be_loaded_and_is_gone_when_removed() {
        let (folder, from, models) = copied("tiny-xlm-r");
        fs::write(from.join("LICENSE"), "free").unwrap();
        fs::write(from.join("pytorch_model.bin"), "is not copied").unwrap();
        let told = Told { prefix: Some("ask: ".to_owned()) };
        let added = models.add(&from, &name("mine"), &told).unwrap();
        assert_eq!(added, Added { name: name("mine"), dimensions: 32 });
        let listed = models.list().unwrap();
        assert_eq!(listed.len(), 1);
        assert_eq!(*listed[0].dimensions.as_ref().unwrap(), 32);
        assert!(listed[0].bytes > 50_000);
        let path = folder.path().join("models/mine");
        assert!(path.join("LICENSE").is_file() && !path.join("pytorch_model.bin").exists());
        models.add(&from, &name("plain"), &Told::default()).unwrap();
        let encode = |name: &str| {
            let encoder = SentenceEncoder::load(&folder.path().join("models").join(name)).unwrap();
            (encoder.name().to_owned(), encoder.encode("order").unwrap().whole)
        };
        let ((mine, with_ask), (plain, with_query)) = (encode("mine"), encode("plain"));
        assert!(mine.starts_with("mine@") && plain.starts_with("plain@"));
        assert_ne!(with_ask, with_query, "the prefix counts");
        models.remove(&name("mine")).unwrap();
        models.remove(&name("plain")).unwrap();
        assert!(is_empty(&folder));
        let message = models.remove(&name("mine")).unwrap_err().to_string();
        assert!(message.contains("no such model"), "{message}");
    }

    /// Adds a model that was spoilt; the refusal names the file and the reason, and nothing is left.
    fn refused(of: &str, spoil: impl Fn(&Path), file: &str, reason: &str) {
        let (folder, from, models) = copied(of);
        spoil(&from);
        let error = models.add(&from, &name("x"), &Told::default()).unwrap_err().to_string();
        assert!(error.contains(&format!("from/{file}")), "names {file}: {error}");
        assert!(error.contains(reason), "says {reason}: {error}");
        assert!(is_empty(&folder), "{error}");
    }

    /// Replaces text in a file.
    fn replace(file: &'static str, old: &'static str, new: &'static str) -> impl Fn(&Path) {
        move |from| {
            let text = fs::read_to_string(from.join(file)).unwrap();
            assert!(text.contains(old), "{old}");
            fs::write(from.join(file), text.replace(old, new)).unwrap();
        }
    }

    #[test]
    fn missing_and_damaged_files_are_refused_by_name_and_leave_nothing() {
        for missing in ["config.json", "tokenizer.json", "model.safetensors"] {
            let remove = |from: &Path| fs::remove_file(from.join(missing)).unwrap();
            refused("tiny-bert", remove, missing, "No such file");
        }
        let cut = |from: &Path| {
            let file = from.join("model.safetensors");
            let bytes = fs::read(&file).unwrap();
            fs::write(&file, &bytes[..bytes.len() - 1000]).unwrap();
        };
        refused("tiny-bert", cut, "model.safetensors", "cut short");
        let sum = |from: &Path| {
            let wrong = format!("{}  config.json\n", "0".repeat(64));
            fs::write(from.join("SHA256SUMS"), wrong).unwrap();
        };
        refused("tiny-bert", sum, "config.json", "wrong checksum");
        let renamed = |from: &Path| {
            let bytes = fs::read(from.join("model.safetensors")).unwrap();
            let bytes: Vec<u8> = bytes.iter().map(|b| if *b == b'w' { b'v' } else { *b }).collect();
            fs::write(from.join("model.safetensors"), bytes).unwrap();
        };
        refused("tiny-bert", renamed, "model.safetensors", "word_embeddings");
    }

    #[test]
    fn another_architecture_and_another_models_files_are_refused() {
        let gpt = replace("config.json", "\"bert\"", "\"gpt2\"");
        refused("tiny-bert", gpt, "config.json", "gpt2");
        let wider =
            replace("config.json", "\"intermediate_size\": 64", "\"intermediate_size\": 96");
        refused("tiny-bert", wider, "model.safetensors", "encoder.layer.0.intermediate.dense");
        let foreign = |of: &'static str| {
            move |from: &Path| {
                fs::copy(tiny(of).join("tokenizer.json"), from.join("tokenizer.json")).unwrap();
            }
        };
        refused("tiny-bert", foreign("tiny-xlm-r"), "tokenizer.json", "another model");
        refused("tiny-xlm-r", foreign("tiny-bert"), "tokenizer.json", "another model");
        let padding = replace("config.json", "\"pad_token_id\": 0", "\"pad_token_id\": 7");
        refused("tiny-bert", padding, "tokenizer.json", "does not fill up rows");
    }

    #[test]
    fn a_name_is_taken_once_and_one_process_changes_the_models() {
        let (_folder, from, models) = copied("tiny-bert");
        models.add(&from, &name("x"), &Told::default()).unwrap();
        let message = models.add(&from, &name("x"), &Told::default()).unwrap_err().to_string();
        assert!(message.contains("models/x") && message.contains("--name"), "{message}");
        let _hold = models.hold().unwrap();
        let message = models.add(&from, &name("y"), &Told::default()).unwrap_err().to_string();
        assert!(message.contains("another process"), "{message}");
        for wrong in ["", ".x", "a/b", "..", "-x", "ä"] {
            assert!(ModelName::parse(wrong).is_err(), "{wrong}");
        }
    }
}
