//! Search as a whole: any script, pages, erasure, restarts.

use std::time::Duration;

use super::*;
use crate::domain::{ClientId, EventBody, MessageText, NewEvent, TextLimits};
use crate::events::MemoryLog;

struct World {
    folder: tempfile::TempDir,
    log: Arc<MemoryLog>,
}

impl World {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap(), log: Arc::new(MemoryLog::default()) }
    }

    async fn say(&self, conversation: ConversationId, texts: &[&str]) {
        for text in texts {
            let text = MessageText::parse(text, TextLimits::default()).unwrap();
            let body = EventBody::said(text);
            let last = self.log.last(conversation).await.unwrap();
            let new = NewEvent { client_id: ClientId::of_desk(), at: Timestamp(7), body };
            self.log.append(conversation, last, vec![new]).await.unwrap();
        }
    }

    async fn search(&self) -> (Search, Tasks) {
        let tasks = Tasks::new();
        let log = Arc::clone(&self.log) as Arc<dyn EventLog>;
        (Search::start(self.folder.path(), log, &tasks).await.unwrap(), tasks)
    }

    async fn caught_up(&self, search: &Search) {
        let end = self.log.journal_end().await.unwrap();
        let caught_up = async {
            while search.position() < end {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), caught_up).await.unwrap();
    }
}

async fn found(search: &Search, query: &str) -> Vec<String> {
    let found = search.find(query, None, None, 10).await.unwrap();
    let texts = found.hits.iter().map(|hit| hit.excerpt.iter().map(|part| &*part.text).collect());
    texts.collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_are_found_in_any_script_by_one_character_or_more() {
    let world = World::new();
    let of = ConversationId::random();
    let texts = [
        "我想申请退款，谢谢",
        "請問訂單什麼時候到",
        "My refunds are late",
        "返金したい",
        "환불 주세요",
    ];
    world.say(of, &texts).await;
    let (search, _tasks) = world.search().await;
    world.caught_up(&search).await;
    for (query, expected) in [
        ("退款", vec![texts[0]]),
        ("款", vec![texts[0]]),
        ("请退", vec![texts[0]]),
        ("退请", vec![]),
        ("订单", vec![texts[1]]),
        ("款 谢", vec![texts[0]]),
        ("ref", vec![texts[2]]),
        ("refund late", vec![texts[2]]),
        ("REFUNDING", vec![texts[2]]),
        ("efund", vec![]),
        ("返金", vec![texts[3]]),
        ("환불", vec![texts[4]]),
        ("환", vec![texts[4]]),
    ] {
        assert_eq!(found(&search, query).await, expected, "{query}");
    }
    for nothing in ["", " ?! ", &"x".repeat(201)] {
        assert!(matches!(search.find(nothing, None, None, 9).await, Err(SearchError::Query)));
    }
    let other = ConversationId::random();
    let within = search.find("退款", Some(vec![other]), None, 9).await.unwrap();
    assert_eq!(within.hits, []);
    assert_eq!(search.find("退款", Some(vec![of, other]), None, 9).await.unwrap().hits.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_latest_comes_first_page_by_page() {
    let world = World::new();
    let of = ConversationId::random();
    let texts: Vec<String> = (0..7).map(|number| format!("hello {number}")).collect();
    world.say(of, &texts.iter().map(String::as_str).collect::<Vec<_>>()).await;
    let (search, _tasks) = world.search().await;
    world.caught_up(&search).await;
    let (mut seqs, mut after) = (vec![], None);
    loop {
        let page = search.find("hello", None, after, 3).await.unwrap();
        assert!(page.complete);
        seqs.extend(page.hits.iter().map(|hit| hit.seq.0));
        after = page.next;
        if after.is_none() {
            break;
        }
    }
    assert_eq!(seqs, [7, 6, 5, 4, 3, 2, 1]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_erased_is_gone_at_once_and_leaves_the_disk() {
    let world = World::new();
    let (gone, stays) = (ConversationId::random(), ConversationId::random());
    world.say(gone, &["zebrafish one"]).await;
    world.say(stays, &["zebrafish two"]).await;
    let (search, tasks) = world.search().await;
    world.caught_up(&search).await;
    let tombstone =
        NewEvent { client_id: ClientId::of_desk(), at: Timestamp(8), body: EventBody::Erased };
    world.log.erase(gone, tombstone).await.unwrap();
    assert_eq!(found(&search, "zebra").await, ["zebrafish two"], "before the index knows");
    world.caught_up(&search).await;
    assert_eq!(found(&search, "one").await, Vec::<String>::new());
    world.say(gone, &["zebrafish three"]).await;
    world.caught_up(&search).await;
    assert_eq!(found(&search, "zebra").await, ["zebrafish three", "zebrafish two"]);
    tasks.shutdown(Duration::from_secs(5)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_goes_on_where_it_was_and_starts_anew_where_it_must() {
    let world = World::new();
    let of = ConversationId::random();
    world.say(of, &["first message"]).await;
    let (search, tasks) = world.search().await;
    world.caught_up(&search).await;
    tasks.shutdown(Duration::from_secs(5)).await.unwrap();
    drop(search);
    // appended while nobody followed
    world.say(of, &["second message"]).await;
    let (search, tasks) = world.search().await;
    assert!(search.position() > 0, "it is not read anew");
    world.caught_up(&search).await;
    assert_eq!(found(&search, "message").await, ["second message", "first message"]);
    tasks.shutdown(Duration::from_secs(5)).await.unwrap();
    drop(search);
    // of another version, and damaged
    let old = world.folder.path().join("0");
    std::fs::create_dir(&old).unwrap();
    std::fs::write(world.folder.path().join(store::VERSION).join("meta.json"), "{").unwrap();
    let (search, tasks) = world.search().await;
    assert!(!old.exists());
    world.caught_up(&search).await;
    assert_eq!(found(&search, "message").await.len(), 2);
    tasks.shutdown(Duration::from_secs(5)).await.unwrap();
}
