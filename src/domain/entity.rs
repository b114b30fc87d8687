//! What a message names: order numbers, phones, amounts, dates and the like, each with its place in
//! the text and one normalised form. Entities are what a person wrote: they never go into logs.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What kind of thing is named.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum EntityKind {
    /// The number of an order, invoice, parcel or the like; upper case.
    OrderNumber,
    /// A telephone number: E.164 when its country is known, its digits otherwise.
    Phone,
    /// An e-mail address; its domain in lower case.
    Email,
    /// An amount of money: "12.50 USD", "199 CNY".
    Amount,
    /// A day as in ISO 8601, or an interval of days: "2026-11-28/2026-11-29".
    Date,
    /// A time as "15:30", or a part of the day: "12:00/18:00".
    Time,
    /// A day with a time of it, which a flow put together: "2026-12-04T15:00"; of a part of the day,
    /// its beginning and its end with a `/` between.
    #[serde(rename = "datetime")]
    DateTime,
    /// A product; the value is its id.
    Product,
    /// Whatever the operator's own pattern finds; the entity has the pattern's name.
    Custom,
}

impl EntityKind {
    /// The kind's name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::OrderNumber => "order_number",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Amount => "amount",
            Self::Date => "date",
            Self::Time => "time",
            Self::DateTime => "datetime",
            Self::Product => "product",
            Self::Custom => "custom",
        }
    }
}

/// A thing that a message names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Entity {
    /// What it is.
    pub kind: EntityKind,
    /// The name of the operator's pattern, for [`EntityKind::Custom`] only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// As written.
    pub text: String,
    /// Where it starts in the message, in bytes of UTF-8.
    pub start: usize,
    /// Where it ends, in bytes of UTF-8.
    pub end: usize,
    /// The normalised form; what it looks like depends on `kind`.
    pub value: String,
}
