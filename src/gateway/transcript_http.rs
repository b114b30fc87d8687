//! A conversation as a file to take along. Who did so stands in the audit log.

use actix_web::http::header;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::json;

use crate::accounts::{Act, Deed, Object};
use crate::domain::{ConversationId, Event, Language, Seq};
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::inbox_row;
use crate::gateway::session::SignedIn;
use crate::writing::{Transcript, TranscriptWords};

/// How many events are read at once.
const PAGE: usize = 500;

/// In which form.
#[derive(Clone, Copy, Debug, Default, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Format {
    #[default]
    Text,
    Json,
}

/// What is wanted.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Wanted {
    /// `text` (when left out) or `json`.
    #[serde(default)]
    #[param(inline)]
    format: Format,
    /// Whether with what agents wrote to each other; without, when left out.
    #[serde(default)]
    notes: bool,
    /// The language of what nobody said, `en` or `zh`; the customer's, when left out.
    language: Option<Language>,
}

/// Everything that was said, as a file. It is written into the audit log.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/transcript", tag = "agents",
    params(("id" = String, Path), Wanted), security(("session" = [])),
    responses((status = 200, description = "`text/plain` or `application/json`, as an attachment"),
        (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn transcript(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
    wanted: web::Query<Wanted>,
) -> Result<HttpResponse, ApiError> {
    let conversation: ConversationId = id.parse().map_err(|_| ApiError::NotFound)?;
    let view = gate.conversations.view(conversation).await?;
    if !agent.sees(&view) {
        return Err(ApiError::NotFound);
    }
    let Wanted { format, notes, language } = wanted.into_inner();
    let events = whole(&gate, conversation).await?;
    let on = Object::new("conversation", conversation.to_string());
    let how = json!({ "notes": notes });
    let act = Act::change(Deed::TranscriptTaken, on, serde_json::Value::Null, how);
    gate.accounts.note(&agent.by(), act).await?;
    let language = language.or(view.language).unwrap_or_default();
    let customer = inbox_row::visitor(&gate, conversation);
    let offset = gate.settings.visitor.offset();
    let words = TranscriptWords::of(language);
    let told = Transcript::of(&events, &customer, words, offset, notes);
    let day = gate.clock.now().day(offset);
    // digits and letters of our own alone: nothing that somebody wrote gets into the file's name
    let short: String = conversation.to_string().chars().take(8).collect();
    let file = |end: &str| format!("attachment; filename=\"conversation-{short}-{day}.{end}\"");
    let mut answer = HttpResponse::Ok();
    answer.insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"));
    answer.insert_header((header::CACHE_CONTROL, "no-store"));
    Ok(match format {
        Format::Text => answer
            .insert_header((header::CONTENT_DISPOSITION, file("txt")))
            .content_type("text/plain; charset=utf-8")
            .body(told.text(&format!("{customer} · {conversation} · {day}"))),
        Format::Json => {
            let body = json!({
                "conversation": conversation, "customer": told.customer, "lines": told.lines,
            });
            answer.insert_header((header::CONTENT_DISPOSITION, file("json"))).json(body)
        }
    })
}

async fn whole(gate: &Gate, conversation: ConversationId) -> Result<Vec<Event>, ApiError> {
    let mut events: Vec<Event> = Vec::new();
    loop {
        let after = events.last().map_or(Seq::ZERO, |event| event.seq);
        let page = gate.conversations.read(conversation, after, PAGE).await?;
        if page.is_empty() {
            return Ok(events);
        }
        events.extend(page);
    }
}
