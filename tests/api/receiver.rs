//! A program of somebody else's that is called over HTTP: it answers as it was told, and keeps what it
//! was sent.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::http::StatusCode;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::Value;
use tokio::sync::watch;

use crate::app::PATIENCE;

/// What it was sent.
#[derive(Clone, Debug)]
pub(crate) struct Got {
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) text: String,
    pub(crate) body: Value,
}

/// How it answers the next call.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Manner {
    Status(u16),
    /// It takes the message and never answers.
    Hangs,
}

struct Inner {
    script: Mutex<VecDeque<Manner>>,
    got: watch::Sender<Vec<Got>>,
}

pub(crate) struct Receiver {
    pub(crate) url: String,
    inner: Arc<Inner>,
    server: ServerHandle,
    thread: Option<std::thread::JoinHandle<()>>,
}

async fn take(inner: web::Data<Inner>, request: HttpRequest, text: String) -> HttpResponse {
    let headers = request.headers().iter();
    let headers = headers.map(|(name, value)| {
        (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
    });
    let body = serde_json::from_str(&text).unwrap_or(Value::Null);
    let got = Got { headers: headers.collect(), text, body };
    let manner = inner.script.lock().unwrap().pop_front().unwrap_or(Manner::Status(200));
    inner.got.send_modify(|all| all.push(got));
    match manner {
        Manner::Status(status) => HttpResponse::build(StatusCode::from_u16(status).unwrap())
            .body(format!("said {status}")),
        Manner::Hangs => std::future::pending().await,
    }
}

impl Receiver {
    /// Starts one that takes everything, once it has answered by the script.
    pub(crate) fn start(script: &[Manner]) -> Self {
        let inner = Arc::new(Inner {
            script: Mutex::new(script.iter().copied().collect()),
            got: watch::channel(Vec::new()).0,
        });
        let shared = web::Data::from(Arc::clone(&inner));
        let (started, addresses) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    App::new().app_data(shared.clone()).default_service(web::to(take))
                });
                let server = server.workers(1).disable_signals().bind(("127.0.0.1", 0)).unwrap();
                let address = server.addrs()[0];
                let running = server.run();
                started.send((address, running.handle())).unwrap();
                running.await.unwrap();
            });
        });
        let (address, server) = addresses.recv().unwrap();
        Self { url: format!("http://{address}/in"), inner, server, thread: Some(thread) }
    }

    /// Waits until what it got will do, and gives it.
    pub(crate) async fn wait_for(&self, is_enough: impl Fn(&[Got]) -> bool) -> Vec<Got> {
        let mut got = self.inner.got.subscribe();
        let waiting = got.wait_for(|got| is_enough(got));
        let outcome = tokio::time::timeout(PATIENCE, waiting).await.map(|got| got.unwrap().clone());
        outcome.unwrap_or_else(|_| panic!("it got only {:#?}", self.inner.got.borrow()))
    }

    pub(crate) fn got(&self) -> Vec<Got> {
        self.inner.got.borrow().clone()
    }

    pub(crate) async fn stop(mut self) {
        self.server.stop(false).await;
        self.thread.take().unwrap().join().unwrap();
    }
}
