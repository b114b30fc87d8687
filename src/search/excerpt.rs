//! The words around what was found, with what was found set apart. It is looked for in the text as it
//! was written, character by character, so that nothing has to be escaped or counted by whoever shows
//! it.

use serde::Serialize;

use crate::search::words::{Piece, Pieces, is_dense};
use crate::understanding::fold;

/// How many characters stand before the first hit, and how many are shown in all.
const BEFORE: usize = 30;
const SHOWN: usize = 140;

/// A part of an excerpt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The words.
    pub text: String,
    /// Whether they were searched for.
    pub hit: bool,
}

/// A character as it was written, with what it is folded to.
struct Sign {
    written: char,
    folded: String,
}

pub(super) fn of(text: &str, pieces: &Pieces) -> Vec<Part> {
    let signs: Vec<Sign> = text
        .chars()
        .map(|written| {
            let shown = if written.is_whitespace() { ' ' } else { written };
            Sign { written: shown, folded: fold(&written.to_string()) }
        })
        .collect();
    let mut hit = vec![false; signs.len()];
    for piece in &pieces.0 {
        match piece {
            Piece::Dense { run, words } => {
                if !mark(&signs, run, &mut hit) {
                    for word in words {
                        mark(&signs, word, &mut hit);
                    }
                }
            }
            Piece::Spaced { start, stem } => {
                if !mark(&signs, start, &mut hit) {
                    mark(&signs, stem, &mut hit);
                }
            }
        }
    }
    let first = hit.iter().position(|hit| *hit).unwrap_or_default();
    let start = first.saturating_sub(BEFORE);
    let mut parts: Vec<Part> = Vec::new();
    let mut push = |c: char, hit: bool| match parts.last_mut() {
        Some(last) if last.hit == hit => last.text.push(c),
        _ => parts.push(Part { text: c.to_string(), hit }),
    };
    if start > 0 {
        push('…', false);
    }
    for (sign, hit) in signs.iter().zip(&hit).skip(start).take(SHOWN) {
        push(sign.written, *hit);
    }
    if signs.len() > start + SHOWN {
        push('…', false);
    }
    parts
}

/// Marks every place where `wanted` stands; a word of a script with spaces only at a word's beginning.
fn mark(signs: &[Sign], wanted: &str, hit: &mut [bool]) -> bool {
    let needs_start = !wanted.chars().next().is_some_and(is_dense);
    let mut found = false;
    let mut follows_word = false;
    for at in 0..signs.len() {
        let rest = signs.get(at..).unwrap_or_default();
        if !(needs_start && follows_word)
            && let Some(length) = length_of(rest, wanted)
        {
            found = true;
            hit.iter_mut().skip(at).take(length).for_each(|hit| *hit = true);
        }
        let written = rest.first().map(|sign| sign.written);
        follows_word = written.is_some_and(|c| c.is_alphanumeric() && !is_dense(c));
    }
    found
}

/// How many of the first signs are folded to `wanted`.
fn length_of(signs: &[Sign], wanted: &str) -> Option<usize> {
    let mut rest = wanted;
    for (count, sign) in signs.iter().enumerate() {
        if rest.is_empty() {
            return Some(count);
        }
        rest = rest.strip_prefix(sign.folded.as_str())?;
    }
    rest.is_empty().then_some(signs.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, query: &str) -> String {
        let parts = of(text, &Pieces::of(query));
        let shown = parts
            .iter()
            .map(|part| if part.hit { format!("[{}]", part.text) } else { part.text.clone() });
        shown.collect()
    }

    #[test]
    fn what_was_searched_for_is_set_apart_as_it_was_written() {
        assert_eq!(shown("請問退款什麼時候到？", "退款"), "請問[退款]什麼時候到？");
        assert_eq!(shown("我的訂單在哪", "订单"), "我的[訂單]在哪");
        assert_eq!(shown("My REFUND is late, refunds!", "ref"), "My [REF]UND is late, [ref]unds!");
        assert_eq!(shown("the prefix", "ref"), "the prefix", "only from a word's beginning");
        assert_eq!(shown("refund", "refunds"), "[refund]");
        assert_eq!(shown("订单的退款", "退款订单"), "[订单]的[退款]");
        assert_eq!(shown("ＰＡＹ now", "pay"), "[ＰＡＹ] now");
    }

    #[test]
    fn a_long_text_is_cut_around_the_first_hit() {
        let text = format!("{}退款{}", "很".repeat(100), "长".repeat(300));
        let parts = of(&text, &Pieces::of("退款"));
        assert_eq!(parts.len(), 3);
        assert_eq!(parts[0].text.chars().count(), 1 + BEFORE);
        assert_eq!(parts[1], Part { text: "退款".to_owned(), hit: true });
        assert!(parts[2].text.ends_with('…'));
    }
}
