//! Search over messages and customers.

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};

use crate::accounts::Permission;
use crate::domain::{ConversationId, Seq, Timestamp};
use crate::gateway::board::visitor_name;
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::inbox_row;
use crate::gateway::session::SignedIn;
use crate::search::{Found, Hit, Part, SearchError, Speaker};

/// How many messages an answer has when nobody says.
const USUAL: usize = 20;
/// Most messages of one answer.
const MOST: usize = 100;
/// Most customers of an answer, and conversations of each.
const CUSTOMERS: usize = 5;
const CONVERSATIONS: usize = 5;

/// What to search for.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Asked {
    /// Words in any script, one character or more, 200 at most: a message has all of them, from their
    /// beginning on.
    q: String,
    /// The `next` of an earlier answer.
    cursor: Option<u64>,
    /// How many messages, 100 at most; 20 when left out.
    limit: Option<usize>,
}

#[derive(Serialize)]
struct Answer {
    messages: Vec<MessageView>,
    next: Option<u64>,
    /// Customers whose name, address or id has the words; only with the first messages.
    customers: Vec<CustomerFound>,
    /// `false` while the index is behind the log.
    complete: bool,
}

#[derive(Serialize)]
struct MessageView {
    conversation: ConversationId,
    seq: Seq,
    at: Timestamp,
    from: Speaker,
    visitor: String,
    excerpt: Vec<Part>,
}

#[derive(Serialize)]
struct CustomerFound {
    name: Option<String>,
    external_id: Option<String>,
    email: Option<String>,
    conversations: Vec<ConversationId>,
}

impl From<SearchError> for ApiError {
    fn from(error: SearchError) -> Self {
        match error {
            SearchError::Query => Self::InvalidField { field: "q", message: error.to_string() },
            SearchError::Index(_) | SearchError::Log => {
                tracing::error!(%error, "a search failed");
                Self::NotReady
            }
        }
    }
}

/// Messages that have all of the words, the latest first, with what was found set apart; and customers.
/// Without `conversations.read_all` only in conversations that wait and in one's own.
#[utoipa::path(get, path = "/api/v1/search", tag = "agents", params(Asked),
    security(("session" = [])),
    responses((status = 200, description = "`messages`, `next`, `customers`, `complete`"),
        (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody)))]
pub(super) async fn search(
    gate: web::Data<Gate>,
    agent: SignedIn,
    asked: web::Query<Asked>,
) -> Result<HttpResponse, ApiError> {
    let viewer = inbox_row::viewer(&agent, &gate);
    if !viewer.reads_all {
        agent.require(Permission::ConversationsAnswer)?;
    }
    let Asked { q, cursor, limit } = asked.into_inner();
    let limit = limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        let message = format!("a number from 1 to {MOST}");
        return Err(ApiError::InvalidField { field: "limit", message });
    }
    let within = (!viewer.reads_all).then(|| gate.conversations.inbox().seen_by(&viewer));
    let Found { hits, next, complete } = gate.search.find(&q, within, cursor, limit).await?;
    let customers = if cursor.is_none() { customers(&gate, &agent, &q) } else { vec![] };
    let messages = hits.into_iter().map(|hit| message(&gate, hit)).collect();
    Ok(HttpResponse::Ok().json(Answer { messages, next, customers, complete }))
}

fn message(gate: &Gate, hit: Hit) -> MessageView {
    let Hit { conversation, seq, at, speaker, excerpt } = hit;
    let visitor = gate.customers.card(conversation).and_then(|card| card.name);
    let visitor = visitor.unwrap_or_else(|| visitor_name(conversation));
    MessageView { conversation, seq, at, from: speaker, visitor, excerpt }
}

/// Customers are searched as their own list does it; their conversations only by who may read them.
fn customers(gate: &Gate, agent: &SignedIn, q: &str) -> Vec<CustomerFound> {
    let reads_all = agent.may(Permission::ConversationsReadAll);
    let (found, _) = gate.customers.search(q, CUSTOMERS);
    let found = found.into_iter().map(|view| CustomerFound {
        name: view.name,
        external_id: view.external_id,
        email: view.email,
        conversations: if reads_all {
            view.conversations.into_iter().rev().take(CONVERSATIONS).collect()
        } else {
            vec![]
        },
    });
    found.collect()
}
