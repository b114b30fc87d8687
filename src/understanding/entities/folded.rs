//! A message in narrow forms, simplified characters and lower case, with the way back: full-width
//! digits, letters and signs become plain ones, so that each pattern is written once. Every character stays one
//! character, and both forms share their byte offsets.

use std::ops::Range;

use crate::understanding::tokenise::simplified;

/// A message as the patterns see it.
pub(in crate::understanding) struct Folded<'a> {
    source: &'a str,
    /// In narrow forms, the case as written.
    pub(super) cased: String,
    /// In narrow forms and lower case.
    pub(in crate::understanding) lower: String,
    /// Whether there is an ASCII digit in it.
    pub(super) has_digit: bool,
    /// For each byte of the folded text, where its character starts in the source; then the end.
    origins: Vec<usize>,
}

impl<'a> Folded<'a> {
    pub(in crate::understanding) fn new(source: &'a str) -> Self {
        let mut cased = String::with_capacity(source.len());
        let mut lower = String::with_capacity(source.len());
        let mut origins = Vec::with_capacity(source.len() + 1);
        for (at, c) in source.char_indices() {
            let c = narrow(c);
            cased.push(c);
            lower.push(lower_case(c));
            origins.extend(std::iter::repeat_n(at, c.len_utf8()));
        }
        origins.push(source.len());
        let (cased, lower) = (simplified(cased), simplified(lower));
        let has_digit = lower.bytes().any(|byte| byte.is_ascii_digit());
        Self { source, cased, lower, has_digit, origins }
    }

    /// The place in the source of a span of the folded text, and what is written there.
    pub(in crate::understanding) fn written(
        &self,
        span: &Range<usize>,
    ) -> Option<(Range<usize>, &'a str)> {
        let place = *self.origins.get(span.start)?..*self.origins.get(span.end)?;
        Some((place.clone(), self.source.get(place)?))
    }

    /// The folded text before `at`.
    pub(super) fn before(&self, at: usize) -> &str {
        self.lower.get(..at).unwrap_or_default()
    }

    /// The folded text from `at` on.
    pub(super) fn after(&self, at: usize) -> &str {
        self.lower.get(at..).unwrap_or_default()
    }

    /// Whether the span is a word of its own: no letter or digit touches it, neither directly nor
    /// across one of the `joiners`. A point or colon joins digits only: "at:138…" is no word.
    pub(in crate::understanding) fn stands_alone(
        &self,
        span: &Range<usize>,
        joiners: &str,
    ) -> bool {
        let mut inside = self.lower.get(span.clone()).unwrap_or_default().chars();
        let (first, last) = (inside.next(), inside.next_back());
        let last = last.or(first);
        let before = self.before(span.start).chars().rev();
        let after = self.after(span.end).chars();
        !(first.is_some_and(is_word) && is_joined(before, joiners)
            || last.is_some_and(is_word) && is_joined(after, joiners))
    }
}

/// Whether the characters next to a word, read away from it, belong to it.
fn is_joined(mut neighbours: impl Iterator<Item = char>, joiners: &str) -> bool {
    match (neighbours.next(), neighbours.next()) {
        (Some(nearest), _) if is_word(nearest) => true,
        (Some('-' | '_'), Some(next)) if joiners.contains('-') => is_word(next),
        (Some(nearest), Some(next)) => joiners.contains(nearest) && next.is_ascii_digit(),
        _ => false,
    }
}

/// Whether the character is part of a word in a script that puts spaces between words.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() && !is_han(c)
}

/// Han characters, which stand side by side without making one word.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}'
        | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

fn narrow(c: char) -> char {
    match c {
        '\u{ff01}'..='\u{ff5e}' => {
            char::from_u32(u32::from(c) - 0xff01 + u32::from('!')).unwrap_or(c)
        }
        '\u{3000}' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' => ' ',
        '\u{2010}'..='\u{2013}' | '\u{2212}' => '-',
        '\u{2018}' | '\u{2019}' => '\'',
        '\u{ffe5}' => '¥',
        '\u{ffe1}' => '£',
        _ => c,
    }
}

/// The lower case if it has as many bytes: the forms of the text share their offsets.
fn lower_case(c: char) -> char {
    let mut lower = c.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(only), None) if only.len_utf8() == c.len_utf8() => only,
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_width_text_reads_like_plain_text_and_knows_its_origin() {
        let folded = Folded::new("订单：ＬＸ－１２ İK");
        assert_eq!(folded.cased, "订单:LX-12 İK");
        assert_eq!(folded.lower, "订单:lx-12 İk");
        assert_eq!(Folded::new("訂單號").cased, "订单号");
        let at = folded.lower.find("lx-12").unwrap();
        let (place, text) = folded.written(&(at..at + 5)).unwrap();
        assert_eq!((place, text), (9..24, "ＬＸ－１２"));
    }

    #[test]
    fn a_word_is_not_a_part_of_a_longer_one() {
        for (text, word, alone) in [
            ("a 12 b", "12", true),
            ("共12个", "12", true),
            ("x12", "12", false),
            ("12é", "12", false),
            ("12.5", "12", false),
            ("12. Then", "12", true),
            ("a-12", "12", false),
            ("12-b", "12", false),
            ("at:12", "12", true),
            ("3:12", "12", false),
        ] {
            let start = text.find(word).unwrap();
            let span = start..start + word.len();
            assert_eq!(Folded::new(text).stands_alone(&span, ".:-"), alone, "{text}");
        }
    }
}
