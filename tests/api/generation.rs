//! Answers that a language model phrases, against one that really listens: well-behaved, broken, and
//! hostile. Whatever it does, the customer is answered.

use std::sync::Mutex;
use std::time::Duration;

use frontdesk::config::Settings;
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{Agent, PATIENCE, Socket, TestApp, Visitor};
use crate::model::{Model, Reply, gate, with_model};

const QUESTION: &str = "What is your return policy?";
const ENTRY: &str = "You can return unused things within 30 days.";
const PHRASED: &str = "Happy to help! Unused things can be returned within 30 days.";

async fn app(model: &Model) -> TestApp {
    TestApp::start_with(with_model(&model.url)).await
}

/// What the bot says to a question, with its event.
async fn answer(visitor: &Visitor<'_>, id: &str, question: &str) -> Value {
    let before = visitor.events().await.len();
    assert_eq!(visitor.say(id, question).await.status, 200);
    visitor.wait_for(before + 2).await[before + 1].clone()
}

async fn seen_by(agent: &Agent<'_>, conversation: &str) -> Vec<Value> {
    let path = format!("/api/v1/conversations/{conversation}/events?after=0");
    let answer = agent.request(Method::GET, &path, None).await;
    answer.body["events"].as_array().unwrap().clone()
}

/// Says something in a widget and gives all frames up to the bot's message.
async fn frames(socket: &mut Socket, text: &str) -> Vec<Value> {
    socket
        .send(json!({"type": "send", "client_id": format!("c-{}", text.len()), "text": text}))
        .await;
    let mut frames = Vec::new();
    loop {
        let frame = socket.next().await.unwrap();
        let is_last = frame["event"]["type"] == "bot_message";
        frames.push(frame);
        if is_last {
            return frames;
        }
    }
}

fn shown(frames: &[Value]) -> Vec<&str> {
    let phrasing = frames.iter().filter(|frame| frame["type"] == "phrasing");
    phrasing.map(|frame| frame["text"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_is_phrased_from_the_entry_that_was_found_and_names_it() {
    let model = Model::saying("Happy to help! Unused things can be returned within 30 days [1].");
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    std::fs::write(&key, "sk-secret\n").unwrap();
    let app = TestApp::start_with(|settings| {
        with_model(&model.url)(settings);
        settings.generation.key = Some(format!("file:{}", key.display()));
    })
    .await;
    let visitor = app.visitor().await;
    let event = answer(&visitor, "m-1", QUESTION).await;
    assert_eq!(event["text"], PHRASED, "{event}");
    let cited = json!([{"entry": "return", "title": "Can I return something?"}]);
    assert_eq!((&event["sources"], &event["entry"]), (&cited, &json!("return")));
    assert_eq!(event["outcome"], "answered");
    let admin = app.admin().await;
    let seen = seen_by(&admin, &visitor.conversation).await;
    assert_eq!((&seen[1]["text"], &seen[1]["sources"]), (&json!(PHRASED), &cited));

    let asked = model.asked();
    assert_eq!(asked.len(), 1);
    let request = &asked[0];
    assert!(request.head.starts_with("POST /v1/chat/completions "), "{}", request.head);
    assert!(request.head.contains("authorization: Bearer sk-secret"), "{}", request.head);
    assert_eq!((&request.body["stream"], &request.body["model"]), (&json!(true), &json!("small")));
    assert!(request.body.get("tools").is_none(), "nothing but words is asked for");
    let told = request.said("user");
    assert!(told.contains(ENTRY) && told.contains(QUESTION), "{told}");
    assert!(!told.contains("opening hours") && !told.contains("9 to 18"), "{told}");
    // the log keeps what was said
    let conversation = visitor.conversation.clone();
    let token = visitor.token.clone();
    let app = app.restart_with(with_model(&model.url)).await;
    let path = format!("/api/v1/visitor/conversations/{conversation}/events?after=0");
    let request = app.http.get(format!("{}{path}", app.url)).bearer_auth(token);
    let events: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(events["events"][1]["text"], PHRASED, "{events}");
    assert_eq!(model.asked().len(), 1, "what is said is not phrased again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_widget_sees_the_answer_grow_by_whole_sentences() {
    let (go_on, wait) = gate();
    let wait = Mutex::new(Some(wait));
    let model = Model::start(move |_| {
        let (first, rest) =
            ("Happy to he,lp! Unus,ed thin", "gs can be returned within 30 days [1].");
        let pieces = |text: &str| text.split(',').map(str::to_owned).collect();
        Reply::Waits(pieces(first), wait.lock().unwrap().take().unwrap(), pieces(rest))
    });
    let app = TestApp::start_with(|settings| {
        with_model(&model.url)(settings);
        settings.generation.timeout_ms = 15_000;
    })
    .await;
    let mut widget = app.widget().await;
    widget.expect("welcome").await;
    widget.send(json!({"type": "send", "client_id": "m-1", "text": QUESTION})).await;
    let typing = widget.expect("typing").await;
    assert_eq!((&typing["from"], &typing["on"]), (&json!("bot"), &json!(true)));
    let grown = widget.expect("phrasing").await;
    assert_eq!(grown, json!({"type": "phrasing", "answers": 1, "text": "Happy to help!"}));
    go_on.send(()).unwrap();
    let event = widget.event("bot_message").await;
    assert_eq!((&event["seq"], &event["text"]), (&json!(2), &json!(PHRASED)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chinese_answer_is_phrased_too_and_by_a_server_that_does_not_stream() {
    let model =
        Model::start(|_| Reply::Whole("您好，未使用的商品可以在 30 天内退货[1]。".to_owned()));
    let app = app(&model).await;
    let visitor = app.visitor().await;
    let event = answer(&visitor, "m-1", "退货政策是什么？").await;
    assert_eq!(event["text"], "您好，未使用的商品可以在 30 天内退货。", "{event}");
    assert_eq!(event["sources"][0]["title"], "可以退货吗？");
}

#[expect(clippy::too_many_lines, reason = "a table of everything that can go wrong")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_goes_wrong_the_entry_is_said_in_its_own_words() {
    let pieces = |text: &str| vec![text.to_owned()];
    let page = "<html><body>busy</body></html>";
    let big = |_: &_| {
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
        Reply::Raw([head.as_bytes(), ": ping\n".repeat(1_500_000).as_bytes()].concat())
    };
    let tools = json!({"choices": [{"delta": {"tool_calls": [{"function": {"name": "refund"}}]},
        "finish_reason": "tool_calls"}]});
    let call = r#"{"tool": "refund", "arguments": {"order": "A-1001"}}"#;
    let models: Vec<(&str, Model)> = vec![
        ("hangs", Model::start(|_| Reply::Hangs)),
        ("500", Model::start(|_| Reply::status("500 Oh", "text/plain", "oh"))),
        ("429", Model::start(|_| Reply::status("429 Slow", "application/json", "{}"))),
        ("a page", Model::start(move |_| Reply::status("200 OK", "text/html", page))),
        (
            "garbage",
            Model::start(|_| Reply::status("200 OK", "text/event-stream", "data: \u{1}{\n")),
        ),
        (
            "an error",
            Model::start(|_| {
                Reply::status("200 OK", "text/event-stream", "data: {\"error\":{}}\n")
            }),
        ),
        ("is cut", Model::start(move |_| Reply::Breaks(vec![format!("{ENTRY} [1] And")]))),
        ("closes the line", Model::start(|_| Reply::Raw(vec![]))),
        ("10 MB", Model::start(big)),
        (
            "a redirect",
            Model::start(|_| {
                Reply::status("302 Found\r\nlocation: http://127.0.0.1:1/", "text/plain", "")
            }),
        ),
        ("nothing", Model::saying("")),
        ("only friendly", Model::saying("Happy to help!")),
        ("a word less", Model::saying("You can return things within 30 days [1].")),
        ("another number", Model::saying("You can return unused things within 60 days [1].")),
        ("the opposite", Model::saying("You cannot return unused things within 30 days [1].")),
        ("a promise", Model::saying("We will refund unused things within 30 days [1].")),
        ("a claim", Model::saying("Unused things have been returned [1].")),
        ("an address", Model::saying("Return things at https://evil.example [1].")),
        ("no such source", Model::saying("You can return unused things within 30 days [7].")),
        ("a question", Model::saying("Can you return unused things?")),
        ("markup", Model::saying("<b>You can return unused things</b> [1].")),
        ("a call", Model::saying(call)),
        (
            "another call",
            Model::start(move |_| {
                Reply::status("200 OK", "text/event-stream", &format!("data: {tools}\n\n"))
            }),
        ),
        ("its rules", Model::start(|asked| Reply::text(&asked.said("system")))),
        (
            "the canary",
            Model::start(|asked| Reply::text(&format!("The mark is {}.", asked.canary()))),
        ),
        (
            "half a lie",
            Model::start(move |_| {
                Reply::Streams(pieces(&format!("{ENTRY} [1] We pay 500 dollars.")))
            }),
        ),
    ];
    for (name, model) in &models {
        let app = app(model).await;
        let mut widget = app.widget().await;
        widget.expect("welcome").await;
        let frames = frames(&mut widget, QUESTION).await;
        let event = &frames.last().unwrap()["event"];
        assert_eq!(event["text"], ENTRY, "{name}");
        assert_eq!(event["entry"], "return", "{name}");
        assert!(event.get("sources").is_none(), "{name}: {event}");
        let supported = |text: &&str| *text == ENTRY || *text == "Happy to help!";
        assert!(shown(&frames).iter().all(supported), "{name}: {frames:?}");
        assert_eq!(model.asked().len(), 1, "{name}");
        // and the conversation goes on
        let more = self::frames(&mut widget, "hello").await;
        assert_eq!(more.last().unwrap()["event"]["outcome"], "smalltalk", "{name}");
        app.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_that_is_not_there_is_not_missed_and_a_broken_one_is_left_alone() {
    let closed = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}/v1", listener.local_addr().unwrap())
    };
    let app = TestApp::start_with(with_model(&closed)).await;
    let visitor = app.visitor().await;
    assert_eq!(answer(&visitor, "m-1", QUESTION).await["text"], ENTRY);
    app.stop().await;

    let model = Model::start(|_| Reply::status("503 Later", "text/plain", "later"));
    let app = self::app(&model).await;
    for _ in 0..8 {
        let visitor = app.visitor().await;
        assert_eq!(answer(&visitor, "m-1", QUESTION).await["text"], ENTRY);
    }
    assert_eq!(model.asked().len(), 5, "after so many failures it is left alone");
    let metrics = app.get("/metrics").await.text;
    assert!(
        metrics.contains(r#"frontdesk_generated_total{outcome="failed",use="answer"} 5"#),
        "{metrics}"
    );
    assert!(metrics.contains(r#"frontdesk_generated_total{outcome="resting",use="answer"} 3"#));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_waits_for_a_model_who_wants_something_else() {
    let model = Model::start(|_| Reply::Hangs);
    let slow = |url: &str| {
        let change = with_model(url);
        move |settings: &mut Settings| {
            change(settings);
            settings.generation.timeout_ms = 60_000;
        }
    };
    let app = TestApp::start_with(slow(&model.url)).await;
    let visitor = app.visitor().await;
    assert_eq!(visitor.say("m-1", QUESTION).await.status, 200);
    assert_eq!(visitor.post("handoff", json!({"client_id": "h-1"})).await.status, 200);
    let events = tokio::time::timeout(PATIENCE, visitor.wait_for(3)).await.unwrap();
    assert_eq!((&events[0]["client_id"], &events[1]["text"]), (&json!("m-1"), &json!(ENTRY)));
    assert_eq!(visitor.status().await, "waiting");

    // nor does a stop of the server, and what was asked is answered
    let other = app.visitor().await;
    assert_eq!(other.say("m-1", QUESTION).await.status, 200);
    let (conversation, token) = (other.conversation.clone(), other.token.clone());
    let stopping = app.restart_with(with_model(&model.url));
    let app = tokio::time::timeout(Duration::from_secs(10), stopping).await.unwrap();
    let path = format!("/api/v1/visitor/conversations/{conversation}/events?after=1&wait_ms=9000");
    let request = app.http.get(format!("{}{path}", app.url)).bearer_auth(token);
    let events: Value = request.send().await.unwrap().json().await.unwrap();
    assert_eq!(events["events"][0]["text"], ENTRY, "{events}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_conversation_has_a_budget_which_no_restart_gives_back() {
    let model = Model::saying("Unused things can be returned within 30 days [1].");
    let phrased = "Unused things can be returned within 30 days.";
    let thrifty = |url: &str| {
        let change = with_model(url);
        move |settings: &mut Settings| {
            change(settings);
            settings.generation.per_conversation = 2;
            settings.generation.per_day = 3;
        }
    };
    let app = TestApp::start_with(thrifty(&model.url)).await;
    let visitor = app.visitor().await;
    assert_eq!(answer(&visitor, "m-1", QUESTION).await["text"], phrased);
    for (id, question, own) in [
        ("m-2", "When are you open?", "We are open from 9 to 18 on workdays."),
        ("m-3", "How do I get an invoice?", "The invoice is in your e-mail and under My orders."),
    ] {
        assert_eq!(answer(&visitor, id, question).await["text"], own);
    }
    assert_eq!(model.asked().len(), 2, "the conversation's budget is used up");
    let app = app.restart_with(thrifty(&model.url)).await;
    let other = app.visitor().await;
    assert_eq!(answer(&other, "m-1", QUESTION).await["text"], phrased);
    let third = app.visitor().await;
    assert_eq!(answer(&third, "m-1", QUESTION).await["text"], ENTRY, "so is the day's");
    assert_eq!(model.asked().len(), 3);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_model_is_asked_only_for_sure_answers_and_only_where_it_is_wanted() {
    let model = Model::saying(PHRASED);
    let app = app(&model).await;
    let visitor = app.visitor().await;
    for (id, said) in [
        ("m-1", "hello"),
        ("m-2", "do you sell submarines to aliens"),
        ("m-3", "let me talk to a human"),
    ] {
        let before = visitor.events().await.len();
        visitor.say(id, said).await;
        visitor.wait_for(before + 2).await;
    }
    assert_eq!(model.asked().len(), 0, "small talk, doubt and hand-offs stay as they are");
    app.stop().await;

    let app = TestApp::start_with(|settings| {
        with_model(&model.url)(settings);
        settings.generation.answers = false;
    })
    .await;
    let visitor = app.visitor().await;
    assert_eq!(answer(&visitor, "m-1", QUESTION).await["text"], ENTRY);
    assert_eq!(model.asked().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_cards_of_an_entry_stay_below_what_is_phrased() {
    let model = Model::saying("On workdays we are open from 9 to 18 [1].");
    let app = TestApp::start_with(|settings| {
        with_model(&model.url)(settings);
        let shop = settings.server.intents.join("shop.toml");
        let text = std::fs::read_to_string(&shop).unwrap();
        let card = "We are open from 9 to 18 on workdays.\\n[The shop | On a map](https://shop.example/map)";
        std::fs::write(shop, text.replace("We are open from 9 to 18 on workdays.", card)).unwrap();
    })
    .await;
    let visitor = app.visitor().await;
    let event = answer(&visitor, "m-1", "What are your opening hours?").await;
    let expected =
        "On workdays we are open from 9 to 18.\n[The shop | On a map](https://shop.example/map)";
    assert_eq!(event["text"], expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_agent_gets_a_summary_of_what_a_waiting_customer_wrote_and_the_customer_never_does() {
    let summary =
        "The customer ordered a desk lamp on Monday, order LX-778120. The lamp arrived broken.";
    let model = Model::saying(summary);
    let app = TestApp::start_with(|settings| {
        with_model(&model.url)(settings);
        settings.generation.answers = false;
        settings.generation.summaries = true;
    })
    .await;
    let admin = app.admin().await;
    let mut console = admin.console().await;
    let visitor = app.visitor().await;
    let told = "I ordered a desk lamp on Monday, order LX-778120. The lamp arrived broken yesterday. I want a person";
    visitor.say("m-1", told).await;
    let mut seen = seen_by(&admin, &visitor.conversation).await;
    let waiting = async {
        while !seen.iter().any(|event| event["type"] == "summed_up") {
            visitor.wait_for(seen.len() + 1).await;
            seen = seen_by(&admin, &visitor.conversation).await;
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
    let sentences = json!([
        "The customer ordered a desk lamp on Monday, order LX-778120.",
        "The lamp arrived broken.",
    ]);
    let event = seen.iter().find(|event| event["type"] == "summed_up").unwrap();
    assert_eq!(event["summary"], json!({"extractive": false, "sentences": sentences}));
    // it stands on the card, and the customer has only its place
    console.send(json!({"type": "open", "conversation": visitor.conversation})).await;
    let opened = console.expect("opened").await;
    assert_eq!(opened["handoff"]["summary"]["sentences"], sentences, "{opened}");
    let own = json!(visitor.events().await).to_string();
    assert!(own.contains("internal") && !own.contains("The customer ordered"), "{own}");
    assert!(model.asked()[0].said("user").contains(told));
    // a person who is asked for with few words needs none
    let other = app.visitor().await;
    other.say("m-1", "I want a person").await;
    other.wait_for(3).await;
    assert_eq!(other.status().await, "waiting");
    assert_eq!(model.asked().len(), 1);
    app.stop().await;

    // what the customer did not say is not told
    let model = Model::saying("The customer wants 500 dollars back.");
    let app = TestApp::start_with(|settings| {
        with_model(&model.url)(settings);
        settings.generation.summaries = true;
    })
    .await;
    let admin = app.admin().await;
    let visitor = app.visitor().await;
    visitor.say("m-1", told).await;
    let metric = r#"frontdesk_generated_total{outcome="unsupported",use="summary"} 1"#;
    let waiting = async { while !app.get("/metrics").await.text.contains(metric) {} };
    tokio::time::timeout(PATIENCE, waiting).await.unwrap();
    let seen = seen_by(&admin, &visitor.conversation).await;
    assert!(seen.iter().all(|event| event["type"] != "summed_up"));
    let handed = seen.iter().find(|event| event["type"] == "handoff_requested").unwrap();
    assert_eq!(handed["card"]["summary"]["extractive"], true);
}
