//! The audit log over HTTP. It can be read, and nothing else.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::accounts::Permission;
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::session::SignedIn;

/// Most entries of one answer.
const MOST: usize = 500;

/// Which entries.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Page {
    /// Entries after this number.
    #[serde(default)]
    after: u64,
    /// How many at most, 1 to 500.
    #[serde(default = "usual")]
    limit: usize,
}

fn usual() -> usize {
    100
}

/// Who did what, oldest first. `last` is the number of the last entry of all.
#[utoipa::path(get, path = "/api/v1/audit", tag = "agents", params(Page),
    security(("session" = [])),
    responses((status = 200), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(super) async fn audit(
    gate: web::Data<Gate>,
    agent: SignedIn,
    page: web::Query<Page>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::AuditRead)?;
    if !(1..=MOST).contains(&page.limit) {
        let message = format!("a number from 1 to {MOST}");
        return Err(ApiError::InvalidField { field: "limit", message });
    }
    let entries = gate.accounts.audit(page.after, page.limit).await?;
    let last = gate.accounts.last_audited().await;
    Ok(HttpResponse::Ok().json(json!({ "entries": entries, "last": last })))
}
