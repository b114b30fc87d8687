//! From the states of tokens to vectors of texts: means over all of them, over a clause, and with
//! the rare ones counted more. The same for every encoder.

use crate::understanding::encode::{Embedding, normalise};

/// A clause of fewer tokens says too little alone.
pub(super) const LEAST_CLAUSE: usize = 3;
/// Clauses that are read of one text.
pub(super) const MOST_CLAUSES: usize = 8;
/// Pieces as frequent as this count half.
const SMOOTHING: f32 = 1e-3;

/// The marks that end a clause.
pub(super) const CLAUSE_ENDS: [char; 8] = [',', '.', ';', '!', '?', ':', '、', '。'];

/// A text's tokens, of which the first `before` say nothing of it (the mark of the beginning and a
/// prefix), nor does the last.
#[derive(Clone, Copy)]
pub(super) struct Tokens<'a> {
    pub ids: &'a [u32],
    pub before: usize,
}

impl Tokens<'_> {
    /// The ranges of tokens that are clauses, when there are several.
    pub(super) fn clauses(self, ends: &[u32]) -> Vec<(usize, usize)> {
        let mut clauses = Vec::new();
        let (mut start, end) = (self.before, self.ids.len().saturating_sub(1));
        for (at, id) in self.ids.iter().enumerate().take(end).skip(start) {
            if ends.contains(id) {
                clauses.push((start, at));
                start = at + 1;
            }
        }
        clauses.push((start, end));
        clauses.retain(|(from, to)| to > from);
        if clauses.len() < 2 {
            return Vec::new();
        }
        clauses.retain(|(from, to)| to - from >= LEAST_CLAUSE);
        clauses.truncate(MOST_CLAUSES);
        clauses
    }
}

/// The states of a text's tokens, `width` numbers each.
#[derive(Clone, Copy)]
pub(super) struct States<'a> {
    pub states: &'a [f32],
    pub width: usize,
}

impl States<'_> {
    /// The mean of some of the states, of unit length.
    pub(super) fn mean(self, from: usize, to: usize) -> Embedding {
        let mut mean = vec![0.0_f32; self.width];
        for row in self.states.chunks_exact(self.width).take(to).skip(from) {
            mean.iter_mut().zip(row).for_each(|(sum, value)| *sum += value);
        }
        normalise(&mut mean);
        mean
    }

    /// The mean of the states with rare pieces counted more (SIF; Arora et al. 2017), half and half
    /// with the plain mean `whole`.
    pub(super) fn telling(
        self,
        whole: &[f32],
        tokens: Tokens<'_>,
        frequency: impl Fn(u32) -> f32,
    ) -> Embedding {
        let mut mean = vec![0.0_f32; self.width];
        let inner = tokens.ids.len().saturating_sub(1);
        let rows = self.states.chunks_exact(self.width).zip(tokens.ids);
        for (row, id) in rows.take(inner).skip(tokens.before) {
            let weight = SMOOTHING / (SMOOTHING + frequency(*id));
            mean.iter_mut().zip(row).for_each(|(sum, value)| *sum += weight * value);
        }
        normalise(&mut mean);
        mean.iter_mut().zip(whole).for_each(|(rare, plain)| *rare += plain);
        normalise(&mut mean);
        mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_are_what_lies_between_their_ends() {
        let clauses = |ids: &[u32]| Tokens { ids, before: 2 }.clauses(&[9]);
        assert_eq!(clauses(&[0, 7, 1, 2, 3, 9, 4, 5, 6, 2]), [(2, 5), (6, 9)]);
        assert_eq!(clauses(&[0, 7, 1, 2, 3, 9, 4, 2]), [(2, 5)], "one token is no clause");
        assert_eq!(clauses(&[0, 7, 1, 2, 3, 9, 2]), [], "one clause is the whole");
        assert_eq!(clauses(&[0, 2]), []);
    }

    #[test]
    fn rare_pieces_count_more_in_the_telling_mean() {
        let states = States { states: &[9.0, 9.0, 1.0, 0.0, 0.0, 1.0, 9.0, 9.0], width: 2 };
        let whole = states.mean(1, 3);
        assert!((whole[0] - whole[1]).abs() < 1e-6);
        let tokens = Tokens { ids: &[0, 5, 6, 1], before: 1 };
        let telling = states.telling(&whole, tokens, |id| if id == 5 { 1.0 } else { 0.0 });
        assert!(telling[1] > telling[0] + 0.3, "{telling:?}");
    }
}
