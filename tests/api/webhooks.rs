//! Webhooks: a real receiver is told what happens, in order and signed, whatever befalls it.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha2::Sha256;

use crate::app::{Agent, TestApp};
use crate::receiver::{Got, Manner, Receiver};

async fn app() -> TestApp {
    TestApp::start_with(|settings| settings.webhooks.private_addresses = true).await
}

async fn add(admin: &Agent<'_>, url: &str) -> Value {
    let body = json!({ "url": url });
    let added = admin.request(Method::POST, "/api/v1/webhooks", Some(body)).await;
    assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
    added.body
}

fn path(webhook: &Value, rest: &str) -> String {
    format!("/api/v1/webhooks/{}{rest}", webhook["id"].as_str().unwrap())
}

/// The signatures that a message should carry under a secret.
fn signature(got: &Got, secret: &Value) -> String {
    let key = secret.as_str().unwrap().strip_prefix("whsec_").unwrap();
    let mut mac = <Hmac<Sha256>>::new_from_slice(&STANDARD.decode(key).unwrap()).unwrap();
    let (id, timestamp) = (&got.headers["webhook-id"], &got.headers["webhook-timestamp"]);
    mac.update(format!("{id}.{timestamp}.{}", got.text).as_bytes());
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// The places of a conversation's events in the order of their first arrival.
fn places(got: &[Got], conversation: &str) -> Vec<u64> {
    let mut places = Vec::new();
    for one in got.iter().filter(|one| one.body["data"]["conversation"] == conversation) {
        let seq = one.body["data"]["seq"].as_u64().unwrap();
        if !places.contains(&seq) {
            places.push(seq);
        }
    }
    places
}

#[tokio::test]
async fn a_receiver_is_told_in_order_and_signed_and_what_failed_is_sent_again() {
    let app = app().await;
    let admin = app.admin().await;
    let receiver = Receiver::start(&[Manner::Status(500)]);
    let webhook = add(&admin, &receiver.url).await;
    let visitor = app.visitor().await;
    visitor.say("m-1", "When are you open?").await;
    visitor.wait_for(2).await;
    visitor.post("handoff", json!({"client_id": "h-1"})).await;
    let last = visitor.wait_for(4).await.len();
    let is_told =
        |got: &[Got]| places(got, &visitor.conversation).len() == last && got.len() > last;
    let got = receiver.wait_for(is_told).await;
    let expected: Vec<u64> = (1..=last as u64).collect();
    assert_eq!(places(&got, &visitor.conversation), expected);
    assert_eq!(got[0].headers["webhook-id"], got[1].headers["webhook-id"], "the same at every try");
    assert_eq!(got[0].text, got[1].text);
    for one in &got {
        assert_eq!(one.headers["webhook-signature"], signature(one, &webhook["secret"]));
    }
    let types: Vec<&str> = got[1..].iter().map(|one| one.body["type"].as_str().unwrap()).collect();
    assert!(types.contains(&"handoff.requested"), "{types:?}");
    assert_eq!(types[0], "message.created");
    assert_eq!(got[1].body["data"]["event"]["text"], "When are you open?");

    let log = admin.request(Method::GET, &path(&webhook, "/deliveries?limit=200"), None).await;
    let log = log.body["deliveries"].as_array().unwrap().clone();
    let first = log.last().unwrap();
    assert_eq!((&first["status"], &first["verdict"]), (&json!(500), &json!("retrying")));
    assert_eq!((&first["excerpt"], &first["attempt"]), (&json!("said 500"), &json!(1)));
    let again = &log[log.len() - 2];
    assert_eq!((&again["attempt"], &again["verdict"]), (&json!(2), &json!("delivered")));

    let delivery = first["delivery"].as_str().unwrap();
    let replay = path(&webhook, &format!("/deliveries/{delivery}/replay"));
    let replayed = admin.request(Method::POST, &replay, None).await;
    assert_eq!(replayed.body["cause"], "replay", "{}", replayed.body);
    assert_eq!(replayed.body["verdict"], "delivered");
    let audit = admin.request(Method::GET, "/api/v1/audit?limit=500", None).await.body;
    let noted = audit["entries"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&noted["act"], &noted["after"]),
        (&json!("webhook.replayed"), &json!({"delivery": delivery}))
    );
    let tried = admin.request(Method::POST, &path(&webhook, "/test"), None).await;
    assert_eq!((&tried.body["type"], &tried.body["status"]), (&json!("webhook.test"), &json!(200)));
    let all = receiver.got();
    let (replay, last) = (&all[all.len() - 2], &all[all.len() - 1]);
    assert_eq!(
        (&replay.headers["webhook-id"], &replay.text),
        (&got[0].headers["webhook-id"], &got[0].text)
    );
    assert_eq!(last.body["type"], "webhook.test");
    app.stop().await;
    receiver.stop().await;
}

#[tokio::test]
async fn a_receiver_that_is_gone_is_left_alone_and_told_the_rest_when_it_is_back() {
    let app = app().await;
    let admin = app.admin().await;
    let receiver = Receiver::start(&[Manner::Status(410)]);
    let webhook = add(&admin, &receiver.url).await;
    let visitor = app.visitor().await;
    visitor.say("m-1", "hello").await;
    visitor.wait_for(2).await;
    receiver.wait_for(|got| got.len() == 1).await;
    let (cookie, conversation) = (admin.cookie.clone(), visitor.conversation.clone());
    let state = async |admin: &Agent<'_>| {
        admin.request(Method::GET, "/api/v1/webhooks", None).await.body["webhooks"][0].clone()
    };
    while state(&admin).await["active"] == true {
        tokio::task::yield_now().await;
    }
    assert!(state(&admin).await["gone_at"].is_i64());
    visitor.say("m-2", "are you there?").await;
    let last = visitor.wait_for(4).await.len();
    // the place where the receiver stands is kept over a restart
    let app = app.restart_with(|settings| settings.webhooks.private_addresses = true).await;
    let admin = Agent { app: &app, cookie };
    assert_eq!(state(&admin).await["active"], false);
    assert_eq!(receiver.got().len(), 1);
    let on = json!({ "active": true });
    let changed = admin.request(Method::PATCH, &path(&webhook, ""), Some(on)).await;
    assert_eq!((&changed.body["active"], changed.body.get("gone_at")), (&json!(true), None));
    let got = receiver.wait_for(|got| places(got, &conversation).len() == last).await;
    assert_eq!(places(&got, &conversation), (1..=last as u64).collect::<Vec<_>>());
    app.stop().await;
    receiver.stop().await;
}

#[tokio::test]
async fn a_receiver_that_hangs_holds_up_nobody_else() {
    let app = app().await;
    let admin = app.admin().await;
    let deaf = Receiver::start(&[Manner::Hangs; 50]);
    let good = Receiver::start(&[]);
    add(&admin, &deaf.url).await;
    let webhook = add(&admin, &good.url).await;
    let rotated = admin.request(Method::POST, &path(&webhook, "/secret"), None).await;
    for _ in 0..6 {
        let visitor = app.visitor().await;
        visitor.say("m-1", "hello").await;
        visitor.wait_for(2).await;
    }
    deaf.wait_for(|got| !got.is_empty()).await;
    let got = good.wait_for(|got| got.len() == 12).await;
    assert!(deaf.got().len() <= 4, "a few at a time");
    // the secret was replaced: both sign
    let signatures = &got[0].headers["webhook-signature"];
    let both =
        [&rotated.body["secret"], &webhook["secret"]].map(|secret| signature(&got[0], secret));
    assert_eq!(*signatures, both.join(" "));
    // removed, it hears nothing more, although something is under way
    let list = admin.request(Method::GET, "/api/v1/webhooks", None).await.body;
    let removed = admin.request(Method::DELETE, &path(&list["webhooks"][0], ""), None).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    let list = admin.request(Method::GET, "/api/v1/webhooks", None).await.body;
    assert_eq!(list["webhooks"].as_array().unwrap().len(), 1);
    app.stop().await;
    deaf.stop().await;
    good.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_webhook_is_refused_by_name_and_only_admins_see_them() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (body, field) in [
        (json!({"url": "nowhere"}), "`url`"),
        (json!({"url": "http://hooks.example/"}), "`url`"),
        (json!({"url": "https://127.0.0.1/"}), "`url`"),
        (json!({"url": "https://169.254.169.254/"}), "`url`"),
        (json!({"url": "https://hooks.example/", "events": ["message.read"]}), "`events`"),
        (json!({"events": []}), "`url`"),
        (json!({"url": "https://hooks.example/", "color": "red"}), "`color`"),
    ] {
        let refused = admin.request(Method::POST, "/api/v1/webhooks", Some(body.clone())).await;
        let message = refused.body["error"]["message"].as_str().unwrap();
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
        assert!(message.contains(field), "{body}: {message}");
    }
    let webhook = add(&admin, "https://hooks.example/in").await;
    let change = json!({"url": "https://10.0.0.1/"});
    let refused = admin.request(Method::PATCH, &path(&webhook, ""), Some(change)).await;
    assert_eq!(refused.refusal(), (400, "invalid_field"));
    let list = admin.request(Method::GET, "/api/v1/webhooks", None).await.body;
    assert_eq!(list["webhooks"][0]["url"], "https://hooks.example/in");
    assert!(list["webhooks"][0].get("secret").is_none(), "shown once");
    let agent = admin.colleague("ben").await;
    for (method, rest) in [
        (Method::GET, ""),
        (Method::PATCH, &*format!("/{}", webhook["id"].as_str().unwrap())),
        (Method::DELETE, &*format!("/{}", webhook["id"].as_str().unwrap())),
        (Method::GET, &*format!("/{}/deliveries", webhook["id"].as_str().unwrap())),
        (Method::POST, &*format!("/{}/test", webhook["id"].as_str().unwrap())),
        (Method::POST, &*format!("/{}/secret", webhook["id"].as_str().unwrap())),
        (Method::POST, &*format!("/{}/deliveries/msg_1/replay", webhook["id"].as_str().unwrap())),
    ] {
        let body = (method == Method::PATCH).then(|| json!({}));
        let path = format!("/api/v1/webhooks{rest}");
        let refused = agent.request(method.clone(), &path, body.clone()).await;
        assert_eq!(refused.refusal(), (403, "forbidden"), "{method} {path}");
        let refused = app.request(method.clone(), &path, body).await;
        assert_eq!(refused.refusal(), (401, "unauthorized"), "{method} {path}");
    }
    for rest in ["/0000000000000000/test", "/x/test"] {
        let refused = admin.request(Method::POST, &format!("/api/v1/webhooks{rest}"), None).await;
        assert_eq!(refused.refusal(), (404, "not_found"), "{rest}");
    }
    let replay = path(&webhook, "/deliveries/msg_1/replay");
    let refused = admin.request(Method::POST, &replay, None).await;
    assert_eq!(refused.refusal(), (404, "not_found"));
    app.stop().await;
}
