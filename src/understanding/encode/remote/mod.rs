//! An encoder at an address of the operator's, by the protocol of `OpenAI`'s embeddings: off unless the
//! settings name one. `http` asks, `wire` writes requests and reads answers, `pieces` cuts texts. It may be
//! away, slow or wrong at any time: whoever reads goes on by words, and after some failures in a row it is
//! left alone for a while.

mod http;
mod pieces;
mod wire;

#[cfg(test)]
mod tests;

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::breaker::Breakers;
use crate::understanding::encode::remote::http::Asker;
use crate::understanding::encode::{Embedding, EncodeError, Encoded, Encoder};

/// The name of the breaker.
const ENDPOINT: &str = "endpoint";
/// Most texts of a request.
const AT_ONCE: usize = 32;
/// Digits of the hash in an encoder's name.
const VERSION_DIGITS: usize = 12;
/// What is read to find how many numbers a vector has, or whether somebody answers.
const TRIAL: &str = "hello";

/// An encoder at an address.
#[derive(Clone)]
pub struct RemoteOptions {
    /// Address of an endpoint that speaks the protocol of `OpenAI`, up to and with its `/v1`.
    pub url: String,
    /// The model's name there.
    pub model: String,
    /// What is sent as the bearer.
    pub key: Option<String>,
    /// What stands before every text.
    pub prefix: String,
    /// How many numbers a vector has; found by asking where it is not said.
    pub dimensions: Option<usize>,
    /// How long an answer may take.
    pub timeout: Duration,
}

/// Why there are no vectors.
#[derive(Debug)]
struct Trouble {
    reason: String,
    /// Whether the other side is ill, so that it may be better later.
    is_outage: bool,
}

impl Trouble {
    fn outage(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), is_outage: true }
    }
}

/// Asks an endpoint for vectors.
pub struct RemoteEncoder {
    name: String,
    url: String,
    model: String,
    prefix: String,
    /// 0 until it is known.
    width: usize,
    asker: Asker,
    breakers: Breakers,
    is_down: AtomicBool,
}

impl RemoteEncoder {
    /// Takes the endpoint of `options`; where they do not say how many numbers a vector has, it is asked.
    pub fn open(options: RemoteOptions) -> Result<Self, EncodeError> {
        let name = name_of(&options);
        let RemoteOptions { url, model, key, prefix, dimensions, timeout } = options;
        let mut encoder = Self {
            name,
            asker: Asker::new(&url, key, timeout),
            url,
            model,
            prefix,
            width: dimensions.unwrap_or(0),
            breakers: Breakers::default(),
            is_down: AtomicBool::new(false),
        };
        if encoder.width == 0 {
            let found = encoder.ask(&[TRIAL])?;
            encoder.width = found.first().map_or(0, Vec::len);
        }
        Ok(encoder)
    }

    /// The vectors of some texts, in their order.
    fn ask(&self, texts: &[&str]) -> Result<Vec<Embedding>, EncodeError> {
        if texts.is_empty() {
            return Ok(Vec::new());
        }
        if !self.breakers.admits(ENDPOINT) {
            return Err(self.fault("it failed several times, and is left alone for a while"));
        }
        let body = wire::request(&self.model, &self.prefix, texts);
        let answer = self.asker.ask(&body, texts.len());
        let vectors = answer.and_then(|bytes| wire::read(&bytes, texts.len(), self.width));
        self.breakers.note(ENDPOINT, vectors.as_ref().is_err_and(|trouble| trouble.is_outage));
        self.tell(vectors.as_ref().err());
        vectors.map_err(|trouble| self.fault(&trouble.reason))
    }

    /// Says when it begins to fail, and when that is over.
    fn tell(&self, trouble: Option<&Trouble>) {
        let (model, url) = (&self.model, &self.url);
        match (trouble, self.is_down.swap(trouble.is_some(), Relaxed)) {
            (Some(Trouble { reason, .. }), false) => {
                tracing::warn!(
                    model,
                    url,
                    reason,
                    "the remote encoder fails; words alone are read"
                );
            }
            (None, true) => tracing::info!(model, url, "the remote encoder answers again"),
            _ => {}
        }
    }

    fn fault(&self, reason: &str) -> EncodeError {
        let (model, url) = (self.model.clone(), self.url.clone());
        EncodeError::Remote { model, url, reason: reason.to_owned() }
    }
}

/// The model's name, and by what its vectors may differ from those of another of that name.
fn name_of(options: &RemoteOptions) -> String {
    let RemoteOptions { url, model, prefix, .. } = options;
    let digest = Sha256::new().chain_update(url).chain_update([0]).chain_update(prefix).finalize();
    let mut version = hex::encode(digest);
    version.truncate(VERSION_DIGITS);
    format!("remote:{model}@{version}")
}

impl Encoder for RemoteEncoder {
    fn name(&self) -> &str {
        &self.name
    }

    fn dimensions(&self) -> usize {
        self.width
    }

    fn at_once(&self) -> usize {
        AT_ONCE
    }

    fn is_there(&self) -> bool {
        self.ask(&[TRIAL]).is_ok()
    }

    /// The text and its clauses are read in one request. Which of its words are rare is not known here:
    /// for finding, the whole text counts as it is.
    fn encode(&self, text: &str) -> Result<Encoded, EncodeError> {
        let text = pieces::cut(text);
        let clauses = pieces::clauses(text);
        let inputs: Vec<&str> = std::iter::once(text).chain(clauses).collect();
        let mut vectors = self.ask(&inputs)?.into_iter();
        let whole = vectors.next().unwrap_or_default();
        Ok(Encoded { telling: whole.clone(), whole, clauses: vectors.collect() })
    }

    fn encode_together(&self, texts: &[&str]) -> Result<Vec<Encoded>, EncodeError> {
        let mut all = Vec::with_capacity(texts.len());
        for some in texts.chunks(AT_ONCE) {
            let some: Vec<&str> = some.iter().map(|text| pieces::cut(text)).collect();
            all.extend(self.ask(&some)?.into_iter().map(|whole| Encoded {
                telling: whole.clone(),
                whole,
                clauses: Vec::new(),
            }));
        }
        Ok(all)
    }
}
