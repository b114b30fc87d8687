//! Files over HTTP: uploaded as they are, never held in memory as a whole, and given back only to those
//! who may read the conversation, in a form that no browser takes for a page.

#![expect(unused_qualifications, reason = "utoipa's macro repeats the path of the query's type")]

use std::time::Duration;

use actix_web::http::header::{
    self, Charset, ContentDisposition, DispositionParam, DispositionType, ExtendedValue,
};
use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::StreamExt;
use serde::Deserialize;
use tokio::fs::File;
use tokio::time::Instant;
use tokio_util::io::ReaderStream;
use utoipa::IntoParams;

use crate::accounts::Permission;
use crate::attachments::{AttachmentError, Sender};
use crate::conversation::Refusal;
use crate::dialogue::Status;
use crate::domain::{Attachment, AttachmentId, ConversationId, FileKind};
use crate::gateway::bot_http;
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::session::SignedIn;
use crate::gateway::visitor_http;

/// For how long an upload may stand still.
const STALLED: Duration = Duration::from_secs(30);
/// For how long the rest of a refused upload is read, so that its sender hears why.
const DRAINED_WITHIN: Duration = Duration::from_secs(5);
/// What a browser may do with a file that it shows by itself: nothing.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";
/// A file does not change, but it can be erased.
const CACHED: &str = "private, max-age=3600";

/// What the sender calls the file.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct Named {
    /// Its name for people; folders in it are left out.
    #[serde(default)]
    name: String,
}

/// Uploads a file, whose bytes are the body; a message names it after that by its `id`. What is never
/// sent is removed after a day.
#[utoipa::path(post, path = "/api/v1/visitor/conversations/{id}/attachments", tag = "visitor",
    params(("id" = String, Path), Named), security(("visitor" = [])),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Attachment), (status = 401, body = ErrorBody),
        (status = 404, body = ErrorBody), (status = 409, body = ErrorBody),
        (status = 413, body = ErrorBody), (status = 415, body = ErrorBody),
        (status = 422, body = ErrorBody), (status = 429, body = ErrorBody),
        (status = 507, body = ErrorBody)))]
pub(super) async fn upload(
    request: HttpRequest,
    gate: web::Data<Gate>,
    named: Query<Named>,
    body: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let conversation = visitor_http::conversation(&request, &gate)?;
    receive(&gate, &request, (conversation, Sender::Visitor), &named.name, body).await
}

/// The bytes of a file of one's own conversation.
#[utoipa::path(get, path = "/api/v1/visitor/conversations/{id}/attachments/{attachment}",
    tag = "visitor", params(("id" = String, Path), ("attachment" = String, Path)),
    security(("visitor" = [])),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn download(
    request: HttpRequest,
    gate: web::Data<Gate>,
) -> Result<HttpResponse, ApiError> {
    let conversation = visitor_http::conversation(&request, &gate)?;
    give(&gate, &request, conversation).await
}

/// Uploads a file to a conversation that the agent has.
#[utoipa::path(post, path = "/api/v1/conversations/{id}/attachments", tag = "agents",
    params(("id" = String, Path), Named), security(("session" = [])),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 201, body = Attachment), (status = 401, body = ErrorBody),
        (status = 403, body = ErrorBody), (status = 404, body = ErrorBody),
        (status = 409, body = ErrorBody), (status = 413, body = ErrorBody),
        (status = 415, body = ErrorBody), (status = 422, body = ErrorBody),
        (status = 429, body = ErrorBody), (status = 507, body = ErrorBody)))]
pub(super) async fn upload_by_agent(
    request: HttpRequest,
    gate: web::Data<Gate>,
    agent: SignedIn,
    named: Query<Named>,
    body: web::Payload,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::ConversationsAnswer)?;
    let conversation = conversation(&request)?;
    let view = gate.conversations.view(conversation).await?;
    if !agent.sees(&view) {
        return Err(ApiError::NotFound);
    }
    let is_own = view.taken.is_some_and(|taken| taken.agent == agent.id);
    if !is_own || view.status != Status::Human {
        return Err(Refusal::NotYours.into());
    }
    let by = Sender::Agent(agent.id);
    receive(&gate, &request, (conversation, by), &named.name, body).await
}

/// The bytes of a file of a conversation that the agent may read, or that the calling bot has.
#[utoipa::path(get, path = "/api/v1/conversations/{id}/attachments/{attachment}", tag = "agents",
    params(("id" = String, Path), ("attachment" = String, Path)),
    security(("session" = []), ("bot" = [])),
    responses((status = 200, body = Vec<u8>, content_type = "application/octet-stream"),
        (status = 401, body = ErrorBody), (status = 404, body = ErrorBody)))]
pub(super) async fn download_by_agent(
    request: HttpRequest,
    gate: web::Data<Gate>,
    agent: Result<SignedIn, ApiError>,
) -> Result<HttpResponse, ApiError> {
    if let Some(bot) = bot_http::calling(&gate, &request) {
        let conversation = conversation(&request)?;
        let has = gate.conversations.check_bot(conversation, bot.id).await;
        has.map_err(|_| ApiError::NotFound)?;
        return give(&gate, &request, conversation).await;
    }
    let agent = agent?;
    let conversation = conversation(&request)?;
    let view = gate.conversations.view(conversation).await?;
    if !agent.sees(&view) {
        return Err(ApiError::NotFound);
    }
    give(&gate, &request, conversation).await
}

fn conversation(request: &HttpRequest) -> Result<ConversationId, ApiError> {
    request.match_info().query("id").parse().map_err(|_| ApiError::NotFound)
}

async fn receive(
    gate: &Gate,
    request: &HttpRequest,
    to: (ConversationId, Sender),
    name: &str,
    mut body: web::Payload,
) -> Result<HttpResponse, ApiError> {
    let taken = take(gate, request, to, name, &mut body).await;
    if taken.is_err() {
        drain(&mut body, gate.attachments.limits().file_bytes).await;
    }
    Ok(HttpResponse::Created().json(taken?))
}

async fn take(
    gate: &Gate,
    request: &HttpRequest,
    (conversation, by): (ConversationId, Sender),
    name: &str,
    body: &mut web::Payload,
) -> Result<Attachment, ApiError> {
    if !gate.settings.attachments.enabled {
        return Err(ApiError::Conflict("files cannot be sent here"));
    }
    gate.limits.upload(gate.address(request), conversation)?;
    let size = request.headers().get(header::CONTENT_LENGTH);
    let size = size.and_then(|size| size.to_str().ok()?.parse().ok());
    let mut upload = gate.attachments.begin(conversation, by, size).await?;
    let broken = AttachmentError::Broken("the upload broke off");
    loop {
        match tokio::time::timeout(STALLED, body.next()).await {
            Ok(Some(Ok(bytes))) => upload.write(&bytes).await?,
            Ok(None) => break,
            Ok(Some(Err(_))) | Err(_) => return Err(broken.into()),
        }
    }
    let file = upload.finish(name).await?;
    tracing::info!(
        conversation.id = %conversation, attachment.id = %file.id, size_bytes = file.size,
        kind = file.kind.media_type(), "a file was uploaded"
    );
    Ok(file)
}

/// Reads on for a moment, at most `bytes`: a sender who is cut off in the middle may not hear why.
async fn drain(body: &mut web::Payload, bytes: u64) {
    let deadline = Instant::now() + DRAINED_WITHIN;
    let mut left = bytes;
    while left > 0 {
        match tokio::time::timeout_at(deadline, body.next()).await {
            Ok(Some(Ok(more))) => left = left.saturating_sub(more.len() as u64),
            _ => return,
        }
    }
}

async fn give(
    gate: &Gate,
    request: &HttpRequest,
    conversation: ConversationId,
) -> Result<HttpResponse, ApiError> {
    let id: Option<AttachmentId> = request.match_info().query("attachment").parse().ok();
    let id = id.ok_or(ApiError::NotFound)?;
    let file = gate.attachments.find(conversation, id).await?.ok_or(ApiError::NotFound)?;
    let bytes = match File::open(gate.attachments.path(id)).await {
        Ok(bytes) => bytes,
        Err(error) => {
            tracing::error!(attachment.id = %id, %error, "a file cannot be read");
            return Err(ApiError::NotFound);
        }
    };
    let kind = match file.kind {
        FileKind::Text => "text/plain; charset=utf-8",
        kind => kind.media_type(),
    };
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .insert_header((header::CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((header::CACHE_CONTROL, CACHED))
        .insert_header(("cross-origin-resource-policy", "same-origin"))
        .insert_header(disposition(&file))
        .no_chunking(file.size)
        .streaming(ReaderStream::new(bytes)))
}

/// Pictures and documents may be shown, text is saved.
fn disposition(file: &Attachment) -> ContentDisposition {
    let disposition = match file.kind {
        FileKind::Text => DispositionType::Attachment,
        _ => DispositionType::Inline,
    };
    let name = ExtendedValue {
        charset: Charset::Ext("UTF-8".to_owned()),
        language_tag: None,
        value: file.name.clone().into_bytes(),
    };
    ContentDisposition { disposition, parameters: vec![DispositionParam::FilenameExt(name)] }
}
