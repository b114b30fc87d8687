//! The shape of a knowledge file, as TOML: what serde reads, with the places of what may be wrong.

use serde::Deserialize;
use toml::Spanned;

use crate::catalog::flows::{ActionTable, FlowTable};

/// One file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    #[serde(default)]
    pub(super) intent: Vec<IntentTable>,
    #[serde(default)]
    pub(super) faq: Vec<FaqTable>,
    #[serde(default)]
    pub(super) category: Vec<CategoryTable>,
    #[serde(default)]
    pub(super) urgency: Vec<UrgencyTable>,
    #[serde(default)]
    pub(super) message: Vec<MessageTable>,
    #[serde(default)]
    pub(super) rule: Vec<RuleTable>,
    #[serde(default)]
    pub(super) product: Vec<ProductTable>,
    #[serde(default)]
    pub(super) entity: Vec<EntityTable>,
    #[serde(default)]
    pub(super) synonym: Vec<SynonymTable>,
    #[serde(default)]
    pub(super) flow: Vec<FlowTable>,
    #[serde(default)]
    pub(super) action: Vec<ActionTable>,
    #[serde(default)]
    pub(super) replies: std::collections::BTreeMap<Spanned<String>, TextTable>,
}

/// A text in both languages.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextTable {
    pub(super) en: Option<Spanned<String>>,
    pub(super) zh: Option<Spanned<String>>,
}

/// Texts in both languages.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ListTable {
    #[serde(default)]
    pub(super) en: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) zh: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct IntentTable {
    pub(super) name: Spanned<String>,
    pub(super) category: Option<Spanned<String>>,
    pub(super) entry: Option<Spanned<String>>,
    pub(super) act: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) examples: ListTable,
    pub(super) reply: Option<Spanned<TextTable>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaqTable {
    pub(super) id: Spanned<String>,
    pub(super) category: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) question: TextTable,
    #[serde(default)]
    pub(super) variants: ListTable,
    #[serde(default)]
    pub(super) answer: TextTable,
    pub(super) sites: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) segments: Option<Spanned<Vec<Spanned<String>>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct CategoryTable {
    pub(super) name: Spanned<String>,
    #[serde(default)]
    pub(super) examples: ListTable,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct UrgencyTable {
    pub(super) level: Spanned<String>,
    #[serde(default)]
    pub(super) examples: ListTable,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleTable {
    pub(super) pattern: Spanned<String>,
    pub(super) wants_human: Option<Spanned<bool>>,
    pub(super) intent: Option<Spanned<String>>,
    pub(super) urgency: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MessageTable {
    pub(super) text: Spanned<String>,
    pub(super) urgency: Option<Spanned<String>>,
    pub(super) category: Option<Spanned<String>>,
    pub(super) sentiment: Option<Spanned<String>>,
    pub(super) wants_human: Option<bool>,
    pub(super) r#type: Option<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProductTable {
    pub(super) id: Spanned<String>,
    pub(super) name: Spanned<String>,
    #[serde(default)]
    pub(super) synonyms: Vec<Spanned<String>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EntityTable {
    pub(super) name: Spanned<String>,
    pub(super) pattern: Spanned<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SynonymTable {
    pub(super) words: Spanned<ListTable>,
}
