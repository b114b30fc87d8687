//! HTTP and WebSocket. Handlers extract, call once, and map the error; what they decide stands
//! elsewhere. Nothing outside this module and `app` knows actix.

mod address;
mod agent_acts;
mod agent_http;
mod agent_inbox;
mod agent_socket;
mod agent_writing;
mod assets;
mod attached;
mod attachment_http;
mod audit_http;
mod audited;
mod board;
mod bot_http;
mod corrections_http;
mod customer_http;
mod draft_http;
mod error;
mod event_pages;
mod feed;
mod frames;
mod gate;
mod inbox_acts;
mod inbox_http;
mod inbox_query;
mod inbox_row;
mod json;
mod knowledge_http;
mod knowledge_try_http;
mod knowledge_view;
mod limits;
mod line;
mod observe;
mod oidc_http;
mod openapi;
mod ops;
mod origin;
mod people_http;
mod preload;
mod proactive_http;
mod reply_http;
mod report_http;
mod routing_http;
mod search_http;
mod seat;
mod second_factor_http;
mod session;
mod sessions_http;
mod sites_http;
mod slim;
mod token;
mod transcript_http;
mod understand;
mod view;
mod visitor_http;
mod visitor_socket;
mod webhook_http;

use std::io;
use std::net::TcpListener;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpServer, web};

pub use gate::{Gate, GateParts};

use crate::gateway::error::ApiError;

/// How long a client may take for the head of a request.
const HEAD_WITHIN: Duration = Duration::from_secs(5);
/// How many connections may wait to be accepted.
const BACKLOG: u32 = 4_096;

/// Serves at a listener until it is told to stop.
pub fn serve(
    gate: web::Data<Gate>,
    listener: TcpListener,
    workers: Option<usize>,
) -> io::Result<Server> {
    let mut server = HttpServer::new(move || {
        App::new()
            .app_data(gate.clone())
            .app_data(
                web::QueryConfig::default()
                    .error_handler(|error, _| ApiError::InvalidBody(error.to_string()).into()),
            )
            .wrap(from_fn(observe::observe))
            .configure(routes)
            .default_service(web::to(|| async { Err::<&str, _>(ApiError::NotFound) }))
    })
    .backlog(BACKLOG)
    .client_request_timeout(HEAD_WITHIN)
    .disable_signals()
    .shutdown_timeout(5);
    if let Some(workers) = workers {
        server = server.workers(workers);
    }
    Ok(server.listen(listener)?.run())
}

fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/ws/v1/visitor", web::get().to(visitor_socket::open))
        .route("/ws/v1/agent", web::get().to(agent_socket::open))
        .route("/healthz", web::get().to(ops::health))
        .route("/readyz", web::get().to(ops::ready))
        .route("/metrics", web::get().to(ops::metrics))
        .service(web::scope("/api/v1").configure(api))
        .service(openapi::pages())
        .service(
            web::scope("")
                .wrap(Compress::default())
                .route("/", web::get().to(assets::demo))
                .route("/demo/styleguide.html", web::get().to(assets::styleguide))
                .route("/widget/", web::get().to(assets::widget))
                .route("/widget/teaser", web::get().to(assets::teaser))
                .route("/console", web::get().to(assets::console))
                .route("/console/", web::get().to(assets::console))
                .route("/embed.js", web::get().to(assets::embed))
                .route("/w/{version}/{path:.*}", web::get().to(assets::file)),
        );
}

fn api(config: &mut web::ServiceConfig) {
    config
        .route("/understand", web::post().to(understand::understand))
        .route("/setup", web::get().to(agent_http::setup_needed))
        .route("/setup", web::post().to(agent_http::set_up))
        .route("/session", web::get().to(agent_http::who_am_i))
        .route("/session", web::post().to(agent_http::sign_in))
        .route("/session", web::delete().to(agent_http::sign_out))
        .route("/sites", web::get().to(sites_http::sites))
        .route("/sessions", web::get().to(sessions_http::list))
        .route("/sessions", web::delete().to(sessions_http::end_others))
        .route("/sessions/{id}", web::delete().to(sessions_http::end))
        .route("/session/oidc", web::get().to(oidc_http::start))
        .route("/session/oidc/callback", web::get().to(oidc_http::callback))
        .route("/session/second_factor", web::post().to(second_factor_http::enrol))
        .route("/session/second_factor/confirm", web::post().to(second_factor_http::confirm))
        .route("/session/second_factor/give_up", web::post().to(second_factor_http::give_up))
        .route("/audit", web::get().to(audit_http::audit))
        .route("/session/filters", web::get().to(inbox_http::filters))
        .route("/session/filters", web::put().to(inbox_http::set_filters))
        .route("/search", web::get().to(search_http::search))
        .route("/labels", web::get().to(inbox_http::labels))
        .route("/conversations", web::get().to(inbox_http::list))
        .route("/conversations/acts", web::post().to(inbox_http::act))
        .route("/conversations/{id}", web::delete().to(agent_http::erase))
        .route("/conversations/{id}/events", web::get().to(agent_http::events))
        .route("/report", web::get().to(report_http::report))
        .route("/routing", web::get().to(routing_http::rules))
        .route("/routing", web::put().to(routing_http::change))
        .configure(people)
        .configure(files)
        .configure(customers)
        .configure(writing)
        .configure(knowledge_http::routes)
        .configure(corrections_http::routes)
        .configure(webhook_http::routes)
        .configure(bot_http::routes)
        .route("/admin/reload", web::post().to(agent_http::reload))
        .service(
            web::scope("/visitor")
                .route("/token", web::post().to(visitor_http::renew))
                .route("/conversations", web::post().to(visitor_http::start))
                .route("/conversations/{id}/messages", web::post().to(visitor_http::say))
                .route("/conversations/{id}/handoff", web::post().to(visitor_http::handoff))
                .route("/conversations/{id}/proactive", web::post().to(proactive_http::open))
                .route("/proactive", web::post().to(proactive_http::applying))
                .route("/proactive/quiet", web::post().to(proactive_http::be_quiet))
                .route("/proactive/{rule}/shown", web::post().to(proactive_http::show))
                .route("/conversations/{id}/leave_queue", web::post().to(visitor_http::leave_queue))
                .route("/conversations/{id}/identity", web::post().to(visitor_http::identify))
                .route("/conversations/{id}/contact", web::post().to(visitor_http::contact))
                .route("/conversations/{id}/rating", web::post().to(visitor_http::rate))
                .route("/conversations/{id}/attachments", web::post().to(attachment_http::upload))
                .route(
                    "/conversations/{id}/attachments/{attachment}",
                    web::get().to(attachment_http::download),
                )
                .route("/conversations/{id}/events", web::get().to(visitor_http::events)),
        );
}

fn people(config: &mut web::ServiceConfig) {
    config
        .route("/agents", web::get().to(people_http::agents))
        .route("/agents", web::post().to(people_http::add_agent))
        .route("/agents/{id}", web::patch().to(people_http::change_agent))
        .route("/agents/{id}/sessions", web::delete().to(people_http::revoke_sessions))
        .route("/agents/{id}/second_factor", web::delete().to(second_factor_http::reset))
        .route("/teams", web::get().to(people_http::teams))
        .route("/teams", web::post().to(people_http::add_team))
        .route("/teams/{id}", web::patch().to(people_http::change_team))
        .route("/teams/{id}", web::delete().to(people_http::remove_team))
        .route("/roles", web::get().to(people_http::roles))
        .route("/roles", web::post().to(people_http::add_role))
        .route("/roles/{id}", web::patch().to(people_http::change_role))
        .route("/roles/{id}", web::delete().to(people_http::remove_role));
}

fn files(config: &mut web::ServiceConfig) {
    config
        .route("/conversations/{id}/attachments", web::post().to(attachment_http::upload_by_agent))
        .route(
            "/conversations/{id}/attachments/{attachment}",
            web::get().to(attachment_http::download_by_agent),
        );
}

fn writing(config: &mut web::ServiceConfig) {
    config
        .route("/proactive", web::get().to(proactive_http::list))
        .route("/proactive", web::put().to(proactive_http::set))
        .route("/replies", web::get().to(reply_http::list))
        .route("/replies", web::post().to(reply_http::add))
        .route("/replies/{id}", web::put().to(reply_http::change))
        .route("/replies/{id}", web::delete().to(reply_http::remove))
        .route("/session/drafts", web::get().to(draft_http::list))
        .route("/conversations/{id}/drafts/{kind}", web::put().to(draft_http::put))
        .route("/conversations/{id}/variables", web::get().to(reply_http::variables))
        .route("/conversations/{id}/transcript", web::get().to(transcript_http::transcript));
}

fn customers(config: &mut web::ServiceConfig) {
    config
        .route("/conversations/{id}/customer", web::get().to(customer_http::of_conversation))
        .route("/customers", web::get().to(customer_http::search))
        .route("/customers/{external_id}", web::get().to(customer_http::find))
        .route("/customers/{external_id}", web::put().to(customer_http::put))
        .route("/customers/{external_id}", web::patch().to(customer_http::change))
        .route("/customers/{external_id}", web::delete().to(customer_http::erase))
        .route("/customers/{external_id}/history", web::get().to(customer_http::history))
        .route("/customers/{external_id}/unmerge", web::post().to(customer_http::unmerge))
        .route("/segments", web::get().to(customer_http::segments))
        .route("/segments", web::put().to(customer_http::set_segments))
        .route("/segments/preview", web::post().to(customer_http::preview));
}
