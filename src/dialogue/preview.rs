//! What lists show of a conversation: the beginning of the customer's last words.

use crate::domain::{Attachment, MessageText, said_with};

/// Most characters of the customer's last words that are kept.
const PREVIEW_CHARS: usize = 120;

/// What a row in a list shows of a message: its words, and what is sent beside them by name.
pub(super) fn preview(text: &MessageText, attachments: &[Attachment]) -> String {
    shorten(&said_with(text, attachments))
}

fn shorten(text: &str) -> String {
    let mut words = text.chars();
    let mut short: String = words.by_ref().take(PREVIEW_CHARS).collect();
    if words.next().is_some() {
        short.push('…');
    }
    short.replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AttachmentId, FileKind, TextLimits};

    #[test]
    fn files_are_shown_by_name_beside_the_words_or_alone() {
        let file = Attachment {
            id: AttachmentId::random(),
            name: "收据.pdf".to_owned(),
            kind: FileKind::Pdf,
            size: 1,
            width: None,
            height: None,
        };
        let words = MessageText::parse("see\nhere", TextLimits::default()).unwrap();
        let files = std::slice::from_ref(&file);
        assert_eq!(preview(&words, files), "see here \u{1f4ce} 收据.pdf");
        assert_eq!(preview(&MessageText::none(), files), "\u{1f4ce} 收据.pdf");
        assert_eq!(preview(&words, &[]), "see here");
        let long = MessageText::parse(&"x".repeat(200), TextLimits::default()).unwrap();
        assert_eq!(preview(&long, files).chars().count(), PREVIEW_CHARS + 1);
    }
}
