//! What passes between those who watch a conversation, and is not kept.

use crate::conversation::{Conversations, Marks, Presence, Signal};
use crate::domain::{ConversationId, Seq};

/// So much of what is not sent yet is shown.
const UNSENT_CHARS: usize = 1_000;

impl Conversations {
    /// Tells the others that somebody writes, or no longer writes.
    pub fn typing(&self, conversation: ConversationId, who: Presence, on: bool) {
        self.0.hub.tell(conversation, &Signal::Typing(who, on));
    }

    /// Tells the agent who has it what the customer is writing; only its beginning. Nothing is kept.
    pub fn writes(&self, conversation: ConversationId, text: &str) {
        let shown: String = text.chars().take(UNSENT_CHARS).collect();
        self.0.hub.tell(conversation, &Signal::Unsent(shown.into()));
    }

    /// Up to where the customer has been given, and has seen, what happened; since the server's start.
    pub fn marks(&self, conversation: ConversationId) -> Marks {
        self.0.hub.marks(conversation)
    }

    /// Tells the others what somebody has seen.
    pub fn seen(&self, conversation: ConversationId, who: Presence, seq: Seq) {
        if who == Presence::Visitor {
            self.0.hub.mark(conversation, |marks| marks.read = marks.read.max(seq));
        }
        self.0.hub.tell(conversation, &Signal::Read(who, seq));
    }

    /// Tells the agents up to where a device of the customer has been given what happened.
    pub fn delivered(&self, conversation: ConversationId, seq: Seq) {
        self.0.hub.mark(conversation, |marks| marks.delivered = marks.delivered.max(seq));
        self.0.hub.tell(conversation, &Signal::Delivered(seq));
    }
}
