//! How often the right FAQ entry comes first, and how well questions without an entry are told.

use std::collections::HashSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::domain::Language;
use crate::evaluation::Reader;
use crate::evaluation::intents::per_second;
use crate::evaluation::lines::{EvalError, read, read_if_named};
use crate::evaluation::measures::{auroc, calibration_error, share};
use crate::understanding::{
    Answerer, Document, Kind, Lexicon, Ranked, SearchError, sentences, tokenise,
};

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

#[derive(Debug, Deserialize)]
struct Plain {
    text: String,
}

impl FaqFiles {
    /// Indexes, asks, and measures.
    pub fn measure(&self, reader: &Reader<'_>) -> Result<FaqReport, EvalError> {
        let mut kb: Vec<Entry> = Vec::new();
        let mut documents = Vec::new();
        for file in &self.kb {
            add(&mut kb, &mut documents, read(file)?);
        }
        let queries: Vec<Query> = read(&self.queries)?;
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
        let (mut first, mut reciprocal, mut among_five) = (0, 0.0, 0);
        let mut answers: Vec<(f32, bool)> = Vec::with_capacity(queries.len());
        for (query, ranked) in queries.iter().zip(&asked) {
            let right: HashSet<&Id> = query.rel.iter().collect();
            let is_right =
                |entry: &Ranked| kb.get(entry.entry).is_some_and(|e| right.contains(&e.id));
            let place = ranked.iter().take(10).position(is_right);
            answers.push((top(ranked), place == Some(0)));
            let Some(place) = place else { continue };
            first += usize::from(place == 0);
            among_five += usize::from(place < 5);
            reciprocal += share(1, place + 1);
        }
        let inside: Vec<f32> = asked.iter().map(|ranked| belief(ranked)).collect();
        let outside =
            oos.map(|lines| ask_outside(&lines, &answerer, &lexicon, reader)).transpose()?;
        answers.extend(outside.iter().flatten().map(|ranked| (top(ranked), false)));
        let outside: Option<Vec<f32>> =
            outside.map(|asked| asked.iter().map(|ranked| belief(ranked)).collect());
        Ok(FaqReport {
            tier: reader.tier(),
            entries: kb.len(),
            queries: queries.len(),
            top1: share(first, queries.len()),
            mrr10: reciprocal * share(1, queries.len()),
            recall5: share(among_five, queries.len()),
            oos_auroc: outside.map(|outside| auroc(&inside, &outside)),
            ece: calibration_error(&answers),
            index_seconds,
            items_per_second: per_second(queries.len(), took),
        })
    }
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
) -> Result<Vec<Vec<Ranked>>, EvalError> {
    let texts: Vec<&str> = lines.iter().map(|line| line.text.as_str()).collect();
    let asked = reader.messages(&texts, lexicon)?;
    let ranked: Result<_, SearchError> =
        asked.iter().map(|message| answerer.rank(message)).collect();
    Ok(ranked?)
}

fn top(ranked: &[Ranked]) -> f32 {
    ranked.first().map_or(0.0, |entry| entry.confidence)
}

/// How far the best entry is believed to answer at all.
fn belief(ranked: &[Ranked]) -> f32 {
    ranked.first().map_or(f32::MIN, |entry| entry.belief)
}

/// Adds a file's entries to what is known: documents of an id that is there already are the same
/// entry in another language.
fn add(kb: &mut Vec<Entry>, documents: &mut Vec<Document>, entries: Vec<Entry>) {
    for Entry { id, question, answer } in entries {
        let at = kb.iter().position(|known| known.id == id).unwrap_or(kb.len());
        let language = tokenise(&question).language;
        let document =
            |kind, text: &str| Document { entry: at, kind, language, text: text.to_owned() };
        documents.push(document(Kind::Phrasing, &question));
        documents.push(document(Kind::Passage, &format!("{question}\n{answer}")));
        documents.extend(sentences(&answer).map(|text| document(Kind::Sentence, text)));
        if at == kb.len() {
            kb.push(Entry { id, question, answer });
        }
    }
}
