//! How a task goes on, folded from its events: the flow under way, the call that is waited for, and what
//! the customer wrote meanwhile.

use serde::{Deserialize, Serialize};

use crate::dialogue::{Owed, State};
use crate::domain::{Event, ReadingSummary, Seq, Task, TaskEvent, Urgency};

/// How sure a reading of the urgency must be to be remembered.
const SURE_AT: f32 = 0.5;

/// A call to the shop's own system of which nobody knows yet what became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingCall {
    /// The event by which it was decided; with the conversation it names the call for ever.
    pub seq: Seq,
    /// The action.
    pub action: String,
    /// What its flow knew.
    pub task: Task,
}

impl State {
    pub(super) fn go_on(
        &mut self,
        task: &TaskEvent,
        reading: Option<&ReadingSummary>,
        event: &Event,
    ) {
        self.memory.fill(task);
        if let Some(reading) = reading {
            self.memory.learn(reading);
            self.note_urgency(&reading.urgency);
        }
        match task {
            TaskEvent::Moved { task, .. } => {
                self.task = Some(task.clone());
                // a flow may begin with a call, before the bot has said anything
                self.language = Some(task.language);
                self.task_at = event.at;
                self.take_up_held();
            }
            TaskEvent::Ended { .. } => {
                self.task = None;
                self.take_up_held();
            }
            TaskEvent::Call { action } => {
                let task = self.task.clone().unwrap_or_default();
                self.call = Some(PendingCall { seq: event.seq, action: action.clone(), task });
            }
            TaskEvent::Called { called } => {
                self.call = None;
                if let Some(task) = &mut self.task {
                    task.values.extend(called.values.clone());
                    self.held = self.unanswered.take();
                }
            }
        }
    }

    /// What was written during a call is the next thing to answer.
    fn take_up_held(&mut self) {
        self.unanswered = self.held.take();
        self.owed = self.unanswered.as_ref().map(|held| Owed { seq: held.seq, at: held.at });
    }

    pub(super) fn note_urgency(&mut self, read: &Urgency) {
        let known = self.pressing.as_ref().map(|known| known.level);
        if read.confidence >= SURE_AT && Some(read.level) > known {
            self.pressing = Some(read.clone());
        }
    }
}
