//! Settings of signing in with an OpenID Connect provider.

use std::path::PathBuf;

use confique::Config;

use crate::config::{SettingsError, is_secure};

/// Signing in with the account of another system, by OpenID Connect.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Oidc {
    /// The provider, exactly as it names itself, such as `https://login.example/realms/shop`. Without
    /// it people sign in with their password only.
    #[config(env = "FRONTDESK_OIDC_ISSUER")]
    pub issuer: Option<String>,
    /// What this server is called at the provider.
    #[config(env = "FRONTDESK_OIDC_CLIENT_ID")]
    pub client_id: Option<String>,
    /// The secret that the provider gave to this server; none for a public client.
    #[config(env = "FRONTDESK_OIDC_CLIENT_SECRET")]
    pub client_secret: Option<String>,
    /// A file that holds the secret, instead of `client_secret`.
    #[config(env = "FRONTDESK_OIDC_CLIENT_SECRET_FILE")]
    pub client_secret_file: Option<PathBuf>,
    /// What is asked for beside `openid`.
    #[config(default = ["email", "profile"], env = "FRONTDESK_OIDC_SCOPES",
        parse_env = confique::env::parse::list_by_comma)]
    pub scopes: Vec<String>,
    /// Whether people without an account may come in; they get one. Else only those who have one.
    #[config(default = false, env = "FRONTDESK_OIDC_ADMIT_UNKNOWN")]
    pub admit_unknown: bool,
    /// The role of people who are new.
    #[config(default = "agent", env = "FRONTDESK_OIDC_ROLE")]
    pub role: String,
    /// The claim that names the role, a text or a list, such as `groups`, or a path such as
    /// `/realm_access/roles`. The first that is the id of a role counts, at each sign-in.
    #[config(env = "FRONTDESK_OIDC_ROLE_CLAIM")]
    pub role_claim: Option<String>,
    /// Whether addresses count of which the provider does not say that it has checked them. Only for
    /// a provider whose people cannot choose their address.
    #[config(default = false, env = "FRONTDESK_OIDC_TRUST_EMAIL")]
    pub trust_email: bool,
    /// What the button calls the provider; the provider's host when not set.
    #[config(env = "FRONTDESK_OIDC_LABEL")]
    pub label: Option<String>,
}

impl Oidc {
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let wrong =
            |key, message: &str| Err(SettingsError::Value { key, message: message.to_owned() });
        let Some(issuer) = &self.issuer else { return Ok(()) };
        if !is_secure(issuer) {
            return wrong("oidc.issuer", "must begin with https:// (http:// on this machine only)");
        }
        if self.client_id.as_deref().unwrap_or_default().is_empty() {
            return wrong("oidc.client_id", "must be set where oidc.issuer is");
        }
        if self.client_secret.is_some() && self.client_secret_file.is_some() {
            return wrong("oidc.client_secret_file", "must not be set beside oidc.client_secret");
        }
        self.secret().map(|_| ())
    }

    /// The secret, from wherever it stands.
    pub fn secret(&self) -> Result<Option<String>, SettingsError> {
        let Some(file) = &self.client_secret_file else { return Ok(self.client_secret.clone()) };
        let read = std::fs::read_to_string(file).map_err(|error| SettingsError::Value {
            key: "oidc.client_secret_file",
            message: format!("{} cannot be read: {error}", file.display()),
        })?;
        Ok(Some(read.trim().to_owned()))
    }

    /// What the button calls the provider; nothing where there is none.
    pub fn shown(&self) -> Option<String> {
        let issuer = self.issuer.as_ref()?;
        let host = issuer.split('/').nth(2).unwrap_or(issuer);
        Some(self.label.clone().unwrap_or_else(|| host.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_encrypted_providers_are_asked_but_for_this_machine() {
        for fine in ["https://login.example/a", "http://127.0.0.1:9/x", "http://localhost"] {
            assert!(is_secure(fine), "{fine}");
        }
        for bad in ["http://login.example", "http://localhost.example", "login.example", ""] {
            assert!(!is_secure(bad), "{bad}");
        }
    }
}
