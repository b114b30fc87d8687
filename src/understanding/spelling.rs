//! Misspelt words: what a word that the knowledge does not have was meant to be. Words within a
//! distance share a form with letters left out (symmetric deletes; Garbe 2012), so that only few are
//! compared.

use strsim::osa_distance;

/// Lengths of words of which forms are kept.
const LENGTHS: std::ops::RangeInclusive<usize> = 3..=20;
/// From so many letters on, a word may have one slip, and two.
const ONE_SLIP: usize = 4;
const TWO_SLIPS: usize = 8;
/// A word that is cut short has at least so many letters left, and lacks at least so many: fewer are
/// an ending.
const CUT_SHORT: usize = 5;
const CUT_OFF: usize = 3;
/// From so many letters on, one letter may stand for another.
const LONG: usize = 6;

/// The words of the knowledge, ready for looking up misspelt ones.
pub(super) struct Spelling {
    words: Vec<(String, u32)>,
    /// Hashes of the words with letters left out, sorted.
    shortened: Vec<(u64, u32)>,
}

impl Spelling {
    /// Knows these words, each with how often it stands in the knowledge.
    pub(super) fn of<'a>(words: impl Iterator<Item = (&'a String, &'a u32)>) -> Self {
        let mut words: Vec<(String, u32)> =
            words.map(|(word, count)| (word.clone(), *count)).collect();
        words.sort_unstable();
        let mut shortened = Vec::new();
        for (at, (word, _)) in (0..).zip(&words) {
            shorten(word, slips(word), &mut |hash| shortened.push((hash, at)));
        }
        shortened.sort_unstable();
        shortened.dedup();
        Self { words, shortened }
    }

    /// What an unknown word was meant to be: the only word that it begins ("refurb"), or the nearest
    /// word, of several the most frequent.
    pub(super) fn correct(&self, word: &str) -> Option<&str> {
        self.begun(word).or_else(|| self.nearest(word))
    }

    /// The word that is cut short to `word`, which may stand in the plural; nothing where several
    /// words that are not forms of each other begin so.
    fn begun(&self, word: &str) -> Option<&str> {
        let cut = word.strip_suffix('s').unwrap_or(word);
        if cut.len() < CUT_SHORT || !cut.is_ascii() {
            return None;
        }
        let first = self.words.partition_point(|(known, _)| known.as_str() < cut);
        let rest = self.words.get(first..).unwrap_or_default().iter();
        let whole: Vec<&(String, u32)> =
            rest.take_while(|(known, _)| known.starts_with(cut)).collect();
        let shortest = whole.iter().map(|(known, _)| known).min_by_key(|known| known.len())?;
        let is_form = |(known, _): &&&(String, u32)| known.starts_with(shortest.as_str());
        let lacking = shortest.len() - cut.len();
        let is_one = lacking >= CUT_OFF && whole.iter().filter(is_form).count() == whole.len();
        is_one.then_some(shortest)
    }

    fn nearest(&self, word: &str) -> Option<&str> {
        let allowed = slips(word);
        let mut near: Vec<u32> = Vec::new();
        shorten(word, allowed, &mut |hash| {
            let first = self.shortened.partition_point(|(known, _)| *known < hash);
            let same = self.shortened.get(first..).unwrap_or_default().iter();
            near.extend(same.take_while(|(known, _)| *known == hash).map(|(_, at)| *at));
        });
        near.sort_unstable();
        near.dedup();
        let compared = near.into_iter().filter_map(|at| {
            let (known, count) = self.words.get(at as usize)?;
            let distance = osa_distance(word, known);
            let is_near = distance <= allowed && is_slip(word, known);
            is_near.then_some((distance, std::cmp::Reverse(*count), known.as_str()))
        });
        compared.min().map(|(_, _, known)| known)
    }
}

/// How many slips a word may have.
fn slips(word: &str) -> usize {
    match word.chars().count() {
        0..ONE_SLIP => 0,
        ONE_SLIP..TWO_SLIPS => 1,
        _ => 2,
    }
}

/// Whether a word may be a slip of another rather than a word of its own: few mistype the first
/// letter but by swapping it, and an ending makes another form of another word.
fn is_slip(word: &str, known: &str) -> bool {
    let (mut written, mut right) = (word.chars(), known.chars());
    let (first, second) = (written.next(), written.next());
    let (right_first, right_second) = (right.next(), right.next());
    let is_swapped = first == right_second && second == right_first;
    let is_form = ["s", "d", "ed", "r", "er", "ly", "y", "n", "t"]
        .iter()
        .any(|end| word.strip_suffix(end) == Some(known) || known.strip_suffix(end) == Some(word));
    // one letter for another makes a word of its own too easily where there are few: tall, tell
    let (length, right_length) = (word.chars().count(), known.chars().count());
    let is_exchange = length == right_length && length < LONG && !is_permuted(word, known);
    (first == right_first || is_swapped) && !is_form && !is_exchange
}

/// Whether two words have the same letters.
fn is_permuted(word: &str, known: &str) -> bool {
    let sorted = |word: &str| {
        let mut letters: Vec<char> = word.chars().collect();
        letters.sort_unstable();
        letters
    };
    sorted(word) == sorted(known)
}

/// Hashes of the word with none, one and up to `depth` (two at most) of its letters left out: words
/// within a distance share one of them.
pub(super) fn shorten(word: &str, depth: usize, each: &mut impl FnMut(u64)) {
    let letters: Vec<char> = word.chars().collect();
    if depth == 0 || !LENGTHS.contains(&letters.len()) {
        return;
    }
    let mut without = |first: usize, second: usize| {
        let kept = letters.iter().enumerate().filter(|(at, _)| *at != first && *at != second);
        each(fxhash::hash64(&kept.map(|(_, letter)| *letter).collect::<String>()));
    };
    let none = letters.len();
    without(none, none);
    for first in 0..letters.len() {
        without(first, none);
        for second in first + 1..if depth > 1 { letters.len() } else { 0 } {
            without(first, second);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_corrected_and_other_words_left() {
        let counts = [
            ("refund", 9),
            ("delivery", 7),
            ("address", 5),
            ("cancel", 5),
            ("amount", 3),
            ("call", 9),
            ("lamp", 2),
            ("warranty", 2),
            ("parcel", 4),
            ("refurbish", 2),
            ("refurbished", 4),
            ("connect", 3),
            ("connector", 3),
            ("conclude", 1),
            ("conclusion", 1),
        ];
        let counts: Vec<(String, u32)> =
            counts.into_iter().map(|(word, count)| (word.to_owned(), count)).collect();
        let spelling = Spelling::of(counts.iter().map(|(word, count)| (word, count)));
        for (word, right) in [
            ("refnud", Some("refund")),
            ("erfund", Some("refund")),
            ("delivry", Some("delivery")),
            ("adress", Some("address")),
            ("cancle", Some("cancel")),
            ("warrenty", Some("warranty")),
            ("waranti", None),
            ("mount", None),
            ("tall", None),
            ("cull", None),
            ("lamps", None),
            ("cal", None),
            ("everest", None),
            ("refurb", Some("refurbish")),
            ("refurbs", Some("refurbish")),
            ("concl", None),
            ("connec", None),
            ("deliv", Some("delivery")),
        ] {
            assert_eq!(spelling.correct(word), right, "{word}");
        }
    }
}
