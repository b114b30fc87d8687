//! JSON bodies, with our refusals for what is wrong with them.

use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest, web};
use serde::de::DeserializeOwned;

use crate::gateway::error::ApiError;
use crate::gateway::gate::Gate;

/// A JSON body of a type. The request must say that it is JSON: a page of another site cannot say so
/// without being asked first (CORS preflight).
pub(super) struct Json<T>(pub(super) T);

impl<T: DeserializeOwned + 'static> FromRequest for Json<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let limit = request
            .app_data::<web::Data<Gate>>()
            .map_or(64 * 1024, |gate| gate.settings.limits.body_bytes);
        let is_json = request.content_type().eq_ignore_ascii_case("application/json");
        let payload = web::Payload::from_request(request, payload);
        Box::pin(async move {
            if !is_json {
                let message = "send `Content-Type: application/json`".to_owned();
                return Err(ApiError::BadJson(message));
            }
            let payload = payload.await.map_err(|_| ApiError::Internal)?;
            let bytes = payload
                .to_bytes_limited(limit)
                .await
                .map_err(|_| ApiError::TooLarge { limit })?
                .map_err(|_| ApiError::BadJson("the body broke off".to_owned()))?;
            parse(&bytes).map(Json)
        })
    }
}

/// Reads a value; what is wrong is said with the name of its field.
fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut input = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut input)
        .map_err(|error| ApiError::of_json_at(&error.path().to_string(), error.inner()))?;
    input.end().map_err(|error| ApiError::of_json(&error))?;
    Ok(value)
}

/// The same where there may be no body at all. A body that is there must be right.
pub(super) struct OptionalJson<T>(pub(super) Option<T>);

impl<T: DeserializeOwned + 'static> FromRequest for OptionalJson<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, ApiError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let names_length = |name: &str| {
            let value = request.headers().get(name).and_then(|value| value.to_str().ok());
            value.is_some_and(|value| value != "0")
        };
        if !names_length("content-length") && !names_length("transfer-encoding") {
            return Box::pin(async { Ok(Self(None)) });
        }
        let body = Json::from_request(request, payload);
        Box::pin(async move { body.await.map(|Json(body)| Self(Some(body))) })
    }
}
