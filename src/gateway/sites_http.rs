//! Where the chat may be put, for those who write the tag that brings it.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::accounts::Permission;
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::session::SignedIn;

/// The server's own address as browsers see it, and the sites of the settings that may show the chat.
#[utoipa::path(get, path = "/api/v1/sites", tag = "agents", security(("session" = [])),
    responses((status = 200, description = "`url`, `origins`"), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub(super) async fn sites(
    gate: web::Data<Gate>,
    agent: SignedIn,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::WebhooksManage)?;
    let origins = &gate.settings.sites.origins;
    Ok(HttpResponse::Ok().json(json!({ "url": gate.own_url(), "origins": origins })))
}
