//! How the scores of a search become one order of entries: by words alone, or by words and meaning.

use std::collections::HashMap;

use crate::domain::Language;
use crate::understanding::calibrate::Logistic;
use crate::understanding::matched::Nearest;
use crate::understanding::retrieve::{Candidate, Found};
use crate::understanding::similar::Similarity;

/// What is known of the probabilities by words before any phrasing was asked: fitted on public sets
/// of questions with entries of one phrasing.
pub(super) const BY_WORDS: Logistic<4> = Logistic { weights: [2.5, 8.0, 0.0, 3.0], bias: -2.9 };
/// The same by words and meaning, fitted on the shipped knowledge.
pub(super) const BY_MEANING: Logistic<4> = Logistic { weights: [1.5, 4.0, 0.0, 0.0], bias: -2.2 };
/// The weight of the share of words that an entry holds, over the deviation of such shares.
const COVERAGE: f32 = 0.3 / 0.057;
/// The weight of the TF-IDF cosine, over the deviation of such cosines in each language.
const COSINE_EN: f32 = 0.15 / 0.037;
const COSINE_ZH: f32 = 0.15 / 0.023;
/// A score by meaning is a sum of three deviations and more; this brings it to the order of 1.
const UNIT: f32 = 0.1;

/// An entry that may answer.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Ranked {
    /// The place of the entry among all entries.
    pub entry: usize,
    /// The probability that it answers.
    pub confidence: f32,
    /// Its best BM25 score.
    pub bm25: f32,
    /// Its best cosine of TF-IDF vectors.
    pub cosine: f32,
    /// Its best BM25 score as a share of the most that the message's words could give.
    pub share: f32,
    /// How near its meaning lies, in standard deviations; nothing where no encoder read the message.
    pub similarity: Option<f32>,
    /// By what the entries are ordered.
    pub score: f32,
    /// The score by which it is believed: the same without what compares badly between messages.
    pub belief: f32,
    /// The document that has most of the message's words.
    pub(super) by_words: Option<Nearest>,
}

impl Ranked {
    /// By score, then by place.
    pub(super) fn best_first(a: &Self, b: &Self) -> std::cmp::Ordering {
        b.score.total_cmp(&a.score).then(a.entry.cmp(&b.entry))
    }
}

/// Entries by words. Scores of BM25 count as shares of the most that the message's words could
/// give, so that they mean the same for every message.
pub(super) fn by_words(found: &Found) -> Vec<Ranked> {
    let share = 1.0 / found.bm25_most.max(f32::MIN_POSITIVE);
    let mut ranked: Vec<Ranked> = found
        .candidates
        .iter()
        .map(|candidate| {
            let Candidate { bm25_phrasing, bm25_passage, cosine_phrasing, cosine_passage, .. } =
                *candidate;
            let score = (0.5 * bm25_phrasing + bm25_passage) * share
                + 0.5 * cosine_phrasing
                + cosine_passage;
            Ranked { score, belief: score, ..lexical(candidate, share) }
        })
        .collect();
    ranked.sort_by(Ranked::best_first);
    ranked
}

/// Entries by meaning, and lightly by words.
pub(super) fn by_meaning(found: &Found, similar: &[Similarity], language: Language) -> Vec<Ranked> {
    let share = 1.0 / found.bm25_most.max(f32::MIN_POSITIVE);
    let candidates: HashMap<usize, &Candidate> =
        found.candidates.iter().map(|candidate| (candidate.entry, candidate)).collect();
    let cosine_weight = match language {
        Language::En => COSINE_EN,
        Language::Zh => COSINE_ZH,
    };
    let mut ranked: Vec<Ranked> = similar
        .iter()
        .map(|near| {
            let none = Candidate { entry: near.entry, ..Candidate::default() };
            let candidate = candidates.get(&near.entry).copied().unwrap_or(&none);
            let words = COVERAGE * candidate.coverage + cosine_weight * candidate.cosine_passage;
            let words = words / near.weight;
            Ranked {
                similarity: Some(near.whole),
                score: (near.with_clause + words) * UNIT,
                belief: (near.whole + words) * UNIT,
                ..lexical(candidate, share)
            }
        })
        .collect();
    ranked.sort_by(Ranked::best_first);
    ranked
}

fn lexical(candidate: &Candidate, share: f32) -> Ranked {
    let bm25 = candidate.bm25_phrasing.max(candidate.bm25_passage);
    Ranked {
        entry: candidate.entry,
        bm25,
        cosine: candidate.cosine_phrasing.max(candidate.cosine_passage),
        share: bm25 * share,
        by_words: match (candidate.phrasing, candidate.passage) {
            (Some(at), _) if candidate.cosine_phrasing >= candidate.cosine_passage => {
                Some(Nearest::Phrasing(at))
            }
            (_, Some(at)) => Some(Nearest::Passage(at)),
            (phrasing, None) => phrasing.map(Nearest::Phrasing),
        },
        ..Ranked::default()
    }
}

/// What speaks for each entry: its score, its lead over the best other one, its cosine, and the
/// share of the message's words that BM25 found in it.
pub(super) fn features(ranked: &[Ranked]) -> Vec<[f32; 4]> {
    let score_at = |at: usize| ranked.get(at).map_or(0.0, |entry| entry.score);
    let (first, second) = (score_at(0), score_at(1));
    ranked
        .iter()
        .enumerate()
        .map(|(at, entry)| {
            let other = if at == 0 { second } else { first };
            [entry.belief, entry.score - other, entry.cosine, entry.share]
        })
        .collect()
}
