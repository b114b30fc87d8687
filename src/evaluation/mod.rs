//! Measures understanding on labelled files: what `frontdesk eval` prints. Models are trained by
//! the same code as in the server, on the file that is named, and never see the test file.

mod compare;
mod faq;
mod folds;
mod intents;
pub mod interval;
mod labels;
mod learnable;
mod lines;
mod lint;
mod measures;
mod reader;
mod report;
mod run;

pub use compare::{Comparison, Difference};
pub use faq::{FaqFiles, FaqReport};
pub use folds::Examples;
pub use intents::{IntentFiles, IntentFolds, IntentReport};
pub use labels::{Field, LabelFiles, LabelFolds, LabelReport};
pub use lines::{EvalError, Line, read_numbered};
pub use lint::{Finding, FindingKind, lint};
pub use reader::Reader;
pub use report::Page;
pub use run::{Measured, Prediction, Run, Task};
