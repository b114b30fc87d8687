//! The editor: one publication at a time, checked, learned aside, written to the files, kept, and put
//! to use.

use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::Mutex;

use crate::catalog::{Change, Source};
use crate::conversation::{Conversations, Knowledge};
use crate::domain::Clock;
use crate::editing::changes::{diffs, edited, mistakes, told};
use crate::editing::folder::{self, Rewrite};
use crate::editing::version::{StoredFile, differing};
use crate::editing::{Author, Checked, EditingError, Taking, Told, Version};
use crate::events::{Records, RecordsError, Table};
use crate::tasks::Tasks;

/// How often a publication begins anew because the files changed under it.
const ATTEMPTS: usize = 3;

/// What the editor is made of.
pub struct EditorParts {
    /// Whose knowledge is edited.
    pub conversations: Conversations,
    /// Where versions are kept.
    pub records: Arc<dyn Records>,
    /// Where the present moment comes from.
    pub clock: Arc<dyn Clock>,
    /// For what takes long.
    pub tasks: Tasks,
}

/// A publication that is in use.
#[derive(Clone, Debug)]
pub struct Published {
    /// As it is kept.
    pub version: Version,
    /// FAQ entries in use.
    pub entries: usize,
    /// Intents in use.
    pub intents: usize,
}

/// Edits the knowledge.
pub struct Editor {
    parts: EditorParts,
    /// The last version's number; whoever has it publishes.
    last: Mutex<u64>,
}

/// What a publication is to change.
enum Wish<'a> {
    Changes(&'a [Change]),
    TakeBack(Taking),
}

impl Editor {
    /// Opens the versions. One that a crash left half written is finished or taken back.
    pub async fn open(parts: EditorParts) -> Result<Self, EditingError> {
        let last = parts.records.last_key(Table::Knowledge).await?;
        let last = last.and_then(|key| key.parse().ok()).unwrap_or(0);
        let editor = Self { parts, last: Mutex::new(last) };
        editor.mend().await?;
        Ok(editor)
    }

    async fn mend(&self) -> Result<(), EditingError> {
        let mut last = self.last.lock().await;
        let Some(mut version) = self.find(*last).await? else { return Ok(()) };
        if version.is_done {
            return Ok(());
        }
        let source = self.source().await;
        let is_written = |file: &&StoredFile| {
            source.file(&file.name).is_some_and(|now| now.fingerprint() == file.after)
        };
        if version.files.iter().all(|file| is_written(&file)) {
            version.is_done = true;
            return self.keep(&version).await;
        }
        let half: Vec<StoredFile> = version.files.iter().filter(is_written).cloned().collect();
        let rest = Version { files: half, ..version.clone() };
        let before = rest.before(source.clone())?;
        self.write(&source, &before).await?;
        self.parts.records.delete(Table::Knowledge, &key(version.number)).await?;
        *last -= 1;
        tracing::warn!(version = version.number, "a publication that broke off was taken back");
        Ok(())
    }

    fn folder(&self) -> PathBuf {
        self.parts.conversations.knowledge().folder().to_owned()
    }

    /// What stands in the files at this moment.
    pub async fn source(&self) -> Source {
        let folder = self.folder();
        self.parts.tasks.blocking(move || Source::read(&folder)).await
    }

    /// Why nothing can be written, if so.
    pub fn obstacle(&self) -> Option<String> {
        folder::obstacle(&self.folder())
    }

    /// What is wrong with the files as they are.
    pub async fn mistakes(&self, source: &Source) -> Vec<Told> {
        let source = source.clone();
        self.parts.tasks.blocking(move || mistakes(&source)).await
    }

    /// What changes would do. Nothing is written.
    pub async fn check(&self, changes: Vec<Change>) -> Result<Checked, EditingError> {
        let source = self.source().await;
        let check = move || match edited(&source, &changes) {
            Ok(after) => {
                let (diffs, mistakes) = (diffs(&source, &after), mistakes(&after));
                Ok(Checked { diffs, mistakes, rivals: vec![] })
            }
            Err(EditingError::Rivals(rivals)) => Ok(Checked { rivals, ..Checked::default() }),
            Err(error) => Err(error),
        };
        self.parts.tasks.blocking(check).await
    }

    /// What taking back would do. Nothing is written.
    pub async fn check_taking(&self, taking: Taking) -> Result<Checked, EditingError> {
        let source = self.source().await;
        match self.after(&source, &Wish::TakeBack(taking)).await {
            Ok(after) => Ok(Checked {
                diffs: diffs(&source, &after),
                mistakes: self.mistakes(&after).await,
                rivals: vec![],
            }),
            Err(EditingError::Rivals(rivals)) => Ok(Checked { rivals, ..Checked::default() }),
            Err(error) => Err(error),
        }
    }

    /// The knowledge with changes, learned aside. Without changes it is what is in use.
    pub async fn rehearse(&self, changes: &[Change]) -> Result<Arc<Knowledge>, EditingError> {
        let knowledge = self.parts.conversations.knowledge();
        if changes.is_empty() {
            return Ok(knowledge.current());
        }
        let source = self.source().await;
        let after = self.after(&source, &Wish::Changes(changes)).await?;
        self.learn(after).await
    }

    async fn learn(&self, source: Source) -> Result<Arc<Knowledge>, EditingError> {
        let knowledge = self.parts.conversations.knowledge();
        let learned = knowledge.rehearse(&self.parts.tasks, source.clone()).await;
        learned.map_err(|mistakes| EditingError::Mistakes(told(&source, mistakes.0)))
    }

    async fn after(&self, source: &Source, wish: &Wish<'_>) -> Result<Source, EditingError> {
        match *wish {
            Wish::Changes(changes) => {
                let (source, changes) = (source.clone(), changes.to_vec());
                self.parts.tasks.blocking(move || edited(&source, &changes)).await
            }
            Wish::TakeBack(Taking::Undo(number)) => {
                let version = self.find(number).await?.ok_or(EditingError::NoVersion)?;
                version.undone(source)
            }
            Wish::TakeBack(Taking::Restore(number)) => {
                let mut source = source.clone();
                let mut at = self.last().await?;
                if number >= at {
                    return Err(EditingError::NoVersion);
                }
                while at > number {
                    let version = self.find(at).await?.ok_or(EditingError::NoVersion)?;
                    source = version.before(source)?;
                    at -= 1;
                }
                Ok(source)
            }
        }
    }

    async fn last(&self) -> Result<u64, EditingError> {
        let last = self.parts.records.last_key(Table::Knowledge).await?;
        Ok(last.and_then(|key| key.parse().ok()).unwrap_or(0))
    }

    /// Puts changes into the files and to use. When this returns, they are on disk and answer.
    pub async fn publish(
        &self,
        changes: &[Change],
        note: Option<String>,
        by: Author,
    ) -> Result<Published, EditingError> {
        self.carry_out(&Wish::Changes(changes), note, by).await
    }

    /// Takes versions back, as a new version.
    pub async fn take_back(&self, taking: Taking, by: Author) -> Result<Published, EditingError> {
        self.carry_out(&Wish::TakeBack(taking), None, by).await
    }

    async fn carry_out(
        &self,
        wish: &Wish<'_>,
        note: Option<String>,
        by: Author,
    ) -> Result<Published, EditingError> {
        let mut last = self.last.lock().await;
        for _ in 0..ATTEMPTS {
            let before = self.source().await;
            let after = self.after(&before, wish).await?;
            if before == after {
                return Err(EditingError::Nothing);
            }
            // learning takes a while, in which somebody may edit by hand
            self.learn(after.clone()).await?;
            if self.source().await != before {
                continue;
            }
            let number = *last + 1;
            let taking = match wish {
                Wish::Changes(_) => None,
                Wish::TakeBack(taking) => Some(*taking),
            };
            let mut version = self.version(number, &before, &after, (note, by))?;
            version.takes_back = taking;
            self.keep(&version).await?;
            if let Err(error) = self.write(&before, &after).await {
                self.parts.records.delete(Table::Knowledge, &key(number)).await?;
                return Err(error);
            }
            *last = number;
            version.is_done = true;
            self.keep(&version).await?;
            return self.put_to_use(version).await;
        }
        Err(EditingError::Moving)
    }

    fn version(
        &self,
        number: u64,
        before: &Source,
        after: &Source,
        (note, by): (Option<String>, Author),
    ) -> Result<Version, EditingError> {
        let mut files = Vec::new();
        for file in after.files() {
            let Some(old) = before.file(&file.name).filter(|old| *old != file) else { continue };
            let stored = StoredFile::of(&file.name, &old.text, file.fingerprint());
            files.push(stored.ok_or(EditingError::Store)?);
        }
        Ok(Version {
            number,
            at: self.parts.clock.now(),
            by,
            note,
            takes_back: None,
            items: differing(before, after),
            diffs: diffs(before, after),
            files,
            is_done: false,
        })
    }

    async fn write(&self, before: &Source, after: &Source) -> Result<(), EditingError> {
        let changed = after.files().iter().filter_map(|file| {
            let old = before.file(&file.name).filter(|old| *old != file)?;
            let (path, before, after) = (after.path(&file.name), &old.text, &file.text);
            Some(Rewrite { path, before: before.clone(), after: after.clone() })
        });
        let files: Vec<Rewrite> = changed.collect();
        let written = self.parts.tasks.blocking(move || folder::replace(&files)).await;
        written.map_err(EditingError::ReadOnly)
    }

    async fn put_to_use(&self, version: Version) -> Result<Published, EditingError> {
        let knowledge = self.parts.conversations.knowledge();
        if let Err(mistakes) = knowledge.reload_changed(&self.parts.tasks).await {
            // somebody broke a file by hand in this moment: what was published counts once it is mended
            tracing::error!("the published knowledge is not in use yet:\n{mistakes}");
        }
        let catalog = &knowledge.current().catalog;
        let (entries, intents) = (catalog.entries.len(), catalog.intents.len());
        Ok(Published { version, entries, intents })
    }

    async fn keep(&self, version: &Version) -> Result<(), EditingError> {
        let bytes = serde_json::to_vec(version).map_err(|_| EditingError::Store)?;
        Ok(self.parts.records.put(Table::Knowledge, &key(version.number), bytes).await?)
    }

    async fn find(&self, number: u64) -> Result<Option<Version>, EditingError> {
        let bytes = self.parts.records.get(Table::Knowledge, &key(number)).await?;
        let read = bytes.map(|bytes| serde_json::from_slice(&bytes));
        read.transpose().map_err(|_| EditingError::Store)
    }

    /// A version that is published.
    pub async fn published(&self, number: u64) -> Result<Version, EditingError> {
        let found = self.find(number).await?.filter(|version| version.is_done);
        found.ok_or(EditingError::NoVersion)
    }

    /// Versions, the latest first; only those before a number, where it is given.
    pub async fn versions(
        &self,
        before: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Version>, EditingError> {
        let before = before.map(key);
        let found = self.parts.records.page_back(Table::Knowledge, "", before.as_deref(), limit);
        let found: Result<Vec<(String, Vec<u8>)>, RecordsError> = found.await;
        let versions = found?.into_iter().map(|(_, bytes)| serde_json::from_slice(&bytes));
        let versions: Result<Vec<Version>, _> = versions.collect();
        let versions = versions.map_err(|_| EditingError::Store)?;
        Ok(versions.into_iter().filter(|version| version.is_done).collect())
    }
}

/// The key of a version, which sorts as its number does.
fn key(number: u64) -> String {
    format!("{number:020}")
}
