//! Questions as schema.org tells them: `FAQPage` in JSON-LD, `Question` in microdata.

use scraper::{ElementRef, Selector};
use serde_json::Value;

use crate::import::haul::{At, Haul};
use crate::import::page::words::{words, words_in};
use crate::import::page::{Page, Pair};

impl Page<'_> {
    /// Questions that the page tells search engines.
    pub(super) fn structured(&self, haul: &mut Haul) -> Vec<Pair> {
        let mut pairs = Vec::new();
        for script in self.all("script[type=\"application/ld+json\"]") {
            let text: String = script.text().collect();
            match serde_json::from_str::<Value>(text.trim()) {
                Ok(json) => self.questions(&json, &mut pairs),
                Err(error) => {
                    let line = self.line_of(text.trim());
                    let why = format!("the JSON-LD cannot be read: {error}");
                    haul.leave(&At::new(self.file, line), why);
                }
            }
        }
        for question in self.all("[itemtype$=\"schema.org/Question\"]") {
            let one = |selector| first(question, selector).map(words);
            let name = one("[itemprop=\"name\"]").unwrap_or_default();
            let answer = one("[itemprop=\"acceptedAnswer\"] [itemprop=\"text\"]");
            let answer =
                answer.or_else(|| one("[itemprop=\"acceptedAnswer\"]")).unwrap_or_default();
            pairs.push(Pair { line: self.line_of(&name), question: name, answer });
        }
        pairs
    }

    /// The questions of a value, however deep they stand.
    fn questions(&self, json: &Value, pairs: &mut Vec<Pair>) {
        match json {
            Value::Array(all) => all.iter().for_each(|one| self.questions(one, pairs)),
            Value::Object(object) if is_a(json, "Question") => {
                let text = |value: Option<&Value>| value.and_then(Value::as_str).map(words_in);
                let name = text(object.get("name")).or_else(|| text(object.get("text")));
                let answer = object.get("acceptedAnswer").or_else(|| object.get("suggestedAnswer"));
                let answer = match answer {
                    Some(Value::Array(all)) => all.first(),
                    other => other,
                };
                let answer = text(answer.and_then(|answer| answer.get("text")));
                let question = name.unwrap_or_default();
                let line = self.line_of(&question);
                pairs.push(Pair { question, answer: answer.unwrap_or_default(), line });
            }
            Value::Object(object) => {
                object.values().for_each(|value| self.questions(value, pairs));
            }
            _ => {}
        }
    }

    /// All elements that a selector names.
    pub(super) fn all(&self, selector: &str) -> Vec<ElementRef<'_>> {
        let Ok(selector) = Selector::parse(selector) else { return vec![] };
        self.html.select(&selector).collect()
    }
}

/// The first element within another that a selector names.
pub(super) fn first<'a>(within: ElementRef<'a>, selector: &str) -> Option<ElementRef<'a>> {
    let selector = Selector::parse(selector).ok()?;
    within.select(&selector).next()
}

fn is_a(json: &Value, kind: &str) -> bool {
    match json.get("@type") {
        Some(Value::String(name)) => name == kind,
        Some(Value::Array(names)) => names.iter().any(|name| name == kind),
        _ => false,
    }
}
