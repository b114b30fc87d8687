//! Search over 200,000 messages in English and Chinese: how long a query takes, how long reading them
//! into the index took, and how large it is. `cargo bench --bench search`; the number of messages may
//! follow `--`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::indexing_slicing,
    reason = "a measure that is surprised should fail, and its figures are its output"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use frontdesk::domain::{
    ClientId, ConversationId, EventBody, MessageText, NewEvent, Seq, TextLimits, Timestamp,
};
use frontdesk::events::{EventLog, MemoryLog};
use frontdesk::search::Search;
use frontdesk::tasks::Tasks;
use tokio::time::Instant;

const MESSAGES: usize = 200_000;
/// Messages of one conversation.
const EACH: usize = 100;
const ROUNDS: usize = 20;

/// One and two characters, words, beginnings of words, several, something rare, something that is not
/// there.
const QUERIES: [&str; 12] = [
    "款",
    "退款",
    "订单",
    "我的订单",
    "退款 订单",
    "r",
    "ref",
    "refund",
    "where parcel",
    "订单777",
    "message 123456",
    "琉璃",
];

const SAID: [&str; 10] = [
    "where is my parcel? It should have been here on Tuesday",
    "我的订单什么时候发货，已经等了三天了",
    "can I return earbuds that I have opened, and get a refund",
    "保修期一般是多长时间",
    "the charger is smoking, what shall I do",
    "请问怎么申请退款，钱多久能到账",
    "I want to change the address of an order",
    "优惠券为什么不能用",
    "thanks, that helped",
    "好的，谢谢你",
];

async fn fill(log: &MemoryLog, count: usize) {
    let limits = TextLimits::default();
    let mut number = 0;
    while number < count {
        let conversation = ConversationId::random();
        let events = (0..EACH.min(count - number)).map(|place| {
            let at = number + place;
            let said = SAID[at * 7_919 % SAID.len()];
            let text = if at % 2 == 0 {
                format!("{said} 订单{at}")
            } else {
                format!("message {at}: {said}")
            };
            let text = MessageText::parse(&text, limits).unwrap();
            let body = EventBody::said(text);
            NewEvent { client_id: ClientId::of_desk(), at: Timestamp(7), body }
        });
        let events: Vec<NewEvent> = events.collect();
        number += events.len();
        log.append(conversation, Seq::ZERO, events).await.unwrap();
    }
}

fn size_of(folder: &Path) -> u64 {
    let entries = std::fs::read_dir(folder).unwrap();
    let sizes = entries.map(|entry| {
        let entry = entry.unwrap();
        let metadata = entry.metadata().unwrap();
        if metadata.is_dir() { size_of(&entry.path()) } else { metadata.len() }
    });
    sizes.sum()
}

async fn measure(count: usize) {
    let log = Arc::new(MemoryLog::default());
    fill(&log, count).await;
    let folder = tempfile::tempdir().unwrap();
    let tasks = Tasks::new();
    let started = Instant::now();
    let search = Search::start(folder.path(), Arc::clone(&log) as _, &tasks).await.unwrap();
    let end = log.journal_end().await.unwrap();
    while search.position() < end {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    println!("{count} messages read in {:.1?}", started.elapsed());
    println!("on disk: {} MB", size_of(folder.path()) / 1_000_000);
    let mut all = Vec::new();
    for query in QUERIES {
        let mut took = Vec::new();
        let mut found = 0;
        for _ in 0..ROUNDS {
            let started = Instant::now();
            found = search.find(query, None, None, 20).await.unwrap().hits.len();
            took.push(started.elapsed());
        }
        took.sort();
        let (median, slowest) = (took[ROUNDS / 2], took[ROUNDS - 1]);
        println!("{query:>16}  {found:>2} shown  median {median:>9.1?}  slowest {slowest:>9.1?}");
        all.extend(took);
    }
    all.sort();
    let at = |share: usize| all[(all.len() * share / 100).min(all.len() - 1)];
    println!("all queries: p50 {:.1?}, p99 {:.1?}, slowest {:.1?}", at(50), at(99), at(100));
    tasks.shutdown(Duration::from_secs(10)).await.unwrap();
}

fn main() {
    let count = std::env::args().skip(1).find_map(|argument| argument.parse().ok());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(measure(count.unwrap_or(MESSAGES)));
}
