//! Replies that were written once for many customers, over HTTP, and what fills in their variables.

use std::collections::BTreeMap;

use actix_web::{HttpResponse, web};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::accounts::{Act, Deed, Object, Permission};
use crate::domain::{
    CannedId, ConversationId, Entity, EntityKind, Event, EventBody, Language, Seq, TextError,
};
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::json::Json;
use crate::gateway::session::SignedIn;
use crate::writing::{BUILT_IN, CannedError, CannedReply, CannedTexts};

/// How many of the last events are looked through for what the customer named.
const LOOK_BACK: u64 = 200;

/// The words of a reply, in one language or in both.
#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Texts {
    #[schema(example = "Hello {{customer.name}}")]
    en: Option<String>,
    zh: Option<String>,
}

/// A reply for many customers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReplyBody {
    /// A word of its own, 32 characters at most, by which it is found.
    #[schema(example = "hello")]
    shortcut: String,
    /// What it is about, 80 characters at most.
    title: String,
    text: Texts,
    /// The id of the team whose it is; everybody has it, when left out.
    team: Option<String>,
}

impl ReplyBody {
    fn checked(self, gate: &Gate) -> Result<CannedReply, ApiError> {
        let Self { shortcut, title, text: Texts { en, zh }, team } = self;
        if let Some(team) = team.as_ref().filter(|team| !gate.accounts.teams().contains_key(*team))
        {
            let team: String = team.chars().take(40).collect();
            let message = format!("there is no team `{team}`");
            return Err(ApiError::Mistake { code: "unknown_team", field: "team", message });
        }
        Ok(CannedReply { shortcut, title, text: CannedTexts { en, zh }, team })
    }
}

/// A reply for many customers, as it is kept.
#[derive(Serialize, ToSchema)]
pub(super) struct ReplyView {
    #[schema(value_type = String)]
    id: CannedId,
    shortcut: String,
    title: String,
    text: Texts,
    team: Option<String>,
}

impl ReplyView {
    fn of(id: CannedId, reply: CannedReply) -> Self {
        let CannedReply { shortcut, title, text: CannedTexts { en, zh }, team } = reply;
        Self { id, shortcut, title, text: Texts { en, zh }, team }
    }
}

impl From<CannedError> for ApiError {
    fn from(error: CannedError) -> Self {
        let message = error.to_string();
        let mistake = |code, field| Self::Mistake { code, field, message };
        let of = |language: Language| match language {
            Language::En => "text.en",
            Language::Zh => "text.zh",
        };
        match error {
            CannedError::Shortcut => mistake("shortcut_invalid", "shortcut"),
            CannedError::ShortcutTaken => mistake("shortcut_taken", "shortcut"),
            CannedError::Title => mistake("title_invalid", "title"),
            CannedError::NoText => mistake("text_empty", "text"),
            CannedError::Text { language, error: TextError::ControlCharacter { .. } } => {
                mistake("text_control_character", of(language))
            }
            CannedError::Text { language, .. } => mistake("text_too_long", of(language)),
            CannedError::Variable { language, .. } => mistake("unknown_variable", of(language)),
            CannedError::TooMany => Self::Conflict("2000 replies at most"),
            CannedError::Unknown => Self::NotFound,
            CannedError::Store => Self::NotReady,
        }
    }
}

/// The variables beside the built-in ones: what the operator's own patterns find.
fn own_variables(gate: &Gate) -> Vec<String> {
    let knowledge = gate.conversations.knowledge().current();
    let patterns = knowledge.catalog.patterns.iter().map(|pattern| pattern.name.clone());
    patterns.filter(|name| name != EntityKind::OrderNumber.name()).collect()
}

/// Replies for many customers, by shortcut, and the variables that they may have: everybody's and those
/// of one's own teams; all of them with `replies.manage`.
#[utoipa::path(get, path = "/api/v1/replies", tag = "agents", security(("session" = [])),
    responses((status = 200, description = "`replies` and `variables`"),
        (status = 401, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(super) async fn list(gate: web::Data<Gate>, agent: SignedIn) -> Result<HttpResponse, ApiError> {
    let manages = agent.may(Permission::RepliesManage);
    if !manages {
        agent.require(Permission::ConversationsAnswer)?;
    }
    let teams = gate.accounts.account(agent.id).map(|account| account.teams).unwrap_or_default();
    let is_own = |reply: &CannedReply| reply.team.as_ref().is_none_or(|team| teams.contains(team));
    let replies = gate.replies.all().into_iter().filter(|(_, reply)| manages || is_own(reply));
    let replies: Vec<ReplyView> = replies.map(|(id, reply)| ReplyView::of(id, reply)).collect();
    let own = own_variables(&gate);
    let variables: Vec<&str> = BUILT_IN.into_iter().chain(own.iter().map(String::as_str)).collect();
    Ok(HttpResponse::Ok().json(json!({ "replies": replies, "variables": variables })))
}

/// Makes a reply for many customers.
#[utoipa::path(post, path = "/api/v1/replies", tag = "agents", request_body = ReplyBody,
    security(("session" = [])),
    responses((status = 201, body = ReplyView), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 422, body = ErrorBody)))]
pub(super) async fn add(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<ReplyBody>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::RepliesManage)?;
    let reply = body.0.checked(&gate)?;
    let (limits, own) = (gate.text_limits(), own_variables(&gate));
    let (id, reply, _) = gate.replies.put(None, reply, limits, &own).await?;
    let act = Act::change(Deed::ReplyAdded, object(id, &reply), Value::Null, shown(&reply));
    gate.accounts.note(&agent.by(), act).await?;
    Ok(HttpResponse::Created().json(ReplyView::of(id, reply)))
}

/// Writes a reply for many customers anew, as a whole.
#[utoipa::path(put, path = "/api/v1/replies/{id}", tag = "agents", request_body = ReplyBody,
    params(("id" = String, Path)), security(("session" = [])),
    responses((status = 200, body = ReplyView), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody), (status = 422, body = ErrorBody)))]
pub(super) async fn change(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
    body: Json<ReplyBody>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::RepliesManage)?;
    let id: CannedId = id.parse().map_err(|_| ApiError::NotFound)?;
    let reply = body.0.checked(&gate)?;
    let (limits, own) = (gate.text_limits(), own_variables(&gate));
    let (id, reply, before) = gate.replies.put(Some(id), reply, limits, &own).await?;
    if before.as_ref() != Some(&reply) {
        let before = before.as_ref().map(shown).unwrap_or_default();
        let act = Act::change(Deed::ReplyChanged, object(id, &reply), before, shown(&reply));
        gate.accounts.note(&agent.by(), act).await?;
    }
    Ok(HttpResponse::Ok().json(ReplyView::of(id, reply)))
}

/// Removes a reply for many customers. What was sent with it stays as it was sent.
#[utoipa::path(delete, path = "/api/v1/replies/{id}", tag = "agents",
    params(("id" = String, Path)), security(("session" = [])),
    responses((status = 204), (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(super) async fn remove(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::RepliesManage)?;
    let id: CannedId = id.parse().map_err(|_| ApiError::NotFound)?;
    let before = gate.replies.remove(id).await?;
    let act = Act::change(Deed::ReplyRemoved, object(id, &before), shown(&before), Value::Null);
    gate.accounts.note(&agent.by(), act).await?;
    Ok(HttpResponse::NoContent().finish())
}

fn object(id: CannedId, reply: &CannedReply) -> Object {
    Object::new("reply", id.to_string()).named(&reply.shortcut)
}

fn shown(reply: &CannedReply) -> Value {
    serde_json::to_value(reply).unwrap_or_default()
}

/// What fills in the variables of a reply in a conversation. What is not known is not there.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/variables", tag = "agents",
    params(("id" = String, Path)), security(("session" = [])),
    responses((status = 200, description = "`variables`: values by name"),
        (status = 401, body = ErrorBody), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(super) async fn variables(
    gate: web::Data<Gate>,
    agent: SignedIn,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::ConversationsAnswer)?;
    let conversation: ConversationId = id.parse().map_err(|_| ApiError::NotFound)?;
    let view = gate.conversations.view(conversation).await?;
    if !agent.sees(&view) {
        return Err(ApiError::NotFound);
    }
    let after = Seq(view.last.0.saturating_sub(LOOK_BACK));
    let limit = usize::try_from(LOOK_BACK).unwrap_or(usize::MAX);
    let events = gate.conversations.read(conversation, after, limit).await?;
    let mut values = named(&gate, &events).await;
    if let Some(customer) = gate.customers.of_conversation(conversation) {
        let known = [
            ("customer.name", customer.name),
            ("customer.email", customer.email),
            ("customer.phone", customer.phone),
        ];
        let known = known.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        values.extend(known);
    }
    values.insert("agent.name".to_owned(), agent.current_name());
    values.insert("conversation.id".to_owned(), conversation.to_string());
    Ok(HttpResponse::Ok().json(json!({ "variables": values })))
}

/// What the customer named since the conversation was ended last; of several things of a kind the last.
async fn named(gate: &Gate, events: &[Event]) -> BTreeMap<String, String> {
    let is_end = |event: &Event| matches!(event.body, EventBody::Resolved { .. });
    let from = events.iter().rposition(is_end).map_or(0, |at| at + 1);
    let offset = gate.settings.visitor.offset();
    let said = events.iter().skip(from).filter_map(|event| match &event.body {
        EventBody::VisitorMessage { text, .. } => Some((text.clone(), event.at.day(offset))),
        _ => None,
    });
    let said: Vec<_> = said.collect();
    let knowledge = gate.conversations.knowledge().current();
    let find = move || {
        let found = said
            .into_iter()
            .flat_map(|(text, today)| knowledge.understanding.named_in(text.as_str(), today));
        found.filter_map(variable).collect()
    };
    gate.tasks.blocking(find).await
}

/// The variable that a named thing fills in: in the form in which a person would write it again.
fn variable(entity: Entity) -> Option<(String, String)> {
    let Entity { kind, name, text, value, .. } = entity;
    Some(match kind {
        EntityKind::OrderNumber => ("order".to_owned(), value),
        EntityKind::Phone | EntityKind::Email => (kind.name().to_owned(), value),
        EntityKind::Amount
        | EntityKind::Date
        | EntityKind::Time
        | EntityKind::DateTime
        | EntityKind::Product => (kind.name().to_owned(), text),
        EntityKind::Custom => (name?, value),
    })
}
