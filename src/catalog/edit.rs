//! Changes of items, carried out on the texts of the files. What comes out is read again and compared
//! with what was wanted, so an edit says exactly what it should, or does not happen.

use std::collections::{BTreeMap, BTreeSet};

use toml_edit::{DocumentMut, Table};

use crate::catalog::table::{remove, set_list, set_lists, set_text, set_texts, tables};
use crate::catalog::{Content, FaqContent, IntentContent, Item, ItemKind, ItemName, Source};

/// What somebody wants to change of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Which item.
    pub name: ItemName,
    /// The version of the item that they have seen; nothing where they make a new one.
    pub base: Option<String>,
    /// The file of a new item.
    pub file: Option<String>,
    /// What it is to say; nothing to remove it.
    pub content: Option<Content>,
}

/// An item that is not as it was when it was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Conflict {
    /// Which item.
    pub name: ItemName,
    /// As it is now; nothing when it is gone.
    pub current: Option<Item>,
}

/// Why changes cannot be carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EditError {
    /// Items have changed since they were opened.
    #[error("an item has changed since it was opened")]
    Conflict(Vec<Conflict>),
    /// A new item is to stand in a file that is not there.
    #[error("the knowledge has no file `{0}`")]
    NoFile(String),
    /// A file is broken, so that nothing can be changed in it.
    #[error("`{0}` cannot be read as TOML; mend it by hand first")]
    Broken(String),
    /// An item is written in a form that cannot be edited here.
    #[error("`{0}` is written in a form that can only be edited by hand")]
    ByHand(String),
    /// Something about the request itself.
    #[error("{0}")]
    Wrong(&'static str),
}

impl Source {
    /// The texts after the changes. Every item must be as it was when it was opened; one that says what
    /// is wanted already is no conflict.
    pub fn edited(&self, changes: &[Change]) -> Result<Self, EditError> {
        let items = self.items();
        let changes = checked(changes, &items)?;
        let mut by_file: BTreeMap<&str, Vec<&Change>> = BTreeMap::new();
        for change in &changes {
            let item = items.get(&change.name);
            let named = item.map(|item| item.file.as_str()).or(change.file.as_deref());
            let Some(file) = named.and_then(|name| self.file(name)) else {
                return Err(EditError::NoFile(named.unwrap_or_default().to_owned()));
            };
            by_file.entry(&file.name).or_default().push(change);
        }
        let mut edited = self.clone();
        for (name, changes) in by_file {
            let text = self.file(name).map_or("", |file| file.text.as_str());
            edited = edited.with(name, rewritten(name, text, &changes)?);
        }
        proven(&items, &edited, &changes)?;
        Ok(edited)
    }
}

/// The changes that are still to be made, tidied.
fn checked(changes: &[Change], items: &BTreeMap<ItemName, Item>) -> Result<Vec<Change>, EditError> {
    let mut seen = BTreeSet::new();
    let (mut conflicts, mut rest) = (Vec::new(), Vec::new());
    for change in changes {
        let mut change = change.clone();
        change.content = change.content.map(Content::tidied);
        if !seen.insert(change.name.clone()) {
            return Err(EditError::Wrong("an item is changed twice"));
        }
        if change.content.as_ref().is_some_and(|content| content.name() != change.name) {
            return Err(EditError::Wrong("what an item is called cannot be changed"));
        }
        if change.name.id.is_empty() || change.name.id.chars().any(char::is_control) {
            return Err(EditError::Wrong("an item has a name of one line"));
        }
        let current = items.get(&change.name);
        if current.map(|item| &item.content) == change.content.as_ref() {
            continue;
        }
        if current.map(|item| item.content.version()) == change.base {
            rest.push(change);
        } else {
            conflicts.push(Conflict { name: change.name, current: current.cloned() });
        }
    }
    if conflicts.is_empty() { Ok(rest) } else { Err(EditError::Conflict(conflicts)) }
}

fn rewritten(name: &str, text: &str, changes: &[&Change]) -> Result<String, EditError> {
    let (mark, plain) = text.strip_prefix('\u{feff}').map_or(("", text), |rest| ("\u{feff}", rest));
    let parsed = plain.parse::<DocumentMut>();
    let mut document = parsed.map_err(|_| EditError::Broken(name.to_owned()))?;
    for change in changes {
        let by_hand = || EditError::ByHand(change.name.id.clone());
        let (kind, key) = match change.name.kind {
            ItemKind::Faq => ("faq", "id"),
            ItemKind::Intent => ("intent", "name"),
        };
        let found = tables(&mut document, kind).ok_or_else(by_hand)?;
        let is_it = |table: &Table| {
            table.get(key).and_then(|id| id.as_str()).map(str::trim) == Some(&change.name.id)
        };
        let at = found.iter().position(is_it);
        match (&change.content, at) {
            (Some(content), Some(at)) => write(found.get_mut(at).ok_or_else(by_hand)?, content),
            (Some(content), None) => {
                let mut table = Table::new();
                write(&mut table, content);
                found.push(table);
            }
            (None, Some(at)) => remove(&mut document, kind, at),
            (None, None) => return Err(by_hand()),
        }
    }
    let written = document.to_string();
    let written = if plain.contains("\r\n") {
        written.replace("\r\n", "\n").replace('\n', "\r\n")
    } else {
        written
    };
    Ok(format!("{mark}{written}"))
}

fn write(table: &mut Table, content: &Content) {
    match content {
        Content::Faq(faq) => write_faq(table, faq),
        Content::Intent(intent) => write_intent(table, intent),
    }
}

fn write_faq(table: &mut Table, faq: &FaqContent) {
    set_text(table, "id", Some(&faq.id));
    set_text(table, "category", faq.category.as_deref());
    set_texts(table, "question", &faq.question);
    set_lists(table, "variants", &faq.variants);
    set_texts(table, "answer", &faq.answer);
    set_list(table, "sites", &faq.sites);
    set_list(table, "segments", &faq.segments);
}

fn write_intent(table: &mut Table, intent: &IntentContent) {
    set_text(table, "name", Some(&intent.id));
    let says_act = table.contains_key("act");
    if says_act || intent.act != "ask" {
        set_text(table, "act", Some(&intent.act));
    }
    set_text(table, "category", intent.category.as_deref());
    set_text(table, "entry", intent.entry.as_deref());
    set_texts(table, "reply", &intent.reply);
    set_lists(table, "examples", &intent.examples);
}

/// What was wanted stands there now, and everything else says what it said before.
fn proven(
    before: &BTreeMap<ItemName, Item>,
    edited: &Source,
    changes: &[Change],
) -> Result<(), EditError> {
    let mut expected: BTreeMap<&ItemName, &Content> =
        before.iter().map(|(name, item)| (name, &item.content)).collect();
    for change in changes {
        match &change.content {
            Some(content) => expected.insert(&change.name, content),
            None => expected.remove(&change.name),
        };
    }
    let after = edited.items();
    let is_same = |name: &ItemName| after.get(name).map(|item| &item.content);
    let names: BTreeSet<&ItemName> = expected.keys().copied().chain(after.keys()).collect();
    let wrong = names.into_iter().find(|name| expected.get(name).copied() != is_same(name));
    wrong.map_or(Ok(()), |name| Err(EditError::ByHand(name.id.clone())))
}

#[cfg(test)]
mod tests;
