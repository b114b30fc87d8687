//! The inbox over HTTP: lists, labels, saved filters, and acts on several conversations at once.

use std::collections::HashMap;
use std::sync::Arc;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use crate::accounts::Permission;
use crate::domain::ConversationId;
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::inbox_acts::{self, ActOn};
use crate::gateway::inbox_query::{Asked, InboxQuery};
use crate::gateway::inbox_row::{self, RowView};
use crate::gateway::json::Json;
use crate::gateway::session::SignedIn;
use crate::inbox::{Counts, FilterError, SavedFilter, View};

/// Most acts of one request.
const MOST_ACTS: usize = 400;

/// A list.
#[derive(Serialize)]
struct Listed {
    conversations: Vec<RowView>,
    /// The `cursor` of what follows; `null` at the end.
    next: Option<String>,
    counts: Counts,
    /// `false` while the server, just started, still reads conversations that are over.
    complete: bool,
}

/// Conversations of a view, with how many each view has. Without `conversations.read_all` there are
/// only those that wait and one's own.
#[utoipa::path(get, path = "/api/v1/conversations", tag = "agents", params(InboxQuery),
    security(("session" = [])),
    responses((status = 200, description = "`conversations`, `next`, `counts`, `complete`"),
        (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub(super) async fn list(
    gate: web::Data<Gate>,
    agent: SignedIn,
    query: web::Query<InboxQuery>,
) -> Result<HttpResponse, ApiError> {
    let asked = query.into_inner().check()?;
    Ok(HttpResponse::Ok().json(listed(&gate, &agent, &asked)))
}

fn listed(gate: &Gate, agent: &SignedIn, asked: &Asked) -> Listed {
    let viewer = inbox_row::viewer(agent, gate);
    let inbox = gate.conversations.inbox();
    let board = Arc::clone(&gate.conversations.board().borrow());
    let ranks: HashMap<ConversationId, i64> = if asked.query.view == View::Waiting {
        let ranked = board.waiting.iter().filter_map(|shown| {
            let counts_from = shown.standing.as_ref()?.counts_from;
            Some((shown.case.waiting.conversation, counts_from.0))
        });
        ranked.collect()
    } else {
        HashMap::new()
    };
    let rank = |conversation| ranks.get(&conversation).copied();
    let page = inbox.page(&viewer, &asked.query, &rank, (asked.after, asked.limit));
    Listed {
        conversations: inbox_row::rows(gate, &board, agent.id, &page.items),
        next: page.next.map(|next| next.to_string()),
        counts: inbox.counts(&viewer),
        complete: inbox.is_complete(),
    }
}

/// Every label that is on a conversation, with how many have it.
#[utoipa::path(get, path = "/api/v1/labels", tag = "agents", security(("session" = [])),
    responses((status = 200), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(super) async fn labels(
    gate: web::Data<Gate>,
    agent: SignedIn,
) -> Result<HttpResponse, ApiError> {
    if !agent.may(Permission::ConversationsReadAll) {
        agent.require(Permission::ConversationsAnswer)?;
    }
    let labels = gate.conversations.inbox().labels();
    let labels: Vec<_> = labels
        .iter()
        .map(|(name, count)| json!({ "name": name, "conversations": count }))
        .collect();
    Ok(HttpResponse::Ok().json(json!({ "labels": labels })))
}

/// A saved list.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Filter {
    /// A name of its own, 60 characters at most.
    name: String,
    /// What stands behind the `?` of `/api/v1/conversations`.
    #[schema(example = "view=mine&label=refund")]
    query: String,
}

/// The saved lists of the agent who asks.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Filters {
    /// In the agent's order, 50 at most.
    filters: Vec<Filter>,
}

impl From<FilterError> for ApiError {
    fn from(error: FilterError) -> Self {
        match error {
            FilterError::TooMany => {
                Self::InvalidField { field: "filters", message: error.to_string() }
            }
            FilterError::Name => Self::InvalidField { field: "name", message: error.to_string() },
            FilterError::Store => Self::NotReady,
        }
    }
}

/// The lists that one has saved.
#[utoipa::path(get, path = "/api/v1/session/filters", tag = "agents", security(("session" = [])),
    responses((status = 200, body = Filters), (status = 401, body = ErrorBody)))]
pub(super) async fn filters(
    gate: web::Data<Gate>,
    agent: SignedIn,
) -> Result<HttpResponse, ApiError> {
    let saved = gate.filters.of(agent.id).await?;
    let filters = saved.into_iter().map(|SavedFilter { name, query }| Filter { name, query });
    Ok(HttpResponse::Ok().json(Filters { filters: filters.collect() }))
}

/// Replaces the lists that one has saved.
#[utoipa::path(put, path = "/api/v1/session/filters", tag = "agents", request_body = Filters,
    security(("session" = [])),
    responses((status = 200, body = Filters), (status = 400, body = ErrorBody),
        (status = 401, body = ErrorBody)))]
pub(super) async fn set_filters(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<Filters>,
) -> Result<HttpResponse, ApiError> {
    let mut saved = Vec::new();
    for Filter { name, query } in &body.0.filters {
        InboxQuery::of_text(query)?.check()?;
        saved.push(SavedFilter { name: name.trim().to_owned(), query: query.clone() });
    }
    gate.filters.set(agent.id, &saved).await?;
    Ok(HttpResponse::Ok().json(body.0))
}

/// What is to be done, in order.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Acts {
    /// 400 at most.
    acts: Vec<ActOn>,
}

/// Does several things in several conversations. Each has a result of its own, in the same order: the
/// event's `seq` and, where it can be undone, the acts that do so, or an `error`.
#[utoipa::path(post, path = "/api/v1/conversations/acts", tag = "agents", request_body = Acts,
    security(("session" = [])),
    responses((status = 200, description = "`results`, one for each act"),
        (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub(super) async fn act(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<Acts>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::ConversationsAnswer)?;
    let acts = body.0.acts;
    if acts.is_empty() || acts.len() > MOST_ACTS {
        let message = format!("from 1 to {MOST_ACTS} acts");
        return Err(ApiError::InvalidField { field: "acts", message });
    }
    let results = inbox_acts::carry_out(&gate, &agent, acts).await;
    Ok(HttpResponse::Ok().json(json!({ "results": results })))
}
