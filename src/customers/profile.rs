//! What is known of a customer. Each profile is stored as it was told; profiles that are joined keep
//! their own records and are folded when somebody looks, so that a join can be undone exactly.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Number;

use crate::customers::ValueBand;
use crate::domain::{ConversationId, CustomerId, Timestamp};

/// What a customer is recognised by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum IdentifierKind {
    /// The site's own id.
    ExternalId,
    /// An e-mail address.
    Email,
    /// A telephone number.
    Phone,
    /// An id in a messaging app.
    Channel,
}

/// Something that a customer is recognised by, once it is verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identifier {
    /// What it is.
    pub kind: IdentifierKind,
    /// Which messaging app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// The address, the number, the id.
    pub value: String,
    /// Whether somebody who can know has vouched for it.
    #[serde(default)]
    pub verified: bool,
}

/// An identifier without its standing, for look-ups.
pub(super) type IdentifierKey = (IdentifierKind, Option<String>, String);

impl Identifier {
    pub(super) fn key(&self) -> IdentifierKey {
        (self.kind, self.channel.clone(), self.value.clone())
    }
}

/// A value of an attribute that the site has made up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum AttributeValue {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(Number),
    /// A text.
    Text(String),
}

/// An order that is under way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// The order's number.
    pub id: String,
    /// How far it is, in the shop's words.
    pub status: String,
    /// What it costs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Number>,
    /// In which currency, such as `EUR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

/// That a profile is joined to another one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Merge {
    pub(super) into: CustomerId,
    pub(super) at: Timestamp,
}

/// A profile as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Profile {
    pub(super) id: CustomerId,
    pub(super) created_at: Timestamp,
    pub(super) updated_at: Timestamp,
    /// How many records its history has.
    #[serde(default)]
    pub(super) changes: u64,
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) language: Option<String>,
    #[serde(default)]
    pub(super) tags: Vec<String>,
    #[serde(default)]
    pub(super) attributes: BTreeMap<String, AttributeValue>,
    #[serde(default)]
    pub(super) open_orders: Vec<Order>,
    #[serde(default)]
    pub(super) identifiers: Vec<Identifier>,
    #[serde(default)]
    pub(super) merged_into: Option<Merge>,
    /// Profiles from which this one was separated by hand; they are not joined again.
    #[serde(default)]
    pub(super) not_with: Vec<CustomerId>,
}

impl Profile {
    pub(super) fn new(now: Timestamp) -> Self {
        Self {
            id: CustomerId::random(),
            created_at: now,
            updated_at: now,
            changes: 0,
            name: None,
            language: None,
            tags: vec![],
            attributes: BTreeMap::new(),
            open_orders: vec![],
            identifiers: vec![],
            merged_into: None,
            not_with: vec![],
        }
    }

    /// A profile of the site's customer with this id.
    pub(super) fn of_external(value: &str, now: Timestamp) -> Self {
        let value = value.to_owned();
        let kind = IdentifierKind::ExternalId;
        let identifiers = vec![Identifier { kind, channel: None, value, verified: true }];
        Self { identifiers, ..Self::new(now) }
    }

    pub(super) fn is_verified(&self) -> bool {
        self.identifiers.iter().any(|identifier| identifier.verified)
    }

    /// The identifiers of a kind, verified ones first.
    fn of_kind(&self, kind: IdentifierKind) -> Option<&Identifier> {
        let mut found = self.identifiers.iter().filter(|identifier| identifier.kind == kind);
        let first = found.clone().next();
        found.find(|identifier| identifier.verified).or(first)
    }

    pub(super) fn value_of(&self, kind: IdentifierKind) -> Option<&str> {
        self.of_kind(kind).map(|identifier| identifier.value.as_str())
    }

    pub(super) fn verified_value_of(&self, kind: IdentifierKind) -> Option<&str> {
        self.of_kind(kind).filter(|found| found.verified).map(|found| found.value.as_str())
    }

    /// Takes in what a joined profile has and this one has not.
    pub(super) fn fill_from(&mut self, other: &Self) {
        self.name = self.name.take().or_else(|| other.name.clone());
        self.language = self.language.take().or_else(|| other.language.clone());
        for tag in &other.tags {
            if !self.tags.contains(tag) {
                self.tags.push(tag.clone());
            }
        }
        for (name, value) in &other.attributes {
            self.attributes.entry(name.clone()).or_insert_with(|| value.clone());
        }
        for order in &other.open_orders {
            if !self.open_orders.iter().any(|own| own.id == order.id) {
                self.open_orders.push(order.clone());
            }
        }
        for identifier in &other.identifiers {
            let key = identifier.key();
            match self.identifiers.iter_mut().find(|own| own.key() == key) {
                Some(own) => own.verified |= identifier.verified,
                None => self.identifiers.push(identifier.clone()),
            }
        }
        self.created_at = self.created_at.min(other.created_at);
        self.updated_at = self.updated_at.max(other.updated_at);
    }

    /// Whether a search for `words`, in small letters, finds it.
    pub(super) fn matches(&self, words: &str) -> bool {
        let has = |text: &str| text.to_lowercase().contains(words);
        self.name.as_deref().is_some_and(has)
            || self.tags.iter().any(|tag| has(tag))
            || self.identifiers.iter().any(|identifier| has(&identifier.value))
    }
}

/// That another profile was joined to one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MergeNote {
    /// The profile that was joined.
    pub id: CustomerId,
    /// When.
    pub at: Timestamp,
}

/// Everything about a customer, for agents and programs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CustomerView {
    /// Who.
    pub id: CustomerId,
    /// The site's own id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// The telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// The language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Labels that agents and programs put on.
    pub tags: Vec<String>,
    /// The site's own attributes.
    pub attributes: BTreeMap<String, AttributeValue>,
    /// Orders under way.
    pub open_orders: Vec<Order>,
    /// What they are recognised by.
    pub identifiers: Vec<Identifier>,
    /// Whether anything of this is verified.
    pub verified: bool,
    /// The segment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// How much the customer is worth.
    pub value_band: ValueBand,
    /// Profiles that were joined to this one.
    pub merged: Vec<MergeNote>,
    /// The customer's conversations.
    pub conversations: Vec<ConversationId>,
    /// Since when the customer is known.
    pub created_at: Timestamp,
    /// When something changed last.
    pub updated_at: Timestamp,
}

/// What an agent sees of the customer of a conversation, at a glance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CustomerCard {
    /// Who.
    pub id: CustomerId,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Whether it is proved that the visitor of this conversation is this customer.
    pub verified: bool,
    /// The segment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// How much the customer is worth.
    pub value_band: ValueBand,
    /// Orders under way.
    pub open_orders: Vec<Order>,
    /// The site's own attributes.
    pub attributes: BTreeMap<String, AttributeValue>,
}
