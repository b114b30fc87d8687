//! Names of what is delivered. A name is made of what is carried, so that the same event has the same
//! name at every try.

use std::fmt;
use std::str::FromStr;

use crate::domain::{ConversationId, DoorId, NameError, Seq};

/// Names the delivery of an event to a receiver; it is the message's `webhook-id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryId {
    /// To whom.
    pub door: DoorId,
    /// Of which conversation.
    pub conversation: ConversationId,
    /// Which event.
    pub seq: Seq,
}

impl fmt::Display for DeliveryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { door, conversation, seq } = self;
        write!(f, "msg_{door}_{conversation}_{seq}")
    }
}

impl FromStr for DeliveryId {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, NameError> {
        let mut parts = text.strip_prefix("msg_").ok_or(NameError)?.split('_');
        let (Some(door), Some(conversation), Some(seq), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(NameError);
        };
        Ok(Self {
            door: door.parse()?,
            conversation: conversation.parse().map_err(|_| NameError)?,
            seq: Seq(seq.parse().map_err(|_| NameError)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_a_round_trip() {
        let door = DoorId::random();
        let delivery = DeliveryId { door, conversation: ConversationId::random(), seq: Seq(7) };
        assert_eq!(delivery.to_string().parse(), Ok(delivery));
        assert!(!delivery.to_string().contains('.'), "the standard forbids it");
        for text in ["msg_", "msg_1_2_3", &format!("{delivery}_4"), "test"] {
            assert_eq!(text.parse::<DeliveryId>(), Err(NameError), "{text}");
        }
    }
}
