//! The server as tests see it: one method for each thing that somebody does.

use std::path::Path;
use std::time::Duration;

use frontdesk::app::{self, Running, StartError};
use frontdesk::config::Settings;
use frontdesk::events::sled::OpenError;
use futures_util::{SinkExt, StreamExt};
use reqwest::{Client, ClientBuilder, Method, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// How long anything may take before a test fails.
pub(crate) const PATIENCE: Duration = Duration::from_secs(20);

/// A client to be. (The program leaves the choice of the cryptography to whoever makes a client.)
pub(crate) fn http() -> ClientBuilder {
    // answers "already there" to all but the first
    let _ = rustls::crypto::ring::default_provider().install_default();
    Client::builder()
}

/// The password of colleagues who are added.
pub(crate) const COLLEAGUES_PASSWORD: &str = "another long password";

pub(crate) struct TestApp {
    running: Option<Running>,
    pub(crate) folder: TempDir,
    pub(crate) url: String,
    pub(crate) http: Client,
    setup_token: Option<String>,
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    pub(crate) async fn start_with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy_knowledge(&folder.path().join("intents"));
        Self::start_in(folder, change).await
    }

    async fn start_in(folder: TempDir, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = Settings::default();
        settings.server.listen = "127.0.0.1:0".parse().unwrap();
        settings.server.data = folder.path().join("data");
        settings.server.intents = folder.path().join("intents");
        settings.server.workers = Some(2);
        settings.encoder.enabled = false; // what it adds is tested where it is
        change(&mut settings);
        // within one process, a server's last sockets let go of its log a moment after its stop
        let started = async {
            loop {
                match app::start(settings.clone()).await {
                    Err(StartError::Log(OpenError::Locked { .. })) => {
                        tokio::task::yield_now().await;
                    }
                    started => break started,
                }
            }
        };
        let running = tokio::time::timeout(PATIENCE, started).await.unwrap().unwrap();
        let url = format!("http://{}", running.address());
        let setup_token = running.setup_token().map(str::to_owned);
        Self { running: Some(running), folder, url, http: http().build().unwrap(), setup_token }
    }

    /// Stops the server and starts another one on the same data.
    pub(crate) async fn restart(self) -> Self {
        self.restart_with(|_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn restart_with(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        self.running.take().unwrap().stop().await.unwrap();
        Self::start_in(self.folder, change).await
    }

    /// Stops the server.
    pub(crate) async fn stop(mut self) -> TempDir {
        self.running.take().unwrap().stop().await.unwrap();
        self.folder
    }

    pub(crate) fn knowledge(&self, file: &str) -> std::path::PathBuf {
        self.folder.path().join("intents").join(file)
    }

    pub(crate) async fn request(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.url));
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Answer {
        self.request(Method::POST, path, Some(body)).await
    }

    /// A customer's program over plain HTTP.
    pub(crate) async fn visitor(&self) -> Visitor<'_> {
        let started = self.post("/api/v1/visitor/conversations", json!({})).await;
        assert_eq!(started.status, StatusCode::CREATED);
        let field = |name: &str| started.body[name].as_str().unwrap().to_owned();
        Visitor {
            app: self,
            conversation: field("conversation"),
            token: field("token"),
            renewal: field("renewal"),
        }
    }

    /// A customer's widget: opens a socket and says hello.
    pub(crate) async fn widget(&self) -> Socket {
        let mut socket = self.socket("/ws/v1/visitor", None).await;
        socket.send(json!({"type": "hello"})).await;
        socket
    }

    pub(crate) async fn socket(&self, path: &str, cookie: Option<&str>) -> Socket {
        let mut request = self.url.replace("http", "ws").add(path).into_client_request().unwrap();
        let headers = request.headers_mut();
        headers.insert("origin", HeaderValue::from_str(&self.url).unwrap());
        if let Some(cookie) = cookie {
            headers.insert("cookie", HeaderValue::from_str(cookie).unwrap());
        }
        Socket(connect_async(request).await.unwrap().0)
    }

    /// The first admin, signed in.
    pub(crate) async fn admin(&self) -> Agent<'_> {
        let body = json!({
            "token": self.setup_token.as_ref().unwrap(), "name": "Ada", "email": "ada@shop.example",
            "password": "a long password",
        });
        let answer = self.post("/api/v1/setup", body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
        Agent { app: self, cookie: answer.cookie.unwrap() }
    }
}

pub(crate) fn copy_knowledge(to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    std::fs::write(to.join("shop.toml"), include_str!("knowledge/shop.toml")).unwrap();
}

trait Add {
    fn add(&self, path: &str) -> String;
}

impl Add for String {
    fn add(&self, path: &str) -> String {
        format!("{self}{path}")
    }
}

/// What an HTTP request brought.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) body: Value,
    pub(crate) text: String,
    pub(crate) retry_after: Option<u64>,
    pub(crate) cookie: Option<String>,
}

impl Answer {
    pub(crate) async fn of(response: reqwest::Response) -> Self {
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let cookie =
            header("set-cookie").map(|cookie| cookie.split(';').next().unwrap().to_owned());
        let retry_after = header("retry-after").and_then(|value| value.parse().ok());
        let status = response.status();
        let text = response.text().await.unwrap();
        let body = serde_json::from_str(&text).unwrap_or(Value::Null);
        Self { status, body, text, retry_after, cookie }
    }

    /// The status with the stable code of the refusal.
    pub(crate) fn refusal(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["error"]["code"].as_str().unwrap_or("no code"))
    }
}

/// A customer over plain HTTP.
pub(crate) struct Visitor<'a> {
    pub(crate) app: &'a TestApp,
    pub(crate) conversation: String,
    pub(crate) token: String,
    pub(crate) renewal: String,
}

impl Visitor<'_> {
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/api/v1/visitor/conversations/{}/{rest}", self.conversation)
    }

    pub(crate) async fn with_token(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let mut request = self.app.http.request(method, format!("{}{path}", self.app.url));
        request = request.bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    pub(crate) async fn post(&self, rest: &str, body: Value) -> Answer {
        self.with_token(Method::POST, &self.path(rest), Some(body)).await
    }

    pub(crate) async fn say(&self, client_id: &str, text: &str) -> Answer {
        self.post("messages", json!({"client_id": client_id, "text": text})).await
    }

    /// Uploads a file.
    pub(crate) async fn upload(&self, name: &str, bytes: Vec<u8>) -> Answer {
        let url = format!("{}{}", self.app.url, self.path("attachments"));
        let request = self.app.http.post(url).query(&[("name", name)]).bearer_auth(&self.token);
        Answer::of(request.body(bytes).send().await.unwrap()).await
    }

    /// Everything that happened so far.
    pub(crate) async fn events(&self) -> Vec<Value> {
        let answer = self.with_token(Method::GET, &self.path("events?after=0"), None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        answer.body["events"].as_array().unwrap().clone()
    }

    /// Polls until there are `count` events.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<Value> {
        let path = self.path(&format!("events?after={}&wait_ms=20000", count - 1));
        let answer = self.with_token(Method::GET, &path, None).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        let events = self.events().await;
        assert!(events.len() >= count, "{events:?}");
        events
    }

    pub(crate) async fn status(&self) -> String {
        let answer = self.with_token(Method::GET, &self.path("events"), None).await;
        answer.body["status"].as_str().unwrap().to_owned()
    }
}

impl Visitor<'_> {
    /// The place in the queue.
    pub(crate) async fn place(&self) -> Option<u64> {
        let answer = self.with_token(Method::GET, &self.path("events"), None).await;
        answer.body["queue"]["place"].as_u64()
    }
}

/// An agent with a session.
pub(crate) struct Agent<'a> {
    pub(crate) app: &'a TestApp,
    pub(crate) cookie: String,
}

impl<'a> Agent<'a> {
    pub(crate) async fn request(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let mut request = self.app.http.request(method, format!("{}{path}", self.app.url));
        request = request.header("cookie", &self.cookie);
        if let Some(body) = body {
            request = request.json(&body);
        }
        Answer::of(request.send().await.unwrap()).await
    }

    /// Adds a colleague, who signs in.
    pub(crate) async fn colleague(&self, name: &str) -> Agent<'a> {
        self.colleague_as(name, "agent").await
    }

    /// Adds a colleague with a role, who signs in.
    pub(crate) async fn colleague_as(&self, name: &str, role: &str) -> Agent<'a> {
        let email = format!("{name}@shop.example");
        self.add(name, role).await;
        let body = json!({"email": email, "password": COLLEAGUES_PASSWORD});
        let answer = self.app.post("/api/v1/session", body).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
        Agent { app: self.app, cookie: answer.cookie.unwrap() }
    }

    /// Adds a colleague and says their id.
    pub(crate) async fn add(&self, name: &str, role: &str) -> String {
        let email = format!("{name}@shop.example");
        let body = json!({
            "name": name, "email": email, "password": COLLEAGUES_PASSWORD, "role": role,
        });
        let added = self.request(Method::POST, "/api/v1/agents", Some(body)).await;
        assert_eq!(added.status, StatusCode::CREATED, "{}", added.body);
        added.body["id"].as_str().unwrap().to_owned()
    }

    /// Makes a role of these permissions.
    pub(crate) async fn role(&self, id: &str, permissions: &[&str]) {
        let body = json!({"id": id, "name": id, "permissions": permissions});
        let made = self.request(Method::POST, "/api/v1/roles", Some(body)).await;
        assert_eq!(made.status, StatusCode::CREATED, "{}", made.body);
    }

    /// Uploads a file to a conversation.
    pub(crate) async fn upload(&self, conversation: &str, name: &str, bytes: Vec<u8>) -> Answer {
        let url = format!("{}/api/v1/conversations/{conversation}/attachments", self.app.url);
        let request = self.app.http.post(url).query(&[("name", name)]);
        let request = request.header("cookie", &self.cookie).body(bytes);
        Answer::of(request.send().await.unwrap()).await
    }

    /// Who is signed in.
    pub(crate) async fn me(&self) -> Value {
        self.request(Method::GET, "/api/v1/session", None).await.body
    }

    /// Opens the console.
    pub(crate) async fn console(&self) -> Socket {
        let mut socket = self.app.socket("/ws/v1/agent", Some(&self.cookie)).await;
        socket.send(json!({"type": "hello"})).await;
        socket.expect("welcome").await;
        socket
    }
}

/// One WebSocket.
pub(crate) struct Socket(pub(crate) WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    pub(crate) async fn send(&mut self, frame: Value) {
        self.raw(Message::text(frame.to_string())).await;
    }

    pub(crate) async fn raw(&mut self, message: Message) {
        self.0.send(message).await.unwrap();
    }

    /// The next frame, or the close code.
    pub(crate) async fn next(&mut self) -> Result<Value, u16> {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.0.next()).await.unwrap();
            match message {
                Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(&text).unwrap()),
                Some(Ok(Message::Close(frame))) => return Err(frame.map_or(0, |f| f.code.into())),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Err(0),
            }
        }
    }

    /// The next frame of a type; others are passed over.
    pub(crate) async fn expect(&mut self, of_type: &str) -> Value {
        self.find(|frame| frame["type"] == of_type).await
    }

    /// The next event of a type.
    pub(crate) async fn event(&mut self, of_type: &str) -> Value {
        self.find(|frame| frame["type"] == "event" && frame["event"]["type"] == of_type).await["event"]
            .clone()
    }

    pub(crate) async fn find(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        let mut passed = Vec::new();
        loop {
            match self.next().await {
                Ok(frame) if fits(&frame) => return frame,
                Ok(frame) => passed.push(frame),
                Err(code) => panic!("closed with {code} after {passed:?}"),
            }
        }
    }

    /// Reads until the server closes, and gives the code.
    pub(crate) async fn closed(&mut self) -> u16 {
        loop {
            if let Err(code) = self.next().await {
                return code;
            }
        }
    }
}
