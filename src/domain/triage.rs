//! What agents say of a conversation to find and order their work: its priority and its labels.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;
use utoipa::ToSchema;

/// How much agents say a conversation matters; without one it is as any other.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// It can wait longer than others.
    Low,
    /// A little more than others.
    Medium,
    /// Soon.
    High,
    /// Now.
    Urgent,
}

/// Most characters, as people count them, of a label.
const LABEL_CHARACTERS: usize = 40;
/// Most labels of one conversation.
pub const MOST_LABELS: usize = 20;

/// A label: a line of text in any script, without a comma, as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LabelName(String);

/// Why a text is no label.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LabelError {
    /// Nothing but white space.
    #[error("a label needs a name")]
    Empty,
    /// Too long.
    #[error("a label has {LABEL_CHARACTERS} characters at most")]
    TooLong,
    /// A comma, which separates labels, or a control character.
    #[error("a label has no commas and no control characters")]
    Character,
}

impl LabelName {
    /// Checks a label; white space around it does not count.
    pub fn parse(text: &str) -> Result<Self, LabelError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(LabelError::Empty);
        }
        if text.contains([',', '，']) || text.chars().any(char::is_control) {
            return Err(LabelError::Character);
        }
        if text.graphemes(true).count() > LABEL_CHARACTERS {
            return Err(LabelError::TooLong);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for LabelName {
    type Error = LabelError;
    fn try_from(text: String) -> Result<Self, LabelError> {
        Self::parse(&text)
    }
}

impl From<LabelName> for String {
    fn from(label: LabelName) -> Self {
        label.0
    }
}

impl fmt::Display for LabelName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_a_short_line_in_any_script() {
        assert_eq!(LabelName::parse(" 退款 ").unwrap().as_str(), "退款");
        assert_eq!(LabelName::parse("  "), Err(LabelError::Empty));
        assert_eq!(LabelName::parse("a,b"), Err(LabelError::Character));
        assert_eq!(LabelName::parse("a\nb"), Err(LabelError::Character));
        assert_eq!(LabelName::parse(&"x".repeat(41)), Err(LabelError::TooLong));
        assert!(LabelName::parse(&"宽".repeat(40)).is_ok());
    }

    #[test]
    fn priorities_are_in_order() {
        assert!(Priority::Low < Priority::Medium && Priority::High < Priority::Urgent);
    }
}
