//! Where a waiting customer stands, and why. Every weight is a head start in minutes: a customer
//! counts as if they had waited that much longer. So the order follows from one moment per customer
//! that does not move while they wait, nothing is scored again but what changes, and nobody starves:
//! who comes more than the largest head start later can never be served before
//! (virtual deadlines, as in earliest-deadline-first scheduling, Liu and Layland 1973).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{Priority, Timestamp, UrgencyLevel};
use crate::handoff::Waiting;

/// Head starts, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// Of matters of the level `urgent`.
    pub urgent: u32,
    /// Of the level `high`.
    pub high: u32,
    /// Of the level `normal`.
    pub normal: u32,
    /// Of customers who are upset.
    pub upset: u32,
    /// Of customers of the value band `vip`.
    pub vip: u32,
    /// Of the value band `high`.
    pub valued: u32,
    /// What has been transferred or lost by an agent.
    pub returned: u32,
    /// So long before a promised time, or the end of the channel's reply window, a customer counts as
    /// if they had waited not at all; from there on, a minute is a minute.
    pub lead: u32,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            urgent: 720,
            high: 90,
            normal: 20,
            upset: 10,
            vip: 30,
            valued: 15,
            returned: 15,
            lead: 60,
        }
    }
}

/// What a factor of the score is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum FactorKind {
    /// How much the matter presses.
    Urgency,
    /// How much it matters, as agents say: `low` puts the customer back.
    Priority,
    /// The customer is upset.
    Sentiment,
    /// What the customer is worth.
    Value,
    /// An agent had it already.
    Returned,
    /// An answer is promised.
    Sla,
    /// The channel closes.
    ReplyWindow,
}

/// Part of why somebody stands where they stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Factor {
    /// Which.
    pub factor: FactorKind,
    /// By how many minutes it puts the customer ahead.
    pub minutes: i64,
    /// The moment at which time runs out, for `sla` and `reply_window`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<i64>)]
    pub due: Option<Timestamp>,
}

/// Where somebody stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Since when the customer counts as waiting; the earliest is served first.
    pub counts_from: Timestamp,
    /// What that is made of, beside the time waited.
    pub factors: Vec<Factor>,
}

impl Standing {
    /// Scores a customer; `due` is when an answer is promised.
    pub fn of(waiting: &Waiting, weights: &Weights, due: Option<Timestamp>) -> Self {
        let mut factors = Vec::new();
        let mut add = |factor, minutes: i64| {
            if minutes != 0 {
                factors.push(Factor { factor, minutes, due: None });
            }
        };
        add(FactorKind::Urgency, i64::from(weights.of_level(waiting.urgency)));
        add(FactorKind::Priority, weights.of_priority(waiting.priority));
        add(FactorKind::Sentiment, i64::from(if waiting.upset { weights.upset } else { 0 }));
        add(FactorKind::Value, i64::from(weights.of_value(waiting.value.as_deref())));
        add(FactorKind::Returned, i64::from(if waiting.returned { weights.returned } else { 0 }));
        let head_start: i64 = factors.iter().map(|factor| factor.minutes).sum();
        let mut counts_from = earlier(waiting.since, head_start);
        for (factor, due) in
            [(FactorKind::Sla, due), (FactorKind::ReplyWindow, waiting.reply_until)]
        {
            let Some(due) = due else { continue };
            let pressed = earlier(due, i64::from(weights.lead));
            let minutes = (counts_from.0 - pressed.0).max(0) / MINUTE;
            counts_from = counts_from.min(pressed);
            factors.push(Factor { factor, minutes, due: Some(due) });
        }
        Self { counts_from, factors }
    }

    /// The score at a moment: minutes waited, with all head starts.
    pub fn score(&self, now: Timestamp) -> i64 {
        (now.0 - self.counts_from.0) / MINUTE
    }
}

const MINUTE: i64 = 60_000;

fn earlier(moment: Timestamp, minutes: i64) -> Timestamp {
    Timestamp(moment.0.saturating_sub(minutes.saturating_mul(MINUTE)))
}

impl Weights {
    fn of_level(&self, level: UrgencyLevel) -> u32 {
        match level {
            UrgencyLevel::Urgent => self.urgent,
            UrgencyLevel::High => self.high,
            UrgencyLevel::Normal => self.normal,
            UrgencyLevel::Low => 0,
        }
    }

    /// The head starts of the levels hold for priorities as well; `low` is as far behind as `medium`
    /// is ahead.
    fn of_priority(&self, priority: Option<Priority>) -> i64 {
        match priority {
            Some(Priority::Urgent) => i64::from(self.urgent),
            Some(Priority::High) => i64::from(self.high),
            Some(Priority::Medium) => i64::from(self.normal),
            Some(Priority::Low) => -i64::from(self.normal),
            None => 0,
        }
    }

    fn of_value(&self, band: Option<&str>) -> u32 {
        match band {
            Some("vip") => self.vip,
            Some("high") => self.valued,
            _ => 0,
        }
    }

    /// Who comes so much later than another is never served before them, promised times apart.
    pub fn longest_lead(&self) -> Duration {
        let value = self.vip.max(self.valued);
        let level = self.urgent.max(self.high).max(self.normal);
        // by priority one may be ahead as far as by the level, and the other behind
        let parts = [level, level, self.normal, value, self.upset, self.returned];
        let minutes = parts.map(u64::from).iter().sum::<u64>();
        Duration::from_secs(minutes * 60)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn waiting(urgency: UrgencyLevel, minute: i64) -> Waiting {
        Waiting { urgency, since: Timestamp(minute * MINUTE), ..Waiting::example(1) }
    }

    #[test]
    fn a_score_is_the_sum_of_what_explains_it() {
        let upset = Waiting {
            upset: true,
            value: Some("vip".to_owned()),
            ..waiting(UrgencyLevel::High, 100)
        };
        let standing = Standing::of(&upset, &Weights::default(), None);
        let explained: i64 = standing.factors.iter().map(|factor| factor.minutes).sum();
        assert_eq!(explained, 90 + 10 + 30);
        assert_eq!(standing.score(Timestamp(107 * MINUTE)), 7 + explained);
    }

    #[test]
    fn what_agents_say_of_its_priority_moves_a_customer_and_is_explained() {
        let at = |priority| {
            let waiting = Waiting { priority, ..waiting(UrgencyLevel::Normal, 100) };
            Standing::of(&waiting, &Weights::default(), None)
        };
        let said = |standing: &Standing| {
            let mut factors = standing.factors.iter();
            factors
                .find(|factor| factor.factor == FactorKind::Priority)
                .map(|factor| factor.minutes)
        };
        assert_eq!(said(&at(None)), None);
        assert_eq!(said(&at(Some(Priority::Urgent))), Some(720));
        assert_eq!(said(&at(Some(Priority::Low))), Some(-20));
        assert!(at(Some(Priority::High)).counts_from < at(Some(Priority::Medium)).counts_from);
        assert!(at(None).counts_from < at(Some(Priority::Low)).counts_from);
    }

    #[test]
    fn a_promise_that_runs_out_moves_up_and_one_far_away_does_not() {
        let normal = waiting(UrgencyLevel::Normal, 1_000);
        let weights = Weights::default();
        let plain = Standing::of(&normal, &weights, None).counts_from;
        let far = Standing::of(&normal, &weights, Some(Timestamp(5_000 * MINUTE)));
        assert_eq!(far.counts_from, plain);
        let near = Standing::of(&normal, &weights, Some(Timestamp(1_010 * MINUTE)));
        assert_eq!(near.counts_from, Timestamp(950 * MINUTE));
        let sla = near.factors.iter().find(|factor| factor.factor == FactorKind::Sla).unwrap();
        assert_eq!(sla.minutes, 30);
    }

    proptest! {
        /// Nobody starves: whoever comes later than the longest lead stands behind.
        #[test]
        fn nobody_is_overtaken_for_ever(
            level in 0_usize..4, other in 0_usize..4, upset: bool, vip: bool, later in 0_i64..100,
            priority in 0_usize..5, other_priority in 0_usize..5
        ) {
            let priorities = [
                None,
                Some(Priority::Low),
                Some(Priority::Medium),
                Some(Priority::High),
                Some(Priority::Urgent),
            ];
            let weights = Weights::default();
            let early = Waiting {
                priority: priorities[priority],
                ..waiting(UrgencyLevel::ALL[level], 0)
            };
            let lead = i64::try_from(weights.longest_lead().as_secs() / 60).unwrap();
            let late = Waiting {
                upset,
                value: vip.then(|| "vip".to_owned()),
                priority: priorities[other_priority],
                ..waiting(UrgencyLevel::ALL[other], lead + 1 + later)
            };
            let [early, late] = [early, late].map(|w| Standing::of(&w, &weights, None));
            prop_assert!(early.counts_from < late.counts_from);
        }
    }
}
