//! The board as an agent sees it: who waits, with why, what the agent has, and who is at the desk.

use serde::Serialize;

use crate::domain::{
    AgentId, ConversationId, HandoffReason, Language, MessageText, Seq, Timestamp, UrgencyLevel,
};
use crate::handoff::{
    AgentSeat, Board, Case, CaseStatus, Factor, Floor, Presence, Shown, SlaClock, Why,
};

/// Most entries of a list that are sent; the count says how many there are.
const SHOWN: usize = 200;

/// The board as a frame.
#[derive(Serialize)]
#[serde(tag = "type", rename = "board")]
pub(super) struct BoardFrame<'a> {
    waiting: Vec<CaseView<'a>>,
    waiting_count: usize,
    mine: Vec<CaseView<'a>>,
    /// How many conversations other agents have.
    others: usize,
    /// What other agents have, for those who may take over.
    #[serde(skip_serializing_if = "Option::is_none")]
    taken: Option<Vec<CaseView<'a>>>,
}

#[derive(Serialize)]
struct CaseView<'a> {
    conversation: ConversationId,
    status: &'static str,
    urgency: UrgencyLevel,
    reason: HandoffReason,
    why: Why,
    /// Minutes, with everything that puts the customer ahead, at the moment `counts_from`.
    #[serde(skip_serializing_if = "Option::is_none")]
    counts_from: Option<Timestamp>,
    #[serde(skip_serializing_if = "<[Factor]>::is_empty")]
    factors: &'a [Factor],
    #[serde(skip_serializing_if = "<[SlaClock]>::is_empty")]
    sla: &'a [SlaClock],
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    escalated: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    declined: Vec<DeclineView<'a>>,
    evidence: &'a [String],
    since: Timestamp,
    language: Language,
    channel: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    team: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    segment: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<&'a str>,
    preview: &'a str,
    visitor: String,
    last_seq: Seq,
    #[serde(skip_serializing_if = "Option::is_none")]
    owner: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<RatingView<'a>>,
}

#[derive(Serialize)]
struct DeclineView<'a> {
    agent: AgentId,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct RatingView<'a> {
    score: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a MessageText>,
}

impl<'a> BoardFrame<'a> {
    /// The board as `agent` sees it; `oversees` shows what others have.
    pub(super) fn of(board: &'a Board, agent: AgentId, oversees: bool) -> Self {
        let views = |list: &mut dyn Iterator<Item = &'a std::sync::Arc<Shown>>| {
            list.take(SHOWN).map(|shown| CaseView::of(shown)).collect::<Vec<_>>()
        };
        let is_mine = |shown: &&std::sync::Arc<Shown>| is_owned_by(&shown.case, agent);
        let is_others =
            |shown: &&std::sync::Arc<Shown>| shown.case.owner().is_some_and(|owner| owner != agent);
        Self {
            waiting: views(&mut board.waiting.iter()),
            waiting_count: board.waiting.len(),
            mine: views(&mut board.taken.iter().filter(is_mine)),
            others: board.taken.iter().filter(is_others).count(),
            taken: oversees.then(|| views(&mut board.taken.iter().filter(is_others))),
        }
    }
}

/// Whether `agent` has the case, or resolved it.
pub(super) fn is_owned_by(case: &Case, agent: AgentId) -> bool {
    match &case.status {
        CaseStatus::Human { owner, .. } | CaseStatus::Resolved { owner, .. } => owner.id == agent,
        CaseStatus::Closed | CaseStatus::Waiting | CaseStatus::Snoozed { .. } => false,
    }
}

impl<'a> CaseView<'a> {
    fn of(shown: &'a Shown) -> Self {
        let case = &shown.case;
        let waiting = &case.waiting;
        let (status, owner, claimed_at, rating) = match &case.status {
            CaseStatus::Closed => ("bot", None, None, None),
            CaseStatus::Waiting => ("waiting", None, None, None),
            CaseStatus::Snoozed { owner, .. } => {
                ("snoozed", owner.as_ref().map(|owner| owner.name.as_str()), None, None)
            }
            CaseStatus::Human { owner, claimed_at } => {
                ("human", Some(owner.name.as_str()), Some(*claimed_at), None)
            }
            CaseStatus::Resolved { owner, rating, .. } => {
                ("resolved", Some(owner.name.as_str()), None, rating.as_ref())
            }
        };
        let standing = shown.standing.as_ref();
        Self {
            conversation: waiting.conversation,
            status,
            urgency: waiting.urgency,
            reason: waiting.reason,
            why: Why::of(waiting, standing),
            counts_from: standing.map(|standing| standing.counts_from),
            factors: standing.map_or(&[][..], |standing| &standing.factors),
            sla: &shown.clocks,
            escalated: shown.escalated,
            declined: shown
                .declined
                .iter()
                .map(|decline| DeclineView {
                    agent: decline.agent,
                    reason: decline.reason.as_deref(),
                })
                .collect(),
            evidence: &waiting.evidence,
            since: waiting.since,
            language: waiting.language,
            channel: &waiting.channel,
            team: shown.team.as_deref(),
            segment: waiting.segment.as_deref(),
            value: waiting.value.as_deref(),
            preview: &case.preview,
            visitor: visitor_name(waiting.conversation),
            last_seq: case.last,
            owner,
            claimed_at,
            rating: rating
                .map(|rating| RatingView { score: rating.score, comment: rating.comment.as_ref() }),
        }
    }
}

/// Who is at the desk, and what the agent is offered, as a frame.
#[derive(Serialize)]
#[serde(tag = "type", rename = "floor")]
pub(super) struct FloorFrame<'a> {
    /// The moment of the frame: agents' clocks may be wrong, and offers end by the server's.
    now: Timestamp,
    presence: Presence,
    offers: Vec<OfferView>,
    agents: Vec<SeatView<'a>>,
}

#[derive(Serialize)]
struct OfferView {
    conversation: ConversationId,
    until: Timestamp,
}

#[derive(Serialize)]
struct SeatView<'a> {
    id: AgentId,
    name: &'a str,
    presence: Presence,
    connected: bool,
    load: u32,
    capacity: u32,
    conversations: usize,
}

impl<'a> FloorFrame<'a> {
    /// The floor as `agent` sees it.
    pub(super) fn of(floor: &'a Floor, agent: AgentId, now: Timestamp) -> Self {
        let mine = floor.agents.iter().find(|seat| seat.id == agent);
        let offers = floor.offers.iter().filter(|offer| offer.agent == agent);
        Self {
            now,
            presence: mine.map_or(Presence::Offline, |seat| seat.presence),
            offers: offers
                .map(|offer| OfferView { conversation: offer.conversation, until: offer.until })
                .collect(),
            agents: floor.agents.iter().map(SeatView::of).collect(),
        }
    }
}

impl<'a> SeatView<'a> {
    fn of(seat: &'a AgentSeat) -> Self {
        let AgentSeat { id, name, presence, connected, load, capacity, conversations } = seat;
        Self {
            id: *id,
            name,
            presence: *presence,
            connected: *connected,
            load: *load,
            capacity: *capacity,
            conversations: *conversations,
        }
    }
}

/// A short name for somebody who has not said theirs.
pub(super) fn visitor_name(conversation: ConversationId) -> String {
    let short: String = conversation.to_string().chars().take(4).collect();
    format!("Visitor {}", short.to_uppercase())
}
