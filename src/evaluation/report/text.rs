//! How the page writes numbers.

/// A share as a percentage.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A confidence.
pub(super) fn confidence(value: Option<f32>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.2}"))
}

/// A place in a drawing.
pub(super) fn px(value: f64) -> String {
    format!("{value:.1}")
}
