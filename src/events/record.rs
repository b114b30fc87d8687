//! How an event is stored: a version byte, a checksum (CRC-32, IEEE 802.3), then JSON. Version 1 is
//! read for ever; a record that does not match its checksum is never served.

use crate::domain::Event;

const VERSION: u8 = 1;
const HEAD: usize = 1 + 4;

/// A record that cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Damaged;

/// The stored form of an event.
pub(super) fn encode(event: &Event) -> Result<Vec<u8>, serde_json::Error> {
    let mut record = vec![VERSION, 0, 0, 0, 0];
    serde_json::to_writer(&mut record, event)?;
    let checksum = crc32fast::hash(record.get(HEAD..).unwrap_or_default());
    if let Some(place) = record.get_mut(1..HEAD) {
        place.copy_from_slice(&checksum.to_be_bytes());
    }
    Ok(record)
}

/// The event of a stored form.
pub(super) fn decode(record: &[u8]) -> Result<Event, Damaged> {
    let (head, json) = record.split_at_checked(HEAD).ok_or(Damaged)?;
    let (version, checksum) = head.split_first().ok_or(Damaged)?;
    if *version != VERSION || checksum != crc32fast::hash(json).to_be_bytes() {
        return Err(Damaged);
    }
    serde_json::from_slice(json).map_err(|_| Damaged)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ClientId, EventBody, MessageText, Seq, TextLimits, Timestamp};

    fn event() -> Event {
        let text = MessageText::parse("我的包裹到哪了?", TextLimits::default()).unwrap();
        Event {
            seq: Seq(7),
            at: Timestamp(1_700_000_000_000),
            client_id: ClientId::parse("m-7").unwrap(),
            body: EventBody::said(text),
        }
    }

    /// A record as version 1 wrote it, byte for byte.
    const GOLDEN: &str = "010f7ab0e17b22736571223a372c226174223a313730303030303030303030302c22636c69656e745f6964223a226d2d37222c2274797065223a2276697369746f725f6d657373616765222c2274657874223a22e68891e79a84e58c85e8a3b9e588b0e593aae4ba863f227d";

    #[test]
    fn a_record_of_version_1_is_read_for_ever() {
        assert_eq!(decode(&hex::decode(GOLDEN).unwrap()), Ok(event()));
        assert_eq!(hex::encode(encode(&event()).unwrap()), GOLDEN);
    }

    #[test]
    fn no_changed_byte_goes_unnoticed() {
        let record = encode(&event()).unwrap();
        for index in 0..record.len() {
            let mut damaged = record.clone();
            damaged[index] ^= 0x10;
            assert_eq!(decode(&damaged), Err(Damaged), "byte {index}");
        }
        assert_eq!(decode(&record[..record.len() - 1]), Err(Damaged));
        assert_eq!(decode(&[]), Err(Damaged));
    }
}
