//! Settings of a language model that phrases what the bot has found.

use std::time::Duration;

use confique::Config;

use crate::config::{SettingsError, secret};

/// A language model that phrases answers from the entries that were found, sums up for agents, and asks
/// follow-ups in full. Off
/// unless there is a `url`; what is sent there are the entries and the customer's words.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Generation {
    /// Address of a server that speaks the protocol of `OpenAI`'s chat completions, up to and with its
    /// `/v1`, such as `http://127.0.0.1:11434/v1`. Without it nothing is generated.
    #[config(env = "FRONTDESK_GENERATION_URL")]
    pub url: Option<String>,
    /// The model's name there.
    #[config(env = "FRONTDESK_GENERATION_MODEL")]
    pub model: Option<String>,
    /// The key that is sent as the bearer, by reference: `env:NAME` is an environment variable,
    /// `file:/path` a file. It is only sent over https, or to this machine.
    #[config(env = "FRONTDESK_GENERATION_KEY")]
    pub key: Option<String>,
    /// Whether answers are phrased anew. Every sentence must be supported by the entries; else the
    /// entry is said in its own words.
    #[config(default = true, env = "FRONTDESK_GENERATION_ANSWERS")]
    pub answers: bool,
    /// Whether agents get a summary of what a waiting customer said.
    #[config(default = true, env = "FRONTDESK_GENERATION_SUMMARIES")]
    pub summaries: bool,
    /// Whether a message that leans on what was said before is asked in full, where the bot is not sure
    /// what it means. The question is only read, to find an entry; it is never shown as the customer's.
    #[config(default = false, env = "FRONTDESK_GENERATION_FOLLOW_UPS")]
    pub follow_ups: bool,
    /// Most tokens that the model may write at once.
    #[config(default = 300, env = "FRONTDESK_GENERATION_TOKENS")]
    pub tokens: u32,
    /// Milliseconds after which the entry is said in its own words.
    #[config(default = 8000, env = "FRONTDESK_GENERATION_TIMEOUT_MS")]
    pub timeout_ms: u64,
    /// How often the model may be asked a day (UTC) for one conversation.
    #[config(default = 20, env = "FRONTDESK_GENERATION_PER_CONVERSATION")]
    pub per_conversation: u32,
    /// How often the model may be asked a day (UTC) in all.
    #[config(default = 2000, env = "FRONTDESK_GENERATION_PER_DAY")]
    pub per_day: u32,
    /// How many answers may be written at once; further ones are said in the entry's own words.
    #[config(default = 8, env = "FRONTDESK_GENERATION_AT_ONCE")]
    pub at_once: usize,
}

impl Generation {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let wrong =
            |key, message: &str| Err(SettingsError::Value { key, message: message.to_owned() });
        let Some(url) = &self.url else { return Ok(()) };
        let rest = url.strip_prefix("https://").or(url.strip_prefix("http://"));
        if rest.is_none_or(|rest| {
            rest.is_empty() || rest.starts_with('/') || rest.contains([' ', '?', '#', '@'])
        }) {
            let message = "must be an address such as https://models.example/v1";
            return wrong("generation.url", message);
        }
        if self.model.as_deref().unwrap_or_default().trim().is_empty() {
            return wrong("generation.model", "must be set where generation.url is");
        }
        if self.key.is_some() && !super::is_secure(url) {
            let message = "must begin with https:// where there is a key (http:// on this machine)";
            return wrong("generation.url", message);
        }
        if !(1..=4_000).contains(&self.tokens) {
            return wrong("generation.tokens", "must lie between 1 and 4000");
        }
        if !(100..=60_000).contains(&self.timeout_ms) {
            return wrong("generation.timeout_ms", "must lie between 100 and 60000");
        }
        if !(1..=1_000).contains(&self.at_once) {
            return wrong("generation.at_once", "must lie between 1 and 1000");
        }
        self.secret().map(|_| ())
    }

    /// The key, from wherever it stands.
    pub fn secret(&self) -> Result<Option<String>, SettingsError> {
        let Some(reference) = &self.key else { return Ok(None) };
        let found = secret(reference);
        let found =
            found.map_err(|message| SettingsError::Value { key: "generation.key", message })?;
        Ok(Some(found))
    }

    /// How long an answer may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}
