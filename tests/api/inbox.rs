//! The inbox: views and who sees what of them, acts on several conversations with their undoing,
//! snooze, what is told while one looks, saved filters.

use frontdesk::domain::{Clock, SystemClock};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Agent, Socket, TestApp, Visitor};

/// A customer who waits for a person.
async fn waiting<'a>(app: &'a TestApp, text: &str) -> Visitor<'a> {
    let visitor = app.visitor().await;
    visitor.say("m-1", text).await;
    visitor.wait_for(2).await;
    assert_eq!(visitor.status().await, "waiting");
    visitor
}

fn now_ms() -> i64 {
    SystemClock.now().0
}

impl Agent<'_> {
    async fn list(&self, query: &str) -> Value {
        let path = format!("/api/v1/conversations?{query}");
        let answer = self.request(Method::GET, &path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }

    /// The conversations of a list, over all its pages.
    async fn found(&self, query: &str) -> Vec<String> {
        let mut found = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = self.list(&format!("{query}&limit=2{cursor}")).await;
            for row in page["conversations"].as_array().unwrap() {
                found.push(row["conversation"].as_str().unwrap().to_owned());
            }
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return found,
            }
        }
    }

    async fn acts(&self, acts: &[(&str, Value)]) -> Vec<Value> {
        let acts: Vec<Value> =
            acts.iter().map(|(of, act)| json!({"conversation": of, "act": act})).collect();
        let body = Some(json!({"acts": acts}));
        let answer = self.request(Method::POST, "/api/v1/conversations/acts", body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body["results"].as_array().unwrap().clone()
    }

    async fn act(&self, on: &str, act: Value) -> Value {
        self.acts(&[(on, act)]).await.remove(0)
    }

    /// Does what undoes these results.
    async fn undo(&self, results: &[Value]) {
        let mut acts = Vec::new();
        for result in results {
            let conversation = result["conversation"].as_str().unwrap();
            for act in result["undo"].as_array().into_iter().flatten() {
                acts.push((conversation, act.clone()));
            }
        }
        for result in self.acts(&acts).await {
            assert!(result["error"].is_null(), "{result}");
        }
    }

    async fn row(&self, view: &str, conversation: &str) -> Value {
        let page = self.list(&format!("view={view}")).await;
        let mut rows = page["conversations"].as_array().unwrap().iter();
        rows.find(|row| row["conversation"] == conversation).cloned().unwrap_or_default()
    }
}

#[tokio::test]
async fn each_view_has_its_conversations_and_nobody_sees_more_than_they_may() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.role("newcomer", &["conversations.answer"]).await;
    let ana = admin.colleague_as("ana", "newcomer").await;
    let mut all = Vec::new();
    for _ in 0..5 {
        all.push(waiting(&app, "I want a person").await);
    }
    let ids: Vec<&str> = all.iter().map(|visitor| visitor.conversation.as_str()).collect();
    // Ada takes two, Ana one, and Ana ends it
    for (agent, of) in [(&admin, ids[0]), (&admin, ids[1]), (&ana, ids[2])] {
        let result = agent.act(of, json!({"type": "claim"})).await;
        assert!(result["seq"].is_u64(), "{result}");
    }
    assert_eq!(ana.found("view=mine").await, [ids[2]]);
    assert_eq!(ana.found("view=all").await.len(), 3, "two wait and one is hers");
    assert_eq!(admin.found("view=all").await.len(), 5);
    assert_eq!(admin.found("view=waiting").await, [ids[3], ids[4]], "who waits longest first");
    assert_eq!(admin.found("view=all&assignee=me").await.len(), 2);
    assert_eq!(admin.found("view=all&assignee=none&language=en&channel=web").await.len(), 2);
    assert_eq!(admin.found("view=all&language=zh").await.len(), 0);
    let ended = ana.act(ids[2], json!({"type": "resolve"})).await;
    assert_eq!(ended["undo"], json!([{"type": "reopen"}]));
    assert_eq!(ana.found("view=resolved").await, [ids[2]]);
    // what another has is not there for her
    let hidden = ana.act(ids[0], json!({"type": "priority", "priority": "high"})).await;
    assert_eq!(hidden["error"]["code"], "not_found");
    let counts = ana.list("view=all").await["counts"].clone();
    assert_eq!(
        counts,
        json!({"waiting": 2, "mine": 0, "mentions": 0, "team": 0, "all": 2, "snoozed": 0, "resolved": 1})
    );
    // also after a restart, when what is over was read in the background
    let (cookie, ended) = (admin.cookie.clone(), ids[2].to_owned());
    let app = app.restart().await;
    let admin = Agent { app: &app, cookie };
    while admin.list("view=resolved").await["complete"] != true {
        tokio::task::yield_now().await;
    }
    assert_eq!(admin.found("view=resolved").await, [ended]);
    assert_eq!(admin.found("view=mine").await.len(), 2);
    app.stop().await;
}

#[tokio::test]
async fn labels_and_priority_are_seen_by_agents_count_in_the_queue_and_are_undone() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (first, second) =
        (waiting(&app, "I want a person").await, waiting(&app, "I want a person").await);
    let (one, two) = (first.conversation.as_str(), second.conversation.as_str());
    let results = admin
        .acts(&[
            (two, json!({"type": "priority", "priority": "urgent"})),
            (two, json!({"type": "label", "add": ["退款", "vip"], "remove": ["none"]})),
            (one, json!({"type": "label", "add": ["vip"]})),
        ])
        .await;
    assert!(results.iter().all(|result| result["error"].is_null()), "{results:?}");
    assert_eq!(admin.found("view=waiting&label=vip,%E9%80%80%E6%AC%BE").await, [two]);
    assert_eq!(admin.found("view=waiting&priority=urgent").await, [two]);
    let mut console = admin.console().await;
    let is_ahead = |board: &Value| {
        let factors = board["waiting"][0]["factors"].as_array().cloned().unwrap_or_default();
        let said = factors.iter().any(|f| f["factor"] == "priority" && f["minutes"] == 720);
        board["waiting"][0]["conversation"] == two && said
    };
    console.find(|frame| frame["type"] == "board" && is_ahead(frame)).await;
    while admin.found("view=waiting").await != [two, one] {
        tokio::task::yield_now().await;
    }
    let labels = admin.request(Method::GET, "/api/v1/labels", None).await.body;
    assert!(
        labels["labels"].as_array().unwrap().contains(&json!({"name": "vip", "conversations": 2}))
    );
    // customers see that there is a place, and nothing of what is in it
    let seen = serde_json::to_string(&second.events().await).unwrap();
    assert!(
        !seen.contains("vip") && !seen.contains("urgent") && !seen.contains("labelled"),
        "{seen}"
    );
    assert!(seen.contains("internal"), "{seen}");
    admin.undo(&results).await;
    assert_eq!(admin.found("view=waiting&label=vip").await.len(), 0);
    assert_eq!(admin.row("waiting", two).await["priority"], Value::Null);
    // what is so already stores nothing
    let same = admin.act(two, json!({"type": "priority", "priority": null})).await;
    assert_eq!((&same["seq"], &same["error"]), (&Value::Null, &Value::Null));
    app.stop().await;
}

#[tokio::test]
async fn a_snoozed_conversation_comes_back_by_itself() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let (timed, quiet, later) = (
        waiting(&app, "I want a person").await,
        waiting(&app, "I want a person").await,
        waiting(&app, "I want a person").await,
    );
    let (timed_id, quiet_id, later_id) =
        (timed.conversation.clone(), quiet.conversation.clone(), later.conversation.clone());
    admin.act(&timed_id, json!({"type": "claim"})).await;
    let past = admin.act(&timed_id, json!({"type": "snooze", "until": now_ms() - 1})).await;
    assert_eq!(past["error"]["code"], "invalid_field");
    assert!(past["error"]["message"].as_str().unwrap().contains("until"), "{past}");
    let until = now_ms() + 1_500;
    let results = admin
        .acts(&[
            (&timed_id, json!({"type": "snooze", "until": until})),
            (&quiet_id, json!({"type": "snooze", "until": null})),
            (&later_id, json!({"type": "snooze", "until": now_ms() + 4_000})),
        ])
        .await;
    assert!(results.iter().all(|result| result["error"].is_null()), "{results:?}");
    assert_eq!(admin.list("view=snoozed").await["counts"]["snoozed"], 3);
    assert_eq!(admin.found("view=snoozed").await, [&*timed_id, &*later_id, &*quiet_id]);
    while quiet.place().await.is_some() {
        tokio::task::yield_now().await; // who is put away is not in the queue
    }
    while !admin.found("view=mine").await.contains(&timed_id) {
        tokio::task::yield_now().await;
    }
    assert!(now_ms() >= until, "not before its time");
    quiet.say("m-2", "hello?").await;
    while admin.found("view=waiting").await != [quiet_id.clone()] {
        tokio::task::yield_now().await;
    }
    // the third one's time comes while the server is away
    let cookie = admin.cookie.clone();
    let app = app.restart().await;
    let admin = Agent { app: &app, cookie };
    while !admin.found("view=waiting").await.contains(&later_id) {
        tokio::task::yield_now().await;
    }
    let path = format!("/api/v1/conversations/{later_id}/events");
    let told = admin.request(Method::GET, &path, None).await.body;
    let types: Vec<&str> =
        told["events"].as_array().unwrap().iter().map(|e| e["type"].as_str().unwrap()).collect();
    assert_eq!(types[types.len() - 2..], ["snoozed", "woken"]);
    app.stop().await;
}

#[tokio::test]
async fn several_are_ended_at_once_and_one_undo_brings_all_back() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let bob = admin.colleague("bob").await;
    let mut all = Vec::new();
    for _ in 0..4 {
        all.push(waiting(&app, "I want a person").await);
    }
    let ids: Vec<&str> = all.iter().map(|visitor| visitor.conversation.as_str()).collect();
    admin.act(ids[0], json!({"type": "claim"})).await;
    bob.act(ids[1], json!({"type": "claim"})).await;
    admin.act(ids[2], json!({"type": "snooze", "until": null})).await;
    let unknown = "0123456789abcdef0123456789abcdef";
    let mut acts: Vec<(&str, Value)> =
        ids.iter().map(|id| (*id, json!({"type": "resolve"}))).collect();
    acts.push((unknown, json!({"type": "resolve"})));
    // an agent cannot end what a colleague has
    let refused = bob.act(ids[0], json!({"type": "resolve"})).await;
    assert_eq!(refused["error"]["code"], "already_claimed");
    let results = admin.acts(&acts).await;
    let told: Vec<&str> =
        results.iter().map(|result| result["conversation"].as_str().unwrap()).collect();
    assert_eq!(told[..4], ids[..], "in the order of the acts");
    assert_eq!(results[4]["error"]["code"], "not_found");
    assert_eq!(admin.found("view=resolved").await.len(), 4);
    admin.undo(&results[..4]).await;
    assert_eq!(admin.found("view=resolved").await.len(), 0);
    assert_eq!(admin.found("view=mine").await, [ids[0]]);
    assert_eq!(admin.found("view=snoozed").await, [ids[2]]);
    // Bob is offered his again, it waits for him
    let mut back = admin.found("view=waiting").await;
    back.sort();
    let mut expected = vec![ids[1].to_owned(), ids[3].to_owned()];
    expected.sort();
    assert_eq!(back, expected);
    assert_eq!(all[0].status().await, "human");
    app.stop().await;
}

#[tokio::test]
async fn acts_that_are_wrong_say_which_field_and_do_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let customer = waiting(&app, "I want a person").await;
    let of = customer.conversation.as_str();
    let post = async |body: Value| {
        admin.request(Method::POST, "/api/v1/conversations/acts", Some(body)).await
    };
    for (act, field) in [
        (json!({"type": "label", "add": ["a,b"]}), "acts[0].act"),
        (json!({"type": "priority", "priority": "most"}), "acts[0].act"),
        (json!({"type": "burn"}), "acts[0].act"),
    ] {
        let refused = post(json!({"acts": [{"conversation": of, "act": act}]})).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{}", refused.body);
        let message = refused.body["error"]["message"].as_str().unwrap();
        assert!(message.contains(field), "{act}: {message}");
    }
    assert_eq!(post(json!({"acts": []})).await.refusal(), (400, "invalid_field"));
    let nobody = json!({"type": "assign", "target": {"to": "team", "team": "nowhere"}});
    assert_eq!(admin.act(of, nobody).await["error"]["code"], "invalid_field");
    let many: Vec<String> = (0..21).map(|number| format!("label {number}")).collect();
    let refused = admin.act(of, json!({"type": "label", "add": many})).await;
    assert_eq!(refused["error"]["code"], "too_many_labels");
    assert_eq!(customer.events().await.len(), 3, "nothing was stored");
    // the same id twice is one act
    for _ in 0..2 {
        let act = json!({"conversation": of, "client_id": "p-1",
            "act": {"type": "unread"}});
        let told = post(json!({"acts": [act]})).await.body["results"][0].clone();
        assert_eq!(told["seq"], 4, "{told}");
    }
    app.stop().await;
}

#[tokio::test]
async fn who_looks_at_a_list_is_told_what_changes_in_it() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let mut console = admin.console().await;
    console.send(json!({"type": "watch", "query": "view=waiting"})).await;
    let first = console.expect("inbox").await;
    assert_eq!(first["counts"]["waiting"], 0);
    let customer = waiting(&app, "I want a person").await;
    let of = customer.conversation.clone();
    let is_row = |frame: &Value| {
        frame["type"] == "inbox"
            && frame["rows"][0]["conversation"] == of.as_str()
            && frame["rows"][0]["counts_from"].is_i64()
    };
    let news = console.find(is_row).await;
    assert_eq!((&news["counts"]["waiting"], &news["rows"][0]["unread"]), (&json!(1), &json!(true)));
    let read = async |console: &mut Socket| {
        console.send(json!({"type": "open", "conversation": of})).await;
        console.event("handoff_requested").await;
        console.send(json!({"type": "read", "conversation": of, "seq": 3})).await;
    };
    read(&mut console).await;
    console.find(|frame| is_row(frame) && frame["rows"][0]["unread"] == false).await;
    admin.act(&of, json!({"type": "unread"})).await;
    console.find(|frame| is_row(frame) && frame["rows"][0]["unread"] == true).await;
    admin.act(&of, json!({"type": "claim"})).await;
    let gone = console.find(|frame| frame["type"] == "inbox" && frame["gone"][0] == of.as_str());
    let gone = gone.await;
    assert_eq!((&gone["counts"]["waiting"], &gone["counts"]["mine"]), (&json!(0), &json!(1)));
    // what was marked stays so after a restart
    let cookie = admin.cookie.clone();
    let app = app.restart().await;
    let admin = Agent { app: &app, cookie };
    assert_eq!(admin.row("mine", &of).await["unread"], true);
    app.stop().await;
}

#[tokio::test]
async fn filters_are_kept_for_each_agent_and_must_be_right() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let bob = admin.colleague("bob").await;
    let filters = json!({"filters": [{"name": "退款", "query": "view=mine&label=refund"}]});
    let put = async |agent: &Agent<'_>, body: Value| {
        agent.request(Method::PUT, "/api/v1/session/filters", Some(body)).await
    };
    assert_eq!(put(&admin, filters.clone()).await.status, StatusCode::OK);
    let path = "/api/v1/session/filters";
    assert_eq!(admin.request(Method::GET, path, None).await.body, filters);
    assert_eq!(bob.request(Method::GET, path, None).await.body, json!({"filters": []}));
    for (filter, field) in [
        (json!({"name": "x", "query": "view=other"}), "view"),
        (json!({"name": "", "query": "view=mine"}), "name"),
        (json!({"name": "x", "query": "colour=red"}), "colour"),
    ] {
        let refused = put(&admin, json!({"filters": [filter]})).await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST);
        let message = refused.body["error"]["message"].as_str().unwrap();
        assert!(message.contains(field), "{message}");
    }
    assert_eq!(admin.request(Method::GET, path, None).await.body, filters);
    app.stop().await;
}
