//! Knowledge of any size, made up from the words of the shipped one as often as they stand there.
//! What is found means nothing; how long finding takes and what it needs does.

use frontdesk::catalog::{ByLanguage, Catalog, Intent};
use frontdesk::domain::Language;
use frontdesk::understanding::encode::{Encoded, Meaning};
use frontdesk::understanding::{Document, Kind};

/// The numbers of a made-up vector, as many as the shipped encoders give.
const WIDTH: usize = 384;

/// Makes texts and vectors up, the same ones every time.
pub(crate) struct MadeUp {
    words: Vec<String>,
    state: u64,
}

impl MadeUp {
    pub(crate) fn of(catalog: &Catalog) -> Self {
        let questions = catalog.entries.iter().flat_map(|entry| {
            entry.variants.en.iter().chain([&entry.question.en, &entry.answer.en])
        });
        let examples = catalog.intents.iter().flat_map(|intent| &intent.examples.en);
        let texts = questions.chain(examples).flat_map(|text| text.split_whitespace());
        Self { words: texts.map(str::to_owned).collect(), state: 0x9e37_79b9_7f4a_7c15 }
    }

    fn below(&mut self, bound: usize) -> usize {
        self.state ^= self.state << 13;
        self.state ^= self.state >> 7;
        self.state ^= self.state << 17;
        usize::try_from(self.state % u64::try_from(bound).unwrap()).unwrap()
    }

    pub(crate) fn text(&mut self, words: usize) -> String {
        let words: Vec<String> = (0..words)
            .map(|_| {
                let at = self.below(self.words.len());
                self.words.get(at).cloned().unwrap()
            })
            .collect();
        words.join(" ")
    }

    /// Entries of a question and an answer.
    pub(crate) fn documents(&mut self, entries: usize) -> Vec<Document> {
        let mut documents = Vec::with_capacity(2 * entries);
        for entry in 0..entries {
            let (question, answer) = (self.text(9), self.text(20));
            let document = |kind, text| Document { entry, kind, language: Language::En, text };
            documents.push(document(Kind::Phrasing, question.clone()));
            documents.push(document(Kind::Passage, format!("{question}\n{answer}")));
        }
        documents
    }

    /// A meaning of unit length.
    pub(crate) fn meaning(&mut self) -> Meaning {
        let numbers: Vec<f32> = (0..WIDTH)
            .map(|_| f32::from(u16::try_from(self.below(2_001)).unwrap()) - 1_000.0)
            .collect();
        let length = numbers.iter().map(|number| number * number).sum::<f32>().sqrt();
        let numbers: Vec<f32> = numbers.into_iter().map(|number| number / length).collect();
        let multilingual =
            Encoded { whole: numbers.clone(), telling: numbers, ..Encoded::default() };
        Meaning { multilingual, english: None }
    }

    /// Intents with examples of twelve words, and nothing else.
    pub(crate) fn intents(&mut self, intents: usize, examples: usize) -> Catalog {
        let reply = ByLanguage { en: "Yes.".to_owned(), zh: "是。".to_owned() };
        let intents = (0..intents).map(|at| Intent {
            name: format!("intent-{at}"),
            reply: Some(reply.clone()),
            examples: ByLanguage { en: (0..examples).map(|_| self.text(12)).collect(), zh: vec![] },
            ..Intent::default()
        });
        Catalog { intents: intents.collect(), ..Catalog::default() }
    }
}
