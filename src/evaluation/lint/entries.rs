//! FAQ entries that ask nearly the same: with answers that are alike one of them is too many, with
//! different ones customers get either.

use std::collections::BTreeMap;

use crate::catalog::{Catalog, FaqEntry};
use crate::domain::Language;
use crate::evaluation::lint::{Finding, FindingKind, Texts};
use crate::understanding::{Likeness, Neighbourhood, Prepared};

/// From which cosine of TF-IDF vectors on two questions are nearly the same.
const SAME_WORDS: f32 = 0.75;
/// The same of centred embeddings.
const SAME_MEANING: f32 = 0.85;
/// From which likeness on two answers are alike.
const ALIKE: f32 = 0.6;

/// Every way to ask for an entry, with the entry's place among all.
pub(super) fn texts(catalog: &Catalog) -> Vec<(usize, &str)> {
    let mut asked = Vec::new();
    for (at, entry) in catalog.entries.iter().enumerate() {
        for language in Language::ALL {
            let question = Some(entry.question.get(language)).filter(|text| !text.is_empty());
            let texts = question.into_iter().chain(entry.variants.get(language));
            asked.extend(texts.map(|text| (at, text.as_str())));
        }
    }
    asked
}

/// Entries that ask nearly the same.
pub(super) fn alike(known: &Texts<'_>) -> Vec<Finding> {
    let asked = texts(known.catalog);
    let ready: Vec<Prepared> = asked.iter().map(|(_, text)| known.ready(text)).collect();
    let neighbours = Neighbourhood::of(&ready);
    let mut nearest: BTreeMap<(usize, usize), (f32, &str, &str)> = BTreeMap::new();
    for (at, (entry, text)) in asked.iter().enumerate() {
        for ((other, other_text), likeness) in asked.iter().zip(neighbours.likenesses(at)) {
            if entry < other && is_same(likeness) {
                let pair = nearest.entry((*entry, *other)).or_insert((0.0, text, other_text));
                if likeness.best() > pair.0 {
                    *pair = (likeness.best(), text, other_text);
                }
            }
        }
    }
    let finding = |((a, b), (_, text, other)): ((usize, usize), (f32, &str, &str))| {
        let (a, b) = (known.catalog.entries.get(a)?, known.catalog.entries.get(b)?);
        let (kind, how) = if answer_alike(a, b) {
            (
                FindingKind::DuplicateEntries,
                "are asked nearly alike and answer alike; one is enough",
            )
        } else {
            (FindingKind::ContradictoryEntries, "are asked nearly alike but answer differently")
        };
        let message = format!("FAQ entries `{}` and `{}` {how}: “{text}”, “{other}”", a.id, b.id);
        Some(Finding { kind, places: known.places([text, other]), message })
    };
    nearest.into_iter().filter_map(finding).collect()
}

fn is_same(likeness: Likeness) -> bool {
    likeness.words >= SAME_WORDS || likeness.meaning.is_some_and(|cosine| cosine >= SAME_MEANING)
}

/// Whether two entries answer alike in some language that both have.
fn answer_alike(a: &FaqEntry, b: &FaqEntry) -> bool {
    Language::ALL.into_iter().any(|language| {
        let answers = [a, b].map(|entry| Prepared::of(entry.answer.get(language)));
        let both = Neighbourhood::of(&answers).likenesses(0);
        both.get(1).is_some_and(|likeness| likeness.words >= ALIKE)
    })
}
