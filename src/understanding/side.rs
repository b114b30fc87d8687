//! The vectors of one encoder over all entries, compared part by part: an entry's phrasings, its
//! question with the answer, and the sentences of the answer.

use crate::domain::Language;
use crate::understanding::encode::Encoded;
use crate::understanding::matched::Nearest;
use crate::understanding::retrieve::{Document, Kind};
use crate::understanding::table::{Probe, Table};

/// The parts of an entry that are compared.
pub(super) const PARTS: usize = 3;
const PHRASING: usize = 0;
const PASSAGE: usize = 1;
const SENTENCE: usize = 2;
/// Questions from which the cosine of unrelated texts is learned.
const SAMPLE: usize = 64;
/// By what the cosine with each part is divided, so that parts and encoders weigh alike: the mean
/// standard deviation of the cosines of one message. Fixed, so that scores of different messages
/// compare.
pub(super) type Scales = [f32; PARTS];

/// The vectors of one encoder.
#[derive(Default)]
pub(super) struct Side {
    table: Table,
    rows: Vec<Row>,
    /// Where each entry's rows begin; one more for the end.
    starts: Vec<usize>,
    languages: Vec<Language>,
}

#[derive(Clone, Copy)]
struct Row {
    document: usize,
    part: usize,
    language: Language,
}

impl Side {
    pub(super) fn build<'a>(
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
            if !side.languages.contains(&document.language) {
                side.languages.push(document.language);
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
    pub(super) fn centre(&self, asked: Language, answered: Language) -> Option<Scales> {
        let is_asked = |row: &Row| row.part == PHRASING && row.language == asked;
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
    pub(super) fn encoded(&self, document: usize) -> Option<Encoded> {
        let at = self.rows.iter().position(|row| row.document == document)?;
        Some(Encoded { telling: self.table.vector(at), ..Encoded::default() })
    }

    pub(super) fn has(&self, language: Language) -> bool {
        self.languages.contains(&language)
    }

    /// How near `entry` lies in `language`; nothing where it has no words in it.
    pub(super) fn score(
        &self,
        entry: usize,
        probe: &Probe,
        measure: &Measure,
        without: &impl Fn(usize) -> bool,
    ) -> Option<f32> {
        let Measure { language, centre, scales, weights } = *measure;
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
        let parts = best.iter().zip(centre).zip(scales).zip(weights);
        let sum: f32 = parts
            .map(|(((cosine, centre), scale), weight)| {
                weight * (cosine.unwrap_or(stand_in) - centre) / scale
            })
            .sum();
        Some(sum)
    }

    /// The question or the sentence of `entry` in the measure's language that is nearest.
    pub(super) fn nearest(
        &self,
        entry: usize,
        probe: &Probe,
        measure: &Measure,
    ) -> Option<Nearest> {
        let (start, end) = (*self.starts.get(entry)?, *self.starts.get(entry + 1)?);
        let rows = (start..end).zip(self.rows.get(start..end)?);
        let rows: Vec<(usize, &Row)> =
            rows.filter(|(_, row)| row.language == measure.language).collect();
        let passage = rows.iter().find(|(_, row)| row.part == PASSAGE).map(|(_, row)| row.document);
        let (mut best, mut sentences) = (None::<(f32, Nearest)>, 0);
        for (at, row) in rows {
            let nearest = match (row.part, passage) {
                (PHRASING, _) => Nearest::Phrasing(row.document),
                (SENTENCE, Some(passage)) => {
                    sentences += 1;
                    Nearest::Sentence(passage, sentences - 1)
                }
                _ => continue,
            };
            let of = |values: &Scales| values.get(row.part).copied().unwrap_or(1.0);
            let score = (self.table.cosine(at, probe) - of(&measure.centre)) / of(measure.scales);
            if best.is_none_or(|(known, _)| score > known) {
                best = Some((score, nearest));
            }
        }
        best.map(|(_, nearest)| nearest)
    }
}

fn part_of(kind: Kind) -> usize {
    match kind {
        Kind::Phrasing => PHRASING,
        Kind::Passage => PASSAGE,
        Kind::Sentence => SENTENCE,
    }
}

/// By what cosines are measured: the language of the rows, the cosine of unrelated texts, the
/// deviation, and what each part counts.
#[derive(Clone, Copy)]
pub(super) struct Measure {
    pub(super) language: Language,
    pub(super) centre: Scales,
    pub(super) scales: &'static Scales,
    pub(super) weights: &'static Scales,
}
