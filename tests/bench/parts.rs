//! The parts of a turn, one by one: `cargo bench --bench parts`. Texts and knowledge are the shipped
//! ones, so the figures move with `intents/`; compare within one run.

#![expect(clippy::unwrap_used, reason = "a benchmark that is surprised should fail")]

use std::path::Path;
use std::sync::Arc;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use frontdesk::app::thresholds;
use frontdesk::config::Settings;
use frontdesk::conversation::Knowledge;
use frontdesk::dialogue::{Message, Policy, State};
use frontdesk::domain::{
    ClientId, ConversationId, EventBody, MessageText, NewEvent, Seq, TextLimits, Timestamp,
};
use frontdesk::events::EventLog;
use frontdesk::events::sled::{OpenOptions, SledLog};
use frontdesk::understanding::{Asked, tokenise};
use tokio::task::JoinSet;

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
    let policy =
        Policy { catalog: &knowledge.catalog, thresholds: thresholds(&Settings::default()) };
    let state = State::default();
    let readings = SAID.map(|text| (text, read(text)));
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

fn said(number: u64) -> NewEvent {
    let text = "x".repeat(200);
    NewEvent {
        client_id: ClientId::parse(format!("m-{number}")).unwrap(),
        at: Timestamp(1_700_000_000_000),
        body: EventBody::VisitorMessage {
            text: MessageText::parse(&text, TextLimits::default()).unwrap(),
            choice: None,
        },
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

criterion_group!(benches, understanding, appending);
criterion_main!(benches);
