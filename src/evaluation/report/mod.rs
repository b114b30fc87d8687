//! The report of a measurement: one HTML file that opens offline, with everything drawn in it. All
//! text that was measured is escaped; the page needs no script but to sort tables.

mod analysis;
mod charts;
mod matrix;
mod tables;
mod text;

use std::fs;
use std::path::Path;

use maud::{DOCTYPE, Markup, PreEscaped, html};
use serde_json::{Value, json};

use crate::evaluation::report::analysis::{Analysis, Confidence};
use crate::evaluation::report::text::percent;
use crate::evaluation::{Comparison, EvalError, Run, Task};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The figures that stand in large type where they are measured, with what they are called.
const MAIN: [(&str, &str, bool); 8] = [
    ("accuracy", "Accuracy", true),
    ("top1", "Right entry first", true),
    ("mrr10", "MRR@10", false),
    ("recall5", "Recall@5", true),
    ("macro_f1", "Macro F1", false),
    ("f1_true", "F1 of true", false),
    ("ece", "Calibration (ECE)", false),
    ("oos_auroc", "Out of scope (AUROC)", false),
];

/// What is shown.
#[derive(Clone, Copy, Debug)]
pub struct Page<'a> {
    /// The figures, by name.
    pub figures: &'a Value,
    /// The lines behind them.
    pub run: &'a Run,
    /// How it compares with another run.
    pub comparison: Option<&'a Comparison>,
}

impl Page<'_> {
    /// Writes the page.
    pub fn write(&self, file: &Path) -> Result<(), EvalError> {
        fs::write(file, self.html())
            .map_err(|source| EvalError::Unwritable { file: file.to_owned(), source })
    }

    /// The page as text.
    pub fn html(&self) -> String {
        let analysis = Analysis::of(self.run);
        let title = format!("Evaluation of {}", self.subject());
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) }
                    style { (PreEscaped(STYLE)) }
                }
                body {
                    header {
                        h1 { (title) }
                        p.lead { (self.lead(&analysis)) }
                        (self.tiles(&analysis))
                    }
                    main {
                        @if let Some(comparison) = self.comparison { (tables::comparison(comparison)) }
                        @if let Some(shown) = &analysis.confidence { (confidence(shown)) }
                        (tables::confusions(&analysis, self.run))
                        (tables::errors(&analysis, self.run))
                        (tables::classes(&analysis, self.run))
                        (self.all_figures())
                    }
                    footer {
                        p {
                            "Written by frontdesk " (env!("CARGO_PKG_VERSION")) ". "
                            button type="button" id="save" { "Save the data as JSON" }
                        }
                    }
                    script type="application/json" id="data" { (PreEscaped(self.data(&analysis))) }
                    script { (PreEscaped(SCRIPT)) }
                }
            }
        };
        page.into_string()
    }

    fn subject(&self) -> String {
        match self.run.task {
            Task::Intents => "intents".to_owned(),
            Task::Faq => "FAQ search".to_owned(),
            Task::Labels(field) => format!("the label {}", field.replace('_', " ")),
        }
    }

    fn lead(&self, analysis: &Analysis<'_>) -> String {
        let outside = self.run.predictions.iter().filter(|line| !line.is_in_scope()).count();
        let asked = self.run.predictions.len() - outside;
        let tier = self.figures.get("tier").and_then(Value::as_str).unwrap_or_default();
        let folds = self.figures.get("folds").and_then(Value::as_u64);
        let folds = folds.map_or_else(String::new, |n| format!(", cross-validated in {n} folds"));
        let also = match outside {
            0 => String::new(),
            _ => format!(", and {outside} out of scope, for which nothing is right"),
        };
        format!("{asked} messages asked, {} wrong, {tier} tier{folds}{also}.", analysis.wrong)
    }

    fn tiles(&self, analysis: &Analysis<'_>) -> Markup {
        let measured = MAIN.iter().filter_map(|(key, name, is_share)| {
            let value = self.figures.get(key)?.as_f64()?;
            Some((*name, if *is_share { percent(value) } else { format!("{value:.3}") }))
        });
        let aurc = analysis.confidence.as_ref().map(|shown| ("AURC", format!("{:.4}", shown.aurc)));
        html! {
            dl.tiles {
                @for (name, value) in measured.chain(aurc) { div { dt { (name) } dd { (value) } } }
            }
        }
    }

    fn all_figures(&self) -> Markup {
        let figures = self.figures.as_object().into_iter().flatten();
        html! {
            section {
                h2 { "All figures" }
                table.plain { tbody {
                    @for (name, value) in figures.filter(|(_, value)| is_plain(value)) {
                        tr {
                            th scope="row" { (name) }
                            td.number { @match value { Value::String(text) => (text), other => (other) } }
                        }
                    }
                } }
            }
        }
    }

    /// Everything as JSON, safe inside a script element.
    fn data(&self, analysis: &Analysis<'_>) -> String {
        let data = json!({
            "figures": self.figures, "analysis": analysis, "titles": self.run.titles,
            "predictions": self.run.predictions, "comparison": self.comparison,
        });
        data.to_string().replace('<', "\\u003c")
    }
}

fn is_plain(value: &Value) -> bool {
    value.is_number() || value.is_string()
}

fn confidence(shown: &Confidence) -> Markup {
    html! {
        section.charts {
            figure {
                h2 { "Confidence histogram" }
                (charts::histogram(&shown.histogram))
                figcaption {
                    span.key.right {} "right " span.key.wrong {} "wrong. "
                    "Good confidences keep the wrong ones to the left."
                }
            }
            figure {
                h2 { "Reliability diagram" }
                (charts::reliability(&shown.reliability))
                figcaption {
                    "On the diagonal, confidences are true. " span.key.gap {}
                    "gap; below the diagonal the bot is too sure, above it too modest."
                }
            }
            figure {
                h2 { "Risk–coverage curve" }
                (charts::risk_coverage(&shown.risk_coverage))
                figcaption {
                    "If only the surest messages are answered, so many answers are wrong. AURC "
                    (format!("{:.4}", shown.aurc)) "; lower is better."
                }
            }
            figure {
                h2 { "Thresholds" }
                (tables::operating_points(&shown.operating_points))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluation::Prediction;

    fn page_of(run: &Run) -> String {
        let figures = json!({"tier": "lexical", "accuracy": 0.5, "ece": 0.1, "oos_auroc": null});
        Page { figures: &figures, run, comparison: None }.html()
    }

    fn run() -> Run {
        let nasty = "</script><script>alert('x')</script> & \"quoted\"";
        let predictions = vec![
            Prediction::of(nasty, vec!["a".to_owned()], [("b", Some(0.9)), ("a", Some(0.1))]),
            Prediction::of("fine", vec!["b".to_owned()], [("b", Some(0.8))]),
        ];
        let titles = [("a".to_owned(), "What is <a>?".to_owned())].into();
        Run { task: Task::Faq, predictions, titles }
    }

    #[test]
    fn what_was_measured_is_escaped_everywhere() {
        let page = page_of(&run());
        assert!(!page.contains("<script>alert"), "{page}");
        assert!(page.contains("&lt;/script&gt;&lt;script&gt;alert"));
        assert!(page.contains("What is &lt;a&gt;?"));
    }

    #[test]
    fn the_data_in_the_page_is_json_with_every_line() {
        let run = run();
        let page = page_of(&run);
        let data = page.split("id=\"data\">").nth(1).unwrap().split("</script>").next().unwrap();
        let data: Value = serde_json::from_str(data).unwrap();
        let lines: Vec<Prediction> = serde_json::from_value(data["predictions"].clone()).unwrap();
        assert_eq!(lines, run.predictions);
        assert_eq!(data["analysis"]["confusions"][0]["expected"], "a");
    }

    #[test]
    fn the_page_is_whole_and_loads_nothing() {
        let page = page_of(&run());
        for part in [
            "Confidence histogram",
            "Reliability diagram",
            "Risk–coverage curve",
            "Confusions",
            "Worst errors",
            "50.0 %",
            "All figures",
        ] {
            assert!(page.contains(part), "{part}");
        }
        for outside in ["http://", "https://", "src=", "url(", "@import"] {
            assert!(!page.contains(outside), "{outside}");
        }
    }

    #[test]
    fn a_comparison_is_shown_with_its_interval() {
        let run = run();
        let comparison = run.compare(&run, "lexical").unwrap();
        let figures = json!({"tier": "encoder"});
        let page = Page { figures: &figures, run: &run, comparison: Some(&comparison) }.html();
        assert!(page.contains("Compared with lexical") && page.contains("no clear difference"));
    }

    #[test]
    fn without_confidences_there_are_no_curves() {
        let mut run = run();
        for line in &mut run.predictions {
            line.confidence = None;
        }
        let page = page_of(&run);
        assert!(!page.contains("Reliability diagram") && page.contains("Worst errors"));
    }
}
