//! What is indexed of a text, and what a query asks for. Chinese and Japanese characters are indexed
//! one by one with their places, so that any run of them, also of one or two, is found wherever a
//! dictionary would cut; beside them stand the analyzer's words, so that words are found that stand
//! apart, and other forms of English words.

use unicode_segmentation::UnicodeSegmentation;

use crate::understanding::{fold, tokenise};

/// Most parts of a query; the others do not count.
const MOST_PIECES: usize = 12;

/// What is indexed of a text.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Indexed {
    /// Characters of scripts without spaces, and words of the others, in order.
    pub(super) signs: Vec<String>,
    /// The analyzer's words: stems, and Chinese words.
    pub(super) words: Vec<String>,
}

impl Indexed {
    pub(super) fn of(text: &str) -> Self {
        let mut signs = Vec::new();
        for run in runs(&fold(text)) {
            match run {
                Run::Dense(run) => signs.extend(run.chars().map(String::from)),
                Run::Spaced(word) => signs.push(word),
            }
        }
        Self { signs, words: words_of(text) }
    }
}

fn words_of(text: &str) -> Vec<String> {
    tokenise(text).words.into_iter().map(|word| word.stem).collect()
}

enum Run {
    Dense(String),
    Spaced(String),
}

fn runs(folded: &str) -> Vec<Run> {
    let mut found = Vec::new();
    let mut rest = folded;
    while let Some(first) = rest.chars().next() {
        let is_dense = is_dense(first);
        let end = rest.find(|c| self::is_dense(c) != is_dense).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if is_dense {
            found.push(Run::Dense(run.to_owned()));
        } else {
            found.extend(run.unicode_words().map(|word| Run::Spaced(word.to_owned())));
        }
        rest = after;
    }
    found
}

/// Whether a character belongs to a script that is written without spaces: Han, kana.
pub(super) fn is_dense(c: char) -> bool {
    matches!(c, '\u{3005}' | '\u{3007}' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// A part of a query; a text must have all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// These characters one behind the other, or all of these words.
    Dense { run: String, words: Vec<String> },
    /// A word that begins so, or whose stem is this.
    Spaced { start: String, stem: String },
}

/// A query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pieces(pub(super) Vec<Piece>);

impl Pieces {
    pub(super) fn of(query: &str) -> Self {
        let pieces = runs(&fold(query)).into_iter().take(MOST_PIECES).map(|run| match run {
            Run::Dense(run) => Piece::Dense { words: words_of(&run), run },
            Run::Spaced(start) => {
                let stem = words_of(&start).into_iter().next();
                Piece::Spaced { stem: stem.unwrap_or_else(|| start.clone()), start }
            }
        });
        Self(pieces.collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_indexed_by_signs_and_by_words() {
        let indexed = Indexed::of("请问iPhone退款 refunds");
        assert_eq!(indexed.signs, ["请", "问", "iphone", "退", "款", "refunds"]);
        assert!(indexed.words.contains(&"退款".to_owned()), "{indexed:?}");
        assert!(indexed.words.contains(&"refund".to_owned()), "{indexed:?}");
    }

    #[test]
    fn a_query_of_one_character_is_a_query_and_one_of_signs_is_none() {
        assert_eq!(Pieces::of("退").0.len(), 1);
        assert_eq!(Pieces::of("退款 ref").0.len(), 2);
        assert!(Pieces::of(" ?!，。 ").is_empty());
        assert_eq!(Pieces::of(&"a ".repeat(50)).0.len(), MOST_PIECES);
    }
}
