//! Settings of the calls that flows make to the shop's own system.

use confique::Config;

use crate::config::SettingsError;

/// Calls that flows make to the shop's own system.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Actions {
    /// The address below which the paths of actions are. `frontdesk demo-shop` listens at the default.
    #[config(default = "http://127.0.0.1:8090", env = "FRONTDESK_ACTIONS_BASE_URL")]
    pub base_url: String,
}

impl Actions {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let rest = self.base_url.strip_prefix("https://").or(self.base_url.strip_prefix("http://"));
        let is_address = rest.is_some_and(|rest| {
            !rest.starts_with('/') && !rest.is_empty() && !rest.contains([' ', '?', '#', '@'])
        });
        if is_address {
            return Ok(());
        }
        let message = "must be an address such as https://shop.example/api".to_owned();
        Err(SettingsError::Value { key: "actions.base_url", message })
    }
}

/// A secret by reference: `env:NAME` is an environment variable, `file:/path` a file. The error names
/// the reference and not what it holds.
#[expect(clippy::disallowed_methods, reason = "settings are read here, and secrets are settings")]
pub fn secret(reference: &str) -> Result<String, String> {
    let missing = || format!("there is no secret `{reference}`");
    let found = match reference.split_once(':') {
        Some(("env", name)) => std::env::var(name).map_err(|_| missing())?,
        Some(("file", path)) => std::fs::read_to_string(path).map_err(|_| missing())?,
        _ => return Err(missing()),
    };
    let found = found.trim().to_owned();
    if found.is_empty() { Err(missing()) } else { Ok(found) }
}
