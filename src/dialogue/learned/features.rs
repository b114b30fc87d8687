//! What a learned policy may ask about a message: of its reading, of the conversation, and of the
//! customer.

use serde::{Deserialize, Serialize};

use crate::dialogue::decide::Turn;
use crate::dialogue::{Message, Policy, State};
use crate::domain::{Language, Reading, Sentiment};

/// Something that is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Number {
    /// The probability of the likeliest entry.
    Likeliest,
    /// The probability of the entry that comes next.
    Next,
    /// The probability of the likeliest intent.
    Intent,
    /// The probability that the message is about anything known.
    InScope,
    /// How much it presses: 0 low, 1 normal, 2 high, 3 urgent.
    Urgency,
    /// How sure that is.
    UrgencyConfidence,
    /// The probability that the mood is negative.
    Negative,
    /// How many words were scored.
    Words,
    /// How often in a row the bot could not help.
    Failures,
    /// 1 when the bot has asked back last.
    AskedBack,
    /// 1 when it is proved who the customer is.
    Verified,
    /// What the customer is worth: 0 low, 1 normal, 2 high, 3 vip.
    Value,
    /// How many orders of the customer are under way.
    OpenOrders,
}

/// Something that is a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Name {
    /// The customer's segment.
    Segment,
    /// The language of the answer.
    Language,
    /// The category of the message.
    Category,
    /// The kind of question.
    QuestionType,
    /// The likeliest entry.
    Entry,
}

impl Number {
    /// All, in the order in which [`Features::numbers`] has them.
    pub const ALL: [Self; 13] = [
        Self::Likeliest,
        Self::Next,
        Self::Intent,
        Self::InScope,
        Self::Urgency,
        Self::UrgencyConfidence,
        Self::Negative,
        Self::Words,
        Self::Failures,
        Self::AskedBack,
        Self::Verified,
        Self::Value,
        Self::OpenOrders,
    ];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Likeliest => "likeliest",
            Self::Next => "next",
            Self::Intent => "intent",
            Self::InScope => "in_scope",
            Self::Urgency => "urgency",
            Self::UrgencyConfidence => "urgency_confidence",
            Self::Negative => "negative",
            Self::Words => "words",
            Self::Failures => "failures",
            Self::AskedBack => "asked_back",
            Self::Verified => "verified",
            Self::Value => "value",
            Self::OpenOrders => "open_orders",
        }
    }
}

impl Name {
    /// All, in the order in which [`Features::names`] has them.
    pub const ALL: [Self; 5] =
        [Self::Segment, Self::Language, Self::Category, Self::QuestionType, Self::Entry];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Segment => "segment",
            Self::Language => "language",
            Self::Category => "category",
            Self::QuestionType => "question_type",
            Self::Entry => "entry",
        }
    }
}

/// What is known of a message that is decided about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Features<'a> {
    /// By [`Number`].
    pub numbers: [f32; Number::ALL.len()],
    /// By [`Name`]; without, it is not known.
    pub names: [Option<&'a str>; Name::ALL.len()],
}

impl<'a> Features<'a> {
    pub(super) fn of(
        policy: &Policy<'a>,
        state: &'a State,
        reading: &'a Reading,
        language: Language,
    ) -> Self {
        let message = Message { text: "", choice: None };
        let turn = Turn { policy, state, reading, language, message };
        let likeliest = turn.likeliest();
        let first = likeliest.map_or(0.0, |(_, confidence)| confidence);
        let id = likeliest.map(|(id, _)| id.to_owned());
        let next =
            turn.likely_entries().into_iter().find(|(other, _)| Some(*other) != id.as_deref());
        let next = next.map_or(0.0, |(_, confidence)| confidence);
        // the same id, from what outlives the turn
        let entries = policy.catalog.entries.iter().map(|entry| entry.id.as_str());
        let entry = id.and_then(|id| entries.into_iter().find(|entry| *entry == id));
        let named = |scored: &'a Option<crate::domain::Scored>| {
            scored.as_ref().map(|scored| scored.name.as_str())
        };
        let mood = reading.sentiment.as_ref();
        let negative = mood.filter(|mood| mood.name == Sentiment::Negative.name());
        let customer = policy.occasion.customer;
        let yes = |is: bool| f32::from(u8::from(is));
        Self {
            numbers: [
                first,
                next,
                reading.intent.as_ref().map_or(0.0, |intent| intent.confidence),
                reading.in_scope,
                f32::from(reading.urgency.level as u8),
                reading.urgency.confidence,
                negative.map_or(0.0, |mood| mood.confidence),
                f32::from(u16::try_from(reading.tokens.len()).unwrap_or(u16::MAX)),
                f32::from(state.failures),
                yes(state.memory.asked_back().is_some()),
                yes(customer.verified),
                f32::from(customer.value),
                f32::from(customer.open_orders),
            ],
            names: [
                policy.occasion.segment,
                Some(language.code()),
                named(&reading.category),
                named(&reading.question_type),
                entry,
            ],
        }
    }

    /// A number.
    pub fn number(&self, of: Number) -> f32 {
        self.numbers.get(of as usize).copied().unwrap_or_default()
    }

    /// A name.
    pub fn name(&self, of: Name) -> Option<&'a str> {
        self.names.get(of as usize).copied().flatten()
    }
}
