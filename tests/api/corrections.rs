//! Answers of which customers said that they were not what was asked: seen, set aside, and forgotten.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Agent, TestApp};

const PATH: &str = "/api/v1/knowledge/corrections";

async fn corrections(admin: &Agent<'_>) -> Vec<Value> {
    let told = admin.request(Method::GET, PATH, None).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text);
    told.body["corrections"].as_array().unwrap().clone()
}

/// The corrections, once there are so many of the first entry.
async fn corrected(admin: &Agent<'_>, conversations: u64) -> Value {
    let told = async {
        loop {
            let all = corrections(admin).await;
            if let Some(first) = all.first()
                && first["conversations"] == conversations
            {
                break first.clone();
            }
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::app::PATIENCE, told).await.unwrap()
}

#[tokio::test]
async fn three_conversations_lower_an_answer_and_the_operator_sets_that_aside() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    assert!(corrections(&admin).await.is_empty());
    let mut first = None;
    for _ in 0..3 {
        let visitor = app.visitor().await;
        visitor.say("m-1", "Where is my parcel?").await;
        visitor.wait_for(2).await;
        visitor.say("m-2", "That's not what I asked").await;
        let events = visitor.wait_for(4).await;
        let last = events.last().unwrap();
        assert!(last.to_string().contains("not what you asked"), "{last}");
        assert!(!last.to_string().contains("missed"), "customers do not see what was read: {last}");
        first.get_or_insert(visitor.conversation.clone());
    }
    let told = corrected(&admin, 3).await;
    assert_eq!((&told["counted"], &told["aside"]), (&json!(3), &json!(false)));
    assert!(told["factor"].as_f64().unwrap() < 0.9, "{told}");
    assert_eq!(told["questions"][0], "Where is my parcel?");
    let entry = told["entry"].as_str().unwrap();
    let path = format!("{PATH}/{entry}");
    let aside = admin.request(Method::POST, &path, Some(json!({"count": false}))).await;
    assert_eq!(aside.status, StatusCode::OK, "{}", aside.text);
    assert_eq!((&aside.body["counted"], &aside.body["factor"]), (&json!(0), &json!(1.0)));
    let again = admin.request(Method::POST, &path, Some(json!({"count": true}))).await;
    assert_eq!(again.body["counted"], 3, "{}", again.text);
    let unknown =
        admin.request(Method::POST, &format!("{PATH}/none"), Some(json!({"count": true}))).await;
    assert_eq!(unknown.status, StatusCode::NOT_FOUND);
    let audit = admin.request(Method::GET, "/api/v1/audit?after=0&limit=100", None).await;
    let acts = audit.body["entries"].as_array().unwrap().iter();
    let set: Vec<_> = acts.filter(|act| act["act"] == "corrections.changed").collect();
    let (first_set, last_set) = (&set[0], &set[set.len() - 1]);
    assert_eq!((set.len(), &first_set["on"]["id"]), (2, &json!(entry)), "{}", audit.text);
    assert_eq!(
        (&first_set["after"]["count"], &last_set["after"]["count"]),
        (&json!(false), &json!(true))
    );
    // what was said in an erased conversation is gone from here too
    let erased = format!("/api/v1/conversations/{}", first.unwrap());
    let erased = admin.request(Method::DELETE, &erased, None).await;
    assert!(erased.status.is_success(), "{}", erased.text);
    assert_eq!(corrected(&admin, 2).await["factor"], 1.0);
}
