//! The encoder against an endpoint that really listens: well-behaved, broken, and away.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use serde_json::{Value, json};

use super::*;
use crate::understanding::encode::{KeptVectors, Parts, cosine, normalise};

/// What an endpoint does with a request.
enum Reply {
    Json(Value),
    Raw(Vec<u8>),
    Hangs,
}

type Seen = Arc<Mutex<Vec<(String, Value)>>>;

/// Starts an endpoint; gives its address and what it was asked.
fn endpoint(brain: impl Fn(&Value) -> Reply + Send + Sync + 'static) -> (String, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let (seen, brain) = (Seen::default(), Arc::new(brain));
    let kept = Arc::clone(&seen);
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (brain, kept) = (Arc::clone(&brain), Arc::clone(&kept));
            std::thread::spawn(move || answer(stream, brain.as_ref(), &kept));
        }
    });
    (url, seen)
}

fn answer(
    mut stream: TcpStream,
    brain: &dyn Fn(&Value) -> Reply,
    kept: &Mutex<Vec<(String, Value)>>,
) {
    let Some((head, body)) = read(&mut stream) else { return };
    kept.lock().unwrap().push((head, body.clone()));
    let bytes = match brain(&body) {
        Reply::Json(json) => raw("200 OK", "application/json", &json.to_string()),
        Reply::Raw(bytes) => bytes,
        Reply::Hangs => {
            let mut buffer = [0; 64];
            while stream.read(&mut buffer).is_ok_and(|read| read > 0) {}
            return;
        }
    };
    let _ = stream.write_all(&bytes);
}

fn read(stream: &mut TcpStream) -> Option<(String, Value)> {
    let (mut all, mut buffer) = (Vec::new(), [0; 8192]);
    loop {
        let read = stream.read(&mut buffer).ok().filter(|read| *read > 0)?;
        all.extend_from_slice(&buffer[..read]);
        let Some(end) = all.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
        let head = String::from_utf8_lossy(&all[..end]).to_lowercase();
        let length = head.split("content-length: ").nth(1)?.lines().next()?;
        let length: usize = length.trim().parse().ok()?;
        if all.len() - end - 4 >= length {
            return Some((head, serde_json::from_slice(&all[end + 4..]).ok()?));
        }
    }
}

fn raw(status: &str, kind: &str, body: &str) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nconnection: close\r\n\r\n");
    [head.as_bytes(), body.as_bytes()].concat()
}

/// Vectors of three numbers: letters, words, 1. They come in the wrong order, with their places.
fn vectors(body: &Value) -> Value {
    let vector = |text: &Value| {
        let text = text.as_str().unwrap();
        json!([text.len(), text.split_whitespace().count(), 1])
    };
    let texts = body["input"].as_array().unwrap().iter().enumerate();
    let items = texts.map(|(at, text)| json!({"index": at, "embedding": vector(text)}));
    let items: Vec<Value> = items.rev().collect();
    json!({ "object": "list", "data": items, "model": body["model"] })
}

fn options(url: &str) -> RemoteOptions {
    RemoteOptions {
        url: url.to_owned(),
        model: "small".to_owned(),
        key: None,
        prefix: String::new(),
        dimensions: Some(3),
        timeout: Duration::from_millis(500),
    }
}

#[test]
fn a_text_and_its_clauses_are_read_in_one_request() {
    let (url, seen) = endpoint(|body| Reply::Json(vectors(body)));
    let key = Some("sk-secret".to_owned());
    let asked =
        RemoteOptions { key, prefix: "query: ".to_owned(), dimensions: None, ..options(&url) };
    let encoder = RemoteEncoder::open(asked).unwrap();
    assert_eq!(encoder.dimensions(), 3, "found by asking");
    let read = encoder.encode("the lamp is broken, how do I send it back?").unwrap();
    let unit = |vector: &[f32]| {
        let mut vector = vector.to_vec();
        normalise(&mut vector);
        vector
    };
    let expected =
        |text: &str| unit(&[f32::from(u8::try_from(text.len()).unwrap()), words(text), 1.0]);
    let near = |vector: &[f32], text: &str| cosine(vector, &expected(text)) > 0.9999;
    assert!(near(&read.whole, "query: the lamp is broken, how do I send it back?"), "{read:?}");
    assert_eq!(read.telling, read.whole);
    let [first, second] = read.clauses.as_slice() else { panic!("{read:?}") };
    assert!(
        near(first, "query: the lamp is broken") && near(second, "query: how do I send it back")
    );

    let seen = seen.lock().unwrap();
    assert_eq!(seen.len(), 2, "the trial and the text");
    let (head, body) = &seen[1];
    assert!(head.starts_with("post /v1/embeddings "), "{head}");
    assert!(head.contains("authorization: bearer sk-secret"), "{head}");
    assert_eq!((&body["model"], &body["encoding_format"]), (&json!("small"), &json!("float")));
}

fn words(text: &str) -> f32 {
    f32::from(u8::try_from(text.split_whitespace().count()).unwrap())
}

#[test]
fn the_knowledge_is_read_many_texts_a_request_and_kept_by_model() {
    let (url, seen) = endpoint(|body| Reply::Json(vectors(body)));
    let encoder = RemoteEncoder::open(options(&url)).unwrap();
    let texts: Vec<String> =
        (0..70).map(|at| format!("{}, and more", "a".repeat(at + 1))).collect();
    let texts: Vec<(&str, Parts)> = texts.iter().map(|text| (text.as_str(), Parts::ALL)).collect();
    let kept = KeptVectors::in_memory();
    let read = kept.encode(&encoder, &texts).unwrap();
    let requests = || seen.lock().unwrap().len();
    assert_eq!((read.len(), requests()), (70, 3));
    assert!(read.iter().all(|read| read.clauses.is_empty()));
    for (at, read) in read.iter().enumerate() {
        let alone = encoder.encode(texts[at].0).unwrap();
        assert!(cosine(&read.whole, &alone.whole) > 0.9999, "{at}");
    }
    let before = requests();
    let again = kept.encode(&encoder, &texts).unwrap();
    assert_eq!(requests(), before, "kept");
    assert!(cosine(&again[69].whole, &read[69].whole) > 0.999);
    let other = RemoteEncoder::open(RemoteOptions { model: "large".to_owned(), ..options(&url) });
    kept.encode(&other.unwrap(), &texts[..1]).unwrap();
    assert_eq!(requests(), before + 1, "another model's are others");
    let elsewhere = RemoteOptions { prefix: "query: ".to_owned(), ..options(&url) };
    assert_ne!(RemoteEncoder::open(elsewhere).unwrap().name(), encoder.name());
}

/// What is wrong with what an endpoint does, as it is told.
fn trouble(brain: impl Fn(&Value) -> Reply + Send + Sync + 'static) -> String {
    let (url, _) = endpoint(brain);
    let options = RemoteOptions { key: Some("sk-secret".to_owned()), ..options(&url) };
    let error = RemoteEncoder::open(options).unwrap().encode("hello").unwrap_err();
    assert!(error.may_pass());
    let told = error.to_string();
    assert!(told.starts_with(&format!("small at {url}: ")) && !told.contains("sk-"), "{told}");
    told
}

#[test]
fn whatever_goes_wrong_is_told_and_gives_no_vector() {
    let status =
        |status: &'static str| trouble(move |_| Reply::Raw(raw(status, "text/plain", "sk-secret")));
    let data = |data: Value| trouble(move |_| Reply::Json(json!({ "data": data })));
    let text = |text: &'static str| trouble(move |_| Reply::Raw(raw("200 OK", "text/html", text)));
    assert!(trouble(|_| Reply::Hangs).contains("did not answer within 500 ms"));
    assert!(status("500 Oh").contains("status 500"));
    assert!(status("429 Slow").contains("status 429"));
    assert!(status("400 Long").contains("status 400"));
    assert!(status("401 Who").contains("does not let this server in"));
    assert!(status("302 Found\r\nlocation: http://127.0.0.1:1/").contains("not followed"));
    assert!(text("<html>busy</html>").contains("no list of vectors"));
    assert!(text(r#"{"data": [{"embedding": [NaN, 1, 1]}]}"#).contains("no list of vectors"));
    assert!(text(r#"{"error": {"message": "sk-secret"}}"#).contains("no list of vectors"));
    assert!(data(json!([{ "embedding": [null, 1, 1] }])).contains("no list of vectors"));
    assert!(data(json!([{ "embedding": [1e39, 1, 1] }])).contains("no direction"));
    assert!(data(json!([{ "embedding": [0, 0, 0] }])).contains("no direction"));
    assert!(data(json!([{ "embedding": [1, 2] }])).contains("vectors of 2 numbers, not of 3"));
    assert!(data(json!([])).contains("0 vectors for 1 texts"));
    assert!(data(json!([{ "embedding": [1, 1, 1], "index": 7 }])).contains("of which texts"));
    let big = |_: &_| Reply::Raw(raw("200 OK", "application/json", &" ".repeat(1 << 20)));
    assert!(trouble(big).contains("more than"));
    let cut = |_: &_| Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{".to_vec());
    assert!(trouble(cut).contains("broke"));
    assert!(trouble(|_| Reply::Raw(Vec::new())).contains("the line broke"));

    let away = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let away = format!("http://{away}/v1");
    let unknown = RemoteEncoder::open(RemoteOptions { dimensions: None, ..options(&away) });
    let told = unknown.err().unwrap().to_string();
    assert!(told.contains("could not be reached"), "{told}");
}

#[test]
fn who_fails_again_and_again_is_left_alone() {
    let (url, seen) = endpoint(|_| Reply::Raw(raw("503 Busy", "text/plain", "")));
    let encoder = RemoteEncoder::open(options(&url)).unwrap();
    assert!((0..20).all(|_| encoder.encode("hello").is_err()));
    assert_eq!(seen.lock().unwrap().len(), 5);
    let told = encoder.encode("hello").unwrap_err().to_string();
    assert!(told.contains("left alone for a while"), "{told}");
    assert!(!encoder.is_there());

    // one text that is too much for it says nothing of others
    let refuses = |body: &Value| match body["input"][0].as_str() {
        Some("hello") => Reply::Json(vectors(body)),
        _ => Reply::Raw(raw("413 Large", "text/plain", "")),
    };
    let (url, _) = endpoint(refuses);
    let encoder = RemoteEncoder::open(options(&url)).unwrap();
    assert!((0..20).all(|_| encoder.encode("good day").is_err()));
    assert!(encoder.encode("hello").is_ok() && encoder.is_there());
}
