//! What a catalog teaches: which texts are examples of what, and which documents are searched.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use crate::catalog::{Catalog, FaqEntry, Intent, IntentAct};
use crate::domain::{Language, UrgencyLevel};
use crate::understanding::encode::{EncodeError, Encoding, Meaning, Parts};
use crate::understanding::lexicon::Lexicon;
use crate::understanding::prepared::Prepared;
use crate::understanding::retrieve::{Document, Kind};
use crate::understanding::sentences::sentences;
use crate::understanding::synonyms::Synonyms;

/// The name of what no intent stands for, in the head of intents.
pub(super) const NO_INTENT: &str = "";
/// For so many examples of intents there is at most one message that no intent stands for.
const EXAMPLES_A_QUESTION: usize = 2;

/// The names of the head that tells whether a person is wanted.
pub(super) const YES: &str = "yes";
pub(super) const NO: &str = "no";

/// What a head learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// What the customer wants.
    Intent,
    /// The question category.
    Category,
    /// How much it presses.
    Urgency,
    /// The mood.
    Sentiment,
    /// The kind of question.
    QuestionType,
    /// Whether a person is wanted: `yes` or `no`.
    WantsHuman,
}

/// What a catalog teaches of `subject`: labels with texts.
pub fn examples_of(catalog: &Catalog, subject: Subject) -> Vec<(&str, &str)> {
    match subject {
        Subject::Intent => intent_examples(catalog),
        Subject::Category => category_examples(catalog),
        Subject::Urgency => urgency_examples(catalog),
        Subject::Sentiment => sentiment_examples(catalog),
        Subject::QuestionType => type_examples(catalog),
        Subject::WantsHuman => human_examples(catalog),
    }
}

/// The category of what is about nothing in the shop; small talk may be among it.
const OTHER: &str = "other";

/// A name with a text that belongs to it.
type Named<'a> = (&'a str, &'a str);

/// Every text of a catalog that something is learned from, made ready once.
pub(super) struct Lessons<'a> {
    catalog: &'a Catalog,
    documents: Vec<Document>,
    texts: HashMap<&'a str, Prepared>,
    /// The meanings of the documents.
    meanings: Option<Vec<Meaning>>,
    synonyms: Synonyms,
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
        texts.extend(questions_beside(catalog).into_iter().map(|(_, text)| text));
        texts.sort_unstable();
        texts.dedup();
        let synonyms = Synonyms::of(catalog);
        let mut ready: Vec<Prepared> =
            texts.par_iter().map(|text| Prepared::of(&synonyms.read(text))).collect();
        let documents = documents(catalog);
        let Some(encoding) = encoding else {
            let texts = texts.into_iter().zip(ready).collect();
            return Ok(Self { catalog, documents, texts, meanings: None, synonyms });
        };
        let strangers: HashSet<&str> = strangers(catalog).collect();
        let examples = texts.iter().zip(&ready).map(|(text, ready)| {
            // strangers are also asked
            let parts = Parts { whole: true, telling: strangers.contains(text) };
            (*text, ready.tokens.language, parts)
        });
        let searched = documents
            .iter()
            .map(|document| (document.text.as_str(), document.language, Parts::TELLING));
        let all: Vec<(&str, Language, Parts)> = examples.chain(searched).collect();
        let told = |done| go_on(done, all.len());
        let mut meanings = encoding.encoders.read_all(&all, &encoding.kept, &told)?;
        // where they cannot be kept, the next start takes longer
        let _ = encoding.kept.save();
        encoding.encoders.rest();
        let of_documents = meanings.split_off(texts.len());
        for (ready, meaning) in ready.iter_mut().zip(meanings) {
            *ready = std::mem::take(ready).with_meaning(Some(meaning.into()));
        }
        let texts = texts.into_iter().zip(ready).collect();
        Ok(Self { catalog, documents, texts, meanings: Some(of_documents), synonyms })
    }

    /// The words of all examples.
    pub(super) fn lexicon(&self) -> Lexicon {
        let lexicon = Lexicon::of(self.texts.values().map(|ready| &ready.tokens));
        lexicon.with_synonyms(self.synonyms.clone())
    }

    /// The operator's synonyms.
    pub(super) fn synonyms(&self) -> &Synonyms {
        &self.synonyms
    }

    fn find(&self, named: Vec<Named<'a>>) -> Vec<(&'a str, &Prepared)> {
        let ready = |(name, text)| Some((name, self.texts.get(text)?));
        named.into_iter().filter_map(ready).collect()
    }

    pub(super) fn intents(&self) -> Vec<(&'a str, &Prepared)> {
        let mut named = intent_examples(self.catalog);
        named.extend(questions_beside(self.catalog));
        self.find(named)
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
        strangers(self.catalog).filter_map(|text| self.texts.get(text)).collect()
    }

    /// What is searched, with what it means; taken out.
    pub(super) fn take_documents(&mut self) -> (Vec<Document>, Option<Vec<Meaning>>) {
        (std::mem::take(&mut self.documents), self.meanings.take())
    }
}

fn strangers(catalog: &Catalog) -> impl Iterator<Item = &str> {
    let acts = [IntentAct::Smalltalk, IntentAct::Human];
    let intents = catalog.intents.iter();
    let strange =
        intents.filter(move |intent| intent.entry.is_none() && acts.contains(&intent.act));
    let texts = strange.flat_map(|intent| {
        Language::ALL.into_iter().flat_map(|language| intent.examples.get(language))
    });
    texts.map(String::as_str)
}

fn intent_examples(catalog: &Catalog) -> Vec<Named<'_>> {
    let mut named = Vec::new();
    let entries: HashMap<&str, &FaqEntry> =
        catalog.entries.iter().map(|entry| (entry.id.as_str(), entry)).collect();
    for intent in &catalog.intents {
        let entry = intent.entry.as_deref().and_then(|id| entries.get(id)).copied();
        for language in Language::ALL {
            let own = intent.examples.get(language).iter().map(String::as_str);
            let texts = own.chain(entry.into_iter().flat_map(|entry| phrasings(entry, language)));
            named.extend(texts.map(|text| (intent.name.as_str(), text)));
        }
    }
    named
}

/// Questions beside the examples of intents, for which no intent stands: without them, where the
/// intents are small talk, every question would be taken for some. They are those of the entries to
/// which no intent leads, and where no intent asks anything, labelled messages.
fn questions_beside(catalog: &Catalog) -> Vec<Named<'_>> {
    let led_to: HashSet<&str> =
        catalog.intents.iter().filter_map(|intent| intent.entry.as_deref()).collect();
    let others = catalog.entries.iter().filter(|entry| !led_to.contains(entry.id.as_str()));
    let mut questions: Vec<&str> = Language::ALL
        .into_iter()
        .flat_map(|language| others.clone().flat_map(move |entry| phrasings(entry, language)))
        .collect();
    if catalog.intents.iter().all(|intent| intent.act != IntentAct::Ask) {
        let matters = catalog.messages.iter().filter(|message| {
            message.wants_human == Some(false)
                && message.category.as_deref().is_some_and(|category| category != OTHER)
        });
        questions.extend(matters.map(|message| message.text.as_str()));
    }
    let most = intent_examples(catalog).len() / EXAMPLES_A_QUESTION;
    let stride = questions.len().div_ceil(most.max(1)).max(1);
    questions.into_iter().step_by(stride).map(|text| (NO_INTENT, text)).collect()
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
    let mut asking: HashMap<&str, Vec<&Intent>> = HashMap::new();
    for intent in &catalog.intents {
        if let Some(entry) = &intent.entry {
            asking.entry(entry).or_default().push(intent);
        }
    }
    for (at, entry) in catalog.entries.iter().enumerate() {
        let intents = || asking.get(entry.id.as_str()).into_iter().flatten();
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

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::catalog::{ByLanguage, LabelledMessage};
    use crate::understanding::encode::{
        EncodeError, Encoded, Encoder, Encoders, KeptVectors, PoolSize,
    };

    /// Has the name and width of a shipped encoder, and no weights.
    struct Absent(&'static str);

    impl Encoder for Absent {
        fn name(&self) -> &str {
            self.0
        }

        fn dimensions(&self) -> usize {
            384
        }

        fn encode(&self, text: &str) -> Result<Encoded, EncodeError> {
            let advice = "has no vector in intents/vectors.bin; run `frontdesk encode`";
            Err(EncodeError::Inference(format!("{text:?} {advice}")))
        }
    }

    #[test]
    fn beside_small_talk_questions_are_learned_that_mean_no_intent() {
        let text = |en: &str| ByLanguage { en: en.to_owned(), zh: String::new() };
        let list = |en: &[&str]| ByLanguage {
            en: en.iter().map(|text| (*text).to_owned()).collect(),
            zh: vec![],
        };
        let entry = |id: &str| FaqEntry {
            id: id.to_owned(),
            question: text(&format!("{id}?")),
            ..FaqEntry::default()
        };
        let matter = |said: &str, category: &str| LabelledMessage {
            text: said.to_owned(),
            category: Some(category.to_owned()),
            wants_human: Some(false),
            ..LabelledMessage::default()
        };
        let thanks = Intent {
            name: "thanks".to_owned(),
            act: IntentAct::Smalltalk,
            examples: list(&[
                "thanks",
                "thank you",
                "cheers",
                "many thanks",
                "ta",
                "great, thanks",
            ]),
            ..Intent::default()
        };
        let mut catalog = Catalog {
            entries: vec![entry("returns"), entry("track")],
            intents: vec![thanks],
            messages: vec![matter("my lamp broke", "product"), matter("nice day", OTHER)],
            ..Catalog::default()
        };
        let beside = |catalog: &Catalog| -> Vec<String> {
            questions_beside(catalog).into_iter().map(|(_, text)| text.to_owned()).collect()
        };
        assert_eq!(beside(&catalog), ["returns?", "track?", "my lamp broke"]);
        // an intent that asks leads to one of the entries, and shows what it is to ask
        let track = Intent {
            name: "track".to_owned(),
            entry: Some("track".to_owned()),
            examples: list(&["where is it"]),
            ..Intent::default()
        };
        catalog.intents.push(track);
        assert_eq!(beside(&catalog), ["returns?"]);
    }

    #[test]
    fn every_text_of_the_shipped_knowledge_comes_with_its_vectors() {
        let intents = Path::new(env!("CARGO_MANIFEST_DIR")).join("intents");
        let catalog = Catalog::load(&intents).unwrap();
        let encoder = |name| Arc::new(Absent(name)) as Arc<dyn Encoder>;
        let encoders = Encoders::new(
            encoder("intfloat/multilingual-e5-small"),
            Some(encoder("sentence-transformers/all-MiniLM-L6-v2")),
        );
        let size = PoolSize { threads: 1, waiting: 1, patience: Duration::ZERO };
        let kept = KeptVectors::open(intents.join("vectors.bin"));
        let encoding = Encoding::start(encoders, size, kept).unwrap();
        let lessons = Lessons::of(&catalog, Some(&encoding), &|_, _| true).unwrap();
        assert!(lessons.meanings.is_some());
    }
}
