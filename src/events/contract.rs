//! One suite for every implementation of [`EventLog`]: each clause is a function over any log, and
//! each implementation is held to all of them. Random sequences of operations are compared with a
//! plain model.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use crate::domain::{
    AgentId, Attention, ClientId, ConversationId, EventBody, HandoffReason, Language, MessageText,
    NewEvent, Seq, TextLimits, Timestamp, UrgencyLevel,
};
use crate::events::sled::{OpenOptions, SledLog};
use crate::events::{AppendError, Appended, Durability, EventLog, MemoryLog, Records, Table};

mod disk;
mod model;
mod records;

type Log = Arc<dyn EventLog>;
type Clause = (&'static str, fn(Log) -> BoxFuture<'static, ()>);

const CLAUSES: &[Clause] = &[
    ("numbers are dense", |log| numbers_are_dense(log).boxed()),
    ("an append is all or nothing", |log| all_or_nothing(log).boxed()),
    ("a stale writer is told", |log| a_stale_writer_is_told(log).boxed()),
    ("a client id counts once", |log| a_client_id_counts_once(log).boxed()),
    ("one of two writers wins, 500 times", |log| one_of_two_wins(log).boxed()),
    ("the same message twice at once is one, 500 times", |log| twice_at_once(log).boxed()),
    ("a page is a part", |log| a_page_is_a_part(log).boxed()),
    ("who waits is found", |log| who_waits_is_found(log).boxed()),
    ("a snapshot comes back", |log| a_snapshot_comes_back(log).boxed()),
    ("what was erased is gone", |log| what_was_erased_is_gone(log).boxed()),
    ("a listener converges", |log| a_listener_converges(log).boxed()),
    ("the journal lists every append once", |log| the_journal_is_complete(log).boxed()),
];

#[tokio::test]
async fn the_log_in_memory_keeps_the_contract() {
    for (name, clause) in CLAUSES {
        tracing::info!(name, "clause");
        clause(Arc::new(MemoryLog::default())).await;
    }
    assert_eq!(MemoryLog::default().durability(), Durability::Process);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_log_on_disk_keeps_the_contract() {
    for (name, clause) in CLAUSES {
        tracing::info!(name, "clause");
        let folder = tempfile::tempdir().unwrap();
        let log = open(folder.path());
        assert_eq!(log.durability(), Durability::PowerLoss);
        clause(log).await;
    }
}

fn open(folder: &std::path::Path) -> Arc<SledLog> {
    Arc::new(SledLog::open(folder, OpenOptions::default()).unwrap())
}

fn said(client_id: &str, text: &str) -> NewEvent {
    let text = MessageText::parse(text, TextLimits::default()).unwrap();
    event(client_id, EventBody::said(text))
}

fn event(client_id: &str, body: EventBody) -> NewEvent {
    NewEvent { client_id: ClientId::parse(client_id).unwrap(), at: Timestamp(1), body }
}

fn wants_human() -> EventBody {
    EventBody::HandoffRequested {
        reason: HandoffReason::Requested,
        urgency: UrgencyLevel::Normal,
        evidence: vec![],
        language: Language::En,
        card: None,
    }
}

async fn places(log: &Log, conversation: ConversationId) -> Vec<u64> {
    let events = log.read(conversation, Seq::ZERO, usize::MAX).await.unwrap();
    events.iter().map(|event| event.seq.0).collect()
}

async fn numbers_are_dense(log: Log) {
    let conversation = ConversationId::random();
    assert_eq!(log.last(conversation).await, Ok(Seq::ZERO));
    assert_eq!(log.read(conversation, Seq::ZERO, 10).await, Ok(vec![]));
    let one = log.append(conversation, Seq::ZERO, vec![said("a", "one")]).await;
    assert_eq!(one, Ok(Appended { first: Seq(1), last: Seq(1), replayed: false }));
    let two = log.append(conversation, Seq(1), vec![said("b", "two"), said("c", "three")]).await;
    assert_eq!(two, Ok(Appended { first: Seq(2), last: Seq(3), replayed: false }));
    assert_eq!(places(&log, conversation).await, [1, 2, 3]);
    assert_eq!(log.last(conversation).await, Ok(Seq(3)));
}

async fn all_or_nothing(log: Log) {
    let conversation = ConversationId::random();
    let limits = TextLimits { bytes: usize::MAX, graphemes: usize::MAX };
    let text = MessageText::parse(&"x".repeat(70_000), limits).unwrap();
    let huge = event("b", EventBody::said(text));
    let refused = log.append(conversation, Seq::ZERO, vec![said("a", "small"), huge]).await;
    assert!(matches!(refused, Err(AppendError::TooLarge { .. })), "{refused:?}");
    assert_eq!(places(&log, conversation).await, [0_u64; 0]);
    log.append(conversation, Seq::ZERO, vec![said("a", "small")]).await.unwrap();
}

async fn a_stale_writer_is_told(log: Log) {
    let conversation = ConversationId::random();
    log.append(conversation, Seq::ZERO, vec![said("a", "one")]).await.unwrap();
    for expected in [Seq::ZERO, Seq(2), Seq(u64::MAX)] {
        let stale = log.append(conversation, expected, vec![said("b", "two")]).await;
        assert_eq!(stale, Err(AppendError::Conflict { last: Seq(1) }));
    }
    assert_eq!(places(&log, conversation).await, [1]);
}

async fn a_client_id_counts_once(log: Log) {
    let conversation = ConversationId::random();
    let both = vec![said("a", "one"), said("b", "two")];
    let first = log.append(conversation, Seq::ZERO, both.clone()).await.unwrap();
    for expected in [Seq::ZERO, Seq(2), Seq(9)] {
        let again = log.append(conversation, expected, both.clone()).await.unwrap();
        assert_eq!(again, Appended { replayed: true, ..first });
    }
    let id = ClientId::parse("a").unwrap();
    assert_eq!(
        log.find(conversation, &id).await.unwrap(),
        Some(Appended { replayed: true, ..first })
    );
    assert_eq!(log.find(ConversationId::random(), &id).await, Ok(None));
    // the same id in another conversation is another message
    let other = log.append(ConversationId::random(), Seq::ZERO, vec![said("a", "one")]).await;
    assert!(!other.unwrap().replayed);
    assert_eq!(places(&log, conversation).await, [1, 2]);
}

async fn one_of_two_wins(log: Log) {
    let conversation = ConversationId::random();
    for round in 0..500 {
        let contender = |name: &str| {
            let log = Arc::clone(&log);
            let event = said(&format!("{name}{round}"), name);
            async move { log.append(conversation, Seq(round), vec![event]).await }
        };
        let (a, b) = both(contender("a"), contender("b")).await;
        let winners = [&a, &b].into_iter().filter(|outcome| outcome.is_ok()).count();
        assert_eq!(winners, 1, "round {round}: {a:?} {b:?}");
        let last = Seq(round + 1);
        let loser = if a.is_ok() { b } else { a };
        assert_eq!(loser, Err(AppendError::Conflict { last }), "round {round}");
    }
    assert_eq!(places(&log, conversation).await, (1..=500).collect::<Vec<_>>());
}

async fn twice_at_once(log: Log) {
    let conversation = ConversationId::random();
    for round in 0..500 {
        let send = || {
            let log = Arc::clone(&log);
            let event = said(&format!("m{round}"), "once");
            async move { log.append(conversation, Seq(round), vec![event]).await.unwrap() }
        };
        let (a, b) = both(send(), send()).await;
        assert_eq!((a.first, a.last), (b.first, b.last), "round {round}");
        assert_ne!(a.replayed, b.replayed, "round {round}");
    }
    assert_eq!(log.last(conversation).await, Ok(Seq(500)));
}

/// Runs two futures at once, on threads of their own where the runtime has some.
#[expect(clippy::disallowed_methods, reason = "a test joins what it spawns")]
async fn both<T: Send + 'static>(
    a: impl Future<Output = T> + Send + 'static,
    b: impl Future<Output = T> + Send + 'static,
) -> (T, T) {
    let (a, b) = tokio::join!(tokio::spawn(a), tokio::spawn(b));
    (a.unwrap(), b.unwrap())
}

async fn a_page_is_a_part(log: Log) {
    let conversation = ConversationId::random();
    for at in 0..25 {
        log.append(conversation, Seq(at), vec![said(&format!("m{at}"), "text")]).await.unwrap();
    }
    let page = log.read(conversation, Seq(10), 5).await.unwrap();
    assert_eq!(page.iter().map(|event| event.seq.0).collect::<Vec<_>>(), [11, 12, 13, 14, 15]);
    assert_eq!(log.read(conversation, Seq(25), 5).await, Ok(vec![]));
    assert_eq!(log.read(conversation, Seq(u64::MAX - 1), 5).await, Ok(vec![]));
}

async fn who_waits_is_found(log: Log) {
    let (asked, waits, helped) =
        (ConversationId::random(), ConversationId::random(), ConversationId::random());
    let agent = AgentId::random();
    let taken = EventBody::Claimed { agent, name: "Ada".to_owned() };
    let done = EventBody::Resolved { agent, name: "Ada".to_owned() };
    log.append(asked, Seq::ZERO, vec![said("a", "hello")]).await.unwrap();
    for conversation in [waits, helped] {
        let events = vec![said("a", "help"), event("b", wants_human())];
        log.append(conversation, Seq::ZERO, events).await.unwrap();
    }
    log.append(helped, Seq(2), vec![event("c", taken)]).await.unwrap();
    let found =
        |open: Vec<(ConversationId, Attention)>| open.into_iter().collect::<HashMap<_, _>>();
    let open = found(log.open().await.unwrap());
    assert_eq!(open.get(&asked), Some(&Attention::Bot));
    assert_eq!(open.get(&waits), Some(&Attention::Queue));
    assert_eq!(open.get(&helped), Some(&Attention::Agent));
    log.append(helped, Seq(3), vec![event("d", done)]).await.unwrap();
    assert_eq!(found(log.open().await.unwrap()).len(), 2);
}

async fn a_snapshot_comes_back(log: Log) {
    let conversation = ConversationId::random();
    assert_eq!(log.snapshot(conversation).await, Ok(None));
    log.append(conversation, Seq::ZERO, vec![said("a", "one")]).await.unwrap();
    log.snapshot_put(conversation, Seq(1), b"state".to_vec()).await;
    // an append after it shows that the writer came past it
    log.append(conversation, Seq(1), vec![said("b", "two")]).await.unwrap();
    assert_eq!(log.snapshot(conversation).await, Ok(Some((Seq(1), b"state".to_vec()))));
}

async fn what_was_erased_is_gone(log: Log) {
    let conversation = ConversationId::random();
    let tombstone = || event("erase", EventBody::Erased);
    log.erase(conversation, tombstone()).await.unwrap();
    assert_eq!(log.last(conversation).await, Ok(Seq::ZERO));
    let events = vec![said("a", "secret"), event("b", wants_human())];
    log.append(conversation, Seq::ZERO, events).await.unwrap();
    log.snapshot_put(conversation, Seq(2), b"secret".to_vec()).await;
    log.erase(conversation, tombstone()).await.unwrap();
    let events = log.read(conversation, Seq::ZERO, 10).await.unwrap();
    assert_eq!(events.iter().map(|event| event.seq.0).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(events.iter().all(|event| event.body == EventBody::Erased), "{events:?}");
    assert_eq!(log.snapshot(conversation).await, Ok(None));
    assert_eq!(log.find(conversation, &ClientId::parse("a").unwrap()).await, Ok(None));
    assert_eq!(log.open().await, Ok(vec![]));
    let next = log.append(conversation, Seq(3), vec![said("c", "again")]).await.unwrap();
    assert_eq!(next.last, Seq(4));
}

async fn the_journal_is_complete(log: Log) {
    assert_eq!((log.journal_end().await, log.journal(0, 9).await), (Ok(0), Ok(vec![])));
    let (one, two) = (ConversationId::random(), ConversationId::random());
    log.append(one, Seq::ZERO, vec![said("a", "hi"), said("b", "there")]).await.unwrap();
    log.append(two, Seq::ZERO, vec![said("a", "hi")]).await.unwrap();
    // neither a replay nor a conflict is an append
    assert!(log.append(one, Seq(2), vec![said("a", "hi")]).await.unwrap().replayed);
    log.append(one, Seq::ZERO, vec![said("c", "late")]).await.unwrap_err();
    log.append(one, Seq(2), vec![said("c", "late")]).await.unwrap();
    log.erase(two, event("erase", EventBody::Erased)).await.unwrap();
    let entries = log.journal(0, 9).await.unwrap();
    let listed = entries.iter().map(|e| (e.position, e.conversation, e.first.0, e.last.0));
    let expected = [(1, one, 1, 2), (2, two, 1, 1), (3, one, 3, 3), (4, two, 2, 2)];
    assert_eq!(listed.collect::<Vec<_>>(), expected);
    assert_eq!(log.journal(1, 2).await.unwrap(), entries[1..3]);
    assert_eq!(log.journal(4, 2).await, Ok(vec![]));
    assert_eq!(log.journal(u64::MAX, 2).await, Ok(vec![]));
    assert_eq!(log.journal_end().await, Ok(4));
}

#[tokio::test]
async fn records_are_paged_from_the_last_key() {
    let folder = tempfile::tempdir().unwrap();
    let stores: [Arc<dyn Records>; 2] = [Arc::new(MemoryLog::default()), open(folder.path())];
    for records in stores {
        for key in ["a/1", "a/2", "a/3", "b/1"] {
            records.put(Table::Deliveries, key, key.into()).await.unwrap();
        }
        let page = async |prefix, before, limit| -> Vec<String> {
            let page = records.page_back(Table::Deliveries, prefix, before, limit).await.unwrap();
            page.into_iter().map(|(key, _)| key).collect()
        };
        assert_eq!(page("a/", None, 2).await, ["a/3", "a/2"]);
        assert_eq!(page("a/", Some("a/2"), 9).await, ["a/1"]);
        assert_eq!(page("a/", Some("b"), 1).await, ["a/3"]);
        assert_eq!(page("c/", None, 9).await, [""; 0]);
    }
}

/// Wakes may be lost and repeated: who reads on every wake, and once more at the end, has it all.
async fn a_listener_converges(log: Log) {
    let conversation = ConversationId::random();
    let mut wakes = log.wakes();
    let mut seen = Vec::new();
    for at in 0..50 {
        log.append(conversation, Seq(at), vec![said(&format!("m{at}"), "text")]).await.unwrap();
        while wakes.try_recv().is_ok() {
            let after = Seq(seen.len() as u64);
            seen.extend(log.read(conversation, after, 100).await.unwrap());
        }
    }
    seen.extend(log.read(conversation, Seq(seen.len() as u64), 100).await.unwrap());
    let places: Vec<u64> = seen.iter().map(|event| event.seq.0).collect();
    assert_eq!(places, (1..=50).collect::<Vec<_>>());
}
