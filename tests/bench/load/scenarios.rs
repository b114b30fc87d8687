//! What is measured.

use std::sync::Arc;
use std::time::Duration;

use frontdesk::domain::{
    ClientId, ConversationId, EventBody, HandoffReason, Language, MessageText, NewEvent, Outcome,
    Seq, TextLimits, Timestamp, UrgencyLevel,
};
use frontdesk::events::EventLog;
use frontdesk::events::sled::{OpenOptions, SledLog};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::client::{Offer, Widget, offer, open_all, open_many};
use crate::figure;
use crate::server::Server;

/// A customer may write as fast as the load does.
const UNLIMITED: [(&str, &str); 3] = [
    ("FRONTDESK_LIMITS_CONVERSATION_PER_SECOND", "1000000"),
    ("FRONTDESK_LIMITS_CONVERSATION_BURST", "1000000"),
    ("FRONTDESK_LIMITS_SOCKET_FRAMES_PER_SECOND", "1000000"),
];

/// From the start of the process until everything is ready: on an empty store, and on a million
/// events, of which some conversations wait for a human.
pub(crate) async fn start() {
    let empty = || Server::start(&[]).ready_after.as_secs_f64() * 1_000.0;
    let took = median((0..5).map(|_| empty()).collect());
    figure("ready, empty store", &format!("{took:.0} ms"), "≤ 1000 ms");

    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let events = fill(&data).await;
    let full = || Server::start_on(&data, &[]).ready_after.as_secs_f64() * 1_000.0;
    let opened = Instant::now();
    SledLog::open(&data, OpenOptions::default()).unwrap().close().await;
    figure("  of which opening the store", &milliseconds(opened.elapsed()), "");
    let first = full();
    let took = median((0..5).map(|_| full()).collect());
    let name = format!("ready, {events} stored events");
    figure(&name, &format!("{took:.0} ms"), &format!("≤ 1000 ms; the first time {first:.0} ms"));
}

/// Stores a million events: 10,000 conversations of 100, one in twenty of them waiting.
async fn fill(data: &std::path::Path) -> usize {
    let log = Arc::new(SledLog::open(data, OpenOptions::default()).unwrap());
    let mut writing = JoinSet::new();
    for conversation in 0..10_000 {
        if writing.len() >= 256 {
            writing.join_next().await.unwrap().unwrap();
        }
        let log = Arc::clone(&log);
        writing.spawn(async move {
            let id = ConversationId::random();
            let mut last = Seq::ZERO;
            for append in 0..10 {
                let is_last = append == 9 && conversation % 20 == 0;
                last = log.append(id, last, ten(append, is_last)).await.unwrap().last;
            }
        });
    }
    while let Some(done) = writing.join_next().await {
        done.unwrap();
    }
    log.close().await;
    1_000_000
}

/// Ten events of an ordinary conversation; the last may ask for a human.
fn ten(append: usize, asks_for_human: bool) -> Vec<NewEvent> {
    let body = |at: usize| match at {
        9 if asks_for_human => EventBody::HandoffRequested {
            reason: HandoffReason::Requested,
            urgency: UrgencyLevel::Normal,
            evidence: vec![],
            language: Language::En,
            card: None,
        },
        at if at % 2 == 0 => {
            let text = "Where is my parcel? It should have been here on Tuesday already.";
            let text = MessageText::parse(text, TextLimits::default()).unwrap();
            EventBody::said(text)
        }
        _ => EventBody::BotMessage {
            text: "You can follow it under My orders; the carrier updates it at night.".to_owned(),
            language: Language::En,
            outcome: Outcome::Answered,
            entry: Some("track-order".to_owned()),
            choices: vec![],
            sources: vec![],
            reading: None,
        },
    };
    let event = |at: usize| NewEvent {
        client_id: ClientId::parse(format!("e-{append}-{at}")).unwrap(),
        at: Timestamp(1_700_000_000_000),
        body: body(at),
    };
    (0..10).map(event).collect()
}

/// What a turn costs the server at message 10 of a conversation and at message 1,000.
pub(crate) async fn turn() {
    let server = Server::start(&UNLIMITED);
    let mut short = grown(&server, 10).await;
    let mut long = grown(&server, 1_000).await;
    // the two kinds take turns, so that whatever else the machine does falls on both
    let mut ratios = Vec::new();
    let (mut cost_short, mut cost_long) = (0.0, 0.0);
    for round in 0..50 {
        let short = cost(&server, &mut short, 2_000_000 + round).await;
        let long = cost(&server, &mut long, 2_000_000 + round).await;
        ratios.push(long / short);
        cost_short += short;
        cost_long += long;
    }
    let each = |sum: f64| format!("{:.0} µs", sum / 50.0);
    figure("CPU of a turn at message 10", &each(cost_short), "");
    figure("CPU of a turn at message 1,000", &each(cost_long), "");
    figure("ratio, median of pairs", &format!("{:.2}", median(ratios)), "≤ 1.10");
}

/// Forty conversations with so many messages of the customer.
async fn grown(server: &Server, messages: u64) -> Vec<Widget> {
    let mut growing = JoinSet::new();
    for mut widget in open_many(server.address, 40).await {
        growing.spawn(async move {
            for number in 1..messages {
                widget.turn(number).await;
            }
            widget
        });
    }
    growing.join_all().await
}

/// The server's CPU time of one turn in microseconds, over one turn in each conversation.
async fn cost(server: &Server, widgets: &mut [Widget], number: u64) -> f64 {
    let before = server.cpu();
    for widget in widgets.iter_mut() {
        widget.turn(number).await;
    }
    server.cpu_seconds_since(before) * 1e6 / widgets.len() as f64
}

/// Memory of idle widgets.
pub(crate) async fn idle() {
    const SOCKETS: usize = 5_000;
    let server = Server::start(&UNLIMITED);
    // the first sockets bring buffers that all of them share
    drop(open_many(server.address, 100).await);
    server.settled().await;
    let before = server.resident();
    let widgets = open_many(server.address, SOCKETS).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    let each = (server.resident() - before) as f64 / widgets.len() as f64 / 1_000.0;
    figure("memory of an idle widget, 5,000 open", &format!("{each:.1} kB"), "≤ 25 kB");
}

/// Many customers at an ordinary pace.
pub(crate) async fn steady() {
    let server = Server::start(&UNLIMITED);
    let widgets = open_many(server.address, 1_000).await;
    let lasts = Duration::from_secs(15);
    let before = server.cpu();
    let done =
        offer(widgets, Offer { rate: Some(2_000.0), lasts, warm_up: Duration::from_secs(3) }).await;
    let cores = server.cpu_seconds_since(before) / lasts.as_secs_f64();
    let name = "1,000 widgets, 2,000 messages/s: ";
    let percentile = |at| format!("{:.1} ms", done.milliseconds(at));
    figure(&format!("{name}durable ack, p50"), &percentile(0.5), "");
    figure(&format!("{name}p99"), &percentile(0.99), "≤ 25 ms");
    figure(&format!("{name}p99.9"), &percentile(0.999), "");
    let lost = done.sent - done.acknowledged;
    figure(&format!("{name}not acknowledged"), &lost.to_string(), "0");
    figure(&format!("{name}cores of the server"), &format!("{cores:.2}"), "");
}

/// Three times what the server can do.
pub(crate) async fn overload() {
    let server = Server::start(&UNLIMITED);
    server.keep_apart();
    let widgets = open_many(server.address, 1_000).await;
    let (lasts, warm_up) = (Duration::from_secs(10), Duration::from_secs(2));
    let most = offer(widgets, Offer { rate: None, lasts, warm_up }).await;
    let sustainable = most.acknowledged_per_second();
    figure(
        "sustainable on one core, 1,000 widgets in a closed loop",
        &format!("{sustainable:.0} /s"),
        "",
    );
    let half = Offer { rate: Some(sustainable / 2.0), lasts, warm_up };
    let calm = offer(most.widgets, half).await;
    let p99 = |done: &crate::client::Outcome| format!("{:.1} ms", done.milliseconds(0.99));
    figure("half of it: p99 of acks", &p99(&calm), "");
    let triple = Offer { rate: Some(sustainable * 3.0), lasts, warm_up };
    let settle = offer(calm.widgets, triple).await;
    let before = server.resident();
    let stormy = offer(settle.widgets, triple).await;
    let after = server.resident();
    let accepted = stormy.acknowledged_per_second();
    figure("three times: accepted", &format!("{accepted:.0} /s"), "");
    figure("three times: p99 of acks", &p99(&stormy), "≤ 50 ms");
    let (sent, refused) = (stormy.sent, stormy.refused);
    figure("three times: refused with a hint", &format!("{refused} of {sent}"), "");
    figure("three times: refused without", &stormy.refused_without_hint.to_string(), "0");
    figure("three times: sockets lost", &stormy.closed.to_string(), "0");
    let silent = stormy.sent - stormy.acknowledged - stormy.refused;
    figure("three times: neither acknowledged nor refused", &silent.to_string(), "0");
    let megabytes = |bytes: u64| bytes as f64 / 1e6;
    let growth = format!("{:.0} → {:.0} MB", megabytes(before), megabytes(after));
    figure("three times: memory over 10 s", &growth, "flat");
}

/// How many events a widget that comes back has missed.
const MISSED: u64 = 4;

/// Everybody comes back at once after the server was killed.
pub(crate) async fn resume() {
    let server = Server::start(&UNLIMITED);
    let widgets = open_many(server.address, 2_000).await;
    let lasts = Duration::from_secs(5);
    let load = Offer { rate: Some(2_000.0), lasts, warm_up: Duration::ZERO };
    let done = offer(widgets, load).await;
    // each widget has missed its last few events
    let seen = |widget: Widget| Some((widget.token, widget.last.saturating_sub(MISSED)));
    let known: Vec<Option<(String, u64)>> = done.widgets.into_iter().map(seen).collect();
    let folder = server.kill();
    let again = Server::start_on(&folder.path().join("data"), &UNLIMITED);
    let name = format!("ready after kill -9, {} messages stored", done.acknowledged);
    figure(&name, &format!("{:.0} ms", again.ready_after.as_secs_f64() * 1_000.0), "≤ 1000 ms");
    let started = Instant::now();
    let widgets = open_all(again.address, known).await;
    let took = format!("{:.1} s", started.elapsed().as_secs_f64());
    figure("2,000 widgets resume, no event missing or twice", &took, "≤ 3 s");
    drop(widgets);
    let _ = rustls::crypto::ring::default_provider().install_default();
    assert_eq!(reqwest::get(again.url("/readyz")).await.unwrap().status(), 200);
}

fn milliseconds(took: Duration) -> String {
    format!("{:.0} ms", took.as_secs_f64() * 1_000.0)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    *values.get(values.len() / 2).unwrap()
}
