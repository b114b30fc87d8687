//! For those who run the server: is it alive, can it answer, what does it count.

use actix_web::{HttpResponse, web};
use serde_json::json;

use crate::gateway::gate::Gate;

/// `GET /healthz`: the process runs.
#[utoipa::path(get, path = "/healthz", tag = "operations", responses((status = 200)))]
pub(super) async fn health(gate: web::Data<Gate>) -> HttpResponse {
    let durability = gate.durability;
    HttpResponse::Ok().json(json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "durability": durability,
    }))
}

/// `GET /readyz`: the server can answer: knowledge is trained, and the log takes events.
#[utoipa::path(get, path = "/readyz", tag = "operations",
    responses((status = 200), (status = 503)))]
pub(super) async fn ready(gate: web::Data<Gate>) -> HttpResponse {
    if gate.is_ready() && !gate.tasks.soft().is_cancelled() {
        HttpResponse::Ok().json(json!({ "status": "ready" }))
    } else {
        HttpResponse::ServiceUnavailable().json(json!({ "status": "not ready" }))
    }
}

/// `GET /metrics`: Prometheus text.
#[utoipa::path(get, path = "/metrics", tag = "operations", responses((status = 200, body = String)))]
pub(super) async fn metrics(gate: web::Data<Gate>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(gate.metrics.render())
}
