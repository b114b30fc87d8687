//! How often the right FAQ entry comes first, and how well questions without an entry are told.

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::domain::Language;
use crate::evaluation::intents::per_second;
use crate::evaluation::lines::{EvalError, Line, Plain, read_if_named, read_numbered};
use crate::evaluation::measures::{auroc, calibration_error, mean, reciprocal, share};
use crate::evaluation::{Measured, Prediction, Reader, Run, Task};
use crate::understanding::{
    Answerer, Document, Kind, Lexicon, Ranked, SearchError, sentences, tokenise,
};

/// How many entries of a search are looked at.
const NAMED: usize = 10;

/// The files of a measurement.
#[derive(Clone, Debug)]
pub struct FaqFiles {
    /// Lines with `id`, `question` and `answer`; further files hold the same entries in another
    /// language.
    pub kb: Vec<PathBuf>,
    /// Lines with `text` and `rel`, the ids that are right.
    pub queries: PathBuf,
    /// Lines with a `text` that no entry answers.
    pub oos: Option<PathBuf>,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FaqReport {
    /// Which tier searched.
    pub tier: &'static str,
    /// How many entries there are.
    pub entries: usize,
    /// How many questions were asked.
    pub queries: usize,
    /// The share of questions whose first entry is right.
    pub top1: f64,
    /// The mean of 1 / place of the first right entry among ten.
    pub mrr10: f64,
    /// The share of questions with a right entry among the first five.
    pub recall5: f64,
    /// Area under the ROC curve of answerable against not answerable, by the score by which the first
    /// entry is believed.
    pub oos_auroc: Option<f64>,
    /// The expected calibration error of the first confidence, in 15 bins, over all lines asked: no
    /// entry is right for a line out of scope.
    pub ece: f64,
    /// How long indexing took, by the clock.
    pub index_seconds: f64,
    /// How many questions one core searches a second.
    pub items_per_second: f64,
}

/// An id is a string or a number in these files.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Hash)]
#[serde(untagged)]
enum Id {
    Text(String),
    Number(i64),
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => f.write_str(text),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

#[derive(Debug, Deserialize)]
struct Entry {
    id: Id,
    question: String,
    #[serde(default)]
    answer: String,
}

#[derive(Debug, Deserialize)]
struct Query {
    text: String,
    rel: Vec<Id>,
}

impl Line for Entry {
    fn text(&self) -> &str {
        &self.question
    }
}

impl Line for Query {
    fn text(&self) -> &str {
        &self.text
    }
}

impl FaqFiles {
    /// Indexes, asks, and measures.
    pub fn measure(&self, reader: &Reader<'_>) -> Result<Measured<FaqReport>, EvalError> {
        let mut base = Base::default();
        for file in &self.kb {
            base.add(file)?;
        }
        let queries = base.queries(&self.queries)?;
        let Base { entries: kb, documents, .. } = base;
        let oos: Option<Vec<Plain>> = read_if_named(self.oos.as_deref())?;
        crate::understanding::warm_up();

        let started = Instant::now();
        let mut answerer = index(documents, reader)?;
        let lexicon = answerer.take_lexicon();
        let index_seconds = started.elapsed().as_secs_f64();

        reader.stage("searching");
        let started = Instant::now();
        let asked: Vec<Vec<Ranked>> = queries
            .iter()
            .map(|query| Ok(answerer.rank(&reader.message(&query.text, &lexicon)?)?))
            .collect::<Result<_, EvalError>>()?;
        let took = started.elapsed();
        let outside =
            oos.map(|lines| ask_outside(&lines, &answerer, &lexicon, reader)).transpose()?;
        let inside: Vec<Prediction> = queries
            .iter()
            .zip(&asked)
            .map(|(query, ranked)| predict(&query.text, &query.rel, ranked, &kb))
            .collect();
        let among = |places: usize| {
            let is_among = |p: &&Prediction| p.place.is_some_and(|place| place <= places);
            share(inside.iter().filter(is_among).count(), inside.len())
        };
        let (top1, recall5) = (among(1), among(5));
        let reciprocals: Vec<f64> = inside.iter().map(|line| reciprocal(line, NAMED)).collect();
        let mrr10 = mean(&reciprocals);
        let outside_beliefs = outside.as_ref().map(|asked| beliefs(asked.iter().map(|(_, r)| r)));
        let mut predictions = inside;
        let outside = outside.iter().flatten();
        predictions.extend(outside.map(|(text, ranked)| predict(text, &[], ranked, &kb)));
        let answers: Vec<(f32, bool)> =
            predictions.iter().map(|p| (p.confidence.unwrap_or(0.0), p.is_right())).collect();
        let figures = FaqReport {
            tier: reader.tier(),
            entries: kb.len(),
            queries: queries.len(),
            top1,
            mrr10,
            recall5,
            oos_auroc: outside_beliefs.map(|outside| auroc(&beliefs(&asked), &outside)),
            ece: calibration_error(&answers),
            index_seconds,
            items_per_second: per_second(queries.len(), took),
        };
        let titles = kb.iter().map(|entry| (entry.id.to_string(), entry.question.clone()));
        let run = Run { task: Task::Faq, predictions, titles: titles.collect() };
        Ok(Measured { figures, run })
    }
}

/// A search with the ids of what it found.
fn predict(text: &str, right: &[Id], ranked: &[Ranked], kb: &[Entry]) -> Prediction {
    let found: Vec<(String, f32)> = ranked
        .iter()
        .take(NAMED)
        .filter_map(|ranked| Some((kb.get(ranked.entry)?.id.to_string(), ranked.confidence)))
        .collect();
    let found = found.iter().map(|(id, confidence)| (id.as_str(), Some(*confidence)));
    Prediction::of(text, right.iter().map(ToString::to_string).collect(), found)
}

fn index(documents: Vec<Document>, reader: &Reader<'_>) -> Result<Answerer, EvalError> {
    reader.stage("indexing");
    let texts: Vec<(&str, Language)> =
        documents.iter().map(|document| (document.text.as_str(), document.language)).collect();
    let meanings = reader.meanings(&texts)?;
    Ok(Answerer::train(documents, meanings, &[])?)
}

/// Asks what no entry answers.
fn ask_outside(
    lines: &[Plain],
    answerer: &Answerer,
    lexicon: &Lexicon,
    reader: &Reader<'_>,
) -> Result<Vec<(String, Vec<Ranked>)>, EvalError> {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let asked = reader.messages(&texts, lexicon)?;
    let ranked: Result<_, SearchError> = asked
        .iter()
        .zip(lines)
        .map(|(message, line)| Ok((line.text.clone(), answerer.rank(message)?)))
        .collect();
    Ok(ranked?)
}

/// How far the best entry of each search is believed to answer at all.
fn beliefs<'a>(asked: impl IntoIterator<Item = &'a Vec<Ranked>>) -> Vec<f32> {
    let belief = |ranked: &Vec<Ranked>| ranked.first().map_or(f32::MIN, |entry| entry.belief);
    asked.into_iter().map(belief).collect()
}

/// A knowledge base as it is read.
#[derive(Default)]
struct Base {
    entries: Vec<Entry>,
    places: HashMap<Id, usize>,
    documents: Vec<Document>,
}

impl Base {
    /// Adds a file's entries to what is known: documents of an id that is there already are the same
    /// entry in another language; twice in one file is a mistake.
    fn add(&mut self, file: &Path) -> Result<(), EvalError> {
        let mut own = HashSet::new();
        for (line, Entry { id, question, answer }) in read_numbered(file)? {
            if !own.insert(id.clone()) {
                let message = format!("the id `{id}` stands in this file already");
                return Err(EvalError::Line { file: file.to_owned(), line, message });
            }
            let at = *self.places.entry(id.clone()).or_insert(self.entries.len());
            let language = tokenise(&question).language;
            let document =
                |kind, text: &str| Document { entry: at, kind, language, text: text.to_owned() };
            self.documents.push(document(Kind::Phrasing, &question));
            self.documents.push(document(Kind::Passage, &format!("{question}\n{answer}")));
            self.documents.extend(sentences(&answer).map(|text| document(Kind::Sentence, text)));
            if at == self.entries.len() {
                self.entries.push(Entry { id, question, answer });
            }
        }
        Ok(())
    }

    /// Questions about the entries.
    fn queries(&self, file: &Path) -> Result<Vec<Query>, EvalError> {
        let read = read_numbered(file)?.into_iter().map(|(line, query): (usize, Query)| {
            let missing = query.rel.iter().find(|id| !self.places.contains_key(id));
            let message = match missing {
                Some(id) => format!("there is no entry `{id}`"),
                None if query.rel.is_empty() => "`rel` names no entry".to_owned(),
                None => return Ok(query),
            };
            Err(EvalError::Line { file: file.to_owned(), line, message })
        });
        read.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_that_does_not_fit_together_is_refused_with_file_and_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, lines: &str| {
            let file = folder.path().join(name);
            std::fs::write(&file, lines).unwrap();
            file
        };
        let entry =
            |id: usize| format!("{{\"id\": {id}, \"question\": \"q{id}\", \"answer\": \"a\"}}\n");
        let mut base = Base::default();
        base.add(&file("kb.jsonl", &(entry(1) + &entry(2)))).unwrap();
        base.add(&file("zh.jsonl", &entry(2))).unwrap();
        assert_eq!((base.entries.len(), base.documents.len()), (2, 9));
        let twice = base.add(&file("twice.jsonl", &(entry(3) + &entry(3)))).unwrap_err();
        assert!(
            twice.to_string().ends_with("twice.jsonl:2: the id `3` stands in this file already")
        );
        let ask = |rel: &str| {
            let lines = format!("\n{{\"text\": \"x\", \"rel\": {rel}}}");
            base.queries(&file("queries.jsonl", &lines)).unwrap_err().to_string()
        };
        assert!(
            ask("[1, 9]").ends_with("queries.jsonl:2: there is no entry `9`"),
            "{}",
            ask("[9]")
        );
        assert!(ask("[]").ends_with("queries.jsonl:2: `rel` names no entry"), "{}", ask("[]"));
    }
}
