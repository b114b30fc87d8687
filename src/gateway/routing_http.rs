//! The desk's rules over HTTP: hours, who may be offered what, promised times.

use actix_web::{HttpResponse, ResponseError, web};
use serde_json::json;

use crate::accounts::{Act, Deed, Permission};
use crate::conversation::RulesRefused;
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::json::Json;
use crate::gateway::session::SignedIn;
use crate::handoff::RulesSpec;

/// The rules in use.
#[utoipa::path(get, path = "/api/v1/routing", tag = "agents", security(("session" = [])),
    responses((status = 200, body = RulesSpec), (status = 401, body = ErrorBody)))]
pub(super) async fn rules(gate: web::Data<Gate>, _agent: SignedIn) -> HttpResponse {
    HttpResponse::Ok().json(gate.conversations.rules().spec())
}

/// Changes the rules as a whole. With a mistake in any of them nothing changes.
#[utoipa::path(put, path = "/api/v1/routing", tag = "agents", request_body = RulesSpec,
    security(("session" = [])),
    responses((status = 200, body = RulesSpec), (status = 403, body = ErrorBody),
        (status = 422, description = "`invalid_rule`, with the field")))]
pub(super) async fn change(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<RulesSpec>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::RoutingManage)?;
    match gate.conversations.use_rules(body.0).await {
        Ok(rules) => {
            gate.accounts.note(&agent.by(), Act::new(Deed::RulesChanged, None)).await?;
            Ok(HttpResponse::Ok().json(rules.spec()))
        }
        Err(RulesRefused::Rule(error)) => Ok(HttpResponse::UnprocessableEntity().json(json!({
            "error": {"code": "invalid_rule", "field": error.field, "message": error.message},
        }))),
        Err(RulesRefused::Store) => Ok(ApiError::NotReady.error_response()),
    }
}
