//! Settings of signed identity tokens.

use confique::Config;

use crate::config::SettingsError;

/// Shortest secret, in bytes (RFC 7518, section 3.2).
const SECRET_BYTES: usize = 32;

/// Who customers are, as the site's own server says it.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Identity {
    /// Secrets with which the site signs identity tokens (JSON Web Tokens, HS256); 32 bytes or more.
    /// Any of them is good, so that one can follow another. Without one no token is taken.
    #[config(default = [], env = "FRONTDESK_IDENTITY_SECRETS",
        parse_env = confique::env::parse::list_by_comma)]
    pub secrets: Vec<String>,
    /// What `aud` must name in a token; not looked at when not set.
    #[config(env = "FRONTDESK_IDENTITY_AUDIENCE")]
    pub audience: Option<String>,
}

impl Identity {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        if self.secrets.iter().all(|secret| secret.len() >= SECRET_BYTES) {
            return Ok(());
        }
        let message = format!("a secret must have {SECRET_BYTES} bytes or more");
        Err(SettingsError::Value { key: "identity.secrets", message })
    }
}
