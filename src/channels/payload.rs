//! What a receiver is sent: the event as agents see it, under a type that tells what happened.

use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::domain::{ConversationId, Event, EventBody, Timestamp};

/// What a receiver can ask to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum EventType {
    /// The customer, the bot or an agent wrote.
    #[serde(rename = "message.created")]
    MessageCreated,
    /// A human is needed.
    #[serde(rename = "handoff.requested")]
    HandoffRequested,
    /// The customer said who they are, after the hand-off.
    #[serde(rename = "customer.identified")]
    CustomerIdentified,
    /// A language model summed up for agents what the customer had said.
    #[serde(rename = "handoff.summed_up")]
    SummedUp,
    /// An agent took it.
    #[serde(rename = "conversation.claimed")]
    Claimed,
    /// An agent gave it back.
    #[serde(rename = "conversation.released")]
    Released,
    /// An agent gave it to somebody else.
    #[serde(rename = "conversation.transferred")]
    Transferred,
    /// A supervisor took it from the agent who had it.
    #[serde(rename = "conversation.taken_over")]
    TakenOver,
    /// Its agent's connection was lost.
    #[serde(rename = "conversation.lapsed")]
    Lapsed,
    /// An agent gave it back to the bot.
    #[serde(rename = "conversation.returned_to_bot")]
    ReturnedToBot,
    /// A promised time has passed.
    #[serde(rename = "sla.breached")]
    SlaBreached,
    /// An agent ended it.
    #[serde(rename = "conversation.resolved")]
    Resolved,
    /// An agent changed its labels.
    #[serde(rename = "conversation.labelled")]
    Labelled,
    /// An agent changed its priority.
    #[serde(rename = "conversation.prioritised")]
    Prioritised,
    /// An agent put it away for a while.
    #[serde(rename = "conversation.snoozed")]
    Snoozed,
    /// It came back.
    #[serde(rename = "conversation.woken")]
    Woken,
    /// An agent wants to look at it again.
    #[serde(rename = "conversation.marked_unread")]
    MarkedUnread,
    /// A supervisor said something to the agent who has it.
    #[serde(rename = "conversation.whispered")]
    Whispered,
    /// An agent took back that it was resolved.
    #[serde(rename = "conversation.reopened")]
    Reopened,
    /// An agent wrote something for colleagues.
    #[serde(rename = "conversation.noted")]
    Noted,
    /// The customer rated it.
    #[serde(rename = "conversation.rated")]
    Rated,
    /// The customer went back to the bot.
    #[serde(rename = "conversation.left_queue")]
    LeftQueue,
    /// A flow of the knowledge moved on, or a call to the shop's own system began or ended.
    #[serde(rename = "conversation.task")]
    Task,
    /// Its content was erased.
    #[serde(rename = "conversation.erased")]
    Erased,
}

impl EventType {
    /// All of them.
    pub const ALL: [Self; 24] = [
        Self::MessageCreated,
        Self::HandoffRequested,
        Self::CustomerIdentified,
        Self::SummedUp,
        Self::Claimed,
        Self::Released,
        Self::Transferred,
        Self::TakenOver,
        Self::Lapsed,
        Self::ReturnedToBot,
        Self::SlaBreached,
        Self::Labelled,
        Self::Prioritised,
        Self::Snoozed,
        Self::Woken,
        Self::MarkedUnread,
        Self::Whispered,
        Self::Resolved,
        Self::Reopened,
        Self::Noted,
        Self::Rated,
        Self::LeftQueue,
        Self::Task,
        Self::Erased,
    ];

    /// The type of an event.
    pub fn of(body: &EventBody) -> Self {
        match body {
            EventBody::VisitorMessage { .. }
            | EventBody::BotMessage { .. }
            | EventBody::AgentMessage { .. } => Self::MessageCreated,
            EventBody::HandoffRequested { .. } => Self::HandoffRequested,
            EventBody::CustomerIdentified { .. } => Self::CustomerIdentified,
            EventBody::SummedUp { .. } => Self::SummedUp,
            EventBody::Claimed { .. } => Self::Claimed,
            EventBody::Released { .. } => Self::Released,
            EventBody::Transferred { .. } => Self::Transferred,
            EventBody::TakenOver { .. } => Self::TakenOver,
            EventBody::Lapsed { .. } => Self::Lapsed,
            EventBody::ReturnedToBot { .. } => Self::ReturnedToBot,
            EventBody::SlaBreached { .. } => Self::SlaBreached,
            EventBody::Resolved { .. } => Self::Resolved,
            EventBody::Labelled { .. } => Self::Labelled,
            EventBody::Prioritised { .. } => Self::Prioritised,
            EventBody::Snoozed { .. } => Self::Snoozed,
            EventBody::Woken { .. } => Self::Woken,
            EventBody::MarkedUnread { .. } => Self::MarkedUnread,
            EventBody::Whispered { .. } => Self::Whispered,
            EventBody::Reopened { .. } => Self::Reopened,
            EventBody::Noted { .. } => Self::Noted,
            EventBody::Rated { .. } => Self::Rated,
            EventBody::LeftQueue => Self::LeftQueue,
            EventBody::Task { .. } => Self::Task,
            EventBody::Erased => Self::Erased,
        }
    }

    /// Its name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::MessageCreated => "message.created",
            Self::HandoffRequested => "handoff.requested",
            Self::CustomerIdentified => "customer.identified",
            Self::SummedUp => "handoff.summed_up",
            Self::Claimed => "conversation.claimed",
            Self::Released => "conversation.released",
            Self::Transferred => "conversation.transferred",
            Self::TakenOver => "conversation.taken_over",
            Self::Lapsed => "conversation.lapsed",
            Self::ReturnedToBot => "conversation.returned_to_bot",
            Self::SlaBreached => "sla.breached",
            Self::Resolved => "conversation.resolved",
            Self::Labelled => "conversation.labelled",
            Self::Prioritised => "conversation.prioritised",
            Self::Snoozed => "conversation.snoozed",
            Self::Woken => "conversation.woken",
            Self::MarkedUnread => "conversation.marked_unread",
            Self::Whispered => "conversation.whispered",
            Self::Reopened => "conversation.reopened",
            Self::Noted => "conversation.noted",
            Self::Rated => "conversation.rated",
            Self::LeftQueue => "conversation.left_queue",
            Self::Task => "conversation.task",
            Self::Erased => "conversation.erased",
        }
    }

    /// The type with a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|of| of.name() == name)
    }
}

/// The type of messages that only try a receiver out.
pub(super) const TEST: &str = "webhook.test";

/// What is sent of an event.
pub(super) fn of_event(conversation: ConversationId, event: &Event) -> String {
    let data = json!({ "conversation": conversation, "seq": event.seq, "event": event });
    envelope(EventType::of(&event.body).name(), event.at, &data)
}

/// What is sent to try a receiver out.
pub(super) fn of_test(now: Timestamp) -> String {
    envelope(TEST, now, &json!({ "message": "Frontdesk can reach this address." }))
}

fn envelope(of_type: &str, at: Timestamp, data: &serde_json::Value) -> String {
    json!({ "type": of_type, "timestamp": moment(at), "data": data }).to_string()
}

/// A moment after ISO 8601.
pub(super) fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0).unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ClientId, MessageText, Seq, TextLimits};

    #[test]
    fn an_event_is_sent_with_its_place_and_all_that_agents_see() {
        let text = MessageText::parse("hello", TextLimits::default()).unwrap();
        let event = Event {
            seq: Seq(3),
            at: Timestamp(1_795_636_800_123),
            client_id: ClientId::parse("m-1").unwrap(),
            body: EventBody::said(text),
        };
        let sent = of_event(ConversationId::from_bytes([0xab; 16]), &event);
        let sent: serde_json::Value = serde_json::from_str(&sent).unwrap();
        let expected = json!({
            "type": "message.created",
            "timestamp": "2026-11-25T20:00:00.123Z",
            "data": {
                "conversation": "ab".repeat(16),
                "seq": 3,
                "event": {
                    "seq": 3, "at": 1_795_636_800_123_i64, "client_id": "m-1",
                    "type": "visitor_message", "text": "hello",
                },
            },
        });
        assert_eq!(sent, expected);
    }

    #[test]
    fn every_type_has_one_name() {
        for of in EventType::ALL {
            assert_eq!(EventType::named(of.name()), Some(of));
            assert_eq!(serde_json::to_value(of).unwrap(), of.name());
        }
        assert_eq!(EventType::named("message.updated"), None);
    }
}
