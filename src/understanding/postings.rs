//! The values of features in documents, for cosines of a message with them: a list of documents for
//! each feature that is rare enough to find by, and for each document what it has of the others.
//! These only add to what was found, as in "continue" (Moffat and Zobel 1996): the time of a search
//! does not grow with the knowledge.

use crate::understanding::features::Vector;

thread_local! {
    /// A score for each document, all zero between two searches.
    static SCORES: std::cell::RefCell<Vec<f32>> = const { std::cell::RefCell::new(Vec::new()) };
}

/// A feature that is in more documents finds none.
const RARE: usize = 512;
/// A list that is so many times longer than what is sought in it is not read through.
const LONG: usize = 16;

/// The value 1 in two bytes, and what one of its parts is.
const FULL: f32 = 65_535.0;
const STEP: f32 = 1.0 / FULL;

/// Documents with values, or columns with values; ascending.
type Pairs = Vec<(u32, f32)>;

/// The values of all features in all documents.
#[derive(Debug, Default)]
pub(super) struct Postings {
    /// For each rare column, the documents.
    lists: Lists,
    is_common: Vec<bool>,
    /// For each document, its common columns.
    rows: Lists,
}

impl Postings {
    /// Lists `vectors`, which have so many columns. They are gone through twice, so that nothing has to
    /// grow or is there twice.
    pub(super) fn of(columns: usize, vectors: impl Iterator<Item = Vector> + Clone) -> Self {
        let mut holding = vec![0_usize; columns];
        let mut documents = 0;
        for vector in vectors.clone() {
            documents += 1;
            for column in vector.columns {
                if let Some(holding) = holding.get_mut(column as usize) {
                    *holding += 1;
                }
            }
        }
        let is_common: Vec<bool> = holding.iter().map(|holding| *holding > RARE).collect();
        let rare = holding.iter().map(|holding| if *holding > RARE { 0 } else { *holding });
        let mut lists = Lists::with_room(documents, rare);
        // what is in many documents was mostly met early, and has a low number
        let most = is_common.iter().rposition(|common| *common).map_or(0, |last| last + 1);
        let mut rows = Lists::below(most);
        let mut free = lists.starts.clone();
        for (document, vector) in (0_u32..).zip(vectors) {
            for (column, value) in vector.iter() {
                match (is_common.get(column as usize), free.get_mut(column as usize)) {
                    (Some(false), Some(at)) => {
                        lists.put(*at as usize, document, value);
                        *at += 1;
                    }
                    (Some(true), _) => rows.push(column, value),
                    _ => {}
                }
            }
            rows.end();
        }
        rows.shrink();
        Self { lists, is_common, rows }
    }

    /// The documents with the highest cosines by what is rare, at most so many, and those of `also`,
    /// each with its cosine by all; ascending. Those that `is_shown` refuses take no place.
    pub(super) fn nearest(
        &self,
        message: &Vector,
        most: usize,
        also: &[usize],
        is_shown: impl Fn(usize) -> bool,
    ) -> Vec<(usize, f32)> {
        let (mut found, added) = self.sums(message, also);
        found.retain(|(document, _)| is_shown(*document as usize));
        let by_score = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if found.len() > most {
            found.select_nth_unstable_by(most, by_score);
            found.truncate(most);
        }
        found.extend(added);
        found.sort_unstable_by_key(|(document, _)| *document);
        found.dedup_by_key(|(document, _)| *document);
        let is_common =
            |(column, _): &(u32, f32)| self.is_common.get(*column as usize) == Some(&true);
        let common: Pairs = message.iter().filter(is_common).collect();
        let whole = found.into_iter().map(|(document, sum)| {
            (document as usize, sum + product(&common, self.rows.list(document as usize)))
        });
        whole.filter(|(_, score)| *score > 0.0).collect()
    }

    /// Adds `value` to those of `documents`, which ascend, that have the column.
    pub(super) fn add(&self, column: u32, documents: &mut [(u32, f32)], value: f32) {
        if self.is_common.get(column as usize) == Some(&true) {
            for (document, sum) in documents {
                if self.rows.list(*document as usize).has(column) {
                    *sum += value;
                }
            }
        } else {
            match self.lists.list(column as usize) {
                List::Short(Part { numbers, .. }) => add(numbers, documents, value),
                List::Long(Part { numbers, .. }) => add(numbers, documents, value),
            }
        }
    }

    /// The documents that have rare columns of the message, each with its cosine by these; and the
    /// same for `also`.
    fn sums(&self, message: &Vector, also: &[usize]) -> (Pairs, Pairs) {
        SCORES.with_borrow_mut(|scores| {
            scores.resize(self.rows.len().max(scores.len()), 0.0);
            let mut touched: Vec<u32> = Vec::new();
            for (column, value) in message.iter() {
                self.lists.list(column as usize).each(|document, weight| {
                    let Some(score) = scores.get_mut(document as usize) else { return };
                    if *score == 0.0 {
                        touched.push(document);
                    }
                    *score += value * weight;
                });
            }
            let added = also.iter().filter_map(|document| {
                Some((u32::try_from(*document).ok()?, *scores.get(*document)?))
            });
            let added = added.collect();
            let take = |document: u32| {
                let score = scores.get_mut(document as usize).map(std::mem::take);
                (document, score.unwrap_or_default())
            };
            (touched.into_iter().map(take).collect(), added)
        })
    }
}

/// The scalar product of two sparse vectors.
fn product(a: &[(u32, f32)], b: List<'_>) -> f32 {
    let mut rest = a.iter().peekable();
    let mut sum = 0.0;
    b.each(|column, value| {
        while rest.next_if(|(other, _)| *other < column).is_some() {}
        if let Some((_, other)) = rest.next_if(|(other, _)| *other == column) {
            sum += value * other;
        }
    });
    sum
}

fn add<N: Copy + Into<u32>>(list: &[N], documents: &mut [(u32, f32)], value: f32) {
    let is_long = list.len() > LONG * documents.len();
    let mut rest = list;
    for (document, sum) in documents {
        let before = |other: &N| (*other).into() < *document;
        let skipped = if is_long {
            rest.partition_point(before)
        } else {
            rest.iter().take_while(|other| before(other)).count()
        };
        rest = rest.get(skipped..).unwrap_or_default();
        if rest.first().is_some_and(|other| (*other).into() == *document) {
            *sum += value;
        }
    }
}

/// Lists of numbers with values, one behind another: a document has hundreds. Four bytes each where
/// no number needs more than two, else six.
#[derive(Debug, Default)]
struct Lists {
    /// Where each list begins; one more for the end.
    starts: Vec<u32>,
    numbers: Numbers,
    values: Vec<u16>,
}

#[derive(Debug)]
enum Numbers {
    Short(Vec<u16>),
    Long(Vec<u32>),
}

impl Default for Numbers {
    fn default() -> Self {
        Self::Short(vec![])
    }
}

impl Lists {
    /// No lists, of numbers below `most`.
    fn below(most: usize) -> Self {
        let is_short = most <= 1 << u16::BITS;
        let numbers = if is_short { Numbers::default() } else { Numbers::Long(vec![]) };
        Self { starts: vec![0], numbers, values: vec![] }
    }

    /// Lists of these lengths, still to be filled.
    fn with_room(most: usize, lengths: impl Iterator<Item = usize>) -> Self {
        let mut lists = Self::below(most);
        let mut end = 0;
        lists.starts.extend(lengths.map(|length| {
            end += length;
            place(end)
        }));
        lists.values.resize(end, 0);
        match &mut lists.numbers {
            Numbers::Short(numbers) => numbers.resize(end, 0),
            Numbers::Long(numbers) => numbers.resize(end, 0),
        }
        lists
    }

    fn put(&mut self, at: usize, number: u32, value: f32) {
        if let Some(to) = self.values.get_mut(at) {
            *to = in_two_bytes(value);
        }
        match &mut self.numbers {
            Numbers::Short(numbers) => {
                if let (Some(to), Ok(number)) = (numbers.get_mut(at), u16::try_from(number)) {
                    *to = number;
                }
            }
            Numbers::Long(numbers) => {
                if let Some(to) = numbers.get_mut(at) {
                    *to = number;
                }
            }
        }
    }

    /// Appends to the last list, which [`Lists::end`] ends.
    fn push(&mut self, number: u32, value: f32) {
        let at = self.values.len();
        self.values.push(0);
        match &mut self.numbers {
            Numbers::Short(numbers) => numbers.push(0),
            Numbers::Long(numbers) => numbers.push(0),
        }
        self.put(at, number, value);
    }

    fn end(&mut self) {
        self.starts.push(place(self.values.len()));
    }

    fn shrink(&mut self) {
        self.starts.shrink_to_fit();
        self.values.shrink_to_fit();
        match &mut self.numbers {
            Numbers::Short(numbers) => numbers.shrink_to_fit(),
            Numbers::Long(numbers) => numbers.shrink_to_fit(),
        }
    }

    fn len(&self) -> usize {
        self.starts.len().saturating_sub(1)
    }

    fn list(&self, at: usize) -> List<'_> {
        let bounds = self.starts.get(at..).and_then(<[u32]>::first_chunk);
        let range = bounds.map_or(0..0, |[start, end]| *start as usize..*end as usize);
        let values = self.values.get(range.clone()).unwrap_or_default();
        match &self.numbers {
            Numbers::Short(numbers) => {
                List::Short(Part { numbers: numbers.get(range).unwrap_or_default(), values })
            }
            Numbers::Long(numbers) => {
                List::Long(Part { numbers: numbers.get(range).unwrap_or_default(), values })
            }
        }
    }
}

/// What lies further on than four thousand million is in no list.
fn place(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

/// One of the lists.
#[derive(Clone, Copy)]
enum List<'a> {
    Short(Part<'a, u16>),
    Long(Part<'a, u32>),
}

#[derive(Clone, Copy)]
struct Part<'a, N> {
    numbers: &'a [N],
    values: &'a [u16],
}

impl List<'_> {
    fn each(self, each: impl FnMut(u32, f32)) {
        match self {
            Self::Short(part) => part.each(each),
            Self::Long(part) => part.each(each),
        }
    }

    fn has(self, number: u32) -> bool {
        match self {
            Self::Short(Part { numbers, .. }) => {
                u16::try_from(number).is_ok_and(|number| numbers.binary_search(&number).is_ok())
            }
            Self::Long(Part { numbers, .. }) => numbers.binary_search(&number).is_ok(),
        }
    }
}

impl<N: Copy + Into<u32>> Part<'_, N> {
    fn each(self, mut each: impl FnMut(u32, f32)) {
        for (number, value) in self.numbers.iter().zip(self.values) {
            each((*number).into(), f32::from(*value) * STEP);
        }
    }
}

/// A value between 0 and 1, exact to a hundred-thousandth; what is not 0 does not become it.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 65535")]
fn in_two_bytes(value: f32) -> u16 {
    (value * FULL).round().clamp(1.0, FULL) as u16
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
    fn what_is_in_very_many_documents_adds_to_what_the_rare_has_found() {
        for (common, rare) in [(0, 1), (70_000, 80_000)] {
            what_is_common_adds(common, rare);
        }
    }

    /// One column is in all documents, the other in every thousandth.
    fn what_is_common_adds(common: u32, rare: u32) {
        let documents = 8_192_usize;
        let vectors = (0..documents).map(|at| {
            let common = (common, if at == 5_000 { 0.9 } else { 0.5 });
            if at % 1_000 == 0 { vector(&[common, (rare, 0.5)]) } else { vector(&[common]) }
        });
        let postings = Postings::of(rare as usize + 1, vectors);
        let message = vector(&[(common, 0.6), (rare, 0.8)]);
        let mut found = postings.nearest(&message, 40, &[], |_| true);
        found.sort_by(|a, b| b.1.total_cmp(&a.1));
        assert_eq!(found.len(), documents.div_ceil(1_000), "only what holds the rare is found");
        assert_eq!(found[0].0, 5_000);
        assert!((found[0].1 - (0.6 * 0.9 + 0.8 * 0.5)).abs() < 1e-4, "{found:?}");
        assert!((found[1].1 - (0.6 * 0.5 + 0.8 * 0.5)).abs() < 1e-4, "{found:?}");
        let asked = postings.nearest(&message, 1, &[5_000, 77], |_| true);
        let asked: Vec<usize> = asked.into_iter().map(|(document, _)| document).collect();
        assert_eq!(asked, [0, 77, 5_000], "what was asked for has its cosine too");
        let shown = postings.nearest(&vector(&[(rare, 1.0)]), 3, &[], |at| at >= 4_000);
        assert!(shown.len() == 3 && shown.iter().all(|(at, _)| *at >= 4_000), "{shown:?}");
        let mut sums = [(76, 0.0), (5_000, 0.0)];
        postings.add(common, &mut sums, 2.0);
        postings.add(rare, &mut sums, 3.0);
        assert_eq!(sums.map(|(_, sum)| sum.to_string()), ["2", "5"]);
    }

    #[test]
    fn documents_are_told_apart_where_two_bytes_do_not_number_them() {
        for documents in [1 << 16, (1 << 16) + 1, 70_000_usize] {
            let one_of = |at: usize| u32::from(at == documents - 1);
            let vectors = (0..documents).map(|at| vector(&[(one_of(at), 0.5)]));
            let postings = Postings::of(2, vectors);
            let found = postings.nearest(&vector(&[(1, 1.0)]), 3, &[], |_| true);
            assert!(matches!(found.as_slice(), [(at, _)] if *at == documents - 1), "{found:?}");
            let last = u32::try_from(documents - 1).unwrap();
            let mut sums = [(3, 0.0), (last, 0.0)];
            postings.add(1, &mut sums, 1.0);
            postings.add(0, &mut sums, 2.0);
            assert_eq!(sums.map(|(_, sum)| sum.to_string()), ["2", "1"]);
        }
    }

    proptest! {
        #[test]
        fn cosines_are_those_of_the_vectors_and_sums_those_of_the_lists(
            rows in prop::collection::vec(prop::collection::btree_map(0_u32..30, 0.1_f32..1.0, 0..9), 0..60),
            message in prop::collection::btree_map(0_u32..30, 0.1_f32..1.0, 1..9),
            documents in prop::collection::btree_set(0_u32..60, 0..20),
            is_wide: bool,
        ) {
            let pairs = |map: &std::collections::BTreeMap<u32, f32>| -> Pairs {
                map.iter().map(|(column, value)| (*column, *value)).collect()
            };
            // with few columns numbers are kept in two bytes, with many in four
            let columns = if is_wide { 100_000 } else { 30 };
            let postings = Postings::of(columns, rows.iter().map(|row| vector(&pairs(row))));
            let asked = vector(&pairs(&message));
            let found = postings.nearest(&asked, 1_000, &[], |_| true);
            for (document, row) in rows.iter().enumerate() {
                let wanted: f32 =
                    message.iter().filter_map(|(column, v)| Some(v * row.get(column)?)).sum();
                let score = found.iter().find(|(at, _)| *at == document);
                prop_assert!((score.map_or(0.0, |(_, score)| *score) - wanted).abs() < 1e-4);
            }
            let mut sums: Pairs = documents.iter().map(|document| (*document, 1.0)).collect();
            postings.add(7, &mut sums, 1.0);
            for (document, sum) in sums {
                let has = rows.get(document as usize).is_some_and(|row| row.contains_key(&7));
                let wanted = if has { 2.0 } else { 1.0 };
                prop_assert!((sum - wanted).abs() < 1e-6);
            }
        }
    }
}
