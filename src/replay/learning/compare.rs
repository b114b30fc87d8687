//! A learned policy beside the rules on recorded turns: what each would have cost in hindsight, turn by
//! turn. Only turns count of which the record tells what would have helped; where a policy chooses what
//! the bot did not do then, its cost is concluded and not observed, and the report says how often.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::dialogue::Strategy;
use crate::dialogue::learned::{LearnedPolicy, Way};
use crate::evaluation::interval::{Interval, clustered};
use crate::replay::learning::{Proved, Sample};

/// Fewer turns are called too few.
const ENOUGH: usize = 100;

/// A learned policy beside the rules.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PolicyComparison {
    /// Turns that both decided about.
    pub turns: usize,
    /// Of how many conversations.
    pub conversations: usize,
    /// Whether the policy has not learned from them.
    pub held_out: bool,
    /// Whether they are too few to rely on.
    pub too_few: bool,
    /// The cost a turn.
    pub cost: Arms,
    /// Of a hundred turns, those in which no or another entry would have helped, and one was given.
    pub wrong_answers: Arms,
    /// Of a hundred turns, those in which an entry would have helped, and a person was fetched, or the
    /// bot did not know.
    pub needless_handoffs: Arms,
    /// Of a hundred turns, those in which only a person could help, and none was fetched.
    pub missed_handoffs: Arms,
    /// How many turns the policy decides as the bot did when they were recorded: there, what it costs
    /// was observed.
    pub observed: usize,
    /// The same of the rules.
    pub observed_of_rules: usize,
    /// The turns that both decide otherwise, by what the rules and what the policy choose.
    pub otherwise: Vec<(Way, Way, usize)>,
}

/// A measure of both, and the policy's less the rules'.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Arms {
    /// Of the rules.
    pub rules: f64,
    /// Of the policy.
    pub learned: f64,
    /// The difference; below 0, the policy has less of it.
    #[serde(flatten)]
    pub interval: Interval,
}

/// A turn with what both choose.
struct Decided<'a> {
    sample: &'a Sample,
    learned: Way,
}

/// Compares on `samples`; with `held_out`, only on those that training leaves out.
pub fn compare(
    samples: &[Sample],
    policy: &LearnedPolicy,
    strategy: &Strategy,
    held_out: bool,
) -> PolicyComparison {
    let used = samples.iter().filter(|sample| !held_out || sample.is_held_out());
    let decided: Vec<Decided<'_>> = used
        .map(|sample| Decided { sample, learned: policy.tree.leaf(&sample.features()).way })
        .collect();
    let mut conversations: Vec<&str> =
        decided.iter().map(|turn| turn.sample.conversation.as_str()).collect();
    conversations.sort_unstable();
    conversations.dedup();
    let mut otherwise: BTreeMap<(Way, Way), usize> = BTreeMap::new();
    for turn in decided.iter().filter(|turn| turn.learned != turn.sample.rules) {
        *otherwise.entry((turn.sample.rules, turn.learned)).or_default() += 1;
    }
    let did = |chosen: fn(&Decided<'_>) -> Way| {
        decided.iter().filter(|turn| chosen(turn) == turn.sample.did).count()
    };
    let share = |is: fn(Way, Proved) -> bool| {
        arms(&decided, |sample, way| if is(way, sample.proved) { 100.0 } else { 0.0 })
    };
    PolicyComparison {
        turns: decided.len(),
        conversations: conversations.len(),
        held_out,
        too_few: decided.len() < ENOUGH,
        cost: arms(&decided, |sample, way| sample.costs(strategy).get(way)),
        wrong_answers: share(|way, proved| way == Way::Answer && proved != Proved::Likeliest),
        needless_handoffs: share(|way, proved| way == Way::HandOff && proved != Proved::Person),
        missed_handoffs: share(|way, proved| way != Way::HandOff && proved == Proved::Person),
        observed: did(|turn| turn.learned),
        observed_of_rules: did(|turn| turn.sample.rules),
        otherwise: otherwise.into_iter().map(|((a, b), count)| (a, b, count)).collect(),
    }
}

/// A measure of both, with the interval of the difference; turns of a conversation stay together.
fn arms(decided: &[Decided<'_>], of: impl Fn(&Sample, Way) -> f64) -> Arms {
    let mut groups: BTreeMap<&str, (f64, f64, usize)> = BTreeMap::new();
    for Decided { sample, learned } in decided {
        let (rules, by_tree, turns) = groups.entry(&sample.conversation).or_default();
        *rules += of(sample, sample.rules);
        *by_tree += of(sample, *learned);
        *turns += 1;
    }
    let gains: Vec<(f64, usize)> =
        groups.values().map(|(rules, learned, turns)| (learned - rules, *turns)).collect();
    let of_rules: Vec<(f64, usize)> =
        groups.values().map(|(rules, _, turns)| (*rules, *turns)).collect();
    let (interval, rules) = (clustered(&gains), clustered(&of_rules).difference);
    Arms { rules, learned: rules + interval.difference, interval }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Costs;
    use crate::replay::learning::grow::tests::planted;
    use crate::replay::learning::learn;

    #[test]
    fn the_planted_difference_is_found_on_turns_that_were_held_out() {
        let strategy = Strategy::of(Costs::default());
        let samples = planted(2000);
        let policy = learn(&samples, &strategy, 25).unwrap();
        let compared = compare(&samples, &policy, &strategy, true);
        assert!(compared.held_out && !compared.too_few);
        assert!((300..500).contains(&compared.turns), "{}", compared.turns);
        assert_eq!(compared.turns, compared.conversations);
        let Arms { rules, learned, interval } = compared.cost;
        assert!(learned < rules && interval.high < 0.0, "{:?}", compared.cost);
        assert!((learned - rules - interval.difference).abs() < 1e-9);
        assert!(compared.missed_handoffs.interval.high < 0.0, "{:?}", compared.missed_handoffs);
        assert_eq!(compared.observed_of_rules, compared.turns);
        assert!(compared.observed < compared.turns);
        let moved: usize = compared.otherwise.iter().map(|(.., turns)| turns).sum();
        assert_eq!(moved, compared.turns - compared.observed);
    }

    #[test]
    fn a_policy_that_does_what_the_rules_do_is_no_better() {
        let strategy = Strategy::of(Costs::default());
        let samples = planted(600);
        let mut policy = learn(&samples, &strategy, 25).unwrap();
        let leaf = |way| {
            let costs = crate::dialogue::learned::WayCosts::default();
            crate::dialogue::learned::Node::Leaf(crate::dialogue::learned::Leaf {
                way,
                turns: 25,
                costs,
            })
        };
        let test = crate::dialogue::learned::Test::Below {
            number: crate::dialogue::learned::Number::Likeliest,
            at: 0.7,
        };
        let split = crate::dialogue::learned::Split {
            test,
            yes: leaf(Way::Clarify),
            no: leaf(Way::Answer),
        };
        policy.tree = crate::dialogue::learned::Node::Split(Box::new(split));
        let compared = compare(&samples, &policy, &strategy, false);
        assert_eq!(compared.otherwise, vec![]);
        assert!(!compared.cost.interval.excludes_zero(), "{:?}", compared.cost);
    }
}
