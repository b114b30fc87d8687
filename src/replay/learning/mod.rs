//! A policy learned from recorded conversations: what came of each turn in hindsight, a tree that is
//! grown so that it costs least, and both policies side by side on turns that the tree has not seen.

mod collect;
mod compare;
mod grow;
mod hindsight;
mod page;
mod sample;

pub use collect::{Collect, Collected};
pub use compare::{Arms, PolicyComparison, compare};
pub use grow::{TooFew, learn};
pub use page::page;
pub use sample::{Proved, Sample, SampleError, Value, read_samples};
