//! What a measurement asked and what came of it, line by line: the report draws it, a later run
//! compares itself with it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::evaluation::lines::{EvalError, Line, read};

/// A measurement's figures with the lines behind them.
#[derive(Clone, Debug)]
pub struct Measured<R> {
    /// The figures.
    pub figures: R,
    /// The lines.
    pub run: Run,
}

/// What was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// The intent of messages.
    Intents,
    /// The FAQ entry that answers.
    Faq,
    /// A label of messages, by its name.
    Labels(&'static str),
}

/// Every line that was asked.
#[derive(Clone, Debug)]
pub struct Run {
    /// What was asked.
    pub task: Task,
    /// One for each line, in the files' order; lines out of scope last.
    pub predictions: Vec<Prediction>,
    /// What a name stands for, where the name alone does not say it: the questions of FAQ entries.
    pub titles: BTreeMap<String, String>,
}

/// A line with what was said of it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Prediction {
    /// The message.
    pub text: String,
    /// What is right, the main one first; nothing for a message out of scope.
    pub expected: Vec<String>,
    /// What was said; empty when nothing was.
    pub given: String,
    /// How surely; nothing where the head has no probability.
    pub confidence: Option<f32>,
    /// The probability of the right one, where it was among those named.
    pub expected_confidence: Option<f32>,
    /// The place of the first right one among those named, from 1.
    pub place: Option<usize>,
}

impl Line for Prediction {
    fn text(&self) -> &str {
        &self.text
    }
}

impl Prediction {
    /// A prediction from names in their order, likeliest first.
    pub(super) fn of<'a>(
        text: &str,
        expected: Vec<String>,
        ranked: impl IntoIterator<Item = (&'a str, Option<f32>)>,
    ) -> Self {
        let ranked: Vec<(&str, Option<f32>)> = ranked.into_iter().collect();
        let best = ranked.first().copied();
        let is_right = |(name, _): &(&str, Option<f32>)| expected.iter().any(|own| own == name);
        let at = ranked.iter().position(is_right);
        Self {
            text: text.to_owned(),
            given: best.map_or_else(String::new, |(name, _)| name.to_owned()),
            confidence: best.and_then(|(_, confidence)| confidence),
            expected_confidence: at.and_then(|at| ranked.get(at)?.1),
            place: at.map(|at| at + 1),
            expected,
        }
    }

    /// Whether what was said is right; nothing is right for a message out of scope.
    pub fn is_right(&self) -> bool {
        self.expected.contains(&self.given)
    }

    /// Whether something is right at all.
    pub fn is_in_scope(&self) -> bool {
        !self.expected.is_empty()
    }

    /// The class of the line: what was said when that is right, else the main right one.
    pub(super) fn class(&self) -> Option<&str> {
        if self.is_right() { Some(&self.given) } else { self.expected.first().map(String::as_str) }
    }
}

impl Run {
    /// Writes the lines, one JSON object each, for a later comparison.
    pub fn write(&self, file: &Path) -> Result<(), EvalError> {
        let unwritable = |source| EvalError::Unwritable { file: file.to_owned(), source };
        let mut out = Vec::new();
        for prediction in &self.predictions {
            let line = serde_json::to_string(prediction).map_err(std::io::Error::from);
            line.and_then(|line| writeln!(out, "{line}")).map_err(unwritable)?;
        }
        fs::write(file, out).map_err(unwritable)
    }

    /// Reads lines that an earlier run wrote.
    pub fn read(file: &Path, task: Task) -> Result<Self, EvalError> {
        Ok(Self { task, predictions: read(file)?, titles: BTreeMap::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_prediction_knows_the_place_of_what_is_right() {
        let ranked = [("b", Some(0.6)), ("a", Some(0.3))];
        let wrong = Prediction::of("x", vec!["a".to_owned(), "c".to_owned()], ranked);
        assert_eq!((wrong.is_right(), wrong.place), (false, Some(2)));
        assert_eq!((wrong.confidence, wrong.expected_confidence), (Some(0.6), Some(0.3)));
        assert_eq!(wrong.class(), Some("a"));
        let second = Prediction::of("x", vec!["a".to_owned(), "b".to_owned()], ranked);
        assert_eq!((second.is_right(), second.class()), (true, Some("b")));
        let outside = Prediction::of("x", vec![], ranked);
        assert!(!outside.is_right() && !outside.is_in_scope() && outside.class().is_none());
    }

    #[test]
    fn what_was_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("run.jsonl");
        let predictions = vec![
            Prediction::of("怎么退货", vec!["r".to_owned()], [("r", Some(0.25))]),
            Prediction::of("line\nbreak", vec![], []),
        ];
        let run = Run { task: Task::Faq, predictions, titles: BTreeMap::new() };
        run.write(&file).unwrap();
        assert_eq!(Run::read(&file, Task::Faq).unwrap().predictions, run.predictions);
    }
}
