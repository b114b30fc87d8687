//! The knowledge over HTTP, for those who edit it: what there is, what a change would do, publishing,
//! and the versions.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::accounts::{Act, Deed, Object, Permission};
use crate::catalog::{Content, Item, ItemKind, ItemName};
use crate::editing::{Author, EditingError, Published, Taking};
use crate::gateway::error::{ApiError, ErrorBody};
use crate::gateway::gate::Gate;
use crate::gateway::json::Json;
use crate::gateway::knowledge_try_http::{compare, try_out};
use crate::gateway::knowledge_view::{
    ChangeBody, ChangesBody, changes, checked, item, mistake, refusal, row, version,
};
use crate::gateway::session::SignedIn;

/// Most rows of a list at once.
const MOST_ROWS: usize = 200;
/// Most characters of what is said about a publication.
const NOTE_CHARACTERS: usize = 500;

/// Which items are listed.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct ListQuery {
    /// Words that stand in the item.
    #[serde(default)]
    q: String,
    /// `faq` or `intent`.
    #[param(value_type = Option<String>)]
    kind: Option<ItemKind>,
    /// The name of a file.
    file: Option<String>,
    /// `en` or `zh`: only what has texts in it; `no_en`, `no_zh`: only what has none.
    #[param(value_type = Option<String>)]
    language: Option<LanguageFilter>,
    /// How many are left out at the beginning.
    #[serde(default)]
    offset: usize,
    /// 200 at most.
    #[serde(default = "most_rows")]
    limit: usize,
}

fn most_rows() -> usize {
    MOST_ROWS
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum LanguageFilter {
    En,
    Zh,
    NoEn,
    NoZh,
}

impl ListQuery {
    fn fits(&self, item: &Item) -> bool {
        let is_kind = self.kind.is_none_or(|kind| item.content.name().kind == kind);
        let is_file = self.file.as_ref().is_none_or(|file| item.file == *file);
        let (en, zh) = match &item.content {
            Content::Faq(faq) => (!faq.question.en.is_empty(), !faq.question.zh.is_empty()),
            Content::Intent(intent) => {
                (!intent.examples.en.is_empty(), !intent.examples.zh.is_empty())
            }
        };
        let is_language = match self.language {
            None => true,
            Some(LanguageFilter::En) => en,
            Some(LanguageFilter::Zh) => zh,
            Some(LanguageFilter::NoEn) => !en,
            Some(LanguageFilter::NoZh) => !zh,
        };
        is_kind && is_file && is_language && self.is_said(item)
    }

    /// Whether every word that is looked for stands somewhere in the item.
    fn is_said(&self, item: &Item) -> bool {
        let words: Vec<String> = self.q.split_whitespace().map(str::to_lowercase).collect();
        if words.is_empty() {
            return true;
        }
        let said = json!(item.content).to_string().to_lowercase();
        words.iter().all(|word| said.contains(word.as_str()))
    }
}

/// The items of the knowledge as its files say them at this moment, and the files.
#[utoipa::path(get, path = "/api/v1/knowledge", tag = "knowledge", params(ListQuery),
    security(("session" = [])),
    responses((status = 200, body = Object), (status = 403, body = ErrorBody)))]
pub(super) async fn list(
    gate: web::Data<Gate>,
    agent: SignedIn,
    asked: web::Query<ListQuery>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::KnowledgeEdit)?;
    let source = gate.editor.source().await;
    let mistakes = gate.editor.mistakes(&source).await;
    let items = source.items();
    let fitting: Vec<&Item> = items.values().filter(|item| asked.fits(item)).collect();
    let limit = asked.limit.clamp(1, MOST_ROWS);
    let rows = fitting.iter().skip(asked.offset).take(limit).map(|item| row(item));
    let knowledge = gate.conversations.knowledge().current();
    let categories = knowledge.catalog.categories.iter().map(|category| &category.name);
    Ok(HttpResponse::Ok().json(json!({
        "items": rows.collect::<Vec<Value>>(),
        "total": fitting.len(),
        "files": source.files().iter().map(|file| &file.name).collect::<Vec<_>>(),
        "categories": categories.collect::<Vec<_>>(),
        "mistakes": mistakes.iter().map(mistake).collect::<Vec<Value>>(),
        "read_only": gate.editor.obstacle(),
    })))
}

/// Which item.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct ItemQuery {
    /// `faq` or `intent`.
    #[param(value_type = String)]
    kind: ItemKind,
    /// Its id or name.
    id: String,
}

/// One item with everything that it says, and its version.
#[utoipa::path(get, path = "/api/v1/knowledge/item", tag = "knowledge", params(ItemQuery),
    security(("session" = [])),
    responses((status = 200, body = Object), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(super) async fn one(
    gate: web::Data<Gate>,
    agent: SignedIn,
    asked: web::Query<ItemQuery>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::KnowledgeEdit)?;
    let ItemQuery { kind, id } = asked.into_inner();
    let items = gate.editor.source().await.items();
    let found = items.get(&ItemName { kind, id }).ok_or(ApiError::NotFound)?;
    Ok(HttpResponse::Ok().json(item(found)))
}

/// What changes would do to the files, what would be wrong, and what somebody else has changed.
/// Nothing is written.
#[utoipa::path(post, path = "/api/v1/knowledge/check", tag = "knowledge",
    request_body = ChangesBody, security(("session" = [])),
    responses((status = 200, body = Object), (status = 403, body = ErrorBody),
        (status = 422, description = "`knowledge_change`: it cannot be carried out")))]
pub(super) async fn check(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<ChangesBody>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::KnowledgeEdit)?;
    match gate.editor.check(changes(body.0.changes)?).await {
        Ok(found) => Ok(HttpResponse::Ok().json(checked(&found))),
        Err(error) => refused(&error),
    }
}

/// A publication.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct PublishBody {
    /// What is to change.
    changes: Vec<ChangeBody>,
    /// What is to be said about it in the history.
    note: Option<String>,
}

/// Writes changes into the files and puts them to use, all or none. When this is answered, they are on
/// disk, and the bot answers with them.
#[utoipa::path(post, path = "/api/v1/knowledge/publish", tag = "knowledge",
    request_body = PublishBody, security(("session" = [])),
    responses((status = 200, body = Object), (status = 403, body = ErrorBody),
        (status = 409, description = "`knowledge_conflict` with both texts, `knowledge_read_only`, `unchanged`"),
        (status = 422, description = "`knowledge_mistakes`, with file, line, item and field")))]
pub(super) async fn publish(
    gate: web::Data<Gate>,
    agent: SignedIn,
    body: Json<PublishBody>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::KnowledgeEdit)?;
    let PublishBody { changes: wanted, note } = body.0;
    let note = note.map(|note| note.trim().to_owned()).filter(|note| !note.is_empty());
    if note.as_ref().is_some_and(|note| note.chars().count() > NOTE_CHARACTERS) {
        let message = format!("{NOTE_CHARACTERS} characters at most");
        return Err(ApiError::InvalidField { field: "note", message });
    }
    let published = gate.editor.publish(&changes(wanted)?, note, author(&agent)).await;
    done(&gate, &agent, published).await
}

fn author(agent: &SignedIn) -> Author {
    Author { id: agent.id, name: agent.current_name() }
}

async fn done(
    gate: &Gate,
    agent: &SignedIn,
    published: Result<Published, EditingError>,
) -> Result<HttpResponse, ApiError> {
    match published {
        Ok(Published { version: made, entries, intents }) => {
            let told = version(&made, false);
            let on = Object::new("knowledge", made.number.to_string());
            let after = json!({ "items": told.get("items"), "takes_back": made.takes_back });
            let act = Act::change(Deed::KnowledgePublished, on, Value::Null, after);
            gate.accounts.note(&agent.by(), act).await?;
            Ok(HttpResponse::Ok()
                .json(json!({ "version": told, "entries": entries, "intents": intents })))
        }
        Err(error) => refused(&error),
    }
}

/// Which versions.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
pub(super) struct VersionsQuery {
    /// Only those before this number.
    before: Option<u64>,
    /// 100 at most.
    #[serde(default = "page")]
    limit: usize,
}

fn page() -> usize {
    30
}

/// What was published, the latest first.
#[utoipa::path(get, path = "/api/v1/knowledge/versions", tag = "knowledge",
    params(VersionsQuery), security(("session" = [])),
    responses((status = 200, body = Object), (status = 403, body = ErrorBody)))]
pub(super) async fn versions(
    gate: web::Data<Gate>,
    agent: SignedIn,
    asked: web::Query<VersionsQuery>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::KnowledgeEdit)?;
    match gate.editor.versions(asked.before, asked.limit.clamp(1, 100)).await {
        Ok(found) => {
            let told: Vec<Value> = found.iter().map(|one| version(one, false)).collect();
            Ok(HttpResponse::Ok().json(json!({ "versions": told })))
        }
        Err(error) => refused(&error),
    }
}

/// One version, with what it changed in the files.
#[utoipa::path(get, path = "/api/v1/knowledge/versions/{number}", tag = "knowledge",
    params(("number" = u64, Path)), security(("session" = [])),
    responses((status = 200, body = Object), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody)))]
pub(super) async fn one_version(
    gate: web::Data<Gate>,
    agent: SignedIn,
    number: web::Path<String>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::KnowledgeEdit)?;
    let number = number.parse().map_err(|_| ApiError::NotFound)?;
    match gate.editor.published(number).await {
        Ok(found) => Ok(HttpResponse::Ok().json(version(&found, true))),
        Err(error) => refused(&error),
    }
}

/// How a version is taken back.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct TakeBackBody {
    /// `undo`: what this version changed; `restore`: everything that came after it.
    what: TakeWhat,
    /// Only says what it would do.
    #[serde(default)]
    dry_run: bool,
}

#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum TakeWhat {
    Undo,
    Restore,
}

/// Takes back what a version changed, or everything after it: as a new version, so that this can be
/// taken back too.
#[utoipa::path(post, path = "/api/v1/knowledge/versions/{number}/take_back", tag = "knowledge",
    params(("number" = u64, Path)), request_body = TakeBackBody, security(("session" = [])),
    responses((status = 200, body = Object), (status = 403, body = ErrorBody),
        (status = 404, body = ErrorBody),
        (status = 409, description = "`knowledge_conflict` with both texts, `unchanged`")))]
pub(super) async fn take_back(
    gate: web::Data<Gate>,
    agent: SignedIn,
    number: web::Path<String>,
    body: Json<TakeBackBody>,
) -> Result<HttpResponse, ApiError> {
    agent.require(Permission::KnowledgeEdit)?;
    let number = number.parse().map_err(|_| ApiError::NotFound)?;
    let taking = match body.0.what {
        TakeWhat::Undo => Taking::Undo(number),
        TakeWhat::Restore => Taking::Restore(number),
    };
    if body.0.dry_run {
        return match gate.editor.check_taking(taking).await {
            Ok(found) => Ok(HttpResponse::Ok().json(checked(&found))),
            Err(error) => refused(&error),
        };
    }
    let published = gate.editor.take_back(taking, author(&agent)).await;
    done(&gate, &agent, published).await
}

/// Why the knowledge is not changed, as it is answered.
pub(super) fn refused(error: &EditingError) -> Result<HttpResponse, ApiError> {
    let (status, body) = refusal(error)?;
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::CONFLICT);
    Ok(HttpResponse::build(status).json(body))
}

/// The routes of the knowledge.
pub(super) fn routes(config: &mut web::ServiceConfig) {
    config
        .route("/knowledge", web::get().to(list))
        .route("/knowledge/item", web::get().to(one))
        .route("/knowledge/check", web::post().to(check))
        .route("/knowledge/try", web::post().to(try_out))
        .route("/knowledge/compare", web::post().to(compare))
        .route("/knowledge/publish", web::post().to(publish))
        .route("/knowledge/versions", web::get().to(versions))
        .route("/knowledge/versions/{number}", web::get().to(one_version))
        .route("/knowledge/versions/{number}/take_back", web::post().to(take_back));
}
