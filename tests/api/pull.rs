//! Models from a hub, from the command line, against a server of the test's own that breaks off,
//! sends something else, or knows no ranges.

use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::http::header::{CONTENT_RANGE, ETAG, LOCATION, RANGE};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use bytes::Bytes;
use futures_util::stream;
use sha2::{Digest, Sha256};

use crate::process::frontdesk;

const WEIGHTS: &str = "model.safetensors";
const REPOSITORY: &str = "someone/tiny-bert";
/// What is sent before the line breaks.
const PIECE: usize = 40_000;
/// How often one command tries.
const TRIES: usize = 5;

/// How a hub misbehaves when it is asked for the weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    Good,
    /// Sends a piece, and breaks off.
    Breaks,
    /// The same, and sends everything whatever range it is asked for.
    BreaksWithoutRanges,
    /// The same, and then sends nothing for as long as one command goes on trying.
    Dead,
    WrongChecksum,
    NoWeights,
}

struct Hub {
    manner: Manner,
    /// Ranges that were asked for.
    ranges: AtomicUsize,
    asked: AtomicUsize,
}

async fn resolve(hub: web::Data<Hub>, request: HttpRequest) -> HttpResponse {
    let path = request.match_info().query("file").to_owned();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/encoder/tiny-bert");
    let Ok(content) = std::fs::read(root.join(&path)) else {
        return HttpResponse::NotFound().finish();
    };
    if path != WEIGHTS {
        return HttpResponse::Ok().insert_header((ETAG, "\"not-a-sum\"")).body(content);
    }
    if hub.manner == Manner::NoWeights {
        return HttpResponse::NotFound().finish();
    }
    let mut sum = hex::encode(Sha256::digest(&content));
    if hub.manner == Manner::WrongChecksum {
        sum = "0".repeat(64);
    }
    // as hubs do, the large file lies elsewhere, and only this answer has its checksum
    HttpResponse::Found()
        .insert_header(("X-Linked-Etag", format!("\"{sum}\"")))
        .insert_header((LOCATION, "/store/weights"))
        .finish()
}

async fn store(hub: web::Data<Hub>, request: HttpRequest) -> HttpResponse {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/encoder/tiny-bert");
    let content = std::fs::read(root.join(WEIGHTS)).unwrap();
    let range = request.headers().get(RANGE).map(|range| range.to_str().unwrap().to_owned());
    let is_ranged = range.is_some() && hub.manner != Manner::BreaksWithoutRanges;
    let start = range.filter(|_| is_ranged).map_or(0, |range| {
        hub.ranges.fetch_add(1, Ordering::SeqCst);
        range.trim_start_matches("bytes=").trim_end_matches('-').parse().unwrap()
    });
    let before = hub.asked.fetch_add(1, Ordering::SeqCst);
    let is_first = before == 0;
    let rest = Bytes::from(content[start..].to_vec());
    let mut answer = if is_ranged { HttpResponse::PartialContent() } else { HttpResponse::Ok() };
    if is_ranged {
        let total = content.len();
        answer.insert_header((CONTENT_RANGE, format!("bytes {start}-{}/{total}", total - 1)));
    }
    let breaks = match hub.manner {
        Manner::Breaks | Manner::BreaksWithoutRanges => is_first.then_some(PIECE),
        Manner::Dead if before < TRIES => Some(if is_first { PIECE } else { 0 }),
        _ => None,
    };
    let Some(piece) = breaks else { return answer.body(rest) };
    let broken = std::io::Error::other("the line breaks");
    answer
        .no_chunking(rest.len() as u64)
        .streaming(stream::iter([Ok(rest.slice(..piece)), Err(broken)]))
}

/// Runs a hub, and a command against it; gives what the command said, and the hub.
async fn pull(folder: &Path, manner: Manner) -> (bool, String, Arc<Hub>) {
    let (mut answers, hub) = pull_often(folder, manner, 1).await;
    let (is_fine, text) = answers.remove(0);
    (is_fine, text, hub)
}

/// Runs the command several times.
async fn pull_often(
    folder: &Path,
    manner: Manner,
    times: usize,
) -> (Vec<(bool, String)>, Arc<Hub>) {
    let hub = Hub { manner, ranges: AtomicUsize::new(0), asked: AtomicUsize::new(0) };
    let hub = web::Data::new(hub);
    let shared = hub.clone();
    let server = HttpServer::new(move || {
        let file = format!("/{REPOSITORY}/resolve/main/{{file:.*}}");
        App::new()
            .app_data(shared.clone())
            .route(&file, web::get().to(resolve))
            .route("/store/weights", web::get().to(store))
    });
    let server = server.workers(1).bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}", server.addrs()[0]);
    let running = server.run();
    let handle = running.handle();
    let task = actix_web::rt::spawn(running);
    let mut answers = Vec::new();
    for _ in 0..times {
        let mut command = frontdesk(folder);
        command.env("FRONTDESK_ENCODER_MODELS", "own");
        command.args(["models", "pull", REPOSITORY, "--mirror", &url]);
        answers.push(web::block(move || run(&mut command)).await.unwrap());
    }
    handle.stop(false).await;
    task.await.unwrap().unwrap();
    (answers, hub.into_inner())
}

fn run(command: &mut Command) -> (bool, String) {
    let output = command.output().unwrap();
    let text = String::from_utf8([output.stdout, output.stderr].concat()).unwrap();
    (output.status.success(), text)
}

fn is_there(folder: &Path) -> bool {
    let mut list = frontdesk(folder);
    list.env("FRONTDESK_ENCODER_MODELS", "own").args(["models", "list"]);
    let (is_fine, text) = run(&mut list);
    assert!(is_fine, "{text}");
    let line = text.lines().find(|line| line.starts_with("tiny-bert"));
    line.is_some_and(|line| line.contains(" 32 "))
}

#[actix_web::test]
async fn a_model_is_pulled_and_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let (is_fine, text, _) = pull(folder.path(), Manner::Good).await;
    assert!(is_fine && text.contains("multilingual = \"tiny-bert\""), "{text}");
    assert!(is_there(folder.path()));
    let (is_fine, text, hub) = pull(folder.path(), Manner::Good).await;
    assert!(!is_fine && text.contains("a model of this name"), "{text}");
    assert_eq!(hub.asked.load(Ordering::SeqCst), 0, "nothing is fetched for nothing");
}

#[actix_web::test]
async fn a_line_that_breaks_is_taken_up_where_it_broke() {
    let folder = tempfile::tempdir().unwrap();
    let (is_fine, text, hub) = pull(folder.path(), Manner::Breaks).await;
    assert!(is_fine, "{text}");
    assert_eq!(hub.ranges.load(Ordering::SeqCst), 1, "the rest was asked for");
    assert!(is_there(folder.path()));
}

#[actix_web::test]
async fn a_hub_without_ranges_sends_everything_again() {
    let folder = tempfile::tempdir().unwrap();
    let (is_fine, text, hub) = pull(folder.path(), Manner::BreaksWithoutRanges).await;
    assert!(is_fine, "{text}");
    assert_eq!(hub.asked.load(Ordering::SeqCst), 2);
    assert!(is_there(folder.path()));
}

#[actix_web::test]
async fn what_came_before_the_line_died_serves_the_next_pull() {
    let folder = tempfile::tempdir().unwrap();
    let (answers, hub) = pull_often(folder.path(), Manner::Dead, 2).await;
    let (is_fine, text) = &answers[0];
    assert!(!is_fine && text.contains("goes on from there"), "{text}");
    let (is_fine, text) = &answers[1];
    assert!(is_fine, "{text}");
    assert_eq!(hub.asked.load(Ordering::SeqCst), TRIES + 1);
    assert_eq!(hub.ranges.load(Ordering::SeqCst), TRIES, "all but the first went on");
    assert!(is_there(folder.path()));
}

#[actix_web::test]
async fn a_wrong_checksum_and_a_missing_file_are_refused_by_name() {
    for (manner, said) in
        [(Manner::WrongChecksum, "model.safetensors: wrong checksum"), (Manner::NoWeights, "(404)")]
    {
        let folder = tempfile::tempdir().unwrap();
        let (is_fine, text, _) = pull(folder.path(), manner).await;
        assert!(!is_fine && text.contains(said) && text.contains(WEIGHTS), "{manner:?}: {text}");
        assert!(!is_there(folder.path()));
        let left: Vec<_> = std::fs::read_dir(folder.path().join("own"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .filter(|name| name != ".lock")
            .collect();
        assert!(left.is_empty(), "{manner:?} leaves {left:?}");
    }
}

#[test]
fn what_is_no_address_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for arguments in [
        ["a/b/c", "--mirror", "http://hub.example"],
        ["../x", "--mirror", "http://hub.example"],
        ["a/b", "--mirror", "file:///etc"],
        ["a/b", "--mirror", "nowhere"],
    ] {
        let mut command = frontdesk(folder.path());
        command.env("FRONTDESK_ENCODER_MODELS", "own").args(["models", "pull"]).args(arguments);
        let (is_fine, text) = run(&mut command);
        assert!(!is_fine && text.contains("is no address"), "{arguments:?}: {text}");
    }
}
