//! One upload: takes bytes as they come, never more than it may, and becomes a file at its end. One
//! that is dropped before leaves nothing.

use std::io;
use std::sync::atomic::Ordering;

use tokio::fs::File;
use tokio::io::AsyncWriteExt;

use crate::attachments::{
    AttachmentError, AttachmentLimits, Attachments, Kept, Sender, Waiting, name, sniff,
};
use crate::domain::{Attachment, AttachmentId, ConversationId};

/// A file that comes in.
pub struct Upload {
    to: Attachments,
    conversation: ConversationId,
    by: Sender,
    id: AttachmentId,
    file: File,
    size: u64,
    is_settled: bool,
}

impl Upload {
    pub(super) async fn begin(
        to: Attachments,
        conversation: ConversationId,
        by: Sender,
    ) -> Result<Self, AttachmentError> {
        let id = AttachmentId::random();
        let file = File::create_new(to.0.files.incoming(id)).await?;
        to.0.coming().insert(id);
        Ok(Self { to, conversation, by, id, file, size: 0, is_settled: false })
    }

    /// Takes the next bytes.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), AttachmentError> {
        let AttachmentLimits { file_bytes, total_bytes, .. } = self.to.0.limits;
        let more = bytes.len() as u64;
        if self.size + more > file_bytes {
            return Err(AttachmentError::TooLarge { limit: file_bytes });
        }
        let used = self.to.0.used.fetch_add(more, Ordering::AcqRel);
        self.size += more;
        if used + more > total_bytes {
            return Err(AttachmentError::NoRoom);
        }
        Ok(self.file.write_all(bytes).await?)
    }

    /// Looks into the file, and keeps it. When this returns, it is on disk.
    pub async fn finish(mut self, raw_name: &str) -> Result<Attachment, AttachmentError> {
        self.file.flush().await?;
        let path = self.to.0.files.incoming(self.id);
        let looked = tokio::task::spawn_blocking(move || sniff::file(&path)).await;
        let found = looked.map_err(io::Error::other)??;
        self.file.sync_all().await?;
        self.to.0.files.settle(self.id).await?;
        let file = Attachment {
            id: self.id,
            name: name::of(raw_name, found.kind),
            kind: found.kind,
            size: self.size,
            width: found.pixels.map(|(width, _)| width),
            height: found.pixels.map(|(_, height)| height),
        };
        let at = self.to.0.clock.now();
        let kept = Kept { by: self.by, at, file: file.clone(), sent: false };
        if let Err(error) = self.to.0.put(self.conversation, &kept).await {
            // nobody knows of it; what cannot be removed now is removed at the next start
            let _ = self.to.0.files.remove(self.id).await;
            return Err(error);
        }
        let waiting = Waiting { conversation: self.conversation, at, named: None };
        self.to.0.waiting().insert(self.id, waiting);
        self.is_settled = true;
        Ok(file)
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        self.to.0.coming().remove(&self.id);
        if self.is_settled {
            return;
        }
        self.to.0.used.fetch_sub(self.size, Ordering::AcqRel);
        // a name in a folder: nothing that an async worker would wait for
        let _ = std::fs::remove_file(self.to.0.files.incoming(self.id));
    }
}
