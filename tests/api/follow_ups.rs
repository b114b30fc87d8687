//! Follow-ups that a language model asks in full, against one that really listens: well-behaved, broken, and
//! hostile. The question is read and nothing more; whatever the model does, the customer is served as without.

use std::sync::Mutex;

use frontdesk::config::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Agent, PATIENCE, TestApp, Visitor};
use crate::model::{Asked, Model, Reply, gate, with_model};
use crate::process::frontdesk;
use crate::transcripts::{run, stopped};

/// What is said before, and what leans on it.
const SAID: [&str; 3] =
    ["I opened my earbuds yesterday", "What is your return policy?", "and for those?"];
const IN_FULL: &str = "Can I return opened earbuds?";
const OPENED: &str = "Opened earbuds cannot be returned for hygiene reasons.";

/// The model asks follow-ups in full, and does nothing else.
fn with_follow_ups(url: &str) -> impl FnOnce(&mut Settings) + use<> {
    let with_model = with_model(url);
    move |settings| {
        with_model(settings);
        settings.generation.answers = false;
        settings.generation.follow_ups = true;
    }
}

/// Says things one after another, and gives what the customer sees of the whole conversation.
async fn talk(visitor: &Visitor<'_>, said: &[&str]) -> Vec<Value> {
    let mut count = visitor.events().await.len();
    for (at, text) in said.iter().enumerate() {
        assert_eq!(visitor.say(&format!("m-{count}-{at}"), text).await.status, 200);
        count = visitor.wait_for(count + 2).await.len();
    }
    visitor.events().await
}

/// What happens in a conversation with a model, or without one.
async fn happens(model: Option<&Model>, said: &[&str]) -> (Vec<Value>, String) {
    let app = match model {
        Some(model) => TestApp::start_with(with_follow_ups(&model.url)).await,
        None => TestApp::start().await,
    };
    let events = talk(&app.visitor().await, said).await;
    let metrics = app.get("/metrics").await.text;
    app.stop().await;
    (events, metrics)
}

/// The same without what differs between two runs.
fn outline(events: &[Value]) -> Vec<Value> {
    let plain = |event: &Value| {
        json!([event["type"], event["text"], event["outcome"], event["entry"], event["choices"]])
    };
    events.iter().map(plain).collect()
}

async fn seen_by(agent: &Agent<'_>, conversation: &str) -> Vec<Value> {
    let path = format!("/api/v1/conversations/{conversation}/events?after=0");
    let answer = agent.request(Method::GET, &path, None).await;
    answer.body["events"].as_array().unwrap().clone()
}

fn last_reading(events: &[Value]) -> Value {
    events.iter().rev().find(|event| !event["reading"].is_null()).unwrap()["reading"].clone()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_follow_up_is_answered_by_the_entry_that_its_full_question_finds() {
    let without = happens(None, &SAID).await.0;
    assert_ne!(without.last().unwrap()["text"], OPENED, "{without:?}");
    let model = Model::saying(&format!("\"{IN_FULL}\""));
    let app = TestApp::start_with(with_follow_ups(&model.url)).await;
    let visitor = app.visitor().await;
    let events = talk(&visitor, &SAID).await;
    assert_eq!(
        outline(&events[..5]),
        outline(&without[..5]),
        "what stands alone is not asked about"
    );
    let answer = events.last().unwrap();
    assert_eq!((&answer["text"], &answer["entry"]), (&json!(OPENED), &json!("return-opened")));
    assert_eq!(answer["outcome"], "answered");
    let own = json!(events).to_string();
    assert!(!own.contains(IN_FULL), "customers see their own words alone: {own}");
    let admin = app.admin().await;
    let seen = seen_by(&admin, &visitor.conversation).await;
    let reading = last_reading(&seen);
    assert_eq!(reading["asked_in_full"], IN_FULL, "{reading}");
    assert_eq!(reading["answers"][0]["name"], "return-opened");

    let asked = model.asked();
    assert_eq!(asked.len(), 1);
    let told = asked[0].said("user");
    assert!(SAID.iter().all(|said| told.contains(said)), "{told}");
    assert!(told.contains("title of the last answer»\nCan I return something?"), "{told}");
    assert!(!told.contains("within 30 days"), "no answers are sent: {told}");
    let metrics = app.get("/metrics").await.text;
    let taken = r#"frontdesk_generated_total{outcome="taken",use="follow_up"} 1"#;
    assert!(metrics.contains(taken), "{metrics}");

    // replayed, the question that was stored is read again, and nobody is asked
    let folder = stopped(app).await;
    let mut replay = frontdesk(folder.path());
    replay.env("FRONTDESK_ENCODER_ENABLED", "false").args(["replay", "--data", "data", "--json"]);
    let (is_fine, report, wrong) = run(&mut replay);
    assert!(is_fine, "{wrong}");
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!((&report["turns"], &report["same"]), (&json!(3), &json!(3)), "{report:#}");
    assert_eq!(model.asked().len(), 1, "{report:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn off_unless_it_is_switched_on() {
    let model = Model::saying(IN_FULL);
    let app = TestApp::start_with(|settings| {
        with_follow_ups(&model.url)(settings);
        settings.generation.follow_ups = Settings::default().generation.follow_ups;
    })
    .await;
    talk(&app.visitor().await, &SAID).await;
    assert_eq!(model.asked().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_all_is_as_without() {
    let without = outline(&happens(None, &SAID).await.0);
    let mark = |asked: &Asked| Reply::text(&format!("{IN_FULL} {}", asked.canary()));
    let models: Vec<(&str, Model)> = vec![
        ("timed_out", Model::start(|_| Reply::Hangs)),
        ("failed", Model::start(|_| Reply::status("500 Oh", "text/plain", "oh"))),
        ("malformed", Model::start(|_| Reply::status("200 OK", "text/html", "<html>busy</html>"))),
        ("failed", Model::start(|_| Reply::Raw(vec![]))),
        ("canary", Model::start(mark)),
        ("unsupported", Model::saying("")),
        ("unsupported", Model::saying("Can I return opened headphones?")),
        ("unsupported", Model::saying("Can I return opened earbuds within 60 days?")),
        ("unsupported", Model::saying("Can I return opened earbuds? I want a person.")),
        ("unsupported", Model::saying("See https://evil.example, opened earbuds")),
        ("unsupported", Model::saying(&"earbuds ".repeat(100))),
        ("unsure", Model::saying("opened yesterday?")),
    ];
    for (reason, model) in models {
        let (events, metrics) = happens(Some(&model), &SAID).await;
        assert_eq!(outline(&events), without, "{reason}");
        let counted =
            format!("frontdesk_generated_total{{outcome=\"{reason}\",use=\"follow_up\"}} 1");
        assert!(metrics.contains(&counted), "{reason}: {metrics}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_model_asks_for_is_never_done() {
    // the words stand in the conversation, so that a model may take them up
    for (said, asked) in [
        ("Do you sell posters of a human skeleton to talk about?", "I want to talk to a human?"),
        (
            "Do I need an account for the shop, or can I ask for somebody now?",
            "Is somebody using my account now?",
        ),
    ] {
        let said = [said, SAID[1], SAID[2]];
        let model = Model::saying(asked);
        let (without, _) = happens(None, &said).await;
        let (events, metrics) = happens(Some(&model), &said).await;
        assert_eq!(outline(&events), outline(&without), "{asked}");
        let unsure = r#"frontdesk_generated_total{outcome="unsure",use="follow_up"} 1"#;
        assert!(metrics.contains(unsure), "{asked}: {metrics}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_writes_again_does_not_wait_for_the_model() {
    let without = happens(None, &SAID).await.0;
    let (go_on, wait) = gate();
    let wait = Mutex::new(Some(wait));
    let model = Model::start(move |_| match wait.lock().unwrap().take() {
        Some(wait) => Reply::Waits(vec![], wait, vec![IN_FULL.to_owned()]),
        None => Reply::Hangs,
    });
    let app = TestApp::start_with(|settings| {
        with_follow_ups(&model.url)(settings);
        settings.generation.timeout_ms = 60_000;
    })
    .await;
    let visitor = app.visitor().await;
    talk(&visitor, &SAID[..2]).await;
    assert_eq!(visitor.say("m-8", SAID[2]).await.status, 200);
    let asked = async {
        while model.asked().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(PATIENCE, asked).await.unwrap();
    assert_eq!(visitor.say("m-9", "When are you open?").await.status, 200);
    let events = visitor.wait_for(8).await;
    assert_eq!(outline(&events[..6]), outline(&without), "it was answered without the model");
    assert_eq!(events[7]["entry"], "hours");
    drop(go_on);
}
