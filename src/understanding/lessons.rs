//! What a catalog teaches: which texts are examples of what, and which documents are searched.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::catalog::{Catalog, FaqEntry, IntentAct};
use crate::domain::{Language, UrgencyLevel};
use crate::understanding::encode::{EncodeError, Encoding, Meaning};
use crate::understanding::lexicon::Lexicon;
use crate::understanding::prepared::Prepared;
use crate::understanding::retrieve::{Document, Kind};
use crate::understanding::sentences::sentences;

/// The names of the head that tells whether a person is wanted.
pub(super) const YES: &str = "yes";
pub(super) const NO: &str = "no";

/// A name with a text that belongs to it.
type Named<'a> = (&'a str, &'a str);

/// Every text of a catalog that something is learned from, made ready once.
pub(super) struct Lessons<'a> {
    catalog: &'a Catalog,
    documents: Vec<Document>,
    texts: HashMap<&'a str, Prepared>,
    /// The meanings of the documents.
    meanings: Option<Vec<Meaning>>,
}

impl<'a> Lessons<'a> {
    /// Makes every text ready; with `encoding` also what it means. `go_on` is told how many texts of
    /// how many are encoded, and ends it by saying no.
    pub(super) fn of(
        catalog: &'a Catalog,
        encoding: Option<&Encoding>,
        go_on: &(dyn Fn(usize, usize) -> bool + Sync),
    ) -> Result<Self, EncodeError> {
        let lists = [
            intent_examples(catalog),
            category_examples(catalog),
            urgency_examples(catalog),
            sentiment_examples(catalog),
            type_examples(catalog),
            human_examples(catalog),
        ];
        let mut texts: Vec<&str> = lists.into_iter().flatten().map(|(_, text)| text).collect();
        texts.sort_unstable();
        texts.dedup();
        let mut ready: Vec<Prepared> = texts.par_iter().map(|text| Prepared::of(text)).collect();
        let documents = documents(catalog);
        let Some(encoding) = encoding else {
            let texts = texts.into_iter().zip(ready).collect();
            return Ok(Self { catalog, documents, texts, meanings: None });
        };
        let examples = texts.iter().zip(&ready).map(|(text, ready)| (*text, ready.tokens.language));
        let searched = documents.iter().map(|document| (document.text.as_str(), document.language));
        let all: Vec<(&str, Language)> = examples.chain(searched).collect();
        let told = |done| go_on(done, all.len());
        let mut meanings = encoding.encoders.read_all(&all, &encoding.kept, &told)?;
        encoding.kept.save();
        let of_documents = meanings.split_off(texts.len());
        for (ready, meaning) in ready.iter_mut().zip(meanings) {
            *ready = std::mem::take(ready).with_meaning(Some(meaning.into()));
        }
        let texts = texts.into_iter().zip(ready).collect();
        Ok(Self { catalog, documents, texts, meanings: Some(of_documents) })
    }

    /// The words of all examples.
    pub(super) fn lexicon(&self) -> Lexicon {
        Lexicon::of(self.texts.values().map(|ready| &ready.tokens))
    }

    fn find(&self, named: Vec<Named<'a>>) -> Vec<(&'a str, &Prepared)> {
        let ready = |(name, text)| Some((name, self.texts.get(text)?));
        named.into_iter().filter_map(ready).collect()
    }

    pub(super) fn intents(&self) -> Vec<(&'a str, &Prepared)> {
        self.find(intent_examples(self.catalog))
    }

    pub(super) fn categories(&self) -> Vec<(&'a str, &Prepared)> {
        self.find(category_examples(self.catalog))
    }

    pub(super) fn urgency(&self) -> Vec<(&'a str, &Prepared)> {
        self.find(urgency_examples(self.catalog))
    }

    pub(super) fn sentiment(&self) -> Vec<(&'a str, &Prepared)> {
        self.find(sentiment_examples(self.catalog))
    }

    pub(super) fn question_types(&self) -> Vec<(&'a str, &Prepared)> {
        self.find(type_examples(self.catalog))
    }

    pub(super) fn wants_human(&self) -> Vec<(&'a str, &Prepared)> {
        self.find(human_examples(self.catalog))
    }

    /// Messages that no entry answers: small talk, and wishes for a person.
    pub(super) fn strangers(&self) -> Vec<&Prepared> {
        let acts = [IntentAct::Smalltalk, IntentAct::Human];
        let intents = self.catalog.intents.iter();
        let strange = intents.filter(|intent| intent.entry.is_none() && acts.contains(&intent.act));
        let texts = strange.flat_map(|intent| {
            Language::ALL.into_iter().flat_map(|language| intent.examples.get(language))
        });
        texts.filter_map(|text| self.texts.get(text.as_str())).collect()
    }

    /// What is searched, with what it means.
    pub(super) fn documents(&self) -> (Vec<Document>, Option<Vec<Meaning>>) {
        (self.documents.clone(), self.meanings.clone())
    }
}

fn intent_examples(catalog: &Catalog) -> Vec<Named<'_>> {
    let mut named = Vec::new();
    for intent in &catalog.intents {
        let entry = catalog.entries.iter().find(|entry| Some(&entry.id) == intent.entry.as_ref());
        for language in Language::ALL {
            let own = intent.examples.get(language).iter().map(String::as_str);
            let texts = own.chain(entry.into_iter().flat_map(|entry| phrasings(entry, language)));
            named.extend(texts.map(|text| (intent.name.as_str(), text)));
        }
    }
    named
}

/// A category's own examples, those of its intents, the questions of its entries, and labelled
/// messages.
fn category_examples(catalog: &Catalog) -> Vec<Named<'_>> {
    let mut named: Vec<Named<'_>> = Vec::new();
    for language in Language::ALL {
        for category in &catalog.categories {
            let own = category.examples.get(language).iter();
            named.extend(own.map(|text| (category.name.as_str(), text.as_str())));
        }
        for intent in &catalog.intents {
            let Some(name) = &intent.category else { continue };
            let own = intent.examples.get(language).iter();
            named.extend(own.map(|text| (name.as_str(), text.as_str())));
        }
        for entry in &catalog.entries {
            let Some(name) = &entry.category else { continue };
            named.extend(phrasings(entry, language).map(|text| (name.as_str(), text)));
        }
    }
    let labelled = catalog.messages.iter();
    named.extend(
        labelled.filter_map(|message| Some((message.category.as_deref()?, message.text.as_str()))),
    );
    named
}

/// The levels' own examples and labelled messages; small talk is at no level that presses, and the
/// bare wish for a person is an ordinary matter.
fn urgency_examples(catalog: &Catalog) -> Vec<Named<'_>> {
    let mut named = Vec::new();
    for intent in &catalog.intents {
        let level = match intent.act {
            IntentAct::Smalltalk => UrgencyLevel::Low,
            IntentAct::Human => UrgencyLevel::Normal,
            IntentAct::Ask => continue,
        };
        for language in Language::ALL {
            let texts = intent.examples.get(language).iter();
            named.extend(texts.map(|text| (level.name(), text.as_str())));
        }
    }
    for examples in &catalog.urgency {
        for language in Language::ALL {
            let texts = examples.examples.get(language).iter();
            named.extend(texts.map(|text| (examples.level.name(), text.as_str())));
        }
    }
    let labelled = catalog.messages.iter();
    named.extend(
        labelled.filter_map(|message| Some((message.urgency?.name(), message.text.as_str()))),
    );
    named
}

fn sentiment_examples(catalog: &Catalog) -> Vec<Named<'_>> {
    let labelled = catalog.messages.iter();
    labelled
        .filter_map(|message| Some((message.sentiment?.name(), message.text.as_str())))
        .collect()
}

fn type_examples(catalog: &Catalog) -> Vec<Named<'_>> {
    let labelled = catalog.messages.iter();
    labelled
        .filter_map(|message| Some((message.question_type?.name(), message.text.as_str())))
        .collect()
}

/// Labelled messages, and the examples of intents: those that mean a person are wishes, others not.
fn human_examples(catalog: &Catalog) -> Vec<Named<'_>> {
    let mut named = Vec::new();
    for message in &catalog.messages {
        let name = message.wants_human.map(|wants| if wants { YES } else { NO });
        named.extend(name.map(|name| (name, message.text.as_str())));
    }
    if named.is_empty() {
        return named; // wishes alone, beside intents of every kind, would teach the topics
    }
    for intent in &catalog.intents {
        let name = if intent.act == IntentAct::Human { YES } else { continue };
        for language in Language::ALL {
            let texts = intent.examples.get(language).iter();
            named.extend(texts.map(|text| (name, text.as_str())));
        }
    }
    named
}

/// The question and its variants in a language that the entry has.
fn phrasings(entry: &FaqEntry, language: Language) -> impl Iterator<Item = &str> {
    let question = Some(entry.question.get(language).as_str()).filter(|text| !text.is_empty());
    question.into_iter().chain(entry.variants.get(language).iter().map(String::as_str))
}

/// What is searched: every phrasing of every entry, the examples of the intents that it answers,
/// the entry as a whole, and the sentences of its answer.
fn documents(catalog: &Catalog) -> Vec<Document> {
    let mut documents = Vec::new();
    for (at, entry) in catalog.entries.iter().enumerate() {
        let intents =
            || catalog.intents.iter().filter(|intent| intent.entry.as_ref() == Some(&entry.id));
        for language in Language::ALL {
            let examples =
                intents().flat_map(|intent| intent.examples.get(language)).map(String::as_str);
            let document =
                |kind, text: &str| Document { entry: at, kind, language, text: text.to_owned() };
            let texts = phrasings(entry, language).chain(examples);
            documents.extend(texts.map(|text| document(Kind::Phrasing, text)));
            let (question, answer) = (entry.question.get(language), entry.answer.get(language));
            if !question.is_empty() || !answer.is_empty() {
                documents.push(document(Kind::Passage, &format!("{question}\n{answer}")));
            }
            documents.extend(sentences(answer).map(|text| document(Kind::Sentence, text)));
        }
    }
    documents
}
