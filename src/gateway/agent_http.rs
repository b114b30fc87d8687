//! What agents and admins do over HTTP: set up, sign in and out, see colleagues, read a
//! conversation, reload the knowledge.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::accounts::{Account, AccountError, NewAccount, Role};
use crate::conversation::Command;
use crate::domain::{AgentId, ClientId, ConversationId, Event, Seq};
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::json::Json;
use crate::gateway::session::{self, SignedIn};
use crate::gateway::understand::has_api_key;

/// How many events one answer holds at most.
const PAGE: usize = 500;

/// The first admin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetUp {
    /// The one-time token that the server printed at its start.
    token: String,
    name: String,
    email: String,
    password: String,
}

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SignIn {
    email: String,
    password: String,
}

/// A colleague.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AddAgent {
    name: String,
    email: String,
    password: String,
    #[schema(value_type = String, example = "agent")]
    role: Role,
}

/// An agent as colleagues see them.
#[derive(Serialize, ToSchema)]
pub(super) struct AgentView {
    #[schema(value_type = String)]
    id: AgentId,
    name: String,
    email: String,
    #[schema(value_type = String)]
    role: Role,
}

impl From<Account> for AgentView {
    fn from(account: Account) -> Self {
        let Account { id, name, email, role, .. } = account;
        Self { id, name, email, role }
    }
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        let message = error.to_string();
        match error {
            AccountError::Name => Self::InvalidField { field: "name", message },
            AccountError::Email => Self::InvalidField { field: "email", message },
            AccountError::Password => Self::InvalidField { field: "password", message },
            AccountError::EmailTaken => {
                Self::Conflict("this e-mail address has an account already")
            }
            AccountError::WrongCredentials | AccountError::SetupToken => Self::Unauthorized,
            AccountError::SetupDone => Self::Conflict("there is an admin already"),
            AccountError::Unknown => Self::NotFound,
            AccountError::Store => Self::NotReady,
        }
    }
}

/// Whether the first admin is still to be created.
#[utoipa::path(get, path = "/api/v1/setup", tag = "agents", responses((status = 200)))]
pub(super) async fn setup_needed(gate: web::Data<Gate>) -> HttpResponse {
    HttpResponse::Ok().json(json!({ "needed": gate.accounts.needs_setup() }))
}

/// Creates the first admin and signs them in.
#[utoipa::path(post, path = "/api/v1/setup", tag = "agents", request_body = SetUp,
    responses((status = 201, body = AgentView), (status = 401, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(super) async fn set_up(
    request: HttpRequest,
    gate: web::Data<Gate>,
    body: Json<SetUp>,
) -> Result<HttpResponse, ApiError> {
    gate.limits.sign_in(gate.address(&request))?;
    let SetUp { token, name, email, password } = body.0;
    let new = NewAccount { name, email, password, role: Role::Admin };
    let (account, session) = gate.accounts.set_up(&token, new).await?;
    let cookie = session::cookie(session.as_str(), &gate);
    Ok(HttpResponse::Created().cookie(cookie).json(AgentView::from(account)))
}

/// Signs in.
#[utoipa::path(post, path = "/api/v1/session", tag = "agents", request_body = SignIn,
    responses((status = 200, body = AgentView), (status = 401, body = ErrorBody),
        (status = 429, body = ErrorBody)))]
pub(super) async fn sign_in(
    request: HttpRequest,
    gate: web::Data<Gate>,
    body: Json<SignIn>,
) -> Result<HttpResponse, ApiError> {
    gate.limits.sign_in(gate.address(&request))?;
    let (account, session) = gate.accounts.sign_in(&body.0.email, &body.0.password).await?;
    let cookie = session::cookie(session.as_str(), &gate);
    Ok(HttpResponse::Ok().cookie(cookie).json(AgentView::from(account)))
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/session", tag = "agents", security(("session" = [])),
    responses((status = 200, body = AgentView), (status = 401, body = ErrorBody)))]
pub(super) async fn who_am_i(agent: SignedIn) -> HttpResponse {
    HttpResponse::Ok().json(AgentView::from(agent.account))
}

/// Signs out; the session's sockets close.
#[utoipa::path(delete, path = "/api/v1/session", tag = "agents", security(("session" = [])),
    responses((status = 204), (status = 401, body = ErrorBody)))]
pub(super) async fn sign_out(
    gate: web::Data<Gate>,
    agent: SignedIn,
) -> Result<HttpResponse, ApiError> {
    gate.accounts.sign_out(agent.token()).await?;
    Ok(HttpResponse::NoContent().cookie(session::no_cookie()).finish())
}

/// All agents.
#[utoipa::path(get, path = "/api/v1/agents", tag = "agents", security(("session" = [])),
    responses((status = 200, body = [AgentView]), (status = 401, body = ErrorBody)))]
pub(super) async fn agents(
    gate: web::Data<Gate>,
    _agent: SignedIn,
) -> Result<HttpResponse, ApiError> {
    let agents: Vec<AgentView> =
        gate.accounts.list().await?.into_iter().map(AgentView::from).collect();
    Ok(HttpResponse::Ok().json(json!({ "agents": agents })))
}

/// Adds an agent.
#[utoipa::path(post, path = "/api/v1/agents", tag = "agents", request_body = AddAgent,
    security(("session" = [])),
    responses((status = 201, body = AgentView), (status = 403, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(super) async fn add_agent(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<AddAgent>,
) -> Result<HttpResponse, ApiError> {
    agent.require_admin()?;
    let AddAgent { name, email, password, role } = body.0;
    let account = gate.accounts.add(NewAccount { name, email, password, role }).await?;
    Ok(HttpResponse::Created().json(AgentView::from(account)))
}

/// Signs an agent out everywhere.
#[utoipa::path(delete, path = "/api/v1/agents/{id}/sessions", tag = "agents",
    params(("id" = String, Path)), security(("session" = [])),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn revoke_sessions(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id: AgentId = id.parse().map_err(|_| ApiError::NotFound)?;
    if id != agent.id {
        agent.require_admin()?;
    }
    gate.accounts.revoke_all(id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// From where to read.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Since {
    /// Events after this place.
    #[serde(default)]
    after: u64,
}

/// A conversation, with what only agents see.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/events", tag = "agents",
    params(("id" = String, Path), Since), security(("session" = [])),
    responses((status = 200), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn events(
    gate: web::Data<Gate>,
    _agent: SignedIn,
    id: web::Path<String>,
    from: web::Query<Since>,
) -> Result<HttpResponse, ApiError> {
    let conversation: ConversationId = id.parse().map_err(|_| ApiError::NotFound)?;
    let view = gate.conversations.view(conversation).await?;
    if view.last == Seq::ZERO {
        return Err(ApiError::NotFound);
    }
    let events: Vec<Event> = gate.conversations.read(conversation, Seq(from.after), PAGE).await?;
    let body = json!({ "events": events, "last": view.last, "status": view.status });
    Ok(HttpResponse::Ok().json(body))
}

/// Erases what was said in a conversation: every event loses its content, for good. On disk the bytes
/// go with the next `frontdesk compact`.
#[utoipa::path(delete, path = "/api/v1/conversations/{id}", tag = "agents",
    params(("id" = String, Path)), security(("session" = [])),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(super) async fn erase(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    agent.require_admin()?;
    let conversation: ConversationId = id.parse().map_err(|_| ApiError::NotFound)?;
    gate.customers.forget_conversation(conversation).await?;
    gate.conversations.submit(conversation, ClientId::of_desk(), Command::Erase).await?;
    tracing::info!(conversation.id = %conversation, agent.id = %agent.id, "a conversation was erased");
    Ok(HttpResponse::NoContent().finish())
}

/// Reads the knowledge again. With a mistake in any file nothing changes.
#[utoipa::path(post, path = "/api/v1/admin/reload", tag = "agents",
    security(("session" = []), ("api_key" = [])),
    responses((status = 200), (status = 403, body = ErrorBody), (status = 422)))]
pub(super) async fn reload(
    request: HttpRequest,
    gate: web::Data<Gate>,
    agent: Result<SignedIn, ApiError>,
) -> Result<HttpResponse, ApiError> {
    if !has_api_key(&request, &gate) {
        agent?.require_admin()?;
    }
    match gate.conversations.knowledge().reload(&gate.tasks).await {
        Ok(loaded) => Ok(HttpResponse::Ok().json(json!({
            "intents": loaded.intents,
            "entries": loaded.entries,
            "ms": u64::try_from(loaded.took.as_millis()).unwrap_or(u64::MAX),
        }))),
        Err(mistakes) => Ok(HttpResponse::UnprocessableEntity().json(json!({
            "error": {
                "code": "knowledge_mistakes",
                "message": "the knowledge has mistakes; the old stays in use",
            },
            "mistakes": mistakes.0,
        }))),
    }
}
