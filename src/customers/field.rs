//! What is wrong with a field, and the checks of single values that edits and rules share.

use serde_json::Value;

/// A field that is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldError {
    /// There is no such field.
    #[error("unknown field `{0}`")]
    Unknown(String),
    /// The field has a value that does not work.
    #[error("`{field}`: {message}")]
    Value {
        /// Which field.
        field: String,
        /// What is wrong.
        message: String,
    },
}

impl FieldError {
    pub(super) fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Value { field: field.into(), message: message.into() }
    }
}

/// A text of 1 to `max` characters without control characters, trimmed.
pub(super) fn text(field: &str, value: &Value, max: usize) -> Result<String, FieldError> {
    let trimmed = value.as_str().map(str::trim).filter(|text| {
        !text.is_empty() && text.chars().count() <= max && !text.chars().any(char::is_control)
    });
    let message = || format!("a text of 1 to {max} characters without control characters");
    trimmed.map(str::to_owned).ok_or_else(|| FieldError::new(field, message()))
}

/// A list of at most `max` entries.
pub(super) fn list<'a>(
    field: &str,
    value: &'a Value,
    max: usize,
) -> Result<&'a [Value], FieldError> {
    let entries = value.as_array().filter(|entries| entries.len() <= max);
    let message = || format!("a list of {max} entries at most");
    entries.map(Vec::as_slice).ok_or_else(|| FieldError::new(field, message()))
}

/// A yes or no.
pub(super) fn flag(field: &str, value: &Value) -> Result<bool, FieldError> {
    value.as_bool().ok_or_else(|| FieldError::new(field, "true or false"))
}

/// An e-mail address in one spelling; what stands before and after the @ is not judged further.
pub(super) fn email(field: &str, value: &Value) -> Result<String, FieldError> {
    let wrong = || FieldError::new(field, "an e-mail address such as ana@shop.example");
    let address = text(field, value, 254).map_err(|_| wrong())?.to_lowercase();
    let (local, host) = address.split_once('@').ok_or_else(wrong)?;
    let is_plain = !address.chars().any(|c| c.is_whitespace() || "<>,;".contains(c));
    let is_address = !local.is_empty() && host.len() > 2 && !host.contains('@') && is_plain;
    if is_address { Ok(address) } else { Err(wrong()) }
}

/// A telephone number with its country (E.164), without what people write between the digits.
pub(super) fn phone(field: &str, value: &Value) -> Result<String, FieldError> {
    let wrong = || FieldError::new(field, "a telephone number with its country: +491701234567");
    let written = text(field, value, 40).map_err(|_| wrong())?;
    let number: String = written.chars().filter(|c| !" -().".contains(*c)).collect();
    let digits = number.strip_prefix('+').ok_or_else(wrong)?;
    let is_number = (7..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
    if is_number { Ok(number) } else { Err(wrong()) }
}

/// A name for programs: a small letter, then small letters, digits and underscores.
pub(super) fn is_plain_name(name: &str) -> bool {
    let starts = name.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    starts && name.len() <= 60 && name.bytes().all(is_plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn contacts_are_brought_into_one_spelling() {
        assert_eq!(email("email", &json!(" Ana@Shop.example ")).unwrap(), "ana@shop.example");
        assert_eq!(phone("phone", &json!("+49 (170) 123-45.67")).unwrap(), "+491701234567");
    }

    #[test]
    fn contacts_that_are_none_are_refused() {
        for wrong in [json!("ana"), json!("@shop.example"), json!("a b@shop.example"), json!(7)] {
            assert!(email("email", &wrong).is_err(), "{wrong}");
        }
        for wrong in
            [json!("0170 1234567"), json!("+49"), json!("+49170123456789012"), json!("+4x")]
        {
            assert!(phone("phone", &wrong).is_err(), "{wrong}");
        }
    }
}
