//! The contract of the event log. One suite (`contract.rs`) holds every implementation to it.

use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use tokio::sync::broadcast;

use crate::domain::{Attention, ClientId, ConversationId, Event, NewEvent, Seq};

/// Most bytes of one stored event.
pub(super) const MAX_EVENT_BYTES: usize = 64 * 1024;

/// Where appended events stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The first event's place; the others follow it without a gap.
    pub first: Seq,
    /// The last event's place.
    pub last: Seq,
    /// Whether the events had been appended before, under the same client id.
    pub replayed: bool,
}

/// Why events were not appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// Another writer was first: the conversation goes on to `last`. Nothing was stored.
    #[error("another writer was first; the conversation goes on to {last}")]
    Conflict {
        /// The conversation's last event.
        last: Seq,
    },
    /// The events may be stored or not. Append them again under the same client ids to know.
    #[error("it is not known whether the events were stored")]
    Unknown,
    /// The log takes no events now. Nothing was stored.
    #[error("the log takes no events")]
    Unavailable,
    /// The writer has as much to do as it may have. Nothing was stored.
    #[error("the log has too much to do")]
    Busy,
    /// An event has more bytes than the log takes. Nothing was stored.
    #[error("an event has more than {limit} bytes")]
    TooLarge {
        /// How many it may have.
        limit: usize,
    },
}

/// Why events cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The store cannot be read now.
    #[error("the log cannot be read: {0}")]
    Unavailable(String),
    /// What is stored is damaged; nothing of it is served.
    #[error("the event {seq} of a conversation is damaged")]
    Corrupt {
        /// Its place.
        seq: Seq,
    },
}

/// What an acknowledged event survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Durability {
    /// Nothing: it lives as long as the process.
    Process,
    /// The loss of power: it was written and synchronised (`fdatasync`) before it was acknowledged.
    PowerLoss,
}

/// A hint that a conversation has new events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wake {
    /// Which conversation.
    pub conversation: ConversationId,
    /// Its last event at that time.
    pub last: Seq,
}

/// One append, as the journal lists it: all appends of all conversations in the order in which they
/// were stored. Positions grow and are never used twice; an erasure is an append of its tombstone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// Its place in the journal, from 1.
    pub position: u64,
    /// Which conversation.
    pub conversation: ConversationId,
    /// The first of its events.
    pub first: Seq,
    /// The last of its events.
    pub last: Seq,
}

/// One append-only sequence of events per conversation, numbered 1, 2, 3 … without gaps.
///
/// What every implementation promises:
///
/// - When [`append`](Self::append) returns `Ok`, the events are durable to the declared level and
///   every later [`read`](Self::read) sees them. All events of one append are stored, or none.
/// - `expected` is the last event that the writer has seen. Of two appends with the same `expected`
///   at most one succeeds; the other is told `Conflict`.
/// - An append whose first event has a client id that already begins an append of the conversation
///   stores nothing and answers with that append's places and `replayed`, whatever `expected` says.
///   So every `Unknown` is resolved by appending again.
/// - Conversations are independent of each other; only the journal lists their appends in one order,
///   each exactly once, and what it lists can be read. Who follows it needs no wakes.
///
/// What callers may not rely on: that wakes arrive, arrive once, or arrive in order; that a snapshot
/// that was put is there later.
#[async_trait]
pub trait EventLog: Send + Sync {
    /// Appends events, at least one, after `expected`.
    async fn append(
        &self,
        conversation: ConversationId,
        expected: Seq,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError>;

    /// Up to `limit` events after `after`, in order; empty at the end or for an unknown
    /// conversation.
    async fn read(
        &self,
        conversation: ConversationId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Event>, ReadError>;

    /// The last event's place; 0 for a conversation without events.
    async fn last(&self, conversation: ConversationId) -> Result<Seq, ReadError>;

    /// The append that began with `client_id`, if there was one.
    async fn find(
        &self,
        conversation: ConversationId,
        client_id: &ClientId,
    ) -> Result<Option<Appended>, ReadError>;

    /// The conversations whose [`Attention`], folded over their events, is not `None`. Kept with
    /// every append, so that a start reads these and not all.
    async fn open(&self) -> Result<Vec<(ConversationId, Attention)>, ReadError>;

    /// Up to `limit` entries of the journal after the position `after`, in order.
    async fn journal(&self, after: u64, limit: usize) -> Result<Vec<JournalEntry>, ReadError>;

    /// The journal's last position; 0 while it is empty.
    async fn journal_end(&self) -> Result<u64, ReadError>;

    /// Keeps a folded state as of `seq`; a hint that may be lost.
    async fn snapshot_put(&self, conversation: ConversationId, seq: Seq, state: Vec<u8>);

    /// The latest folded state that is kept.
    async fn snapshot(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<(Seq, Vec<u8>)>, ReadError>;

    /// Removes the content of all events of a conversation. The places stay, each reading back as
    /// `Erased`, and one more `Erased` event is appended. Erasing an unknown conversation does
    /// nothing.
    async fn erase(&self, conversation: ConversationId, at: NewEvent) -> Result<(), AppendError>;

    /// Hints that conversations have new events.
    fn wakes(&self) -> broadcast::Receiver<Wake>;

    /// What an acknowledged event survives.
    fn durability(&self) -> Durability;
}

/// A table of small records beside the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Table {
    /// The people who answer customers.
    Agents,
    /// Their sessions.
    Sessions,
    /// The desk's rules.
    Rules,
    /// The teams that they belong to.
    Teams,
    /// Roles beside the built-in ones.
    Roles,
    /// Who did what to whom, by number.
    Audit,
    /// Customers' profiles.
    Customers,
    /// Whose a conversation is.
    CustomerLinks,
    /// What changed in the profiles.
    CustomerHistory,
    /// The rules of the segments.
    Segments,
    /// Receivers of webhooks, and how far each has been told.
    Webhooks,
    /// What was sent to them, attempt by attempt.
    Deliveries,
    /// External bots.
    Bots,
    /// Up to where agents have read conversations.
    ReadMarks,
    /// The lists that agents have saved.
    Filters,
    /// The files that people sent, by conversation.
    Attachments,
    /// Replies that were written once for many customers.
    CannedReplies,
    /// What agents have begun to write.
    Drafts,
    /// The versions of the knowledge, by number.
    Knowledge,
    /// Rules by which the desk speaks first, and what came of them.
    Proactive,
    /// How often a language model was asked, by day and conversation.
    Generation,
    /// What customers said of answers, by entry and conversation.
    Corrections,
}

/// A record with its new value, or without one.
pub type RecordChange = (Table, String, Option<Vec<u8>>);

/// Records cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the store cannot be used: {0}")]
pub struct RecordsError(pub String);

/// Small records beside the log, with the log's durability.
#[async_trait]
pub trait Records: Send + Sync {
    /// Writes a record; durable when it returns.
    async fn put(&self, table: Table, key: &str, value: Vec<u8>) -> Result<(), RecordsError>;

    /// Writes a record unless there is one; says whether it was written.
    async fn put_if_absent(
        &self,
        table: Table,
        key: &str,
        value: Vec<u8>,
    ) -> Result<bool, RecordsError>;

    /// Reads a record.
    async fn get(&self, table: Table, key: &str) -> Result<Option<Vec<u8>>, RecordsError>;

    /// Removes a record, if there is one; durable when it returns.
    async fn delete(&self, table: Table, key: &str) -> Result<(), RecordsError>;

    /// Writes or removes several records: all of them or none; durable when it returns.
    async fn change(&self, changes: Vec<RecordChange>) -> Result<(), RecordsError>;

    /// All records of a table, by key.
    async fn list(&self, table: Table) -> Result<Vec<(String, Vec<u8>)>, RecordsError>;

    /// Up to `limit` records of a table that stand behind the key `after`, by key.
    async fn page(
        &self,
        table: Table,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, RecordsError>;

    /// The last key of a table.
    async fn last_key(&self, table: Table) -> Result<Option<String>, RecordsError>;

    /// Up to `limit` records whose keys begin with `prefix`, the last key first; only those before
    /// `before`, where it is given.
    async fn page_back(
        &self,
        table: Table,
        prefix: &str,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, RecordsError>;
}

/// Where an implementation reports what it does.
pub trait LogMetrics: Send + Sync {
    /// A batch was committed.
    fn commit(&self, events: usize, took: Duration);
    /// How many appends wait.
    fn queue_depth(&self, depth: usize);
}

impl LogMetrics for crate::telemetry::Metrics {
    fn commit(&self, events: usize, took: Duration) {
        self.log_commit(events, took);
    }

    fn queue_depth(&self, depth: usize) {
        self.log_queue_depth(depth);
    }
}
