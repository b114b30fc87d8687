//! Search: what customers and agents said, in any script, and who may find what.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Agent, TestApp};

/// How long the index may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is found, once it is so many messages: the index reads what was said a moment later.
async fn find(agent: &Agent<'_>, query: &str, messages: usize) -> Value {
    let path = format!("/api/v1/search?{query}");
    let look = async || {
        loop {
            let answer = agent.request(Method::GET, &path, None).await;
            assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
            let found = answer.body["messages"].as_array().unwrap().len();
            if answer.body["complete"] == true && found == messages {
                return answer.body;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(PATIENCE, look()).await.unwrap()
}

#[tokio::test]
async fn what_was_said_is_found_by_who_may_read_it_until_it_is_erased() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.role("newcomer", &["conversations.answer"]).await;
    let newcomer = admin.colleague_as("ana", "newcomer").await;
    let customer = app.visitor().await;
    customer.say("m-1", "请问退款多久能到账").await;
    customer.wait_for(2).await;
    // 退款
    let query = "q=%E9%80%80%E6%AC%BE";
    let found = find(&admin, query, 1).await;
    let message = &found["messages"][0];
    assert_eq!(
        (&message["conversation"], &message["seq"]),
        (&json!(customer.conversation), &json!(1))
    );
    let hits: Vec<&Value> =
        message["excerpt"].as_array().unwrap().iter().filter(|part| part["hit"] == true).collect();
    assert_eq!(hits, [&json!({"text": "退款", "hit": true})]);
    // it is with the bot: not hers to see, until it waits
    find(&newcomer, query, 0).await;
    customer.post("handoff", json!({"client_id": "h-1"})).await;
    find(&newcomer, query, 1).await;
    let nothing = admin.request(Method::GET, "/api/v1/search?q=%3F%21", None).await;
    assert_eq!(nothing.refusal(), (400, "invalid_field"));
    // also after a restart; and erased it is gone
    let (cookie, conversation) = (admin.cookie.clone(), customer.conversation.clone());
    let app = app.restart().await;
    let admin = Agent { app: &app, cookie };
    find(&admin, query, 1).await;
    let path = format!("/api/v1/conversations/{conversation}");
    assert_eq!(admin.request(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    find(&admin, query, 0).await;
    app.stop().await;
}
