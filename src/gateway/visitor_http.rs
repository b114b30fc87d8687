//! What customers' programs may do without a socket: the same conversation over plain HTTP.

#![expect(unused_qualifications, reason = "utoipa's macro repeats the path of the query's type")]

use std::time::Duration;

use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tokio::time::Instant;
use utoipa::{IntoParams, ToSchema};

use crate::conversation::{Accepted, Command};
use crate::customers::Edit;
use crate::dialogue::Status;
use crate::domain::{AttachmentId, ClientId, ConversationId, Event, Language, Seq, Timestamp};
use crate::gateway::attached::Said;
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::feed::Feed;
use crate::gateway::gate::Gate;
use crate::gateway::json::{Json, OptionalJson};
use crate::gateway::token::Tokens;
use crate::gateway::view::VisitorEvent;

/// How many events one answer holds at most.
const PAGE: usize = 200;
/// How long a poll may wait at most.
const MAX_WAIT: Duration = Duration::from_secs(30);

/// How a conversation starts: an empty object, or no body at all.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Start {}

/// A conversation with the tokens that open it.
#[derive(Serialize, ToSchema)]
pub(super) struct Started {
    #[schema(value_type = String)]
    conversation: ConversationId,
    /// Good for talking.
    token: String,
    /// Good for getting fresh tokens.
    renewal: String,
    /// When `token` expires, in milliseconds since the Unix epoch.
    #[schema(value_type = i64)]
    token_expires_at: Timestamp,
}

/// What a customer says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Say {
    /// The sender's own id of the message; the same id twice is the same message.
    #[schema(value_type = String, example = "m-1")]
    client_id: ClientId,
    /// The words; beside files there need be none.
    #[schema(example = "where is my parcel?")]
    text: Option<String>,
    /// The id of the button, when the words are a button's.
    choice: Option<String>,
    /// The ids of files that were uploaded before.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    attachments: Vec<AttachmentId>,
    /// The language of the answer to files without words, in which nothing was said yet.
    language: Option<Language>,
}

/// A wish for a human.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Handoff {
    #[schema(value_type = String)]
    client_id: ClientId,
    /// The language of the answer, for a conversation in which nothing was said yet.
    #[serde(default)]
    language: Language,
}

/// A step that has no content.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    #[schema(value_type = String)]
    client_id: ClientId,
}

/// A rating.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Rate {
    #[schema(value_type = String)]
    client_id: ClientId,
    /// 1 (bad) to 5 (good).
    score: u8,
    comment: Option<String>,
}

/// A signed identity token of the site.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Identify {
    identity: String,
}

/// What a customer says of themselves.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the body; fields are read by name")]
pub(super) struct Contact {
    name: Option<String>,
    #[schema(example = "ana@shop.example")]
    email: Option<String>,
    #[schema(example = "+491701234567")]
    phone: Option<String>,
}

/// A renewal token.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Renew {
    renewal: String,
}

/// Something that is on disk.
#[derive(Serialize, ToSchema)]
pub(super) struct Stored {
    /// Its place in the conversation.
    #[schema(value_type = u64)]
    seq: Seq,
    /// Whether it had been stored before, under the same `client_id`.
    replayed: bool,
}

impl From<Accepted> for Stored {
    fn from(Accepted { seq, replayed }: Accepted) -> Self {
        Self { seq, replayed }
    }
}

/// From where to read, and how long to wait.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Poll {
    /// Events after this place.
    #[serde(default)]
    after: u64,
    /// How many milliseconds to wait for an event when there is none, 30,000 at most.
    #[serde(default)]
    wait_ms: u64,
}

/// Events with where the conversation stands.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the field's name is the protocol's")]
struct Events<'a> {
    events: Vec<VisitorEvent<'a>>,
    #[schema(value_type = u64)]
    last: Seq,
    status: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    queue: Option<Place>,
}

/// A place in the queue.
#[derive(Serialize, ToSchema)]
struct Place {
    /// 1 is next.
    place: usize,
    /// How many wait.
    waiting: usize,
}

fn started(conversation: ConversationId, tokens: Tokens) -> Started {
    let Tokens { token, renewal, expires_at } = tokens;
    Started { conversation, token, renewal, token_expires_at: expires_at }
}

/// The conversation of the path, when the request's token opens it.
pub(super) fn conversation(request: &HttpRequest, gate: &Gate) -> Result<ConversationId, ApiError> {
    let header = request.headers().get("authorization").and_then(|value| value.to_str().ok());
    let token = header.and_then(|value| value.strip_prefix("Bearer "));
    let token = token.ok_or(ApiError::Unauthorized)?;
    let opened = gate.tokens.open(token.trim(), gate.clock.now());
    let (opened, _) = opened.map_err(|_| ApiError::Unauthorized)?;
    let named = request.match_info().query("id").parse::<ConversationId>();
    // Another visitor's conversation answers like one that does not exist.
    if named == Ok(opened) { Ok(opened) } else { Err(ApiError::NotFound) }
}

/// Starts a conversation. Nothing is stored until the customer says something.
#[utoipa::path(post, path = "/api/v1/visitor/conversations", tag = "visitor", request_body = Start,
    responses((status = 201, body = Started), (status = 400, body = ErrorBody),
        (status = 429, body = ErrorBody)))]
pub(super) async fn start(
    request: HttpRequest,
    gate: web::Data<Gate>,
    body: OptionalJson<Start>,
) -> Result<HttpResponse, ApiError> {
    let OptionalJson(None | Some(Start {})) = body;
    gate.limits.conversation(gate.address(&request))?;
    let conversation = ConversationId::random();
    let tokens = gate.tokens.issue(conversation, gate.clock.now());
    Ok(HttpResponse::Created().json(started(conversation, tokens)))
}

/// Exchanges a renewal token for a fresh pair.
#[utoipa::path(post, path = "/api/v1/visitor/token", tag = "visitor", request_body = Renew,
    responses((status = 200, body = Started), (status = 401, body = ErrorBody)))]
pub(super) async fn renew(
    gate: web::Data<Gate>,
    body: Json<Renew>,
) -> Result<HttpResponse, ApiError> {
    let now = gate.clock.now();
    let renewed = gate.tokens.renew(&body.0.renewal, now).map_err(|_| ApiError::Unauthorized)?;
    let (conversation, tokens) = renewed;
    Ok(HttpResponse::Ok().json(started(conversation, tokens)))
}

/// Says something. When this answers, the message is on disk.
#[utoipa::path(post, path = "/api/v1/visitor/conversations/{id}/messages", tag = "visitor",
    request_body = Say, params(("id" = String, Path)), security(("visitor" = [])),
    responses((status = 200, body = Stored), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 422, body = ErrorBody),
        (status = 429, body = ErrorBody), (status = 503, body = ErrorBody)))]
pub(super) async fn say(
    request: HttpRequest,
    gate: web::Data<Gate>,
    body: Json<Say>,
) -> Result<HttpResponse, ApiError> {
    let Say { client_id, text, choice, attachments, language } = body.0;
    let conversation = conversation(&request, &gate)?;
    let said = Said { text, choice, attachments, language, quoted: None };
    let command = gate.say(conversation, said).await;
    submit(&request, &gate, client_id, command).await
}

/// Asks for a human.
#[utoipa::path(post, path = "/api/v1/visitor/conversations/{id}/handoff", tag = "visitor",
    request_body = Handoff, params(("id" = String, Path)), security(("visitor" = [])),
    responses((status = 200, body = Stored), (status = 409, body = ErrorBody)))]
pub(super) async fn handoff(
    request: HttpRequest,
    gate: web::Data<Gate>,
    body: Json<Handoff>,
) -> Result<HttpResponse, ApiError> {
    let command = Command::AskHuman { language: body.0.language };
    submit(&request, &gate, body.0.client_id, Ok(command)).await
}

/// Goes back to the bot while waiting.
#[utoipa::path(post, path = "/api/v1/visitor/conversations/{id}/leave_queue", tag = "visitor",
    request_body = Step, params(("id" = String, Path)), security(("visitor" = [])),
    responses((status = 200, body = Stored), (status = 409, body = ErrorBody)))]
pub(super) async fn leave_queue(
    request: HttpRequest,
    gate: web::Data<Gate>,
    body: Json<Step>,
) -> Result<HttpResponse, ApiError> {
    submit(&request, &gate, body.0.client_id, Ok(Command::LeaveQueue)).await
}

/// Rates a resolved conversation.
#[utoipa::path(post, path = "/api/v1/visitor/conversations/{id}/rating", tag = "visitor",
    request_body = Rate, params(("id" = String, Path)), security(("visitor" = [])),
    responses((status = 200, body = Stored), (status = 409, body = ErrorBody)))]
pub(super) async fn rate(
    request: HttpRequest,
    gate: web::Data<Gate>,
    body: Json<Rate>,
) -> Result<HttpResponse, ApiError> {
    let command = gate.rate(body.0.score, body.0.comment.as_deref());
    submit(&request, &gate, body.0.client_id, command).await
}

/// Says who the visitor is, by a token that the site has signed.
#[utoipa::path(post, path = "/api/v1/visitor/conversations/{id}/identity", tag = "visitor",
    request_body = Identify, params(("id" = String, Path)), security(("visitor" = [])),
    responses((status = 204), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody),
        (status = 409, body = ErrorBody)))]
pub(super) async fn identify(
    request: HttpRequest,
    gate: web::Data<Gate>,
    body: Json<Identify>,
) -> Result<HttpResponse, ApiError> {
    let conversation = conversation(&request, &gate)?;
    gate.identify(gate.address(&request), conversation, &body.0.identity).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Leaves contacts for the agents. Nothing is proved by that, and nobody's profile is found.
#[utoipa::path(post, path = "/api/v1/visitor/conversations/{id}/contact", tag = "visitor",
    request_body = Contact, params(("id" = String, Path)), security(("visitor" = [])),
    responses((status = 204), (status = 400, body = ErrorBody), (status = 401, body = ErrorBody)))]
pub(super) async fn contact(
    request: HttpRequest,
    gate: web::Data<Gate>,
    body: Json<Map<String, Value>>,
) -> Result<HttpResponse, ApiError> {
    let conversation = conversation(&request, &gate)?;
    gate.limits.message(gate.address(&request), conversation)?;
    gate.customers.claim(conversation, &Edit::parse_claim(&body.0)?).await?;
    gate.conversations.identified(conversation).await;
    Ok(HttpResponse::NoContent().finish())
}

async fn submit(
    request: &HttpRequest,
    gate: &Gate,
    client_id: ClientId,
    command: Result<Command, ApiError>,
) -> Result<HttpResponse, ApiError> {
    let conversation = conversation(request, gate)?;
    let address = gate.address(request);
    let stored = gate.submit_visitor(address, conversation, client_id, command).await?;
    Ok(HttpResponse::Ok().json(Stored::from(stored)))
}

/// The events after a place; waits for one when there is none and `wait_ms` is given.
#[utoipa::path(get, path = "/api/v1/visitor/conversations/{id}/events", tag = "visitor",
    params(("id" = String, Path), Poll), security(("visitor" = [])),
    responses((status = 200, body = inline(Events<'static>)), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(super) async fn events(
    request: HttpRequest,
    gate: web::Data<Gate>,
    poll: Query<Poll>,
) -> Result<HttpResponse, ApiError> {
    let conversation = conversation(&request, &gate)?;
    let wait = Duration::from_millis(poll.wait_ms).min(MAX_WAIT);
    let events = wait_for_events(&gate, conversation, Seq(poll.after), wait).await?;
    let view = gate.conversations.view(conversation).await?;
    let queue = match view.status {
        Status::Waiting => gate.conversations.place(conversation),
        _ => None,
    };
    Ok(HttpResponse::Ok().json(Events {
        events: events.iter().map(VisitorEvent::of).collect(),
        last: view.last,
        status: view.status,
        queue: queue.map(|(place, waiting)| Place { place, waiting }),
    }))
}

async fn wait_for_events(
    gate: &Gate,
    conversation: ConversationId,
    after: Seq,
    wait: Duration,
) -> Result<Vec<Event>, ApiError> {
    let mut feed = Feed::start(&gate.conversations, conversation, after);
    let deadline = Instant::now() + wait;
    let stop = gate.tasks.soft();
    loop {
        let events = gate.conversations.read(conversation, after, PAGE).await?;
        if !events.is_empty() {
            return Ok(events);
        }
        tokio::select! {
            signal = feed.next() => match signal {
                Some(_) => {}
                None => return Ok(events),
            },
            () = tokio::time::sleep_until(deadline) => return Ok(events),
            () = stop.cancelled() => return Ok(events),
        }
    }
}
