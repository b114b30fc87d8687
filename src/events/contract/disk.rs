//! What holds for the store on disk alone: reopening, one process, compacting, damage.

use futures_util::FutureExt as _;

use crate::domain::{Attention, ConversationId, EventBody, Seq};
use crate::events::contract::{event, open, said, wants_human};
use crate::events::sled::{OpenOptions, SledLog};
use crate::events::{AppendError, EventLog, ReadError, Records, Table, compact};

#[tokio::test]
async fn everything_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let conversation = ConversationId::random();
    let log = open(folder.path());
    let events = vec![said("a", "one"), event("b", wants_human())];
    log.append(conversation, Seq::ZERO, events).await.unwrap();
    log.put(Table::Agents, "ada", b"record".to_vec()).await.unwrap();
    let before = log.read(conversation, Seq::ZERO, 10).await.unwrap();
    log.close().await;
    assert_eq!(
        log.append(conversation, Seq(2), vec![said("c", "late")]).await,
        Err(AppendError::Unavailable)
    );
    drop(log);
    let log = open(folder.path());
    assert_eq!(log.read(conversation, Seq::ZERO, 10).await, Ok(before));
    assert_eq!(log.open().await, Ok(vec![(conversation, Attention::Queue)]));
    assert_eq!(log.get(Table::Agents, "ada").await, Ok(Some(b"record".to_vec())));
    let again = log.append(conversation, Seq::ZERO, vec![said("a", "one")]).await.unwrap();
    assert!(again.replayed);
    // the journal goes on where it was, and never gives a position twice
    log.append(conversation, Seq(2), vec![said("c", "three")]).await.unwrap();
    let entries = log.journal(0, 9).await.unwrap();
    assert_eq!(
        entries.iter().map(|e| (e.position, e.last.0)).collect::<Vec<_>>(),
        [(1, 2), (2, 3)]
    );
}

#[tokio::test]
async fn a_folder_belongs_to_one_process() {
    let folder = tempfile::tempdir().unwrap();
    let _first = open(folder.path());
    let Err(refused) = SledLog::open(folder.path(), OpenOptions::default()) else {
        panic!("a second log was opened");
    };
    assert!(refused.to_string().contains("another frontdesk already uses"), "{refused}");
}

#[tokio::test]
async fn compacting_takes_erased_words_off_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let (erased, kept) = (ConversationId::random(), ConversationId::random());
    let log = open(folder.path());
    log.append(erased, Seq::ZERO, vec![said("a", "canary-4711 is gone")]).await.unwrap();
    log.append(kept, Seq::ZERO, vec![said("a", "canary-4712 stays")]).await.unwrap();
    log.snapshot_put(erased, Seq(1), b"canary-4711".to_vec()).await;
    log.erase(erased, event("erase", EventBody::Erased)).await.unwrap();
    log.close().await;
    drop(log);
    compact(folder.path()).unwrap();
    assert!(!is_on_disk(folder.path(), b"canary-4711"));
    assert!(is_on_disk(folder.path(), b"canary-4712"));
    let log = open(folder.path());
    let events = log.read(kept, Seq::ZERO, 10).await.unwrap();
    assert_eq!(events.len(), 1);
    assert_eq!(log.read(erased, Seq::ZERO, 10).await.unwrap().len(), 2);
}

fn is_on_disk(folder: &std::path::Path, words: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return is_on_disk(&path, words);
        }
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(words.len()).any(|part| part == words)
    })
}

#[tokio::test]
async fn a_damaged_store_is_refused_or_serves_what_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let conversation = ConversationId::random();
    let log = open(folder.path());
    for at in 0..40 {
        let event = said(&format!("m{at}"), &format!("message {at}"));
        log.append(conversation, Seq(at), vec![event]).await.unwrap();
    }
    let whole = log.read(conversation, Seq::ZERO, 100).await.unwrap();
    log.close().await;
    drop(log);
    let file = folder.path().join("log").join("db");
    let bytes = std::fs::read(&file).unwrap();
    let mut refused = 0;
    for seed in 0..40_usize {
        let mut damaged = bytes.clone();
        let at = (seed * 7_919) % bytes.len();
        damaged[at] ^= 0x40;
        std::fs::write(&file, &damaged).unwrap();
        let Ok(log) = SledLog::open(folder.path(), OpenOptions::default()) else {
            refused += 1;
            continue;
        };
        let reading = std::panic::AssertUnwindSafe(log.read(conversation, Seq::ZERO, 100));
        match reading.catch_unwind().await {
            Ok(Ok(events)) => assert_eq!(events, whole[..events.len()], "seed {seed}"),
            Ok(Err(ReadError::Corrupt { .. } | ReadError::Unavailable(_))) | Err(_) => refused += 1,
        }
        log.close().await;
    }
    assert!(refused > 0, "no damage was noticed, the flipped bits hit nothing");
}
