//! Where the words of a text stand in it. Words are those of `tokenise`, which sees folded text; the
//! way back goes by graphemes, which folding never splits.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::Span;
use crate::understanding::function_words::is_function_word;
use crate::understanding::tokenise::{fold, tokenise};

/// A word with its place.
pub(super) struct Spot {
    stem: String,
    span: Span,
}

/// The words of `text`, in order.
pub(super) fn spots(text: &str) -> Vec<Spot> {
    let characters: Vec<char> = text.chars().collect();
    let mut folded = String::with_capacity(text.len());
    // for each byte of the folded text, the characters from which it comes
    let mut origins: Vec<Range<usize>> = Vec::with_capacity(text.len());
    let mut at = 0;
    for grapheme in text.graphemes(true) {
        let origin = at..at + grapheme.chars().count();
        at = origin.end;
        folded.push_str(&fold(grapheme));
        origins.resize(folded.len(), origin);
    }
    let mut cursor = 0;
    let mut spots = Vec::new();
    for word in tokenise(&folded).words {
        let rest = folded.get(cursor..).unwrap_or_default();
        let Some(found) = rest.find(&word.surface) else { continue };
        let start = cursor + found;
        cursor = start + word.surface.len();
        let ends = (origins.get(start), cursor.checked_sub(1).and_then(|at| origins.get(at)));
        let (Some(first), Some(last)) = ends else { continue };
        let (start, end) = (first.start, last.end);
        let text = characters.get(start..end).unwrap_or_default().iter().collect();
        spots.push(Spot { stem: word.stem, span: Span { text, start, end } });
    }
    spots
}

/// The words that two texts share, in each of them; function words only when there is nothing else.
pub(super) fn shared(a: &[Spot], b: &[Spot]) -> (Vec<Span>, Vec<Span>) {
    let is_in = |spot: &Spot, others: &[Spot]| others.iter().any(|other| other.stem == spot.stem);
    let is_telling = |spot: &&Spot| !is_function_word(&spot.stem);
    let says_nothing = a.iter().filter(is_telling).count() == 0;
    let common = |own: &[Spot], others: &[Spot]| {
        let counting = own.iter().filter(|spot| says_nothing || is_telling(spot));
        counting.filter(|spot| is_in(spot, others)).map(|spot| spot.span.clone()).collect()
    };
    (common(a, b), common(b, a))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(spans: &[Span]) -> Vec<(&str, usize, usize)> {
        spans.iter().map(|span| (span.text.as_str(), span.start, span.end)).collect()
    }

    #[test]
    fn shared_words_are_placed_in_both_texts() {
        let (said, entry) =
            shared(&spots("Returning a lamp?"), &spots("Can I return lamps, please"));
        assert_eq!(words(&said), [("Returning", 0, 9), ("lamp", 12, 16)]);
        assert_eq!(words(&entry), [("return", 6, 12), ("lamps", 13, 18)]);
        let (said, entry) = shared(&spots("我要退貨"), &spots("怎么申请退货？"));
        assert_eq!(words(&said), [("退貨", 2, 4)]);
        assert_eq!(words(&entry), [("退货", 4, 6)]);
        let (said, _) = shared(&spots("is it"), &spots("what is that"));
        assert_eq!(words(&said), [("is", 0, 2)]);
    }

    #[test]
    fn full_width_and_composed_letters_keep_their_places() {
        let text = "“ＰＡＹ” cafe\u{301} ﬁx";
        let placed: Vec<Span> = spots(text).into_iter().map(|spot| spot.span).collect();
        assert_eq!(words(&placed), [("ＰＡＹ", 1, 4), ("cafe\u{301}", 6, 11), ("ﬁx", 12, 14)]);
        // one character that folds into several words
        let placed: Vec<Span> = spots("🉐ো").into_iter().map(|spot| spot.span).collect();
        assert!(placed.iter().all(|span| "🉐ো".contains(&span.text)), "{placed:?}");
    }

    proptest! {
        #[test]
        fn every_span_is_what_stands_there(text in "\\PC{0,60}") {
            let characters: Vec<char> = text.chars().collect();
            let mut last = 0;
            for Spot { span, .. } in spots(&text) {
                prop_assert!(span.start < span.end && span.end <= characters.len());
                // one character may fold into several words
                prop_assert!(span.end >= last);
                let there: String = characters[span.start..span.end].iter().collect();
                prop_assert_eq!(&there, &span.text);
                last = span.end;
            }
        }
    }
}
