//! A text that grows while a model writes it. It holds whole sentences that its sources support, and
//! nothing else ever; one sentence that they do not support is the end of it.

use crate::generation::canary::Canary;
use crate::generation::checker::{Checker, Unsupported, whole_sentence};

/// Most characters that a model may write.
const LONGEST: usize = 4_000;
/// Most sentences that are taken.
const SENTENCES: usize = 6;

/// What is supported so far.
pub struct Draft<'a> {
    checker: &'a Checker,
    canary: &'a Canary,
    raw: String,
    taken: usize,
    sentences: usize,
    text: String,
    sources: Vec<usize>,
}

impl<'a> Draft<'a> {
    /// An empty one.
    pub fn new(checker: &'a Checker, canary: &'a Canary) -> Self {
        let (raw, text) = (String::new(), String::new());
        Self { checker, canary, raw, taken: 0, sentences: 0, text, sources: vec![] }
    }

    /// Takes what the model wrote next; gives the whole text so far where it has grown by a sentence.
    pub fn push(&mut self, written: &str) -> Result<Option<&str>, Unsupported> {
        self.raw.push_str(written);
        if self.raw.chars().count() > LONGEST {
            return Err(Unsupported::TooLong);
        }
        let has_grown = self.take(false)?;
        Ok(has_grown.then_some(self.text.as_str()))
    }

    /// The whole text with its sources, when the model has ended.
    pub fn finish(mut self) -> Result<(String, Vec<usize>), Unsupported> {
        self.take(true)?;
        // friendly words alone are no answer
        if self.sources.is_empty() {
            Err(Unsupported::Empty)
        } else {
            Ok((self.text, self.sources))
        }
    }

    fn take(&mut self, is_end: bool) -> Result<bool, Unsupported> {
        if self.canary.is_in(&self.raw) {
            return Err(Unsupported::Canary);
        }
        let mut has_grown = false;
        loop {
            let rest = self.raw.get(self.taken..).unwrap_or_default();
            let Some(length) = whole_sentence(rest, is_end) else { return Ok(has_grown) };
            let sentence = rest.get(..length).unwrap_or_default().trim().to_owned();
            self.taken += length;
            self.sentences += 1;
            if self.sentences > SENTENCES {
                return Err(Unsupported::TooLong);
            }
            let supported = self.checker.sentence(&sentence)?;
            let needs_space = self.text.ends_with(|c: char| c.is_ascii());
            if needs_space {
                self.text.push(' ');
            }
            self.text.push_str(&supported.text);
            // the first that says so, which is the likeliest
            for source in supported.sources.into_iter().take(1) {
                if !self.sources.contains(&source) {
                    self.sources.push(source);
                }
            }
            has_grown = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generation::{Manner, Source};

    fn checker() -> Checker {
        let source = |id: &str, question: &str, text: &str| Source {
            id: id.to_owned(),
            question: question.to_owned(),
            text: text.to_owned(),
        };
        let sources = [
            source("a", "Can I return something?", "You can return unused things within 30 days."),
            source("b", "When are you open?", "We are open from 9 to 18 on workdays."),
        ];
        Checker::new(&sources, Manner::Answer)
    }

    #[test]
    fn it_grows_by_supported_sentences_however_they_come_in() {
        let (checker, canary) = (checker(), Canary::random());
        let whole = "Glad to help! Unused things can be returned within 30 days [1]. On workdays we are open from 9 to 18. [2]";
        for size in [1, 3, 7, 200] {
            let mut draft = Draft::new(&checker, &canary);
            let chars: Vec<char> = whole.chars().collect();
            let mut grown = Vec::new();
            for piece in chars.chunks(size) {
                let piece: String = piece.iter().collect();
                grown.extend(draft.push(&piece).unwrap().map(str::to_owned));
            }
            let (text, sources) = draft.finish().unwrap();
            assert_eq!(
                text,
                "Glad to help! Unused things can be returned within 30 days. On workdays we are open from 9 to 18."
            );
            assert_eq!(sources, [0, 1]);
            assert!(grown.iter().all(|part| text.starts_with(part)), "{grown:?}");
        }
    }

    #[test]
    fn one_unsupported_sentence_is_the_end_of_it() {
        let (checker, canary) = (checker(), Canary::random());
        let mut draft = Draft::new(&checker, &canary);
        assert!(
            draft.push("You can return unused things within 30 days. We pay").unwrap().is_some()
        );
        assert!(draft.push(" you 500 dollars. And").is_err());
        let mut draft = Draft::new(&checker, &canary);
        assert_eq!(draft.push(&format!("my mark: {}", canary.text())), Err(Unsupported::Canary));
        let mut draft = Draft::new(&checker, &canary);
        draft.push("Glad to help!").unwrap();
        assert_eq!(draft.finish(), Err(Unsupported::Empty));
        let mut draft = Draft::new(&checker, &canary);
        assert_eq!(draft.push(&"x".repeat(LONGEST + 1)), Err(Unsupported::TooLong));
    }
}
