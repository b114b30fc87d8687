//! Trying changes of the knowledge out before they are published: one question, or the latest ones.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::accounts::Permission;
use crate::conversation::Knowledge;
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::json::Json;
use crate::gateway::knowledge_http::refused;
use crate::gateway::knowledge_view::{ChangeBody, ChangesBody, HeardView, changes};
use crate::gateway::session::SignedIn;

/// How many of the latest questions a change is compared with.
const QUESTIONS: usize = 100;

/// A question for the knowledge as it would be.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TryBody {
    /// The question.
    #[schema(example = "where is my parcel?")]
    text: String,
    /// What is to change.
    changes: Vec<ChangeBody>,
}

/// What the bot does about a question, with the knowledge in use and with changes that are not
/// published.
#[derive(Serialize, ToSchema)]
pub(super) struct Tried {
    /// With the knowledge in use.
    live: HeardView,
    /// With the changes.
    edited: HeardView,
}

/// Asks a question of the knowledge in use and of the changed one. Nothing is stored.
#[utoipa::path(post, path = "/api/v1/knowledge/try", tag = "knowledge", request_body = TryBody,
    security(("session" = [])),
    responses((status = 200, body = Tried), (status = 403, body = ErrorBody),
        (status = 409, description = "`knowledge_conflict`, with both texts"),
        (status = 422, description = "`knowledge_mistakes`, with file, line, item and field")))]
pub(super) async fn try_out(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<TryBody>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::KnowledgeEdit)?;
    let TryBody { text, changes: wanted } = body.0;
    let text = gate.text(&text)?.as_str().to_owned();
    match gate.editor.rehearse(&changes(wanted)?).await {
        Ok(edited) => {
            let mut both = heard(&gate, edited, vec![text]).await;
            let (_, live, edited) = both.pop().ok_or(ApiError::Internal)?;
            Ok(HttpResponse::Ok().json(Tried { live, edited }))
        }
        Err(error) => refused(&error),
    }
}

async fn heard(
    gate: &Gate,
    edited: Arc<Knowledge>,
    texts: Vec<String>,
) -> Vec<(String, HeardView, HeardView)> {
    let conversations = gate.conversations.clone();
    let ask = move || {
        let live = conversations.knowledge().current();
        let hear = |text: String| {
            let by = |knowledge: &Knowledge| {
                HeardView::of(conversations.rehearse(knowledge, &text), &knowledge.catalog)
            };
            let (before, after) = (by(&live), by(&edited));
            (text, before, after)
        };
        texts.into_iter().map(hear).collect()
    };
    gate.tasks.blocking(ask).await
}

/// Which of the latest questions of customers would get another answer. Nothing is stored.
#[utoipa::path(post, path = "/api/v1/knowledge/compare", tag = "knowledge",
    request_body = ChangesBody, security(("session" = [])),
    responses((status = 200, body = Object), (status = 403, body = ErrorBody),
        (status = 409, description = "`knowledge_conflict`, with both texts"),
        (status = 422, description = "`knowledge_mistakes`, with file, line, item and field")))]
pub(super) async fn compare(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<ChangesBody>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::KnowledgeEdit)?;
    // what customers said is for those who may read it
    agent.require(Permission::ConversationsReadAll)?;
    match gate.editor.rehearse(&changes(body.0.changes)?).await {
        Ok(edited) => {
            let questions = gate.insight.recent_questions(QUESTIONS);
            let asked = questions.len();
            let all = heard(&gate, edited, questions).await;
            let differing = all.into_iter().filter(|(_, live, edited)| live.differs(edited));
            let differing = differing.map(
                |(text, live, edited)| json!({ "text": text, "live": live, "edited": edited }),
            );
            Ok(HttpResponse::Ok()
                .json(json!({ "asked": asked, "changed": differing.collect::<Vec<_>>() })))
        }
        Err(error) => refused(&error),
    }
}
