//! Rewrites the store of a stopped server: sled keeps the pages of what was deleted, so erasing a
//! customer is only complete on disk once the rest was copied into a fresh store.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use crate::events::open_error::{OpenError, lock, not_writable};
use crate::events::sled::{STORE, copy};

/// What the old store is called while the new one takes its place.
const OLD: &str = "log.old";

/// What a compaction did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compacted {
    /// Bytes on disk before.
    pub before: u64,
    /// Bytes on disk after.
    pub after: u64,
}

impl std::fmt::Display for Compacted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "The store had {} bytes and now has {}.", self.before, self.after)
    }
}

/// Copies what is left into a fresh store and puts it in the old one's place, so that what was
/// erased is gone from the disk too. The server must not run. A crash leaves the old or the new
/// store, never half of one.
pub fn compact(folder: &Path) -> Result<Compacted, OpenError> {
    if !folder.join(STORE).exists() && !folder.join(OLD).exists() {
        return Err(OpenError::Missing { folder: folder.to_owned() });
    }
    let _lock = lock(folder)?;
    let not_writable = |source| not_writable(folder, source);
    let (store, fresh, old) = (folder.join(STORE), folder.join("log.new"), folder.join(OLD));
    if old.exists() && !store.exists() {
        fs::rename(&old, &store).map_err(not_writable)?;
    }
    for leftover in [&fresh, &old] {
        if leftover.exists() {
            fs::remove_dir_all(leftover).map_err(not_writable)?;
        }
    }
    let before = bytes_in(&store);
    copy(&store, &fresh)?;
    for file in files_in(&fresh) {
        File::open(file).and_then(|file| file.sync_all()).map_err(not_writable)?;
    }
    fs::rename(&store, &old).map_err(not_writable)?;
    fs::rename(&fresh, &store).map_err(not_writable)?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(not_writable)?;
    fs::remove_dir_all(&old).map_err(not_writable)?;
    Ok(Compacted { before, after: bytes_in(&store) })
}

fn bytes_in(folder: &Path) -> u64 {
    files_in(folder).iter().filter_map(|file| file.metadata().ok()).map(|file| file.len()).sum()
}

/// The folder, the folders in it, and all their files.
fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = vec![folder.to_owned()];
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            files.extend(files_in(&entry.path()));
        } else {
            files.push(entry.path());
        }
    }
    files
}
