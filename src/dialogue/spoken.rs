//! In which language the bot speaks.

use crate::dialogue::State;
use crate::domain::{Language, Reading};

/// The language of the answer: the customer's, and in doubt the one spoken so far.
pub(super) fn language_of(state: &State, text: &str, reading: &Reading) -> Language {
    let has_words = text.split_whitespace().filter(|word| is_latin_word(word)).count() >= 2;
    let is_han = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c);
    match (reading.language, state.language) {
        // a name or an address that a flow asked for is in whatever language it is
        (Language::Zh, Some(Language::En)) if state.task.is_some() && !text.contains(is_han) => {
            Language::En
        }
        (Language::En, Some(Language::Zh))
            if state.task.is_some() && text.contains(|c: char| c.is_ascii_digit()) =>
        {
            Language::Zh
        }
        (Language::En, Some(Language::Zh)) if !has_words => Language::Zh,
        (spoken, _) => spoken,
    }
}

fn is_latin_word(word: &str) -> bool {
    let letters = word.chars().filter(|c| c.is_alphabetic()).count();
    letters >= 2 && !word.chars().any(|c| c.is_ascii_digit())
}
