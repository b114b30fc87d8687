//! One conversation that is not stored: the customer speaks, the bot reads, decides and remembers as
//! in the server, at a time, with opening hours and before an audience that may be chosen.

use jiff::civil::Date;

use crate::conversation::{Knowledge, rehearse};
use crate::dialogue::{Message, Policy, State};
use crate::domain::{Action, EventBody, MessageText, Reading, TextError, TextLimits, Timestamp};
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
            at: Timestamp::default(),
            audience: Audience::default(),
            hours: None,
            state: State::default(),
        }
    }

    /// The customer says `text`: what the bot does, and how it read the words.
    pub fn say(&mut self, text: &str) -> Result<(Vec<Action>, Reading), TextError> {
        let text = MessageText::parse(text, TextLimits::default())?;
        Ok(self.hear(text, None))
    }

    /// The same; `choice` is the button, where the words are a button's.
    pub fn hear(&mut self, text: MessageText, choice: Option<&str>) -> (Vec<Action>, Reading) {
        let words = text.clone();
        let choice_said = choice.map(str::to_owned);
        let (attachments, language) = (vec![], None);
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
        let policy = Policy { opens: opens.as_deref().or(self.policy.opens), ..self.policy };
        let message = Message { text: words.as_str(), choice };
        let actions = policy.decide(&self.state, message, &reading);
        (actions, reading)
    }

    /// Something else happens: an agent takes it, or ends it.
    pub fn happen(&mut self, body: EventBody) {
        rehearse::happen(&mut self.state, self.at, body);
    }
}
