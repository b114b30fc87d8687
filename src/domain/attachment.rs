//! A file beside what somebody says. Its bytes are kept elsewhere; an event holds what one needs to
//! show it: the name, what it is, how large it is, and how much room a picture takes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{AttachmentId, MessageText};

/// What a file is, as its own bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub enum FileKind {
    /// A PNG picture.
    #[serde(rename = "image/png")]
    Png,
    /// A JPEG picture.
    #[serde(rename = "image/jpeg")]
    Jpeg,
    /// A GIF picture.
    #[serde(rename = "image/gif")]
    Gif,
    /// A WebP picture.
    #[serde(rename = "image/webp")]
    Webp,
    /// A PDF document.
    #[serde(rename = "application/pdf")]
    Pdf,
    /// Plain text in UTF-8.
    #[serde(rename = "text/plain")]
    Text,
}

impl FileKind {
    /// The media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Pdf => "application/pdf",
            Self::Text => "text/plain",
        }
    }

    /// Endings that a name of such a file may have; the first is the usual one.
    pub fn endings(self) -> &'static [&'static str] {
        match self {
            Self::Png => &["png"],
            Self::Jpeg => &["jpg", "jpeg"],
            Self::Gif => &["gif"],
            Self::Webp => &["webp"],
            Self::Pdf => &["pdf"],
            Self::Text => &["txt", "csv", "log", "md", "json", "tsv"],
        }
    }

    /// Whether it is a picture.
    pub fn is_image(self) -> bool {
        matches!(self, Self::Png | Self::Jpeg | Self::Gif | Self::Webp)
    }
}

/// A file that was sent with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Attachment {
    /// Its name in addresses; nobody can guess it.
    #[schema(value_type = String)]
    pub id: AttachmentId,
    /// Its name for people, with an ending that fits what it is.
    #[schema(example = "receipt.pdf")]
    pub name: String,
    /// What it is.
    #[serde(rename = "type")]
    pub kind: FileKind,
    /// How many bytes it has.
    pub size: u64,
    /// How many pixels wide a picture is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub width: Option<u32>,
    /// How many pixels high a picture is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub height: Option<u32>,
}

/// What a message says where there is room for words alone: its words, and what is sent beside them by
/// name.
pub(crate) fn said_with(text: &MessageText, attachments: &[Attachment]) -> String {
    let names = attachments.iter().map(|file| format!("\u{1f4ce} {}", file.name));
    let words = (!text.is_none()).then(|| text.as_str().to_owned());
    words.into_iter().chain(names).collect::<Vec<String>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_stored_says_only_what_is_known() {
        let id = AttachmentId::from_bytes([0xab; 16]);
        let file = Attachment {
            id,
            name: "发票.pdf".to_owned(),
            kind: FileKind::Pdf,
            size: 9,
            width: None,
            height: None,
        };
        let stored = serde_json::to_string(&file).unwrap();
        let expected = format!(
            r#"{{"id":"{}","name":"发票.pdf","type":"application/pdf","size":9}}"#,
            "ab".repeat(16)
        );
        assert_eq!(stored, expected);
        assert_eq!(serde_json::from_str::<Attachment>(&stored).unwrap(), file);
    }
}
