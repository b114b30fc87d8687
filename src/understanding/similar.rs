//! Finding FAQ entries by what they mean: the cosines of a message's embeddings with those of an
//! entry's phrasings, of its question with the answer, and of the answer's best sentence. Up to
//! twenty thousand entries are compared exactly; beyond, a graph of near neighbours (HNSW; Malkov
//! and Yashunin 2018) gives those that are compared.

use hnsw_rs::prelude::{DistDot, Hnsw};

use crate::domain::Language;
use crate::understanding::audience::Hidden;
use crate::understanding::encode::{Encoded, Meaning};
use crate::understanding::matched::Nearest;
use crate::understanding::prepared::Prepared;
use crate::understanding::retrieve::{Document, Kind};
use crate::understanding::side::{Measure, PARTS, Scales, Side};
use crate::understanding::table::Probe;

/// From so many entries on, neighbours are looked up in a graph.
const EXACT: usize = 20_000;
/// How many neighbours the graph gives.
const NEIGHBOURS: usize = 64;
/// The graph's links of a vector, its layers, and how wide it is searched when built and asked.
const LINKS: usize = 16;
const LAYERS: usize = 16;
const BUILD_WIDTH: usize = 100;
const ASK_WIDTH: usize = 128;

/// The deviations of each encoder, by the message's language.
const ENGLISH: Scales = [0.092, 0.091, 0.084];
const MULTILINGUAL_EN: Scales = [0.020, 0.015, 0.017];
const MULTILINGUAL_ZH: Scales = [0.016, 0.013, 0.013];
/// What the parts of an entry count, three together. To the multilingual encoder the best of an answer's
/// sentences is too often the best by chance: it counts three quarters of the others.
const ALL_ALIKE: Scales = [1.0, 1.0, 1.0];
const SENTENCE_LESS: Scales = [1.09, 1.09, 0.82];
/// The multilingual encoder's cosine of unrelated texts in two languages, for knowledge that has
/// no questions in the message's language to learn it from.
const UNRELATED: f32 = 0.785;
/// Weights of the English encoder, the multilingual one beside it or alone, and for all of these
/// together the entry in the other language: it says the same, but is compared less exactly.
const BY_ENGLISH: f32 = 1.0;
const BESIDE_ENGLISH: f32 = 0.5;
const BY_MULTILINGUAL: f32 = 1.0;
const ACROSS: f32 = 2.0 / 3.0;
/// The weight of the best clause.
const CLAUSE: f32 = 0.5;

/// How near an entry lies to a message, in standard deviations of such scores.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Similarity {
    /// The place of the entry.
    pub(super) entry: usize,
    /// By the message as a whole.
    pub(super) whole: f32,
    /// With the best clause of the message counted too.
    pub(super) with_clause: f32,
    /// How much is said by meaning; what words add weighs less where more is said.
    pub(super) weight: f32,
}

/// Everything that is compared.
pub(super) struct SimilarityIndex {
    entries: usize,
    multilingual: Side,
    english: Side,
    centres: Centres,
    graph: Option<Hnsw<'static, f32, DistDot>>,
    /// Up to so many entries are compared exactly.
    exact: usize,
}

/// The cosines of unrelated texts: by encoder, and by the languages of question and answer.
struct Centres {
    english: Scales,
    multilingual: [[Scales; 2]; 2],
}

impl Centres {
    fn of_sides(multilingual: &Side, english: &Side) -> Self {
        let centre =
            |asked, answered| multilingual.centre(asked, answered).unwrap_or([UNRELATED; PARTS]);
        let [en, zh] = Language::ALL;
        Self {
            english: english.centre(en, en).unwrap_or_default(),
            multilingual: [[centre(en, en), centre(en, zh)], [centre(zh, en), centre(zh, zh)]],
        }
    }

    fn of(&self, asked: Language, answered: Language) -> Scales {
        let at = |language: Language| usize::from(language == Language::Zh);
        let asked = self.multilingual.get(at(asked));
        asked.and_then(|asked| asked.get(at(answered))).copied().unwrap_or([UNRELATED; PARTS])
    }
}

/// One comparison that counts: an encoder's vectors in a language, by which scales, how much.
struct Term<'a> {
    side: &'a Side,
    probe: Probe,
    clauses: Vec<Probe>,
    /// Whether the best clause counts beside the whole.
    counts_clauses: bool,
    measure: Measure,
    weight: f32,
}

impl SimilarityIndex {
    /// Compares with `documents`, which stand by entry; `meanings` are theirs.
    pub(super) fn build(documents: &[Document], meanings: &[Meaning]) -> Self {
        Self::build_exact_to(EXACT, documents, meanings)
    }

    fn build_exact_to(exact: usize, documents: &[Document], meanings: &[Meaning]) -> Self {
        let entries = documents.iter().map(|document| document.entry + 1).max().unwrap_or(0);
        let multilingual = Side::build(
            entries,
            documents,
            meanings.iter().map(|meaning| Some(&meaning.multilingual)),
        );
        let english = Side::build(
            entries,
            documents,
            meanings.iter().map(|meaning| meaning.english.as_ref()),
        );
        let graph = (entries > exact).then(|| graph(documents, meanings));
        let centres = Centres::of_sides(&multilingual, &english);
        Self { entries, multilingual, english, centres, graph, exact }
    }

    /// What a document means, as far as it matters for finding.
    pub(super) fn meaning(&self, document: usize) -> Option<Meaning> {
        let multilingual = self.multilingual.encoded(document)?;
        Some(Meaning { multilingual, english: self.english.encoded(document) })
    }

    /// How near entries lie to a message, but for hidden ones; in a large index only the nearest and
    /// `also` are compared. Nothing for a message that no encoder read.
    pub(super) fn search(
        &self,
        message: &Prepared,
        also: &[usize],
        without: &impl Fn(usize) -> bool,
        hidden: &Hidden,
    ) -> Vec<Similarity> {
        let Some(meaning) = message.meaning.as_deref() else { return vec![] };
        let terms = self.terms(meaning, message.tokens.language);
        let is_shown = |entry: &usize| !hidden.has(*entry);
        let one = |entry: usize| similarity(&terms, entry, without);
        let shown = self.entries - hidden.count().min(self.entries);
        let Some(graph) = self.graph.as_ref().filter(|_| shown > self.exact) else {
            return (0..self.entries).filter(is_shown).filter_map(one).collect();
        };
        let telling = &meaning.multilingual.telling;
        let near = if hidden.is_empty() {
            graph.search(telling, NEIGHBOURS, ASK_WIDTH)
        } else {
            graph.search_filter(telling, NEIGHBOURS, ASK_WIDTH, Some(&is_shown))
        };
        let mut compared: Vec<usize> = near.iter().map(|found| found.d_id).collect();
        compared.extend(also);
        compared.sort_unstable();
        compared.dedup();
        compared.into_iter().filter(is_shown).filter_map(one).collect()
    }

    /// The question or the sentence of an entry that lies nearest to a message.
    pub(super) fn nearest(&self, message: &Prepared, entry: usize) -> Option<Nearest> {
        let meaning = message.meaning.as_deref()?;
        let terms = self.terms(meaning, message.tokens.language);
        terms.iter().find_map(|term| term.side.nearest(entry, &term.probe, &term.measure))
    }

    fn terms(&self, meaning: &Meaning, language: Language) -> Vec<Term<'_>> {
        let (scales, other) = match language {
            Language::En => (&MULTILINGUAL_EN, Language::Zh),
            Language::Zh => (&MULTILINGUAL_ZH, Language::En),
        };
        let english = meaning.english.as_ref().filter(|_| self.english.has(Language::En));
        let mut terms = Vec::new();
        if let Some(encoded) = english {
            let centre = self.centres.english;
            let measure = Measure { language, centre, scales: &ENGLISH, weights: &ALL_ALIKE };
            terms.push(Term::of(&self.english, encoded, measure, BY_ENGLISH));
        }
        let (own, all) = match english {
            Some(_) => (BESIDE_ENGLISH, BESIDE_ENGLISH + BY_ENGLISH),
            None => (BY_MULTILINGUAL, BY_MULTILINGUAL),
        };
        for (answered, weight) in [(language, own), (other, ACROSS * all)] {
            let centre = self.centres.of(language, answered);
            let weights = &SENTENCE_LESS;
            let measure = Measure { language: answered, centre, scales, weights };
            let mut term = Term::of(&self.multilingual, &meaning.multilingual, measure, weight);
            if language == Language::Zh && !meaning.multilingual.whole.is_empty() {
                // how rare a Chinese piece is, a vocabulary of all languages does not tell
                term.probe = Probe::of(&meaning.multilingual.whole);
            }
            term.counts_clauses = terms.is_empty();
            terms.push(term);
        }
        terms.retain(|term| term.side.has(term.measure.language));
        terms
    }
}

impl<'a> Term<'a> {
    fn of(side: &'a Side, encoded: &Encoded, measure: Measure, weight: f32) -> Self {
        let clauses = encoded.clauses.iter().map(|clause| Probe::of(clause)).collect();
        let probe = Probe::of(&encoded.telling);
        Self { side, probe, clauses, counts_clauses: true, measure, weight }
    }
}

/// The weighted mean of what the comparisons say of an entry.
fn similarity(
    terms: &[Term<'_>],
    entry: usize,
    without: &impl Fn(usize) -> bool,
) -> Option<Similarity> {
    let (mut sum, mut weights, mut clause) = (0.0, 0.0, 0.0);
    for term in terms {
        let score = |probe: &Probe| term.side.score(entry, probe, &term.measure, without);
        let Some(whole) = score(&term.probe) else { continue };
        sum += term.weight * whole;
        weights += term.weight;
        if term.counts_clauses {
            // a message of one clause is that clause
            let clauses = term.clauses.iter().filter_map(score);
            clause = clauses.reduce(f32::max).unwrap_or(whole);
        }
    }
    if weights == 0.0 {
        return None;
    }
    let all: f32 = terms.iter().map(|term| term.weight).sum();
    let whole = sum / weights;
    let with_clause = whole + CLAUSE * clause / all;
    Some(Similarity { entry, whole, with_clause, weight: all })
}

/// A graph over the vectors of every question and of every question with its answer.
fn graph(documents: &[Document], meanings: &[Meaning]) -> Hnsw<'static, f32, DistDot> {
    let graph = Hnsw::new(LINKS, documents.len(), LAYERS, BUILD_WIDTH, DistDot {});
    let vectors: Vec<(&Vec<f32>, usize)> = documents
        .iter()
        .zip(meanings)
        .filter(|(document, _)| document.kind != Kind::Sentence)
        .map(|(document, meaning)| (&meaning.multilingual.telling, document.entry))
        .collect();
    graph.parallel_insert(&vectors);
    graph
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::tokenise::Tokens;

    const WIDTH: usize = 16;
    const TOPICS: usize = 80;
    /// Up to so many entries the index of the test is exact.
    const LARGE: usize = 2_500;
    /// Entries that are compared of each answer of the graph.
    const COMPARED: usize = 10;

    /// A generator of numbers from -1 to 1.
    struct Chance(u64);

    impl Chance {
        fn next(&mut self) -> f32 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            f32::from(u16::try_from(self.0 % 65_536).unwrap()) / 32_768.0 - 1.0
        }

        /// A vector of unit length near `centre`, or anywhere.
        fn near(&mut self, centre: Option<&[f32]>) -> Vec<f32> {
            let mut vector: Vec<f32> = (0..WIDTH).map(|_| self.next()).collect();
            if let Some(centre) = centre {
                vector.iter_mut().zip(centre).for_each(|(value, centre)| {
                    *value = 0.2 * *value + centre;
                });
            }
            let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
            vector.into_iter().map(|value| value / length).collect()
        }
    }

    fn meaning(telling: Vec<f32>) -> Meaning {
        let multilingual = Encoded { telling, ..Encoded::default() };
        Meaning { multilingual, english: None }
    }

    /// The places of the entries that lie nearest.
    fn nearest(index: &SimilarityIndex, message: &Prepared, hidden: &Hidden) -> Vec<usize> {
        let mut found = index.search(message, &[], &|_| false, hidden);
        found.sort_by(|a, b| b.whole.total_cmp(&a.whole));
        found.into_iter().take(COMPARED).map(|near| near.entry).collect()
    }

    #[test]
    fn in_a_large_index_the_graph_finds_what_comparing_all_finds() {
        // the same beyond twenty thousand, which takes ten times as long
        let entries = LARGE + 600;
        let mut chance = Chance(7);
        let topics: Vec<Vec<f32>> = (0..TOPICS).map(|_| chance.near(None)).collect();
        let vectors: Vec<Vec<f32>> =
            (0..entries).map(|at| chance.near(Some(&topics[at % TOPICS]))).collect();
        let document = |entry| Document {
            entry,
            kind: Kind::Phrasing,
            language: Language::En,
            text: String::new(),
        };
        let documents: Vec<Document> = (0..entries).map(document).collect();
        let meanings: Vec<Meaning> = vectors.into_iter().map(meaning).collect();
        let messages: Vec<Prepared> = (0..80)
            .map(|at| {
                let meaning = meaning(chance.near(Some(&topics[at])));
                let tokens = Tokens { language: Language::En, ..Tokens::default() };
                Prepared { tokens, ..Prepared::default() }.with_meaning(Some(meaning.into()))
            })
            .collect();
        // the best of every topic are hidden, and still so few that the graph is asked
        let hidden = Hidden::of(entries, &(0..500).collect::<Vec<_>>());
        let views = [Hidden::default(), hidden];
        let ask = |index: &SimilarityIndex| -> Vec<Vec<usize>> {
            let asked = views.iter().flat_map(|view| messages.iter().map(move |m| (m, view)));
            asked.map(|(message, view)| nearest(index, message, view)).collect()
        };
        let mut index = SimilarityIndex::build_exact_to(LARGE, &documents, &meanings);
        let (few, all) = (index.search(&messages[0], &[], &|_| false, &views[0]), entries);
        assert!(few.len() <= NEIGHBOURS, "{} of {all} were compared", few.len());
        // where few are shown, all of them are compared
        let five = Hidden::of(entries, &(5..entries).collect::<Vec<_>>());
        let mut shown = nearest(&index, &messages[0], &five);
        shown.sort_unstable();
        assert_eq!(shown, [0, 1, 2, 3, 4]);
        let by_graph = ask(&index);
        index.graph = None;
        let exact = ask(&index);
        assert!(by_graph.iter().skip(messages.len()).flatten().all(|entry| *entry >= 500));
        let found = |(graph, exact): (&Vec<usize>, &Vec<usize>)| {
            exact.iter().filter(|entry| graph.contains(entry)).count()
        };
        for (view, range) in [("all", 0..messages.len()), ("shown", messages.len()..by_graph.len())]
        {
            let pairs = by_graph[range.clone()].iter().zip(&exact[range]);
            let hits: usize = pairs.map(found).sum();
            let wanted = messages.len() * COMPARED;
            assert!(hits * 100 >= wanted * 97, "{hits} of {wanted} ({view})");
        }
    }
}
