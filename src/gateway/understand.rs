//! `POST /api/v1/understand`: what the server makes of a text, for integrators and for tests.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use jiff::civil::Date;
use serde::Deserialize;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use crate::domain::Reading;
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::json::Json;
use crate::understanding::Asked;

/// A text to read.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Understand {
    /// The text.
    #[schema(example = "where is my parcel?")]
    text: String,
    /// The day of the person who wrote it, from which "tomorrow" is counted; the server's when left
    /// out.
    #[schema(example = "2026-11-25")]
    today: Option<String>,
}

/// Reads a text: language, intent, category, urgency, what it names, and the FAQ entries that may
/// answer it.
#[utoipa::path(post, path = "/api/v1/understand", tag = "integrators", request_body = Understand,
    security((), ("api_key" = [])),
    responses((status = 200, body = Reading), (status = 401, body = ErrorBody),
        (status = 422, body = ErrorBody), (status = 429, body = ErrorBody)))]
pub(super) async fn understand(
    request: HttpRequest,
    gate: web::Data<Gate>,
    body: Json<Understand>,
) -> Result<HttpResponse, ApiError> {
    let is_open = gate.settings.api.open_on_loopback && gate.address(&request).is_local;
    if !is_open && !has_api_key(&request, &gate) {
        return Err(ApiError::Unauthorized);
    }
    let text = gate.text(&body.0.text)?;
    let today = match &body.0.today {
        Some(day) => parse_day(day)?,
        None => gate.clock.now().day(gate.settings.visitor.offset()),
    };
    let _slot = gate.reading_slot()?;
    let knowledge = gate.conversations.knowledge().current();
    let read = move || {
        let asked = Asked { text: text.as_str(), topic: None, today };
        Arc::clone(&knowledge).understanding.read(&asked)
    };
    let reading = gate.tasks.blocking(read).await;
    Ok(HttpResponse::Ok().json(reading))
}

fn parse_day(day: &str) -> Result<Date, ApiError> {
    let message = || "`today` is a day such as 2026-11-25".to_owned();
    day.parse().map_err(|_| ApiError::InvalidField { field: "today", message: message() })
}

/// Whether the request carries an API key of the settings.
pub(super) fn has_api_key(request: &HttpRequest, gate: &Gate) -> bool {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let bearer = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    let Some(given) = header("x-api-key").or(bearer) else { return false };
    let keys = gate.settings.api.keys.iter();
    keys.fold(false, |found, key| found | bool::from(key.as_bytes().ct_eq(given.as_bytes())))
}
