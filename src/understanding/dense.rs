//! The dense half of what a head sees: the embeddings of a message, centred, of unit length, side by
//! side. Where one encoder did not read the message, its part is zero.

use crate::understanding::encode::Meaning;
use crate::understanding::encode::normalise;
use crate::understanding::prepared::Prepared;
use crate::understanding::table::Table;

/// The weight of the multilingual embedding beside the TF-IDF vector's 1.
const MULTILINGUAL: f32 = 1.0;
/// The weight of the English embedding.
const ENGLISH: f32 = 1.5;
/// Examples of which the nearest is sought, at most.
const MOST_EXAMPLES: usize = 20_000;

/// How embeddings become features, and where the examples lie.
#[derive(Clone, Debug, Default)]
pub(super) struct Dense {
    multilingual: Vec<f32>,
    english: Vec<f32>,
    examples: Table,
}

impl Dense {
    /// Learns from examples with their classes; where they lie only for a head that is open.
    pub(super) fn fit(examples: &[(&Prepared, usize)], is_open: bool) -> Self {
        let meanings = || examples.iter().filter_map(|(message, _)| message.meaning.as_deref());
        let multilingual = mean(meanings().map(|meaning| meaning.multilingual.whole.as_slice()));
        let english = mean(
            meanings().filter_map(|meaning| meaning.english.as_ref()).map(|e| e.whole.as_slice()),
        );
        let mut dense = Self { multilingual, english, examples: Table::new(0) };
        if !is_open {
            return dense;
        }
        let mut table = Table::new(dense.width());
        let stride = examples.len().div_ceil(MOST_EXAMPLES).max(1);
        for (message, _) in examples.iter().step_by(stride) {
            table.push(&dense.of(message));
        }
        dense.examples = table;
        dense
    }

    /// How many features there are.
    pub(super) fn width(&self) -> usize {
        self.multilingual.len() + self.english.len()
    }

    /// A message's features; none where nothing was learned or no encoder read it.
    pub(super) fn of(&self, message: &Prepared) -> Vec<f32> {
        let Some(meaning) = message.meaning.as_deref().filter(|_| self.width() > 0) else {
            return Vec::new();
        };
        let Meaning { multilingual, english } = meaning;
        let mut out = Vec::with_capacity(self.width());
        push_centred(&mut out, Some(&multilingual.whole), &self.multilingual, MULTILINGUAL);
        let english = english.as_ref().map(|encoded| encoded.whole.as_slice());
        push_centred(&mut out, english, &self.english, ENGLISH);
        out
    }

    /// How near a message's features lie to the nearest example: their cosine; nothing by words
    /// alone.
    pub(super) fn nearness(&self, features: &[f32]) -> Option<f32> {
        (self.width() > 0).then(|| self.examples.nearest(features))
    }
}

fn push_centred(out: &mut Vec<f32>, vector: Option<&[f32]>, mean: &[f32], weight: f32) {
    let start = out.len();
    match vector.filter(|vector| vector.len() == mean.len()) {
        Some(vector) => out.extend(vector.iter().zip(mean).map(|(value, mean)| value - mean)),
        None => out.resize(start + mean.len(), 0.0),
    }
    if let Some(part) = out.get_mut(start..) {
        normalise(part);
        for value in part.iter_mut() {
            *value *= weight;
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "counts of messages are far below 2^24")]
fn mean<'a>(vectors: impl Iterator<Item = &'a [f32]>) -> Vec<f32> {
    let (mut sum, mut count) = (Vec::<f32>::new(), 0_usize);
    for vector in vectors {
        sum.resize(vector.len().max(sum.len()), 0.0);
        sum.iter_mut().zip(vector).for_each(|(sum, value)| *sum += value);
        count += 1;
    }
    for value in &mut sum {
        *value /= count.max(1) as f32;
    }
    sum
}
