//! A rule by which the desk speaks first, and what may be wrong with one.

use serde::{Deserialize, Serialize};

use crate::domain::{Language, MessageText, ProactiveId, TextError, TextLimits};
use crate::proactive::page;

/// Most characters of a name, of the words, and of an answer to choose.
const NAME_CHARS: usize = 60;
const TEXT: TextLimits = TextLimits { bytes: 2_000, graphemes: 300 };
const CHOICE: TextLimits = TextLimits { bytes: 300, graphemes: 40 };
/// Most patterns of a rule, and most answers to choose from.
const PAGES: usize = 20;
const CHOICES: usize = 3;
/// Longest time on a page: an hour.
const SECONDS: u32 = 3_600;
/// Most showings in a period, and the longest period in days.
const TIMES: u32 = 100;
const DAYS: u32 = 365;

/// Words in one language or in both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Texts {
    /// In English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// In Chinese.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
}

impl Texts {
    fn of(&self, language: Language) -> Option<&str> {
        match language {
            Language::En => self.en.as_deref(),
            Language::Zh => self.zh.as_deref(),
        }
    }
}

/// An answer to choose.
pub type Choice = Texts;

/// When a rule holds, by the desk's hours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Always.
    #[default]
    Always,
    /// While the desk is open.
    Open,
    /// While it is closed.
    Closed,
}

/// A rule by which the desk speaks first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Its id; a new rule has none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub id: Option<ProactiveId>,
    /// Its name among agents.
    #[schema(example = "Help at the checkout")]
    pub name: String,
    /// Whether it is in use; a new rule is not.
    #[serde(default)]
    pub on: bool,
    /// The pages: `*` is anything within a part of a path, `**` anything.
    #[schema(example = json!(["/checkout/**"]))]
    pub pages: Vec<String>,
    /// For how many seconds a visitor must have looked at the page, 3600 at most.
    #[serde(default)]
    pub seconds: u32,
    /// The segment of customers who are known; anybody without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segment: Option<String>,
    /// Whether the desk must be open.
    #[serde(default)]
    pub when: When,
    /// The site by its origin; any without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<String>,
    /// The words, 300 characters at most.
    pub text: Texts,
    /// Answers to choose from, three at most.
    #[serde(default)]
    pub choices: Vec<Choice>,
    /// How often one visitor sees it in `days` days, at most.
    pub times: u32,
    /// The period in days.
    pub days: u32,
}

/// Something is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct RuleMistake {
    /// Where, such as `rules[1].text.en`.
    pub field: String,
    /// A stable code.
    pub code: &'static str,
    /// What.
    pub message: String,
}

impl RuleMistake {
    /// A mistake in a field.
    pub fn new(field: String, code: &'static str, message: impl Into<String>) -> Self {
        Self { field, code, message: message.into() }
    }
}

impl Rule {
    /// Checks every field and brings it into one form; `path` is the rule's place.
    pub(super) fn check(mut self, path: &str) -> Result<Self, RuleMistake> {
        let at = |field: &str| format!("{path}.{field}");
        self.name = self.name.trim().into();
        let is_named = (1..=NAME_CHARS).contains(&self.name.chars().count());
        if !is_named || self.name.chars().any(char::is_control) {
            let message = format!("a name has 1 to {NAME_CHARS} characters");
            return Err(RuleMistake::new(at("name"), "name_invalid", message));
        }
        let pages = self.pages.iter().map(|page| page.trim().to_owned());
        self.pages = pages.filter(|page| !page.is_empty()).collect();
        if self.pages.is_empty() || self.pages.len() > PAGES {
            let message = format!("1 to {PAGES} patterns such as /checkout/**");
            return Err(RuleMistake::new(at("pages"), "pages_count", message));
        }
        if let Some(wrong) = self.pages.iter().find(|page| !page::is_pattern(page)) {
            let shown: String = wrong.chars().take(60).collect();
            let message = format!("`{shown}` is no path such as /checkout/**");
            return Err(RuleMistake::new(at("pages"), "page_invalid", message));
        }
        let numbers = [
            ("seconds", self.seconds, 0, SECONDS),
            ("times", self.times, 1, TIMES),
            ("days", self.days, 1, DAYS),
        ];
        for (field, value, least, most) in numbers {
            if !(least..=most).contains(&value) {
                let message = format!("a number from {least} to {most}");
                return Err(RuleMistake::new(at(field), "number_invalid", message));
            }
        }
        self.check_words(path)
    }

    fn check_words(mut self, path: &str) -> Result<Self, RuleMistake> {
        self.text = checked(&self.text, TEXT, &format!("{path}.text"))?;
        if self.choices.len() > CHOICES {
            let message = format!("{CHOICES} answers at most");
            return Err(RuleMistake::new(format!("{path}.choices"), "choices_count", message));
        }
        for (index, choice) in self.choices.iter_mut().enumerate() {
            *choice = checked(choice, CHOICE, &format!("{path}.choices[{index}]"))?;
        }
        Ok(self)
    }

    /// The words in a language, else in the other one, with the answers in the same.
    pub fn words(&self, language: Language) -> Option<(Language, &str, Vec<&str>)> {
        let other = match language {
            Language::En => Language::Zh,
            Language::Zh => Language::En,
        };
        let mut found = [language, other].into_iter();
        let (language, text) = found.find_map(|one| self.text.of(one).map(|text| (one, text)))?;
        let choices = self.choices.iter().filter_map(|choice| choice.of(language));
        Some((language, text, choices.collect()))
    }

    /// Whether a page is one of the rule's.
    pub(super) fn is_about(&self, path: &str) -> bool {
        self.pages.iter().any(|pattern| page::matches(pattern, path))
    }
}

/// Words in one language at least; white space alone is none.
fn checked(texts: &Texts, limits: TextLimits, path: &str) -> Result<Texts, RuleMistake> {
    let one = |text: &Option<String>, language: Language| {
        let Some(text) = text.as_deref().filter(|text| !text.trim().is_empty()) else {
            return Ok(None);
        };
        let parsed = MessageText::parse(text, limits).map_err(|error| {
            let code = match error {
                TextError::ControlCharacter { .. } => "text_control_character",
                _ => "text_too_long",
            };
            let field = format!("{path}.{}", language.code());
            RuleMistake::new(field, code, error.to_string())
        })?;
        Ok(Some(parsed.as_str().to_owned()))
    };
    let checked = Texts { en: one(&texts.en, Language::En)?, zh: one(&texts.zh, Language::Zh)? };
    if checked.en.is_none() && checked.zh.is_none() {
        let message = "write it in one language at least";
        return Err(RuleMistake::new(format!("{path}.en"), "text_empty", message));
    }
    Ok(checked)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::proactive) fn rule(name: &str, page: &str) -> Rule {
        let text = Texts { en: Some("Can we help?".to_owned()), zh: None };
        Rule {
            id: None,
            name: name.to_owned(),
            on: true,
            pages: vec![page.to_owned()],
            seconds: 20,
            segment: None,
            when: When::Always,
            site: None,
            text,
            choices: vec![],
            times: 1,
            days: 7,
        }
    }

    #[test]
    fn the_field_of_a_mistake_is_named() {
        let change = |change: fn(&mut Rule)| {
            let mut wrong = rule("Help", "/cart");
            change(&mut wrong);
            let mistake = wrong.check("rules[2]").unwrap_err();
            (mistake.field, mistake.code)
        };
        let told = |field: &str, code| (format!("rules[2].{field}"), code);
        assert_eq!(change(|rule| rule.name = " ".to_owned()), told("name", "name_invalid"));
        assert_eq!(change(|rule| rule.pages = vec![" ".to_owned()]), told("pages", "pages_count"));
        let page = |rule: &mut Rule| rule.pages.push("cart".to_owned());
        assert_eq!(change(page), told("pages", "page_invalid"));
        assert_eq!(change(|rule| rule.seconds = 3_601), told("seconds", "number_invalid"));
        assert_eq!(change(|rule| rule.times = 0), told("times", "number_invalid"));
        assert_eq!(change(|rule| rule.days = 366), told("days", "number_invalid"));
        assert_eq!(change(|rule| rule.text = Texts::default()), told("text.en", "text_empty"));
        let long = |rule: &mut Rule| rule.text.zh = Some("长".repeat(301));
        assert_eq!(change(long), told("text.zh", "text_too_long"));
        let bell = |rule: &mut Rule| rule.text.en = Some("a\u{7}".to_owned());
        assert_eq!(change(bell), told("text.en", "text_control_character"));
        let four = |rule: &mut Rule| rule.choices = vec![Texts::default(); 4];
        assert_eq!(change(four), told("choices", "choices_count"));
        let empty = |rule: &mut Rule| rule.choices = vec![Texts::default()];
        assert_eq!(change(empty), told("choices[0].en", "text_empty"));
    }

    #[test]
    fn words_come_in_the_visitors_language_where_there_are_some() {
        let both = Texts { en: Some("Yes".to_owned()), zh: Some("好".to_owned()) };
        let mut rule = rule("Help", "/cart");
        rule.choices = vec![both, Texts { en: Some("No".to_owned()), zh: None }];
        let english = (Language::En, "Can we help?", vec!["Yes", "No"]);
        assert_eq!(rule.words(Language::Zh), Some(english));
        rule.text.zh = Some("需要帮忙吗？".to_owned());
        assert_eq!(rule.words(Language::Zh), Some((Language::Zh, "需要帮忙吗？", vec!["好"])));
    }
}
