//! What an actor thinks with: the reading of a message, the policy that decides, and the events that
//! carry the decision out.

use std::sync::Arc;

use jiff::civil::Date;

use crate::conversation::actor::Actor;
use crate::conversation::{Knowledge, Parts, Refusal, rehearse, turn};
use crate::dialogue::{CustomerWorth, Occasion, Policy, Status, Strategy, Unanswered};
use crate::domain::{Action, Answer, EventBody, Language, Missed, Reading, Timestamp};
use crate::understanding::{Asked, Audience, Topic};

/// When and for whom it is decided.
pub(super) struct Setting {
    now: Timestamp,
    today: Date,
    /// When the desk opens again, in words, while it is closed.
    opens: Option<String>,
    segment: Option<String>,
    strategy: Arc<Strategy>,
    customer: CustomerWorth,
}

impl Actor {
    pub(super) async fn read(&self, knowledge: &Arc<Knowledge>, heard: &Unanswered) -> Reading {
        if heard.text.is_none() {
            return Reading::default();
        }
        let topic = rehearse::topic(&knowledge.catalog, &self.state);
        self.read_text(knowledge, heard.text.as_str().to_owned(), topic, heard.at).await
    }

    /// The entries that answer a question which a model asked in full for the customer's message.
    pub(super) async fn answers_to(
        &self,
        knowledge: &Arc<Knowledge>,
        heard: &Unanswered,
        question: String,
    ) -> Vec<Answer> {
        self.read_text(knowledge, question, None, heard.at).await.answers
    }

    async fn read_text(
        &self,
        knowledge: &Arc<Knowledge>,
        text: String,
        topic: Option<Topic>,
        now: Timestamp,
    ) -> Reading {
        let knowledge = Arc::clone(knowledge);
        let Parts { tasks, offset, .. } = &self.inner.parts;
        let today = now.day(*offset);
        let corrections = Arc::clone(&self.inner.corrections);
        let customer = self.inner.parts.customers.card(self.conversation);
        let segments: Vec<String> = customer.and_then(|card| card.segment).into_iter().collect();
        let read = move || {
            let topic = topic.as_ref();
            let audience = Audience { site: None, segments: &segments };
            let text = text.as_str();
            let asked = Asked { text, topic, today, audience, ..Asked::default() };
            let mut reading = knowledge.understanding.read(&asked);
            corrections.weigh(&knowledge.catalog, text, now, &mut reading);
            reading
        };
        tasks.blocking(read).await
    }

    /// Keeps that an answer was not what was asked. A failure loses no more than that.
    pub(super) async fn keep_missed(&self, missed: Option<Missed>) {
        let Some(missed) = missed else { return };
        let now = self.inner.parts.clock.now();
        if let Err(error) = self.inner.corrections.note(self.conversation, &missed, now).await {
            tracing::warn!(
                conversation.id = %self.conversation,
                %error,
                "that an answer was corrected is not kept"
            );
        }
    }

    /// The events that carry actions out; a hand-off comes with its card.
    pub(super) fn bodies(
        &self,
        knowledge: &Knowledge,
        actions: Vec<Action>,
        reading: Option<&Reading>,
    ) -> Vec<EventBody> {
        let mut bodies = turn::bodies(actions, reading);
        turn::with_arm(&mut bodies, self.inner.parts.strategies.arm(self.conversation).as_ref());
        let customer = self.inner.parts.customers.card(self.conversation);
        turn::with_card(&mut bodies, &self.state, &knowledge.catalog, customer);
        bodies
    }

    /// Tells who the customer is, where that is news and a human needs to know.
    pub(super) fn identified(&self) -> Result<EventBody, Refusal> {
        let is_with_humans = matches!(self.state.status, Status::Waiting | Status::Human);
        let card = self.state.need.as_ref().and_then(|need| need.card.as_ref());
        let card = card.filter(|_| is_with_humans).ok_or(Refusal::NotWaiting)?;
        let customer = self.inner.parts.customers.card(self.conversation).map(turn::known);
        let customer = customer.filter(|known| card.customer.as_ref() != Some(known));
        let customer = Box::new(customer.ok_or(Refusal::NotWaiting)?);
        Ok(EventBody::CustomerIdentified { customer })
    }

    /// When and for whom it is decided now; what is said of the desk's hours is in `language`.
    pub(super) fn setting(&self, language: Language) -> Setting {
        let Parts { clock, offset, customers, strategies, .. } = &self.inner.parts;
        let now = clock.now();
        let customer = customers.card(self.conversation);
        Setting {
            now,
            today: now.day(*offset),
            opens: self.inner.rules.opens(now, language),
            customer: customer.as_ref().map(rehearse::worth).unwrap_or_default(),
            segment: customer.and_then(|card| card.segment),
            strategy: Arc::clone(strategies.strategy(self.conversation)),
        }
    }
}

impl Setting {
    pub(super) fn policy<'a>(&'a self, knowledge: &'a Knowledge) -> Policy<'a> {
        let Self { now, today, opens, segment, strategy, customer } = self;
        let (opens, segment) = (opens.as_deref(), segment.as_deref());
        let thresholds = strategy.usual;
        let strategy = Some(strategy.as_ref());
        let (now, today, customer) = (*now, *today, *customer);
        let occasion = Occasion { now, today, segment, customer, strategy };
        Policy { catalog: &knowledge.catalog, thresholds, opens, occasion }
    }
}
