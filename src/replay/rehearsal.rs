//! One conversation that is not stored.

use jiff::civil::Date;

use crate::conversation::{Knowledge, rehearse};
use crate::dialogue::{Message, Policy, State};
use crate::domain::{Action, MessageText, Reading, TextError, TextLimits};
use crate::understanding::{Asked, Audience};

/// A conversation that is not stored.
pub struct Rehearsal<'a> {
    knowledge: &'a Knowledge,
    policy: Policy<'a>,
    today: Date,
    /// Where it stands.
    pub state: State,
}

impl<'a> Rehearsal<'a> {
    /// It begins; `today` is what relative dates count from.
    pub fn new(knowledge: &'a Knowledge, policy: Policy<'a>, today: Date) -> Self {
        Self { knowledge, policy, today, state: State::default() }
    }

    /// The customer says `text`: what the bot does, and how it read the words.
    pub fn say(&mut self, text: &str) -> Result<(Vec<Action>, Reading), TextError> {
        let text = MessageText::parse(text, TextLimits::default())?;
        let topic = rehearse::topic(&self.knowledge.catalog, &self.state);
        let asked = Asked {
            text: text.as_str(),
            topic: topic.as_ref(),
            today: self.today,
            audience: Audience::default(),
            with_matches: false,
        };
        let reading = self.knowledge.understanding.read(&asked);
        let message = Message { text: text.as_str(), choice: None };
        let actions = self.policy.decide(&self.state, message, &reading);
        rehearse::advance(&mut self.state, text, &actions, &reading);
        Ok((actions, reading))
    }
}
