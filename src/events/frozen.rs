//! A store as it is at one moment, to be read at leisure: a copy in a folder of its own that goes with
//! it. The store itself is only read, and nobody waits for it once it was copied.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::sync::Arc;

use tempfile::TempDir;

use crate::events::open_error::{LOCK, OpenError, not_writable};
use crate::events::sled::{OpenOptions, STORE, SledLog};

/// The copy of a store.
pub struct Frozen {
    log: Arc<SledLog>,
    _folder: TempDir,
}

impl Frozen {
    /// Copies the store of a stopped server; with [`OpenError::Locked`] when it runs.
    pub fn of(folder: &Path) -> Result<Self, OpenError> {
        let store = folder.join(STORE);
        if !store.is_dir() {
            return Err(OpenError::Missing { folder: folder.to_owned() });
        }
        let locked = lock_for_reading(folder)?;
        let copy = tempfile::tempdir().map_err(|s| not_writable(&std::env::temp_dir(), s))?;
        copy_files(&store, &copy.path().join(STORE)).map_err(|s| not_writable(copy.path(), s))?;
        drop(locked);
        let log = SledLog::open(copy.path(), OpenOptions::default())?;
        Ok(Self { log: Arc::new(log), _folder: copy })
    }

    /// What was stored.
    pub fn log(&self) -> Arc<SledLog> {
        Arc::clone(&self.log)
    }

    /// Ends the copy's writer, so that its folder can go.
    pub async fn close(self) {
        self.log.close().await;
    }
}

/// Keeps a server from starting while its store is copied. Nothing is written: where there is no lock
/// to hold, no server has ever run.
fn lock_for_reading(folder: &Path) -> Result<Option<File>, OpenError> {
    let file = match File::open(folder.join(LOCK)) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(not_writable(folder, source)),
    };
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Err(OpenError::Locked { folder: folder.to_owned() }),
        Err(TryLockError::Error(source)) => Err(not_writable(folder, source)),
    }
}

fn copy_files(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_files(&entry.path(), &target)?;
        } else {
            fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ClientId, ConversationId, EventBody, NewEvent, Seq, Timestamp};
    use crate::events::EventLog;

    fn files(folder: &Path) -> Vec<(std::path::PathBuf, Vec<u8>)> {
        let mut all = Vec::new();
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                all.extend(files(&path));
            } else {
                all.push((path.clone(), fs::read(path).unwrap()));
            }
        }
        all.sort();
        all
    }

    #[tokio::test]
    async fn a_copy_reads_what_is_there_and_leaves_every_byte_as_it_is() {
        let data = tempfile::tempdir().unwrap();
        assert!(matches!(Frozen::of(data.path()), Err(OpenError::Missing { .. })));
        let conversation = ConversationId::random();
        let log = SledLog::open(data.path(), OpenOptions::default()).unwrap();
        assert!(matches!(Frozen::of(data.path()), Err(OpenError::Locked { .. })));
        let client_id = ClientId::parse("a").unwrap();
        let event = NewEvent { client_id, at: Timestamp(7), body: EventBody::LeftQueue };
        log.append(conversation, Seq::ZERO, vec![event.clone()]).await.unwrap();
        log.close().await;
        drop(log);
        let before = files(data.path());
        let frozen = Frozen::of(data.path()).unwrap();
        let read = frozen.log().read(conversation, Seq::ZERO, 9).await.unwrap();
        assert_eq!(read.len(), 1);
        // what is done to the copy stays there, and the store can be opened meanwhile
        frozen
            .log()
            .append(
                conversation,
                Seq(1),
                vec![NewEvent { client_id: ClientId::parse("b").unwrap(), ..event }],
            )
            .await
            .unwrap();
        assert_eq!(files(data.path()), before);
        let again = SledLog::open(data.path(), OpenOptions::default()).unwrap();
        assert_eq!(again.last(conversation).await.unwrap(), Seq(1));
        again.close().await;
        frozen.close().await;
    }
}
