//! Bots over HTTP: what admins do with them, and what they do themselves, in the form of the few REST
//! calls that Chatwoot's agent bots make.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::accounts::{Deed, Permission};
use crate::channels::chatwoot::{ACCOUNT, CallError, MessageCall, StatusCall, Wish};
use crate::channels::{Bot, BotChange, NewBot};
use crate::conversation::{BotSaid, Command};
use crate::domain::{ClientId, ConversationId, DoorId, Timestamp};
use crate::gateway::audited;
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::json::Json;
use crate::gateway::session::SignedIn;

const TOKEN: &str = "api_access_token";

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/bots", web::get().to(list))
        .route("/bots", web::post().to(add))
        .route("/bots/{id}", web::patch().to(change))
        .route("/bots/{id}", web::delete().to(remove))
        .route("/accounts/{account}/conversations/{id}/messages", web::post().to(say))
        .route("/accounts/{account}/conversations/{id}/toggle_status", web::post().to(toggle));
}

/// A bot to be made, or what is changed about one; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct BotBody {
    name: Option<String>,
    #[schema(example = "https://bot.example/frontdesk")]
    url: Option<String>,
    /// How many seconds it may take to answer: 1 to 3600; 30 when left out.
    deadline_seconds: Option<u64>,
    /// Whether it answers new conversations in place of the built-in answers.
    in_use: Option<bool>,
}

impl From<BotBody> for BotChange {
    fn from(body: BotBody) -> Self {
        let BotBody { name, url, deadline_seconds, in_use } = body;
        Self { name, url, deadline_seconds, in_use }
    }
}

/// A bot as admins see it.
#[derive(Serialize, ToSchema)]
pub(super) struct BotView {
    #[schema(value_type = String)]
    id: DoorId,
    name: String,
    url: String,
    deadline_seconds: u64,
    in_use: bool,
    #[schema(value_type = i64)]
    created_at: Timestamp,
    /// What signs what it is told; shown once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
    /// What it sends as `api_access_token`; shown once.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
}

impl From<Bot> for BotView {
    fn from(bot: Bot) -> Self {
        let in_use = bot.in_use_since.is_some();
        let Bot { id, name, url, deadline_seconds, created_at, .. } = bot;
        Self { id, name, url, deadline_seconds, in_use, created_at, secret: None, token: None }
    }
}

impl From<NewBot> for BotView {
    fn from(NewBot { bot, secret, token }: NewBot) -> Self {
        Self { secret: Some(secret), token: Some(token), ..bot.into() }
    }
}

impl From<CallError> for ApiError {
    fn from(error: CallError) -> Self {
        Self::InvalidField { field: error.field, message: error.message.to_owned() }
    }
}

/// All bots.
#[utoipa::path(get, path = "/api/v1/bots", tag = "bots", security(("session" = [])),
    responses((status = 200, body = [BotView]), (status = 403, body = ErrorBody)))]
pub(super) async fn list(gate: web::Data<Gate>, agent: SignedIn) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::WebhooksManage)?;
    let bots: Vec<BotView> = gate.bots.list().into_iter().map(BotView::from).collect();
    Ok(HttpResponse::Ok().json(json!({ "bots": bots })))
}

/// Makes a bot. Its secret and its token are shown in this answer only.
#[utoipa::path(post, path = "/api/v1/bots", tag = "bots", request_body = BotBody,
    security(("session" = [])),
    responses((status = 201, body = BotView), (status = 400, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn add(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<BotBody>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::WebhooksManage)?;
    let made = gate.bots.add(body.0.into()).await?;
    let act = audited::bot(Deed::BotAdded, None, Some(&made.bot));
    gate.accounts.note(&agent.by(), act).await?;
    tracing::info!(bot.id = %made.bot.id, agent.id = %agent.id, "a bot was made");
    Ok(HttpResponse::Created().json(BotView::from(made)))
}

/// Changes a bot. One that is put to use takes the place of another.
#[utoipa::path(patch, path = "/api/v1/bots/{id}", tag = "bots", params(("id" = String, Path)),
    request_body = BotBody, security(("session" = [])),
    responses((status = 200, body = BotView), (status = 400, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn change(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
    body: Json<BotBody>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::WebhooksManage)?;
    let id: DoorId = id.parse().map_err(|_| ApiError::NotFound)?;
    let before = gate.bots.list().into_iter().find(|bot| bot.id == id);
    let bot = gate.bots.change(id, body.0.into()).await?;
    let act = audited::bot(Deed::BotChanged, before.as_ref(), Some(&bot));
    gate.accounts.note(&agent.by(), act).await?;
    Ok(HttpResponse::Ok().json(BotView::from(bot)))
}

/// Removes a bot; its conversations go on with the built-in answers.
#[utoipa::path(delete, path = "/api/v1/bots/{id}", tag = "bots", params(("id" = String, Path)),
    security(("session" = [])),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn remove(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::WebhooksManage)?;
    let door: DoorId = id.parse().map_err(|_| ApiError::NotFound)?;
    let removed = gate.bots.list().into_iter().find(|bot| bot.id == door);
    gate.bots.remove(door).await?;
    let act = audited::bot(Deed::BotRemoved, removed.as_ref(), None);
    gate.accounts.note(&agent.by(), act).await?;
    tracing::info!(bot.id = %id, agent.id = %agent.id, "a bot was removed");
    Ok(HttpResponse::NoContent().finish())
}

/// The bot that calls, if one does.
pub(super) fn calling(gate: &Gate, request: &HttpRequest) -> Option<Bot> {
    let token = request.headers().get(TOKEN).and_then(|token| token.to_str().ok());
    token.and_then(|token| gate.bots.by_token(token))
}

/// The bot that calls, and the conversation that it names.
fn caller(
    gate: &Gate,
    request: &HttpRequest,
    (account, id): &(String, String),
) -> Result<(Bot, ConversationId), ApiError> {
    let bot = calling(gate, request).ok_or(ApiError::Unauthorized)?;
    let conversation = id.parse().ok().filter(|_| account == ACCOUNT).ok_or(ApiError::NotFound)?;
    Ok((bot, conversation))
}

/// A bot speaks. Once the conversation is no longer its own, it is told so (409 `not_with_bot`).
#[utoipa::path(post, path = "/api/v1/accounts/{account}/conversations/{id}/messages", tag = "bots",
    params(("account" = String, Path), ("id" = String, Path)), security(("bot" = [])),
    responses((status = 200), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn say(
    request: HttpRequest,
    gate: web::Data<Gate>,
    path: web::Path<(String, String)>,
    body: Json<MessageCall>,
) -> Result<HttpResponse, ApiError> {
    let (bot, conversation) = caller(&gate, &request, &path)?;
    let spoken = body.0.spoken()?;
    let text = gate
        .text(&spoken.content)
        .map_err(|error| ApiError::InvalidField { field: "content", message: error.to_string() })?;
    let client_id = message_id(body.0.echo_id.as_deref())?;
    let said = BotSaid { bot: bot.id, text, choices: spoken.choices };
    let accepted =
        gate.conversations.submit(conversation, client_id, Command::BotSay(said)).await?;
    Ok(HttpResponse::Ok().json(json!({
        "id": accepted.seq, "content": spoken.content.trim(), "conversation_id": conversation,
        "message_type": 1, "content_type": "text", "private": false,
        "created_at": gate.clock.now().0.div_euclid(1_000),
        "sender": { "id": bot.id, "name": bot.name, "type": "agent_bot" },
    })))
}

fn message_id(echo_id: Option<&str>) -> Result<ClientId, ApiError> {
    let Some(echo_id) = echo_id else { return Ok(ClientId::of_desk()) };
    let message = "1 to 54 printable ASCII characters".to_owned();
    let id = ClientId::of_bot_message(echo_id);
    id.map_err(|_| ApiError::InvalidField { field: "echo_id", message })
}

/// A bot hands over to a human (`open`), or says that it keeps the conversation (`pending`).
#[utoipa::path(post, path = "/api/v1/accounts/{account}/conversations/{id}/toggle_status",
    tag = "bots", params(("account" = String, Path), ("id" = String, Path)),
    security(("bot" = [])),
    responses((status = 200), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn toggle(
    request: HttpRequest,
    gate: web::Data<Gate>,
    path: web::Path<(String, String)>,
    body: Json<StatusCall>,
) -> Result<HttpResponse, ApiError> {
    let (bot, conversation) = caller(&gate, &request, &path)?;
    let status = match body.0.wish()? {
        Wish::Human => {
            let command = Command::BotHandOver { bot: bot.id, missed: None };
            gate.conversations.submit(conversation, ClientId::of_desk(), command).await?;
            "open"
        }
        Wish::Keep => {
            gate.conversations.check_bot(conversation, bot.id).await?;
            "pending"
        }
    };
    Ok(HttpResponse::Ok().json(json!({
        "meta": {},
        "payload": { "success": true, "current_status": status, "conversation_id": conversation },
    })))
}
