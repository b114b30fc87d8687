//! Files that customers and agents send: what is taken, what is refused, and who may see it.

use std::path::Path;

use frontdesk::config::Settings;
use futures_util::stream;
use reqwest::{Method, StatusCode, header::HeaderMap};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::app::{Agent, Answer, PATIENCE, TestApp, Visitor};
use crate::receiver::Receiver;

const PDF: &[u8] = b"%PDF-1.7\n%%EOF";
const PAGE: &[u8] = b"<!doctype html><script>alert(1)</script>";

/// A picture of 4 by 3 pixels, as far as its head goes.
fn png() -> Vec<u8> {
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    bytes.extend([0, 0, 0, 4, 0, 0, 0, 3, 8, 6, 0, 0, 0]);
    bytes.extend([0; 64]);
    bytes
}

/// How many files lie in the data folder, uploads that come in included.
fn lying(app: &TestApp) -> usize {
    let walk = |folder: &Path| std::fs::read_dir(folder).unwrap().flatten();
    let folder = app.folder.path().join("data/files");
    walk(&folder).map(|shelf| walk(&shelf.path()).count()).sum()
}

/// Waits until as many files lie there.
async fn wait_until_lying(app: &TestApp, count: usize) {
    let waited = tokio::time::timeout(PATIENCE, async {
        while lying(app) != count {
            tokio::task::yield_now().await;
        }
    });
    waited.await.unwrap();
}

struct Got {
    status: StatusCode,
    headers: HeaderMap,
    bytes: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

async fn got(request: reqwest::RequestBuilder) -> Got {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status(), response.headers().clone());
    Got { status, headers, bytes: response.bytes().await.unwrap().to_vec() }
}

async fn seen_by(visitor: &Visitor<'_>, id: &str) -> Got {
    let path = visitor.path(&format!("attachments/{id}"));
    got(visitor.app.http.get(format!("{}{path}", visitor.app.url)).bearer_auth(&visitor.token))
        .await
}

async fn seen_by_agent(agent: &Agent<'_>, conversation: &str, id: &str) -> Got {
    let url = format!("{}/api/v1/conversations/{conversation}/attachments/{id}", agent.app.url);
    got(agent.app.http.get(url).header("cookie", &agent.cookie)).await
}

fn id(answer: &Answer) -> String {
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text);
    answer.body["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn files_go_both_ways() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let visitor = app.visitor().await;
    let uploaded = visitor.upload("../收据 №1.png", png()).await;
    let picture = id(&uploaded);
    let described = json!({
        "id": picture, "name": "收据 №1.png", "type": "image/png", "size": png().len(),
        "width": 4, "height": 3,
    });
    assert_eq!(uploaded.body, described);

    // a file alone, on a Chinese page; sent twice it is one message
    let message = json!({"client_id": "m-1", "attachments": [picture], "language": "zh"});
    let first = visitor.post("messages", message.clone()).await;
    let again = visitor.post("messages", message).await;
    assert_eq!((&first.body["seq"], &again.body["seq"]), (&json!(1), &json!(1)), "{}", first.text);
    assert_eq!(again.body["replayed"], true);
    let events = visitor.wait_for(2).await;
    assert_eq!(events[0]["attachments"], json!([described]));
    assert_eq!(events[0]["text"], "");
    assert_eq!(events[1]["text"], "文件已收到，要为您转人工查看吗？");
    assert_eq!(events[1]["choices"][0]["id"], "human");
    let own = seen_by(&visitor, &picture).await;
    assert_eq!((own.status, own.bytes), (StatusCode::OK, png()));

    // the agent sees it, and sends a document back
    visitor.post("handoff", json!({"client_id": "h-1"})).await;
    let conversation = visitor.conversation.clone();
    let mut console = admin.console().await;
    console.send(json!({"type": "open", "conversation": conversation})).await;
    assert_eq!(console.event("visitor_message").await["attachments"], json!([described]));
    let seen = seen_by_agent(&admin, &conversation, &picture).await;
    assert_eq!((seen.status, seen.header("content-type")), (StatusCode::OK, "image/png"));
    console.send(json!({"type": "claim", "conversation": conversation, "client_id": "c-1"})).await;
    console.event("claimed").await;
    let document = id(&admin.upload(&conversation, "Rechnung.pdf", PDF.to_vec()).await);
    let reply = json!({"type": "send", "conversation": conversation, "client_id": "s-1",
        "text": "Here it is.", "attachments": [document]});
    console.send(reply).await;
    let said = console.event("agent_message").await;
    assert_eq!(
        (&said["text"], &said["attachments"][0]["name"]),
        (&json!("Here it is."), &json!("Rechnung.pdf"))
    );
    let theirs = seen_by(&visitor, &document).await;
    assert_eq!((theirs.status, theirs.bytes.as_slice()), (StatusCode::OK, PDF));
    let told = visitor.events().await;
    assert_eq!(told.last().unwrap()["attachments"][0]["id"], json!(document));
    app.stop().await;
}

#[tokio::test]
async fn a_file_is_found_by_its_name_and_is_there_after_a_restart() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let visitor = app.visitor().await;
    let document = id(&visitor.upload("Rechnung.pdf", PDF.to_vec()).await);
    visitor.post("messages", json!({"client_id": "m-1", "attachments": [document]})).await;
    visitor.wait_for(2).await;
    let found = async || admin.request(Method::GET, "/api/v1/search?q=Rechnung", None).await.body;
    let is_there = tokio::time::timeout(PATIENCE, async {
        while found().await["messages"].as_array().is_none_or(Vec::is_empty) {
            tokio::task::yield_now().await;
        }
    });
    is_there.await.unwrap();
    let conversation = visitor.conversation.clone();
    let (token, cookie) = (visitor.token.clone(), admin.cookie.clone());
    let app = app.restart().await;
    let visitor = Visitor { app: &app, conversation, token, renewal: String::new() };
    assert_eq!(seen_by(&visitor, &document).await.bytes, PDF);
    let admin = Agent { app: &app, cookie };
    assert_eq!(seen_by_agent(&admin, &visitor.conversation, &document).await.bytes, PDF);
    app.stop().await;
}

#[tokio::test]
async fn files_are_served_so_that_no_browser_runs_them() {
    let app = TestApp::start().await;
    let visitor = app.visitor().await;
    for (name, bytes, kind, disposition) in [
        ("a.png", png(), "image/png", "inline"),
        ("a.pdf", PDF.to_vec(), "application/pdf", "inline"),
        ("notes \"1\".html", b"hello".to_vec(), "text/plain; charset=utf-8", "attachment"),
    ] {
        let seen = seen_by(&visitor, &id(&visitor.upload(name, bytes).await)).await;
        assert_eq!(seen.header("content-type"), kind);
        assert_eq!(seen.header("x-content-type-options"), "nosniff");
        assert!(seen.header("content-security-policy").contains("default-src 'none'"));
        assert!(seen.header("content-security-policy").contains("sandbox"));
        assert!(seen.header("cache-control").starts_with("private"));
        let told = seen.header("content-disposition");
        assert!(told.starts_with(disposition) && told.contains("filename*=UTF-8''"), "{told}");
        assert!(!told.contains(".html\""), "{told}");
    }
    app.stop().await;
}

#[tokio::test]
async fn what_is_no_picture_document_or_text_is_refused_and_leaves_nothing() {
    let app = TestApp::start_with(|settings| settings.attachments.file_bytes = 50_000).await;
    let visitor = app.visitor().await;
    for (name, bytes, refusal) in [
        ("page.html", PAGE.to_vec(), (415, "file_type")),
        // the name and the type that is claimed count for nothing
        ("photo.png", PAGE.to_vec(), (415, "file_type")),
        ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec(), (415, "file_type")),
        ("archive.zip", b"PK\x03\x04\x14\0".to_vec(), (415, "file_type")),
        ("setup.pdf", b"MZ\x90\0\x03\0\0\0".to_vec(), (415, "file_type")),
        ("cut.png", b"\x89PNG\r\n\x1a\n".to_vec(), (422, "file_broken")),
        ("empty.txt", vec![], (422, "file_broken")),
        ("large.txt", vec![b'a'; 50_001], (413, "too_large")),
        ("huge.txt", vec![b'a'; 3_000_000], (413, "too_large")),
    ] {
        let refused = visitor.upload(name, bytes).await;
        assert_eq!(refused.refusal(), refusal, "{name}: {}", refused.text);
    }
    // one that does not say how large it is, is cut off when it has too much
    let parts = stream::iter((0..10).map(|_| Ok::<_, std::io::Error>(vec![b'a'; 10_000])));
    let url = format!("{}{}", app.url, visitor.path("attachments?name=stream.txt"));
    let request = app.http.post(url).bearer_auth(&visitor.token);
    let refused = request.body(reqwest::Body::wrap_stream(parts)).send().await.unwrap();
    assert_eq!(Answer::of(refused).await.refusal(), (413, "too_large"));
    let unknown = visitor.path("attachments?nome=a.txt");
    let refused = visitor.with_token(Method::POST, &unknown, Some(json!({}))).await;
    assert_eq!(refused.refusal(), (400, "invalid_field"));
    wait_until_lying(&app, 0).await;
    // and the next one is taken
    id(&visitor.upload("large.txt", vec![b'a'; 50_000]).await);
    app.stop().await;
}

#[tokio::test]
async fn an_upload_that_breaks_off_leaves_nothing() {
    let app = TestApp::start().await;
    let visitor = app.visitor().await;
    let mut line = TcpStream::connect(app.url.trim_start_matches("http://")).await.unwrap();
    let head = format!(
        "POST {} HTTP/1.1\r\nhost: desk\r\nauthorization: Bearer {}\r\ncontent-length: 5000\r\n\r\n",
        visitor.path("attachments?name=half.txt"),
        visitor.token
    );
    line.write_all(head.as_bytes()).await.unwrap();
    line.write_all(&[b'a'; 1_000]).await.unwrap();
    wait_until_lying(&app, 1).await;
    line.shutdown().await.unwrap();
    let mut answer = String::new();
    line.read_to_string(&mut answer).await.unwrap();
    assert!(!answer.contains(" 201 "), "{answer}");
    wait_until_lying(&app, 0).await;
    assert_eq!(visitor.events().await, [] as [Value; 0]);
    app.stop().await;
}

#[tokio::test]
async fn there_is_room_for_so_much_and_no_more() {
    let few = |settings: &mut Settings| {
        settings.attachments.file_bytes = 900_000;
        settings.attachments.total_megabytes = 1;
        settings.attachments.per_conversation = 3;
        settings.attachments.per_message = 2;
        settings.attachments.per_minute = 5;
    };
    let app = TestApp::start_with(few).await;
    let admin = app.admin().await;
    let visitor = app.visitor().await;
    let large = id(&visitor.upload("large.txt", vec![b'a'; 900_000]).await);
    let refused = visitor.upload("second.txt", vec![b'a'; 100_001]).await;
    assert_eq!(refused.refusal(), (507, "no_room"), "{}", refused.text);
    let small = id(&visitor.upload("b.txt", b"b".to_vec()).await);
    let third = id(&visitor.upload("c.txt", b"c".to_vec()).await);
    assert_eq!(visitor.upload("d.txt", b"d".to_vec()).await.refusal(), (409, "too_many_files"));
    let hurried = visitor.upload("e.txt", b"e".to_vec()).await;
    assert_eq!(hurried.refusal(), (429, "rate_limited"));
    assert!(hurried.retry_after.is_some());

    let three = json!({"client_id": "m-1", "attachments": [large, small, third]});
    let refused = visitor.post("messages", three).await;
    assert_eq!(refused.refusal(), (400, "invalid_field"));
    assert!(refused.text.contains("2 files at most"), "{}", refused.text);
    assert_eq!(visitor.events().await, [] as [Value; 0]);
    let two = json!({"client_id": "m-1", "text": "two files", "attachments": [large, small]});
    assert_eq!(visitor.post("messages", two).await.status, StatusCode::OK);

    // what is erased gives its room back, and is gone from the disk
    let other = app.visitor().await;
    assert_eq!(other.upload("f.txt", vec![b'f'; 200_000]).await.refusal(), (507, "no_room"));
    let path = format!("/api/v1/conversations/{}", visitor.conversation);
    assert_eq!(admin.request(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(seen_by(&visitor, &large).await.status, StatusCode::NOT_FOUND);
    assert_eq!(
        seen_by_agent(&admin, &visitor.conversation, &large).await.status,
        StatusCode::NOT_FOUND
    );
    assert!(visitor.events().await.iter().all(|event| event["attachments"].is_null()));
    assert_eq!(lying(&app), 0);
    id(&other.upload("f.txt", vec![b'f'; 200_000]).await);
    app.stop().await;
}

#[tokio::test]
async fn a_file_is_only_for_those_of_its_conversation() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (ana, eve) = (app.visitor().await, app.visitor().await);
    let picture = id(&ana.upload("a.png", png()).await);
    ana.post("messages", json!({"client_id": "m-1", "attachments": [picture]})).await;
    ana.wait_for(2).await;
    eve.say("m-1", "I want a person").await;
    eve.wait_for(2).await;

    // by her own conversation and by Ana's, with her own token and with none
    assert_eq!(seen_by(&eve, &picture).await.status, StatusCode::NOT_FOUND);
    let stolen = Visitor {
        app: &app,
        conversation: ana.conversation.clone(),
        token: eve.token.clone(),
        renewal: String::new(),
    };
    assert_eq!(seen_by(&stolen, &picture).await.status, StatusCode::NOT_FOUND);
    let refused = stolen.upload("e.png", png()).await;
    assert_eq!(refused.refusal(), (404, "not_found"));
    let path = ana.path(&format!("attachments/{picture}"));
    assert_eq!(app.get(&path).await.status, StatusCode::UNAUTHORIZED);
    // nor can she say that she has sent it
    let message = json!({"client_id": "m-2", "attachments": [picture]});
    assert_eq!(eve.post("messages", message).await.refusal(), (422, "file_unknown"));
    // an agent finds it in no other conversation, and cannot send what the customer has uploaded
    let other = seen_by_agent(&admin, &eve.conversation, &picture).await;
    assert_eq!(other.status, StatusCode::NOT_FOUND);
    let mut console = admin.console().await;
    let conversation = &eve.conversation;
    console.send(json!({"type": "claim", "conversation": conversation, "client_id": "c-1"})).await;
    console.expect("ack").await;
    console
        .send(json!({"type": "send", "conversation": conversation, "client_id": "s-1",
            "attachments": [picture]}))
        .await;
    assert_eq!(console.expect("error").await["code"], "file_unknown");

    for trick in ["..", "%2e%2e", "..%2f..%2flock", "0", &"0".repeat(32), "incoming", "a%00"] {
        let seen = seen_by(&ana, trick).await;
        assert_eq!(seen.status, StatusCode::NOT_FOUND, "{trick}");
    }
    let ids = json!({"client_id": "m-3", "attachments": ["../../lock"]});
    assert_eq!(ana.post("messages", ids).await.refusal(), (400, "invalid_field"));
    let none = json!({"client_id": "m-3", "attachments": []});
    assert_eq!(ana.post("messages", none).await.refusal(), (400, "invalid_field"));
    app.stop().await;
}

#[tokio::test]
async fn where_files_are_turned_off_none_is_taken() {
    let app = TestApp::start_with(|settings| settings.attachments.enabled = false).await;
    let mut widget = app.widget().await;
    assert!(widget.expect("welcome").await["attachments"].is_null());
    let visitor = app.visitor().await;
    assert_eq!(visitor.upload("a.png", png()).await.refusal(), (409, "conflict"));
    app.stop().await;
    let app = TestApp::start().await;
    let told = app.widget().await.expect("welcome").await["attachments"].clone();
    assert_eq!(told, json!({"file_bytes": 10_485_760, "per_message": 10}));
    app.stop().await;
}

#[tokio::test]
async fn a_bot_hears_of_files_and_may_fetch_them() {
    let app = TestApp::start_with(|settings| settings.webhooks.private_addresses = true).await;
    let admin = app.admin().await;
    let receiver = Receiver::start(&[]);
    let body = json!({"name": "Robo", "url": receiver.url, "in_use": true});
    let bot = admin.request(Method::POST, "/api/v1/bots", Some(body)).await.body;
    let visitor = app.visitor().await;
    let picture = id(&visitor.upload("a.png", png()).await);
    visitor.post("messages", json!({"client_id": "m-1", "attachments": [picture]})).await;
    let heard = receiver.wait_for(|got| got.len() == 1).await;
    let file = &heard[0].body["attachments"][0];
    assert_eq!((&file["file_type"], &file["extension"]), (&json!("image"), &json!("png")));
    let url = file["data_url"].as_str().unwrap().to_owned();
    let token = bot["token"].as_str().unwrap();
    let fetch = async |token: &str| got(app.http.get(&url).header("api_access_token", token)).await;
    let fetched = fetch(token).await;
    assert_eq!((fetched.status, fetched.bytes), (StatusCode::OK, png()));
    assert_eq!(fetch("forged").await.status, StatusCode::UNAUTHORIZED);
    visitor.post("handoff", json!({"client_id": "h-1"})).await;
    assert_eq!(fetch(token).await.status, StatusCode::NOT_FOUND, "it has the conversation no more");
    app.stop().await;
}
