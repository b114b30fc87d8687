//! What agents write on their socket for colleagues, and what they are told of writing: that a colleague
//! named them, and what they write elsewhere.

use serde::Serialize;
use tokio::sync::broadcast::error::RecvError;

use crate::conversation::Command;
use crate::domain::{
    AgentId, ConversationId, Event, EventBody, Mention, MentionError, MessageText, Seq, Timestamp,
};
use crate::gateway::agent_socket::AgentSocket;
use crate::gateway::draft_http::DraftView;
use crate::gateway::error::ApiError;
use crate::gateway::frames::ServerFrame;
use crate::gateway::inbox_row;
use crate::gateway::line::End;
use crate::writing::DraftNews;

/// A colleague named the agent in a note.
#[derive(Debug, Serialize)]
pub(super) struct MentionNews {
    conversation: ConversationId,
    seq: Seq,
    at: Timestamp,
    agent: AgentId,
    name: String,
    text: MessageText,
    visitor: String,
}

impl AgentSocket {
    /// What an agent writes for colleagues.
    pub(super) fn remark(&self, text: &str, mentions: Vec<Mention>) -> Result<Command, ApiError> {
        let text = self.gate.text(text)?;
        Mention::check(&text, &mentions)?;
        let is_known = |mention: &Mention| self.gate.accounts.account(mention.agent).is_some();
        if !mentions.iter().all(is_known) {
            let message = "there is no such agent".to_owned();
            return Err(ApiError::InvalidField { field: "mentions", message });
        }
        Ok(Command::Note { agent: self.me(), text, mentions })
    }

    /// Tells of notes that name the agent and were written while this page was there.
    pub(super) async fn tell_mentions(&mut self) -> Result<(), End> {
        for (conversation, seq) in std::mem::take(&mut self.watched.named) {
            let read = self.gate.conversations.read(conversation, seq.before(), 1).await;
            let event = read.map_err(|_| End::Busy)?.into_iter().next();
            let Some(Event { at, body: EventBody::Noted { agent, name, text, .. }, .. }) = event
            else {
                continue;
            };
            if at < self.watched.since || agent == self.agent.id {
                continue;
            }
            let visitor = inbox_row::visitor(&self.gate, conversation);
            let news = MentionNews { conversation, seq, at, agent, name, text, visitor };
            self.line.push(&ServerFrame::Mentioned(news))?;
        }
        Ok(())
    }

    /// Tells what the agent writes elsewhere. Who fell behind asks for all drafts with the next
    /// connection, and keeps what is typed there anyway.
    pub(super) fn tell_draft(&mut self, news: Result<DraftNews, RecvError>) -> Result<(), End> {
        match news {
            Ok(news) if news.agent == self.agent.id => {
                self.line.push(&ServerFrame::Draft(DraftView::of(news)))
            }
            Ok(_) | Err(RecvError::Lagged(_)) => Ok(()),
            Err(RecvError::Closed) => Err(End::Restart),
        }
    }
}

impl From<MentionError> for ApiError {
    fn from(error: MentionError) -> Self {
        Self::InvalidField { field: "mentions", message: error.to_string() }
    }
}
