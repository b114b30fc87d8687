//! Identifiers. A value of one of these types is well formed; conversation and agent ids carry 122
//! random bits, so that knowing one is as good as having been told it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::domain::{Promise, Timestamp};

/// An identifier that is not well formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// Not 32 hexadecimal digits.
    #[error("an id is 32 hexadecimal digits")]
    Malformed,
    /// A client id that is empty, longer than 64 bytes, or not printable ASCII.
    #[error("a client_id is 1 to 64 printable ASCII characters")]
    ClientId,
}

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// A fresh random id.
            pub fn random() -> Self {
                Self(Uuid::new_v4())
            }

            /// The id with these bytes.
            pub fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Uuid::from_bytes(bytes))
            }

            /// The id's bytes, for keys.
            pub fn as_bytes(&self) -> &[u8; 16] {
                self.0.as_bytes()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                if text.len() != 32 {
                    return Err(IdError::Malformed);
                }
                Uuid::try_parse(text).map(Self).map_err(|_| IdError::Malformed)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.to_string()
            }
        }
    };
}

random_id! {
    /// Names a conversation.
    ConversationId
}
random_id! {
    /// Names a person who answers customers.
    AgentId
}
random_id! {
    /// Names a customer's profile.
    CustomerId
}
random_id! {
    /// Names a file that was sent, or is about to be.
    AttachmentId
}
random_id! {
    /// Names a reply that was written once for many customers.
    CannedId
}
random_id! {
    /// Names a rule by which the desk speaks first.
    ProactiveId
}

/// A place in one conversation: 1, 2, 3 … without gaps; 0 is before the first event.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(transparent)]
pub struct Seq(pub u64);

impl Seq {
    /// Before the first event.
    pub const ZERO: Self = Self(0);

    /// The place before this one; 0 stays 0.
    #[must_use]
    pub fn before(self) -> Self {
        self.minus(1)
    }

    /// The place `count` before this one; before the first there is only 0.
    #[must_use]
    pub fn minus(self, count: usize) -> Self {
        Self(self.0.saturating_sub(count as u64))
    }

    /// The place right after this one.
    #[must_use]
    pub fn next(self) -> Self {
        self.plus(1)
    }

    /// The place `count` further on.
    #[must_use]
    pub fn plus(self, count: usize) -> Self {
        Self(self.0.saturating_add(count as u64))
    }
}

impl fmt::Display for Seq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The sender's own name for an event; the same one twice in a conversation is the same event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientId(String);

impl ClientId {
    /// Checks a client id: 1 to 64 printable ASCII characters.
    pub fn parse(text: impl Into<String>) -> Result<Self, IdError> {
        let text = text.into();
        let printable = text.bytes().all(|b| (0x21..=0x7e).contains(&b));
        if text.is_empty() || text.len() > 64 || !printable {
            return Err(IdError::ClientId);
        }
        Ok(Self(text))
    }

    /// The id of the `index`-th event with which the bot answers the event at `seq`.
    pub fn of_bot_turn(seq: Seq, index: usize) -> Self {
        Self(format!("bot/{seq}/{index}"))
    }

    /// The id of a message to which an external bot gave the name `echo_id`.
    pub fn of_bot_message(echo_id: &str) -> Result<Self, IdError> {
        Self::parse(format!("bot/echo/{echo_id}"))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the server reserves this id for its own events, so that nobody else may send it.
    pub fn is_reserved(&self) -> bool {
        self.0.starts_with("bot/") || self.0.starts_with("desk/")
    }

    /// The id of an event whose content was erased.
    pub fn of_erased(seq: Seq) -> Self {
        Self(format!("desk/erased/{seq}"))
    }

    /// The id of the desk's note that a promised time has passed.
    pub fn of_breach(promise: Promise, due: Timestamp) -> Self {
        Self(format!("desk/sla/{}/{}", promise.name(), due.0))
    }

    /// The id of the desk's note that a snooze is over; nobody can snooze into the past, so there is
    /// one a moment.
    pub fn of_wake(until: Timestamp) -> Self {
        Self(format!("desk/wake/{}", until.0))
    }

    /// The id of the summary that belongs to a hand-off.
    pub fn of_summary(handoff: Seq) -> Self {
        Self(format!("desk/summary/{handoff}"))
    }

    /// A fresh id for an event that the desk itself writes (a claim, a transfer).
    pub fn of_desk() -> Self {
        Self(format!("desk/{}", Uuid::new_v4().simple()))
    }
}

impl TryFrom<String> for ClientId {
    type Error = IdError;
    fn try_from(text: String) -> Result<Self, IdError> {
        Self::parse(text)
    }
}

impl From<ClientId> for String {
    fn from(id: ClientId) -> String {
        id.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_survive_a_round_trip_through_text() {
        let id = ConversationId::random();
        assert_eq!(id.to_string().parse::<ConversationId>(), Ok(id));
        assert_eq!(ConversationId::from_bytes(*id.as_bytes()), id);
    }

    #[test]
    fn malformed_ids_are_refused() {
        for text in ["", "1", "g0000000000000000000000000000000", &"0".repeat(33)] {
            assert_eq!(text.parse::<ConversationId>(), Err(IdError::Malformed), "{text}");
        }
        for text in ["", "with space", "uml\u{e4}ut", "new\nline", &"x".repeat(65)] {
            assert_eq!(ClientId::parse(text), Err(IdError::ClientId), "{text}");
        }
    }

    #[test]
    fn the_servers_own_client_ids_are_reserved() {
        assert!(ClientId::of_bot_turn(Seq(7), 0).is_reserved());
        assert!(ClientId::of_desk().is_reserved());
        assert!(!ClientId::parse("m-1").unwrap().is_reserved());
    }
}
