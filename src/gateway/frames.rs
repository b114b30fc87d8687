//! The JSON frames of both sockets, as the README's protocol page documents them. What clients send
//! is parsed strictly: a field or a frame that we do not know is refused, never ignored.

use serde::{Deserialize, Serialize};

use crate::config::Attachments;
use crate::dialogue::Status;
use crate::domain::{
    AttachmentId, ClientId, ConversationId, Event, HandoffCard, Language, Mention, ProactiveId,
    Seq, Target, Timestamp,
};
use crate::gateway::agent_inbox::InboxNews;
use crate::gateway::agent_writing::MentionNews;
use crate::gateway::draft_http::DraftView;
use crate::gateway::error::{ApiError, ErrorDetail};
use crate::gateway::view::VisitorEvent;
use crate::handoff::{Presence, WaitRange};

/// What a customer's client sends.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum VisitorFrame {
    Hello {
        token: Option<String>,
        after: Option<Seq>,
        language: Option<Language>,
        identity: Option<String>,
    },
    Identify {
        identity: String,
    },
    Send {
        client_id: ClientId,
        text: Option<String>,
        choice: Option<String>,
        #[serde(default)]
        attachments: Vec<AttachmentId>,
    },
    Proactive {
        client_id: ClientId,
        rule: ProactiveId,
        choice: Option<String>,
    },
    Handoff {
        client_id: ClientId,
    },
    LeaveQueue {
        client_id: ClientId,
    },
    Rate {
        client_id: ClientId,
        score: u8,
        comment: Option<String>,
    },
    Typing {
        on: bool,
        text: Option<String>,
    },
    Read {
        seq: Seq,
    },
    Resume {
        after: Seq,
    },
    Renew {
        renewal: String,
    },
    Ping {},
}

/// What an agent's client sends.
#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum AgentFrame {
    Hello {},
    Open {
        conversation: ConversationId,
        after: Option<Seq>,
        /// Whether what is in the log may come as frames of many events.
        #[serde(default)]
        pages: bool,
        /// So many of the last events come first, where many are to come.
        tail: Option<u8>,
    },
    Close {
        conversation: ConversationId,
    },
    Claim {
        conversation: ConversationId,
        client_id: ClientId,
    },
    Decline {
        conversation: ConversationId,
        reason: Option<String>,
    },
    TakeOver {
        conversation: ConversationId,
        client_id: ClientId,
    },
    Send {
        conversation: ConversationId,
        client_id: ClientId,
        text: Option<String>,
        #[serde(default)]
        attachments: Vec<AttachmentId>,
        fence: Option<Seq>,
        quoted: Option<Seq>,
    },
    Note {
        conversation: ConversationId,
        client_id: ClientId,
        text: String,
        #[serde(default)]
        mentions: Vec<Mention>,
    },
    Whisper {
        conversation: ConversationId,
        client_id: ClientId,
        text: String,
    },
    Release {
        conversation: ConversationId,
        client_id: ClientId,
        note: Option<String>,
    },
    Transfer {
        conversation: ConversationId,
        client_id: ClientId,
        target: Target,
        note: Option<String>,
    },
    ReturnToBot {
        conversation: ConversationId,
        client_id: ClientId,
    },
    Resolve {
        conversation: ConversationId,
        client_id: ClientId,
    },
    Watch {
        query: String,
    },
    Presence {
        presence: Presence,
    },
    Typing {
        conversation: ConversationId,
        on: bool,
    },
    Read {
        conversation: ConversationId,
        seq: Seq,
    },
    Ping {},
}

/// Words and buttons to show on an empty conversation.
#[derive(Debug, Serialize)]
pub(super) struct Greeting<'a> {
    pub(super) text: &'a str,
    pub(super) choices: [(); 0],
}

/// Who an agent is.
#[derive(Debug, Serialize)]
pub(super) struct AgentSelf<'a> {
    pub(super) id: String,
    pub(super) name: &'a str,
    pub(super) role: &'a str,
}

/// Who has a conversation.
#[derive(Debug, Serialize)]
pub(super) struct OwnerView {
    pub(super) id: String,
    pub(super) name: String,
}

/// What files may be sent; nothing where none may.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct FileRules {
    file_bytes: u64,
    per_message: usize,
}

impl FileRules {
    pub(super) fn of(settings: &Attachments) -> Option<Self> {
        let Attachments { enabled, file_bytes, per_message, .. } = *settings;
        enabled.then_some(Self { file_bytes, per_message })
    }
}

/// What the server sends, on either socket.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum ServerFrame<'a> {
    #[serde(rename = "welcome")]
    VisitorWelcome {
        conversation: ConversationId,
        token: &'a str,
        renewal: &'a str,
        token_expires_at: Timestamp,
        last: Seq,
        status: Status,
        greeting: Greeting<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        attachments: Option<FileRules>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        unsent_text: bool,
    },
    #[serde(rename = "welcome")]
    AgentWelcome {
        agent: AgentSelf<'a>,
        now: Timestamp,
        #[serde(skip_serializing_if = "Option::is_none")]
        attachments: Option<FileRules>,
    },
    #[serde(rename = "event")]
    VisitorEvent {
        event: VisitorEvent<'a>,
    },
    #[serde(rename = "event")]
    AgentEvent {
        conversation: ConversationId,
        event: &'a Event,
    },
    #[serde(rename = "events")]
    AgentEvents {
        conversation: ConversationId,
        events: &'a [Event],
    },
    Opened {
        conversation: ConversationId,
        last: Seq,
        status: Status,
        #[serde(skip_serializing_if = "Option::is_none")]
        owner: Option<OwnerView>,
        #[serde(skip_serializing_if = "Option::is_none")]
        fence: Option<Seq>,
        #[serde(skip_serializing_if = "Option::is_none")]
        handoff: Option<&'a HandoffCard>,
        #[serde(skip_serializing_if = "Option::is_none")]
        delivered: Option<Seq>,
        #[serde(skip_serializing_if = "Option::is_none")]
        read: Option<Seq>,
    },
    Inbox(InboxNews),
    Declined {
        conversation: ConversationId,
    },
    Ack {
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation: Option<ConversationId>,
        client_id: ClientId,
        seq: Seq,
        replayed: bool,
    },
    Queue {
        place: usize,
        waiting: usize,
        #[serde(skip_serializing_if = "Option::is_none")]
        wait_seconds: Option<WaitRange>,
    },
    Typing {
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation: Option<ConversationId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        from: Option<&'static str>,
        on: bool,
    },
    Unsent {
        conversation: ConversationId,
        text: &'a str,
    },
    /// An answer as far as it is phrased; the bot's message takes its place.
    Phrasing {
        answers: Seq,
        text: &'a str,
    },
    Read {
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation: Option<ConversationId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        by: Option<&'static str>,
        seq: Seq,
    },
    Delivered {
        conversation: ConversationId,
        seq: Seq,
    },
    Draft(DraftView),
    Mentioned(MentionNews),
    Tokens {
        token: &'a str,
        renewal: &'a str,
        token_expires_at: Timestamp,
    },
    Reset {
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation: Option<ConversationId>,
        last: Seq,
    },
    Error {
        #[serde(flatten)]
        detail: ErrorDetail,
        #[serde(skip_serializing_if = "Option::is_none")]
        conversation: Option<ConversationId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        client_id: Option<ClientId>,
    },
    Identified,
    Pong,
}

/// The parts of a frame that name what it is about, for answers to frames that are refused.
#[derive(Debug, Default, Deserialize)]
pub(super) struct FrameNames {
    pub(super) conversation: Option<ConversationId>,
    pub(super) client_id: Option<ClientId>,
}

/// Parses a frame that was admitted, or says which message was refused and why.
pub(super) fn parse_admitted<F: for<'de> Deserialize<'de>>(
    text: &str,
    admitted: Result<(), ApiError>,
) -> Result<F, (ApiError, FrameNames)> {
    admitted.map_err(|error| (error, serde_json::from_str(text).unwrap_or_default()))?;
    parse(text)
}

/// Parses a frame, or says what is wrong with it and which message it was meant for.
pub(super) fn parse<F: for<'de> Deserialize<'de>>(text: &str) -> Result<F, (ApiError, FrameNames)> {
    serde_json::from_str(text).map_err(|error| {
        let names = serde_json::from_str(text).unwrap_or_default();
        (ApiError::of_json(&error), names)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> &'static str {
        parse::<VisitorFrame>(text).unwrap_err().0.code()
    }

    #[test]
    fn frames_are_parsed_strictly() {
        assert!(parse::<VisitorFrame>(r#"{"type":"hello"}"#).is_ok());
        assert!(parse::<VisitorFrame>(r#"{"type":"ping"}"#).is_ok());
        assert_eq!(refusal("{"), "bad_json");
        assert_eq!(refusal("[]"), "invalid_field");
        assert_eq!(refusal(r#"{"type":"claim"}"#), "invalid_field");
        assert_eq!(refusal(r#"{"type":"ping","more":1}"#), "unknown_field");
        assert_eq!(refusal(r#"{"type":"typing","on":"yes"}"#), "invalid_field");
        assert_eq!(refusal(r#"{"type":"resume","after":-1}"#), "invalid_field");
        assert_eq!(refusal(r#"{"type":"send","client_id":"","text":"hi"}"#), "invalid_field");
    }

    #[test]
    fn a_refusal_names_the_message_that_it_is_about() {
        let text = r#"{"type":"send","client_id":"m1","text":"hi","colour":"red"}"#;
        let (error, names) = parse::<VisitorFrame>(text).unwrap_err();
        assert_eq!(error.code(), "unknown_field");
        assert_eq!(names.client_id, ClientId::parse("m1").ok());
    }
}
