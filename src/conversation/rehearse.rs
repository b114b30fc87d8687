//! A conversation that is not stored: the same fold as a real one, for trying things out.

use std::collections::BTreeMap;

use crate::catalog::Catalog;
use crate::conversation::turn;
use crate::dialogue::{Policy, State};
use crate::domain::{
    Action, CallEnd, Called, ClientId, Event, EventBody, MessageText, Reading, TaskEvent, Timestamp,
};
use crate::understanding::Topic;

/// What was talked about last, for follow-ups: the question of the FAQ entry that was given, or what
/// the customer said when the bot asked back.
pub fn topic(catalog: &Catalog, state: &State) -> Option<Topic> {
    if let Some(said) = state.memory.asked_back() {
        return Some(Topic::Open(said.to_owned()));
    }
    answered(catalog, state).map(Topic::Answered)
}

fn answered(catalog: &Catalog, state: &State) -> Option<String> {
    let id = state.topic.as_deref()?;
    let entry = catalog.entries.iter().find(|entry| entry.id == id)?;
    let own = entry.question.get(state.language.unwrap_or_default());
    let other = [&entry.question.en, &entry.question.zh];
    std::iter::once(own).chain(other).find(|question| !question.is_empty()).cloned()
}

/// Folds a message and what the bot does about it into `state`.
pub fn advance(state: &mut State, said: Said, actions: &[Action], reading: &Reading) {
    let Said { text, choice, at } = said;
    let heard = EventBody::VisitorMessage { text, choice };
    let answers = turn::bodies(actions.to_vec(), Some(reading));
    fold(state, std::iter::once(heard).chain(answers), at);
}

/// What a customer says or presses, and when.
#[derive(Clone, Debug)]
pub struct Said {
    /// The words.
    pub text: MessageText,
    /// The button, when the words are a button's.
    pub choice: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// Folds what became of the call that is under way into `state`, and says what the bot does then.
pub fn called(state: &mut State, policy: &Policy<'_>, called: Called) -> Vec<Action> {
    let (end, at) = (called.end, policy.occasion.now);
    fold(state, [EventBody::Task { task: TaskEvent::Called { called }, reading: None }], at);
    let actions = policy.go_on(state, end);
    fold(state, turn::bodies(actions.clone(), None), at);
    actions
}

/// What becomes of calls where nobody calls.
pub fn not_called(action: &str) -> Called {
    Called {
        action: action.to_owned(),
        end: CallEnd::Failed,
        reason: Some("nothing is called in a rehearsal".to_owned()),
        status: None,
        values: BTreeMap::new(),
        attempts: 0,
        duration_ms: 0,
    }
}

fn fold(state: &mut State, bodies: impl IntoIterator<Item = EventBody>, at: Timestamp) {
    for body in bodies {
        let seq = state.last.next();
        let client_id = ClientId::of_bot_turn(seq, 0);
        state.apply(&Event { seq, at, client_id, body });
    }
}
