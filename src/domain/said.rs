//! What words refer to: colleagues who are named in a note, and the message that a reply quotes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{AgentId, Event, EventBody, MessageText, Seq, said_with};

/// Most colleagues who are named in one note.
pub const MOST_MENTIONS: usize = 20;
/// Most characters of a quoted message that stand in the reply.
const QUOTE_CHARS: usize = 160;

/// A colleague who is named in a note. The words are those of the time; whom they mean is the id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Mention {
    /// Who.
    #[schema(value_type = String)]
    pub agent: AgentId,
    /// Where it stands in the text, in Unicode characters; there is the `@`.
    pub at: usize,
    /// How many characters it has, with the `@`.
    pub length: usize,
}

/// Why mentions are not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MentionError {
    /// There are too many.
    #[error("{MOST_MENTIONS} at most")]
    TooMany,
    /// One does not stand in the text where it says.
    #[error("each stands in the text, begins with `@` and ends before the next one")]
    Place,
}

impl Mention {
    /// Checks that all of them stand in the text where they say, one after the other.
    pub fn check(text: &MessageText, mentions: &[Self]) -> Result<(), MentionError> {
        if mentions.len() > MOST_MENTIONS {
            return Err(MentionError::TooMany);
        }
        let signs: Vec<char> = text.as_str().chars().collect();
        let mut end = 0;
        for Self { at, length, .. } in mentions {
            let is_sign = *at >= end && signs.get(*at) == Some(&'@');
            end = at.saturating_add(*length);
            if !is_sign || *length < 2 || end > signs.len() {
                return Err(MentionError::Place);
            }
        }
        Ok(())
    }
}

/// Who said something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The customer.
    Visitor,
    /// The bot.
    Bot,
    /// An agent.
    Agent,
}

/// An earlier message of the same conversation that a reply quotes, with its first words, so that it can
/// be shown where the message itself is not at hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Quote {
    /// Its place.
    #[schema(value_type = u64)]
    pub seq: Seq,
    /// Who said it.
    pub from: Side,
    /// The agent's name, where it was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Its words and the names of its files, shortened, in one line.
    pub text: String,
}

impl Quote {
    /// Quotes a message; nothing else can be quoted.
    pub fn of(event: &Event) -> Option<Self> {
        let (from, name, text) = match &event.body {
            EventBody::VisitorMessage { text, attachments, .. } => {
                (Side::Visitor, None, said_with(text, attachments))
            }
            EventBody::BotMessage { text, .. } => (Side::Bot, None, text.clone()),
            EventBody::AgentMessage { name, text, attachments, .. } => {
                (Side::Agent, Some(name), said_with(text, attachments))
            }
            _ => return None,
        };
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut signs = line.chars();
        let mut text: String = signs.by_ref().take(QUOTE_CHARS).collect();
        if signs.next().is_some() {
            text.push('…');
        }
        Some(Self { seq: event.seq, from, name: name.cloned(), text })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Attachment, AttachmentId, ClientId, FileKind, TextLimits, Timestamp};

    fn text(words: &str) -> MessageText {
        MessageText::parse(words, TextLimits::default()).unwrap()
    }

    fn mention(at: usize, length: usize) -> Mention {
        Mention { agent: AgentId::random(), at, length }
    }

    #[test]
    fn mentions_stand_where_they_say() {
        // characters, not bytes: 陈 has three of them
        let words = text("陈 @Ana @王明 看一下");
        assert_eq!(Mention::check(&words, &[mention(2, 4), mention(7, 3)]), Ok(()));
        for wrong in [
            vec![mention(1, 4)],
            vec![mention(2, 1)],
            vec![mention(7, 3), mention(2, 4)],
            vec![mention(2, 6), mention(7, 3)],
            vec![mention(7, 30)],
            vec![mention(2, usize::MAX)],
            vec![mention(usize::MAX, 2)],
        ] {
            assert_eq!(Mention::check(&words, &wrong), Err(MentionError::Place), "{wrong:?}");
        }
        let many: Vec<Mention> = (0..=MOST_MENTIONS).map(|_| mention(2, 4)).collect();
        assert_eq!(Mention::check(&words, &many), Err(MentionError::TooMany));
    }

    #[test]
    fn a_quote_is_short_and_only_of_what_was_said() {
        let event = |body| Event {
            seq: Seq(7),
            at: Timestamp(1),
            client_id: ClientId::parse("c").unwrap(),
            body,
        };
        let long = text(&format!("first\n\n second {}", "x".repeat(200)));
        let heard = |text, attachments| {
            event(EventBody::VisitorMessage { text, choice: None, attachments, language: None })
        };
        let quote = Quote::of(&heard(long, vec![])).unwrap();
        assert_eq!((quote.seq, quote.from, quote.name), (Seq(7), Side::Visitor, None));
        assert!(quote.text.starts_with("first second xxx") && quote.text.ends_with("x…"));
        assert_eq!(quote.text.chars().count(), QUOTE_CHARS + 1);
        let file = Attachment {
            id: AttachmentId::random(),
            name: "收据.pdf".to_owned(),
            kind: FileKind::Pdf,
            size: 1,
            width: None,
            height: None,
        };
        let quote = Quote::of(&heard(MessageText::none(), vec![file.clone()])).unwrap();
        assert_eq!(quote.text, "\u{1f4ce} 收据.pdf", "files alone are quoted by name");
        let quote = Quote::of(&heard(text("see\nhere"), vec![file])).unwrap();
        assert_eq!(quote.text, "see here \u{1f4ce} 收据.pdf");
        let (agent, name) = (AgentId::random(), "Ana".to_owned());
        let note = EventBody::Noted { agent, name, text: text("secret"), mentions: vec![] };
        assert_eq!(Quote::of(&event(note)), None);
        assert_eq!(Quote::of(&event(EventBody::Erased)), None);
    }
}
