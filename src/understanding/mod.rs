//! Makes a [`crate::domain::Reading`] of a message: CPU work without I/O, trained from the catalog alone. This is
//! the lexical tier: `tokenise` and `features` see the text, `head` and `classify` learn intents,
//! categories and urgency, `retrieve` and `answer` find FAQ entries, `rules` are the operator's
//! regular expressions.

mod answer;
mod calibrate;
mod classify;
mod entities;
mod features;
mod follow_up;
mod function_words;
mod head;
mod knowledge;
mod prepared;
mod retrieve;
mod svm;
mod tokenise;

pub use answer::{Answerer, Ranked};
pub use entities::{CustomPattern, Extractor, ExtractorError, Product};
pub use head::{Head, HeadReading};
pub use knowledge::Understanding;
pub use prepared::Prepared;
pub use retrieve::{Document, Kind, SearchError};
pub use tokenise::{Tokens, Word, fold, tokenise, warm_up};
