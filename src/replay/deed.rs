//! What the bot did about a message, in few words: from the events that it left, so that what was
//! recorded and what would be done now are told alike.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::domain::{Choice, EventBody, HandoffReason, Language, Outcome, UrgencyLevel};

/// The kinds of what the bot does.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize, Serialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Deed {
    /// Answers: from an entry, or with the words of an intent.
    Answer,
    /// Asks back, with the nearest questions as buttons.
    Clarify,
    /// Says that it does not know.
    Fallback,
    /// Greets, thanks, says goodbye, or speaks of itself.
    Smalltalk,
    /// Works on a task: asks for what it needs, or calls the shop's own system.
    Task,
    /// Hands the conversation to the people, or says that it is more urgent now.
    Handoff,
    /// Says nothing: the people have the conversation.
    #[default]
    Silent,
}

/// What the bot did about one message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Did {
    /// The kind of deed.
    pub deed: Deed,
    /// The entry that the words come from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
    /// The entries that answer further questions of the same message, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub then: Vec<String>,
    /// Why a person is fetched.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<HandoffReason>,
    /// How urgent the case is that is handed over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgency: Option<UrgencyLevel>,
    /// The language of the words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The words; of several messages with an empty line between them.
    pub text: String,
    /// The buttons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub buttons: Vec<Choice>,
}

impl Deed {
    /// Its name in transcripts and reports.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Clarify => "clarify",
            Self::Fallback => "fallback",
            Self::Smalltalk => "smalltalk",
            Self::Task => "task",
            Self::Handoff => "handoff",
            Self::Silent => "silent",
        }
    }

    fn of(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Answered => Self::Answer,
            Outcome::Clarified => Self::Clarify,
            Outcome::Fallback => Self::Fallback,
            Outcome::Smalltalk => Self::Smalltalk,
            Outcome::Task => Self::Task,
            Outcome::HandedOff => Self::Handoff,
            Outcome::Proactive => Self::Silent,
        }
    }
}

impl Did {
    /// What the events come to that answer a message; none of them: the bot was silent.
    pub fn of<'a>(answers: impl IntoIterator<Item = &'a EventBody>) -> Self {
        let mut did = Self::default();
        for body in answers {
            match body {
                // answers nothing
                EventBody::BotMessage { outcome: Outcome::Proactive, .. } => {}
                EventBody::BotMessage { text, language, outcome, entry, choices, .. } => {
                    if did.deed == Deed::Silent {
                        did.deed = Deed::of(*outcome);
                    }
                    match (&did.entry, entry) {
                        (None, entry) => did.entry.clone_from(entry),
                        (Some(_), Some(next)) => did.then.push(next.clone()),
                        (Some(_), None) => {}
                    }
                    did.language = did.language.or(Some(*language));
                    did.buttons.extend(choices.iter().cloned());
                    if !did.text.is_empty() {
                        did.text.push_str("\n\n");
                    }
                    did.text.push_str(text);
                }
                EventBody::HandoffRequested { reason, urgency, language, .. } => {
                    did.deed = Deed::Handoff;
                    (did.reason, did.urgency) = (Some(*reason), Some(*urgency));
                    did.language = did.language.or(Some(*language));
                }
                _ => {}
            }
        }
        did
    }

    /// The entries among the buttons.
    pub fn offered(&self) -> Vec<&str> {
        self.buttons.iter().filter_map(|button| button.id.strip_prefix("faq:")).collect()
    }

    /// Whether the same is done, in whatever words.
    pub fn is_like(&self, other: &Self) -> bool {
        let entries = |did: &Self| (did.entry.clone(), did.then.clone());
        let essence = |did: &Self| (did.deed, entries(did), did.reason, did.urgency);
        let clarifies = self.deed == Deed::Clarify;
        essence(self) == essence(other) && (!clarifies || self.offered() == other.offered())
    }

    /// The deed in one line, without the words.
    pub fn told(&self) -> String {
        let mut told = self.deed.name().to_owned();
        if let Some(entry) = &self.entry {
            let _ = write!(told, " from `{entry}`");
        }
        for entry in &self.then {
            let _ = write!(told, ", then `{entry}`");
        }
        if let Some(reason) = self.reason {
            let _ = write!(told, ", reason `{}`", word(&reason));
        }
        if let Some(urgency) = self.urgency {
            let _ = write!(told, ", urgency `{}`", urgency.name());
        }
        let offered = self.offered();
        if !offered.is_empty() {
            let _ = write!(told, ", offers `{}`", offered.join("`, `"));
        }
        told
    }
}

/// The word by which a value stands in files.
pub(super) fn word(value: &impl Serialize) -> String {
    let json = serde_json::to_value(value).unwrap_or_default();
    json.as_str().map(str::to_owned).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(outcome: Outcome, text: &str, entry: Option<&str>, buttons: &[&str]) -> EventBody {
        let choice = |id: &&str| Choice { id: (*id).to_owned(), label: (*id).to_owned() };
        EventBody::BotMessage {
            text: text.to_owned(),
            language: Language::En,
            outcome,
            entry: entry.map(str::to_owned),
            choices: buttons.iter().map(choice).collect(),
            sources: vec![],
            reading: None,
        }
    }

    fn fetches(reason: HandoffReason) -> EventBody {
        EventBody::HandoffRequested {
            reason,
            urgency: UrgencyLevel::High,
            evidence: vec![],
            language: Language::Zh,
            card: None,
        }
    }

    #[test]
    fn events_come_to_one_deed() {
        let answer = Did::of(&[says(Outcome::Answered, "Yes.", Some("a"), &["faq:b", "none"])]);
        assert_eq!(answer.told(), "answer from `a`, offers `b`");
        let words = says(Outcome::HandedOff, "A colleague comes.", None, &[]);
        let handoff = Did::of(&[words, fetches(HandoffReason::Requested)]);
        assert_eq!(handoff.told(), "handoff, reason `requested`, urgency `high`");
        assert_eq!(handoff.text, "A colleague comes.");
        assert_eq!(Did::of(&[]).told(), "silent");
        assert_eq!(Did::of(&[EventBody::LeftQueue]).deed, Deed::Silent);
    }

    #[test]
    fn other_words_are_the_same_deed_and_other_offers_are_not() {
        let of = |text, entry, buttons: &[&str], outcome| {
            Did::of(&[says(outcome, text, entry, buttons)])
        };
        let a = of("Yes.", Some("a"), &[], Outcome::Answered);
        assert!(a.is_like(&of("Sure.", Some("a"), &["faq:b"], Outcome::Answered)));
        assert!(!a.is_like(&of("Yes.", Some("b"), &[], Outcome::Answered)));
        let asks = of("Which?", None, &["faq:a", "none"], Outcome::Clarified);
        assert!(!asks.is_like(&of("Which?", None, &["faq:b", "none"], Outcome::Clarified)));
        let urgent = Did::of(&[fetches(HandoffReason::Urgent)]);
        assert!(!urgent.is_like(&Did::of(&[fetches(HandoffReason::Requested)])));
    }
}
