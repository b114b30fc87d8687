//! The walk through the log, and one message decided again.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use crate::conversation::rehearse;
use crate::customers::{CustomerError, Customers, TokenCheck};
use crate::dialogue::{Occasion, Policy, Status};
use crate::domain::{ConversationId, Event, EventBody, Seq, SystemClock, Timestamp};
use crate::events::sled::SledLog;
use crate::events::{EventLog, ReadError, RecordsError};
use crate::handoff::Rules;
use crate::replay::recorded::report::Compared;
use crate::replay::recorded::{Change, ReplayReport};
use crate::replay::{Did, Heard, Rehearsal, Stage};
use crate::understanding::Audience;

/// Entries of the journal, and events, that are read at once.
const PAGE: usize = 512;
/// Conversations that are in memory at once.
pub(in crate::replay) const BATCH: usize = 256;

/// The record cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// Conversations.
    #[error(transparent)]
    Log(#[from] ReadError),
    /// The desk's rules.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// Who the customers are.
    #[error(transparent)]
    Customers(#[from] CustomerError),
}

/// A recorded conversation.
struct Recorded {
    conversation: ConversationId,
    segments: Vec<String>,
    events: Vec<Event>,
}

/// What recorded conversations are run through.
pub struct Replay<'a> {
    /// Knowledge and strategy.
    pub stage: Stage<'a>,
    /// Only messages from this moment on are compared.
    pub since: Timestamp,
    /// Told now and then how many messages have been compared.
    pub progress: &'a (dyn Fn(usize) + Sync),
}

impl Replay<'_> {
    /// Runs all conversations of a log.
    pub async fn run(&self, log: &Arc<SledLog>) -> Result<ReplayReport, ReplayError> {
        let rules = rehearse::stored_rules(Arc::clone(log) as _).await?;
        let tokens = TokenCheck::new(&[], None);
        let customers =
            Customers::open(Arc::clone(log) as _, Arc::new(SystemClock), tokens).await?;
        let mut report = ReplayReport::since(self.since);
        let all = conversations(log.as_ref()).await?;
        for batch in all.chunks(BATCH) {
            let mut recorded = Vec::with_capacity(batch.len());
            for conversation in batch {
                let events = events(log.as_ref(), *conversation).await?;
                if events.last().is_some_and(|last| last.at >= self.since) {
                    let card = customers.card(*conversation);
                    let segments = card.and_then(|card| card.segment).into_iter().collect();
                    recorded.push(Recorded { conversation: *conversation, segments, events });
                }
            }
            let walked: Vec<Walked> =
                recorded.into_par_iter().map(|talk| self.walk(&talk, &rules)).collect();
            for walked in walked {
                report.add(walked.compared, walked.unanswered, walked.with_people);
            }
            (self.progress)(report.turns);
        }
        report.finish();
        Ok(report)
    }

    fn walk(&self, talk: &Recorded, rules: &Rules) -> Walked {
        let Stage { knowledge, strategy, offset, .. } = self.stage;
        let policy = Policy {
            catalog: &knowledge.catalog,
            thresholds: strategy.usual,
            opens: None,
            occasion: Occasion { strategy: Some(strategy), ..Occasion::default() },
        };
        let answers = answers(&talk.events);
        let mut walked = Walked::default();
        let mut rehearsal = Rehearsal::new(knowledge, policy, Timestamp::default().day(offset));
        rehearsal.audience = Audience { site: None, segments: &talk.segments };
        rehearsal.hours = rules.hours(None);
        for event in &talk.events {
            rehearsal.state.apply(event);
            let EventBody::VisitorMessage { text, choice, attachments, language } = &event.body
            else {
                continue;
            };
            if event.at < self.since {
                continue;
            }
            let recorded = answers.get(&event.seq).map(Vec::as_slice).unwrap_or_default();
            match rehearsal.state.status {
                Status::Human | Status::Resolved => walked.with_people += 1,
                Status::Waiting if text.is_none() => walked.with_people += 1,
                // another message came before the bot was done, or another bot answered
                Status::Bot if recorded.is_empty() => walked.unanswered += 1,
                Status::Bot | Status::Waiting => {
                    rehearsal.at = event.at;
                    rehearsal.today = event.at.day(offset);
                    let before = Did::of(recorded.iter().copied());
                    let heard = Heard {
                        text,
                        choice: choice.as_deref(),
                        files: !attachments.is_empty(),
                        page: *language,
                        in_full: recorded.iter().find_map(|body| in_full(body)),
                    };
                    walked.compared.push(again(&rehearsal, talk, event, &heard, before));
                }
            }
        }
        walked
    }
}

/// A conversation that was walked through.
#[derive(Default)]
struct Walked {
    compared: Vec<Compared>,
    unanswered: usize,
    with_people: usize,
}

/// Decides about a message again.
fn again(
    rehearsal: &Rehearsal<'_>,
    talk: &Recorded,
    event: &Event,
    heard: &Heard<'_>,
    before: Did,
) -> Compared {
    let (actions, reading) = rehearsal.think(heard);
    let now = Did::of(&rehearse::bodies(actions, &reading, None));
    let change = if before == now {
        Change::Same
    } else if before.is_like(&now) {
        Change::Words
    } else {
        Change::Otherwise
    };
    Compared {
        conversation: talk.conversation,
        seq: event.seq,
        at: event.at,
        customer: heard.text.as_str().to_owned(),
        change,
        before,
        now,
    }
}

/// What the message was asked as in full, which a body answers.
fn in_full(body: &EventBody) -> Option<&str> {
    match body {
        EventBody::BotMessage { reading: Some(reading), .. } => reading.asked_in_full.as_deref(),
        _ => None,
    }
}

/// The bot's answers, by the message that they answer: their ids name it.
pub(in crate::replay) fn answers(events: &[Event]) -> HashMap<Seq, Vec<&EventBody>> {
    let mut answers: HashMap<Seq, Vec<&EventBody>> = HashMap::new();
    for event in events {
        let mut parts = event.client_id.as_str().split('/');
        let (Some("bot"), Some(seq), Some(_)) = (parts.next(), parts.next(), parts.next()) else {
            continue;
        };
        if let Ok(seq) = seq.parse() {
            answers.entry(Seq(seq)).or_default().push(&event.body);
        }
    }
    answers
}

/// All conversations, in the order in which they began.
pub(in crate::replay) async fn conversations(
    log: &dyn EventLog,
) -> Result<Vec<ConversationId>, ReadError> {
    let (mut after, mut seen, mut all) = (0, HashSet::new(), Vec::new());
    loop {
        let page = log.journal(after, PAGE).await?;
        let Some(last) = page.last() else { return Ok(all) };
        after = last.position;
        for entry in page {
            if seen.insert(entry.conversation) {
                all.push(entry.conversation);
            }
        }
    }
}

/// All events of a conversation.
pub(in crate::replay) async fn events(
    log: &dyn EventLog,
    conversation: ConversationId,
) -> Result<Vec<Event>, ReadError> {
    let mut all: Vec<Event> = Vec::new();
    loop {
        let after = all.last().map_or(Seq::ZERO, |event| event.seq);
        let page = log.read(conversation, after, PAGE).await?;
        let is_end = page.len() < PAGE;
        all.extend(page);
        if is_end {
            return Ok(all);
        }
    }
}
