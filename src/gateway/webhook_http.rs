//! What admins do with the receivers of webhooks over HTTP.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::accounts::{Deed, Permission};
use crate::channels::{ChannelError, DeliveryId, DoorId, Endpoint, EndpointChange, EventType};
use crate::domain::Timestamp;
use crate::gateway::audited;
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::json::Json;
use crate::gateway::session::SignedIn;

/// How many attempts are shown when nobody says how many.
const SHOWN: usize = 50;

pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/webhooks", web::get().to(list))
        .route("/webhooks", web::post().to(add))
        .route("/webhooks/{id}", web::patch().to(change))
        .route("/webhooks/{id}", web::delete().to(remove))
        .route("/webhooks/{id}/secret", web::post().to(rotate))
        .route("/webhooks/{id}/test", web::post().to(test))
        .route("/webhooks/{id}/deliveries", web::get().to(deliveries))
        .route("/webhooks/{id}/deliveries/{delivery}/replay", web::post().to(replay));
}

/// A receiver to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct AddWebhook {
    /// Where it is.
    #[schema(example = "https://hooks.example/frontdesk")]
    url: String,
    /// What it is told; everything, when left out or empty.
    #[schema(example = json!(["message.created"]))]
    events: Option<Vec<String>>,
    /// Whether it is told anything now; it is, when left out.
    active: Option<bool>,
}

/// What is changed about a receiver; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeWebhook {
    url: Option<String>,
    events: Option<Vec<String>>,
    active: Option<bool>,
}

/// A receiver as admins see it.
#[derive(Serialize, ToSchema)]
pub(super) struct WebhookView {
    #[schema(value_type = String)]
    id: DoorId,
    url: String,
    #[schema(value_type = Vec<String>)]
    events: Vec<EventType>,
    active: bool,
    #[schema(value_type = i64)]
    created_at: Timestamp,
    /// Since when it is off because it answered that it is gone (410).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    gone_at: Option<Timestamp>,
    /// Shown once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<String>,
}

impl From<Endpoint> for WebhookView {
    fn from(endpoint: Endpoint) -> Self {
        let Endpoint { id, url, events, active, created_at, gone_at, .. } = endpoint;
        Self { id, url, events, active, created_at, gone_at, secret: None }
    }
}

impl WebhookView {
    fn with_secret(endpoint: Endpoint) -> Self {
        let secret = Some(endpoint.secret().as_str().to_owned());
        Self { secret, ..endpoint.into() }
    }
}

impl From<ChannelError> for ApiError {
    fn from(error: ChannelError) -> Self {
        let message = error.to_string();
        match error {
            ChannelError::Url(_) => Self::InvalidField { field: "url", message },
            ChannelError::Events(_) => Self::InvalidField { field: "events", message },
            ChannelError::Name => Self::InvalidField { field: "name", message },
            ChannelError::Deadline => Self::InvalidField { field: "deadline_seconds", message },
            ChannelError::TooMany => Self::Conflict("there are as many as there may be"),
            ChannelError::Unknown => Self::NotFound,
            ChannelError::Store => Self::NotReady,
        }
    }
}

fn door(id: &str) -> Result<DoorId, ApiError> {
    id.parse().map_err(|_| ApiError::NotFound)
}

/// All receivers, and what they can be told.
#[utoipa::path(get, path = "/api/v1/webhooks", tag = "webhooks", security(("session" = [])),
    responses((status = 200, body = [WebhookView]), (status = 403, body = ErrorBody)))]
pub(super) async fn list(gate: web::Data<Gate>, agent: SignedIn) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::WebhooksManage)?;
    let webhooks: Vec<WebhookView> =
        gate.webhooks.list().into_iter().map(WebhookView::from).collect();
    let body = json!({ "webhooks": webhooks, "event_types": EventType::ALL });
    Ok(HttpResponse::Ok().json(body))
}

/// Makes a receiver. Its secret is shown in this answer only.
#[utoipa::path(post, path = "/api/v1/webhooks", tag = "webhooks", request_body = AddWebhook,
    security(("session" = [])),
    responses((status = 201, body = WebhookView), (status = 400, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn add(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<AddWebhook>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::WebhooksManage)?;
    let AddWebhook { url, events, active } = body.0;
    let made = gate.webhooks.add(EndpointChange { url: Some(url), events, active }).await?;
    let act = audited::webhook(Deed::WebhookAdded, None, Some(&made));
    gate.accounts.note(&agent.by(), act).await?;
    tracing::info!(webhook.id = %made.id, agent.id = %agent.id, "a receiver of webhooks was made");
    Ok(HttpResponse::Created().json(WebhookView::with_secret(made)))
}

/// Changes a receiver. One that is switched on again is told of all that happened meanwhile.
#[utoipa::path(patch, path = "/api/v1/webhooks/{id}", tag = "webhooks",
    params(("id" = String, Path)), request_body = ChangeWebhook, security(("session" = [])),
    responses((status = 200, body = WebhookView), (status = 400, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn change(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
    body: Json<ChangeWebhook>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::WebhooksManage)?;
    let ChangeWebhook { url, events, active } = body.0;
    let id = door(&id)?;
    let before = gate.webhooks.get(id)?;
    let changed = gate.webhooks.change(id, EndpointChange { url, events, active }).await?;
    let act = audited::webhook(Deed::WebhookChanged, Some(&before), Some(&changed));
    gate.accounts.note(&agent.by(), act).await?;
    Ok(HttpResponse::Ok().json(WebhookView::from(changed)))
}

/// Removes a receiver with its log.
#[utoipa::path(delete, path = "/api/v1/webhooks/{id}", tag = "webhooks",
    params(("id" = String, Path)), security(("session" = [])),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn remove(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::WebhooksManage)?;
    let removed = gate.webhooks.get(door(&id)?)?;
    gate.webhooks.remove(removed.id).await?;
    let act = audited::webhook(Deed::WebhookRemoved, Some(&removed), None);
    gate.accounts.note(&agent.by(), act).await?;
    tracing::info!(webhook.id = %id, agent.id = %agent.id, "a receiver of webhooks was removed");
    Ok(HttpResponse::NoContent().finish())
}

/// Makes a fresh secret, shown in this answer only. For 24 hours messages carry both signatures.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/secret", tag = "webhooks",
    params(("id" = String, Path)), security(("session" = [])),
    responses((status = 200, body = WebhookView), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(super) async fn rotate(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::WebhooksManage)?;
    let changed = gate.webhooks.rotate(door(&id)?).await?;
    let act = audited::webhook(Deed::WebhookSecretRenewed, Some(&changed), Some(&changed));
    gate.accounts.note(&agent.by(), act).await?;
    Ok(HttpResponse::Ok().json(WebhookView::with_secret(changed)))
}

/// Sends a message of the type `webhook.test`, and answers with what became of it.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/test", tag = "webhooks",
    params(("id" = String, Path)), security(("session" = [])),
    responses((status = 200), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn test(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::WebhooksManage)?;
    Ok(HttpResponse::Ok().json(gate.webhooks.test(door(&id)?).await?))
}

/// Which part of the log.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Part {
    /// The `next` of the part before.
    before: Option<String>,
    /// How many attempts, 200 at most.
    limit: Option<usize>,
}

/// What was sent to a receiver: attempt by attempt, newest first.
#[utoipa::path(get, path = "/api/v1/webhooks/{id}/deliveries", tag = "webhooks",
    params(("id" = String, Path), Part), security(("session" = [])),
    responses((status = 200), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn deliveries(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
    part: web::Query<Part>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::WebhooksManage)?;
    let limit = part.limit.unwrap_or(SHOWN);
    let page = gate.webhooks.deliveries(door(&id)?, part.before.as_deref(), limit).await?;
    Ok(HttpResponse::Ok().json(page))
}

/// Sends an event once more, under the same name, and answers with what became of it.
#[utoipa::path(post, path = "/api/v1/webhooks/{id}/deliveries/{delivery}/replay", tag = "webhooks",
    params(("id" = String, Path), ("delivery" = String, Path)), security(("session" = [])),
    responses((status = 200), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn replay(
    gate: web::Data<Gate>,
    agent: SignedIn,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::WebhooksManage)?;
    let (id, delivery) = path.into_inner();
    let delivery: DeliveryId = delivery.parse().map_err(|_| ApiError::NotFound)?;
    let endpoint = gate.webhooks.get(door(&id)?)?;
    let act = audited::replayed(&endpoint, &delivery.to_string());
    let attempt = gate.webhooks.replay(endpoint.id, delivery).await?;
    gate.accounts.note(&agent.by(), act).await?;
    Ok(HttpResponse::Ok().json(attempt))
}
