//! Several questions in one message, taken apart: "Where is my parcel? And how do I return it?",
//! "运费多少？几天能到？". A statement belongs to the question that it stands before, and what asks nothing of
//! its own ("can you help me?", "在吗？") to its neighbour, so that one question in two sentences stays one.

use crate::understanding::function_words::is_function_word;
use crate::understanding::sentences;
use crate::understanding::tokenise::tokenise;

/// More questions than these are not told apart: the last of them holds the rest.
const MOST: usize = 5;
/// Stems that say nothing of what is asked, beside the function words.
const IDLE: [&str; 57] = [
    "anybodi",
    "anyon",
    "ask",
    "bot",
    "correct",
    "hello",
    "help",
    "hey",
    "how",
    "know",
    "mean",
    "now",
    "ok",
    "okay",
    "oh",
    "people",
    "question",
    "quick",
    "real",
    "realli",
    "right",
    "seri",
    "serious",
    "somebodi",
    "someon",
    "someth",
    "sorri",
    "sure",
    "tell",
    "thank",
    "what",
    "when",
    "where",
    "which",
    "who",
    "whi",
    "yes",
    "亲",
    "人",
    "你好",
    "您好",
    "好",
    "好吗",
    "帮",
    "帮助",
    "帮忙",
    "帮我",
    "对不对",
    "想问",
    "我想",
    "有人",
    "知道",
    "行",
    "行吗",
    "问",
    "问题",
    "问一下",
];
/// How an English question begins.
const ASKING: [&str; 33] = [
    "am", "are", "can", "could", "did", "do", "does", "has", "have", "how", "how's", "is", "may",
    "must", "shall", "should", "what", "what's", "when", "when's", "where", "where's", "wheres",
    "which", "who", "who's", "whose", "why", "will", "would", "any", "hows", "whats",
];
/// What may stand before it.
const BEFORE_ASKING: [&str; 14] = [
    "also", "and", "but", "hello", "hey", "hi", "ok", "okay", "or", "plus", "please", "so", "then",
    "well",
];
/// What a Chinese question holds.
const HAN_ASKING: [&str; 24] = [
    "吗",
    "呢",
    "多少",
    "多久",
    "多长",
    "多大",
    "几",
    "怎么",
    "怎样",
    "如何",
    "哪",
    "什么",
    "啥",
    "何时",
    "是否",
    "能不能",
    "可不可以",
    "有没有",
    "是不是",
    "要不要",
    "会不会",
    "咋",
    "谁",
    "几时",
];
/// English words between two questions of one sentence.
const JOINING: [&str; 5] = [" and ", ", ", "; ", " plus ", " also "];
/// Chinese marks between two questions of one sentence.
const HAN_JOINING: [char; 4] = ['，', ',', '；', ';'];

/// The questions of a message, in order; together they are the whole message. Fewer than two: it asks
/// at most one thing.
pub(super) fn questions(text: &str) -> Vec<&str> {
    let mut starts: Vec<usize> = Vec::new();
    // where the statements begin that stand before the next question
    let (mut pending, mut at) = (None, 0);
    for sentence in sentences(text) {
        let Some(found) = text.get(at..).and_then(|rest| rest.find(sentence)) else { continue };
        let start = at + found;
        at = start + sentence.len();
        if !asks(sentence) || is_idle(sentence) {
            // a number that is told belongs to what was asked before it
            let told_late = !starts.is_empty() && sentence.contains(|c: char| c.is_ascii_digit());
            if !told_late {
                pending.get_or_insert(start);
            }
            continue;
        }
        starts.push(pending.take().unwrap_or(start));
    }
    cut(text, starts)
}

/// The questions of one sentence: "where is my parcel and how do I return it", "运费多少，几天能到".
/// Whether they are two must be seen from what answers them.
pub(super) fn joined_questions(text: &str) -> Vec<&str> {
    let mut starts = vec![0];
    for (at, behind) in places(text) {
        let (Some(before), Some(after)) = (text.get(..at), text.get(behind..)) else { continue };
        let last = starts.last().copied().unwrap_or_default();
        let before = before.get(last..).unwrap_or_default();
        if asks_by_word(before) && asks_at_once(after) && !is_idle(before) && !is_idle(after) {
            starts.push(behind);
        }
    }
    let without =
        |part| ["and", "plus", "also"].iter().find_map(|word| cut_word(part, word)).unwrap_or(part);
    cut(text, starts).into_iter().map(without).collect()
}

/// The text without a word at its end.
fn cut_word<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(word.len())?;
    let (before, last) = text.split_at_checked(at)?;
    (last.eq_ignore_ascii_case(word) && before.ends_with(' ')).then(|| before.trim_end())
}

/// Whether a sentence asks: by its mark, or by how it begins.
pub(super) fn asks(sentence: &str) -> bool {
    sentence.trim_end().ends_with(['?', '？']) || asks_by_word(sentence)
}

/// Whether a sentence says nothing of what it asks about.
fn is_idle(sentence: &str) -> bool {
    let tokens = tokenise(sentence);
    tokens
        .words
        .iter()
        .all(|word| is_function_word(&word.stem) || IDLE.contains(&word.stem.as_str()))
}

fn asks_by_word(sentence: &str) -> bool {
    asks_at_once(sentence) || HAN_ASKING.iter().any(|word| sentence.contains(word))
}

/// Whether the text begins like an English question, or holds a Chinese one before it pauses.
fn asks_at_once(text: &str) -> bool {
    let first = text.split(HAN_JOINING).find(|part| !part.trim().is_empty()).unwrap_or_default();
    if first.contains(is_han) {
        return HAN_ASKING.iter().any(|word| first.contains(word));
    }
    let lower = text.to_lowercase().replace('\u{2019}', "'");
    let is_edge = |c: char| !c.is_alphanumeric();
    let mut words = lower.split_whitespace().map(|word| word.trim_matches(is_edge));
    let first = words.find(|word| !word.is_empty() && !BEFORE_ASKING.contains(word));
    first.is_some_and(|word| ASKING.contains(&word))
}

/// Where one sentence may go on with another question: where the first ends, and the next begins.
fn places(text: &str) -> Vec<(usize, usize)> {
    let marks = text.char_indices().filter(|(_, c)| HAN_JOINING.contains(c) && !c.is_ascii());
    let mut places: Vec<(usize, usize)> = marks.map(|(at, c)| (at, at + c.len_utf8())).collect();
    let has_han = text.contains(is_han);
    if has_han {
        let ascii = text.char_indices().filter(|(_, c)| matches!(c, ',' | ';'));
        places.extend(ascii.map(|(at, c)| (at, at + c.len_utf8())));
    }
    let lower = text.to_ascii_lowercase();
    for word in JOINING {
        places.extend(lower.match_indices(word).map(|(at, found)| (at, at + found.len())));
    }
    places.sort_unstable();
    places
}

/// The parts that begin at these places; what stands before the first belongs to it.
fn cut(text: &str, mut starts: Vec<usize>) -> Vec<&str> {
    starts.truncate(MOST);
    if let Some(first) = starts.first_mut() {
        *first = 0;
    }
    let ends = starts.iter().skip(1).copied().chain(std::iter::once(text.len()));
    let parts = starts.iter().zip(ends).filter_map(|(start, end)| text.get(*start..end));
    let is_edge = |c: char| c.is_whitespace() || "，,；;".contains(c);
    parts.map(|part| part.trim_matches(is_edge)).filter(|part| !part.is_empty()).collect()
}

fn is_han(c: char) -> bool {
    ('\u{3400}'..='\u{9fff}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_question_of_a_message_is_one_with_what_stands_before_it() {
        for (text, expected) in [
            (
                "Where is my parcel? And how do I return it?",
                vec!["Where is my parcel?", "And how do I return it?"],
            ),
            ("运费多少？几天能到？", vec!["运费多少？", "几天能到？"]),
            (
                "where is my parcel? how do i return it",
                vec!["where is my parcel?", "how do i return it"],
            ),
            (
                "My lamp came broken. Can I send it back? I also paid twice. When do I get that back?",
                vec![
                    "My lamp came broken. Can I send it back?",
                    "I also paid twice. When do I get that back?",
                ],
            ),
            ("怎么退货\n发票怎么开", vec!["怎么退货", "发票怎么开"]),
            (
                "Where is my order? It is LX-123. How do I pay?",
                vec!["Where is my order? It is LX-123.", "How do I pay?"],
            ),
        ] {
            assert_eq!(questions(text), expected);
        }
    }

    #[test]
    fn one_question_stays_one_however_many_sentences_it_takes() {
        for text in [
            "Hi! Where is my parcel?",
            "My parcel has not come. Where is it now, please?",
            "Can you help me? I want to return a lamp.",
            "Hello? Is anyone there? How do I return a lamp?",
            "你好，在吗？请问怎么退货？",
            "可以退货吗？好吗？",
            "The charger is smoking! Help!",
            "I was charged twice. I want a person.",
            "is it $4.90? right?",
            "",
            "...",
        ] {
            assert!(questions(text).len() < 2, "{text}: {:?}", questions(text));
        }
    }

    #[test]
    fn questions_of_one_sentence_ask_on_both_sides_of_a_comma_or_an_and() {
        for (text, expected) in [
            (
                "where is my parcel and how do I return it",
                vec!["where is my parcel", "how do I return it"],
            ),
            ("运费多少，几天能到", vec!["运费多少", "几天能到"]),
            (
                "how much is delivery, when does it come and can I pay by card?",
                vec!["how much is delivery", "when does it come", "can I pay by card?"],
            ),
        ] {
            assert_eq!(joined_questions(text), expected);
        }
        for text in [
            "how do I pack and send a lamp back",
            "我想问一下，运费多少",
            "which lamps and shades do you have",
            "请问，怎么退货",
            "return a lamp, and get my money back",
        ] {
            assert_eq!(joined_questions(text), [text], "{text}");
        }
    }

    #[test]
    fn nothing_of_a_message_is_lost_and_there_is_an_end_to_its_questions() {
        let text = "Where is it hidden? ".repeat(12);
        let parts = questions(&text);
        assert_eq!(parts.len(), MOST);
        let together: usize = parts.iter().map(|part| part.matches("Where").count()).sum();
        assert_eq!(together, 12);
    }
}
