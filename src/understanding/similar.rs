//! Finding FAQ entries by what they mean: the cosines of a message's embeddings with those of an
//! entry's phrasings, of its question with the answer, and of the answer's best sentence. Up to
//! twenty thousand entries are compared exactly; beyond, a graph of near neighbours (HNSW; Malkov
//! and Yashunin 2018) gives those that are compared.

use hnsw_rs::prelude::{DistDot, Hnsw};

use crate::domain::Language;
use crate::understanding::encode::{Encoded, Meaning};
use crate::understanding::retrieve::{Document, Kind};
use crate::understanding::table::{Probe, Table};

/// From so many entries on, neighbours are looked up in a graph.
const EXACT: usize = 20_000;
/// How many neighbours the graph gives.
const NEIGHBOURS: usize = 64;
/// The graph's links of a vector, its layers, and how wide it is searched when built and asked.
const LINKS: usize = 16;
const LAYERS: usize = 16;
const BUILD_WIDTH: usize = 100;
const ASK_WIDTH: usize = 128;

/// The parts of an entry that are compared.
const PARTS: usize = 3;
/// By what the cosine with each part is divided, so that parts and encoders weigh alike: the mean
/// standard deviation of the cosines of one message. Fixed, so that scores of different messages
/// compare.
type Scales = [f32; PARTS];
const ENGLISH: Scales = [0.092, 0.091, 0.084];
const MULTILINGUAL_EN: Scales = [0.020, 0.015, 0.017];
const MULTILINGUAL_ZH: Scales = [0.016, 0.013, 0.013];
/// The multilingual encoder's cosine of unrelated texts in two languages, for knowledge that has
/// no questions in the message's language to learn it from.
const UNRELATED: f32 = 0.785;
/// Questions from which the cosine of unrelated texts is learned.
const SAMPLE: usize = 64;
/// Weights of the English encoder, the multilingual one beside it, and the multilingual one with the
/// entry in the other language.
const BY_ENGLISH: f32 = 1.0;
const BESIDE_ENGLISH: f32 = 0.5;
const BY_MULTILINGUAL: f32 = 1.0;
const ACROSS: f32 = 1.0;
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

/// The vectors of one encoder.
#[derive(Default)]
struct Side {
    table: Table,
    rows: Vec<Row>,
    /// Where each entry's rows begin; one more for the end.
    starts: Vec<usize>,
}

#[derive(Clone, Copy)]
struct Row {
    document: usize,
    part: usize,
    language: Language,
}

impl Side {
    fn build<'a>(
        entries: usize,
        documents: &[Document],
        vectors: impl Iterator<Item = Option<&'a Encoded>>,
    ) -> Self {
        let mut side = Self { starts: Vec::with_capacity(entries + 1), ..Self::default() };
        let read = documents.iter().enumerate().zip(vectors);
        let mut read: Vec<_> = read.filter_map(|(at, vector)| Some((at, vector?))).collect();
        read.sort_by_key(|((_, document), _)| document.entry);
        for ((at, document), vector) in read {
            if side.rows.is_empty() {
                side.table = Table::new(vector.telling.len());
            }
            while side.starts.len() <= document.entry {
                side.starts.push(side.rows.len());
            }
            side.table.push(&vector.telling);
            side.rows.push(Row {
                document: at,
                part: part_of(document.kind),
                language: document.language,
            });
        }
        side.starts.resize(entries + 1, side.rows.len());
        side
    }

    /// The mean cosine of questions in `asked` with the parts of other entries in `answered`.
    #[expect(clippy::cast_precision_loss, reason = "a few thousand cosines")]
    fn centre(&self, asked: Language, answered: Language) -> Option<Scales> {
        let is_asked = |row: &Row| row.part == 0 && row.language == asked;
        let asked: Vec<usize> =
            (0..).zip(&self.rows).filter(|(_, row)| is_asked(row)).map(|(at, _)| at).collect();
        let (mut sums, mut counts) = ([0.0_f32; PARTS], [0_usize; PARTS]);
        let stride = asked.len().div_ceil(SAMPLE).max(1);
        let answers = self.rows.len().div_ceil(SAMPLE * 8).max(1);
        for at in asked.into_iter().step_by(stride) {
            let (probe, own) = (self.table.probe(at), self.entry_of(at));
            for (other, row) in self.rows.iter().enumerate().step_by(answers) {
                if row.language != answered || self.entry_of(other) == own {
                    continue;
                }
                if let (Some(sum), Some(count)) = (sums.get_mut(row.part), counts.get_mut(row.part))
                {
                    *sum += self.table.cosine(other, &probe);
                    *count += 1;
                }
            }
        }
        let count: usize = counts.iter().sum();
        let mean = sums.iter().sum::<f32>() / count.max(1) as f32;
        let mut centre = [mean; PARTS];
        for ((centre, sum), count) in centre.iter_mut().zip(sums).zip(counts) {
            if count > 0 {
                *centre = sum / count as f32;
            }
        }
        (count > 0).then_some(centre)
    }

    /// The entry to which the row at `at` belongs.
    fn entry_of(&self, at: usize) -> usize {
        self.starts.partition_point(|start| *start <= at)
    }

    /// What a document means.
    fn encoded(&self, document: usize) -> Option<Encoded> {
        let at = self.rows.iter().position(|row| row.document == document)?;
        Some(Encoded { telling: self.table.vector(at), ..Encoded::default() })
    }

    fn has(&self, language: Language) -> bool {
        self.rows.iter().any(|row| row.language == language)
    }

    /// How near `entry` lies in `language`; nothing where it has no words in it.
    fn score(
        &self,
        entry: usize,
        probe: &Probe,
        measure: &Measure,
        without: &impl Fn(usize) -> bool,
    ) -> Option<f32> {
        let Measure { language, centre, scales } = *measure;
        let (start, end) = (*self.starts.get(entry)?, *self.starts.get(entry + 1)?);
        let mut best: [Option<f32>; PARTS] = [None; PARTS];
        for (at, row) in self.rows.iter().enumerate().take(end).skip(start) {
            if row.language != language || without(row.document) {
                continue;
            }
            let cosine = self.table.cosine(at, probe);
            if let Some(best) = best.get_mut(row.part) {
                *best = Some(best.map_or(cosine, |known| known.max(cosine)));
            }
        }
        // an entry without an answer is its question
        let stand_in = best.iter().copied().flatten().fold(None, |most: Option<f32>, cosine| {
            Some(most.map_or(cosine, |most| most.max(cosine)))
        })?;
        let parts = best.iter().zip(centre).zip(scales);
        let sum: f32 = parts
            .map(|((cosine, centre), scale)| (cosine.unwrap_or(stand_in) - centre) / scale)
            .sum();
        Some(sum)
    }
}

fn part_of(kind: Kind) -> usize {
    match kind {
        Kind::Phrasing => 0,
        Kind::Passage => 1,
        Kind::Sentence => 2,
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

/// By what cosines are measured: the language of the rows, the cosine of unrelated texts, and the
/// deviation.
#[derive(Clone, Copy)]
struct Measure {
    language: Language,
    centre: Scales,
    scales: &'static Scales,
}

impl SimilarityIndex {
    /// Compares with `documents`, which stand by entry; `meanings` are theirs.
    pub(super) fn build(documents: &[Document], meanings: &[Meaning]) -> Self {
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
        let graph = (entries > EXACT).then(|| graph(documents, meanings));
        let centres = Centres::of_sides(&multilingual, &english);
        Self { entries, multilingual, english, centres, graph }
    }

    /// What a document means, as far as it matters for finding.
    pub(super) fn meaning(&self, document: usize) -> Option<Meaning> {
        let multilingual = self.multilingual.encoded(document)?;
        Some(Meaning { multilingual, english: self.english.encoded(document) })
    }

    /// How near entries lie to a message; in a large index only the nearest and `also` are compared.
    pub(super) fn search(
        &self,
        meaning: &Meaning,
        language: Language,
        also: &[usize],
        without: &impl Fn(usize) -> bool,
    ) -> Vec<Similarity> {
        let terms = self.terms(meaning, language);
        let one = |entry: usize| similarity(&terms, entry, without);
        let Some(graph) = &self.graph else {
            return (0..self.entries).filter_map(one).collect();
        };
        let near = graph.search(&meaning.multilingual.telling, NEIGHBOURS, ASK_WIDTH);
        let mut compared: Vec<usize> = near.iter().map(|found| found.d_id).collect();
        compared.extend(also);
        compared.sort_unstable();
        compared.dedup();
        compared.into_iter().filter_map(one).collect()
    }

    fn terms(&self, meaning: &Meaning, language: Language) -> Vec<Term<'_>> {
        let scales = match language {
            Language::En => &MULTILINGUAL_EN,
            Language::Zh => &MULTILINGUAL_ZH,
        };
        let other = match language {
            Language::En => Language::Zh,
            Language::Zh => Language::En,
        };
        let probes = |encoded: &Encoded, with_clauses: bool| {
            let clauses = encoded.clauses.iter().filter(|_| with_clauses);
            (Probe::of(&encoded.telling), clauses.map(|clause| Probe::of(clause)).collect())
        };
        let english = meaning.english.as_ref().filter(|_| self.english.has(Language::En));
        let asked = language;
        let mut terms = Vec::new();
        if let Some(encoded) = english {
            let (probe, clauses) = probes(encoded, true);
            let counts_clauses = true;
            let centre = self.centres.english;
            let (side, scales, weight) = (&self.english, &ENGLISH, BY_ENGLISH);
            terms.push(Term {
                side,
                probe,
                clauses,
                counts_clauses,
                measure: Measure { language, centre, scales },
                weight,
            });
        }
        for (language, weight) in [
            (language, if english.is_some() { BESIDE_ENGLISH } else { BY_MULTILINGUAL }),
            (other, ACROSS),
        ] {
            let counts_clauses = terms.is_empty();
            let (probe, clauses) = probes(&meaning.multilingual, counts_clauses);
            let (side, centre) = (&self.multilingual, self.centres.of(asked, language));
            terms.push(Term {
                side,
                probe,
                clauses,
                counts_clauses,
                measure: Measure { language, centre, scales },
                weight,
            });
        }
        terms.retain(|term| term.side.has(term.measure.language));
        terms
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
