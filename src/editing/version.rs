//! A publication as it is kept: who, when, what changed, and the texts that it replaced, so that it can
//! be taken back.

use std::collections::BTreeSet;
use std::io::{Read, Write};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use serde::{Deserialize, Serialize};

use crate::catalog::{Change, Content, ItemName, Source};
use crate::domain::{AgentId, Timestamp};
use crate::editing::{EditingError, FileDiff};

/// Who publishes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// Who.
    pub id: AgentId,
    /// The name at that time.
    pub name: String,
}

/// What happened to an item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum What {
    /// It is new.
    Added,
    /// It says something else.
    Changed,
    /// It is gone.
    Removed,
}

/// An item that a version changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionItem {
    /// Which.
    pub name: ItemName,
    /// What it said before; nothing when it was not there.
    pub before: Option<Content>,
    /// What it says since; nothing when it is gone.
    pub after: Option<Content>,
    /// Its file.
    pub file: String,
}

impl VersionItem {
    /// What happened to it.
    pub fn what(&self) -> What {
        match (&self.before, &self.after) {
            (None, _) => What::Added,
            (Some(_), Some(_)) => What::Changed,
            (Some(_), None) => What::Removed,
        }
    }
}

/// What a version took back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Taking {
    /// What one version had changed.
    Undo(u64),
    /// Everything that came after one version.
    Restore(u64),
}

/// A publication.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// 1, 2, 3 …
    pub number: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Author,
    /// What they say about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// What it takes back, if so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub takes_back: Option<Taking>,
    /// The items that it changed.
    pub items: Vec<VersionItem>,
    /// What it changed in the files.
    pub diffs: Vec<FileDiff>,
    /// The texts that it replaced.
    pub(super) files: Vec<StoredFile>,
    /// Whether the files are written; a crash leaves a version that is not.
    pub(super) is_done: bool,
}

/// A file's text before a version, and what stands for the one after it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct StoredFile {
    pub(super) name: String,
    /// Deflated, as base64.
    before: String,
    pub(super) after: String,
}

impl StoredFile {
    /// What is kept of a file whose text is replaced.
    pub(super) fn of(name: &str, before: &str, after_fingerprint: String) -> Option<Self> {
        let mut deflate = DeflateEncoder::new(Vec::new(), Compression::default());
        deflate.write_all(before.as_bytes()).ok()?;
        let before = STANDARD.encode(deflate.finish().ok()?);
        Some(Self { name: name.to_owned(), before, after: after_fingerprint })
    }

    /// The text before.
    pub(super) fn before(&self) -> Option<String> {
        let bytes = STANDARD.decode(&self.before).ok()?;
        let mut text = String::new();
        DeflateDecoder::new(bytes.as_slice()).read_to_string(&mut text).ok()?;
        Some(text)
    }
}

impl Version {
    /// The texts without what this version changed: exactly as before where nobody has touched the
    /// files since, else item by item.
    pub(super) fn undone(&self, now: &Source) -> Result<Source, EditingError> {
        let is_untouched = |file: &StoredFile| {
            now.file(&file.name).is_some_and(|now| now.fingerprint() == file.after)
        };
        if self.files.iter().all(is_untouched) {
            return self.before(now.clone());
        }
        let changes: Vec<Change> = self.items.iter().map(undoing).collect();
        crate::editing::changes::edited(now, &changes)
    }

    /// The texts as they were before this version, in the files that it changed.
    pub(super) fn before(&self, now: Source) -> Result<Source, EditingError> {
        self.files.iter().try_fold(now, |source, file| {
            let text = file.before().ok_or(EditingError::Store)?;
            Ok(source.with(&file.name, text))
        })
    }
}

fn undoing(item: &VersionItem) -> Change {
    Change {
        name: item.name.clone(),
        base: item.after.as_ref().map(Content::version),
        file: Some(item.file.clone()),
        content: item.before.clone(),
    }
}

/// The items that differ between two states of the files.
pub(super) fn differing(before: &Source, after: &Source) -> Vec<VersionItem> {
    let (before, after) = (before.items(), after.items());
    let names: BTreeSet<&ItemName> = before.keys().chain(after.keys()).collect();
    let differing = names.into_iter().filter_map(|name| {
        let (old, new) = (before.get(name), after.get(name));
        let file = new.or(old)?.file.clone();
        let (before, after) = (old.map(|i| i.content.clone()), new.map(|i| i.content.clone()));
        let item = VersionItem { name: name.clone(), before, after, file };
        (item.before != item.after).then_some(item)
    });
    differing.collect()
}
