//! The `OpenAPI` description, generated from the handlers, and a page on which to try it.

use std::sync::LazyLock;

use actix_web::dev::HttpServiceFactory;
use actix_web::http::header::ContentType;
use actix_web::{HttpResponse, guard, web};
use bytes::Bytes;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::gateway::{
    agent_http, attachment_http, audit_http, bot_http, corrections_http, customer_http, draft_http,
    inbox_http, knowledge_http, knowledge_try_http, oidc_http, ops, people_http, proactive_http,
    reply_http, report_http, routing_http, search_http, second_factor_http, sessions_http,
    sites_http, transcript_http, understand, visitor_http, webhook_http,
};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Frontdesk",
        description = "Customers' conversations, the agents' desk, and what the server understands. Every refusal has the body `{\"error\": {\"code\", \"message\", \"retry_after_ms\"?}}`."
    ),
    paths(
        visitor_http::start, visitor_http::renew, visitor_http::say, visitor_http::handoff,
        visitor_http::leave_queue, visitor_http::rate, visitor_http::events,
        visitor_http::identify, visitor_http::contact,
        proactive_http::applying, proactive_http::show, proactive_http::be_quiet,
        proactive_http::open, proactive_http::list, proactive_http::set,
        attachment_http::upload, attachment_http::download, attachment_http::upload_by_agent,
        attachment_http::download_by_agent,
        customer_http::of_conversation, customer_http::search, customer_http::find,
        customer_http::put, customer_http::change, customer_http::erase, customer_http::history,
        customer_http::unmerge, customer_http::segments, customer_http::set_segments,
        customer_http::preview,
        understand::understand,
        agent_http::setup_needed, agent_http::set_up, agent_http::who_am_i, agent_http::sign_in,
        agent_http::sign_out, agent_http::events, agent_http::erase, agent_http::reload,
        sites_http::sites, sessions_http::list, sessions_http::end, sessions_http::end_others,
        oidc_http::start, oidc_http::callback,
        inbox_http::list, inbox_http::labels, inbox_http::filters, inbox_http::set_filters,
        inbox_http::act, search_http::search,
        reply_http::list, reply_http::add, reply_http::change, reply_http::remove,
        reply_http::variables, draft_http::list, draft_http::put, transcript_http::transcript,
        second_factor_http::enrol, second_factor_http::confirm, second_factor_http::give_up,
        second_factor_http::reset, people_http::agents, people_http::add_agent,
        people_http::change_agent, people_http::revoke_sessions,
        people_http::teams, people_http::add_team, people_http::change_team,
        people_http::remove_team, people_http::roles, people_http::add_role,
        people_http::change_role, people_http::remove_role, audit_http::audit,
        report_http::report, routing_http::rules, routing_http::change,
        knowledge_http::list, knowledge_http::one, knowledge_http::check, knowledge_try_http::try_out,
        knowledge_try_http::compare, knowledge_http::publish, knowledge_http::versions,
        knowledge_http::one_version, knowledge_http::take_back,
        corrections_http::corrections, corrections_http::set_aside,
        webhook_http::list, webhook_http::add, webhook_http::change, webhook_http::remove,
        webhook_http::rotate, webhook_http::test, webhook_http::deliveries, webhook_http::replay,
        bot_http::list, bot_http::add, bot_http::change, bot_http::remove, bot_http::say,
        bot_http::toggle,
        ops::health, ops::ready, ops::metrics,
    ),
    modifiers(&Schemes),
    tags(
        (name = "visitor", description = "What customers do"),
        (name = "agents", description = "What agents and admins do, with a session cookie"),
        (name = "customers", description = "Who customers are, for programs with a key and for agents"),
        (name = "knowledge", description = "What the bot knows, for those who edit it"),
        (name = "webhooks", description = "Who is told what happens; for admins"),
        (name = "bots", description = "External bots: what admins do with them, and what they do"),
        (name = "integrators", description = "What programs ask"),
        (name = "operations", description = "For those who run the server"),
    )
)]
struct Description;

struct Schemes;

impl Modify for Schemes {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let components = openapi.components.get_or_insert_default();
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        components.add_security_scheme("visitor", SecurityScheme::Http(bearer));
        let key = ApiKey::Header(ApiKeyValue::new("X-Api-Key"));
        components.add_security_scheme("api_key", SecurityScheme::ApiKey(key));
        let token = ApiKey::Header(ApiKeyValue::new("api_access_token"));
        components.add_security_scheme("bot", SecurityScheme::ApiKey(token));
        let cookie = ApiKey::Cookie(ApiKeyValue::new("frontdesk_session"));
        components.add_security_scheme("session", SecurityScheme::ApiKey(cookie));
    }
}

/// Where the description is.
const ADDRESS: &str = "/api/openapi.json";

/// `/api/openapi.json` and `/api/docs/`.
pub(super) fn pages() -> impl HttpServiceFactory {
    let description = web::resource(ADDRESS).guard(guard::Get()).to(describe);
    (description, SwaggerUi::new("/api/docs/{_:.*}").config(Config::new([ADDRESS])))
}

/// What describes the API is written when it is first asked for, and kept as text: as values it takes
/// megabytes, in every worker.
async fn describe() -> HttpResponse {
    static WRITTEN: LazyLock<Option<Bytes>> =
        LazyLock::new(|| Description::openapi().to_json().ok().map(Bytes::from));
    match &*WRITTEN {
        Some(text) => HttpResponse::Ok().content_type(ContentType::json()).body(text.clone()),
        None => HttpResponse::InternalServerError().finish(),
    }
}
