//! What the audit log is told of doors and customers: what changed, and no more of it than colleagues may
//! know. Addresses often hold a key, so of them only the host is named; of customers only the fields.

use serde_json::{Map, Value, json};

use crate::accounts::{Act, Deed, Object};
use crate::channels::{Bot, DoorId, Endpoint};

/// Something that was done to a receiver of webhooks.
pub(super) fn webhook(deed: Deed, before: Option<&Endpoint>, after: Option<&Endpoint>) -> Act {
    let shown = |endpoint: Option<&Endpoint>| {
        endpoint.map_or(Value::Null, |endpoint| {
            let Endpoint { url, events, active, .. } = endpoint;
            json!({ "host": host(url), "events": events, "active": active })
        })
    };
    let named = after.or(before).map(|one| (one.id, host(&one.url)));
    let urls = (before.map(|one| one.url.as_str()), after.map(|one| one.url.as_str()));
    door(deed, ("webhook", named), (shown(before), shown(after)), urls)
}

/// Something that was done to a bot.
pub(super) fn bot(deed: Deed, before: Option<&Bot>, after: Option<&Bot>) -> Act {
    let shown = |bot: Option<&Bot>| {
        bot.map_or(Value::Null, |bot| {
            let Bot { name, url, deadline_seconds, in_use_since, .. } = bot;
            json!({
                "name": name, "host": host(url), "deadline_seconds": deadline_seconds,
                "in_use": in_use_since.is_some(),
            })
        })
    };
    let named = after.or(before).map(|one| (one.id, one.name.as_str()));
    let urls = (before.map(|one| one.url.as_str()), after.map(|one| one.url.as_str()));
    door(deed, ("bot", named), (shown(before), shown(after)), urls)
}

fn door(
    deed: Deed,
    (kind, named): (&str, Option<(DoorId, &str)>),
    (before, mut after): (Value, Value),
    urls: (Option<&str>, Option<&str>),
) -> Act {
    let (id, name) = named.map_or_else(Default::default, |(id, name)| (id.to_string(), name));
    let same_host = before.get("host") == after.get("host");
    // another address at the same host is a change too
    if let ((Some(old), Some(new)), Value::Object(after)) = (urls, &mut after)
        && old != new
        && same_host
    {
        after.insert("address".to_owned(), json!("changed"));
    }
    Act::change(deed, Object::new(kind, id).named(name), before, after)
}

/// An event that was sent to a receiver once more.
pub(super) fn replayed(endpoint: &Endpoint, delivery: &str) -> Act {
    let on = Object::new("webhook", endpoint.id.to_string()).named(host(&endpoint.url));
    Act::change(Deed::WebhookReplayed, on, Value::Null, json!({ "delivery": delivery }))
}

/// Something that was done to a customer.
pub(super) fn customer(deed: Deed, id: &str, fields: &Map<String, Value>) -> Act {
    let on = Object::new("customer", id);
    if fields.is_empty() {
        return Act::new(deed, Some(on));
    }
    let fields: Vec<&String> = fields.keys().collect();
    Act::change(deed, on, Value::Null, json!({ "fields": fields }))
}

/// The host of an address, with its port.
fn host(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_an_address_only_the_host_is_named() {
        assert_eq!(host("https://hooks.example:8443/T01/key?token=x"), "hooks.example:8443");
        assert_eq!(host("https://hooks.example?token=x"), "hooks.example");
    }
}
