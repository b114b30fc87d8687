//! The client that asks the provider: no redirects, bounded in time and in what it reads.

use std::pin::Pin;
use std::time::Duration;

use openidconnect::{AsyncHttpClient, HttpRequest, HttpResponse, http};
use reqwest::Client;
use reqwest::redirect::Policy;

/// How long the provider may take to be reached.
const CONNECT: Duration = Duration::from_secs(4);
/// How long a whole answer may take.
const TIMEOUT: Duration = Duration::from_secs(8);
/// Most bytes of an answer.
const READ: usize = 1 << 20;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum HttpError {
    #[error("there is no HTTP client")]
    NoClient,
    #[error("the provider cannot be reached, or takes too long: {0}")]
    Line(#[from] reqwest::Error),
    #[error("the answer has more than {READ} bytes")]
    TooLong,
    #[error("the answer makes no sense")]
    Malformed,
}

/// Asks the provider.
pub(super) struct Asker(Option<Client>);

impl Asker {
    /// `is_local`: on this machine, where no proxy leads.
    pub(super) fn new(is_local: bool) -> Self {
        // answers "already there" when another part of the program was first
        let _ = rustls::crypto::ring::default_provider().install_default();
        let builder = Client::builder()
            .redirect(Policy::none()) // what a redirect names was checked by nobody
            // a kept connection belongs to the worker that opened it; the next may be another's
            .pool_max_idle_per_host(0)
            .connect_timeout(CONNECT)
            .timeout(TIMEOUT)
            .user_agent(concat!("frontdesk/", env!("CARGO_PKG_VERSION")));
        let builder = if is_local { builder.no_proxy() } else { builder };
        let client = builder.build();
        Self(client.inspect_err(|error| tracing::error!(%error, "there is no HTTP client")).ok())
    }

    async fn ask(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let client = self.0.as_ref().ok_or(HttpError::NoClient)?;
        let (head, body) = request.into_parts();
        let asked = client.request(head.method, head.uri.to_string()).headers(head.headers);
        let mut answer = asked.body(body).send().await?;
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() > READ {
                return Err(HttpError::TooLong);
            }
        }
        let mut response = http::Response::builder().status(answer.status());
        if let Some(headers) = response.headers_mut() {
            headers.extend(answer.headers().clone());
        }
        response.body(bytes).map_err(|_| HttpError::Malformed)
    }
}

impl<'c> AsyncHttpClient<'c> for Asker {
    type Error = HttpError;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, HttpError>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(self.ask(request))
    }
}
