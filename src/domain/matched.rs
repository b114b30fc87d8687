//! What of an FAQ entry matched a message: which of its texts, and which words.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// The text of an entry that lies nearest to a message, and the words that both have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Matched {
    /// Of what the text is a part.
    pub part: MatchedPart,
    /// A way to ask for the entry, or a sentence of its answer.
    pub text: String,
    /// The words of `text` that the message has too; none where only the meaning is near.
    pub words: Vec<Span>,
    /// The same words in the message; in `read_as` where the message was not read as written.
    pub said: Vec<Span>,
}

/// Which part of an entry matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum MatchedPart {
    /// The question, one of its variants, or an example of an intent that it answers.
    Question,
    /// The answer.
    Answer,
}

/// A stretch of a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Span {
    /// What stands there.
    pub text: String,
    /// Where it starts, in characters (Unicode code points).
    pub start: usize,
    /// Where it ends, in characters.
    pub end: usize,
}
