//! Whether a labelled file can be learned from: what would teach nonsense, or would never end, is
//! refused before anything is encoded or trained, with file and line.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use crate::evaluation::folds::Labelled;
use crate::evaluation::lines::EvalError;

/// Most labels of a file. Every label is a machine that sees every line.
const MOST_LABELS: usize = 1_000;

/// The lines, if they can be learned from: two labels or more, but not thousands, each line with a
/// label, and no text with two of them.
pub(super) fn learnable(
    file: &Path,
    lines: Vec<(usize, Labelled)>,
) -> Result<Vec<Labelled>, EvalError> {
    let wrong = |line: usize, message: String| {
        Err(EvalError::Line { file: file.to_owned(), line, message })
    };
    let mut known: HashMap<&str, (usize, &str)> = HashMap::new();
    let mut labels: HashSet<&str> = HashSet::new();
    for (number, line) in &lines {
        let (text, label) = (line.text.trim(), line.label.as_str());
        if label.trim().is_empty() {
            return wrong(*number, "the label is empty".to_owned());
        }
        if labels.insert(label) && labels.len() > MOST_LABELS {
            let message = format!("label `{label}` is one too many: {MOST_LABELS} at most");
            return wrong(*number, message);
        }
        let (first, other) = *known.entry(text).or_insert((*number, label));
        if other != label {
            let message =
                format!("the text has the label `{label}` here and `{other}` in line {first}");
            return wrong(*number, message);
        }
    }
    if let (Some((number, line)), true) = (lines.last(), labels.len() < 2) {
        let label = &line.label;
        let message = match lines.len() {
            1 => format!("the only line, of label `{label}`: there must be two labels or more"),
            _ => format!("all lines have the label `{label}`: there must be two labels or more"),
        };
        return wrong(*number, message);
    }
    Ok(lines.into_iter().map(|(_, line)| line).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(lines: &[(&str, &str)]) -> String {
        let line = |(text, label): &(&str, &str)| Labelled {
            text: (*text).to_owned(),
            label: (*label).to_owned(),
        };
        let lines = (1..).zip(lines.iter().map(line)).collect();
        match learnable(Path::new("f.jsonl"), lines) {
            Ok(lines) => format!("{} lines", lines.len()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn files_that_teach_nothing_or_nonsense_are_refused_with_file_and_line() {
        assert_eq!(told(&[("a", "x"), ("b", "y"), ("a", "x")]), "3 lines");
        assert_eq!(
            told(&[("a", "x")]),
            "f.jsonl:1: the only line, of label `x`: there must be two labels or more"
        );
        assert_eq!(
            told(&[("a", "x"), ("b", "x")]),
            "f.jsonl:2: all lines have the label `x`: there must be two labels or more"
        );
        assert_eq!(
            told(&[("a", "x"), ("b", "y"), (" a", "y")]),
            "f.jsonl:3: the text has the label `y` here and `x` in line 1"
        );
        assert_eq!(told(&[("a", "x"), ("b", " ")]), "f.jsonl:2: the label is empty");
    }

    #[test]
    fn a_label_for_every_line_is_too_many() {
        let names: Vec<String> = (0..100_000).map(|n| format!("n{n}")).collect();
        let lines: Vec<(&str, &str)> = names.iter().map(|n| (n.as_str(), n.as_str())).collect();
        assert_eq!(told(&lines), "f.jsonl:1001: label `n1000` is one too many: 1000 at most");
        assert_eq!(told(&lines[..1_000]), "1000 lines");
    }
}
