//! The tables of the page: confusions beside their heat map, errors side by side, classes, and what
//! thresholds give.

use maud::{Markup, html};

use crate::evaluation::report::analysis::{Analysis, Confusion, OUT_OF_SCOPE, OperatingPoint};
use crate::evaluation::report::matrix::Matrix;
use crate::evaluation::report::text::{confidence, percent};
use crate::evaluation::{Comparison, Difference, Prediction, Run, Task};

/// Pairs of classes that are shown, and of what lines out of scope are taken for.
const PAIRS: usize = 20;
const PAIRS_OUTSIDE: usize = 8;

/// A class by its name, with what the name stands for.
fn named(name: &str, run: &Run) -> Markup {
    html! {
        @if let Some(title) = run.titles.get(name) {
            span.title { (title) } " " code { (name) }
        } @else {
            code { (name) }
        }
    }
}

/// The pairs that are confused most, and all classes against each other.
pub(super) fn confusions(analysis: &Analysis<'_>, run: &Run) -> Markup {
    let matrix = Matrix::of(analysis);
    let confusions = analysis.confusions.iter();
    let (outside, inside): (Vec<_>, Vec<_>) =
        confusions.partition(|confusion| confusion.expected == OUT_OF_SCOPE);
    html! {
        section {
            h2 { "Confusions" }
            @if inside.is_empty() {
                p { "No class was taken for another." }
            } @else {
                (pairs(&inside, PAIRS, run))
            }
            @if !outside.is_empty() {
                h3 { "What messages out of scope look like" }
                (pairs(&outside, PAIRS_OUTSIDE, run))
            }
            h3 { "Confusion matrix" }
            p.note {
                "Rows are what is right, columns what was said; the stronger, the larger the share of the row. "
                @if matrix.len() < matrix.all {
                    "Drawn are the " (matrix.len()) " of " (matrix.all) " classes that are confused most. "
                }
                "Point at a cell to see its classes and how often."
            }
            div.wide { (matrix.draw()) }
        }
    }
}

fn pairs(confusions: &[&Confusion<'_>], most: usize, run: &Run) -> Markup {
    html! {
        table {
            thead { tr {
                th.number { "Times" } th.number { "Of the class" } th { "Right" } th { "Said" } th { "Messages" }
            } }
            tbody {
                @for confusion in confusions.iter().take(most) {
                    tr {
                        td.number { (confusion.items) }
                        td.number { (percent(confusion.share)) }
                        td { (named(confusion.expected, run)) }
                        td { (named(confusion.given, run)) }
                        td.quotes { @for text in &confusion.messages { q { (text) } } }
                    }
                }
            }
        }
        @if confusions.len() > most {
            p.note { (most) " of " (confusions.len()) " pairs." }
        }
    }
}

/// The surest errors: message, what is right, what was said.
pub(super) fn errors(analysis: &Analysis<'_>, run: &Run) -> Markup {
    html! {
        section {
            h2 { "Worst errors" }
            p.note {
                "The surest first; " (analysis.errors.len()) " of " (analysis.wrong)
                " wrong lines. Beside each side stands its probability."
            }
            (lines(&analysis.errors, run))
            @if !analysis.outside.is_empty() {
                h3 { "The surest out of scope" }
                (lines(&analysis.outside, run))
            }
        }
    }
}

fn lines(lines: &[&Prediction], run: &Run) -> Markup {
    let said = if run.task == Task::Faq { "Found" } else { "Said" };
    html! {
        table.errors {
            thead { tr {
                th { "Message" } th { "Right" } th.number { "p" } th { (said) } th.number { "p" }
            } }
            tbody { @for line in lines { (error(line, run)) } }
        }
    }
}

fn error(line: &Prediction, run: &Run) -> Markup {
    html! {
        tr {
            td { (line.text) }
            td {
                @match line.expected.first() {
                    None => i { "nothing: out of scope" },
                    Some(name) => {
                        (named(name, run))
                        @if line.expected.len() > 1 { span.note { " or " (line.expected.get(1..).unwrap_or_default().join(", ")) } }
                    }
                }
            }
            td.number { @if line.is_in_scope() { (confidence(line.expected_confidence)) } }
            td { @if line.given.is_empty() { i { "nothing" } } @else { (named(&line.given, run)) } }
            td.number { (confidence(line.confidence)) }
        }
    }
}

/// Every class with its measures; a click on a heading sorts.
pub(super) fn classes(analysis: &Analysis<'_>, run: &Run) -> Markup {
    let mut classes: Vec<_> = analysis.classes.iter().collect();
    classes.sort_by(|a, b| a.f1.total_cmp(&b.f1).then(a.name.cmp(b.name)));
    html! {
        section {
            h2 { "Classes" }
            p.note { "The worst first. Press a heading to sort." }
            table.sortable {
                thead { tr {
                    @for (heading, is_number) in [
                        ("Class", false), ("Messages", true), ("Said", true), ("Precision", true),
                        ("Recall", true), ("F1", true),
                    ] {
                        th.number[is_number] { button type="button" { (heading) } }
                    }
                } }
                tbody {
                    @for class in classes {
                        tr {
                            td { (named(class.name, run)) }
                            td.number { (class.items) }
                            td.number { (class.given) }
                            td.number { (percent(class.precision)) }
                            td.number { (percent(class.recall)) }
                            td.number.meter style=(format!("--share:{:.3}", class.f1)) { (format!("{:.3}", class.f1)) }
                        }
                    }
                }
            }
        }
    }
}

/// How the run compares with another one.
pub(super) fn comparison(comparison: &Comparison) -> Markup {
    html! {
        section {
            h2 { "Compared with " (comparison.with) }
            table.plain {
                thead { tr {
                    th { "Measure" } th.number { "This run" } th.number { "Other" } th.number { "Difference" }
                    th.number { "95 % interval" } th { "" }
                } }
                tbody {
                    @for Difference { measure, this, other, difference, low, high, excludes_zero } in &comparison.measures {
                        tr {
                            th scope="row" { (measure) }
                            td.number { (format!("{this:.4}")) }
                            td.number { (format!("{other:.4}")) }
                            td.number { (format!("{difference:+.4}")) }
                            td.number { (format!("{low:+.4} to {high:+.4}")) }
                            td { @if *excludes_zero { b { "a clear difference" } } @else { "no clear difference" } }
                        }
                    }
                }
            }
            p.note {
                "Only this run has " (comparison.only_this_right) " of " (comparison.items)
                " lines right, only the other " (comparison.only_other_right)
                ". Paired bootstrap (Koehn 2004), " (comparison.resamples) " resamples."
            }
        }
    }
}

/// What can be answered at which risk.
pub(super) fn operating_points(points: &[OperatingPoint]) -> Markup {
    html! {
        table.plain {
            thead { tr { th { "Wrong at most" } th.number { "Threshold" } th.number { "Answered" } } }
            tbody {
                @for point in points {
                    tr {
                        th scope="row" { (format!("{:.0} %", point.limit * 100.0)) }
                        td.number { @match point.at { Some(at) => (format!("{:.2}", at.threshold)), None => "–" } }
                        td.number { @match point.at { Some(at) => (percent(at.coverage)), None => "none" } }
                    }
                }
            }
        }
        p.note { "The lowest confidence from which answers are wrong no oftener than that on these messages." }
    }
}
