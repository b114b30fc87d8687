//! Labels that teach nothing: where all examples have the same one, nothing can be told apart.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, IntentAct, Mistake, Place};
use crate::domain::{QuestionType, Sentiment, UrgencyLevel};

/// The values of one label, each with where it is given first.
type Values<'a> = BTreeMap<&'a str, Option<&'a Place>>;

/// A mistake for every label that has only one value in all of the knowledge. Values that come of
/// themselves count: small talk is of urgency `low`, the wish for a person `normal`.
pub(super) fn lone(catalog: &Catalog) -> Vec<Mistake> {
    let labels = [
        ("category", categories(catalog)),
        ("intent", intents(catalog)),
        ("sentiment", sentiments(catalog)),
        ("type", types(catalog)),
        ("urgency", urgencies(catalog)),
        ("wants_human", wishes(catalog)),
    ];
    labels.into_iter().filter_map(|(label, values)| mistake(label, &values)).collect()
}

fn mistake(label: &str, values: &Values<'_>) -> Option<Mistake> {
    let (value, place) = values.first_key_value().filter(|_| values.len() == 1)?;
    let place = (*place)?;
    let message = if label == "intent" {
        format!("`{value}` is the only intent: from what it differs cannot be learned; two or more")
    } else {
        format!("every example of `{label}` is `{value}`: give examples of two values or more")
    };
    Some(Mistake { file: place.file.to_path_buf(), line: place.line, message })
}

fn urgencies(catalog: &Catalog) -> Values<'_> {
    let mut values = Values::new();
    for intent in &catalog.intents {
        match intent.act {
            IntentAct::Smalltalk => values.insert(UrgencyLevel::Low.name(), None),
            IntentAct::Human => values.insert(UrgencyLevel::Normal.name(), None),
            IntentAct::Ask => None,
        };
    }
    for examples in &catalog.urgency {
        let texts = examples.examples.en.iter().chain(&examples.examples.zh);
        add(catalog, &mut values, texts.map(|text| (examples.level.name(), text.as_str())));
    }
    let labelled = catalog.messages.iter();
    let labelled = labelled.filter_map(|m| Some((m.urgency?.name(), m.text.as_str())));
    add(catalog, &mut values, labelled);
    values
}

/// Labelled messages only: entries and intents may well be of one category.
fn categories(catalog: &Catalog) -> Values<'_> {
    let labelled = catalog.messages.iter();
    let labelled = labelled.filter_map(|m| Some((m.category.as_deref()?, m.text.as_str())));
    let mut values = Values::new();
    add(catalog, &mut values, labelled);
    if !values.is_empty() {
        let intents = catalog.intents.iter().filter_map(|intent| intent.category.as_deref());
        let entries = catalog.entries.iter().filter_map(|entry| entry.category.as_deref());
        let with_examples = catalog.categories.iter().filter(|category| {
            !(category.examples.en.is_empty() && category.examples.zh.is_empty())
        });
        let own = with_examples.map(|category| category.name.as_str());
        for name in intents.chain(entries).chain(own) {
            values.entry(name).or_default();
        }
    }
    values
}

fn intents(catalog: &Catalog) -> Values<'_> {
    let place = |name: &str| catalog.places.name("intent", name);
    catalog.intents.iter().map(|intent| (intent.name.as_str(), place(&intent.name))).collect()
}

fn sentiments(catalog: &Catalog) -> Values<'_> {
    let labelled = catalog.messages.iter();
    let labelled =
        labelled.filter_map(|m| Some((named(&Sentiment::ALL, m.sentiment?)?, m.text.as_str())));
    let mut values = Values::new();
    add(catalog, &mut values, labelled);
    values
}

fn types(catalog: &Catalog) -> Values<'_> {
    let labelled = catalog.messages.iter();
    let labelled = labelled
        .filter_map(|m| Some((named(&QuestionType::ALL, m.question_type?)?, m.text.as_str())));
    let mut values = Values::new();
    add(catalog, &mut values, labelled);
    values
}

/// An intent that means a person is a wish for one, but teaches nothing without labelled messages.
fn wishes(catalog: &Catalog) -> Values<'_> {
    let labelled = catalog
        .messages
        .iter()
        .filter_map(|m| Some((if m.wants_human? { "true" } else { "false" }, m.text.as_str())));
    let mut values = Values::new();
    add(catalog, &mut values, labelled);
    if !values.is_empty() && catalog.intents.iter().any(|intent| intent.act == IntentAct::Human) {
        values.entry("true").or_default();
    }
    values
}

/// Adds values with the places of their first texts.
fn add<'a>(
    catalog: &'a Catalog,
    values: &mut Values<'a>,
    labelled: impl Iterator<Item = (&'a str, &'a str)>,
) {
    for (value, text) in labelled {
        values.entry(value).or_insert_with(|| catalog.places.text(text).first());
    }
}

fn named<T: PartialEq + Copy>(all: &[(T, &'static str)], value: T) -> Option<&'static str> {
    all.iter().find(|(known, _)| *known == value).map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;

    const REPLIES: &str = include_str!("../../intents/replies.toml");

    fn told(text: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.toml"), text).unwrap();
        std::fs::write(folder.path().join("replies.toml"), REPLIES).unwrap();
        let Err(mistakes) = Catalog::load(folder.path()) else { return "fine".to_owned() };
        let told = mistakes.0.iter().map(|mistake| {
            let name = mistake.file.file_name().unwrap().to_string_lossy().into_owned();
            format!("{name}:{}: {}", mistake.line, mistake.message)
        });
        told.collect::<Vec<_>>().join("\n")
    }

    fn message(text: &str, label: &str) -> String {
        format!("[[message]]\ntext = '{text}'\n{label}\n")
    }

    fn smalltalk(name: &str) -> String {
        let reply = "reply.en='hi'\nreply.zh='你好'";
        format!("[[intent]]\nname='{name}'\nact='smalltalk'\n{reply}\nexamples.en=['{name}']\n")
    }

    #[test]
    fn labels_of_one_value_name_file_and_line() {
        for (label, other) in [
            ("sentiment = 'negative'", "sentiment = 'neutral'"),
            ("type = 'how'", "type = 'when'"),
            ("urgency = 'high'", "urgency = 'low'"),
            ("wants_human = true", "wants_human = false"),
        ] {
            let (name, value) = label.split_once(" = ").unwrap();
            let value = value.trim_matches('\'');
            let one = message("a", label) + &message("b", label);
            let rest = "give examples of two values or more";
            let expected = format!("a.toml:2: every example of `{name}` is `{value}`: {rest}");
            assert_eq!(told(&one), expected);
            assert_eq!(told(&(one + &message("c", other))), "fine", "{label}");
        }
    }

    #[test]
    fn what_counts_of_itself_is_a_value_too() {
        let urgent = "[[urgency]]\nlevel = 'urgent'\nexamples.en = ['it burns']\n";
        assert!(told(urgent).starts_with("a.toml:3: every example of `urgency` is `urgent`"));
        let talk = smalltalk("hi") + &smalltalk("bye");
        assert_eq!(told(&(urgent.to_owned() + &talk)), "fine", "small talk is `low`");
        let category = "[[category]]\nname = 'a'\n[[category]]\nname = 'b'\nexamples.en = ['x']\n";
        let labelled = message("m", "category = 'a'");
        assert_eq!(told(&(category.to_owned() + &labelled)), "fine");
        let alone = category.replace("examples.en = ['x']", "") + &labelled;
        assert!(told(&alone).starts_with("a.toml:7: every example of `category` is `a`"));
    }

    #[test]
    fn one_intent_alone_is_a_mistake_and_none_is_not() {
        assert!(told(&smalltalk("hi")).starts_with("a.toml:2: `hi` is the only intent: "));
        assert_eq!(told(""), "fine");
    }
}
