//! The browser side: the files of `static/`, in the binary or from a folder. All but the entry
//! pages are served under a name that changes with their content, so that they may be kept for ever.

use std::borrow::Cow;
use std::path::PathBuf;

use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, web};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::gateway::error::ApiError;
use crate::gateway::gate::Gate;

#[derive(RustEmbed)]
#[folder = "static/"]
struct Embedded;

/// What the browser may do on a page of ours.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; \
    style-src 'self'; img-src 'self' data:; font-src 'self'; base-uri 'self'; form-action 'self'; ";
/// Under a name that changes with the content, a file never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const SHORT: &str = "public, max-age=300";
const NEVER: &str = "no-cache";

/// The files of the browser side.
pub(super) struct Assets {
    folder: Option<PathBuf>,
    base: String,
}

impl Assets {
    /// Takes the files from `folder`, or those in the binary.
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        let mut hash = Sha256::new();
        for name in Embedded::iter() {
            hash.update(name.as_bytes());
            if let Some(file) = Embedded::get(&name) {
                hash.update(file.metadata.sha256_hash());
            }
        }
        let version = hex::encode(hash.finalize().get(..6).unwrap_or_default());
        Self { folder, base: format!("/w/{version}/") }
    }

    /// A file by its path in `static/`.
    fn get(&self, path: &str) -> Option<Cow<'static, [u8]>> {
        let is_plain = path.split('/').all(|part| !part.is_empty() && !part.starts_with('.'));
        if !is_plain || path.contains('\\') {
            return None;
        }
        match &self.folder {
            Some(folder) => std::fs::read(folder.join(path)).ok().map(Cow::Owned),
            None => Embedded::get(path).map(|file| file.data),
        }
    }

    /// Whether the files may change while the server runs.
    fn may_change(&self) -> bool {
        self.folder.is_some() || cfg!(debug_assertions)
    }

    fn page(&self, path: &str, frame_ancestors: &str) -> Result<HttpResponse, ApiError> {
        let bytes = self.get(path).ok_or(ApiError::NotFound)?;
        let page = String::from_utf8_lossy(&bytes).replace("{{base}}", &self.base);
        let policy = format!("{PAGE_POLICY}frame-ancestors {frame_ancestors}");
        Ok(HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((header::CACHE_CONTROL, NEVER))
            .insert_header((header::CONTENT_SECURITY_POLICY, policy))
            .body(page))
    }

    fn file(&self, path: &str, cache: &'static str) -> Result<HttpResponse, ApiError> {
        let bytes = self.get(path).ok_or(ApiError::NotFound)?;
        let kind = mime_guess::from_path(path).first_or_octet_stream();
        let kind = if kind.type_() == "text" {
            format!("{kind}; charset=utf-8")
        } else {
            kind.to_string()
        };
        Ok(HttpResponse::Ok()
            .insert_header((header::CONTENT_TYPE, kind))
            .insert_header((header::CACHE_CONTROL, cache))
            .body(bytes.into_owned()))
    }
}

/// `GET /`: the demo shop.
pub(super) async fn demo(gate: web::Data<Gate>) -> Result<HttpResponse, ApiError> {
    // The demo embeds the widget as a site owner's page does.
    let page = gate.assets.page("demo/index.html", "'none'")?;
    let mut page = page;
    let policy = format!("{PAGE_POLICY}frame-src 'self'; frame-ancestors 'none'");
    if let Ok(policy) = header::HeaderValue::from_str(&policy) {
        page.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    Ok(page)
}

/// `GET /widget/`: the page inside the iframe.
pub(super) async fn widget(gate: web::Data<Gate>) -> Result<HttpResponse, ApiError> {
    gate.assets.page("widget/index.html", &gate.origins.frame_ancestors())
}

/// `GET /console`: the agents' application.
pub(super) async fn console(gate: web::Data<Gate>) -> Result<HttpResponse, ApiError> {
    gate.assets.page("console/index.html", "'none'")
}

/// `GET /embed.js`: the one tag that site owners put into their pages.
pub(super) async fn embed(gate: web::Data<Gate>) -> Result<HttpResponse, ApiError> {
    gate.assets.file("embed.js", if gate.assets.may_change() { NEVER } else { SHORT })
}

/// `GET /w/{version}/{path}`: everything else.
pub(super) async fn file(
    request: HttpRequest,
    gate: web::Data<Gate>,
) -> Result<HttpResponse, ApiError> {
    let path = request.match_info().query("path");
    gate.assets.file(path, if gate.assets.may_change() { NEVER } else { FOR_EVER })
}
