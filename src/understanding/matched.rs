//! Which text of an entry lies nearest to a message, and which words both have: for those who show
//! or check answers.

use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use lru::LruCache;

use crate::domain::{Matched, MatchedPart};
use crate::understanding::sentences::sentences;
use crate::understanding::spots::{Spot, shared, spots};

/// How many documents are kept cut.
const MOST: NonZeroUsize = NonZeroUsize::MIN.saturating_add(999);

/// The text of an entry that is nearest to a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Nearest {
    /// A way to ask for it: this document.
    Phrasing(usize),
    /// Question and answer together: this document.
    Passage(usize),
    /// The so-many-th sentence of the answer in this document of question and answer.
    Sentence(usize, usize),
}

impl Nearest {
    /// The document.
    pub(super) fn document(self) -> usize {
        match self {
            Self::Phrasing(at) | Self::Passage(at) | Self::Sentence(at, _) => at,
        }
    }
}

/// A sentence of an entry with its words.
pub(super) struct Sentence {
    part: MatchedPart,
    text: String,
    words: Vec<Spot>,
}

/// The sentences of entries that were found lately: many messages find the same few.
pub(super) struct Sentences(Mutex<Kept>);

/// By document, and whether that is a phrasing.
type Kept = LruCache<(usize, bool), Arc<[Sentence]>>;

impl Default for Sentences {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MOST)))
    }
}

impl Sentences {
    /// The sentences of the document in which `nearest` lies, whose text is `text`.
    pub(super) fn of(&self, nearest: Nearest, text: &str) -> Arc<[Sentence]> {
        let is_phrasing = matches!(nearest, Nearest::Phrasing(_));
        let key = (nearest.document(), is_phrasing);
        if let Some(known) = self.lock().get(&key) {
            return Arc::clone(known);
        }
        let cut: Arc<[Sentence]> = cut(text, is_phrasing).into();
        self.lock().put(key, Arc::clone(&cut));
        cut
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The question, and for a document of question and answer, which has the question on its first
/// line, the sentences of the answer.
fn cut(text: &str, is_phrasing: bool) -> Vec<Sentence> {
    let (question, answer) = match text.split_once('\n') {
        Some(both) if !is_phrasing => both,
        _ => (text, ""),
    };
    let sentence = |part, text: &str| Sentence { part, text: text.to_owned(), words: spots(text) };
    let told = sentences(answer).map(|text| sentence(MatchedPart::Answer, text));
    std::iter::once(sentence(MatchedPart::Question, question)).chain(told).collect()
}

/// What the message and the nearest of an entry's sentences share; the question comes first of them.
pub(super) fn matched(said: &[Spot], nearest: Nearest, all: &[Sentence]) -> Option<Matched> {
    let best = match nearest {
        Nearest::Phrasing(_) => all.first(),
        Nearest::Sentence(_, at) => all.get(at + 1).or_else(|| all.last()),
        Nearest::Passage(_) => {
            let counted =
                all.iter().map(|sentence| (shared(said, &sentence.words).0.len(), sentence));
            // of those that share as much, the first
            let best = counted.reduce(|best, next| if next.0 > best.0 { next } else { best });
            best.map(|(_, sentence)| sentence)
        }
    }?;
    let (said, words) = shared(said, &best.words);
    Some(Matched { part: best.part, text: best.text.clone(), words, said })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_question_and_answer_the_sentence_with_most_of_the_words_matched() {
        let document = "Can I return it?\nYes, within 30 days. Opened earbuds cannot go back.";
        let said = spots("opened the earbuds");
        let kept = Sentences::default();
        let matched =
            |said: &[Spot], nearest| matched(said, nearest, &kept.of(nearest, document)).unwrap();
        let found = matched(&said, Nearest::Passage(0));
        assert_eq!(found.part, MatchedPart::Answer);
        assert_eq!(found.text, "Opened earbuds cannot go back.");
        let words: Vec<&str> = found.words.iter().map(|span| span.text.as_str()).collect();
        assert_eq!(words, ["Opened", "earbuds"]);
        assert_eq!((found.said[1].start, found.said[1].end), (11, 18));
        let found = matched(&spots("return"), Nearest::Passage(0));
        assert_eq!((found.part, found.text.as_str()), (MatchedPart::Question, "Can I return it?"));
        let found = matched(&said, Nearest::Sentence(0, 0));
        assert_eq!((found.text.as_str(), found.words.len()), ("Yes, within 30 days.", 0));
    }
}
