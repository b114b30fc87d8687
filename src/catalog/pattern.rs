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

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn told(pattern: &str) -> Result<Regex, String> {
        let mut notes = Collector::new(Path::new("a.toml"), "");
        let regex = compiled(&Spanned::new(0..0, pattern.to_owned()), true, &mut notes);
        regex.ok_or_else(|| notes.found.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn patterns_that_must_backtrack_are_refused_with_file_and_line() {
        for (pattern, reason) in [
            (r"(?=a)b", "look-around, including look-ahead and look-behind, is not supported"),
            (r"(?<!a)b", "look-around, including look-ahead and look-behind, is not supported"),
            (r"(a)\1", "backreferences are not supported"),
        ] {
            let expected = format!("a.toml:1: the pattern cannot be used: {reason}");
            assert_eq!(told(pattern).unwrap_err(), expected, "{pattern}");
        }
        let told = told(r"(((\w{50}){50}){50}){50}").unwrap_err();
        assert!(told.starts_with("a.toml:1: the pattern is too large"), "{told}");
    }

    #[test]
    fn patterns_that_would_make_others_backtrack_take_time_in_proportion() {
        // with backtracking, each of these is 2^30,000 steps
        let text = "a".repeat(30_000) + "!";
        for pattern in [r"(a+)+$", r"(a|aa)+$", r"(.*a){12}$"] {
            assert!(!told(pattern).unwrap().is_match(&text), "{pattern}");
        }
    }
}
