//! What changes would do: to the texts of the files, and to whether the knowledge is in order.

use similar::TextDiff;

use crate::catalog::{Catalog, Change, Conflict, EditError, ItemName, Mistake, Mistakes, Source};
use crate::catalog::{Content, Item};
use crate::editing::EditingError;

/// Lines around a change that are shown with it.
const AROUND: usize = 3;

/// What changes in a file, as a unified diff.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FileDiff {
    /// The file's name.
    pub file: String,
    /// The diff, without the lines that name the file.
    pub diff: String,
}

/// A mistake, with the item and the field that it is about where that is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// The file's name; empty when the whole folder is meant.
    pub file: String,
    /// The line, from 1; 0 when no line is meant.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// Which item.
    pub item: Option<ItemName>,
    /// Which field of it, such as `answer.en`.
    pub field: Option<String>,
}

/// An item that somebody else has changed in the meantime: both what is wanted, and what is there now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rival {
    /// Which item.
    pub name: ItemName,
    /// What is wanted; nothing when it is to be removed.
    pub yours: Option<Content>,
    /// What is there now; nothing when it is gone.
    pub theirs: Option<Item>,
}

/// What changes would do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// To the files.
    pub diffs: Vec<FileDiff>,
    /// What would be wrong.
    pub mistakes: Vec<Told>,
    /// What somebody else has changed.
    pub rivals: Vec<Rival>,
}

/// The diffs of all files that differ.
pub(super) fn diffs(before: &Source, after: &Source) -> Vec<FileDiff> {
    let pairs = after.files().iter().filter_map(|file| Some((before.file(&file.name)?, file)));
    let differing = pairs.filter(|(old, new)| old.text != new.text);
    let diff = differing.map(|(old, new)| {
        let diff = TextDiff::from_lines(&old.text, &new.text);
        let told = diff.unified_diff().context_radius(AROUND).to_string();
        FileDiff { file: new.name.clone(), diff: told }
    });
    diff.collect()
}

/// What is wrong with the texts, if anything.
pub(super) fn mistakes(source: &Source) -> Vec<Told> {
    match Catalog::of(source) {
        Ok(_) => vec![],
        Err(Mistakes(mistakes)) => told(source, mistakes),
    }
}

pub(super) fn told(source: &Source, mistakes: Vec<Mistake>) -> Vec<Told> {
    let told = mistakes.into_iter().map(|mistake| {
        let (item, field) = source.place_of(&mistake).unzip();
        let is_folder = mistake.file == source.folder();
        let name = mistake.file.file_name().filter(|_| !is_folder);
        let file = name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        // other places are told by the names of their files alone
        let folder = format!("{}/", source.folder().display());
        let message = mistake.message.replace(&folder, "");
        Told { file, line: mistake.line, message, item, field }
    });
    told.collect()
}

/// The texts after changes.
pub(super) fn edited(source: &Source, changes: &[Change]) -> Result<Source, EditingError> {
    source.edited(changes).map_err(|error| match error {
        EditError::Conflict(conflicts) => EditingError::Rivals(rivals(conflicts, changes)),
        other => EditingError::Edit(other),
    })
}

fn rivals(conflicts: Vec<Conflict>, changes: &[Change]) -> Vec<Rival> {
    let rival = |Conflict { name, current }: Conflict| {
        let wish = changes.iter().find(|change| change.name == name);
        let yours = wish.and_then(|change| change.content.clone());
        Rival { name, yours, theirs: current }
    };
    conflicts.into_iter().map(rival).collect()
}
