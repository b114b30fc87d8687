//! Around every request: foreign pages are turned away, safe headers are set, and what happened is
//! counted and logged by route, never by path, for paths name conversations.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use tokio::time::Instant;

use crate::gateway::error::ApiError;
use crate::gateway::gate::Gate;

/// The middleware.
pub(super) async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let started = Instant::now();
    let gate = request.app_data::<web::Data<Gate>>().cloned();
    let changes_something = !matches!(*request.method(), Method::GET | Method::HEAD);
    if let Some(gate) = &gate
        && changes_something
        && let Err(error) = gate.origins.check(request.headers())
    {
        gate.metrics.refused(error.code());
        return Err(error.into());
    }
    let method = request.method().clone();
    let mut response = next.call(request).await?;
    let headers = response.headers_mut();
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, header::HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, header::HeaderValue::from_static("no-referrer"));
    let route = response.request().match_pattern().unwrap_or_else(|| "unknown".to_owned());
    let status = response.status();
    if let Some(gate) = &gate {
        gate.metrics.http_request(&route, status.as_u16());
        let refusal = response.response().error().and_then(Error::as_error::<ApiError>);
        if let Some(refusal) = refusal {
            gate.metrics.refused(refusal.code());
        }
    }
    let duration_ms = started.elapsed().as_secs_f64() * 1_000.0;
    if status.is_server_error() {
        tracing::error!(
            http.route = route,
            http.status = status.as_u16(),
            duration_ms,
            "{method} failed"
        );
    } else {
        tracing::debug!(http.route = route, http.status = status.as_u16(), duration_ms, "{method}");
    }
    Ok(response)
}
