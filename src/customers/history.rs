//! What changed in a profile, who did it, and when: records that are written once, before the change
//! itself, so that no change is without its record.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::customers::profile::Profile;
use crate::domain::{AgentId, CustomerId, Timestamp};

/// Who changed a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Author {
    /// A program with a key.
    Program,
    /// An agent.
    Agent {
        /// Who.
        id: AgentId,
    },
    /// The site, by a signed token.
    Token,
    /// The visitor, of themselves.
    Visitor,
    /// The server, because of a verified identifier.
    Server,
}

/// A value before and after.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FromTo {
    /// Before; `null` when there was none.
    pub from: Value,
    /// After; `null` when it went.
    pub to: Value,
}

/// What happened to a profile.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum What {
    /// Fields have other values.
    Changed {
        /// By name.
        fields: BTreeMap<String, FromTo>,
    },
    /// It was joined to another one.
    Merged {
        /// Which one.
        into: CustomerId,
    },
    /// It is on its own again.
    Unmerged {
        /// From which one.
        from: CustomerId,
    },
}

/// One record of a profile's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryEntry {
    /// The profile, which may have been joined to another one since.
    pub customer: CustomerId,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Author,
    /// What.
    #[serde(flatten)]
    pub what: What,
}

/// The key of the `number`-th record of a profile.
pub(super) fn key(customer: CustomerId, number: u64) -> String {
    format!("{customer}/{number:012}")
}

/// Fields that differ; nothing when the two say the same.
pub(super) fn difference(before: Option<&Profile>, after: &Profile) -> BTreeMap<String, FromTo> {
    let fields = |profile: &Profile| match serde_json::to_value(profile) {
        Ok(Value::Object(fields)) => fields,
        _ => serde_json::Map::new(),
    };
    let (before, after) = (before.map(fields).unwrap_or_default(), fields(after));
    let is_empty = |value: &Value| match value {
        Value::Null => true,
        Value::Array(list) => list.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    };
    let mut differing = BTreeMap::new();
    for (name, to) in after {
        let from = before.get(&name).cloned().unwrap_or_default();
        let is_own = ["id", "created_at", "updated_at", "changes"].contains(&name.as_str());
        if !is_own && from != to && !(is_empty(&from) && is_empty(&to)) {
            differing.insert(name, FromTo { from, to });
        }
    }
    differing
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_differs_is_told() {
        let before = Profile::of_external("c-1", Timestamp(0));
        let mut after = before.clone();
        assert_eq!(difference(Some(&before), &after), BTreeMap::new());
        after.name = Some("Ana".to_owned());
        after.updated_at = Timestamp(9);
        let told = difference(Some(&before), &after);
        assert_eq!(told.keys().collect::<Vec<_>>(), ["name"]);
        assert_eq!(told["name"], FromTo { from: Value::Null, to: json!("Ana") });
    }

    #[test]
    fn a_record_survives_the_store() {
        let entry = HistoryEntry {
            customer: CustomerId::random(),
            at: Timestamp(7),
            by: Author::Agent { id: AgentId::random() },
            what: What::Merged { into: CustomerId::random() },
        };
        let bytes = serde_json::to_vec(&entry).unwrap();
        assert_eq!(serde_json::from_slice::<HistoryEntry>(&bytes).unwrap(), entry);
    }
}
