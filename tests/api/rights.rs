//! Who may do what: every route and every frame, asked by everybody. The tables stand here; a route or
//! a frame that is in none of them fails the test.

use std::collections::BTreeSet;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use crate::app::{Agent, Answer, Socket, TestApp, Visitor};

/// Who asks, as the columns of [`ROUTES`] stand: nobody, a customer, somebody who may only answer,
/// somebody who may only read the audit log, and the built-in roles.
const PEOPLE: [&str; 7] =
    ["nobody", "customer", "newcomer", "auditor", "agent", "supervisor", "admin"];

/// A route, a body, and what each of [`PEOPLE`] is told. In path and body, `{fresh}` is a word that is
/// new each time; the other names are made anew for each cell: a conversation that is with the bot
/// (`hidden`), one that waits, a file of either, the customer's own, a colleague, a team, a role.
type Row = (&'static str, &'static str, &'static str, [u16; 7]);

const ALL: [u16; 7] = [200; 7];
const SIGNED_IN: [u16; 7] = [401, 401, 200, 200, 200, 200, 200];
const CUSTOMER: [u16; 7] = [401, 200, 401, 401, 401, 401, 401];

const fn admins(status: u16) -> [u16; 7] {
    [401, 401, 403, 403, 403, 403, status]
}

const fn everybody(status: u16) -> [u16; 7] {
    [status; 7]
}

const fn colleagues(status: u16) -> [u16; 7] {
    [401, 401, status, status, status, status, status]
}

const fn customers(status: u16) -> [u16; 7] {
    [401, status, 401, 401, 401, 401, 401]
}

const ROUTES: &[Row] = &[
    ("get", "/healthz", "", ALL),
    ("get", "/readyz", "", ALL),
    ("get", "/metrics", "", ALL),
    ("get", "/", "", ALL),
    ("get", "/demo/styleguide.html", "", ALL),
    ("get", "/widget/", "", ALL),
    ("get", "/widget/teaser", "", ALL),
    ("get", "/console", "", ALL),
    ("get", "/console/", "", ALL),
    ("get", "/embed.js", "", ALL),
    ("get", "/w/{version}/console/main.js", "", ALL),
    ("post", "/api/v1/understand", r#"{"text":"hello"}"#, everybody(401)),
    ("get", "/api/v1/setup", "", ALL),
    (
        "post",
        "/api/v1/setup",
        r#"{"token":"x","name":"Eve","email":"eve@shop.example","password":"a long password"}"#,
        everybody(409),
    ),
    ("get", "/api/v1/session", "", SIGNED_IN),
    (
        "post",
        "/api/v1/session",
        r#"{"email":"ada@shop.example","password":"wrong"}"#,
        everybody(401),
    ),
    ("get", "/api/v1/sites", "", admins(200)),
    ("get", "/api/v1/sessions", "", SIGNED_IN),
    ("delete", "/api/v1/sessions", "", SIGNED_IN),
    ("delete", "/api/v1/sessions/{fresh}", "", colleagues(404)),
    ("get", "/api/v1/session/oidc", "", everybody(404)),
    ("get", "/api/v1/session/oidc/callback", "", everybody(404)),
    ("post", "/api/v1/session/second_factor", r#"{"password":"wrong"}"#, colleagues(400)),
    ("post", "/api/v1/session/second_factor/confirm", r#"{"code":"000000"}"#, colleagues(409)),
    ("post", "/api/v1/session/second_factor/give_up", r#"{"code":"000000"}"#, colleagues(409)),
    ("get", "/api/v1/agents", "", SIGNED_IN),
    (
        "post",
        "/api/v1/agents",
        r#"{"name":"N","email":"{fresh}@a.example","password":"a long password","role":"agent"}"#,
        admins(201),
    ),
    ("patch", "/api/v1/agents/{agent}", r#"{"capacity":7}"#, admins(200)),
    ("patch", "/api/v1/agents/nobody", r#"{"capacity":7}"#, admins(404)),
    ("delete", "/api/v1/agents/{agent}/sessions", "", admins(204)),
    ("delete", "/api/v1/agents/nobody/sessions", "", admins(404)),
    ("delete", "/api/v1/agents/{agent}/second_factor", "", admins(409)),
    ("get", "/api/v1/teams", "", SIGNED_IN),
    ("post", "/api/v1/teams", r#"{"id":"{fresh}","name":"Night"}"#, admins(201)),
    ("patch", "/api/v1/teams/{team}", r#"{"name":"Day"}"#, admins(200)),
    ("delete", "/api/v1/teams/{team}", "", admins(204)),
    ("get", "/api/v1/roles", "", SIGNED_IN),
    ("post", "/api/v1/roles", r#"{"id":"{fresh}","name":"Any","permissions":[]}"#, admins(201)),
    ("patch", "/api/v1/roles/{role}", r#"{"name":"Some"}"#, admins(200)),
    ("delete", "/api/v1/roles/{role}", "", admins(204)),
    ("get", "/api/v1/audit", "", [401, 401, 403, 200, 403, 403, 200]),
    ("get", "/api/v1/conversations/{hidden}/events", "", [401, 401, 404, 404, 200, 200, 200]),
    ("get", "/api/v1/conversations/{waiting}/events", "", [401, 401, 200, 404, 200, 200, 200]),
    ("get", "/api/v1/conversations", "", SIGNED_IN),
    ("get", "/api/v1/search?q=hello", "", [401, 401, 200, 403, 200, 200, 200]),
    ("get", "/api/v1/labels", "", [401, 401, 200, 403, 200, 200, 200]),
    ("get", "/api/v1/session/filters", "", SIGNED_IN),
    ("put", "/api/v1/session/filters", r#"{"filters":[]}"#, SIGNED_IN),
    (
        "post",
        "/api/v1/conversations/acts",
        r#"{"acts":[{"conversation":"{waiting}","act":{"type":"wake"}}]}"#,
        [401, 401, 200, 403, 200, 200, 200],
    ),
    (
        "post",
        "/api/v1/conversations/{waiting}/attachments",
        r#"{"a":"text"}"#,
        [401, 401, 409, 403, 409, 409, 409],
    ),
    (
        "post",
        "/api/v1/conversations/{hidden}/attachments",
        r#"{"a":"text"}"#,
        [401, 401, 404, 403, 409, 409, 409],
    ),
    (
        "get",
        "/api/v1/conversations/{waiting}/attachments/{file}",
        "",
        [401, 401, 200, 404, 200, 200, 200],
    ),
    (
        "get",
        "/api/v1/conversations/{hidden}/attachments/{file}",
        "",
        [401, 401, 404, 404, 200, 200, 200],
    ),
    ("get", "/api/v1/proactive", "", [401, 401, 403, 403, 403, 200, 200]),
    ("put", "/api/v1/proactive", r#"{"rules":[]}"#, [401, 401, 403, 403, 403, 200, 200]),
    ("get", "/api/v1/replies", "", [401, 401, 200, 403, 200, 200, 200]),
    (
        "post",
        "/api/v1/replies",
        r#"{"shortcut":"{fresh}","title":"Greeting","text":{"en":"Hello"}}"#,
        [401, 401, 403, 403, 403, 201, 201],
    ),
    (
        "put",
        "/api/v1/replies/{fresh}",
        r#"{"shortcut":"{fresh}","title":"Greeting","text":{"en":"Hello"}}"#,
        [401, 401, 403, 403, 403, 404, 404],
    ),
    ("delete", "/api/v1/replies/{fresh}", "", [401, 401, 403, 403, 403, 404, 404]),
    ("get", "/api/v1/session/drafts", "", SIGNED_IN),
    (
        "put",
        "/api/v1/conversations/{waiting}/drafts/{fresh}",
        r#"{"text":"x"}"#,
        [401, 401, 404, 403, 404, 404, 404],
    ),
    (
        "put",
        "/api/v1/conversations/{waiting}/drafts/reply",
        r#"{"text":"x"}"#,
        [401, 401, 200, 403, 200, 200, 200],
    ),
    (
        "put",
        "/api/v1/conversations/{hidden}/drafts/note",
        r#"{"text":"x"}"#,
        [401, 401, 404, 403, 200, 200, 200],
    ),
    ("get", "/api/v1/conversations/{waiting}/variables", "", [401, 401, 200, 403, 200, 200, 200]),
    ("get", "/api/v1/conversations/{hidden}/variables", "", [401, 401, 404, 403, 200, 200, 200]),
    ("get", "/api/v1/conversations/{waiting}/transcript", "", [401, 401, 200, 404, 200, 200, 200]),
    ("get", "/api/v1/conversations/{hidden}/transcript", "", [401, 401, 404, 404, 200, 200, 200]),
    ("delete", "/api/v1/conversations/{waiting}", "", admins(204)),
    ("get", "/api/v1/conversations/{waiting}/customer", "", [401, 401, 404, 403, 404, 404, 404]),
    ("get", "/api/v1/customers", "", [401, 401, 200, 403, 200, 200, 200]),
    ("put", "/api/v1/customers/{fresh}", r#"{"name":"Li"}"#, [401, 401, 403, 403, 403, 200, 200]),
    ("get", "/api/v1/customers/{fresh}", "", [401, 401, 404, 403, 404, 404, 404]),
    ("patch", "/api/v1/customers/{fresh}", r#"{"name":"Li"}"#, [401, 401, 404, 403, 404, 404, 404]),
    ("delete", "/api/v1/customers/{fresh}", "", [401, 401, 403, 403, 403, 404, 404]),
    ("get", "/api/v1/customers/{fresh}/history", "", [401, 401, 404, 403, 404, 404, 404]),
    ("post", "/api/v1/customers/{fresh}/unmerge", "", [401, 401, 403, 403, 403, 404, 404]),
    ("get", "/api/v1/segments", "", [401, 401, 200, 403, 200, 200, 200]),
    ("put", "/api/v1/segments", r#"{"segments":[]}"#, [401, 401, 403, 403, 403, 200, 200]),
    ("post", "/api/v1/segments/preview", r#"{"segments":[]}"#, [401, 401, 200, 403, 200, 200, 200]),
    ("get", "/api/v1/knowledge", "", admins(200)),
    ("get", "/api/v1/knowledge/item?kind=faq&id=none", "", admins(404)),
    ("post", "/api/v1/knowledge/check", r#"{"changes":[]}"#, admins(200)),
    ("post", "/api/v1/knowledge/try", r#"{"text":"hello","changes":[]}"#, admins(200)),
    ("post", "/api/v1/knowledge/compare", r#"{"changes":[]}"#, admins(200)),
    ("post", "/api/v1/knowledge/publish", r#"{"changes":[]}"#, admins(409)),
    ("get", "/api/v1/knowledge/versions", "", admins(200)),
    ("get", "/api/v1/knowledge/corrections", "", admins(200)),
    ("post", "/api/v1/knowledge/corrections/{fresh}", r#"{"count":false}"#, admins(404)),
    ("get", "/api/v1/knowledge/versions/{fresh}", "", admins(404)),
    ("post", "/api/v1/knowledge/versions/{fresh}/take_back", r#"{"what":"undo"}"#, admins(404)),
    ("get", "/api/v1/webhooks", "", admins(200)),
    ("post", "/api/v1/webhooks", r#"{"url":"ftp://a.example"}"#, admins(400)),
    ("patch", "/api/v1/webhooks/{fresh}", r#"{"active":false}"#, admins(404)),
    ("delete", "/api/v1/webhooks/{fresh}", "", admins(404)),
    ("post", "/api/v1/webhooks/{fresh}/secret", "", admins(404)),
    ("post", "/api/v1/webhooks/{fresh}/test", "", admins(404)),
    ("get", "/api/v1/webhooks/{fresh}/deliveries", "", admins(404)),
    ("post", "/api/v1/webhooks/{fresh}/deliveries/{fresh}/replay", "", admins(404)),
    ("get", "/api/v1/bots", "", admins(200)),
    ("post", "/api/v1/bots", r#"{"name":"","url":"https://a.example"}"#, admins(400)),
    ("patch", "/api/v1/bots/{fresh}", r#"{"name":"B"}"#, admins(404)),
    ("delete", "/api/v1/bots/{fresh}", "", admins(404)),
    (
        "post",
        "/api/v1/accounts/{fresh}/conversations/{hidden}/messages",
        r#"{"content":"hello"}"#,
        everybody(401),
    ),
    (
        "post",
        "/api/v1/accounts/{fresh}/conversations/{hidden}/toggle_status",
        r#"{"status":"open"}"#,
        everybody(401),
    ),
    ("get", "/api/v1/report", "", [401, 401, 403, 403, 403, 200, 200]),
    ("get", "/api/v1/routing", "", SIGNED_IN),
    ("put", "/api/v1/routing", "{}", [401, 401, 403, 403, 403, 200, 200]),
    ("post", "/api/v1/admin/reload", "", admins(200)),
    ("post", "/api/v1/visitor/token", r#"{"renewal":"forged"}"#, everybody(401)),
    ("post", "/api/v1/visitor/conversations", "{}", everybody(201)),
    (
        "post",
        "/api/v1/visitor/conversations/{own}/messages",
        r#"{"client_id":"{fresh}","text":"hello"}"#,
        CUSTOMER,
    ),
    (
        "post",
        "/api/v1/visitor/conversations/{hidden}/messages",
        r#"{"client_id":"{fresh}","text":"hello"}"#,
        customers(404),
    ),
    ("post", "/api/v1/visitor/conversations/{own}/handoff", r#"{"client_id":"{fresh}"}"#, CUSTOMER),
    (
        "post",
        "/api/v1/visitor/conversations/{own}/leave_queue",
        r#"{"client_id":"{fresh}"}"#,
        customers(409),
    ),
    (
        "post",
        "/api/v1/visitor/conversations/{own}/rating",
        r#"{"client_id":"{fresh}","score":5}"#,
        customers(409),
    ),
    (
        "post",
        "/api/v1/visitor/conversations/{own}/identity",
        r#"{"identity":"forged"}"#,
        everybody(401),
    ),
    (
        "post",
        "/api/v1/visitor/conversations/{own}/contact",
        r#"{"email":"li@shop.example"}"#,
        customers(204),
    ),
    ("post", "/api/v1/visitor/conversations/{own}/attachments", r#"{"a":"text"}"#, customers(201)),
    (
        "post",
        "/api/v1/visitor/conversations/{hidden}/attachments",
        r#"{"a":"text"}"#,
        customers(404),
    ),
    ("get", "/api/v1/visitor/conversations/{hidden}/attachments/{file}", "", customers(404)),
    (
        "post",
        "/api/v1/visitor/proactive",
        r#"{"path":"/","site":"https://shop.example"}"#,
        everybody(200),
    ),
    (
        "post",
        "/api/v1/visitor/proactive/{fresh}/shown",
        r#"{"path":"/","site":"https://shop.example"}"#,
        everybody(404),
    ),
    ("post", "/api/v1/visitor/proactive/quiet", "{}", everybody(204)),
    (
        "post",
        "/api/v1/visitor/conversations/{own}/proactive",
        r#"{"client_id":"{fresh}","rule":"0123456789abcdef0123456789abcdef"}"#,
        customers(404),
    ),
    ("get", "/api/v1/visitor/conversations/{own}/events", "", CUSTOMER),
    ("get", "/api/v1/visitor/conversations/{hidden}/events", "", customers(404)),
    // last, for it ends the session
    ("delete", "/api/v1/session", "", colleagues(204)),
];

/// Routes of which the `OpenAPI` document does not tell: sockets and pages.
const NOT_IN_THE_DOCUMENT: usize = 10;

/// A server with everybody in it.
struct World<'a> {
    app: &'a TestApp,
    admin: Agent<'a>,
    others: Vec<Agent<'a>>,
    count: std::cell::Cell<usize>,
}

async fn server() -> TestApp {
    TestApp::start_with(|settings| {
        settings.limits.sign_in_per_minute = 10_000;
        settings.api.open_on_loopback = false;
    })
    .await
}

impl<'a> World<'a> {
    async fn new(app: &'a TestApp) -> Self {
        let admin = app.admin().await;
        admin.role("newcomer", &["conversations.answer"]).await;
        admin.role("auditor", &["audit.read"]).await;
        let mut others = Vec::new();
        for role in &PEOPLE[2..6] {
            others.push(admin.colleague_as(role, role).await);
        }
        Self { app, admin, others, count: std::cell::Cell::new(0) }
    }

    fn fresh(&self) -> String {
        self.count.set(self.count.get() + 1);
        format!("fresh-{}", self.count.get())
    }

    fn person(&self, column: usize) -> &Agent<'a> {
        self.others.get(column - 2).unwrap_or(&self.admin)
    }

    /// A customer who said something.
    async fn customer(&self, text: &str) -> Visitor<'a> {
        let visitor = self.app.visitor().await;
        visitor.say("m-1", text).await;
        visitor.wait_for(2).await;
        visitor
    }

    async fn conversation(&self, name: &str) -> String {
        match name {
            "hidden" => self.customer("When are you open?").await.conversation,
            "waiting" => {
                let visitor = self.customer("I want a person").await;
                assert_eq!(visitor.status().await, "waiting");
                visitor.conversation
            }
            other => panic!("no conversation {other}"),
        }
    }

    /// Makes what the text names.
    async fn fill(&self, text: &str) -> String {
        let mut text = text.replace("{fresh}", &self.fresh());
        if text.contains("{file}") {
            let waits = text.contains("{waiting}");
            let said = if waits { "I want a person" } else { "When are you open?" };
            let visitor = self.customer(said).await;
            let uploaded = visitor.upload("a.txt", b"hello".to_vec()).await;
            text = text.replace("{file}", uploaded.body["id"].as_str().unwrap());
            let name = if waits { "{waiting}" } else { "{hidden}" };
            text = text.replace(name, &visitor.conversation);
        }
        for name in ["hidden", "waiting"] {
            let place = format!("{{{name}}}");
            if text.contains(&place) {
                text = text.replace(&place, &self.conversation(name).await);
            }
        }
        if text.contains("{agent}") {
            text = text.replace("{agent}", &self.admin.add(&self.fresh(), "agent").await);
        }
        for (place, path, more) in
            [("{team}", "/api/v1/teams", json!({})), ("{role}", "/api/v1/roles", json!([]))]
        {
            if text.contains(place) {
                let id = self.fresh();
                let mut body = json!({"id": id, "name": "made for a test"});
                if more.is_array() {
                    body["permissions"] = more;
                }
                let made = self.admin.request(Method::POST, path, Some(body)).await;
                assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
                text = text.replace(place, &id);
            }
        }
        text
    }

    async fn ask(&self, row: &Row, column: usize) -> Answer {
        let (method, path, body, _) = row;
        let visitor = self.app.visitor().await;
        let path = self.fill(&path.replace("{own}", &visitor.conversation)).await;
        let body = self.fill(body).await;
        let body: Option<Value> = (!body.is_empty()).then(|| serde_json::from_str(&body).unwrap());
        let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
        match column {
            0 => self.app.request(method, &path, body).await,
            1 => visitor.with_token(method, &path, body).await,
            _ => self.person(column).request(method, &path, body).await,
        }
    }
}

#[tokio::test]
async fn every_route_answers_everybody_as_the_table_says() {
    let app = server().await;
    let world = World::new(&app).await;
    let mut wrong = Vec::new();
    for row in ROUTES {
        for (column, (who, status)) in PEOPLE.iter().zip(row.3).enumerate() {
            let answer = world.ask(row, column).await;
            if answer.status.as_u16() != status {
                let (told, text) = (answer.status.as_u16(), answer.text);
                wrong.push(format!("{} {} as {who}: {told}, not {status}: {text}", row.0, row.1));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    app.stop().await;
}

#[tokio::test]
async fn every_route_is_in_the_table() {
    let app = TestApp::start().await;
    let api = app.get("/api/openapi.json").await.body;
    let documented: BTreeSet<String> = api["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().keys().map(move |method| plain(method, path))
        })
        .collect();
    let listed: BTreeSet<String> = ROUTES.iter().map(|row| plain(row.0, row.1)).collect();
    let missing: Vec<&String> = documented.difference(&listed).collect();
    assert!(missing.is_empty(), "no line in ROUTES: {missing:?}");
    // and a route of which the document does not tell is found by counting
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/gateway");
    let mut served = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(file.unwrap().path()).unwrap();
        served += text.matches(".route(").count();
    }
    assert_eq!(served, documented.len() + NOT_IN_THE_DOCUMENT, "a route is not documented");
    app.stop().await;
}

/// A route without the names of what stands in its path.
fn plain(method: &str, path: &str) -> String {
    let mut plain = format!("{method} ");
    let mut inside = false;
    for c in path.chars() {
        match c {
            '?' => break,
            '{' => inside = true,
            '}' => {
                inside = false;
                plain.push('*');
            }
            c if !inside => plain.push(c),
            _ => {}
        }
    }
    plain
}

/// A frame of agents, and what newcomer, auditor, agent, supervisor and admin are told: the answer's
/// type, or the code of a refusal; `-` for frames without an answer.
type FrameRow = (&'static str, &'static str, [&'static str; 5]);

const FRAMES: &[FrameRow] = &[
    ("hello", r#"{"type":"hello"}"#, ["-"; 5]),
    ("ping", r#"{"type":"ping"}"#, ["pong"; 5]),
    (
        "open",
        r#"{"type":"open","conversation":"{hidden}"}"#,
        ["not_found", "not_found", "opened", "opened", "opened"],
    ),
    (
        "open",
        r#"{"type":"open","conversation":"{waiting}"}"#,
        ["opened", "not_found", "opened", "opened", "opened"],
    ),
    ("close", r#"{"type":"close","conversation":"{hidden}"}"#, ["-"; 5]),
    (
        "claim",
        r#"{"type":"claim","conversation":"{waiting}","client_id":"{fresh}"}"#,
        ["ack", "forbidden", "ack", "ack", "ack"],
    ),
    (
        "claim",
        r#"{"type":"claim","conversation":"{hidden}","client_id":"{fresh}"}"#,
        ["not_found", "forbidden", "not_waiting", "not_waiting", "not_waiting"],
    ),
    (
        "send",
        r#"{"type":"send","conversation":"{waiting}","client_id":"{fresh}","text":"hello"}"#,
        ["not_yours", "forbidden", "not_yours", "not_yours", "not_yours"],
    ),
    (
        "send",
        r#"{"type":"send","conversation":"{hidden}","client_id":"{fresh}","text":"hello"}"#,
        ["not_found", "forbidden", "not_yours", "not_yours", "not_yours"],
    ),
    (
        "note",
        r#"{"type":"note","conversation":"{waiting}","client_id":"{fresh}","text":"look"}"#,
        ["ack", "forbidden", "ack", "ack", "ack"],
    ),
    (
        "note",
        r#"{"type":"note","conversation":"{hidden}","client_id":"{fresh}","text":"look"}"#,
        ["not_found", "forbidden", "ack", "ack", "ack"],
    ),
    (
        "release",
        r#"{"type":"release","conversation":"{hidden}","client_id":"{fresh}"}"#,
        ["not_found", "forbidden", "not_yours", "not_yours", "not_yours"],
    ),
    (
        "resolve",
        r#"{"type":"resolve","conversation":"{hidden}","client_id":"{fresh}"}"#,
        ["not_found", "forbidden", "not_yours", "not_yours", "not_yours"],
    ),
    (
        "decline",
        r#"{"type":"decline","conversation":"{hidden}"}"#,
        ["not_found", "forbidden", "conflict", "conflict", "conflict"],
    ),
    (
        "transfer",
        r#"{"type":"transfer","conversation":"{hidden}","client_id":"{fresh}","target":{"to":"queue"}}"#,
        ["not_found", "forbidden", "not_yours", "not_yours", "not_yours"],
    ),
    (
        "return_to_bot",
        r#"{"type":"return_to_bot","conversation":"{hidden}","client_id":"{fresh}"}"#,
        ["not_found", "forbidden", "not_yours", "not_yours", "not_yours"],
    ),
    (
        "take_over",
        r#"{"type":"take_over","conversation":"{waiting}","client_id":"{fresh}"}"#,
        ["forbidden", "forbidden", "forbidden", "ack", "ack"],
    ),
    (
        "whisper",
        r#"{"type":"whisper","conversation":"{waiting}","client_id":"{fresh}","text":"hello"}"#,
        ["forbidden", "forbidden", "forbidden", "ack", "ack"],
    ),
    ("watch", r#"{"type":"watch","query":"view=mine"}"#, ["inbox"; 5]),
    ("watch", r#"{"type":"watch","query":"view=other"}"#, ["invalid_field"; 5]),
    ("presence", r#"{"type":"presence","presence":"away"}"#, ["-", "forbidden", "-", "-", "-"]),
    ("typing", r#"{"type":"typing","conversation":"{waiting}","on":true}"#, ["-"; 5]),
    ("read", r#"{"type":"read","conversation":"{waiting}","seq":1}"#, ["-"; 5]),
];

/// What a frame is answered with. One without an answer is known by the answer to a ping after it.
async fn told(socket: &mut Socket, frame: &Value) -> String {
    let is_ping = frame["type"] == "ping";
    socket.send(frame.clone()).await;
    if !is_ping {
        socket.send(json!({"type": "ping"})).await;
    }
    let mut answer = None;
    loop {
        let said = socket
            .find(|said| match said["type"].as_str() {
                Some("board" | "event" | "floor") => false,
                Some("inbox") => frame["type"] == "watch",
                _ => true,
            })
            .await;
        match said["type"].as_str().unwrap() {
            "pong" if is_ping => return "pong".to_owned(),
            "pong" => return answer.unwrap_or("-".to_owned()),
            "error" => answer = said["code"].as_str().map(str::to_owned),
            other if said["conversation"] == frame["conversation"] => {
                answer = Some(other.to_owned());
            }
            _ => {}
        }
    }
}

#[tokio::test]
async fn every_frame_of_agents_answers_everybody_as_the_table_says() {
    let app = server().await;
    let world = World::new(&app).await;
    let mut wrong = Vec::new();
    for column in 2..PEOPLE.len() {
        let mut console = world.person(column).console().await;
        for (name, frame, answers) in FRAMES {
            let frame = serde_json::from_str(&world.fill(frame).await).unwrap();
            let answer = told(&mut console, &frame).await;
            if answer != answers[column - 2] {
                wrong.push(format!(
                    "{name} as {}: {answer}, not {}: {frame}",
                    PEOPLE[column],
                    answers[column - 2]
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    let listed: BTreeSet<&str> = FRAMES.iter().map(|row| row.0).collect();
    let known = frames_of("AgentFrame");
    let known: BTreeSet<&str> = known.iter().map(String::as_str).collect();
    assert_eq!(listed, known, "FRAMES lacks a frame, or has one that is no more");
    app.stop().await;
}

/// The names of all frames of a kind, as the source has them.
fn frames_of(kind: &str) -> Vec<String> {
    let source = include_str!("../../src/gateway/frames.rs");
    let (_, list) = source.split_once(&format!("enum {kind} {{")).unwrap();
    let (list, _) = list.split_once("\n}").unwrap();
    let variants = list.lines().filter_map(|line| line.strip_prefix("    "));
    variants
        .filter(|line| line.starts_with(|c: char| c.is_ascii_uppercase()))
        .map(|line| {
            let name: String = line.chars().take_while(char::is_ascii_alphanumeric).collect();
            let mut snake = String::new();
            for (at, c) in name.char_indices() {
                if c.is_ascii_uppercase() && at > 0 {
                    snake.push('_');
                }
                snake.push(c.to_ascii_lowercase());
            }
            snake
        })
        .collect()
}

#[tokio::test]
async fn frames_of_one_side_are_refused_on_the_other() {
    let app = server().await;
    let world = World::new(&app).await;
    let waiting = world.conversation("waiting").await;
    let frame = |name: &str| {
        json!({"type": name, "conversation": waiting, "client_id": "x-1", "text": "hi",
            "on": true, "seq": 1, "after": 0})
    };
    let mut widget = app.widget().await;
    widget.expect("welcome").await;
    for name in frames_of("AgentFrame") {
        widget.send(frame(&name)).await;
        let code = widget.expect("error").await["code"].clone();
        assert!(code == "invalid_field" || code == "unknown_field", "{name}: {code}");
    }
    let mut console = world.admin.console().await;
    for name in frames_of("VisitorFrame") {
        let mut frame = frame(&name);
        frame.as_object_mut().unwrap().remove("conversation");
        frame["token"] = json!("forged");
        console.send(frame).await;
        let code = console.expect("error").await["code"].clone();
        assert!(code == "invalid_field" || code == "unknown_field", "{name}: {code}");
    }
    let visitor = world.customer("I want a person").await;
    assert_eq!(visitor.status().await, "waiting", "nobody has taken it");
    app.stop().await;
}

#[tokio::test]
async fn only_who_is_signed_in_gets_an_agents_socket() {
    let app = server().await;
    let world = World::new(&app).await;
    let visitor = app.visitor().await;
    let open = async |name: &'static str, value: &str| {
        let url = format!("{}/ws/v1/agent", app.url.replace("http", "ws"));
        let mut request = url.into_client_request().unwrap();
        request.headers_mut().insert("origin", HeaderValue::from_str(&app.url).unwrap());
        request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        match connect_async(request).await {
            Ok(_) => 101,
            Err(Error::Http(response)) => response.status().as_u16(),
            Err(error) => panic!("{error}"),
        }
    };
    assert_eq!(open("x-nothing", "-").await, 401);
    assert_eq!(open("authorization", &format!("Bearer {}", visitor.token)).await, 401);
    assert_eq!(open("cookie", "frontdesk_session=forged").await, 401);
    assert_eq!(open("cookie", &world.person(2).cookie).await, 101);
    app.stop().await;
}

#[tokio::test]
async fn what_one_may_not_see_answers_like_what_does_not_exist() {
    let app = server().await;
    let world = World::new(&app).await;
    let newcomer = world.person(2);
    let hidden = world.conversation("hidden").await;
    let unknown = "0123456789abcdef0123456789abcdef".to_owned();
    let read = async |conversation: &str| {
        let path = format!("/api/v1/conversations/{conversation}/events");
        newcomer.request(Method::GET, &path, None).await
    };
    let (of_hidden, of_unknown) = (read(&hidden).await, read(&unknown).await);
    assert_eq!((of_hidden.status, of_hidden.text), (of_unknown.status, of_unknown.text));
    let mut console = newcomer.console().await;
    for frame in ["open", "claim", "send", "note", "release", "resolve"] {
        let mut said = Vec::new();
        for conversation in [&hidden, &unknown] {
            let mut body = json!({"type": frame, "conversation": conversation});
            if frame != "open" {
                body["client_id"] = json!("x-1");
            }
            if frame == "send" || frame == "note" {
                body["text"] = json!("hello");
            }
            console.send(body).await;
            let error = console.expect("error").await.to_string();
            said.push(error.replace(conversation, "id"));
        }
        assert_eq!(said.first(), said.last(), "{frame}");
        assert!(said.concat().contains("not_found"), "{said:?}");
    }
    app.stop().await;
}

#[tokio::test]
async fn a_conversation_that_a_colleague_takes_is_hidden_from_who_sees_only_their_own() {
    let app = server().await;
    let world = World::new(&app).await;
    let conversation = world.conversation("waiting").await;
    let mut newcomer = world.person(2).console().await;
    newcomer.send(json!({"type": "open", "conversation": conversation})).await;
    newcomer.event("visitor_message").await;
    let mut agent = world.person(4).console().await;
    agent.send(json!({"type": "claim", "conversation": conversation, "client_id": "c-1"})).await;
    agent.expect("ack").await;
    let refused = newcomer.expect("error").await;
    assert_eq!(
        (&refused["code"], &refused["conversation"]),
        (&json!("not_found"), &json!(conversation))
    );
    // and nothing of what is said there is told any more
    agent
        .send(
            json!({"type": "send", "conversation": conversation, "client_id": "s-1", "text": "hi"}),
        )
        .await;
    agent.expect("ack").await;
    newcomer.send(json!({"type": "ping"})).await;
    let next = newcomer.find(|frame| frame["type"] != "board" && frame["type"] != "floor").await;
    assert_eq!(next["type"], "pong");
    app.stop().await;
}
