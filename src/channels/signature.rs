//! Standard Webhooks signatures: `webhook-signature: v1,` and the base64 of HMAC-SHA-256 over
//! `id.timestamp.body`, keyed with the bytes behind `whsec_`.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit, Mac};
use rand::Rng;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

const PREFIX: &str = "whsec_";
/// Bytes of a fresh secret; the standard asks for 24 to 64.
const FRESH: usize = 32;

/// The key of signatures, as it is written: `whsec_` and base64.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A fresh secret.
    pub fn random() -> Self {
        let mut bytes = [0; FRESH];
        rand::rng().fill_bytes(&mut bytes);
        Self(format!("{PREFIX}{}", STANDARD.encode(bytes)))
    }

    /// The secret as it is shown once.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What `webhook-signature` says of a message.
    pub(super) fn sign(&self, id: &str, timestamp: i64, body: &str) -> String {
        let mac = self.mac(&[
            id.as_bytes(),
            b".",
            timestamp.to_string().as_bytes(),
            b".",
            body.as_bytes(),
        ]);
        format!("v1,{}", STANDARD.encode(mac))
    }

    /// What Chatwoot's `X-Chatwoot-Signature` says: the written secret is the key.
    pub(super) fn sign_as_chatwoot(&self, timestamp: i64, body: &str) -> String {
        let parts = [timestamp.to_string().as_bytes(), b".", body.as_bytes()].concat();
        format!("sha256={}", hex::encode(hmac(self.0.as_bytes(), &[&parts])))
    }

    fn mac(&self, parts: &[&[u8]]) -> Vec<u8> {
        let written = self.0.strip_prefix(PREFIX).unwrap_or(&self.0);
        let key = STANDARD.decode(written).unwrap_or_else(|_| self.0.as_bytes().to_vec());
        hmac(&key, parts)
    }
}

fn hmac(key: &[u8], parts: &[&[u8]]) -> Vec<u8> {
    // HMAC takes keys of any length; the error that the type allows cannot happen.
    let Ok(mut mac) = <Hmac<Sha256> as KeyInit>::new_from_slice(key) else { return vec![] };
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vector of the Standard Webhooks reference libraries.
    #[test]
    fn the_standards_own_vector_is_signed_as_it_says() {
        let secret = Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned());
        let signature =
            secret.sign("msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert_eq!(signature, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    }

    #[test]
    fn fresh_secrets_differ_and_carry_enough_bytes() {
        let (one, two) = (Secret::random(), Secret::random());
        assert_ne!(one, two);
        let bytes = STANDARD.decode(one.as_str().strip_prefix("whsec_").unwrap()).unwrap();
        assert_eq!(bytes.len(), FRESH);
        assert!(!format!("{one:?}").contains(one.as_str()));
    }

    #[test]
    fn every_part_of_a_message_is_signed() {
        let secret = Secret::random();
        let signed = secret.sign("msg_1", 7, "body");
        for other in [
            secret.sign("msg_2", 7, "body"),
            secret.sign("msg_1", 8, "body"),
            secret.sign("msg_1", 7, "Body"),
            Secret::random().sign("msg_1", 7, "body"),
        ] {
            assert_ne!(signed, other);
        }
    }
}
