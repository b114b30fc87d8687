//! Walks through the steps of a flow until one waits: for the customer, or for the shop's own system.

use crate::catalog::{Condition, Flow, FlowSlot, Reply, SlotKind, Step, StepKind, Template};
use crate::dialogue::decide::Turn;
use crate::dialogue::tasks::shown;
use crate::domain::{Action, CallEnd, Choice, HandoffReason, Outcome, Task, TaskEnd, TaskEvent};

/// Most steps of one turn: a flow that was checked never needs so many.
const FUSE: usize = 256;
/// How often the customer's words may not fit before a person is fetched.
pub(super) const MISSES: u8 = 3;
/// Most characters of an answer that did not fit, when it is said again.
const SAID: usize = 40;

/// A flow that is gone through.
pub(super) struct Walk<'a> {
    pub(super) turn: &'a Turn<'a>,
    pub(super) flow: &'a Flow,
    pub(super) task: Task,
    /// What is done so far.
    pub(super) actions: Vec<Action>,
    /// What is still to be said, in one message.
    pub(super) said: Vec<String>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(turn: &'a Turn<'a>, flow: &'a Flow, task: Task) -> Self {
        Self { turn, flow, task, actions: vec![], said: vec![] }
    }

    /// The step at which the task stands.
    pub(super) fn place(&self) -> Option<usize> {
        self.flow.steps.iter().position(|step| step.id == self.task.step)
    }

    /// The slot that was asked for.
    pub(super) fn asked(&self) -> Option<&'a FlowSlot> {
        let name = self.task.slot.as_ref()?;
        self.flow.slots.iter().find(|slot| slot.name == *name)
    }

    /// Asks once more what was asked.
    pub(super) fn again(self) -> Vec<Action> {
        match self.place() {
            Some(at) => self.resume(at),
            None => self.end(TaskEnd::Gone),
        }
    }

    /// Goes on at a step that waited: what it forgets at its beginning stays.
    pub(super) fn resume(self, at: usize) -> Vec<Action> {
        self.go(Some(at), true)
    }

    /// Goes on at a step as if it came from the one before.
    pub(super) fn run(self, at: Option<usize>) -> Vec<Action> {
        self.go(at, false)
    }

    fn go(mut self, mut at: Option<usize>, mut resumes: bool) -> Vec<Action> {
        let flow = self.flow;
        for _ in 0..FUSE {
            let Some((index, step)) = at.and_then(|at| Some((at, flow.steps.get(at)?))) else {
                return self.end(TaskEnd::Done);
            };
            let is_first = std::mem::take(&mut resumes);
            if !is_first && !self.holds(&step.when) {
                at = Some(index + 1);
                continue;
            }
            match &step.kind {
                StepKind::Collect { slots, anew } => {
                    if *anew && !is_first {
                        self.task.values.retain(|name, _| !slots.contains(name));
                    }
                    let open = slots.iter().find(|name| !self.task.values.contains_key(*name));
                    let open =
                        open.and_then(|name| flow.slots.iter().find(|slot| slot.name == *name));
                    if let Some(slot) = open {
                        return self.ask(step, slot, &[]);
                    }
                }
                StepKind::Confirm(text) => {
                    let text = text.get(self.turn.language);
                    return self.confirm(step, text);
                }
                StepKind::Call { action, say, .. } => {
                    if let Some(say) = say {
                        let text = self.rendered(say.get(self.turn.language));
                        self.said.push(text);
                    }
                    return self.call(step, action);
                }
                StepKind::Say(text) => {
                    let text = self.rendered(text.get(self.turn.language));
                    self.said.push(text);
                }
                StepKind::Handoff(words) => {
                    let words =
                        words.as_ref().map(|words| self.rendered(words.get(self.turn.language)));
                    return self.hand_over(HandoffReason::Task, Reply::HandoffRequested, words);
                }
                StepKind::Go => {}
                StepKind::End => return self.end(TaskEnd::Done),
            }
            at = step.next;
        }
        self.hand_over(HandoffReason::Task, Reply::HandoffRequested, None)
    }

    /// Asks for a slot; with values, for one of them.
    pub(super) fn ask(mut self, step: &Step, slot: &FlowSlot, values: &[String]) -> Vec<Action> {
        let language = self.turn.language;
        let prompt = if self.task.misses > 0 { &slot.again } else { &slot.ask };
        let prompt = if values.is_empty() {
            self.rendered(prompt.get(language))
        } else {
            self.turn.own_words(Reply::TaskSeveral)
        };
        self.said.push(prompt);
        let pick = |value: &str, label: String| Choice { id: format!("task:pick:{value}"), label };
        let mut choices: Vec<Choice> = match &slot.kind {
            SlotKind::Choice(options) => options
                .iter()
                .map(|option| pick(&option.value, option.label.get(language).clone()))
                .collect(),
            _ => values.iter().map(|value| pick(value, value.clone())).collect(),
        };
        if slot.optional {
            choices.push(self.turn.button("task:skip", Reply::LabelSkip));
        }
        if self.task.misses > 0 {
            choices.push(self.turn.button("task:cancel", Reply::LabelCancel));
        }
        self.speak(choices);
        self.wait(step, Some(slot.name.clone()))
    }

    fn confirm(mut self, step: &Step, text: &Template) -> Vec<Action> {
        let text = self.rendered(text);
        self.said.push(text);
        let choices = vec![
            self.turn.button("task:yes", Reply::LabelYes),
            self.turn.button("task:no", Reply::LabelChange),
            self.turn.button("task:cancel", Reply::LabelCancel),
        ];
        self.speak(choices);
        self.wait(step, None)
    }

    /// Asks what is to be changed; the step stays.
    pub(super) fn what_is_wrong(mut self, step: &Step, slots: &[&FlowSlot]) -> Vec<Action> {
        let text = self.turn.own_words(Reply::TaskChange);
        self.said.push(text);
        let fix = |slot: &&FlowSlot| Choice {
            id: format!("task:fix:{}", slot.name),
            label: slot.label.get(self.turn.language).clone(),
        };
        let mut choices: Vec<Choice> = slots.iter().map(fix).collect();
        choices.push(self.turn.button("task:cancel", Reply::LabelCancel));
        self.speak(choices);
        self.wait(step, None)
    }

    fn wait(mut self, step: &Step, slot: Option<String>) -> Vec<Action> {
        step.id.clone_into(&mut self.task.step);
        self.task.slot = slot;
        self.task.language = self.turn.language;
        let owed = self.owed();
        self.actions.push(Action::Task(TaskEvent::Moved { task: self.task, owed }));
        self.actions
    }

    fn call(mut self, step: &Step, action: &str) -> Vec<Action> {
        self.speak(vec![]);
        let mut actions = self.wait(step, None);
        if let Some(Action::Task(TaskEvent::Moved { task, .. })) = actions.last_mut() {
            task.misses = 0;
        }
        actions.push(Action::Task(TaskEvent::Call { action: action.to_owned() }));
        actions
    }

    /// The flow is over; one that was set aside for it goes on.
    pub(super) fn end(mut self, end: TaskEnd) -> Vec<Action> {
        self.speak(vec![]);
        let earlier = self.task.earlier.take();
        let mut actions = std::mem::take(&mut self.actions);
        let owed = self.owed();
        let (flow, values) = (self.task.flow, self.task.values);
        actions.push(Action::Task(TaskEvent::Ended { flow, end, values, owed }));
        actions.extend(earlier.map(|task| self.turn.take_up(*task)).unwrap_or_default());
        actions
    }

    /// A person goes on; what was collected is on the card.
    pub(super) fn hand_over(
        mut self,
        reason: HandoffReason,
        reply: Reply,
        words: Option<String>,
    ) -> Vec<Action> {
        let mut handoff = self.turn.hand_off(reason, reply);
        if let (Some(words), Some(Action::Say { text, .. })) = (words, handoff.first_mut()) {
            let is_closed = self.turn.policy.opens.is_some();
            *text = if is_closed { format!("{words}\n\n{text}") } else { words };
        }
        self.speak(vec![]);
        let owed = self.owed();
        let Task { flow, values, .. } = self.task;
        let mut actions = self.actions;
        actions.push(Action::Task(TaskEvent::Ended {
            flow,
            end: TaskEnd::HandedOver,
            values,
            owed,
        }));
        actions.append(&mut handoff);
        actions
    }

    /// Goes on after a call.
    pub(super) fn called(self, step: &Step, end: CallEnd) -> Vec<Action> {
        let StepKind::Call { missing, refused, failed, .. } = &step.kind else {
            return self.end(TaskEnd::Gone);
        };
        let target = match end {
            CallEnd::Ok => return self.run(step.next),
            CallEnd::Missing => missing,
            CallEnd::Refused => refused,
            CallEnd::Failed | CallEnd::Unknown => failed,
        };
        match target {
            Some(target) => self.run(Some(*target)),
            None => self.hand_over(HandoffReason::ActionFailed, Reply::HandoffRequested, None),
        }
    }

    fn owed(&self) -> bool {
        self.turn.state.held.is_some()
    }

    /// Says what is to be said, in one message.
    fn speak(&mut self, choices: Vec<Choice>) {
        if self.said.is_empty() {
            return;
        }
        let text = std::mem::take(&mut self.said).join("\n");
        let (language, outcome) = (self.turn.language, Outcome::Task);
        self.actions.push(Action::Say { text, language, outcome, entry: None, choices });
    }

    fn rendered(&self, template: &Template) -> String {
        template.render(|name| {
            if name == "said" {
                let said = self.turn.message.text.trim().chars().take(SAID);
                return Some(said.collect::<String>().replace('\n', " "));
            }
            shown::value(self.flow, &self.task, name, self.turn.language)
        })
    }

    pub(super) fn holds(&self, when: &[Condition]) -> bool {
        self.turn.holds(when, &self.task)
    }
}

impl Turn<'_> {
    /// Whether all conditions hold.
    pub(super) fn holds(&self, when: &[Condition], task: &Task) -> bool {
        let number = |slot: &str| {
            let value = task.value(slot)?;
            value.split(' ').next()?.parse::<f64>().ok()
        };
        when.iter().all(|condition| match condition {
            Condition::Is { slot, value, holds } => {
                (task.value(slot) == Some(value.as_str())) == *holds
            }
            Condition::Given { slot, holds } => task.value(slot).is_some() == *holds,
            Condition::Above(slot, bound) => number(slot).is_some_and(|number| number > *bound),
            Condition::Below(slot, bound) => number(slot).is_some_and(|number| number < *bound),
            Condition::Language(language) => self.language == *language,
            Condition::Segment { name, holds } => {
                (self.policy.occasion.segment == Some(name.as_str())) == *holds
            }
            Condition::Open(is_open) => self.policy.opens.is_none() == *is_open,
        })
    }
}
