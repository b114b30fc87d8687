//! What agents do over HTTP: set up, sign in and out, read or erase a conversation, reload the
//! knowledge. Colleagues, teams and roles stand in `people_http`.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::accounts::{
    Account, AccountChange, Act, Actor, By, Credentials, Deed, NewAccount, Object, Permission,
    Permissions, RoleId,
};
use crate::conversation::Command;
use crate::dialogue::Status;
use crate::domain::{ClientId, ConversationId, Event, HandoffCard, Seq};
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::json::Json;
use crate::gateway::people_http::AgentView;
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
    /// A code of the second factor, or a recovery code, where there is one.
    code: Option<String>,
}

/// Who is signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionView {
    #[serde(flatten)]
    agent: AgentView,
    /// What they may do.
    #[schema(value_type = Vec<String>, example = json!(["conversations.answer"]))]
    permissions: Permissions,
}

impl SessionView {
    fn of(gate: &Gate, account: Account) -> Self {
        let permissions = gate.accounts.permissions(account.id);
        Self { agent: AgentView::of(account, true), permissions }
    }
}

/// Whether the first admin is still to be created, and what the sign-in provider is called (`null`
/// where there is none).
#[utoipa::path(get, path = "/api/v1/setup", tag = "agents", responses((status = 200)))]
pub(super) async fn setup_needed(gate: web::Data<Gate>) -> HttpResponse {
    let oidc = gate.settings.oidc.shown();
    HttpResponse::Ok().json(json!({ "needed": gate.accounts.needs_setup(), "oidc": oidc }))
}

/// Creates the first admin and signs them in.
#[utoipa::path(post, path = "/api/v1/setup", tag = "agents", request_body = SetUp,
    responses((status = 201, body = SessionView), (status = 401, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(super) async fn set_up(
    request: HttpRequest,
    gate: web::Data<Gate>,
    body: Json<SetUp>,
) -> Result<HttpResponse, ApiError> {
    let address = gate.address(&request);
    gate.limits.sign_in(address)?;
    let SetUp { token, name, email, password } = body.0;
    let with = AccountChange::default();
    let new = NewAccount { name, email, password, role: RoleId::admin(), with };
    let (account, session) = gate.accounts.set_up(&token, new, &address.key.to_string()).await?;
    let cookie = session::cookie(session.as_str(), &gate);
    Ok(HttpResponse::Created().cookie(cookie).json(SessionView::of(&gate, account)))
}

/// Signs in. With a second factor and without `code` the refusal is `second_factor_required`.
#[utoipa::path(post, path = "/api/v1/session", tag = "agents", request_body = SignIn,
    responses((status = 200, body = SessionView), (status = 401, body = ErrorBody),
        (status = 429, body = ErrorBody)))]
pub(super) async fn sign_in(
    request: HttpRequest,
    gate: web::Data<Gate>,
    body: Json<SignIn>,
) -> Result<HttpResponse, ApiError> {
    let address = gate.address(&request);
    gate.limits.sign_in(address)?;
    let SignIn { email, password, code } = body.0;
    let credentials = Credentials { email, password, code };
    let (account, session) = gate.accounts.sign_in(credentials, &address.key.to_string()).await?;
    let cookie = session::cookie(session.as_str(), &gate);
    Ok(HttpResponse::Ok().cookie(cookie).json(SessionView::of(&gate, account)))
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/session", tag = "agents", security(("session" = [])),
    responses((status = 200, body = SessionView), (status = 401, body = ErrorBody)))]
pub(super) async fn who_am_i(gate: web::Data<Gate>, agent: SignedIn) -> HttpResponse {
    HttpResponse::Ok().json(SessionView::of(&gate, agent.account))
}

/// Signs out; the session's sockets close.
#[utoipa::path(delete, path = "/api/v1/session", tag = "agents", security(("session" = [])),
    responses((status = 204), (status = 401, body = ErrorBody)))]
pub(super) async fn sign_out(
    gate: web::Data<Gate>,
    agent: SignedIn,
) -> Result<HttpResponse, ApiError> {
    gate.accounts.sign_out(agent.token(), &agent.by()).await?;
    Ok(HttpResponse::NoContent().cookie(session::no_cookie()).finish())
}

/// From where to read.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Since {
    /// Events after this place.
    #[serde(default)]
    after: u64,
}

/// A conversation as agents see it.
#[derive(Serialize)]
struct Told {
    events: Vec<Event>,
    last: Seq,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    handoff: Option<Box<HandoffCard>>,
}

/// A conversation, with what only agents see.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/events", tag = "agents",
    params(("id" = String, Path), Since), security(("session" = [])),
    responses((status = 200), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn events(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
    from: web::Query<Since>,
) -> Result<HttpResponse, ApiError> {
    let conversation: ConversationId = id.parse().map_err(|_| ApiError::NotFound)?;
    let view = gate.conversations.view(conversation).await?;
    if !agent.sees(&view) {
        return Err(ApiError::NotFound);
    }
    let events: Vec<Event> = gate.conversations.read(conversation, Seq(from.after), PAGE).await?;
    let (last, status, handoff) = (view.last, view.status, view.card);
    Ok(HttpResponse::Ok().json(Told { events, last, status, handoff }))
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
    agent.require(Permission::ConversationsErase)?;
    let conversation: ConversationId = id.parse().map_err(|_| ApiError::NotFound)?;
    gate.attachments.forget(conversation).await?;
    gate.customers.forget_conversation(conversation).await?;
    gate.conversations.submit(conversation, ClientId::of_desk(), Command::Erase).await?;
    gate.drafts.forget(conversation).await?;
    let act = Act::new(
        Deed::ConversationErased,
        Some(Object::new("conversation", conversation.to_string())),
    );
    gate.accounts.note(&agent.by(), act).await?;
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
    let by = if has_api_key(&request, &gate) {
        By { actor: Actor::ApiKey, address: gate.address(&request).key.to_string() }
    } else {
        let agent = agent?;
        agent.require(Permission::KnowledgeReload)?;
        agent.by()
    };
    match gate.conversations.knowledge().reload(&gate.tasks).await {
        Ok(loaded) => {
            gate.accounts.note(&by, Act::new(Deed::KnowledgeReloaded, None)).await?;
            Ok(HttpResponse::Ok().json(json!({
                "intents": loaded.intents,
                "entries": loaded.entries,
                "ms": u64::try_from(loaded.took.as_millis()).unwrap_or(u64::MAX),
            })))
        }
        Err(mistakes) => Ok(HttpResponse::UnprocessableEntity().json(json!({
            "error": {
                "code": "knowledge_mistakes",
                "message": "the knowledge has mistakes; the old stays in use",
            },
            "mistakes": mistakes.0,
        }))),
    }
}
