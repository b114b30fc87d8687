//! Which FAQ entries answer a message, and how probably: the search's scores, weighed, and turned
//! into probabilities by what the knowledge itself shows. Every phrasing is asked as if it were
//! not there (does its entry still come first?), and some as if their whole entry were not there.

use rayon::prelude::*;

use crate::understanding::calibrate::{Logistic, Observed};
use crate::understanding::prepared::Prepared;
use crate::understanding::retrieve::{Candidate, Document, FaqIndex, Found, Kind, SearchError};

/// How many entries are given at most.
const GIVEN: usize = 10;
/// How many phrasings are asked for learning at most.
const ASKED: usize = 1200;
/// Every so many phrasings, one is asked without its whole entry.
const UNKNOWN: usize = 3;
/// The weight of what was talked about last in a follow-up.
const TOPIC_WEIGHT: f32 = 0.5;
/// What is known of the probabilities before any phrasing was asked: fitted on public sets of
/// questions with entries of one phrasing.
const KNOWN: Logistic<4> = Logistic { weights: [2.5, 8.0, 0.0, 3.0], bias: -2.9 };
/// How many observations that counts for.
const KNOWN_STRENGTH: f32 = 60.0;

/// An entry that may answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ranked {
    /// The place of the entry among all entries.
    pub entry: usize,
    /// The probability that it answers.
    pub confidence: f32,
    /// Its best BM25 score.
    pub bm25: f32,
    /// Its best cosine.
    pub cosine: f32,
    /// Its best BM25 score as a share of the most that the message's words could give.
    pub share: f32,
    /// By what the entries are ordered.
    pub score: f32,
}

/// Finds entries.
pub struct Answerer {
    index: FaqIndex,
    odds: Logistic<4>,
}

impl Answerer {
    /// Indexes `documents` and learns how far to believe the scores.
    pub fn train(documents: Vec<Document>) -> Result<Self, SearchError> {
        let index = FaqIndex::build(documents)?;
        let observed = ask_all(&index);
        Ok(Self { index, odds: KNOWN.fitted(&observed, KNOWN_STRENGTH) })
    }

    /// The entries that may answer, likeliest first.
    pub fn rank(&self, message: &Prepared) -> Result<Vec<Ranked>, SearchError> {
        let found = self.index.search(message, |_| false)?;
        Ok(self.judge(order(&found), found.known))
    }

    /// The entries that may answer a follow-up: what the message says counts fully, what was
    /// talked about last counts half, and the entry that was given already is out.
    pub(super) fn rank_follow_up(
        &self,
        message: &Prepared,
        topic: &str,
    ) -> Result<Vec<Ranked>, SearchError> {
        let is_topic = |document: &&Document| document.text == topic;
        let given = self.index.documents().iter().find(is_topic).map(|document| document.entry);
        let about = order(&self.index.search(&Prepared::of(topic), |_| false)?);
        let found = self.index.search(message, |_| false)?;
        let mut ranked = order(&found);
        ranked.retain(|entry| Some(entry.entry) != given);
        for entry in &mut ranked {
            let same = about.iter().find(|other| other.entry == entry.entry);
            entry.score += same.map_or(0.0, |other| TOPIC_WEIGHT * other.score);
        }
        ranked.sort_by(best_first);
        Ok(self.judge(ranked, found.known))
    }

    /// The best of the entries with their probabilities. An entry can only answer what the knowledge
    /// has words for: the probability counts for the share that is known.
    fn judge(&self, mut ranked: Vec<Ranked>, known: f32) -> Vec<Ranked> {
        let features = features(&ranked);
        for (entry, features) in ranked.iter_mut().zip(&features) {
            entry.confidence = self.odds.probability(features) * known;
        }
        ranked.truncate(GIVEN);
        let sum: f32 = ranked.iter().map(|entry| entry.confidence).sum();
        for entry in &mut ranked {
            entry.confidence /= sum.max(1.0);
        }
        ranked
    }
}

fn best_first(a: &Ranked, b: &Ranked) -> std::cmp::Ordering {
    b.score.total_cmp(&a.score).then(a.entry.cmp(&b.entry))
}

/// Entries by score, best first. Scores of BM25 count as shares of the most that the message's
/// words could give, so that they mean the same for every message.
fn order(found: &Found) -> Vec<Ranked> {
    let share = 1.0 / found.bm25_most.max(f32::MIN_POSITIVE);
    let mut ranked: Vec<Ranked> = found
        .candidates
        .iter()
        .map(|candidate| {
            let Candidate { entry, bm25_phrasing, bm25_passage, cosine_phrasing, cosine_passage } =
                *candidate;
            Ranked {
                entry,
                confidence: 0.0,
                bm25: bm25_phrasing.max(bm25_passage),
                cosine: cosine_phrasing.max(cosine_passage),
                share: bm25_phrasing.max(bm25_passage) * share,
                score: (0.5 * bm25_phrasing + bm25_passage) * share
                    + 0.5 * cosine_phrasing
                    + cosine_passage,
            }
        })
        .collect();
    ranked.sort_by(best_first);
    ranked
}

/// What speaks for each entry: its score, its lead over the best other one, its cosine, and the
/// share of the message's words that BM25 found in it.
fn features(ranked: &[Ranked]) -> Vec<[f32; 4]> {
    let score_at = |at: usize| ranked.get(at).map_or(0.0, |entry| entry.score);
    let (first, second) = (score_at(0), score_at(1));
    ranked
        .iter()
        .enumerate()
        .map(|(at, entry)| {
            let other = if at == 0 { second } else { first };
            [entry.score, entry.score - other, entry.cosine, entry.share]
        })
        .collect()
}

fn ask_all(index: &FaqIndex) -> Vec<Observed<4>> {
    let documents = index.documents();
    let phrasings: Vec<usize> = documents
        .iter()
        .enumerate()
        .filter(|(at, document)| {
            // the first phrasing is the question itself, which the passage holds as well
            let is_first = *at == 0
                || documents.get(at - 1).is_none_or(|before| before.entry != document.entry);
            document.kind == Kind::Phrasing && !is_first
        })
        .map(|(at, _)| at)
        .collect();
    let stride = phrasings.len().div_ceil(ASKED).max(1);
    let asked: Vec<(usize, usize)> = phrasings.into_iter().step_by(stride).enumerate().collect();
    asked.into_par_iter().flat_map_iter(|(turn, at)| ask(index, at, turn % UNKNOWN == 0)).collect()
}

/// Asks the phrasing at `at` as if it, or its whole entry, were not there.
fn ask(index: &FaqIndex, at: usize, is_unknown: bool) -> Vec<Observed<4>> {
    let Some(own) = index.documents().get(at) else { return vec![] };
    let message = Prepared::of(&own.text);
    let is_own = |other: usize| index.documents().get(other).is_some_and(|d| d.entry == own.entry);
    let without = |other: usize| other == at || (is_unknown && is_own(other));
    let Ok(found) = index.search(&message, without) else { return vec![] };
    let ranked = order(&found);
    let features = features(&ranked);
    ranked.iter().zip(features).take(2).map(|(r, f)| (f, r.entry == own.entry)).collect()
}
