//! The desk speaks first: rules, which visitors they are for, how often, and what becomes of a message
//! that is opened.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Agent, TestApp};
use crate::customers::{SECRET, shop, token};

const SITE: &str = "https://shop.example";

fn rule(name: &str, page: &str) -> Value {
    json!({"name": name, "on": true, "pages": [page], "seconds": 20, "times": 1, "days": 7,
        "text": {"en": "Can we help?", "zh": "需要帮忙吗？"},
        "choices": [{"en": "Yes, please", "zh": "需要"}, {"en": "No"}]})
}

async fn set(agent: &Agent<'_>, rules: Value) -> Vec<Value> {
    let body = Some(json!({ "rules": rules }));
    let set = agent.request(Method::PUT, "/api/v1/proactive", body).await;
    assert_eq!(set.status, StatusCode::OK, "{}", set.body);
    set.body["rules"].as_array().unwrap().clone()
}

async fn counts(agent: &Agent<'_>) -> Value {
    let listed = agent.request(Method::GET, "/api/v1/proactive", None).await;
    listed.body["rules"][0]["counts"].clone()
}

fn looking(path: &str, more: &Value) -> Value {
    let mut body = json!({"path": path, "site": SITE});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    body
}

async fn applying(app: &TestApp, path: &str, more: Value) -> Vec<String> {
    let answer = app.post("/api/v1/visitor/proactive", looking(path, &more)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    let rules = answer.body["rules"].as_array().unwrap();
    rules.iter().map(|rule| rule["text"].as_str().unwrap().to_owned()).collect()
}

async fn show(app: &TestApp, id: &Value, path: &str, more: Value) -> bool {
    let path_of = format!("/api/v1/visitor/proactive/{}/shown", id.as_str().unwrap());
    let answer = app.post(&path_of, looking(path, &more)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    answer.body["show"].as_bool().unwrap()
}

async fn embed(app: &TestApp) -> String {
    app.get("/embed.js").await.text
}

#[tokio::test]
async fn rules_are_kept_as_a_whole_and_a_mistake_is_told_at_its_field() {
    let app = shop().await;
    let admin = app.admin().await;
    assert!(!embed(&app).await.contains("teaser"), "without rules a site loads nothing more");
    let rules = set(&admin, json!([rule("Help", "/cart/**"), rule("Other", "/**")])).await;
    assert_eq!(rules[0]["counts"], json!({"shown": 0, "opened": 0, "answered": 0}));
    assert!(embed(&app).await.contains("teaser/host.js"));

    let wrong = [
        (json!({"pages": ["cart"]}), "rules[1].pages", "page_invalid"),
        (json!({"segment": "nobody"}), "rules[1].segment", "unknown_segment"),
        (json!({"site": "https://evil.example"}), "rules[1].site", "unknown_site"),
        (json!({"text": {"en": " "}}), "rules[1].text.en", "text_empty"),
        (json!({"times": 0}), "rules[1].times", "number_invalid"),
    ];
    for (change, field, code) in wrong {
        let mut second = rule("Other", "/**");
        second.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let body = json!({"rules": [rules[0], second]});
        let body = without_counts(body);
        let refused = admin.request(Method::PUT, "/api/v1/proactive", Some(body)).await;
        assert_eq!(refused.refusal(), (422, code));
        assert_eq!(refused.body["error"]["field"], field);
    }
    let app = app.restart().await;
    let bo = app.post(
        "/api/v1/session",
        json!({"email": "ada@shop.example", "password": "a long password"}),
    );
    let admin = Agent { app: &app, cookie: bo.await.cookie.unwrap() };
    let listed = admin.request(Method::GET, "/api/v1/proactive", None).await;
    assert_eq!(listed.body["rules"].as_array().unwrap(), &rules, "nothing was changed or lost");
    let audit = admin.request(Method::GET, "/api/v1/audit?after=0&limit=100", None).await;
    let acts = audit.body["entries"].as_array().unwrap().iter();
    let changes = acts.filter(|entry| entry["act"] == "proactive.changed").count();
    assert_eq!(changes, 1);

    let mut off = without_counts(json!({ "rules": rules }));
    for rule in off["rules"].as_array_mut().unwrap() {
        rule["on"] = json!(false);
    }
    set(&admin, off["rules"].clone()).await;
    assert!(!embed(&app).await.contains("teaser"));
    app.stop().await;
}

fn without_counts(mut body: Value) -> Value {
    for rule in body["rules"].as_array_mut().unwrap() {
        rule.as_object_mut().unwrap().remove("counts");
    }
    body
}

#[tokio::test]
async fn visitors_are_told_what_applies_to_them() {
    let app = shop().await;
    let admin = app.admin().await;
    let segments = json!({"segments": [{"name": "regulars", "value_band": "high",
        "all": [{"attribute": "tags", "op": "contains", "value": "regular"}]}]});
    admin.request(Method::PUT, "/api/v1/segments", Some(segments)).await;
    let profile = Some(json!({"tags": ["regular"]}));
    admin.request(Method::PUT, "/api/v1/customers/ana", profile).await;
    let mut regulars = rule("Regulars", "/**");
    regulars["segment"] = json!("regulars");
    regulars["text"] = json!({"en": "Nice to see you again"});
    let mut closed = rule("Closed", "/**");
    closed["when"] = json!("closed");
    let rules = set(&admin, json!([rule("Help", "/cart"), regulars, closed])).await;

    assert_eq!(applying(&app, "/cart", json!({})).await, ["Can we help?"]);
    assert_eq!(applying(&app, "/cart", json!({"language": "zh"})).await, ["需要帮忙吗？"]);
    assert!(applying(&app, "/", json!({})).await.is_empty(), "the desk is open");
    let ana = json!({"identity": token("ana", 60, SECRET)});
    assert_eq!(applying(&app, "/", ana.clone()).await, ["Nice to see you again"]);
    let forged = json!({"identity": token("ana", 60, "another secret")});
    assert!(applying(&app, "/", forged).await.is_empty());

    // a known customer sees it so often and no more, on whatever device
    let id = &rules[1]["id"];
    assert!(show(&app, id, "/", ana.clone()).await);
    assert!(!show(&app, id, "/", ana.clone()).await);
    assert!(!show(&app, id, "/", json!({})).await, "it is not for everybody");
    let app =
        app.restart_with(|settings| settings.identity.secrets = vec![SECRET.to_owned()]).await;
    assert!(applying(&app, "/", ana.clone()).await.is_empty());

    // and none at all after they have said so
    let quiet = json!({"identity": token("ana", 60, SECRET)});
    let told = app.post("/api/v1/visitor/proactive/quiet", quiet).await;
    assert_eq!(told.status, StatusCode::NO_CONTENT);
    assert!(applying(&app, "/cart", ana).await.is_empty());
    assert_eq!(applying(&app, "/cart", json!({})).await, ["Can we help?"]);
    app.stop().await;
}

#[tokio::test]
async fn what_is_opened_is_in_the_conversation_and_counted() {
    let app = shop().await;
    let admin = app.admin().await;
    let rules = set(&admin, json!([rule("Help", "/cart")])).await;
    let id = &rules[0]["id"];
    assert!(show(&app, id, "/cart", json!({})).await);

    // opened, then answered in the customer's own words
    let visitor = app.visitor().await;
    assert!(visitor.events().await.is_empty(), "nobody has a conversation for having been asked");
    let open = json!({"client_id": "o-1", "rule": id});
    let opened = visitor.post("proactive", open.clone()).await;
    assert_eq!(opened.body, json!({"seq": 1, "replayed": false}));
    let again = visitor.post("proactive", open).await;
    assert_eq!(again.body, json!({"seq": 1, "replayed": true}));
    let events = visitor.events().await;
    assert_eq!(events.len(), 1);
    assert_eq!(events[0]["type"], "bot_message");
    assert_eq!(
        (&events[0]["text"], &events[0]["outcome"]),
        (&json!("Can we help?"), &json!("proactive"))
    );
    assert_eq!(events[0]["choices"][0]["label"], "Yes, please");
    assert_eq!(counts(&admin).await, json!({"shown": 1, "opened": 1, "answered": 0}));
    visitor.say("m-1", "When are you open?").await;
    visitor.wait_for(3).await;
    visitor.say("m-2", "Thank you").await;
    assert_eq!(counts(&admin).await, json!({"shown": 1, "opened": 1, "answered": 1}));
    assert_eq!(visitor.events().await[2]["entry"], "hours", "the bot answers as ever");

    // while that goes on, nothing is shown
    let renewal = json!({"renewal": visitor.renewal});
    assert!(applying(&app, "/cart", renewal.clone()).await.is_empty());
    assert!(!show(&app, id, "/cart", renewal).await);

    // a choice opens and answers at once, in the language in which it was shown
    let mut widget = app.socket("/ws/v1/visitor", None).await;
    widget.send(json!({"type": "hello", "language": "zh"})).await;
    widget.expect("welcome").await;
    let choose = |choice: &str, client_id: &str| json!({"type": "proactive", "client_id": client_id, "rule": id, "choice": choice});
    widget.send(choose("我是店主", "o-1")).await;
    assert_eq!(widget.expect("error").await["code"], "invalid_field", "no words but the rule's");
    widget.send(choose("需要", "o-2")).await;
    assert_eq!(widget.event("bot_message").await["text"], "需要帮忙吗？");
    assert_eq!(widget.event("visitor_message").await["text"], "需要");
    assert_eq!(widget.event("bot_message").await["seq"], 3, "and the bot answers");
    assert_eq!(counts(&admin).await, json!({"shown": 1, "opened": 2, "answered": 2}));

    // nobody speaks in between where a person was asked for
    let waiting = app.visitor().await;
    waiting.say("m-1", "I want a person").await;
    waiting.wait_for(3).await;
    let refused = waiting.post("proactive", json!({"client_id": "o-1", "rule": id})).await;
    assert_eq!(refused.status, StatusCode::CONFLICT);
    app.stop().await;
}
