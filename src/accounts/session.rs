//! Session tokens and the news that a session is over.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::sync::broadcast;

use crate::domain::{AgentId, Timestamp};

/// A secret of 256 random bits that stands for a session.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken(String);

impl SessionToken {
    /// A fresh token.
    pub(super) fn random() -> Self {
        let mut bytes = [0; 32];
        rand::rng().fill_bytes(&mut bytes);
        Self(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// A token as a client sends it back.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        (bytes.len() == 32).then(|| Self(text.to_owned()))
    }

    /// The token, for the cookie.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What is stored instead of the token.
    pub(super) fn hash(&self) -> String {
        hex::encode(Sha256::digest(self.0.as_bytes()))
    }
}

/// A session as it is stored, by the hash of its token.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct StoredSession {
    pub(super) agent: AgentId,
    pub(super) email: String,
    pub(super) expires_at: Timestamp,
    /// When it began; older ones do not say so, nor what follows.
    #[serde(default)]
    pub(super) started_at: Option<Timestamp>,
    #[serde(default)]
    pub(super) seen_at: Option<Timestamp>,
    #[serde(default)]
    pub(super) address: String,
    #[serde(default)]
    pub(super) device: String,
}

/// What was revoked.
#[derive(Clone, Debug)]
pub(super) enum Revoked {
    /// One session, by its hash.
    Session(String),
    /// All sessions of an agent.
    Agent(AgentId),
}

/// Tells when a session is over before its time.
pub struct Revocation {
    pub(super) session: String,
    pub(super) agent: AgentId,
    pub(super) news: broadcast::Receiver<Revoked>,
    pub(super) until: tokio::time::Instant,
}

impl Revocation {
    /// Waits until the session is over. Cancelling the wait loses nothing.
    pub async fn wait(&mut self) {
        loop {
            let news = tokio::time::timeout_at(self.until, self.news.recv()).await;
            let is_over = match news {
                Ok(Ok(Revoked::Session(hash))) => hash == self.session,
                Ok(Ok(Revoked::Agent(agent))) => agent == self.agent,
                // Missed news may have been about this session: signing in again is the safe side.
                Ok(Err(_)) | Err(_) => true,
            };
            if is_over {
                return;
            }
        }
    }
}
