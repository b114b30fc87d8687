//! Labelled messages: one text with what it is.

use toml::Spanned;

use crate::catalog::LabelledMessage;
use crate::catalog::file::MessageTable;
use crate::catalog::load::Loader;
use crate::catalog::mistakes::Collector;
use crate::catalog::texts::level;
use crate::domain::{QuestionType, Sentiment};

impl Loader {
    /// Takes a labelled message; the same text twice is a mistake.
    pub(super) fn message(&mut self, table: MessageTable, notes: &mut Collector<'_>) {
        let MessageTable { text, urgency, category, sentiment, wants_human, r#type } = table;
        let at = text.span().start;
        let has_label = urgency.is_some()
            || category.is_some()
            || sentiment.is_some()
            || wants_human.is_some()
            || r#type.is_some();
        if !has_label {
            notes.note(at, "a labelled message has one label or more");
        }
        if text.as_ref().trim().is_empty() {
            return notes.note(at, "the text of a labelled message is empty");
        }
        let text = self.define("labelled message", &text, notes);
        self.catalog.places.note_text(&text, notes.place(at));
        let category = self.refer("category", category, notes);
        let urgency = urgency.and_then(|name| level(&name, notes));
        let sentiment = sentiment.and_then(|name| one_of(&Sentiment::ALL, &name, notes));
        let question_type = r#type.and_then(|name| one_of(&QuestionType::ALL, &name, notes));
        let message =
            LabelledMessage { text, urgency, category, sentiment, wants_human, question_type };
        self.catalog.messages.push(message);
    }
}

fn one_of<T: Copy>(
    all: &[(T, &str)],
    name: &Spanned<String>,
    notes: &mut Collector<'_>,
) -> Option<T> {
    let found = all.iter().find(|(_, known)| known == name.as_ref()).map(|(value, _)| *value);
    if found.is_none() {
        let known: Vec<&str> = all.iter().map(|(_, known)| *known).collect();
        let message = format!("`{}` is none of {}", name.as_ref(), known.join(", "));
        notes.note(name.span().start, message);
    }
    found
}
