//! Words with files beside them: what a customer or an agent says, checked, as a command.

use crate::attachments::{AttachmentError, Sender};
use crate::conversation::{AgentRef, Command};
use crate::domain::{
    Attachment, AttachmentId, ConversationId, Language, MessageText, Quote, Seq, TextError,
};
use crate::gateway::error::ApiError;
use crate::gateway::gate::Gate;

/// Longest id of a button.
const CHOICE_BYTES: usize = 200;

/// What somebody says, as it comes.
#[derive(Debug, Default)]
pub(super) struct Said {
    /// The words; there need be none beside files.
    pub(super) text: Option<String>,
    /// The button, when the words are a button's.
    pub(super) choice: Option<String>,
    /// What was uploaded before.
    pub(super) attachments: Vec<AttachmentId>,
    /// The language of the customer's page.
    pub(super) language: Option<Language>,
    /// The place of the message that an agent answers.
    pub(super) quoted: Option<Seq>,
}

impl Gate {
    /// What a customer says, checked.
    pub(super) async fn say(
        &self,
        conversation: ConversationId,
        said: Said,
    ) -> Result<Command, ApiError> {
        let Said { text, choice, attachments, language, quoted: _ } = said;
        let text = self.words(text.as_deref(), &attachments)?;
        if choice.as_ref().is_some_and(|choice| choice.len() > CHOICE_BYTES) {
            let message = format!("{CHOICE_BYTES} bytes at most");
            return Err(ApiError::InvalidField { field: "choice", message });
        }
        let language = language.filter(|_| text.is_none());
        let attachments = self.files(conversation, Sender::Visitor, &attachments).await?;
        Ok(Command::Say { text, choice, attachments, language })
    }

    /// What an agent says, with what it answers, checked.
    pub(super) async fn reply(
        &self,
        conversation: ConversationId,
        agent: AgentRef,
        said: Said,
        fence: Option<Seq>,
    ) -> Result<Command, ApiError> {
        let text = self.words(said.text.as_deref(), &said.attachments)?;
        let by = Sender::Agent(agent.id);
        let attachments = self.files(conversation, by, &said.attachments).await?;
        let quoted = match said.quoted {
            Some(seq) => Some(Box::new(self.quote(conversation, seq).await?)),
            None => None,
        };
        Ok(Command::Reply { agent, text, attachments, quoted, fence })
    }

    async fn quote(&self, conversation: ConversationId, seq: Seq) -> Result<Quote, ApiError> {
        let events = self.conversations.read(conversation, seq.before(), 1).await?;
        let quote = events.first().filter(|event| event.seq == seq).and_then(Quote::of);
        quote.ok_or_else(|| {
            let message = "the place of a message of this conversation".to_owned();
            ApiError::InvalidField { field: "quoted", message }
        })
    }

    fn words(&self, text: Option<&str>, files: &[AttachmentId]) -> Result<MessageText, ApiError> {
        match text.map(|text| self.text(text)) {
            Some(Ok(text)) => Ok(text),
            None | Some(Err(TextError::Empty)) if !files.is_empty() => Ok(MessageText::none()),
            None => Err(ApiError::InvalidBody("missing field `text`".to_owned())),
            Some(Err(error)) => Err(error.into()),
        }
    }

    async fn files(
        &self,
        conversation: ConversationId,
        by: Sender,
        ids: &[AttachmentId],
    ) -> Result<Vec<Attachment>, ApiError> {
        let most = self.settings.attachments.per_message;
        if ids.len() > most {
            let message = format!("{most} files at most");
            return Err(ApiError::InvalidField { field: "attachments", message });
        }
        Ok(self.attachments.named(conversation, by, ids).await?)
    }

    /// A message that may name files is stored.
    pub(super) async fn are_sent(&self, conversation: ConversationId, files: &[AttachmentId]) {
        if files.is_empty() {
            return;
        }
        if let Err(error) = self.attachments.sent(conversation, files).await {
            // the log tells it too, and is asked before anything is removed
            tracing::warn!(conversation.id = %conversation, %error, "files are not marked as sent");
        }
    }
}

impl From<AttachmentError> for ApiError {
    fn from(error: AttachmentError) -> Self {
        match error {
            AttachmentError::TooLarge { limit } => Self::FileTooLarge { limit },
            AttachmentError::Type => Self::FileType,
            AttachmentError::Broken(why) => Self::FileBroken(why),
            AttachmentError::TooMany { limit } => Self::TooManyFiles { limit },
            AttachmentError::NoRoom => Self::NoRoom,
            AttachmentError::Unknown(_) => Self::FileUnknown(error.to_string()),
            AttachmentError::Io(_) | AttachmentError::Records(_) | AttachmentError::Log(_) => {
                tracing::error!(%error, "files cannot be stored or read");
                Self::NotReady
            }
        }
    }
}
