//! The one client with which the server calls addresses that admins typed: no redirects, no proxies,
//! every resolved address checked before it is connected to, bounded in time and in what it reads.

mod guard;

use std::net::{IpAddr, SocketAddr};
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{CONTENT_TYPE, HeaderMap, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Client, Response, StatusCode, Url};
use tokio::time::Instant;

pub use guard::AddressError;

use crate::domain::Timestamp;

/// How long a receiver may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How long it may take to be reached.
const CONNECT: Duration = Duration::from_secs(5);
/// Most bytes of an answer that are read.
const READ: usize = 1_024;
/// Most characters of an answer that are kept.
const EXCERPT: usize = 300;

/// What is sent.
#[derive(Clone, Debug)]
pub(super) struct Post {
    /// Where to.
    pub(super) url: String,
    /// Headers beside the content type.
    pub(super) headers: Vec<(&'static str, String)>,
    /// JSON.
    pub(super) body: String,
}

/// How a call ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Answer {
    /// The status, where there was an answer.
    pub(super) status: Option<u16>,
    /// Why there was none.
    pub(super) error: Option<&'static str>,
    /// How long it took.
    pub(super) took: Duration,
    /// The beginning of the answer's body.
    pub(super) excerpt: String,
    /// When the receiver wants to be asked again.
    pub(super) retry_after: Option<Duration>,
}

impl Answer {
    /// Whether the receiver has it.
    pub(super) fn is_success(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    /// Whether the receiver never wants to hear of it again.
    pub(super) fn is_gone(&self) -> bool {
        self.status == Some(StatusCode::GONE.as_u16())
    }
}

/// Calls addresses that admins typed.
pub(super) struct Caller {
    allow_private: bool,
    secure: OnceLock<Option<Client>>,
    /// For `http://`, which is called within the own network only.
    plain: OnceLock<Option<Client>>,
}

impl Caller {
    pub(super) fn new(allow_private: bool) -> Self {
        Self { allow_private, secure: OnceLock::new(), plain: OnceLock::new() }
    }

    /// Checks an address that somebody typed, as far as it can be checked without a name server.
    pub(super) fn check(&self, typed: &str) -> Result<String, AddressError> {
        self.parse(typed).map(Url::into)
    }

    fn parse(&self, typed: &str) -> Result<Url, AddressError> {
        if typed.len() > guard::LONGEST {
            return Err(AddressError::TooLong);
        }
        let mut url = Url::parse(typed.trim()).map_err(|_| AddressError::Malformed)?;
        let host = url.host_str().ok_or(AddressError::Malformed)?;
        let host = host.trim_start_matches('[').trim_end_matches(']').trim_end_matches('.');
        let address = host.parse().ok();
        if !url.username().is_empty() || url.password().is_some() {
            return Err(AddressError::Credentials);
        }
        let is_local_name = host == "localhost" || host.ends_with(".localhost");
        match url.scheme() {
            "https" => {}
            // without encryption only where the own network is allowed; names are checked once more
            // when they are resolved
            "http" if self.allow_private => {}
            "http" => return Err(AddressError::NotHttps),
            _ => return Err(AddressError::Malformed),
        }
        if let Some(address) = address {
            guard::check(address, self.allow_private)?;
            let is_public = guard::check(address, false).is_ok();
            if url.scheme() == "http" && is_public {
                return Err(AddressError::NotHttps);
            }
        } else if is_local_name && !self.allow_private {
            return Err(AddressError::Private);
        }
        url.set_fragment(None);
        Ok(url)
    }

    /// Calls.
    pub(super) async fn post(&self, post: &Post, now: Timestamp) -> Answer {
        let started = Instant::now();
        let mut answer = match self.parse(&post.url) {
            Ok(url) => self.send(url, post, now).await,
            Err(_) => failed("the address is not allowed"),
        };
        answer.took = started.elapsed();
        answer
    }

    async fn send(&self, url: Url, post: &Post, now: Timestamp) -> Answer {
        let allow_private = self.allow_private;
        let client = if url.scheme() == "https" {
            self.secure.get_or_init(|| client(Guarded { allow_private, allow_public: true }))
        } else {
            self.plain.get_or_init(|| client(Guarded { allow_private, allow_public: false }))
        };
        let Some(client) = client else { return failed("the server has no HTTP client") };
        let mut request = client.post(url).header(CONTENT_TYPE, "application/json");
        for (name, value) in &post.headers {
            request = request.header(*name, value);
        }
        match request.body(post.body.clone()).send().await {
            Ok(response) => read(response, now).await,
            Err(error) => failed(told(&error)),
        }
    }
}

fn failed(error: &'static str) -> Answer {
    Answer { error: Some(error), ..Answer::default() }
}

fn told(error: &reqwest::Error) -> &'static str {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(inner) = cause {
        if inner.downcast_ref::<AddressError>().is_some() {
            return "the name leads to an address that is not allowed";
        }
        cause = inner.source();
    }
    match error {
        error if error.is_timeout() => "it did not answer in time",
        error if error.is_connect() => "it could not be reached",
        _ => "the line broke",
    }
}

async fn read(mut response: Response, now: Timestamp) -> Answer {
    let status = response.status();
    let retry_after = retry_after(response.headers(), now);
    let mut bytes = Vec::new();
    // what the body says is for people only: an answer with a broken body is an answer
    while bytes.len() < READ
        && let Ok(Some(chunk)) = response.chunk().await
    {
        bytes.extend_from_slice(chunk.get(..READ.min(chunk.len())).unwrap_or_default());
    }
    let text = String::from_utf8_lossy(&bytes);
    let excerpt = text.chars().filter(|c| !c.is_control() || *c == '\n').take(EXCERPT).collect();
    Answer { status: Some(status.as_u16()), retry_after, excerpt, ..Answer::default() }
}

/// Seconds, or a moment.
fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let moment = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Timestamp(moment.as_millisecond()).since(now))
}

fn client(guarded: Guarded) -> Option<Client> {
    // answers "already there" when another part of the program was first
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .redirect(Policy::none()) // what a redirect names was checked by nobody
        .no_proxy() // a proxy would resolve names behind our back
        .dns_resolver(guarded)
        .connect_timeout(CONNECT)
        .timeout(TIMEOUT)
        .user_agent(concat!("frontdesk/", env!("CARGO_PKG_VERSION")))
        .build();
    client.inspect_err(|error| tracing::error!(%error, "there is no HTTP client for webhooks")).ok()
}

/// Resolves names, and lets through only addresses that may be called.
struct Guarded {
    allow_private: bool,
    allow_public: bool,
}

impl Guarded {
    fn check(&self, address: IpAddr) -> Result<(), AddressError> {
        let is_public = guard::check(address, false).is_ok();
        if is_public && !self.allow_public {
            return Err(AddressError::NotHttps);
        }
        guard::check(address, self.allow_private)
    }
}

impl Resolve for Guarded {
    fn resolve(&self, name: Name) -> Resolving {
        let Self { allow_private, allow_public } = *self;
        Box::pin(async move {
            let guarded = Self { allow_private, allow_public };
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let mut refused = None;
            let mut allowed: Vec<SocketAddr> = Vec::new();
            for address in found {
                match guarded.check(address.ip()) {
                    Ok(()) => allowed.push(address),
                    Err(error) => refused = Some(error),
                }
            }
            match refused {
                Some(error) if allowed.is_empty() => Err(error.into()),
                _ => Ok(Box::new(allowed.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn typed_addresses_are_checked() {
        let (open, closed) = (Caller::new(true), Caller::new(false));
        let cases = [
            ("https://hooks.example/in?x=1#frag", Ok("https://hooks.example/in?x=1")),
            ("http://hooks.example/", Err(AddressError::NotHttps)),
            ("http://8.8.8.8/", Err(AddressError::NotHttps)),
            ("ftp://hooks.example/", Err(AddressError::Malformed)),
            ("hooks.example", Err(AddressError::Malformed)),
            ("https://user:pass@hooks.example/", Err(AddressError::Credentials)),
            ("https://127.0.0.1/", Err(AddressError::Private)),
            ("https://0x7f.1/", Err(AddressError::Private)),
            ("https://[::ffff:10.0.0.1]/", Err(AddressError::Private)),
            ("https://localhost/", Err(AddressError::Private)),
            ("https://169.254.169.254/latest", Err(AddressError::Special)),
        ];
        for (typed, expected) in cases {
            assert_eq!(closed.check(typed), expected.map(str::to_owned), "{typed}");
        }
        assert!(open.check("http://127.0.0.1:9/in").is_ok());
        assert_eq!(open.check("http://8.8.8.8/"), Err(AddressError::NotHttps));
        assert_eq!(open.check("http://169.254.169.254/"), Err(AddressError::Special));
        let long = format!("https://hooks.example/{}", "x".repeat(2_048));
        assert_eq!(open.check(&long), Err(AddressError::TooLong));
    }

    #[tokio::test]
    async fn a_name_that_leads_into_the_own_network_is_not_called() {
        let resolve = async |allow_private, allow_public| {
            let guarded = Guarded { allow_private, allow_public };
            let found = guarded.resolve("localhost".parse().unwrap()).await;
            found.map(Iterator::count).map_err(|error| error.to_string())
        };
        let refused = resolve(false, true).await.unwrap_err();
        assert!(refused.contains("own network"), "{refused}");
        assert!(resolve(true, true).await.unwrap() > 0);
        assert!(resolve(true, false).await.unwrap() > 0);
        let outside = Guarded { allow_private: true, allow_public: false };
        assert_eq!(outside.check([8, 8, 8, 8].into()), Err(AddressError::NotHttps));
    }

    #[test]
    fn a_receivers_wish_is_seconds_or_a_moment() {
        let now = Timestamp(784_111_777_000); // Sun, 06 Nov 1994 08:49:37 GMT
        let wish = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, value.parse().unwrap());
            retry_after(&headers, now)
        };
        assert_eq!(wish("120"), Some(Duration::from_mins(2)));
        assert_eq!(wish("Sun, 06 Nov 1994 08:50:37 GMT"), Some(Duration::from_mins(1)));
        assert_eq!(wish("soon"), None);
    }
}
