//! Secrets of second factors as they lie on the disk: sealed with a key that stands beside the store, so
//! that a copy of the store alone gives no codes away.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305};
use rand::Rng;
use serde::{Deserialize, Serialize};

use crate::domain::AgentId;

const NONCE: usize = 24;

/// The key that seals.
#[derive(Clone, Copy)]
pub struct SealingKey([u8; 32]);

impl SealingKey {
    /// A key of 256 random bits.
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Nonce and text, in base 64. It opens for the same account only.
    fn seal(self, secret: [u8; 20], agent: AgentId) -> Option<String> {
        let mut nonce = [0; NONCE];
        rand::rng().fill_bytes(&mut nonce);
        let owner = agent.to_string();
        let text = Payload { msg: &secret, aad: owner.as_bytes() };
        let cipher = XChaCha20Poly1305::new(&self.0.into());
        let sealed = cipher.encrypt(&nonce.into(), text).ok()?;
        Some(STANDARD.encode([nonce.as_slice(), &sealed].concat()))
    }

    fn open(self, sealed: &str, agent: AgentId) -> Option<[u8; 20]> {
        let bytes = STANDARD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let owner = agent.to_string();
        let text = Payload { msg: sealed, aad: owner.as_bytes() };
        let cipher = XChaCha20Poly1305::new(&self.0.into());
        cipher.decrypt(&(*nonce).into(), text).ok()?.try_into().ok()
    }
}

/// A secret as it is stored: sealed, or bare as it was before there was a key.
#[derive(Clone, Serialize, Deserialize)]
#[serde(untagged)]
enum Stored {
    Bare([u8; 20]),
    Sealed { sealed: String },
}

/// A secret, with the form in which it is stored.
#[derive(Clone, Serialize, Deserialize)]
#[serde(from = "Stored", into = "Stored")]
pub(super) struct SealedSecret {
    stored: Stored,
    open: Option<[u8; 20]>,
}

impl From<Stored> for SealedSecret {
    fn from(stored: Stored) -> Self {
        Self { stored, open: None }
    }
}

impl From<SealedSecret> for Stored {
    fn from(secret: SealedSecret) -> Self {
        secret.stored
    }
}

impl SealedSecret {
    pub(super) fn new(secret: [u8; 20], key: SealingKey, agent: AgentId) -> Option<Self> {
        let stored = Stored::Sealed { sealed: key.seal(secret, agent)? };
        Some(Self { stored, open: Some(secret) })
    }

    /// Opens what was read. What was bare is sealed when it is written the next time.
    pub(super) fn opened(&self, key: SealingKey, agent: AgentId) -> Option<Self> {
        match &self.stored {
            Stored::Bare(secret) => Self::new(*secret, key, agent),
            Stored::Sealed { sealed } => {
                let open = Some(key.open(sealed, agent)?);
                Some(Self { stored: self.stored.clone(), open })
            }
        }
    }

    /// The secret; nothing when it was sealed with another key.
    pub(super) fn open(&self) -> Option<&[u8; 20]> {
        self.open.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_opens_with_its_key_for_its_account_only() {
        let (key, other) = (SealingKey::new([7; 32]), SealingKey::new([8; 32]));
        let (ana, bob) = (AgentId::random(), AgentId::random());
        let secret = *b"a secret of 20 bytes";
        let written = serde_json::to_string(&SealedSecret::new(secret, key, ana).unwrap()).unwrap();
        assert!(!written.contains("secret"), "{written}");
        let read: SealedSecret = serde_json::from_str(&written).unwrap();
        assert_eq!(read.opened(key, ana).unwrap().open(), Some(&secret));
        assert!(read.opened(other, ana).is_none(), "another key");
        assert!(read.opened(key, bob).is_none(), "another account's");
        assert_eq!(read.open(), None);
    }

    #[test]
    fn a_bare_secret_of_older_stores_is_sealed_when_it_is_written() {
        let (key, ana) = (SealingKey::new([7; 32]), AgentId::random());
        let bare = serde_json::to_string(b"a secret of 20 bytes").unwrap();
        let read: SealedSecret = serde_json::from_str(&bare).unwrap();
        let opened = read.opened(key, ana).unwrap();
        assert_eq!(opened.open(), Some(b"a secret of 20 bytes"));
        let written = serde_json::to_string(&opened).unwrap();
        assert!(written.starts_with(r#"{"sealed":""#), "{written}");
    }
}
