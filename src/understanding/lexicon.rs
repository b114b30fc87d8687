//! The words of the knowledge, and how a message is read with them: a misspelt word becomes the one
//! that was meant, pinyin becomes Chinese, and what is neither English nor Chinese is told.

use std::sync::OnceLock;

use fxhash::{FxHashMap, FxHashSet};
use unicode_segmentation::UnicodeSegmentation;

use crate::understanding::encode::Encoders;
use crate::understanding::foreign::foreign;
use crate::understanding::function_words::is_function_word;
use crate::understanding::pinyin::Pinyin;
use crate::understanding::prepared::Prepared;
use crate::understanding::spelling::Spelling;
use crate::understanding::synonyms::Synonyms;
use crate::understanding::tokenise::{Tokens, Word, fold, other, tokenise};

/// Fewest words of which most are unknown, for asking in what language they are.
const LEAST_WORDS: usize = 3;

/// The words of the knowledge. Whatever only few messages need is made when the first one comes.
#[derive(Default)]
pub struct Lexicon {
    words: FxHashMap<String, u32>,
    stems: FxHashSet<String>,
    han: FxHashMap<String, u32>,
    spelling: OnceLock<Spelling>,
    pinyin: OnceLock<Pinyin>,
    synonyms: Synonyms,
}

impl Lexicon {
    /// Knows the words of these texts.
    pub fn of<'a>(texts: impl Iterator<Item = &'a Tokens>) -> Self {
        let mut lexicon = Self::default();
        for word in texts.flat_map(|tokens| &tokens.words) {
            lexicon.add(word);
        }
        lexicon
    }

    /// Knows the words of another lexicon too.
    pub(super) fn join(&mut self, other: &Self) {
        for (own, others) in [(&mut self.words, &other.words), (&mut self.han, &other.han)] {
            for (word, count) in others {
                *own.entry(word.clone()).or_default() += count;
            }
        }
        self.stems.extend(other.stems.iter().cloned());
    }

    /// The same with synonyms: messages are read with the words that count.
    pub(super) fn with_synonyms(self, synonyms: Synonyms) -> Self {
        Self { synonyms, ..self }
    }

    /// A part of a message, read with the words that count and nothing else.
    pub(super) fn plainly(&self, text: &str) -> Prepared {
        Prepared::of(&self.synonyms.read(text))
    }

    fn add(&mut self, word: &Word) {
        let words = if word.is_han { &mut self.han } else { &mut self.words };
        if let Some(count) = words.get_mut(&word.surface) {
            *count += 1;
            return;
        }
        words.insert(word.surface.clone(), 1);
        if !word.is_han {
            self.stems.insert(word.stem.clone());
        }
    }

    /// Reads a message with what is known, and with the encoders' words where there are encoders: a
    /// word that the knowledge does not have need not be misspelt.
    pub fn prepare(&self, text: &str, encoders: Option<&Encoders>) -> Prepared {
        let Some(rewritten) = self.synonyms.rewrite(text) else {
            return self.read(text, encoders);
        };
        let ready = self.read(&rewritten, encoders);
        if ready.read_as.is_some() { ready } else { ready.read_as(rewritten) }
    }

    fn read(&self, text: &str, encoders: Option<&Encoders>) -> Prepared {
        let tokens = tokenise(text);
        let (mut unknown, mut all, mut has_other_script) = (0, 0, false);
        for word in tokens.words.iter().filter(|word| is_letters(word)) {
            all += 1;
            unknown += usize::from(!self.knows(word));
            has_other_script |= word.surface.chars().any(is_far);
        }
        if unknown == 0 {
            return Prepared::of_tokens(tokens);
        }
        let is_latin = tokens.words.iter().all(|word| !word.is_han);
        if is_latin
            && unknown * 2 >= all
            && let Some(chinese) = self.chinese(&tokens)
        {
            return Prepared::of(&chinese).read_as(chinese);
        }
        let is_asked = is_latin && unknown * 2 > all && all >= LEAST_WORDS;
        if (is_asked || has_other_script)
            && let Some(written) = foreign(text)
        {
            return Prepared::of_tokens(tokens).written_in(written);
        }
        self.corrected(text, tokens, encoders)
    }

    fn knows(&self, word: &Word) -> bool {
        self.words.contains_key(&word.surface)
            || self.stems.contains(&word.stem)
            || is_function_word(&word.stem)
    }

    fn chinese(&self, tokens: &Tokens) -> Option<String> {
        if self.han.is_empty() {
            return None;
        }
        let pinyin = self.pinyin.get_or_init(|| Pinyin::of(self.han.iter()));
        pinyin.read(tokens.words.iter().map(|word| word.surface.as_str()))
    }

    fn corrected(&self, text: &str, mut tokens: Tokens, encoders: Option<&Encoders>) -> Prepared {
        let is_word = |word: &str| encoders.is_some_and(|encoders| encoders.is_word(word));
        let spelling = || self.spelling.get_or_init(|| Spelling::of(self.words.iter()));
        let mut corrections: FxHashMap<String, &str> = FxHashMap::default();
        for word in &mut tokens.words {
            let may_be_misspelt = word.surface.bytes().all(|byte| byte.is_ascii_lowercase());
            if !may_be_misspelt || self.knows(word) || is_word(&word.surface) {
                continue;
            }
            if let Some(right) = spelling().correct(&word.surface) {
                let wrong = std::mem::replace(word, other(right));
                corrections.insert(wrong.surface, right);
            }
        }
        if corrections.is_empty() {
            return Prepared::of_tokens(tokens);
        }
        let pieces = text.split_word_bounds();
        let pieces = pieces.map(|piece| corrections.get(&fold(piece)).copied().unwrap_or(piece));
        Prepared::of_tokens(tokens).read_as(pieces.collect())
    }
}

/// Whether a word is written with an alphabet.
fn is_letters(word: &Word) -> bool {
    !word.is_han && word.surface.chars().any(char::is_alphabetic)
}

/// Letters of alphabets that English and its neighbours do not have.
fn is_far(c: char) -> bool {
    c.is_alphabetic() && c > '\u{24f}' && !matches!(c, '\u{1e00}'..='\u{1eff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Language, WrittenIn};

    fn lexicon() -> Lexicon {
        let texts = [
            "where is my order and how do I change the delivery address",
            "I want a refund for the parcel",
            "我的订单在哪里",
            "怎么退款",
        ];
        Lexicon::of(texts.map(tokenise).iter())
    }

    #[test]
    fn messages_are_read_as_they_were_meant() {
        let lexicon = lexicon();
        for (text, read_as, language, written_in) in [
            ("Where is my refund?", None, Language::En, WrittenIn::En),
            (
                "My Refnud, and the adress!",
                Some("My refund, and the address!"),
                Language::En,
                WrittenIn::En,
            ),
            ("wo de dingdan zai nali", Some("我的订单在哪里"), Language::Zh, WrittenIn::Zh),
            ("tuikuan", Some("退款"), Language::Zh, WrittenIn::Zh),
            ("訂單在哪裡", None, Language::Zh, WrittenIn::Zh),
            ("我的 parcel 在哪里", None, Language::Zh, WrittenIn::Mixed),
            ("¿Dónde está mi pedido?", None, Language::En, WrittenIn::Es),
            ("Où est ma commande, s'il vous plaît ?", None, Language::En, WrittenIn::Fr),
            ("Wie lange dauert die Lieferung?", None, Language::En, WrittenIn::De),
            ("Где мой заказ?", None, Language::En, WrittenIn::Ru),
            ("how tall is mount everest", None, Language::En, WrittenIn::En),
            ("LX-778120", None, Language::En, WrittenIn::En),
            ("", None, Language::En, WrittenIn::En),
        ] {
            let ready = lexicon.prepare(text, None);
            assert_eq!(ready.read_as.as_deref(), read_as, "{text}");
            assert_eq!(ready.tokens.language, language, "{text}");
            assert_eq!(ready.written_in, written_in, "{text}");
        }
    }
}
