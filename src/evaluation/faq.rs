//! How often the right FAQ entry comes first, and how well questions without an entry are told.

use std::collections::HashSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use crate::evaluation::intents::per_second;
use crate::evaluation::lines::{EvalError, read, read_if_named};
use crate::evaluation::measures::{auroc, share};
use crate::understanding::{Answerer, Document, Kind, Prepared, Ranked};

/// The files of a measurement.
#[derive(Clone, Debug)]
pub struct FaqFiles {
    /// Lines with `id`, `question` and `answer`.
    pub kb: PathBuf,
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
    /// Area under the ROC curve of answerable against not answerable, by the first confidence.
    pub oos_auroc: Option<f64>,
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
    /// Indexes, asks, and measures. `progress` is told what happens now.
    pub fn measure(&self, progress: &mut dyn FnMut(&str)) -> Result<FaqReport, EvalError> {
        let kb: Vec<Entry> = read(&self.kb)?;
        let queries: Vec<Query> = read(&self.queries)?;
        let oos: Option<Vec<Plain>> = read_if_named(self.oos.as_deref())?;
        crate::understanding::warm_up();

        progress("indexing");
        let started = Instant::now();
        let answerer = Answerer::train(documents(&kb))?;
        let index_seconds = started.elapsed().as_secs_f64();

        progress("searching");
        let (mut first, mut reciprocal, mut among_five) = (0, 0.0, 0);
        let mut inside = Vec::with_capacity(queries.len());
        let started = Instant::now();
        for query in &queries {
            let ranked = answerer.rank(&Prepared::of(&query.text))?;
            inside.push(top(&ranked));
            let right: HashSet<&Id> = query.rel.iter().collect();
            let is_right =
                |entry: &Ranked| kb.get(entry.entry).is_some_and(|e| right.contains(&e.id));
            let Some(place) = ranked.iter().take(10).position(is_right) else { continue };
            first += usize::from(place == 0);
            among_five += usize::from(place < 5);
            reciprocal += share(1, place + 1);
        }
        let took = started.elapsed();
        let outside: Option<Vec<f32>> = match oos {
            None => None,
            Some(lines) => {
                let scores: Result<Vec<f32>, _> = lines
                    .iter()
                    .map(|line| answerer.rank(&Prepared::of(&line.text)).map(|ranked| top(&ranked)))
                    .collect();
                Some(scores?)
            }
        };
        Ok(FaqReport {
            tier: "lexical",
            entries: kb.len(),
            queries: queries.len(),
            top1: share(first, queries.len()),
            mrr10: reciprocal * share(1, queries.len()),
            recall5: share(among_five, queries.len()),
            oos_auroc: outside.map(|outside| auroc(&inside, &outside)),
            index_seconds,
            items_per_second: per_second(queries.len(), took),
        })
    }
}

fn top(ranked: &[Ranked]) -> f32 {
    ranked.first().map_or(0.0, |entry| entry.confidence)
}

fn documents(kb: &[Entry]) -> Vec<Document> {
    let mut documents = Vec::with_capacity(kb.len() * 2);
    for (at, entry) in kb.iter().enumerate() {
        let document = |kind, text| Document { entry: at, kind, text };
        documents.push(document(Kind::Phrasing, entry.question.clone()));
        let passage = format!("{}\n{}", entry.question, entry.answer);
        documents.push(document(Kind::Passage, passage));
    }
    documents
}
