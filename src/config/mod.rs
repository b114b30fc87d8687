//! The settings: a TOML file, overridden by environment variables, overridden by the command line.
//! Every value is documented here; `frontdesk settings` prints this documentation as a file.

#![expect(unused_qualifications, reason = "the code that `confique` derives has them")]

mod actions;
mod address;
mod attachments;
mod dialogue;
mod encoder;
mod generation;
mod handoff;
mod identity;
mod oidc;
mod webhooks;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};

use confique::Config;
use confique::toml::FormatOptions;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// The file that is read when none is named.
const DEFAULT_FILE: &str = "frontdesk.toml";

use address::{is_origin, is_secure};

pub use actions::{Actions, secret};
pub use attachments::Attachments;
pub use dialogue::{CostsOf, Dialogue};
pub use encoder::{Encoder, RemoteEncoder, remote_name};
pub use generation::Generation;
pub use handoff::Handoff;
pub use identity::Identity;
pub use oidc::Oidc;
pub use webhooks::Webhooks;

/// All settings.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Settings {
    /// Where the server listens and keeps things.
    #[config(nested)]
    pub server: Server,
    /// What the server says about itself.
    #[config(nested)]
    pub log: Log,
    /// Where the widget may be embedded.
    #[config(nested)]
    pub sites: Sites,
    /// Customers.
    #[config(nested)]
    pub visitor: Visitor,
    /// Who customers are, as the site's own server says it.
    #[config(nested)]
    pub identity: Identity,
    /// Agents.
    #[config(nested)]
    pub agents: Agents,
    /// Signing in with the account of another system, by OpenID Connect.
    #[config(nested)]
    pub oidc: Oidc,
    /// Programs.
    #[config(nested)]
    pub api: Api,
    /// Webhooks and external bots.
    #[config(nested)]
    pub webhooks: Webhooks,
    /// Calls that flows make to the shop's own system.
    #[config(nested)]
    pub actions: Actions,
    /// A language model that phrases answers, sums up for agents and asks follow-ups in full, off unless there is a `url`.
    #[config(nested)]
    pub generation: Generation,
    /// How much anybody may do.
    #[config(nested)]
    pub limits: Limits,
    /// Files that customers and agents send: pictures (PNG, JPEG, GIF, WebP), PDF and plain text.
    #[config(nested)]
    pub attachments: Attachments,
    /// What reads messages by their meaning.
    #[config(nested)]
    pub encoder: Encoder,
    /// When the bot answers, asks back, or fetches a human. Probabilities from 0 to 1.
    #[config(nested)]
    pub dialogue: Dialogue,
    /// Who is served first, and how customers are offered to agents.
    #[config(nested)]
    pub handoff: Handoff,
}

/// Where the server listens and keeps things.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Server {
    /// Address and port to listen at.
    #[config(default = "127.0.0.1:8080", env = "FRONTDESK_SERVER_LISTEN")]
    pub listen: SocketAddr,
    /// Folder for everything that is stored. One process at a time may use it.
    #[config(default = "data", env = "FRONTDESK_SERVER_DATA")]
    pub data: PathBuf,
    /// Folder with the knowledge, as `*.toml` files.
    #[config(default = "intents", env = "FRONTDESK_SERVER_INTENTS")]
    pub intents: PathBuf,
    /// Folder from which the browser side is served instead of the one in the binary.
    #[config(env = "FRONTDESK_SERVER_STATIC_DIR")]
    pub static_dir: Option<PathBuf>,
    /// Address of the server as browsers see it, such as `https://desk.example`; needed behind a
    /// proxy, and when `listen` is not a loopback address.
    #[config(env = "FRONTDESK_SERVER_PUBLIC_URL")]
    pub public_url: Option<String>,
    /// Threads that serve sockets; as many as there are cores when not set.
    #[config(env = "FRONTDESK_SERVER_WORKERS")]
    pub workers: Option<usize>,
    /// How many seconds a stop may take before what still runs is dropped.
    #[config(default = 10, env = "FRONTDESK_SERVER_SHUTDOWN_SECONDS")]
    pub shutdown_seconds: u64,
    /// Addresses of proxies whose `X-Forwarded-For` is believed.
    #[config(default = ["127.0.0.1", "::1"], env = "FRONTDESK_SERVER_TRUSTED_PROXIES",
        parse_env = confique::env::parse::list_by_comma)]
    pub trusted_proxies: Vec<IpAddr>,
}

impl Server {
    /// The address of the server as browsers and programs see it, without a slash at its end.
    pub fn url(&self, listening: SocketAddr) -> String {
        let public = self.public_url.as_deref().map(|url| url.trim_end_matches('/').to_owned());
        public.unwrap_or_else(|| format!("http://{listening}"))
    }
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// What the server says about itself.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Log {
    /// How log lines look: "text" for people, "json" for machines.
    #[config(default = "text", env = "FRONTDESK_LOG_FORMAT")]
    pub format: LogFormat,
    /// Which lines are written: a level (error, warn, info, debug, trace), or levels by module such
    /// as "warn,frontdesk=debug".
    #[config(default = "info", env = "FRONTDESK_LOG_LEVEL")]
    pub level: String,
}

/// Where the widget may be embedded.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Sites {
    /// Origins of the sites that may embed the widget and open sockets, such as
    /// `["https://shop.example"]`. The server's own origin is always allowed.
    #[config(default = [], env = "FRONTDESK_SITES_ORIGINS",
        parse_env = confique::env::parse::list_by_comma)]
    pub origins: Vec<String>,
}

/// Customers.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Visitor {
    /// How many minutes a token for talking is good for.
    #[config(default = 60, env = "FRONTDESK_VISITOR_TOKEN_MINUTES")]
    pub token_minutes: u64,
    /// How many days a customer can come back to a conversation.
    #[config(default = 30, env = "FRONTDESK_VISITOR_RENEWAL_DAYS")]
    pub renewal_days: u64,
    /// Minutes by which the customers' clocks are ahead of UTC, such as 480 in China; "tomorrow" is
    /// counted from there.
    #[config(default = 0, env = "FRONTDESK_VISITOR_UTC_OFFSET_MINUTES")]
    pub utc_offset_minutes: i32,
    /// Whether the agent who has a conversation sees what the customer is writing before it is sent.
    /// Customers are told so where they write. What is not sent is never stored.
    #[config(default = false, env = "FRONTDESK_VISITOR_UNSENT_TEXT")]
    pub unsent_text: bool,
}

impl Visitor {
    /// By how much the customers' clocks are ahead of UTC.
    pub fn offset(&self) -> Offset {
        Offset::from_seconds(self.utc_offset_minutes.saturating_mul(60)).unwrap_or(Offset::UTC)
    }
}

/// Agents.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Agents {
    /// How many hours a session lasts.
    #[config(default = 12, env = "FRONTDESK_AGENTS_SESSION_HOURS")]
    pub session_hours: u64,
}

/// Programs.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Api {
    /// Keys that programs send as `X-Api-Key` or `Authorization: Bearer`; 16 characters or more.
    #[config(default = [], env = "FRONTDESK_API_KEYS",
        parse_env = confique::env::parse::list_by_comma)]
    pub keys: Vec<String>,
    /// Whether `POST /api/v1/understand` is open without a key to clients on this machine.
    #[config(default = true, env = "FRONTDESK_API_OPEN_ON_LOOPBACK")]
    pub open_on_loopback: bool,
}

/// How much anybody may do.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Limits {
    /// Most bytes of a message, in UTF-8.
    #[config(default = 16384, env = "FRONTDESK_LIMITS_MESSAGE_BYTES")]
    pub message_bytes: usize,
    /// Most characters of a message, as people count them (grapheme clusters).
    #[config(default = 4000, env = "FRONTDESK_LIMITS_MESSAGE_GRAPHEMES")]
    pub message_graphemes: usize,
    /// Most bytes of a WebSocket frame.
    #[config(default = 65536, env = "FRONTDESK_LIMITS_FRAME_BYTES")]
    pub frame_bytes: usize,
    /// Most bytes of a request's body.
    #[config(default = 131_072, env = "FRONTDESK_LIMITS_BODY_BYTES")]
    pub body_bytes: usize,
    /// Messages a second in one conversation, on average.
    #[config(default = 10, env = "FRONTDESK_LIMITS_CONVERSATION_PER_SECOND")]
    pub conversation_per_second: u32,
    /// Messages in one conversation at once, before the average counts.
    #[config(default = 2000, env = "FRONTDESK_LIMITS_CONVERSATION_BURST")]
    pub conversation_burst: u32,
    /// Messages a minute from one address.
    #[config(default = 600, env = "FRONTDESK_LIMITS_ADDRESS_MESSAGES_PER_MINUTE")]
    pub address_messages_per_minute: u32,
    /// New conversations a minute from one address.
    #[config(default = 60, env = "FRONTDESK_LIMITS_ADDRESS_CONVERSATIONS_PER_MINUTE")]
    pub address_conversations_per_minute: u32,
    /// Open sockets from one address.
    #[config(default = 200, env = "FRONTDESK_LIMITS_ADDRESS_SOCKETS")]
    pub address_sockets: usize,
    /// Attempts to sign in a minute from one address.
    #[config(default = 10, env = "FRONTDESK_LIMITS_SIGN_IN_PER_MINUTE")]
    pub sign_in_per_minute: u32,
    /// Whether the limits by address leave out clients on this machine that come without a proxy
    /// (attempts to sign in are always counted).
    #[config(default = true, env = "FRONTDESK_LIMITS_EXEMPT_LOOPBACK")]
    pub exempt_loopback: bool,
    /// Open sockets in all; the next one is closed with 1013.
    #[config(default = 20000, env = "FRONTDESK_LIMITS_SOCKETS")]
    pub sockets: usize,
    /// Turns under way at once for more than 100 ms; then messages are refused with a hint when to
    /// come back. While it is refused, fewer are taken when the machine is slower.
    #[config(default = 64, env = "FRONTDESK_LIMITS_TURNS_IN_FLIGHT")]
    pub turns_in_flight: usize,
    /// Turns under way at once for a moment.
    #[config(default = 512, env = "FRONTDESK_LIMITS_TURNS_BURST")]
    pub turns_burst: usize,
    /// Frames that may wait for a slow reader before its socket is closed with 4008.
    #[config(default = 256, env = "FRONTDESK_LIMITS_SOCKET_QUEUE_EVENTS")]
    pub socket_queue_events: usize,
    /// Frames a second from one socket, on average; a burst may be five times as many.
    #[config(default = 40, env = "FRONTDESK_LIMITS_SOCKET_FRAMES_PER_SECOND")]
    pub socket_frames_per_second: u32,
    /// Bytes that may wait for a slow reader before its socket is closed with 4008.
    #[config(default = 262_144, env = "FRONTDESK_LIMITS_SOCKET_QUEUE_BYTES")]
    pub socket_queue_bytes: usize,
}

/// The settings cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// A file or a variable cannot be read.
    #[error("the settings cannot be read: {0}")]
    Unreadable(String),
    /// A value is not one that works.
    #[error("{key}: {message}")]
    Value {
        /// The setting.
        key: &'static str,
        /// What is wrong.
        message: String,
    },
}

impl Default for Settings {
    #[expect(clippy::expect_used, reason = "a test loads the defaults, which are constants")]
    fn default() -> Self {
        Self::builder().load().expect("every setting has a default")
    }
}

impl Settings {
    /// Reads `file` (or `frontdesk.toml`, where it is there) and the environment.
    pub fn load(file: Option<&Path>) -> Result<Self, SettingsError> {
        let file = match file {
            Some(file) if !file.is_file() => {
                let message = format!("there is no file {}", file.display());
                return Err(SettingsError::Unreadable(message));
            }
            Some(file) => file,
            None => Path::new(DEFAULT_FILE),
        };
        let loaded = Self::builder().env().file(file).load();
        let settings = loaded.map_err(|error| SettingsError::Unreadable(told(&error)))?;
        settings.check()?;
        settings.dialogue.check()?;
        settings.identity.check()?;
        settings.oidc.check()?;
        settings.actions.check()?;
        settings.generation.check()?;
        settings.encoder.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), SettingsError> {
        let wrong =
            |key, message: &str| Err(SettingsError::Value { key, message: message.to_owned() });
        if let Some((key, message)) = self.handoff.mistake() {
            return wrong(key, message);
        }
        if let Some((key, message)) = self.attachments.mistake() {
            return wrong(key, message);
        }
        if self.visitor.token_minutes == 0 {
            return wrong("visitor.token_minutes", "must be 1 or more");
        }
        if self.visitor.utc_offset_minutes.abs() > 14 * 60 {
            return wrong("visitor.utc_offset_minutes", "must lie between -840 and 840");
        }
        if self.limits.turns_in_flight == 0 {
            return wrong("limits.turns_in_flight", "must be 1 or more");
        }
        if self.limits.turns_burst < self.limits.turns_in_flight {
            return wrong("limits.turns_burst", "must not be below limits.turns_in_flight");
        }
        if self.limits.socket_queue_events < 16 {
            return wrong("limits.socket_queue_events", "must be 16 or more");
        }
        if self.limits.message_bytes + 1024 > self.limits.frame_bytes {
            return wrong("limits.message_bytes", "must be 1024 below limits.frame_bytes");
        }
        if self.limits.message_bytes > 48 * 1024 {
            return wrong(
                "limits.message_bytes",
                "must be 49152 or less: the log takes no larger events",
            );
        }
        if self.api.keys.iter().any(|key| key.len() < 16) {
            return wrong("api.keys", "a key must have 16 characters or more");
        }
        if let Some(origin) = self.sites.origins.iter().find(|origin| !is_origin(origin)) {
            let message = format!("`{origin}` is not an origin such as https://shop.example");
            return Err(SettingsError::Value { key: "sites.origins", message });
        }
        match &self.server.public_url {
            Some(url) if !is_origin(url.trim_end_matches('/')) => {
                wrong("server.public_url", "must be an address such as https://desk.example")
            }
            _ => Ok(()),
        }
    }
}

/// What is wrong, with its causes, on one line each.
fn told(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}\n  {inner}");
        cause = inner.source();
    }
    text
}

/// A settings file with every value at its default, as a comment, with its meaning.
pub fn example() -> String {
    confique::toml::template::<Settings>(FormatOptions::default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn load(text: &str) -> Result<Settings, SettingsError> {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("frontdesk.toml");
        std::fs::write(&file, text).unwrap();
        Settings::load(Some(&file))
    }

    fn mistake(text: &str) -> String {
        load(text).unwrap_err().to_string()
    }

    #[test]
    fn the_example_is_complete_and_holds_the_defaults() {
        let example = example();
        let without_comments: String = example
            .lines()
            .map(|line| match line.strip_prefix('#') {
                Some(value) if value.contains(" = ") && !value.starts_with(' ') => {
                    format!("{value}\n")
                }
                _ => format!("{line}\n"),
            })
            .collect();
        let settings = load(&without_comments).unwrap();
        assert_eq!(format!("{settings:?}"), format!("{:?}", Settings::default()));
        for key in ["listen", "turns_in_flight", "answer_at", "origins", "public_url"] {
            assert!(example.contains(&format!("{key} =")), "{key} is missing in\n{example}");
        }
    }

    #[test]
    fn values_that_do_not_work_name_their_key() {
        for (text, key) in [
            ("[dialogue]\nanswer_at = 1.5", "dialogue.answer_at"),
            ("[dialogue]\noffer_at = 0.9", "dialogue.offer_at"),
            ("[dialogue]\ncost_wrong_answer = 0", "dialogue.cost_wrong_answer"),
            ("[dialogue]\ncost_needless_handoff = inf", "dialogue.cost_needless_handoff"),
            ("[limits]\nturns_in_flight = 0", "limits.turns_in_flight"),
            ("[attachments]\nfile_bytes = 0", "attachments.file_bytes"),
            ("[attachments]\ntotal_megabytes = 5", "attachments.total_megabytes"),
            ("[attachments]\nper_message = 21", "attachments.per_message"),
            ("[attachments]\nkeep_unsent_minutes = 0", "attachments.keep_unsent_minutes"),
            ("[visitor]\ntoken_minutes = 0", "visitor.token_minutes"),
            ("[visitor]\nutc_offset_minutes = 1000", "visitor.utc_offset_minutes"),
            ("[limits]\nmessage_bytes = 65536", "limits.message_bytes"),
            ("[api]\nkeys = [\"short\"]", "api.keys"),
            ("[identity]\nsecrets = [\"short\"]", "identity.secrets"),
            ("[oidc]\nissuer = \"http://login.example\"\nclient_id = \"x\"", "oidc.issuer"),
            ("[oidc]\nissuer = \"https://login.example\"", "oidc.client_id"),
            (
                "[oidc]\nissuer = \"https://a.example\"\nclient_id = \"x\"\n\
                    client_secret_file = \"/no/such\"",
                "oidc.client_secret_file",
            ),
            ("[sites]\norigins = [\"shop.example\"]", "sites.origins"),
            ("[sites]\norigins = [\"https://a.example; script-src *\"]", "sites.origins"),
            ("[server]\nlisten = \"nowhere\"", "listen = \"nowhere\""),
            ("[server]\nlisten_at = \"127.0.0.1:1\"", "listen_at"),
            ("[actions]\nbase_url = \"shop.example\"", "actions.base_url"),
            ("[generation]\nurl = \"models.example\"", "generation.url"),
            ("[generation]\nurl = \"https://models.example/v1\"", "generation.model"),
            (
                "[generation]\nurl = \"http://models.example/v1\"\nmodel = \"m\"\nkey = \"env:X\"",
                "generation.url",
            ),
            (
                "[generation]\nurl = \"https://a.example/v1\"\nmodel = \"m\"\nkey = \"file:/no\"",
                "generation.key",
            ),
            (
                "[generation]\nurl = \"http://a.example\"\nmodel = \"m\"\ntimeout_ms = 9",
                "generation.timeout_ms",
            ),
            ("[sevrer]\n", "sevrer"),
            ("[log]\nformat = \"xml\"", "expected `text` or `json`"),
            ("[server", "frontdesk.toml"),
        ] {
            let message = mistake(text);
            assert!(message.contains(key), "{text:?} gives: {message}");
        }
    }

    #[test]
    fn a_file_that_is_named_must_be_there() {
        let error = Settings::load(Some(Path::new("no-such-file.toml"))).unwrap_err();
        assert!(error.to_string().contains("no-such-file.toml"), "{error}");
    }
}
