//! Who waits for a human, in which order, and who is offered whom: queue, score, rules, promised
//! times and routing as pure state machines, and the desk task that owns them. All are projections
//! of the event log and can be rebuilt from it.

mod board;
mod desk;
mod estimate;
mod hours;
mod keeper;
mod queue;
mod routing;
mod rules;
mod score;
#[cfg(test)]
mod simulation;
mod sla;
mod why;

pub use board::{
    AgentSeat, Board, Case, CaseStatus, Decline, Floor, Owner, PlaceChange, Rating, Shown,
};
pub use desk::{Act, Desk, DeskGone, DeskParts};
pub use estimate::{ServiceRate, WaitRange};
pub use hours::{Holiday, Hours, HoursSpec};
pub use queue::{Entry, Need, Queue, Waiting};
pub use routing::{Effect, Offer, Presence, Profile, Router, Seat, Timing};
pub use rules::{Condition, RoutingRule, RuleError, Rules, RulesSpec, SlaRule};
pub use score::{Factor, FactorKind, Standing, Weights};
pub use sla::{SlaClock, clocks};
pub use why::Why;
