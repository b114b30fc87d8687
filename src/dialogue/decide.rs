//! The decision, as one pure function of state, message and reading. The order of the cases is the
//! policy: a pressed button, a wish for a person, danger, an answer, small talk, a question back,
//! and last the admission that the bot does not know.

use crate::catalog::{Catalog, FaqEntry, Intent, IntentAct, Reply};
use crate::dialogue::{State, Status};
use crate::domain::{
    Action, Choice, HandoffReason, Language, Outcome, Reading, Urgency, UrgencyLevel,
};

/// Most questions that are offered as buttons.
const OFFERED: usize = 3;
/// How many are offered even when only one is likely: a choice of one is none.
const OFFERED_AT_LEAST: usize = 2;

/// From which probability on the bot acts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Answers.
    pub answer_at: f32,
    /// Offers a question as a button.
    pub offer_at: f32,
    /// Takes a message for small talk.
    pub smalltalk_at: f32,
    /// Hands an urgent matter over.
    pub urgent_at: f32,
}

/// What the customer said.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// The words.
    pub text: &'a str,
    /// The button, when the words are a button's.
    pub choice: Option<&'a str>,
}

/// The knowledge and the thresholds by which the bot decides.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    /// What the operator wrote.
    pub catalog: &'a Catalog,
    /// From which probability on the bot acts.
    pub thresholds: Thresholds,
}

impl Policy<'_> {
    /// What the bot does about `message`. For a conversation that is not with the bot this is
    /// nothing, but for a waiting customer whose matter turns out to be urgent.
    pub fn decide(&self, state: &State, message: Message<'_>, reading: &Reading) -> Vec<Action> {
        let language = language_of(state, message.text, reading);
        let turn = Turn { policy: self, state, reading, language };
        match state.status {
            Status::Human => vec![],
            Status::Waiting => turn.raise_urgency(),
            Status::Bot | Status::Resolved => message
                .choice
                .and_then(|choice| turn.follow_choice(choice))
                .or_else(|| turn.human())
                .or_else(|| turn.answer())
                .or_else(|| turn.smalltalk())
                .or_else(|| turn.clarify())
                .unwrap_or_else(|| turn.give_up(Reply::FallbackFirst)),
        }
    }

    /// What the bot says when the customer left the queue.
    pub fn welcome_back(&self, language: Language) -> Action {
        Action::Say {
            text: self.catalog.replies.get(Reply::BackToBot, language).to_owned(),
            language,
            outcome: Outcome::Smalltalk,
            entry: None,
            choices: vec![],
        }
    }

    /// What the bot does when the customer presses the button that asks for a person.
    pub fn hand_over(&self, language: Language) -> Vec<Action> {
        let reading = Reading::default();
        let turn = Turn { policy: self, state: &State::default(), reading: &reading, language };
        turn.hand_off(HandoffReason::Requested, Reply::HandoffRequested)
    }
}

/// The language of the answer: the customer's, and in doubt the one spoken so far.
fn language_of(state: &State, text: &str, reading: &Reading) -> Language {
    let has_words = text.split_whitespace().filter(|word| is_latin_word(word)).count() >= 2;
    match (reading.language, state.language) {
        (Language::En, Some(Language::Zh)) if !has_words => Language::Zh,
        (spoken, _) => spoken,
    }
}

fn is_latin_word(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 2 && !word.chars().any(|c| c.is_ascii_digit())
}

struct Turn<'a> {
    policy: &'a Policy<'a>,
    state: &'a State,
    reading: &'a Reading,
    language: Language,
}

impl Turn<'_> {
    fn raise_urgency(&self) -> Vec<Action> {
        let known = self.state.need.as_ref().map_or(UrgencyLevel::Low, |need| need.urgency);
        if !self.is_urgent() || known >= UrgencyLevel::Urgent {
            return vec![];
        }
        vec![self.enqueue(HandoffReason::Urgent)]
    }

    fn follow_choice(&self, choice: &str) -> Option<Vec<Action>> {
        match choice {
            "human" => Some(self.hand_off(HandoffReason::Requested, Reply::HandoffRequested)),
            "none" => Some(self.give_up(Reply::NoneOfThese)),
            _ => self
                .entry(choice.strip_prefix("faq:")?)
                .map(|(entry, text)| vec![self.say_entry(entry, text)]),
        }
    }

    fn human(&self) -> Option<Vec<Action>> {
        if self.reading.wants_human {
            return Some(self.hand_off(HandoffReason::Requested, Reply::HandoffRequested));
        }
        self.is_urgent().then(|| self.hand_off(HandoffReason::Urgent, Reply::HandoffUrgent))
    }

    fn is_urgent(&self) -> bool {
        let urgency = &self.reading.urgency;
        urgency.level == UrgencyLevel::Urgent
            && urgency.confidence >= self.policy.thresholds.urgent_at
    }

    fn answer(&self) -> Option<Vec<Action>> {
        let answer_at = self.policy.thresholds.answer_at;
        let best = self.reading.answers.first().filter(|best| best.confidence >= answer_at);
        if let Some((intent, confidence)) = self.intent() {
            let outranks = best.is_none_or(|best| best.confidence <= confidence);
            if self.is_smalltalk(intent, confidence) && outranks {
                return None;
            }
            if intent.act == IntentAct::Ask && confidence >= answer_at && outranks {
                return self.answer_intent(intent);
            }
        }
        let (entry, text) = self.entry(&best?.id)?;
        Some(vec![self.say_entry(entry, text)])
    }

    fn answer_intent(&self, intent: &Intent) -> Option<Vec<Action>> {
        if let Some(reply) = &intent.reply {
            return Some(vec![self.say(reply.get(self.language).clone(), Outcome::Answered)]);
        }
        let (entry, text) = self.entry(intent.entry.as_deref()?)?;
        Some(vec![self.say_entry(entry, text)])
    }

    fn is_smalltalk(&self, intent: &Intent, confidence: f32) -> bool {
        intent.act == IntentAct::Smalltalk
            && confidence >= self.policy.thresholds.smalltalk_at
    }

    fn smalltalk(&self) -> Option<Vec<Action>> {
        let (intent, confidence) = self.intent()?;
        if !self.is_smalltalk(intent, confidence) {
            return None;
        }
        let reply = intent.reply.as_ref()?.get(self.language).clone();
        Some(vec![self.say(reply, Outcome::Smalltalk)])
    }

    fn clarify(&self) -> Option<Vec<Action>> {
        let offer_at = self.policy.thresholds.offer_at;
        if self.reading.answers.first()?.confidence < offer_at {
            return None;
        }
        let mut choices: Vec<Choice> = self
            .reading
            .answers
            .iter()
            .take(OFFERED)
            .enumerate()
            .filter(|(at, answer)| *at < OFFERED_AT_LEAST || answer.confidence >= offer_at / 3.0)
            .map(|(_, answer)| answer)
            .filter_map(|answer| self.question_button(&answer.id))
            .collect();
        if choices.is_empty() {
            return None;
        }
        choices.push(self.button("none", Reply::LabelNone));
        Some(vec![Action::Say {
            text: self.own_words(Reply::Clarify),
            language: self.language,
            outcome: Outcome::Clarified,
            entry: None,
            choices,
        }])
    }

    /// The bot could not help: the first time it says so and offers a person, the second time it
    /// fetches one.
    fn give_up(&self, first_words: Reply) -> Vec<Action> {
        if self.state.failures > 0 {
            return self.hand_off(HandoffReason::NotUnderstood, Reply::FallbackSecond);
        }
        vec![Action::Say {
            text: self.own_words(first_words),
            language: self.language,
            outcome: Outcome::Fallback,
            entry: None,
            choices: vec![self.button("human", Reply::LabelHuman)],
        }]
    }

    fn hand_off(&self, reason: HandoffReason, words: Reply) -> Vec<Action> {
        vec![self.say(self.own_words(words), Outcome::HandedOff), self.enqueue(reason)]
    }

    fn enqueue(&self, reason: HandoffReason) -> Action {
        let read = &self.reading.urgency;
        let is_sure = read.level < UrgencyLevel::Urgent || self.is_urgent();
        let urgency = if is_sure {
            read.clone()
        } else {
            Urgency { level: UrgencyLevel::High, ..read.clone() }
        };
        Action::Handoff { reason, urgency, language: self.language }
    }

    fn intent(&self) -> Option<(&Intent, f32)> {
        let scored = self.reading.intent.as_ref()?;
        let intents = &self.policy.catalog.intents;
        let intent = intents.iter().find(|intent| intent.name == scored.name)?;
        Some((intent, scored.confidence))
    }

    /// An entry with its answer in the customer's language, or in the other where it has only that.
    fn entry(&self, id: &str) -> Option<(&FaqEntry, &str)> {
        let entry = self.policy.catalog.entries.iter().find(|entry| entry.id == id)?;
        let text = either(entry.answer.get(self.language), &entry.answer.en, &entry.answer.zh);
        Some((entry, text))
    }

    fn question_button(&self, id: &str) -> Option<Choice> {
        let (entry, _) = self.entry(id)?;
        let (own, en, zh) =
            (entry.question.get(self.language), &entry.question.en, &entry.question.zh);
        Some(Choice { id: format!("faq:{id}"), label: either(own, en, zh).to_owned() })
    }

    fn button(&self, id: &str, label: Reply) -> Choice {
        Choice { id: id.to_owned(), label: self.own_words(label) }
    }

    fn own_words(&self, reply: Reply) -> String {
        self.policy.catalog.replies.get(reply, self.language).to_owned()
    }

    fn say_entry(&self, entry: &FaqEntry, text: &str) -> Action {
        Action::Say {
            text: text.to_owned(),
            language: self.language,
            outcome: Outcome::Answered,
            entry: Some(entry.id.clone()),
            choices: vec![],
        }
    }

    fn say(&self, text: String, outcome: Outcome) -> Action {
        Action::Say { text, language: self.language, outcome, entry: None, choices: vec![] }
    }
}

fn either<'a>(own: &'a str, en: &'a str, zh: &'a str) -> &'a str {
    [own, en, zh].into_iter().find(|text| !text.is_empty()).unwrap_or("")
}
