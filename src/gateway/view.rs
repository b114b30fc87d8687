//! Events as customers see them: every event at its place, without what only agents may see.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{
    Attachment, Choice, Cited, ClientId, Event, EventBody, HandoffReason, Language, MessageText,
    Outcome, Quote, Seq, Timestamp,
};

/// An event as the customer sees it.
#[derive(Serialize, ToSchema)]
pub(super) struct VisitorEvent<'a> {
    /// Its place: 1, 2, 3 … without gaps.
    #[schema(value_type = u64)]
    seq: Seq,
    /// When, in milliseconds since the Unix epoch.
    #[schema(value_type = i64)]
    at: Timestamp,
    /// The sender's own id of it.
    #[schema(value_type = String)]
    client_id: &'a ClientId,
    #[serde(flatten)]
    body: VisitorEventBody<'a>,
}

/// What happened, as the customer sees it.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
enum VisitorEventBody<'a> {
    VisitorMessage {
        #[schema(value_type = String)]
        text: &'a MessageText,
        #[serde(skip_serializing_if = "Option::is_none")]
        choice: Option<&'a str>,
        #[serde(skip_serializing_if = "<[Attachment]>::is_empty")]
        attachments: &'a [Attachment],
    },
    BotMessage {
        text: &'a str,
        language: Language,
        outcome: Outcome,
        #[serde(skip_serializing_if = "Option::is_none")]
        entry: Option<&'a str>,
        #[serde(skip_serializing_if = "<[Choice]>::is_empty")]
        choices: &'a [Choice],
        /// The entries that a language model took the words from.
        #[serde(skip_serializing_if = "<[Cited]>::is_empty")]
        sources: &'a [Cited],
    },
    AgentMessage {
        name: &'a str,
        #[schema(value_type = String)]
        text: &'a MessageText,
        #[serde(skip_serializing_if = "<[Attachment]>::is_empty")]
        attachments: &'a [Attachment],
        /// The earlier message that it answers.
        #[serde(skip_serializing_if = "Option::is_none")]
        quoted: Option<&'a Quote>,
    },
    HandoffRequested {
        reason: HandoffReason,
    },
    CustomerIdentified,
    LeftQueue,
    Claimed {
        name: &'a str,
    },
    Released {
        name: &'a str,
    },
    Transferred {
        name: &'a str,
    },
    Lapsed {
        name: &'a str,
    },
    ReturnedToBot {
        name: &'a str,
    },
    SlaBreached,
    /// Something among agents.
    Internal,
    Resolved {
        name: &'a str,
    },
    Rated {
        score: u8,
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(value_type = Option<String>)]
        comment: Option<&'a MessageText>,
    },
    Erased,
}

impl<'a> VisitorEvent<'a> {
    pub(super) fn of(event: &'a Event) -> Self {
        let Event { seq, at, client_id, body } = event;
        Self { seq: *seq, at: *at, client_id, body: VisitorEventBody::of(body) }
    }
}

impl<'a> VisitorEventBody<'a> {
    fn of(body: &'a EventBody) -> Self {
        match body {
            EventBody::VisitorMessage { text, choice, attachments, language: _ } => {
                Self::VisitorMessage { text, choice: choice.as_deref(), attachments }
            }
            EventBody::BotMessage {
                text, language, outcome, entry, choices, sources, reading: _
            } => {
                let (language, outcome, entry) = (*language, *outcome, entry.as_deref());
                Self::BotMessage { text, language, outcome, entry, choices, sources }
            }
            EventBody::AgentMessage { name, text, attachments, quoted, .. } => {
                Self::AgentMessage { name, text, attachments, quoted: quoted.as_deref() }
            }
            EventBody::HandoffRequested { reason, .. } => {
                Self::HandoffRequested { reason: *reason }
            }
            // what the shop knows of them is not told in the chat; the place stays
            EventBody::CustomerIdentified { .. } => Self::CustomerIdentified,
            EventBody::LeftQueue => Self::LeftQueue,
            // who had it before is the desk's own affair
            EventBody::Claimed { name, .. }
            | EventBody::TakenOver { name, .. }
            | EventBody::Reopened { name, .. } => Self::Claimed { name },
            EventBody::Transferred { name, .. } => Self::Transferred { name },
            EventBody::Lapsed { name, .. } => Self::Lapsed { name },
            // what a flow collects and whom it calls shows in what the bot says; the place stays
            EventBody::Task { .. }
            | EventBody::SummedUp { .. }
            // what agents write to each other and how they order their work is not the customer's affair;
            // the place stays
            | EventBody::Noted { .. }
            | EventBody::Labelled { .. }
            | EventBody::Prioritised { .. }
            | EventBody::Snoozed { .. }
            | EventBody::Woken { .. }
            | EventBody::Whispered { .. }
            | EventBody::MarkedUnread { .. } => Self::Internal,
            // what agents are held to is not the customer's affair; the place stays
            EventBody::SlaBreached { .. } => Self::SlaBreached,
            EventBody::ReturnedToBot { name, .. } => Self::ReturnedToBot { name },
            EventBody::Released { name, .. } => Self::Released { name },
            EventBody::Resolved { name, .. } => Self::Resolved { name },
            EventBody::Rated { score, comment } => {
                Self::Rated { score: *score, comment: comment.as_ref() }
            }
            EventBody::Erased => Self::Erased,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AgentId, Mention, TextLimits, UrgencyLevel};

    fn seen(body: EventBody) -> String {
        let client_id = ClientId::parse("c").unwrap();
        let event = Event { seq: Seq(1), at: Timestamp(2), client_id, body };
        serde_json::to_string(&VisitorEvent::of(&event)).unwrap()
    }

    #[test]
    fn customers_do_not_see_what_is_meant_for_agents() {
        let note = MessageText::parse("secret note", TextLimits::default()).unwrap();
        let agent = AgentId::random();
        let released =
            seen(EventBody::Released { agent, name: "Ana".to_owned(), note: Some(note) });
        assert_eq!(released, r#"{"seq":1,"at":2,"client_id":"c","type":"released","name":"Ana"}"#);
        let queued = seen(EventBody::HandoffRequested {
            reason: HandoffReason::Urgent,
            urgency: UrgencyLevel::Urgent,
            evidence: vec!["smoke".to_owned()],
            language: Language::En,
            card: None,
        });
        assert!(!queued.contains("smoke"), "{queued}");
        let text = MessageText::parse("@Ben secret note", TextLimits::default()).unwrap();
        let mentions = vec![Mention { agent, at: 0, length: 4 }];
        let noted = seen(EventBody::Noted { agent, name: "Ana".to_owned(), text, mentions });
        assert_eq!(noted, r#"{"seq":1,"at":2,"client_id":"c","type":"internal"}"#);
        let called = crate::domain::Called {
            action: "order-status".to_owned(),
            end: crate::domain::CallEnd::Failed,
            reason: Some("it answered with status 500".to_owned()),
            status: Some(500),
            values: std::collections::BTreeMap::new(),
            attempts: 3,
            duration_ms: 5,
        };
        let task = crate::domain::TaskEvent::Called { called };
        let internal = seen(EventBody::Task { task, reading: None });
        assert_eq!(internal, r#"{"seq":1,"at":2,"client_id":"c","type":"internal"}"#);
    }
}
