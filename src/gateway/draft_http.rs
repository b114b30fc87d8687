//! What agents have begun to write, over HTTP: their own drafts, on every device.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::accounts::Permission;
use crate::domain::{ConversationId, MOST_MENTIONS, Mention, Seq, Timestamp};
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::json::Json;
use crate::gateway::session::SignedIn;
use crate::writing::{Draft, DraftError, DraftKind, DraftNews, Kept};

/// A draft of the agent who asks.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct DraftView {
    #[schema(value_type = String)]
    conversation: ConversationId,
    kind: DraftKind,
    /// What was typed; empty: there is no draft any more.
    text: String,
    /// Colleagues who are named in it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    mentions: Vec<Mention>,
    /// The place of the message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u64>)]
    quoted: Option<Seq>,
    /// When it was typed, in milliseconds since the Unix epoch.
    #[schema(value_type = i64)]
    at: Timestamp,
}

impl DraftView {
    pub(super) fn of(news: DraftNews) -> Self {
        let DraftNews { conversation, kind, draft, .. } = news;
        let Draft { text, mentions, quoted, at } = draft;
        Self { conversation, kind, text, mentions, quoted, at }
    }
}

impl From<DraftError> for ApiError {
    fn from(error: DraftError) -> Self {
        match error {
            DraftError::TooMany => Self::Conflict("1000 drafts at most"),
            DraftError::Store => Self::NotReady,
        }
    }
}

/// One's own drafts, the last first.
#[utoipa::path(get, path = "/api/v1/session/drafts", tag = "agents", security(("session" = [])),
    responses((status = 200, body = Vec<DraftView>, description = "under `drafts`"),
        (status = 401, body = ErrorBody)))]
pub(super) async fn list(gate: web::Data<Gate>, agent: SignedIn) -> HttpResponse {
    let drafts = gate.drafts.of(agent.id).into_iter().map(DraftView::of);
    HttpResponse::Ok().json(json!({ "drafts": drafts.collect::<Vec<_>>() }))
}

/// What was typed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Typed {
    /// Just as it was typed; an empty text ends the draft.
    text: String,
    #[serde(default)]
    mentions: Vec<Mention>,
    /// The place of the message that it answers.
    #[schema(value_type = Option<u64>)]
    quoted: Option<Seq>,
    /// When it was typed, in milliseconds since the Unix epoch: of two writers the later words stay. Now,
    /// when left out; a time to come counts as now.
    #[schema(value_type = Option<i64>)]
    at: Option<Timestamp>,
}

/// Keeps what is being written: `reply` or `note`, one of each for an agent and a conversation. The answer
/// is what is kept, which are later words where there were such.
#[utoipa::path(put, path = "/api/v1/conversations/{id}/drafts/{kind}", tag = "agents",
    params(("id" = String, Path), ("kind" = String, Path)), request_body = Typed,
    security(("session" = [])),
    responses((status = 200, body = DraftView), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
pub(super) async fn put(
    gate: web::Data<Gate>,
    agent: SignedIn,
    place: web::Path<(String, String)>,
    body: Json<Typed>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::ConversationsAnswer)?;
    let (id, kind) = place.into_inner();
    let conversation: ConversationId = id.parse().map_err(|_| ApiError::NotFound)?;
    let kind = match kind.as_str() {
        "reply" => DraftKind::Reply,
        "note" => DraftKind::Note,
        _ => return Err(ApiError::NotFound),
    };
    let view = gate.conversations.view(conversation).await?;
    if !agent.sees(&view) {
        return Err(ApiError::NotFound);
    }
    let Typed { text, mentions, quoted, at } = body.0;
    check(&gate, &text, &mentions)?;
    let now = gate.clock.now();
    let at = at.map_or(now, |at| at.min(now));
    let draft = Draft { text, mentions, quoted, at };
    let kept = match gate.drafts.put(agent.id, (conversation, kind), draft.clone()).await? {
        Kept::This => draft,
        Kept::Later(later) => later,
    };
    let news = DraftNews { agent: agent.id, conversation, kind, draft: kept };
    Ok(HttpResponse::Ok().json(DraftView::of(news)))
}

/// A draft may be what no message may be, but not larger than four of them.
fn check(gate: &Gate, text: &str, mentions: &[Mention]) -> Result<(), ApiError> {
    let limit = gate.text_limits().bytes.saturating_mul(4);
    if text.len() > limit {
        return Err(ApiError::TooLarge { limit });
    }
    if mentions.len() > MOST_MENTIONS {
        let message = format!("{MOST_MENTIONS} at most");
        return Err(ApiError::InvalidField { field: "mentions", message });
    }
    Ok(())
}
