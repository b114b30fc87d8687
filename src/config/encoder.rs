//! Settings of the encoders.

use std::path::PathBuf;

use confique::Config;

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
    /// The model for every language, a folder in `models`.
    #[config(default = "multilingual-e5-small", env = "FRONTDESK_ENCODER_MULTILINGUAL")]
    pub multilingual: String,
    /// The model for English beside it; empty for none.
    #[config(default = "all-MiniLM-L6-v2", env = "FRONTDESK_ENCODER_ENGLISH")]
    pub english: String,
    /// Address of the hub from which `frontdesk models pull` fetches.
    #[config(default = "https://huggingface.co", env = "FRONTDESK_ENCODER_HUB")]
    pub hub: String,
    /// Threads that encode messages; half the cores when left out.
    #[config(env = "FRONTDESK_ENCODER_THREADS")]
    pub threads: Option<usize>,
    /// Messages that may wait to be encoded; further ones are read by their words alone.
    #[config(default = 64, env = "FRONTDESK_ENCODER_WAITING")]
    pub waiting: usize,
    /// Milliseconds that a message waits for the encoder at most.
    #[config(default = 400, env = "FRONTDESK_ENCODER_PATIENCE_MS")]
    pub patience_ms: u64,
}
