//! Calls to the shop's own system: what the dialogue decided is on disk before anything is sent, and
//! what becomes of it comes back as a command. The conversation goes on meanwhile.

use std::sync::Arc;

use crate::actions::Order;
use crate::conversation::actor::Actor;
use crate::conversation::service::Inner;
use crate::conversation::{Conversations, Presence, Refusal, Signal, turn};
use crate::dialogue::PendingCall;
use crate::domain::{
    Action, CallEnd, Called, ClientId, ConversationId, Event, EventBody, Seq, TaskEvent,
};

/// A call of this process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::conversation) enum Call {
    /// It is being made.
    Running,
    /// It was made, but what became of it could not be stored.
    Untold,
}

impl Actor {
    /// Makes the call that is under way, unless somebody does already.
    pub(super) fn make_call(&self) {
        let Some(call) = self.state.call.clone() else { return };
        let id = (self.conversation, call.seq);
        let known = self.inner.calls().insert(id, Call::Running);
        if known == Some(Call::Running) {
            return;
        }
        // one that was there when this actor was loaded was decided by somebody who is gone
        let again = known.is_some() || self.loaded_call == Some(call.seq);
        let order = self.order(&call, again);
        let inner = Arc::clone(&self.inner);
        let conversation = self.conversation;
        self.inner.parts.tasks.spawn("call the shop", async move {
            let typing = |on| inner.hub.tell(conversation, &Signal::Typing(Presence::Bot, on));
            typing(true);
            let called = match order {
                Some(order) => inner.parts.actions.perform(&order).await,
                None => gone(call.action.clone()),
            };
            typing(false);
            inner.parts.metrics.called(called.end);
            tell(&inner, conversation, call.seq, called).await;
        });
    }

    fn order(&self, call: &PendingCall, again: bool) -> Option<Order> {
        let knowledge = self.inner.parts.knowledge.current();
        let mut actions = knowledge.catalog.actions.iter();
        let spec = actions.find(|spec| spec.name == call.action)?.clone();
        let customer = self.inner.parts.customers.card(self.conversation);
        Some(Order {
            spec,
            values: call.task.values.clone(),
            conversation: self.conversation,
            seq: call.seq,
            language: self.state.language.unwrap_or_default(),
            customer: customer.filter(|card| card.verified).map(|card| card.id.to_string()),
            again,
        })
    }

    /// The events with which a conversation goes on after a call.
    pub(super) fn called(&self, seq: Seq, called: Called) -> Result<Vec<EventBody>, Refusal> {
        if self.state.call.as_ref().is_none_or(|call| call.seq != seq) {
            return Err(Refusal::NotWaiting);
        }
        let end = called.end;
        let first = TaskEvent::Called { called };
        let mut after = self.state.clone();
        after.apply(&Event {
            seq: after.last.next(),
            at: self.inner.parts.clock.now(),
            client_id: ClientId::of_bot_turn(seq, 0),
            body: EventBody::Task { task: first.clone(), reading: None },
        });
        let knowledge = self.inner.parts.knowledge.current();
        let setting = self.setting(self.state.language.unwrap_or_default());
        let policy = setting.policy(&knowledge);
        let mut actions = vec![Action::Task(first)];
        actions.extend(policy.go_on(&after, end));
        let mut bodies = turn::bodies(actions, None);
        let customer = self.inner.parts.customers.card(self.conversation);
        turn::with_card(&mut bodies, &self.state, &knowledge.catalog, customer);
        Ok(bodies)
    }
}

/// Stores what became of a call. Where that cannot be done, it is asked for again by the next turn,
/// which knows that the call may have been made.
async fn tell(inner: &Arc<Inner>, conversation: ConversationId, seq: Seq, called: Called) {
    let service = Conversations(Arc::clone(inner));
    let is_told = service.called(conversation, seq, called).await;
    let mut calls = inner.calls();
    if is_told {
        calls.remove(&(conversation, seq));
    } else {
        calls.insert((conversation, seq), Call::Untold);
    }
}

fn gone(action: String) -> Called {
    Called {
        action,
        end: CallEnd::Failed,
        reason: Some("the knowledge has no such action any more".to_owned()),
        status: None,
        values: std::collections::BTreeMap::new(),
        attempts: 0,
        duration_ms: 0,
    }
}
