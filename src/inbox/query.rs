//! What somebody wants to see of the inbox: a view, filters on it, and from where on.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::domain::{AgentId, ConversationId, LabelName, Language, Priority};
use crate::inbox::{Item, Standing};

/// A list of the inbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum View {
    /// Who waits for an agent, in the order of the queue.
    #[default]
    Waiting,
    /// What the agent has, the latest word first.
    Mine,
    /// What waits for the agent's teams or is with them, the latest word first.
    Team,
    /// What waits or is with an agent, the latest word first.
    All,
    /// What is put away, the first to come back first.
    Snoozed,
    /// What was ended or is with the bot again, the latest first.
    Resolved,
    /// Where the agent was named in a note, the latest word first.
    Mentions,
}

/// Whose conversations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Assignee {
    /// The asking agent's.
    Me,
    /// Nobody's.
    Nobody,
    /// An agent's.
    Agent(AgentId),
}

impl FromStr for Assignee {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "me" => Ok(Self::Me),
            "none" => Ok(Self::Nobody),
            id => id.parse().map(Self::Agent).map_err(|_| "`me`, `none` or the id of an agent"),
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The list.
    pub view: View,
    /// Labels, all of which are on it.
    pub labels: BTreeSet<LabelName>,
    /// Whose.
    pub assignee: Option<Assignee>,
    /// The team's.
    pub team: Option<String>,
    /// From a channel.
    pub channel: Option<String>,
    /// In a language.
    pub language: Option<Language>,
    /// Of a priority.
    pub priority: Option<Priority>,
    /// Only what the agent has not read.
    pub unread: bool,
}

/// Who asks.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The agent.
    pub agent: AgentId,
    /// Their teams, by id.
    pub teams: Vec<String>,
    /// Whether they read every conversation.
    pub reads_all: bool,
    /// Whether they answer customers, and so see who waits.
    pub answers: bool,
}

impl Viewer {
    /// Whether they may see a conversation: any, or with less, what waits, their own, and where a
    /// colleague named them.
    pub fn sees(&self, item: &Item) -> bool {
        let is_near = match item.standing {
            Standing::Waiting => true,
            Standing::Snoozed => item.owner.is_none() || item.is_of(self.agent),
            Standing::Human | Standing::Resolved => item.is_of(self.agent),
            Standing::Bot => false,
        };
        self.reads_all || (self.answers && (is_near || item.mentioned.contains_key(&self.agent)))
    }

    pub(super) fn is_in_team(&self, item: &Item) -> bool {
        item.team.as_ref().is_some_and(|team| self.teams.contains(team))
    }
}

impl Query {
    /// Whether a conversation stands in the list, for whoever may see it. `is_unread` is asked only
    /// where it matters.
    pub fn fits(&self, item: &Item, by: &Viewer, is_unread: impl FnOnce() -> bool) -> bool {
        let is_open = matches!(item.standing, Standing::Waiting | Standing::Human);
        let in_view = match self.view {
            View::Waiting => item.standing == Standing::Waiting,
            View::Mine => item.standing == Standing::Human && item.is_of(by.agent),
            View::Team => is_open && by.is_in_team(item),
            View::All => is_open,
            View::Snoozed => item.standing == Standing::Snoozed,
            View::Resolved => !item.is_live(),
            View::Mentions => item.mentioned.contains_key(&by.agent),
        };
        let is_assigned = match self.assignee {
            None => true,
            Some(Assignee::Me) => item.is_of(by.agent),
            Some(Assignee::Nobody) => item.owner.is_none(),
            Some(Assignee::Agent(agent)) => item.is_of(agent),
        };
        in_view
            && is_assigned
            && self.labels.iter().all(|label| item.labels.contains(label))
            && self.team.as_ref().is_none_or(|team| item.team.as_ref() == Some(team))
            && self.channel.as_ref().is_none_or(|channel| *channel == item.channel)
            && self.language.is_none_or(|language| language == item.language)
            && self.priority.is_none_or(|priority| item.priority == Some(priority))
            && (!self.unread || is_unread())
    }
}

/// A place in a list: what comes behind it is the next page. Rows are in the order of their cursors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cursor {
    /// By what the view is sorted.
    pub key: i64,
    /// What decides between equal ones.
    pub second: i64,
    /// The conversation.
    pub conversation: ConversationId,
}

/// A text that is no cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a `next` of an earlier answer")]
pub struct CursorError;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_{}_{}", self.key, self.second, self.conversation)
    }
}

impl FromStr for Cursor {
    type Err = CursorError;
    fn from_str(text: &str) -> Result<Self, CursorError> {
        let mut parts = text.splitn(3, '_');
        let mut next = || parts.next().ok_or(CursorError);
        let key = next()?.parse().map_err(|_| CursorError)?;
        let second = next()?.parse().map_err(|_| CursorError)?;
        let conversation = next()?.parse().map_err(|_| CursorError)?;
        Ok(Self { key, second, conversation })
    }
}
