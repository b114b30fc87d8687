//! What the knowledge's editor shows and takes: items, changes, mistakes, versions, and what the bot
//! would do.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::catalog::{Catalog, Change, Content, FaqEntry, Item, ItemKind, ItemName};
use crate::conversation::rehearse::Heard;
use crate::domain::{Action, Language, Outcome, Scored, Urgency};
use crate::editing::{Checked, EditingError, Rival, Told, Version};
use crate::gateway::error::ApiError;

/// Most changes of one publication.
const MOST_CHANGES: usize = 500;

/// What somebody wants to change of one item.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeBody {
    /// `faq` or `intent`.
    #[schema(value_type = String, example = "faq")]
    kind: ItemKind,
    /// Its id or name.
    #[schema(example = "return-window")]
    id: String,
    /// The `version` of the item that was opened; nothing for a new one.
    base: Option<String>,
    /// The file of a new item.
    file: Option<String>,
    /// What it is to say; nothing to remove it.
    #[schema(value_type = Option<Object>)]
    content: Option<Content>,
}

/// Changes, as they are checked and tried out.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangesBody {
    /// What is to change.
    pub(super) changes: Vec<ChangeBody>,
}

/// The changes as the editor takes them.
pub(super) fn changes(bodies: Vec<ChangeBody>) -> Result<Vec<Change>, ApiError> {
    if bodies.len() > MOST_CHANGES {
        let message = format!("{MOST_CHANGES} at most");
        return Err(ApiError::InvalidField { field: "changes", message });
    }
    let change = |ChangeBody { kind, id, base, file, content }: ChangeBody| {
        let name = ItemName { kind, id: id.trim().to_owned() };
        Change { name, base, file, content }
    };
    Ok(bodies.into_iter().map(change).collect())
}

/// An item with everything that it says.
pub(super) fn item(item: &Item) -> Value {
    let ItemName { kind, id } = item.content.name();
    json!({
        "kind": kind, "id": id, "file": item.file, "line": item.line,
        "version": item.content.version(), "content": item.content,
    })
}

/// An item as a list shows it.
pub(super) fn row(item: &Item) -> Value {
    let ItemName { kind, id } = item.content.name();
    let (title, count, category) = match &item.content {
        Content::Faq(faq) => (
            json!(faq.question),
            json!({ "en": faq.variants.en.len(), "zh": faq.variants.zh.len() }),
            &faq.category,
        ),
        Content::Intent(intent) => {
            let first = |list: &[String]| list.first().cloned().unwrap_or_default();
            let examples = &intent.examples;
            (
                json!({ "en": first(&examples.en), "zh": first(&examples.zh) }),
                json!({ "en": examples.en.len(), "zh": examples.zh.len() }),
                &intent.category,
            )
        }
    };
    json!({
        "kind": kind, "id": id, "file": item.file, "line": item.line, "category": category,
        "version": item.content.version(), "title": title, "texts": count,
    })
}

/// A mistake with the field that it is about.
pub(super) fn mistake(told: &Told) -> Value {
    let Told { file, line, message, item, field } = told;
    json!({ "file": file, "line": line, "message": message, "item": item, "field": field })
}

fn rival(rival: &Rival) -> Value {
    let Rival { name, yours, theirs } = rival;
    json!({
        "kind": name.kind, "id": name.id, "yours": yours, "theirs": theirs.as_ref().map(item),
    })
}

/// What changes would do.
pub(super) fn checked(checked: &Checked) -> Value {
    let Checked { diffs, mistakes, rivals } = checked;
    json!({
        "diffs": diffs,
        "mistakes": mistakes.iter().map(mistake).collect::<Vec<_>>(),
        "conflicts": rivals.iter().map(rival).collect::<Vec<_>>(),
    })
}

/// A version; the diffs only where one is looked at.
pub(super) fn version(version: &Version, with_diffs: bool) -> Value {
    let items = version.items.iter().map(|item| {
        json!({ "kind": item.name.kind, "id": item.name.id, "file": item.file, "what": item.what() })
    });
    let Version { number, at, by, note, takes_back, diffs, .. } = version;
    let mut told = json!({
        "number": number, "at": at, "by": by, "note": note, "takes_back": takes_back,
        "items": items.collect::<Vec<_>>(),
        "files": diffs.iter().map(|diff| &diff.file).collect::<Vec<_>>(),
    });
    if with_diffs && let Some(fields) = told.as_object_mut() {
        fields.insert("diffs".to_owned(), json!(diffs));
    }
    told
}

/// The code, the status and what stands beside them when the knowledge is not changed.
pub(super) fn refusal(error: &EditingError) -> Result<(u16, Value), ApiError> {
    let told = |code: &str, more: Value| {
        let mut body = json!({ "error": { "code": code, "message": error.to_string() } });
        if let (Some(fields), Value::Object(more)) = (body.as_object_mut(), more) {
            fields.extend(more);
        }
        body
    };
    match error {
        EditingError::Rivals(rivals) => {
            let rivals: Vec<Value> = rivals.iter().map(rival).collect();
            Ok((409, told("knowledge_conflict", json!({ "conflicts": rivals }))))
        }
        EditingError::Mistakes(mistakes) => {
            let mistakes: Vec<Value> = mistakes.iter().map(mistake).collect();
            Ok((422, told("knowledge_mistakes", json!({ "mistakes": mistakes }))))
        }
        EditingError::Edit(_) => Ok((422, told("knowledge_change", json!({})))),
        EditingError::ReadOnly(_) => Ok((409, told("knowledge_read_only", json!({})))),
        EditingError::Nothing => Ok((409, told("unchanged", json!({})))),
        EditingError::Moving => Ok((409, told("knowledge_moving", json!({})))),
        EditingError::NoVersion => Err(ApiError::NotFound),
        EditingError::Store => Err(ApiError::NotReady),
    }
}

/// An entry that may answer, by its question.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
pub(super) struct Likely {
    /// Its id.
    id: String,
    /// Its question, in the message's language where it has one.
    title: String,
    /// How likely it answers.
    confidence: f32,
}

/// What the bot would do about a message.
#[derive(Clone, PartialEq, Serialize, ToSchema)]
pub(super) struct HeardView {
    /// `answered`, `clarified`, `fallback`, `smalltalk`, `handed_off` or `silent`.
    does: Value,
    /// What it says.
    says: String,
    /// The entry that it answers with.
    entry: Option<String>,
    /// The labels of the buttons.
    choices: Vec<String>,
    /// The language of the answer.
    language: Language,
    /// The likeliest intent.
    intent: Option<Scored>,
    /// How much the message presses.
    urgency: Urgency,
    /// The likeliest entries.
    answers: Vec<Likely>,
}

impl HeardView {
    /// What was heard, with the questions of a catalog.
    pub(super) fn of(heard: Heard, catalog: &Catalog) -> Self {
        let Heard { reading, actions } = heard;
        let mut view = Self {
            does: json!("silent"),
            says: String::new(),
            entry: None,
            choices: vec![],
            language: reading.language,
            intent: reading.intent,
            urgency: reading.urgency,
            answers: vec![],
        };
        for action in actions {
            match action {
                Action::Say { text, outcome, entry, choices, .. } if view.says.is_empty() => {
                    if view.does != json!(Outcome::HandedOff) {
                        view.does = json!(outcome);
                    }
                    view.says = text;
                    view.entry = entry;
                    view.choices = choices.into_iter().map(|choice| choice.label).collect();
                }
                Action::Say { .. } | Action::Task(_) => {}
                Action::Handoff { .. } => view.does = json!(Outcome::HandedOff),
            }
        }
        let likely = reading.answers.into_iter().map(|answer| {
            let entry = catalog.entries.iter().find(|entry| entry.id == answer.id);
            let title = entry.map(|entry| title(entry, view.language)).unwrap_or_default();
            Likely { id: answer.id, title, confidence: answer.confidence }
        });
        view.answers = likely.collect();
        view
    }

    /// Whether a customer would notice the difference.
    pub(super) fn differs(&self, other: &Self) -> bool {
        (&self.does, &self.entry, &self.says, &self.choices)
            != (&other.does, &other.entry, &other.says, &other.choices)
    }
}

fn title(entry: &FaqEntry, language: Language) -> String {
    let own = entry.question.get(language);
    let other = [&entry.question.en, &entry.question.zh];
    let found = std::iter::once(own).chain(other).find(|question| !question.is_empty());
    found.cloned().unwrap_or_default()
}
