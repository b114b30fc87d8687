//! Calls to the shop's own system, as the knowledge describes them: what is sent, by which rules it
//! is sent again, and what of the answer counts. Whatever goes wrong is one of a few ends with a
//! reason, so that a flow can go on with a person.

mod http;
mod request;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::actions::http::{Caller, Trouble};
use crate::actions::request::Request;
use crate::breaker::Breakers;
use crate::catalog::ActionSpec;
use crate::domain::{CallEnd, Called, ConversationId, EntityKind, Filled, Language, Seq};

/// How often a call is tried that may be tried again.
const TRIES: u8 = 3;
/// How long it waits before the second try; four times as long before the third.
const PAUSE: Duration = Duration::from_millis(200);
/// Most characters of a value that is taken from an answer.
const LONGEST_VALUE: usize = 400;

/// A call that is to be made.
#[derive(Clone, Debug)]
pub struct Order {
    /// What is called.
    pub spec: ActionSpec,
    /// What the flow knows.
    pub values: BTreeMap<String, Filled>,
    /// The conversation.
    pub conversation: ConversationId,
    /// The event by which the call was decided; with the conversation it names the call for ever.
    pub seq: Seq,
    /// The customer's language.
    pub language: Language,
    /// Who the customer is, where that is proved.
    pub customer: Option<String>,
    /// Whether it may have been made already, by a server that was stopped in the middle.
    pub again: bool,
}

impl Order {
    /// The name of the call: the same for every try, also after a crash.
    pub fn key(&self) -> String {
        format!("frontdesk-{}-{}", self.conversation, self.seq)
    }
}

/// Makes calls.
pub struct Actions {
    base_url: String,
    caller: Caller,
    breakers: Breakers,
}

impl Actions {
    /// `base_url` is what paths are below.
    pub fn new(base_url: &str) -> Self {
        let base_url = base_url.trim_end_matches('/').to_owned();
        Self { base_url, caller: Caller::default(), breakers: Breakers::default() }
    }

    /// Makes the call, and says what became of it. It never fails and always ends.
    pub async fn perform(&self, order: &Order) -> Called {
        let started = Instant::now();
        let mut called = self.call(order).await;
        called.duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        match &called.reason {
            None => tracing::info!(
                conversation.id = %order.conversation,
                action.name = called.action,
                status = called.status,
                attempts = called.attempts,
                duration_ms = called.duration_ms,
                "the shop's system was called"
            ),
            Some(reason) => tracing::warn!(
                conversation.id = %order.conversation,
                action.name = called.action,
                end = called.end.name(),
                reason,
                status = called.status,
                attempts = called.attempts,
                duration_ms = called.duration_ms,
                "a call to the shop's system did not go well"
            ),
        }
        called
    }

    async fn call(&self, order: &Order) -> Called {
        let spec = &order.spec;
        let ended = |end, reason: &str| ended(&spec.name, end, Some(reason.to_owned()));
        if order.again && !spec.is_repeatable() {
            return ended(
                CallEnd::Unknown,
                "the server was stopped during the call, which must not be made twice",
            );
        }
        let request = match Request::of(order, &self.base_url) {
            Ok(request) => request,
            Err(reason) => return ended(CallEnd::Failed, &reason),
        };
        if !self.breakers.admits(&spec.name) {
            return ended(
                CallEnd::Failed,
                "it failed too often just now, so it is left alone for a while",
            );
        }
        let mut attempts = 0;
        loop {
            attempts += 1;
            let outcome = self.caller.call(&request, spec).await;
            let is_down = matches!(&outcome, Err(trouble) if trouble.is_outage);
            self.breakers.note(&spec.name, is_down);
            let trouble = match outcome {
                Ok(answer) => {
                    let (status, values) = (Some(answer.status), answer.values);
                    let action = spec.name.clone();
                    return Called {
                        action,
                        end: CallEnd::Ok,
                        reason: None,
                        status,
                        values,
                        attempts,
                        duration_ms: 0,
                    };
                }
                Err(trouble) => trouble,
            };
            // what was not sent can be sent, whatever it does
            let may_repeat = trouble.is_outage && (!trouble.was_sent || spec.is_repeatable());
            if !may_repeat || attempts >= TRIES || !self.breakers.admits(&spec.name) {
                let Trouble { end, reason, status, .. } = trouble;
                return Called { status, attempts, ..self::ended(&spec.name, end, Some(reason)) };
            }
            tokio::time::sleep(PAUSE * 4_u32.pow(u32::from(attempts) - 1)).await;
        }
    }
}

fn ended(action: &str, end: CallEnd, reason: Option<String>) -> Called {
    let values = BTreeMap::new();
    Called {
        action: action.to_owned(),
        end,
        reason,
        status: None,
        values,
        attempts: 0,
        duration_ms: 0,
    }
}

/// A value of an answer, as a flow keeps it.
fn taken(value: &serde_json::Value) -> Option<Filled> {
    let text = match value {
        serde_json::Value::String(text) => text.clone(),
        serde_json::Value::Number(number) => number.to_string(),
        serde_json::Value::Bool(is_so) => is_so.to_string(),
        _ => return None,
    };
    let kept = text.chars().filter(|c| !c.is_control() || *c == '\n').take(LONGEST_VALUE);
    Some(Filled { kind: EntityKind::Custom, value: kept.collect() })
}
