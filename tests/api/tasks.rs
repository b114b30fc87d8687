//! Flows that call the shop's own system, against one that really listens: the demo shop, and others
//! that hang, lie, or are not there.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use crate::app::{PATIENCE, TestApp, Visitor};
use crate::crash::Talk;
use crate::process::Process;

/// Flows with one call each: one that looks, one that changes something and honours its key, and one
/// that changes something and does not.
const FLOWS: &str = r#"
[[action]]
name = "look"
method = "GET"
url = "/orders/{order}"
timeout_ms = 500
results.status = "$.status"

[[action]]
name = "keyed"
method = "POST"
url = "/keyed"
body.order = "{order}"
headers.Authorization = "Bearer {file:SECRET}"
timeout_ms = 500
honours_key = true

[[action]]
name = "unkeyed"
method = "POST"
url = "/unkeyed"
body.order = "{order}"
timeout_ms = 20000

[[flow]]
name = "look"
title.en = "Look"
title.zh = "查"
patterns = ['^look ']
[[flow.slot]]
name = "order"
type = "order_number"
ask.en = "Which order?"
ask.zh = "哪个订单？"
[[flow.step]]
collect = ["order"]
[[flow.step]]
call = "look"
[[flow.step]]
say.en = "It is {status}."
say.zh = "{status}。"

[[flow]]
name = "keyed"
title.en = "Keyed"
title.zh = "甲"
patterns = ['^keyed ']
[[flow.slot]]
name = "order"
type = "order_number"
ask.en = "Which order?"
ask.zh = "哪个订单？"
[[flow.step]]
collect = ["order"]
[[flow.step]]
call = "keyed"
[[flow.step]]
say.en = "Done with {order}."
say.zh = "{order} 好了。"

[[flow]]
name = "unkeyed"
title.en = "Unkeyed"
title.zh = "乙"
patterns = ['^unkeyed ']
[[flow.slot]]
name = "order"
type = "order_number"
ask.en = "Which order?"
ask.zh = "哪个订单？"
[[flow.step]]
collect = ["order"]
[[flow.step]]
call = "unkeyed"
[[flow.step]]
say.en = "Done with {order}."
say.zh = "{order} 好了。"
"#;

/// A shop's system that answers every connection with the same bytes, or not at all.
struct Shop {
    url: String,
    heard: Arc<Mutex<Vec<String>>>,
}

#[derive(Clone)]
enum Manner {
    /// These bytes, then the line is closed.
    Says(Vec<u8>),
    /// Nothing for longer than anybody waits.
    Hangs,
    /// A status and nothing more for so many, then an answer.
    FailsFirst(usize, String),
}

impl Shop {
    fn start(manner: Manner) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heard);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (manner, kept) = (manner.clone(), Arc::clone(&kept));
                std::thread::spawn(move || answer(stream, manner, &kept));
            }
        });
        Self { url, heard }
    }

    fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn answer(mut stream: TcpStream, manner: Manner, heard: &Mutex<Vec<String>>) {
    let mut buffer = [0; 8192];
    let mut request = String::new();
    while let Ok(read) = stream.read(&mut buffer) {
        request.push_str(&String::from_utf8_lossy(&buffer[..read]));
        let lower = request.to_lowercase();
        let body = request.split_once("\r\n\r\n").map(|(_, body)| body.len());
        let length = lower.split("content-length: ").nth(1);
        let length = length.and_then(|rest| rest.split("\r\n").next()?.parse::<usize>().ok());
        if read == 0 || body.is_some_and(|body| body >= length.unwrap_or(0)) {
            break;
        }
    }
    let before = {
        let mut all = heard.lock().unwrap();
        all.push(request);
        all.len() - 1
    };
    match manner {
        Manner::Says(bytes) => drop(stream.write_all(&bytes)),
        Manner::Hangs => {
            // until the other side is gone
            while stream.read(&mut buffer).is_ok_and(|read| read > 0) {}
        }
        Manner::FailsFirst(count, body) if before >= count => {
            drop(stream.write_all(&response("200 OK", "application/json", &body)));
        }
        Manner::FailsFirst(..) => {
            drop(stream.write_all(&response("503 Service Unavailable", "text/plain", "later")));
        }
    }
}

fn response(status: &str, kind: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}")
        .into_bytes()
}

async fn app(base_url: &str) -> TestApp {
    let folder = tempfile::tempdir().unwrap();
    let secret = folder.path().join("token");
    std::fs::write(&secret, "s3cret").unwrap();
    let flows = FLOWS.replace("SECRET", secret.to_str().unwrap());
    let base_url = base_url.to_owned();
    let app = TestApp::start_with(|settings| {
        settings.actions.base_url = base_url;
        std::fs::write(settings.server.intents.join("flows.toml"), flows).unwrap();
    })
    .await;
    drop(folder.keep());
    app
}

/// Waits until the last thing that was said to the customer is the bot's, or a person is asked for.
async fn until(visitor: &Visitor<'_>, is_enough: impl Fn(&[Value]) -> bool) -> Vec<Value> {
    let waiting = async {
        let mut count = 1;
        loop {
            let events = visitor.wait_for(count).await;
            if is_enough(&events) {
                return events;
            }
            count = events.len() + 1;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap()
}

fn said(events: &[Value]) -> Vec<&str> {
    let bot = events.iter().filter(|event| event["type"] == "bot_message");
    bot.filter_map(|event| event["text"].as_str()).collect()
}

fn is_handed(events: &[Value]) -> bool {
    events.iter().any(|event| event["type"] == "handoff_requested")
}

/// What an agent sees of the last call, and the hand-off's card.
async fn seen_by_agent(app: &TestApp, conversation: &str) -> (Value, Value) {
    let admin = app.admin().await;
    let path = format!("/api/v1/conversations/{conversation}/events?after=0");
    let answer = admin.request(reqwest::Method::GET, &path, None).await;
    let events = answer.body["events"].as_array().unwrap().clone();
    let called = events.iter().rev().find(|event| event["task"]["what"] == "called");
    let handed = events.iter().rev().find(|event| event["type"] == "handoff_requested");
    let called = called.map(|event| event["task"]["called"].clone()).unwrap_or_default();
    (called, handed.cloned().unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_the_shops_system_does_the_customer_is_served() {
    let json = "application/json";
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    };
    let big = format!("{{\"status\": \"{}\"}}", "x".repeat(10 * 1024 * 1024));
    let lies =
        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 500\r\n\r\n{\"sta";
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let chunks = {
        let mut bytes = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
        for _ in 0..200 {
            bytes.extend_from_slice(format!("400\r\n{}\r\n", " ".repeat(1024)).as_bytes());
        }
        bytes
    };
    let redirect =
        b"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
    for (name, manner, reason) in [
        ("hangs", Some(Manner::Hangs), "it did not answer within 500 ms"),
        (
            "a page",
            Some(Manner::Says(response("200 OK", "text/html", "<html>"))),
            "no JSON (text/html)",
        ),
        ("500", Some(Manner::Says(response("500 Oh", "text/plain", "oh"))), "status 500"),
        ("10 MB", Some(Manner::Says(response("200 OK", json, &big))), "more than 65536 bytes"),
        ("chunks without end", Some(Manner::Says(chunks)), "more than 65536 bytes"),
        ("other JSON", Some(Manner::Says(response("200 OK", json, "{\"a\": 1}"))), "has no `$"),
        (
            "a list",
            Some(Manner::Says(response("200 OK", json, "{\"status\": []}"))),
            "no plain value",
        ),
        ("deep", Some(Manner::Says(response("200 OK", json, &deep))), "is no JSON"),
        ("lies of its length", Some(Manner::Says(lies.to_vec())), "broke off"),
        ("a redirect", Some(Manner::Says(redirect.to_vec())), "status 302, which is not followed"),
        ("closes the line", Some(Manner::Says(vec![])), "the line broke"),
        ("is not there", None, "it could not be reached"),
    ] {
        let shop = manner.map(Shop::start);
        let app = app(shop.as_ref().map_or(closed.as_str(), |shop| &shop.url)).await;
        let visitor = app.visitor().await;
        visitor.say("m-1", "look LX-778120").await;
        let events = until(&visitor, is_handed).await;
        assert!(!said(&events).is_empty(), "{name}: the customer is told");
        let internal = events.iter().filter(|event| event["type"] == "internal").count();
        assert!(internal >= 2, "{name}: the places of what agents see stay: {events:?}");
        assert!(!json!(events).to_string().contains("status 500"), "{name}");
        let (called, handed) = seen_by_agent(&app, &visitor.conversation).await;
        assert_eq!(called["end"], "failed", "{name}: looking changes nothing: {called}");
        assert!(called["reason"].as_str().unwrap().contains(reason), "{name}: {called}");
        assert_eq!(handed["reason"], "action_failed", "{name}");
        let slots = handed["card"]["slots"].as_array().unwrap();
        assert!(slots.iter().any(|slot| slot["value"] == "LX-778120"), "{name}: {slots:?}");
        // and the conversation goes on
        assert_eq!(visitor.say("m-2", "hello?").await.status, 200, "{name}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_may_be_sent_again_is_and_always_under_the_same_key() {
    let shop = Shop::start(Manner::FailsFirst(2, "{}".to_owned()));
    let app = app(&shop.url).await;
    let visitor = app.visitor().await;
    visitor.say("m-1", "keyed LX-778120").await;
    until(&visitor, |events| said(events).contains(&"Done with LX-778120.")).await;
    let heard = shop.heard();
    assert_eq!(heard.len(), 3, "{heard:?}");
    let key = format!("idempotency-key: frontdesk-{}-", visitor.conversation);
    let keys: Vec<&str> = heard
        .iter()
        .map(|request| request.lines().find(|line| line.starts_with(&key)).unwrap())
        .collect();
    assert!(keys.iter().all(|key| *key == keys[0]), "{keys:?}");
    assert!(heard[0].contains("authorization: Bearer s3cret"), "{}", heard[0]);
    assert!(heard[0].ends_with(r#"{"order":"LX-778120"}"#), "{}", heard[0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_must_not_be_sent_twice_is_sent_once() {
    let shop = Shop::start(Manner::Says(response("500 Oh", "text/plain", "oh")));
    let app = app(&shop.url).await;
    let visitor = app.visitor().await;
    visitor.say("m-1", "unkeyed LX-778120").await;
    until(&visitor, is_handed).await;
    assert_eq!(shop.heard().len(), 1);
    let (called, _) = seen_by_agent(&app, &visitor.conversation).await;
    assert_eq!(called["end"], "unknown", "it may have been done: {called}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_customer_can_write_while_the_shops_system_is_slow_and_is_answered_after_it() {
    let shop = Shop::start(Manner::Hangs);
    let app = app(&shop.url).await;
    let visitor = app.visitor().await;
    visitor.say("m-1", "look LX-778120").await;
    // three tries of half a second: this comes in between
    let answer = visitor.say("m-2", "I want to talk to a human").await;
    assert_eq!(answer.status, 200);
    let events = until(&visitor, is_handed).await;
    assert!(events.iter().any(|event| event["client_id"] == "m-2"));
    assert_eq!(visitor.status().await, "waiting");
}

/// A server in its own process, that can be killed.
fn process(folder: &std::path::Path, base_url: &str) -> Process {
    let intents = folder.join("intents");
    crate::app::copy_knowledge(&intents);
    std::fs::write(folder.join("token"), "s3cret").unwrap();
    let flows = FLOWS.replace("SECRET", folder.join("token").to_str().unwrap());
    std::fs::write(intents.join("flows.toml"), flows).unwrap();
    let settings = format!("[actions]\nbase_url = \"{base_url}\"\n");
    std::fs::write(folder.join("frontdesk.toml"), settings).unwrap();
    Process::start(folder)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_kill_a_call_is_made_again_only_under_a_key_that_is_honoured() {
    for (word, again) in [("keyed", true), ("unkeyed", false)] {
        let folder = tempfile::tempdir().unwrap();
        let shop = Shop::start(Manner::Hangs);
        let server = process(folder.path(), &shop.url);
        let talk = Talk::start(&server.url).await;
        talk.say("m-1", &format!("{word} LX-778120")).await.unwrap();
        let heard = async {
            while shop.heard().is_empty() {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(PATIENCE, heard).await.unwrap();
        server.kill();
        let before = shop.heard();
        let other = Shop::start(Manner::Says(response("200 OK", "application/json", "{}")));
        let server = process(folder.path(), &other.url);
        let talk = talk.moved_to(&server.url);
        let told = async {
            loop {
                let events = talk.events().await;
                if is_handed(&events) || said(&events).contains(&"Done with LX-778120.") {
                    return events;
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let events = tokio::time::timeout(PATIENCE, told).await.unwrap();
        assert_eq!(is_handed(&events), !again, "{word}: {events:?}");
        let heard = other.heard();
        assert_eq!(heard.len(), usize::from(again), "{word}");
        if let Some(second) = heard.first() {
            let key = |request: &str| {
                let line = request.lines().find(|line| line.starts_with("idempotency-key"));
                line.map(str::to_owned)
            };
            assert_eq!(key(second), key(&before[0]));
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restart_in_the_middle_of_a_flow_loses_nothing() {
    let shop = Shop::start(Manner::Says(response(
        "200 OK",
        "application/json",
        r#"{"status": "packed"}"#,
    )));
    let app = app(&shop.url).await;
    let visitor = app.visitor().await;
    visitor.say("m-1", "look please").await;
    until(&visitor, |events| said(events) == ["Which order?"]).await;
    let Visitor { conversation, token, renewal, .. } = visitor;
    let url = shop.url.clone();
    let app = app.restart_with(|settings| settings.actions.base_url = url).await;
    let visitor = Visitor { app: &app, conversation, token, renewal };
    visitor.say("m-2", "778120").await;
    until(&visitor, |events| said(events).contains(&"It is packed.")).await;
    assert!(shop.heard()[0].starts_with("GET /orders/778120 "), "{:?}", shop.heard());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_sample_knowledge_and_the_demo_shop_change_an_address() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let shop_url = format!("http://{}", listener.local_addr().unwrap());
    let (started, handles) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = frontdesk::demo_shop::serve(listener).unwrap();
            started.send(server.handle()).unwrap();
            server.await.unwrap();
        });
    });
    let handle = handles.recv().unwrap();
    let base_url = shop_url.clone();
    let app = TestApp::start_with(|settings| {
        settings.actions.base_url = base_url;
        settings.server.intents = concat!(env!("CARGO_MANIFEST_DIR"), "/intents").into();
    })
    .await;
    let visitor = app.visitor().await;
    for (turn, (text, expected)) in [
        ("我想修改订单LX-778121的收货地址", "要寄到哪里"),
        ("上海市浦东新区世纪大道100号", "请确认是否正确"),
        ("对的", "已修改"),
    ]
    .into_iter()
    .enumerate()
    {
        visitor.say(&format!("m-{turn}"), text).await;
        until(&visitor, |events| said(events).last().is_some_and(|said| said.contains(expected)))
            .await;
    }
    let shop: Value = app.http.get(&shop_url).send().await.unwrap().json().await.unwrap();
    assert_eq!(shop["orders"][1]["address"], "上海市浦东新区世纪大道100号");
    handle.stop(false).await;
    thread.join().unwrap();
}
