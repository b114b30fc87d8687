//! The one thread that writes. It takes as many jobs as wait, puts them into one batch, commits it
//! durably, and only then answers (group commit). It knows nothing of the store but [`Space`].

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::Duration;

use tokio::sync::{broadcast, oneshot, watch};

use crate::domain::{
    Attention, ClientId, ConversationId, Event, EventBody, NewEvent, Seq, Timestamp,
};
use crate::events::log::MAX_EVENT_BYTES;
use crate::events::{
    AppendError, Appended, JournalEntry, LogMetrics, RecordChange, Wake, keys, record,
};

/// Most jobs of one batch.
const MAX_BATCH: usize = 4_096;
/// How many conversations' ends are kept in memory.
const MAX_HEADS: usize = 100_000;

/// Ordered bytes that are committed atomically and durably.
pub(super) trait Space: Send {
    /// The value at a key.
    fn get(&self, key: &[u8]) -> io::Result<Option<Vec<u8>>>;
    /// The keys and values that begin with `prefix`, in order.
    fn scan(&self, prefix: &[u8]) -> io::Result<Vec<(Vec<u8>, Vec<u8>)>>;
    /// The last key that begins with `prefix`.
    fn last_key(&self, prefix: &[u8]) -> io::Result<Option<Vec<u8>>>;
    /// Writes (or, without a value, removes) all of these or none; durable when it returns.
    fn commit(&self, changes: Vec<Change>) -> io::Result<()>;
}

/// A key with its new value, or without one.
pub(super) type Change = (Vec<u8>, Option<Vec<u8>>);

/// Something to write.
pub(super) enum Job {
    Append {
        conversation: ConversationId,
        expected: Seq,
        events: Vec<NewEvent>,
        reply: oneshot::Sender<Result<Appended, AppendError>>,
    },
    Erase {
        conversation: ConversationId,
        tombstone: Box<NewEvent>,
        reply: oneshot::Sender<Result<(), AppendError>>,
    },
    Snapshot {
        conversation: ConversationId,
        seq: Seq,
        state: Vec<u8>,
    },
    Put {
        changes: Vec<RecordChange>,
        /// Nothing is written when one of the records is there.
        if_absent: bool,
        reply: oneshot::Sender<Result<bool, ()>>,
    },
    Close(oneshot::Sender<()>),
}

/// What the thread needs.
pub(super) struct Writer {
    pub(super) space: Box<dyn Space>,
    pub(super) wakes: broadcast::Sender<Wake>,
    pub(super) metrics: Option<Arc<dyn LogMetrics>>,
    /// How many jobs wait.
    pub(super) waiting: Arc<AtomicUsize>,
    pub(super) failed: watch::Sender<bool>,
    pub(super) heads: HashMap<ConversationId, Head>,
    /// The journal's last position, once it is known.
    pub(super) position: Option<u64>,
}

/// Where a conversation ends.
#[derive(Clone, Copy)]
pub(super) struct Head {
    last: Seq,
    attention: Attention,
}

/// A batch that is being put together.
#[derive(Default)]
struct Batch {
    changes: Vec<Change>,
    /// Values that the batch will write, for later jobs of the same batch.
    pending: HashMap<Vec<u8>, Option<Vec<u8>>>,
    answers: Vec<Box<dyn FnOnce(bool) + Send>>,
    wakes: Vec<Wake>,
    events: usize,
}

impl Batch {
    fn write(&mut self, key: Vec<u8>, value: Option<Vec<u8>>) {
        self.pending.insert(key.clone(), value.clone());
        self.changes.push((key, value));
    }
}

impl Writer {
    /// Serves jobs until the senders are gone or one of them closes.
    pub(super) fn run(mut self, jobs: &Receiver<Job>) {
        while let Ok(first) = jobs.recv() {
            let started = now();
            let mut batch = Batch::default();
            let mut closing = None;
            let mut next = Some(first);
            let mut taken = 0;
            while let Some(job) = next {
                taken += 1;
                if let Job::Close(done) = job {
                    closing = Some(done);
                    break;
                }
                self.prepare(job, &mut batch);
                next = match jobs.try_recv() {
                    Ok(job) if taken < MAX_BATCH => Some(job),
                    Ok(job) => {
                        taken += 1;
                        self.prepare(job, &mut batch);
                        None
                    }
                    Err(TryRecvError::Empty | TryRecvError::Disconnected) => None,
                };
            }
            let waiting = self.waiting.fetch_sub(taken, Ordering::Relaxed).saturating_sub(taken);
            self.commit(batch, started);
            if let Some(metrics) = &self.metrics {
                metrics.queue_depth(waiting);
            }
            if let Some(done) = closing {
                drop(self.space);
                // Nobody may wait for the close any more.
                let _ = done.send(());
                return;
            }
        }
    }

    fn commit(&mut self, batch: Batch, started: std::time::Instant) {
        let Batch { changes, answers, wakes, events, .. } = batch;
        // After a failure not even a replay is sure: the store may show what the disk does not have.
        let is_durable = !*self.failed.borrow() && (changes.is_empty() || self.write(changes));
        if let Some(metrics) = self.metrics.as_ref().filter(|_| events > 0) {
            metrics.commit(events, elapsed(started));
        }
        for answer in answers {
            answer(is_durable);
        }
        if is_durable {
            for wake in wakes {
                // Without a listener nobody needs the hint.
                let _ = self.wakes.send(wake);
            }
        }
        if self.heads.len() > MAX_HEADS {
            self.heads.clear();
        }
    }

    /// A failed write is never tried again: what the system has of it cannot be known.
    fn write(&mut self, changes: Vec<Change>) -> bool {
        if *self.failed.borrow() {
            return false;
        }
        match self.space.commit(changes) {
            Ok(()) => true,
            Err(error) => {
                tracing::error!(%error, "the event store cannot be written and takes no more events");
                self.failed.send_replace(true);
                false
            }
        }
    }

    fn prepare(&mut self, job: Job, batch: &mut Batch) {
        match job {
            Job::Append { conversation, expected, events, reply } => {
                let outcome = self.append(conversation, expected, &events, batch);
                batch.answers.push(Box::new(move |is_durable| {
                    let outcome = if is_durable { outcome } else { Err(AppendError::Unavailable) };
                    let _ = reply.send(outcome);
                }));
            }
            Job::Erase { conversation, tombstone, reply } => {
                let outcome = self.erase(conversation, tombstone.at, batch);
                batch.answers.push(Box::new(move |is_durable| {
                    let outcome = if is_durable { outcome } else { Err(AppendError::Unavailable) };
                    let _ = reply.send(outcome);
                }));
            }
            Job::Snapshot { conversation, seq, state } => {
                let mut value = seq.0.to_be_bytes().to_vec();
                value.extend_from_slice(&state);
                batch.write(keys::snapshot(conversation), Some(value));
            }
            Job::Put { changes, if_absent, reply } => {
                let changes = changes.into_iter();
                let changes: Vec<Change> =
                    changes.map(|(table, key, value)| (keys::record(table, &key), value)).collect();
                let is_taken = |key: &[u8]| self.value(key, batch).is_ok_and(|v| v.is_some());
                let is_there = if_absent && changes.iter().any(|(key, _)| is_taken(key));
                if !is_there {
                    for (key, value) in changes {
                        batch.write(key, value);
                    }
                }
                batch.answers.push(Box::new(move |is_durable| {
                    let _ = reply.send(if is_durable { Ok(!is_there) } else { Err(()) });
                }));
            }
            Job::Close(_) => {}
        }
    }

    fn append(
        &mut self,
        conversation: ConversationId,
        expected: Seq,
        events: &[NewEvent],
        batch: &mut Batch,
    ) -> Result<Appended, AppendError> {
        let first = events.first().ok_or(AppendError::Unavailable)?;
        let begun = keys::client_id(conversation, &first.client_id);
        let earlier = self.value(&begun, batch).map_err(|_| AppendError::Unavailable)?;
        if let Some((first, last)) = earlier.as_deref().and_then(places) {
            return Ok(Appended { first, last, replayed: true });
        }
        let head = self.head(conversation).map_err(|_| AppendError::Unavailable)?;
        if head.last != expected {
            return Err(AppendError::Conflict { last: head.last });
        }
        let mut attention = head.attention;
        let mut records = Vec::with_capacity(events.len());
        for (index, new) in events.iter().enumerate() {
            let seq = expected.plus(index + 1);
            let NewEvent { client_id, at, body } = new.clone();
            let event = Event { seq, at, client_id, body };
            let record = record::encode(&event).map_err(|_| AppendError::Unavailable)?;
            if record.len() > MAX_EVENT_BYTES {
                return Err(AppendError::TooLarge { limit: MAX_EVENT_BYTES });
            }
            attention = attention.after(&event.body);
            records.push((keys::event(conversation, seq), record));
        }
        let (first, last) = (expected.next(), expected.plus(records.len()));
        self.note(conversation, first, last, batch).map_err(|_| AppendError::Unavailable)?;
        batch.events += records.len();
        for (key, record) in records {
            batch.changes.push((key, Some(record)));
        }
        batch.write(begun, Some(place_bytes(first, last)));
        self.settle(conversation, head.attention, Head { last, attention }, batch);
        Ok(Appended { first, last, replayed: false })
    }

    /// Notes where the conversation ends now, and whether it waits for somebody.
    fn settle(&mut self, of: ConversationId, before: Attention, head: Head, batch: &mut Batch) {
        if head.attention != before {
            let value = attention_byte(head.attention).map(|byte| vec![byte]);
            batch.write(keys::open(of), value);
        }
        self.heads.insert(of, head);
        batch.wakes.push(Wake { conversation: of, last: head.last });
    }

    fn erase(
        &mut self,
        conversation: ConversationId,
        at: Timestamp,
        batch: &mut Batch,
    ) -> Result<(), AppendError> {
        // What the batch has not written yet must be there to be erased.
        let unwritten = std::mem::take(&mut batch.changes);
        if !unwritten.is_empty() && !self.write(unwritten) {
            return Err(AppendError::Unavailable);
        }
        let head = self.head(conversation).map_err(|_| AppendError::Unavailable)?;
        if head.last == Seq::ZERO {
            return Ok(());
        }
        let last = head.last.next();
        self.note(conversation, last, last, batch).map_err(|_| AppendError::Unavailable)?;
        for place in 1..=last.0 {
            let client_id = ClientId::of_erased(Seq(place));
            let (seq, body) = (Seq(place), EventBody::Erased);
            let record = record::encode(&Event { seq, at, client_id, body });
            let record = record.map_err(|_| AppendError::Unavailable)?;
            batch.changes.push((keys::event(conversation, seq), Some(record)));
        }
        let ids = self.space.scan(&keys::client_ids(conversation));
        for (key, _) in ids.map_err(|_| AppendError::Unavailable)? {
            batch.write(key, None);
        }
        batch.write(keys::snapshot(conversation), None);
        let erased = Head { last, attention: Attention::None };
        self.settle(conversation, head.attention, erased, batch);
        Ok(())
    }

    /// Lists an append in the journal.
    fn note(
        &mut self,
        of: ConversationId,
        first: Seq,
        last: Seq,
        batch: &mut Batch,
    ) -> io::Result<()> {
        let end = if let Some(end) = self.position {
            end
        } else {
            let key = self.space.last_key(&keys::ALL_JOURNAL)?;
            key.and_then(|key| keys::position(&key)).unwrap_or_default()
        };
        let position = end.saturating_add(1);
        self.position = Some(position);
        let value = [&of.as_bytes()[..], &place_bytes(first, last)].concat();
        batch.changes.push((keys::journal(position), Some(value)));
        Ok(())
    }

    fn value(&self, key: &[u8], batch: &Batch) -> io::Result<Option<Vec<u8>>> {
        match batch.pending.get(key) {
            Some(value) => Ok(value.clone()),
            None => self.space.get(key),
        }
    }

    fn head(&mut self, conversation: ConversationId) -> io::Result<Head> {
        if let Some(head) = self.heads.get(&conversation) {
            return Ok(*head);
        }
        let last = self.space.last_key(&keys::events(conversation))?;
        let last = last.and_then(|key| keys::seq(&key)).unwrap_or_default();
        let open = self.space.get(&keys::open(conversation))?;
        let attention = open.and_then(|value| attention(&value)).unwrap_or_default();
        let head = Head { last, attention };
        self.heads.insert(conversation, head);
        Ok(head)
    }
}

fn place_bytes(first: Seq, last: Seq) -> Vec<u8> {
    [first.0.to_be_bytes(), last.0.to_be_bytes()].concat()
}

/// The places that an append's client id points to.
pub(super) fn places(value: &[u8]) -> Option<(Seq, Seq)> {
    let (first, last) = value.split_at_checked(8)?;
    let first = u64::from_be_bytes(first.try_into().ok()?);
    let last = u64::from_be_bytes(last.try_into().ok()?);
    Some((Seq(first), Seq(last)))
}

/// The entry of the journal with this key and value.
pub(super) fn journal_entry(key: &[u8], value: &[u8]) -> Option<JournalEntry> {
    let (conversation, at) = value.split_at_checked(16)?;
    let conversation = ConversationId::from_bytes(conversation.try_into().ok()?);
    let (first, last) = places(at)?;
    Some(JournalEntry { position: keys::position(key)?, conversation, first, last })
}

fn attention_byte(attention: Attention) -> Option<u8> {
    match attention {
        Attention::None => None,
        Attention::Bot => Some(1),
        Attention::Queue => Some(2),
        Attention::Agent => Some(3),
    }
}

/// What the value in the index of open conversations says.
pub(super) fn attention(value: &[u8]) -> Option<Attention> {
    match value {
        [1] => Some(Attention::Bot),
        [2] => Some(Attention::Queue),
        [3] => Some(Attention::Agent),
        _ => None,
    }
}

#[expect(clippy::disallowed_methods, reason = "measures on a thread without a runtime")]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

fn elapsed(since: std::time::Instant) -> Duration {
    since.elapsed()
}
