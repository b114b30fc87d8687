//! One suite for every implementation of [`EventLog`]: each clause is a function over any log, and
//! each implementation is held to all of them. Random sequences of operations are compared with a
//! plain model.

use std::collections::HashMap;
use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use proptest::prelude::*;

use crate::domain::{
    AgentId, Attention, ClientId, ConversationId, EventBody, HandoffReason, Language, MessageText,
    NewEvent, Seq, TextLimits, Timestamp, UrgencyLevel,
};
use crate::events::sled::{OpenOptions, SledLog};
use crate::events::{
    AppendError, Appended, Durability, EventLog, MemoryLog, ReadError, Records, Table, compact,
};

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
    event(client_id, EventBody::VisitorMessage { text, choice: None })
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
    let huge = event("b", EventBody::VisitorMessage { text, choice: None });
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

/// What a writer may do, for sequences at random.
#[derive(Clone, Debug)]
enum Step {
    Append { conversation: usize, behind: u64, id: u8, events: usize },
    Read { conversation: usize, after: u64, limit: usize },
    Erase { conversation: usize },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => (0..3_usize, prop_oneof![6 => Just(0_u64), 1 => 1..3_u64], 0..40_u8, 1..4_usize)
            .prop_map(|(conversation, behind, id, events)| {
                Step::Append { conversation, behind, id, events }
            }),
        3 => (0..3_usize, 0..12_u64, 0..12_usize)
            .prop_map(|(conversation, after, limit)| Step::Read { conversation, after, limit }),
        1 => (0..3_usize).prop_map(|conversation| Step::Erase { conversation }),
    ]
}

/// The plain model: bodies in a vector, and what each client id began.
#[derive(Default)]
struct Model {
    bodies: Vec<EventBody>,
    begun: HashMap<u8, (u64, u64)>,
}

impl Model {
    fn append(
        &mut self,
        expected: u64,
        id: u8,
        events: &[NewEvent],
    ) -> Result<Appended, AppendError> {
        if let Some((first, last)) = self.begun.get(&id) {
            return Ok(Appended { first: Seq(*first), last: Seq(*last), replayed: true });
        }
        let last = self.bodies.len() as u64;
        if expected != last {
            return Err(AppendError::Conflict { last: Seq(last) });
        }
        self.bodies.extend(events.iter().map(|event| event.body.clone()));
        let places = (last + 1, self.bodies.len() as u64);
        self.begun.insert(id, places);
        Ok(Appended { first: Seq(places.0), last: Seq(places.1), replayed: false })
    }

    fn erase(&mut self) {
        if !self.bodies.is_empty() {
            self.bodies = vec![EventBody::Erased; self.bodies.len() + 1];
            self.begun.clear();
        }
    }
}

async fn follows_the_model(log: Log, steps: Vec<Step>) -> Result<(), TestCaseError> {
    let ids: Vec<ConversationId> = (0..3).map(|_| ConversationId::random()).collect();
    let mut models: Vec<Model> = ids.iter().map(|_| Model::default()).collect();
    for step in steps {
        match step {
            Step::Append { conversation, behind, id, events } => {
                let model = &mut models[conversation];
                let expected = (model.bodies.len() as u64).saturating_sub(behind);
                let events: Vec<NewEvent> = (0..events)
                    .map(|at| said(&format!("{id}.{at}"), &format!("{id} {at}")))
                    .collect();
                let told = model.append(expected, id, &events);
                let got = log.append(ids[conversation], Seq(expected), events).await;
                prop_assert_eq!(got, told);
            }
            Step::Read { conversation, after, limit } => {
                let model = &models[conversation];
                let from = usize::try_from(after).unwrap();
                let told: Vec<EventBody> =
                    model.bodies.iter().skip(from).take(limit).cloned().collect();
                let got = log.read(ids[conversation], Seq(after), limit).await.unwrap();
                let bodies: Vec<EventBody> = got.into_iter().map(|event| event.body).collect();
                prop_assert_eq!(bodies, told);
            }
            Step::Erase { conversation } => {
                models[conversation].erase();
                log.erase(ids[conversation], event("erase", EventBody::Erased)).await.unwrap();
            }
        }
    }
    for (id, model) in ids.iter().zip(&models) {
        prop_assert_eq!(log.last(*id).await, Ok(Seq(model.bodies.len() as u64)));
    }
    Ok(())
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().build().unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn the_log_in_memory_follows_the_model(steps in prop::collection::vec(step(), 1..60)) {
        runtime().block_on(follows_the_model(Arc::new(MemoryLog::default()), steps))?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]
    #[test]
    fn the_log_on_disk_follows_the_model(steps in prop::collection::vec(step(), 1..60)) {
        let folder = tempfile::tempdir().unwrap();
        runtime().block_on(follows_the_model(open(folder.path()), steps))?;
    }
}

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
