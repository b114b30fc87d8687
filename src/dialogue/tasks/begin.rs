//! When a flow begins: with a message that is about it, or by its button below an answer.

use std::collections::BTreeMap;

use crate::catalog::{Flow, FlowStart, IntentAct, SlotKind};
use crate::dialogue::decide::{LIKELY, Sure, Turn};
use crate::dialogue::tasks::listen::Listener;
use crate::dialogue::tasks::walk::Walk;
use crate::dialogue::tasks::words;
use crate::domain::{Action, Choice, Filled, Outcome, Task};

/// How many flows are offered below an answer.
const OFFERED: usize = 2;

impl<'a> Turn<'a> {
    /// Begins the flow that the message is about.
    pub(in crate::dialogue) fn begin(&self) -> Option<Vec<Action>> {
        Some(self.start(self.triggered()?, None))
    }

    /// Begins the flow of a button.
    pub(in crate::dialogue) fn begin_chosen(&self, name: &str) -> Option<Vec<Action>> {
        let flow = self.policy.catalog.flows.iter().find(|flow| flow.name == name)?;
        self.holds(&flow.when, &Task::default()).then(|| self.start(flow, None))
    }

    pub(in crate::dialogue) fn start(&self, flow: &Flow, earlier: Option<Task>) -> Vec<Action> {
        let nothing = BTreeMap::new();
        let listener = Listener { turn: self, flow, known: &nothing };
        let values = listener.beginning();
        let step = flow.steps.first().map(|step| step.id.clone()).unwrap_or_default();
        let earlier = earlier.map(Box::new);
        let task = Task { flow: flow.name.clone(), step, values, earlier, ..Task::default() };
        Walk::new(self, flow, task).run(Some(0))
    }

    /// The flow that begins with the message.
    pub(in crate::dialogue) fn triggered(&self) -> Option<&'a Flow> {
        let flows = &self.policy.catalog.flows;
        if flows.is_empty() {
            return None;
        }
        let none = Task::default();
        let may_begin = |flow: &&Flow| self.holds(&flow.when, &none);
        let text = words::narrow(self.message.text);
        let by_pattern = flows
            .iter()
            .filter(may_begin)
            .find(|flow| flow.patterns.iter().any(|pattern| pattern.is_match(&text)));
        if by_pattern.is_some() {
            return by_pattern;
        }
        let sure = self.subject();
        let by_subject = sure.and_then(|subject| {
            let mut about = flows.iter().filter(may_begin).filter(|flow| subject.is_of(flow));
            about.find(|flow| match flow.start {
                FlowStart::Now => !self.only_asks(flow),
                FlowStart::Named => self.gives(flow),
                FlowStart::Offered => false,
            })
        });
        by_subject.or_else(|| {
            let likely = [self.meant(), self.pointed_at()].into_iter().flatten();
            likely.filter(|_| sure.is_none()).find_map(|subject| {
                let mut about = flows.iter().filter(may_begin).filter(|flow| subject.is_of(flow));
                about.find(|flow| flow.start == FlowStart::Named && self.gives(flow))
            })
        })
    }

    /// The intent of which the bot is sure once the message is about anything known, as one that names
    /// an order is. A flow asks before it does anything, so the search need not agree.
    fn meant(&self) -> Option<Subject<'_>> {
        let (intent, confidence) = self.intent()?;
        let in_scope = self.reading.in_scope;
        let is_sure = in_scope >= LIKELY
            && confidence >= self.policy.thresholds.answer_at * in_scope
            && intent.act == IntentAct::Ask;
        is_sure.then_some(Subject { intent: Some(intent.name.as_str()), entry: None })
    }

    /// The likeliest entry, where it would be suggested.
    fn pointed_at(&self) -> Option<Subject<'_>> {
        let (entry, confidence) = self.likeliest()?;
        let is_likely = confidence >= self.policy.thresholds.suggest_at;
        is_likely.then_some(Subject { intent: None, entry: Some(entry) })
    }

    /// Whether the message only asks whether the thing can be done, which an entry answers: it is said,
    /// with the flow below it.
    fn only_asks(&self, flow: &Flow) -> bool {
        self.message.choice.is_none()
            && words::asks_whether(self.message.text)
            && self.explained(flow).is_some()
            && !self.gives(flow)
    }

    /// The entry that says what the flow does: the one that the intent at hand stands for, or the first.
    fn explained<'f>(&'f self, flow: &'f Flow) -> Option<&'f str> {
        let meant = self.intent().and_then(|(intent, _)| intent.entry.as_deref());
        let entries = || flow.entries.iter().map(String::as_str);
        let meant = entries().find(|entry| Some(*entry) == meant);
        meant.or_else(|| entries().next()).filter(|entry| self.entry(entry).is_some())
    }

    /// The answer to the question whether something can be done, with the button of the flow that does
    /// it, where the message is about the flow but no entry is sure.
    pub(in crate::dialogue) fn possible(&self) -> Option<Vec<Action>> {
        let none = Task::default();
        let subject = self.meant()?;
        let mut flows = self.policy.catalog.flows.iter();
        let flow = flows.find(|flow| subject.is_of(flow) && self.holds(&flow.when, &none))?;
        let entry = self.explained(flow).filter(|_| self.only_asks(flow))?;
        Some(self.offered(self.suggestion_of(entry)?))
    }

    /// Whether the message gives one of the flow's slots.
    fn gives(&self, flow: &Flow) -> bool {
        let nothing: BTreeMap<String, Filled> = BTreeMap::new();
        let known = Listener { turn: self, flow, known: &nothing }.beginning();
        let is_named = |name: &String| {
            let slot = flow.slots.iter().find(|slot| slot.name == *name);
            slot.is_some_and(|slot| {
                let kind = slot.kind.entity();
                // a reason or a number of things says nothing of the wish
                matches!(slot.kind, SlotKind::Pattern(_) | SlotKind::DateTime(..))
                    || self.reading.entities.iter().any(|entity| entity.kind == kind)
            })
        };
        known.keys().any(is_named)
    }

    /// What the bot is sure that the message is about, as [`Self::answer`] sees it.
    fn subject(&self) -> Option<Subject<'_>> {
        Some(match self.sure()? {
            Sure::Intent(intent) => {
                Subject { intent: Some(&intent.name), entry: intent.entry.as_deref() }
            }
            Sure::Entry(id) => Subject { intent: None, entry: Some(id) },
        })
    }

    /// Puts the buttons of the flows below the answers that they belong to.
    pub(in crate::dialogue) fn offered(&self, mut actions: Vec<Action>) -> Vec<Action> {
        for action in &mut actions {
            let Action::Say { entry: Some(entry), choices, outcome: Outcome::Answered, .. } =
                action
            else {
                continue;
            };
            let none = Task::default();
            let flows = self.policy.catalog.flows.iter();
            let fitting =
                flows.filter(|flow| flow.entries.contains(entry) && self.holds(&flow.when, &none));
            let buttons = fitting.take(OFFERED).map(|flow| Choice {
                id: format!("task:begin:{}", flow.name),
                label: flow.title.get(self.language).clone(),
            });
            choices.splice(0..0, buttons);
        }
        actions
    }
}

/// What a message is about.
#[derive(Clone, Copy)]
struct Subject<'a> {
    intent: Option<&'a str>,
    entry: Option<&'a str>,
}

impl Subject<'_> {
    fn is_of(&self, flow: &Flow) -> bool {
        self.intent.is_some_and(|name| flow.intents.iter().any(|intent| intent == name))
            || self.entry.is_some_and(|id| flow.entries.iter().any(|entry| entry == id))
    }
}
