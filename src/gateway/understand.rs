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
use crate::understanding::{Asked, Audience};

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
    /// The site on which it was written: entries of other sites are left out.
    #[schema(example = "https://shop.example")]
    site: Option<String>,
    /// The segments of who wrote it: entries of other segments are left out.
    #[serde(default)]
    segments: Vec<String>,
}

/// Most segments of a person, and most characters of the name of a segment or a site.
const MOST_SEGMENTS: usize = 50;
const LONGEST_NAME: usize = 200;

impl Understand {
    /// Refuses what names nothing.
    fn check_audience(&self) -> Result<(), ApiError> {
        let is_name = |name: &String| (1..=LONGEST_NAME).contains(&name.chars().count());
        let wrong = |field, message: String| Err(ApiError::InvalidField { field, message });
        if self.segments.len() > MOST_SEGMENTS {
            return wrong("segments", format!("{MOST_SEGMENTS} at most"));
        }
        let message = format!("a name has 1 to {LONGEST_NAME} characters");
        if !self.segments.iter().all(is_name) {
            return wrong("segments", message);
        }
        if self.site.as_ref().is_some_and(|site| !is_name(site)) {
            return wrong("site", message);
        }
        Ok(())
    }
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
    body.0.check_audience()?;
    let today = match &body.0.today {
        Some(day) => parse_day(day)?,
        None => gate.clock.now().day(gate.settings.visitor.offset()),
    };
    let _slot = gate.reading_slot()?;
    let knowledge = gate.conversations.knowledge().current();
    let is_quick = knowledge.understanding.is_quick(text.as_str());
    let read = move || {
        let audience = Audience { site: body.0.site.as_deref(), segments: &body.0.segments };
        let text = text.as_str();
        let asked = Asked { text, topic: None, today, audience, with_matches: true };
        Arc::clone(&knowledge).understanding.read(&asked)
    };
    // another thread would take as long to wake as to read
    let reading = if is_quick { read() } else { gate.tasks.blocking(read).await };
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
