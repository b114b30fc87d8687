//! How alike texts are, each against each: by their words and characters, and by their meaning where
//! an encoder read them.

use crate::understanding::dense::Dense;
use crate::understanding::features::{Vector, Vectoriser};
use crate::understanding::prepared::Prepared;
use crate::understanding::table::Table;

/// How alike two texts are.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Likeness {
    /// The cosine of their TF-IDF vectors.
    pub words: f32,
    /// The cosine of their centred embeddings.
    pub meaning: Option<f32>,
}

impl Likeness {
    /// One number of both: the better of what words and meaning say.
    pub fn best(self) -> f32 {
        self.meaning.map_or(self.words, |meaning| meaning.max(self.words))
    }
}

/// Texts that are compared with each other.
pub struct Neighbourhood {
    vectors: Vec<Vector>,
    /// The texts of each column, with the column's value in each.
    postings: Vec<Vec<(u32, f32)>>,
    meanings: Option<Table>,
}

impl Neighbourhood {
    /// Makes texts ready to be compared; by meaning too when every one was read by an encoder.
    pub fn of(texts: &[Prepared]) -> Self {
        let vectoriser = Vectoriser::fit(texts.iter().map(|text| &text.counts));
        let vectors: Vec<Vector> =
            texts.iter().map(|text| vectoriser.vector(&text.counts)).collect();
        let mut postings = vec![Vec::new(); vectoriser.len()];
        for (at, vector) in (0_u32..).zip(&vectors) {
            for (column, value) in vector.iter() {
                if let Some(list) = postings.get_mut(column as usize) {
                    list.push((at, value));
                }
            }
        }
        let is_read = texts.iter().all(|text| text.meaning.is_some());
        let meanings = (is_read && !texts.is_empty()).then(|| {
            let examples: Vec<(&Prepared, usize)> = texts.iter().map(|text| (text, 0)).collect();
            let dense = Dense::fit(&examples, true);
            let mut table = Table::new(dense.width());
            for text in texts {
                table.push(&dense.of(text));
            }
            table
        });
        Self { vectors, postings, meanings }
    }

    /// How alike every text is to the one at `at`.
    pub fn likenesses(&self, at: usize) -> Vec<Likeness> {
        let mut all = vec![Likeness::default(); self.vectors.len()];
        for (column, value) in self.vectors.get(at).into_iter().flat_map(Vector::iter) {
            for (other, weight) in self.postings.get(column as usize).into_iter().flatten() {
                if let Some(likeness) = all.get_mut(*other as usize) {
                    likeness.words += value * weight;
                }
            }
        }
        if let Some(table) = &self.meanings {
            let probe = table.probe(at);
            for (other, likeness) in all.iter_mut().enumerate() {
                likeness.meaning = Some(table.cosine(other, &probe));
            }
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_nearest_to_what_shares_its_words() {
        let texts = ["where is my parcel", "Where is my parcel?", "how do I return a lamp", "退货"];
        let texts = texts.map(Prepared::of);
        let likenesses = Neighbourhood::of(&texts).likenesses(0);
        assert!(likenesses[0].words > 0.99 && likenesses[1].best() > 0.99, "{likenesses:?}");
        assert!(likenesses[2].best() < 0.3 && likenesses[3].best() < 0.01, "{likenesses:?}");
        assert!(likenesses.iter().all(|likeness| likeness.meaning.is_none()));
    }
}
