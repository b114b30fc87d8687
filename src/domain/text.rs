//! Texts that people type. Whoever holds a [`MessageText`] may store, count and show it: it has
//! visible content (beside files there may be none), a bounded size in bytes and graphemes, and no
//! control characters.

use std::fmt;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// How long a text may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TextLimits {
    /// Most bytes of UTF-8.
    pub bytes: usize,
    /// Most user-perceived characters (extended grapheme clusters, UAX #29).
    pub graphemes: usize,
}

impl Default for TextLimits {
    fn default() -> Self {
        Self { bytes: 16 * 1024, graphemes: 4_000 }
    }
}

/// Most code points that one user-perceived character may have.
const CODE_POINTS_PER_GRAPHEME: usize = 32;

/// Why a text is not a message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Nothing in it can be seen.
    #[error("the text is empty")]
    Empty,
    /// It has too many bytes.
    #[error("the text has {bytes} bytes, {limit} at most")]
    TooManyBytes {
        /// What it has.
        bytes: usize,
        /// What it may have.
        limit: usize,
    },
    /// It has too many user-perceived characters.
    #[error("the text has more than {limit} characters")]
    TooManyGraphemes {
        /// What it may have.
        limit: usize,
    },
    /// One user-perceived character is a pile of combining marks.
    #[error("a character of the text is made of more than {limit} code points")]
    OverlongGrapheme {
        /// What it may have.
        limit: usize,
    },
    /// It holds a control character other than a line break or a tab.
    #[error("the text holds the control character U+{code:04X}")]
    ControlCharacter {
        /// Its code point.
        code: u32,
    },
}

/// A message as a person wrote it, without white space at its ends.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MessageText(String);

impl MessageText {
    /// No words at all: what is said with files alone.
    pub fn none() -> Self {
        Self(String::new())
    }

    /// Whether there are no words.
    pub fn is_none(&self) -> bool {
        self.0.is_empty()
    }

    /// Checks `raw` against `limits`; `\r\n` becomes `\n`.
    pub fn parse(raw: &str, limits: TextLimits) -> Result<Self, TextError> {
        if raw.len() > limits.bytes {
            return Err(TextError::TooManyBytes { bytes: raw.len(), limit: limits.bytes });
        }
        let text = raw.replace("\r\n", "\n");
        let text = text.trim_matches(|c: char| c.is_whitespace() || is_invisible(c));
        if text.chars().all(|c| c.is_whitespace() || is_invisible(c)) {
            return Err(TextError::Empty);
        }
        if let Some(control) = text.chars().find(|c| is_refused_control(*c)) {
            return Err(TextError::ControlCharacter { code: control as u32 });
        }
        let mut graphemes = 0;
        for grapheme in text.graphemes(true) {
            graphemes += 1;
            if graphemes > limits.graphemes {
                return Err(TextError::TooManyGraphemes { limit: limits.graphemes });
            }
            if grapheme.chars().count() > CODE_POINTS_PER_GRAPHEME {
                return Err(TextError::OverlongGrapheme { limit: CODE_POINTS_PER_GRAPHEME });
            }
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for MessageText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Zero-width characters that carry no content alone (ZWJ and variation selectors may stand inside).
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{ad}')
}

fn is_refused_control(c: char) -> bool {
    let is_direction_override = matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    (c.is_control() && c != '\n' && c != '\t') || is_direction_override
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(raw: &str) -> Result<MessageText, TextError> {
        MessageText::parse(raw, TextLimits::default())
    }

    #[test]
    fn ordinary_texts_in_any_script_pass() {
        for text in ["where is my parcel?", "我的包裹到哪了？", "line\nbreak", "👩‍👩‍👧‍👦 family"]
        {
            assert_eq!(parse(text).unwrap().as_str(), text);
        }
        assert_eq!(parse("  spaced\r\nout \n").unwrap().as_str(), "spaced\nout");
    }

    #[test]
    fn texts_without_content_are_refused() {
        for text in ["", "   ", "\n\t", "\u{200b}\u{feff}", "\u{3000}"] {
            assert_eq!(parse(text), Err(TextError::Empty), "{text:?}");
        }
    }

    #[test]
    fn sizes_are_bounded_in_bytes_graphemes_and_marks() {
        let limits = TextLimits { bytes: 20, graphemes: 5 };
        assert!(MessageText::parse("一二三四五", limits).is_ok());
        assert_eq!(
            MessageText::parse("一二三四五六", limits),
            Err(TextError::TooManyGraphemes { limit: 5 })
        );
        assert_eq!(
            MessageText::parse(&"x".repeat(21), limits),
            Err(TextError::TooManyBytes { bytes: 21, limit: 20 })
        );
        let zalgo = format!("a{}", "\u{301}".repeat(100));
        assert_eq!(parse(&zalgo), Err(TextError::OverlongGrapheme { limit: 32 }));
    }

    #[test]
    fn control_characters_are_named() {
        assert_eq!(parse("a\u{0}b"), Err(TextError::ControlCharacter { code: 0 }));
        assert_eq!(parse("a\u{1b}[31m"), Err(TextError::ControlCharacter { code: 0x1b }));
        assert_eq!(parse("a\u{202e}b"), Err(TextError::ControlCharacter { code: 0x202e }));
    }
}
