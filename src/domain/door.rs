//! Names of the doors through which other systems are told things and answer: receivers of webhooks,
//! and bots.

use std::fmt;
use std::str::FromStr;

use rand::Rng;
use serde::{Deserialize, Serialize};

/// A name that is not well formed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this is no name of a door or a delivery")]
pub struct NameError;

/// Names a receiver or a bot: 16 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DoorId(u64);

impl DoorId {
    /// A fresh random name.
    pub fn random() -> Self {
        Self(rand::rng().next_u64())
    }
}

impl fmt::Display for DoorId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl FromStr for DoorId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let number = u64::from_str_radix(text, 16).map_err(|_| NameError)?;
        // one way of writing it only
        Some(Self(number)).filter(|id| id.to_string() == text).ok_or(NameError)
    }
}

impl TryFrom<String> for DoorId {
    type Error = NameError;

    fn try_from(text: String) -> Result<Self, NameError> {
        text.parse()
    }
}

impl From<DoorId> for String {
    fn from(id: DoorId) -> String {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_a_round_trip_and_have_one_way_of_being_written() {
        let door = DoorId::random();
        assert_eq!(door.to_string().parse(), Ok(door));
        for text in ["", "1", "+000000000000001", "00000000000000AB", "g000000000000000"] {
            assert_eq!(text.parse::<DoorId>(), Err(NameError), "{text}");
        }
    }
}
