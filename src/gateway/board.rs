//! The board as an agent sees it: who waits, with why, and what the agent has.

use serde::Serialize;

use crate::domain::{
    AgentId, ConversationId, HandoffReason, Language, MessageText, Seq, Timestamp, UrgencyLevel,
};
use crate::handoff::{Board, Case, CaseStatus, Why};

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
}

#[derive(Serialize)]
struct CaseView<'a> {
    conversation: ConversationId,
    status: &'static str,
    urgency: UrgencyLevel,
    reason: HandoffReason,
    why: Why,
    evidence: &'a [String],
    since: Timestamp,
    language: Language,
    preview: &'a str,
    visitor: String,
    last_seq: Seq,
    #[serde(skip_serializing_if = "Option::is_none")]
    claimed_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rating: Option<RatingView<'a>>,
}

#[derive(Serialize)]
struct RatingView<'a> {
    score: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    comment: Option<&'a MessageText>,
}

impl<'a> BoardFrame<'a> {
    /// The board as `agent` sees it.
    pub(super) fn of(board: &'a Board, agent: AgentId) -> Self {
        let waiting = board.waiting.iter().take(SHOWN).map(|case| CaseView::of(case)).collect();
        let mine: Vec<_> = board.taken.iter().filter(|case| is_owned_by(case, agent)).collect();
        let is_others = |case: &Case| matches!(&case.status, CaseStatus::Human { owner, .. } if owner.id != agent);
        Self {
            waiting,
            waiting_count: board.waiting.len(),
            mine: mine.into_iter().take(SHOWN).map(|case| CaseView::of(case)).collect(),
            others: board.taken.iter().filter(|case| is_others(case)).count(),
        }
    }
}

/// Whether `agent` has the case, or resolved it.
pub(super) fn is_owned_by(case: &Case, agent: AgentId) -> bool {
    match &case.status {
        CaseStatus::Human { owner, .. } | CaseStatus::Resolved { owner, .. } => owner.id == agent,
        CaseStatus::Closed | CaseStatus::Waiting => false,
    }
}

impl<'a> CaseView<'a> {
    fn of(case: &'a Case) -> Self {
        let waiting = &case.waiting;
        let (status, claimed_at, rating) = match &case.status {
            CaseStatus::Closed => ("bot", None, None),
            CaseStatus::Waiting => ("waiting", None, None),
            CaseStatus::Human { claimed_at, .. } => ("human", Some(*claimed_at), None),
            CaseStatus::Resolved { rating, .. } => ("resolved", None, rating.as_ref()),
        };
        Self {
            conversation: waiting.conversation,
            status,
            urgency: waiting.urgency,
            reason: waiting.reason,
            why: Why::of(waiting),
            evidence: &waiting.evidence,
            since: waiting.since,
            language: waiting.language,
            preview: &case.preview,
            visitor: visitor_name(waiting.conversation),
            last_seq: case.last,
            claimed_at,
            rating: rating
                .map(|rating| RatingView { score: rating.score, comment: rating.comment.as_ref() }),
        }
    }
}

/// A short name for somebody who has not said theirs.
fn visitor_name(conversation: ConversationId) -> String {
    let short: String = conversation.to_string().chars().take(4).collect();
    format!("Visitor {}", short.to_uppercase())
}
