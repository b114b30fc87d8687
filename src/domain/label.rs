//! The labels of a message beside intent, category and urgency, with their names in files and on the
//! wire.

use serde::{Deserialize, Serialize};

/// The mood of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Sentiment {
    /// Dissatisfaction, anger, worry or distress is expressed.
    Negative,
    /// Facts or a question, even about something bad.
    Neutral,
    /// Thanks, praise, pleasure.
    Positive,
}

impl Sentiment {
    /// Every mood with its name.
    pub const ALL: [(Self, &'static str); 3] =
        [(Self::Negative, "negative"), (Self::Neutral, "neutral"), (Self::Positive, "positive")];

    /// The name.
    pub fn name(self) -> &'static str {
        name_in(&Self::ALL, &self)
    }
}

/// The kind of an utterance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum QuestionType {
    /// How something is done.
    How,
    /// What, which, who, why, how much.
    What,
    /// Where something is.
    Where,
    /// When, how long, how soon.
    When,
    /// Yes or no: whether something is so or possible.
    YesNo,
    /// Asks that something be done.
    Request,
    /// Reports a problem or dissatisfaction.
    Complaint,
    /// Greeting, thanks, plain information.
    Statement,
}

impl QuestionType {
    /// Every kind with its name.
    pub const ALL: [(Self, &'static str); 8] = [
        (Self::How, "how"),
        (Self::What, "what"),
        (Self::Where, "where"),
        (Self::When, "when"),
        (Self::YesNo, "yes_no"),
        (Self::Request, "request"),
        (Self::Complaint, "complaint"),
        (Self::Statement, "statement"),
    ];

    /// The name.
    pub fn name(self) -> &'static str {
        name_in(&Self::ALL, &self)
    }
}

fn name_in<T: PartialEq>(all: &[(T, &'static str)], value: &T) -> &'static str {
    all.iter().find(|(known, _)| known == value).map_or("", |(_, name)| name)
}
