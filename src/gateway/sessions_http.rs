//! One's own sessions over HTTP: where one is signed in, and ending what one does not know.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::session::SignedIn;

/// Where one is signed in, the session that asks first.
#[utoipa::path(get, path = "/api/v1/sessions", tag = "agents", security(("session" = [])),
    responses((status = 200, description = "`sessions` [{`id`, `device`, `address`, `started_at`, `seen_at`, `current`}]"),
        (status = 401, body = ErrorBody)))]
pub(super) async fn list(gate: web::Data<Gate>, agent: SignedIn) -> Result<HttpResponse, ApiError> {
    let own = gate.accounts.own_sessions(agent.id, agent.token()).await?;
    let sessions = own.iter().map(|one| {
        json!({
            "id": one.id, "device": one.device, "address": one.address,
            "started_at": one.started_at, "seen_at": one.seen_at, "current": one.is_current,
        })
    });
    Ok(HttpResponse::Ok().json(json!({ "sessions": sessions.collect::<Vec<_>>() })))
}

/// Ends one of one's own sessions, also the one that asks. It counts at once, also on open sockets.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", tag = "agents",
    params(("id" = String, Path)), security(("session" = [])),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn end(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    if gate.accounts.end_session(agent.id, &id, &agent.by()).await? {
        Ok(HttpResponse::NoContent().finish())
    } else {
        Err(ApiError::NotFound)
    }
}

/// Ends all of one's own sessions but the one that asks.
#[utoipa::path(delete, path = "/api/v1/sessions", tag = "agents", security(("session" = [])),
    responses((status = 200, description = "`ended`: how many"), (status = 401, body = ErrorBody)))]
pub(super) async fn end_others(
    gate: web::Data<Gate>,
    agent: SignedIn,
) -> Result<HttpResponse, ApiError> {
    let ended = gate.accounts.end_others(agent.id, agent.token(), &agent.by()).await?;
    Ok(HttpResponse::Ok().json(json!({ "ended": ended })))
}
