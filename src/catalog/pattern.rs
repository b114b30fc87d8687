//! Regular expressions of the operator.

use regex::{Regex, RegexBuilder};
use toml::Spanned;

use crate::catalog::mistakes::Collector;

/// Most bytes of a compiled regular expression.
const MAX_REGEX_BYTES: usize = 1024 * 1024;

/// A regular expression of the operator, unless it is wrong or too large.
pub(super) fn compiled(
    pattern: &Spanned<String>,
    any_case: bool,
    notes: &mut Collector<'_>,
) -> Option<Regex> {
    let mut builder = RegexBuilder::new(pattern.as_ref());
    match builder.case_insensitive(any_case).size_limit(MAX_REGEX_BYTES).build() {
        Ok(regex) => Some(regex),
        Err(regex::Error::CompiledTooBig(limit)) => {
            let message = format!("the pattern is too large: {limit} bytes at most when compiled");
            notes.note(pattern.span().start, message);
            None
        }
        Err(error) => {
            let message = error.to_string();
            let reason = message.lines().last().unwrap_or_default();
            let reason = reason.trim().trim_start_matches("error: ");
            notes.note(pattern.span().start, format!("the pattern cannot be used: {reason}"));
            None
        }
    }
}
