//! What people may ask of a conversation, and why they may be refused.

use std::time::Duration;

use crate::conversation::{BotSaid, Sorting};
use crate::dialogue::{State, Status, Taken};
use crate::domain::{
    AgentId, Attachment, Called, Choice, DoorId, EventBody, Language, MOST_LABELS, Mention,
    MessageText, Outcome, Promise, Quote, Seq, Summary, Target, Timestamp,
};

/// An agent as a conversation records them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentRef {
    /// Who.
    pub id: AgentId,
    /// The name that customers see.
    pub name: String,
}

/// What people may ask of a conversation.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// The customer says something.
    Say {
        /// The words.
        text: MessageText,
        /// The button, when the words are a button's.
        choice: Option<String>,
        /// Files beside the words, or in their place.
        attachments: Vec<Attachment>,
        /// The language of the page, where there are no words that would tell.
        language: Option<Language>,
    },
    /// The customer opens what the desk said first.
    Open {
        /// What it said, in the customer's language.
        text: String,
        /// The language of that.
        language: Language,
        /// The answers to choose from.
        choices: Vec<Choice>,
        /// The answer that the customer chose at once.
        chosen: Option<MessageText>,
    },
    /// The customer presses the button that asks for a person.
    AskHuman {
        /// The language in which to answer, for a conversation that has none yet.
        language: Language,
    },
    /// The customer goes back to the bot.
    LeaveQueue,
    /// The customer rates the conversation.
    Rate {
        /// 1 (bad) to 5 (good).
        score: u8,
        /// In the customer's words.
        comment: Option<MessageText>,
    },
    /// An agent takes the conversation.
    Claim(AgentRef),
    /// An agent says something.
    Reply {
        /// Who.
        agent: AgentRef,
        /// The words.
        text: MessageText,
        /// Files beside the words, or in their place.
        attachments: Vec<Attachment>,
        /// The earlier message that they answer.
        quoted: Option<Box<Quote>>,
        /// The event by which the agent took the conversation, as the agent believes.
        fence: Option<Seq>,
    },
    /// An agent writes something for colleagues.
    Note {
        /// Who.
        agent: AgentRef,
        /// The words.
        text: MessageText,
        /// The colleagues who are named in it.
        mentions: Vec<Mention>,
    },
    /// A supervisor says something to the agent who has it.
    Whisper(AgentRef, MessageText),
    /// An agent gives the conversation back to the queue.
    Release(AgentRef, Option<MessageText>),
    /// An agent hands the conversation to somebody else.
    Transfer {
        /// Who.
        agent: AgentRef,
        /// To whom.
        target: Target,
        /// What the next agent should know.
        note: Option<MessageText>,
    },
    /// A supervisor takes the conversation, from whoever has it.
    TakeOver(AgentRef),
    /// An agent gives the conversation back to the bot.
    ReturnToBot(AgentRef),
    /// The desk puts the customer back into the queue: their agent's connection is lost.
    Lapse(AgentId),
    /// The desk writes down that a promised time has passed.
    Breach(Promise, Timestamp),
    /// An agent ends the conversation.
    Resolve(AgentRef),
    /// An agent orders their work.
    Sort(AgentRef, Sorting),
    /// The time of a snooze has come.
    WakeUp(Timestamp),
    /// An external bot says something.
    BotSay(BotSaid),
    /// An external bot hands over, or has missed its time to answer a message.
    BotHandOver {
        /// Which bot.
        bot: DoorId,
        /// The message that it has not answered in time.
        missed: Option<Seq>,
    },
    /// A call to the shop's own system has ended.
    Called {
        /// The event by which it was decided.
        call: Seq,
        /// What became of it.
        called: Called,
    },
    /// A language model has summed up what the customer said; the card of the hand-off says so from now
    /// on.
    SumUp(Vec<String>),
    /// It has become known who the customer is; the card of the hand-off says so from now on.
    Identified,
    /// An admin erases what was said.
    Erase,
}

/// A command that was carried out; its event is on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The event's place.
    pub seq: Seq,
    /// Whether it had been carried out before, under the same client id.
    pub replayed: bool,
}

/// Why a command was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Another agent has the conversation.
    #[error("{owner} was first")]
    AlreadyClaimed {
        /// The other agent's name.
        owner: String,
    },
    /// The conversation is not in the queue.
    #[error("the conversation does not wait for an agent")]
    NotWaiting,
    /// The agent has not claimed the conversation, or no longer has it.
    #[error("you do not have this conversation")]
    NotYours,
    /// The agent lost the conversation since the message was written, even if they have it again.
    #[error("you lost this conversation in between; read it again before you answer")]
    Lapsed,
    /// The external bot does not have the conversation, or no longer has it.
    #[error("the conversation is not, or no longer, with the bot")]
    NotWithBot,
    /// Only a resolved conversation can be rated.
    #[error("the conversation has not been resolved, or is rated already")]
    NotResolved,
    /// It is so already; nothing was stored.
    #[error("it is so already")]
    Unchanged,
    /// There is no room for another label.
    #[error("a conversation has {MOST_LABELS} labels at most")]
    TooManyLabels,
    /// A human has the conversation already or it waits for one.
    #[error("a human has been asked for already")]
    AlreadyAsked,
    /// Somebody else of the conversation has used the client id for something else.
    #[error("this client_id was used by somebody else")]
    ClientIdTaken,
    /// There is no such conversation.
    #[error("no such conversation")]
    Unknown,
    /// The server has more to do than it can; nothing was stored.
    #[error("the server is too busy")]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// The event is larger than the log takes.
    #[error("the message is too large")]
    TooLarge,
    /// The store does not take events; nothing was stored, or it is not known whether it was.
    #[error("the message could not be stored")]
    Unavailable,
}

impl Command {
    /// The event that carries the command out on a conversation in `state`, or why not.
    pub(super) fn event(self, state: &State) -> Result<EventBody, Refusal> {
        match self {
            Self::Say { text, choice, attachments, language } => {
                Ok(EventBody::VisitorMessage { text, choice, attachments, language })
            }
            Self::AskHuman { .. } => Err(Refusal::AlreadyAsked),
            Self::BotSay(_) | Self::BotHandOver { .. } => Err(Refusal::NotWithBot),
            Self::Identified | Self::Called { .. } | Self::Open { .. } => Err(Refusal::NotWaiting),
            Self::SumUp(sentences) => sum_up(sentences, state),
            Self::LeaveQueue => match state.status {
                Status::Waiting => Ok(EventBody::LeftQueue),
                _ => Err(Refusal::NotWaiting),
            },
            Self::Rate { score, comment } => match (state.status, &state.rating) {
                (Status::Resolved, None) => Ok(EventBody::Rated { score, comment }),
                _ => Err(Refusal::NotResolved),
            },
            Self::Claim(agent) => claim(agent, state),
            Self::Reply { agent, text, attachments, quoted, fence } => {
                holds(&agent, fence, state)?;
                let AgentRef { id: agent, name } = agent;
                Ok(EventBody::AgentMessage { agent, name, text, attachments, quoted })
            }
            Self::Note { agent: AgentRef { id: agent, name }, text, mentions } => {
                Ok(EventBody::Noted { agent, name, text, mentions })
            }
            Self::Whisper(agent, text) => whisper(agent, text, state),
            Self::Release(agent, note) => {
                owned_by(&agent, state)?;
                Ok(EventBody::Released { agent: agent.id, name: agent.name, note })
            }
            Self::Transfer { agent, target, note } => {
                owned_by(&agent, state)?;
                Ok(EventBody::Transferred { agent: agent.id, name: agent.name, target, note })
            }
            Self::TakeOver(agent) => take_over(agent, state),
            Self::ReturnToBot(agent) => {
                owned_by(&agent, state)?;
                Ok(EventBody::ReturnedToBot { agent: agent.id, name: agent.name })
            }
            Self::Lapse(agent) => lapse(agent, state),
            Self::Breach(promise, due) => match state.status {
                Status::Waiting | Status::Human => Ok(EventBody::SlaBreached { promise, due }),
                Status::Bot | Status::Resolved => Err(Refusal::NotWaiting),
            },
            Self::Erase => Ok(EventBody::Erased),
            Self::Sort(agent, sorting) => sorting.event(agent, state),
            Self::WakeUp(until) => match state.triage.snooze {
                Some(snooze) if snooze.until == Some(until) => {
                    Ok(EventBody::Woken { agent: None, name: None })
                }
                _ => Err(Refusal::Unchanged),
            },
            Self::Resolve(agent) => {
                owned_by(&agent, state)?;
                Ok(EventBody::Resolved { agent: agent.id, name: agent.name })
            }
        }
    }

    /// The files that are sent with it.
    pub fn attachments(&self) -> &[Attachment] {
        match self {
            Self::Say { attachments, .. } | Self::Reply { attachments, .. } => attachments,
            _ => &[],
        }
    }

    /// The agent who gives the command; the customer is nobody.
    pub(super) fn agent(&self) -> Option<AgentId> {
        match self {
            Self::Say { .. }
            | Self::Open { .. }
            | Self::AskHuman { .. }
            | Self::LeaveQueue
            | Self::Rate { .. }
            | Self::Lapse(_)
            | Self::Breach(..)
            | Self::WakeUp(_)
            | Self::BotSay(_)
            | Self::BotHandOver { .. }
            | Self::Identified
            | Self::Called { .. }
            | Self::SumUp(_)
            | Self::Erase => None,
            Self::Claim(agent)
            | Self::Reply { agent, .. }
            | Self::Note { agent, .. }
            | Self::Transfer { agent, .. }
            | Self::TakeOver(agent)
            | Self::ReturnToBot(agent)
            | Self::Release(agent, _)
            | Self::Whisper(agent, _)
            | Self::Sort(agent, _)
            | Self::Resolve(agent) => Some(agent.id),
        }
    }
}

/// The events by which a message of the desk, and what the customer chose below it, come into a
/// conversation. Where a human has it, or is waited for, nobody speaks in between.
pub(super) fn opened(command: Command, state: &State) -> Result<Vec<EventBody>, Refusal> {
    let Command::Open { text, language, choices, chosen } = command else {
        return Err(Refusal::Unchanged);
    };
    if !matches!(state.status, Status::Bot | Status::Resolved) {
        return Err(Refusal::AlreadyAsked);
    }
    let message = EventBody::BotMessage {
        text,
        language,
        outcome: Outcome::Proactive,
        entry: None,
        choices,
        sources: vec![],
        reading: None,
    };
    Ok(std::iter::once(message).chain(chosen.map(EventBody::said)).collect())
}

fn sum_up(sentences: Vec<String>, state: &State) -> Result<EventBody, Refusal> {
    let is_with_humans = matches!(state.status, Status::Waiting | Status::Human);
    let card = state.need.as_ref().and_then(|need| need.card.as_ref());
    match card.filter(|card| is_with_humans && card.summary.extractive) {
        Some(_) => Ok(EventBody::SummedUp { summary: Summary { extractive: false, sentences } }),
        None => Err(Refusal::NotWaiting),
    }
}

fn claim(agent: AgentRef, state: &State) -> Result<EventBody, Refusal> {
    match (state.status, &state.taken) {
        (Status::Waiting, _) => Ok(EventBody::Claimed { agent: agent.id, name: agent.name }),
        (Status::Human, Some(taken)) => Err(Refusal::AlreadyClaimed { owner: taken.name.clone() }),
        _ => Err(Refusal::NotWaiting),
    }
}

fn whisper(by: AgentRef, text: MessageText, state: &State) -> Result<EventBody, Refusal> {
    let AgentRef { id: agent, name } = by;
    match state.status {
        Status::Waiting | Status::Human => Ok(EventBody::Whispered { agent, name, text }),
        Status::Bot | Status::Resolved => Err(Refusal::NotWaiting),
    }
}

fn lapse(agent: AgentId, state: &State) -> Result<EventBody, Refusal> {
    match (state.status, &state.taken) {
        (Status::Human, Some(taken)) if taken.agent == agent => {
            Ok(EventBody::Lapsed { agent, name: taken.name.clone() })
        }
        _ => Err(Refusal::NotYours),
    }
}

fn take_over(agent: AgentRef, state: &State) -> Result<EventBody, Refusal> {
    let AgentRef { id, name } = agent;
    match (state.status, &state.taken) {
        (Status::Waiting, _) => Ok(EventBody::Claimed { agent: id, name }),
        (Status::Human, Some(taken)) if taken.agent != id => {
            Ok(EventBody::TakenOver { agent: id, name, from: taken.agent })
        }
        _ => Err(Refusal::NotWaiting),
    }
}

/// Whether the agent has the conversation, and still by the event by which they believe to have it.
fn holds(agent: &AgentRef, fence: Option<Seq>, state: &State) -> Result<(), Refusal> {
    let taken = owned_by(agent, state)?;
    let is_other = |fence: Seq| fence != taken.fence && taken.fence != Seq::ZERO;
    if fence.is_some_and(is_other) { Err(Refusal::Lapsed) } else { Ok(()) }
}

fn owned_by<'a>(agent: &AgentRef, state: &'a State) -> Result<&'a Taken, Refusal> {
    let taken = state.taken.as_ref().filter(|taken| taken.agent == agent.id);
    taken.filter(|_| state.status == Status::Human).ok_or(Refusal::NotYours)
}
