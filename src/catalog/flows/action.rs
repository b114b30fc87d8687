//! Reads an action: a call to the shop's own system.

use std::time::Duration;

use toml::Spanned;

use crate::catalog::Template;
use crate::catalog::flows::file::ActionTable;
use crate::catalog::flows::{ActionSpec, Body, ResultSpec};
use crate::catalog::load::Loader;
use crate::catalog::mistakes::Collector;

/// How long a try may take when nothing else is said.
const TIMEOUT_MS: u64 = 5_000;
/// How long it may take at most.
const LONGEST_MS: u64 = 30_000;
/// Headers that are not the operator's to set.
const OWN_HEADERS: [&str; 5] =
    ["host", "content-length", "content-type", "transfer-encoding", "idempotency-key"];

impl Loader {
    /// Takes an action.
    pub(in crate::catalog) fn action(&mut self, table: ActionTable, notes: &mut Collector<'_>) {
        let name = self.define("action", &table.name, notes);
        let method = table.method.as_ref().clone();
        if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()) {
            let message = format!("method `{method}` is none of GET, POST, PUT, PATCH, DELETE");
            notes.note(table.method.span().start, message);
        }
        let url = template(&table.url, notes);
        note_address(&table.url, &url, notes);
        let headers = headers(table.headers, notes);
        let body = table.body.map(|table| {
            let at = table.span().start;
            if method == "GET" {
                notes.note(at, "a GET has no body");
            }
            body(table.into_inner(), at, notes)
        });
        let timeout_ms = match &table.timeout_ms {
            Some(given) if !(100..=LONGEST_MS).contains(given.as_ref()) => {
                let message = format!("`timeout_ms` lies between 100 and {LONGEST_MS}");
                notes.note(given.span().start, message);
                TIMEOUT_MS
            }
            given => given.as_ref().map_or(TIMEOUT_MS, |given| *given.as_ref()),
        };
        let results = results(table.results, table.optional, &name, notes);
        let (timeout, honours_key) = (Duration::from_millis(timeout_ms), table.honours_key);
        let action = ActionSpec { name, method, url, headers, body, timeout, honours_key, results };
        self.catalog.actions.push(action);
    }
}

fn template(text: &Spanned<String>, notes: &mut Collector<'_>) -> Template {
    Template::parse(text.as_ref()).unwrap_or_else(|message| {
        notes.note(text.span().start, message);
        Template::default()
    })
}

/// What a customer gives must never choose whom we call.
fn note_address(text: &Spanned<String>, url: &Template, notes: &mut Collector<'_>) {
    let typed = text.as_ref();
    let at = text.span().start;
    let rest = typed.strip_prefix("https://").or_else(|| typed.strip_prefix("http://"));
    let host = match rest {
        Some(rest) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
        None if typed.starts_with('/') && !typed.starts_with("//") => "base",
        None => "",
    };
    if host.is_empty() || host.contains(['{', '@', '\\']) {
        notes.note(
            at,
            "the address begins with http://, https:// and a host without values, or with `/`",
        );
    }
    if url.names().any(|(name, _)| name.contains(':')) {
        notes.note(at, "secrets stand in headers only: addresses end up in other people's logs");
    }
}

fn headers(
    list: std::collections::BTreeMap<Spanned<String>, Spanned<String>>,
    notes: &mut Collector<'_>,
) -> Vec<(String, Template)> {
    let mut headers = Vec::new();
    for (name, value) in list {
        let lower = name.as_ref().to_ascii_lowercase();
        let is_token = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if lower.is_empty() || !lower.bytes().all(is_token) || OWN_HEADERS.contains(&lower.as_str())
        {
            let message = format!("`{}` is no header that an action may set", name.as_ref());
            notes.note(name.span().start, message);
        }
        headers.push((lower, template(&value, notes)));
    }
    headers
}

fn body(value: toml::Value, at: usize, notes: &mut Collector<'_>) -> Body {
    match value {
        toml::Value::String(text) => {
            let template = template(&Spanned::new(at..at, text), notes);
            if template.names().any(|(name, _)| name.contains(':')) {
                notes.note(at, "secrets stand in headers only");
            }
            Body::Text(template)
        }
        toml::Value::Array(items) => {
            Body::List(items.into_iter().map(|item| body(item, at, notes)).collect())
        }
        toml::Value::Table(fields) => {
            let fields = fields.into_iter().map(|(name, field)| (name, body(field, at, notes)));
            Body::Object(fields.collect())
        }
        toml::Value::Integer(number) => Body::Plain(number.into()),
        toml::Value::Float(number) => Body::Plain(number.into()),
        toml::Value::Boolean(is_so) => Body::Plain(is_so.into()),
        toml::Value::Datetime(moment) => Body::Plain(moment.to_string().into()),
    }
}

fn results(
    list: std::collections::BTreeMap<Spanned<String>, Spanned<String>>,
    optional: Vec<Spanned<String>>,
    action: &str,
    notes: &mut Collector<'_>,
) -> Vec<ResultSpec> {
    let mut results = Vec::new();
    for (slot, path) in list {
        match serde_json_path::JsonPath::parse(path.as_ref()) {
            Ok(path) => {
                let (slot, optional) = (slot.into_inner(), false);
                results.push(ResultSpec { slot, path, optional });
            }
            Err(error) => {
                let message = format!("`{}` is no JSON path: {error}", path.as_ref());
                notes.note(path.span().start, message);
            }
        }
    }
    for name in optional {
        if let Some(result) = results.iter_mut().find(|result| result.slot == *name.as_ref()) {
            result.optional = true;
        } else {
            let message = format!("action `{action}` has no result `{}`", name.as_ref());
            notes.note(name.span().start, message);
        }
    }
    results
}
