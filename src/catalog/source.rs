//! The knowledge folder as texts: what stands on disk, or what is to be written there. Reading never
//! fails; what could not be read is kept as mistakes and makes every catalog of it fail.

use std::fs;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::catalog::Mistake;

/// Most bytes of a file.
const MAX_FILE_BYTES: u64 = 4 * 1024 * 1024;

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its name within the folder.
    pub name: String,
    /// What it says.
    pub text: String,
}

impl SourceFile {
    /// What stands for the text where it is compared.
    pub fn fingerprint(&self) -> String {
        hex::encode(Sha256::digest(self.text.as_bytes()))
    }
}

/// All `*.toml` files of a folder, in the order of their names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Source {
    folder: PathBuf,
    files: Vec<SourceFile>,
    unread: Vec<Mistake>,
}

impl Source {
    /// Reads a folder.
    pub fn read(folder: &Path) -> Self {
        let mut source = Self { folder: folder.to_owned(), files: vec![], unread: vec![] };
        match paths(folder) {
            Ok(paths) => paths.iter().for_each(|path| source.take(path)),
            Err(message) => source.miss(folder, 0, message),
        }
        source
    }

    fn take(&mut self, path: &Path) {
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else {
            return self.miss(path, 0, "has a name that is not UTF-8");
        };
        let size = fs::metadata(path).map_or(0, |metadata| metadata.len());
        if size > MAX_FILE_BYTES {
            return self.miss(path, 0, format!("has {size} bytes, {MAX_FILE_BYTES} at most"));
        }
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) => return self.miss(path, 0, format!("cannot be read: {error}")),
        };
        match String::from_utf8(bytes) {
            Ok(text) => self.files.push(SourceFile { name: name.to_owned(), text }),
            Err(error) => {
                let good = error.utf8_error().valid_up_to();
                let before = error.as_bytes().get(..good).unwrap_or_default();
                let line = before.split(|byte| *byte == b'\n').count();
                self.miss(path, line, "is not UTF-8 from here on");
            }
        }
    }

    fn miss(&mut self, file: &Path, line: usize, message: impl Into<String>) {
        self.unread.push(Mistake { file: file.to_owned(), line, message: message.into() });
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The files that could be read.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// What could not be read.
    pub fn unread(&self) -> &[Mistake] {
        &self.unread
    }

    /// A file by its name.
    pub fn file(&self, name: &str) -> Option<&SourceFile> {
        self.files.iter().find(|file| file.name == name)
    }

    /// Where a file of a name lies.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// The same with another text in one of its files; a name that it does not have changes nothing.
    #[must_use]
    pub fn with(mut self, name: &str, text: String) -> Self {
        if let Some(file) = self.files.iter_mut().find(|file| file.name == name) {
            file.text = text;
        }
        self
    }

    /// What stands for all texts where they are compared.
    pub fn fingerprint(&self) -> String {
        let mut sum = Sha256::new();
        for file in &self.files {
            sum.update(file.name.as_bytes());
            sum.update([0]);
            sum.update(Sha256::digest(file.text.as_bytes()));
        }
        for mistake in &self.unread {
            sum.update(mistake.to_string().as_bytes());
        }
        hex::encode(sum.finalize())
    }
}

fn paths(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("cannot be read: {error}"))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    paths.sort();
    if paths.is_empty() {
        return Err("holds no *.toml file".to_owned());
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_changes_with_every_text_and_name() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
        write("a.toml", "x = 1\n");
        write("note.txt", "is not read");
        let first = Source::read(folder.path());
        assert_eq!(first.files().len(), 1);
        assert_eq!(first.fingerprint(), Source::read(folder.path()).fingerprint());
        let edited = first.clone().with("a.toml", "x = 2\n".to_owned());
        assert_ne!(first.fingerprint(), edited.fingerprint());
        assert_eq!(first.clone().with("../b.toml", String::new()), first);
        write("b.toml", "");
        assert_ne!(first.fingerprint(), Source::read(folder.path()).fingerprint());
        fs::write(folder.path().join("c.toml"), [b'#', b'\n', 0xff]).unwrap();
        let broken = Source::read(folder.path());
        assert_eq!(broken.unread()[0].line, 2);
        assert_eq!(broken.unread()[0].message, "is not UTF-8 from here on");
    }
}
