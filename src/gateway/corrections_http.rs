//! What customers said of answers, over HTTP, for those who edit the knowledge.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::accounts::{Act, Deed, Object, Permission};
use crate::conversation::Corrected;
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::json::Json;
use crate::gateway::session::SignedIn;

/// The entries whose answers were corrected by customers, the most often corrected first: in how many
/// conversations, how many of these count, and what that leaves of the entry's probability for
/// similar questions.
#[utoipa::path(get, path = "/api/v1/knowledge/corrections", tag = "knowledge",
    security(("session" = [])),
    responses((status = 200, description = "`corrections` [{`entry`, `question`, `conversations`, `counted`, `factor`, `last`, `aside`, `questions`}]"),
        (status = 403, body = ErrorBody)))]
pub(super) async fn corrections(
    gate: web::Data<Gate>,
    agent: SignedIn,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::KnowledgeEdit)?;
    let all = gate.conversations.corrections().all(gate.clock.now());
    let told = all.iter().map(|corrected| shown(&gate, corrected));
    Ok(HttpResponse::Ok().json(json!({ "corrections": told.collect::<Vec<Value>>() })))
}

/// Whether corrections of an entry count.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CorrectionBody {
    /// `false` sets aside what was said up to now; `true` counts it again.
    count: bool,
}

/// Sets aside what customers said of an entry up to now, or counts it again.
#[utoipa::path(post, path = "/api/v1/knowledge/corrections/{entry}", tag = "knowledge",
    params(("entry" = String, Path)), request_body = CorrectionBody, security(("session" = [])),
    responses((status = 200, description = "the entry as in the list"),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn set_aside(
    gate: web::Data<Gate>,
    agent: SignedIn,
    entry: web::Path<String>,
    body: Json<CorrectionBody>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::KnowledgeEdit)?;
    let (corrections, now) = (gate.conversations.corrections(), gate.clock.now());
    let aside = (!body.0.count).then_some(now);
    let is_known = corrections.set_aside(&entry, aside).await.map_err(|error| {
        tracing::error!(%error, "corrections cannot be set aside");
        ApiError::Internal
    })?;
    let all = corrections.all(now);
    let corrected = all.iter().find(|corrected| corrected.entry == *entry);
    let corrected = corrected.filter(|_| is_known).ok_or(ApiError::NotFound)?;
    let on = Object::new("entry", entry.into_inner());
    let after = json!({ "count": body.0.count });
    let act = Act::change(Deed::CorrectionsChanged, on, Value::Null, after);
    gate.accounts.note(&agent.by(), act).await?;
    Ok(HttpResponse::Ok().json(shown(&gate, corrected)))
}

/// An entry with its question, as far as the knowledge still has it.
fn shown(gate: &Gate, corrected: &Corrected) -> Value {
    let knowledge = gate.conversations.knowledge().current();
    let entry = knowledge.catalog.entries.iter().find(|entry| entry.id == corrected.entry);
    let question = entry.map(|entry| json!({ "en": entry.question.en, "zh": entry.question.zh }));
    let mut shown = json!(corrected);
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("question".to_owned(), json!(question));
    }
    shown
}

/// The routes.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/knowledge/corrections", web::get().to(corrections))
        .route("/knowledge/corrections/{entry}", web::post().to(set_aside));
}
