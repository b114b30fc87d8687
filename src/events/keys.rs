//! The keys of the embedded store: one ordered space, so that one batch is atomic over all of it.
//! A letter names the kind, then come the conversation's 16 bytes and, for events, the place.

use crate::domain::{ClientId, ConversationId, Seq};
use crate::events::Table;

/// Events, by conversation and place.
const EVENT: u8 = b'e';
/// The appends' first client ids.
const CLIENT_ID: u8 = b'c';
/// Conversations that wait for somebody.
const OPEN: u8 = b'o';
/// Folded states.
const SNAPSHOT: u8 = b's';
/// Records of tables.
const RECORD: u8 = b'r';
/// The journal of appends, by position.
const JOURNAL: u8 = b'j';

fn of(kind: u8, conversation: ConversationId, rest: &[u8]) -> Vec<u8> {
    let mut key = Vec::with_capacity(17 + rest.len());
    key.push(kind);
    key.extend_from_slice(conversation.as_bytes());
    key.extend_from_slice(rest);
    key
}

pub(super) fn event(conversation: ConversationId, seq: Seq) -> Vec<u8> {
    of(EVENT, conversation, &seq.0.to_be_bytes())
}

pub(super) fn events(conversation: ConversationId) -> Vec<u8> {
    of(EVENT, conversation, &[])
}

/// The place in an event's key.
pub(super) fn seq(key: &[u8]) -> Option<Seq> {
    let place = key.get(17..)?.try_into().ok()?;
    Some(Seq(u64::from_be_bytes(place)))
}

pub(super) fn client_id(conversation: ConversationId, client_id: &ClientId) -> Vec<u8> {
    of(CLIENT_ID, conversation, client_id.as_str().as_bytes())
}

pub(super) fn client_ids(conversation: ConversationId) -> Vec<u8> {
    of(CLIENT_ID, conversation, &[])
}

pub(super) fn open(conversation: ConversationId) -> Vec<u8> {
    of(OPEN, conversation, &[])
}

pub(super) const ALL_JOURNAL: [u8; 1] = [JOURNAL];

pub(super) fn journal(position: u64) -> Vec<u8> {
    [&ALL_JOURNAL[..], &position.to_be_bytes()].concat()
}

/// The position in a journal entry's key.
pub(super) fn position(key: &[u8]) -> Option<u64> {
    Some(u64::from_be_bytes(key.get(1..9)?.try_into().ok()?))
}

pub(super) const ALL_OPEN: [u8; 1] = [OPEN];

/// The conversation in a key that has one.
pub(super) fn conversation(key: &[u8]) -> Option<ConversationId> {
    Some(ConversationId::from_bytes(key.get(1..17)?.try_into().ok()?))
}

pub(super) fn snapshot(conversation: ConversationId) -> Vec<u8> {
    of(SNAPSHOT, conversation, &[])
}

/// How many bytes of a record's key name its table.
pub(super) const TABLE_BYTES: usize = 2;

pub(super) fn table(table: Table) -> Vec<u8> {
    let letter = match table {
        Table::Agents => b'a',
        Table::Sessions => b's',
        Table::Rules => b'r',
        Table::Teams => b'T',
        Table::Roles => b'R',
        Table::Audit => b'A',
        Table::Customers => b'c',
        Table::CustomerLinks => b'k',
        Table::CustomerHistory => b'y',
        Table::Segments => b'g',
        Table::Webhooks => b'W',
        Table::Deliveries => b'D',
        Table::Bots => b'B',
        Table::ReadMarks => b'm',
        Table::Filters => b'F',
        Table::Attachments => b'U',
        Table::CannedReplies => b'q',
        Table::Drafts => b'd',
        Table::Knowledge => b'K',
        Table::Proactive => b'O',
        Table::Generation => b'G',
        Table::Corrections => b'L',
    };
    vec![RECORD, letter]
}

pub(super) fn record(of: Table, key: &str) -> Vec<u8> {
    let mut whole = table(of);
    whole.extend_from_slice(key.as_bytes());
    whole
}
