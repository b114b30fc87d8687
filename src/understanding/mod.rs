//! Makes a [`crate::domain::Reading`] of a message: CPU work without I/O (unless an encoder is asked at an
//! address), trained from the catalog alone. This is the lexical tier: `tokenise` and `features` see the
//! text, `head` and `classify` learn intents, categories and urgency, `retrieve` and `answer` find FAQ
//! entries, `rules` are the operator's regular expressions.

mod answer;
mod asked;
mod audience;
mod calibrate;
mod classify;
mod dense;
pub mod encode;
mod entities;
mod explain;
mod failure;
mod features;
mod follow_up;
mod foreign;
mod function_words;
mod head;
mod heads;
mod knowledge;
mod lessons;
mod lexicon;
mod matched;
mod neighbours;
mod pinyin;
mod postings;
mod prepared;
mod questions;
mod rank;
mod retrieve;
mod segment;
mod sentences;
mod several;
mod side;
mod similar;
mod solve;
mod spelling;
mod spots;
mod svm;
mod synonyms;
mod table;
mod tokenise;

pub use answer::Answerer;
pub use asked::{Asked, Topic};
pub use audience::Audience;
pub use entities::{Extractor, ExtractorError};
pub use explain::{ClassParts, Contribution, EntryParts, Explanation};
pub use failure::TrainError;
pub use function_words::is_function_word;
pub use head::{Head, HeadReading};
pub use knowledge::Understanding;
pub use lessons::{Subject, examples_of};
pub use lexicon::Lexicon;
pub use neighbours::{Likeness, Neighbourhood};
pub use prepared::Prepared;
pub use rank::Ranked;
pub use retrieve::{Document, Kind, SearchError};
pub use sentences::sentences;
pub use tokenise::{Tokens, Word, fold, tokenise, warm_up};
