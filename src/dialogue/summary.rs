//! The customer's own key sentences. Nothing is written anew: a sentence is chosen for what it names
//! and for words that the others do not have (maximal marginal relevance, Carbonell and Goldstein
//! 1998, with shared words as the similarity), and the chosen ones keep their order.

use std::collections::HashSet;

use unicode_segmentation::UnicodeSegmentation;

use crate::domain::Summary;

/// Most sentences.
const SENTENCES: usize = 3;
/// Most characters of a sentence.
const CHARS: usize = 240;
/// Fewer words, or Chinese characters, say nothing on their own.
const WORDS_AT_LEAST: usize = 3;
/// How much a word counts that shows how much the matter presses.
const EVIDENCE: f32 = 3.0;
/// How much a word counts that has a digit: an order, a date, an amount.
const DIGITS: f32 = 2.0;
/// Beyond so many words a sentence gains nothing by being longer.
const LONG_ENOUGH: f32 = 14.0;

/// Chooses the sentences that tell most.
pub(super) fn summarise(told: &[String], evidence: &[String]) -> Summary {
    let evidence: HashSet<String> = evidence.iter().map(|word| word.to_lowercase()).collect();
    let sentences: Vec<&str> = told.iter().flat_map(|text| split(text)).collect();
    let words: Vec<HashSet<String>> = sentences.iter().map(|sentence| words(sentence)).collect();
    let mut chosen: Vec<usize> = Vec::new();
    let mut known: HashSet<&String> = HashSet::new();
    while chosen.len() < SENTENCES {
        let candidates = words.iter().enumerate().filter(|(at, words)| {
            !chosen.contains(at) && (words.len() >= WORDS_AT_LEAST || !evidence.is_disjoint(words))
        });
        let scored = candidates.map(|(at, words)| {
            let fresh = words.iter().filter(|word| !known.contains(word));
            (at, fresh.map(|word| worth(word, &evidence)).sum::<f32>())
        });
        // of two that tell as much, the later one: it is what the customer wants now
        let best = scored.filter(|(_, worth)| *worth >= 2.0).max_by(|a, b| a.1.total_cmp(&b.1));
        let Some((at, _)) = best else { break };
        chosen.push(at);
        known.extend(words.get(at).into_iter().flatten());
    }
    if chosen.is_empty() && !sentences.is_empty() {
        chosen.push(sentences.len() - 1);
    }
    chosen.sort_unstable();
    let texts = chosen.iter().filter_map(|at| sentences.get(*at));
    Summary { extractive: true, sentences: texts.map(|text| cut(text)).collect() }
}

fn worth(word: &str, evidence: &HashSet<String>) -> f32 {
    let mut worth = 1.0;
    if evidence.contains(word) {
        worth += EVIDENCE;
    }
    if word.chars().any(|c| c.is_ascii_digit()) {
        worth += DIGITS;
    }
    // a character of Chinese says less than a word of English
    if word.chars().count() == 1 { worth / 2.0 } else { worth.min(LONG_ENOUGH) }
}

fn split(text: &str) -> impl Iterator<Item = &str> {
    let sentences = text.split_inclusive(['。', '！', '？', '；', '\n']);
    sentences.flat_map(|part| part.unicode_sentences()).map(str::trim).filter(|s| !s.is_empty())
}

fn words(sentence: &str) -> HashSet<String> {
    sentence.unicode_words().map(str::to_lowercase).collect()
}

fn cut(sentence: &str) -> String {
    let mut rest = sentence.chars();
    let mut short: String = rest.by_ref().take(CHARS).collect();
    if rest.next().is_some() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(texts: &[&str], evidence: &[&str]) -> Vec<String> {
        let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
        summarise(&own(texts), &own(evidence)).sentences
    }

    #[test]
    fn sentences_that_tell_something_are_chosen_in_their_order() {
        let texts = [
            "Hi. I ordered a desk lamp on Monday, order A-1001.",
            "ok",
            "It arrived broken and the charger is smoking! What now?",
            "a person please",
        ];
        let sentences = told(&texts, &["smoking"]);
        assert_eq!(sentences.len(), 3);
        assert_eq!(sentences[0], "I ordered a desk lamp on Monday, order A-1001.");
        assert_eq!(sentences[1], "It arrived broken and the charger is smoking!");
    }

    #[test]
    fn chinese_is_split_at_its_own_full_stops() {
        let texts = ["你好。我上周买的台灯到现在还没有收到！订单号是A1001。", "人工"];
        let sentences = told(&texts, &[]);
        assert_eq!(sentences[..2], ["我上周买的台灯到现在还没有收到！", "订单号是A1001。"]);
    }

    #[test]
    fn what_is_repeated_is_said_once() {
        let texts = ["Where is my parcel?", "Where is my parcel?", "where is my parcel"];
        assert_eq!(told(&texts, &[]).len(), 1);
        assert_eq!(told(&["help"], &[]), ["help"], "the only thing that was said");
        assert_eq!(told(&[], &[]), [""; 0]);
    }
}
