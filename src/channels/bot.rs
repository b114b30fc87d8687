//! An external bot: where it is, by when it answers, and the token with which it does.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::channels::{ChannelError, DeliveryId, DoorId, Secret};
use crate::domain::Timestamp;

/// How long a bot may take when nobody says how long.
const DEADLINE_SECONDS: u64 = 30;
/// How long a bot may be allowed to take.
const LONGEST_DEADLINE_SECONDS: u64 = 3_600;
const NAME_CHARS: usize = 80;

/// A bot, as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bot {
    /// Its name for programs.
    pub id: DoorId,
    /// Its name for people.
    pub name: String,
    /// Where it is told what customers write.
    pub url: String,
    /// How long it may take to answer.
    pub deadline_seconds: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Since when it answers new conversations, while it does.
    #[serde(default)]
    pub in_use_since: Option<Timestamp>,
    pub(super) secret: Secret,
    /// The SHA-256 sum of its token, in hexadecimal digits.
    pub(super) token_hash: String,
}

/// A bot that was just made, with what is shown once (and has no `Debug`, so that no log shows it).
#[derive(Clone)]
pub struct NewBot {
    /// The bot.
    pub bot: Bot,
    /// What signs what it is told.
    pub secret: String,
    /// What it sends as `api_access_token`.
    pub token: String,
}

/// What may be said of a bot; what is left out stays as it is.
#[derive(Clone, Debug, Default)]
pub struct BotChange {
    /// Its name for people.
    pub name: Option<String>,
    /// Where it is told what customers write.
    pub url: Option<String>,
    /// How long it may take to answer.
    pub deadline_seconds: Option<u64>,
    /// Whether it answers new conversations.
    pub in_use: Option<bool>,
}

impl BotChange {
    /// Whether what is said makes sense; the address is checked elsewhere.
    pub(super) fn check(&self) -> Result<(), ChannelError> {
        let is_name = |name: &String| {
            let length = name.trim().chars().count();
            (1..=NAME_CHARS).contains(&length) && !name.chars().any(char::is_control)
        };
        if !self.name.as_ref().is_none_or(is_name) {
            return Err(ChannelError::Name);
        }
        let is_deadline = |seconds| (1..=LONGEST_DEADLINE_SECONDS).contains(&seconds);
        if !self.deadline_seconds.is_none_or(is_deadline) {
            return Err(ChannelError::Deadline);
        }
        Ok(())
    }
}

impl Bot {
    /// Makes a bot of what was checked.
    pub(super) fn make(change: BotChange, url: String, now: Timestamp) -> NewBot {
        let mut bytes = [0; 24];
        rand::rng().fill_bytes(&mut bytes);
        let (token, secret) = (URL_SAFE_NO_PAD.encode(bytes), Secret::random());
        let shown = secret.as_str().to_owned();
        let bot = Self {
            id: DoorId::random(),
            name: change.name.unwrap_or_default().trim().to_owned(),
            url,
            deadline_seconds: change.deadline_seconds.unwrap_or(DEADLINE_SECONDS),
            created_at: now,
            in_use_since: change.in_use.unwrap_or_default().then_some(now),
            secret,
            token_hash: hash(&token),
        };
        NewBot { bot, secret: shown, token }
    }

    /// How long it may take to answer.
    pub(super) fn deadline(&self) -> Duration {
        Duration::from_secs(self.deadline_seconds)
    }

    /// Whether a token is its own.
    pub(super) fn knows(&self, token: &str) -> bool {
        hash(token).as_bytes().ct_eq(self.token_hash.as_bytes()).into()
    }

    /// The headers that go with a body: Standard Webhooks' and Chatwoot's.
    pub(super) fn headers(
        &self,
        id: &DeliveryId,
        body: &str,
        now: Timestamp,
    ) -> Vec<(&'static str, String)> {
        let seconds = now.0.div_euclid(1_000);
        let id = id.to_string();
        vec![
            ("webhook-signature", self.secret.sign(&id, seconds, body)),
            ("webhook-timestamp", seconds.to_string()),
            ("x-chatwoot-signature", self.secret.sign_as_chatwoot(seconds, body)),
            ("x-chatwoot-timestamp", seconds.to_string()),
            ("x-chatwoot-delivery", id.clone()),
            ("webhook-id", id),
        ]
    }
}

fn hash(token: &str) -> String {
    hex::encode(Sha256::digest(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bot_is_known_by_its_token_which_is_not_stored() {
        let change = BotChange { name: Some(" Robo ".to_owned()), ..BotChange::default() };
        let made = Bot::make(change, "https://bot.example/".to_owned(), Timestamp(5));
        assert!(made.bot.knows(&made.token));
        assert!(!made.bot.knows("another"));
        assert_eq!((made.bot.name.as_str(), made.bot.in_use_since), ("Robo", None));
        let stored = serde_json::to_string(&made.bot).unwrap();
        assert!(!stored.contains(&made.token));
    }

    #[test]
    fn what_a_bot_is_made_of_is_checked() {
        let with = |change: BotChange| change.check();
        let name = |name: &str| BotChange { name: Some(name.to_owned()), ..BotChange::default() };
        let deadline =
            |seconds| BotChange { deadline_seconds: Some(seconds), ..BotChange::default() };
        assert_eq!(with(name("Robo")), Ok(()));
        for wrong in [" ", &"x".repeat(81), "two\nlines"] {
            assert_eq!(with(name(wrong)), Err(ChannelError::Name));
        }
        assert_eq!((with(deadline(1)), with(deadline(3_600))), (Ok(()), Ok(())));
        for wrong in [0, 3_601] {
            assert_eq!(with(deadline(wrong)), Err(ChannelError::Deadline));
        }
    }

    #[test]
    fn chatwoots_signature_is_what_its_documents_say() {
        use hmac::{Hmac, KeyInit, Mac};
        let made = Bot::make(BotChange::default(), String::new(), Timestamp(0));
        let door = made.bot.id;
        let conversation = crate::domain::ConversationId::random();
        let id = DeliveryId { door, conversation, seq: crate::domain::Seq(1) };
        let headers = made.bot.headers(&id, "{}", Timestamp(1_700_000_000_500));
        let sent = |name: &str| headers.iter().find(|(of, _)| *of == name).unwrap().1.clone();
        let mut mac = <Hmac<Sha256>>::new_from_slice(made.secret.as_bytes()).unwrap();
        mac.update(b"1700000000.{}");
        let expected = format!("sha256={}", hex::encode(mac.finalize().into_bytes()));
        assert_eq!(sent("x-chatwoot-signature"), expected);
        assert_eq!(sent("x-chatwoot-timestamp"), "1700000000");
    }
}
