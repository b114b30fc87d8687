//! The shape of flows and actions in a knowledge file.

use std::collections::BTreeMap;

use serde::Deserialize;
use toml::Spanned;

use crate::catalog::file::{ListTable, TextTable};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::catalog) struct FlowTable {
    pub(super) name: Spanned<String>,
    pub(super) title: Spanned<TextTable>,
    #[serde(default)]
    pub(super) intents: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) entries: Vec<Spanned<String>>,
    #[serde(default)]
    pub(super) patterns: Vec<Spanned<String>>,
    pub(super) start: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) when: Vec<Spanned<WhenTable>>,
    #[serde(default)]
    pub(super) slot: Vec<SlotTable>,
    #[serde(default)]
    pub(super) step: Vec<StepTable>,
    #[serde(default)]
    pub(super) labels: BTreeMap<Spanned<String>, BTreeMap<String, Spanned<TextTable>>>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SlotTable {
    pub(super) name: Spanned<String>,
    pub(super) r#type: Spanned<String>,
    pub(super) label: Option<Spanned<TextTable>>,
    #[serde(default)]
    pub(super) words: ListTable,
    pub(super) ask: Option<Spanned<TextTable>>,
    pub(super) again: Option<Spanned<TextTable>>,
    #[serde(default)]
    pub(super) optional: bool,
    #[serde(default)]
    pub(super) recall: bool,
    pub(super) pattern: Option<Spanned<String>>,
    pub(super) countries: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) from_days: Option<Spanned<i64>>,
    pub(super) to_days: Option<Spanned<i64>>,
    pub(super) currency: Option<Spanned<String>>,
    pub(super) least: Option<Spanned<f64>>,
    pub(super) most: Option<Spanned<f64>>,
    pub(super) entity: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) option: Vec<OptionTable>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OptionTable {
    pub(super) value: Spanned<String>,
    pub(super) label: Spanned<TextTable>,
    #[serde(default)]
    pub(super) words: ListTable,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WhenTable {
    pub(super) slot: Option<Spanned<String>>,
    pub(super) is: Option<String>,
    pub(super) is_not: Option<String>,
    pub(super) given: Option<bool>,
    pub(super) above: Option<f64>,
    pub(super) below: Option<f64>,
    pub(super) language: Option<String>,
    pub(super) segment: Option<String>,
    pub(super) not_segment: Option<String>,
    pub(super) hours: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StepTable {
    pub(super) id: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) when: Vec<Spanned<WhenTable>>,
    pub(super) collect: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) anew: Option<Spanned<bool>>,
    pub(super) confirm: Option<Spanned<TextTable>>,
    pub(super) call: Option<Spanned<String>>,
    pub(super) missing: Option<Spanned<String>>,
    pub(super) refused: Option<Spanned<String>>,
    pub(super) failed: Option<Spanned<String>>,
    pub(super) say: Option<Spanned<TextTable>>,
    pub(super) handoff: Option<Spanned<bool>>,
    pub(super) end: Option<Spanned<bool>>,
    pub(super) then: Option<Spanned<String>>,
}

impl StepTable {
    /// Where it stands: at the first of its fields.
    pub(super) fn at(&self) -> usize {
        let fields = [
            self.id.as_ref().map(|field| field.span().start),
            self.when.first().map(|field| field.span().start),
            self.collect.as_ref().map(|field| field.span().start),
            self.confirm.as_ref().map(|field| field.span().start),
            self.call.as_ref().map(|field| field.span().start),
            self.say.as_ref().map(|field| field.span().start),
            self.handoff.as_ref().map(|field| field.span().start),
            self.end.as_ref().map(|field| field.span().start),
            self.then.as_ref().map(|field| field.span().start),
        ];
        fields.into_iter().flatten().min().unwrap_or_default()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::catalog) struct ActionTable {
    pub(super) name: Spanned<String>,
    pub(super) method: Spanned<String>,
    pub(super) url: Spanned<String>,
    #[serde(default)]
    pub(super) headers: BTreeMap<Spanned<String>, Spanned<String>>,
    pub(super) body: Option<Spanned<toml::Value>>,
    pub(super) timeout_ms: Option<Spanned<u64>>,
    #[serde(default)]
    pub(super) honours_key: bool,
    #[serde(default)]
    pub(super) results: BTreeMap<Spanned<String>, Spanned<String>>,
    #[serde(default)]
    pub(super) optional: Vec<Spanned<String>>,
}
