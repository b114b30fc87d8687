//! Texts with places for values: `{order}` is replaced by what is known of the slot `order`, and
//! `{order|your order}` says what stands there while nothing is known. `{{` is a plain brace.

use std::fmt::Write as _;

/// A text with places for values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template(Vec<Part>);

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Said as it is.
    Text(String),
    /// Replaced by a value.
    Value {
        /// The name of the slot, or of whatever else has a value there.
        name: String,
        /// What is said while there is none.
        otherwise: Option<String>,
    },
}

impl Template {
    /// Reads a template; the error says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = text;
        while let Some(at) = rest.find('{') {
            let (before, behind) = rest.split_at(at);
            plain.push_str(before);
            if let Some(more) = behind.strip_prefix("{{") {
                plain.push('{');
                rest = more;
                continue;
            }
            let inside = behind.strip_prefix('{').unwrap_or(behind);
            let Some((place, more)) = inside.split_once('}') else {
                return Err("a `{` has no `}`; write `{{` for a brace".to_owned());
            };
            let (name, otherwise) = match place.split_once('|') {
                Some((name, otherwise)) => (name, Some(otherwise.to_owned())),
                None => (place, None),
            };
            if !is_name(name) {
                return Err(format!("`{{{place}}}` is no slot; write `{{{{` for a brace"));
            }
            if !plain.is_empty() {
                parts.push(Part::Text(std::mem::take(&mut plain)));
            }
            parts.push(Part::Value { name: name.to_owned(), otherwise });
            rest = more;
        }
        plain.push_str(rest);
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        Ok(Self(parts))
    }

    /// Its pieces, in order.
    pub fn parts(&self) -> &[Part] {
        &self.0
    }

    /// The names of the values that it cannot do without.
    pub fn needs(&self) -> impl Iterator<Item = &str> {
        self.names().filter(|(_, is_needed)| *is_needed).map(|(name, _)| name)
    }

    /// The names of all its values, and whether it cannot do without.
    pub fn names(&self) -> impl Iterator<Item = (&str, bool)> {
        self.0.iter().filter_map(|part| match part {
            Part::Text(_) => None,
            Part::Value { name, otherwise } => Some((name.as_str(), otherwise.is_none())),
        })
    }

    /// The text with its values.
    pub fn render(&self, value: impl Fn(&str) -> Option<String>) -> String {
        let mut text = String::new();
        for part in &self.0 {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Value { name, otherwise } => {
                    let value = value(name).or_else(|| otherwise.clone()).unwrap_or_default();
                    let _ = write!(text, "{value}");
                }
            }
        }
        text
    }
}

/// A name of a value: `order`, `order_date`, or a secret by reference: `env:NAME`, `file:/path`.
fn is_name(name: &str) -> bool {
    let is_plain = |name: &str| {
        !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let is_variable = |name: &str| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    };
    match name.split_once(':') {
        Some(("env", variable)) => is_variable(variable),
        Some(("file", path)) => path.starts_with('/') && !path.contains('\0'),
        _ => is_plain(name),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn rendered(text: &str) -> Result<String, String> {
        let value = |name: &str| (name == "order").then(|| "LX-1".to_owned());
        Template::parse(text).map(|template| template.render(value))
    }

    #[test]
    fn values_stand_in_their_places() {
        for (text, expected) in [
            ("Order {order}.", "Order LX-1."),
            ("{order}{order}", "LX-1LX-1"),
            ("到{eta|明天}为止", "到明天为止"),
            ("{{order}}", "{order}}"),
            ("", ""),
        ] {
            assert_eq!(rendered(text).as_deref(), Ok(expected), "{text}");
        }
        for wrong in ["{order", "{Order}", "{}", "{a b}", "{env:}", "{file:x}", "{http:x}"] {
            assert!(rendered(wrong).is_err(), "{wrong}");
        }
        assert!(rendered("Bearer {env:SHOP_TOKEN} {file:/run/secrets/shop}").is_ok());
    }

    #[test]
    fn it_is_known_what_a_template_cannot_do_without() {
        let template = Template::parse("{order} {eta|soon}").unwrap();
        assert_eq!(template.needs().collect::<Vec<_>>(), ["order"]);
        assert_eq!(template.names().count(), 2);
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fall_over(text in "\\PC{0,60}") {
            let _ = rendered(&text);
        }
    }
}
