//! Signed identity tokens: the site's own server says who its visitor is, as a JSON Web Token signed
//! with HS256 (RFC 7519, RFC 7515). One algorithm is known, so that none can be talked into another.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Map, Value};
use sha2::Sha256;

use crate::domain::Timestamp;

/// Longest token.
const TOKEN_BYTES: usize = 8 * 1024;
/// How far ahead a token may expire.
const LONGEST: Duration = Duration::from_hours(24);
/// By how much the site's clock may be ahead of ours.
const LEEWAY: Duration = Duration::from_mins(1);

/// Why a token says nothing about anybody.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// The settings have no secret.
    #[error("this server has no `identity.secrets` and takes no identity tokens")]
    NotConfigured,
    /// It is not a JSON Web Token.
    #[error("the identity token is not a JSON Web Token")]
    Malformed,
    /// It is signed in another way, or not at all.
    #[error("the identity token must be signed with HS256")]
    Algorithm,
    /// No secret of the settings has signed it.
    #[error("the identity token's signature is wrong")]
    Signature,
    /// Its time is over.
    #[error("the identity token has expired")]
    Expired,
    /// A claim is missing or wrong.
    #[error("the identity token's claim `{claim}`: {message}")]
    Claim {
        /// Which.
        claim: &'static str,
        /// What is wrong.
        message: &'static str,
    },
}

/// What a token says.
#[derive(Debug)]
pub(super) struct Claims {
    /// The site's own id of the customer.
    pub(super) subject: String,
    /// Everything.
    pub(super) all: Map<String, Value>,
}

/// Checks tokens with the secrets of the settings, any of which may have signed.
#[derive(Default)]
pub struct TokenCheck {
    keys: Vec<Hmac<Sha256>>,
    audience: Option<String>,
}

impl TokenCheck {
    /// A check with these secrets; `audience` is demanded where there is one.
    pub fn new(secrets: &[String], audience: Option<String>) -> Self {
        let keys = secrets.iter().map(|secret| Hmac::new_from_slice(secret.as_bytes()));
        Self { keys: keys.filter_map(Result::ok).collect(), audience }
    }

    /// What a token says, when it may be believed.
    pub(super) fn check(&self, token: &str, now: Timestamp) -> Result<Claims, IdentityError> {
        if self.keys.is_empty() {
            return Err(IdentityError::NotConfigured);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(IdentityError::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(IdentityError::Malformed)?;
        if token.len() > TOKEN_BYTES || payload.contains('.') {
            return Err(IdentityError::Malformed);
        }
        let header = object(header)?;
        let is_plain = header.get("alg") == Some(&Value::from("HS256"));
        if !is_plain || header.contains_key("crit") {
            return Err(IdentityError::Algorithm);
        }
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| IdentityError::Malformed)?;
        let fits = |key: &Hmac<Sha256>| {
            let mut mac = key.clone();
            mac.update(signed.as_bytes());
            mac.verify_slice(&signature).is_ok()
        };
        if !self.keys.iter().any(fits) {
            return Err(IdentityError::Signature);
        }
        let all = object(payload)?;
        check_times(&all, now)?;
        self.check_audience(&all)?;
        let subject = all.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned();
        Ok(Claims { subject, all })
    }

    fn check_audience(&self, claims: &Map<String, Value>) -> Result<(), IdentityError> {
        let Some(wanted) = self.audience.as_deref() else { return Ok(()) };
        let is_meant = match claims.get("aud") {
            Some(Value::String(one)) => one == wanted,
            Some(Value::Array(several)) => several.iter().any(|one| one == wanted),
            _ => false,
        };
        let wrong = IdentityError::Claim { claim: "aud", message: "is not `identity.audience`" };
        if is_meant { Ok(()) } else { Err(wrong) }
    }
}

fn object(part: &str) -> Result<Map<String, Value>, IdentityError> {
    let bytes = URL_SAFE_NO_PAD.decode(part).map_err(|_| IdentityError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| IdentityError::Malformed)
}

fn check_times(claims: &Map<String, Value>, now: Timestamp) -> Result<(), IdentityError> {
    let wrong = |claim, message| Err(IdentityError::Claim { claim, message });
    let expires = moment(claims, "exp")?;
    if expires <= now {
        return Err(IdentityError::Expired);
    }
    if expires > now.plus(LONGEST) {
        return wrong("exp", "lies more than 24 hours ahead");
    }
    if moment(claims, "iat")? > now.plus(LEEWAY) {
        return wrong("iat", "lies in the future");
    }
    if claims.contains_key("nbf") && moment(claims, "nbf")? > now.plus(LEEWAY) {
        return wrong("nbf", "lies in the future");
    }
    Ok(())
}

/// A moment in seconds since the Unix epoch, which must be there.
fn moment(claims: &Map<String, Value>, claim: &'static str) -> Result<Timestamp, IdentityError> {
    let seconds = claims.get(claim).and_then(Value::as_f64).filter(|s| (0.0..1e12).contains(s));
    let message = "must be there, in seconds since the Unix epoch";
    let seconds = seconds.ok_or(IdentityError::Claim { claim, message })?;
    Ok(Timestamp::default().plus(Duration::from_secs_f64(seconds)))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use serde_json::json;

    pub(in crate::customers) const SECRET: &str = "a secret of at least 32 characters";
    const NOW: Timestamp = Timestamp(1_000_000_000);

    pub(in crate::customers) fn sign(secret: &str, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(header), part(claims));
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).unwrap();
        mac.update(signed.as_bytes());
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
    }

    fn check(token: &str) -> Result<Claims, IdentityError> {
        let older = "the secret that was in use before this one".to_owned();
        TokenCheck::new(&[older, SECRET.to_owned()], None).check(token, NOW)
    }

    fn with(claims: &Value) -> String {
        sign(SECRET, &json!({"alg": "HS256", "typ": "JWT"}), claims)
    }

    #[test]
    fn a_token_in_the_form_of_the_standard_is_read() {
        // RFC 7515, appendix A.1: header, claims and signature as they stand there
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let key = URL_SAFE_NO_PAD
            .decode("AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow")
            .unwrap();
        let keys = vec![Hmac::new_from_slice(&key).unwrap()];
        let check = TokenCheck { keys, audience: None };
        let error = check.check(token, Timestamp(1_300_819_000_000)).unwrap_err();
        // the signature holds; what is missing is our own demand
        assert!(matches!(error, IdentityError::Claim { claim: "iat", .. }), "{error}");
    }

    #[test]
    fn any_secret_of_the_list_may_have_signed() {
        let claims =
            check(&with(&json!({"sub": "c-1", "iat": 999_999, "exp": 1_000_060}))).unwrap();
        assert_eq!(claims.subject, "c-1");
    }

    #[test]
    fn what_may_not_be_believed_is_refused() {
        let good = json!({"sub": "c-1", "iat": 1_000_000, "exp": 1_000_060});
        let none = format!(
            "{}.",
            sign(SECRET, &json!({"alg": "none"}), &good).rsplit_once('.').unwrap().0
        );
        let foreign =
            sign("another secret of 32 characters or more", &json!({"alg": "HS256"}), &good);
        let (signed, signature) = foreign.rsplit_once('.').unwrap();
        for (token, expected) in [
            (none, IdentityError::Algorithm),
            (sign(SECRET, &json!({"alg": "HS512"}), &good), IdentityError::Algorithm),
            (sign(SECRET, &json!({"alg": "RS256"}), &good), IdentityError::Algorithm),
            (
                sign(SECRET, &json!({"alg": "HS256", "crit": ["x"]}), &good),
                IdentityError::Algorithm,
            ),
            (format!("{signed}.{signature}"), IdentityError::Signature),
            (format!("{signed}."), IdentityError::Signature),
            (format!("{signed}.a.b"), IdentityError::Malformed),
            ("nonsense".to_owned(), IdentityError::Malformed),
            (String::new(), IdentityError::Malformed),
            (
                with(&json!({"sub": "c-1", "iat": 999_000, "exp": 1_000_000})),
                IdentityError::Expired,
            ),
        ] {
            assert_eq!(check(&token).unwrap_err(), expected, "{token}");
        }
        let nobody = TokenCheck::default().check(&with(&good), NOW);
        assert_eq!(nobody.unwrap_err(), IdentityError::NotConfigured);
    }

    #[test]
    fn a_wrong_claim_is_named() {
        for (claims, claim) in [
            (json!({"sub": "c-1", "iat": 1_000_000}), "exp"),
            (json!({"sub": "c-1", "exp": "soon", "iat": 1_000_000}), "exp"),
            (json!({"sub": "c-1", "exp": 1_086_401, "iat": 1_000_000}), "exp"),
            (json!({"sub": "c-1", "exp": 1_000_060}), "iat"),
            (json!({"sub": "c-1", "exp": 1_000_060, "iat": 1_000_061}), "iat"),
            (json!({"sub": "c-1", "exp": 1_000_060, "iat": 1_000_000, "nbf": 1_000_061}), "nbf"),
        ] {
            let error = check(&with(&claims)).unwrap_err();
            assert!(error.to_string().contains(&format!("`{claim}`")), "{claims}: {error}");
        }
    }

    #[test]
    fn an_audience_of_the_settings_is_demanded() {
        let check = TokenCheck::new(&[SECRET.to_owned()], Some("desk".to_owned()));
        let token =
            |aud: Value| with(&json!({"sub": "c", "iat": 1_000_000, "exp": 1_000_060, "aud": aud}));
        assert!(check.check(&token(json!("desk")), NOW).is_ok());
        assert!(check.check(&token(json!(["shop", "desk"])), NOW).is_ok());
        let error = check.check(&token(json!("shop")), NOW).unwrap_err();
        assert!(matches!(error, IdentityError::Claim { claim: "aud", .. }), "{error}");
    }
}
