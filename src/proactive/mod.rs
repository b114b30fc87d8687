//! The desk speaks first: rules that say which visitors are shown a message before they have written,
//! on which page and how often, and what came of it. Nothing here shows anything; who asks is told
//! which rules apply to them, and asks again at the moment of showing.

mod counts;
mod page;
mod rule;
mod service;

pub use counts::Counts;
pub use rule::{Choice, Rule, RuleMistake, Texts, When};
pub use service::{Proactive, ProactiveError, Visit};
