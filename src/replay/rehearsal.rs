//! One conversation that is not stored.

use jiff::civil::Date;

use crate::conversation::Knowledge;
use crate::conversation::rehearse::{self, Said};
use crate::dialogue::{Message, Occasion, Policy, State};
use crate::domain::{Action, Called, MessageText, Reading, TextError, TextLimits};
use crate::understanding::{Asked, Audience};

/// A conversation that is not stored.
pub struct Rehearsal<'a> {
    knowledge: &'a Knowledge,
    policy: Policy<'a>,
    /// Where it stands.
    pub state: State,
}

impl<'a> Rehearsal<'a> {
    /// It begins; `today` is what relative dates count from.
    pub fn new(knowledge: &'a Knowledge, policy: Policy<'a>, today: Date) -> Self {
        let policy = Policy { occasion: Occasion { today, ..policy.occasion }, ..policy };
        Self { knowledge, policy, state: State::default() }
    }

    /// The customer says `text`: what the bot does, and how it read the words. Nothing is called: a
    /// flow goes on as it does where the shop's own system cannot be reached.
    pub fn say(&mut self, text: &str) -> Result<(Vec<Action>, Reading), TextError> {
        let (mut actions, reading) = self.hear(text, None)?;
        while let Some(call) = &self.state.call {
            let called = rehearse::not_called(&call.action);
            actions.extend(self.called(called));
        }
        Ok((actions, reading))
    }

    /// The same, or a button that is pressed; a call stays under way.
    pub fn hear(
        &mut self,
        text: &str,
        choice: Option<&str>,
    ) -> Result<(Vec<Action>, Reading), TextError> {
        let text = MessageText::parse(text, TextLimits::default())?;
        let topic = rehearse::topic(&self.knowledge.catalog, &self.state);
        let asked = Asked {
            text: text.as_str(),
            topic: topic.as_ref(),
            today: self.policy.occasion.today,
            audience: Audience::default(),
            with_matches: false,
        };
        let reading = self.knowledge.understanding.read(&asked);
        let message = Message { text: text.as_str(), choice };
        let actions = self.policy.decide(&self.state, message, &reading);
        let said = Said { text, choice: choice.map(str::to_owned), at: self.policy.occasion.now };
        rehearse::advance(&mut self.state, said, &actions, &reading);
        Ok((actions, reading))
    }

    /// What the bot does when the call that is under way has ended.
    pub fn called(&mut self, called: Called) -> Vec<Action> {
        rehearse::called(&mut self.state, &self.policy, called)
    }

    /// Some time passes.
    pub fn wait(&mut self, time: std::time::Duration) {
        self.policy.occasion.now = self.policy.occasion.now.plus(time);
    }
}
