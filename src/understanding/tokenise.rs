//! From a message to words: folding, language by script, and one list of words for any mix of
//! scripts. Everything that learns or searches sees text through this file only, so that training
//! and reading can never disagree.

use std::sync::LazyLock;

use rust_stemmers::{Algorithm, Stemmer};
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::Language;
use crate::understanding::segment;

static STEMMER: LazyLock<Stemmer> = LazyLock::new(|| Stemmer::create(Algorithm::English));

/// Loads the Chinese dictionary, which takes a moment.
pub fn warm_up() {
    segment::warm_up();
}

/// A word of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// As written, folded.
    pub surface: String,
    /// The stem (Porter 2) of an English word; for others the same as `surface`.
    pub stem: String,
    /// Whether the word is written in Han characters.
    pub is_han: bool,
}

/// A message as words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// The message's language.
    pub language: Language,
    /// Its words, in order.
    pub words: Vec<Word>,
}

/// A message of fewer Han characters, or half as many words, only names a thing.
const LEAST_SAID: usize = 5;

impl Tokens {
    /// Whether a message only names a thing: "battery", "我的账号".
    pub(super) fn are_bare(&self) -> bool {
        let length = |word: &Word| if word.is_han { word.surface.chars().count() } else { 2 };
        self.words.iter().map(length).sum::<usize>() < LEAST_SAID
    }
}

/// Folds compatibility forms (NFKC), case, and traditional into simplified characters, so that "ＰＡＹ",
/// "Pay" and "pay" are the same, and 訂單 and 订单.
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        // the same, and much faster
        return text.to_ascii_lowercase().replace('`', "'");
    }
    simplified(text.nfkc().flat_map(char::to_lowercase).map(plain_quote).collect())
}

/// The text in simplified characters. Every character stays one, with as many bytes.
pub(super) fn simplified(text: String) -> String {
    if text.chars().any(is_han) { fast2s::convert(&text) } else { text }
}

fn plain_quote(c: char) -> char {
    if matches!(c, '\u{2018}' | '\u{2019}' | '`') { '\'' } else { c }
}

/// Splits `text` into words.
pub fn tokenise(text: &str) -> Tokens {
    let folded = fold(text);
    let mut words = Vec::new();
    let mut rest = folded.as_str();
    while let Some(first) = rest.chars().next() {
        let is_han = is_han(first);
        let end = rest.find(|c| self::is_han(c) != is_han).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        if is_han {
            words.extend(segment::cut(run).into_iter().map(han));
        } else {
            words.extend(run.unicode_words().map(other));
        }
        rest = after;
    }
    Tokens { language: language_of(&words), words }
}

fn han(word: &str) -> Word {
    Word { surface: word.to_owned(), stem: word.to_owned(), is_han: true }
}

/// A word that is not in Han characters.
pub(super) fn other(word: &str) -> Word {
    let is_english = word.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'\'');
    let stem = if is_english { STEMMER.stem(word).into_owned() } else { word.to_owned() };
    Word { surface: word.to_owned(), stem, is_han: false }
}

/// Chinese when there are at least as many Han characters as words in other scripts: "iPhone 15
/// 能退吗" is a Chinese question, "what does 保修 mean" an English one.
fn language_of(words: &[Word]) -> Language {
    let is_name = |word: &&Word| word.surface.chars().any(char::is_alphabetic);
    let han: usize = words.iter().filter(|w| w.is_han).map(|w| w.surface.chars().count()).sum();
    let others = words.iter().filter(|w| !w.is_han).filter(is_name).count();
    if han > 0 && han >= others { Language::Zh } else { Language::En }
}

/// Han characters, without the rare planes that no dictionary has.
pub(super) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{3007}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_message_only_names_a_thing() {
        for bare in ["battery", "gift card", "我的账号", "礼物"] {
            assert!(tokenise(bare).are_bare(), "{bare}");
        }
        for said in ["where is it", "怎么申请退货"] {
            assert!(!tokenise(said).are_bare(), "{said}");
        }
    }

    #[test]
    fn traditional_characters_read_like_simplified_ones() {
        for (traditional, expected) in [
            ("訂單在哪裡", "订单在哪里"),
            ("怎麼退貨", "怎么退货"),
            ("請問發票怎麼開", "请问发票怎么开"),
            ("我買的電腦壞了可以換嗎", "我买的电脑坏了可以换吗"),
            ("物流顯示已簽收但我沒收到", "物流显示已签收但我没收到"),
        ] {
            assert_eq!(fold(traditional), expected);
            assert_eq!(tokenise(traditional), tokenise(expected));
            // offsets stay what they were
            assert_eq!(simplified(traditional.to_owned()).len(), traditional.len());
        }
        assert_eq!(fold("ＰＡＹ Pay"), "pay pay");
    }
}
