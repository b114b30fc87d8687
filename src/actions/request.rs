//! What is sent: the templates of an action with the values of a flow, and secrets by reference.

use std::fmt::Write as _;

use serde_json::{Map, Value};

use crate::actions::Order;
use crate::catalog::{Body, Template};
use crate::config;

/// A request that is ready to be sent.
#[derive(Clone, Debug)]
pub(super) struct Request {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Option<Value>,
    /// The name of the call, for systems that do the same call once.
    pub(super) key: String,
}

impl Request {
    /// The request of an order; the error says why there can be none, without what is secret.
    pub(super) fn of(order: &Order, base_url: &str) -> Result<Self, String> {
        let spec = &order.spec;
        let value = |name: &str| match name {
            "language" => Some(order.language.code().to_owned()),
            "conversation" => Some(order.conversation.to_string()),
            "customer" => Some(order.customer.clone().unwrap_or_default()),
            _ => {
                let filled = order.values.get(name).filter(|filled| !filled.value.is_empty());
                filled.map(|filled| filled.value.clone())
            }
        };
        if let Some(name) = spec.needs().into_iter().find(|name| value(name).is_none()) {
            return Err(format!("there is no value for `{name}`"));
        }
        let climbs = |name: &str| value(name).is_some_and(|value| value.bytes().all(|b| b == b'.'));
        if spec.url.names().any(|(name, _)| climbs(name)) {
            return Err("a value cannot stand in an address".to_owned());
        }
        let path = spec.url.render(|name| value(name).map(|value| encoded(&value)));
        let url = if path.starts_with('/') { format!("{base_url}{path}") } else { path };
        let mut headers = Vec::new();
        for (name, template) in &spec.headers {
            headers.push((name.clone(), header(template, &value)?));
        }
        let body = spec.body.as_ref().map(|body| json(body, &value));
        Ok(Self { method: spec.method.clone(), url, headers, body, key: order.key() })
    }
}

fn header(template: &Template, value: &impl Fn(&str) -> Option<String>) -> Result<String, String> {
    for (name, _) in template.names().filter(|(name, _)| name.contains(':')) {
        config::secret(name)?;
    }
    let text = template
        .render(|name| if name.contains(':') { config::secret(name).ok() } else { value(name) });
    Ok(text.chars().filter(|c| !c.is_control()).collect())
}

fn json(body: &Body, value: &impl Fn(&str) -> Option<String>) -> Value {
    match body {
        Body::Text(template) => Value::String(template.render(value)),
        Body::Plain(plain) => plain.clone(),
        Body::List(items) => items.iter().map(|item| json(item, value)).collect(),
        Body::Object(fields) => {
            let fields = fields.iter().map(|(name, field)| (name.clone(), json(field, value)));
            Value::Object(fields.collect::<Map<_, _>>())
        }
    }
}

/// A value as one segment of a path or one value of a query (RFC 3986).
fn encoded(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    for byte in value.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::time::Duration;

    use super::*;
    use crate::catalog::ActionSpec;
    use crate::domain::{ConversationId, EntityKind, Filled, Language, Seq};

    fn order(url: &str, header: &str, value: &str) -> Order {
        let template = |text: &str| Template::parse(text).unwrap();
        let filled = Filled { kind: EntityKind::OrderNumber, value: value.to_owned() };
        let fields = vec![("address".to_owned(), Body::Text(template("{order} {note|–}")))];
        Order {
            spec: ActionSpec {
                name: "look-up".to_owned(),
                method: "PUT".to_owned(),
                url: template(url),
                headers: vec![("authorization".to_owned(), template(header))],
                body: Some(Body::Object(fields)),
                timeout: Duration::from_secs(1),
                honours_key: false,
                results: vec![],
            },
            values: BTreeMap::from([("order".to_owned(), filled)]),
            conversation: ConversationId::from_bytes([1; 16]),
            seq: Seq(7),
            language: Language::Zh,
            customer: None,
            again: false,
        }
    }

    #[test]
    fn values_cannot_leave_their_place() {
        let of =
            |value: &str| Request::of(&order("/o/{order}?l={language}", "x", value), "http://shop");
        let url = |value: &str| of(value).map(|request| request.url);
        assert_eq!(url("LX-1").as_deref(), Ok("http://shop/o/LX-1?l=zh"));
        assert_eq!(url("a/../b?c=1#d").as_deref(), Ok("http://shop/o/a%2F..%2Fb%3Fc%3D1%23d?l=zh"));
        assert_eq!(url("北").as_deref(), Ok("http://shop/o/%E5%8C%97?l=zh"));
        assert!(url("..").is_err(), "it would climb");
        let body = of("\"}{").unwrap().body.unwrap();
        assert_eq!(body, serde_json::json!({"address": "\"}{ –"}));
        assert_eq!(of("x").unwrap().key, format!("frontdesk-{}-7", "01".repeat(16)));
    }

    #[test]
    fn a_secret_is_read_from_its_file_and_its_absence_is_told_by_name_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        std::fs::write(&path, "s3cret\n").unwrap();
        let header = format!("Bearer {{file:{}}}", path.display());
        let request = Request::of(&order("/o", &header, "x"), "http://shop").unwrap();
        assert_eq!(request.headers, [("authorization".to_owned(), "Bearer s3cret".to_owned())]);
        let error = Request::of(&order("/o", "{env:NO_SUCH_SECRET_HERE}", "x"), "").unwrap_err();
        assert!(error.contains("NO_SUCH_SECRET_HERE"), "{error}");
    }

    #[test]
    fn a_value_that_is_not_known_is_named() {
        let error = Request::of(&order("/o/{parcel}", "x", "y"), "http://shop").unwrap_err();
        assert_eq!(error, "there is no value for `parcel`");
    }
}
