//! One conversation that is not stored: the customer speaks, the bot reads, decides and remembers as
//! in the server, at a time, with opening hours and before an audience that may be chosen.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::civil::Date;

use crate::conversation::{Knowledge, in_full, rehearse};
use crate::dialogue::learned::Way;
use crate::dialogue::{self, Message, Occasion, Policy, State};
use crate::domain::{
    Action, Called, EventBody, Language, MessageText, Reading, TextError, TextLimits, Timestamp,
};
use crate::handoff::Hours;
use crate::replay::learning::{Sample, Value};
use crate::understanding::{Asked, Audience, Topic};

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

/// What the customer sent.
#[derive(Clone, Copy, Debug)]
pub struct Heard<'a> {
    /// The words; none beside files.
    pub text: &'a MessageText,
    /// The button, where the words are a button's.
    pub choice: Option<&'a str>,
    /// Whether files came with it.
    pub files: bool,
    /// The language of the page, where there are no words that would tell.
    pub page: Option<Language>,
    /// The words as a language model asked them in full when they were said. It is not asked again.
    pub in_full: Option<&'a str>,
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
        Ok(self.answer(&text, None))
    }

    /// The same; `choice` is the button, where the words are a button's.
    pub fn answer(&mut self, text: &MessageText, choice: Option<&str>) -> (Vec<Action>, Reading) {
        let (mut actions, reading) = self.hear(text, choice);
        while let Some(call) = &self.state.call {
            let called = rehearse::not_called(&call.action);
            actions.extend(self.called(called));
        }
        (actions, reading)
    }

    /// The same, but a call stays under way.
    pub fn hear(&mut self, text: &MessageText, choice: Option<&str>) -> (Vec<Action>, Reading) {
        self.happen(EventBody::VisitorMessage {
            text: text.clone(),
            choice: choice.map(str::to_owned),
            attachments: vec![],
            language: None,
        });
        let heard = Heard { text, choice, files: false, page: None, in_full: None };
        let (actions, reading) = self.think(&heard);
        let missed = dialogue::missed(&self.state, Message { text: text.as_str(), choice });
        for body in rehearse::bodies(actions.clone(), &reading, missed) {
            self.happen(body);
        }
        (actions, reading)
    }

    /// What a learned policy may ask about a message that is folded into the state already, and what
    /// the rules choose; nothing where the choice is not the policy's.
    pub fn weigh(&self, heard: &Heard<'_>) -> Option<(BTreeMap<String, Value>, Way)> {
        let reading = self.read(heard);
        let message = Message { text: heard.text.as_str(), choice: heard.choice };
        let policy = self.policy_now();
        let open = policy.open_choice(&self.state, message, &reading)?;
        Some((Sample::written(&open.features), open.rules))
    }

    fn read(&self, heard: &Heard<'_>) -> Reading {
        if heard.text.is_none() {
            return Reading::default();
        }
        let topic = rehearse::topic(&self.knowledge.catalog, &self.state);
        self.read_text(heard.text.as_str(), topic.as_ref())
    }

    fn read_text(&self, text: &str, topic: Option<&Topic>) -> Reading {
        let asked =
            Asked { text, topic, today: self.today, audience: self.audience, with_matches: false };
        self.knowledge.understanding.read(&asked)
    }

    /// What the bot would do about a message that is folded into the state already.
    pub fn think(&self, heard: &Heard<'_>) -> (Vec<Action>, Reading) {
        let reading = self.read(heard);
        let language = self.state.language.unwrap_or(reading.language);
        let opens = self.hours.and_then(|hours| rehearse::opens(hours, self.at, language));
        let policy = self.policy_now();
        let policy = Policy { opens: opens.as_deref().or(policy.opens), ..policy };
        let message = Message { text: heard.text.as_str(), choice: heard.choice };
        let actions = if heard.files {
            policy.decide_with_files(&self.state, message, &reading, heard.page)
        } else {
            policy.decide(&self.state, message, &reading)
        };
        let in_full = heard.in_full.filter(|_| in_full::is_unsure(&actions));
        let in_full = in_full.and_then(|question| {
            let answers = self.read_text(question, None).answers;
            let turn = (&self.state, message);
            in_full::answered(&policy, turn, &reading, (question.to_owned(), answers))
        });
        in_full.unwrap_or((actions, reading))
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
        let (now, today) = (self.at, self.today);
        let occasion = Occasion { now, today, segment, ..self.policy.occasion };
        Policy { occasion, ..self.policy }
    }
}
