//! Visitor tokens: a conversation's name with an expiry, signed with HMAC-SHA-256 (RFC 2104). The
//! server keeps nothing for a visitor who has said nothing; the signature is the proof.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::domain::{ConversationId, Timestamp};

/// What a token is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Purpose {
    /// Talking in the conversation.
    Talk = 1,
    /// Getting a fresh pair of tokens.
    Renew = 2,
}

/// A pair of tokens for one conversation.
#[derive(Clone, Debug)]
pub(super) struct Tokens {
    /// Good for talking, for a short while.
    pub(super) token: String,
    /// Good for getting a fresh pair, for longer.
    pub(super) renewal: String,
    /// When `token` expires.
    pub(super) expires_at: Timestamp,
}

/// A token that does not open anything.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenError {
    /// Its time is over.
    Expired,
    /// It was never signed here, or is for something else.
    Forged,
}

/// Signs and checks tokens.
pub(super) struct TokenSigner {
    key: Hmac<Sha256>,
    life: Duration,
    renewal_life: Duration,
}

/// Bytes of a token before its signature: version, purpose, expiry, conversation.
const CLAIMS: usize = 1 + 1 + 8 + 16;
const VERSION: u8 = 1;

impl TokenSigner {
    pub(super) fn new(secret: &[u8; 32], life: Duration, renewal_life: Duration) -> Self {
        // A key shorter than the hash's block is padded with zeros (RFC 2104, section 2).
        let mut block = [0; 64];
        block.iter_mut().zip(secret).for_each(|(padded, byte)| *padded = *byte);
        let key = <Hmac<Sha256> as KeyInit>::new(&block.into());
        Self { key, life, renewal_life }
    }

    /// A fresh pair of tokens.
    pub(super) fn issue(&self, conversation: ConversationId, now: Timestamp) -> Tokens {
        let expires_at = now.plus(self.life);
        Tokens {
            token: self.sign(Purpose::Talk, conversation, expires_at),
            renewal: self.sign(Purpose::Renew, conversation, now.plus(self.renewal_life)),
            expires_at,
        }
    }

    /// The conversation that a token opens.
    pub(super) fn open(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<(ConversationId, Timestamp), TokenError> {
        self.check(Purpose::Talk, token, now)
    }

    /// A fresh pair for a renewal token, with the conversation that it opens.
    pub(super) fn renew(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<(ConversationId, Tokens), TokenError> {
        let (conversation, _) = self.check(Purpose::Renew, token, now)?;
        Ok((conversation, self.issue(conversation, now)))
    }

    fn sign(&self, purpose: Purpose, conversation: ConversationId, expires: Timestamp) -> String {
        let mut claims = Vec::with_capacity(CLAIMS + 32);
        claims.push(VERSION);
        claims.push(purpose as u8);
        claims.extend_from_slice(&expires.0.to_be_bytes());
        claims.extend_from_slice(conversation.as_bytes());
        let mut mac = self.key.clone();
        mac.update(&claims);
        claims.extend_from_slice(&mac.finalize().into_bytes());
        URL_SAFE_NO_PAD.encode(claims)
    }

    fn check(
        &self,
        purpose: Purpose,
        token: &str,
        now: Timestamp,
    ) -> Result<(ConversationId, Timestamp), TokenError> {
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| TokenError::Forged)?;
        let (claims, signature) = bytes.split_at_checked(CLAIMS).ok_or(TokenError::Forged)?;
        let mut mac = self.key.clone();
        mac.update(claims);
        mac.verify_slice(signature).map_err(|_| TokenError::Forged)?;
        let (kind, rest) = claims.split_at(2);
        let (expires, conversation) = rest.split_at(8);
        if kind != [VERSION, purpose as u8] {
            return Err(TokenError::Forged);
        }
        let expires = i64::from_be_bytes(expires.try_into().map_err(|_| TokenError::Forged)?);
        let conversation = conversation.try_into().map_err(|_| TokenError::Forged)?;
        if expires <= now.0 {
            return Err(TokenError::Expired);
        }
        Ok((ConversationId::from_bytes(conversation), Timestamp(expires)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn signer(secret: u8) -> TokenSigner {
        TokenSigner::new(&[secret; 32], HOUR, 24 * HOUR)
    }

    #[test]
    fn a_token_opens_its_conversation_until_it_expires() {
        let (signer, conversation) = (signer(1), ConversationId::random());
        let start = Timestamp(1_000);
        let tokens = signer.issue(conversation, start);
        assert_eq!(signer.open(&tokens.token, start).map(|(id, _)| id), Ok(conversation));
        assert_eq!(signer.open(&tokens.token, start.plus(HOUR)), Err(TokenError::Expired));
        let (_, fresh) = signer.renew(&tokens.renewal, start.plus(2 * HOUR)).unwrap();
        assert!(signer.open(&fresh.token, start.plus(2 * HOUR)).is_ok());
        assert!(signer.renew(&tokens.renewal, start.plus(25 * HOUR)).is_err());
    }

    #[test]
    fn forged_and_misused_tokens_open_nothing() {
        let now = Timestamp(0);
        let tokens = signer(1).issue(ConversationId::random(), now);
        let foreign = signer(2).issue(ConversationId::random(), now);
        let mut changed = URL_SAFE_NO_PAD.decode(&tokens.token).unwrap();
        changed[12] ^= 1;
        let changed = URL_SAFE_NO_PAD.encode(changed);
        for token in ["", "!", "AQ", &foreign.token, &tokens.renewal, &changed] {
            assert_eq!(signer(1).open(token, now), Err(TokenError::Forged), "{token}");
        }
        assert_eq!(signer(1).renew(&tokens.token, now).err(), Some(TokenError::Forged));
    }
}
