//! The people who answer: their roles, teams and second factors, and what the audit log tells of it.

use hmac::{Hmac, KeyInit, Mac};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use sha1::Sha1;

use crate::app::{Agent, Answer, COLLEAGUES_PASSWORD, TestApp};

impl Agent<'_> {
    async fn patch(&self, path: &str, body: Value) -> Answer {
        self.request(Method::PATCH, path, Some(body)).await
    }

    async fn post(&self, path: &str, body: Value) -> Answer {
        self.request(Method::POST, path, Some(body)).await
    }

    async fn delete(&self, path: &str) -> Answer {
        self.request(Method::DELETE, path, None).await
    }

    async fn audit(&self) -> Vec<Value> {
        let answer = self.request(Method::GET, "/api/v1/audit", None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body["entries"].as_array().unwrap().clone()
    }
}

#[tokio::test]
async fn a_colleague_gets_role_team_skills_languages_channels_and_capacity() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let team = admin.post("/api/v1/teams", json!({"id": "returns", "name": "Returns"})).await;
    assert_eq!(team.status, StatusCode::CREATED, "{}", team.body);
    let bob = admin.add("bob", "agent").await;
    let path = format!("/api/v1/agents/{bob}");
    let change = json!({"role": "supervisor", "teams": ["returns"], "skills": ["Refunds"],
        "languages": ["zh"], "channels": ["Web"], "capacity": 3});
    let changed = admin.patch(&path, change).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.body);
    let app = app.restart().await;
    let body = json!({"email": "ada@shop.example", "password": "a long password"});
    let cookie = app.post("/api/v1/session", body).await.cookie.unwrap();
    let admin = Agent { app: &app, cookie };
    let listed = admin.request(Method::GET, "/api/v1/agents", None).await;
    let bob = listed.body["agents"].as_array().unwrap().iter().find(|a| a["id"] == bob.as_str());
    let expected = json!({"role": "supervisor", "teams": ["returns"], "skills": ["refunds"],
        "languages": ["zh"], "channels": ["web"], "capacity": 3, "active": true, "second_factor": false});
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&bob.unwrap()[name], value, "{name}");
    }
    let busy = admin.delete("/api/v1/teams/returns").await;
    assert_eq!(busy.refusal(), (409, "conflict"), "somebody is in it");
    app.stop().await;
}

#[tokio::test]
async fn what_is_wrong_is_refused_with_its_field() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let path = format!("/api/v1/agents/{}", admin.add("bob", "agent").await);
    let agents = [
        (json!({"name": ""}), "name"),
        (json!({"name": 7}), "name"),
        (json!({"role": "king"}), "role"),
        (json!({"role": "No Slug"}), "role"),
        (json!({"teams": ["nowhere"]}), "teams"),
        (json!({"teams": "nowhere"}), "teams"),
        (json!({"skills": [""]}), "skills"),
        (json!({"skills": vec!["a"; 51]}), "skills"),
        (json!({"languages": ["fr"]}), "languages"),
        (json!({"capacity": 0}), "capacity"),
        (json!({"capacity": -1}), "capacity"),
        (json!({"capacity": 101}), "capacity"),
        (json!({"active": "no"}), "active"),
        (json!({"password": "a new long one"}), "password"),
    ];
    let cases = agents.map(|(body, field)| (Method::PATCH, path.as_str(), body, field));
    let more = [
        (Method::POST, "/api/v1/teams", json!({"id": "Not Good", "name": "x"}), "id"),
        (Method::POST, "/api/v1/teams", json!({"id": "good", "name": " "}), "name"),
        (Method::POST, "/api/v1/teams", json!({"id": "good"}), "name"),
        (
            Method::POST,
            "/api/v1/roles",
            json!({"id": "../x", "name": "x", "permissions": []}),
            "id",
        ),
        (
            Method::POST,
            "/api/v1/roles",
            json!({"id": "x", "name": "x", "permissions": ["everything"]}),
            "permissions",
        ),
        (Method::GET, "/api/v1/audit?limit=0", Value::Null, "limit"),
    ];
    for (method, path, body, field) in cases.into_iter().chain(more) {
        let body = (!body.is_null()).then_some(body);
        let refused = admin.request(method, path, body.clone()).await;
        let message = refused.body["error"]["message"].as_str().unwrap();
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body:?}: {message}");
        assert!(message.contains(&format!("`{field}")), "{body:?} names no {field}: {message}");
    }
    let listed = admin.request(Method::GET, "/api/v1/agents", None).await.text;
    assert!(listed.contains(r#""capacity":5"#) && !listed.contains("king"), "{listed}");
    app.stop().await;
}

#[tokio::test]
async fn who_is_deactivated_is_out_at_once_and_the_last_admin_stays() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let bob = admin.colleague("bob").await;
    let mut console = bob.console().await;
    let path = format!("/api/v1/agents/{}", bob.me().await["id"].as_str().unwrap());
    let gone = admin.patch(&path, json!({"active": false})).await;
    assert_eq!((gone.status, &gone.body["active"]), (StatusCode::OK, &json!(false)));
    assert_eq!(console.closed().await, 4009);
    assert_eq!(bob.request(Method::GET, "/api/v1/session", None).await.refusal().0, 401);
    let body = json!({"email": "bob@shop.example", "password": COLLEAGUES_PASSWORD});
    assert_eq!(app.post("/api/v1/session", body.clone()).await.refusal(), (401, "unauthorized"));
    admin.patch(&path, json!({"active": true})).await;
    assert_eq!(app.post("/api/v1/session", body).await.status, StatusCode::OK);

    let own = format!("/api/v1/agents/{}", admin.me().await["id"].as_str().unwrap());
    for change in [json!({"role": "agent"}), json!({"active": false})] {
        assert_eq!(
            admin.patch(&own, change.clone()).await.refusal(),
            (409, "conflict"),
            "{change}"
        );
    }
    admin.patch(&path, json!({"role": "admin"})).await;
    assert_eq!(admin.patch(&own, json!({"role": "agent"})).await.status, StatusCode::OK);
    app.stop().await;
}

#[tokio::test]
async fn the_conversations_of_who_is_deactivated_go_back_to_the_queue_at_once() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let bob = admin.colleague("bob").await;
    let visitor = app.visitor().await;
    visitor.say("m-1", "I want a person").await;
    visitor.wait_for(3).await;
    let mut console = bob.console().await;
    let claim = json!({"type": "claim", "conversation": visitor.conversation, "client_id": "c-1"});
    console.send(claim).await;
    console.expect("ack").await;
    assert_eq!(visitor.status().await, "human");
    let path = format!("/api/v1/agents/{}", bob.me().await["id"].as_str().unwrap());
    // the timers of a lost connection would take minutes, longer than a test waits
    admin.patch(&path, json!({"active": false})).await;
    assert_eq!(console.closed().await, 4009);
    let back = async {
        while visitor.status().await != "waiting" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::app::PATIENCE, back).await.unwrap();
    let events = visitor.events().await;
    assert!(events.iter().any(|event| event["type"] == "lapsed"), "{events:?}");
    let mut other = admin.console().await;
    let claim = json!({"type": "claim", "conversation": visitor.conversation, "client_id": "c-2"});
    other.send(claim).await;
    other.expect("ack").await;
    app.stop().await;
}

#[tokio::test]
async fn a_change_of_rights_counts_on_open_sockets() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.role("answers", &["conversations.answer"]).await;
    let bob = admin.colleague_as("bob", "answers").await;
    let visitor = app.visitor().await;
    visitor.say("m-1", "I want a person").await;
    visitor.wait_for(3).await;
    let mut console = bob.console().await;
    let claim =
        |id: &str| json!({"type": "claim", "conversation": visitor.conversation, "client_id": id});
    let none = admin.patch("/api/v1/roles/answers", json!({"permissions": []})).await;
    assert_eq!(none.status, StatusCode::OK, "{}", none.body);
    console.send(claim("c-1")).await;
    assert_eq!(console.expect("error").await["code"], "forbidden");
    assert_eq!(bob.me().await["permissions"], json!([]));
    admin.patch("/api/v1/roles/answers", json!({"permissions": ["conversations.answer"]})).await;
    console.send(claim("c-2")).await;
    assert_eq!(console.expect("ack").await["client_id"], "c-2");
    app.stop().await;
}

#[tokio::test]
async fn nobody_gives_away_more_than_they_have() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.role("lead", &["agents.manage", "roles.manage"]).await;
    let lead = admin.colleague_as("lena", "lead").await;
    let own = format!("/api/v1/agents/{}", lead.me().await["id"].as_str().unwrap());
    let boss = format!("/api/v1/agents/{}", admin.me().await["id"].as_str().unwrap());
    assert_eq!(lead.patch(&own, json!({"role": "admin"})).await.refusal(), (403, "forbidden"));
    assert_eq!(lead.patch(&boss, json!({"name": "x"})).await.refusal(), (403, "forbidden"));
    assert_eq!(lead.delete(&format!("{boss}/sessions")).await.refusal(), (403, "forbidden"));
    assert_eq!(lead.delete(&format!("{boss}/second_factor")).await.refusal(), (403, "forbidden"));
    let role = json!({"id": "mine", "name": "Mine", "permissions": ["audit.read"]});
    assert_eq!(lead.post("/api/v1/roles", role).await.refusal(), (400, "invalid_field"));
    let wider = lead.patch("/api/v1/roles/lead", json!({"permissions": ["audit.read"]})).await;
    assert_eq!(wider.refusal(), (400, "invalid_field"));
    for built_in in ["agent", "supervisor", "admin"] {
        let path = format!("/api/v1/roles/{built_in}");
        let changed = admin.patch(&path, json!({"permissions": []})).await;
        assert_eq!(changed.refusal(), (409, "conflict"), "{built_in}");
        assert_eq!(admin.delete(&path).await.refusal(), (409, "conflict"), "{built_in}");
    }
    app.stop().await;
}

#[tokio::test]
async fn doors_customers_and_segments_are_in_the_audit_log() {
    let app = TestApp::start_with(|settings| settings.webhooks.private_addresses = true).await;
    let admin = app.admin().await;
    let put = async |path: &str, body: Value| {
        let answer = admin.request(Method::PUT, path, Some(body)).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}: {}", answer.body);
    };
    let hook = admin.post("/api/v1/webhooks", json!({"url": "http://127.0.0.1:9/key-xyzzy"})).await;
    let at = format!("/api/v1/webhooks/{}", hook.body["id"].as_str().unwrap());
    admin.patch(&at, json!({"active": false})).await;
    admin.patch(&at, json!({"url": "http://127.0.0.1:9/other-xyzzy"})).await;
    let fresh = admin.post(&format!("{at}/secret"), json!({})).await;
    admin.delete(&at).await;
    let bot = json!({"name": "Robo", "url": "http://127.0.0.1:9/bot-xyzzy"});
    let bot = admin.post("/api/v1/bots", bot).await;
    let at = format!("/api/v1/bots/{}", bot.body["id"].as_str().unwrap());
    admin.patch(&at, json!({"in_use": true})).await;
    admin.delete(&at).await;
    put("/api/v1/customers/c-1", json!({"name": "Xyzzy", "tags": ["a"]})).await;
    admin.patch("/api/v1/customers/c-1", json!({"email": "xyzzy@shop.example"})).await;
    admin.delete("/api/v1/customers/c-1").await;
    put("/api/v1/segments", json!({"segments": []})).await;
    let rules = admin.request(Method::GET, "/api/v1/routing", None).await.body;
    put("/api/v1/routing", rules).await;

    let entries = admin.audit().await;
    let acts: Vec<&str> = entries.iter().map(|entry| entry["act"].as_str().unwrap()).collect();
    let expected = [
        "webhook.added",
        "webhook.changed",
        "webhook.changed",
        "webhook.secret_renewed",
        "webhook.removed",
        "bot.added",
        "bot.changed",
        "bot.removed",
        "customer.changed",
        "customer.changed",
        "customer.removed",
        "segments.changed",
        "rules.changed",
    ];
    assert_eq!(acts[2..], expected);
    assert!(entries[2..].iter().all(|entry| entry["by"]["name"] == "Ada"));
    assert_eq!(entries[2]["on"]["name"], "127.0.0.1:9");
    assert_eq!(entries[3]["before"], json!({"active": true}));
    assert_eq!(entries[3]["after"], json!({"active": false}));
    assert_eq!(entries[4]["after"], json!({"address": "changed"}));
    assert_eq!(entries[8]["after"], json!({"in_use": true}));
    assert_eq!(entries[11]["after"], json!({"fields": ["email"]}));
    let whole = serde_json::to_string(&entries).unwrap().to_lowercase();
    let keys = [&hook.body["secret"], &fresh.body["secret"], &bot.body["token"]];
    let keys = keys.map(|key| key.as_str().unwrap().to_lowercase());
    for secret in keys.iter().map(String::as_str).chain(["xyzzy"]) {
        assert!(!whole.contains(secret), "{secret} stands in the log");
    }
    app.stop().await;
}

#[tokio::test]
async fn the_audit_log_tells_who_did_what_without_secrets() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let bob = admin.add("bob", "agent").await;
    let wrong = json!({"email": "bob@shop.example", "password": "my other password"});
    app.post("/api/v1/session", wrong).await;
    admin.patch(&format!("/api/v1/agents/{bob}"), json!({"role": "supervisor"})).await;
    admin.delete(&format!("/api/v1/agents/{bob}/sessions")).await;
    admin.post("/api/v1/admin/reload", json!({})).await;
    let visitor = app.visitor().await;
    visitor.say("m-1", "hello, my code is xyzzy").await;
    admin.delete(&format!("/api/v1/conversations/{}", visitor.conversation)).await;
    let entries = admin.audit().await;
    let told: Vec<(u64, &str, &str)> = entries
        .iter()
        .map(|entry| {
            let kind = entry["by"]["kind"].as_str().unwrap();
            (entry["seq"].as_u64().unwrap(), kind, entry["act"].as_str().unwrap())
        })
        .collect();
    assert_eq!(
        told,
        [
            (1, "nobody", "setup.done"),
            (2, "agent", "session.signed_in"),
            (3, "agent", "agent.added"),
            (4, "nobody", "session.refused"),
            (5, "agent", "agent.changed"),
            (6, "agent", "sessions.revoked"),
            (7, "agent", "knowledge.reloaded"),
            (8, "agent", "conversation.erased"),
        ]
    );
    let changed = &entries[4];
    assert_eq!(changed["before"], json!({"role": "agent"}));
    assert_eq!(changed["after"], json!({"role": "supervisor"}));
    assert_eq!(changed["on"], json!({"kind": "agent", "id": bob, "name": "bob"}));
    assert_eq!((&changed["by"]["name"], &changed["from"]), (&json!("Ada"), &json!("127.0.0.1")));
    let whole = serde_json::to_string(&entries).unwrap();
    for secret in ["argon2", "my other password", "a long password", "xyzzy"] {
        assert!(!whole.contains(secret), "{secret} stands in the log");
    }
    let page = admin.request(Method::GET, "/api/v1/audit?after=6&limit=1", None).await.body;
    assert_eq!((&page["entries"][0]["seq"], &page["last"]), (&json!(7), &json!(8)));
    assert_eq!(page["entries"].as_array().unwrap().len(), 1);
    for method in [Method::DELETE, Method::PUT, Method::PATCH, Method::POST] {
        let refused = admin.request(method.clone(), "/api/v1/audit", Some(json!({}))).await;
        assert!(refused.status.is_client_error(), "{method}: {}", refused.status);
    }
    assert_eq!(admin.audit().await.len(), 8);
    app.stop().await;
}

/// What an authenticator app shows, some steps of 30 seconds from now.
fn code(secret: &str, steps: u64) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let fives = secret.chars().map(|letter| LETTERS.find(letter).unwrap());
    let bits: Vec<usize> =
        fives.flat_map(|five| (0..5).rev().map(move |at| (five >> at) & 1)).collect();
    let byte = |bits: &[usize]| {
        bits.iter().fold(0_u8, |byte, bit| (byte << 1) | u8::try_from(*bit).unwrap())
    };
    let key: Vec<u8> = bits.chunks_exact(8).map(byte).collect();
    let step = jiff::Timestamp::now().as_second().unsigned_abs() / 30 + steps;
    let mut mac = <Hmac<Sha1> as KeyInit>::new_from_slice(&key).unwrap();
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let word = u32::from_be_bytes(hash[at..at + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", word % 1_000_000)
}

#[tokio::test]
async fn signing_in_with_a_second_factor() {
    let app = TestApp::start_with(|settings| settings.limits.sign_in_per_minute = 1_000).await;
    let admin = app.admin().await;
    let bob = admin.colleague("bob").await;
    let own = "/api/v1/session/second_factor";
    let wrong = bob.post(own, json!({"password": "not mine at all"})).await;
    assert_eq!(wrong.refusal(), (400, "invalid_field"));
    let enrolled = bob.post(own, json!({"password": COLLEAGUES_PASSWORD})).await;
    assert_eq!(enrolled.status, StatusCode::CREATED, "{}", enrolled.body);
    let secret = enrolled.body["secret"].as_str().unwrap();
    assert!(enrolled.body["url"].as_str().unwrap().contains(secret));
    let unsure = bob.post(&format!("{own}/confirm"), json!({"code": "abcdef"})).await;
    assert_eq!(unsure.refusal(), (401, "second_factor_wrong"));
    let first = code(secret, 0);
    let confirmed = bob.post(&format!("{own}/confirm"), json!({"code": first})).await;
    assert_eq!(confirmed.status, StatusCode::OK, "{}", confirmed.body);
    let recovery = confirmed.body["recovery_codes"].as_array().unwrap().clone();
    let again = bob.post(own, json!({"password": COLLEAGUES_PASSWORD})).await;
    assert_eq!(again.refusal(), (409, "conflict"), "the secret is not shown again");
    assert!(!bob.me().await.to_string().contains(secret));

    let sign_in = async |code: Value| {
        let body = json!({
            "email": "bob@shop.example", "password": COLLEAGUES_PASSWORD, "code": code,
        });
        app.post("/api/v1/session", body).await
    };
    assert_eq!(sign_in(Value::Null).await.refusal(), (401, "second_factor_required"));
    assert_eq!(sign_in(json!(first)).await.refusal(), (401, "second_factor_wrong"), "replayed");
    let next = sign_in(json!(code(secret, 1))).await;
    assert_eq!((next.status, &next.body["second_factor"]), (StatusCode::OK, &json!(true)));
    assert_eq!(sign_in(recovery[0].clone()).await.status, StatusCode::OK);
    assert_eq!(sign_in(recovery[0].clone()).await.refusal(), (401, "second_factor_wrong"));
    for _ in 0..4 {
        assert_eq!(sign_in(json!("abcdef")).await.refusal(), (401, "second_factor_wrong"));
    }
    let locked = sign_in(recovery[1].clone()).await;
    assert_eq!(locked.refusal(), (429, "rate_limited"));
    assert!(locked.retry_after.unwrap() > 60);

    let id = bob.me().await["id"].as_str().unwrap().to_owned();
    let reset = admin.delete(&format!("/api/v1/agents/{id}/second_factor")).await;
    assert_eq!(reset.status, StatusCode::NO_CONTENT, "{}", reset.text);
    assert_eq!(sign_in(Value::Null).await.status, StatusCode::OK);
    let log = serde_json::to_string(&admin.audit().await).unwrap();
    for act in ["second_factor.added", "second_factor.recovery_used", "second_factor.reset"] {
        assert!(log.contains(act), "{act} is missing");
    }
    assert!(!log.contains(secret), "the log holds a secret");
    app.stop().await;
}

#[tokio::test]
async fn ones_own_sessions_are_listed_and_ended_and_nobody_elses() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let bob = admin.colleague("bob").await;
    let again = bob.again("bob").await;
    let third = bob.again("bob").await;
    let listed = async |who: &Agent<'_>| {
        let told = who.request(Method::GET, "/api/v1/sessions", None).await;
        assert_eq!(told.status, StatusCode::OK, "{}", told.text);
        told.body["sessions"].as_array().unwrap().clone()
    };
    let sessions = listed(&again).await;
    assert_eq!(sessions.len(), 3);
    assert_eq!((&sessions[0]["current"], &sessions[1]["current"]), (&json!(true), &json!(false)));
    assert_eq!(sessions[0]["address"], "127.0.0.1");
    assert!(sessions[0]["seen_at"].as_i64() >= sessions[0]["started_at"].as_i64());
    assert!(!sessions.iter().any(|one| again.cookie.contains(one["id"].as_str().unwrap())));
    assert_eq!(listed(&admin).await.len(), 1, "only one's own");

    // one of another counts at once, also on its socket; somebody else's is not there
    let mut console = third.console().await;
    let own = listed(&third).await[0]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/sessions/{own}");
    let refused = admin.request(Method::DELETE, &path, None).await;
    assert_eq!(refused.refusal(), (404, "not_found"));
    let ended = again.request(Method::DELETE, &path, None).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert_eq!(console.closed().await, 4009);
    assert_eq!(third.request(Method::GET, "/api/v1/session", None).await.refusal().0, 401);

    let others = again.request(Method::DELETE, "/api/v1/sessions", None).await;
    assert_eq!(others.body["ended"], 1, "{}", others.text);
    assert_eq!(bob.request(Method::GET, "/api/v1/session", None).await.refusal().0, 401);
    assert_eq!(listed(&again).await.len(), 1);
    app.stop().await;
}
