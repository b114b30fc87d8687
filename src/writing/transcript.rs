//! A conversation as a text to take along: who said what, and when. What agents write to each other is
//! left out unless it is asked for.

use jiff::tz::Offset;
use serde::Serialize;

use crate::domain::{Attachment, Event, EventBody, Language, Seq, Timestamp};

/// Who said a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The customer.
    Customer,
    /// The bot.
    Bot,
    /// An agent, to the customer.
    Agent,
    /// An agent, to colleagues.
    Note,
    /// Nobody: something happened.
    Desk,
}

/// A line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Line {
    /// Its place in the conversation.
    pub seq: Seq,
    /// When, after ISO 8601.
    pub at: String,
    /// Who said it.
    pub from: Speaker,
    /// Their name.
    pub name: String,
    /// The words.
    pub text: String,
    /// The place of the message that it answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quoted: Option<Seq>,
    /// Files beside the words, or in their place.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub attachments: Vec<Attachment>,
}

/// The words of a transcript that nobody said.
#[derive(Clone, Copy, Debug)]
pub struct TranscriptWords {
    bot: &'static str,
    note: &'static str,
    file: &'static str,
    asked: &'static str,
    joined: &'static str,
    left: &'static str,
    ended: &'static str,
    rated: &'static str,
    erased: &'static str,
    none: &'static str,
}

impl TranscriptWords {
    /// The words in a language.
    pub fn of(language: Language) -> Self {
        match language {
            Language::En => Self {
                bot: "Assistant",
                note: "note",
                file: "[File: {name}]",
                asked: "A person was asked for.",
                joined: "{name} joined.",
                left: "{name} handed the conversation on.",
                ended: "{name} ended the conversation.",
                rated: "Rated {score} of 5.",
                erased: "What stood here was erased.",
                none: "Nothing was said.",
            },
            Language::Zh => Self {
                bot: "智能助手",
                note: "备注",
                file: "[文件：{name}]",
                asked: "已请求人工客服。",
                joined: "{name} 加入了会话。",
                left: "{name} 转交了会话。",
                ended: "{name} 结束了会话。",
                rated: "评分：{score}/5。",
                erased: "此处内容已被删除。",
                none: "没有任何消息。",
            },
        }
    }
}

/// A conversation as a text to take along.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Transcript {
    /// The customer's name.
    pub customer: String,
    /// The lines, the oldest first.
    pub lines: Vec<Line>,
    #[serde(skip)]
    none: &'static str,
    #[serde(skip)]
    note: &'static str,
    #[serde(skip)]
    file: &'static str,
}

impl Transcript {
    /// Tells what happened, with what agents wrote to each other only where `with_notes`.
    pub fn of(
        events: &[Event],
        customer: &str,
        words: TranscriptWords,
        offset: Offset,
        with_notes: bool,
    ) -> Self {
        let teller = Teller { customer, words, offset, with_notes };
        let lines = events.iter().flat_map(|event| teller.lines(event)).collect();
        let TranscriptWords { none, note, file, .. } = words;
        Self { customer: customer.to_owned(), lines, none, note, file }
    }

    /// As plain text: a line that says when and who, the words and the names of files below it.
    pub fn text(&self, head: &str) -> String {
        let mut text = format!("{head}\n\n");
        for Line { at, from, name, text: words, attachments, .. } in &self.lines {
            let files = attachments.iter().map(|file| self.file.replace("{name}", &file.name));
            let words = (!words.is_empty()).then(|| words.clone()).into_iter().chain(files);
            let words = words.collect::<Vec<String>>().join("\n");
            let minute = at.get(..16).unwrap_or(at).replace('T', " ");
            let said = match from {
                Speaker::Desk => format!("— {words}"),
                Speaker::Note => format!("{name} ({}):\n{words}", self.note),
                _ => format!("{name}:\n{words}"),
            };
            text.extend(["[", &minute, "] ", &said, "\n\n"]);
        }
        if self.lines.is_empty() {
            text.push_str(self.none);
            text.push('\n');
        }
        text
    }
}

struct Teller<'a> {
    customer: &'a str,
    words: TranscriptWords,
    offset: Offset,
    with_notes: bool,
}

impl Teller<'_> {
    fn lines(&self, event: &Event) -> Vec<Line> {
        let line = |from, name: &str, text: &str| Line {
            seq: event.seq,
            at: moment(event.at, self.offset),
            from,
            name: name.to_owned(),
            text: text.to_owned(),
            quoted: None,
            attachments: Vec::new(),
        };
        let happened =
            |text: &str, name: &str| line(Speaker::Desk, name, &text.replace("{name}", name));
        let note =
            |name: &str, text: &str| self.with_notes.then(|| line(Speaker::Note, name, text));
        match &event.body {
            EventBody::VisitorMessage { text, attachments, .. } => {
                let attachments = attachments.clone();
                let line = line(Speaker::Customer, self.customer, text.as_str());
                vec![Line { attachments, ..line }]
            }
            EventBody::BotMessage { text, .. } => vec![line(Speaker::Bot, self.words.bot, text)],
            EventBody::AgentMessage { name, text, attachments, quoted, .. } => {
                let quoted = quoted.as_ref().map(|quote| quote.seq);
                let attachments = attachments.clone();
                vec![Line { quoted, attachments, ..line(Speaker::Agent, name, text.as_str()) }]
            }
            EventBody::Noted { name, text, .. } | EventBody::Whispered { name, text, .. } => {
                note(name, text.as_str()).into_iter().collect()
            }
            EventBody::HandoffRequested { .. } => vec![happened(self.words.asked, "")],
            EventBody::Claimed { name, .. }
            | EventBody::TakenOver { name, .. }
            | EventBody::Reopened { name, .. } => vec![happened(self.words.joined, name)],
            EventBody::Released { name, note: words, .. }
            | EventBody::Transferred { name, note: words, .. } => {
                let words = words.as_ref().and_then(|words| note(name, words.as_str()));
                std::iter::once(happened(self.words.left, name)).chain(words).collect()
            }
            EventBody::Resolved { name, .. } => vec![happened(self.words.ended, name)],
            EventBody::Rated { score, comment } => {
                let rated = self.words.rated.replace("{score}", &score.to_string());
                let comment = comment.as_ref();
                let comment =
                    comment.map(|words| line(Speaker::Customer, self.customer, words.as_str()));
                std::iter::once(happened(&rated, "")).chain(comment).collect()
            }
            EventBody::Erased => vec![happened(self.words.erased, "")],
            _ => Vec::new(),
        }
    }
}

/// A moment after ISO 8601, to the second, as clocks show it that are ahead of UTC by `offset`.
fn moment(at: Timestamp, offset: Offset) -> String {
    let seconds = at.0.div_euclid(1_000);
    let moment = jiff::Timestamp::from_second(seconds).unwrap_or_default();
    format!("{}{}", offset.to_datetime(moment), hours(offset))
}

/// By how much clocks are ahead: `+08:00`.
fn hours(offset: Offset) -> String {
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        AgentId, AttachmentId, ClientId, FileKind, MessageText, Target, TextLimits,
    };

    fn text(words: &str) -> MessageText {
        MessageText::parse(words, TextLimits::default()).unwrap()
    }

    fn events() -> Vec<Event> {
        let (agent, name) = (AgentId::random(), || "Ana".to_owned());
        let file = |name: &str| Attachment {
            id: AttachmentId::from_bytes([0xf1; 16]),
            name: name.to_owned(),
            kind: FileKind::Pdf,
            size: 9,
            width: None,
            height: None,
        };
        let heard = |text, attachments| {
            let (choice, language) = (None, None);
            EventBody::VisitorMessage { text, choice, attachments, language }
        };
        let said = |text, attachments| {
            let (name, quoted) = (name(), None);
            EventBody::AgentMessage { agent, name, text, attachments, quoted }
        };
        let bodies = vec![
            heard(text("Hello\nyou"), vec![]),
            EventBody::Claimed { agent, name: name() },
            said(text("Hi"), vec![file("label.pdf")]),
            heard(MessageText::none(), vec![file("a.pdf"), file("b.pdf")]),
            EventBody::Noted { agent, name: name(), text: text("secret one"), mentions: vec![] },
            EventBody::Transferred {
                agent,
                name: name(),
                target: Target::Queue,
                note: Some(text("secret two")),
            },
            EventBody::Whispered { agent, name: name(), text: text("secret three") },
            EventBody::Rated { score: 5, comment: Some(text("Great")) },
        ];
        let numbered = (1..).zip(bodies).map(|(seq, body)| Event {
            seq: Seq(seq),
            at: Timestamp(1_764_464_461_500),
            client_id: ClientId::parse(format!("c{seq}")).unwrap(),
            body,
        });
        numbered.collect()
    }

    #[test]
    fn a_transcript_says_who_said_what_and_when() {
        let words = TranscriptWords::of(Language::En);
        let told = Transcript::of(&events(), "Li", words, Offset::constant(8), false);
        let expected = "Head\n\n[2025-11-30 09:01] Li:\nHello\nyou\n\n\
            [2025-11-30 09:01] — Ana joined.\n\n[2025-11-30 09:01] Ana:\nHi\n[File: label.pdf]\n\n\
            [2025-11-30 09:01] Li:\n[File: a.pdf]\n[File: b.pdf]\n\n\
            [2025-11-30 09:01] — Ana handed the conversation on.\n\n\
            [2025-11-30 09:01] — Rated 5 of 5.\n\n[2025-11-30 09:01] Li:\nGreat\n\n";
        assert_eq!(told.text("Head"), expected);
        let json = serde_json::to_value(&told).unwrap();
        assert_eq!(json["lines"][0]["at"], "2025-11-30T09:01:01+08:00");
        assert_eq!(json["lines"][2]["from"], "agent");
        assert_eq!(json["lines"][3]["attachments"][1]["name"], "b.pdf");
        assert_eq!(json["lines"][0].get("attachments"), None);
        let empty = Transcript::of(&[], "Li", words, Offset::UTC, false);
        assert_eq!(empty.text("Head"), "Head\n\nNothing was said.\n");
    }

    #[test]
    fn notes_are_there_only_when_they_are_asked_for() {
        for language in Language::ALL {
            let words = TranscriptWords::of(language);
            let told = Transcript::of(&events(), "Li", words, Offset::UTC, false);
            assert!(!told.text("").contains("secret"), "{}", told.text(""));
            let told = Transcript::of(&events(), "Li", words, Offset::UTC, true).text("");
            for secret in ["secret one", "secret two", "secret three"] {
                assert!(told.contains(secret), "{told}");
            }
            assert!(told.contains(words.note), "{told}");
        }
    }
}
