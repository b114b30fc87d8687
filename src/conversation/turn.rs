//! The pure pieces of a turn: actions to events, state to the desk's case, and the fold that gives
//! a state back from the log.

use std::sync::Arc;

use crate::catalog::Catalog;
use crate::conversation::Refusal;
use crate::customers::CustomerCard;
use crate::dialogue::{State, Status, Wanted};
use crate::domain::{
    Action, Arm, ConversationId, Event, EventBody, HandoffCard, KnownCustomer, Language, Missed,
    Reading, ReadingSummary, Scored, Sentiment, Seq, UrgencyLevel,
};
use crate::events::EventLog;
use crate::handoff::{Case, CaseStatus, Owner, Rating, Waiting};
use crate::inbox::{self, Item, Standing};

/// How many events are read at once.
const PAGE: usize = 256;
/// How many answers are kept with a message of the bot.
const KEPT_ANSWERS: usize = 3;
/// How many intents are kept beside the likeliest.
const KEPT_ALTERNATIVES: usize = 2;
/// How sure a reading must be that a customer is upset.
const UPSET_AT: f32 = 0.6;

/// The events that carry actions out.
pub(super) fn bodies(actions: Vec<Action>, reading: Option<&Reading>) -> Vec<EventBody> {
    let mut reading = reading.map(summary);
    let is_said = actions.iter().any(|action| matches!(action, Action::Say { .. }));
    let mut unsaid = if is_said { None } else { reading.take() };
    actions
        .into_iter()
        .map(|action| match action {
            Action::Task(task) => EventBody::Task { task, reading: unsaid.take() },
            action => body(action, &mut reading),
        })
        .collect()
}

fn body(action: Action, reading: &mut Option<ReadingSummary>) -> EventBody {
    match action {
        Action::Say { text, language, outcome, entry, choices } => EventBody::BotMessage {
            text,
            language,
            outcome,
            entry,
            choices,
            sources: vec![],
            reading: reading.take(),
        },
        Action::Handoff { reason, urgency, language } => EventBody::HandoffRequested {
            reason,
            urgency: urgency.level,
            evidence: urgency.evidence,
            language,
            card: None,
        },
        Action::Task(task) => EventBody::Task { task, reading: None },
    }
}

/// Puts down by which side of an experiment it was decided.
pub(super) fn with_arm(bodies: &mut [EventBody], arm: Option<&Arm>) {
    for body in bodies {
        if let EventBody::BotMessage { reading: Some(reading), .. }
        | EventBody::Task { reading: Some(reading), .. } = body
        {
            reading.arm = arm.cloned();
        }
    }
}

/// Puts to what was understood that the answer before was not what was asked.
pub(super) fn with_missed(bodies: &mut [EventBody], missed: Option<Missed>) {
    let understood = bodies.iter_mut().find_map(|body| match body {
        EventBody::BotMessage { reading, .. } | EventBody::Task { reading, .. } => reading.as_mut(),
        _ => None,
    });
    if let Some(understood) = understood {
        understood.missed = missed;
    }
}

/// Puts into the hand-off among `bodies` what an agent needs to know.
pub(super) fn with_card(
    bodies: &mut [EventBody],
    state: &State,
    catalog: &Catalog,
    customer: Option<CustomerCard>,
) {
    let customer = customer.map(known);
    let mut memory = state.memory.clone();
    for body in bodies {
        match body {
            EventBody::BotMessage { reading: Some(reading), .. } => memory.learn(reading),
            EventBody::Task { task, reading } => {
                memory.fill(task);
                if let Some(reading) = reading {
                    memory.learn(reading);
                }
            }
            EventBody::HandoffRequested { reason, urgency, evidence, language, card } => {
                let (reason, urgency, language) = (*reason, *urgency, *language);
                let wanted = Wanted { reason, urgency, evidence, language };
                let whole = memory.card(&wanted, catalog);
                let customer = customer.clone();
                *card = Some(Box::new(HandoffCard { customer, ..whole }));
            }
            _ => {}
        }
    }
}

/// A customer as the card of a hand-off tells of them.
pub(super) fn known(card: CustomerCard) -> KnownCustomer {
    let CustomerCard { id, name, verified, segment, value_band, open_orders, attributes } = card;
    KnownCustomer {
        id: id.to_string(),
        name,
        verified,
        segment,
        value_band: value_band.name().to_owned(),
        open_orders: serde_json::to_value(open_orders).unwrap_or_default(),
        attributes: serde_json::to_value(attributes).unwrap_or_default(),
    }
}

fn summary(reading: &Reading) -> ReadingSummary {
    let answers = reading.answers.iter().take(KEPT_ANSWERS);
    ReadingSummary {
        intent: reading.intent.clone(),
        asked_in_full: reading.asked_in_full.clone(),
        alternatives: reading.alternatives.iter().take(KEPT_ALTERNATIVES).cloned().collect(),
        category: reading.category.clone(),
        urgency: reading.urgency.clone(),
        sentiment: reading.sentiment.clone(),
        answers: answers
            .map(|answer| Scored { name: answer.id.clone(), confidence: answer.confidence })
            .collect(),
        entities: reading.entities.clone(),
        arm: None,
        missed: None,
    }
}

/// What the desk should know of a conversation; nothing while it is with the bot.
pub(super) fn case(conversation: ConversationId, state: &State) -> Option<Case> {
    let need = state.need.as_ref()?;
    let taken = state.taken.as_ref();
    let owner = taken.map(|taken| Owner { id: taken.agent, name: taken.name.clone() });
    let status = match (state.status, owner, taken) {
        (Status::Waiting | Status::Human, owner, _) if state.triage.snooze.is_some() => {
            let snooze = state.triage.snooze?;
            CaseStatus::Snoozed { owner, since: snooze.at, until: snooze.until }
        }
        (Status::Waiting, ..) => CaseStatus::Waiting,
        (Status::Human, Some(owner), Some(taken)) => {
            CaseStatus::Human { owner, claimed_at: taken.at }
        }
        (Status::Resolved, Some(owner), Some(taken)) => {
            let rating = state.rating.clone().map(|(score, comment)| Rating { score, comment });
            CaseStatus::Resolved { owner, resolved_at: taken.at, rating }
        }
        _ => return None,
    };
    let card = need.card.as_deref();
    let customer = card.and_then(|card| card.customer.as_ref());
    let upset = card
        .and_then(|card| card.sentiment.as_ref())
        .is_some_and(|mood| mood.name == Sentiment::Negative.name() && mood.confidence >= UPSET_AT);
    let waiting = Waiting {
        conversation,
        urgency: need.urgency,
        priority: state.triage.priority,
        reason: need.reason,
        evidence: need.evidence.clone(),
        since: need.since,
        language: state.language.unwrap_or(Language::En),
        upset,
        value: customer.map(|customer| customer.value_band.clone()),
        segment: customer.and_then(|customer| customer.segment.clone()),
        intent: card.and_then(|card| card.intent.as_ref()).map(|intent| intent.name.clone()),
        channel: card.map_or_else(|| "web".to_owned(), |card| card.channel.name.clone()),
        reply_until: card.and_then(|card| card.channel.reply_until),
        target: need.target.clone(),
        last_agent: state.last_agent,
        returned: need.answered_at.is_some() || need.target.is_some(),
    };
    Some(Case {
        waiting,
        status,
        preview: state.preview.clone(),
        last: state.last,
        card: card.map(|card| Arc::new(card.clone())),
        answered_at: need.answered_at,
        unanswered_since: need.unanswered_since,
    })
}

/// The conversation's row in the inbox; nothing when no human had ever to do with it or was asked to
/// look at it.
pub(super) fn item(
    conversation: ConversationId,
    state: &State,
    team_of: impl FnOnce(&Waiting) -> Option<String>,
) -> Option<Item> {
    let case = case(conversation, state);
    let is_over = matches!(state.status, Status::Bot | Status::Resolved);
    let concerns_agents = state.last_agent.is_some() || !state.triage.mentioned.is_empty();
    if case.is_none() && (!is_over || !concerns_agents) {
        return None;
    }
    let taken = state.taken.as_ref();
    let standing = match state.status {
        Status::Waiting | Status::Human if state.triage.snooze.is_some() => Standing::Snoozed,
        Status::Waiting => Standing::Waiting,
        Status::Human => Standing::Human,
        Status::Resolved => Standing::Resolved,
        Status::Bot => Standing::Bot,
    };
    let waiting = case.as_ref().map(|case| &case.waiting);
    let since = waiting.map(|waiting| waiting.since);
    let known = taken.map(|taken| taken.at).or(since).or(state.began);
    Some(Item {
        conversation,
        last: state.last,
        standing,
        owner: taken.map(|taken| inbox::Owner { id: taken.agent, name: taken.name.clone() }),
        at: state.triage.active_at.or(known).unwrap_or_default(),
        since: since.or(known).unwrap_or_default(),
        snoozed_until: state.triage.snooze.and_then(|snooze| snooze.until),
        heard: state.triage.heard,
        answered: state.triage.answered,
        unread: state.triage.unread.clone(),
        mentioned: state.triage.mentioned.clone(),
        language: state.language.unwrap_or_default(),
        channel: waiting.map_or_else(|| "web".to_owned(), |waiting| waiting.channel.clone()),
        team: waiting.and_then(team_of),
        labels: state.triage.labels.clone(),
        priority: state.triage.priority,
        urgency: waiting.map_or(UrgencyLevel::Normal, |waiting| waiting.urgency),
        preview: state.preview.clone(),
    })
}

/// The case of a conversation that nobody needs to look at any more.
pub(super) fn closed(case: Case, last: Seq) -> Case {
    Case { status: CaseStatus::Closed, last, ..case }
}

/// A conversation's state: its latest snapshot with the events after it.
pub(super) async fn load_state(
    log: &dyn EventLog,
    conversation: ConversationId,
) -> Result<State, Refusal> {
    let kept = log.snapshot(conversation).await.ok().flatten();
    let kept = kept.and_then(|(_, bytes)| serde_json::from_slice::<State>(&bytes).ok());
    let mut state = kept.unwrap_or_default();
    loop {
        let events = read_page(log, conversation, state.last).await?;
        let is_end = events.len() < PAGE;
        for event in &events {
            state.apply(event);
        }
        if is_end {
            return Ok(state);
        }
    }
}

/// The next events after a place; empty at the end.
pub(super) async fn read_page(
    log: &dyn EventLog,
    conversation: ConversationId,
    after: Seq,
) -> Result<Vec<Event>, Refusal> {
    log.read(conversation, after, PAGE).await.map_err(|_| Refusal::Unavailable)
}
