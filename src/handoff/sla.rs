//! Promised times of one conversation. The clocks start with the hand-off, so the bot's time does not
//! count, and they stand still while the desk is closed.

use serde::Serialize;

use crate::domain::{Promise, Timestamp};
use crate::handoff::{Case, CaseStatus, Rules};

/// A clock that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct SlaClock {
    /// What is promised.
    pub promise: Promise,
    /// From when on there is a warning.
    #[schema(value_type = i64)]
    pub warn_at: Timestamp,
    /// Until when it is kept.
    #[schema(value_type = i64)]
    pub due: Timestamp,
}

/// The clocks that run for a case, the one that ends first in front.
pub fn clocks(case: &Case, rules: &Rules) -> Vec<SlaClock> {
    let waiting = &case.waiting;
    if matches!(
        case.status,
        CaseStatus::Closed | CaseStatus::Snoozed { .. } | CaseStatus::Resolved { .. }
    ) {
        return vec![];
    }
    let Some(rule) = rules.promise(waiting) else { return vec![] };
    let team = rules.need(waiting).team;
    let first = rule.first_response_minutes.filter(|_| case.answered_at.is_none());
    let again = case.unanswered_since.filter(|_| case.answered_at.is_some());
    let starts = [
        (Promise::FirstResponse, Some(waiting.since), first),
        (Promise::NextResponse, again, rule.next_response_minutes),
        (Promise::Resolution, Some(waiting.since), rule.resolution_minutes),
    ];
    let mut clocks: Vec<SlaClock> = starts
        .into_iter()
        .filter_map(|(promise, start, minutes)| {
            let (start, minutes) = (start?, minutes?);
            let due = rules.due(start, minutes, team.as_deref())?;
            let early = minutes.saturating_sub(rule.warn_minutes);
            let warn_at = rules.due(start, early, team.as_deref())?;
            Some(SlaClock { promise, warn_at, due })
        })
        .collect();
    clocks.sort_by_key(|clock| (clock.due, clock.promise));
    clocks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Seq;
    use crate::handoff::Waiting;

    const MINUTE: i64 = 60_000;

    fn case() -> Case {
        Case {
            waiting: Waiting { since: Timestamp(10 * MINUTE), ..Waiting::example(1) },
            status: CaseStatus::Waiting,
            preview: String::new(),
            last: Seq(3),
            card: None,
            answered_at: None,
            unanswered_since: Some(Timestamp(10 * MINUTE)),
        }
    }

    fn rules() -> Rules {
        let json = r#"{"sla": [{"first_response_minutes": 10, "next_response_minutes": 20,
            "resolution_minutes": 60, "warn_minutes": 3}]}"#;
        Rules::parse(serde_json::from_str(json).unwrap()).unwrap()
    }

    #[test]
    fn the_first_answer_stops_its_clock_and_the_customers_next_words_start_another() {
        let mut case = case();
        let running = |case: &Case| -> Vec<(Promise, i64, i64)> {
            let clocks = clocks(case, &rules());
            clocks.iter().map(|c| (c.promise, c.warn_at.0 / MINUTE, c.due.0 / MINUTE)).collect()
        };
        let resolution = (Promise::Resolution, 67, 70);
        assert_eq!(running(&case), [(Promise::FirstResponse, 17, 20), resolution]);
        case.answered_at = Some(Timestamp(15 * MINUTE));
        case.unanswered_since = None;
        assert_eq!(running(&case), [resolution]);
        case.unanswered_since = Some(Timestamp(30 * MINUTE));
        assert_eq!(running(&case), [(Promise::NextResponse, 47, 50), resolution]);
        case.status = CaseStatus::Closed;
        assert_eq!(running(&case), []);
    }
}
