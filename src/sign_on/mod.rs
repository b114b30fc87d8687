//! Signing in with the account of another system: OpenID Connect's Authorization Code flow with PKCE
//! (RFC 7636), for any provider with a discovery document. It ends with who somebody is at the provider;
//! what that is worth here is decided by `accounts`.

mod claims;
mod http;
mod pending;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use openidconnect::core::{
    CoreClient, CoreClientAuthMethod, CoreIdToken, CoreJwsSigningAlgorithm, CoreProviderMetadata,
    CoreResponseType, CoreTokenResponse,
};
use openidconnect::{
    AuthType, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, ClientId,
    ClientSecret, CsrfToken, EndpointMaybeSet, EndpointNotSet, EndpointSet, IssuerUrl, Nonce,
    OAuth2TokenResponse, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, RequestTokenError,
    Scope, SignatureVerificationError, TokenResponse,
};
use serde_json::{Map, Value};

use crate::domain::{Clock, Timestamp};
use crate::sign_on::http::Asker;
use crate::sign_on::pending::{AllPending, Pending};

pub use claims::Person;

/// How long what the provider says about itself is believed.
const KEPT: Duration = Duration::from_hours(1);
/// By how much clocks may differ.
const SKEW: Duration = Duration::from_mins(1);
/// How old a token may be.
const OLDEST: Duration = Duration::from_mins(10);

/// Signatures that count. `none` and those made with the shared secret do not.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

type KnownClient = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// Why nobody comes in this way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignOnError {
    /// The provider is down, slow, or answers with something else.
    #[error("the provider does not answer as it should")]
    Unavailable,
    /// The provider, or the person there, said no.
    #[error("the provider refused")]
    Refused,
    /// Took too long, was used before, or was begun in another browser.
    #[error("this sign-in is over; begin again")]
    Expired,
    /// What the provider signed does not hold.
    #[error("what the provider sent cannot be trusted")]
    Invalid,
}

/// What a provider is asked with.
#[derive(Clone, Debug)]
pub struct ProviderSettings {
    /// As the provider names itself.
    pub issuer: String,
    /// What this server is called there.
    pub client_id: String,
    /// The secret that it was given; none for a public client.
    pub client_secret: Option<String>,
    /// What is asked for beside `openid`.
    pub scopes: Vec<String>,
    /// The claim that names the role.
    pub role_claim: Option<String>,
}

/// A sign-in that was begun.
pub struct Begun {
    /// Where the browser goes.
    pub url: String,
    /// What the browser keeps, for [`Provider::finish`].
    pub binding: String,
}

/// With what a browser comes back.
#[derive(Clone, Debug, Default)]
pub struct CameBack {
    /// The code to be exchanged.
    pub code: Option<String>,
    /// Which sign-in this is.
    pub state: Option<String>,
    /// Why there is no code.
    pub error: Option<String>,
    /// Who sends it (RFC 9207), where the provider says so.
    pub issuer: Option<String>,
    /// What the browser has kept.
    pub binding: Option<String>,
}

/// What the provider says about itself.
#[derive(Clone)]
struct Known {
    metadata: CoreProviderMetadata,
    since: Timestamp,
}

/// A provider.
pub struct Provider {
    settings: ProviderSettings,
    asker: Asker,
    clock: Arc<dyn Clock>,
    known: Mutex<Option<Known>>,
    pending: AllPending,
}

impl Provider {
    /// A provider, which is not asked yet.
    pub fn new(settings: ProviderSettings, clock: Arc<dyn Clock>) -> Self {
        let asker = Asker::new(settings.issuer.starts_with("http://"));
        Self { settings, asker, clock, known: Mutex::default(), pending: AllPending::default() }
    }

    /// How long a sign-in may take.
    pub const LASTS: Duration = pending::LASTS;

    /// Begins a sign-in that comes back to `redirect`.
    pub async fn begin(&self, redirect: &str) -> Result<Begun, SignOnError> {
        let client = self.client(&self.known(false).await?, redirect)?;
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let scopes = self.settings.scopes.iter().filter(|scope| *scope != "openid");
        let (url, state, nonce) = client
            .authorize_url(
                flow,
                || CsrfToken::new(pending::random()),
                || Nonce::new(pending::random()),
            )
            .add_scopes(scopes.cloned().map(Scope::new))
            .set_pkce_challenge(challenge)
            .url();
        let now = self.clock.now();
        let binding = pending::random();
        let begun = Pending {
            binding: binding.clone(),
            nonce: nonce.secret().clone(),
            verifier: verifier.secret().clone(),
            redirect: redirect.to_owned(),
            until: now.plus(pending::LASTS),
        };
        self.pending.put(state.secret().clone(), begun, now);
        Ok(Begun { url: url.into(), binding })
    }

    /// Ends a sign-in: who came back.
    pub async fn finish(&self, back: CameBack) -> Result<Person, SignOnError> {
        let (state, binding) = (back.state.unwrap_or_default(), back.binding.unwrap_or_default());
        let pending = self.pending.take(&state, &binding, self.clock.now());
        let pending = pending.ok_or(SignOnError::Expired)?;
        if back.issuer.is_some_and(|issuer| issuer != self.settings.issuer) {
            return Err(SignOnError::Invalid);
        }
        let Some(code) = back.code.filter(|_| back.error.is_none()) else {
            return Err(SignOnError::Refused);
        };
        let known = self.known(false).await?;
        let client = self.client(&known, &pending.redirect)?;
        let asked = client.exchange_code(AuthorizationCode::new(code)).map_err(unusable)?;
        let asked = asked.set_pkce_verifier(PkceCodeVerifier::new(pending.verifier));
        let answer = asked.request_async(&self.asker).await.map_err(|error| match error {
            RequestTokenError::ServerResponse(said) => {
                tracing::warn!(error = %said.error(), "the sign-in provider gives no token");
                SignOnError::Refused
            }
            other => unusable(other),
        })?;
        let nonce = Nonce::new(pending.nonce);
        let token = answer.id_token().ok_or(SignOnError::Invalid)?;
        let claims = match self.verified(&client, token, &nonce) {
            Err(ClaimsVerificationError::SignatureVerification(
                SignatureVerificationError::NoMatchingKey
                | SignatureVerificationError::CryptoError(_),
            )) => {
                // the keys may have changed since they were fetched
                let client = self.client(&self.known(true).await?, &pending.redirect)?;
                self.verified(&client, token, &nonce)
            }
            checked => checked,
        };
        let claims = claims.map_err(|error| {
            tracing::warn!(%error, "an ID token does not hold");
            SignOnError::Invalid
        })?;
        let claims = self.completed(claims, &client, &answer).await?;
        claims::person(&self.settings, &claims).ok_or(SignOnError::Invalid)
    }

    /// What a token says, if it holds.
    fn verified(
        &self,
        client: &KnownClient,
        token: &CoreIdToken,
        nonce: &Nonce,
    ) -> Result<Map<String, Value>, ClaimsVerificationError> {
        let now = self.clock.now();
        let at = |moment: Timestamp| chrono::DateTime::from_timestamp_millis(moment.0);
        let (lately, soon) = (at(Timestamp(now.0 - millis(SKEW))), at(now.plus(SKEW)));
        let oldest = at(Timestamp(now.0 - millis(OLDEST)));
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || lately.unwrap_or_default())
            .set_issue_time_verifier_fn(move |issued| {
                let is_fresh = Some(issued) >= oldest && Some(issued) <= soon;
                if is_fresh { Ok(()) } else { Err("it was issued at another time".to_owned()) }
            });
        token.claims(&verifier, nonce)?;
        claims::of_token(&token.to_string())
            .ok_or_else(|| ClaimsVerificationError::Other("it holds no object".to_owned()))
    }

    /// Asks for what the token does not say.
    async fn completed(
        &self,
        mut claims: Map<String, Value>,
        client: &KnownClient,
        answer: &CoreTokenResponse,
    ) -> Result<Map<String, Value>, SignOnError> {
        if claims::is_complete(&self.settings, &claims) {
            return Ok(claims);
        }
        let subject = claims.get("sub").and_then(Value::as_str).unwrap_or_default().to_owned();
        let subject = openidconnect::SubjectIdentifier::new(subject);
        let Ok(asked) = client.user_info(answer.access_token().clone(), Some(subject)) else {
            return Ok(claims); // it tells nothing else
        };
        let told: claims::Told = asked.request_async(&self.asker).await.map_err(unusable)?;
        let Ok(Value::Object(told)) = serde_json::to_value(&told) else {
            return Err(SignOnError::Unavailable);
        };
        claims::add(&mut claims, told);
        Ok(claims)
    }

    /// What the provider says about itself, with its keys.
    async fn known(&self, afresh: bool) -> Result<Known, SignOnError> {
        let now = self.clock.now();
        let kept = self.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = kept.filter(|known| !afresh && known.since.plus(KEPT) > now) {
            return Ok(known);
        }
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(unusable)?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.asker).await;
        let known = Known { metadata: metadata.map_err(unusable)?, since: now };
        *self.known.lock().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        Ok(known)
    }

    fn client(&self, known: &Known, redirect: &str) -> Result<KnownClient, SignOnError> {
        let redirect = RedirectUrl::new(redirect.to_owned()).map_err(unusable)?;
        let secret = self.settings.client_secret.clone().map(ClientSecret::new);
        let id = ClientId::new(self.settings.client_id.clone());
        let metadata = known.metadata.clone();
        let takes = metadata.token_endpoint_auth_methods_supported();
        // unless the provider says otherwise, it takes the secret in the header
        let in_header =
            takes.is_none_or(|takes| takes.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let way = if in_header { AuthType::BasicAuth } else { AuthType::RequestBody };
        let client = CoreClient::from_provider_metadata(metadata, id, secret);
        Ok(client.set_redirect_uri(redirect).set_auth_type(way))
    }
}

fn millis(duration: Duration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or(i64::MAX)
}

/// The cause stays in the server's log.
fn unusable(error: impl std::error::Error) -> SignOnError {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    tracing::warn!(error = text, "the sign-in provider does not answer as it should");
    SignOnError::Unavailable
}
