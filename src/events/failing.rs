//! A log whose next appends fail on demand: for tests of what happens when the store does.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::sync::broadcast;

use crate::domain::{Attention, ClientId, ConversationId, Event, NewEvent, Seq};
use crate::events::{AppendError, Appended, Durability, EventLog, JournalEntry, ReadError, Wake};

/// Wraps a log and fails on demand.
pub struct FailingLog {
    inner: Arc<dyn EventLog>,
    next: Mutex<VecDeque<Option<AppendError>>>,
}

impl FailingLog {
    /// Wraps a log; nothing fails yet.
    pub fn new(inner: Arc<dyn EventLog>) -> Self {
        Self { inner, next: Mutex::default() }
    }

    /// The append after the next `count` ones answers `error`.
    pub fn fail_after(&self, count: usize, error: AppendError) {
        let mut next = self.next();
        next.extend(std::iter::repeat_n(None, count));
        next.push_back(Some(error));
    }

    fn next(&self) -> MutexGuard<'_, VecDeque<Option<AppendError>>> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next append answers `error`. With `Unknown` the events are stored all the same, as when
    /// the answer was lost on its way.
    pub fn fail_next(&self, error: AppendError) {
        self.next().push_back(Some(error));
    }
}

#[async_trait]
impl EventLog for FailingLog {
    async fn append(
        &self,
        conversation: ConversationId,
        expected: Seq,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        let failure = self.next().pop_front().flatten();
        match failure {
            None => self.inner.append(conversation, expected, events).await,
            Some(AppendError::Unknown) => {
                self.inner.append(conversation, expected, events).await?;
                Err(AppendError::Unknown)
            }
            Some(error) => Err(error),
        }
    }

    async fn read(
        &self,
        conversation: ConversationId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Event>, ReadError> {
        self.inner.read(conversation, after, limit).await
    }

    async fn last(&self, conversation: ConversationId) -> Result<Seq, ReadError> {
        self.inner.last(conversation).await
    }

    async fn find(
        &self,
        conversation: ConversationId,
        client_id: &ClientId,
    ) -> Result<Option<Appended>, ReadError> {
        self.inner.find(conversation, client_id).await
    }

    async fn open(&self) -> Result<Vec<(ConversationId, Attention)>, ReadError> {
        self.inner.open().await
    }

    async fn journal(&self, after: u64, limit: usize) -> Result<Vec<JournalEntry>, ReadError> {
        self.inner.journal(after, limit).await
    }

    async fn journal_end(&self) -> Result<u64, ReadError> {
        self.inner.journal_end().await
    }

    async fn snapshot_put(&self, conversation: ConversationId, seq: Seq, state: Vec<u8>) {
        self.inner.snapshot_put(conversation, seq, state).await;
    }

    async fn snapshot(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<(Seq, Vec<u8>)>, ReadError> {
        self.inner.snapshot(conversation).await
    }

    async fn erase(
        &self,
        conversation: ConversationId,
        tombstone: NewEvent,
    ) -> Result<(), AppendError> {
        self.inner.erase(conversation, tombstone).await
    }

    fn wakes(&self) -> broadcast::Receiver<Wake> {
        self.inner.wakes()
    }

    fn durability(&self) -> Durability {
        self.inner.durability()
    }
}
