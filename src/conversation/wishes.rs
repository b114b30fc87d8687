//! What the server itself wants of conversations: what the desk asks for, and what follows when it has
//! become known who a customer is.

use tokio::sync::mpsc;

use crate::conversation::{Command, Conversations, Refusal};
use crate::domain::{Called, ClientId, ConversationId, Seq};
use crate::handoff::Act;

/// How often a wish is tried on a busy server.
const TRIES: usize = 30;

impl Conversations {
    /// Does what the desk asks for, one after the other; a conversation that has moved on says no.
    pub(super) fn serve_desk(&self, mut wishes: mpsc::Receiver<Act>) {
        let service = self.clone();
        let stop = self.0.parts.tasks.soft();
        self.0.parts.tasks.spawn("desk acts", async move {
            loop {
                let act = tokio::select! {
                    () = stop.cancelled() => return,
                    act = wishes.recv() => act,
                };
                let Some(act) = act else { return };
                service.act(act).await;
            }
        });
    }

    async fn act(&self, act: Act) {
        let (conversation, client_id, command) = match act {
            Act::GiveBack { conversation, agent } => {
                (conversation, ClientId::of_desk(), Command::Lapse(agent))
            }
            Act::Wake { conversation, until } => {
                (conversation, ClientId::of_wake(until), Command::WakeUp(until))
            }
            Act::Breach { conversation, promise, due } => {
                (conversation, ClientId::of_breach(promise, due), Command::Breach(promise, due))
            }
        };
        self.insist(conversation, client_id, command).await;
    }

    /// It has become known who a customer is: the card and the place in the queue follow, where the
    /// conversation was handed off.
    pub async fn identified(&self, conversation: ConversationId) {
        self.insist(conversation, ClientId::of_desk(), Command::Identified).await;
    }

    /// A language model has summed up what a customer said before they were handed over.
    pub(super) async fn summed_up(
        &self,
        conversation: ConversationId,
        handoff: Seq,
        sentences: Vec<String>,
    ) {
        let client_id = ClientId::of_summary(handoff);
        self.insist(conversation, client_id, Command::SumUp(sentences)).await;
    }

    /// A call has ended. False when that could not be stored; a conversation that has moved on needs
    /// not know.
    pub(super) async fn called(
        &self,
        conversation: ConversationId,
        call: Seq,
        called: Called,
    ) -> bool {
        let client_id = ClientId::of_bot_turn(call, 0);
        self.insist(conversation, client_id, Command::Called { call, called }).await
    }

    /// Carries out what is the server's own wish; a conversation that has moved on says no. False when
    /// the server could not.
    async fn insist(
        &self,
        conversation: ConversationId,
        client_id: ClientId,
        command: Command,
    ) -> bool {
        for _ in 0..TRIES {
            match self.submit(conversation, client_id.clone(), command.clone()).await {
                Err(Refusal::Busy { retry_after }) => tokio::time::sleep(retry_after).await,
                Err(error @ Refusal::Unavailable) => {
                    tracing::warn!(conversation.id = %conversation, %error, "the desk must wait");
                    return false;
                }
                Ok(_) | Err(_) => return true,
            }
        }
        false
    }
}
