//! What customers and their programs may rely on.

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::app::{PATIENCE, TestApp};

fn types(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["type"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_question_is_answered_in_its_language() {
    let app = TestApp::start().await;
    let visitor = app.visitor().await;
    let stored = visitor.say("m-1", "where is my parcel").await;
    assert_eq!((stored.status, &stored.body["seq"]), (StatusCode::OK, &json!(1)));
    let events = visitor.wait_for(2).await;
    assert_eq!(types(&events), ["visitor_message", "bot_message"]);
    assert_eq!(events[1]["entry"], "track");
    assert_eq!(events[1]["outcome"], "answered");
    assert_eq!(events[1]["text"], "You find the tracking number under My orders.");
    assert!(events[1].get("reading").is_none(), "customers do not see the reading");

    visitor.say("m-2", "拆封的耳机可以退吗").await;
    let events = visitor.wait_for(4).await;
    assert_eq!(events[3]["entry"], "return-opened");
    assert_eq!(events[3]["language"], "zh");
    app.stop().await;
}

#[tokio::test]
async fn nothing_is_stored_for_a_visitor_who_said_nothing() {
    let app = TestApp::start().await;
    let visitor = app.visitor().await;
    let mut widget = app.widget().await;
    let welcome = widget.expect("welcome").await;
    assert_eq!(welcome["last"], 0);
    assert_eq!(welcome["greeting"]["text"], "Hello, I am the shop's assistant.");
    assert_eq!(visitor.events().await, [] as [Value; 0]);
    let metrics = app.get("/metrics").await.text;
    assert!(metrics.contains("\nfrontdesk_log_batch_size_sum 0\n"), "{metrics}");
    app.stop().await;
}

#[tokio::test]
async fn a_follow_up_is_read_with_the_last_topic() {
    let app = TestApp::start().await;
    let visitor = app.visitor().await;
    visitor.say("m-1", "can I return something?").await;
    assert_eq!(visitor.wait_for(2).await[1]["entry"], "return");
    visitor.say("m-2", "and for opened ones?").await;
    let events = visitor.wait_for(4).await;
    let offers_it = |event: &Value| {
        event["entry"] == "return-opened" || event["choices"][0]["id"] == "faq:return-opened"
    };
    assert!(offers_it(&events[3]), "{}", events[3]);
    app.stop().await;
}

#[tokio::test]
async fn what_the_bot_does_not_know_it_says_and_the_second_time_it_fetches_a_person() {
    let app = TestApp::start().await;
    let visitor = app.visitor().await;
    visitor.say("m-1", "quantum chromodynamics lattice").await;
    let events = visitor.wait_for(2).await;
    assert_eq!(events[1]["outcome"], "fallback");
    assert_eq!(events[1]["choices"][0]["id"], "human");
    visitor.say("m-2", "zygote mitochondria").await;
    let events = visitor.wait_for(5).await;
    let last = events.last().unwrap();
    assert_eq!(last["type"], "handoff_requested", "{events:?}");
    assert_eq!(visitor.status().await, "waiting");
    app.stop().await;
}

#[tokio::test]
async fn a_wish_for_a_person_queues_at_once_in_both_languages() {
    let app = TestApp::start().await;
    let mut visitors = Vec::new();
    for text in ["I want a person", "转人工"] {
        let visitor = app.visitor().await;
        visitor.say("m-1", text).await;
        visitor.wait_for(3).await;
        assert_eq!(visitor.status().await, "waiting");
        visitors.push(visitor);
    }
    // the board follows within a tenth of a second
    let on_board = async {
        loop {
            let mut places = [visitors[0].place().await, visitors[1].place().await];
            places.sort_unstable();
            if places == [Some(1), Some(2)] {
                return;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, on_board).await.unwrap();
    app.stop().await;
}

#[tokio::test]
async fn a_socket_acknowledges_resumes_and_shows_typing() {
    let app = TestApp::start().await;
    let mut widget = app.widget().await;
    let welcome = widget.expect("welcome").await;
    widget.send(json!({"type": "send", "client_id": "m-1", "text": "hello"})).await;
    let ack = widget.expect("ack").await;
    assert_eq!(
        (&ack["client_id"], &ack["seq"], &ack["replayed"]),
        (&json!("m-1"), &json!(1), &json!(false))
    );
    let answer = widget.event("bot_message").await;
    assert_eq!((&answer["seq"], &answer["outcome"]), (&json!(2), &json!("smalltalk")));

    // a second tab comes with the token and from a place
    let mut tab = app.socket("/ws/v1/visitor", None).await;
    tab.send(json!({"type": "hello", "token": welcome["token"], "after": 1})).await;
    let again = tab.expect("welcome").await;
    assert_eq!(again["conversation"], welcome["conversation"]);
    assert_eq!(tab.event("bot_message").await["seq"], 2);
    tab.send(json!({"type": "resume", "after": 0})).await;
    assert_eq!(tab.event("visitor_message").await["seq"], 1);
    // somebody who has seen more than there is starts anew
    tab.send(json!({"type": "resume", "after": 99})).await;
    assert_eq!(tab.expect("reset").await["last"], 2);
    assert_eq!(tab.event("visitor_message").await["seq"], 1);
    tab.send(json!({"type": "ping"})).await;
    tab.expect("pong").await;
    app.stop().await;
}

#[tokio::test]
async fn a_conversation_survives_a_restart_and_unanswered_messages_are_answered() {
    let app = TestApp::start().await;
    let mut widget = app.widget().await;
    let welcome = widget.expect("welcome").await;
    widget.send(json!({"type": "send", "client_id": "m-1", "text": "where is my parcel"})).await;
    widget.expect("ack").await;
    let app = app.restart().await;
    let mut widget = app.socket("/ws/v1/visitor", None).await;
    widget.send(json!({"type": "hello", "token": welcome["token"], "after": 0})).await;
    assert_eq!(widget.event("visitor_message").await["seq"], 1);
    let answer = widget.event("bot_message").await;
    assert_eq!((&answer["seq"], &answer["entry"]), (&json!(2), &json!("track")));
    widget.send(json!({"type": "handoff", "client_id": "m-2"})).await;
    assert_eq!(widget.expect("queue").await["place"], 1);
    let app = app.restart().await;
    let mut widget = app.socket("/ws/v1/visitor", None).await;
    widget.send(json!({"type": "hello", "token": welcome["token"], "after": 4})).await;
    let again = widget.expect("welcome").await;
    assert_eq!(again["status"], "waiting");
    assert_eq!(widget.expect("queue").await["place"], 1);
    app.stop().await;
}

#[tokio::test]
async fn a_token_is_renewed_and_the_old_conversation_goes_on() {
    let app = TestApp::start().await;
    let mut visitor = app.visitor().await;
    visitor.say("m-1", "hello").await;
    let renewed = app.post("/api/v1/visitor/token", json!({"renewal": visitor.renewal})).await;
    assert_eq!(renewed.status, StatusCode::OK);
    assert_eq!(renewed.body["conversation"], visitor.conversation.as_str());
    visitor.token = renewed.body["token"].as_str().unwrap().to_owned();
    assert_eq!(visitor.say("m-2", "hi there").await.status, StatusCode::OK);
    // a token for talking does not renew
    let wrong = app.post("/api/v1/visitor/token", json!({"renewal": visitor.token})).await;
    assert_eq!(wrong.refusal(), (401, "unauthorized"));
    app.stop().await;
}

#[tokio::test]
async fn expired_tokens_open_nothing() {
    let app = TestApp::start_with(|settings| settings.visitor.token_minutes = 0).await;
    let visitor = app.visitor().await;
    assert_eq!(visitor.say("m-1", "hello").await.refusal(), (401, "unauthorized"));
    let mut widget = app.socket("/ws/v1/visitor", None).await;
    widget.send(json!({"type": "hello", "token": visitor.token})).await;
    assert_eq!(widget.expect("error").await["code"], "unauthorized");
    assert_eq!(widget.closed().await, 4001);
    app.stop().await;
}

#[tokio::test]
async fn the_reading_of_a_text_is_open_on_this_machine_and_needs_a_key_elsewhere() {
    let app = TestApp::start().await;
    let read = app.post("/api/v1/understand", json!({"text": "我的快递到哪了"})).await;
    assert_eq!(read.status, StatusCode::OK);
    assert_eq!(read.body["language"], "zh");
    assert_eq!(read.body["answers"][0]["id"], "track");
    for field in ["intent", "alternatives", "category", "urgency", "answers"] {
        assert!(read.body.get(field).is_some(), "{field} is missing in {}", read.body);
    }
    let text = "订单号：ＬＸ－７７８１２０，the Halo lamp, tommorow or 明天下午三点";
    let body = json!({"text": text, "today": "2026-11-25"});
    let read = app.post("/api/v1/understand", body).await;
    let named = |entity: &Value| {
        let at = |key| usize::try_from(entity[key].as_u64().unwrap()).unwrap();
        assert_eq!(&text[at("start")..at("end")], entity["text"].as_str().unwrap());
        format!("{} {}", entity["kind"].as_str().unwrap(), entity["value"].as_str().unwrap())
    };
    let entities: Vec<String> =
        read.body["entities"].as_array().unwrap().iter().map(named).collect();
    assert_eq!(
        entities,
        [
            "order_number LX-778120",
            "product halo",
            "date 2026-11-26",
            "date 2026-11-26",
            "time 15:00"
        ]
    );
    let body = json!({"text": text, "today": "tomorrow"});
    assert_eq!(app.post("/api/v1/understand", body).await.refusal(), (400, "invalid_field"));
    app.stop().await;

    let key = "a-key-of-24-characters-x";
    let app = TestApp::start_with(|settings| {
        settings.api.open_on_loopback = false;
        settings.api.keys = vec![key.to_owned()];
    })
    .await;
    let body = json!({"text": "hello"});
    assert_eq!(app.post("/api/v1/understand", body.clone()).await.refusal(), (401, "unauthorized"));
    for (header, value, status) in [
        ("x-api-key", key.to_owned(), 200),
        ("authorization", format!("Bearer {key}"), 200),
        ("x-api-key", "wrong".to_owned(), 401),
    ] {
        let url = format!("{}/api/v1/understand", app.url);
        let answer = app.http.post(url).header(header, value).json(&body).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{header}");
    }
    app.stop().await;
}
