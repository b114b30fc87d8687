//! The browser side: the files of `static/`, in the binary or from a folder. All but the entry
//! pages are served under a name that changes with their content, so that they may be kept for ever.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use actix_web::http::header::{self, AcceptEncoding, ContentEncoding, Encoding, Header};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder, web};
use bytes::Bytes;
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

use crate::gateway::error::ApiError;
use crate::gateway::gate::Gate;
use crate::gateway::preload::preloads;
use crate::gateway::slim::{gzip, slim};

#[derive(RustEmbed)]
#[folder = "static/"]
struct Embedded;

/// What the browser may do on a page of ours.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; connect-src 'self'; \
    style-src 'self'; font-src 'self'; base-uri 'self'; form-action 'self'; ";
/// Pictures that come with a page.
const OWN_PICTURES: &str = "img-src 'self' data:; ";
/// Under a name that changes with the content, a file never changes.
const FOR_EVER: &str = "public, max-age=31536000, immutable";
const SHORT: &str = "public, max-age=300";
const NEVER: &str = "no-cache";
/// Where a page wants all its modules named.
const MODULES: &str = "{{modules}}";

/// The files of the browser side.
pub(super) struct Assets {
    folder: Option<PathBuf>,
    base: String,
    /// Files and pages as they go out, by path, pages after `page `; only of what cannot change.
    ready: Mutex<HashMap<String, Outgoing>>,
}

/// A file as browsers get it.
#[derive(Clone)]
struct Outgoing {
    plain: Bytes,
    /// None where it would not be smaller.
    gzip: Option<Bytes>,
}

impl Outgoing {
    fn of(path: &str, bytes: Cow<'static, [u8]>) -> Self {
        let is_ours = !path.starts_with("vendor/");
        let is_code = [".js", ".css"].iter().any(|end| path.ends_with(end));
        let plain = match std::str::from_utf8(&bytes) {
            Ok(text) if is_ours && is_code => Bytes::from(slim(text)),
            _ => Bytes::from(bytes.into_owned()),
        };
        Self::packed(plain)
    }

    fn packed(plain: Bytes) -> Self {
        let packed = gzip(&plain).ok().filter(|packed| packed.len() < plain.len());
        Self { plain, gzip: packed.map(Bytes::from) }
    }

    /// Compressed, where the browser takes that.
    fn sent(self, request: &HttpRequest, answer: &mut HttpResponseBuilder) -> HttpResponse {
        answer.insert_header((header::VARY, "accept-encoding"));
        match self.gzip.filter(|_| takes_gzip(request)) {
            Some(gzip) => answer.insert_header(ContentEncoding::Gzip).body(gzip),
            None => answer.insert_header(ContentEncoding::Identity).body(self.plain),
        }
    }
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
        Self { folder, base: format!("/w/{version}/"), ready: Mutex::default() }
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

    /// A page; `policy` is what it may do beside [`PAGE_POLICY`].
    fn page(
        &self,
        request: &HttpRequest,
        path: &str,
        policy: &str,
    ) -> Result<HttpResponse, ApiError> {
        let page = self.ready(&format!("page {path}"), || {
            let bytes = self.get(path)?;
            let page = String::from_utf8_lossy(&bytes).replace("{{base}}", &self.base);
            let script = path.replace("index.html", "main.js");
            let modules = || preloads(&script, |path| self.get(path));
            let page =
                if page.contains(MODULES) { page.replace(MODULES, &modules()) } else { page };
            Some(Outgoing::packed(Bytes::from(page)))
        });
        let mut answer = HttpResponse::Ok();
        answer
            .insert_header((header::CONTENT_TYPE, "text/html; charset=utf-8"))
            .insert_header((header::CACHE_CONTROL, NEVER))
            .insert_header((header::CONTENT_SECURITY_POLICY, format!("{PAGE_POLICY}{policy}")));
        Ok(page.ok_or(ApiError::NotFound)?.sent(request, &mut answer))
    }

    /// A file as it goes out; made once unless it may change.
    fn ready(&self, path: &str, produce: impl Fn() -> Option<Outgoing>) -> Option<Outgoing> {
        if self.may_change() {
            return produce();
        }
        let found = self.ready.lock().unwrap_or_else(PoisonError::into_inner).get(path).cloned();
        if found.is_some() {
            return found;
        }
        let made = produce()?;
        let mut ready = self.ready.lock().unwrap_or_else(PoisonError::into_inner);
        Some(ready.entry(path.to_owned()).or_insert(made).clone())
    }

    /// The tag's script with a line that fetches what speaks first, where there are rules for that.
    fn embed_that_speaks_first(
        &self,
        request: &HttpRequest,
        cache: &'static str,
    ) -> Result<HttpResponse, ApiError> {
        let embed =
            self.ready("embed.js", || Some(Outgoing::of("embed.js", self.get("embed.js")?)));
        let embed = embed.ok_or(ApiError::NotFound)?.plain;
        let mut whole = embed.to_vec();
        let more = format!(
            "{{\nconst script = document.createElement('script')\nconst t = document.currentScript\n\
             script.src = new URL('{}teaser/host.js', t.src)\nt.after(script)\n}}\n",
            self.base
        );
        whole.extend_from_slice(more.as_bytes());
        let outgoing = Outgoing::of("embed.js", Cow::Owned(whole));
        Ok(answer(request, "embed.js", cache, outgoing))
    }

    fn file(
        &self,
        request: &HttpRequest,
        path: &str,
        cache: &'static str,
    ) -> Result<HttpResponse, ApiError> {
        let file = self.ready(path, || Some(Outgoing::of(path, self.get(path)?)));
        Ok(answer(request, path, cache, file.ok_or(ApiError::NotFound)?))
    }
}

fn answer(
    request: &HttpRequest,
    path: &str,
    cache: &'static str,
    outgoing: Outgoing,
) -> HttpResponse {
    let kind = mime_guess::from_path(path).first_or_octet_stream();
    let kind =
        if kind.type_() == "text" { format!("{kind}; charset=utf-8") } else { kind.to_string() };
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, kind))
        .insert_header((header::CACHE_CONTROL, cache));
    outgoing.sent(request, &mut answer)
}

/// Whether the browser can unpack gzip.
fn takes_gzip(request: &HttpRequest) -> bool {
    let supported = [Encoding::gzip(), Encoding::identity()];
    let accepted = AcceptEncoding::parse(request).ok();
    accepted.and_then(|accepted| accepted.negotiate(supported.iter())) == Some(Encoding::gzip())
}

/// `GET /`: the demo shop, which embeds the widget as a site owner's page does.
pub(super) async fn demo(
    request: HttpRequest,
    gate: web::Data<Gate>,
) -> Result<HttpResponse, ApiError> {
    let policy = format!("{OWN_PICTURES}frame-src 'self'; frame-ancestors 'none'");
    gate.assets.page(&request, "demo/index.html", &policy)
}

/// `GET /demo/styleguide.html`: every component; it shows itself in frames, once for each theme.
pub(super) async fn styleguide(
    request: HttpRequest,
    gate: web::Data<Gate>,
) -> Result<HttpResponse, ApiError> {
    let policy = format!("{OWN_PICTURES}frame-src 'self'; frame-ancestors 'self'");
    gate.assets.page(&request, "demo/styleguide.html", &policy)
}

/// `GET /widget/`: the page inside the iframe, with the logo of the site around it.
pub(super) async fn widget(
    request: HttpRequest,
    gate: web::Data<Gate>,
) -> Result<HttpResponse, ApiError> {
    let sites = gate.origins.sites();
    let policy = format!("img-src data: blob: {sites}; frame-ancestors {sites}");
    gate.assets.page(&request, "widget/index.html", &policy)
}

/// `GET /widget/teaser`: the page inside the small iframe in which the desk speaks first.
pub(super) async fn teaser(
    request: HttpRequest,
    gate: web::Data<Gate>,
) -> Result<HttpResponse, ApiError> {
    let policy = format!("frame-ancestors {}", gate.origins.sites());
    gate.assets.page(&request, "teaser/index.html", &policy)
}

/// `GET /console`: the agents' application, which shows the widget as a site would.
pub(super) async fn console(
    request: HttpRequest,
    gate: web::Data<Gate>,
) -> Result<HttpResponse, ApiError> {
    // `blob:` for pictures that are about to be sent
    let policy = "img-src 'self' data: blob:; frame-src 'self'; frame-ancestors 'none'";
    gate.assets.page(&request, "console/index.html", policy)
}

/// `GET /embed.js`: the one tag that site owners put into their pages.
pub(super) async fn embed(
    request: HttpRequest,
    gate: web::Data<Gate>,
) -> Result<HttpResponse, ApiError> {
    let cache = if gate.assets.may_change() { NEVER } else { SHORT };
    if gate.proactive.is_in_use() {
        return gate.assets.embed_that_speaks_first(&request, cache);
    }
    gate.assets.file(&request, "embed.js", cache)
}

/// `GET /w/{version}/{path}`: everything else.
pub(super) async fn file(
    request: HttpRequest,
    gate: web::Data<Gate>,
) -> Result<HttpResponse, ApiError> {
    let path = request.match_info().query("path");
    let cache = if gate.assets.may_change() { NEVER } else { FOR_EVER };
    gate.assets.file(&request, path, cache)
}
