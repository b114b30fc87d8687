//! What agents write: replies for many customers, notes with the colleagues who are named in them, drafts,
//! quotes, and a conversation as a file.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::app::{Agent, Answer, Socket, TestApp, Visitor};

/// A customer who waits for a person.
async fn waiting<'a>(app: &'a TestApp, text: &str) -> Visitor<'a> {
    let visitor = app.visitor().await;
    visitor.say("m-1", text).await;
    visitor.wait_for(2).await;
    assert_eq!(visitor.status().await, "waiting");
    visitor
}

impl Agent<'_> {
    async fn ask(&self, method: Method, path: &str, body: Value) -> Answer {
        let body = (!body.is_null()).then_some(body);
        self.request(method, &format!("/api/v1/{path}"), body).await
    }

    async fn add_reply(&self, body: Value) -> Answer {
        self.ask(Method::POST, "replies", body).await
    }

    /// The shortcuts of the replies that they have.
    async fn shortcuts(&self) -> Vec<String> {
        let answer = self.ask(Method::GET, "replies", Value::Null).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let replies = answer.body["replies"].as_array().unwrap().iter();
        replies.map(|reply| reply["shortcut"].as_str().unwrap().to_owned()).collect()
    }

    async fn drafts(&self) -> Value {
        self.ask(Method::GET, "session/drafts", Value::Null).await.body["drafts"].clone()
    }

    async fn type_draft(&self, conversation: &str, kind: &str, body: Value) -> Value {
        let path = format!("conversations/{conversation}/drafts/{kind}");
        let answer = self.ask(Method::PUT, &path, body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body
    }
}

impl Socket {
    /// Sends a frame about a conversation and gives the answer: an acknowledgement or a refusal.
    async fn act(&mut self, conversation: &str, mut frame: Value) -> Value {
        frame["conversation"] = json!(conversation);
        let id = frame["client_id"].clone();
        self.send(frame).await;
        self.find(|said| said["client_id"] == id).await
    }

    async fn claim(&mut self, conversation: &str) {
        let claimed = self.act(conversation, json!({"type": "claim", "client_id": "claim"})).await;
        assert_eq!(claimed["type"], "ack", "{claimed}");
    }
}

#[tokio::test]
async fn replies_are_made_by_some_used_by_all_and_stand_in_the_audit_log() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.ask(Method::POST, "teams", json!({"id": "night", "name": "Night"})).await;
    let lead = admin.colleague_as("lead", "supervisor").await;
    let ana = admin.colleague("ana").await;
    let made = lead
        .add_reply(json!({"shortcut": "Hello", "title": "Greeting",
            "text": {"en": "Hello {{customer.name}}", "zh": "您好{{customer.name}}"}}))
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    assert_eq!(made.body["shortcut"], "hello");
    let night =
        json!({"shortcut": "夜班", "title": "Night", "text": {"zh": "您好"}, "team": "night"});
    assert_eq!(lead.add_reply(night).await.status, StatusCode::CREATED);
    assert_eq!(lead.shortcuts().await, ["hello", "夜班"]);
    assert_eq!(ana.shortcuts().await, ["hello"], "of her own teams");
    let path = format!("agents/{}", ana.me().await["id"].as_str().unwrap());
    admin.ask(Method::PATCH, &path, json!({"teams": ["night"]})).await;
    assert_eq!(ana.shortcuts().await, ["hello", "夜班"]);
    let path = format!("replies/{}", made.body["id"].as_str().unwrap());
    let body = json!({"shortcut": "hi", "title": "Greeting", "text": {"en": "Hi"}});
    assert_eq!(ana.ask(Method::PUT, &path, body.clone()).await.refusal(), (403, "forbidden"));
    let changed = lead.ask(Method::PUT, &path, body).await;
    assert_eq!((changed.status, &changed.body["text"]["zh"]), (StatusCode::OK, &Value::Null));
    let cookie = lead.cookie.clone();
    let app = app.restart().await;
    let lead = Agent { app: &app, cookie };
    assert_eq!(lead.shortcuts().await, ["hi", "夜班"]);
    let removed = lead.ask(Method::DELETE, &path, Value::Null).await;
    assert_eq!(removed.status, StatusCode::NO_CONTENT);
    assert_eq!(lead.ask(Method::DELETE, &path, Value::Null).await.refusal(), (404, "not_found"));
    let body = json!({"email": "ada@shop.example", "password": "a long password"});
    let admin =
        Agent { app: &app, cookie: app.post("/api/v1/session", body).await.cookie.unwrap() };
    let log = admin.ask(Method::GET, "audit?limit=500", Value::Null).await.body;
    let acts: Vec<(&str, &str)> = log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|entry| entry["on"]["kind"] == "reply")
        .map(|entry| (entry["act"].as_str().unwrap(), entry["on"]["name"].as_str().unwrap()))
        .collect();
    let expected = [
        ("reply.added", "hello"),
        ("reply.added", "夜班"),
        ("reply.changed", "hi"),
        ("reply.removed", "hi"),
    ];
    assert_eq!(acts, expected);
    app.stop().await;
}

#[tokio::test]
async fn what_is_wrong_with_a_reply_is_said_at_its_field() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let of = |shortcut: &str, title: &str, en: &str| json!({"shortcut": shortcut, "title": title, "text": {"en": en}});
    assert_eq!(admin.add_reply(of("hello", "Greeting", "Hi")).await.status, StatusCode::CREATED);
    let mut unknown_team = of("team", "Team", "Hi");
    unknown_team["team"] = json!("nobody");
    for (body, status, code, field) in [
        (of("HELLO", "Greeting", "Hi"), 409, "shortcut_taken", "shortcut"),
        (of("two words", "Greeting", "Hi"), 422, "shortcut_invalid", "shortcut"),
        (of("a", "", "Hi"), 422, "title_invalid", "title"),
        (of("a", "Greeting", " "), 422, "text_empty", "text"),
        (of("a", "Greeting", &"x".repeat(4_001)), 422, "text_too_long", "text.en"),
        (of("a", "Greeting", "{{customer.nam}}"), 422, "unknown_variable", "text.en"),
        (unknown_team, 422, "unknown_team", "team"),
    ] {
        let refused = admin.add_reply(body).await;
        assert_eq!(refused.refusal(), (status, code), "{}", refused.body);
        let message = refused.body["error"]["message"].as_str().unwrap();
        assert!(message.starts_with(&format!("`{field}`: ")), "{message}");
    }
    assert_eq!(admin.shortcuts().await, ["hello"]);
    app.stop().await;
}

#[tokio::test]
async fn variables_are_what_is_known_of_the_customer_and_what_they_named() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let visitor = waiting(&app, "My order AB-123456 is broken, I want a person").await;
    let path = format!("conversations/{}/variables", visitor.conversation);
    let of = async || admin.ask(Method::GET, &path, Value::Null).await.body["variables"].clone();
    let known = of().await;
    assert_eq!((&known["order"], &known["agent.name"]), (&json!("AB-123456"), &json!("Ada")));
    assert_eq!(known["conversation.id"], visitor.conversation.as_str());
    assert_eq!(known["customer.name"], Value::Null, "nobody has said it");
    // what they say to an agent counts too
    let mut console = admin.console().await;
    console.claim(&visitor.conversation).await;
    visitor.say("m-2", "no, it is order CD-987654, write to li@example.com").await;
    let known = of().await;
    assert_eq!((&known["order"], &known["email"]), (&json!("CD-987654"), &json!("li@example.com")));
    app.stop().await;
}

#[tokio::test]
async fn a_note_reaches_the_colleague_who_is_named() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    admin.role("newcomer", &["conversations.answer"]).await;
    let ben = admin.colleague_as("ben", "newcomer").await;
    let ben_id = ben.me().await["id"].as_str().unwrap().to_owned();
    let visitor = waiting(&app, "I want a person").await;
    let conversation = visitor.conversation.as_str();
    let mut desk = admin.console().await;
    desk.claim(conversation).await;
    let mut other = ben.console().await;
    other.send(json!({"type": "watch", "query": "view=waiting"})).await;
    other.expect("inbox").await;
    let events = format!("/api/v1/conversations/{conversation}/events");
    assert_eq!(ben.request(Method::GET, &events, None).await.refusal(), (404, "not_found"));
    let note = json!({"type": "note", "client_id": "n-1", "text": "陈 @ben please look",
        "mentions": [{"agent": ben_id, "at": 2, "length": 4}]});
    let said = desk.act(conversation, note).await;
    assert_eq!(said["type"], "ack", "{said}");
    let told = other.expect("mentioned").await;
    assert_eq!((&told["conversation"], &told["seq"]), (&json!(conversation), &said["seq"]));
    assert_eq!((&told["name"], &told["text"]), (&json!("Ada"), &json!("陈 @ben please look")));
    // they may open it now, and write a note; it is not theirs to answer
    let opened = ben.request(Method::GET, &events, None).await;
    let note = opened.body["events"].as_array().unwrap().iter().find(|e| e["type"] == "noted");
    assert_eq!(note.unwrap()["mentions"][0]["agent"], ben_id.as_str());
    let reply = json!({"type": "send", "client_id": "s-1", "text": "Hello"});
    assert_eq!(other.act(conversation, reply).await["code"], "not_yours");
    // until they have read it, it is counted; it stays in the list
    let counts = async || {
        let list = ben.ask(Method::GET, "conversations?view=mentions", Value::Null).await.body;
        let (rows, counts) = (list["conversations"].as_array().unwrap().len(), &list["counts"]);
        (rows, counts["mentions"].as_u64().unwrap(), counts["all"].as_u64().unwrap())
    };
    assert_eq!(counts().await, (1, 1, 1));
    other.send(json!({"type": "open", "conversation": conversation})).await;
    other.event("noted").await;
    other.send(json!({"type": "read", "conversation": conversation, "seq": said["seq"]})).await;
    other.find(|frame| frame["type"] == "inbox" && frame["counts"]["mentions"] == 0).await;
    assert_eq!(counts().await, (1, 0, 1));
    app.stop().await;
}

#[tokio::test]
async fn customers_never_receive_a_note() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let me = admin.me().await["id"].as_str().unwrap().to_owned();
    let visitor = waiting(&app, "I want a person").await;
    let conversation = visitor.conversation.as_str();
    let mut widget = app.socket("/ws/v1/visitor", None).await;
    widget.send(json!({"type": "hello", "token": visitor.token, "after": 0})).await;
    widget.event("visitor_message").await;
    let mut desk = admin.console().await;
    desk.claim(conversation).await;
    let note = json!({"type": "note", "client_id": "n-1", "text": "@Ada hush",
        "mentions": [{"agent": me, "at": 0, "length": 4}]});
    let place = desk.act(conversation, note).await["seq"].clone();
    let reply = json!({"type": "send", "client_id": "s-1", "text": "I looked it up."});
    assert_eq!(desk.act(conversation, reply).await["type"], "ack");
    let mut seen = Vec::new();
    loop {
        let frame = widget.next().await.unwrap();
        seen.push(frame.to_string());
        if frame["event"]["type"] == "agent_message" {
            break;
        }
    }
    let events = visitor.events().await;
    let told = events.iter().find(|event| event["seq"] == place).unwrap();
    assert_eq!(told["type"], "internal", "the place is there, and nothing of it");
    seen.push(json!(events).to_string());
    assert!(!seen.concat().contains("hush"), "{seen:?}");
    assert!(!seen.concat().contains(&me), "{seen:?}");
    app.stop().await;
}

#[tokio::test]
async fn mentions_name_colleagues_who_are_there_where_they_stand() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let me = admin.me().await["id"].clone();
    let visitor = waiting(&app, "I want a person").await;
    let mut desk = admin.console().await;
    let nobody = json!("0123456789abcdef0123456789abcdef");
    for (at, length, agent) in [(1, 4, &me), (0, 99, &me), (0, 1, &me), (0, 4, &nobody)] {
        let note = json!({"type": "note", "client_id": "n-1", "text": "@Ada look",
            "mentions": [{"agent": agent, "at": at, "length": length}]});
        let refused = desk.act(&visitor.conversation, note).await;
        assert_eq!(refused["code"], "invalid_field", "{refused}");
        assert!(refused["message"].as_str().unwrap().contains("mentions"), "{refused}");
    }
    // a note does not take a conversation out of the queue, and ends no snooze
    let note = json!({"type": "note", "client_id": "n-2", "text": "@Ada look",
        "mentions": [{"agent": me, "at": 0, "length": 4}]});
    assert_eq!(desk.act(&visitor.conversation, note).await["type"], "ack");
    assert_eq!(visitor.status().await, "waiting");
    app.stop().await;
}

#[tokio::test]
async fn drafts_survive_a_restart_and_end_with_what_is_sent() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let visitor = waiting(&app, "I want a person").await;
    let conversation = visitor.conversation.clone();
    let mut tab = admin.console().await;
    tab.claim(&conversation).await;
    admin.type_draft(&conversation, "reply", json!({"text": "Hel", "at": 1_000})).await;
    let told = tab.expect("draft").await;
    assert_eq!((&told["kind"], &told["text"]), (&json!("reply"), &json!("Hel")));
    // another tab, which was offline, comes with older words and is given the later ones
    let kept = admin.type_draft(&conversation, "reply", json!({"text": "H", "at": 900})).await;
    assert_eq!((&kept["text"], &kept["at"]), (&json!("Hel"), &json!(1_000)));
    admin
        .type_draft(&conversation, "reply", json!({"text": "Hello", "quoted": 1, "at": 5_000}))
        .await;
    admin.type_draft(&conversation, "note", json!({"text": "look at this", "at": 6_000})).await;
    let cookie = admin.cookie.clone();
    let app = app.restart().await;
    let admin = Agent { app: &app, cookie };
    let drafts = admin.drafts().await;
    let texts: Vec<&Value> =
        drafts.as_array().unwrap().iter().map(|draft| &draft["text"]).collect();
    assert_eq!(texts, [&json!("look at this"), &json!("Hello")], "the last first");
    // sent words are no draft any more; other words are
    let mut tab = admin.console().await;
    let send = json!({"type": "send", "client_id": "s-1", "text": "Hello"});
    assert_eq!(tab.act(&conversation, send).await["type"], "ack");
    assert_eq!(admin.drafts().await.as_array().unwrap().len(), 1);
    let late =
        admin.type_draft(&conversation, "reply", json!({"text": "Hello", "at": 2_000})).await;
    assert_eq!(late["text"], "", "what was typed before it was sent comes too late");
    let path = format!("conversations/{conversation}/drafts/letter");
    let unknown = admin.ask(Method::PUT, &path, json!({"text": "x"})).await;
    assert_eq!(unknown.refusal(), (404, "not_found"));
    // an erased conversation leaves no words behind
    admin.ask(Method::DELETE, &format!("conversations/{conversation}"), Value::Null).await;
    assert_eq!(admin.drafts().await, json!([]));
    app.stop().await;
}

#[tokio::test]
async fn a_reply_quotes_a_message_and_is_told_when_it_is_delivered() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let visitor = waiting(&app, "I want a person").await;
    let conversation = visitor.conversation.as_str();
    let mut desk = admin.console().await;
    desk.claim(conversation).await;
    desk.send(json!({"type": "open", "conversation": conversation})).await;
    let note = json!({"type": "note", "client_id": "n-1", "text": "secret"});
    let note = desk.act(conversation, note).await["seq"].clone();
    for wrong in [json!(0), json!(99), note] {
        let frame = json!({"type": "send", "client_id": "s-1", "text": "That?", "quoted": wrong});
        let refused = desk.act(conversation, frame).await;
        assert_eq!(refused["code"], "invalid_field", "{refused}");
    }
    let frame = json!({"type": "send", "client_id": "s-2", "text": "That?", "quoted": 1});
    let sent = desk.act(conversation, frame).await;
    assert_eq!(sent["type"], "ack", "{sent}");
    let quote = json!({"seq": 1, "from": "visitor", "text": "I want a person"});
    assert_eq!(visitor.events().await.last().unwrap()["quoted"], quote);
    // the customer's device comes later, and then it is delivered
    let mut widget = app.socket("/ws/v1/visitor", None).await;
    widget.send(json!({"type": "hello", "token": visitor.token, "after": 0})).await;
    assert_eq!(widget.event("agent_message").await["quoted"], quote);
    let told = desk.expect("delivered").await;
    assert_eq!((&told["conversation"], &told["seq"]), (&json!(conversation), &sent["seq"]));
    app.stop().await;
}

#[tokio::test]
async fn a_reply_has_files_and_a_quote_and_ends_the_draft() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let visitor = waiting(&app, "I want a person").await;
    let conversation = visitor.conversation.as_str();
    let receipt = visitor.upload("receipt.txt", b"paid".to_vec()).await.body["id"].clone();
    let alone = json!({"client_id": "m-2", "attachments": [receipt]});
    let alone = visitor.post("messages", alone).await.body["seq"].clone();
    let mut desk = admin.console().await;
    desk.claim(conversation).await;
    let label = admin.upload(conversation, "label.txt", b"label".to_vec()).await.body["id"].clone();
    admin.type_draft(conversation, "reply", json!({"text": "Here", "quoted": alone})).await;
    let frame = json!({"type": "send", "client_id": "s-1", "text": "Here", "attachments": [label],
        "quoted": alone});
    assert_eq!(desk.act(conversation, frame).await["type"], "ack");
    let said = visitor.events().await.last().unwrap().clone();
    // the message that it answers had a file and no words
    let quote = json!({"seq": alone, "from": "visitor", "text": "\u{1f4ce} receipt.txt"});
    assert_eq!((&said["text"], &said["quoted"]), (&json!("Here"), &quote));
    assert_eq!(said["attachments"][0]["name"], "label.txt");
    assert_eq!(admin.drafts().await, json!([]), "what is sent is no draft, also with files");
    // a file alone answers too, and is quoted in its turn; other words stay a draft
    admin.type_draft(conversation, "reply", json!({"text": "And then"})).await;
    let more = admin.upload(conversation, "more.txt", b"more".to_vec()).await.body["id"].clone();
    let frame = json!({"type": "send", "client_id": "s-2", "attachments": [more],
        "quoted": said["seq"]});
    assert_eq!(desk.act(conversation, frame).await["type"], "ack");
    let last = visitor.events().await.last().unwrap().clone();
    assert_eq!((&last["text"], &last["attachments"][0]["id"]), (&json!(""), &more));
    assert_eq!(last["quoted"]["text"], "Here \u{1f4ce} label.txt");
    assert_eq!(admin.drafts().await.as_array().unwrap().len(), 1);
    let path = format!("/api/v1/conversations/{conversation}/transcript?language=en");
    let url = format!("{}{path}", app.url);
    let taken = app.http.get(url).header("cookie", &admin.cookie).send().await.unwrap();
    let text = taken.text().await.unwrap();
    for line in [":\n[File: receipt.txt]\n", "Ada:\nHere\n[File: label.txt]\n"] {
        assert!(text.contains(line), "{text}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_transcript_is_a_file_without_notes_and_is_in_the_audit_log() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let visitor = waiting(&app, "I want a person").await;
    let conversation = visitor.conversation.as_str();
    let mut desk = admin.console().await;
    desk.claim(conversation).await;
    let note = json!({"type": "note", "client_id": "n-1", "text": "secret"});
    desk.act(conversation, note).await;
    let send = json!({"type": "send", "client_id": "s-1", "text": "你好，我是 Ada"});
    desk.act(conversation, send).await;
    let get = async |query: &str| {
        let url = format!("{}/api/v1/conversations/{conversation}/transcript{query}", app.url);
        let response = app.http.get(url).header("cookie", &admin.cookie).send().await.unwrap();
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        let (kind, name) = (header("content-type"), header("content-disposition"));
        (kind, name, response.text().await.unwrap())
    };
    let (kind, name, text) = get("?language=en").await;
    assert_eq!(kind, "text/plain; charset=utf-8");
    assert!(name.starts_with("attachment; filename=\"conversation-"), "{name}");
    assert!(name.contains(&conversation[..8]) && name.ends_with(".txt\""), "{name}");
    assert!(text.contains("Ada:\n你好，我是 Ada") && text.contains("Ada joined."), "{text}");
    assert!(!text.contains("secret"), "{text}");
    let (kind, name, json) = get("?format=json&notes=true").await;
    assert_eq!(kind, "application/json");
    assert!(name.ends_with(".json\""), "{name}");
    let told: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(told["conversation"], conversation);
    let lines = told["lines"].as_array().unwrap();
    assert!(lines.iter().any(|line| line["from"] == "note" && line["text"] == "secret"), "{told}");
    let path = format!("conversations/{conversation}/transcript?format=pdf");
    let wrong = admin.ask(Method::GET, &path, Value::Null).await;
    assert_eq!(wrong.refusal(), (400, "invalid_field"));
    let log = admin.ask(Method::GET, "audit?limit=500", Value::Null).await.body;
    let taken = log["entries"].as_array().unwrap().iter();
    let taken = taken.filter(|entry| entry["act"] == "conversation.transcript");
    let taken: Vec<&Value> = taken.map(|entry| &entry["after"]["notes"]).collect();
    assert_eq!(taken, [&json!(false), &json!(true)]);
    app.stop().await;
}
