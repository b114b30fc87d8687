//! What understanding makes of a message: language, intent, category, urgency and the FAQ entries
//! that may answer it, each with a confidence that is meant as a probability.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{Entity, Matched, WrittenIn};

/// A language in which the desk speaks.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Language {
    /// English; also what is spoken with users of other languages in Latin script.
    #[default]
    En,
    /// Chinese.
    Zh,
}

impl Language {
    /// Both languages, for tables with one value a language.
    pub const ALL: [Self; 2] = [Self::En, Self::Zh];

    /// The ISO 639-1 code.
    pub fn code(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Zh => "zh",
        }
    }
}

/// How much a matter presses.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum UrgencyLevel {
    /// Nothing is at stake.
    Low,
    /// An ordinary matter.
    #[default]
    Normal,
    /// Money is lost or stuck, contact failed repeatedly, the thing is unusable.
    High,
    /// Danger, fraud going on, an outage, a deadline within a day.
    Urgent,
}

impl UrgencyLevel {
    /// All levels, least urgent first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Normal, Self::High, Self::Urgent];

    /// The level's name as in knowledge files and on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Urgent => "urgent",
        }
    }
}

/// A name with the probability that it is right.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Scored {
    /// The intent's or category's name.
    pub name: String,
    /// The probability, 0 to 1.
    pub confidence: f32,
}

/// How much a message presses, and which of its words say so.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Urgency {
    /// The level.
    pub level: UrgencyLevel,
    /// The probability that the level is right, 0 to 1.
    pub confidence: f32,
    /// The words of the message that speak for the level, strongest first.
    #[serde(default)]
    pub evidence: Vec<String>,
}

/// An FAQ entry that may answer the message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Answer {
    /// The entry's id.
    pub id: String,
    /// The probability that the entry answers the message, 0 to 1.
    pub confidence: f32,
    /// BM25 score of the entry (tantivy; Robertson and Zaragoza 2009), unbounded.
    pub bm25: f32,
    /// Cosine of the TF-IDF vectors of message and entry, 0 to 1.
    pub cosine: f32,
    /// How near the entry's meaning lies to the message's, in standard deviations of such scores;
    /// absent in the lexical tier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub similarity: Option<f32>,
    /// Which text of the entry matched, and which words; given where it was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matched: Option<Matched>,
}

/// Everything that understanding says of one message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Reading {
    /// The language in which the message is answered.
    pub language: Language,
    /// The language in which it is written.
    #[serde(default)]
    pub written_in: WrittenIn,
    /// The message as it was read, where that is not as it was written: misspelt words corrected,
    /// pinyin in characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_as: Option<String>,
    /// The follow-up as a language model asked it in full, where the answers are those to that question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_in_full: Option<String>,
    /// The words that were scored.
    pub tokens: Vec<String>,
    /// The likeliest intent; absent when the knowledge has no intents.
    pub intent: Option<Scored>,
    /// The intents that come next, likeliest first.
    pub alternatives: Vec<Scored>,
    /// The probability that the message is about anything that the knowledge covers, 0 to 1.
    pub in_scope: f32,
    /// The likeliest question category; absent when the knowledge has no categories.
    pub category: Option<Scored>,
    /// How much the message presses.
    pub urgency: Urgency,
    /// `negative`, `neutral` or `positive`; absent when the knowledge has no labelled messages.
    pub sentiment: Option<Scored>,
    /// `how`, `what`, `where`, `when`, `yes_no`, `request`, `complaint` or `statement`; absent when
    /// the knowledge has no labelled messages.
    pub question_type: Option<Scored>,
    /// Whether the message asks for a person.
    pub wants_human: bool,
    /// FAQ entries that may answer, likeliest first.
    pub answers: Vec<Answer>,
    /// What the message names, in its order and without overlaps.
    #[serde(default)]
    pub entities: Vec<Entity>,
    /// Where the message asks several things: each question, in order; empty otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub questions: Vec<Question>,
    /// What read the message.
    pub tier: Tier,
}

/// One of several questions in a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Question {
    /// Its words, with the statements that belong to it.
    pub text: String,
    /// Whether it stands in one sentence with its neighbour: then what answers them says whether they
    /// are two.
    pub joined: bool,
    /// What it was read as.
    pub reading: Reading,
}

/// What read a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Words and characters alone: there is no encoder, or it has too much to do.
    #[default]
    Lexical,
    /// Words, characters and the encoder.
    Encoder,
}
