//! The documents of each feature, with the feature's value in each: cosines of a message with all
//! documents, or with those that hold its rarer features where there are too many.

use crate::understanding::features::Vector;

thread_local! {
    /// A score for each document, all zero between two searches.
    static SCORES: std::cell::RefCell<Vec<f32>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// A feature of a message that is in no more documents than this finds candidates; together the
/// features that find candidates are in about as many. The others only add to what was found
/// ("continue"; Moffat and Zobel 1996), so that the time does not grow with the knowledge.
pub(super) const FINDING: usize = 8_192;
/// A list that is so many times longer than what is sought in it is not read through.
const LONG: usize = 16;

/// The lists of all columns.
#[derive(Debug, Default)]
pub(super) struct Postings {
    documents: usize,
    lists: Vec<Vec<(u32, f32)>>,
}

impl Postings {
    /// Lists `vectors`, which have so many columns.
    pub(super) fn of(columns: usize, vectors: impl Iterator<Item = Vector>) -> Self {
        let mut postings = Self { documents: 0, lists: vec![Vec::new(); columns] };
        for (at, vector) in (0_u32..).zip(vectors) {
            postings.documents += 1;
            for (column, value) in vector.iter() {
                if let Some(list) = postings.lists.get_mut(column as usize) {
                    list.push((at, value));
                }
            }
        }
        postings
    }

    /// The documents with the highest cosines, at most so many, in no order. Those that `is_shown`
    /// refuses take no place.
    pub(super) fn nearest(
        &self,
        message: &Vector,
        most: usize,
        is_shown: impl Fn(usize) -> bool,
    ) -> Vec<(usize, f32)> {
        let mut lists: Vec<(&[(u32, f32)], f32)> =
            message.iter().map(|(column, value)| (self.list(column), value)).collect();
        lists.sort_by_key(|(list, _)| list.len());
        let finding = finding(lists.iter().map(|(list, _)| list.len()));
        let (finding, adding) = lists.split_at(finding);
        let mut best = self.sums(finding);
        best.retain(|(document, _)| is_shown(*document as usize));
        let by_score = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if best.len() > most {
            best.select_nth_unstable_by(most, by_score);
            best.truncate(most);
        }
        if !adding.is_empty() {
            best.sort_unstable_by_key(|(document, _)| *document);
            for (list, value) in adding {
                add(list, &mut best, |weight| value * weight);
            }
        }
        best.into_iter().map(|(document, score)| (document as usize, score)).collect()
    }

    /// Adds `value` to those of `documents`, which ascend, that hold the column.
    pub(super) fn add(&self, column: u32, documents: &mut [(u32, f32)], value: f32) {
        add(self.list(column), documents, |_| value);
    }

    fn list(&self, column: u32) -> &[(u32, f32)] {
        self.lists.get(column as usize).map(Vec::as_slice).unwrap_or_default()
    }

    /// The documents of `lists`, each with its sum.
    fn sums(&self, lists: &[(&[(u32, f32)], f32)]) -> Vec<(u32, f32)> {
        SCORES.with_borrow_mut(|scores| {
            scores.resize(self.documents.max(scores.len()), 0.0);
            let mut touched: Vec<u32> = Vec::new();
            for (list, value) in lists {
                for (document, weight) in *list {
                    let Some(score) = scores.get_mut(*document as usize) else { continue };
                    if *score == 0.0 {
                        touched.push(*document);
                    }
                    *score += value * weight;
                }
            }
            let take = |document: u32| {
                let score = scores.get_mut(document as usize).map(std::mem::take);
                (document, score.unwrap_or_default())
            };
            touched.into_iter().map(take).collect()
        })
    }
}

/// How many of the lists, which stand by length, find candidates: as many as hold [`FINDING`]
/// documents together, and one in any case.
pub(super) fn finding(lengths: impl Iterator<Item = usize>) -> usize {
    let mut read = 0;
    let within = lengths.take_while(|length| {
        let is_first = read == 0;
        read += length;
        read <= FINDING || is_first
    });
    within.count()
}

fn add(list: &[(u32, f32)], documents: &mut [(u32, f32)], value: impl Fn(f32) -> f32) {
    let is_long = list.len() > LONG * documents.len();
    let mut rest = list;
    for (document, sum) in documents {
        let before = |(other, _): &(u32, f32)| other < document;
        let skipped = if is_long {
            rest.partition_point(before)
        } else {
            rest.iter().take_while(|posting| before(posting)).count()
        };
        rest = rest.get(skipped..).unwrap_or_default();
        if let Some((_, weight)) = rest.first().filter(|(other, _)| other == document) {
            *sum += value(*weight);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn vector(pairs: &[(u32, f32)]) -> Vector {
        let (columns, values) = pairs.iter().copied().unzip();
        Vector { columns, values }
    }

    #[test]
    fn what_is_in_all_documents_adds_to_what_the_rare_has_found() {
        // column 0 is in all documents, column 1 in every thousandth
        let documents = FINDING * 2;
        let vectors = (0..documents).map(|at| {
            let common = (0, if at == 5_000 { 0.9 } else { 0.5 });
            if at % 1_000 == 0 { vector(&[common, (1, 0.5)]) } else { vector(&[common]) }
        });
        let postings = Postings::of(2, vectors);
        let mut found = postings.nearest(&vector(&[(0, 0.6), (1, 0.8)]), 40, |_| true);
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        assert_eq!(found.len(), documents.div_ceil(1_000), "only what holds the rare is found");
        assert_eq!(found[0].0, 5_000);
        assert!((found[0].1 - (0.6 * 0.9 + 0.8 * 0.5)).abs() < 1e-6, "{found:?}");
        assert!((found[1].1 - (0.6 * 0.5 + 0.8 * 0.5)).abs() < 1e-6, "{found:?}");
        let shown = postings.nearest(&vector(&[(1, 1.0)]), 3, |at| at >= 9_000);
        assert!(shown.len() == 3 && shown.iter().all(|(at, _)| *at >= 9_000), "{shown:?}");
    }

    #[test]
    fn lists_find_until_they_are_too_long_together_but_one_always_does() {
        assert_eq!(finding([3, 5, 90].into_iter()), 3);
        assert_eq!(finding([100, FINDING, FINDING * 2].into_iter()), 1);
        assert_eq!(finding([FINDING * 3, FINDING * 4].into_iter()), 1);
        assert_eq!(finding(std::iter::empty()), 0);
    }

    proptest! {
        #[test]
        fn adding_finds_what_reading_through_finds(
            list in prop::collection::btree_set(0_u32..400, 0..300),
            documents in prop::collection::btree_set(0_u32..400, 0..40),
        ) {
            let postings: Vec<(u32, f32)> = list.iter().map(|at| (*at, 1.0)).collect();
            let mut sums: Vec<(u32, f32)> = documents.iter().map(|at| (*at, 2.0)).collect();
            add(&postings, &mut sums, |weight| weight);
            for (document, sum) in sums {
                let wanted = if list.contains(&document) { 3.0 } else { 2.0 };
                prop_assert!((sum - wanted).abs() < 1e-6);
            }
        }
    }
}
