//! Agents: set-up, sessions, the queue, claiming, chatting, transfer, resolving, rating.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Socket, TestApp};

async fn waiting(app: &TestApp, text: &str) -> (Socket, String) {
    let mut widget = app.widget().await;
    let welcome = widget.expect("welcome").await;
    widget.send(json!({"type": "send", "client_id": "m-1", "text": text})).await;
    widget.event("handoff_requested").await;
    (widget, welcome["conversation"].as_str().unwrap().to_owned())
}

#[tokio::test]
async fn the_setup_link_works_once() {
    let app = TestApp::start().await;
    assert_eq!(app.get("/api/v1/setup").await.body["needed"], true);
    let forged = json!({"token": "forged", "name": "Eve", "email": "eve@shop.example", "password": "a long password"});
    assert_eq!(app.post("/api/v1/setup", forged).await.refusal(), (401, "unauthorized"));
    let admin = app.admin().await;
    assert_eq!(app.get("/api/v1/setup").await.body["needed"], false);
    let me = admin.request(Method::GET, "/api/v1/session", None).await;
    assert_eq!((&me.body["name"], &me.body["role"]), (&json!("Ada"), &json!("admin")));
    let again = json!({"token": "x", "name": "Eve", "email": "eve@shop.example", "password": "a long password"});
    assert_eq!(app.post("/api/v1/setup", again).await.status, StatusCode::CONFLICT);
    app.stop().await;
}

#[tokio::test]
async fn wrong_passwords_are_refused_and_counted() {
    let app = TestApp::start().await;
    app.admin().await;
    let attempt = json!({"email": "ada@shop.example", "password": "wrong password"});
    let mut codes = Vec::new();
    for _ in 0..12 {
        codes.push(app.post("/api/v1/session", attempt.clone()).await.refusal().0);
    }
    assert_eq!(codes.first(), Some(&401));
    assert_eq!(codes.last(), Some(&429), "{codes:?}");
    app.stop().await;
}

#[tokio::test]
async fn a_revoked_session_closes_its_socket() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let bob = admin.colleague("bob").await;
    let mut console = bob.console().await;
    let listed = admin.request(Method::GET, "/api/v1/agents", None).await;
    let agents = listed.body["agents"].as_array().unwrap();
    let id = agents.iter().find(|agent| agent["name"] == "bob").unwrap()["id"].as_str().unwrap();
    // agents may not do this to others
    let ada = agents.iter().find(|agent| agent["name"] == "Ada").unwrap()["id"].as_str().unwrap();
    let path = format!("/api/v1/agents/{ada}/sessions");
    assert_eq!(bob.request(Method::DELETE, &path, None).await.refusal(), (403, "forbidden"));
    let path = format!("/api/v1/agents/{id}/sessions");
    assert_eq!(admin.request(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(console.closed().await, 4009);
    assert_eq!(bob.request(Method::GET, "/api/v1/session", None).await.refusal().0, 401);
    app.stop().await;
}

#[tokio::test]
async fn a_visitor_cannot_act_as_an_agent() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (mut widget, conversation) = waiting(&app, "I want a person").await;
    widget.send(json!({"type": "claim", "conversation": conversation, "client_id": "x"})).await;
    assert_eq!(widget.expect("error").await["code"], "invalid_field");
    let request = app.http.get(format!("{}/api/v1/conversations/{conversation}/events", app.url));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let path = format!("/api/v1/conversations/{conversation}/events");
    let read = admin.request(Method::GET, &path, None).await;
    assert_eq!(read.status, StatusCode::OK, "{}", read.body);
    app.stop().await;
}

#[tokio::test]
async fn the_most_urgent_waits_first_with_the_reason() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (_calm, calm) = waiting(&app, "I want a person").await;
    let (_urgent, urgent) = waiting(&app, "help, the charger is smoking!").await;
    let mut console = admin.console().await;
    let board = console.find(|frame| frame["waiting_count"] == 2).await;
    let order: Vec<&str> = board["waiting"]
        .as_array()
        .unwrap()
        .iter()
        .map(|case| case["conversation"].as_str().unwrap())
        .collect();
    assert_eq!(order, [urgent.as_str(), calm.as_str()]);
    let first = &board["waiting"][0];
    assert_eq!((&first["urgency"], &first["reason"]), (&json!("urgent"), &json!("urgent")));
    assert!(first["why"]["en"].as_str().unwrap().len() > 10, "{first}");
    assert!(first["why"]["zh"].as_str().is_some_and(|why| !why.is_empty()), "{first}");
    app.stop().await;
}

#[tokio::test]
async fn of_two_agents_exactly_one_gets_the_customer_and_the_other_is_told() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let bob = admin.colleague("bob").await;
    let (mut a, mut b) = (admin.console().await, bob.console().await);
    for round in 0..25 {
        let (_widget, conversation) = waiting(&app, "I want a person").await;
        let claim = json!({"type": "claim", "conversation": conversation, "client_id": format!("c{round}")});
        tokio::join!(a.send(claim.clone()), b.send(claim));
        let is_outcome = |frame: &Value| {
            (frame["type"] == "ack" || frame["type"] == "error")
                && frame["conversation"] == conversation.as_str()
        };
        let (of_a, of_b) = tokio::join!(a.find(is_outcome), b.find(is_outcome));
        let (won, lost, winner) =
            if of_a["type"] == "ack" { (of_a, of_b, "Ada") } else { (of_b, of_a, "bob") };
        assert_eq!(won["type"], "ack", "round {round}: {won} {lost}");
        assert_eq!(lost["code"], "already_claimed", "round {round}: {won} {lost}");
        assert_eq!(lost["owner"], winner);
    }
    app.stop().await;
}

#[tokio::test]
async fn agent_and_customer_chat_transfer_resolve_and_rate() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let bob = admin.colleague("bob").await;
    let (mut widget, conversation) = waiting(&app, "转人工").await;
    let mut console = admin.console().await;
    let names = |more: Value| {
        let mut frame = json!({"conversation": conversation});
        frame.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        frame
    };
    console.send(names(json!({"type": "open"}))).await;
    assert_eq!(console.expect("opened").await["status"], "waiting");
    let first = console.event("visitor_message").await;
    assert_eq!((&first["seq"], &first["text"]), (&json!(1), &json!("转人工")));
    // whoever has not claimed cannot write
    console.send(names(json!({"type": "send", "client_id": "a-0", "text": "hi"}))).await;
    assert_eq!(console.expect("error").await["code"], "not_yours");
    console.send(names(json!({"type": "claim", "client_id": "a-1"}))).await;
    assert_eq!(widget.event("claimed").await["name"], "Ada");

    console.send(names(json!({"type": "typing", "on": true}))).await;
    let typing = widget.expect("typing").await;
    assert_eq!((&typing["from"], &typing["on"]), (&json!("agent"), &json!(true)));
    widget.send(json!({"type": "typing", "on": true})).await;
    assert_eq!(console.expect("typing").await["on"], true);
    console
        .send(names(json!({"type": "send", "client_id": "a-2", "text": "您好，我是 Ada"})))
        .await;
    let said = widget.event("agent_message").await;
    assert_eq!((&said["name"], &said["text"]), (&json!("Ada"), &json!("您好，我是 Ada")));
    widget.send(json!({"type": "read", "seq": said["seq"]})).await;
    assert_eq!(console.expect("read").await["seq"], said["seq"]);
    // the bot keeps silent while a human is there
    widget.send(json!({"type": "send", "client_id": "m-2", "text": "我的包裹到哪里了？"})).await;
    assert_eq!(
        console.find(|f| f["event"]["client_id"] == "m-2").await["event"]["type"],
        "visitor_message"
    );

    console.send(names(json!({"type": "release", "client_id": "a-3", "note": "请查物流"}))).await;
    let released = widget.event("released").await;
    assert!(released.get("note").is_none(), "customers do not see the note");
    let mut second = bob.console().await;
    let board = second.find(|frame| frame["waiting_count"] == 1).await;
    assert_eq!(board["waiting"][0]["conversation"], conversation.as_str());
    second.send(names(json!({"type": "open"}))).await;
    assert_eq!(second.event("released").await["note"], "请查物流");
    second.send(names(json!({"type": "claim", "client_id": "b-1"}))).await;
    assert_eq!(widget.event("claimed").await["name"], "bob");
    // a rating is for what is over
    widget.send(json!({"type": "rate", "client_id": "r-0", "score": 5})).await;
    assert_eq!(widget.expect("error").await["code"], "not_resolved");
    second.send(names(json!({"type": "resolve", "client_id": "b-2"}))).await;
    widget.event("resolved").await;
    widget.send(json!({"type": "rate", "client_id": "r-1", "score": 4, "comment": "很快"})).await;
    let rated = second.event("rated").await;
    assert_eq!((&rated["score"], &rated["comment"]), (&json!(4), &json!("很快")));
    widget.send(json!({"type": "rate", "client_id": "r-2", "score": 9})).await;
    assert_eq!(widget.expect("error").await["code"], "invalid_field");
    app.stop().await;
}

#[tokio::test]
async fn a_customer_who_leaves_the_queue_has_the_bot_again() {
    let app = TestApp::start().await;
    let (mut widget, _) = waiting(&app, "I want a person").await;
    widget.send(json!({"type": "leave_queue", "client_id": "l-1"})).await;
    widget.event("left_queue").await;
    widget.send(json!({"type": "send", "client_id": "m-2", "text": "When are you open?"})).await;
    let answer = widget.find(|frame| frame["event"]["entry"] == "hours").await;
    assert_eq!(answer["event"]["type"], "bot_message");
    app.stop().await;
}

#[tokio::test]
async fn an_admin_erases_a_conversation_and_nobody_reads_it_any_more() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let bob = admin.colleague("bob").await;
    let (mut widget, conversation) = waiting(&app, "I want a person, my code is xyzzy").await;
    let path = format!("/api/v1/conversations/{conversation}");
    assert_eq!(bob.request(Method::DELETE, &path, None).await.refusal(), (403, "forbidden"));
    let erased = admin.request(Method::DELETE, &path, None).await;
    assert_eq!(erased.status, StatusCode::NO_CONTENT, "{}", erased.text);
    assert_eq!(widget.event("erased").await["type"], "erased");
    let left = admin.request(Method::GET, &format!("{path}/events"), None).await;
    assert!(!left.text.contains("xyzzy"), "{}", left.text);
    let kinds: Vec<&str> = left.body["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["type"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, ["erased"; 4]);
    // the customer may start anew in the same conversation
    widget.send(json!({"type": "send", "client_id": "m-2", "text": "When are you open?"})).await;
    assert_eq!(widget.expect("ack").await["seq"], 5);
    let unknown = "/api/v1/conversations/00000000000040008000000000000000";
    assert_eq!(admin.request(Method::DELETE, unknown, None).await.refusal(), (404, "not_found"));
    app.stop().await;
}

#[tokio::test]
async fn a_long_conversation_is_told_whole_while_nothing_else_happens() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let visitor = app.visitor().await;
    visitor.post("handoff", json!({"client_id": "h-1"})).await;
    let mut last = 0;
    for number in 0..300 {
        let said = visitor.say(&format!("m-{number}"), &format!("message {number}")).await;
        last = said.body["seq"].as_u64().unwrap();
    }
    // more than fits into a line at once, and neither side says anything more
    let mut console = admin.console().await;
    console.send(json!({"type": "open", "conversation": visitor.conversation})).await;
    let is_last = |frame: &Value| frame["type"] == "event" && frame["event"]["seq"] == last;
    console.find(is_last).await;

    // who asks for pages gets the same in few frames
    let mut other = admin.console().await;
    other
        .send(json!({"type": "open", "conversation": visitor.conversation, "after": 2, "pages": true}))
        .await;
    let mut told: Vec<u64> = Vec::new();
    let mut frames = 0;
    while told.last() != Some(&last) {
        let page = other.find(|frame| frame["type"] == "events").await;
        let events = page["events"].as_array().unwrap();
        told.extend(events.iter().map(|event| event["seq"].as_u64().unwrap()));
        frames += 1;
    }
    assert_eq!(told, (3..=last).collect::<Vec<u64>>());
    assert!(frames < 20, "{frames} frames");

    // the last ones come first where that is wanted, and again in their place
    let ask = |after: u64, tail: u64| {
        let id = &visitor.conversation;
        json!({"type": "open", "conversation": id, "after": after, "pages": true, "tail": tail})
    };
    let seqs = |page: &Value| -> Vec<u64> {
        let events = page["events"].as_array().unwrap();
        events.iter().map(|event| event["seq"].as_u64().unwrap()).collect()
    };
    let mut third = admin.console().await;
    third.send(ask(2, 60)).await;
    let first = third.find(|frame| frame["type"] == "events").await;
    assert_eq!(seqs(&first), (last - 59..=last).collect::<Vec<u64>>());
    let mut told = Vec::new();
    while told.last() != Some(&last) {
        told.extend(seqs(&third.find(|frame| frame["type"] == "events").await));
    }
    assert_eq!(told, (3..=last).collect::<Vec<u64>>());
    // where little more than these is to come, nothing is told twice
    for (after, tail) in [(last - 70, 60), (last - 70, 0)] {
        let mut fourth = admin.console().await;
        fourth.send(ask(after, tail)).await;
        let first = fourth.find(|frame| frame["type"] == "events").await;
        assert_eq!(seqs(&first), (last - 69..=last).collect::<Vec<u64>>());
    }

    let mut widget = app.socket("/ws/v1/visitor", None).await;
    widget.send(json!({"type": "hello", "token": visitor.token, "after": 0})).await;
    widget.find(is_last).await;
    app.stop().await;
}

#[tokio::test]
async fn a_whisper_reaches_the_agent_at_once_and_the_customer_never() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let bob = admin.colleague("bob").await;
    let (mut widget, conversation) = waiting(&app, "I want a person").await;
    let frame = |kind: &str, id: &str, text: Option<&str>| {
        let mut frame = json!({"type": kind, "conversation": conversation, "client_id": id});
        if let Some(text) = text {
            frame["text"] = json!(text);
        }
        frame
    };
    let mut console = bob.console().await;
    console.send(json!({"type": "open", "conversation": conversation})).await;
    console.send(frame("claim", "a-1", None)).await;
    console.expect("ack").await;
    let mut supervisor = admin.console().await;
    supervisor.send(frame("whisper", "w-1", Some("Offer a voucher"))).await;
    supervisor.expect("ack").await;
    let heard = console.event("whispered").await.to_string();
    assert!(heard.contains("Offer a voucher") && heard.contains("Ada"), "{heard}");
    // it neither answers the customer nor takes the conversation
    console.send(frame("send", "a-2", Some("Hello"))).await;
    let told = async {
        let mut told = String::new();
        while !told.contains("Hello") {
            told += &widget.expect("event").await.to_string();
        }
        told
    };
    let told = tokio::time::timeout(crate::app::PATIENCE, told).await.unwrap();
    assert!(told.contains("\"internal\"") && !told.contains("voucher"), "{told}");
    assert!(!told.contains("Ada"), "{told}");

    // agents do not whisper, nobody whispers nothing, and not where nobody listens
    console.send(frame("whisper", "w-2", Some("psst"))).await;
    assert_eq!(console.expect("error").await["code"], "forbidden");
    supervisor.send(frame("whisper", "w-3", Some(" "))).await;
    assert_eq!(supervisor.expect("error").await["code"], "text_empty");
    console.send(frame("resolve", "a-3", None)).await;
    console.find(|frame| frame["client_id"] == "a-3").await;
    supervisor.send(frame("whisper", "w-4", Some("well done"))).await;
    assert_eq!(supervisor.expect("error").await["code"], "not_waiting");
    app.stop().await;
}

/// A customer who is with the admin: both sockets, and the conversation.
async fn together(app: &TestApp) -> (Socket, Socket, String) {
    let admin = app.admin().await;
    let mut widget = app.widget().await;
    let welcome = widget.expect("welcome").await;
    let conversation = welcome["conversation"].as_str().unwrap().to_owned();
    widget.send(json!({"type": "send", "client_id": "m-1", "text": "I want a person"})).await;
    widget.event("handoff_requested").await;
    let mut console = admin.console().await;
    console.send(json!({"type": "open", "conversation": conversation})).await;
    let claim = json!({"type": "claim", "conversation": conversation, "client_id": "c-1"});
    console.send(claim).await;
    console.find(|frame| frame["type"] == "opened" && frame["status"] == "human").await;
    widget.event("claimed").await;
    (widget, console, conversation)
}

#[tokio::test]
async fn what_is_being_written_is_shown_to_whose_conversation_it_is_where_the_desk_wants_it() {
    let app = TestApp::start_with(|settings| settings.visitor.unsent_text = true).await;
    let (mut widget, mut console, conversation) = together(&app).await;
    let long = "x".repeat(5_000);
    widget.send(json!({"type": "typing", "on": true, "text": "my ord"})).await;
    let unsent = console.expect("unsent").await;
    assert_eq!(
        (&unsent["conversation"], &unsent["text"]),
        (&json!(conversation), &json!("my ord"))
    );
    widget.send(json!({"type": "typing", "on": true, "text": long})).await;
    let told = console.expect("unsent").await["text"].as_str().unwrap().len();
    assert_eq!(told, 1_000, "only its beginning");
    widget.send(json!({"type": "send", "client_id": "m-2", "text": "my order"})).await;
    assert_eq!(console.event("visitor_message").await["text"], "my order");
    // given back, it is nobody's to read
    let back = json!({"type": "return_to_bot", "conversation": conversation, "client_id": "r-1"});
    console.send(back).await;
    widget.event("returned_to_bot").await;
    widget.send(json!({"type": "typing", "on": true, "text": "between us"})).await;
    only_that_it_is_written(&mut console).await;
    app.stop().await;
}

/// The agent is told that the customer writes, and not what.
async fn only_that_it_is_written(console: &mut Socket) {
    console.find(|frame| frame["type"] == "typing" && frame["on"] == true).await;
    console.send(json!({"type": "ping"})).await;
    let next = console.find(|frame| ["unsent", "pong"].contains(&frame["type"].as_str().unwrap()));
    assert_eq!(next.await["type"], "pong");
}

#[tokio::test]
async fn what_is_being_written_goes_nowhere_as_a_rule() {
    let app = TestApp::start().await;
    let (mut widget, mut console, _) = together(&app).await;
    widget.send(json!({"type": "typing", "on": true, "text": "a secret"})).await;
    only_that_it_is_written(&mut console).await;
    app.stop().await;
}

#[tokio::test]
async fn how_far_a_message_has_come_is_told_again_to_who_opens_the_conversation_again() {
    let app = TestApp::start().await;
    let (mut widget, mut console, conversation) = together(&app).await;
    let reply =
        json!({"type": "send", "conversation": conversation, "client_id": "a-1", "text": "hello"});
    console.send(reply).await;
    let seq = console.expect("delivered").await["seq"].as_u64().unwrap();
    let open = json!({"type": "open", "conversation": conversation});
    console.send(open.clone()).await;
    let opened = console.find(|frame| frame["type"] == "opened" && frame["delivered"] == seq);
    assert_eq!(opened.await.get("read"), None, "and nobody has read it yet");
    widget.send(json!({"type": "read", "seq": seq})).await;
    console.expect("read").await;
    console.send(open).await;
    console.find(|frame| frame["type"] == "opened" && frame["read"] == seq).await;
    app.stop().await;
}
