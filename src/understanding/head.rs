//! A learned head with the names of its classes: what intents, categories and urgency share, and
//! what `frontdesk eval intents` measures.

use std::collections::HashMap;

use crate::domain::Scored;
use crate::understanding::classify::{Classifier, Example, Parts};
use crate::understanding::prepared::Prepared;

/// How many classes a reading names.
const NAMED: usize = 6;

/// A trained head.
#[derive(Clone, Debug)]
pub struct Head {
    names: Vec<String>,
    classifier: Classifier,
}

/// What a head says of a message.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HeadReading {
    /// The six likeliest classes with the probability that the message belongs to each.
    pub ranked: Vec<Scored>,
    /// The probability that the message belongs to any of them; 1 for a head that is not open.
    pub in_scope: f32,
}

impl Head {
    /// Trains on messages with the names of their classes; a class without a name takes what belongs
    /// to none, and is never named. An open head expects messages that
    /// belong to no class, and its probabilities leave room for that. There is no head when there
    /// are fewer than two classes to tell apart.
    pub fn train<'a>(
        examples: impl IntoIterator<Item = (&'a str, &'a Prepared)>,
        is_open: bool,
    ) -> Option<Self> {
        let mut names: Vec<String> = Vec::new();
        let mut known: HashMap<&str, usize> = HashMap::new();
        let mut labelled: Vec<Example<'a>> = Vec::new();
        for (name, message) in examples {
            let class = *known.entry(name).or_insert_with(|| {
                names.push(name.to_owned());
                names.len() - 1
            });
            labelled.push((message, class));
        }
        let classifier = Classifier::train(&labelled, names.len(), is_open)?;
        Some(Self { names, classifier })
    }

    /// How many classes there are.
    #[expect(clippy::len_without_is_empty, reason = "a head has two classes or more")]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Reads a message.
    pub fn read(&self, message: &Prepared) -> HeadReading {
        let verdict = self.classifier.read(message);
        let named = |(class, probability): (usize, f32)| {
            let name = self.names.get(class).filter(|name| !name.is_empty())?.clone();
            Some(Scored { name, confidence: probability * verdict.in_scope })
        };
        HeadReading {
            ranked: verdict.ranked(NAMED).into_iter().filter_map(named).collect(),
            in_scope: verdict.in_scope,
        }
    }

    /// What makes the margin of the class `name`.
    pub(super) fn parts(&self, message: &Prepared, name: &str) -> Option<Parts> {
        let class = self.names.iter().position(|known| known == name)?;
        Some(self.classifier.parts(message, class))
    }

    /// The words of the message that speak for `name`, strongest first.
    pub(super) fn evidence(&self, message: &Prepared, name: &str, most: usize) -> Vec<String> {
        let class = self.names.iter().position(|known| known == name);
        class.map_or_else(Vec::new, |class| self.classifier.evidence(&message.tokens, class, most))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_class_without_a_name_takes_what_belongs_to_none_and_is_not_named() {
        let said = [
            ("hello", "hello there"),
            ("hello", "good morning"),
            ("hello", "hi, good day"),
            ("thanks", "thank you so much"),
            ("thanks", "thanks, great"),
            ("thanks", "many thanks"),
            ("", "where is my parcel"),
            ("", "how do I return a lamp"),
            ("", "what does a return cost"),
            ("", "the parcel has not come"),
        ];
        let ready: Vec<Prepared> = said.iter().map(|(_, text)| Prepared::of(text)).collect();
        let labels = said.iter().map(|(name, _)| *name);
        let with = Head::train(labels.clone().zip(&ready), true).unwrap();
        let named = labels.zip(&ready).filter(|(name, _)| !name.is_empty());
        let without = Head::train(named, true).unwrap();
        let best = |head: &Head, text| {
            let read = head.read(&Prepared::of(text));
            assert!(read.ranked.iter().all(|class| !class.name.is_empty()), "{read:?}");
            read.ranked.first().map_or(0.0, |class| class.confidence)
        };
        let question = "how much is a return of the parcel";
        assert!(best(&with, question) < 0.5 * best(&without, question));
        assert!(best(&with, "thanks so much") > 0.5 * best(&without, "thanks so much"));
    }
}
