//! An encoder at an endpoint, against one that really listens: it takes a shipped model's place, and whatever
//! it does, customers are answered.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};

use frontdesk::config::Settings;
use frontdesk::understanding::encode::{BundleEncoder, Encoder};
use serde_json::{Value, json};

use crate::app::{PATIENCE, TestApp, copy_knowledge};
use crate::model::{Asked, Model, Reply};
use crate::process::frontdesk;

const SHIPPED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/models/all-MiniLM-L6-v2");

fn texts(asked: &Asked) -> Vec<&str> {
    asked.body["input"].as_array().unwrap().iter().map(|text| text.as_str().unwrap()).collect()
}

fn vectors(asked: &Asked, vector: impl Fn(&str) -> Vec<f32>) -> Reply {
    let items = texts(asked).into_iter().enumerate();
    let items: Vec<Value> =
        items.map(|(at, text)| json!({"index": at, "embedding": vector(text)})).collect();
    Reply::status("200 OK", "application/json", &json!({ "data": items }).to_string())
}

/// Texts that share words lie close together.
fn by_words(text: &str) -> Vec<f32> {
    let mut vector = vec![0.1; 64];
    for word in text.to_lowercase().split(|c: char| !c.is_alphanumeric()) {
        let place = word.bytes().fold(7_usize, |sum, byte| sum * 31 % 1_009 + usize::from(byte));
        vector[place % 64] += 1.0;
    }
    vector
}

fn run(command: &mut Command) -> (bool, String, String) {
    let output = command.output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

/// The best answer to a question, with the tier that read it.
fn ask(folder: &Path, question: &str) -> (String, f64, String) {
    let (is_fine, text, error) = run(frontdesk(folder).args(["ask", "--json", question]));
    assert!(is_fine, "{error}");
    let reading = serde_json::from_str::<Value>(&text).unwrap()["reading"].take();
    let best = &reading["answers"][0];
    let tier = reading["tier"].as_str().unwrap().to_owned();
    (best["id"].as_str().unwrap().to_owned(), best["confidence"].as_f64().unwrap(), tier)
}

fn set(folder: &Path, encoder: &str) {
    std::fs::write(folder.join("frontdesk.toml"), format!("[encoder]\n{encoder}\n")).unwrap();
}

#[test]
fn the_shipped_model_behind_an_endpoint_finds_what_it_finds_here() {
    let shipped = BundleEncoder::load(Path::new(SHIPPED)).unwrap();
    let is_away = Arc::new(AtomicBool::new(false));
    let own = Arc::clone(&is_away);
    let model = Model::start(move |asked| {
        if own.load(Relaxed) {
            return Reply::status("503 Busy", "text/plain", "");
        }
        vectors(asked, |text| shipped.encode(text).unwrap().whole)
    });
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    copy_knowledge(&folder.join("intents"));
    let question = "is there a way to ship the mug back to you";
    set(folder, "multilingual = \"all-MiniLM-L6-v2\"\nenglish = \"\"");
    let here = ask(folder, question);
    assert_eq!((here.0.as_str(), here.2.as_str()), ("return", "encoder"), "{here:?}");

    let remote = |more: &str| {
        format!(
            "multilingual = \"remote:small\"\nenglish = \"\"\n[encoder.remote]\nurl = \"{}\"\n{more}",
            model.url
        )
    };
    set(folder, &remote(""));
    let (is_fine, text, error) = run(frontdesk(folder).arg("encode"));
    assert!(is_fine && text.contains("every text of the knowledge"), "{text}{error}");
    let sent = model.asked();
    let count: usize = sent.iter().map(|asked| texts(asked).len()).sum();
    assert!(count > 40 && sent.len() <= 2 + count / 16, "{count} texts in {} requests", sent.len());
    assert!(sent[0].head.starts_with("POST /v1/embeddings "), "{}", sent[0].head);

    let there = ask(folder, question);
    assert_eq!((&there.0, &there.2), (&here.0, &here.2));
    assert!((there.1 - here.1).abs() < 0.2, "{there:?} {here:?}");
    let new: Vec<Asked> = model.asked().split_off(sent.len());
    let new: Vec<&str> = new.iter().flat_map(texts).collect();
    assert!(new.len() <= 4 && new[1] == question, "the knowledge is not sent again: {new:?}");

    let (_, list, _) = run(frontdesk(folder).args(["models", "list"]));
    let line = list.lines().find(|line| line.starts_with("remote:small")).unwrap();
    assert!(line.ends_with(&format!("for every language, at {}", model.url)), "{line}");

    // while it is away, what is kept is used, and a message is read by its words
    is_away.store(true, Relaxed);
    set(folder, &remote("dimensions = 384"));
    assert_eq!(ask(folder, "What is your return policy?").2, "lexical");
    set(folder, &remote(""));
    let (is_fine, _, error) = run(frontdesk(folder).args(["ask", question]));
    let expected = format!("small at {}: it answered with status 503", model.url);
    assert!(!is_fine && error.contains(&expected), "{error}");
}

fn with_remote(url: &str) -> impl FnOnce(&mut Settings) + use<> {
    let url = url.to_owned();
    move |settings| {
        settings.encoder.enabled = true;
        "remote:small".clone_into(&mut settings.encoder.multilingual);
        settings.encoder.english = String::new();
        settings.encoder.patience_ms = 2_000;
        settings.encoder.remote.url = Some(url);
        settings.encoder.remote.timeout_ms = 500;
    }
}

/// How a text is read, and what answers it.
async fn reading(app: &TestApp, text: &str) -> (String, String) {
    let reading = app.post("/api/v1/understand", json!({ "text": text })).await.body;
    let field = |value: &Value| value.as_str().unwrap().to_owned();
    (field(&reading["tier"]), field(&reading["answers"][0]["id"]))
}

async fn answer(app: &TestApp, question: &str) -> Value {
    let visitor = app.visitor().await;
    assert_eq!(visitor.say("m-1", question).await.status, 200);
    visitor.wait_for(2).await[1].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_endpoint_fails_words_alone_are_read_and_it_is_left_alone() {
    for fault in 1..=3 {
        let state = Arc::new(AtomicUsize::new(0));
        let own = Arc::clone(&state);
        let model = Model::start(move |asked| match own.load(Relaxed) {
            0 => vectors(asked, by_words),
            1 => Reply::status("503 Busy", "text/html", "<html>busy</html>"),
            2 => vectors(asked, |_| vec![1.0; 3]),
            _ => Reply::Hangs,
        });
        let app = TestApp::start_with(with_remote(&model.url)).await;
        let learned = async {
            let mut text = String::from("can I send the mug back");
            while reading(&app, &text).await.0 != "encoder" {
                text.push('?'); // read anew
            }
        };
        tokio::time::timeout(PATIENCE, learned).await.unwrap();
        state.store(fault, Relaxed);
        let before = model.asked().len();
        for at in 0..12 {
            let text = format!("can I return something? It is the {at}th time");
            let (tier, entry) = reading(&app, &text).await;
            assert_eq!((tier.as_str(), entry.as_str()), ("lexical", "return"), "{fault}");
        }
        assert!(model.asked().len() <= before + 5, "{fault}: it is left alone");
        let event = answer(&app, "What is your return policy?").await;
        assert_eq!((&event["entry"], &event["outcome"]), (&json!("return"), &json!("answered")));
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_starts_without_its_endpoint_and_answers_by_words() {
    let away = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let url = format!("http://{away}/v1");
    let app = TestApp::start_with(with_remote(&url)).await;
    assert_eq!(reading(&app, "can I return something?").await.0, "lexical");
    assert_eq!(answer(&app, "What is your return policy?").await["entry"], "return");
    // the knowledge can be changed meanwhile, also where a vector's length is known
    let app = app
        .restart_with(|settings| {
            with_remote(&url)(settings);
            settings.encoder.remote.dimensions = Some(64);
        })
        .await;
    let file = app.knowledge("shop.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(file, text.replace("within 30 days", "within 60 days")).unwrap();
    let changed = async {
        while answer(&app, "What is your return policy?").await["text"]
            != "You can return unused things within 60 days."
        {}
    };
    tokio::time::timeout(PATIENCE, changed).await.unwrap();
}

#[test]
fn settings_that_name_an_endpoint_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    copy_knowledge(&folder.join("intents"));
    let remote = "multilingual = \"remote:small\"\n[encoder.remote]\n";
    let cases: [(&str, &str); 7] = [
        ("multilingual = \"remote:small\"", "encoder.remote.url: must be set"),
        ("english = \"remote:\"", "encoder.english: must name a model"),
        (&format!("{remote}url = \"models.example/v1\""), "encoder.remote.url: must be an address"),
        (
            &format!("{remote}url = \"http://models.example/v1\"\nkey = \"env:HOME\""),
            "encoder.remote.url: must begin with https://",
        ),
        (
            &format!("{remote}url = \"https://models.example/v1\"\nkey = \"env:NOT_THERE\""),
            "encoder.remote.key: there is no secret `env:NOT_THERE`",
        ),
        (
            &format!("{remote}url = \"https://models.example/v1\"\ndimensions = 0"),
            "encoder.remote.dimensions: must lie between",
        ),
        (
            &format!("{remote}url = \"https://models.example/v1\"\ntimeout_ms = 1"),
            "encoder.remote.timeout_ms: must lie between",
        ),
    ];
    for (encoder, expected) in cases {
        set(folder, encoder);
        let (is_fine, text, error) = run(frontdesk(folder).arg("check"));
        assert!(
            !is_fine && format!("{text}{error}").contains(expected),
            "{encoder}: {text}{error}"
        );
    }
}
