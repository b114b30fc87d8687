//! Files are kept, named, given back and removed.

use crate::attachments::{AttachmentError, AttachmentLimits, Attachments, Sender, sweep};
use crate::domain::{
    AgentId, Attachment, ClientId, ConversationId, EventBody, FileKind, ManualClock, MessageText,
    NewEvent, Seq, Timestamp,
};
use crate::events::{EventLog, MemoryLog};

use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_hours(24);
const PDF: &[u8] = b"%PDF-1.7\n%%EOF";

struct World {
    folder: tempfile::TempDir,
    log: Arc<MemoryLog>,
    clock: Arc<ManualClock>,
    conversation: ConversationId,
}

impl World {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            log: Arc::default(),
            clock: Arc::default(),
            conversation: ConversationId::random(),
        }
    }

    async fn open(&self) -> Attachments {
        let limits = AttachmentLimits {
            file_bytes: 1_000,
            total_bytes: 1_500,
            per_conversation: 3,
            keep_unsent: DAY,
        };
        let (records, clock) = (Arc::clone(&self.log) as _, Arc::clone(&self.clock) as _);
        Attachments::open(self.folder.path(), records, clock, limits).await.unwrap()
    }

    async fn upload(&self, to: &Attachments, bytes: &[u8]) -> Result<Attachment, AttachmentError> {
        let mut upload = to.begin(self.conversation, Sender::Visitor, None).await?;
        for part in bytes.chunks(7) {
            upload.write(part).await?;
        }
        upload.finish("发票.pdf").await
    }

    async fn say(&self, files: Vec<Attachment>) {
        let body = EventBody::VisitorMessage {
            text: MessageText::none(),
            choice: None,
            attachments: files,
            language: None,
        };
        let client_id = ClientId::parse("m-1").unwrap();
        let event = NewEvent { client_id, at: Timestamp::default(), body };
        self.log.append(self.conversation, Seq::ZERO, vec![event]).await.unwrap();
    }

    fn lying(&self) -> usize {
        let walk = |folder: std::path::PathBuf| std::fs::read_dir(folder).unwrap().flatten();
        let shelves = walk(self.folder.path().to_owned());
        shelves.map(|shelf| walk(shelf.path()).count()).sum()
    }
}

#[tokio::test]
async fn an_upload_becomes_a_file_that_is_there_after_a_restart() {
    let world = World::new();
    let files = world.open().await;
    let stored = world.upload(&files, PDF).await.unwrap();
    assert_eq!((stored.name.as_str(), stored.kind), ("发票.pdf", FileKind::Pdf));
    assert_eq!((stored.size, files.used()), (14, 14));
    let again = world.open().await;
    assert_eq!(again.find(world.conversation, stored.id).await.unwrap(), Some(stored.clone()));
    assert_eq!(std::fs::read(again.path(stored.id)).unwrap(), PDF);
    assert_eq!(again.used(), 14);
    // of another conversation it is not
    assert_eq!(again.find(ConversationId::random(), stored.id).await.unwrap(), None);
}

#[tokio::test]
async fn what_is_refused_or_dropped_leaves_nothing() {
    let world = World::new();
    let files = world.open().await;
    let refused = world.upload(&files, b"<svg/>").await.unwrap_err();
    assert!(matches!(refused, AttachmentError::Type), "{refused}");
    let refused = world.upload(&files, &[b'a'; 1_001]).await.unwrap_err();
    assert!(matches!(refused, AttachmentError::TooLarge { limit: 1_000 }), "{refused}");
    let early = files.begin(world.conversation, Sender::Visitor, Some(1_001)).await.err();
    assert!(matches!(early, Some(AttachmentError::TooLarge { .. })));
    let mut dropped = files.begin(world.conversation, Sender::Visitor, None).await.unwrap();
    dropped.write(PDF).await.unwrap();
    assert_eq!((files.used(), world.lying()), (14, 1));
    drop(dropped);
    assert_eq!((files.used(), world.lying()), (0, 0));
}

#[tokio::test]
async fn there_is_room_for_so_much_and_no_more() {
    let world = World::new();
    let files = world.open().await;
    world.upload(&files, &[b'a'; 1_000]).await.unwrap();
    let refused = world.upload(&files, &[b'b'; 501]).await.unwrap_err();
    assert!(matches!(refused, AttachmentError::NoRoom), "{refused}");
    let early = files.begin(world.conversation, Sender::Visitor, Some(501)).await.err();
    assert!(matches!(early, Some(AttachmentError::NoRoom)));
    assert_eq!(files.used(), 1_000, "what was refused takes no room");
    world.upload(&files, b"c").await.unwrap();
    world.upload(&files, b"d").await.unwrap();
    let fourth = world.upload(&files, b"e").await.unwrap_err();
    assert!(matches!(fourth, AttachmentError::TooMany { limit: 3 }), "{fourth}");
    files.forget(world.conversation).await.unwrap();
    assert_eq!((files.used(), world.lying()), (0, 0));
    world.upload(&files, &[b'b'; 501]).await.unwrap();
}

#[tokio::test]
async fn a_message_names_only_what_its_sender_has_uploaded_there() {
    let world = World::new();
    let files = world.open().await;
    let own = world.upload(&files, PDF).await.unwrap();
    let named = files.named(world.conversation, Sender::Visitor, &[own.id, own.id]).await;
    assert_eq!(named.unwrap(), std::slice::from_ref(&own), "once");
    for (conversation, by) in [
        (ConversationId::random(), Sender::Visitor),
        (world.conversation, Sender::Agent(AgentId::random())),
    ] {
        let refused = files.named(conversation, by, &[own.id]).await.unwrap_err();
        assert!(matches!(refused, AttachmentError::Unknown(_)), "{refused}");
    }
}

#[tokio::test]
async fn what_is_never_sent_is_removed_after_a_while() {
    let world = World::new();
    let files = world.open().await;
    let (sent, unsent) =
        (world.upload(&files, PDF).await.unwrap(), world.upload(&files, b"hello").await.unwrap());
    // the server stops before it has written down that the first is sent
    world.say(vec![sent.clone()]).await;
    let files = world.open().await;
    assert_eq!(sweep::unsent(&files, world.log.as_ref()).await.unwrap(), 0, "too early");
    world.clock.advance(DAY);
    // somebody sends the second just now
    files.named(world.conversation, Sender::Visitor, &[unsent.id]).await.unwrap();
    assert_eq!(sweep::unsent(&files, world.log.as_ref()).await.unwrap(), 0);
    world.clock.advance(Duration::from_hours(1));
    assert_eq!(sweep::unsent(&files, world.log.as_ref()).await.unwrap(), 1);
    assert_eq!(files.find(world.conversation, unsent.id).await.unwrap(), None);
    assert_eq!(files.find(world.conversation, sent.id).await.unwrap(), Some(sent.clone()));
    assert_eq!((files.used(), world.lying()), (sent.size, 1));
    assert_eq!(sweep::unsent(&world.open().await, world.log.as_ref()).await.unwrap(), 0);
}

#[tokio::test]
async fn what_a_crash_leaves_is_removed() {
    let world = World::new();
    let files = world.open().await;
    let kept = world.upload(&files, PDF).await.unwrap();
    let stray = files.path(crate::domain::AttachmentId::random());
    std::fs::create_dir_all(stray.parent().unwrap()).unwrap();
    std::fs::write(&stray, "never acknowledged").unwrap();
    std::fs::write(world.folder.path().join("incoming/half"), "half").unwrap();
    let files = world.open().await;
    assert_eq!(sweep::strays(&files).await.unwrap(), 1);
    assert!(!stray.exists() && files.path(kept.id).exists());
    assert_eq!(world.lying(), 1);
}
