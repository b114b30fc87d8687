//! What is read: a message with what one must know of its conversation.

use jiff::civil::Date;

/// A message to read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Asked<'a> {
    /// What was said.
    pub text: &'a str,
    /// The question that was answered last: a follow-up is read with it.
    pub topic: Option<&'a str>,
    /// The day of the person who said it: "tomorrow" is counted from there.
    pub today: Date,
}
