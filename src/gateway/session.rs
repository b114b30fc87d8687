//! Agents' sessions in requests: a cookie that scripts cannot read and other sites cannot send.

use std::pin::Pin;

use actix_web::cookie::{Cookie, SameSite, time};
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};

use crate::accounts::{Account, Actor, By, Permission, Revocation, SessionToken};
use crate::conversation::View;
use crate::dialogue::Status;
use crate::domain::{AgentId, Seq};
use crate::gateway::error::ApiError;
use crate::gateway::gate::Gate;

const NAME: &str = "frontdesk_session";

/// An agent who is signed in; extracting one refuses everybody else.
pub(super) struct SignedIn {
    pub(super) id: AgentId,
    pub(super) name: String,
    /// The account as it was when the request came.
    pub(super) account: Account,
    gate: web::Data<Gate>,
    address: String,
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

    /// Whether the agent may do something, at this moment: sockets ask at every frame.
    pub(super) fn may(&self, permission: Permission) -> bool {
        self.gate.accounts.may(self.id, permission)
    }

    /// Only those pass who may do this at this moment.
    pub(super) fn require(&self, permission: Permission) -> Result<(), ApiError> {
        if self.may(permission) { Ok(()) } else { Err(ApiError::Forbidden) }
    }

    /// Whether the agent may read a conversation at this moment: any with the right to read all, else
    /// those that wait, their own, and where a colleague named them in a note. What they may not read looks as if it were not there.
    pub(super) fn sees(&self, view: &View) -> bool {
        let is_own = view.taken.as_ref().is_some_and(|taken| taken.agent == self.id);
        let is_named = view.triage.mentioned.contains_key(&self.id);
        let is_near = is_own || is_named || view.status == Status::Waiting;
        let may = self.may(Permission::ConversationsReadAll)
            || (is_near && self.may(Permission::ConversationsAnswer));
        may && view.last != Seq::ZERO
    }

    /// The name at this moment.
    pub(super) fn current_name(&self) -> String {
        let account = self.gate.accounts.account(self.id);
        account.map_or_else(|| self.name.clone(), |account| account.name)
    }

    /// Who acts, and from where, for the audit log.
    pub(super) fn by(&self) -> By {
        let actor = Actor::Agent { id: self.id, name: self.name.clone() };
        By { actor, address: self.address.clone() }
    }
}

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let gate = request.app_data::<web::Data<Gate>>().cloned();
        let cookie = request.cookie(NAME).map(|cookie| cookie.value().to_owned());
        let address = gate.as_ref().map(|gate| gate.address(request).key.to_string());
        let device = request.headers().get("user-agent").and_then(|agent| agent.to_str().ok());
        let device = device.unwrap_or_default().to_owned();
        Box::pin(async move {
            let gate = gate.ok_or(ApiError::Internal)?;
            let token = SessionToken::parse(&cookie.ok_or(ApiError::Unauthorized)?);
            let token = token.ok_or(ApiError::Unauthorized)?;
            let account = gate.accounts.session(&token).await.map_err(|_| ApiError::NotReady)?;
            let account = account.ok_or(ApiError::Unauthorized)?;
            let (id, name, address) =
                (account.id, account.name.clone(), address.unwrap_or_default());
            if let Err(error) = gate.accounts.seen(&token, &address, &device).await {
                tracing::warn!(%error, "when a session was used last cannot be kept");
            }
            Ok(Self { id, name, account, gate, address, token })
        })
    }
}

/// Whether browsers reach the server encrypted.
pub(super) fn is_https(gate: &Gate) -> bool {
    gate.settings.server.public_url.as_ref().is_some_and(|url| url.starts_with("https:"))
}

/// The cookie that carries a session.
pub(super) fn cookie(token: &str, gate: &Gate) -> Cookie<'static> {
    let hours = i64::try_from(gate.settings.agents.session_hours).unwrap_or(12);
    Cookie::build(NAME, token.to_owned())
        .path("/")
        .http_only(true)
        .same_site(SameSite::Strict)
        .secure(is_https(gate))
        .max_age(time::Duration::hours(hours))
        .finish()
}

/// The cookie that takes a session away.
pub(super) fn no_cookie() -> Cookie<'static> {
    let mut cookie = Cookie::build(NAME, "").path("/").http_only(true).finish();
    cookie.make_removal();
    cookie
}
