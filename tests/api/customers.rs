//! Who customers are: what programs say of them, what visitors prove, and what an agent sees.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use frontdesk::domain::{Clock, SystemClock};
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::app::{Agent, Answer, TestApp};

pub(crate) const KEY: &str = "a-key-of-the-shop";
pub(crate) const SECRET: &str = "the secret that shop and desk have in common";

pub(crate) async fn shop() -> TestApp {
    TestApp::start_with(|settings| {
        settings.api.keys = vec![KEY.to_owned()];
        settings.identity.secrets = vec![SECRET.to_owned()];
    })
    .await
}

impl TestApp {
    /// The shop's own program.
    pub(crate) async fn program(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.http.request(method, format!("{}/api/v1/{path}", self.url));
        request = request.header("x-api-key", KEY);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::of(request.send().await.unwrap()).await
    }
}

/// A token that expires in so many seconds.
pub(crate) fn token(subject: &str, seconds: i64, secret: &str) -> String {
    let now = SystemClock.now().0 / 1_000;
    let claims = json!({"sub": subject, "iat": now - 60, "exp": now + seconds, "name": "Ana"});
    let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(json!({"alg": "HS256", "typ": "JWT"})), part(claims));
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}

#[tokio::test]
async fn an_agent_sees_the_customer_whom_the_site_has_named() {
    let app = shop().await;
    let profile = json!({"name": "Ana Lima", "email": "ana@shop.example",
        "attributes": {"spent": 1500},
        "open_orders": [{"id": "LX-1", "status": "sent", "total": 12.5, "currency": "EUR"}]});
    let put = app.program(Method::PUT, "customers/c-1", Some(profile)).await;
    assert_eq!(put.status, StatusCode::OK, "{}", put.body);
    let rules = json!({"segments": [{"name": "big spenders", "value_band": "vip",
        "all": [{"attribute": "spent", "op": "gt", "value": 1000}]}]});
    let preview = app.program(Method::POST, "segments/preview", Some(rules.clone())).await;
    assert_eq!(preview.body["segments"][0], json!({"name": "big spenders", "customers": 1}));
    app.program(Method::PUT, "segments", Some(rules.clone())).await;
    assert_eq!(
        app.program(Method::GET, "segments", None).await.body["segments"][0]["name"],
        "big spenders"
    );

    let mut widget = app.socket("/ws/v1/visitor", None).await;
    widget.send(json!({"type": "hello", "identity": token("c-1", 60, SECRET)})).await;
    let welcome = widget.expect("welcome").await;
    widget.expect("identified").await;
    let admin = app.admin().await;
    let agent = admin.colleague("bo").await;
    let path =
        format!("/api/v1/conversations/{}/customer", welcome["conversation"].as_str().unwrap());
    let seen = agent.request(Method::GET, &path, None).await;
    let card = &seen.body["card"];
    assert_eq!((&card["name"], &card["verified"]), (&json!("Ana"), &json!(true)));
    assert_eq!((&card["segment"], &card["value_band"]), (&json!("big spenders"), &json!("vip")));
    assert_eq!(card["open_orders"][0]["id"], "LX-1");
    assert_eq!(app.get(&path).await.refusal(), (401, "unauthorized"));
}

#[tokio::test]
async fn a_token_that_cannot_be_believed_is_refused_and_the_chat_goes_on() {
    let app = shop().await;
    let mut widget = app.widget().await;
    let welcome = widget.expect("welcome").await;
    let foreign = "a secret that is nobody's but the attacker's own";
    for wrong in [token("c-1", 60, foreign), token("c-1", -1, SECRET), "nonsense".to_owned()] {
        widget.send(json!({"type": "identify", "identity": wrong})).await;
        assert_eq!(widget.expect("error").await["code"], "identity_refused");
    }
    widget.send(json!({"type": "identify", "identity": token("", 60, SECRET)})).await;
    assert_eq!(widget.expect("error").await["code"], "invalid_field");
    widget.send(json!({"type": "send", "client_id": "m-1", "text": "hello"})).await;
    widget.expect("ack").await;
    let path = format!("conversations/{}/customer", welcome["conversation"].as_str().unwrap());
    assert_eq!(app.program(Method::GET, &path, None).await.refusal(), (404, "not_found"));
    widget.send(json!({"type": "identify", "identity": token("c-1", 60, SECRET)})).await;
    widget.expect("identified").await;
    widget.send(json!({"type": "identify", "identity": token("c-2", 60, SECRET)})).await;
    assert_eq!(widget.expect("error").await["code"], "identity_other");
    assert_eq!(app.program(Method::GET, &path, None).await.body["customer"]["external_id"], "c-1");
}

#[tokio::test]
async fn who_claims_a_victims_address_sees_and_changes_nothing_of_theirs() {
    let app = shop().await;
    let victim = json!({"name": "Ana", "email": "ana@shop.example", "email_verified": true, "tags": ["vip"]});
    let before = app.program(Method::PUT, "customers/c-1", Some(victim)).await.body;
    let attacker = app.visitor().await;
    let said = attacker.post("contact", json!({"name": "Eve", "email": "ana@shop.example"})).await;
    assert_eq!((said.status, said.text.as_str()), (StatusCode::NO_CONTENT, ""));
    let path = format!("conversations/{}/customer", attacker.conversation);
    let seen = app.program(Method::GET, &path, None).await.body;
    assert_ne!(seen["customer"]["id"], before["id"]);
    assert_eq!((&seen["card"]["verified"], &seen["customer"]["tags"]), (&json!(false), &json!([])));
    assert_eq!(app.program(Method::GET, "customers/c-1", None).await.body, before);
    let more = attacker.post("contact", json!({"email_verified": true})).await;
    assert_eq!(more.refusal(), (400, "unknown_field"));
}

#[tokio::test]
async fn joined_profiles_are_separated_again() {
    let app = shop().await;
    let same = json!({"email": "ana@shop.example", "email_verified": true});
    let first = app.program(Method::PUT, "customers/web-1", Some(same.clone())).await.body;
    let second = app.program(Method::PUT, "customers/app-1", Some(same)).await.body;
    assert_eq!(first["id"], second["id"]);
    assert_eq!(app.program(Method::GET, "customers?query=ANA@", None).await.body["count"], 1);
    let apart = app.program(Method::POST, "customers/app-1/unmerge", None).await.body;
    assert_ne!(apart["id"], first["id"]);
    let history = app.program(Method::GET, "customers/app-1/history", None).await.body;
    let kinds: Vec<&Value> =
        history["history"].as_array().unwrap().iter().map(|entry| &entry["type"]).collect();
    assert_eq!(kinds, ["changed", "merged", "unmerged"]);
    let twice = app.program(Method::POST, "customers/app-1/unmerge", None).await;
    assert_eq!(twice.refusal(), (409, "conflict"));
}

#[tokio::test]
async fn agents_note_what_they_hear_but_vouch_for_nothing() {
    let app = shop().await;
    app.program(Method::PUT, "customers/c-1", Some(json!({"name": "Ana"}))).await;
    let admin = app.admin().await;
    let agent = admin.colleague("bo").await;
    let patch = |body| agent.request(Method::PATCH, "/api/v1/customers/c-1", Some(body));
    assert_eq!(patch(json!({"tags": ["patient"]})).await.body["tags"], json!(["patient"]));
    let vouched = patch(json!({"email": "ana@shop.example", "email_verified": true})).await;
    assert_eq!(vouched.refusal(), (403, "forbidden"));
    for method in [Method::PUT, Method::DELETE] {
        let body = (method == Method::PUT).then(|| json!({}));
        let refused = agent.request(method, "/api/v1/customers/c-1", body).await;
        assert_eq!(refused.refusal(), (403, "forbidden"));
    }
    let rules = agent.request(Method::PUT, "/api/v1/segments", Some(json!({"segments": []}))).await;
    assert_eq!(rules.refusal(), (403, "forbidden"));
    assert_eq!(app.get("/api/v1/customers").await.refusal(), (401, "unauthorized"));
    assert_eq!(app.get("/api/v1/segments").await.refusal(), (401, "unauthorized"));
}

#[tokio::test]
async fn wrong_fields_are_named_and_change_nothing() {
    let app = shop().await;
    for (body, code, named) in [
        (json!({"nmae": "Ana"}), "unknown_field", "nmae"),
        (json!({"email": "ana"}), "invalid_field", "email"),
        (json!({"attributes": {"plan": {}}}), "invalid_field", "attributes.plan"),
        (json!({"open_orders": [{"id": "1"}]}), "invalid_field", "open_orders[0].status"),
    ] {
        let refused = app.program(Method::PUT, "customers/c-1", Some(body)).await;
        assert_eq!(refused.refusal(), (400, code));
        let message = refused.body["error"]["message"].as_str().unwrap();
        assert!(message.contains(&format!("`{named}`")), "{message}");
    }
    assert_eq!(app.program(Method::GET, "customers/c-1", None).await.refusal(), (404, "not_found"));
    let rules = json!({"segments": [{"name": "a", "all": [{"attribute": "a", "op": "like"}]}]});
    let refused = app.program(Method::PUT, "segments", Some(rules)).await;
    assert!(refused.text.contains("`segments[0].all[0].op`"), "{}", refused.text);
    let none = app.program(Method::GET, "segments", None).await;
    assert_eq!(none.body, json!({"segments": []}));
}

#[tokio::test]
async fn erasing_takes_the_profile_and_whose_the_conversation_is() {
    let app = shop().await;
    let visitor = app.visitor().await;
    visitor.say("m-1", "hello").await;
    let identity = json!({"identity": token("c-1", 60, SECRET)});
    let path = format!("conversations/{}", visitor.conversation);
    for erases_customer in [true, false] {
        let named = visitor.post("identity", identity.clone()).await;
        assert_eq!(named.status, StatusCode::NO_CONTENT, "{}", named.body);
        if erases_customer {
            let erased = app.program(Method::DELETE, "customers/c-1", None).await;
            assert_eq!(erased.status, StatusCode::NO_CONTENT);
            let gone = app.program(Method::GET, "customers/c-1", None).await;
            assert_eq!(gone.refusal(), (404, "not_found"));
        } else {
            let admin = app.admin().await;
            admin.request(Method::DELETE, &format!("/api/v1/{path}"), None).await;
        }
        let customer = app.program(Method::GET, &format!("{path}/customer"), None).await;
        assert_eq!(customer.refusal(), (404, "not_found"));
    }
}

#[tokio::test]
async fn who_identifies_while_they_wait_stands_where_their_worth_puts_them() {
    let app = shop().await;
    let rules = json!({"segments": [{"name": "big spenders", "value_band": "vip",
        "all": [{"attribute": "spent", "op": "gt", "value": 1000}]}]});
    app.program(Method::PUT, "segments", Some(rules)).await;
    let profile = json!({"attributes": {"spent": 1500}});
    app.program(Method::PUT, "customers/c-1", Some(profile)).await;
    let admin = app.admin().await;
    let mut console = admin.console().await;
    console.send(json!({"type": "presence", "presence": "busy"})).await;

    let mut first = app.widget().await;
    first.expect("welcome").await;
    first.send(json!({"type": "send", "client_id": "m-1", "text": "I want a person"})).await;
    first.event("handoff_requested").await;
    let mut second = app.widget().await;
    let welcome = second.expect("welcome").await;
    let conversation = welcome["conversation"].as_str().unwrap().to_owned();
    second.send(json!({"type": "send", "client_id": "m-1", "text": "I want a person"})).await;
    second.event("handoff_requested").await;
    console.find(|frame| frame["type"] == "board" && frame["waiting_count"] == 2).await;
    console.send(json!({"type": "open", "conversation": conversation})).await;
    assert!(console.expect("opened").await["handoff"].get("customer").is_none());

    second.send(json!({"type": "identify", "identity": token("c-1", 60, SECRET)})).await;
    second.expect("identified").await;
    let seen = second.event("customer_identified").await;
    assert!(seen.get("customer").is_none(), "customers do not read what is known of them: {seen}");
    assert_eq!(second.expect("queue").await["place"], 1, "and they are told their new place");
    let opened = console.find(|f| f["type"] == "opened" && !f["handoff"]["customer"].is_null());
    let card = opened.await["handoff"]["customer"].clone();
    assert_eq!((&card["value_band"], &card["verified"]), (&json!("vip"), &json!(true)));
    let board = console
        .find(|f| f["type"] == "board" && f["waiting"][0]["conversation"] == conversation.as_str());
    let top = board.await["waiting"][0].clone();
    assert_eq!((&top["segment"], &top["value"]), (&json!("big spenders"), &json!("vip")));
    let factors = top["factors"].as_array().unwrap();
    assert!(factors.contains(&json!({"factor": "value", "minutes": 30})), "{factors:?}");

    // it is an event like the others: it survives a restart, and the same again is no news
    second.send(json!({"type": "identify", "identity": token("c-1", 60, SECRET)})).await;
    second.expect("identified").await;
    drop((first, second, console, admin));
    let app = app.restart().await;
    let body = json!({"email": "ada@shop.example", "password": "a long password"});
    let cookie = app.post("/api/v1/session", body).await.cookie.unwrap();
    let admin = Agent { app: &app, cookie };
    let mut console = admin.console().await;
    let board = console.find(|f| f["type"] == "board" && f["waiting_count"] == 2).await;
    assert_eq!(board["waiting"][0]["conversation"], conversation.as_str());
    let path = format!("/api/v1/conversations/{conversation}/events");
    let log = admin.request(Method::GET, &path, None).await;
    let log = log.body["events"].as_array().unwrap();
    let told = log.iter().filter(|event| event["type"] == "customer_identified").count();
    assert_eq!(told, 1, "{log:?}");
    app.stop().await;
}

#[tokio::test]
async fn who_waits_is_scored_anew_when_their_profile_or_the_segments_change() {
    let app = shop().await;
    app.program(Method::PUT, "customers/c-1", Some(json!({"attributes": {"spent": 10}}))).await;
    let admin = app.admin().await;
    let mut console = admin.console().await;
    console.send(json!({"type": "presence", "presence": "busy"})).await;
    let mut widget = app.widget().await;
    widget.expect("welcome").await;
    widget.send(json!({"type": "identify", "identity": token("c-1", 60, SECRET)})).await;
    widget.expect("identified").await;
    widget.send(json!({"type": "send", "client_id": "m-1", "text": "I want a person"})).await;
    widget.event("handoff_requested").await;
    console.find(|f| f["type"] == "board" && f["waiting_count"] == 1).await;

    let rules = json!({"segments": [{"name": "big spenders", "value_band": "vip",
        "all": [{"attribute": "spent", "op": "gt", "value": 1000}]}]});
    app.program(Method::PUT, "segments", Some(rules)).await;
    let spent = json!({"attributes": {"spent": 1500}});
    app.program(Method::PATCH, "customers/c-1", Some(spent)).await;
    let board = console.find(|f| f["type"] == "board" && f["waiting"][0]["value"] == "vip").await;
    let factors = board["waiting"][0]["factors"].as_array().unwrap();
    assert!(factors.contains(&json!({"factor": "value", "minutes": 30})), "{factors:?}");
    // other rules, and they are worth what all are worth
    app.program(Method::PUT, "segments", Some(json!({"segments": []}))).await;
    let board = console.find(|f| f["type"] == "board" && f["waiting"][0]["value"] != "vip").await;
    assert!(board["waiting"][0].get("segment").is_none(), "{board}");
    app.stop().await;
}

#[tokio::test]
async fn what_programs_change_is_in_the_audit_log_and_what_they_repeat_is_not() {
    let app = shop().await;
    let admin = app.admin().await;
    let name = |name: &str| Some(json!({"name": name, "tags": ["regular"]}));
    for _ in 0..3 {
        let put = app.program(Method::PUT, "customers/c-1", name("Ana")).await;
        assert_eq!(put.status, StatusCode::OK, "{}", put.body);
    }
    app.program(Method::PATCH, "customers/c-1", Some(json!({"name": "Ana Lima"}))).await;
    app.program(Method::PATCH, "customers/c-1", Some(json!({"name": "Ana Lima"}))).await;
    app.program(Method::DELETE, "customers/c-1", None).await;
    let audit = admin.request(Method::GET, "/api/v1/audit?after=0&limit=100", None).await.body;
    let entries = audit["entries"].as_array().unwrap().iter();
    let by_key: Vec<&Value> = entries.filter(|entry| entry["by"]["kind"] == "api_key").collect();
    let acts: Vec<&str> = by_key.iter().filter_map(|entry| entry["act"].as_str()).collect();
    assert_eq!(acts, ["customer.changed", "customer.changed", "customer.removed"]);
    assert_eq!(by_key[0]["on"]["id"], "c-1");
    assert_eq!(by_key[0]["after"], json!({"fields": ["name", "tags"]}));
    assert!(!audit.to_string().contains("Lima"), "what is known of them does not stand there");
    app.stop().await;
}
