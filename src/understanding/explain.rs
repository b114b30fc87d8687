//! Why a message was read as it was: the parts of every score, for those who write knowledge and
//! want to know which of their words did it. The same numbers as in a reading, taken apart.

use serde::Serialize;

use crate::understanding::answer::Answerer;
use crate::understanding::audience::Hidden;
use crate::understanding::features::named;
use crate::understanding::head::Head;
use crate::understanding::prepared::Prepared;
use crate::understanding::retrieve::SearchError;

/// How many classes are taken apart.
const CLASSES: usize = 3;
/// How many features are named of each.
const FEATURES: usize = 10;

/// A reading taken apart.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Explanation {
    /// The message after folding (NFKC, case, quotes).
    pub folded: String,
    /// Its words as they count: stems.
    pub stems: Vec<String>,
    /// The patterns of the operator's rules that match.
    pub rules: Vec<String>,
    /// The likeliest intents, taken apart.
    pub intents: Vec<ClassParts>,
    /// The candidates, taken apart; by the message alone, without the topic of a follow-up.
    pub entries: Vec<EntryParts>,
}

/// The margin of a class: what speaks for it, what against, and how probable that makes it.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ClassParts {
    /// Its name.
    pub name: String,
    /// The probability in the reading.
    pub confidence: f32,
    /// How far the message lies on its side: the sum of the parts below.
    pub margin: f32,
    /// What every message brings.
    pub bias: f32,
    /// What the embeddings bring; nothing by words alone.
    pub meaning: Option<f32>,
    /// What all words and characters bring.
    pub features: f32,
    /// The features that bring most, for or against, heaviest first.
    pub heaviest: Vec<Contribution>,
}

/// A feature with what it brings.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Contribution {
    /// A stem, a pair of stems, or characters (`·` is a word's border).
    pub feature: String,
    /// Its weight times its value.
    pub weight: f32,
}

/// The probability of an entry, taken apart.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct EntryParts {
    /// The entry's id.
    pub id: String,
    /// The probability.
    pub confidence: f32,
    /// By what entries are ordered.
    pub score: f32,
    /// Its best BM25 score.
    pub bm25: f32,
    /// Its best cosine of TF-IDF vectors.
    pub cosine: f32,
    /// How near its meaning lies, in standard deviations; nothing by words alone.
    pub similarity: Option<f32>,
    /// What makes the log-odds, by name: the value with its weight.
    pub odds: Vec<(&'static str, f32, f32)>,
    /// The log-odds of a match with nothing else known.
    pub bias: f32,
    /// The probability by the log-odds, before unknown words and rivals lower it.
    pub alone: f32,
    /// The factor for the share of the message's words that the knowledge knows.
    pub known: f32,
}

/// The likeliest classes of a head, taken apart.
pub(super) fn classes(head: &Head, message: &Prepared) -> Vec<ClassParts> {
    let names = named(&message.tokens);
    let named_as = |key: u64| names.get(&key).cloned().unwrap_or_default();
    let ranked = head.read(message).ranked.into_iter().take(CLASSES);
    let parts = ranked.filter_map(|class| {
        let parts = head.parts(message, &class.name)?;
        let mut heaviest: Vec<Contribution> = parts
            .features
            .iter()
            .map(|(key, weight)| Contribution { feature: named_as(*key), weight: *weight })
            .collect();
        let features: f32 = heaviest.iter().map(|feature| feature.weight).sum();
        heaviest.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
        heaviest.truncate(FEATURES);
        Some(ClassParts {
            name: class.name,
            confidence: class.confidence,
            margin: parts.bias + parts.meaning.unwrap_or_default() + features,
            bias: parts.bias,
            meaning: parts.meaning,
            features,
            heaviest,
        })
    });
    parts.collect()
}

/// The candidates for a message, taken apart; `ids` names entries by their place.
pub(super) fn entries(
    answerer: &Answerer,
    message: &Prepared,
    ids: &[String],
    hidden: &Hidden,
) -> Result<Vec<EntryParts>, SearchError> {
    let taken = answerer.take_apart(message, hidden)?;
    let parts = taken.ranked.iter().zip(&taken.features).filter_map(|(ranked, features)| {
        let names = ["score", "lead", "cosine", "bm25 share"];
        let odds = names.into_iter().zip(features).zip(taken.odds.weights);
        Some(EntryParts {
            id: ids.get(ranked.entry)?.clone(),
            confidence: ranked.confidence,
            score: ranked.score,
            bm25: ranked.bm25,
            cosine: ranked.cosine,
            similarity: ranked.similarity,
            odds: odds.map(|((name, value), weight)| (name, *value, weight)).collect(),
            bias: taken.odds.bias,
            alone: taken.odds.probability(features),
            known: taken.known,
        })
    });
    Ok(parts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::{Document, Kind};

    #[test]
    fn the_parts_of_a_class_sum_to_its_margin_and_name_its_words() {
        let texts = ["refund my money", "I want a refund", "parcel is late", "where is the parcel"];
        let texts = texts.map(Prepared::of);
        let labels = ["money", "money", "shipping", "shipping"];
        let head = Head::train(labels.into_iter().zip(&texts), false).unwrap();
        let parts = classes(&head, &Prepared::of("a late refund"));
        assert_eq!(parts[0].name, "money");
        for class in &parts {
            assert!((class.bias + class.features - class.margin).abs() < 1e-5, "{class:?}");
            assert!(class.heaviest.iter().all(|part| !part.feature.is_empty()), "{class:?}");
        }
        let heaviest: Vec<&str> = parts[0].heaviest.iter().map(|c| c.feature.as_str()).collect();
        assert!(heaviest.contains(&"refund"), "{heaviest:?}");
        let late = parts[0].heaviest.iter().find(|c| c.feature == "late");
        assert!(late.is_none_or(|late| late.weight < 0.0), "{parts:?}");
    }

    #[test]
    fn the_parts_of_an_entry_make_its_probability() {
        let document = |entry, text: &str| Document {
            entry,
            kind: Kind::Phrasing,
            language: crate::domain::Language::En,
            text: text.to_owned(),
        };
        let documents = vec![document(0, "how do I return a lamp"), document(1, "opening hours")];
        let answerer = Answerer::train(documents, None, &[]).unwrap();
        let ids = ["lamp".to_owned(), "hours".to_owned()];
        let message = Prepared::of("return the lamp");
        let parts = entries(&answerer, &message, &ids, &Hidden::default()).unwrap();
        let best = &parts[0];
        assert_eq!(best.id, "lamp");
        let odds: f32 = best.odds.iter().map(|(_, value, weight)| value * weight).sum();
        assert!((1.0 / (1.0 + (-(odds + best.bias)).exp()) - best.alone).abs() < 1e-5, "{best:?}");
        assert!(best.confidence <= best.alone * best.known + 1e-5, "{best:?}");
        assert!((answerer.rank(&message).unwrap()[0].confidence - best.confidence).abs() < 1e-6);
    }
}
