//! What is wrong gets a clear refusal and loses nothing.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::app::{Answer, TestApp};

#[tokio::test]
async fn bodies_that_are_not_messages() {
    let app = TestApp::start().await;
    let visitor = app.visitor().await;
    let path = visitor.path("messages");
    let send = async |body: Vec<u8>| {
        let request = app.http.post(format!("{}{path}", app.url)).bearer_auth(&visitor.token);
        let request = request.header("content-type", "application/json").body(body);
        Answer::of(request.send().await.unwrap()).await
    };
    let marks = format!("e{}", "\u{301}".repeat(1_000));
    let text = |text: &str| json!({"client_id": "m", "text": text}).to_string().into_bytes();
    let cases: Vec<(&str, Vec<u8>, (u16, &str))> = vec![
        ("not JSON", b"hello".to_vec(), (400, "bad_json")),
        ("half a JSON", br#"{"client_id":"#.to_vec(), (400, "bad_json")),
        ("empty body", vec![], (400, "bad_json")),
        ("wrong type", br#"{"client_id":"m","text":7}"#.to_vec(), (400, "invalid_field")),
        ("no text", br#"{"client_id":"m"}"#.to_vec(), (400, "invalid_field")),
        ("empty client id", br#"{"client_id":"","text":"x"}"#.to_vec(), (400, "invalid_field")),
        (
            "unknown field",
            br#"{"client_id":"m","text":"x","admin":true}"#.to_vec(),
            (400, "unknown_field"),
        ),
        (
            "invalid UTF-8",
            b"{\"client_id\":\"m\",\"text\":\"\xff\xfe\"}".to_vec(),
            (400, "bad_json"),
        ),
        ("1 MB", text(&"x".repeat(1_000_000)), (413, "too_large")),
        ("too many bytes", text(&"x".repeat(20_000)), (422, "text_too_long")),
        ("too many graphemes", text(&"字".repeat(4_001)), (422, "text_too_long")),
        ("empty", text(""), (422, "text_empty")),
        ("white space", text(" \n\t\u{3000}\u{200b}"), (422, "text_empty")),
        ("combining marks", text(&marks), (422, "text_too_long")),
        ("a million combining marks", text(&"\u{301}".repeat(1_000_000)), (413, "too_large")),
        ("control character", text("a\u{7}b"), (422, "text_control_character")),
        ("nested deeply", [vec![b'['; 5_000], vec![b']'; 5_000]].concat(), (400, "bad_json")),
    ];
    for (name, body, refusal) in cases {
        let answer = send(body).await;
        let told = answer.refusal();
        // a body that is cut off as too large, and one that nests too deeply, may be told either way
        let is_fine = told == refusal || (name == "nested deeply" && told.0 == 400);
        assert!(is_fine, "{name}: {told:?} instead of {refusal:?}: {}", answer.text);
        let message = answer.body["error"]["message"].as_str().unwrap();
        assert!(!message.is_empty() && !message.contains("src/"), "{name}: {message}");
    }
    assert_eq!(visitor.events().await, [] as [Value; 0]);
    assert_eq!(visitor.say("m", "hello").await.status, StatusCode::OK);
    app.stop().await;
}

#[tokio::test]
async fn a_conversation_starts_with_an_empty_object_or_no_body() {
    let app = TestApp::start().await;
    let start = async |body: &'static str| {
        let request = app.http.post(format!("{}/api/v1/visitor/conversations", app.url));
        let request = request.header("content-type", "application/json").body(body);
        Answer::of(request.send().await.unwrap()).await
    };
    for body in ["", "{}"] {
        assert_eq!(start(body).await.status, StatusCode::CREATED, "{body:?}");
    }
    assert_eq!(start("{").await.refusal(), (400, "bad_json"));
    assert_eq!(start(r#"{"nonsense":1}"#).await.refusal(), (400, "unknown_field"));
    let metrics = app.get("/metrics").await.text;
    assert!(metrics.contains("frontdesk_refused_total{reason=\"unknown_field\"} 1"), "{metrics}");
    app.stop().await;
}

#[tokio::test]
async fn another_visitors_conversation_answers_like_an_unknown_one() {
    let app = TestApp::start().await;
    let (mine, theirs) = (app.visitor().await, app.visitor().await);
    theirs.say("m", "hello").await;
    let unknown = "00000000000040008000000000000000";
    let ask = async |conversation: &str| {
        let path = format!("/api/v1/visitor/conversations/{conversation}/events");
        mine.with_token(Method::GET, &path, None).await
    };
    let (foreign, unknown, nonsense) =
        (ask(&theirs.conversation).await, ask(unknown).await, ask("nonsense").await);
    assert_eq!(foreign.refusal(), (404, "not_found"));
    assert_eq!((foreign.status, &foreign.text), (unknown.status, &unknown.text));
    assert_eq!((foreign.status, &foreign.text), (nonsense.status, &nonsense.text));
    let body = json!({"client_id": "x", "text": "hi"});
    let path = theirs.path("messages");
    let said = mine.with_token(Method::POST, &path, Some(body)).await;
    assert_eq!(said.refusal(), (404, "not_found"));
    app.stop().await;
}

#[tokio::test]
async fn forged_tokens_open_nothing() {
    let app = TestApp::start().await;
    let mut visitor = app.visitor().await;
    let whole = visitor.token.clone();
    for at in [0, whole.len() / 2, whole.len() - 1] {
        let mut forged = whole.clone().into_bytes();
        forged[at] = if forged[at] == b'A' { b'B' } else { b'A' };
        visitor.token = String::from_utf8(forged).unwrap();
        assert_eq!(visitor.say("m", "hello").await.refusal(), (401, "unauthorized"), "byte {at}");
    }
    for token in ["", "nonsense", &whole[..whole.len() - 4]] {
        token.clone_into(&mut visitor.token);
        assert_eq!(visitor.say("m", "hello").await.refusal(), (401, "unauthorized"));
    }
    visitor.token = whole;
    assert_eq!(visitor.say("m", "hello").await.status, StatusCode::OK);
    app.stop().await;
}

#[tokio::test]
async fn a_socket_that_floods_is_refused_with_a_hint_and_stays_open() {
    let app = TestApp::start_with(|settings| settings.limits.socket_frames_per_second = 1).await;
    let mut widget = app.widget().await;
    widget.expect("welcome").await;
    for _ in 0..20 {
        widget.send(json!({"type": "resume", "after": 0})).await;
    }
    let refused = widget.expect("error").await;
    assert_eq!(refused["code"], "rate_limited");
    assert!(refused["retry_after_ms"].as_u64().unwrap() > 0, "{refused}");
    app.stop().await;
}

#[tokio::test]
async fn a_replayed_client_id_is_the_same_message() {
    let app = TestApp::start().await;
    let visitor = app.visitor().await;
    let first = visitor.say("m-1", "hello").await;
    visitor.wait_for(2).await;
    visitor.say("m-2", "When are you open?").await;
    visitor.wait_for(4).await;
    let again = visitor.say("m-1", "hello").await;
    assert_eq!((&again.body["seq"], &again.body["replayed"]), (&first.body["seq"], &json!(true)));
    assert_eq!(visitor.events().await.len(), 4);
    // the server's own ids cannot be taken
    for reserved in ["bot/1/0", "desk/1"] {
        let refused = visitor.say(reserved, "hello").await;
        assert_eq!(refused.refusal(), (400, "invalid_field"), "{reserved}");
    }
    assert_eq!(visitor.events().await.len(), 4);
    app.stop().await;
}

async fn handshake(app: &TestApp, origin: Option<&str>) -> u16 {
    let url = format!("{}/ws/v1/visitor", app.url.replace("http", "ws"));
    let mut request = url.into_client_request().unwrap();
    if let Some(origin) = origin {
        request.headers_mut().insert("origin", HeaderValue::from_str(origin).unwrap());
    }
    match connect_async(request).await {
        Ok(_) => 101,
        Err(Error::Http(response)) => response.status().as_u16(),
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn foreign_sites_cannot_open_sockets() {
    let app = TestApp::start_with(|settings| {
        settings.sites.origins = vec!["https://shop.example".to_owned()];
    })
    .await;
    let own = app.url.clone();
    for (origin, status) in [
        (Some("https://shop.example"), 101),
        (Some(own.as_str()), 101),
        (None, 403),
        (Some("null"), 403),
        (Some("https://evil.example"), 403),
        (Some("https://shop.example.evil.example"), 403),
        (Some("https://evilshop.example"), 403),
        (Some("http://shop.example"), 403),
        (Some("https://shop.example:444"), 403),
    ] {
        assert_eq!(handshake(&app, origin).await, status, "{origin:?}");
    }
    app.stop().await;
}

#[tokio::test]
async fn frames_out_of_order_and_broken_frames() {
    let app = TestApp::start().await;
    let mut early = app.socket("/ws/v1/visitor", None).await;
    early.send(json!({"type": "send", "client_id": "m", "text": "hello"})).await;
    assert_eq!(early.expect("error").await["code"], "invalid_field");
    assert_eq!(early.closed().await, 4001);

    let mut widget = app.widget().await;
    widget.expect("welcome").await;
    for (frame, code) in [
        ("nonsense", "bad_json"),
        (r#"{"type":"send"}"#, "invalid_field"),
        (r#"{"type":"dance"}"#, "invalid_field"),
        (r#"{"type":"ping","loud":true}"#, "unknown_field"),
        (r#"{"type":"hello"}"#, "conflict"),
        (r#"{"type":"send","client_id":"m","text":" "}"#, "text_empty"),
        (r#"{"type":"leave_queue","client_id":"l"}"#, "not_waiting"),
    ] {
        widget.raw(Message::text(frame)).await;
        assert_eq!(widget.expect("error").await["code"], code, "{frame}");
    }
    // the socket is still good
    widget.send(json!({"type": "send", "client_id": "m", "text": "hello"})).await;
    assert_eq!(widget.expect("ack").await["seq"], 1);
    app.stop().await;
}

#[tokio::test]
async fn broken_sockets_are_closed_with_a_code() {
    let app = TestApp::start().await;
    let fragment = |opcode, is_last, bytes: &[u8]| {
        Message::Frame(Frame::message(bytes.to_vec(), OpCode::Data(opcode), is_last))
    };
    let mut binary = app.widget().await;
    binary.raw(Message::binary(vec![1, 2, 3])).await;
    assert_eq!(binary.closed().await, 1003);

    let mut huge = app.widget().await;
    huge.raw(Message::text("x".repeat(200_000))).await;
    assert_eq!(huge.closed().await, 1009);

    let mut latin = app.widget().await;
    latin.raw(fragment(Data::Text, true, b"\xff\xfe")).await;
    assert_eq!(latin.closed().await, 1007);

    // continuation frames are one message
    let mut parts = app.widget().await;
    parts.expect("welcome").await;
    let frame = json!({"type": "send", "client_id": "m", "text": "您好"}).to_string();
    let (head, tail) = frame.as_bytes().split_at(frame.len() - 6);
    parts.raw(fragment(Data::Text, false, head)).await;
    parts.raw(fragment(Data::Continue, true, tail)).await;
    assert_eq!(parts.expect("ack").await["seq"], 1);
    app.stop().await;
}

#[tokio::test]
async fn a_visitor_who_writes_too_fast_is_told_when_to_come_back() {
    let app = TestApp::start_with(|settings| {
        settings.limits.conversation_burst = 5;
        settings.limits.conversation_per_second = 1;
    })
    .await;
    let visitor = app.visitor().await;
    let mut refused = None;
    for at in 0..10 {
        let answer = visitor.say(&format!("m-{at}"), "hello").await;
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            refused = Some(answer);
            break;
        }
    }
    let refused = refused.unwrap();
    assert_eq!(refused.refusal(), (429, "rate_limited"));
    assert!(refused.retry_after.unwrap() >= 1);
    app.stop().await;
}

#[tokio::test]
async fn too_many_sockets_are_refused_with_1013() {
    let app = TestApp::start_with(|settings| settings.limits.sockets = 2).await;
    let (mut a, mut b) = (app.widget().await, app.widget().await);
    a.expect("welcome").await;
    b.expect("welcome").await;
    let mut c = app.socket("/ws/v1/visitor", None).await;
    assert_eq!(c.closed().await, 1013);
    drop(a);
    app.stop().await;
}

#[tokio::test]
async fn a_slow_reader_is_closed_and_others_go_on() {
    let app = TestApp::start_with(|settings| {
        settings.limits.socket_queue_events = 16;
        settings.limits.socket_queue_bytes = 131_072;
    })
    .await;
    let visitor = app.visitor().await;
    let mut slow = app.socket("/ws/v1/visitor", None).await;
    slow.send(json!({"type": "hello", "token": visitor.token})).await;
    slow.expect("welcome").await;
    // never read again, while much is said: more than the queue and the system's buffers hold
    let text = "x".repeat(4_000);
    for at in 0..2_000 {
        let answer = visitor.say(&format!("m-{at}"), &text).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        if app.get("/metrics").await.text.contains("code=\"4008\"") {
            break;
        }
    }
    assert_eq!(slow.closed().await, 4008);
    let mut again = app.socket("/ws/v1/visitor", None).await;
    again.send(json!({"type": "hello", "token": visitor.token, "after": 1})).await;
    assert_eq!(again.find(|frame| frame["type"] == "event").await["event"]["seq"], 2);
    app.stop().await;
}
