//! The client that asks for vectors: no redirects, no proxies, bounded in time and in what it reads. It
//! waits on the thread that asks; those are the encoders' own.

use std::io::Read as _;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::blocking::{Client, Response};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::redirect::Policy;
use serde_json::Value;

use crate::understanding::encode::remote::Trouble;

/// How long it may take to be reached.
const CONNECT: Duration = Duration::from_secs(3);
/// Most bytes of a vector with what stands around it: numbers have some 20 characters.
const VECTOR_BYTES: usize = 1 << 19;
/// Read at once.
const CHUNK: usize = 1 << 14;

/// Asks at one address.
pub(super) struct Asker {
    client: OnceLock<Option<Client>>,
    url: String,
    key: Option<String>,
    timeout: Duration,
}

impl Asker {
    pub(super) fn new(url: &str, key: Option<String>, timeout: Duration) -> Self {
        let url = format!("{}/embeddings", url.trim_end_matches('/'));
        Self { client: OnceLock::new(), url, key, timeout }
    }

    /// Asks for so many vectors, and gives the answer as it came.
    pub(super) fn ask(&self, body: &Value, vectors: usize) -> Result<Vec<u8>, Trouble> {
        let unsent = |reason: &str| Trouble { reason: reason.to_owned(), is_outage: false };
        let client = self.client.get_or_init(client).as_ref();
        let client = client.ok_or_else(|| unsent("the server has no HTTP client"))?;
        let mut request = client.post(&self.url).timeout(self.timeout);
        if let Some(key) = &self.key {
            let bearer = HeaderValue::from_str(&format!("Bearer {key}"));
            let mut bearer = bearer.map_err(|_| unsent("the key cannot be sent"))?;
            bearer.set_sensitive(true);
            request = request.header(AUTHORIZATION, bearer);
        }
        let request = request
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/json")
            .body(body.to_string());
        let response = request.send().map_err(|error| self.broken(&error))?;
        let status = response.status().as_u16();
        match status {
            200..=299 => self.read(response, vectors * VECTOR_BYTES),
            // one text may be too much for it, and others not
            400 | 413 | 422 => Err(unsent(&format!("it answered with status {status}"))),
            401 | 403 => {
                let reason =
                    format!("it answered with status {status}: it does not let this server in");
                Err(Trouble::outage(reason))
            }
            300..=399 => Err(Trouble::outage(format!(
                "it answered with status {status}, which is not followed"
            ))),
            _ => Err(Trouble::outage(format!("it answered with status {status}"))),
        }
    }

    fn read(&self, mut response: Response, most: usize) -> Result<Vec<u8>, Trouble> {
        let too_large = || Trouble::outage(format!("its answer has more than {most} bytes"));
        if response.content_length().is_some_and(|length| length > most as u64) {
            return Err(too_large());
        }
        let (mut bytes, mut buffer) = (Vec::new(), vec![0; CHUNK]);
        loop {
            match response.read(&mut buffer) {
                Ok(0) => return Ok(bytes),
                Ok(count) if bytes.len() + count > most => return Err(too_large()),
                Ok(count) => bytes.extend(buffer.iter().take(count)),
                Err(error) => {
                    let inner =
                        error.get_ref().and_then(|inner| inner.downcast_ref::<reqwest::Error>());
                    let broke = || Trouble::outage("its answer broke off");
                    return Err(inner.map_or_else(broke, |error| self.broken(error)));
                }
            }
        }
    }

    fn broken(&self, error: &reqwest::Error) -> Trouble {
        let reason = match error {
            error if error.is_connect() => "it could not be reached".to_owned(),
            error if error.is_timeout() => {
                format!("it did not answer within {} ms", self.timeout.as_millis())
            }
            _ => "the line broke".to_owned(),
        };
        Trouble::outage(reason)
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
    client.inspect_err(|error| tracing::error!(%error, "there is no HTTP client for encoders")).ok()
}
