//! What a provider says about somebody, once it is known to be true.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::core::CoreGenderClaim;
use openidconnect::{AdditionalClaims, UserInfoClaims};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::sign_on::ProviderSettings;

/// Who somebody is at the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// Who, for ever: the provider with its own id.
    pub subject: String,
    /// The address, as it was told.
    pub email: Option<String>,
    /// Whether the provider has checked the address; it may not say.
    pub email_verified: Option<bool>,
    /// The name.
    pub name: Option<String>,
    /// What may name a role.
    pub roles: Vec<String>,
}

/// Claims beside the standard ones.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Rest {
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl AdditionalClaims for Rest {}

/// What the provider tells when it is asked about somebody.
pub(super) type Told = UserInfoClaims<Rest, CoreGenderClaim>;

/// The claims of a token whose signature was checked.
pub(super) fn of_token(token: &str) -> Option<Map<String, Value>> {
    let bytes = URL_SAFE_NO_PAD.decode(token.split('.').nth(1)?).ok()?;
    serde_json::from_slice(&bytes).ok()
}

/// Whether a token says all that is needed.
pub(super) fn is_complete(settings: &ProviderSettings, claims: &Map<String, Value>) -> bool {
    let has_role = settings.role_claim.as_ref().is_none_or(|name| claim(claims, name).is_some());
    claims.contains_key("email") && claims.contains_key("name") && has_role
}

/// Adds what was told beside the token. An address and whether it was checked come from one place.
pub(super) fn add(claims: &mut Map<String, Value>, mut told: Map<String, Value>) {
    if claims.contains_key("email") {
        told.remove("email_verified");
    } else {
        claims.remove("email_verified");
    }
    for (name, value) in told {
        claims.entry(name).or_insert(value);
    }
}

/// Who it is.
pub(super) fn person(settings: &ProviderSettings, claims: &Map<String, Value>) -> Option<Person> {
    let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
    let roles = settings.role_claim.as_ref().and_then(|name| claim(claims, name));
    Some(Person {
        subject: format!("{} {}", settings.issuer, text("sub")?),
        email: text("email"),
        email_verified: match claims.get("email_verified") {
            Some(Value::Bool(is)) => Some(*is),
            Some(Value::String(is)) => Some(is == "true"),
            _ => None,
        },
        name: text("name").or_else(|| text("preferred_username")),
        roles: match roles {
            Some(Value::String(role)) => vec![role],
            Some(Value::Array(roles)) => {
                roles.iter().filter_map(|role| role.as_str().map(str::to_owned)).collect()
            }
            _ => Vec::new(),
        },
    })
}

/// A claim by its name, or by a path (RFC 6901).
fn claim(claims: &Map<String, Value>, name: &str) -> Option<Value> {
    if name.starts_with('/') {
        Value::Object(claims.clone()).pointer(name).cloned()
    } else {
        claims.get(name).cloned()
    }
}
