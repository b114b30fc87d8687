//! What is read: a message with what one must know of its conversation.

use jiff::civil::Date;

use crate::understanding::Audience;

/// A message to read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// What was said.
    pub text: &'a str,
    /// What was talked about last: a follow-up is read with it.
    pub topic: Option<&'a Topic>,
    /// The day of the person who said it: "tomorrow" is counted from there.
    pub today: Date,
    /// Who asks: some entries are not for everybody.
    pub audience: Audience<'a>,
    /// Whether the answers say which of their words matched; it takes some time.
    pub with_matches: bool,
}

/// What was talked about last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Topic {
    /// The question of the entry that was given last.
    Answered(String),
    /// What the customer said before, to which the bot asked back.
    Open(String),
    /// What the same message asks before.
    Beside {
        /// The question.
        said: String,
        /// The entry that most likely answers it.
        entry: Option<String>,
    },
}
