//! What is read: a message with what one must know of its conversation.

use jiff::civil::Date;

use crate::understanding::Audience;

/// A message to read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// What was said.
    pub text: &'a str,
    /// The question that was answered last: a follow-up is read with it.
    pub topic: Option<&'a str>,
    /// The day of the person who said it: "tomorrow" is counted from there.
    pub today: Date,
    /// Who asks: some entries are not for everybody.
    pub audience: Audience<'a>,
    /// Whether the answers say which of their words matched; it takes some time.
    pub with_matches: bool,
}
