//! The parts of a turn, one by one: `cargo bench --bench parts`. Texts and knowledge are the shipped
//! ones, so the figures move with `intents/`; compare within one run. Where size matters, it is made up:
//! `cargo bench --bench parts -- search`, `-- memory`, `-- BANKING77`, `-- cached`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that is surprised should fail, and memory is told on a line of its own"
)]

mod made_up;

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use frontdesk::app::thresholds;
use frontdesk::config::Settings;
use frontdesk::conversation::Knowledge;
use frontdesk::dialogue::learned::{
    Leaf, LearnedPolicy, Name, Node, Number, Split, Test, Trained, Way, WayCosts,
};
use frontdesk::dialogue::{CostCase, Message, Occasion, Policy, State, Strategy};
use frontdesk::domain::{
    AgentId, ClientId, ConversationId, Costs, EventBody, HandoffReason, Language, MessageText,
    NewEvent, Seq, TextLimits, Timestamp, UrgencyLevel,
};
use frontdesk::events::EventLog;
use frontdesk::events::sled::{OpenOptions, SledLog};
use frontdesk::handoff::{Entry, Need, Profile, Router, Standing, Timing, Waiting, Weights};
use frontdesk::tasks::return_unused_memory;
use frontdesk::understanding::encode::{
    Encoders, Encoding, KeptVectors, Meaning, Origin, PoolSize,
};
use frontdesk::understanding::{Answerer, Asked, Prepared, Understanding, tokenise};
use tokio::task::JoinSet;

use crate::made_up::MadeUp;

const SAID: [&str; 4] = [
    "where is my parcel? It should have been here on Tuesday",
    "我的订单什么时候发货，已经等了三天了",
    "can I return earbuds that I have opened",
    "保修期一般是多长时间",
];

fn knowledge() -> Knowledge {
    Knowledge::load(&Path::new(env!("CARGO_MANIFEST_DIR")).join("intents"), None, &|_, _| true)
        .unwrap()
}

fn understanding(bench: &mut Criterion) {
    let knowledge = knowledge();
    let read = |text| {
        let today = jiff::civil::date(2026, 11, 25);
        knowledge.understanding.read(&Asked { text, today, ..Asked::default() })
    };
    let mut group = bench.benchmark_group("a message");
    let mut texts = SAID.iter().cycle();
    group.bench_function("tokenise", |b| b.iter(|| tokenise(texts.next().unwrap())));
    group.bench_function("read", |b| {
        b.iter(|| read(texts.next().unwrap()));
    });
    let policy = Policy {
        catalog: &knowledge.catalog,
        thresholds: thresholds(&Settings::default()),
        opens: None,
        occasion: Occasion::default(),
    };
    let state = State::default();
    let readings = SAID.map(|text| (text, read(text)));
    let strategy = learned_strategy();
    let occasion = Occasion { segment: Some("new"), strategy: Some(&strategy), ..policy.occasion };
    let learned = Policy { occasion, ..policy };
    let mut texts = readings.iter().cycle();
    group.bench_function("decide, with flows, costs by segment and a learned policy", |b| {
        b.iter(|| {
            let (text, reading) = texts.next().unwrap();
            learned.decide(&state, Message { text, choice: None }, reading)
        });
    });
    let mut readings = readings.iter().cycle();
    group.bench_function("decide", |b| {
        b.iter(|| {
            let (text, reading) = readings.next().unwrap();
            policy.decide(&state, Message { text, choice: None }, reading)
        });
    });
    group.finish();
    bench.bench_function("read the knowledge and train", |b| b.iter(self::knowledge));
}

/// Costs by segment, and a tree of six questions in a row: a decision takes at most 20 µs.
fn learned_strategy() -> Strategy {
    let leaf = |way| Node::Leaf(Leaf { way, turns: 25, costs: WayCosts::default() });
    let ask = |test, no| Node::Split(Box::new(Split { test, yes: leaf(Way::Clarify), no }));
    let tree = (0..6).fold(leaf(Way::Answer), |tree, question| {
        let value = format!("segment {question}");
        let test = match question % 2 {
            0 => Test::Below { number: Number::Likeliest, at: 0.01 },
            _ => Test::Is { name: Name::Segment, value },
        };
        ask(test, tree)
    });
    let case = |segment: &str| CostCase {
        segment: Some(segment.to_owned()),
        urgency: Some(UrgencyLevel::High),
        costs: Costs { wrong_answer: 27.0, ..Costs::default() },
    };
    let cases = ["vip", "trade", "new"].map(case).to_vec();
    let learned = Some(Arc::new(LearnedPolicy { trained: Trained::default(), tree }));
    Strategy { cases, learned, ..Strategy::of(Costs::default()) }
}

/// A message at the size of BANKING77, by words alone: at most 60 µs.
fn many_intents(bench: &mut Criterion) {
    let understanding = LazyCell::new(|| {
        let catalog = MadeUp::of(&knowledge().catalog).intents(77, 130);
        Understanding::train(&catalog, None, &|_, _| true).unwrap()
    });
    bench.bench_function("a message at the size of BANKING77, by words", |b| {
        let mut texts = SAID.iter().cycle();
        b.iter(|| {
            let text = texts.next().unwrap();
            understanding.read(&Asked { text, ..Asked::default() })
        });
    });
}

/// Knowledge that is read when it is first needed.
type Later = LazyCell<Knowledge, Box<dyn FnOnce() -> Knowledge>>;

/// A message whose meaning is known already, beside the same by words alone.
fn by_meaning(bench: &mut Criterion) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut group = bench.benchmark_group("a message by meaning, cached");
    let by_words: Later = LazyCell::new(Box::new(knowledge));
    let by_meaning: Later = LazyCell::new(Box::new(|| {
        let [multilingual, english] = ["multilingual-e5-small", "all-MiniLM-L6-v2"]
            .map(|name| Origin::Folder(root.join("models").join(name)));
        let encoders = Encoders::load(&multilingual, Some(&english));
        let size = PoolSize { threads: 1, waiting: 8, patience: Duration::from_mins(1) };
        let kept = KeptVectors::open(root.join("intents/vectors.bin"));
        let encoding = Encoding::start(encoders.unwrap(), size, kept).unwrap();
        Knowledge::load(&root.join("intents"), Some(&encoding), &|_, _| true).unwrap()
    }));
    for (name, knowledge) in [("words alone", &by_words), ("words and meaning", &by_meaning)] {
        group.bench_function(name, |b| {
            let mut texts = SAID.iter().cycle();
            b.iter(|| {
                let text = texts.next().unwrap();
                knowledge.understanding.read(&Asked { text, ..Asked::default() })
            });
        });
    }
    group.finish();
}

/// A search among so many entries, by words and by meaning: among 100,000 at most three times as long
/// as among 1,000.
fn searching(bench: &mut Criterion) {
    let mut group = bench.benchmark_group("search");
    group.sample_size(20);
    for entries in [1_000, 10_000, 100_000] {
        let by_words = LazyCell::new(|| {
            let documents = MadeUp::of(&knowledge().catalog).documents(entries);
            Answerer::train(documents, None, &[]).unwrap()
        });
        group.bench_function(format!("{entries} entries, by words"), |b| {
            let by_words = &*by_words; // trained before it is timed
            let mut messages = SAID.map(Prepared::of).into_iter().cycle();
            b.iter(|| by_words.rank(&messages.next().unwrap()).unwrap());
        });
        drop(by_words);
        let by_meaning = LazyCell::new(|| {
            let mut made_up = MadeUp::of(&knowledge().catalog);
            let documents = made_up.documents(entries);
            let meanings = documents.iter().map(|_| made_up.meaning()).collect();
            Answerer::train(documents, Some(meanings), &[]).unwrap()
        });
        group.bench_function(format!("{entries} entries, by meaning"), |b| {
            let mut made_up = MadeUp::of(&knowledge().catalog);
            let mut messages = SAID
                .into_iter()
                .cycle()
                .map(|text| Prepared::of(text).with_meaning(Some(Arc::new(made_up.meaning()))));
            let asked: Vec<Prepared> = messages.by_ref().take(16).collect();
            let mut asked = asked.iter().cycle();
            let by_meaning = &*by_meaning;
            b.iter(|| by_meaning.rank(asked.next().unwrap()).unwrap());
        });
    }
    group.finish();
}

/// What 10,000 entries of a question and an answer need in memory, with their vectors.
fn memory(_: &mut Criterion) {
    const ENTRIES: usize = 10_000;
    let filter: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    if !filter.is_empty() && !filter.iter().any(|part| "memory".contains(part.as_str())) {
        return;
    }
    let mut made_up = MadeUp::of(&knowledge().catalog);
    return_unused_memory();
    let before = resident_bytes();
    let documents = made_up.documents(ENTRIES);
    let meanings: Vec<Meaning> = documents.iter().map(|_| made_up.meaning()).collect();
    let answerer = Answerer::train(documents, Some(meanings), &[]).unwrap();
    return_unused_memory();
    let grown = resident_bytes().saturating_sub(before) / 1_000_000;
    let found = answerer.rank(&Prepared::of(SAID[0])).unwrap();
    println!(
        "memory of {ENTRIES} entries with vectors of one encoder: {grown} MB ({} found)",
        found.len()
    );
}

fn resident_bytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1_024
}

fn said(number: u64) -> NewEvent {
    let text = "x".repeat(200);
    NewEvent {
        client_id: ClientId::parse(format!("m-{number}")).unwrap(),
        at: Timestamp(1_700_000_000_000),
        body: EventBody::said(MessageText::parse(&text, TextLimits::default()).unwrap()),
    }
}

/// Durable appends by so many writers at once, each to its own conversation.
fn appending(bench: &mut Criterion) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let mut group = bench.benchmark_group("append and synchronise, 200 bytes");
    group.sample_size(20);
    for writers in [1_u64, 64, 1_024] {
        let folder = tempfile::tempdir().unwrap();
        let log = Arc::new(SledLog::open(folder.path(), OpenOptions::default()).unwrap());
        let mut ends: Vec<(ConversationId, Seq)> =
            (0..writers).map(|_| (ConversationId::random(), Seq::ZERO)).collect();
        group.throughput(Throughput::Elements(writers));
        group.bench_function(format!("{writers} writers"), |b| {
            b.iter(|| {
                runtime.block_on(async {
                    let mut writing = JoinSet::new();
                    for (at, (conversation, last)) in ends.iter().copied().enumerate() {
                        let log = Arc::clone(&log);
                        writing.spawn(async move {
                            let event = said(last.0 + 1);
                            let appended = log.append(conversation, last, vec![event]).await;
                            (at, appended.unwrap().last)
                        });
                    }
                    while let Some(done) = writing.join_next().await {
                        let (at, last) = done.unwrap();
                        ends.get_mut(at).unwrap().1 = last;
                    }
                });
            });
        });
        runtime.block_on(log.close());
    }
    group.finish();
}

/// The desk with 100,000 customers who wait and an agent who is full: one more comes, one becomes
/// urgent, one is taken.
fn desk(bench: &mut Criterion) {
    const WAITING: u64 = 100_000;
    let mut router = Router::new(Timing::default());
    let profile = Profile {
        id: AgentId::random(),
        name: "Ada".to_owned(),
        skills: BTreeSet::new(),
        languages: vec![],
        channels: vec![],
        teams: BTreeSet::new(),
        capacity: 1,
    };
    let agent = profile.id;
    router.connect(profile, Timestamp(0));
    router.take(ConversationId::random(), agent, 1, Timestamp(0));
    for number in 0..WAITING {
        router.wait(entry(number, UrgencyLevel::Normal), Timestamp(0));
    }
    let mut group = bench.benchmark_group("a desk with 100,000 who wait");
    let mut number = WAITING;
    group.bench_function("one comes", |b| {
        b.iter(|| {
            number += 1;
            router.wait(entry(number, UrgencyLevel::High), Timestamp(0))
        });
    });
    let mut raised = 0;
    group.bench_function("one becomes urgent", |b| {
        b.iter(|| {
            raised = (raised + 7_919) % WAITING;
            router.wait(entry(raised, UrgencyLevel::Urgent), Timestamp(0))
        });
    });
    group.bench_function("one is taken, is done, and comes again", |b| {
        b.iter(|| {
            let first = router.queue().iter().next().unwrap().clone();
            let conversation = first.waiting.conversation;
            router.take(conversation, agent, 1, Timestamp(0));
            router.done(conversation, Timestamp(0));
            router.wait(first, Timestamp(0))
        });
    });
    group.finish();
}

fn entry(number: u64, urgency: UrgencyLevel) -> Entry {
    let mut bytes = [0; 16];
    bytes.first_chunk_mut().unwrap().clone_from(&number.to_be_bytes());
    let waiting = Waiting {
        conversation: ConversationId::from_bytes(bytes),
        urgency,
        priority: None,
        reason: HandoffReason::Requested,
        evidence: vec![],
        since: Timestamp(i64::try_from(number).unwrap()),
        language: Language::En,
        upset: false,
        value: None,
        segment: None,
        intent: None,
        channel: "web".to_owned(),
        reply_until: None,
        target: None,
        last_agent: None,
        returned: false,
    };
    let standing = Standing::of(&waiting, &Weights::default(), None);
    Entry { waiting, standing, need: Need::default() }
}

criterion_group!(
    benches,
    understanding,
    many_intents,
    by_meaning,
    searching,
    memory,
    appending,
    desk
);
criterion_main!(benches);
