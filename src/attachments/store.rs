//! The folder with the files: `incoming/` for uploads, and for each stored file its id under the first
//! two digits of it. A file is there as a whole or not at all.

use std::io;
use std::path::{Path, PathBuf};

use tokio::fs;

use crate::domain::AttachmentId;

/// The folder of uploads.
const INCOMING: &str = "incoming";

/// The folder with the files.
pub(super) struct Files {
    folder: PathBuf,
}

impl Files {
    /// Opens the folder, and throws away what a crash has left of uploads.
    pub(super) async fn open(folder: &Path) -> io::Result<Self> {
        let incoming = folder.join(INCOMING);
        match fs::remove_dir_all(&incoming).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::create_dir_all(&incoming).await?;
        Ok(Self { folder: folder.to_owned() })
    }

    /// Where a stored file lies.
    pub(super) fn path(&self, id: AttachmentId) -> PathBuf {
        let name = id.to_string();
        let beginning: String = name.chars().take(2).collect();
        self.folder.join(beginning).join(name)
    }

    /// Where an upload goes while it comes.
    pub(super) fn incoming(&self, id: AttachmentId) -> PathBuf {
        self.folder.join(INCOMING).join(id.to_string())
    }

    /// Puts an upload, which is synced, to its place. It is there after a crash too.
    pub(super) async fn settle(&self, id: AttachmentId) -> io::Result<()> {
        let path = self.path(id);
        let place = path.parent().map_or_else(|| self.folder.clone(), Path::to_owned);
        fs::create_dir_all(&place).await?;
        fs::rename(self.incoming(id), &path).await?;
        fs::File::open(&place).await?.sync_all().await?;
        fs::File::open(&self.folder).await?.sync_all().await
    }

    /// Removes a stored file, if it is there.
    pub(super) async fn remove(&self, id: AttachmentId) -> io::Result<()> {
        match fs::remove_file(self.path(id)).await {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// The ids of all stored files.
    pub(super) async fn all(&self) -> io::Result<Vec<AttachmentId>> {
        let mut ids = Vec::new();
        let mut shelves = fs::read_dir(&self.folder).await?;
        while let Some(shelf) = shelves.next_entry().await? {
            if shelf.file_name() == INCOMING || !shelf.file_type().await?.is_dir() {
                continue;
            }
            let mut files = fs::read_dir(shelf.path()).await?;
            while let Some(file) = files.next_entry().await? {
                ids.extend(
                    file.file_name().to_str().and_then(|name| name.parse::<AttachmentId>().ok()),
                );
            }
        }
        Ok(ids)
    }
}
