//! HTTP and WebSocket. Handlers extract, call once, and map the error; what they decide stands
//! elsewhere. Nothing outside this module and `app` knows actix.

mod address;
mod agent_http;
mod agent_socket;
mod assets;
mod board;
mod bot_http;
mod error;
mod feed;
mod frames;
mod gate;
mod json;
mod limits;
mod line;
mod observe;
mod openapi;
mod ops;
mod origin;
mod session;
mod token;
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
                .route("/widget/", web::get().to(assets::widget))
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
        .route("/agents", web::get().to(agent_http::agents))
        .route("/agents", web::post().to(agent_http::add_agent))
        .route("/agents/{id}/sessions", web::delete().to(agent_http::revoke_sessions))
        .route("/conversations/{id}", web::delete().to(agent_http::erase))
        .route("/conversations/{id}/events", web::get().to(agent_http::events))
        .configure(webhook_http::routes)
        .configure(bot_http::routes)
        .route("/admin/reload", web::post().to(agent_http::reload))
        .service(
            web::scope("/visitor")
                .route("/token", web::post().to(visitor_http::renew))
                .route("/conversations", web::post().to(visitor_http::start))
                .route("/conversations/{id}/messages", web::post().to(visitor_http::say))
                .route("/conversations/{id}/handoff", web::post().to(visitor_http::handoff))
                .route("/conversations/{id}/leave_queue", web::post().to(visitor_http::leave_queue))
                .route("/conversations/{id}/rating", web::post().to(visitor_http::rate))
                .route("/conversations/{id}/events", web::get().to(visitor_http::events)),
        );
}
