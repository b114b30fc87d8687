//! A learned policy from outside: what was recorded teaches it, it is compared with the rules, switched
//! on, and switched off by a file that cannot be read.

use std::fs;
use std::path::Path;

use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{PATIENCE, TestApp};
use crate::process::frontdesk;
use crate::transcripts::{run, stopped};

const CHINESE: &str = "我的包裹在哪里";
const ENGLISH: &str = "Where is my parcel?";

/// A desk whose customers are content with the answer in English, and always want a person after the
/// one in Chinese.
async fn recorded(each: usize) -> tempfile::TempDir {
    let app = TestApp::start().await;
    for n in 0..each {
        for text in [CHINESE, ENGLISH] {
            let visitor = app.visitor().await;
            visitor.say("1", text).await;
            visitor.wait_for(2).await;
            if text == CHINESE {
                visitor.post("handoff", json!({"client_id": "2"})).await;
            } else if n % 4 == 0 {
                let rated = visitor.say("2", "thank you").await;
                assert_eq!(rated.status, 200, "{:?}", rated.body);
                visitor.wait_for(4).await;
            }
        }
    }
    stopped(app).await
}

fn policy(folder: &Path, args: &[&str]) -> (bool, String, String) {
    let mut command = frontdesk(folder);
    command.env("FRONTDESK_ENCODER_ENABLED", "false");
    run(command.arg("policy").args(args))
}

#[tokio::test]
async fn what_was_recorded_teaches_a_policy_that_is_compared_and_switched_on() {
    let folder = recorded(100).await;
    let (is_fine, told, wrong) = policy(folder.path(), &["train", "--data", "data"]);
    assert!(is_fine, "{told}{wrong}");
    assert!(told.contains("hand_off (") && told.contains("written to policy.json"), "{told}");

    let (is_fine, json, wrong) =
        policy(folder.path(), &["compare", "policy.json", "--data", "data", "--json"]);
    assert!(is_fine, "{wrong}");
    let compared: Value = serde_json::from_str(&json).unwrap();
    let cost = |key: &str| compared["cost"][key].as_f64().unwrap();
    assert!(cost("rules") > 2.0 && cost("learned").abs() < 0.01, "{compared:#}");
    assert!(cost("high") < 0.0, "{compared:#}");
    assert_eq!((&compared["held_out"], &compared["too_few"]), (&json!(true), &json!(true)));
    assert!(wrong.contains("too few to rely on"), "{wrong}");
    let (_, told, _) =
        policy(folder.path(), &["compare", "policy.json", "--data", "data", "--all"]);
    assert!(told.contains("answer → hand_off") && told.contains("cost a turn"), "{told}");

    // the same from a file of labelled turns
    let (_, turns, _) = policy(folder.path(), &["turns", "--data", "data"]);
    fs::write(folder.path().join("turns.jsonl"), &turns).unwrap();
    let args = ["train", "--turns", "turns.jsonl", "--out", "again.json"];
    let (is_fine, _, wrong) = policy(folder.path(), &args);
    assert!(is_fine, "{wrong}");
    let read = |file: &str| fs::read_to_string(folder.path().join(file)).unwrap();
    assert_eq!(read("again.json"), read("policy.json"));
    let (is_fine, ..) = policy(folder.path(), &["show", "policy.json", "--html", "tree.html"]);
    assert!(is_fine && read("tree.html").contains("<svg"), "a picture");

    let file = folder.path().join("policy.json");
    let switched_on = Some(file.clone());
    let app = TestApp::start_in(folder, |s| s.dialogue.policy = switched_on).await;
    let ask = async |app: &TestApp, text: &str| {
        let visitor = app.visitor().await;
        visitor.say("1", text).await;
        visitor.wait_for(2).await[1]["outcome"].as_str().unwrap().to_owned()
    };
    assert_eq!(ask(&app, CHINESE).await, "handed_off");
    assert_eq!(ask(&app, ENGLISH).await, "answered");

    // a file that was changed is not used, and the server goes on by its rules
    let changed =
        fs::read_to_string(&file).unwrap().replace("\"way\": \"hand_off\"", "\"way\": \"clarify\"");
    fs::write(&file, changed).unwrap();
    let switched_on = Some(file.clone());
    let app = app.restart_with(|s| s.dialogue.policy = switched_on).await;
    assert_eq!(ask(&app, CHINESE).await, "answered");
    let mut check = frontdesk(app.folder.path());
    let (is_fine, _, wrong) = run(check.arg("check").env("FRONTDESK_DIALOGUE_POLICY", &file));
    assert!(!is_fine && wrong.contains("policy.json: `checksum` does not fit"), "{wrong}");
}

#[tokio::test]
async fn what_cannot_be_learned_from_is_named() {
    let folder = recorded(2).await;
    let (is_fine, _, wrong) = policy(folder.path(), &["train", "--data", "data"]);
    assert!(!is_fine && wrong.contains("are needed"), "{wrong}");
    assert!(!folder.path().join("policy.json").exists());
    fs::write(folder.path().join("turns.jsonl"), "{\"conversation\": 7}\n").unwrap();
    let (is_fine, _, wrong) = policy(folder.path(), &["train", "--turns", "turns.jsonl"]);
    assert!(!is_fine && wrong.contains("turns.jsonl:1: `conversation`"), "{wrong}");
    for file in ["nowhere.json", "turns.jsonl"] {
        let (is_fine, _, wrong) = policy(folder.path(), &["show", file]);
        assert!(!is_fine && wrong.contains(file), "{wrong}");
    }
}

#[tokio::test]
async fn an_experiment_splits_conversations_and_its_sides_are_reported() {
    let app = TestApp::start_with(|s| {
        s.dialogue.experiment.name = Some("bold".to_owned());
        // on the side of the trial nothing is ever sure enough
        s.dialogue.experiment.wrong_answer = Some(1e9);
    })
    .await;
    let mut sides = [0, 0];
    for _ in 0..60 {
        let visitor = app.visitor().await;
        visitor.say("1", ENGLISH).await;
        let events = visitor.wait_for(2).await;
        let answered = events[1]["outcome"] == "answered";
        sides[usize::from(!answered)] += 1;
        assert!(!events[1].to_string().contains("bold"), "customers are not told: {}", events[1]);
        // the same conversation stays on its side
        visitor.say("2", "When are you open?").await;
        let events = visitor.wait_for(4).await;
        assert_eq!(events[3]["outcome"] == "answered", answered, "{events:?}");
    }
    assert!(sides.iter().all(|count| *count > 10), "{sides:?}");

    let admin = app.admin().await;
    let reported = async {
        loop {
            let report = admin.request(Method::GET, "/api/v1/report", None).await.body;
            let of = report["experiments"][0].clone();
            if of["usual"].as_u64().unwrap_or(0) + of["trial"].as_u64().unwrap_or(0) == 60 {
                break of;
            }
            tokio::task::yield_now().await;
        }
    };
    let report = tokio::time::timeout(PATIENCE, reported).await.unwrap();
    assert_eq!(report["experiment"], "bold");
    assert_eq!((&report["usual"], &report["trial"]), (&json!(sides[0]), &json!(sides[1])));
    assert_eq!(report["too_few"], true);
    let resolved = &report["measures"][0];
    assert_eq!((&resolved["name"], &resolved["usual"]), (&json!("resolved"), &json!(1.0)));
    assert_eq!((&resolved["trial"], &resolved["excludes_zero"]), (&json!(0.0), &json!(true)));
    assert!(resolved["difference"]["high"].as_f64().unwrap() < -0.5, "{resolved}");

    let folder = stopped(app).await;
    let mut command = frontdesk(folder.path());
    let (is_fine, json, wrong) =
        run(command.args(["experiment", "report", "--data", "data", "--json"]));
    assert!(is_fine, "{wrong}");
    let recorded: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(recorded[0], report, "the record says the same as the server");
    let mut command = frontdesk(folder.path());
    let (_, told, _) = run(command.args(["experiment", "report", "--data", "data"]));
    assert!(told.contains("too few to rely on") && told.contains("[newcombe]"), "{told}");
    let mut command = frontdesk(folder.path());
    let since = ["experiment", "report", "--data", "data", "--since", "2999-01-01"];
    let (is_fine, _, wrong) = run(command.args(since));
    assert!(is_fine && wrong.contains("no conversation of the record"), "{wrong}");
}
