//! What operators look at, and how the server stops.

use std::collections::BTreeSet;

use reqwest::StatusCode;
use serde_json::json;

use crate::app::TestApp;

#[tokio::test]
async fn health_readiness_and_metrics() {
    let app = TestApp::start().await;
    let health = app.get("/healthz").await;
    assert_eq!((health.status, &health.body["durability"]), (StatusCode::OK, &json!("power_loss")));
    assert_eq!(app.get("/readyz").await.body["status"], "ready");
    let visitor = app.visitor().await;
    visitor.say("m-1", "where is my parcel").await;
    visitor.say("m-2", "I want a person").await;
    visitor.wait_for(5).await;
    let metrics = app.get("/metrics").await.text;
    let names: BTreeSet<&str> = metrics
        .lines()
        .filter_map(|line| line.strip_prefix("# TYPE "))
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    insta::assert_snapshot!("metrics", names.into_iter().collect::<Vec<_>>().join("\n"));
    assert!(!metrics.contains("parcel"), "metrics hold what a visitor wrote");
    app.stop().await;
}

#[tokio::test]
async fn the_api_describes_itself() {
    let app = TestApp::start().await;
    let api = app.get("/api/openapi.json").await.body;
    let paths: Vec<String> = api["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(move |method| format!("{method} {path}"))
        })
        .collect();
    insta::assert_snapshot!("paths", paths.join("\n"));
    let page = app.get("/api/docs/").await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(page.text.contains("swagger"), "{}", page.text);
    app.stop().await;
}

#[tokio::test]
async fn pages_carry_a_policy_that_forbids_foreign_scripts() {
    let app = TestApp::start_with(|settings| {
        settings.sites.origins = vec!["https://shop.example".to_owned()];
    })
    .await;
    for (path, ancestors) in
        [("/widget/", "https://shop.example"), ("/console", "frame-ancestors 'none'")]
    {
        let response = app.http.get(format!("{}{path}", app.url)).send().await.unwrap();
        let policy = response.headers()["content-security-policy"].to_str().unwrap().to_owned();
        assert!(policy.contains("default-src 'none'"), "{path}: {policy}");
        assert!(!policy.contains("unsafe-inline"), "{path}: {policy}");
        assert!(policy.contains(ancestors), "{path}: {policy}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_stop_closes_sockets_with_1012_and_finishes_turns() {
    let app = TestApp::start().await;
    let mut widget = app.widget().await;
    let welcome = widget.expect("welcome").await;
    widget.send(json!({"type": "send", "client_id": "m-1", "text": "When are you open?"})).await;
    widget.expect("ack").await;
    let reading = async move { widget.closed().await };
    let (app, code) = tokio::join!(app.restart(), reading);
    assert_eq!(code, 1012);
    let mut widget = app.socket("/ws/v1/visitor", None).await;
    widget.send(json!({"type": "hello", "token": welcome["token"], "after": 0})).await;
    assert_eq!(widget.event("visitor_message").await["seq"], 1);
    assert_eq!(widget.event("bot_message").await["seq"], 2);
    app.stop().await;
}

#[tokio::test]
async fn overload_is_refused_with_a_hint_and_nothing_acknowledged_is_lost() {
    let narrow = |settings: &mut frontdesk::config::Settings| {
        settings.limits.turns_in_flight = 1;
        settings.limits.turns_burst = 1;
    };
    let app = TestApp::start_with(narrow).await;
    let mut visitors = Vec::new();
    for _ in 0..24 {
        visitors.push(app.visitor().await);
    }
    let sends = visitors.iter().map(|visitor| visitor.say("m-1", "where is my parcel"));
    let answers = futures_util::future::join_all(sends).await;
    let mut refused = 0;
    for (visitor, answer) in visitors.iter().zip(&answers) {
        if answer.status == StatusCode::OK {
            assert_eq!(visitor.wait_for(2).await.len(), 2);
        } else {
            assert_eq!(answer.refusal(), (429, "overloaded"));
            assert!(answer.retry_after.unwrap() >= 1);
            assert!(visitor.events().await.is_empty(), "refused and yet stored");
            refused += 1;
        }
    }
    assert!(refused > 0, "24 turns at once fitted where one is allowed");
    assert!(refused < 24, "nobody was served");
    app.stop().await;
}
