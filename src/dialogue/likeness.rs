//! How much two messages say the same, by their words alone: for the memory of a conversation, and for
//! what other customers said of an answer. No dictionary, no model: the same for ever.

/// English words that say nothing of what a question is about.
const EMPTY: &str = "a|about|am|an|and|any|are|at|be|but|by|can|could|did|do|does|for|from|had|has|have|hello|hey|hi|how|i|\
    if|in|is|it|its|just|know|me|my|no|not|of|ok|okay|on|or|please|so|still|tell|that|the|them|then|there|these|they|\
    this|to|want|was|we|were|what|when|where|which|who|why|will|with|would|you|your|again|asked|already|now";
/// The same in Chinese, as characters.
const EMPTY_HAN: &str = "的了吗呢吧啊呀我你您们是在这那有没就都也还要想请问一个下怎么什";

/// How alike two messages are: 1 where they have the same words, 0 where they share none. Words that
/// stand in nearly every question do not count.
pub fn likeness(one: &str, other: &str) -> f32 {
    let (one, other) = (parts(one), parts(other));
    let shared = one.iter().filter(|part| other.contains(part)).count();
    let all = one.len() + other.len();
    #[expect(clippy::cast_precision_loss, reason = "words of a message")]
    let likeness = 2.0 * shared as f32 / all.max(1) as f32;
    likeness
}

/// The different words of a message, and the pairs of its Han characters.
fn parts(text: &str) -> Vec<String> {
    let lower = text.to_lowercase().replace('\u{2019}', "'");
    let mut parts: Vec<String> = Vec::new();
    let mut add = |part: String| {
        if !part.is_empty() && !parts.contains(&part) {
            parts.push(part);
        }
    };
    for run in lower.split(|c: char| !c.is_alphanumeric() && c != '\'') {
        let mut word = String::new();
        let mut before: Option<char> = None;
        for c in run.chars() {
            if is_han(c) {
                add(std::mem::take(&mut word));
                let says = !EMPTY_HAN.contains(c);
                if let (Some(before), true) = (before, says) {
                    add([before, c].iter().collect());
                }
                before = says.then_some(c);
            } else {
                before = None;
                word.push(c);
            }
        }
        if !EMPTY.split('|').any(|empty| empty == word) {
            add(stem(&word).to_owned());
        }
    }
    parts
}

/// A word without its commonest endings.
fn stem(word: &str) -> &str {
    let cut = |ending: &str| word.strip_suffix(ending).filter(|stem| stem.len() >= 3);
    ["'s", "ing", "ed", "es", "s", "e"].into_iter().find_map(cut).unwrap_or(word)
}

fn is_han(c: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_question_in_nearly_the_same_words_is_alike() {
        for (one, other) in [
            ("Where is my parcel?", "where is my parcel"),
            ("how do I return an item?", "So how do I return items?"),
            ("我的快递到哪了", "请问我的快递到哪了？"),
            ("How much does delivery cost?", "what does delivery cost"),
        ] {
            assert!(likeness(one, other) >= 0.6, "{one} / {other}: {}", likeness(one, other));
        }
    }

    #[test]
    fn other_questions_are_not_and_nothing_is_like_nothing() {
        for (one, other) in [
            ("Where is my parcel?", "Where is my refund?"),
            ("Can I pay for a camera bit by bit?", "What would six months cost me?"),
            ("运费是多少", "几天能到"),
            ("怎么退货", "怎么开发票"),
            ("", ""),
            ("how?", "what is it"),
        ] {
            assert!(likeness(one, other) < 0.5, "{one} / {other}: {}", likeness(one, other));
        }
    }
}
