//! Reads what a flow asks for.

use toml::Spanned;

use crate::catalog::ByLanguage;
use crate::catalog::flows::check::FlowPlace;
use crate::catalog::flows::file::{OptionTable, SlotTable};
use crate::catalog::flows::load::templates;
use crate::catalog::flows::{FlowSlot, SlotKind, SlotOption};
use crate::catalog::load::Loader;
use crate::catalog::mistakes::Collector;
use crate::catalog::pattern::compiled;
use crate::catalog::texts::both;

/// Most characters of a free text when nothing else is said.
const LONGEST_TEXT: f64 = 1_000.0;
/// Most values to choose from.
const MOST_OPTIONS: usize = 12;
/// The types, as they are written.
const TYPES: &str = "order_number, phone, email, date, time, datetime, money, quantity, choice, text, pattern, \
    product, entity";

impl Loader {
    pub(super) fn slots(
        &mut self,
        tables: Vec<SlotTable>,
        flow: &str,
        place: &mut FlowPlace,
        notes: &mut Collector<'_>,
    ) -> Vec<FlowSlot> {
        let mut slots: Vec<FlowSlot> = Vec::new();
        for table in tables {
            let at = table.name.span().start;
            place.slots.push(notes.place(at));
            let name = table.name.as_ref();
            let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
            if name.is_empty() || !name.bytes().all(is_plain) || name == "said" {
                let message = format!(
                    "the slot name `{name}` may have a to z, 0 to 9 and _ only, and is not `said`"
                );
                notes.note(at, message);
            }
            if slots.iter().any(|slot| slot.name == *name) {
                notes.note(at, format!("flow `{flow}` has two slots `{name}`"));
            }
            slots.push(self.slot(table, notes));
        }
        slots
    }

    fn slot(&mut self, mut table: SlotTable, notes: &mut Collector<'_>) -> FlowSlot {
        let (name, at) = (table.name.as_ref().clone(), table.name.span().start);
        let kind = self.slot_kind(&mut table, notes);
        note_strangers(&table, notes);
        let label = table.label.map(|label| both(label, &format!("the label of `{name}`"), notes));
        let label =
            label.unwrap_or_else(|| ByLanguage { en: name.replace('_', " "), zh: name.clone() });
        if table.ask.is_none() {
            notes.note(at, format!("slot `{name}` has no question: `ask.en` and `ask.zh`"));
        }
        let what = format!("the question for `{name}`");
        let ask = table.ask.map(|ask| templates(ask, &what, notes)).unwrap_or_default();
        let again = table.again.map(|again| templates(again, "the second question", notes));
        let again = again.unwrap_or_else(|| ask.clone());
        let words = ByLanguage { en: plain(table.words.en), zh: plain(table.words.zh) };
        let (optional, recall) = (table.optional, table.recall);
        FlowSlot { name, kind, label, words, ask, again, optional, recall }
    }

    /// The kind of a slot; the fields that belong to it are taken out of the table.
    fn slot_kind(&mut self, table: &mut SlotTable, notes: &mut Collector<'_>) -> SlotKind {
        let at = table.r#type.span().start;
        let mut pattern = |notes: &mut Collector<'_>| {
            let pattern = table.pattern.take();
            pattern.and_then(|pattern| compiled(&pattern, true, notes))
        };
        match table.r#type.as_ref().as_str() {
            "order_number" => SlotKind::OrderNumber(pattern(notes)),
            "pattern" => of_pattern(pattern(notes), at, notes),
            "phone" => SlotKind::Phone(countries(table.countries.take(), notes)),
            "email" => SlotKind::Email,
            "date" => {
                let (from, to) = of_days(table, notes);
                SlotKind::Date(from, to)
            }
            "time" => SlotKind::Time,
            "datetime" => {
                let (from, to) = of_days(table, notes);
                SlotKind::DateTime(from, to)
            }
            "money" => {
                let (least, most) = bounds(table, notes);
                let currency = table.currency.take().map_or("CNY".to_owned(), Spanned::into_inner);
                SlotKind::Money { currency, least, most }
            }
            "quantity" => {
                let (least, most) = bounds(table, notes);
                SlotKind::Quantity(whole(least.unwrap_or(1.0)), whole(most.unwrap_or(1_000_000.0)))
            }
            "choice" => SlotKind::Choice(options(std::mem::take(&mut table.option), at, notes)),
            "text" => {
                let (least, most) = bounds(table, notes);
                let count = |number: f64| usize::try_from(whole(number)).unwrap_or_default();
                SlotKind::Text(
                    count(least.unwrap_or(1.0)).max(1),
                    count(most.unwrap_or(LONGEST_TEXT).min(LONGEST_TEXT)),
                )
            }
            "product" => SlotKind::Product,
            "entity" => {
                let name = self.refer("entity", table.entity.take(), notes);
                if name.is_none() {
                    notes.note(at, "a slot of type `entity` names one: `entity = \"…\"`");
                }
                SlotKind::Entity(name.unwrap_or_default())
            }
            other => {
                notes.note(at, format!("type `{other}` is none of {TYPES}"));
                SlotKind::Email
            }
        }
    }
}

fn of_pattern(regex: Option<regex::Regex>, at: usize, notes: &mut Collector<'_>) -> SlotKind {
    match regex {
        Some(regex) if regex.is_match("") => {
            notes.note(at, "the pattern matches the empty text");
            SlotKind::Email
        }
        Some(regex) => SlotKind::Pattern(regex),
        None => {
            notes.note(at, "a slot of type `pattern` needs a pattern");
            SlotKind::Email
        }
    }
}

fn of_days(table: &mut SlotTable, notes: &mut Collector<'_>) -> (Option<i64>, Option<i64>) {
    let days = |field: &mut Option<Spanned<i64>>| {
        field.take().map(Spanned::into_inner).filter(|days| days.abs() < 100_000)
    };
    let (from, to) = (days(&mut table.from_days), days(&mut table.to_days));
    if from.zip(to).is_some_and(|(from, to)| from > to) {
        notes.note(table.r#type.span().start, "`from_days` is later than `to_days`: no day fits");
    }
    (from, to)
}

/// Notes fields that do not belong to the slot's type: they would do nothing.
fn note_strangers(table: &SlotTable, notes: &mut Collector<'_>) {
    let strangers = [
        ("pattern", table.pattern.as_ref().map(|field| field.span().start)),
        ("countries", table.countries.as_ref().map(|field| field.span().start)),
        ("from_days", table.from_days.as_ref().map(|field| field.span().start)),
        ("to_days", table.to_days.as_ref().map(|field| field.span().start)),
        ("currency", table.currency.as_ref().map(|field| field.span().start)),
        ("least", table.least.as_ref().map(|field| field.span().start)),
        ("most", table.most.as_ref().map(|field| field.span().start)),
        ("entity", table.entity.as_ref().map(|field| field.span().start)),
        ("option", table.option.first().map(|field| field.value.span().start)),
    ];
    for (name, at) in strangers {
        if let Some(at) = at {
            let kind = table.r#type.as_ref();
            notes.note(at, format!("a slot of type `{kind}` has no `{name}`"));
        }
    }
}

fn bounds(table: &mut SlotTable, notes: &mut Collector<'_>) -> (Option<f64>, Option<f64>) {
    let at = table.least.as_ref().map(|least| least.span().start);
    let least = table.least.take().map(Spanned::into_inner);
    let most = table.most.take().map(Spanned::into_inner);
    if least.zip(most).is_some_and(|(least, most)| least > most) {
        notes.note(at.unwrap_or_default(), "`least` is more than `most`: nothing fits");
    }
    (least, most)
}

#[expect(clippy::cast_possible_truncation, reason = "the cast saturates, and bounds are small")]
fn whole(number: f64) -> i64 {
    number as i64
}

fn countries(
    list: Option<Spanned<Vec<Spanned<String>>>>,
    notes: &mut Collector<'_>,
) -> Vec<phonenumber::country::Id> {
    let list = list.map(Spanned::into_inner).unwrap_or_default();
    let mut read = Vec::new();
    for code in list {
        if let Ok(country) = code.as_ref().parse() {
            read.push(country);
        } else {
            let message = format!("`{}` is no country code such as CN or US", code.as_ref());
            notes.note(code.span().start, message);
        }
    }
    read
}

fn options(tables: Vec<OptionTable>, at: usize, notes: &mut Collector<'_>) -> Vec<SlotOption> {
    if tables.len() < 2 || tables.len() > MOST_OPTIONS {
        notes.note(at, format!("a choice has 2 to {MOST_OPTIONS} options"));
    }
    let mut options: Vec<SlotOption> = Vec::new();
    for table in tables {
        let value = table.value.as_ref().trim().to_owned();
        if value.is_empty() || options.iter().any(|option| option.value == value) {
            let message = format!("the value `{value}` is empty or there twice");
            notes.note(table.value.span().start, message);
        }
        let label = both(table.label, &format!("the label of `{value}`"), notes);
        let words = plain(table.words.en).into_iter().chain(plain(table.words.zh));
        let words = words.chain([label.en.clone(), label.zh.clone()]);
        let words = words.map(|word| word.to_lowercase()).collect();
        options.push(SlotOption { value, label, words });
    }
    options
}

fn plain(words: Vec<Spanned<String>>) -> Vec<String> {
    let words = words.into_iter().map(|word| word.into_inner().trim().to_lowercase());
    words.filter(|word| !word.is_empty()).collect()
}
