//! Settings of the encoders.

use std::path::PathBuf;
use std::time::Duration;

use confique::Config;

use crate::config::{SettingsError, is_secure, secret};

/// What stands before the name of a model that is asked for at an endpoint.
const REMOTE: &str = "remote:";
/// No vector has more numbers.
const MOST_DIMENSIONS: usize = 1 << 14;

/// What reads messages by their meaning.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Encoder {
    /// Whether encoders read messages; without them words alone count.
    #[config(default = true, env = "FRONTDESK_ENCODER_ENABLED")]
    pub enabled: bool,
    /// Folder with the models.
    #[config(default = "models", env = "FRONTDESK_ENCODER_MODELS")]
    pub models: PathBuf,
    /// The model for every language: a folder in `models`, or `remote:NAME` for the model of that name at
    /// `encoder.remote.url`.
    #[config(default = "multilingual-e5-small", env = "FRONTDESK_ENCODER_MULTILINGUAL")]
    pub multilingual: String,
    /// The model for English beside it, named in the same way; empty for none.
    #[config(default = "all-MiniLM-L6-v2", env = "FRONTDESK_ENCODER_ENGLISH")]
    pub english: String,
    /// Address of the hub from which `frontdesk models pull` fetches.
    #[config(default = "https://huggingface.co", env = "FRONTDESK_ENCODER_HUB")]
    pub hub: String,
    /// Threads that encode messages; half the cores when left out, and 8 where a model is remote.
    #[config(env = "FRONTDESK_ENCODER_THREADS")]
    pub threads: Option<usize>,
    /// Messages that may wait to be encoded; further ones are read by their words alone.
    #[config(default = 64, env = "FRONTDESK_ENCODER_WAITING")]
    pub waiting: usize,
    /// Milliseconds that a message waits for the encoder at most.
    #[config(default = 400, env = "FRONTDESK_ENCODER_PATIENCE_MS")]
    pub patience_ms: u64,
    /// An endpoint that encodes, asked only for models that are named `remote:NAME`.
    #[config(nested)]
    pub remote: RemoteEncoder,
}

/// An endpoint that encodes. What is sent there are the texts of the knowledge and the customers' messages.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct RemoteEncoder {
    /// Address of a server that speaks the protocol of `OpenAI`'s embeddings, up to and with its `/v1`, such
    /// as `http://127.0.0.1:11434/v1`.
    #[config(env = "FRONTDESK_ENCODER_REMOTE_URL")]
    pub url: Option<String>,
    /// The key that is sent as the bearer, by reference: `env:NAME` is an environment variable,
    /// `file:/path` a file. It is only sent over https, or to this machine.
    #[config(env = "FRONTDESK_ENCODER_REMOTE_KEY")]
    pub key: Option<String>,
    /// What stands before every text, such as "query: ", for models that were trained so.
    #[config(default = "", env = "FRONTDESK_ENCODER_REMOTE_PREFIX")]
    pub prefix: String,
    /// How many numbers a vector has; found by asking once when left out.
    #[config(env = "FRONTDESK_ENCODER_REMOTE_DIMENSIONS")]
    pub dimensions: Option<usize>,
    /// Milliseconds after which a request counts as failed. It may hold 32 texts of the knowledge; a
    /// message waits no longer than `encoder.patience_ms`.
    #[config(default = 10000, env = "FRONTDESK_ENCODER_REMOTE_TIMEOUT_MS")]
    pub timeout_ms: u64,
}

impl Encoder {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let wrong =
            |key, message: &str| Err(SettingsError::Value { key, message: message.to_owned() });
        let named =
            [("encoder.multilingual", &self.multilingual), ("encoder.english", &self.english)];
        let mut remote =
            named.into_iter().filter_map(|(key, name)| Some((key, remote_name(name)?)));
        if let Some((key, _)) = remote.find(|(_, name)| name.trim().is_empty()) {
            return wrong(key, "must name a model after `remote:`");
        }
        let is_asked = self.is_remote();
        let RemoteEncoder { url, key, dimensions, timeout_ms, .. } = &self.remote;
        let Some(url) = url else {
            let message = "must be set where encoder.multilingual or encoder.english is remote:…";
            return if is_asked { wrong("encoder.remote.url", message) } else { Ok(()) };
        };
        let rest = url.strip_prefix("https://").or(url.strip_prefix("http://"));
        if rest.is_none_or(|rest| {
            rest.is_empty() || rest.starts_with('/') || rest.contains([' ', '?', '#', '@'])
        }) {
            let message = "must be an address such as https://models.example/v1";
            return wrong("encoder.remote.url", message);
        }
        if key.is_some() && !is_secure(url) {
            let message = "must begin with https:// where there is a key (http:// on this machine)";
            return wrong("encoder.remote.url", message);
        }
        if dimensions.is_some_and(|count| !(1..=MOST_DIMENSIONS).contains(&count)) {
            return wrong("encoder.remote.dimensions", "must lie between 1 and 16384");
        }
        if !(100..=600_000).contains(timeout_ms) {
            return wrong("encoder.remote.timeout_ms", "must lie between 100 and 600000");
        }
        self.remote.secret().map(|_| ())
    }

    /// Whether a model is asked for at the endpoint.
    pub fn is_remote(&self) -> bool {
        [&self.multilingual, &self.english].into_iter().any(|name| remote_name(name).is_some())
    }
}

impl RemoteEncoder {
    /// The key, from wherever it stands.
    pub fn secret(&self) -> Result<Option<String>, SettingsError> {
        let found = self.key.as_deref().map(secret).transpose();
        found.map_err(|message| SettingsError::Value { key: "encoder.remote.key", message })
    }

    /// How long an answer may take.
    pub fn timeout(&self) -> Duration {
        Duration::from_millis(self.timeout_ms)
    }
}

/// The name at the endpoint of a model that is named as remote.
pub fn remote_name(model: &str) -> Option<&str> {
    model.strip_prefix(REMOTE)
}
