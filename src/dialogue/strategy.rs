//! By what the bot decides: what mistakes cost with whom and when, and the thresholds that follow.

use std::sync::Arc;

use crate::dialogue::learned::LearnedPolicy;
use crate::dialogue::{Policy, Thresholds};
use crate::domain::{Costs, Reading, UrgencyLevel};

/// What mistakes cost with some customers, or in some matters.
#[derive(Clone, Debug, PartialEq)]
pub struct CostCase {
    /// The segment of the customer; any, without.
    pub segment: Option<String>,
    /// How much the message presses, as it is read; any level, without.
    pub urgency: Option<UrgencyLevel>,
    /// What mistakes cost then.
    pub costs: Costs,
}

/// By what the bot decides.
#[derive(Clone, Debug, PartialEq)]
pub struct Strategy {
    /// What mistakes cost where no case fits.
    pub costs: Costs,
    /// From which probability on the bot acts where no case fits.
    pub usual: Thresholds,
    /// Where mistakes cost something else: the first that fits counts.
    pub cases: Vec<CostCase>,
    /// What chooses where the thresholds would.
    pub learned: Option<Arc<LearnedPolicy>>,
}

impl CostCase {
    fn fits(&self, segment: Option<&str>, urgency: UrgencyLevel) -> bool {
        let is_of = self.segment.as_deref().is_none_or(|wanted| Some(wanted) == segment);
        is_of && self.urgency.is_none_or(|wanted| wanted == urgency)
    }

    /// For whom and for what, in words.
    pub fn told(&self) -> String {
        let segment = self.segment.as_ref().map(|segment| format!("segment {segment}"));
        let urgency = self.urgency.map(|level| format!("urgency {}", level.name()));
        let parts: Vec<String> = segment.into_iter().chain(urgency).collect();
        if parts.is_empty() { "everybody".to_owned() } else { parts.join(", ") }
    }
}

impl Strategy {
    /// The same costs for everybody.
    pub fn of(costs: Costs) -> Self {
        Self { costs, usual: Thresholds::of(costs), cases: vec![], learned: None }
    }

    /// The first case that fits, with its place from 1 on.
    pub fn case(&self, segment: Option<&str>, urgency: UrgencyLevel) -> Option<(usize, &CostCase)> {
        (1..).zip(&self.cases).find(|(_, case)| case.fits(segment, urgency))
    }

    /// What mistakes cost with such a customer in such a matter.
    pub fn costs(&self, segment: Option<&str>, urgency: UrgencyLevel) -> Costs {
        self.case(segment, urgency).map_or(self.costs, |(_, case)| case.costs)
    }

    /// From which probability on the bot acts with such a customer in such a matter.
    pub fn thresholds(&self, segment: Option<&str>, urgency: UrgencyLevel) -> Thresholds {
        self.case(segment, urgency).map_or(self.usual, |(_, case)| Thresholds::of(case.costs))
    }
}

impl Thresholds {
    /// What follows from costs alone.
    pub fn of(costs: Costs) -> Self {
        Self {
            answer_at: costs.answer_at(),
            suggest_at: costs.suggest_at(),
            offer_at: costs.offer_at(),
            smalltalk_at: costs.smalltalk_at(),
            urgent_at: costs.urgent_at(),
        }
    }
}

impl Policy<'_> {
    /// The policy with the thresholds for a message that was read so.
    #[must_use]
    pub fn of_turn(&self, reading: &Reading) -> Self {
        let (segment, urgency) = (self.occasion.segment, reading.urgency.level);
        let chosen = self.occasion.strategy.map(|strategy| strategy.thresholds(segment, urgency));
        Self { thresholds: chosen.unwrap_or(self.thresholds), ..*self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(segment: Option<&str>, urgency: Option<UrgencyLevel>, wrong_answer: f32) -> CostCase {
        let costs = Costs { wrong_answer, ..Costs::default() };
        CostCase { segment: segment.map(str::to_owned), urgency, costs }
    }

    #[test]
    fn the_first_case_that_fits_counts_and_else_what_is_usual() {
        let usual = Thresholds { answer_at: 0.5, ..Thresholds::of(Costs::default()) };
        let cases = vec![
            case(Some("vip"), Some(UrgencyLevel::High), 27.0),
            case(Some("vip"), None, 12.0),
            case(None, Some(UrgencyLevel::Low), 3.0),
        ];
        let strategy = Strategy { usual, cases, ..Strategy::of(Costs::default()) };
        let percent = |segment, urgency| {
            let Thresholds { answer_at, .. } = strategy.thresholds(segment, urgency);
            (answer_at * 100.0).round()
        };
        let all = [
            percent(Some("vip"), UrgencyLevel::High),
            percent(Some("vip"), UrgencyLevel::Low),
            percent(Some("new"), UrgencyLevel::Low),
            percent(None, UrgencyLevel::Normal),
        ];
        assert_eq!(all.map(|at| format!("{at}")), ["90", "80", "50", "50"]);
        let (place, case) = strategy.case(Some("vip"), UrgencyLevel::High).unwrap();
        assert_eq!((place, case.told().as_str()), (1, "segment vip, urgency high"));
        assert!(strategy.case(None, UrgencyLevel::High).is_none());
        assert_eq!(strategy.costs(None, UrgencyLevel::High), Costs::default());
    }

    #[test]
    fn all_thresholds_follow_from_costs_and_those_of_doubt_lie_below() {
        let Thresholds { answer_at, suggest_at, offer_at, smalltalk_at, urgent_at } =
            Thresholds::of(Costs::default());
        let all = [answer_at, suggest_at, offer_at, smalltalk_at, urgent_at];
        let percent = all.map(|at| format!("{:.0}", at * 100.0));
        assert_eq!(percent, ["70", "40", "25", "73", "60"]);
        let danger = Costs { missed_urgency: 27.0, ..Costs::default() };
        assert_eq!(format!("{:.1}", Thresholds::of(danger).urgent_at), "0.1");
    }
}
