//! A row of the inbox as agents see it: what the index has, with what the desk knows of those who
//! wait or are with an agent.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use serde::Serialize;

use crate::accounts::Permission;
use crate::domain::{
    AgentId, ConversationId, HandoffReason, LabelName, Language, Priority, Seq, Timestamp,
    UrgencyLevel,
};
use crate::gateway::board::visitor_name;
use crate::gateway::gate::Gate;
use crate::gateway::session::SignedIn;
use crate::handoff::{Board, Factor, Shown, SlaClock, Why};
use crate::inbox::{Item, Standing, Viewer};

/// A conversation in a list.
#[derive(Serialize)]
pub(super) struct RowView {
    conversation: ConversationId,
    status: Standing,
    at: Timestamp,
    since: Timestamp,
    last_seq: Seq,
    language: Language,
    channel: String,
    urgency: UrgencyLevel,
    preview: String,
    /// The customer's name, or a short one made of the conversation's id.
    visitor: String,
    unread: bool,
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    labels: BTreeSet<LabelName>,
    #[serde(skip_serializing_if = "Option::is_none")]
    priority: Option<Priority>,
    #[serde(skip_serializing_if = "Option::is_none")]
    snoozed_until: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner_id: Option<AgentId>,
    #[serde(flatten)]
    desk: Option<DeskPart>,
}

/// What the desk knows of a case.
#[derive(Serialize)]
struct DeskPart {
    reason: HandoffReason,
    why: Why,
    #[serde(skip_serializing_if = "Option::is_none")]
    counts_from: Option<Timestamp>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    factors: Vec<Factor>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    sla: Vec<SlaClock>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    escalated: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    evidence: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    segment: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
}

impl DeskPart {
    fn of(shown: &Shown) -> Self {
        let waiting = &shown.case.waiting;
        let standing = shown.standing.as_ref();
        Self {
            reason: waiting.reason,
            why: Why::of(waiting, standing),
            counts_from: standing.map(|standing| standing.counts_from),
            factors: standing.map(|standing| standing.factors.clone()).unwrap_or_default(),
            sla: shown.clocks.clone(),
            escalated: shown.escalated,
            evidence: waiting.evidence.clone(),
            segment: waiting.segment.clone(),
            value: waiting.value.clone(),
        }
    }
}

impl RowView {
    /// Whether the desk said where it stands.
    pub(super) fn is_on_the_board(&self) -> bool {
        self.desk.is_some()
    }
}

/// Who asks, as the index wants to know it, at this moment.
pub(super) fn viewer(agent: &SignedIn, gate: &Gate) -> Viewer {
    let account = gate.accounts.account(agent.id);
    Viewer {
        agent: agent.id,
        teams: account.map(|account| account.teams).unwrap_or_default(),
        reads_all: agent.may(Permission::ConversationsReadAll),
        answers: agent.may(Permission::ConversationsAnswer),
    }
}

/// The rows of these items, in their order.
pub(super) fn rows(
    gate: &Gate,
    board: &Board,
    agent: AgentId,
    items: &[Arc<Item>],
) -> Vec<RowView> {
    let wanted: BTreeSet<ConversationId> = items.iter().map(|item| item.conversation).collect();
    let cases = board.waiting.iter().chain(&board.taken);
    let cases = cases.map(|shown| (shown.case.waiting.conversation, shown));
    let cases: HashMap<ConversationId, &Arc<Shown>> =
        cases.filter(|(conversation, _)| wanted.contains(conversation)).collect();
    items
        .iter()
        .map(|item| row(gate, item, agent, cases.get(&item.conversation).map(AsRef::as_ref)))
        .collect()
}

/// The customer's name, or a short one made of the conversation's id.
pub(super) fn visitor(gate: &Gate, conversation: ConversationId) -> String {
    let customer = gate.customers.card(conversation).and_then(|card| card.name);
    customer.unwrap_or_else(|| visitor_name(conversation))
}

fn row(gate: &Gate, item: &Item, agent: AgentId, shown: Option<&Shown>) -> RowView {
    RowView {
        conversation: item.conversation,
        status: item.standing,
        at: item.at,
        since: item.since,
        last_seq: item.last,
        language: item.language,
        channel: item.channel.clone(),
        urgency: item.urgency,
        preview: item.preview.clone(),
        visitor: visitor(gate, item.conversation),
        unread: gate.conversations.inbox().is_unread(item, agent),
        labels: item.labels.clone(),
        priority: item.priority,
        snoozed_until: item.snoozed_until,
        team: item.team.clone(),
        owner: item.owner.as_ref().map(|owner| owner.name.clone()),
        owner_id: item.owner.as_ref().map(|owner| owner.id),
        desk: shown.map(DeskPart::of),
    }
}
