//! Knowledge is exchanged while the server runs; a broken file changes nothing.

use std::fs;

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::app::{Agent, Answer, TestApp};

const MORE: &str = r#"
[[faq]]
id = "lamp"
question.en = "How do I change the bulb of the lamp?"
question.zh = "台灯怎么换灯泡？"
answer.en = "Unscrew the shade first."
answer.zh = "请先拧下灯罩。"
"#;

async fn reload(admin: &Agent<'_>) -> Answer {
    admin.request(Method::POST, "/api/v1/admin/reload", None).await
}

async fn first_answer(app: &TestApp, text: &str) -> String {
    let read = app.post("/api/v1/understand", json!({"text": text})).await;
    read.body["answers"][0]["id"].as_str().unwrap_or("none").to_owned()
}

#[tokio::test]
async fn new_knowledge_is_used_at_once_and_broken_knowledge_never() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let question = "how to change the lamp bulb";
    assert_ne!(first_answer(&app, question).await, "lamp");
    fs::write(app.knowledge("lamp.toml"), MORE).unwrap();
    let loaded = reload(&admin).await;
    assert_eq!(loaded.status, StatusCode::OK, "{}", loaded.text);
    assert_eq!(first_answer(&app, question).await, "lamp");

    for (broken, line) in [
        ("[[faq]]\nid = \"half", 2),
        ("[[faq]]\nid = \"lamp\"\nquestion.en = \"x\"\nanswer.en = \"y\"", 2),
        ("# fine\n\n[[intent]]\nname = \"a\"\nentry = \"nowhere\"", 5),
    ] {
        fs::write(app.knowledge("zz-broken.toml"), broken).unwrap();
        let refused = reload(&admin).await;
        assert_eq!(refused.status, StatusCode::UNPROCESSABLE_ENTITY, "{}", refused.text);
        assert!(refused.text.contains("zz-broken.toml"), "{}", refused.text);
        assert!(refused.text.contains(&format!("\"line\":{line}")), "{broken}: {}", refused.text);
        assert_eq!(first_answer(&app, question).await, "lamp");
    }
    // not text at all
    fs::write(app.knowledge("zz-broken.toml"), [0xff, 0xfe, 0x00]).unwrap();
    assert_eq!(reload(&admin).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    fs::remove_file(app.knowledge("zz-broken.toml")).unwrap();
    assert_eq!(reload(&admin).await.status, StatusCode::OK);
    app.stop().await;
}

#[tokio::test]
async fn a_changed_file_is_noticed_by_itself() {
    let app = TestApp::start().await;
    fs::write(app.knowledge("lamp.toml"), MORE).unwrap();
    let noticed = async {
        while first_answer(&app, "台灯怎么换灯泡").await != "lamp" {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(crate::app::PATIENCE, noticed).await.unwrap();
    app.stop().await;
}

#[tokio::test]
async fn only_admins_and_keys_reload() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let bob = admin.colleague("bob").await;
    assert_eq!(reload(&bob).await.refusal(), (403, "forbidden"));
    assert_eq!(app.post("/api/v1/admin/reload", json!({})).await.refusal().0, 401);
    app.stop().await;
}
