//! What happened in a conversation. Events are all that is stored; everything else is folded from
//! them. A stored shape is read for ever: add fields with a default, never change a meaning.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{
    AgentId, Attachment, Cited, ClientId, HandoffCard, KnownCustomer, LabelName, Language, Mention,
    MessageText, Priority, Promise, Quote, ReadingSummary, Seq, Summary, TaskEvent, Timestamp,
    UrgencyLevel,
};

/// An event that is not in the log yet.
#[derive(Clone, Debug, PartialEq)]
pub struct NewEvent {
    /// The sender's own id of the event.
    pub client_id: ClientId,
    /// When it happened, by the writer's clock; order is by sequence, never by this.
    pub at: Timestamp,
    /// What happened.
    pub body: EventBody,
}

/// An event as the log holds it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its place in the conversation.
    pub seq: Seq,
    /// When it happened, by the writer's clock.
    pub at: Timestamp,
    /// The sender's own id of the event.
    pub client_id: ClientId,
    /// What happened.
    #[serde(flatten)]
    pub body: EventBody,
}

/// A button below a message of the bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Choice {
    /// What choosing it means: `faq:<entry id>`, `task:<…>`, `human` or `none`.
    pub id: String,
    /// The words on it.
    pub label: String,
}

/// What kind of answer a message of the bot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// An FAQ entry or an intent's reply.
    Answered,
    /// The nearest questions as buttons.
    Clarified,
    /// It does not know, and says so.
    Fallback,
    /// Greeting, thanks, goodbye.
    Smalltalk,
    /// It says that a human will take over.
    HandedOff,
    /// It works on a task: asks for what a flow needs, or says what came of it.
    Task,
    /// It spoke first, by a rule of the desk, and the customer opened what it said.
    Proactive,
}

/// Why a customer waits for a human.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HandoffReason {
    /// The customer asked for a person.
    Requested,
    /// The matter is urgent.
    Urgent,
    /// The bot could not help: twice in a row, or once where it matters.
    NotUnderstood,
    /// The customer gave the number of their order; somebody has to look it up.
    OwnMatter,
    /// An external bot handed over.
    ByBot,
    /// An external bot did not answer in time, or could not be reached.
    BotUnavailable,
    /// A flow of the knowledge ends with a person.
    Task,
    /// A flow needed the shop's own system, which did not do what it was asked for.
    ActionFailed,
}

/// To whom a conversation is transferred.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "to", rename_all = "snake_case")]
pub enum Target {
    /// To one agent, who is offered it first.
    Agent {
        /// Who.
        #[schema(value_type = String)]
        agent: AgentId,
    },
    /// To a team.
    Team {
        /// The team's id.
        team: String,
    },
    /// To whoever is free.
    Queue,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum EventBody {
    /// The customer wrote.
    VisitorMessage {
        /// The words.
        text: MessageText,
        /// The button, when the words are a button's.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        choice: Option<String>,
        /// Files beside the words, or in their place.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
        /// The language of the page, where there are no words that would tell.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        language: Option<Language>,
    },
    /// The bot answered.
    BotMessage {
        /// The words.
        text: String,
        /// Their language.
        language: Language,
        /// What kind of answer it is.
        outcome: Outcome,
        /// The FAQ entry that the words come from.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        entry: Option<String>,
        /// Buttons.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        choices: Vec<Choice>,
        /// The entries that a language model took the words from; none where it did not.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        sources: Vec<Cited>,
        /// What the bot understood; agents see it, customers do not.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reading: Option<ReadingSummary>,
    },
    /// The customer was put into the queue.
    HandoffRequested {
        /// Why.
        reason: HandoffReason,
        /// How much it presses.
        urgency: UrgencyLevel,
        /// The customer's words that say so.
        #[serde(default)]
        evidence: Vec<String>,
        /// The customer's language.
        language: Language,
        /// What an agent needs to know.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        card: Option<Box<HandoffCard>>,
    },
    /// The customer said who they are while they waited, or while an agent had the conversation.
    CustomerIdentified {
        /// Who they are.
        customer: Box<KnownCustomer>,
    },
    /// A language model summed up for agents what the customer had said. Customers do not see it.
    SummedUp {
        /// The summary, in place of the card's.
        summary: Summary,
    },
    /// The customer went back to the bot.
    LeftQueue,
    /// An agent took the conversation.
    Claimed {
        /// Who.
        agent: AgentId,
        /// The agent's name as customers see it.
        name: String,
    },
    /// An agent gave the conversation back to the queue.
    Released {
        /// Who.
        agent: AgentId,
        /// The agent's name.
        name: String,
        /// What the next agent should know; customers do not see it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<MessageText>,
    },
    /// An agent handed the conversation to somebody else; it waits until they take it.
    Transferred {
        /// Who.
        agent: AgentId,
        /// The agent's name.
        name: String,
        /// To whom.
        target: Target,
        /// What the next agent should know; customers do not see it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        note: Option<MessageText>,
    },
    /// A supervisor took the conversation from the agent who had it.
    TakenOver {
        /// Who has it now.
        agent: AgentId,
        /// The name that customers see.
        name: String,
        /// Who had it.
        from: AgentId,
    },
    /// A promised time has passed; the desk writes it down.
    SlaBreached {
        /// What was promised.
        promise: Promise,
        /// Until when.
        due: Timestamp,
    },
    /// The agent's connection was lost for too long, and the customer waits again.
    Lapsed {
        /// Who had it.
        agent: AgentId,
        /// The agent's name.
        name: String,
    },
    /// An agent gave the conversation back to the bot.
    ReturnedToBot {
        /// Who.
        agent: AgentId,
        /// The agent's name.
        name: String,
    },
    /// An agent wrote.
    AgentMessage {
        /// Who.
        agent: AgentId,
        /// The agent's name as customers see it.
        name: String,
        /// The words.
        text: MessageText,
        /// Files beside the words, or in their place.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        attachments: Vec<Attachment>,
        /// The earlier message that they answer.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        quoted: Option<Box<Quote>>,
    },
    /// An agent wrote something for colleagues. Customers do not see it.
    Noted {
        /// Who.
        agent: AgentId,
        /// The agent's name.
        name: String,
        /// The words.
        text: MessageText,
        /// The colleagues who are named in it, in order.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        mentions: Vec<Mention>,
    },
    /// An agent ended the conversation.
    Resolved {
        /// Who.
        agent: AgentId,
        /// The agent's name.
        name: String,
    },
    /// The customer rated the conversation.
    Rated {
        /// 1 (bad) to 5 (good).
        score: u8,
        /// In the customer's words.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        comment: Option<MessageText>,
    },
    /// An agent put labels on, or took some off. Customers do not see it, nor what follows here.
    Labelled {
        /// Who.
        agent: AgentId,
        /// The agent's name.
        name: String,
        /// What is on it now and was not.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        added: Vec<LabelName>,
        /// What was on it and is not any more.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        removed: Vec<LabelName>,
    },
    /// An agent said how much it matters.
    Prioritised {
        /// Who.
        agent: AgentId,
        /// The agent's name.
        name: String,
        /// How much; nothing takes an earlier word back.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        priority: Option<Priority>,
    },
    /// An agent put it away for a while.
    Snoozed {
        /// Who.
        agent: AgentId,
        /// The agent's name.
        name: String,
        /// Until when; without it, until the customer writes, which ends every snooze.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// It came back.
    Woken {
        /// By whom; nobody when its time had come.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        agent: Option<AgentId>,
        /// The agent's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        name: Option<String>,
    },
    /// An agent wants to look at it again.
    MarkedUnread {
        /// Who.
        agent: AgentId,
        /// The agent's name.
        name: String,
    },
    /// A supervisor said something to the agent who has it; customers do not see it.
    Whispered {
        /// Who.
        agent: AgentId,
        /// Their name.
        name: String,
        /// The words.
        text: MessageText,
    },
    /// An agent took back that it was resolved, and has it again.
    Reopened {
        /// Who.
        agent: AgentId,
        /// The name that customers see.
        name: String,
    },
    /// A flow of the knowledge moved on. Customers do not see it.
    Task {
        /// What happened to it.
        task: TaskEvent,
        /// What the bot understood, where it said nothing with which that is kept.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reading: Option<ReadingSummary>,
    },
    /// The customer's data was erased; the events before this one hold no content any more.
    Erased,
}

impl EventBody {
    /// The customer wrote these words, and nothing beside them.
    pub fn said(text: MessageText) -> Self {
        Self::VisitorMessage { text, choice: None, attachments: vec![], language: None }
    }

    /// The files that were sent with it.
    pub fn attachments(&self) -> &[Attachment] {
        match self {
            Self::VisitorMessage { attachments, .. } | Self::AgentMessage { attachments, .. } => {
                attachments
            }
            _ => &[],
        }
    }

    /// The agent whose doing it is.
    pub fn agent(&self) -> Option<AgentId> {
        match self {
            Self::Claimed { agent, .. }
            | Self::Released { agent, .. }
            | Self::AgentMessage { agent, .. }
            | Self::Noted { agent, .. }
            | Self::Transferred { agent, .. }
            | Self::TakenOver { agent, .. }
            | Self::ReturnedToBot { agent, .. }
            | Self::Labelled { agent, .. }
            | Self::Prioritised { agent, .. }
            | Self::Snoozed { agent, .. }
            | Self::MarkedUnread { agent, .. }
            | Self::Whispered { agent, .. }
            | Self::Reopened { agent, .. }
            | Self::Resolved { agent, .. } => Some(*agent),
            Self::Woken { agent, .. } => *agent,
            Self::VisitorMessage { .. }
            | Self::BotMessage { .. }
            | Self::HandoffRequested { .. }
            | Self::CustomerIdentified { .. }
            | Self::SummedUp { .. }
            | Self::LeftQueue
            | Self::Lapsed { .. }
            | Self::SlaBreached { .. }
            | Self::Rated { .. }
            | Self::Task { .. }
            | Self::Erased => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_stored_shape_of_version_1_is_read_for_ever() {
        let stored = r#"{"seq":2,"at":1700000000000,"client_id":"bot/1/0","type":"bot_message","text":"Hi","language":"en","outcome":"smalltalk"}"#;
        let event: Event = serde_json::from_str(stored).unwrap();
        assert_eq!(serde_json::to_string(&event).unwrap(), stored);
    }
}
