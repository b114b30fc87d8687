//! Acts on conversations from the inbox: each is checked as if it were alone, and each says what would
//! undo it.

use std::collections::BTreeMap;

use futures_util::StreamExt;
use futures_util::stream;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::accounts::Permission;
use crate::conversation::{AgentRef, Command, Refusal, Sorting, View, is_free};
use crate::dialogue::{Snooze, Status};
use crate::domain::{ClientId, ConversationId, LabelName, Priority, Seq, Target, Timestamp};
use crate::gateway::error::{ApiError, ErrorDetail};
use crate::gateway::gate::Gate;
use crate::gateway::session::SignedIn;

/// In how many conversations something is done at once.
const AT_ONCE: usize = 4;
/// How far ahead a snooze may end.
const LONGEST_SNOOZE_MS: i64 = 366 * 24 * 3_600_000;

/// Something to do in a conversation.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ActOn {
    #[schema(value_type = String)]
    conversation: ConversationId,
    /// The sender's own id: the same twice is done once.
    #[schema(value_type = Option<String>)]
    client_id: Option<ClientId>,
    act: Act,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Act {
    /// Puts labels on and takes labels off.
    Label {
        #[serde(default)]
        #[schema(value_type = Vec<String>)]
        add: Vec<LabelName>,
        #[serde(default)]
        #[schema(value_type = Vec<String>)]
        remove: Vec<LabelName>,
    },
    /// Says how much it matters; `null` for as any other.
    Priority { priority: Option<Priority> },
    /// Puts it away until a moment in milliseconds, or with `null` until the customer writes.
    Snooze {
        #[schema(value_type = Option<i64>)]
        until: Option<Timestamp>,
    },
    /// Brings it back.
    Wake {},
    /// One has read it.
    Read {},
    /// One wants to look at it again.
    Unread {},
    /// Takes it.
    Claim {},
    /// Gives it to an agent, a team or the queue.
    Assign { target: Target },
    /// Gives it back to the queue.
    Release {},
    /// Ends it; what waits is taken first.
    Resolve {},
    /// Takes back that one has ended it.
    Reopen {},
}

/// What became of an act.
#[derive(Serialize)]
pub(super) struct Outcome {
    conversation: ConversationId,
    /// The event's place; nothing when it was so already.
    #[serde(skip_serializing_if = "Option::is_none")]
    seq: Option<Seq>,
    /// What undoes it, in order.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    undo: Vec<Act>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<ErrorDetail>,
}

/// Does everything, in several conversations at once and in each in order. The outcomes are in the
/// order of the acts.
pub(super) async fn carry_out(gate: &Gate, agent: &SignedIn, acts: Vec<ActOn>) -> Vec<Outcome> {
    let mut of: BTreeMap<ConversationId, Vec<(usize, ActOn)>> = BTreeMap::new();
    for (place, act) in acts.into_iter().enumerate() {
        of.entry(act.conversation).or_default().push((place, act));
    }
    let tasks = of.into_values().map(|acts| async move {
        let mut done = Vec::new();
        for (place, act) in acts {
            done.push((place, one(gate, agent, act).await));
        }
        done
    });
    let mut done: Vec<(usize, Outcome)> =
        stream::iter(tasks).buffer_unordered(AT_ONCE).flat_map(stream::iter).collect().await;
    done.sort_by_key(|(place, _)| *place);
    done.into_iter().map(|(_, outcome)| outcome).collect()
}

async fn one(gate: &Gate, agent: &SignedIn, on: ActOn) -> Outcome {
    let conversation = on.conversation;
    match (Doer { gate, agent, conversation }).act(on).await {
        Ok((seq, undo)) => Outcome { conversation, seq: Some(seq), undo, error: None },
        Err(ApiError::Refused(Refusal::Unchanged)) => {
            Outcome { conversation, seq: None, undo: vec![], error: None }
        }
        Err(error) => {
            gate.metrics.refused(error.code());
            Outcome { conversation, seq: None, undo: vec![], error: Some(error.detail()) }
        }
    }
}

struct Doer<'a> {
    gate: &'a Gate,
    agent: &'a SignedIn,
    conversation: ConversationId,
}

impl Doer<'_> {
    async fn act(&self, on: ActOn) -> Result<(Seq, Vec<Act>), ApiError> {
        let view = self.gate.conversations.view(self.conversation).await?;
        if !self.agent.sees(&view) {
            return Err(ApiError::NotFound);
        }
        let now = self.gate.clock.now();
        let undo = self.undo(&on.act, &view, now);
        let id = on.client_id.unwrap_or_else(own_id);
        let seq = match on.act {
            Act::Label { add, remove } => {
                self.sort(id, &view, Sorting::Label { add, remove }).await
            }
            Act::Priority { priority } => self.sort(id, &view, Sorting::Prioritise(priority)).await,
            Act::Snooze { until } => {
                check_until(until, now)?;
                self.sort(id, &view, Sorting::Snooze(until)).await
            }
            Act::Wake {} => self.sort(id, &view, Sorting::Wake).await,
            Act::Unread {} => self.sort(id, &view, Sorting::MarkUnread).await,
            Act::Reopen {} => self.sort(id, &view, Sorting::Reopen).await,
            Act::Assign { target } => {
                self.check_target(&target)?;
                self.sort(id, &view, Sorting::Assign(target)).await
            }
            Act::Read {} => self.read(view.last).await,
            Act::Claim {} => self.take(id, &view).await,
            Act::Release {} => self.submit(id, Command::Release(self.me(), None)).await,
            Act::Resolve {} => {
                if !self.owns(&view) {
                    self.take(own_id(), &view).await?;
                }
                self.submit(id, Command::Resolve(self.me())).await
            }
        }?;
        Ok((seq, undo))
    }

    async fn sort(&self, id: ClientId, view: &View, sorting: Sorting) -> Result<Seq, ApiError> {
        let owner =
            view.taken.as_ref().map(|taken| AgentRef { id: taken.agent, name: String::new() });
        if !is_free(&sorting, &self.me(), (view.status, owner.as_ref())) {
            self.agent.require(Permission::ConversationsTakeOver)?;
        }
        self.submit(id, Command::Sort(self.me(), sorting)).await
    }

    async fn take(&self, id: ClientId, view: &View) -> Result<Seq, ApiError> {
        let is_others = view.status == Status::Human && !self.owns(view);
        if is_others && self.agent.may(Permission::ConversationsTakeOver) {
            return self.submit(id, Command::TakeOver(self.me())).await;
        }
        self.submit(id, Command::Claim(self.me())).await
    }

    async fn read(&self, last: Seq) -> Result<Seq, ApiError> {
        let inbox = self.gate.conversations.inbox();
        let read = inbox.mark_read(self.conversation, self.agent.id, last).await;
        if read.map_err(|_| ApiError::NotReady)? {
            Ok(last)
        } else {
            Err(Refusal::Unchanged.into())
        }
    }

    async fn submit(&self, id: ClientId, command: Command) -> Result<Seq, ApiError> {
        let is_desk = id.is_reserved();
        let conversations = &self.gate.conversations;
        let accepted = if is_desk {
            conversations.submit(self.conversation, id, command).await?
        } else {
            self.gate.submit(self.conversation, id, command).await?
        };
        Ok(accepted.seq)
    }

    /// A transfer to nobody waits for ever.
    fn check_target(&self, target: &Target) -> Result<(), ApiError> {
        let is_known = match target {
            Target::Queue => true,
            Target::Agent { agent } => {
                self.gate.accounts.account(*agent).is_some_and(|account| account.active)
            }
            Target::Team { team } => self.gate.accounts.teams().contains_key(team),
        };
        let message = "no such agent or team".to_owned();
        if is_known { Ok(()) } else { Err(ApiError::InvalidField { field: "target", message }) }
    }

    fn me(&self) -> AgentRef {
        AgentRef { id: self.agent.id, name: self.agent.current_name() }
    }

    fn owns(&self, view: &View) -> bool {
        let is_own = view.taken.as_ref().is_some_and(|taken| taken.agent == self.agent.id);
        view.status == Status::Human && is_own
    }

    /// What would bring back what is there now.
    fn undo(&self, act: &Act, view: &View, now: Timestamp) -> Vec<Act> {
        let triage = &view.triage;
        let asleep = snooze_again(triage.snooze, now);
        let mut undo = match act {
            Act::Label { add, remove } => {
                let on = &triage.labels;
                let remove_again = add.iter().filter(|label| !on.contains(label)).cloned();
                let add_again = remove.iter().filter(|label| on.contains(label)).cloned();
                vec![Act::Label { add: add_again.collect(), remove: remove_again.collect() }]
            }
            Act::Priority { .. } => vec![Act::Priority { priority: triage.priority }],
            Act::Snooze { .. } => return asleep.map_or(vec![Act::Wake {}], |snooze| vec![snooze]),
            Act::Wake {} | Act::Read {} => vec![],
            Act::Unread {} => vec![Act::Read {}],
            Act::Assign { .. } | Act::Claim {} | Act::Release {} => vec![self.give_back(view, act)],
            Act::Resolve {} if self.owns(view) => vec![Act::Reopen {}],
            Act::Resolve {} => vec![Act::Reopen {}, self.give_back(view, &Act::Claim {})],
            Act::Reopen {} => vec![Act::Resolve {}],
        };
        // whatever somebody does with a conversation wakes it
        let is_mere =
            matches!(act, Act::Label { .. } | Act::Priority { .. } | Act::Read {} | Act::Unread {});
        undo.extend(asleep.filter(|_| !is_mere));
        undo
    }

    /// What gives a conversation back to whoever has it now.
    fn give_back(&self, view: &View, act: &Act) -> Act {
        match (&view.taken, view.status) {
            (Some(_), Status::Human) if self.owns(view) => Act::Claim {},
            (Some(taken), Status::Human) => {
                Act::Assign { target: Target::Agent { agent: taken.agent } }
            }
            _ => match (&view.target, act) {
                (Some(target), _) => Act::Assign { target: target.clone() },
                (None, Act::Claim {}) => Act::Release {},
                (None, _) => Act::Assign { target: Target::Queue },
            },
        }
    }
}

fn snooze_again(snooze: Option<Snooze>, now: Timestamp) -> Option<Act> {
    let until = snooze?.until;
    until.is_none_or(|until| until > now).then_some(Act::Snooze { until })
}

/// An id for an act that came without one.
fn own_id() -> ClientId {
    ClientId::of_desk()
}

fn check_until(until: Option<Timestamp>, now: Timestamp) -> Result<(), ApiError> {
    let Some(until) = until else { return Ok(()) };
    if until <= now || until.0 - now.0 > LONGEST_SNOOZE_MS {
        let message = "a moment within the coming year, in milliseconds".to_owned();
        return Err(ApiError::InvalidField { field: "until", message });
    }
    Ok(())
}
