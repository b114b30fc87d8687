//! What an agent needs to know when a conversation is handed over: the customer never repeats
//! themselves. The card is part of the hand-off event, so that console, API and webhooks agree.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{
    EntityKind, HandoffReason, Language, Outcome, Scored, Timestamp, UrgencyLevel,
};

/// The hand-off card.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct HandoffCard {
    /// Why a human is needed.
    pub reason: HandoffReason,
    /// What the customer most likely wants.
    pub intent: Option<Scored>,
    /// The two intents that come next.
    pub next_intents: Vec<Scored>,
    /// How much it presses.
    pub urgency: UrgencyLevel,
    /// The customer's words that say so.
    pub evidence: Vec<String>,
    /// The customer's mood, as last read: `negative`, `neutral` or `positive`.
    pub sentiment: Option<Scored>,
    /// The customer's language.
    pub language: Language,
    /// What the bot tried, in order.
    pub tried: Vec<Tried>,
    /// What the customer has named already.
    pub slots: Vec<Slot>,
    /// What it is about.
    pub summary: Summary,
    /// Answers that the agent may send, likeliest first.
    pub suggested_replies: Vec<SuggestedReply>,
    /// Who the customer is, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<KnownCustomer>,
    /// The way in which the customer writes.
    pub channel: Channel,
}

/// Who a customer is, at the time of the hand-off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct KnownCustomer {
    /// The profile's id.
    pub id: String,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is proved who they are.
    pub verified: bool,
    /// The segment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// What they are worth: `low`, `normal`, `high` or `vip`.
    pub value_band: String,
    /// Orders under way, as the site told them.
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    pub open_orders: serde_json::Value,
    /// The site's own attributes.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub attributes: serde_json::Value,
}

/// Something that the bot did for the customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Tried {
    /// What kind of answer it was.
    pub outcome: Outcome,
    /// The FAQ entry that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<String>,
}

/// A thing that the customer has named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Slot {
    /// What it is.
    pub kind: EntityKind,
    /// The name of the operator's pattern, for custom kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its normalised form.
    pub value: String,
}

/// What a conversation is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Summary {
    /// Whether these are the customer's own sentences, chosen; else a language model wrote them, each
    /// checked against the customer's words.
    pub extractive: bool,
    /// The sentences, in the order in which they were said.
    pub sentences: Vec<String>,
}

/// An answer from the knowledge that an agent may send.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SuggestedReply {
    /// The FAQ entry.
    pub entry: String,
    /// Its answer in the customer's language.
    pub text: String,
    /// The probability that it answers the last question, 0 to 1.
    pub confidence: f32,
}

/// The way in which a customer writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Channel {
    /// Which: `web` for the widget.
    pub name: String,
    /// Until when the channel lets us answer; absent where it has no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub reply_until: Option<Timestamp>,
}

impl Default for Channel {
    fn default() -> Self {
        Self { name: "web".to_owned(), reply_until: None }
    }
}
