//! The log in memory: the strict twin for tests. It repeats and drops wakes on purpose and keeps no
//! snapshot longer than it must, so that code which relies on a hint fails here first.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tokio::sync::broadcast;

use crate::domain::{Attention, ClientId, ConversationId, Event, EventBody, NewEvent, Seq};
use crate::events::log::MAX_EVENT_BYTES;
use crate::events::{
    AppendError, Appended, Durability, EventLog, JournalEntry, ReadError, RecordChange, Records,
    RecordsError, Table, Wake, record,
};

#[derive(Default)]
struct Conversation {
    events: Vec<Event>,
    begun: HashMap<ClientId, (Seq, Seq)>,
    attention: Attention,
    snapshot: Option<(Seq, Vec<u8>)>,
}

/// The log in memory.
pub struct MemoryLog {
    /// Locked only while the conversations are, so that both tell the same story.
    journal: Mutex<Vec<JournalEntry>>,
    conversations: Mutex<HashMap<ConversationId, Conversation>>,
    records: Mutex<BTreeMap<(Table, String), Vec<u8>>>,
    wakes: broadcast::Sender<Wake>,
}

impl Default for MemoryLog {
    fn default() -> Self {
        Self {
            journal: Mutex::default(),
            conversations: Mutex::default(),
            records: Mutex::default(),
            wakes: broadcast::channel(64).0,
        }
    }
}

impl MemoryLog {
    fn conversations(&self) -> MutexGuard<'_, HashMap<ConversationId, Conversation>> {
        self.conversations.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn journal_entries(&self) -> MutexGuard<'_, Vec<JournalEntry>> {
        self.journal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, conversation: ConversationId, first: Seq, last: Seq) {
        let mut journal = self.journal_entries();
        let position = journal.len() as u64 + 1;
        journal.push(JournalEntry { position, conversation, first, last });
    }

    fn records(&self) -> MutexGuard<'_, BTreeMap<(Table, String), Vec<u8>>> {
        self.records.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Hints may be lost and repeated: every third is lost, every fourth comes twice.
    fn wake(&self, wake: Wake) {
        let times = match wake.last.0 {
            place if place.is_multiple_of(3) => 0,
            place if place.is_multiple_of(4) => 2,
            _ => 1,
        };
        for _ in 0..times {
            let _ = self.wakes.send(wake);
        }
    }
}

#[async_trait]
impl EventLog for MemoryLog {
    async fn append(
        &self,
        conversation: ConversationId,
        expected: Seq,
        events: Vec<NewEvent>,
    ) -> Result<Appended, AppendError> {
        let begun = events.first().ok_or(AppendError::Unavailable)?.client_id.clone();
        let mut all = self.conversations();
        let here = all.entry(conversation).or_default();
        if let Some((first, last)) = here.begun.get(&begun) {
            return Ok(Appended { first: *first, last: *last, replayed: true });
        }
        let last = Seq(here.events.len() as u64);
        if last != expected {
            return Err(AppendError::Conflict { last });
        }
        let numbered = events.into_iter().enumerate().map(|(index, new)| {
            let NewEvent { client_id, at, body } = new;
            Event { seq: expected.plus(index + 1), at, client_id, body }
        });
        let numbered: Vec<Event> = numbered.collect();
        let sizes = numbered.iter().map(|event| record::encode(event).map_or(0, |r| r.len()));
        if sizes.into_iter().any(|size| size > MAX_EVENT_BYTES) {
            return Err(AppendError::TooLarge { limit: MAX_EVENT_BYTES });
        }
        for event in &numbered {
            here.attention = here.attention.after(&event.body);
        }
        let (first, last) = (expected.next(), expected.plus(numbered.len()));
        here.events.extend(numbered);
        here.begun.insert(begun, (first, last));
        self.note(conversation, first, last);
        drop(all);
        self.wake(Wake { conversation, last });
        Ok(Appended { first, last, replayed: false })
    }

    async fn read(
        &self,
        conversation: ConversationId,
        after: Seq,
        limit: usize,
    ) -> Result<Vec<Event>, ReadError> {
        let all = self.conversations();
        let Some(here) = all.get(&conversation) else { return Ok(vec![]) };
        let from = usize::try_from(after.0).unwrap_or(usize::MAX);
        Ok(here.events.iter().skip(from).take(limit).cloned().collect())
    }

    async fn last(&self, conversation: ConversationId) -> Result<Seq, ReadError> {
        let all = self.conversations();
        Ok(all.get(&conversation).map_or(Seq::ZERO, |here| Seq(here.events.len() as u64)))
    }

    async fn find(
        &self,
        conversation: ConversationId,
        client_id: &ClientId,
    ) -> Result<Option<Appended>, ReadError> {
        let all = self.conversations();
        let places = all.get(&conversation).and_then(|here| here.begun.get(client_id).copied());
        Ok(places.map(|(first, last)| Appended { first, last, replayed: true }))
    }

    async fn open(&self) -> Result<Vec<(ConversationId, Attention)>, ReadError> {
        let all = self.conversations();
        let open = all.iter().map(|(conversation, here)| (*conversation, here.attention));
        let mut open: Vec<_> =
            open.filter(|(_, attention)| *attention != Attention::None).collect();
        open.sort_unstable();
        Ok(open)
    }

    async fn journal(&self, after: u64, limit: usize) -> Result<Vec<JournalEntry>, ReadError> {
        let from = usize::try_from(after).unwrap_or(usize::MAX);
        Ok(self.journal_entries().iter().skip(from).take(limit).copied().collect())
    }

    async fn journal_end(&self) -> Result<u64, ReadError> {
        Ok(self.journal_entries().len() as u64)
    }

    async fn snapshot_put(&self, conversation: ConversationId, seq: Seq, state: Vec<u8>) {
        if let Some(here) = self.conversations().get_mut(&conversation) {
            here.snapshot = Some((seq, state));
        }
    }

    async fn snapshot(
        &self,
        conversation: ConversationId,
    ) -> Result<Option<(Seq, Vec<u8>)>, ReadError> {
        Ok(self.conversations().get(&conversation).and_then(|here| here.snapshot.clone()))
    }

    async fn erase(
        &self,
        conversation: ConversationId,
        tombstone: NewEvent,
    ) -> Result<(), AppendError> {
        let mut all = self.conversations();
        let Some(here) = all.get_mut(&conversation).filter(|here| !here.events.is_empty()) else {
            return Ok(());
        };
        let count = here.events.len() + 1;
        here.events = (1..=count as u64)
            .map(|place| Event {
                seq: Seq(place),
                at: tombstone.at,
                client_id: ClientId::of_erased(Seq(place)),
                body: EventBody::Erased,
            })
            .collect();
        here.begun.clear();
        here.snapshot = None;
        here.attention = Attention::None;
        self.note(conversation, Seq(count as u64), Seq(count as u64));
        drop(all);
        self.wake(Wake { conversation, last: Seq(count as u64) });
        Ok(())
    }

    fn wakes(&self) -> broadcast::Receiver<Wake> {
        self.wakes.subscribe()
    }

    fn durability(&self) -> Durability {
        Durability::Process
    }
}

#[async_trait]
impl Records for MemoryLog {
    async fn put(&self, table: Table, key: &str, value: Vec<u8>) -> Result<(), RecordsError> {
        self.records().insert((table, key.to_owned()), value);
        Ok(())
    }

    async fn put_if_absent(
        &self,
        table: Table,
        key: &str,
        value: Vec<u8>,
    ) -> Result<bool, RecordsError> {
        let mut records = self.records();
        let is_absent = !records.contains_key(&(table, key.to_owned()));
        if is_absent {
            records.insert((table, key.to_owned()), value);
        }
        Ok(is_absent)
    }

    async fn get(&self, table: Table, key: &str) -> Result<Option<Vec<u8>>, RecordsError> {
        Ok(self.records().get(&(table, key.to_owned())).cloned())
    }

    async fn delete(&self, table: Table, key: &str) -> Result<(), RecordsError> {
        self.records().remove(&(table, key.to_owned()));
        Ok(())
    }

    async fn change(&self, changes: Vec<RecordChange>) -> Result<(), RecordsError> {
        let mut records = self.records();
        for (table, key, value) in changes {
            match value {
                Some(value) => records.insert((table, key), value),
                None => records.remove(&(table, key)),
            };
        }
        Ok(())
    }

    async fn list(&self, table: Table) -> Result<Vec<(String, Vec<u8>)>, RecordsError> {
        let records = self.records();
        let here = records.iter().filter(|((of, _), _)| *of == table);
        Ok(here.map(|((_, key), value)| (key.clone(), value.clone())).collect())
    }

    async fn page(
        &self,
        table: Table,
        after: &str,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, RecordsError> {
        let all = self.list(table).await?;
        Ok(all.into_iter().filter(|(key, _)| key.as_str() > after).take(limit).collect())
    }

    async fn last_key(&self, table: Table) -> Result<Option<String>, RecordsError> {
        Ok(self.list(table).await?.pop().map(|(key, _)| key))
    }

    async fn page_back(
        &self,
        table: Table,
        prefix: &str,
        before: Option<&str>,
        limit: usize,
    ) -> Result<Vec<(String, Vec<u8>)>, RecordsError> {
        let records = self.records();
        let here = records.iter().rev().filter(|((of, key), _)| {
            *of == table
                && key.starts_with(prefix)
                && before.is_none_or(|before| key.as_str() < before)
        });
        let here = here.take(limit);
        Ok(here.map(|((_, key), value)| (key.clone(), value.clone())).collect())
    }
}
