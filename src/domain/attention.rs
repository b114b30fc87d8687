//! Who or what a conversation waits for, folded from its events.

use serde::{Deserialize, Serialize};

use crate::domain::{EventBody, Outcome, TaskEvent};

/// Who or what a conversation waits for, as its last events say. The log keeps an index of the
/// conversations that wait, so that a start need not read the others.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Attention {
    /// For nobody.
    #[default]
    None,
    /// For the bot, which has not answered the last message yet.
    Bot,
    /// For an agent to claim it.
    Queue,
    /// For the agent who claimed it.
    Agent,
}

impl Attention {
    /// What the conversation waits for once `body` has happened.
    #[must_use]
    pub fn after(self, body: &EventBody) -> Self {
        match body {
            EventBody::HandoffRequested { .. }
            | EventBody::Released { .. }
            | EventBody::Transferred { .. }
            | EventBody::Lapsed { .. } => Self::Queue,
            EventBody::Claimed { .. }
            | EventBody::TakenOver { .. }
            | EventBody::Reopened { .. } => Self::Agent,
            EventBody::LeftQueue
            | EventBody::ReturnedToBot { .. }
            | EventBody::Resolved { .. }
            | EventBody::Erased => Self::None,
            EventBody::VisitorMessage { .. } if self == Self::None => Self::Bot,
            EventBody::BotMessage { outcome: Outcome::Proactive, .. } => self,
            EventBody::BotMessage { .. } if self == Self::Bot => Self::None,
            // the call is the bot's to make, and what comes of it the bot's to tell
            EventBody::Task { task, .. } if matches!(self, Self::None | Self::Bot) => {
                if is_owed(task) { Self::Bot } else { Self::None }
            }
            EventBody::VisitorMessage { .. }
            | EventBody::BotMessage { .. }
            | EventBody::AgentMessage { .. }
            | EventBody::Noted { .. }
            | EventBody::CustomerIdentified { .. }
            | EventBody::SummedUp { .. }
            | EventBody::SlaBreached { .. }
            | EventBody::Labelled { .. }
            | EventBody::Prioritised { .. }
            | EventBody::Snoozed { .. }
            | EventBody::Woken { .. }
            | EventBody::MarkedUnread { .. }
            | EventBody::Whispered { .. }
            | EventBody::Task { .. }
            | EventBody::Rated { .. } => self,
        }
    }
}

/// Whether the bot has something to do after it.
fn is_owed(task: &TaskEvent) -> bool {
    match task {
        TaskEvent::Moved { owed, .. } | TaskEvent::Ended { owed, .. } => *owed,
        TaskEvent::Call { .. } | TaskEvent::Called { .. } => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{AgentId, HandoffReason, Language, MessageText, TextLimits, UrgencyLevel};

    fn visitor(text: &str) -> EventBody {
        let text = MessageText::parse(text, TextLimits::default()).unwrap();
        EventBody::said(text)
    }

    #[test]
    fn attention_follows_a_conversation_from_the_bot_to_an_agent_and_back() {
        let agent = AgentId::random();
        let name = "Ana".to_owned();
        let story = [
            (visitor("a person please"), Attention::Bot),
            (
                EventBody::HandoffRequested {
                    reason: HandoffReason::Requested,
                    urgency: UrgencyLevel::Normal,
                    evidence: vec![],
                    language: Language::En,
                    card: None,
                },
                Attention::Queue,
            ),
            (visitor("hello?"), Attention::Queue),
            (EventBody::Claimed { agent, name: name.clone() }, Attention::Agent),
            (visitor("hi Ana"), Attention::Agent),
            (EventBody::Released { agent, name: name.clone(), note: None }, Attention::Queue),
            (EventBody::Claimed { agent, name: name.clone() }, Attention::Agent),
            (EventBody::Resolved { agent, name }, Attention::None),
            (EventBody::Reopened { agent, name: "Ana".to_owned() }, Attention::Agent),
            (EventBody::Snoozed { agent, name: "Ana".to_owned(), until: None }, Attention::Agent),
            (EventBody::Resolved { agent, name: "Ana".to_owned() }, Attention::None),
            (EventBody::Rated { score: 5, comment: None }, Attention::None),
            (visitor("one more thing"), Attention::Bot),
        ];
        let mut attention = Attention::None;
        for (body, expected) in story {
            attention = attention.after(&body);
            assert_eq!(attention, expected, "after {body:?}");
        }
    }
}
