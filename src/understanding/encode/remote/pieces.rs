//! What of a text is read: as much as the encoders here read of one, and its clauses. Where a model's own
//! tokens end is not known; words and Chinese characters stand for them.

use crate::understanding::encode::pooling::{CLAUSE_ENDS, LEAST_CLAUSE, MOST_CLAUSES};

/// Most letters of a text, where others than those of ASCII count as three: some 256 tokens.
const MOST_LETTERS: usize = 1_000;
/// How much a letter counts that is not of ASCII.
const WIDE: usize = 3;

/// The beginning of a text, if it is long.
pub(super) fn cut(text: &str) -> &str {
    let text = text.trim();
    let mut letters = 0;
    for (at, c) in text.char_indices() {
        letters += if c.is_ascii() { 1 } else { WIDE };
        if letters > MOST_LETTERS {
            return text.get(..at).unwrap_or(text);
        }
    }
    // an endpoint refuses what is empty, and with it all that is sent beside
    if text.is_empty() { "." } else { text }
}

/// The clauses of a text, where it has several.
pub(super) fn clauses(text: &str) -> Vec<&str> {
    let (mut clauses, mut start) = (Vec::new(), 0);
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        // `3.5` and `shop.example` are no two clauses
        let is_inside =
            c.is_ascii() && chars.peek().is_some_and(|(_, next)| next.is_ascii_alphanumeric());
        if is_end(c) && !is_inside {
            clauses.push(text.get(start..at).unwrap_or_default().trim());
            start = at + c.len_utf8();
        }
    }
    clauses.push(text.get(start..).unwrap_or_default().trim());
    clauses.retain(|clause| !clause.is_empty());
    if clauses.len() < 2 {
        return Vec::new();
    }
    clauses.retain(|clause| size(clause) >= LEAST_CLAUSE);
    clauses.truncate(MOST_CLAUSES);
    clauses
}

fn is_end(c: char) -> bool {
    CLAUSE_ENDS.contains(&c) || matches!(c, '，' | '；' | '！' | '？' | '：')
}

/// Words, and characters of scripts that write no spaces.
fn size(clause: &str) -> usize {
    let is_han = |c: &char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}');
    clause.split_whitespace().map(|word| word.chars().filter(is_han).count().max(1)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_end_where_people_pause() {
        let both = ["I moved house last week", "how do I change my password"];
        assert_eq!(clauses("I moved house last week, how do I change my password?"), both);
        assert_eq!(clauses("屏幕坏了，怎么修改地址？"), ["屏幕坏了", "怎么修改地址"]);
        assert_eq!(clauses("where is my parcel?"), Vec::<&str>::new(), "one clause is the whole");
        assert_eq!(clauses("it costs 3.5 euros at shop.example"), Vec::<&str>::new());
        assert_eq!(clauses("hello, where is my parcel"), ["where is my parcel"]);
        assert_eq!(clauses(&"one two three. ".repeat(20)).len(), MOST_CLAUSES);
    }

    #[test]
    fn what_is_long_is_cut_between_letters() {
        assert_eq!(cut("  short "), "short");
        assert_eq!(cut("  "), ".");
        assert_eq!(cut(&"a".repeat(5_000)).len(), MOST_LETTERS);
        assert_eq!(cut(&"退".repeat(5_000)).chars().count(), MOST_LETTERS / WIDE);
    }
}
