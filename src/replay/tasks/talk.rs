//! A customer who talks with the sample shop, and what the bot did.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::OnceLock;

use jiff::civil::{Date, date};

use crate::conversation::Knowledge;
use crate::dialogue::{Occasion, Policy, State, Thresholds};
use crate::domain::{
    Action, CallEnd, Called, EntityKind, Filled, HandoffReason, MessageText, TaskEnd, TaskEvent,
    TextLimits, Timestamp,
};
use crate::replay::Rehearsal;

/// A Monday.
pub(super) const TODAY: Date = date(2026, 11, 30);

fn knowledge() -> &'static Knowledge {
    static KNOWLEDGE: OnceLock<Knowledge> = OnceLock::new();
    KNOWLEDGE.get_or_init(|| {
        let intents = Path::new(env!("CARGO_MANIFEST_DIR")).join("intents");
        Knowledge::load(&intents, None, &|_, _| true).unwrap()
    })
}

pub(super) fn policy() -> Policy<'static> {
    let thresholds = Thresholds {
        answer_at: 0.55,
        suggest_at: 0.45,
        offer_at: 0.2,
        smalltalk_at: 0.5,
        urgent_at: 0.6,
    };
    let occasion =
        Occasion { now: Timestamp(1_796_000_000_000), today: TODAY, ..Occasion::default() };
    Policy { catalog: &knowledge().catalog, thresholds, opens: None, occasion }
}

pub(super) fn text_of(words: &str) -> MessageText {
    MessageText::parse(words, TextLimits::default()).unwrap()
}

/// A customer who talks.
pub(super) struct Talk(pub(super) Rehearsal<'static>);

impl Talk {
    pub(super) fn begin() -> Self {
        Self(Rehearsal::new(knowledge(), policy(), TODAY))
    }

    pub(super) fn say(&mut self, text: &str) -> Done {
        Done(self.0.hear(&text_of(text), None).0)
    }

    pub(super) fn press(&mut self, choice: &str) -> Done {
        Done(self.0.hear(&text_of("a button"), Some(choice)).0)
    }

    /// The shop's own system answers.
    pub(super) fn shop(&mut self, end: CallEnd, values: &[(&str, &str)]) -> Done {
        let action = self.0.state.call.clone().unwrap().action;
        let filled = |value: &str| Filled { kind: EntityKind::Custom, value: value.to_owned() };
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), filled(value)));
        let reason = (end != CallEnd::Ok).then(|| "it could not be reached".to_owned());
        let values = values.collect::<BTreeMap<_, _>>();
        let called =
            Called { action, end, reason, status: None, values, attempts: 1, duration_ms: 5 };
        Done(self.0.called(called))
    }

    pub(super) fn state(&self) -> &State {
        &self.0.state
    }

    pub(super) fn value(&self, slot: &str) -> Option<&str> {
        self.state().task.as_ref()?.value(slot)
    }

    pub(super) fn asked(&self) -> Option<&str> {
        self.state().task.as_ref()?.slot.as_deref()
    }
}

/// What the bot did.
#[derive(Debug)]
pub(super) struct Done(pub(super) Vec<Action>);

impl Done {
    pub(super) fn said(&self) -> String {
        let said = self.0.iter().filter_map(|action| match action {
            Action::Say { text, .. } => Some(text.as_str()),
            _ => None,
        });
        said.collect::<Vec<_>>().join("\n---\n")
    }

    pub(super) fn buttons(&self) -> Vec<&str> {
        let choices = self.0.iter().filter_map(|action| match action {
            Action::Say { choices, .. } => Some(choices),
            _ => None,
        });
        choices.flatten().map(|choice| choice.id.as_str()).collect()
    }

    pub(super) fn call(&self) -> Option<&str> {
        self.0.iter().find_map(|action| match action {
            Action::Task(TaskEvent::Call { action }) => Some(action.as_str()),
            _ => None,
        })
    }

    pub(super) fn ended(&self) -> Vec<(&str, TaskEnd)> {
        let ends = self.0.iter().filter_map(|action| match action {
            Action::Task(TaskEvent::Ended { flow, end, .. }) => Some((flow.as_str(), *end)),
            _ => None,
        });
        ends.collect()
    }

    pub(super) fn handed(&self) -> Option<HandoffReason> {
        self.0.iter().find_map(|action| match action {
            Action::Handoff { reason, .. } => Some(*reason),
            _ => None,
        })
    }
}
