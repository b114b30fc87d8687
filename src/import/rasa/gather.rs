//! What the files of a Rasa project say, before it is brought together.

use std::collections::BTreeMap;

use crate::import::haul::{At, Haul, Wording, plain};
use crate::import::rasa::annotated::unmarked;
use crate::import::rasa::yaml::Node;

/// Keys of a domain for which there is no counterpart.
const WITHOUT: [&str; 3] = ["slots", "forms", "actions"];
/// Parts of a response that are not words.
const NOT_WORDS: [&str; 5] = ["image", "buttons", "custom", "attachment", "elements"];

/// How people say what they want.
#[derive(Default)]
pub(super) struct Said {
    pub(super) at: At,
    pub(super) examples: Vec<Wording>,
}

/// What was read so far.
#[derive(Default)]
pub(super) struct Gathered {
    pub(super) intents: BTreeMap<String, Said>,
    /// Values with the words that stand for them.
    pub(super) synonyms: BTreeMap<String, Vec<(String, At)>>,
    /// Entities with the patterns that find them.
    pub(super) patterns: BTreeMap<String, Vec<(String, At)>>,
    pub(super) responses: BTreeMap<String, Vec<Wording>>,
    /// Intents with the actions that answer them.
    pub(super) rules: BTreeMap<String, (Vec<String>, At)>,
    has_parts: bool,
}

impl Gathered {
    /// Whether no file had anything of Rasa.
    pub(super) fn is_empty(&self) -> bool {
        !self.has_parts
    }

    /// Adds a file.
    pub(super) fn add(&mut self, root: Node<'_>, haul: &mut Haul) {
        for (key, value) in root.pairs() {
            match key.as_str() {
                "nlu" => value.items().into_iter().for_each(|item| self.nlu(item, haul)),
                "responses" => {
                    for (name, variants) in value.pairs() {
                        self.response(&name, variants, haul);
                    }
                }
                "rules" => value.items().into_iter().for_each(|rule| self.rule(rule, haul)),
                "stories" => value.items().into_iter().for_each(|story| self.story(story, haul)),
                _ if WITHOUT.contains(&key.as_str()) => {
                    if !(value.items().is_empty() && value.pairs().is_empty()) {
                        let why = format!("`{key}` have no counterpart and are not taken");
                        haul.leave(&root.at_key(&key), why);
                    }
                    continue;
                }
                _ => continue,
            }
            self.has_parts = true;
        }
    }

    fn nlu(&mut self, item: Node<'_>, haul: &mut Haul) {
        let named = |key| item.get(key).and_then(Node::text);
        let examples = item.get("examples").map(examples).unwrap_or_default();
        if let Some(name) = named("intent") {
            let said = self.intents.entry(name).or_default();
            if said.examples.is_empty() {
                said.at = item.at_key("intent");
            }
            for (line, at) in examples {
                let example = unmarked(&line);
                for (value, word) in example.synonyms {
                    self.synonyms.entry(value).or_default().push((word, at.clone()));
                }
                if example.with_role {
                    haul.leave(&at, "roles and groups of entities are not taken; the words are");
                }
                let text = plain(&example.text);
                if !text.is_empty() {
                    said.examples.push(Wording::of(&text, at));
                }
            }
        } else if let Some(value) = named("synonym") {
            self.synonyms.entry(value).or_default().extend(examples);
        } else if let Some(name) = named("regex") {
            self.patterns.entry(name).or_default().extend(examples);
        } else if let Some(name) = named("lookup") {
            let at = item.at_key("lookup");
            let words: Vec<String> = examples.iter().map(|(word, _)| word_pattern(word)).collect();
            if !words.is_empty() {
                let pattern = format!("(?i:{})", words.join("|"));
                self.patterns.entry(name).or_default().push((pattern, at));
            }
        } else {
            haul.leave(&item.at(), "is none of `intent`, `synonym`, `regex`, `lookup`");
        }
    }

    fn response(&mut self, name: &str, variants: Node<'_>, haul: &mut Haul) {
        for variant in variants.items() {
            for key in NOT_WORDS.iter().filter(|key| variant.get(key).is_some()) {
                let why = format!("`{key}` of a response is not taken");
                haul.leave(&variant.at_key(key), why);
            }
            let Some(text) = variant.get("text") else { continue };
            let at = variant.at_key("text");
            let words = plain(&text.text().unwrap_or_default());
            if let Some(key) =
                ["condition", "channel"].into_iter().find(|k| variant.get(k).is_some())
            {
                haul.leave(&at, format!("words with a `{key}` are not taken"));
            } else if let Some(slot) = slot_in(&words) {
                haul.leave(
                    &at,
                    format!("the words hold `{slot}`, which only a program can fill in"),
                );
            } else if !words.is_empty() {
                self.responses.entry(name.to_owned()).or_default().push(Wording::of(&words, at));
            }
        }
    }

    fn rule(&mut self, rule: Node<'_>, haul: &mut Haul) {
        let name = rule.get("rule").and_then(Node::text).unwrap_or_default();
        if rule.get("condition").is_some() {
            return haul.leave(&rule.at(), format!("the rule `{name}` has conditions"));
        }
        self.exchange(rule, &format!("the rule `{name}`"), haul);
    }

    /// A story of one exchange is as good as a rule; where there is a rule, the rule counts.
    fn story(&mut self, story: Node<'_>, haul: &mut Haul) {
        let name = story.get("story").and_then(Node::text).unwrap_or_default();
        self.exchange(story, &format!("the story `{name}`"), haul);
    }

    /// Steps of one intent and the actions that answer it.
    fn exchange(&mut self, of: Node<'_>, what: &str, haul: &mut Haul) {
        let steps = of.get("steps").map(Node::items).unwrap_or_default();
        let mut intent = None;
        let mut actions = Vec::new();
        for step in steps {
            let key = |key| step.get(key).and_then(Node::text);
            match (key("intent"), key("action")) {
                (Some(name), None) if intent.is_none() && actions.is_empty() => {
                    intent = Some((name, step.at_key("intent")));
                }
                (None, Some(action)) if action == "action_listen" => {}
                (None, Some(action)) => actions.push((action, step.at_key("action"))),
                _ => {
                    let why = format!("{what} is more than one message and its answer");
                    return haul.leave(&step.at(), why);
                }
            }
        }
        let Some((intent, at)) = intent else {
            return haul.leave(&of.at(), format!("{what} does not begin with an intent"));
        };
        for (action, at) in &actions {
            if !action.starts_with("utter_") {
                let why = format!("the action `{action}` is a program and is not taken");
                haul.leave(at, why);
            }
        }
        let actions = actions.into_iter().map(|(action, _)| action).collect();
        self.rules.entry(intent).or_insert((actions, at));
    }
}

/// Examples in either way of writing them: lines of a text that begin with `-`, or a list.
fn examples(node: Node<'_>) -> Vec<(String, At)> {
    if node.text().is_some() {
        let lines = node.lines().into_iter();
        return lines
            .map(|(line, at)| (line.strip_prefix('-').unwrap_or(&line).trim().to_owned(), at))
            .filter(|(line, _)| !line.is_empty())
            .collect();
    }
    let items = node.items().into_iter();
    items.flat_map(|item| item.get("text").unwrap_or(item).lines()).collect()
}

/// A word of a list, as a pattern that finds it.
fn word_pattern(word: &str) -> String {
    let escaped = regex::escape(word);
    let is_latin = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let before = if is_latin(word.chars().next()) { r"\b" } else { "" };
    let after = if is_latin(word.chars().next_back()) { r"\b" } else { "" };
    format!("{before}{escaped}{after}")
}

/// A slot that the words name, such as `{name}`.
fn slot_in(words: &str) -> Option<String> {
    let (_, rest) = words.split_once('{')?;
    let (name, _) = rest.split_once('}')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    is_name.then(|| format!("{{{name}}}"))
}
