//! What an actor thinks with: the reading of a message, the policy that decides, and the events that
//! carry the decision out.

use std::sync::Arc;

use crate::conversation::actor::Actor;
use crate::conversation::{Knowledge, Parts, Refusal, rehearse, turn};
use crate::dialogue::{Policy, Status, Unanswered};
use crate::domain::{Action, EventBody, Language, Reading};
use crate::understanding::{Asked, Audience};

impl Actor {
    pub(super) async fn read(&self, knowledge: &Arc<Knowledge>, heard: &Unanswered) -> Reading {
        if heard.text.is_none() {
            return Reading::default();
        }
        let knowledge = Arc::clone(knowledge);
        let text = heard.text.clone();
        let topic = rehearse::topic(&knowledge.catalog, &self.state);
        let Parts { tasks, offset, .. } = &self.inner.parts;
        let today = heard.at.day(*offset);
        let customer = self.inner.parts.customers.card(self.conversation);
        let segments: Vec<String> = customer.and_then(|card| card.segment).into_iter().collect();
        let read = move || {
            let topic = topic.as_ref();
            let audience = Audience { site: None, segments: &segments };
            let text = text.as_str();
            let asked = Asked { text, topic, today, audience, ..Asked::default() };
            knowledge.understanding.read(&asked)
        };
        tasks.blocking(read).await
    }

    /// The events that carry actions out; a hand-off comes with its card.
    pub(super) fn bodies(
        &self,
        knowledge: &Knowledge,
        actions: Vec<Action>,
        reading: Option<&Reading>,
    ) -> Vec<EventBody> {
        let mut bodies = turn::bodies(actions, reading);
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

    pub(super) fn policy<'a>(
        &self,
        knowledge: &'a Knowledge,
        opens: Option<&'a str>,
    ) -> Policy<'a> {
        Policy { catalog: &knowledge.catalog, thresholds: self.inner.parts.thresholds, opens }
    }

    /// When the desk opens again, in words, while it is closed.
    pub(super) fn opens(&self, language: Language) -> Option<String> {
        self.inner.rules.opens(self.inner.parts.clock.now(), language)
    }
}
