//! What a message gives for the slots of a flow: the one that was asked for, others that it happens to
//! name, and corrections of what was given before.

use std::collections::BTreeMap;

use crate::catalog::{Flow, FlowSlot, SlotKind};
use crate::dialogue::decide::Turn;
use crate::dialogue::tasks::moment::{Half, halves, moments};
use crate::dialogue::tasks::{fit, words};
use crate::dialogue::{Memory, State};
use crate::domain::{Entity, EntityKind, Filled, Language};

/// What was heard.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Heard {
    /// Values by slot.
    pub(super) values: BTreeMap<String, Filled>,
    /// Slots that were given before and are wrong; their right values are not known.
    pub(super) wrong: Vec<String>,
    /// Several values for the slot that was asked for: one of them is meant.
    pub(super) several: Vec<String>,
}

impl Heard {
    pub(super) fn is_nothing(&self) -> bool {
        self.values.is_empty() && self.wrong.is_empty() && self.several.is_empty()
    }
}

/// Listens for the slots of a flow.
pub(super) struct Listener<'a> {
    pub(super) turn: &'a Turn<'a>,
    pub(super) flow: &'a Flow,
    /// What is known.
    pub(super) known: &'a BTreeMap<String, Filled>,
}

impl<'a> Listener<'a> {
    /// What the message gives for a flow that begins; free texts are asked for.
    pub(super) fn beginning(&self) -> BTreeMap<String, Filled> {
        let mut heard = Heard::default();
        self.others(None, &mut heard);
        for slot in self.flow.slots.iter().filter(|slot| slot.recall) {
            if !heard.values.contains_key(&slot.name)
                && let [value] = self.recalled(slot).as_slice()
            {
                heard.values.insert(slot.name.clone(), filled(slot, value.clone()));
            }
        }
        heard.values
    }

    /// What the message gives when `asked` was asked for.
    pub(super) fn answer(&self, asked: &'a FlowSlot) -> Heard {
        let text = self.turn.message.text;
        let mut heard = Heard::default();
        if let Some(value) = self.turn.message.choice.and_then(|id| id.strip_prefix("task:pick:")) {
            if let Some(value) = fit::fit(asked, value, self.today()) {
                heard.values.insert(asked.name.clone(), filled(asked, value));
            }
            return heard;
        }
        let corrects = words::corrects(text);
        if asked.kind.is_text() {
            return self.text(asked, corrects);
        }
        let mut named = self.named(asked);
        if named.is_empty() {
            named = self.moments(asked, self.half_told());
        }
        if named.len() > 1 && corrects {
            // "not LX-1 but LX-2": the last one is meant
            named = named.split_off(named.len() - 1);
        }
        match named.as_slice() {
            [] => {
                let used = self
                    .turn
                    .reading
                    .entities
                    .iter()
                    .any(|entity| self.is_for_another(asked, entity));
                let bare = if used { None } else { fit::bare(asked, text, self.today()) };
                heard.values.extend(bare.map(|value| (asked.name.clone(), filled(asked, value))));
            }
            [value, ..] if named.len() == 1 || self.has_twin(asked) => {
                heard.values.insert(asked.name.clone(), filled(asked, value.clone()));
            }
            _ => heard.several = named,
        }
        self.others(Some(asked), &mut heard);
        if heard.is_nothing() || corrects {
            self.corrections(Some(asked), &mut heard);
        }
        heard
    }

    /// What the message corrects when everything is known.
    pub(super) fn correction(&self) -> Heard {
        let mut heard = Heard::default();
        self.corrections(None, &mut heard);
        heard
    }

    fn text(&self, asked: &'a FlowSlot, corrects: bool) -> Heard {
        let mut heard = Heard::default();
        if corrects {
            self.corrections(Some(asked), &mut heard);
            if !heard.is_nothing() {
                return heard;
            }
        }
        // with nothing to correct, "wrong item" is a part of what is told
        let text = if corrects && !self.known.is_empty() {
            words::without_preface(self.turn.message.text)
        } else {
            self.turn.message.text.trim()
        };
        if let Some(value) = fit::fit(asked, text, self.today()) {
            heard.values.insert(asked.name.clone(), filled(asked, value));
            self.others(Some(asked), &mut heard);
        }
        heard
    }

    /// Slots beside the one that was asked for, of which nothing is known yet.
    fn others(&self, asked: Option<&FlowSlot>, heard: &mut Heard) {
        let is_text = asked.is_some_and(|slot| slot.kind.is_text());
        for slot in &self.flow.slots {
            let is_open = !self.known.contains_key(&slot.name)
                && !heard.values.contains_key(&slot.name)
                && asked.is_none_or(|asked| asked.name != slot.name);
            if !is_open || slot.kind.is_text() {
                continue;
            }
            let taken: Vec<&str> =
                heard.values.values().map(|filled| filled.value.as_str()).collect();
            let mut named = self.named(slot);
            named.retain(|value| !taken.contains(&value.as_str()));
            let value = match &slot.kind {
                SlotKind::Choice(_) if !is_text => fit::choice(slot, self.turn.message.text),
                SlotKind::Pattern(pattern) if !is_text => {
                    let text = words::narrow(self.turn.message.text);
                    pattern.find(&text).map(|found| found.as_str().to_owned())
                }
                // an open question is asked rather than guessed
                _ if named.len() == 1 || self.has_twin(slot) => named.into_iter().next(),
                _ => None,
            };
            heard.values.extend(value.map(|value| (slot.name.clone(), filled(slot, value))));
        }
    }

    /// Slots of which something is known already, and that the message says otherwise.
    fn corrections(&self, asked: Option<&FlowSlot>, heard: &mut Heard) {
        let text = self.turn.message.text;
        let corrects = words::corrects(text);
        let known: Vec<&'a FlowSlot> = self
            .flow
            .slots
            .iter()
            .filter(|slot| self.known.contains_key(&slot.name))
            .filter(|slot| asked.is_none_or(|asked| asked.name != slot.name))
            .collect();
        for slot in &known {
            let current = self.current(slot);
            let mut named = self.named(slot);
            if named.is_empty() && corrects {
                // "at four instead" is the same day
                named = self.moments(slot, current.map(halves).unwrap_or_default());
            }
            if let (SlotKind::Choice(_), true) = (&slot.kind, corrects || asked.is_none()) {
                named.extend(fit::choice(slot, text));
            }
            named.retain(|value| Some(value.as_str()) != current);
            let is_taken =
                |value: &String| heard.values.values().any(|filled| filled.value == *value);
            // "not LX-1 but LX-2": the last one is meant
            if let Some(value) = named.pop().filter(|value| !is_taken(value)) {
                heard.values.insert(slot.name.clone(), filled(slot, value));
            }
        }
        if !heard.is_nothing() || !corrects {
            return;
        }
        let meant: Vec<&&FlowSlot> = known.iter().filter(|slot| self.is_mentioned(slot)).collect();
        if words::means_other(text) {
            let entity =
                known.iter().find(|slot| !matches!(slot.kind.entity(), EntityKind::Custom));
            if let Some(slot) = meant.first().copied().or(entity) {
                return self.other_one(slot, heard);
            }
        }
        let texts: Vec<&&FlowSlot> = known.iter().filter(|slot| slot.kind.is_text()).collect();
        let text_slot =
            texts.iter().find(|slot| self.is_mentioned(slot)).or(match texts.as_slice() {
                [only] if meant.is_empty() => Some(only),
                _ => None,
            });
        let corrected = words::corrected_text(text).filter(|_| asked.is_none());
        if let (Some(slot), Some(corrected)) = (text_slot, corrected)
            && let Some(value) = fit::fit(slot, corrected, self.today())
            && !is_mere_mention(slot, corrected)
        {
            heard.values.insert(slot.name.clone(), filled(slot, value));
            return;
        }
        heard.wrong.extend(meant.iter().map(|slot| slot.name.clone()));
    }

    /// "The other one": what the customer named before of the same kind, where that is one thing.
    fn other_one(&self, slot: &FlowSlot, heard: &mut Heard) {
        let current = self.current(slot).map(str::to_owned);
        let mut named = self.recalled(slot);
        named.retain(|value| Some(value) != current.as_ref());
        match named.as_slice() {
            [value] => {
                heard.values.insert(slot.name.clone(), filled(slot, value.clone()));
            }
            _ => heard.wrong.push(slot.name.clone()),
        }
    }

    fn current(&self, slot: &FlowSlot) -> Option<&'a str> {
        self.known.get(&slot.name).map(|filled| filled.value.as_str())
    }

    fn is_mentioned(&self, slot: &FlowSlot) -> bool {
        let of = |language: Language| {
            let words = slot.words.get(language).iter().map(String::as_str);
            words.chain(std::iter::once(slot.label.get(language).as_str()))
        };
        words::mentions(self.turn.message.text, of(Language::En).chain(of(Language::Zh)))
    }

    /// The different values that the message names for a slot and that fit, in its order.
    fn named(&self, slot: &FlowSlot) -> Vec<String> {
        let mut values = self.moments(slot, Half::default());
        for entity in &self.turn.reading.entities {
            if !is_for(slot, entity) {
                continue;
            }
            if let Some(value) = fit::fit(slot, &entity.value, self.today())
                && !values.contains(&value)
            {
                values.push(value);
            }
        }
        values
    }

    /// The moments that the message names for a slot of a day with its time.
    fn moments(&self, slot: &FlowSlot, known: Half<'_>) -> Vec<String> {
        if !matches!(slot.kind, SlotKind::DateTime(..)) {
            return vec![];
        }
        let moments = moments(&self.turn.reading.entities, known).into_iter();
        moments.filter_map(|value| fit::fit(slot, &value, self.today())).collect()
    }

    /// The half of a moment that the customer told before: a day, or when asked again, a time.
    fn half_told(&self) -> Half<'a> {
        let State { memory, task, .. } = self.turn.state;
        let told = |kind| memory.named(kind).next().map(|slot| slot.value.as_str());
        let asked_again = task.as_ref().is_some_and(|task| task.misses > 0);
        let time = told(EntityKind::Time).filter(|_| asked_again);
        Half { day: told(EntityKind::Date), time }
    }

    fn is_for_another(&self, asked: &FlowSlot, entity: &Entity) -> bool {
        !is_for(asked, entity) && self.flow.slots.iter().any(|slot| is_for(slot, entity))
    }

    /// Whether the flow asks for several things of the same kind, which are named in its order.
    fn has_twin(&self, slot: &FlowSlot) -> bool {
        let kind = slot.kind.entity();
        let same = self.flow.slots.iter().filter(|other| other.kind.entity() == kind);
        kind != EntityKind::Custom && same.count() > 1
    }

    /// What the customer named before that fits, the latest first.
    fn recalled(&self, slot: &FlowSlot) -> Vec<String> {
        let memory: &Memory = &self.turn.state.memory;
        let mut values = Vec::new();
        for known in memory.named(slot.kind.entity()) {
            let is_same = match &slot.kind {
                SlotKind::Entity(name) => known.name.as_ref() == Some(name),
                kind => kind.entity() != EntityKind::Custom,
            };
            if is_same
                && let Some(value) = fit::fit(slot, &known.value, self.today())
                && !values.contains(&value)
            {
                values.push(value);
            }
        }
        values
    }

    fn today(&self) -> jiff::civil::Date {
        self.turn.policy.occasion.today
    }
}

/// "The address is wrong" says which, but not what is right.
fn is_mere_mention(slot: &FlowSlot, corrected: &str) -> bool {
    let of = |language: Language| {
        let words = slot.words.get(language).iter().map(String::as_str);
        words.chain(std::iter::once(slot.label.get(language).as_str()))
    };
    let mut names = of(Language::En).chain(of(Language::Zh));
    let lower = corrected.to_lowercase();
    names.any(|name| {
        let name = name.to_lowercase();
        !name.is_empty()
            && lower.chars().count() < name.chars().count() + 12
            && lower.contains(&name)
    })
}

/// Whether an entity is what a slot is about.
fn is_for(slot: &FlowSlot, entity: &Entity) -> bool {
    match &slot.kind {
        SlotKind::Entity(name) => entity.name.as_ref() == Some(name),
        kind => kind.entity() != EntityKind::Custom && entity.kind == kind.entity(),
    }
}

pub(super) fn filled(slot: &FlowSlot, value: String) -> Filled {
    Filled { kind: slot.kind.entity(), value }
}
