//! What the outside is told when something is refused: one table of stable codes. The inner text of
//! an error never leaves the server.

use std::time::Duration;

use actix_web::http::{StatusCode, header};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::conversation::Refusal;
use crate::domain::TextError;

/// A refusal with its code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum ApiError {
    #[error("this is not JSON: {0}")]
    BadJson(String),
    #[error("{0}")]
    UnknownField(String),
    #[error("`{field}`: {message}")]
    InvalidField { field: &'static str, message: String },
    #[error("`{field}`: {message}")]
    Mistake { code: &'static str, field: &'static str, message: String },
    #[error("{0}")]
    InvalidBody(String),
    #[error("`text`: {0}")]
    Text(#[from] TextError),
    #[error("{0}")]
    Identity(String),
    #[error("{0}")]
    OtherCustomer(String),
    #[error("sign in, or renew the token")]
    Unauthorized,
    #[error("a code of the second factor is needed too: send it as `code`")]
    SecondFactorRequired,
    #[error("this code is wrong or was used before")]
    SecondFactorWrong,
    #[error("this origin is not one of the sites in the settings")]
    ForbiddenOrigin,
    #[error("you may not do this")]
    Forbidden,
    #[error("not found")]
    NotFound,
    #[error("{0}")]
    Conflict(&'static str),
    #[error("{0}")]
    Refused(#[from] Refusal),
    #[error("too many requests from here")]
    RateLimited { retry_after: Duration },
    #[error("the server has too much to do")]
    Overloaded { retry_after: Duration },
    #[error("the request has more than {limit} bytes")]
    TooLarge { limit: usize },
    #[error("the file has more than {limit} bytes")]
    FileTooLarge { limit: u64 },
    #[error("files may be PNG, JPEG, GIF or WebP pictures, PDF, or plain text")]
    FileType,
    #[error("{0}")]
    FileBroken(&'static str),
    #[error("`attachments`: {0}")]
    FileUnknown(String),
    #[error("a conversation has {limit} files at most")]
    TooManyFiles { limit: usize },
    #[error("there is no room for more files")]
    NoRoom,
    #[error("the server is not ready")]
    NotReady,
    #[error("something went wrong inside the server")]
    Internal,
}

/// The body of every refusal.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ErrorBody {
    /// The refusal.
    pub(super) error: ErrorDetail,
}

/// A refusal as the outside sees it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(super) struct ErrorDetail {
    /// A stable code for programs.
    #[schema(example = "text_empty")]
    pub(super) code: &'static str,
    /// A sentence for people.
    pub(super) message: String,
    /// When to try again, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) retry_after_ms: Option<u64>,
    /// Who was first, when a claim was lost.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) owner: Option<String>,
}

impl ApiError {
    /// The stable code with the HTTP status that goes with it.
    fn entry(&self) -> (&'static str, StatusCode) {
        match self {
            Self::BadJson(_) => ("bad_json", StatusCode::BAD_REQUEST),
            Self::UnknownField(_) => ("unknown_field", StatusCode::BAD_REQUEST),
            Self::InvalidField { .. } | Self::InvalidBody(_) => {
                ("invalid_field", StatusCode::BAD_REQUEST)
            }
            Self::Mistake { code: code @ "shortcut_taken", .. } => (code, StatusCode::CONFLICT),
            Self::Mistake { code, .. } => (code, StatusCode::UNPROCESSABLE_ENTITY),
            Self::Text(TextError::Empty) => ("text_empty", StatusCode::UNPROCESSABLE_ENTITY),
            Self::Text(TextError::ControlCharacter { .. }) => {
                ("text_control_character", StatusCode::UNPROCESSABLE_ENTITY)
            }
            Self::Text(_) => ("text_too_long", StatusCode::UNPROCESSABLE_ENTITY),
            Self::Identity(_) => ("identity_refused", StatusCode::UNAUTHORIZED),
            Self::OtherCustomer(_) => ("identity_other", StatusCode::CONFLICT),
            Self::Unauthorized => ("unauthorized", StatusCode::UNAUTHORIZED),
            Self::SecondFactorRequired => ("second_factor_required", StatusCode::UNAUTHORIZED),
            Self::SecondFactorWrong => ("second_factor_wrong", StatusCode::UNAUTHORIZED),
            Self::ForbiddenOrigin => ("forbidden_origin", StatusCode::FORBIDDEN),
            Self::Forbidden => ("forbidden", StatusCode::FORBIDDEN),
            Self::NotFound | Self::Refused(Refusal::Unknown) => {
                ("not_found", StatusCode::NOT_FOUND)
            }
            Self::Conflict(_) | Self::Refused(Refusal::AlreadyAsked | Refusal::ClientIdTaken) => {
                ("conflict", StatusCode::CONFLICT)
            }
            Self::Refused(Refusal::AlreadyClaimed { .. }) => {
                ("already_claimed", StatusCode::CONFLICT)
            }
            Self::Refused(Refusal::NotWaiting) => ("not_waiting", StatusCode::CONFLICT),
            Self::Refused(Refusal::NotYours) => ("not_yours", StatusCode::CONFLICT),
            Self::Refused(Refusal::Lapsed) => ("lapsed", StatusCode::CONFLICT),
            Self::Refused(Refusal::NotWithBot) => ("not_with_bot", StatusCode::CONFLICT),
            Self::Refused(Refusal::Unchanged) => ("unchanged", StatusCode::CONFLICT),
            Self::Refused(Refusal::TooManyLabels) => ("too_many_labels", StatusCode::CONFLICT),
            Self::Refused(Refusal::NotResolved) => ("not_resolved", StatusCode::CONFLICT),
            Self::RateLimited { .. } => ("rate_limited", StatusCode::TOO_MANY_REQUESTS),
            Self::Overloaded { .. } | Self::Refused(Refusal::Busy { .. }) => {
                ("overloaded", StatusCode::TOO_MANY_REQUESTS)
            }
            Self::TooLarge { .. }
            | Self::FileTooLarge { .. }
            | Self::Refused(Refusal::TooLarge) => ("too_large", StatusCode::PAYLOAD_TOO_LARGE),
            Self::FileType => ("file_type", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            Self::FileBroken(_) => ("file_broken", StatusCode::UNPROCESSABLE_ENTITY),
            Self::FileUnknown(_) => ("file_unknown", StatusCode::UNPROCESSABLE_ENTITY),
            Self::TooManyFiles { .. } => ("too_many_files", StatusCode::CONFLICT),
            Self::NoRoom => ("no_room", StatusCode::INSUFFICIENT_STORAGE),
            Self::NotReady | Self::Refused(Refusal::Unavailable) => {
                ("unavailable", StatusCode::SERVICE_UNAVAILABLE)
            }
            Self::Internal => ("internal", StatusCode::INTERNAL_SERVER_ERROR),
        }
    }

    /// The stable code.
    pub(super) fn code(&self) -> &'static str {
        self.entry().0
    }

    /// The refusal as the outside sees it.
    pub(super) fn detail(&self) -> ErrorDetail {
        let retry_after = match self {
            Self::RateLimited { retry_after }
            | Self::Overloaded { retry_after }
            | Self::Refused(Refusal::Busy { retry_after }) => Some(*retry_after),
            _ => None,
        };
        let owner = match self {
            Self::Refused(Refusal::AlreadyClaimed { owner }) => Some(owner.clone()),
            _ => None,
        };
        let retry_after_ms = retry_after.map(|wait| u64::try_from(wait.as_millis()).unwrap_or(1));
        ErrorDetail { code: self.code(), message: self.to_string(), retry_after_ms, owner }
    }

    /// The same, with the field that it is about.
    pub(super) fn of_json_at(path: &str, error: &serde_json::Error) -> Self {
        match Self::of_json(error) {
            Self::InvalidBody(text) if path != "." => {
                Self::InvalidBody(format!("`{path}`: {text}"))
            }
            other => other,
        }
    }

    /// What is wrong with a JSON text, from serde's point of view.
    pub(super) fn of_json(error: &serde_json::Error) -> Self {
        let text = error.to_string();
        match error.classify() {
            serde_json::error::Category::Data if text.starts_with("unknown field") => {
                Self::UnknownField(text)
            }
            serde_json::error::Category::Data => Self::InvalidBody(text),
            _ => Self::BadJson(text),
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.entry().1
    }

    fn error_response(&self) -> HttpResponse {
        let error = self.detail();
        let mut response = HttpResponse::build(self.status_code());
        if let Some(wait) = error.retry_after_ms {
            response.insert_header((header::RETRY_AFTER, wait.div_ceil(1_000).to_string()));
        }
        response.json(ErrorBody { error })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_mistakes_are_told_apart() {
        #[derive(serde::Deserialize, Debug)]
        #[serde(deny_unknown_fields)]
        struct Body {
            #[expect(dead_code, reason = "only its type matters")]
            text: String,
        }
        let code =
            |json: &str| ApiError::of_json(&serde_json::from_str::<Body>(json).unwrap_err()).code();
        assert_eq!(code("{"), "bad_json");
        assert_eq!(code("nonsense"), "bad_json");
        assert_eq!(code(r#"{"text": 1}"#), "invalid_field");
        assert_eq!(code(r#"{"text": "a", "more": 1}"#), "unknown_field");
        assert_eq!(code("{}"), "invalid_field");
    }

    #[test]
    fn a_busy_server_says_when_to_come_back() {
        let error = ApiError::from(Refusal::Busy { retry_after: Duration::from_millis(1_500) });
        let response = error.error_response();
        assert_eq!(response.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(response.headers().get(header::RETRY_AFTER).unwrap(), "2");
        assert_eq!(error.detail().retry_after_ms, Some(1_500));
    }
}
