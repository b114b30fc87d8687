//! The pure pieces of a turn: actions to events, state to the desk's case, and the fold that gives
//! a state back from the log.

use crate::conversation::Refusal;
use crate::dialogue::{State, Status};
use crate::domain::{
    Action, ConversationId, Event, EventBody, Language, Reading, ReadingSummary, Scored, Seq,
};
use crate::events::EventLog;
use crate::handoff::{Case, CaseStatus, Owner, Rating, Waiting};

/// How many events are read at once.
const PAGE: usize = 256;
/// How many answers are kept with a message of the bot.
const KEPT_ANSWERS: usize = 3;

/// The events that carry actions out.
pub(super) fn bodies(actions: Vec<Action>, reading: Option<&Reading>) -> Vec<EventBody> {
    let mut reading = reading.map(summary);
    actions.into_iter().map(|action| body(action, &mut reading)).collect()
}

fn body(action: Action, reading: &mut Option<ReadingSummary>) -> EventBody {
    match action {
        Action::Say { text, language, outcome, entry, choices } => EventBody::BotMessage {
            text,
            language,
            outcome,
            entry,
            choices,
            reading: reading.take(),
        },
        Action::Handoff { reason, urgency, language } => EventBody::HandoffRequested {
            reason,
            urgency: urgency.level,
            evidence: urgency.evidence,
            language,
        },
    }
}

fn summary(reading: &Reading) -> ReadingSummary {
    let answers = reading.answers.iter().take(KEPT_ANSWERS);
    ReadingSummary {
        intent: reading.intent.clone(),
        category: reading.category.clone(),
        urgency: reading.urgency.clone(),
        answers: answers
            .map(|answer| Scored { name: answer.id.clone(), confidence: answer.confidence })
            .collect(),
    }
}

/// What the desk should know of a conversation; nothing while it is with the bot.
pub(super) fn case(conversation: ConversationId, state: &State) -> Option<Case> {
    let need = state.need.as_ref()?;
    let taken = state.taken.as_ref();
    let owner = taken.map(|taken| Owner { id: taken.agent, name: taken.name.clone() });
    let status = match (state.status, owner, taken) {
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
    let waiting = Waiting {
        conversation,
        urgency: need.urgency,
        reason: need.reason,
        evidence: need.evidence.clone(),
        since: need.since,
        language: state.language.unwrap_or(Language::En),
    };
    Some(Case { waiting, status, preview: state.preview.clone(), last: state.last })
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
