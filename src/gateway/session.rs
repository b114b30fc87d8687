//! Agents' sessions in requests: a cookie that scripts cannot read and other sites cannot send.

use std::pin::Pin;

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use crate::accounts::{Account, Revocation, Role, SessionToken};
use crate::domain::AgentId;
use crate::gateway::error::ApiError;
use crate::gateway::gate::Gate;

const NAME: &str = "frontdesk_session";

/// An agent who is signed in; extracting one refuses everybody else.
pub(super) struct SignedIn {
    pub(super) id: AgentId,
    pub(super) name: String,
    pub(super) role: Role,
    pub(super) account: Account,
    token: SessionToken,
}

impl SignedIn {
    /// Tells when the session ends before its time.
    pub(super) fn watch_revocation(&self, gate: &Gate) -> Option<Revocation> {
        gate.accounts.watch(&self.token)
    }

    pub(super) fn token(&self) -> &SessionToken {
        &self.token
    }

    /// Whether this agent sees what others have, and may take it from them.
    pub(super) fn may_take_over(&self) -> bool {
        self.role == Role::Admin
    }

    /// Only admins pass.
    pub(super) fn require_admin(&self) -> Result<(), ApiError> {
        if self.role == Role::Admin { Ok(()) } else { Err(ApiError::Forbidden) }
    }
}

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let gate = request.app_data::<web::Data<Gate>>().cloned();
        let cookie = request.cookie(NAME).map(|cookie| cookie.value().to_owned());
        Box::pin(async move {
            let gate = gate.ok_or(ApiError::Internal)?;
            let token = SessionToken::parse(&cookie.ok_or(ApiError::Unauthorized)?);
            let token = token.ok_or(ApiError::Unauthorized)?;
            let account = gate.accounts.session(&token).await.map_err(|_| ApiError::NotReady)?;
            let account = account.ok_or(ApiError::Unauthorized)?;
            let (id, name, role) = (account.id, account.name.clone(), account.role);
            Ok(Self { id, name, role, account, token })
        })
    }
}

/// The cookie that carries a session.
pub(super) fn cookie(token: &str, gate: &Gate) -> Cookie<'static> {
    let is_https =
        gate.settings.server.public_url.as_ref().is_some_and(|url| url.starts_with("https:"));
    let hours = i64::try_from(gate.settings.agents.session_hours).unwrap_or(12);
    Cookie::build(NAME, token.to_owned())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(is_https)
        .max_age(time::Duration::hours(hours))
        .finish()
}

/// The cookie that takes a session away.
pub(super) fn no_cookie() -> Cookie<'static> {
    let mut cookie = Cookie::build(NAME, "").path("/").http_only(true).finish();
    cookie.make_removal();
    cookie
}
