//! Which text of an entry lies nearest to a message, and which words both have: for those who show
//! or check answers. It costs some ten microseconds an entry, so that it is done on demand only.

use crate::domain::{Matched, MatchedPart};
use crate::understanding::sentences::sentences;
use crate::understanding::spots::{Spot, shared, spots};

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

/// What the message and the text of `document` share. The document of question and answer has the
/// question on its first line.
pub(super) fn matched(said: &[Spot], nearest: Nearest, document: &str) -> Matched {
    let (question, answer) = document.split_once('\n').unwrap_or((document, ""));
    let (part, text) = match nearest {
        Nearest::Phrasing(_) => (MatchedPart::Question, document),
        Nearest::Sentence(_, at) => {
            (MatchedPart::Answer, sentences(answer).nth(at).unwrap_or(answer))
        }
        Nearest::Passage(_) => {
            let count = |text: &str| shared(said, &spots(text)).0.len();
            let asked = (count(question), MatchedPart::Question, question);
            let told = sentences(answer).map(|text| (count(text), MatchedPart::Answer, text));
            let best = std::iter::once(asked).chain(told);
            // of those that share as much, the first
            let best = best.reduce(|best, next| if next.0 > best.0 { next } else { best });
            best.map_or((MatchedPart::Question, question), |(_, part, text)| (part, text))
        }
    };
    let (said, words) = shared(said, &spots(text));
    Matched { part, text: text.to_owned(), words, said }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_question_and_answer_the_sentence_with_most_of_the_words_matched() {
        let document = "Can I return it?\nYes, within 30 days. Opened earbuds cannot go back.";
        let said = spots("opened the earbuds");
        let found = matched(&said, Nearest::Passage(0), document);
        assert_eq!(found.part, MatchedPart::Answer);
        assert_eq!(found.text, "Opened earbuds cannot go back.");
        let words: Vec<&str> = found.words.iter().map(|span| span.text.as_str()).collect();
        assert_eq!(words, ["Opened", "earbuds"]);
        assert_eq!((found.said[1].start, found.said[1].end), (11, 18));
        let found = matched(&spots("return"), Nearest::Passage(0), document);
        assert_eq!((found.part, found.text.as_str()), (MatchedPart::Question, "Can I return it?"));
        let found = matched(&said, Nearest::Sentence(0, 0), document);
        assert_eq!((found.text.as_str(), found.words.len()), ("Yes, within 30 days.", 0));
    }
}
