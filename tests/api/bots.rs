//! External bots: one in Chatwoot's form holds a conversation up to the hand-off, and one that does not
//! answer is replaced by a human.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Agent, Answer, PATIENCE, TestApp};
use crate::receiver::{Got, Manner, Receiver};

async fn app() -> TestApp {
    TestApp::start_with(|settings| settings.webhooks.private_addresses = true).await
}

async fn add(admin: &Agent<'_>, url: &str, deadline_seconds: u64) -> Value {
    let body = json!({
        "name": "Robo", "url": url, "deadline_seconds": deadline_seconds, "in_use": true,
    });
    let added = admin.request(Method::POST, "/api/v1/bots", Some(body)).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
    added.body
}

/// A call that such a bot makes, with its own token, to the address that it makes of what it got.
async fn call(
    app: &TestApp,
    token: &Value,
    conversation: &Value,
    rest: &str,
    body: Value,
) -> Answer {
    let id = conversation.as_str().unwrap();
    let url = format!("{}/api/v1/accounts/1/conversations/{id}/{rest}", app.url);
    let request = app.http.post(url).header("api_access_token", token.as_str().unwrap());
    Answer::of(request.json(&body).send().await.unwrap()).await
}

fn contents(got: &[Got]) -> Vec<&str> {
    got.iter().map(|one| one.body["content"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_bot_in_chatwoots_form_drives_a_conversation_to_the_hand_off() {
    let app = app().await;
    let admin = app.admin().await;
    let earlier = app.visitor().await;
    earlier.say("m-1", "When are you open?").await;
    earlier.wait_for(2).await;
    let receiver = Receiver::start(&[]);
    let bot = add(&admin, &receiver.url, 600).await;
    let token = &bot["token"];
    let visitor = app.visitor().await;
    visitor.say("m-1", "我想退货").await;
    let got = receiver.wait_for(|got| got.len() == 1).await;
    let heard = &got[0].body;
    assert_eq!(
        (&heard["event"], &heard["message_type"]),
        (&json!("message_created"), &json!("incoming"))
    );
    assert!(got[0].headers["x-chatwoot-signature"].starts_with("sha256="));
    let conversation = &heard["conversation"]["id"];

    // that it took the message is no answer; the built-in answers keep silent
    let question = json!({
        "content": "哪个订单？", "message_type": "outgoing", "private": false, "echo_id": "e-1",
        "content_type": "input_select",
        "content_attributes": { "items": [{ "title": "第一个", "value": "first" }] },
    });
    let said = call(&app, token, conversation, "messages", question.clone()).await;
    assert_eq!((said.status, &said.body["id"]), (StatusCode::OK, &json!(2)), "{}", said.body);
    let again = call(&app, token, conversation, "messages", question).await;
    assert_eq!(again.body["id"], 2, "the same message twice is one");
    let pressed = json!({"client_id": "m-2", "text": "第一个", "choice": "first"});
    visitor.post("messages", pressed).await;
    let got = receiver.wait_for(|got| got.len() == 2).await;
    assert_eq!(contents(&got), ["我想退货", "第一个"]);
    assert_eq!(got[1].body["content_attributes"]["submitted_values"][0]["value"], "first");
    let words = json!({ "content": "我请同事来帮您。" });
    call(&app, token, conversation, "messages", words).await;
    let open = call(&app, token, conversation, "toggle_status", json!({"status": "open"})).await;
    assert_eq!(open.body["payload"]["current_status"], "open", "{}", open.body);

    let events = visitor.wait_for(5).await;
    let types: Vec<&str> = events.iter().map(|event| event["type"].as_str().unwrap()).collect();
    let expected =
        ["visitor_message", "bot_message", "visitor_message", "bot_message", "handoff_requested"];
    assert_eq!(types, expected);
    assert_eq!(events[1]["choices"][0]["label"], "第一个");
    assert_eq!((&events[1]["language"], &events[4]["reason"]), (&json!("zh"), &json!("by_bot")));
    assert_eq!(visitor.status().await, "waiting");

    // after the hand-off it hears nothing, and what it says is refused
    visitor.say("m-3", "谢谢").await;
    let late = call(&app, token, conversation, "messages", json!({"content": "还在吗？"})).await;
    assert_eq!(late.refusal(), (409, "not_with_bot"));
    let late = call(&app, token, conversation, "toggle_status", json!({"status": "open"})).await;
    assert_eq!(late.refusal(), (409, "not_with_bot"));
    // a conversation that it never had is none to it, and goes on with the built-in answers
    let other =
        call(&app, token, &json!(earlier.conversation), "messages", json!({"content": "x"})).await;
    assert_eq!(other.refusal(), (404, "not_found"));
    earlier.say("m-2", "How do I get an invoice?").await;
    assert_eq!(earlier.wait_for(4).await[3]["outcome"], "answered");
    // whoever writes next is heard after all of that: nothing of it was sent to the bot
    app.visitor().await.say("m-1", "hello").await;
    let got = receiver.wait_for(|got| got.len() > 2).await;
    assert_eq!(contents(&got), ["我想退货", "第一个", "hello"]);
    app.stop().await;
    receiver.stop().await;
}

#[tokio::test]
async fn a_bot_that_misses_its_time_or_cannot_be_reached_is_replaced_by_a_human() {
    let app = app().await;
    let admin = app.admin().await;
    let deaf = Receiver::start(&[]);
    let bot = add(&admin, &deaf.url, 1).await;
    let visitor = app.visitor().await;
    visitor.say("m-1", "hello").await;
    // it took the message, and that is all
    let events = visitor.wait_for(3).await;
    assert_eq!(events[1]["outcome"], "handed_off");
    assert_eq!(events[2]["reason"], "bot_unavailable");
    assert_eq!(deaf.got().len(), 1);
    let mut console = admin.console().await;
    let is_there = |frame: &Value| frame["type"] == "board" && frame["waiting_count"] == 1;
    let board = console.find(is_there).await;
    let why = board["waiting"][0]["why"]["en"].as_str().unwrap();
    assert!(why.starts_with("The bot did not answer; an ordinary matter."), "{why}");
    deaf.stop().await;
    // nobody is there at all: no need to wait for the deadline
    let path = format!("/api/v1/bots/{}", bot["id"].as_str().unwrap());
    let change = json!({"deadline_seconds": 3600});
    let changed = admin.request(Method::PATCH, &path, Some(change)).await;
    assert_eq!(changed.body["in_use"], true, "{}", changed.body);
    let visitor = app.visitor().await;
    visitor.say("m-1", "hello").await;
    let waited = tokio::time::timeout(PATIENCE, visitor.wait_for(3)).await.unwrap();
    assert_eq!(waited[2]["reason"], "bot_unavailable");
    // without a bot the built-in answers are back
    let off = admin.request(Method::PATCH, &path, Some(json!({"in_use": false}))).await;
    assert_eq!(off.body["in_use"], false);
    let visitor = app.visitor().await;
    visitor.say("m-1", "When are you open?").await;
    assert_eq!(visitor.wait_for(2).await[1]["outcome"], "answered");
    app.stop().await;
}

#[tokio::test]
async fn a_bot_hears_after_a_restart_what_it_had_not_heard_before() {
    let app = app().await;
    let admin = app.admin().await;
    let receiver = Receiver::start(&[Manner::Hangs]);
    add(&admin, &receiver.url, 600).await;
    let visitor = app.visitor().await;
    visitor.say("m-1", "one").await;
    receiver.wait_for(|got| got.len() == 1).await;
    visitor.say("m-2", "two").await;
    let app = app.restart_with(|settings| settings.webhooks.private_addresses = true).await;
    let got = receiver.wait_for(|got| got.len() == 3).await;
    // it may have taken the first: it is sent again, under the same name
    assert_eq!(contents(&got), ["one", "one", "two"]);
    assert_eq!(got[0].headers["webhook-id"], got[1].headers["webhook-id"]);
    app.stop().await;
    receiver.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_bot_or_its_calls_is_refused_by_name() {
    let app = app().await;
    let admin = app.admin().await;
    for (body, field) in [
        (json!({"url": "https://bot.example/"}), "`name`"),
        (json!({"name": " ", "url": "https://bot.example/"}), "`name`"),
        (json!({"name": "Robo"}), "`url`"),
        (json!({"name": "Robo", "url": "http://8.8.8.8/"}), "`url`"),
        (
            json!({"name": "R", "url": "https://b.example/", "deadline_seconds": 0}),
            "`deadline_seconds`",
        ),
        (json!({"name": "R", "url": "https://b.example/", "colour": "red"}), "`colour`"),
    ] {
        let refused = admin.request(Method::POST, "/api/v1/bots", Some(body.clone())).await;
        let message = refused.body["error"]["message"].as_str().unwrap();
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(message.contains(field), "{body}: {message}");
    }
    let receiver = Receiver::start(&[]);
    let bot = add(&admin, &receiver.url, 600).await;
    let list = admin.request(Method::GET, "/api/v1/bots", None).await.body;
    assert_eq!(list["bots"][0]["in_use"], true);
    assert!(list["bots"][0].get("token").is_none() && list["bots"][0].get("secret").is_none());
    let visitor = app.visitor().await;
    visitor.say("m-1", "hello").await;
    let conversation = json!(visitor.conversation);
    let token = &bot["token"];
    for (rest, body, field) in [
        ("messages", json!({"content": " "}), "`content`"),
        ("messages", json!({"content": "x", "message_type": "incoming"}), "`message_type`"),
        ("messages", json!({"content": "x", "private": true}), "`private`"),
        ("messages", json!({"content": "x", "content_type": "form"}), "`content_type`"),
        ("messages", json!({"content": "x", "echo_id": "with space"}), "`echo_id`"),
        ("toggle_status", json!({"status": "resolved"}), "`status`"),
    ] {
        let refused = call(&app, token, &conversation, rest, body.clone()).await;
        let message = refused.body["error"]["message"].as_str().unwrap_or_default();
        assert_eq!(refused.refusal(), (400, "invalid_field"), "{body}");
        assert!(message.contains(field), "{body}: {message}");
    }
    let forged =
        call(&app, &json!("forged"), &conversation, "messages", json!({"content": "x"})).await;
    assert_eq!(forged.refusal(), (401, "unauthorized"));
    let unknown = json!("0".repeat(32));
    let nowhere = call(&app, token, &unknown, "messages", json!({"content": "x"})).await;
    assert_eq!(nowhere.refusal(), (404, "not_found"));
    assert_eq!(visitor.events().await.len(), 1, "nothing of it was stored");
    let agent = admin.colleague("ben").await;
    let path = format!("/api/v1/bots/{}", bot["id"].as_str().unwrap());
    for (method, path) in [(Method::GET, "/api/v1/bots"), (Method::DELETE, &*path)] {
        let refused = agent.request(method.clone(), path, None).await;
        assert_eq!(refused.refusal(), (403, "forbidden"), "{method} {path}");
    }
    let removed = admin.request(Method::DELETE, &path, None).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    let gone = call(&app, token, &conversation, "messages", json!({"content": "x"})).await;
    assert_eq!(gone.refusal(), (401, "unauthorized"));
    app.stop().await;
    receiver.stop().await;
}
