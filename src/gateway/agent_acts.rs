//! What an agent does on their socket: each frame is one command, and what the agent may not do is
//! refused as it would be to anybody.

use crate::accounts::Permission;
use crate::conversation::{AgentRef, Command, Presence};
use crate::domain::{ClientId, ConversationId, MessageText, Seq};
use crate::gateway::agent_socket::AgentSocket;
use crate::gateway::attached::Said;
use crate::gateway::error::ApiError;
use crate::gateway::event_pages::Wanted;
use crate::gateway::feed::Feed;
use crate::gateway::frames::{AgentFrame, FrameNames, ServerFrame};
use crate::gateway::line::End;
use crate::handoff::{self, Decline};

/// Longest reason for which an offer is declined.
const REASON_CHARS: usize = 200;

impl AgentSocket {
    pub(super) async fn handle(&mut self, frame: AgentFrame) -> Result<(), End> {
        match frame {
            AgentFrame::Hello {} => Ok(()),
            AgentFrame::Open { conversation, after, pages, tail } => {
                let wanted = Wanted { after: after.unwrap_or_default(), pages, tail };
                self.open_conversation(conversation, wanted).await
            }
            AgentFrame::Close { conversation } => {
                self.open.remove(&conversation);
                Ok(())
            }
            AgentFrame::Claim { conversation, client_id } => {
                self.act(conversation, client_id, Command::Claim).await
            }
            AgentFrame::Decline { conversation, reason } => {
                self.decline(conversation, reason).await
            }
            AgentFrame::TakeOver { conversation, client_id } => {
                self.take_over(conversation, client_id).await
            }
            AgentFrame::Send { conversation, client_id, text, attachments, fence, quoted } => {
                let said = Said { text, attachments, quoted, ..Said::default() };
                let command = self.gate.reply(conversation, self.me(), said, fence).await;
                self.submit(conversation, client_id, command).await
            }
            AgentFrame::Note { conversation, client_id, text, mentions } => {
                let command = self.remark(&text, mentions);
                self.submit(conversation, client_id, command).await
            }
            AgentFrame::Whisper { conversation, client_id, text } => {
                self.whisper(conversation, client_id, &text).await
            }
            AgentFrame::Release { conversation, client_id, note } => {
                let command = self.note(note).map(|note| Command::Release(self.me(), note));
                self.submit(conversation, client_id, command).await
            }
            AgentFrame::Transfer { conversation, client_id, target, note } => {
                let agent = self.me();
                let command = self.note(note);
                let command = command.map(|note| Command::Transfer { agent, target, note });
                self.submit(conversation, client_id, command).await
            }
            AgentFrame::ReturnToBot { conversation, client_id } => {
                self.act(conversation, client_id, Command::ReturnToBot).await
            }
            AgentFrame::Resolve { conversation, client_id } => {
                self.act(conversation, client_id, Command::Resolve).await
            }
            AgentFrame::Watch { query } => self.watch(&query),
            AgentFrame::Presence { presence } => self.set_presence(presence).await,
            AgentFrame::Typing { conversation, on } => {
                self.hint_typing(conversation, on);
                Ok(())
            }
            AgentFrame::Read { conversation, seq } => self.note_read(conversation, seq).await,
            AgentFrame::Ping {} => self.line.push(&ServerFrame::Pong),
        }
    }

    async fn take_over(
        &mut self,
        conversation: ConversationId,
        client_id: ClientId,
    ) -> Result<(), End> {
        if let Err(error) = self.agent.require(Permission::ConversationsTakeOver) {
            return self.refuse(&error, names(conversation, client_id));
        }
        self.act(conversation, client_id, Command::TakeOver).await
    }

    async fn whisper(
        &mut self,
        conversation: ConversationId,
        client_id: ClientId,
        text: &str,
    ) -> Result<(), End> {
        if let Err(error) = self.agent.require(Permission::ConversationsWhisper) {
            return self.refuse(&error, names(conversation, client_id));
        }
        let text = self.gate.text(text).map_err(ApiError::from);
        let command = text.map(|text| Command::Whisper(self.me(), text));
        self.submit(conversation, client_id, command).await
    }

    async fn set_presence(&mut self, presence: handoff::Presence) -> Result<(), End> {
        if let Err(error) = self.agent.require(Permission::ConversationsAnswer) {
            return self.refuse(&error, FrameNames::default());
        }
        let desk = self.gate.conversations.desk();
        desk.set_presence(self.agent.id, presence).await.map_err(|_| End::Restart)
    }

    async fn act(
        &mut self,
        conversation: ConversationId,
        client_id: ClientId,
        command: impl FnOnce(AgentRef) -> Command,
    ) -> Result<(), End> {
        let command = Ok(command(self.me()));
        self.submit(conversation, client_id, command).await
    }

    /// A note for colleagues; an empty one is none.
    fn note(&self, note: Option<String>) -> Result<Option<MessageText>, ApiError> {
        let note = note.filter(|note| !note.trim().is_empty());
        note.map(|note| self.gate.text(&note)).transpose().map_err(ApiError::from)
    }

    async fn decline(
        &mut self,
        conversation: ConversationId,
        reason: Option<String>,
    ) -> Result<(), End> {
        let names = FrameNames { conversation: Some(conversation), client_id: None };
        if let Err(error) = self.allow(conversation).await {
            return self.refuse(&error, names);
        }
        let reason = reason.filter(|reason| !reason.trim().is_empty());
        if reason.as_ref().is_some_and(|reason| reason.chars().count() > REASON_CHARS) {
            let message = format!("{REASON_CHARS} characters at most");
            return self.refuse(&ApiError::InvalidField { field: "reason", message }, names);
        }
        let desk = self.gate.conversations.desk();
        let decline = Decline { agent: self.agent.id, reason };
        let was_offered = desk.decline(conversation, decline).await.map_err(|_| End::Restart)?;
        if !was_offered {
            return self.refuse(&ApiError::Conflict("this is not offered to you"), names);
        }
        tracing::info!(
            conversation.id = %conversation, agent.id = %self.agent.id, "an offer was declined"
        );
        self.line.push(&ServerFrame::Declined { conversation })
    }

    fn hint_typing(&self, conversation: ConversationId, on: bool) {
        if self.has(conversation) {
            self.gate.conversations.typing(conversation, Presence::Agent, on);
        }
    }

    /// The customer is told only by the agent who has them; what an agent has read is kept for any.
    async fn note_read(&self, conversation: ConversationId, seq: Seq) -> Result<(), End> {
        let told = self.open.get(&conversation).map(Feed::cursor).unwrap_or_default();
        let seq = seq.min(told);
        if self.has(conversation) {
            self.gate.conversations.seen(conversation, Presence::Agent, seq);
        }
        let inbox = self.gate.conversations.inbox();
        inbox.mark_read(conversation, self.agent.id, seq).await.map(|_| ()).map_err(|error| {
            tracing::error!(%error, "what an agent has read cannot be stored");
            End::Busy
        })
    }
}

fn names(conversation: ConversationId, client_id: ClientId) -> FrameNames {
    FrameNames { conversation: Some(conversation), client_id: Some(client_id) }
}
