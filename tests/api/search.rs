//! Search: what customers and agents said, in any script, and who may find what.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Agent, TestApp};

/// What is found once the index has read everything.
async fn find(agent: &Agent<'_>, query: &str) -> Value {
    loop {
        let path = format!("/api/v1/search?{query}");
        let answer = agent.request(Method::GET, &path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        if answer.body["complete"] == true {
            return answer.body;
        }
        tokio::task::yield_now().await;
    }
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
    let found = find(&admin, query).await;
    let message = &found["messages"][0];
    assert_eq!(
        (&message["conversation"], &message["seq"]),
        (&json!(customer.conversation), &json!(1))
    );
    let hits: Vec<&Value> =
        message["excerpt"].as_array().unwrap().iter().filter(|part| part["hit"] == true).collect();
    assert_eq!(hits, [&json!({"text": "退款", "hit": true})]);
    // it is with the bot: not hers to see, until it waits
    assert_eq!(find(&newcomer, query).await["messages"], json!([]));
    customer.post("handoff", json!({"client_id": "h-1"})).await;
    assert_eq!(find(&newcomer, query).await["messages"].as_array().unwrap().len(), 1);
    let nothing = admin.request(Method::GET, "/api/v1/search?q=%3F%21", None).await;
    assert_eq!(nothing.refusal(), (400, "invalid_field"));
    // also after a restart; and erased it is gone
    let (cookie, conversation) = (admin.cookie.clone(), customer.conversation.clone());
    let app = app.restart().await;
    let admin = Agent { app: &app, cookie };
    assert_eq!(find(&admin, query).await["messages"].as_array().unwrap().len(), 1);
    let path = format!("/api/v1/conversations/{conversation}");
    assert_eq!(admin.request(Method::DELETE, &path, None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(find(&admin, query).await["messages"], json!([]));
    app.stop().await;
}
