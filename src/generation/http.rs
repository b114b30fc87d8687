//! The client that asks a model: no redirects, no proxies, bounded in time and in what it reads.

use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Response};
use serde_json::{Value, json};

use crate::generation::Kept;
use crate::generation::wire::{Reader, WireError};

/// How long it may take to be reached.
const CONNECT: Duration = Duration::from_secs(3);
/// Most bytes of an answer, with everything around the words.
const MOST_BYTES: usize = 1 << 20;

/// Where a model answers, and which.
#[derive(Clone)]
pub(super) struct Address {
    pub(super) url: String,
    pub(super) model: String,
    pub(super) key: Option<String>,
    pub(super) tokens: u32,
    pub(super) timeout: Duration,
}

/// Asks the model at one address.
pub(super) struct Asker {
    client: OnceLock<Option<Client>>,
    address: Address,
}

/// An answer that comes in.
pub(super) struct Incoming {
    response: Response,
    reader: Option<Reader>,
    read: usize,
}

impl Asker {
    pub(super) fn new(address: Address) -> Self {
        Self { client: OnceLock::new(), address }
    }

    /// Asks; the answer comes in piece by piece.
    pub(super) async fn ask(&self, messages: &Value) -> Result<Incoming, Kept> {
        let client = self.client.get_or_init(client).as_ref().ok_or(Kept::Failed)?;
        let Address { url, model, key, tokens, timeout } = &self.address;
        let body = json!({
            "model": model, "messages": messages, "stream": true, "temperature": 0,
            "max_tokens": tokens, "n": 1,
        });
        let url = format!("{}/chat/completions", url.trim_end_matches('/'));
        let mut request = client.post(url).timeout(*timeout).header(ACCEPT, "text/event-stream");
        if let Some(key) = key {
            let bearer = HeaderValue::from_str(&format!("Bearer {key}"));
            let mut bearer = bearer.map_err(|_| Kept::Failed)?;
            bearer.set_sensitive(true);
            request = request.header(AUTHORIZATION, bearer);
        }
        let request = request.header(CONTENT_TYPE, "application/json").body(body.to_string());
        let response = request.send().await.map_err(|error| broken(&error))?;
        if !response.status().is_success() {
            tracing::debug!(status = response.status().as_u16(), "the model's server refused");
            return Err(Kept::Failed);
        }
        Ok(Incoming { response, reader: Some(Reader::default()), read: 0 })
    }
}

impl Incoming {
    /// What the model wrote next; nothing at its end.
    pub(super) async fn next(&mut self) -> Result<Option<String>, Kept> {
        let Some(mut reader) = self.reader.take() else { return Ok(None) };
        loop {
            let Some(bytes) = self.response.chunk().await.map_err(|error| broken(&error))? else {
                return Ok(Some(reader.finish()?));
            };
            self.read += bytes.len();
            if self.read > MOST_BYTES {
                return Err(Kept::TooLong);
            }
            let written = reader.push(&bytes)?;
            if reader.is_done() {
                return Ok(Some(written));
            }
            if !written.is_empty() {
                self.reader = Some(reader);
                return Ok(Some(written));
            }
        }
    }
}

fn broken(error: &reqwest::Error) -> Kept {
    if error.is_timeout() { Kept::TimedOut } else { Kept::Failed }
}

impl From<WireError> for Kept {
    fn from(error: WireError) -> Self {
        match error {
            WireError::Malformed => Self::Malformed,
            WireError::TooLong => Self::TooLong,
        }
    }
}

fn client() -> Option<Client> {
    // answers "already there" when another part of the program was first
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .redirect(Policy::none()) // the key goes where the settings say, and nowhere else
        .no_proxy()
        .connect_timeout(CONNECT)
        .user_agent(concat!("frontdesk/", env!("CARGO_PKG_VERSION")))
        .build();
    client.inspect_err(|error| tracing::error!(%error, "there is no HTTP client for models")).ok()
}
