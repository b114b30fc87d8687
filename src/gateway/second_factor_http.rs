//! The second factor over HTTP: one's own, and taking away a colleague's.

use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::Permission;
use crate::domain::AgentId;
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::json::Json;
use crate::gateway::session::SignedIn;

/// Shows that it is oneself.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Enrol {
    password: String,
}

/// A code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Code {
    #[schema(example = "492039")]
    code: String,
}

/// What an authenticator app needs. It is told this once.
#[derive(Serialize, ToSchema)]
pub(super) struct EnrolmentView {
    /// The secret in base 32, to be typed.
    secret: String,
    /// The same as an `otpauth:` address.
    url: String,
}

/// Codes for when the app is lost, each good once. They are told this once.
#[derive(Serialize, ToSchema)]
pub(super) struct RecoveryView {
    recovery_codes: Vec<String>,
}

/// Makes a secret for one's app. It counts from `confirm` on.
#[utoipa::path(post, path = "/api/v1/session/second_factor", tag = "agents", request_body = Enrol,
    security(("session" = [])),
    responses((status = 201, body = EnrolmentView), (status = 401, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(super) async fn enrol(
    request: HttpRequest,
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<Enrol>,
) -> Result<HttpResponse, ApiError> {
    gate.limits.sign_in(gate.address(&request))?;
    let enrolment = gate.accounts.enrol(agent.id, &body.0.password).await?;
    let view = EnrolmentView { secret: enrolment.secret, url: enrolment.url };
    Ok(HttpResponse::Created().json(view))
}

/// Turns the second factor on, by a first code of the app.
#[utoipa::path(post, path = "/api/v1/session/second_factor/confirm", tag = "agents",
    request_body = Code, security(("session" = [])),
    responses((status = 200, body = RecoveryView), (status = 401, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(super) async fn confirm(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<Code>,
) -> Result<HttpResponse, ApiError> {
    let codes = gate.accounts.confirm(agent.id, &body.0.code, &agent.by()).await?;
    Ok(HttpResponse::Ok().json(RecoveryView { recovery_codes: codes.0 }))
}

/// Gives up the second factor, with a code of it or a recovery code.
#[utoipa::path(post, path = "/api/v1/session/second_factor/give_up", tag = "agents",
    request_body = Code, security(("session" = [])),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn give_up(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<Code>,
) -> Result<HttpResponse, ApiError> {
    gate.accounts.give_up(agent.id, &body.0.code, &agent.by()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes a colleague's second factor away, who has lost app and recovery codes.
#[utoipa::path(delete, path = "/api/v1/agents/{id}/second_factor", tag = "agents",
    params(("id" = String, Path)), security(("session" = [])),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(super) async fn reset(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::AgentsManage)?;
    let id: AgentId = id.parse().map_err(|_| ApiError::NotFound)?;
    gate.accounts.reset_factor(id, &agent.by()).await?;
    Ok(HttpResponse::NoContent().finish())
}
