//! The knowledge is edited over HTTP: the files stay the truth, and nobody loses work unknowingly.

use std::fs;

use frontdesk::events::sled::{OpenError, OpenOptions, SledLog};
use frontdesk::events::{Records, Table};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Agent, Answer, TestApp};

const QUESTION: &str = "how to change the lamp bulb";

async fn get(admin: &Agent<'_>, path: &str) -> Answer {
    admin.request(Method::GET, &format!("/api/v1/knowledge{path}"), None).await
}

async fn post(admin: &Agent<'_>, path: &str, body: Value) -> Answer {
    admin.request(Method::POST, &format!("/api/v1/knowledge{path}"), Some(body)).await
}

fn lamp() -> Value {
    json!({
        "kind": "faq", "id": "lamp", "file": "shop.toml",
        "content": {
            "kind": "faq", "id": "lamp", "category": "store",
            "question": {"en": "How do I change the bulb of the lamp?", "zh": "台灯怎么换灯泡？"},
            "variants": {"en": ["replace a light bulb"], "zh": []},
            "answer": {"en": "Unscrew the shade first.", "zh": "请先拧下灯罩。"},
        },
    })
}

async fn item(admin: &Agent<'_>, id: &str) -> Value {
    let found = get(admin, &format!("/item?kind=faq&id={id}")).await;
    assert_eq!(found.status, StatusCode::OK, "{}", found.text);
    found.body
}

/// A change of an entry's English answer, as whoever has opened it would send it.
fn answer(opened: &Value, text: &str) -> Value {
    let mut content = opened["content"].clone();
    content["answer"]["en"] = json!(text);
    json!({
        "kind": "faq", "id": opened["id"], "base": opened["version"], "content": content,
    })
}

async fn first_answer(app: &TestApp, text: &str) -> String {
    let read = app.post("/api/v1/understand", json!({"text": text})).await;
    read.body["answers"][0]["id"].as_str().unwrap_or("none").to_owned()
}

fn file(app: &TestApp) -> String {
    fs::read_to_string(app.knowledge("shop.toml")).unwrap()
}

#[tokio::test]
async fn an_entry_is_added_tried_published_and_taken_back() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let visitor = app.visitor().await;
    visitor.say("m-1", QUESTION).await;
    visitor.wait_for(2).await;
    let before = file(&app);

    // what it would do, and with which words
    let checked = post(&admin, "/check", json!({"changes": [lamp()]})).await;
    assert_eq!(checked.status, StatusCode::OK, "{}", checked.text);
    assert_eq!((&checked.body["mistakes"], &checked.body["conflicts"]), (&json!([]), &json!([])));
    let diff = checked.body["diffs"][0]["diff"].as_str().unwrap();
    assert!(diff.contains("+answer.zh = \"请先拧下灯罩。\""), "{diff}");
    let tried = post(&admin, "/try", json!({"changes": [lamp()], "text": QUESTION})).await;
    assert_eq!(tried.body["edited"]["entry"], "lamp", "{}", tried.text);
    assert_eq!(
        tried.body["edited"]["answers"][0]["title"],
        "How do I change the bulb of the lamp?"
    );
    assert_ne!(tried.body["live"]["answers"][0]["id"], "lamp");
    let compared = async {
        loop {
            let compared = post(&admin, "/compare", json!({"changes": [lamp()]})).await;
            if compared.body["asked"] == 1 {
                break compared.body;
            }
        }
    };
    let compared = tokio::time::timeout(crate::app::PATIENCE, compared).await.unwrap();
    assert_eq!(compared["changed"][0]["text"], QUESTION);
    assert_eq!(compared["changed"][0]["edited"]["entry"], "lamp");
    assert_eq!(file(&app), before, "nothing was written");
    assert_ne!(first_answer(&app, QUESTION).await, "lamp");

    let published = post(&admin, "/publish", json!({"changes": [lamp()], "note": " bulbs "})).await;
    assert_eq!(published.status, StatusCode::OK, "{}", published.text);
    assert_eq!(published.body["version"]["number"], 1);
    assert_eq!(first_answer(&app, QUESTION).await, "lamp");
    assert!(file(&app).starts_with("# A small shop, for tests."));
    let again = post(&admin, "/publish", json!({"changes": [lamp()]})).await;
    assert_eq!(again.refusal(), (409, "unchanged"));

    let versions = get(&admin, "/versions").await.body["versions"].clone();
    let (by, note) = (&versions[0]["by"]["name"], &versions[0]["note"]);
    assert_eq!((by, note), (&json!("Ada"), &json!("bulbs")));
    let added = json!({"kind": "faq", "id": "lamp", "file": "shop.toml", "what": "added"});
    assert_eq!(versions[0]["items"], json!([added]));
    let whole = get(&admin, "/versions/1").await.body;
    assert!(whole["diffs"][0]["diff"].as_str().unwrap().contains("+id = \"lamp\""));

    let dry = json!({"what": "undo", "dry_run": true});
    let dry = post(&admin, "/versions/1/take_back", dry).await;
    assert!(dry.body["diffs"][0]["diff"].as_str().unwrap().contains("-id = \"lamp\""));
    assert_eq!(first_answer(&app, QUESTION).await, "lamp");
    let undone = post(&admin, "/versions/1/take_back", json!({"what": "undo"})).await;
    assert_eq!(undone.status, StatusCode::OK, "{}", undone.text);
    assert_eq!(undone.body["version"]["takes_back"], json!({"undo": 1}));
    assert_eq!(file(&app), before, "to the last byte");
    assert_ne!(first_answer(&app, QUESTION).await, "lamp");
    let audit = admin.request(Method::GET, "/api/v1/audit", None).await.body;
    let acts = audit["entries"].as_array().unwrap().iter().map(|entry| entry["act"].clone());
    let published: Vec<Value> = acts.filter(|act| act == "knowledge.published").collect();
    assert_eq!(published.len(), 2);
    app.stop().await;
}

#[tokio::test]
async fn of_two_admins_the_second_is_shown_both_texts() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let opened = item(&admin, "hours").await;
    let first = answer(&opened, "From 8 to 20.");
    let first = post(&admin, "/publish", json!({"changes": [first]})).await;
    assert_eq!(first.status, StatusCode::OK, "{}", first.text);
    let mine = answer(&opened, "From 10 to 22.");
    for path in ["/publish", "/try", "/compare"] {
        let mut body = json!({"changes": [mine]});
        if path == "/try" {
            body["text"] = json!("when are you open");
        }
        let refused = post(&admin, path, body).await;
        assert_eq!(refused.refusal(), (409, "knowledge_conflict"), "{path}");
        let conflict = &refused.body["conflicts"][0];
        assert_eq!(conflict["yours"]["answer"]["en"], "From 10 to 22.");
        assert_eq!(conflict["theirs"]["content"]["answer"]["en"], "From 8 to 20.");
    }
    let checked = post(&admin, "/check", json!({"changes": [mine]})).await;
    assert_eq!(checked.body["conflicts"][0]["id"], "hours");
    assert!(file(&app).contains("From 8 to 20."));
    // who has seen it, may
    let seen = answer(&item(&admin, "hours").await, "From 10 to 22.");
    let second = post(&admin, "/publish", json!({"changes": [seen]})).await;
    assert_eq!(second.status, StatusCode::OK, "{}", second.text);

    // a file that is edited by hand is noticed likewise, and what else was written in it stays
    let opened = item(&admin, "track").await;
    fs::write(
        app.knowledge("shop.toml"),
        file(&app).replace("tracking number under", "number # under"),
    )
    .unwrap();
    let late = answer(&opened, "Ask us.");
    let late = post(&admin, "/publish", json!({"changes": [late]})).await;
    assert_eq!(late.refusal(), (409, "knowledge_conflict"), "{}", late.text);
    let other = answer(&item(&admin, "invoice").await, "Ask us for it.");
    let other = post(&admin, "/publish", json!({"changes": [other]})).await;
    assert_eq!(other.status, StatusCode::OK, "{}", other.text);
    assert!(file(&app).contains("number # under My orders."), "{}", file(&app));
    app.stop().await;
}

#[tokio::test]
async fn publishing_at_once_loses_nothing() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let opened = item(&admin, "hours").await;
    let of_hours: Vec<Value> =
        (0..4).map(|n| answer(&opened, &format!("From {n} to 20."))).collect();
    let track = answer(&item(&admin, "track").await, "It is on its way.");
    let publish =
        async |change: &Value| post(&admin, "/publish", json!({"changes": [change]})).await;
    let all = of_hours.iter().map(publish);
    let (hours, track) = tokio::join!(futures_util::future::join_all(all), publish(&track));
    assert_eq!(track.status, StatusCode::OK, "{}", track.text);
    let hours: Vec<u16> = hours.iter().map(|answer| answer.status.as_u16()).collect();
    assert_eq!(hours.iter().filter(|status| **status == 200).count(), 1, "{hours:?}");
    assert_eq!(hours.iter().filter(|status| **status == 409).count(), 3, "{hours:?}");
    let text = file(&app);
    assert!(text.contains("It is on its way."));
    assert_eq!(text.matches(" to 20.\"").count(), 1);
    assert_eq!(get(&admin, "/versions").await.body["versions"].as_array().unwrap().len(), 2);
    app.stop().await;
}

#[tokio::test]
async fn mistakes_are_told_at_their_field_and_nothing_is_written() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let before = file(&app);
    let mut wrong = answer(&item(&admin, "hours").await, "");
    wrong["content"]["category"] = json!("nowhere");
    let refused = post(&admin, "/publish", json!({"changes": [wrong]})).await;
    assert_eq!(refused.refusal(), (422, "knowledge_mistakes"));
    let told = refused.body["mistakes"].as_array().unwrap();
    let fields: Vec<&str> = told.iter().map(|told| told["field"].as_str().unwrap()).collect();
    assert_eq!(fields, ["answer.en", "category"]);
    assert_eq!(told[0]["item"], json!({"kind": "faq", "id": "hours"}));
    assert_eq!(told[0]["file"], "shop.toml");
    assert!(told[0]["line"].as_u64().unwrap() > 30);

    let mut elsewhere = lamp();
    for name in ["../shop.toml", "/tmp/shop.toml", "none.toml", "shop.toml\u{0}"] {
        elsewhere["file"] = json!(name);
        let refused = post(&admin, "/publish", json!({"changes": [elsewhere]})).await;
        assert_eq!(refused.refusal(), (422, "knowledge_change"), "{name}: {}", refused.text);
    }
    for (body, code) in [
        (json!({"changes": [{"kind": "rule", "id": "x"}]}), "invalid_field"),
        (json!({"changes": [{"kind": "faq", "id": "x", "more": 1}]}), "unknown_field"),
        (json!({"changes": [lamp()], "note": "x".repeat(501)}), "invalid_field"),
    ] {
        assert_eq!(post(&admin, "/publish", body).await.refusal(), (400, code));
    }
    let twice = post(&admin, "/publish", json!({"changes": [lamp(), lamp()]})).await;
    assert_eq!(twice.refusal(), (422, "knowledge_change"));

    // what is broken by hand is told, and nothing is published over it
    fs::write(app.knowledge("zz.toml"), "[[faq]]\nid = \"half").unwrap();
    let listed = get(&admin, "").await.body;
    assert_eq!(listed["mistakes"][0]["file"], "zz.toml", "{listed}");
    let refused = post(&admin, "/publish", json!({"changes": [lamp()]})).await;
    assert_eq!(refused.refusal(), (422, "knowledge_mistakes"));
    assert_eq!(file(&app), before);
    app.stop().await;
}

#[tokio::test]
async fn what_cannot_be_written_is_said_and_leaves_no_version() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let before = file(&app);
    assert_eq!(get(&admin, "").await.body["read_only"], Value::Null);
    // something is in the way where the file is written aside
    fs::create_dir(app.knowledge(".shop.toml.new")).unwrap();
    let refused = post(&admin, "/publish", json!({"changes": [lamp()]})).await;
    assert_eq!(refused.refusal(), (409, "knowledge_read_only"), "{}", refused.text);
    assert!(refused.text.contains("shop.toml"), "{}", refused.text);
    assert_eq!(file(&app), before);
    assert_eq!(get(&admin, "/versions").await.body["versions"], json!([]));
    fs::remove_dir(app.knowledge(".shop.toml.new")).unwrap();
    let published = post(&admin, "/publish", json!({"changes": [lamp()]})).await;
    assert_eq!(published.body["version"]["number"], 1, "{}", published.text);
    app.stop().await;
}

#[tokio::test]
async fn versions_are_restored_also_after_a_restart_and_undone_item_by_item() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let start = file(&app);
    let publish = async |admin: &Agent<'_>, change: Value| {
        let done = post(admin, "/publish", json!({"changes": [change]})).await;
        assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    };
    publish(&admin, lamp()).await;
    let one = file(&app);
    publish(&admin, answer(&item(&admin, "hours").await, "Always.")).await;
    publish(&admin, answer(&item(&admin, "track").await, "Soon.")).await;

    // the second alone: what came after it stays
    let undone = post(&admin, "/versions/2/take_back", json!({"what": "undo"})).await;
    assert_eq!(undone.status, StatusCode::OK, "{}", undone.text);
    assert!(file(&app).contains("Soon.") && !file(&app).contains("Always."));
    // and what was changed again since is not undone unknowingly
    publish(&admin, answer(&item(&admin, "track").await, "Now.")).await;
    let refused = post(&admin, "/versions/3/take_back", json!({"what": "undo"})).await;
    assert_eq!(refused.refusal(), (409, "knowledge_conflict"), "{}", refused.text);

    let cookie = admin.cookie.clone();
    let app = app.restart().await;
    let admin = Agent { app: &app, cookie };
    let restored = post(&admin, "/versions/1/take_back", json!({"what": "restore"})).await;
    assert_eq!(restored.status, StatusCode::OK, "{}", restored.text);
    assert_eq!(restored.body["version"]["takes_back"], json!({"restore": 1}));
    assert_eq!(file(&app), one);
    let all = post(&admin, "/versions/0/take_back", json!({"what": "restore"})).await;
    assert_eq!(all.status, StatusCode::OK, "{}", all.text);
    assert_eq!(file(&app), start);
    let latest = get(&admin, "/versions?limit=2").await.body["versions"].clone();
    assert_eq!((&latest[0]["number"], &latest[1]["number"]), (&json!(7), &json!(6)));
    let older = get(&admin, "/versions?before=6&limit=100").await.body["versions"].clone();
    assert_eq!(older.as_array().unwrap().len(), 5);
    for (path, what) in [("/versions/99/take_back", "undo"), ("/versions/7/take_back", "restore")] {
        let refused = post(&admin, path, json!({"what": what})).await;
        assert_eq!(refused.refusal(), (404, "not_found"), "{path}");
    }
    app.stop().await;
}

#[tokio::test]
async fn items_are_found_by_words_kind_file_and_language() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let only = "[[faq]]\nid = 'only-en'\nquestion.en = 'Do you engrave?'\nanswer.en = 'Yes.'\n";
    fs::write(app.knowledge("more.toml"), only).unwrap();
    let ids = async |query: &str| {
        let found = get(&admin, query).await;
        assert_eq!(found.status, StatusCode::OK, "{}", found.text);
        let rows = found.body["items"].as_array().unwrap().clone();
        rows.iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids("?q=tracking%20orders").await, ["track"]);
    assert_eq!(ids("?q=%E7%A9%BA").await, Vec::<String>::new());
    assert_eq!(ids("?q=%E6%8B%86%E5%B0%81").await, ["return-opened"]);
    assert_eq!(ids("?file=more.toml").await, ["only-en"]);
    assert_eq!(ids("?language=no_zh").await, ["only-en"]);
    assert_eq!(ids("?language=zh&kind=faq&limit=2").await.len(), 2);
    assert!(ids("?kind=intent").await.contains(&"greeting".to_owned()));
    let refused = get(&admin, "?kind=rule").await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    assert_eq!(get(&admin, "/item?kind=faq&id=none").await.refusal(), (404, "not_found"));
    app.stop().await;
}

/// As a crash in the middle of a publication leaves it: kept, but not done.
async fn break_off(folder: &std::path::Path) {
    let open = || SledLog::open(&folder.join("data"), OpenOptions::default());
    // within one process, a server's last sockets let go of its log a moment after its stop
    let opened = async {
        loop {
            match open() {
                Err(OpenError::Locked { .. }) => tokio::task::yield_now().await,
                opened => break opened.unwrap(),
            }
        }
    };
    let log = tokio::time::timeout(crate::app::PATIENCE, opened).await.unwrap();
    let (key, bytes) = log.list(Table::Knowledge).await.unwrap().pop().unwrap();
    let mut version: Value = serde_json::from_slice(&bytes).unwrap();
    version["is_done"] = json!(false);
    log.put(Table::Knowledge, &key, serde_json::to_vec(&version).unwrap()).await.unwrap();
    log.close().await;
}

#[tokio::test]
async fn a_publication_that_a_crash_broke_off_is_finished_or_taken_back() {
    let app = TestApp::start().await;
    let more = "[[faq]]\nid = 'engrave'\nquestion.en = 'Do you engrave?'\nanswer.en = 'Yes.'\n";
    fs::write(app.knowledge("more.toml"), more).unwrap();
    let admin = app.admin().await;
    let cookie = admin.cookie.clone();
    let start = file(&app);
    let changes = [
        answer(&item(&admin, "engrave").await, "No."),
        answer(&item(&admin, "hours").await, "Always."),
    ];
    let published = post(&admin, "/publish", json!({"changes": changes})).await;
    assert_eq!(published.status, StatusCode::OK, "{}", published.text);

    // all files were written: it counts
    let folder = app.stop().await;
    break_off(folder.path()).await;
    let app = TestApp::start_in(folder, |_| {}).await;
    let admin = Agent { app: &app, cookie: cookie.clone() };
    assert_eq!(get(&admin, "/versions").await.body["versions"][0]["number"], 1);
    assert!(file(&app).contains("Always."));

    // one of two was: neither is left
    let folder = app.stop().await;
    break_off(folder.path()).await;
    fs::write(folder.path().join("intents/more.toml"), more).unwrap();
    let app = TestApp::start_in(folder, |_| {}).await;
    let admin = Agent { app: &app, cookie };
    assert_eq!(get(&admin, "/versions").await.body["versions"], json!([]));
    assert_eq!(file(&app), start);
    assert_eq!(fs::read_to_string(app.knowledge("more.toml")).unwrap(), more);
    assert_eq!(
        item(&admin, "hours").await["content"]["answer"]["en"],
        "We are open from 9 to 18 on workdays."
    );
    app.stop().await;
}
