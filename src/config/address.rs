//! Addresses in the settings.

/// A scheme and a host, and nothing that could break out of a header.
pub(super) fn is_origin(text: &str) -> bool {
    let text = text.trim_end_matches('/');
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| {
        !host.is_empty() && host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b))
    })
}

/// Encrypted, or not leaving this machine.
pub(super) fn is_secure(url: &str) -> bool {
    let local = ["http://127.0.0.1", "http://localhost", "http://[::1]"];
    let is_local = local.iter().any(|own| {
        url.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with([':', '/']))
    });
    is_local || url.strip_prefix("https://").is_some_and(|rest| !rest.is_empty())
}
