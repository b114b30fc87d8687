//! One conversation that is not stored.

use std::time::Duration;

use jiff::civil::Date;

use crate::conversation::{Knowledge, rehearse};
use crate::dialogue::{Message, Occasion, Policy, State};
use crate::domain::{
    Action, Called, EventBody, MessageText, Reading, TextError, TextLimits, Timestamp,
};
use crate::handoff::Hours;
use crate::understanding::{Asked, Audience};

/// A conversation that is not stored.
pub struct Rehearsal<'a> {
    knowledge: &'a Knowledge,
    policy: Policy<'a>,
    /// What relative dates count from.
    pub today: Date,
    /// The moment.
    pub at: Timestamp,
    /// Who asks.
    pub audience: Audience<'a>,
    /// When the desk is open; always, without.
    pub hours: Option<&'a Hours>,
    /// Where it stands.
    pub state: State,
}

impl<'a> Rehearsal<'a> {
    /// It begins; `today` is what relative dates count from.
    pub fn new(knowledge: &'a Knowledge, policy: Policy<'a>, today: Date) -> Self {
        Self {
            knowledge,
            policy,
            today,
            at: policy.occasion.now,
            audience: Audience::default(),
            hours: None,
            state: State::default(),
        }
    }

    /// The customer says `text`: what the bot does, and how it read the words. Nothing is called: a
    /// flow goes on as it does where the shop's own system cannot be reached.
    pub fn say(&mut self, text: &str) -> Result<(Vec<Action>, Reading), TextError> {
        let text = MessageText::parse(text, TextLimits::default())?;
        Ok(self.answer(text, None))
    }

    /// The same; `choice` is the button, where the words are a button's.
    pub fn answer(&mut self, text: MessageText, choice: Option<&str>) -> (Vec<Action>, Reading) {
        let (mut actions, reading) = self.hear(text, choice);
        while let Some(call) = &self.state.call {
            let called = rehearse::not_called(&call.action);
            actions.extend(self.called(called));
        }
        (actions, reading)
    }

    /// The same, but a call stays under way.
    pub fn hear(&mut self, text: MessageText, choice: Option<&str>) -> (Vec<Action>, Reading) {
        let words = text.clone();
        let (attachments, language) = (vec![], None);
        let choice_said = choice.map(str::to_owned);
        self.happen(EventBody::VisitorMessage { text, choice: choice_said, attachments, language });
        let (actions, reading) = self.think(&words, choice);
        for body in rehearse::bodies(actions.clone(), &reading) {
            self.happen(body);
        }
        (actions, reading)
    }

    /// What the bot would do about a message that is folded into the state already.
    pub fn think(&self, words: &MessageText, choice: Option<&str>) -> (Vec<Action>, Reading) {
        let topic = rehearse::topic(&self.knowledge.catalog, &self.state);
        let asked = Asked {
            text: words.as_str(),
            topic: topic.as_ref(),
            today: self.today,
            audience: self.audience,
            with_matches: false,
        };
        let reading = self.knowledge.understanding.read(&asked);
        let language = self.state.language.unwrap_or(reading.language);
        let opens = self.hours.and_then(|hours| rehearse::opens(hours, self.at, language));
        let policy = self.policy_now();
        let policy = Policy { opens: opens.as_deref().or(policy.opens), ..policy };
        let message = Message { text: words.as_str(), choice };
        let actions = policy.decide(&self.state, message, &reading);
        (actions, reading)
    }

    /// What the bot does when the call that is under way has ended.
    pub fn called(&mut self, called: Called) -> Vec<Action> {
        let policy = self.policy_now();
        rehearse::called(&mut self.state, &policy, called)
    }

    /// Something else happens: an agent takes it, or ends it.
    pub fn happen(&mut self, body: EventBody) {
        rehearse::happen(&mut self.state, self.at, body);
    }

    /// Some time passes.
    pub fn wait(&mut self, time: Duration) {
        self.at = self.at.plus(time);
    }

    /// The policy at this moment and for who asks.
    fn policy_now(&self) -> Policy<'a> {
        let segment = self.audience.segments.first().map(String::as_str);
        let occasion = Occasion { now: self.at, today: self.today, segment };
        Policy { occasion, ..self.policy }
    }
}
