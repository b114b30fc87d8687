//! Knowledge is exchanged while the server runs; a broken file changes nothing.

use std::fs;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

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
async fn entries_of_sites_and_segments_are_read_for_those_who_name_them() {
    let app = TestApp::start().await;
    let entry = |id: &str, more: &str| {
        format!(
            "[[faq]]\nid='{id}'\nquestion.en='Do you engrave lamps?'\nanswer.en='{id} does.'\n{more}\n"
        )
    };
    let entries = entry("vip-engraving", "segments = ['vip']")
        + &entry("b-engraving", "sites = ['https://b.example']");
    fs::write(app.knowledge("engraving.toml"), entries).unwrap();
    let admin = app.admin().await;
    assert_eq!(reload(&admin).await.status, StatusCode::OK);
    let found = async |more: Value| {
        let mut body = json!({"text": "do you engrave lamps"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let read = app.post("/api/v1/understand", body).await;
        assert_eq!(read.status, StatusCode::OK, "{}", read.text);
        let answers = read.body["answers"].as_array().unwrap().iter();
        let ids = answers.map(|answer| answer["id"].as_str().unwrap().to_owned());
        ids.filter(|id| id.ends_with("-engraving")).collect::<Vec<_>>()
    };
    assert!(found(json!({})).await.is_empty());
    assert!(found(json!({"site": "https://a.example", "segments": ["new"]})).await.is_empty());
    assert_eq!(found(json!({"segments": ["new", "vip"]})).await, ["vip-engraving"]);
    assert_eq!(found(json!({"site": "https://b.example"})).await, ["b-engraving"]);
    let refused = async |more: Value| {
        let mut body = json!({"text": "x"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let answer = app.post("/api/v1/understand", body).await;
        let (status, code) = answer.refusal();
        (status, code.to_owned())
    };
    for (more, status, code) in [
        (json!({"sites": ["https://b.example"]}), 400, "unknown_field"),
        (json!({"site": ""}), 400, "invalid_field"),
        (json!({"segments": [""]}), 400, "invalid_field"),
        (json!({"segments": vec!["s"; 51]}), 400, "invalid_field"),
        (json!({"segments": "vip"}), 400, "invalid_field"),
    ] {
        assert_eq!(refused(more.clone()).await, (status, code.to_owned()), "{more}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_synonym_is_read_and_answers_say_which_words_matched() {
    let app = TestApp::start().await;
    let synonym =
        "[[synonym]]\nwords.en = ['parcel', 'consignment']\nwords.zh = ['快递', '速递']\n";
    fs::write(app.knowledge("synonyms.toml"), synonym).unwrap();
    let admin = app.admin().await;
    assert_eq!(reload(&admin).await.status, StatusCode::OK);
    let read = app.post("/api/v1/understand", json!({"text": "Where is my consignment?"})).await;
    assert_eq!(read.body["read_as"], "Where is my parcel?");
    let answer = &read.body["answers"][0];
    assert_eq!(answer["id"], "track");
    let word = |text: &str, start: u32, end: u32| json!({"text": text, "start": start, "end": end});
    let words = [word("Where", 0, 5), word("parcel", 12, 18)];
    let matched = json!({
        "part": "question",
        "text": "Where is my parcel?",
        "words": words,
        "said": words,
    });
    assert_eq!(answer["matched"], matched);
    let read = app.post("/api/v1/understand", json!({"text": "速递到哪了"})).await;
    assert_eq!(read.body["read_as"], "快递到哪了");
    let matched = &read.body["answers"][0]["matched"];
    assert_eq!(matched["text"], "快递到哪了？");
    assert_eq!(matched["words"][0], word("快递", 0, 2));
    let twice = "[[synonym]]\nwords.en = ['consignment', 'parcel']\n";
    fs::write(app.knowledge("twice.toml"), twice).unwrap();
    let refused = reload(&admin).await;
    assert_eq!(refused.status.as_u16(), 422);
    assert!(refused.text.contains("twice.toml"), "{}", refused.text);
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
