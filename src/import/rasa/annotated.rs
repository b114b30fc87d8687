//! Examples with the entities marked in them: `[New York](city)`, `[NYC]{"entity": "city", "value":
//! "New York"}`, and the older `[NYC](city:New York)`.

use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

static MARKED: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\[(?<text>[^\[\]]+)\](?:\((?<entity>[^()]+)\)|(?<json>\{[^{}]*\}))").ok()
});

/// An example without its marks.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Example {
    /// The words.
    pub(super) text: String,
    /// Words that stand for another value: the value, then the word.
    pub(super) synonyms: Vec<(String, String)>,
    /// Marks with a role or a group, which have no counterpart.
    pub(super) with_role: bool,
}

/// Takes the marks out of an example.
pub(super) fn unmarked(example: &str) -> Example {
    let Some(marked) = MARKED.as_ref() else {
        return Example { text: example.to_owned(), ..Example::default() };
    };
    let mut out = Example::default();
    let mut from = 0;
    for found in marked.captures_iter(example) {
        let (Some(whole), Some(text)) = (found.get(0), found.name("text")) else { continue };
        let before = example.get(from..whole.start()).unwrap_or_default();
        out.text.push_str(before);
        out.text.push_str(text.as_str());
        from = whole.end();
        let json = found.name("json").and_then(|m| serde_json::from_str::<Value>(m.as_str()).ok());
        let json_value = json
            .as_ref()
            .and_then(|json| json.get("value"))
            .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
        let old = found.name("entity").and_then(|m| m.as_str().split_once(':'));
        let value = json_value.or_else(|| old.map(|(_, value)| value.trim().to_owned()));
        if let Some(value) = value.filter(|value| value.as_str() != text.as_str()) {
            out.synonyms.push((value, text.as_str().to_owned()));
        }
        let has = |key| json.as_ref().is_some_and(|json| json.get(key).is_some());
        out.with_role |= has("role") || has("group");
    }
    out.text.push_str(example.get(from..).unwrap_or_default());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_go_and_values_become_synonyms() {
        let example = unmarked(
            "from [NYC]{\"entity\": \"city\", \"value\": \"New York\", \"role\": \"from\"} to [Rome](city) [tomorrow]{\"entity\": \"day\"}",
        );
        assert_eq!(example.text, "from NYC to Rome tomorrow");
        assert_eq!(example.synonyms, [("New York".to_owned(), "NYC".to_owned())]);
        assert!(example.with_role);
        let old = unmarked("去[帝都](city:北京)的[票](thing)");
        assert_eq!(old.text, "去帝都的票");
        assert_eq!(old.synonyms, [("北京".to_owned(), "帝都".to_owned())]);
        assert_eq!(unmarked("a [b] c (d) {e}").text, "a [b] c (d) {e}");
    }
}
