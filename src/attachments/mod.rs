//! The files that people send. An upload goes to a temporary file while it comes, is looked into,
//! synced, renamed, and only then written down in a record; whoever sends it names it in a message
//! after that. What is never sent is removed after a while, what is erased at once. Files lie in a
//! folder of their own, by random names: what people call them is in the records only.

mod name;
mod sniff;
mod store;
mod sweep;
mod upload;

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::attachments::store::Files;
pub use crate::attachments::upload::Upload;
use crate::domain::{AgentId, Attachment, AttachmentId, Clock, ConversationId, Timestamp};
use crate::events::{EventLog, ReadError, Records, RecordsError, Table};

/// How many records are read at once.
const PAGE: usize = 1_000;

/// Why a file is not taken, or not there.
#[derive(Debug, thiserror::Error)]
pub enum AttachmentError {
    /// It has more bytes than it may.
    #[error("the file has more than {limit} bytes")]
    TooLarge {
        /// How many it may have.
        limit: u64,
    },
    /// Files are pictures, PDF and plain text.
    #[error("files may be PNG, JPEG, GIF or WebP pictures, PDF, or plain text")]
    Type,
    /// It is what it should be, but damaged.
    #[error("{0}")]
    Broken(&'static str),
    /// The conversation has as many files as it may.
    #[error("a conversation has {limit} files at most")]
    TooMany {
        /// How many it may have.
        limit: usize,
    },
    /// All files together take as much room as they may, or the disk is full.
    #[error("there is no room for more files")]
    NoRoom,
    /// A message names a file that is not there, or that somebody else has uploaded.
    #[error("there is no upload {0}; upload the file again")]
    Unknown(String),
    /// The folder cannot be read or written.
    #[error("files cannot be stored: {0}")]
    Io(io::Error),
    /// The records cannot be read or written.
    #[error(transparent)]
    Records(#[from] RecordsError),
    /// The log cannot be read.
    #[error(transparent)]
    Log(#[from] ReadError),
}

impl From<io::Error> for AttachmentError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::NoRoom,
            _ => Self::Io(error),
        }
    }
}

/// How much may be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AttachmentLimits {
    /// Most bytes of a file.
    pub file_bytes: u64,
    /// Most bytes of all files.
    pub total_bytes: u64,
    /// Most files of a conversation.
    pub per_conversation: usize,
    /// How long an upload waits to be sent.
    pub keep_unsent: Duration,
}

/// Who sends a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sender {
    /// The customer of the conversation.
    Visitor,
    /// An agent.
    Agent(AgentId),
}

/// What is written down of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Kept {
    by: Sender,
    at: Timestamp,
    file: Attachment,
    /// Whether a message names it.
    #[serde(default)]
    sent: bool,
}

/// An upload that no message names, as far as is known.
#[derive(Clone, Copy, Debug)]
struct Waiting {
    conversation: ConversationId,
    at: Timestamp,
    /// When a message last wanted to name it.
    named: Option<Timestamp>,
}

/// The files that people send.
#[derive(Clone)]
pub struct Attachments(Arc<Inner>);

struct Inner {
    files: Files,
    records: Arc<dyn Records>,
    clock: Arc<dyn Clock>,
    limits: AttachmentLimits,
    /// Bytes of everything that is kept or comes in.
    used: AtomicU64,
    waiting: Mutex<HashMap<AttachmentId, Waiting>>,
    /// Uploads that come in just now.
    coming: Mutex<HashSet<AttachmentId>>,
}

impl Attachments {
    /// Opens the files in `folder`, which is made where it is not there, and counts what is kept.
    pub async fn open(
        folder: &Path,
        records: Arc<dyn Records>,
        clock: Arc<dyn Clock>,
        limits: AttachmentLimits,
    ) -> Result<Self, AttachmentError> {
        let files = Files::open(folder).await?;
        let (mut used, mut waiting, mut after) = (0, HashMap::new(), String::new());
        loop {
            let page = records.page(Table::Attachments, &after, PAGE).await?;
            let Some((last, _)) = page.last() else { break };
            after.clone_from(last);
            for (key, value) in &page {
                let Some((conversation, kept)) = parse(key, value) else { continue };
                used += kept.file.size;
                if !kept.sent {
                    let named = None;
                    let one = Waiting { conversation, at: kept.at, named };
                    waiting.insert(kept.file.id, one);
                }
            }
        }
        let used = AtomicU64::new(used);
        let (waiting, coming) = (Mutex::new(waiting), Mutex::default());
        Ok(Self(Arc::new(Inner { files, records, clock, limits, used, waiting, coming })))
    }

    /// How much may be kept.
    pub fn limits(&self) -> AttachmentLimits {
        self.0.limits
    }

    /// Bytes of everything that is kept or comes in.
    pub fn used(&self) -> u64 {
        self.0.used.load(Ordering::Acquire)
    }

    /// Begins an upload of `size` bytes, as far as that is known before it comes.
    pub async fn begin(
        &self,
        conversation: ConversationId,
        by: Sender,
        size: Option<u64>,
    ) -> Result<Upload, AttachmentError> {
        let AttachmentLimits { file_bytes, total_bytes, per_conversation, .. } = self.0.limits;
        let size = size.unwrap_or_default();
        if size > file_bytes {
            return Err(AttachmentError::TooLarge { limit: file_bytes });
        }
        if self.used().saturating_add(size) > total_bytes {
            return Err(AttachmentError::NoRoom);
        }
        let of_conversation = self.of_conversation(conversation, per_conversation).await?;
        if of_conversation.len() >= per_conversation {
            return Err(AttachmentError::TooMany { limit: per_conversation });
        }
        Upload::begin(self.clone(), conversation, by).await
    }

    /// A file of a conversation, if there is such a one.
    pub async fn find(
        &self,
        conversation: ConversationId,
        id: AttachmentId,
    ) -> Result<Option<Attachment>, AttachmentError> {
        Ok(self.kept(conversation, id).await?.map(|kept| kept.file))
    }

    /// Where the bytes of a file lie.
    pub fn path(&self, id: AttachmentId) -> PathBuf {
        self.0.files.path(id)
    }

    /// The files that a message names, which must have been uploaded to the conversation by its
    /// sender. From now on they are not removed for a while; say [`Self::sent`] once the message is
    /// stored.
    pub async fn named(
        &self,
        conversation: ConversationId,
        by: Sender,
        ids: &[AttachmentId],
    ) -> Result<Vec<Attachment>, AttachmentError> {
        let now = self.0.clock.now();
        for id in ids {
            if let Some(waiting) = self.0.waiting().get_mut(id) {
                waiting.named = Some(now);
            }
        }
        let mut files: Vec<Attachment> = Vec::with_capacity(ids.len());
        for id in ids {
            let kept = self.kept(conversation, *id).await?.filter(|kept| kept.by == by);
            let kept = kept.ok_or_else(|| AttachmentError::Unknown(id.to_string()))?;
            if files.iter().all(|file| file.id != *id) {
                files.push(kept.file);
            }
        }
        Ok(files)
    }

    /// A message that names these files is stored.
    pub async fn sent(
        &self,
        conversation: ConversationId,
        ids: &[AttachmentId],
    ) -> Result<(), AttachmentError> {
        for id in ids {
            let Some(kept) = self.kept(conversation, *id).await? else { continue };
            if !kept.sent {
                self.0.put(conversation, &Kept { sent: true, ..kept }).await?;
            }
            self.0.waiting().remove(id);
        }
        Ok(())
    }

    /// Removes all files of a conversation, for good.
    pub async fn forget(&self, conversation: ConversationId) -> Result<(), AttachmentError> {
        loop {
            let kept = self.of_conversation(conversation, PAGE).await?;
            if kept.is_empty() {
                return Ok(());
            }
            for one in kept {
                self.remove(conversation, &one.file).await?;
            }
        }
    }

    async fn remove(
        &self,
        conversation: ConversationId,
        file: &Attachment,
    ) -> Result<(), AttachmentError> {
        // the bytes first: without them the record is found again, without it they are not
        self.0.files.remove(file.id).await?;
        self.0.records.delete(Table::Attachments, &key(conversation, file.id)).await?;
        self.0.used.fetch_sub(file.size, Ordering::AcqRel);
        self.0.waiting().remove(&file.id);
        Ok(())
    }

    async fn kept(
        &self,
        conversation: ConversationId,
        id: AttachmentId,
    ) -> Result<Option<Kept>, AttachmentError> {
        let key = key(conversation, id);
        let value = self.0.records.get(Table::Attachments, &key).await?;
        Ok(value.and_then(|value| parse(&key, &value)).map(|(_, kept)| kept))
    }

    /// Up to `limit` files of a conversation.
    async fn of_conversation(
        &self,
        conversation: ConversationId,
        limit: usize,
    ) -> Result<Vec<Kept>, AttachmentError> {
        let prefix = format!("{conversation}/");
        let page = self.0.records.page_back(Table::Attachments, &prefix, None, limit).await?;
        Ok(page.iter().filter_map(|(key, value)| parse(key, value)).map(|(_, kept)| kept).collect())
    }

    /// Removes what was never sent, at once and then every few minutes; for a task that ends with the
    /// server. `log` tells whether a message names an upload after all.
    pub async fn keep_tidy(&self, log: &dyn EventLog) {
        sweep::run(self, log).await;
    }
}

impl Inner {
    fn waiting(&self) -> MutexGuard<'_, HashMap<AttachmentId, Waiting>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn coming(&self) -> MutexGuard<'_, HashSet<AttachmentId>> {
        self.coming.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn put(&self, conversation: ConversationId, kept: &Kept) -> Result<(), AttachmentError> {
        let value = serde_json::to_vec(kept).map_err(io::Error::other)?;
        let key = key(conversation, kept.file.id);
        Ok(self.records.put(Table::Attachments, &key, value).await?)
    }
}

fn key(conversation: ConversationId, id: AttachmentId) -> String {
    format!("{conversation}/{id}")
}

fn parse(key: &str, value: &[u8]) -> Option<(ConversationId, Kept)> {
    let (conversation, _) = key.split_once('/')?;
    let parsed = conversation.parse().ok().zip(serde_json::from_slice(value).ok());
    if parsed.is_none() {
        tracing::error!("the record of a file is damaged; the file is not shown");
    }
    parsed
}

#[cfg(test)]
mod tests;
