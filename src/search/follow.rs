//! Follows the journal into the index: reads what was appended, gathers a moment's worth, commits. A
//! crash loses nothing but the work since the last commit, which is done again.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;

use crate::domain::{ConversationId, EventBody, Seq};
use crate::events::{EventLog, JournalEntry, ReadError, Wake};
use crate::search::said;
use crate::search::store::{Message, Store, StoreError, Writer};
use crate::search::words::Indexed;
use crate::tasks::Tasks;

/// How many appends are read at once.
const BATCH: usize = 1_000;
/// How many appends may be read, while catching up, before they are committed.
const COMMIT_AFTER: u64 = 20_000;
/// How long after an append the next ones are waited for.
const GATHER: Duration = Duration::from_millis(200);
/// How long to wait when no wake comes; wakes may be lost.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
/// Places of messages of one append.
const PLACES: u64 = 1 << 16;

struct Follower {
    store: Arc<Store>,
    log: Arc<dyn EventLog>,
    tasks: Tasks,
    read: u64,
    committed: u64,
}

pub(super) fn start(store: Arc<Store>, writer: Writer, log: Arc<dyn EventLog>, tasks: &Tasks) {
    let position = store.position();
    let follower =
        Follower { store, log, tasks: tasks.clone(), read: position, committed: position };
    let stop = tasks.soft();
    tasks.spawn("index messages", async move {
        tokio::select! {
            () = stop.cancelled() => {}
            failed = follower.run(writer) => {
                if let Err(error) = failed {
                    tracing::error!(error, "search does not learn of new messages any more");
                }
            }
        }
    });
}

impl Follower {
    async fn run(mut self, mut writer: Writer) -> Result<(), String> {
        let mut wakes = self.log.wakes();
        let end = self.log.journal_end().await.map_err(|error| error.to_string())?;
        if self.read > end {
            // the index is of another log, of which this one may be an older copy
            tracing::warn!("the search index is ahead of the log and is made anew");
            (self.read, self.committed) = (0, 0);
            writer.clear().map_err(|error| error.to_string())?;
        }
        loop {
            let entries = self.log.journal(self.read, BATCH).await;
            let entries = entries.map_err(|error| error.to_string())?;
            let is_end = entries.len() < BATCH;
            if let Some(last) = entries.last().map(|entry| entry.position) {
                let batch = self.messages(entries).await.map_err(|error| error.to_string())?;
                self.read = last;
                let commits = is_end || self.read - self.committed >= COMMIT_AFTER;
                writer = self.write(writer, batch, commits).await?;
            }
            if is_end {
                news(&mut wakes).await;
            }
        }
    }

    async fn messages(&self, entries: Vec<JournalEntry>) -> Result<Vec<Step>, ReadError> {
        let mut steps = Vec::new();
        for entry in entries {
            let JournalEntry { position, conversation, first, last } = entry;
            let count = usize::try_from(last.0 - first.0 + 1).unwrap_or(usize::MAX);
            let events = self.log.read(conversation, first.before(), count).await?;
            if events.iter().any(|event| event.body == EventBody::Erased) {
                // what it said after that stands in later appends
                steps.push(Step::Forget(conversation));
            }
            for (event, place) in events.iter().zip(0..PLACES) {
                if let Some((_, text)) = said(event) {
                    let order = position.saturating_mul(PLACES) + place;
                    let (seq, text) = (event.seq, text.into_owned());
                    steps.push(Step::Add { conversation, seq, order, text });
                }
            }
        }
        Ok(steps)
    }

    /// Splitting into words and writing are work for a thread of their own.
    async fn write(
        &mut self,
        mut writer: Writer,
        steps: Vec<Step>,
        commits: bool,
    ) -> Result<Writer, String> {
        let (store, position) = (Arc::clone(&self.store), self.read);
        let written = self.tasks.blocking(move || {
            for step in steps {
                match step {
                    Step::Forget(conversation) => writer.forget(conversation),
                    Step::Add { conversation, seq, order, text } => {
                        let indexed = Indexed::of(&text);
                        writer.add(Message { conversation, seq, order, indexed })?;
                    }
                }
            }
            if commits {
                writer.commit(&store, position)?;
            }
            Ok::<_, StoreError>(writer)
        });
        let writer = written.await.map_err(|error| error.to_string())?;
        if commits {
            self.committed = self.read;
        }
        Ok(writer)
    }
}

enum Step {
    Add { conversation: ConversationId, seq: Seq, order: u64, text: String },
    Forget(ConversationId),
}

/// Waits until there is something new, and a moment longer.
async fn news(wakes: &mut broadcast::Receiver<Wake>) {
    match tokio::time::timeout(LOOK_AGAIN, wakes.recv()).await {
        Err(_) | Ok(Err(broadcast::error::RecvError::Lagged(_))) => {}
        Ok(Ok(_)) => tokio::time::sleep(GATHER).await,
        Ok(Err(broadcast::error::RecvError::Closed)) => tokio::time::sleep(LOOK_AGAIN).await,
    }
    while wakes.try_recv().is_ok() {}
}
