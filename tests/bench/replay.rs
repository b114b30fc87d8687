//! How long a replay takes: `cargo bench --bench replay -- 10000`. Records so many messages, no two
//! alike, half of them Chinese, in a data folder of its own, and runs `frontdesk replay` on it with the
//! shipped knowledge; says how many a second that is, and how much CPU time it took. `-- 10000 --tier lexical` by words alone.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that is surprised should fail, and its figures are told"
)]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use frontdesk::catalog::Catalog;
use frontdesk::domain::{
    ClientId, ConversationId, EventBody, Language, MessageText, NewEvent, Outcome, Seq, TextLimits,
    Timestamp,
};
use frontdesk::events::EventLog;
use frontdesk::events::sled::{OpenOptions, SledLog};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Messages of a conversation.
const TURNS: usize = 5;
/// Conversations that are written at once.
const WRITERS: usize = 256;

fn main() {
    let own: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let (count, more) = match own.split_first() {
        Some((count, more)) if !count.starts_with('-') => (count.parse().unwrap(), more),
        _ => (10_000, own.as_slice()),
    };
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let data = tempfile::tempdir().unwrap();
    let texts = texts(&Catalog::load(&root.join("intents")).unwrap(), count);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(record(data.path(), texts));
    let (started, used) = (Instant::now(), cpu_of_children());
    let mut command = Command::new(env!("CARGO_BIN_EXE_frontdesk"));
    command.current_dir(root).args(["replay", "--show", "0", "--data"]).arg(data.path()).args(more);
    assert!(command.status().unwrap().success());
    let (took, used) = (started.elapsed().as_secs_f32(), cpu_of_children() - used);
    #[expect(clippy::cast_precision_loss, reason = "some ten thousand")]
    let a_second = count as f32 / took;
    println!(
        "{count} messages; with reading the knowledge {took:.1} s, {a_second:.0} a second; {used:.1} s of CPU"
    );
}

/// Seconds of CPU that ended children have used, as Linux tells them in `/proc`; 0 elsewhere.
fn cpu_of_children() -> f32 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // behind the name, which may hold anything; `cutime` and `cstime` are the 16th and 17th of all
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(13).take(2);
    let ticks = fields.filter_map(|field| field.parse::<f32>().ok()).sum::<f32>();
    ticks / 100.0
}

/// Messages of two examples each, one after the other in both languages.
fn texts(catalog: &Catalog, count: usize) -> Vec<String> {
    let examples = |language| {
        let each = catalog.intents.iter().flat_map(move |intent| intent.examples.get(language));
        each.cloned().collect::<Vec<String>>()
    };
    let both = [examples(Language::En), examples(Language::Zh)];
    let text = |number: usize| {
        let of = both.get(number % 2).unwrap();
        let (first, second) = (number / 2 % of.len(), number / 2 / of.len() + 1);
        let second = (first + second) % of.len();
        format!("{} {}", of.get(first).unwrap(), of.get(second).unwrap())
    };
    (0..count).map(text).collect()
}

async fn record(folder: &Path, texts: Vec<String>) {
    let log = Arc::new(SledLog::open(folder, OpenOptions::default()).unwrap());
    let conversations: Vec<Vec<String>> = texts.chunks(TURNS).map(<[String]>::to_vec).collect();
    for batch in conversations.chunks(WRITERS) {
        let mut writing = JoinSet::new();
        for texts in batch {
            let (log, events) = (Arc::clone(&log), events(texts));
            writing.spawn(async move {
                log.append(ConversationId::random(), Seq::ZERO, events).await.unwrap();
            });
        }
        while let Some(done) = writing.join_next().await {
            done.unwrap();
        }
    }
    log.close().await;
}

fn events(texts: &[String]) -> Vec<NewEvent> {
    let mut events = Vec::new();
    for (number, text) in texts.iter().enumerate() {
        let asked = Seq::ZERO.plus(2 * number + 1);
        let text = MessageText::parse(text, TextLimits::default()).unwrap();
        let said = EventBody::said(text);
        let answered = EventBody::BotMessage {
            text: "Sorry?".to_owned(),
            language: Language::En,
            outcome: Outcome::Clarified,
            entry: None,
            choices: vec![],
            sources: vec![],
            reading: None,
        };
        let at = Timestamp(1_795_636_800_000);
        let client_id = ClientId::parse(format!("m{number}")).unwrap();
        events.push(NewEvent { client_id, at, body: said });
        events.push(NewEvent { client_id: ClientId::of_bot_turn(asked, 0), at, body: answered });
    }
    events
}
