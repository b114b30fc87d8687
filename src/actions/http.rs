//! The client that calls the shop's own system: no redirects, no proxies, bounded in time and in what
//! it reads. The addresses are the operator's, from the knowledge folder.

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::time::Duration;

use reqwest::header::{ACCEPT, CONTENT_TYPE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, Response};
use serde_json::Value;

use crate::actions::request::Request;
use crate::actions::taken;
use crate::catalog::ActionSpec;
use crate::domain::{CallEnd, Filled};

/// How long it may take to be reached.
const CONNECT: Duration = Duration::from_secs(3);
/// Most bytes of an answer.
const MOST_BYTES: usize = 64 * 1024;

/// What came back.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) values: BTreeMap<String, Filled>,
}

/// Why nothing came back that can be used.
#[derive(Debug)]
pub(super) struct Trouble {
    pub(super) end: CallEnd,
    pub(super) reason: String,
    pub(super) status: Option<u16>,
    /// Whether the other side is ill, so that it may be better later.
    pub(super) is_outage: bool,
    /// Whether the other side may have heard of it.
    pub(super) was_sent: bool,
}

/// Calls.
#[derive(Default)]
pub(super) struct Caller(OnceLock<Option<Client>>);

impl Caller {
    pub(super) async fn call(
        &self,
        request: &Request,
        spec: &ActionSpec,
    ) -> Result<Answer, Trouble> {
        let unsent = |reason: &str| Trouble {
            end: CallEnd::Failed,
            reason: reason.to_owned(),
            status: None,
            is_outage: false,
            was_sent: false,
        };
        let client = self.0.get_or_init(client).as_ref();
        let client = client.ok_or_else(|| unsent("the server has no HTTP client"))?;
        let method: Method =
            request.method.parse().map_err(|_| unsent("the method cannot be used"))?;
        let mut sent = client.request(method, &request.url).timeout(spec.timeout);
        sent = sent.header(ACCEPT, "application/json");
        if request.method != "GET" {
            sent = sent.header("idempotency-key", &request.key);
        }
        for (name, value) in &request.headers {
            sent = sent.header(name, value);
        }
        if let Some(body) = &request.body {
            sent = sent.header(CONTENT_TYPE, "application/json").body(body.to_string());
        }
        let sent = sent.build().map_err(|_| unsent("the address or a header cannot be used"))?;
        match client.execute(sent).await {
            Ok(response) => read(response, spec).await,
            Err(error) => Err(broken(&error, spec)),
        }
    }
}

/// What nobody knows of a call that changes something is known of one that only looks.
fn uncertain(spec: &ActionSpec) -> CallEnd {
    if spec.method == "GET" { CallEnd::Failed } else { CallEnd::Unknown }
}

fn broken(error: &reqwest::Error, spec: &ActionSpec) -> Trouble {
    let is_connect = error.is_connect();
    let reason = match error {
        _ if is_connect => "it could not be reached".to_owned(),
        error if error.is_timeout() => {
            format!("it did not answer within {} ms", spec.timeout.as_millis())
        }
        _ => "the line broke".to_owned(),
    };
    let end = if is_connect { CallEnd::Failed } else { uncertain(spec) };
    Trouble { end, reason, status: None, is_outage: true, was_sent: !is_connect }
}

async fn read(response: Response, spec: &ActionSpec) -> Result<Answer, Trouble> {
    let status = response.status().as_u16();
    let trouble = |end, reason: String, is_outage| Trouble {
        end,
        reason,
        status: Some(status),
        is_outage,
        was_sent: true,
    };
    let told = format!("it answered with status {status}");
    match status {
        200..=299 => {}
        404 | 410 => return Err(trouble(CallEnd::Missing, told, false)),
        401 | 403 => {
            let reason = format!("{told}: it does not let this server in");
            return Err(trouble(CallEnd::Failed, reason, false));
        }
        // it wants to be asked later
        408 | 429 => return Err(trouble(CallEnd::Failed, told, true)),
        400..=499 => return Err(trouble(CallEnd::Refused, told, false)),
        500..=599 => return Err(trouble(uncertain(spec), told, true)),
        _ => {
            let reason = format!("{told}, which is not followed");
            return Err(trouble(CallEnd::Failed, reason, false));
        }
    }
    if spec.results.is_empty() {
        return Ok(Answer { status, values: BTreeMap::new() });
    }
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    let kind = kind.unwrap_or("no type").chars().take(60).collect::<String>();
    let bytes =
        body(response, spec).await.map_err(|reason| trouble(uncertain(spec), reason, false))?;
    let json: Value = serde_json::from_slice(&bytes)
        .map_err(|_| trouble(uncertain(spec), format!("its answer is no JSON ({kind})"), false))?;
    let values = values(&json, spec).map_err(|reason| trouble(uncertain(spec), reason, false))?;
    Ok(Answer { status, values })
}

async fn body(mut response: Response, spec: &ActionSpec) -> Result<Vec<u8>, String> {
    let too_large = || format!("its answer has more than {MOST_BYTES} bytes");
    if response.content_length().is_some_and(|length| length > MOST_BYTES as u64) {
        return Err(too_large());
    }
    let mut bytes = Vec::new();
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) if bytes.len() + chunk.len() > MOST_BYTES => return Err(too_large()),
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok(bytes),
            Err(error) if error.is_timeout() => {
                return Err(format!(
                    "its answer did not end within {} ms",
                    spec.timeout.as_millis()
                ));
            }
            Err(_) => return Err("its answer broke off".to_owned()),
        }
    }
}

fn values(json: &Value, spec: &ActionSpec) -> Result<BTreeMap<String, Filled>, String> {
    let mut values = BTreeMap::new();
    for result in &spec.results {
        let found = result.path.query(json).first();
        match found.filter(|found| !found.is_null()).map(taken) {
            Some(Some(value)) => {
                values.insert(result.slot.clone(), value);
            }
            Some(None) => return Err(format!("`{}` of its answer is no plain value", result.path)),
            None if result.optional => {}
            None => return Err(format!("its answer has no `{}`", result.path)),
        }
    }
    Ok(values)
}

fn client() -> Option<Client> {
    // answers "already there" when another part of the program was first
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client::builder()
        .redirect(Policy::none()) // what a redirect names was written by nobody here
        .no_proxy()
        .connect_timeout(CONNECT)
        .user_agent(concat!("frontdesk/", env!("CARGO_PKG_VERSION")))
        .build();
    client.inspect_err(|error| tracing::error!(%error, "there is no HTTP client for actions")).ok()
}
