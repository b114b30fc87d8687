//! Tasks in dialogue: what the bot does about a message while a flow is under way, and when one
//! begins. All of it is decided from state, message and reading alone; what comes of it are events.
//!
//! - `begin`: when a flow begins;
//! - `words`: yes, no, never mind, "that was wrong";
//! - `listen`: what a message gives for the slots;
//! - `moment`: a day and a time as one;
//! - `fit`: whether it fits;
//! - `walk`: from step to step, until one waits.

mod begin;
mod fit;
mod listen;
mod moment;
mod shown;
mod walk;
mod words;

use std::time::Duration;

use crate::catalog::{Flow, FlowSlot, Reply, Step, StepKind};
use crate::dialogue::decide::Turn;
use crate::dialogue::tasks::listen::{Heard, Listener};
use crate::dialogue::tasks::walk::{MISSES, Walk};
use crate::dialogue::{Message, Policy, State, Status};
use crate::domain::{
    Action, CallEnd, EntityKind, HandoffReason, Reading, Task, TaskEnd, TaskEvent,
};

/// After how long it is said again what a flow is about.
const REMIND_AFTER: Duration = Duration::from_hours(6);
/// After how long a flow is over that nobody went on with.
const EXPIRES_AFTER: Duration = Duration::from_hours(7 * 24);
/// How many flows may be set aside for others.
const DEPTH: usize = 2;
/// Most characters of a message that is a wish for another flow where a free text was asked for.
const LONGEST_WISH: usize = 80;
/// How sure it must be that a message asks something.
const ASKS_AT: f32 = 0.6;

impl Policy<'_> {
    /// What the bot does when a call has ended, of which `state` knows already.
    pub fn go_on(&self, state: &State, end: CallEnd) -> Vec<Action> {
        let Some(task) = state.task.clone() else { return vec![] };
        let reading = Reading::default();
        let message = Message { text: "", choice: None };
        let language = state.language.unwrap_or_default();
        let turn = Turn { policy: self, state, reading: &reading, language, message };
        if matches!(state.status, Status::Waiting | Status::Human) {
            return turn.ended(task, TaskEnd::HandedOver);
        }
        let Some((flow, step)) = turn.whereabouts(&task) else {
            return turn.hand_off(HandoffReason::ActionFailed, Reply::HandoffRequested);
        };
        Walk::new(&turn, flow, task).called(step, end)
    }
}

impl<'a> Turn<'a> {
    /// What is done about a message while a flow is under way; nothing when none is, or when it is
    /// over and the message stands for itself. What has ended is told in `ended`.
    pub(super) fn in_task(&self, ended: &mut Vec<Action>) -> Option<Vec<Action>> {
        let task = self.state.task.clone()?;
        let away = self.policy.occasion.now.since(self.state.task_at);
        let whereabouts = self.whereabouts(&task).filter(|_| away < EXPIRES_AFTER);
        let Some((flow, step)) = whereabouts else {
            let end = if away < EXPIRES_AFTER { TaskEnd::Gone } else { TaskEnd::Expired };
            *ended = self.ended(task, end);
            return None;
        };
        if self.message.choice == Some("human") {
            *ended = self.ended(task, TaskEnd::HandedOver);
            return None;
        }
        if let Some(mut wish) = self.human() {
            let mut actions = self.ended(task, TaskEnd::HandedOver);
            actions.append(&mut wish);
            return Some(actions);
        }
        let mut walk = Walk::new(self, flow, task);
        if away >= REMIND_AFTER {
            walk.said.push(self.resumed(flow));
        }
        Some(self.hear(walk, step))
    }

    fn hear(&self, walk: Walk<'_>, step: &Step) -> Vec<Action> {
        let (text, choice) = (self.message.text, self.message.choice);
        if choice == Some("task:cancel") || (choice.is_none() && words::cancels(text)) {
            return self.cancelled(walk);
        }
        if let Some(name) = choice.and_then(|choice| choice.strip_prefix("task:fix:")) {
            return self.fix(walk, name);
        }
        if let Some(name) = choice.and_then(|choice| choice.strip_prefix("task:begin:")) {
            let flow = self.policy.catalog.flows.iter().find(|flow| flow.name == name);
            return self.change_to(flow, walk);
        }
        if let Some(flow) = self.other_flow(&walk) {
            return self.change_to(Some(flow), walk);
        }
        if let Some(aside) = self.aside(&walk) {
            return self.after(aside, walk);
        }
        match &step.kind {
            StepKind::Collect { .. } => self.hear_answer(walk, step),
            StepKind::Confirm(_) => self.hear_confirmation(walk, step),
            _ => self.miss(walk),
        }
    }

    /// Another flow that the message is about, where it is no answer to what was asked.
    fn other_flow(&self, walk: &Walk<'_>) -> Option<&'a Flow> {
        let text = self.message.text;
        let is_long = text.chars().count() > LONGEST_WISH;
        let is_text = walk.asked().is_some_and(|slot| slot.kind.is_text());
        let is_answer = self.names_it(walk) || words::corrects(text);
        if self.message.choice.is_some() || is_answer || (is_text && (is_long || !self.asks())) {
            return None;
        }
        self.triggered().filter(|flow| flow.name != walk.task.flow && walk.task.depth() < DEPTH)
    }

    /// Begins another flow, and sets this one aside.
    fn change_to(&self, flow: Option<&'a Flow>, walk: Walk<'_>) -> Vec<Action> {
        let may_begin = |flow: &&Flow| {
            flow.name != walk.task.flow
                && walk.task.depth() < DEPTH
                && self.holds(&flow.when, &Task::default())
        };
        match flow.filter(may_begin) {
            Some(flow) => self.start(flow, Some(walk.task)),
            None => walk.again(),
        }
    }

    /// Whether the message has a number or an address of the kind that was asked for, which stands for
    /// itself; a day or an amount may be a part of a question.
    fn names_it(&self, walk: &Walk<'_>) -> bool {
        let Some(slot) = walk.asked() else { return false };
        let kind = slot.kind.entity();
        matches!(kind, EntityKind::OrderNumber | EntityKind::Phone | EntityKind::Email)
            && self.reading.entities.iter().any(|entity| entity.kind == kind)
    }

    /// The answer to something else that was asked in between, where it cannot be meant for the flow.
    fn aside(&self, walk: &Walk<'_>) -> Option<Vec<Action>> {
        if self.message.choice.is_some_and(|choice| choice.starts_with("faq:")) {
            return self.follow_choice(self.message.choice?);
        }
        let is_answer = self.names_it(walk) || words::corrects(self.message.text);
        if !self.asks() || is_answer {
            return None;
        }
        // where any text would do, a question is one even if its answer is not quite sure
        let is_text = walk.asked().is_some_and(|slot| slot.kind.is_text());
        let sure = self.several_sure().or_else(|| self.answer());
        sure.or_else(|| if is_text { self.suggest() } else { None })
    }

    fn asks(&self) -> bool {
        let kinds = ["how", "what", "where", "when", "yes_no"];
        let kind = self.reading.question_type.as_ref();
        let is_kind = kind
            .is_some_and(|kind| kind.confidence >= ASKS_AT && kinds.contains(&kind.name.as_str()));
        is_kind || words::is_question(self.message.text)
    }

    fn hear_answer(&self, mut walk: Walk<'_>, step: &Step) -> Vec<Action> {
        let name = walk.task.slot.clone().unwrap_or_default();
        let (Some(at), Some(asked)) =
            (walk.place(), walk.flow.slots.iter().find(|slot| slot.name == name))
        else {
            return walk.end(TaskEnd::Gone);
        };
        let text = self.message.text;
        let choice = self.message.choice.and_then(|choice| choice.strip_prefix("task:"));
        let skips = choice == Some("skip") || words::skips(text);
        if asked.optional && skips {
            walk.task.values.insert(name, listen::filled(asked, String::new()));
            walk.task.misses = 0;
            return walk.resume(at);
        }
        if choice.is_some_and(|choice| asked.kind.is_text() || !choice.starts_with("pick:")) {
            // a button of an earlier question
            return walk.resume(at);
        }
        let listener = Listener { turn: self, flow: walk.flow, known: &walk.task.values };
        let heard = listener.answer(asked);
        if heard.is_nothing() {
            return self.in_between(walk);
        }
        if !heard.several.is_empty() {
            let several = heard.several.clone();
            return walk.ask(step, asked, &several);
        }
        self.take(walk, at, heard)
    }

    fn hear_confirmation(&self, mut walk: Walk<'_>, step: &Step) -> Vec<Action> {
        let Some(at) = walk.place() else { return walk.end(TaskEnd::Gone) };
        let (text, choice) = (self.message.text, self.message.choice);
        if choice == Some("task:yes") || (choice.is_none() && words::is_yes(text)) {
            walk.task.misses = 0;
            return walk.run(step.next);
        }
        let says_no = choice == Some("task:no") || words::is_no(text);
        if !says_no && choice.is_some() {
            // a button of an earlier question
            return walk.resume(at);
        }
        let listener = Listener { turn: self, flow: walk.flow, known: &walk.task.values };
        let heard = listener.correction();
        if !heard.is_nothing() {
            return self.take(walk, at, heard);
        }
        if says_no || words::corrects(text) {
            let flow = walk.flow;
            let known = flow.slots.iter().filter(|slot| walk.task.values.contains_key(&slot.name));
            let known: Vec<&FlowSlot> = known.collect();
            return match known.as_slice() {
                [only] => self.fix(walk, &only.name),
                _ => walk.what_is_wrong(step, &known),
            };
        }
        self.in_between(walk)
    }

    /// Takes what was heard, and goes on from where it matters first.
    fn take(&self, mut walk: Walk<'_>, at: usize, heard: Heard) -> Vec<Action> {
        let Heard { values, wrong, .. } = heard;
        let changed =
            values.keys().chain(&wrong).filter(|name| walk.task.values.contains_key(*name));
        let changed: Vec<&String> = changed.collect();
        let mut from = at;
        for name in changed {
            match self.collected_at(walk.flow, name, at) {
                Some(step) => from = from.min(step),
                // what was done with the old value is done
                None => return walk.hand_over(HandoffReason::Task, Reply::HandoffRequested, None),
            }
        }
        walk.task.misses = 0;
        walk.task.values.retain(|name, _| !wrong.contains(name));
        walk.task.values.extend(values);
        walk.resume(from)
    }

    /// The step that asks for a slot, unless between it and `at` something was done that must not be
    /// done again.
    fn collected_at(&self, flow: &Flow, name: &str, at: usize) -> Option<usize> {
        let asks = |step: &Step| match &step.kind {
            StepKind::Collect { slots, .. } => slots.iter().any(|slot| slot == name),
            _ => false,
        };
        let step = flow.steps.iter().position(asks).filter(|step| *step <= at)?;
        let between = flow.steps.get(step..=at).unwrap_or_default();
        let is_final = |step: &Step| match &step.kind {
            StepKind::Call { action, .. } => {
                let actions = &self.policy.catalog.actions;
                let action = actions.iter().find(|known| known.name == *action);
                action.is_none_or(|action| action.method != "GET")
            }
            _ => false,
        };
        (!between.iter().any(is_final)).then_some(step)
    }

    /// Asks again for a slot that the customer wants to change.
    fn fix(&self, walk: Walk<'_>, name: &str) -> Vec<Action> {
        let Some(at) = walk.place() else { return walk.end(TaskEnd::Gone) };
        if !walk.task.values.contains_key(name) {
            return self.miss(walk);
        }
        let wrong = vec![name.to_owned()];
        self.take(walk, at, Heard { wrong, ..Heard::default() })
    }

    /// What does not fit: an answer to something else, or a miss.
    fn in_between(&self, walk: Walk<'_>) -> Vec<Action> {
        // a word or a number that does not fit is an answer that went wrong, whatever it looks like
        let is_sentence = self.asks() || words::is_sentence(self.message.text);
        let aside = if is_sentence { self.answer() } else { None };
        match aside.or_else(|| self.smalltalk()) {
            Some(aside) => self.after(aside, walk),
            None => self.miss(walk),
        }
    }

    /// Answers, and asks again.
    fn after(&self, mut aside: Vec<Action>, walk: Walk<'_>) -> Vec<Action> {
        let is_over = aside.iter().any(|action| matches!(action, Action::Handoff { .. }));
        let Some(at) = walk.place().filter(|_| !is_over) else {
            let mut actions = self.ended(walk.task, TaskEnd::HandedOver);
            actions.append(&mut aside);
            return actions;
        };
        aside.extend(walk.resume(at));
        aside
    }

    fn miss(&self, mut walk: Walk<'_>) -> Vec<Action> {
        walk.task.misses = walk.task.misses.saturating_add(1);
        let Some(at) = walk.place().filter(|_| walk.task.misses < MISSES && !self.is_grave())
        else {
            return walk.hand_over(HandoffReason::NotUnderstood, Reply::FallbackSecond, None);
        };
        walk.resume(at)
    }

    fn cancelled(&self, mut walk: Walk<'_>) -> Vec<Action> {
        walk.said.push(self.own_words(Reply::TaskCancelled));
        walk.end(TaskEnd::Cancelled)
    }

    fn ended(&self, task: Task, end: TaskEnd) -> Vec<Action> {
        let owed = self.state.held.is_some();
        let Task { flow, values, .. } = task;
        vec![Action::Task(TaskEvent::Ended { flow, end, values, owed })]
    }

    /// Goes on with a flow that was set aside.
    pub(super) fn take_up(&self, task: Task) -> Vec<Action> {
        let Some((flow, _)) = self.whereabouts(&task) else {
            return self.ended(task, TaskEnd::Gone);
        };
        let mut walk = Walk::new(self, flow, task);
        walk.said.push(self.resumed(flow));
        match walk.place() {
            Some(at) => walk.resume(at),
            None => walk.end(TaskEnd::Gone),
        }
    }

    fn resumed(&self, flow: &Flow) -> String {
        let words = self.own_words(Reply::TaskResumed);
        words.replace("{title}", flow.title.get(self.language))
    }

    /// The flow and the step of a task, as far as the knowledge has them.
    fn whereabouts(&self, task: &Task) -> Option<(&'a Flow, &'a Step)> {
        let flow = self.policy.catalog.flows.iter().find(|flow| flow.name == task.flow)?;
        let step = flow.steps.iter().find(|step| step.id == task.step)?;
        let has_slot = |name: &String| flow.slots.iter().any(|slot| slot.name == *name);
        task.slot.as_ref().is_none_or(has_slot).then_some((flow, step))
    }
}
