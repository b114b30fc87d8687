//! What a language model makes of a waiting customer's words, for the agent: it comes after the hand-off,
//! which waits for nothing, and takes the place of the sentences that were chosen.

use std::sync::Arc;

use crate::conversation::actor::Actor;
use crate::conversation::service::Inner;
use crate::conversation::{Conversations, Refusal, turn};
use crate::dialogue::Status;
use crate::domain::{ConversationId, Event, EventBody, Seq};
use crate::generation::Kept;

/// The customer's latest messages that count.
const MOST_TOLD: usize = 20;
/// Fewer characters are read as fast as a summary of them.
const WORTH_IT: usize = 80;

impl Actor {
    /// Has the customer's words summed up, where they were just handed over.
    pub(super) fn sum_up_after(&self, events: &[Event]) {
        let is_handoff = |event: &&Event| matches!(event.body, EventBody::HandoffRequested { .. });
        let Some(handoff) = events.iter().rfind(is_handoff) else { return };
        let generator = self.inner.parts.generator.clone();
        let Some(generator) = generator.filter(|generator| generator.sums_up()) else { return };
        if self.state.status != Status::Waiting {
            return;
        }
        let (inner, conversation, seq) = (Arc::clone(&self.inner), self.conversation, handoff.seq);
        let language = self.state.language.unwrap_or_default();
        self.inner.parts.tasks.spawn("sum up", async move {
            let Ok(told) = told(&inner, conversation).await else { return };
            if told.iter().map(|text| text.chars().count()).sum::<usize>() < WORTH_IT {
                return;
            }
            let asked = (conversation, inner.parts.clock.now());
            let stop = inner.parts.tasks.soft();
            let outcome = tokio::select! {
                outcome = generator.sum_up(asked, &told, language) => outcome,
                () = stop.cancelled() => return,
            };
            let name = outcome.as_ref().map_or_else(Kept::name, |_| "taken");
            inner.parts.metrics.generated("summary", name);
            match outcome {
                Ok(sentences) => {
                    Conversations(inner).summed_up(conversation, seq, sentences).await;
                }
                Err(kept) => tracing::info!(
                    conversation.id = %conversation,
                    reason = %kept,
                    "a hand-off keeps the customer's own sentences"
                ),
            }
        });
    }
}

/// What the customer wrote since the conversation was last resolved.
async fn told(inner: &Inner, conversation: ConversationId) -> Result<Vec<String>, Refusal> {
    let (mut told, mut after) = (Vec::new(), Seq::ZERO);
    loop {
        let events = turn::read_page(inner.parts.log.as_ref(), conversation, after).await?;
        let Some(last) = events.last() else { break };
        after = last.seq;
        for event in events {
            match event.body {
                EventBody::VisitorMessage { text, choice: None, .. } if !text.is_none() => {
                    told.push(text.as_str().to_owned());
                }
                EventBody::Resolved { .. } | EventBody::Erased => told.clear(),
                _ => {}
            }
        }
    }
    let skipped = told.len().saturating_sub(MOST_TOLD);
    Ok(told.split_off(skipped))
}
