//! What the lines of a measurement show: curves, classes, confusions and errors, as plain data. The
//! page draws it, and holds it as JSON too.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::evaluation::measures::{Bin, RiskPoint, aurc, reliability, risk_coverage, share};
use crate::evaluation::{Prediction, Run};

/// What messages out of scope are called among classes.
pub(super) const OUT_OF_SCOPE: &str = "(out of scope)";
/// What is called that nothing was said of.
pub(super) const NOTHING: &str = "(nothing)";
/// Bars of the histogram.
const BARS: usize = 20;
/// The risks for which the page says how much can be answered.
const RISKS: [f64; 4] = [0.01, 0.02, 0.05, 0.1];
/// Most errors that are shown, in scope and out of it.
const ERRORS: usize = 50;
const ERRORS_OUTSIDE: usize = 20;
/// Messages that are shown of a confusion.
const SHOWN: usize = 3;

/// Everything that the page shows beside the figures.
#[derive(Debug, Serialize)]
pub(super) struct Analysis<'a> {
    /// What depends on confidences; nothing for heads that have none.
    pub(super) confidence: Option<Confidence>,
    /// The classes, by name.
    pub(super) classes: Vec<Class<'a>>,
    /// The pairs of classes that are taken for each other, most frequent first.
    pub(super) confusions: Vec<Confusion<'a>>,
    /// Wrong lines, surest first.
    pub(super) errors: Vec<&'a Prediction>,
    /// How many lines are wrong.
    pub(super) wrong: usize,
    /// The lines out of scope of which something is said most surely.
    pub(super) outside: Vec<&'a Prediction>,
}

/// What confidences show.
#[derive(Debug, Serialize)]
pub(super) struct Confidence {
    /// The area under the risk–coverage curve.
    pub(super) aurc: f64,
    /// The bins of the reliability diagram.
    pub(super) reliability: Vec<Bin>,
    /// The confidence histogram.
    pub(super) histogram: Vec<Bar>,
    /// The risk–coverage curve.
    pub(super) risk_coverage: Vec<RiskPoint>,
    /// The most that can be answered with so much risk at most.
    pub(super) operating_points: Vec<OperatingPoint>,
}

/// A bar of the histogram.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub(super) struct Bar {
    /// Right lines.
    pub(super) right: usize,
    /// Wrong lines, those out of scope among them.
    pub(super) wrong: usize,
}

/// Where a threshold keeps the risk.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub(super) struct OperatingPoint {
    /// The risk at most.
    pub(super) limit: f64,
    /// Where that is; nothing when no threshold keeps it.
    pub(super) at: Option<RiskPoint>,
}

/// A class with how well it is told.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Class<'a> {
    /// Its name.
    pub(super) name: &'a str,
    /// How many lines have it.
    pub(super) items: usize,
    /// How often it was said.
    pub(super) given: usize,
    /// The share of lines that are right where it was said.
    pub(super) precision: f64,
    /// The share of its lines that were told.
    pub(super) recall: f64,
    /// The harmonic mean of both.
    pub(super) f1: f64,
    /// How many lines are right.
    pub(super) right: usize,
}

/// Two classes of which one is taken for the other.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(super) struct Confusion<'a> {
    /// What is right.
    pub(super) expected: &'a str,
    /// What was said.
    pub(super) given: &'a str,
    /// How often.
    pub(super) items: usize,
    /// The share of the right class's lines.
    pub(super) share: f64,
    /// Some of the messages.
    pub(super) messages: Vec<&'a str>,
}

impl<'a> Analysis<'a> {
    /// What the lines of `run` show.
    pub(super) fn of(run: &'a Run) -> Self {
        let lines = &run.predictions;
        let sureness = |line: &Prediction| line.confidence.unwrap_or(0.0);
        let surest_first = |of: &dyn Fn(&&Prediction) -> bool| {
            let mut chosen: Vec<&Prediction> = lines.iter().filter(of).collect();
            chosen.sort_by(|a, b| sureness(b).total_cmp(&sureness(a)));
            chosen
        };
        let mut errors = surest_first(&|line| line.is_in_scope() && !line.is_right());
        let wrong = errors.len();
        errors.truncate(ERRORS);
        let mut outside = surest_first(&|line| !line.is_in_scope());
        outside.truncate(ERRORS_OUTSIDE);
        // whoever says nothing is not sure of anything
        let confidence =
            |line: &Prediction| line.confidence.or(line.given.is_empty().then_some(0.0));
        let answers: Option<Vec<(f32, bool)>> =
            lines.iter().map(|line| Some((confidence(line)?, line.is_right()))).collect();
        Self {
            confidence: answers.as_deref().map(Confidence::of),
            classes: classes(lines),
            confusions: confusions(lines),
            errors,
            wrong,
            outside,
        }
    }
}

impl Confidence {
    fn of(answers: &[(f32, bool)]) -> Self {
        let curve = risk_coverage(answers);
        let operating_points = RISKS.map(|limit| {
            let kept = curve.iter().filter(|point| point.risk <= limit);
            let most = kept.max_by(|a, b| a.coverage.total_cmp(&b.coverage));
            OperatingPoint { limit, at: most.copied() }
        });
        Self {
            aurc: aurc(answers),
            reliability: reliability(answers),
            histogram: histogram(answers),
            risk_coverage: curve,
            operating_points: operating_points.to_vec(),
        }
    }
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "a place among twenty"
)]
fn histogram(answers: &[(f32, bool)]) -> Vec<Bar> {
    let mut bars = vec![Bar::default(); BARS];
    for (confidence, is_right) in answers {
        let at = (confidence.clamp(0.0, 1.0) * BARS as f32) as usize;
        let Some(bar) = bars.get_mut(at.min(BARS - 1)) else { continue };
        *(if *is_right { &mut bar.right } else { &mut bar.wrong }) += 1;
    }
    bars
}

/// The right class of a line and what was said, by their names.
fn pair(line: &Prediction) -> (&str, &str) {
    let given = if line.given.is_empty() { NOTHING } else { &line.given };
    (line.class().unwrap_or(OUT_OF_SCOPE), given)
}

fn classes(lines: &[Prediction]) -> Vec<Class<'_>> {
    let mut counts: BTreeMap<&str, [usize; 3]> = BTreeMap::new();
    for line in lines.iter().filter(|line| line.is_in_scope()) {
        let (expected, given) = pair(line);
        let [items, _, right] = counts.entry(expected).or_default();
        *items += 1;
        *right += usize::from(line.is_right());
        let [_, said, _] = counts.entry(given).or_default();
        *said += 1;
    }
    let class = |(name, [items, given, right]): (_, [usize; 3])| Class {
        name,
        items,
        given,
        precision: share(right, given),
        recall: share(right, items),
        f1: share(2 * right, items + given),
        right,
    };
    counts.into_iter().map(class).collect()
}

fn confusions(lines: &[Prediction]) -> Vec<Confusion<'_>> {
    let mut all: BTreeMap<&str, usize> = BTreeMap::new();
    let mut messages: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for line in lines {
        let (expected, given) = pair(line);
        *all.entry(expected).or_default() += 1;
        if !line.is_right() {
            messages.entry((expected, given)).or_default().push(&line.text);
        }
    }
    let mut confusions: Vec<Confusion<'_>> = messages
        .into_iter()
        .map(|((expected, given), mut messages)| {
            let items = messages.len();
            messages.truncate(SHOWN);
            let share = share(items, all.get(expected).copied().unwrap_or_default());
            Confusion { expected, given, items, share, messages }
        })
        .collect();
    confusions.sort_by_key(|confusion| std::cmp::Reverse(confusion.items));
    confusions
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::Task;

    fn line(text: &str, expected: &[&str], given: &str, confidence: f32) -> Prediction {
        let expected = expected.iter().map(|name| (*name).to_owned()).collect();
        Prediction::of(text, expected, [(given, Some(confidence))])
    }

    fn run() -> Run {
        let predictions = vec![
            line("1", &["a"], "a", 0.9),
            line("2", &["a"], "b", 0.8),
            line("3", &["a"], "b", 0.3),
            line("4", &["b", "a"], "a", 1.0),
            line("5", &["b"], "b", 0.5),
            line("6", &[], "b", 0.2),
        ];
        Run { task: Task::Intents, predictions, titles: BTreeMap::new() }
    }

    #[test]
    fn confusions_name_both_classes_and_lines_out_of_scope() {
        let run = run();
        let analysis = Analysis::of(&run);
        let pairs: Vec<_> =
            analysis.confusions.iter().map(|c| (c.expected, c.given, c.items)).collect();
        assert_eq!(pairs, [("a", "b", 2), (OUT_OF_SCOPE, "b", 1)]);
        assert_eq!(analysis.confusions[0].messages, ["2", "3"]);
        // of the three lines of class a, and the one that may be a as well
        assert!((analysis.confusions[0].share - 0.5).abs() < 1e-9);
        let errors: Vec<&str> = analysis.errors.iter().map(|e| e.text.as_str()).collect();
        assert_eq!((errors, analysis.wrong), (vec!["2", "3"], 2));
        assert_eq!(analysis.outside.iter().map(|o| o.text.as_str()).collect::<Vec<_>>(), ["6"]);
    }

    #[test]
    fn classes_leave_out_what_is_out_of_scope() {
        let run = run();
        let classes = Analysis::of(&run).classes;
        let names: Vec<_> = classes.iter().map(|c| (c.name, c.items, c.given)).collect();
        assert_eq!(names, [("a", 4, 2), ("b", 1, 3)]);
        assert!((classes[0].precision - 1.0).abs() < 1e-9);
        assert!((classes[0].recall - 0.5).abs() < 1e-9);
        assert!((classes[1].f1 - 0.5).abs() < 1e-9);
    }

    #[test]
    fn confidences_give_bars_and_operating_points() {
        let run = run();
        let shown = Analysis::of(&run).confidence.unwrap();
        assert_eq!(shown.histogram[18], Bar { right: 1, wrong: 0 });
        assert_eq!(shown.histogram[19], Bar { right: 1, wrong: 0 });
        assert_eq!(shown.histogram[16], Bar { right: 0, wrong: 1 });
        // 1.0 and 0.9 are right, 0.8 is wrong: two of six can be answered without an error
        let at = shown.operating_points[0].at.unwrap();
        assert!((at.coverage - 2.0 / 6.0).abs() < 1e-9 && (at.threshold - 0.9).abs() < 1e-6);
        let mut without = run.clone();
        without.predictions[5] = Prediction::of("6", vec![], []);
        assert_eq!(Analysis::of(&without).confidence.unwrap().histogram[0].wrong, 1);
        without.predictions[0].confidence = None;
        assert!(Analysis::of(&without).confidence.is_none());
    }
}
