//! A conversation that is not stored: the same fold as a real one, for trying things out.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::conversation::desk_rules::{self, DeskRules};
use crate::conversation::{Conversations, Knowledge, turn};
use crate::customers::CustomerCard;
use crate::dialogue::{CustomerWorth, Message, Occasion, Policy, State};
use crate::domain::{
    Action, CallEnd, Called, ClientId, Event, EventBody, Language, Missed, Reading, TaskEvent,
    Timestamp,
};
use crate::events::{Records, RecordsError};
use crate::handoff::{Hours, Rules};
use crate::understanding::{Asked, Audience, Topic};

/// What the bot makes of a first message, and what it does about it.
pub struct Heard {
    /// What it understood.
    pub reading: Reading,
    /// What it does.
    pub actions: Vec<Action>,
}

impl Conversations {
    /// Lets the bot answer a first message with some knowledge. Nothing is stored.
    pub fn rehearse(&self, knowledge: &Knowledge, text: &str) -> Heard {
        let parts = &self.0.parts;
        let now = parts.clock.now();
        let today = now.day(parts.offset);
        let audience = Audience::default();
        let asked = Asked { text, topic: None, today, audience, with_matches: false };
        let reading = knowledge.understanding.read(&asked);
        let strategy = parts.strategies.usual.as_ref();
        let strategy_in_use = Some(strategy);
        let occasion = Occasion { now, today, strategy: strategy_in_use, ..Occasion::default() };
        let (catalog, thresholds) = (&knowledge.catalog, strategy.usual);
        let policy = Policy { catalog, thresholds, opens: None, occasion };
        let message = Message { text, choice: None };
        let actions = policy.decide(&State::default(), message, &reading);
        Heard { reading, actions }
    }
}

/// What was talked about before the message that `state` ends with, for follow-ups: the question of
/// the FAQ entry that was given, or what the customer said when the bot asked back.
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

/// What a learned policy may ask of a customer.
pub fn worth(card: &CustomerCard) -> CustomerWorth {
    let open_orders = u16::try_from(card.open_orders.len()).unwrap_or(u16::MAX);
    CustomerWorth { verified: card.verified, value: card.value_band as u8, open_orders }
}

/// Folds what happened into `state`, as the next event.
pub fn happen(state: &mut State, at: Timestamp, body: EventBody) {
    let seq = state.last.next();
    let client_id = ClientId::of_bot_turn(seq, 0);
    state.apply(&Event { seq, at, client_id, body });
}

/// The events that would carry actions out; with what the message says of the answer before.
pub fn bodies(actions: Vec<Action>, reading: &Reading, missed: Option<Missed>) -> Vec<EventBody> {
    let mut bodies = turn::bodies(actions, Some(reading));
    turn::with_missed(&mut bodies, missed);
    bodies
}

/// When a desk with these hours opens again, in words, while it is closed.
pub fn opens(hours: &Hours, now: Timestamp, language: Language) -> Option<String> {
    desk_rules::opens_in_words(hours, now, language)
}

/// The desk's rules as they are stored.
pub async fn stored_rules(records: Arc<dyn Records>) -> Result<Arc<Rules>, RecordsError> {
    Ok(DeskRules::open(records).await?.current())
}

/// Folds what became of the call that is under way into `state`, and says what the bot does then.
pub fn called(state: &mut State, policy: &Policy<'_>, called: Called) -> Vec<Action> {
    let (end, at) = (called.end, policy.occasion.now);
    happen(state, at, EventBody::Task { task: TaskEvent::Called { called }, reading: None });
    let actions = policy.go_on(state, end);
    for body in turn::bodies(actions.clone(), None) {
        happen(state, at, body);
    }
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
