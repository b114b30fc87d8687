//! What people edit: FAQ entries and intents as values, each with the file and the lines on which it
//! stands, and a version that changes with what it says (not with comments or the order of keys).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use toml::Spanned;

use crate::catalog::file::{FaqTable, File, IntentTable, ListTable, TextTable};
use crate::catalog::mistakes::Collector;
use crate::catalog::{ByLanguage, Mistake, Source, SourceFile};

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ItemKind {
    /// A question with its answer.
    Faq,
    /// Something that customers want.
    Intent,
}

/// What names an item: its kind, and its id or name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ItemName {
    /// Its kind.
    pub kind: ItemKind,
    /// Its id or name.
    pub id: String,
}

/// An FAQ entry as it is edited; empty texts and lists are left out of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaqContent {
    /// Its id.
    pub id: String,
    /// Its category.
    #[serde(default)]
    pub category: Option<String>,
    /// The question.
    #[serde(default)]
    pub question: ByLanguage<String>,
    /// Other ways to ask it.
    #[serde(default)]
    pub variants: ByLanguage<Vec<String>>,
    /// The answer.
    #[serde(default)]
    pub answer: ByLanguage<String>,
    /// The sites on which it is found.
    #[serde(default)]
    pub sites: Vec<String>,
    /// The segments of customers that find it.
    #[serde(default)]
    pub segments: Vec<String>,
}

/// An intent as it is edited; empty texts and lists are left out of the file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntentContent {
    /// Its name.
    pub id: String,
    /// Its category.
    #[serde(default)]
    pub category: Option<String>,
    /// The FAQ entry that answers it.
    #[serde(default)]
    pub entry: Option<String>,
    /// `ask` (also when empty), `smalltalk` or `human`.
    #[serde(default)]
    pub act: String,
    /// How customers say it.
    #[serde(default)]
    pub examples: ByLanguage<Vec<String>>,
    /// The words that answer it.
    #[serde(default)]
    pub reply: ByLanguage<String>,
}

/// What an item says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Content {
    /// A question with its answer.
    Faq(FaqContent),
    /// Something that customers want.
    Intent(IntentContent),
}

impl Content {
    /// What names it.
    pub fn name(&self) -> ItemName {
        match self {
            Self::Faq(faq) => ItemName { kind: ItemKind::Faq, id: faq.id.clone() },
            Self::Intent(intent) => ItemName { kind: ItemKind::Intent, id: intent.id.clone() },
        }
    }

    /// Changes with everything that the item says.
    pub fn version(&self) -> String {
        let bytes = serde_json::to_vec(self).unwrap_or_default();
        hex::encode(Sha256::digest(bytes).iter().take(10).copied().collect::<Vec<u8>>())
    }

    /// The same without space at the ends of texts, without empty texts in lists, and with `ask` said
    /// where no act is.
    #[must_use]
    pub fn tidied(self) -> Self {
        match self {
            Self::Faq(faq) => Self::Faq(FaqContent {
                id: tidy(&faq.id),
                category: faq.category.map(|name| tidy(&name)).filter(|name| !name.is_empty()),
                question: tidy_texts(&faq.question),
                variants: tidy_lists(&faq.variants),
                answer: tidy_texts(&faq.answer),
                sites: tidy_list(&faq.sites),
                segments: tidy_list(&faq.segments),
            }),
            Self::Intent(intent) => {
                let act = tidy(&intent.act);
                Self::Intent(IntentContent {
                    id: tidy(&intent.id),
                    category: intent.category.map(|name| tidy(&name)).filter(|n| !n.is_empty()),
                    entry: intent.entry.map(|name| tidy(&name)).filter(|name| !name.is_empty()),
                    act: if act.is_empty() { "ask".to_owned() } else { act },
                    examples: tidy_lists(&intent.examples),
                    reply: tidy_texts(&intent.reply),
                })
            }
        }
    }
}

fn tidy(text: &str) -> String {
    text.trim().replace("\r\n", "\n")
}

fn tidy_texts(texts: &ByLanguage<String>) -> ByLanguage<String> {
    ByLanguage { en: tidy(&texts.en), zh: tidy(&texts.zh) }
}

fn tidy_list(list: &[String]) -> Vec<String> {
    list.iter().map(|text| tidy(text)).filter(|text| !text.is_empty()).collect()
}

fn tidy_lists(lists: &ByLanguage<Vec<String>>) -> ByLanguage<Vec<String>> {
    ByLanguage { en: tidy_list(&lists.en), zh: tidy_list(&lists.zh) }
}

/// An item where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it says.
    pub content: Content,
    /// The name of its file.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
    /// The lines of its fields, such as `answer.en` or `variants.zh[2]`.
    lines: BTreeMap<usize, String>,
}

impl Item {
    /// The field that a mistake of this item is about.
    fn field(&self, mistake: &Mistake) -> Option<String> {
        let at_line = self.lines.get(&mistake.line)?;
        // some mistakes are about what is missing
        let missing = ["question.en", "question.zh", "answer.en", "answer.zh", "examples", "reply"];
        let is_named = |field: &&&str| mistake.message.ends_with(&format!(" has no {field}"));
        let named = missing.iter().find(is_named).map(|field| match *field {
            "examples" => "examples.en".to_owned(),
            other => other.to_owned(),
        });
        let rest = if mistake.message.ends_with("needs an entry or a reply") {
            Some("entry".to_owned())
        } else if mistake.message.ends_with("needs a reply") {
            Some("reply.en".to_owned())
        } else if mistake.message.ends_with("has neither question nor answer") {
            Some("question.en".to_owned())
        } else {
            None
        };
        Some(named.or(rest).unwrap_or_else(|| at_line.clone()))
    }
}

impl Source {
    /// All items of the files that can be read as TOML; of two with the same name the first.
    pub fn items(&self) -> BTreeMap<ItemName, Item> {
        let mut items = BTreeMap::new();
        for item in self.files().iter().flat_map(|file| items_of(self, file)) {
            items.entry(item.content.name()).or_insert(item);
        }
        items
    }

    /// The item and the field that a mistake is about.
    pub fn place_of(&self, mistake: &Mistake) -> Option<(ItemName, String)> {
        let name = mistake.file.file_name()?.to_str()?;
        let items = items_of(self, self.file(name)?);
        let found = |item: &Item| Some((item.content.name(), item.field(mistake)?));
        items.iter().find_map(found)
    }
}

fn items_of(source: &Source, file: &SourceFile) -> Vec<Item> {
    let Ok(tables) = toml::from_str::<File>(&file.text) else { return vec![] };
    let path = source.path(&file.name);
    let lines = Collector::new(&path, &file.text);
    let faq = tables.faq.into_iter().map(|table| faq_item(table, &file.name, &lines));
    let intents = tables.intent.into_iter().map(|table| intent_item(table, &file.name, &lines));
    faq.chain(intents).collect()
}

/// Notes on which lines the fields of an item stand.
struct Noting<'a> {
    lines: &'a Collector<'a>,
    noted: BTreeMap<usize, String>,
}

impl Noting<'_> {
    fn note(&mut self, span: std::ops::Range<usize>, field: impl Into<String>) -> usize {
        let line = self.lines.line(span.start);
        self.noted.entry(line).or_insert_with(|| field.into());
        line
    }

    fn text(&mut self, text: Option<Spanned<String>>, field: &str) -> String {
        text.map_or_else(String::new, |text| {
            self.note(text.span(), field);
            text.into_inner()
        })
    }

    fn name(&mut self, text: Option<Spanned<String>>, field: &str) -> Option<String> {
        text.map(|text| self.text(Some(text), field))
    }

    fn texts(&mut self, table: TextTable, field: &str) -> ByLanguage<String> {
        let en = self.text(table.en, &format!("{field}.en"));
        ByLanguage { en, zh: self.text(table.zh, &format!("{field}.zh")) }
    }

    fn list(&mut self, list: Vec<Spanned<String>>, field: &str) -> Vec<String> {
        let mut on_lines: BTreeMap<usize, usize> = BTreeMap::new();
        for text in &list {
            *on_lines.entry(self.lines.line(text.span().start)).or_default() += 1;
        }
        let numbered = list.into_iter().enumerate();
        let taken = numbered.map(|(at, text)| {
            let is_alone = on_lines.get(&self.lines.line(text.span().start)) == Some(&1);
            let place = if is_alone { format!("{field}[{at}]") } else { field.to_owned() };
            self.note(text.span(), place);
            text.into_inner()
        });
        taken.collect()
    }

    fn lists(&mut self, table: ListTable, field: &str) -> ByLanguage<Vec<String>> {
        let en = self.list(table.en, &format!("{field}.en"));
        ByLanguage { en, zh: self.list(table.zh, &format!("{field}.zh")) }
    }

    fn names(&mut self, list: Option<Spanned<Vec<Spanned<String>>>>, field: &str) -> Vec<String> {
        let Some(list) = list else { return vec![] };
        self.note(list.span(), field);
        list.into_inner().into_iter().map(Spanned::into_inner).collect()
    }
}

fn faq_item(table: FaqTable, file: &str, lines: &Collector<'_>) -> Item {
    let mut noting = Noting { lines, noted: BTreeMap::new() };
    let line = noting.note(table.id.span(), "id");
    let content = Content::Faq(FaqContent {
        id: table.id.into_inner(),
        category: noting.name(table.category, "category"),
        question: noting.texts(table.question, "question"),
        variants: noting.lists(table.variants, "variants"),
        answer: noting.texts(table.answer, "answer"),
        sites: noting.names(table.sites, "sites"),
        segments: noting.names(table.segments, "segments"),
    });
    Item { content: content.tidied(), file: file.to_owned(), line, lines: noting.noted }
}

fn intent_item(table: IntentTable, file: &str, lines: &Collector<'_>) -> Item {
    let mut noting = Noting { lines, noted: BTreeMap::new() };
    let line = noting.note(table.name.span(), "id");
    let reply = table.reply.map(|reply| {
        noting.note(reply.span(), "reply.en");
        reply.into_inner()
    });
    let content = Content::Intent(IntentContent {
        id: table.name.into_inner(),
        category: noting.name(table.category, "category"),
        entry: noting.name(table.entry, "entry"),
        act: noting.text(table.act, "act"),
        examples: noting.lists(table.examples, "examples"),
        reply: noting.texts(reply.unwrap_or_default(), "reply"),
    });
    Item { content: content.tidied(), file: file.to_owned(), line, lines: noting.noted }
}
