//! A change of a profile, parsed from JSON with every wrong field named, and how it is carried out.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::customers::field::{self, FieldError};
use crate::customers::profile::{AttributeValue, Identifier, IdentifierKind, Order, Profile};

/// Longest name, tag, id and text of an attribute, in characters.
const NAME: usize = 200;
const TAG: usize = 60;
const ID: usize = 200;
const ATTRIBUTE: usize = 1_000;
/// Most entries of each list.
const TAGS: usize = 50;
const ATTRIBUTES: usize = 100;
const ORDERS: usize = 100;
const CHANNELS: usize = 20;

/// Names that attributes of the site's own may not have: conditions use them for what is built in.
pub(super) const BUILT_IN: [&str; 9] = [
    "name",
    "email",
    "phone",
    "language",
    "tags",
    "open_orders",
    "verified",
    "created_at",
    "updated_at",
];

/// Whether what is not said stays or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EditMode {
    /// What is not said goes; `null` is not a value.
    Replace,
    /// What is not said stays; `null` takes away.
    Change,
}

#[derive(Clone, Debug, Default, PartialEq)]
enum Change<T> {
    #[default]
    Keep,
    Clear,
    Set(T),
}

impl<T> Change<T> {
    fn is_clear(&self) -> bool {
        matches!(self, Self::Clear)
    }

    /// A wish to take away, and nothing else.
    fn only_clear(&self) -> Self {
        if self.is_clear() { Self::Clear } else { Self::Keep }
    }
}

impl<T: Clone> Change<T> {
    fn of(&self, own: &mut T, empty: T) {
        match self {
            Self::Keep => {}
            Self::Clear => *own = empty,
            Self::Set(value) => own.clone_from(value),
        }
    }
}

/// A change of a profile.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edit {
    name: Change<Option<String>>,
    language: Change<Option<String>>,
    email: Change<String>,
    phone: Change<String>,
    email_verified: Option<bool>,
    phone_verified: Option<bool>,
    tags: Change<Vec<String>>,
    attributes: Change<BTreeMap<String, Option<AttributeValue>>>,
    /// Whether attributes that are not said stay.
    keeps_attributes: bool,
    open_orders: Change<Vec<Order>>,
    channels: Change<Vec<Identifier>>,
}

impl Edit {
    /// Reads a change; the first wrong field is named.
    pub fn parse(fields: &Map<String, Value>, mode: EditMode) -> Result<Self, FieldError> {
        let mut edit = match mode {
            EditMode::Change => Self { keeps_attributes: true, ..Self::default() },
            EditMode::Replace => Self::nothing(),
        };
        for (name, value) in fields {
            edit.read(name, value, mode)?;
        }
        Ok(edit)
    }

    /// What a visitor says of themselves: contacts only, none of them verified.
    pub fn parse_claim(fields: &Map<String, Value>) -> Result<Self, FieldError> {
        let unknown =
            fields.keys().find(|name| !["name", "email", "phone"].contains(&name.as_str()));
        match unknown {
            Some(name) => Err(FieldError::Unknown(name.clone())),
            None => Self::parse(fields, EditMode::Change),
        }
    }

    /// What a signed token says; claims that are not about the profile are passed over.
    pub(super) fn parse_token(claims: &Map<String, Value>) -> Result<Self, FieldError> {
        const KNOWN: [&str; 7] = [
            "name",
            "email",
            "phone",
            "language",
            "attributes",
            "email_verified",
            "phone_verified",
        ];
        let known = claims
            .iter()
            .filter(|(name, value)| KNOWN.contains(&name.as_str()) && !value.is_null());
        let known = known.map(|(name, value)| (name.clone(), value.clone())).collect();
        Self::parse(&known, EditMode::Change)
    }

    /// Whether it vouches for a contact; not everybody may.
    pub fn vouches(&self) -> bool {
        let channels = match &self.channels {
            Change::Set(channels) => channels.iter().any(|channel| channel.verified),
            _ => false,
        };
        channels || self.email_verified == Some(true) || self.phone_verified == Some(true)
    }

    fn nothing() -> Self {
        Self {
            name: Change::Clear,
            language: Change::Clear,
            email: Change::Clear,
            phone: Change::Clear,
            tags: Change::Clear,
            attributes: Change::Clear,
            open_orders: Change::Clear,
            channels: Change::Clear,
            ..Self::default()
        }
    }

    fn read(&mut self, name: &str, value: &Value, mode: EditMode) -> Result<(), FieldError> {
        let change = |value: &Value| mode == EditMode::Change && value.is_null();
        match name {
            "name" => {
                self.name = read(value, change(value), |v| field::text(name, v, NAME).map(Some))?;
            }
            "language" => self.language = read(value, change(value), |v| language(v).map(Some))?,
            "email" => self.email = read(value, change(value), |v| field::email(name, v))?,
            "phone" => self.phone = read(value, change(value), |v| field::phone(name, v))?,
            "email_verified" => self.email_verified = Some(field::flag(name, value)?),
            "phone_verified" => self.phone_verified = Some(field::flag(name, value)?),
            "tags" => self.tags = read(value, change(value), tags)?,
            "attributes" => {
                self.attributes = read(value, change(value), |v| attributes(v, mode))?;
            }
            "open_orders" => self.open_orders = read(value, change(value), orders)?,
            "channels" => self.channels = read(value, change(value), channels)?,
            _ => return Err(FieldError::Unknown(name.to_owned())),
        }
        Ok(())
    }

    /// The part of it that takes away.
    pub(super) fn clearing(&self) -> Self {
        let attributes = match &self.attributes {
            Change::Set(named) if self.keeps_attributes => {
                let gone = named.iter().filter(|(_, value)| value.is_none());
                Change::Set(gone.map(|(name, _)| (name.clone(), None)).collect())
            }
            other => other.only_clear(),
        };
        Self {
            name: self.name.only_clear(),
            language: self.language.only_clear(),
            email: self.email.only_clear(),
            phone: self.phone.only_clear(),
            tags: self.tags.only_clear(),
            attributes,
            keeps_attributes: true,
            open_orders: self.open_orders.only_clear(),
            channels: self.channels.only_clear(),
            ..Self::default()
        }
    }

    /// Carries it out.
    pub(super) fn apply(&self, to: &mut Profile) -> Result<(), FieldError> {
        self.name.of(&mut to.name, None);
        self.language.of(&mut to.language, None);
        self.tags.of(&mut to.tags, vec![]);
        self.open_orders.of(&mut to.open_orders, vec![]);
        self.apply_attributes(to)?;
        apply_contact(to, IdentifierKind::Email, &self.email, self.email_verified)?;
        apply_contact(to, IdentifierKind::Phone, &self.phone, self.phone_verified)?;
        if self.channels != Change::Keep {
            to.identifiers.retain(|identifier| identifier.kind != IdentifierKind::Channel);
        }
        if let Change::Set(channels) = &self.channels {
            to.identifiers.extend(channels.iter().cloned());
        }
        Ok(())
    }

    fn apply_attributes(&self, to: &mut Profile) -> Result<(), FieldError> {
        if self.attributes.is_clear() || !self.keeps_attributes {
            to.attributes.clear();
        }
        if let Change::Set(named) = &self.attributes {
            for (name, value) in named {
                match value {
                    Some(value) => to.attributes.insert(name.clone(), value.clone()),
                    None => to.attributes.remove(name),
                };
            }
        }
        if to.attributes.len() > ATTRIBUTES {
            return Err(FieldError::new("attributes", format!("{ATTRIBUTES} at most")));
        }
        Ok(())
    }
}

fn apply_contact(
    to: &mut Profile,
    kind: IdentifierKind,
    change: &Change<String>,
    verified: Option<bool>,
) -> Result<(), FieldError> {
    let own = to.identifiers.iter().find(|identifier| identifier.kind == kind).cloned();
    if *change != Change::Keep {
        to.identifiers.retain(|identifier| identifier.kind != kind);
    }
    if let Change::Set(value) = change {
        // who says the same address again takes nothing back
        let was = own.as_ref().is_some_and(|own| own.verified && own.value == *value);
        let verified = verified.unwrap_or(was);
        to.identifiers.push(Identifier { kind, channel: None, value: value.clone(), verified });
        return Ok(());
    }
    let Some(verified) = verified else { return Ok(()) };
    match to.identifiers.iter_mut().find(|identifier| identifier.kind == kind) {
        Some(own) => own.verified = verified,
        None if verified => {
            let field =
                if kind == IdentifierKind::Email { "email_verified" } else { "phone_verified" };
            return Err(FieldError::new(field, "there is nothing to verify"));
        }
        None => {}
    }
    Ok(())
}

fn read<T>(
    value: &Value,
    clears: bool,
    parse: impl Fn(&Value) -> Result<T, FieldError>,
) -> Result<Change<T>, FieldError> {
    if clears { Ok(Change::Clear) } else { parse(value).map(Change::Set) }
}

fn language(value: &Value) -> Result<String, FieldError> {
    let wrong = || FieldError::new("language", "a language tag such as en or zh-CN");
    let tag = field::text("language", value, 35).map_err(|_| wrong())?;
    let is_part = |part: &str| {
        (1..=8).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric())
    };
    let is_tag = tag.split('-').all(is_part) && tag.len() >= 2;
    if is_tag { Ok(tag) } else { Err(wrong()) }
}

fn tags(value: &Value) -> Result<Vec<String>, FieldError> {
    let mut tags = Vec::new();
    for (index, tag) in field::list("tags", value, TAGS)?.iter().enumerate() {
        let tag = field::text(&format!("tags[{index}]"), tag, TAG)?;
        if !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    Ok(tags)
}

fn attributes(
    value: &Value,
    mode: EditMode,
) -> Result<BTreeMap<String, Option<AttributeValue>>, FieldError> {
    let named = value.as_object().filter(|named| named.len() <= ATTRIBUTES);
    let message = || format!("an object of {ATTRIBUTES} values at most");
    let named = named.ok_or_else(|| FieldError::new("attributes", message()))?;
    let mut attributes = BTreeMap::new();
    for (name, value) in named {
        let path = format!("attributes.{name}");
        if !field::is_plain_name(name) {
            let message = "a name is a small letter, then small letters, digits and _, 60 at most";
            return Err(FieldError::new(path, message));
        }
        if BUILT_IN.contains(&name.as_str()) {
            return Err(FieldError::new(path, "this name is the profile's own"));
        }
        let value = match value {
            Value::Null if mode == EditMode::Change => None,
            Value::Bool(flag) => Some(AttributeValue::Flag(*flag)),
            Value::Number(number) => Some(AttributeValue::Number(number.clone())),
            Value::String(text) if text.chars().count() <= ATTRIBUTE => {
                Some(AttributeValue::Text(text.clone()))
            }
            _ => {
                let message =
                    format!("a number, true, false, or a text of {ATTRIBUTE} characters at most");
                return Err(FieldError::new(path, message));
            }
        };
        attributes.insert(name.clone(), value);
    }
    Ok(attributes)
}

fn orders(value: &Value) -> Result<Vec<Order>, FieldError> {
    let mut orders: Vec<Order> = Vec::new();
    for (index, order) in field::list("open_orders", value, ORDERS)?.iter().enumerate() {
        let path = |name: &str| format!("open_orders[{index}].{name}");
        let fields =
            entry(order, &format!("open_orders[{index}]"), &["id", "status", "total", "currency"])?;
        let part = |name: &str| fields.get(name).unwrap_or(&Value::Null);
        let id = field::text(&path("id"), part("id"), ID)?;
        let status = field::text(&path("status"), part("status"), TAG)?;
        let total = match part("total") {
            Value::Null => None,
            Value::Number(total) if total.as_f64().is_some_and(|total| total >= 0.0) => {
                Some(total.clone())
            }
            _ => return Err(FieldError::new(path("total"), "a number, 0 or more")),
        };
        let currency = match part("currency") {
            Value::Null => None,
            Value::String(code)
                if code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase()) =>
            {
                Some(code.clone())
            }
            _ => return Err(FieldError::new(path("currency"), "three letters such as EUR")),
        };
        if orders.iter().any(|other| other.id == id) {
            return Err(FieldError::new(path("id"), "is there twice"));
        }
        orders.push(Order { id, status, total, currency });
    }
    Ok(orders)
}

fn channels(value: &Value) -> Result<Vec<Identifier>, FieldError> {
    let mut channels: Vec<Identifier> = Vec::new();
    for (index, channel) in field::list("channels", value, CHANNELS)?.iter().enumerate() {
        let path = |name: &str| format!("channels[{index}].{name}");
        let fields = entry(channel, &format!("channels[{index}]"), &["channel", "id", "verified"])?;
        let part = |name: &str| fields.get(name).unwrap_or(&Value::Null);
        let name = part("channel").as_str().filter(|name| field::is_plain_name(name));
        let message = "the name of a messaging app such as whatsapp";
        let name = name.ok_or_else(|| FieldError::new(path("channel"), message))?;
        let value = field::text(&path("id"), part("id"), ID)?;
        let verified = match part("verified") {
            Value::Null => false,
            value => field::flag(&path("verified"), value)?,
        };
        let (kind, channel) = (IdentifierKind::Channel, Some(name.to_owned()));
        let identifier = Identifier { kind, channel, value, verified };
        if channels.iter().any(|other| other.key() == identifier.key()) {
            return Err(FieldError::new(path("id"), "is there twice"));
        }
        channels.push(identifier);
    }
    Ok(channels)
}

/// An entry of a list: an object with no other fields than these.
fn entry<'a>(
    value: &'a Value,
    path: &str,
    known: &[&str],
) -> Result<&'a Map<String, Value>, FieldError> {
    let fields = value.as_object().ok_or_else(|| FieldError::new(path, "an object"))?;
    match fields.keys().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(FieldError::Unknown(format!("{path}.{name}"))),
        None => Ok(fields),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timestamp;
    use serde_json::json;

    fn parse(value: &Value, mode: EditMode) -> Result<Edit, FieldError> {
        Edit::parse(value.as_object().unwrap(), mode)
    }

    fn apply(value: &Value, mode: EditMode, to: &mut Profile) {
        parse(value, mode).unwrap().apply(to).unwrap();
    }

    #[test]
    fn every_wrong_field_is_named() {
        let long = "x".repeat(1_001);
        for (body, named) in [
            (json!({"nmae": "Ana"}), "nmae"),
            (json!({"name": ""}), "name"),
            (json!({"name": "a\u{7}"}), "name"),
            (json!({"email": "ana"}), "email"),
            (json!({"phone": "12"}), "phone"),
            (json!({"language": "english, please"}), "language"),
            (json!({"email_verified": "yes"}), "email_verified"),
            (json!({"tags": "vip"}), "tags"),
            (json!({"tags": ["vip", 7]}), "tags[1]"),
            (json!({"attributes": []}), "attributes"),
            (json!({"attributes": {"Plan": 1}}), "attributes.Plan"),
            (json!({"attributes": {"email": "x"}}), "attributes.email"),
            (json!({"attributes": {"plan": [1]}}), "attributes.plan"),
            (json!({"attributes": {"plan": long}}), "attributes.plan"),
            (json!({"open_orders": [{"status": "sent"}]}), "open_orders[0].id"),
            (
                json!({"open_orders": [{"id": "1", "status": "sent", "total": -1}]}),
                "open_orders[0].total",
            ),
            (
                json!({"open_orders": [{"id": "1", "status": "sent", "currency": "euro"}]}),
                "open_orders[0].currency",
            ),
            (
                json!({"open_orders": [{"id": "1", "status": "sent", "sum": 1}]}),
                "open_orders[0].sum",
            ),
            (json!({"channels": [{"channel": "whatsapp"}]}), "channels[0].id"),
            (json!({"channels": [{"channel": "Whats App", "id": "1"}]}), "channels[0].channel"),
        ] {
            let error = parse(&body, EditMode::Change).unwrap_err().to_string();
            assert!(error.contains(&format!("`{named}`")), "{body}: {error}");
        }
        let null = parse(&json!({"name": null}), EditMode::Replace).unwrap_err();
        assert!(null.to_string().contains("`name`"), "{null}");
    }

    #[test]
    fn a_change_keeps_what_it_does_not_name_and_a_replacement_does_not() {
        let mut profile = Profile::of_external("c-1", Timestamp(0));
        let all = json!({"name": "Ana", "email": "ana@shop.example", "tags": ["vip"],
            "attributes": {"plan": "pro", "seats": 5}});
        apply(&all, EditMode::Replace, &mut profile);
        apply(
            &json!({"attributes": {"seats": null, "paid": true}}),
            EditMode::Change,
            &mut profile,
        );
        assert_eq!(profile.name.as_deref(), Some("Ana"));
        assert_eq!(profile.attributes.keys().collect::<Vec<_>>(), ["paid", "plan"]);
        apply(&json!({"name": "Bo"}), EditMode::Replace, &mut profile);
        assert_eq!((profile.tags.len(), profile.attributes.len()), (0, 0));
        assert_eq!(profile.value_of(IdentifierKind::Email), None);
        assert_eq!(profile.value_of(IdentifierKind::ExternalId), Some("c-1"));
    }

    #[test]
    fn another_address_is_not_verified_because_the_old_one_was() {
        let mut profile = Profile::new(Timestamp(0));
        let first = json!({"email": "ana@shop.example", "email_verified": true});
        apply(&first, EditMode::Change, &mut profile);
        apply(&json!({"email": "ANA@shop.example"}), EditMode::Change, &mut profile);
        assert!(profile.is_verified());
        apply(&json!({"email": "eve@shop.example"}), EditMode::Change, &mut profile);
        assert!(!profile.is_verified());
    }

    #[test]
    fn nothing_is_verified_that_is_not_there() {
        let edit = parse(&json!({"phone_verified": true}), EditMode::Change).unwrap();
        let error = edit.apply(&mut Profile::new(Timestamp(0))).unwrap_err().to_string();
        assert!(error.contains("`phone_verified`"), "{error}");
    }

    #[test]
    fn a_visitors_own_word_vouches_for_nothing() {
        for body in [json!({"email_verified": true}), json!({"attributes": {"plan": "pro"}})] {
            assert!(Edit::parse_claim(body.as_object().unwrap()).is_err(), "{body}");
        }
    }
}
