//! What a decision depends on beside the knowledge and the state: the message, the moment, and from
//! which probability on the bot acts.

use jiff::civil::Date;

use crate::dialogue::Strategy;
use crate::domain::Timestamp;

/// From which probability on the bot acts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Thresholds {
    /// Answers.
    pub answer_at: f32,
    /// Answers, and says that something else may be meant, with that as buttons.
    pub suggest_at: f32,
    /// Offers a question as a button.
    pub offer_at: f32,
    /// Takes a message for small talk.
    pub smalltalk_at: f32,
    /// Hands an urgent matter over.
    pub urgent_at: f32,
}

#[cfg(test)]
impl Thresholds {
    /// Those of tests that care only whether something is sure, in doubt, or neither.
    pub(crate) const EXAMPLE: Self =
        Self { answer_at: 0.7, suggest_at: 0.4, offer_at: 0.25, smalltalk_at: 0.7, urgent_at: 0.6 };
}

/// What the customer said.
#[derive(Clone, Copy, Debug)]
pub struct Message<'a> {
    /// The words.
    pub text: &'a str,
    /// The button, when the words are a button's.
    pub choice: Option<&'a str>,
}

/// What is known of a customer, as far as a learned policy may ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CustomerWorth {
    /// Whether it is proved who they are.
    pub verified: bool,
    /// What they are worth: 0 low, 1 normal, 2 high, 3 vip.
    pub value: u8,
    /// How many of their orders are under way.
    pub open_orders: u16,
}

/// When, for whom and by what it is decided.
#[derive(Clone, Copy, Debug, Default)]
pub struct Occasion<'a> {
    /// The present moment.
    pub now: Timestamp,
    /// The customer's day.
    pub today: Date,
    /// The segment to which the customer belongs.
    pub segment: Option<&'a str>,
    /// What is known of the customer beside.
    pub customer: CustomerWorth,
    /// By what the bot decides; without, by the policy's thresholds, whoever the customer is.
    pub strategy: Option<&'a Strategy>,
}
