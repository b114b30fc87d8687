//! A receiver of webhooks: where it is, what it wants to be told, and the secrets that sign it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::channels::{ChannelError, DoorId, EventType, Secret};
use crate::domain::Timestamp;

/// For how long the secret before the present one signs too.
pub const OLD_SECRET_SIGNS: Duration = Duration::from_hours(24);

/// A secret that was replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct OldSecret {
    secret: Secret,
    until: Timestamp,
}

/// A receiver, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    /// Its name.
    pub id: DoorId,
    /// Where it is.
    pub url: String,
    /// What it is told; with none, everything.
    #[serde(default)]
    pub events: Vec<EventType>,
    /// Whether it is told anything now.
    pub active: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it is off because it answered that it is gone (410).
    #[serde(default)]
    pub gone_at: Option<Timestamp>,
    /// What signs.
    pub(super) secret: Secret,
    /// What signs too, for a while.
    #[serde(default)]
    pub(super) old_secret: Option<OldSecret>,
}

impl Endpoint {
    /// Whether it wants to be told of this.
    pub(super) fn wants(&self, of: EventType) -> bool {
        self.events.is_empty() || self.events.contains(&of)
    }

    /// The secret, for whoever has just made it.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The headers that go with a body.
    pub(super) fn headers(
        &self,
        id: &str,
        body: &str,
        now: Timestamp,
    ) -> Vec<(&'static str, String)> {
        let seconds = now.0.div_euclid(1_000);
        let mut signatures = self.secret.sign(id, seconds, body);
        if let Some(old) = self.old_secret.as_ref().filter(|old| now < old.until) {
            signatures = format!("{signatures} {}", old.secret.sign(id, seconds, body));
        }
        vec![
            ("webhook-id", id.to_owned()),
            ("webhook-timestamp", seconds.to_string()),
            ("webhook-signature", signatures),
        ]
    }

    /// Replaces the secret; the one before signs for another day.
    pub(super) fn rotate(&mut self, now: Timestamp) {
        let secret = std::mem::replace(&mut self.secret, Secret::random());
        self.old_secret = Some(OldSecret { secret, until: now.plus(OLD_SECRET_SIGNS) });
    }
}

/// What may be said of a receiver; what is left out stays as it is.
#[derive(Clone, Debug, Default)]
pub struct EndpointChange {
    /// Where it is.
    pub url: Option<String>,
    /// The names of what it is told; with none, everything.
    pub events: Option<Vec<String>>,
    /// Whether it is told anything now.
    pub active: Option<bool>,
}

/// The types with these names.
pub(super) fn types(names: &[String]) -> Result<Vec<EventType>, ChannelError> {
    let mut types = Vec::new();
    for name in names {
        let of = EventType::named(name).ok_or_else(|| ChannelError::Events(name.clone()))?;
        types.push(of);
    }
    types.sort_unstable();
    types.dedup();
    Ok(types)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint() -> Endpoint {
        Endpoint {
            id: DoorId::random(),
            url: "https://hooks.example/".to_owned(),
            events: vec![],
            active: true,
            created_at: Timestamp(0),
            gone_at: None,
            secret: Secret::random(),
            old_secret: None,
        }
    }

    fn signatures(endpoint: &Endpoint, now: Timestamp) -> Vec<String> {
        let headers = endpoint.headers("msg_1", "{}", now);
        headers[2].1.split(' ').map(str::to_owned).collect()
    }

    #[test]
    fn a_replaced_secret_signs_for_another_day() {
        let mut endpoint = endpoint();
        let now = Timestamp(10_000);
        let before = signatures(&endpoint, now);
        assert_eq!(before.len(), 1);
        endpoint.rotate(now);
        let both = signatures(&endpoint, now);
        assert_eq!((both.len(), &both[1]), (2, &before[0]));
        assert_ne!(both[0], before[0]);
        let later = now.plus(OLD_SECRET_SIGNS);
        assert_eq!(signatures(&endpoint, later).len(), 1);
    }

    #[test]
    fn no_types_are_all_types_and_unknown_ones_are_named() {
        let mut endpoint = endpoint();
        assert!(endpoint.wants(EventType::Erased));
        let names = ["conversation.rated".to_owned(), "conversation.rated".to_owned()];
        endpoint.events = types(&names).unwrap();
        assert_eq!(endpoint.events, [EventType::Rated]);
        assert!(!endpoint.wants(EventType::Erased));
        let error = types(&["message.read".to_owned()]).unwrap_err();
        assert!(error.to_string().contains("message.read"), "{error}");
    }
}
