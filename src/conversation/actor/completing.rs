//! A follow-up of which the bot is not sure what it means, asked in full by a language model: the question
//! is read, and where an entry surely answers it, that answer is given. Whatever else the model does, the bot
//! does what it would have done without it.

use std::sync::Arc;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use crate::conversation::actor::Actor;
use crate::conversation::actor::answering::{Awaited, Decided, Written, heard_message};
use crate::conversation::{Knowledge, Parts, Presence, Signal, in_full};
use crate::dialogue::Unanswered;

impl Actor {
    /// Has the model ask in full what leans on something said before and was not understood.
    pub(super) fn complete(
        &self,
        knowledge: &Knowledge,
        heard: &Unanswered,
        decided: &Decided,
    ) -> Option<Awaited> {
        let generator = self.inner.parts.generator.as_ref();
        let generator = Arc::clone(generator.filter(|generator| generator.asks_in_full())?);
        if heard.files {
            return None;
        }
        let read = (&decided.reading, decided.actions.as_slice());
        let follow_up = in_full::wanted(knowledge, &self.state, heard_message(heard), read)?;
        let (done, written) = oneshot::channel();
        let stop = CancellationToken::new();
        let guard = stop.clone().drop_guard();
        let (inner, conversation) = (Arc::clone(&self.inner), self.conversation);
        self.inner.parts.tasks.spawn("ask in full", async move {
            let Parts { clock, metrics, .. } = &inner.parts;
            let typing = |on| inner.hub.tell(conversation, &Signal::Typing(Presence::Bot, on));
            let asked = (conversation, clock.now());
            typing(true);
            let outcome = tokio::select! {
                outcome = generator.ask_in_full(asked, &follow_up) => Some(outcome),
                () = stop.cancelled() => None,
            };
            typing(false);
            let Some(outcome) = outcome else { return metrics.generated("follow_up", "overtaken") };
            if let Err(kept) = &outcome {
                metrics.generated("follow_up", kept.name());
                tracing::info!(
                    conversation.id = %conversation,
                    reason = %kept,
                    "a follow-up is read as it is"
                );
            }
            // nobody listens where somebody wanted something else meanwhile
            let _ = done.send(outcome.ok().map(Written::InFull));
        });
        Some(Awaited::new(written, guard))
    }

    /// What is decided when the model has asked a message in full.
    pub(super) async fn read_in_full(
        &self,
        knowledge: &Arc<Knowledge>,
        heard: &Unanswered,
        decided: Decided,
        question: String,
    ) -> Decided {
        let answers = self.answers_to(knowledge, heard, question.clone()).await;
        let setting = self.setting(self.state.language.unwrap_or(decided.reading.language));
        let policy = setting.policy(knowledge);
        let turn = (&self.state, heard_message(heard));
        let answered = in_full::answered(&policy, turn, &decided.reading, (question, answers));
        let outcome = if answered.is_some() { "taken" } else { "unsure" };
        self.inner.parts.metrics.generated("follow_up", outcome);
        match answered {
            Some((actions, reading)) => Decided { actions, reading, ..decided },
            None => decided,
        }
    }
}
