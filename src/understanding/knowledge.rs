//! What was learned from a catalog, and how it reads a message.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::catalog::{Catalog, FaqEntry, IntentAct, Rule, RuleMark};
use crate::domain::{Answer, Language, Reading, Scored, Urgency, UrgencyLevel};
use crate::understanding::answer::{Answerer, Ranked};
use crate::understanding::follow_up::{Leaning, leaning};
use crate::understanding::head::{Head, HeadReading};
use crate::understanding::prepared::Prepared;
use crate::understanding::retrieve::{Document, Kind, SearchError};
use crate::understanding::tokenise::{Tokens, Word, fold};

/// How many intents beside the likeliest one a reading names.
const ALTERNATIVES: usize = 3;
/// How many FAQ entries a reading names.
const ANSWERS: usize = 5;
/// How many words a reading names for its urgency.
const EVIDENCE: usize = 5;
/// From which probability on an intent that means a human is a wish for one.
const WANTS_HUMAN_AT: f32 = 0.6;
/// A message of fewer Han characters, or half as many words, says nothing of why it presses.
const LEAST_SAID: usize = 5;
/// How sure the level of a single clause must be.
const CLAUSE_AT: f32 = 0.5;
/// How sure a rule of the operator is.
const RULE_CONFIDENCE: f32 = 0.99;
/// Above this probability a message that leans on the last topic is understood without it.
const CLEAR_AT: f32 = 0.6;
/// The same for a short message that does not say that it leans.
const TELLING_AT: f32 = 0.2;

/// Everything that was learned from a catalog.
pub struct Understanding {
    intents: Option<Head>,
    categories: Option<Head>,
    urgency: Option<Head>,
    answerer: Answerer,
    entries: Vec<String>,
    human: Vec<String>,
    rules: Vec<Rule>,
}

impl Understanding {
    /// Learns from the operator's knowledge.
    pub fn train(catalog: &Catalog) -> Result<Self, SearchError> {
        let prepared = Texts::of(catalog);
        let human = catalog.intents.iter().filter(|intent| intent.act == IntentAct::Human);
        let ((intents, categories), (urgency, answerer)) = rayon::join(
            || {
                rayon::join(
                    || Head::train(prepared.find(intent_examples(catalog)), true),
                    || Head::train(prepared.find(category_examples(catalog)), false),
                )
            },
            || {
                rayon::join(
                    || Head::train(prepared.find(urgency_examples(catalog)), false),
                    || Answerer::train(documents(catalog)),
                )
            },
        );
        Ok(Self {
            intents,
            categories,
            urgency,
            answerer: answerer?,
            entries: catalog.entries.iter().map(|entry| entry.id.clone()).collect(),
            human: human.map(|intent| intent.name.clone()).collect(),
            rules: catalog.rules.clone(),
        })
    }

    /// Reads a message. `topic` is the question that was answered last: a follow-up is read with it.
    pub fn read(&self, text: &str, topic: Option<&str>) -> Reading {
        let message = Prepared::of(text);
        let folded = fold(text);
        let matching: Vec<&RuleMark> = self
            .rules
            .iter()
            .filter(|rule| rule.pattern.is_match(&folded))
            .map(|rule| &rule.mark)
            .collect();
        let HeadReading { mut ranked, in_scope } = read(self.intents.as_ref(), &message);
        if let Some(name) = matching.iter().find_map(|mark| intent_of(mark)) {
            ranked.retain(|intent| intent.name != name);
            ranked.insert(0, Scored { name: name.to_owned(), confidence: RULE_CONFIDENCE });
        }
        let wants_human = matching.contains(&&RuleMark::WantsHuman)
            || ranked.first().is_some_and(|intent| {
                intent.confidence >= WANTS_HUMAN_AT && self.human.contains(&intent.name)
            });
        let mut intents = ranked.into_iter();
        Reading {
            language: message.tokens.language,
            intent: intents.next(),
            alternatives: intents.take(ALTERNATIVES).collect(),
            in_scope,
            category: read(self.categories.as_ref(), &message).ranked.into_iter().next(),
            urgency: self.urgency(text, &message, &matching, wants_human),
            wants_human,
            answers: self.answers(&message, topic),
            tokens: message.tokens.words.into_iter().map(|word| word.surface).collect(),
        }
    }

    /// How much a message presses. In "I was charged twice, let me talk to a person" it is the first
    /// clause that presses: beside the wish for a person, each clause is read alone.
    fn urgency(
        &self,
        text: &str,
        message: &Prepared,
        matching: &[&RuleMark],
        wants_human: bool,
    ) -> Urgency {
        let mut urgency = self.learned_urgency(message);
        if wants_human {
            for clause in text.split(is_clause_end) {
                let alone = self.learned_urgency(&Prepared::of(clause));
                if alone.level > urgency.level && alone.confidence >= CLAUSE_AT {
                    urgency = alone;
                }
            }
        }
        let ruled = matching.iter().filter_map(|mark| match mark {
            RuleMark::Urgency(level) => Some(*level),
            RuleMark::Intent(_) | RuleMark::WantsHuman => None,
        });
        match ruled.max() {
            Some(level) if level >= urgency.level => {
                let evidence = self
                    .urgency
                    .as_ref()
                    .map(|head| head.evidence(message, level.name(), EVIDENCE));
                Urgency {
                    level,
                    confidence: RULE_CONFIDENCE,
                    evidence: evidence.unwrap_or_default(),
                }
            }
            _ => urgency,
        }
    }

    fn learned_urgency(&self, message: &Prepared) -> Urgency {
        let learned = read(self.urgency.as_ref(), message).ranked.into_iter().next();
        let mut urgency = Urgency::default();
        if let (Some(head), Some(best)) = (&self.urgency, learned) {
            let level = level_of(&best.name).unwrap_or_default();
            let evidence = head.evidence(message, &best.name, EVIDENCE);
            // nobody is fetched at once for a message that says nothing of why
            let says_why = !evidence.is_empty() && !is_bare(&message.tokens);
            urgency = if level <= UrgencyLevel::Normal || says_why {
                Urgency { level, confidence: best.confidence, evidence }
            } else {
                Urgency { confidence: 1.0 - best.confidence, ..Urgency::default() }
            };
        }
        urgency
    }

    fn answers(&self, message: &Prepared, topic: Option<&str>) -> Vec<Answer> {
        let alone = self.answerer.rank(message).unwrap_or_default();
        let best = |ranked: &[Ranked]| ranked.first().map_or(0.0, |best| best.confidence);
        let leaning = leaning(&message.tokens);
        let needs_topic = match leaning {
            Leaning::None => false,
            Leaning::Maybe => best(&alone) < TELLING_AT,
            Leaning::Clearly => best(&alone) < CLEAR_AT,
        };
        let ranked = match topic.filter(|_| needs_topic) {
            Some(topic) => {
                let together = self.answerer.rank_follow_up(message, topic).unwrap_or_default();
                let is_surer = best(&together) > best(&alone);
                if is_surer || leaning == Leaning::Clearly { together } else { alone }
            }
            None => alone,
        };
        ranked.into_iter().take(ANSWERS).filter_map(|ranked| self.answer(ranked)).collect()
    }

    fn answer(&self, ranked: Ranked) -> Option<Answer> {
        let id = self.entries.get(ranked.entry)?.clone();
        let Ranked { confidence, bm25, cosine, .. } = ranked;
        Some(Answer { id, confidence, bm25, cosine })
    }
}

fn is_clause_end(c: char) -> bool {
    matches!(c, '.' | ',' | ';' | '!' | '?' | '\n' | '。' | '，' | '；' | '！' | '？' | '、')
}

/// Whether a message only names a thing: "battery", "我的账号".
fn is_bare(tokens: &Tokens) -> bool {
    let length = |word: &Word| if word.is_han { word.surface.chars().count() } else { 2 };
    tokens.words.iter().map(length).sum::<usize>() < LEAST_SAID
}

fn read(head: Option<&Head>, message: &Prepared) -> HeadReading {
    head.map(|head| head.read(message)).unwrap_or_default()
}

fn intent_of(mark: &RuleMark) -> Option<&str> {
    match mark {
        RuleMark::Intent(name) => Some(name),
        RuleMark::Urgency(_) | RuleMark::WantsHuman => None,
    }
}

fn level_of(name: &str) -> Option<UrgencyLevel> {
    UrgencyLevel::ALL.into_iter().find(|level| level.name() == name)
}

/// A name with a text that belongs to it.
type Named<'a> = (&'a str, &'a str);

/// Every text of a catalog that a head learns from, made ready once.
struct Texts<'a>(HashMap<&'a str, Prepared>);

impl<'a> Texts<'a> {
    fn of(catalog: &'a Catalog) -> Self {
        let lists =
            [intent_examples(catalog), category_examples(catalog), urgency_examples(catalog)];
        let mut texts: Vec<&str> = lists.into_iter().flatten().map(|(_, text)| text).collect();
        texts.sort_unstable();
        texts.dedup();
        Self(texts.into_par_iter().map(|text| (text, Prepared::of(text))).collect())
    }

    fn find(&self, named: Vec<Named<'a>>) -> Vec<(&'a str, &Prepared)> {
        let ready = |(name, text)| Some((name, self.0.get(text)?));
        named.into_iter().filter_map(ready).collect()
    }
}

fn intent_examples(catalog: &Catalog) -> Vec<Named<'_>> {
    let mut named = Vec::new();
    for intent in &catalog.intents {
        for language in Language::ALL {
            named.extend(
                intent.examples.get(language).iter().map(|text| named_by(&intent.name, text)),
            );
            let entry =
                catalog.entries.iter().find(|entry| Some(&entry.id) == intent.entry.as_ref());
            named.extend(entry.into_iter().flat_map(|entry| {
                phrasings(entry, language).map(|text| named_by(&intent.name, text))
            }));
        }
    }
    named
}

fn named_by<'a>(name: &'a str, text: &'a str) -> Named<'a> {
    (name, text)
}

/// A category's own examples, those of its intents, and the questions of its entries.
fn category_examples(catalog: &Catalog) -> Vec<Named<'_>> {
    let mut named: Vec<Named<'_>> = Vec::new();
    for language in Language::ALL {
        for category in &catalog.categories {
            let own = category.examples.get(language);
            named.extend(own.iter().map(|text| named_by(&category.name, text)));
        }
        for intent in &catalog.intents {
            let Some(name) = &intent.category else { continue };
            named.extend(intent.examples.get(language).iter().map(|text| named_by(name, text)));
        }
        for entry in &catalog.entries {
            let Some(name) = &entry.category else { continue };
            named.extend(phrasings(entry, language).map(|text| named_by(name, text)));
        }
    }
    named
}

/// The levels' own examples; small talk is at no level that presses, and the bare wish for a person
/// is an ordinary matter.
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
            named.extend(texts.map(|text| named_by(level.name(), text)));
        }
    }
    for examples in &catalog.urgency {
        for language in Language::ALL {
            let texts = examples.examples.get(language).iter();
            named.extend(texts.map(|text| named_by(examples.level.name(), text)));
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
/// and the entry as a whole.
fn documents(catalog: &Catalog) -> Vec<Document> {
    let mut documents = Vec::new();
    for (at, entry) in catalog.entries.iter().enumerate() {
        let intents =
            || catalog.intents.iter().filter(|intent| intent.entry.as_ref() == Some(&entry.id));
        for language in Language::ALL {
            let examples =
                intents().flat_map(|intent| intent.examples.get(language)).map(String::as_str);
            let texts = phrasings(entry, language).chain(examples);
            documents.extend(texts.map(|text| Document {
                entry: at,
                kind: Kind::Phrasing,
                text: text.to_owned(),
            }));
            let (question, answer) = (entry.question.get(language), entry.answer.get(language));
            if !question.is_empty() || !answer.is_empty() {
                let text = format!("{question}\n{answer}");
                documents.push(Document { entry: at, kind: Kind::Passage, text });
            }
        }
    }
    documents
}
