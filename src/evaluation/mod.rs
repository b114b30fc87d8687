//! Measures understanding on labelled files: what `frontdesk eval` prints. Models are trained by
//! the same code as in the server, on the file that is named, and never see the test file.

mod faq;
mod intents;
mod lines;
mod measures;

pub use faq::{FaqFiles, FaqReport};
pub use intents::{IntentFiles, IntentReport};
pub use lines::EvalError;
