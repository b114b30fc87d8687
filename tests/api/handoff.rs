//! The hand-off: offers, presence, the card, transfer, take-over, lost connections, hours, promised
//! times, and the rules behind them.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Agent, Socket, TestApp};

async fn waiting(app: &TestApp, text: &str) -> (Socket, String) {
    let mut widget = app.widget().await;
    let welcome = widget.expect("welcome").await;
    widget.send(json!({"type": "send", "client_id": "m-1", "text": text})).await;
    widget.event("handoff_requested").await;
    (widget, welcome["conversation"].as_str().unwrap().to_owned())
}

async fn floor_with_offer(console: &mut Socket) -> Value {
    console.find(|frame| frame["type"] == "floor" && !frame["offers"][0].is_null()).await
}

async fn id_of(agent: &Agent<'_>) -> String {
    let me = agent.request(Method::GET, "/api/v1/session", None).await;
    me.body["id"].as_str().unwrap().to_owned()
}

fn about(conversation: &str, mut frame: Value) -> Value {
    frame["conversation"] = json!(conversation);
    frame
}

#[tokio::test]
async fn who_comes_online_is_offered_the_most_urgent_and_may_decline_with_a_reason() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (_first, ordinary) = waiting(&app, "I want a person").await;
    let (_second, urgent) = waiting(&app, "the charger is smoking").await;
    let mut console = admin.console().await;
    let offered = floor_with_offer(&mut console).await;
    assert_eq!(offered["offers"][0]["conversation"], urgent.as_str());
    assert_eq!(offered["presence"], "online");
    let reason = "not my product";
    console.send(about(&urgent, json!({"type": "decline", "reason": reason}))).await;
    console.expect("declined").await;
    let next = console
        .find(|f| f["type"] == "floor" && f["offers"][0]["conversation"] == ordinary.as_str())
        .await;
    assert_eq!(next["offers"].as_array().unwrap().len(), 1);
    let board =
        console.find(|f| f["type"] == "board" && !f["waiting"][0]["declined"].is_null()).await;
    let top = &board["waiting"][0];
    assert_eq!(top["conversation"], urgent.as_str(), "declined, and still first for others");
    assert_eq!(top["declined"][0]["reason"], reason);
    assert!(top["why"]["en"].as_str().unwrap().contains("Ahead by 12 h for urgency"), "{top}");
    assert_eq!(top["factors"][0], json!({"factor": "urgency", "minutes": 720}));
    // what was never offered cannot be declined
    console.send(about(&urgent, json!({"type": "decline"}))).await;
    assert_eq!(console.expect("error").await["code"], "conflict");
    app.stop().await;
}

#[tokio::test]
async fn an_offer_that_nobody_looks_at_goes_to_a_colleague() {
    let app = TestApp::start_with(|settings| settings.handoff.offer_seconds = 1).await;
    let admin = app.admin().await;
    let bob = admin.colleague("bob").await;
    let (mut a, _idle) = (admin.console().await, ());
    let (_widget, conversation) = waiting(&app, "I want a person").await;
    floor_with_offer(&mut a).await;
    let mut b = bob.console().await;
    let offered = floor_with_offer(&mut b).await;
    assert_eq!(offered["offers"][0]["conversation"], conversation.as_str());
    b.send(about(&conversation, json!({"type": "claim", "client_id": "b-1"}))).await;
    b.expect("ack").await;
    // the agent who has it is one conversation fuller
    let floor = b
        .find(|f| {
            f["type"] == "floor" && f["agents"].as_array().unwrap().iter().any(|s| s["load"] == 1)
        })
        .await;
    let seats = floor["agents"].as_array().unwrap();
    assert!(seats.iter().any(|seat| seat["name"] == "bob" && seat["load"] == 1), "{seats:?}");
    app.stop().await;
}

#[tokio::test]
async fn busy_and_away_agents_are_offered_nothing_and_presence_survives_a_reload() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut console = admin.console().await;
    console.send(json!({"type": "presence", "presence": "busy"})).await;
    console.find(|frame| frame["type"] == "floor" && frame["presence"] == "busy").await;
    let (_widget, conversation) = waiting(&app, "I want a person").await;
    console.find(|frame| frame["type"] == "board" && frame["waiting_count"] == 1).await;
    drop(console);
    let mut again = admin.console().await;
    let floor = again.expect("floor").await;
    assert_eq!(
        (&floor["presence"], floor["offers"].as_array().unwrap().len()),
        (&json!("busy"), 0)
    );
    again.send(json!({"type": "presence", "presence": "online"})).await;
    let offered = floor_with_offer(&mut again).await;
    assert_eq!(offered["offers"][0]["conversation"], conversation.as_str());
    again.send(json!({"type": "presence", "presence": "asleep"})).await;
    assert_eq!(again.expect("error").await["code"], "invalid_field");
    app.stop().await;
}

#[tokio::test]
async fn the_card_spares_the_customer_from_repeating_themselves() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut widget = app.widget().await;
    let welcome = widget.expect("welcome").await;
    let conversation = welcome["conversation"].as_str().unwrap().to_owned();
    for (id, text) in
        [("m-1", "When are you open?"), ("m-2", "My Halo lamp broke"), ("m-3", "I want a person")]
    {
        widget.send(json!({"type": "send", "client_id": id, "text": text})).await;
        widget.find(|frame| frame["event"]["type"] == "bot_message").await;
    }
    widget.event("handoff_requested").await;
    let mut console = admin.console().await;
    console.send(about(&conversation, json!({"type": "open"}))).await;
    let opened = console.expect("opened").await;
    let card = &opened["handoff"];
    assert_eq!(card["reason"], "requested");
    assert_eq!(card["language"], "en");
    assert_ne!(card["intent"]["name"], "human", "a wish for a person is not the matter");
    assert_eq!(card["tried"][0]["entry"], "hours", "{card}");
    assert_eq!(card["channel"]["name"], "web");
    assert_eq!(card["summary"]["extractive"], true);
    let summary = card["summary"]["sentences"].to_string();
    assert!(summary.contains("My Halo lamp broke"), "the customer's own words: {summary}");
    let slots = card["slots"].to_string();
    assert!(slots.contains("halo"), "{slots}");
    // the same over HTTP, and customers never see it
    let path = format!("/api/v1/conversations/{conversation}/events");
    let read = admin.request(Method::GET, &path, None).await;
    assert_eq!(&read.body["handoff"], card);
    let log = read.body["events"].as_array().unwrap();
    assert!(log.iter().any(|event| event["card"] == *card), "the webhook's event has it too");
    let mut widget = app.widget().await;
    widget.expect("welcome").await;
    widget.send(json!({"type": "handoff", "client_id": "h-1"})).await;
    assert!(widget.event("handoff_requested").await.get("card").is_none());
    app.stop().await;
}

#[tokio::test]
async fn a_transfer_goes_to_the_colleague_who_was_meant_and_late_words_are_refused() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (bob, eve) = (admin.colleague("bob").await, admin.colleague("eve").await);
    let (mut widget, conversation) = waiting(&app, "I want a person").await;
    let mut a = admin.console().await;
    a.send(about(&conversation, json!({"type": "open"}))).await;
    a.send(about(&conversation, json!({"type": "claim", "client_id": "a-1"}))).await;
    let opened = a.find(|f| f["type"] == "opened" && f["status"] == "human").await;
    let fence = opened["fence"].as_u64().unwrap();
    let (mut b, mut e) = (bob.console().await, eve.console().await);
    let target = json!({"to": "agent", "agent": id_of(&bob).await});
    let transfer =
        json!({"type": "transfer", "client_id": "a-2", "target": target, "note": "knows Halo"});
    a.send(about(&conversation, transfer)).await;
    let seen = widget.event("transferred").await;
    assert!(seen.get("note").is_none() && seen.get("target").is_none(), "{seen}");
    let offered = floor_with_offer(&mut b).await;
    assert_eq!(offered["offers"][0]["conversation"], conversation.as_str());
    b.send(about(&conversation, json!({"type": "claim", "client_id": "b-1"}))).await;
    assert_eq!(widget.event("claimed").await["name"], "bob");
    // bob gives it back, Ada gets it again, and what she wrote before comes too late
    b.send(about(&conversation, json!({"type": "release", "client_id": "b-2"}))).await;
    widget.event("released").await;
    a.send(about(&conversation, json!({"type": "claim", "client_id": "a-3"}))).await;
    widget.event("claimed").await;
    let late = json!({"type": "send", "client_id": "a-4", "text": "as I said", "fence": fence});
    a.send(about(&conversation, late)).await;
    let refused = a.find(|f| f["client_id"] == "a-4").await;
    assert_eq!((&refused["type"], &refused["code"]), (&json!("error"), &json!("lapsed")));
    // nobody else was ever offered it while bob could come
    e.send(json!({"type": "ping"})).await;
    let mut offers = 0;
    loop {
        let frame = e.next().await.unwrap();
        match frame["type"].as_str() {
            Some("pong") => break,
            Some("floor") => offers += frame["offers"].as_array().unwrap().len(),
            _ => {}
        }
    }
    assert!(offers <= 1, "only after bob had given it back");
    app.stop().await;
}

#[tokio::test]
async fn a_supervisor_takes_over_and_an_agent_may_not() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let bob = admin.colleague("bob").await;
    let (mut widget, conversation) = waiting(&app, "I want a person").await;
    let (mut a, mut b) = (admin.console().await, bob.console().await);
    b.send(about(&conversation, json!({"type": "claim", "client_id": "b-1"}))).await;
    widget.event("claimed").await;
    let board = a.find(|f| f["type"] == "board" && !f["taken"][0].is_null()).await;
    assert_eq!(board["taken"][0]["owner"], "bob");
    b.send(about(&conversation, json!({"type": "take_over", "client_id": "b-2"}))).await;
    assert_eq!(b.expect("error").await["code"], "forbidden");
    a.send(about(&conversation, json!({"type": "take_over", "client_id": "a-1"}))).await;
    assert_eq!(widget.event("claimed").await["name"], "Ada", "the customer sees who is there now");
    b.send(about(&conversation, json!({"type": "send", "client_id": "b-3", "text": "hi"}))).await;
    assert_eq!(b.find(|f| f["client_id"] == "b-3").await["code"], "not_yours");
    // and gives it back to the bot
    a.send(about(&conversation, json!({"type": "return_to_bot", "client_id": "a-2"}))).await;
    widget.event("returned_to_bot").await;
    widget.send(json!({"type": "send", "client_id": "m-2", "text": "When are you open?"})).await;
    assert_eq!(
        widget.find(|f| f["event"]["entry"] == "hours").await["event"]["type"],
        "bot_message"
    );
    app.stop().await;
}

#[tokio::test]
async fn a_lost_agents_customers_wait_again_with_their_place() {
    let app = TestApp::start_with(|settings| {
        settings.handoff.lapse_seconds = 1;
        settings.handoff.give_back_seconds = 1;
    })
    .await;
    let admin = app.admin().await;
    let bob = admin.colleague("bob").await;
    let (mut widget, conversation) = waiting(&app, "I want a person").await;
    let mut b = bob.console().await;
    b.send(about(&conversation, json!({"type": "claim", "client_id": "b-1"}))).await;
    widget.event("claimed").await;
    drop(b);
    assert_eq!(widget.event("lapsed").await["name"], "bob");
    let queue = widget.expect("queue").await;
    assert_eq!((&queue["place"], &queue["waiting"]), (&json!(1), &json!(1)));
    let mut a = admin.console().await;
    let offered = floor_with_offer(&mut a).await;
    assert_eq!(offered["offers"][0]["conversation"], conversation.as_str());
    app.stop().await;
}

#[tokio::test]
async fn outside_the_hours_a_message_can_be_left() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let replies = app.knowledge("closed.toml");
    let text =
        "[replies]\nhandoff_closed = { en = \"We open on {opens}.\", zh = \"{opens}上班。\" }\n";
    std::fs::write(replies, text).unwrap();
    assert_eq!(admin.request(Method::POST, "/api/v1/admin/reload", None).await.status, 200);
    // open for one minute a week, which is not now (or it is, once in ten thousand runs)
    let hours = json!({"hours": {"time_zone": "Etc/UTC", "monday": ["03:17-03:18"]}});
    let changed = admin.request(Method::PUT, "/api/v1/routing", Some(hours)).await;
    assert_eq!(changed.status, 200, "{}", changed.body);
    let visitor = app.visitor().await;
    visitor.say("m-1", "I want a person").await;
    let events = visitor.wait_for(3).await;
    assert_eq!(events[1]["text"], "We open on Monday, 03:17.");
    visitor.say("m-2", "Please call me back about A-1001").await;
    assert_eq!(visitor.status().await, "waiting");
    // somebody who is online although the desk is closed wants to work
    let mut console = admin.console().await;
    let offered = floor_with_offer(&mut console).await;
    assert_eq!(offered["offers"][0]["conversation"], visitor.conversation.as_str());
    // the offer may be told before the board or after it: another window is told of the board anew
    let mut other = admin.console().await;
    other.find(|frame| frame["type"] == "board" && frame["waiting_count"] == 1).await;
    assert_eq!(visitor.place().await, Some(1), "the place is kept");
    app.stop().await;
}

#[tokio::test]
async fn customers_are_offered_to_agents_of_their_channel_only() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut a = admin.console().await;
    let bob = admin.colleague("bob").await;
    let path = format!("/api/v1/agents/{}", id_of(&bob).await);
    let wrong = admin.request(Method::PATCH, &path, Some(json!({"channels": [" "]}))).await;
    assert_eq!(wrong.refusal(), (400, "invalid_field"));
    assert!(wrong.body["error"]["message"].as_str().unwrap().contains("channels"));
    let only = json!({"channels": ["telegram"]});
    assert_eq!(admin.request(Method::PATCH, &path, Some(only)).await.status, 200);
    let mut b = bob.console().await;
    a.send(json!({"type": "presence", "presence": "busy"})).await;
    a.find(|frame| frame["type"] == "floor" && frame["presence"] == "busy").await;
    let (_widget, conversation) = waiting(&app, "I want a person").await;
    let waits = |f: &Value| f["type"] == "board" && f["waiting_count"] == 1;
    b.find(waits).await;
    // nobody of the channel is free: whoever comes online on it is offered the customer, Bob is not
    a.send(json!({"type": "presence", "presence": "online"})).await;
    let offered = floor_with_offer(&mut a).await;
    assert_eq!(offered["offers"][0]["conversation"], conversation.as_str());
    assert!((offered["now"].as_i64().unwrap()) < offered["offers"][0]["until"].as_i64().unwrap());
    a.send(json!({"type": "presence", "presence": "busy"})).await;
    a.find(|frame| frame["type"] == "floor" && frame["presence"] == "busy").await;
    // and at once, when Bob's channels change
    let both = json!({"channels": ["telegram", "web"]});
    assert_eq!(admin.request(Method::PATCH, &path, Some(both)).await.status, 200);
    let offered = floor_with_offer(&mut b).await;
    assert_eq!(offered["offers"][0]["conversation"], conversation.as_str());
    app.stop().await;
}

#[tokio::test]
async fn a_broken_rule_is_named_and_changes_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let bob = admin.colleague("bob").await;
    let good = json!({"sla": [{"first_response_minutes": 5}], "overflow_after_minutes": 10});
    let set = admin.request(Method::PUT, "/api/v1/routing", Some(good)).await;
    assert_eq!(set.status, 200);
    for (body, field) in [
        (json!({"sla": [{"first_response_minutes": 0}]}), "sla[0].first_response_minutes"),
        (json!({"hours": {"time_zone": "Mars", "monday": ["09:00-12:00"]}}), "hours.time_zone"),
        (json!({"hours": {"time_zone": "UTC", "monday": ["9-12"]}}), "hours.monday"),
        (json!({"routing": [{"when": {"languages": ["zh"]}}]}), "routing[0].skills"),
    ] {
        let refused = admin.request(Method::PUT, "/api/v1/routing", Some(body)).await;
        assert_eq!(refused.refusal(), (422, "invalid_rule"));
        assert_eq!(refused.body["error"]["field"], field);
    }
    let unknown = json!({"slas": []});
    let refused = admin.request(Method::PUT, "/api/v1/routing", Some(unknown)).await;
    assert_eq!(refused.refusal(), (400, "unknown_field"));
    let refused = bob.request(Method::PUT, "/api/v1/routing", Some(json!({}))).await;
    assert_eq!(refused.refusal(), (403, "forbidden"));
    // the rules survive a restart as they were
    drop((bob, admin));
    let app = app.restart().await;
    let body = json!({"email": "ada@shop.example", "password": "a long password"});
    let cookie = app.post("/api/v1/session", body).await.cookie.unwrap();
    let admin = Agent { app: &app, cookie };
    let kept = admin.request(Method::GET, "/api/v1/routing", None).await;
    assert_eq!(kept.body["sla"][0]["first_response_minutes"], 5);
    assert_eq!(kept.body["overflow_after_minutes"], 10);
    app.stop().await;
}

#[tokio::test]
async fn a_promised_time_runs_on_the_board_and_stops_with_the_answer() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let rules = json!({"sla": [{"first_response_minutes": 5, "resolution_minutes": 60}]});
    admin.request(Method::PUT, "/api/v1/routing", Some(rules)).await;
    let (_widget, conversation) = waiting(&app, "I want a person").await;
    let mut console = admin.console().await;
    let board = console.find(|f| f["type"] == "board" && !f["waiting"][0]["sla"].is_null()).await;
    let top = &board["waiting"][0];
    let since = top["since"].as_i64().unwrap();
    assert_eq!(top["sla"][0]["promise"], "first_response");
    assert_eq!(top["sla"][0]["due"].as_i64().unwrap() - since, 5 * 60_000);
    assert_eq!(top["sla"][1]["promise"], "resolution");
    console.send(about(&conversation, json!({"type": "claim", "client_id": "a-1"}))).await;
    console
        .send(about(&conversation, json!({"type": "send", "client_id": "a-2", "text": "Hello"})))
        .await;
    let mine = console
        .find(|f| f["type"] == "board" && f["mine"][0]["sla"][0]["promise"] == "resolution")
        .await;
    assert_eq!(mine["mine"][0]["sla"].as_array().unwrap().len(), 1);
    app.stop().await;
}

#[tokio::test]
async fn the_race_against_the_real_server_gives_each_customer_to_exactly_one() {
    let app = TestApp::start_with(|settings| settings.handoff.offer_seconds = 1).await;
    let admin = app.admin().await;
    let names = ["bob", "eve", "ida"];
    let mut colleagues = Vec::new();
    for name in names {
        colleagues.push(admin.colleague(name).await);
    }
    let mut consoles = Vec::new();
    for colleague in &colleagues {
        consoles.push(colleague.console().await);
    }
    let mut widgets = Vec::new();
    for _ in 0..12 {
        widgets.push(waiting(&app, "I want a person").await);
    }
    // everybody grabs everything at once, offered or not
    for (number, console) in consoles.iter_mut().enumerate() {
        for (_, conversation) in &widgets {
            let claim = json!({"type": "claim", "client_id": format!("c-{number}")});
            console.send(about(conversation, claim)).await;
        }
    }
    for (mut widget, conversation) in widgets {
        let winner = widget.event("claimed").await["name"].clone();
        let path = format!("/api/v1/conversations/{conversation}/events");
        let log = admin.request(Method::GET, &path, None).await;
        let claims: Vec<_> = log.body["events"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| event["type"] == "claimed")
            .map(|event| event["name"].clone())
            .collect();
        assert_eq!(claims, [winner]);
    }
    tokio::time::timeout(Duration::from_secs(20), app.stop()).await.unwrap();
}
