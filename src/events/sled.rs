//! The embedded store: sled 0.34.7, which only this module names. One thread owns all writes; what it
//! commits is flushed and then synchronised by ourselves, since sled's own flush does not ask the
//! disk (spacejam/sled#1452). Deleting in sled is not erasing on disk: `compact` rewrites the store.

mod records;

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, SyncSender, TrySendError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::sync::{broadcast, oneshot, watch};

use crate::domain::{Attention, ClientId, ConversationId, Event, NewEvent, Seq};
pub use crate::events::open_error::OpenError;
use crate::events::open_error::{lock, not_writable};
use crate::events::writer::{self, Change, Job, Space, Writer};
use crate::events::{
    AppendError, Appended, Durability, EventLog, JournalEntry, LogMetrics, ReadError, Wake, keys,
    record,
};

/// How many jobs may wait for the writer.
const QUEUE: usize = 4_096;
/// How many wakes a listener may be behind before it is told that it missed some.
const WAKES: usize = 1_024;
/// How often, and after which wait, a store that was closed just now is tried again.
const LOCK_TRIES: usize = 100;
const LOCK_WAIT: Duration = Duration::from_millis(10);
pub(super) const STORE: &str = "log";

/// How the store is opened.
#[derive(Clone)]
pub struct OpenOptions {
    /// Most bytes of pages that sled keeps in memory.
    pub cache_bytes: u64,
    /// Where commits are reported.
    pub metrics: Option<Arc<dyn LogMetrics>>,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { cache_bytes: 64 * 1024 * 1024, metrics: None }
    }
}

/// The event log on disk.
pub struct SledLog {
    tree: sled::Db,
    jobs: SyncSender<Job>,
    /// How many jobs wait, for the metrics.
    waiting: Arc<AtomicUsize>,
    wakes: broadcast::Sender<Wake>,
    failed: watch::Receiver<bool>,
    writer: Mutex<Option<std::thread::JoinHandle<()>>>,
    _lock: File,
}

impl SledLog {
    /// Opens the store in `folder`, which is made where it is not there.
    pub fn open(folder: &Path, options: OpenOptions) -> Result<Self, OpenError> {
        let lock = lock(folder)?;
        let tree = open_tree(&folder.join(STORE), options.cache_bytes)?;
        let file = File::open(folder.join(STORE).join("db"));
        let file = file.map_err(|source| not_writable(folder, source))?;
        let (jobs, inbox) = mpsc::sync_channel(QUEUE);
        let (wakes, _) = broadcast::channel(WAKES);
        let (failed, has_failed) = watch::channel(false);
        let waiting = Arc::default();
        let writer = Writer {
            space: Box::new(SledSpace { tree: tree.clone(), file }),
            wakes: wakes.clone(),
            metrics: options.metrics,
            waiting: Arc::clone(&waiting),
            failed,
            heads: std::collections::HashMap::new(),
            position: None,
        };
        let thread = std::thread::Builder::new().name("event-log".to_owned());
        let thread = thread.spawn(move || writer.run(&inbox));
        let thread = thread.map_err(|source| not_writable(folder, source))?;
        let writer = Mutex::new(Some(thread));
        Ok(Self { tree, jobs, waiting, wakes, failed: has_failed, writer, _lock: lock })
    }

    /// Waits until a write has failed; the store takes no events any more.
    pub async fn failed(&self) {
        let mut failed = self.failed.clone();
        // An error means that the writer has ended, which only `close` does.
        if failed.wait_for(|failed| *failed).await.is_err() {
            std::future::pending::<()>().await;
        }
    }

    /// Writes what waits and ends the writer. The store takes no events afterwards.
    pub async fn close(&self) {
        let (done, closed) = oneshot::channel();
        self.waiting.fetch_add(1, Ordering::Relaxed);
        if self.jobs.send(Job::Close(done)).is_ok() {
            let _ = closed.await;
        }
        let thread = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }

    async fn ask<T>(&self, job: impl FnOnce(oneshot::Sender<T>) -> Job) -> Result<T, AppendError> {
        let (reply, answer) = oneshot::channel();
        self.send(job(reply))?;
        answer.await.map_err(|_| AppendError::Unknown)
    }

    fn send(&self, job: Job) -> Result<(), AppendError> {
        // counted first: the writer may be done before the count is
        self.waiting.fetch_add(1, Ordering::Relaxed);
        let sent = self.jobs.try_send(job).map_err(|refused| match refused {
            TrySendError::Full(_) => AppendError::Busy,
            TrySendError::Disconnected(_) => AppendError::Unavailable,
        });
        if sent.is_err() {
            self.waiting.fetch_sub(1, Ordering::Relaxed);
        }
        sent
    }

    fn value(&self, key: &[u8]) -> Result<Option<sled::IVec>, ReadError> {
        self.tree.get(key).map_err(|error| unavailable(&error))
    }
}

/// sled answers some damage with an error and some with a panic: both are damage.
fn open_tree(store: &Path, cache_bytes: u64) -> Result<sled::Db, OpenError> {
    let config = sled::Config::new()
        .path(store)
        .cache_capacity(cache_bytes)
        .flush_every_ms(None)
        .mode(sled::Mode::HighThroughput);
    let corrupt = |reason| OpenError::Corrupt { folder: store.to_owned(), reason };
    match std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| open_released(&config))) {
        Ok(Ok(tree)) => Ok(tree),
        Ok(Err(sled::Error::Io(error)))
            if matches!(
                error.kind(),
                io::ErrorKind::PermissionDenied
                    | io::ErrorKind::ReadOnlyFilesystem
                    | io::ErrorKind::StorageFull
            ) =>
        {
            Err(not_writable(store, error))
        }
        Ok(Err(error)) => Err(corrupt(error.to_string())),
        Err(_) => Err(corrupt("its pages cannot be read".to_owned())),
    }
}

/// Our own lock keeps other processes out; what sled still finds locked is a store of this process
/// that was closed a moment ago and whose threads are just ending.
#[expect(clippy::disallowed_methods, reason = "opening is blocking work, away from the workers")]
fn open_released(config: &sled::Config) -> sled::Result<sled::Db> {
    for _ in 0..LOCK_TRIES {
        match config.open() {
            Err(sled::Error::Io(error)) if error.to_string().contains("could not acquire lock") => {
                std::thread::sleep(LOCK_WAIT);
            }
            opened => return opened,
        }
    }
    config.open()
}

fn unavailable(error: &sled::Error) -> ReadError {
    ReadError::Unavailable(error.to_string())
}

struct SledSpace {
    tree: sled::Db,
    file: File,
}

impl Space for SledSpace {
    fn get(&self, key: &[u8]) -> io::Result<Option<Vec<u8>>> {
        Ok(self.tree.get(key)?.map(|value| value.to_vec()))
    }

    fn scan(&self, prefix: &[u8]) -> io::Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let found = self.tree.scan_prefix(prefix).map(|pair| {
            let (key, value) = pair?;
            Ok((key.to_vec(), value.to_vec()))
        });
        found.collect()
    }

    fn last_key(&self, prefix: &[u8]) -> io::Result<Option<Vec<u8>>> {
        let last = self.tree.scan_prefix(prefix).next_back().transpose()?;
        Ok(last.map(|(key, _)| key.to_vec()))
    }

    fn commit(&self, changes: Vec<Change>) -> io::Result<()> {
        let mut batch = sled::Batch::default();
        for (key, value) in changes {
            match value {
                Some(value) => batch.insert(key, value),
                None => batch.remove(key),
            }
        }
        self.tree.apply_batch(batch)?;
        self.tree.flush()?;
        self.file.sync_data()
    }
}

#[async_trait]
impl EventLog for SledLog {
    async fn append(
        &self,
        conversation: ConversationId,
        expected: Seq,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        self.ask(|reply| Job::Append { conversation, expected, events, reply }).await?
    }

    async fn read(
        &self,
        conversation: ConversationId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Event>, ReadError> {
        let from = keys::event(conversation, after.next());
        let to = keys::event(conversation, Seq(u64::MAX));
        let mut events = Vec::new();
        for (index, pair) in self.tree.range(from..=to).take(limit).enumerate() {
            let (_, stored) = pair.map_err(|error| unavailable(&error))?;
            let seq = after.plus(index + 1);
            let event = record::decode(&stored).map_err(|_| ReadError::Corrupt { seq })?;
            if event.seq != seq {
                return Err(ReadError::Corrupt { seq });
            }
            events.push(event);
        }
        Ok(events)
    }

    async fn last(&self, conversation: ConversationId) -> Result<Seq, ReadError> {
        let last = self.tree.scan_prefix(keys::events(conversation)).next_back().transpose();
        let last = last.map_err(|error| unavailable(&error))?;
        Ok(last.and_then(|(key, _)| keys::seq(&key)).unwrap_or_default())
    }

    async fn find(
        &self,
        conversation: ConversationId,
        client_id: &ClientId,
    ) -> Result<Option<Appended>, ReadError> {
        let value = self.value(&keys::client_id(conversation, client_id))?;
        let places = value.as_deref().and_then(writer::places);
        Ok(places.map(|(first, last)| Appended { first, last, replayed: true }))
    }

    async fn open(&self) -> Result<Vec<(ConversationId, Attention)>, ReadError> {
        let mut open = Vec::new();
        for pair in self.tree.scan_prefix(keys::ALL_OPEN) {
            let (key, value) = pair.map_err(|error| unavailable(&error))?;
            open.extend(keys::conversation(&key).zip(writer::attention(&value)));
        }
        Ok(open)
    }

    async fn journal(&self, after: u64, limit: usize) -> Result<Vec<JournalEntry>, ReadError> {
        let from = keys::journal(after.saturating_add(1));
        let mut entries = Vec::new();
        for pair in self.tree.range(from..=keys::journal(u64::MAX)).take(limit) {
            let (key, value) = pair.map_err(|error| unavailable(&error))?;
            let entry = writer::journal_entry(&key, &value);
            entries.push(entry.ok_or(ReadError::Corrupt { seq: Seq::ZERO })?);
        }
        Ok(entries)
    }

    async fn journal_end(&self) -> Result<u64, ReadError> {
        let last = self.tree.scan_prefix(keys::ALL_JOURNAL).next_back().transpose();
        let last = last.map_err(|error| unavailable(&error))?;
        Ok(last.and_then(|(key, _)| keys::position(&key)).unwrap_or_default())
    }

    async fn snapshot_put(&self, conversation: ConversationId, seq: Seq, state: Vec<u8>) {
        // A snapshot is a hint: with a full queue it is left out.
        let _ = self.send(Job::Snapshot { conversation, seq, state });
    }

    async fn snapshot(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<(Seq, Vec<u8>)>, ReadError> {
        let Some(value) = self.value(&keys::snapshot(conversation))? else { return Ok(None) };
        let Some((seq, state)) = value.split_at_checked(8) else { return Ok(None) };
        let seq = seq.try_into().map_or(Seq::ZERO, |seq| Seq(u64::from_be_bytes(seq)));
        Ok(Some((seq, state.to_vec())))
    }

    async fn erase(
        &self,
        conversation: ConversationId,
        tombstone: NewEvent,
    ) -> Result<(), AppendError> {
        self.ask(|reply| Job::Erase { conversation, tombstone: Box::new(tombstone), reply }).await?
    }

    fn wakes(&self) -> broadcast::Receiver<Wake> {
        self.wakes.subscribe()
    }

    fn durability(&self) -> Durability {
        Durability::PowerLoss
    }
}

/// Copies what the store in `from` holds into a fresh one in `to`.
pub(super) fn copy(from: &Path, to: &Path) -> Result<(), OpenError> {
    let cache = OpenOptions::default().cache_bytes;
    let source = open_tree(from, cache)?;
    let target = open_tree(to, cache)?;
    target.import(source.export());
    target.flush().map_err(|error| not_writable(to, error.into()))?;
    Ok(())
}
