//! Segments by rules: conditions over a profile, in order; the first that fits is the customer's.
//! Unverified contacts count for nothing here, or saying a big customer's address would make one.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::customers::edit::BUILT_IN;
use crate::customers::field::{self, FieldError};
use crate::customers::profile::{AttributeValue, IdentifierKind, Profile};
use crate::domain::Timestamp;

/// Most segments, conditions of one, and values of one condition.
const SEGMENTS: usize = 50;
const CONDITIONS: usize = 20;
const VALUES: usize = 100;
const DAY_MS: f64 = 86_400_000.0;

/// How much a customer is worth.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum ValueBand {
    /// Little.
    Low,
    /// As most.
    #[default]
    Normal,
    /// Much.
    High,
    /// Most.
    Vip,
}

impl ValueBand {
    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Normal => "normal",
            Self::High => "high",
            Self::Vip => "vip",
        }
    }
}

/// How a condition compares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Op {
    /// Is the value; of tags, one is.
    Eq,
    /// Is not the value, or is not there.
    Ne,
    /// Is a greater number.
    Gt,
    /// Is a smaller number.
    Lt,
    /// Has the words in it; of tags, one is the word.
    Contains,
    /// Is one of the values.
    In,
    /// Is there; with `false`, is not there.
    Exists,
    /// Is a day that lies more than so many days back.
    DaysSinceGt,
    /// Is a day that lies less than so many days back.
    DaysSinceLt,
}

/// One condition over a profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// A field of the profile, or an attribute of the site's own.
    pub attribute: String,
    /// How it is compared.
    pub op: Op,
    /// With what.
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub value: Value,
}

/// A segment: all of `all` hold, and one of `any` where there are some.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Segment {
    /// Its name.
    pub name: String,
    /// What its customers are worth.
    #[serde(default)]
    pub value_band: ValueBand,
    /// Conditions that must all hold.
    #[serde(default)]
    pub all: Vec<Condition>,
    /// Conditions of which one must hold.
    #[serde(default)]
    pub any: Vec<Condition>,
}

/// The rules in use, in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Segments {
    /// The first that fits counts.
    pub segments: Vec<Segment>,
}

/// How many customers a segment has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SegmentCount {
    /// Its name.
    pub name: String,
    /// How many.
    pub customers: usize,
}

/// How many customers each segment has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// In the order of the rules.
    pub segments: Vec<SegmentCount>,
    /// How many fit nowhere.
    pub without: usize,
}

impl Segments {
    /// Reads rules; the first wrong field is named.
    pub fn parse(fields: &Map<String, Value>) -> Result<Self, FieldError> {
        if let Some(name) = fields.keys().find(|name| *name != "segments") {
            return Err(FieldError::Unknown(name.clone()));
        }
        let list = fields.get("segments").unwrap_or(&Value::Null);
        let mut segments: Vec<Segment> = Vec::new();
        for (index, value) in field::list("segments", list, SEGMENTS)?.iter().enumerate() {
            let path = format!("segments[{index}]");
            let segment = segment(&path, value)?;
            if segments.iter().any(|other| other.name == segment.name) {
                return Err(FieldError::new(format!("{path}.name"), "is there twice"));
            }
            segments.push(segment);
        }
        Ok(Self { segments })
    }

    /// The segment of a customer.
    pub(super) fn of(&self, profile: &Profile, now: Timestamp) -> Option<&Segment> {
        if !profile.is_verified() {
            return None;
        }
        self.segments.iter().find(|segment| segment.fits(profile, now))
    }
}

impl Segment {
    fn fits(&self, profile: &Profile, now: Timestamp) -> bool {
        self.all.iter().all(|condition| condition.holds(profile, now))
            && (self.any.is_empty()
                || self.any.iter().any(|condition| condition.holds(profile, now)))
    }
}

fn segment(path: &str, value: &Value) -> Result<Segment, FieldError> {
    let fields = value.as_object().ok_or_else(|| FieldError::new(path, "an object"))?;
    let known = ["name", "value_band", "all", "any"];
    if let Some(name) = fields.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(FieldError::Unknown(format!("{path}.{name}")));
    }
    let part = |name: &str| fields.get(name).unwrap_or(&Value::Null);
    let name = field::text(&format!("{path}.name"), part("name"), 60)?;
    let value_band = match part("value_band") {
        Value::Null => ValueBand::default(),
        band => serde_json::from_value(band.clone()).map_err(|_| {
            FieldError::new(format!("{path}.value_band"), "one of low, normal, high, vip")
        })?,
    };
    let all = conditions(&format!("{path}.all"), part("all"))?;
    let any = conditions(&format!("{path}.any"), part("any"))?;
    if all.is_empty() && any.is_empty() {
        return Err(FieldError::new(format!("{path}.all"), "a segment needs a condition"));
    }
    Ok(Segment { name, value_band, all, any })
}

fn conditions(path: &str, value: &Value) -> Result<Vec<Condition>, FieldError> {
    if value.is_null() {
        return Ok(vec![]);
    }
    let list = field::list(path, value, CONDITIONS)?.iter().enumerate();
    list.map(|(index, value)| condition(&format!("{path}[{index}]"), value)).collect()
}

fn condition(path: &str, value: &Value) -> Result<Condition, FieldError> {
    let fields = value.as_object().ok_or_else(|| FieldError::new(path, "an object"))?;
    let known = ["attribute", "op", "value"];
    if let Some(name) = fields.keys().find(|name| !known.contains(&name.as_str())) {
        return Err(FieldError::Unknown(format!("{path}.{name}")));
    }
    let part = |name: &str| fields.get(name).unwrap_or(&Value::Null);
    let attribute = part("attribute").as_str().filter(|name| field::is_plain_name(name));
    let message = format!("an attribute, or one of {}", BUILT_IN.join(", "));
    let attribute =
        attribute.ok_or_else(|| FieldError::new(format!("{path}.attribute"), message))?.to_owned();
    let op: Op = serde_json::from_value(part("op").clone()).map_err(|_| {
        let message = "one of eq, ne, gt, lt, contains, in, exists, days_since_gt, days_since_lt";
        FieldError::new(format!("{path}.op"), message)
    })?;
    let value = part("value").clone();
    let wrong = |message| Err(FieldError::new(format!("{path}.value"), message));
    let is_plain = |value: &Value| value.is_string() || value.is_number() || value.is_boolean();
    match op {
        Op::Eq | Op::Ne if !is_plain(&value) => wrong("a text, a number, true or false"),
        Op::Gt | Op::Lt if !value.is_number() => wrong("a number"),
        Op::Contains if value.as_str().is_none_or(str::is_empty) => wrong("a text"),
        Op::In
            if !value.as_array().is_some_and(|values| {
                (1..=VALUES).contains(&values.len()) && values.iter().all(is_plain)
            }) =>
        {
            wrong("a list of 1 to 100 texts, numbers, true or false")
        }
        Op::Exists if !value.is_null() && !value.is_boolean() => wrong("true or false"),
        Op::DaysSinceGt | Op::DaysSinceLt if value.as_f64().is_none_or(|days| days < 0.0) => {
            wrong("a number of days, 0 or more")
        }
        _ => Ok(Condition { attribute, op, value }),
    }
}

/// What a profile says under a name.
enum Fact {
    Missing,
    One(Value),
    Many(Vec<Value>),
}

impl Fact {
    fn text(text: Option<&str>) -> Self {
        text.map_or(Self::Missing, |text| Self::One(Value::from(text)))
    }

    fn of(profile: &Profile, name: &str) -> Self {
        match name {
            "name" => Self::text(profile.name.as_deref()),
            "language" => Self::text(profile.language.as_deref()),
            "email" => Self::text(profile.verified_value_of(IdentifierKind::Email)),
            "phone" => Self::text(profile.verified_value_of(IdentifierKind::Phone)),
            "tags" if profile.tags.is_empty() => Self::Missing,
            "tags" => Self::Many(profile.tags.iter().map(|tag| Value::from(&**tag)).collect()),
            "open_orders" => Self::One(Value::from(profile.open_orders.len())),
            "verified" => Self::One(Value::from(profile.is_verified())),
            "created_at" => Self::One(Value::from(profile.created_at.0)),
            "updated_at" => Self::One(Value::from(profile.updated_at.0)),
            _ => match profile.attributes.get(name) {
                None => Self::Missing,
                Some(AttributeValue::Flag(flag)) => Self::One(Value::from(*flag)),
                Some(AttributeValue::Number(number)) => Self::One(Value::Number(number.clone())),
                Some(AttributeValue::Text(text)) => Self::One(Value::from(&**text)),
            },
        }
    }

    fn any(&self, holds: impl Fn(&Value) -> bool) -> bool {
        match self {
            Self::Missing => false,
            Self::One(value) => holds(value),
            Self::Many(values) => values.iter().any(holds),
        }
    }
}

impl Condition {
    fn holds(&self, profile: &Profile, now: Timestamp) -> bool {
        let fact = Fact::of(profile, &self.attribute);
        let wanted = &self.value;
        let number = wanted.as_f64().unwrap_or_default();
        let days = |value: &Value| days_since(value, now);
        match self.op {
            Op::Eq => fact.any(|value| is_same(value, wanted)),
            Op::Ne => !fact.any(|value| is_same(value, wanted)),
            Op::Gt => fact.any(|value| value.as_f64().is_some_and(|own| own > number)),
            Op::Lt => fact.any(|value| value.as_f64().is_some_and(|own| own < number)),
            Op::Contains => {
                let words = wanted.as_str().unwrap_or_default().to_lowercase();
                let is_list = matches!(fact, Fact::Many(_));
                fact.any(|value| {
                    let own = value.as_str().unwrap_or_default().to_lowercase();
                    if is_list { own == words } else { own.contains(&words) }
                })
            }
            Op::In => {
                let values = wanted.as_array().map(Vec::as_slice).unwrap_or_default();
                fact.any(|value| values.iter().any(|wanted| is_same(value, wanted)))
            }
            Op::Exists => fact.any(|_| true) == wanted.as_bool().unwrap_or(true),
            Op::DaysSinceGt => fact.any(|value| days(value).is_some_and(|days| days > number)),
            Op::DaysSinceLt => fact.any(|value| days(value).is_some_and(|days| days < number)),
        }
    }
}

/// Whether two values are the same, whatever the letters' case and however a number is written.
fn is_same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::String(one), Value::String(other)) => one.to_lowercase() == other.to_lowercase(),
        (Value::Number(one), Value::Number(other)) => {
            one == other
                || one.as_f64().zip(other.as_f64()).is_some_and(|(a, b)| a.total_cmp(&b).is_eq())
        }
        _ => one == other,
    }
}

/// How many days ago a day (`2026-11-25`), a moment (RFC 3339, or milliseconds since the Unix epoch)
/// was.
fn days_since(value: &Value, now: Timestamp) -> Option<f64> {
    let then = match value {
        Value::String(text) => {
            let moment = text.parse::<jiff::Timestamp>().ok().or_else(|| {
                let day = text.parse::<jiff::civil::Date>().ok()?;
                jiff::tz::Offset::UTC
                    .to_timestamp(day.to_datetime(jiff::civil::Time::midnight()))
                    .ok()
            });
            moment?.as_millisecond()
        }
        value => value.as_i64()?,
    };
    #[expect(clippy::cast_precision_loss, reason = "milliseconds of a life are exact in 53 bits")]
    let passed = now.0.saturating_sub(then) as f64;
    Some(passed / DAY_MS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::{Edit, EditMode};
    use serde_json::json;

    const NOW: Timestamp = Timestamp(1_795_600_000_000); // 2026-11-25

    fn profile(fields: &Value) -> Profile {
        let mut profile = Profile::of_external("c-1", NOW);
        let edit = Edit::parse(fields.as_object().unwrap(), EditMode::Change).unwrap();
        edit.apply(&mut profile).unwrap();
        profile
    }

    fn rules(segments: &Value) -> Result<Segments, FieldError> {
        Segments::parse(json!({ "segments": segments }).as_object().unwrap())
    }

    fn holds(attribute: &str, op: &str, value: &Value, of: &Profile) -> bool {
        let condition = json!({"attribute": attribute, "op": op, "value": value});
        let rules = rules(&json!([{"name": "s", "all": [condition]}])).unwrap();
        rules.of(of, NOW).is_some()
    }

    #[test]
    fn each_comparison_does_what_its_name_says() {
        let ana = profile(&json!({
            "name": "Ana Lima", "language": "en", "tags": ["Beta", "press"],
            "email": "ana@bigcorp.example", "email_verified": true,
            "open_orders": [{"id": "1", "status": "sent"}, {"id": "2", "status": "paid"}],
            "attributes": {"spent": 1200.5, "seats": 5, "trial": false, "last_order": "2026-11-20",
                "signed_up": "2026-01-01T10:00:00Z"},
        }));
        for (attribute, op, value, expected) in [
            ("name", "eq", json!("ana lima"), true),
            ("name", "ne", json!("Bo"), true),
            ("city", "ne", json!("Berlin"), true),
            ("spent", "gt", json!(1200), true),
            ("spent", "gt", json!(1201), false),
            ("seats", "lt", json!(5), false),
            ("seats", "eq", json!(5.0), true),
            ("city", "lt", json!(5), false),
            ("email", "contains", json!("@bigcorp."), true),
            ("tags", "contains", json!("beta"), true),
            ("tags", "contains", json!("bet"), false),
            ("language", "in", json!(["zh", "en"]), true),
            ("seats", "in", json!([1, 2]), false),
            ("trial", "eq", json!(false), true),
            ("trial", "exists", json!(true), true),
            ("city", "exists", json!(false), true),
            ("city", "exists", Value::Null, false),
            ("open_orders", "gt", json!(1), true),
            ("verified", "eq", json!(true), true),
            ("last_order", "days_since_lt", json!(7), true),
            ("signed_up", "days_since_gt", json!(300), true),
            ("created_at", "days_since_lt", json!(1), true),
            ("name", "days_since_gt", json!(0), false),
        ] {
            assert_eq!(holds(attribute, op, &value, &ana), expected, "{attribute} {op} {value}");
        }
    }

    #[test]
    fn the_first_segment_that_fits_counts() {
        let rules = rules(&json!([
            {"name": "big", "value_band": "vip", "all": [{"attribute": "spent", "op": "gt", "value": 1000}]},
            {"name": "known", "value_band": "high", "any": [
                {"attribute": "spent", "op": "gt", "value": 10},
                {"attribute": "tags", "op": "eq", "value": "friend"}]},
        ]))
        .unwrap();
        let of = |fields: Value| rules.of(&profile(&fields), NOW).map(|found| found.name.clone());
        assert_eq!(of(json!({"attributes": {"spent": 2000}})).as_deref(), Some("big"));
        assert_eq!(of(json!({"attributes": {"spent": 20}})).as_deref(), Some("known"));
        assert_eq!(of(json!({"tags": ["friend"]})).as_deref(), Some("known"));
        assert_eq!(of(json!({})), None);
    }

    #[test]
    fn an_address_that_was_only_said_makes_nobody_important() {
        let rules = rules(&json!([{"name": "big", "value_band": "vip", "all": [
            {"attribute": "email", "op": "contains", "value": "@bigcorp.example"}]}]))
        .unwrap();
        let claimed = json!({"email": "boss@bigcorp.example"});
        assert_eq!(rules.of(&profile(&claimed), NOW), None);
        let mut nobody = profile(&claimed);
        nobody.identifiers.retain(|identifier| !identifier.verified);
        assert_eq!(rules.of(&nobody, NOW), None);
    }

    #[test]
    fn a_wrong_rule_is_named_with_its_place() {
        let good = json!({"attribute": "spent", "op": "gt", "value": 1});
        for (segments, named) in [
            (json!({}), "segments"),
            (json!([7]), "segments[0]"),
            (json!([{"name": "a"}]), "segments[0].all"),
            (json!([{"all": [good]}]), "segments[0].name"),
            (
                json!([{"name": "a", "all": [good]}, {"name": "a", "all": [good]}]),
                "segments[1].name",
            ),
            (json!([{"name": "a", "value_band": "gold", "all": [good]}]), "segments[0].value_band"),
            (json!([{"name": "a", "colour": 1, "all": [good]}]), "segments[0].colour"),
            (
                json!([{"name": "a", "any": [{"attribute": "A b", "op": "eq", "value": 1}]}]),
                "segments[0].any[0].attribute",
            ),
            (
                json!([{"name": "a", "any": [{"attribute": "a", "op": "like", "value": 1}]}]),
                "segments[0].any[0].op",
            ),
            (
                json!([{"name": "a", "all": [good, {"attribute": "a", "op": "gt", "value": "1"}]}]),
                "segments[0].all[1].value",
            ),
            (
                json!([{"name": "a", "all": [{"attribute": "a", "op": "in", "value": []}]}]),
                "segments[0].all[0].value",
            ),
            (
                json!([{"name": "a", "all": [{"attribute": "a", "op": "days_since_gt", "value": -1}]}]),
                "segments[0].all[0].value",
            ),
        ] {
            let error = rules(&segments).unwrap_err().to_string();
            assert!(error.contains(&format!("`{named}`")), "{segments}: {error}");
        }
    }
}
