//! The report of a day: what happened is counted, for those who may read it.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Agent, TestApp};

async fn report(admin: &Agent<'_>, query: &str) -> Value {
    let told = admin.request(Method::GET, &format!("/api/v1/report{query}"), None).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
    told.body
}

/// The report, once it says what is expected.
async fn reported(admin: &Agent<'_>, is_it: impl Fn(&Value) -> bool) -> Value {
    let told = async {
        loop {
            let told = report(admin, "?zone=Asia/Shanghai").await;
            if is_it(&told) {
                break told;
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::app::PATIENCE, told).await.unwrap()
}

#[tokio::test]
async fn what_happened_today_is_counted_and_stays_after_a_restart() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let cookie = admin.cookie.clone();
    let visitor = app.visitor().await;
    visitor.say("m-1", "When are you open?").await;
    visitor.wait_for(2).await;
    visitor.say("m-2", "I want a person").await;
    visitor.wait_for(4).await;
    let waits = reported(&admin, |told| told["total"]["handed_over"] == 1).await;
    assert_eq!(waits["waiting"]["count"], 1);
    assert_eq!(waits["waiting"]["levels"][0]["level"], "urgent");
    assert_eq!(waits["total"]["first_response"]["count"], 0);

    let mut console = admin.console().await;
    let conversation = visitor.conversation.clone();
    let act =
        |kind: &str, id: &str| json!({"type": kind, "conversation": conversation, "client_id": id});
    console.send(act("claim", "a-1")).await;
    console.expect("ack").await;
    let mut words = act("send", "a-2");
    words["text"] = json!("Hello");
    console.send(words).await;
    console.expect("ack").await;
    console.send(act("resolve", "a-3")).await;
    console.expect("ack").await;
    let path = format!("/api/v1/visitor/conversations/{conversation}/rating");
    let rating = json!({"client_id": "r-1", "score": 4});
    let rated = visitor.with_token(Method::POST, &path, Some(rating)).await;
    assert_eq!(rated.status, StatusCode::OK, "{}", rated.text);

    let is_done = |told: &Value| told["total"]["csat"]["count"] == 1;
    let told = reported(&admin, is_done).await;
    let total = &told["total"];
    assert_eq!((&total["begun"], &total["answered_by_bot"]), (&json!(1), &json!(1)));
    assert_eq!((&total["resolved"], &total["csat"]["average"]), (&json!(1), &json!(4.0)));
    assert!(total["first_response"]["median_ms"].as_u64().unwrap() < 20_000);
    assert_eq!(told["waiting"]["count"], 0);
    assert_eq!(told["hours"].as_array().unwrap().len(), 24);
    let hours = told["hours"].as_array().unwrap().iter();
    assert_eq!(hours.map(|hour| hour["begun"].as_u64().unwrap()).sum::<u64>(), 1);
    assert_eq!(told["agents"][0]["name"], "Ada");
    assert_eq!(told["agents"][0]["figures"]["messages"], 1);

    let app = app.restart().await;
    let admin = Agent { app: &app, cookie };
    let again = reported(&admin, is_done).await;
    assert_eq!((&again["total"], &again["hours"]), (&told["total"], &told["hours"]));
    app.stop().await;
}

#[tokio::test]
async fn days_and_zones_that_are_none_are_refused_by_name() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let today = report(&admin, "").await["day"].as_str().unwrap().to_owned();
    assert_eq!(report(&admin, &format!("?day={today}")).await["zone"], "UTC");
    for (query, field) in [
        ("?zone=Nowhere", "`zone`"),
        ("?day=tomorrow", "`day`"),
        ("?day=2001-01-01", "`day`"),
        ("?day=2999-01-01", "`day`"),
    ] {
        let refused = admin.request(Method::GET, &format!("/api/v1/report{query}"), None).await;
        assert_eq!(refused.refusal(), (400, "invalid_field"), "{query}");
        assert!(refused.text.contains(field), "{}", refused.text);
    }
    app.stop().await;
}
