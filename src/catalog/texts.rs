//! Texts and names of knowledge tables, as they are read everywhere.

use toml::Spanned;

use crate::catalog::ByLanguage;
use crate::catalog::file::TextTable;
use crate::catalog::mistakes::Collector;
use crate::domain::UrgencyLevel;

/// Most intents, and most categories. Each is a machine that sees every example.
const MOST_CLASSES: usize = 1_000;

pub(super) fn level(name: &Spanned<String>, notes: &mut Collector<'_>) -> Option<UrgencyLevel> {
    let level = UrgencyLevel::ALL.into_iter().find(|level| level.name() == name.as_ref());
    if level.is_none() {
        let message = format!("`{}` is none of low, normal, high, urgent", name.as_ref());
        notes.note(name.span().start, message);
    }
    level
}

/// Notes the first of too many: the others say nothing new.
pub(super) fn limit(kind: &str, before: usize, name: &Spanned<String>, notes: &mut Collector<'_>) {
    if before == MOST_CLASSES {
        let message = format!("{kind} `{}` is one too many: {MOST_CLASSES} at most", name.as_ref());
        notes.note(name.span().start, message);
    }
}

pub(super) fn texts(table: TextTable, notes: &mut Collector<'_>) -> ByLanguage<String> {
    let mut text = |text: Option<Spanned<String>>| {
        let Some(text) = text else { return String::new() };
        let at = text.span().start;
        let trimmed = text.as_ref().trim().to_owned();
        if trimmed.is_empty() {
            notes.note(at, "the text is empty");
        }
        trimmed
    };
    ByLanguage { en: text(table.en), zh: text(table.zh) }
}

pub(super) fn both(
    table: Spanned<TextTable>,
    what: &str,
    notes: &mut Collector<'_>,
) -> ByLanguage<String> {
    let at = table.span().start;
    let table = table.into_inner();
    for (language, text) in [("en", &table.en), ("zh", &table.zh)] {
        if text.is_none() {
            notes.note(at, format!("{what} has no {language}"));
        }
    }
    texts(table, notes)
}
