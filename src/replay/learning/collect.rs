//! The turns of a log whose choice a learned policy may take, with what came of them.

use std::sync::Arc;

use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};

use crate::conversation::rehearse;
use crate::customers::{CustomerCard, Customers, TokenCheck};
use crate::dialogue::learned::Name;
use crate::dialogue::{Occasion, Policy};
use crate::domain::{ConversationId, Event, EventBody, SystemClock, Timestamp};
use crate::events::sled::SledLog;
use crate::replay::learning::{Sample, Value, hindsight};
use crate::replay::recorded::{BATCH, answers, conversations, events};
use crate::replay::{Heard, Rehearsal, ReplayError, Stage};
use crate::understanding::Audience;

/// What turns are collected with.
pub struct Collect<'a> {
    /// Knowledge and strategy.
    pub stage: Stage<'a>,
    /// Only messages from this moment on.
    pub since: Timestamp,
    /// Told now and then how many turns have been found.
    pub progress: &'a (dyn Fn(usize) + Sync),
}

/// Turns that were collected.
#[derive(Clone, Debug, Default)]
pub struct Collected {
    /// Those of which the record tells what would have helped.
    pub samples: Vec<Sample>,
    /// How many messages the bot answered itself where the choice was open.
    pub open: usize,
}

struct Talk {
    conversation: ConversationId,
    card: Option<CustomerCard>,
    events: Vec<Event>,
}

impl Collect<'_> {
    /// Collects from all conversations of a log. Every message is read again, by the knowledge as it
    /// is, at the very place where the conversation stood.
    pub async fn run(&self, log: &Arc<SledLog>) -> Result<Collected, ReplayError> {
        let tokens = TokenCheck::new(&[], None);
        let customers =
            Customers::open(Arc::clone(log) as _, Arc::new(SystemClock), tokens).await?;
        let mut collected = Collected::default();
        for batch in conversations(log.as_ref()).await?.chunks(BATCH) {
            let mut talks = Vec::with_capacity(batch.len());
            for conversation in batch {
                let events = events(log.as_ref(), *conversation).await?;
                let card = customers.card(*conversation);
                talks.push(Talk { conversation: *conversation, card, events });
            }
            let found: Vec<Collected> =
                talks.into_par_iter().map(|talk| self.walk(&talk)).collect();
            for Collected { samples, open } in found {
                collected.samples.extend(samples);
                collected.open += open;
            }
            (self.progress)(collected.samples.len());
        }
        Ok(collected)
    }

    fn walk(&self, talk: &Talk) -> Collected {
        let Stage { knowledge, strategy, offset, .. } = self.stage;
        let (catalog, thresholds) = (&knowledge.catalog, strategy.usual);
        let customer = talk.card.as_ref().map(rehearse::worth).unwrap_or_default();
        let occasion = Occasion { customer, strategy: Some(strategy), ..Occasion::default() };
        let policy = Policy { catalog, thresholds, opens: None, occasion };
        let segments: Vec<String> =
            talk.card.iter().filter_map(|card| card.segment.clone()).collect();
        let mut rehearsal = Rehearsal::new(knowledge, policy, Timestamp::default().day(offset));
        rehearsal.audience = Audience { site: None, segments: &segments };
        let answers = answers(&talk.events);
        let mut collected = Collected::default();
        for event in &talk.events {
            rehearsal.state.apply(event);
            let EventBody::VisitorMessage { text, choice, attachments, .. } = &event.body else {
                continue;
            };
            let is_plain = attachments.is_empty() && !text.is_none() && choice.is_none();
            if event.at < self.since || !is_plain || !answers.contains_key(&event.seq) {
                continue;
            }
            (rehearsal.at, rehearsal.today) = (event.at, event.at.day(offset));
            let heard = Heard { text, choice: None, files: false, page: None, in_full: None };
            let Some((features, rules)) = rehearsal.weigh(&heard) else { continue };
            collected.open += 1;
            let Some(told) = hindsight::told(&talk.events, event.seq, &answers) else { continue };
            let likeliest = features.get(Name::Entry.name());
            let Some(proved) = told.proved(likeliest.and_then(Value::name)) else {
                continue;
            };
            collected.samples.push(Sample {
                conversation: talk.conversation.to_string(),
                seq: event.seq.0,
                features,
                did: told.did,
                rules,
                proved,
            });
        }
        collected
    }
}
