//! Who customers are, over HTTP: profiles for programs with a key and for agents, and the rules of the
//! segments.

#![expect(unused_qualifications, reason = "utoipa's macro repeats the path of the query's type")]

use std::pin::Pin;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::web::Query;
use actix_web::{FromRequest, HttpRequest, HttpResponse, web};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use utoipa::{IntoParams, ToSchema};

use crate::accounts::{Act, Actor, By, Deed, Permission};
use crate::customers::{Author, CustomerError, CustomerName, Edit, EditMode, FieldError, Segments};
use crate::domain::ConversationId;
use crate::gateway::audited;
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::json::Json;
use crate::gateway::session::SignedIn;
use crate::gateway::understand::has_api_key;

/// How many customers one answer holds, when nothing is said and at most.
const PAGE: usize = 50;
const MAX_PAGE: usize = 200;

/// Who asks: a program with a key, or somebody who is signed in.
pub(super) struct Caller {
    author: Author,
    manages: bool,
    by: By,
}

impl Caller {
    /// Only programs and admins pass.
    fn require_manager(&self) -> Result<(), ApiError> {
        if self.manages { Ok(()) } else { Err(ApiError::Forbidden) }
    }

    /// Notes a change of a profile, where it changed anything: programs say the same thousands of times.
    async fn note_change(
        &self,
        gate: &Gate,
        id: &str,
        fields: &Map<String, Value>,
        is_changed: bool,
    ) -> Result<(), ApiError> {
        if !is_changed {
            return Ok(());
        }
        let act = audited::customer(Deed::CustomerChanged, id, fields);
        Ok(gate.accounts.note(&self.by, act).await?)
    }

    /// A change, when the caller may make it: only programs and admins vouch for a contact.
    fn edit(&self, fields: &Map<String, Value>, mode: EditMode) -> Result<Edit, ApiError> {
        let edit = Edit::parse(fields, mode)?;
        if edit.vouches() {
            self.require_manager()?;
        }
        Ok(edit)
    }
}

impl FromRequest for Caller {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let gate = request.app_data::<web::Data<Gate>>();
        if gate.is_some_and(|gate| has_api_key(request, gate)) {
            let address = gate.map(|gate| gate.address(request).key.to_string());
            let by = By { actor: Actor::ApiKey, address: address.unwrap_or_default() };
            return Box::pin(async { Ok(Self { author: Author::Program, manages: true, by }) });
        }
        let agent = SignedIn::from_request(request, payload);
        Box::pin(async move {
            let agent = agent.await?;
            if !agent.may(Permission::ConversationsAnswer) && !agent.may(Permission::CustomersEdit)
            {
                return Err(ApiError::Forbidden);
            }
            let manages = agent.may(Permission::CustomersEdit);
            Ok(Self { author: Author::Agent { id: agent.id }, manages, by: agent.by() })
        })
    }
}

impl From<FieldError> for ApiError {
    fn from(error: FieldError) -> Self {
        match error {
            FieldError::Unknown(_) => Self::UnknownField(error.to_string()),
            FieldError::Value { .. } => Self::InvalidBody(error.to_string()),
        }
    }
}

impl From<CustomerError> for ApiError {
    fn from(error: CustomerError) -> Self {
        match error {
            CustomerError::Field(error) => error.into(),
            CustomerError::Identity(error) => Self::Identity(error.to_string()),
            CustomerError::OtherCustomer => Self::OtherCustomer(error.to_string()),
            CustomerError::NotMerged => Self::Conflict("this profile is not joined to another one"),
            CustomerError::Unknown => Self::NotFound,
            CustomerError::Store => Self::NotReady,
        }
    }
}

/// What is known of a customer.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the body; fields are read by name")]
pub(super) struct Profile {
    name: Option<String>,
    email: Option<String>,
    /// Whether the site has checked the address. Only programs and admins may say so.
    email_verified: Option<bool>,
    #[schema(example = "+491701234567")]
    phone: Option<String>,
    phone_verified: Option<bool>,
    #[schema(example = "zh-CN")]
    language: Option<String>,
    tags: Option<Vec<String>>,
    /// Texts, numbers, true and false, by names of the site's own.
    #[schema(value_type = Option<Object>)]
    attributes: Option<Map<String, Value>>,
    open_orders: Option<Vec<Order>>,
    channels: Option<Vec<Channel>>,
}

/// An order that is under way.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes a part of a body")]
pub(super) struct Order {
    id: String,
    status: String,
    total: Option<f64>,
    #[schema(example = "EUR")]
    currency: Option<String>,
}

/// An id in a messaging app.
#[derive(ToSchema)]
#[expect(dead_code, clippy::struct_field_names, reason = "it describes a part of a body")]
pub(super) struct Channel {
    #[schema(example = "whatsapp")]
    channel: String,
    id: String,
    verified: Option<bool>,
}

/// The rules of the segments; the first that fits counts.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes the body; fields are read by name")]
pub(super) struct Rules {
    #[schema(value_type = Vec<Object>)]
    segments: Vec<Value>,
}

/// Whom to look for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Search {
    /// A part of a name, a tag, an address, a number or an id; everybody when left out.
    #[serde(default)]
    query: String,
    /// How many at most: 50 when left out, 200 at most.
    limit: Option<usize>,
}

fn named(external_id: &str) -> Result<CustomerName, ApiError> {
    Ok(external_id.parse::<CustomerName>()?)
}

/// The customer of a conversation: the card at a glance, and everything that is known.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/customer", tag = "customers",
    params(("id" = String, Path)), security(("session" = []), ("api_key" = [])),
    responses((status = 200), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn of_conversation(
    gate: web::Data<Gate>,
    _caller: Caller,
    id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let conversation: ConversationId = id.parse().map_err(|_| ApiError::NotFound)?;
    let card = gate.customers.card(conversation).ok_or(ApiError::NotFound)?;
    let customer = gate.customers.of_conversation(conversation);
    Ok(HttpResponse::Ok().json(json!({ "card": card, "customer": customer })))
}

/// Looks for customers; the last changed come first.
#[utoipa::path(get, path = "/api/v1/customers", tag = "customers", params(Search),
    security(("session" = []), ("api_key" = [])),
    responses((status = 200), (status = 401, body = ErrorBody)))]
pub(super) async fn search(
    gate: web::Data<Gate>,
    _caller: Caller,
    search: Query<Search>,
) -> Result<HttpResponse, ApiError> {
    let Search { query, limit } = search.into_inner();
    let _slot = gate.reading_slot()?;
    let customers = Arc::clone(&gate.customers);
    let limit = limit.unwrap_or(PAGE).min(MAX_PAGE);
    let (found, count) = gate.tasks.blocking(move || customers.search(&query, limit)).await;
    Ok(HttpResponse::Ok().json(json!({ "customers": found, "count": count })))
}

/// A customer. `external_id` is the site's own id, or `id:` with the server's.
#[utoipa::path(get, path = "/api/v1/customers/{external_id}", tag = "customers",
    params(("external_id" = String, Path)), security(("session" = []), ("api_key" = [])),
    responses((status = 200), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn find(
    gate: web::Data<Gate>,
    _caller: Caller,
    external_id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(gate.customers.find(&named(&external_id)?)?))
}

/// Says everything about a customer, who is made when new. What is not said goes.
#[utoipa::path(put, path = "/api/v1/customers/{external_id}", tag = "customers",
    request_body = Profile, params(("external_id" = String, Path)),
    security(("session" = []), ("api_key" = [])),
    responses((status = 200), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(super) async fn put(
    gate: web::Data<Gate>,
    caller: Caller,
    external_id: web::Path<String>,
    body: Json<Map<String, Value>>,
) -> Result<HttpResponse, ApiError> {
    caller.require_manager()?;
    let edit = caller.edit(&body.0, EditMode::Replace)?;
    let name = named(&external_id)?;
    let before = gate.customers.find(&name).ok();
    let view = gate.customers.put(&name, &edit, caller.author).await?;
    gate.score_anew(Some(&view.conversations));
    let is_changed = before.as_ref() != Some(&view);
    caller.note_change(&gate, &external_id, &body.0, is_changed).await?;
    Ok(HttpResponse::Ok().json(view))
}

/// Changes what is said; `null` takes away.
#[utoipa::path(patch, path = "/api/v1/customers/{external_id}", tag = "customers",
    request_body = Profile, params(("external_id" = String, Path)),
    security(("session" = []), ("api_key" = [])),
    responses((status = 200), (status = 400, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn change(
    gate: web::Data<Gate>,
    caller: Caller,
    external_id: web::Path<String>,
    body: Json<Map<String, Value>>,
) -> Result<HttpResponse, ApiError> {
    let edit = caller.edit(&body.0, EditMode::Change)?;
    let name = named(&external_id)?;
    let before = gate.customers.find(&name).ok();
    let view = gate.customers.change(&name, &edit, caller.author).await?;
    gate.score_anew(Some(&view.conversations));
    let is_changed = before.as_ref() != Some(&view);
    caller.note_change(&gate, &external_id, &body.0, is_changed).await?;
    Ok(HttpResponse::Ok().json(view))
}

/// Erases a customer: profile, history, and whose the conversations are. What was said stays until
/// the conversations are erased.
#[utoipa::path(delete, path = "/api/v1/customers/{external_id}", tag = "customers",
    params(("external_id" = String, Path)), security(("session" = []), ("api_key" = [])),
    responses((status = 204), (status = 403, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn erase(
    gate: web::Data<Gate>,
    caller: Caller,
    external_id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    caller.require_manager()?;
    let name = named(&external_id)?;
    let view = gate.customers.find(&name)?;
    for id in view.merged.iter().map(|joined| joined.id).chain([view.id]) {
        gate.proactive.forget(id).await?;
    }
    gate.customers.erase(&name).await?;
    let act = audited::customer(Deed::CustomerRemoved, &external_id, &Map::new());
    gate.accounts.note(&caller.by, act).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What changed, who did it, and when.
#[utoipa::path(get, path = "/api/v1/customers/{external_id}/history", tag = "customers",
    params(("external_id" = String, Path)), security(("session" = []), ("api_key" = [])),
    responses((status = 200), (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn history(
    gate: web::Data<Gate>,
    _caller: Caller,
    external_id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    let history = gate.customers.history(&named(&external_id)?).await?;
    Ok(HttpResponse::Ok().json(json!({ "history": history })))
}

/// Takes a profile out of the customer that it was joined to.
#[utoipa::path(post, path = "/api/v1/customers/{external_id}/unmerge", tag = "customers",
    params(("external_id" = String, Path)), security(("session" = []), ("api_key" = [])),
    responses((status = 200), (status = 403, body = ErrorBody), (status = 409, body = ErrorBody)))]
pub(super) async fn unmerge(
    gate: web::Data<Gate>,
    caller: Caller,
    external_id: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    caller.require_manager()?;
    let view = gate.customers.unmerge(&named(&external_id)?, caller.author).await?;
    gate.score_anew(None);
    let act = audited::customer(Deed::CustomerUnmerged, &external_id, &Map::new());
    gate.accounts.note(&caller.by, act).await?;
    Ok(HttpResponse::Ok().json(view))
}

/// The rules of the segments.
#[utoipa::path(get, path = "/api/v1/segments", tag = "customers",
    security(("session" = []), ("api_key" = [])),
    responses((status = 200), (status = 401, body = ErrorBody)))]
pub(super) async fn segments(gate: web::Data<Gate>, _caller: Caller) -> HttpResponse {
    HttpResponse::Ok().json(gate.customers.segments())
}

/// Puts other rules in use. With a mistake in any of them nothing changes.
#[utoipa::path(put, path = "/api/v1/segments", tag = "customers", request_body = Rules,
    security(("session" = []), ("api_key" = [])),
    responses((status = 200), (status = 400, body = ErrorBody), (status = 403, body = ErrorBody)))]
pub(super) async fn set_segments(
    gate: web::Data<Gate>,
    caller: Caller,
    body: Json<Map<String, Value>>,
) -> Result<HttpResponse, ApiError> {
    caller.require_manager()?;
    let rules = Segments::parse(&body.0)?;
    gate.customers.set_segments(rules.clone()).await?;
    gate.score_anew(None);
    gate.accounts.note(&caller.by, Act::new(Deed::SegmentsChanged, None)).await?;
    Ok(HttpResponse::Ok().json(rules))
}

/// How many customers each segment of these rules would have. Nothing changes.
#[utoipa::path(post, path = "/api/v1/segments/preview", tag = "customers", request_body = Rules,
    security(("session" = []), ("api_key" = [])),
    responses((status = 200), (status = 400, body = ErrorBody)))]
pub(super) async fn preview(
    gate: web::Data<Gate>,
    _caller: Caller,
    body: Json<Map<String, Value>>,
) -> Result<HttpResponse, ApiError> {
    let rules = Segments::parse(&body.0)?;
    let _slot = gate.reading_slot()?;
    let customers = Arc::clone(&gate.customers);
    let preview = gate.tasks.blocking(move || customers.preview(&rules)).await;
    Ok(HttpResponse::Ok().json(preview))
}
