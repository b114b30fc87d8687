//! Grows a tree that costs least (CART, Breiman et al. 1984, with the cost of the cheapest way of each
//! side in place of an impurity), as deep as cross-validation finds worth while: the smallest tree
//! within one standard error of the best.

use std::collections::BTreeMap;

use crate::dialogue::Strategy;
use crate::dialogue::learned::{
    Features, FoldedDepth, Leaf, LearnedPolicy, Name, Node, Number, Split, Test, Trained, WayCosts,
};
use crate::replay::learning::Sample;

/// Most questions in a row.
const DEEPEST: usize = 6;
/// Into how many parts turns are split for cross-validation.
const FOLDS: u32 = 5;
/// By so much a turn a question must lower the cost at least; less is rounding.
const WORTH: f64 = 1e-9;

/// There are not enough turns to learn from.
#[derive(Debug, thiserror::Error)]
#[error(
    "there are {found} turns to learn from, and {needed} are needed: the record must tell what came of \
     them, and a fifth of the conversations is kept for `policy compare`"
)]
pub struct TooFew {
    found: usize,
    needed: usize,
}

/// A turn as the tree sees it.
#[derive(Clone)]
struct Turn<'a> {
    features: Features<'a>,
    costs: WayCosts,
    fold: u32,
}

/// Learns from samples, but not from those that are held out. No leaf rests on fewer than `min_leaf`
/// turns.
pub fn learn(
    samples: &[Sample],
    strategy: &Strategy,
    min_leaf: usize,
) -> Result<LearnedPolicy, TooFew> {
    let min_leaf = min_leaf.max(1);
    let used: Vec<&Sample> = samples.iter().filter(|sample| !sample.is_held_out()).collect();
    let needed = 4 * min_leaf;
    if used.len() < needed {
        return Err(TooFew { found: used.len(), needed });
    }
    let turns: Vec<Turn<'_>> = used
        .iter()
        .map(|sample| Turn {
            features: sample.features(),
            costs: sample.costs(strategy),
            fold: sample.part(FOLDS, "fold"),
        })
        .collect();
    let all: Vec<&Turn<'_>> = turns.iter().collect();
    let cross_validation: Vec<FoldedDepth> =
        (0..=DEEPEST).map(|depth| folded(&all, depth, min_leaf)).collect();
    let depth = worth_while(&cross_validation);
    let tree = grow(&all, depth, min_leaf);
    let of_rules = used.iter().map(|sample| sample.costs(strategy).get(sample.rules)).sum::<f64>();
    let mut names: Vec<&str> = used.iter().map(|sample| sample.conversation.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let trained = Trained {
        turns: all.len(),
        conversations: names.len(),
        min_leaf,
        depth,
        cost: cost(&tree, &all) / count(all.len()),
        cost_of_rules: of_rules / count(all.len()),
        cross_validation,
    };
    Ok(LearnedPolicy { trained, tree })
}

/// The smallest depth whose cost is within one standard error of the best.
fn worth_while(folded: &[FoldedDepth]) -> usize {
    let best = folded.iter().min_by(|a, b| a.cost.total_cmp(&b.cost));
    let most = best.map_or(0.0, |best| best.cost + best.error);
    folded.iter().find(|depth| depth.cost <= most).map_or(0, |depth| depth.depth)
}

fn folded(all: &[&Turn<'_>], depth: usize, min_leaf: usize) -> FoldedDepth {
    let mut means = Vec::new();
    for fold in 0..FOLDS {
        let (held, used): (Vec<&Turn<'_>>, Vec<&Turn<'_>>) =
            all.iter().partition(|turn| turn.fold == fold);
        if held.is_empty() || used.is_empty() {
            continue;
        }
        means.push(cost(&grow(&used, depth, min_leaf), &held) / count(held.len()));
    }
    let folds = count(means.len().max(1));
    let mean = means.iter().sum::<f64>() / folds;
    let spread = means.iter().map(|cost| (cost - mean).powi(2)).sum::<f64>();
    let error = (spread / (folds - 1.0).max(1.0) / folds).sqrt();
    FoldedDepth { depth, cost: mean, error }
}

fn cost(tree: &Node, turns: &[&Turn<'_>]) -> f64 {
    turns.iter().map(|turn| turn.costs.get(tree.leaf(&turn.features).way)).sum()
}

fn sum(turns: &[&Turn<'_>]) -> WayCosts {
    turns.iter().fold(WayCosts::default(), |sum, turn| sum.plus(turn.costs))
}

fn grow(turns: &[&Turn<'_>], depth: usize, min_leaf: usize) -> Node {
    let all = sum(turns);
    let (way, cost) = all.cheapest();
    let best = if depth == 0 { None } else { best(turns, all, min_leaf) };
    match best {
        Some((after, test)) if cost - after > WORTH * count(turns.len()) => {
            let (yes, no): (Vec<&Turn<'_>>, Vec<&Turn<'_>>) =
                turns.iter().partition(|turn| test.holds(&turn.features));
            let (yes, no) = (grow(&yes, depth - 1, min_leaf), grow(&no, depth - 1, min_leaf));
            Node::Split(Box::new(Split { test, yes, no }))
        }
        _ => {
            let turns = turns.len();
            Node::Leaf(Leaf { way, turns, costs: all.over(count(turns.max(1))) })
        }
    }
}

/// The question after which the cheapest ways of both sides cost least, with that cost.
fn best(turns: &[&Turn<'_>], all: WayCosts, min_leaf: usize) -> Option<(f64, Test)> {
    let numbers = Number::ALL.into_iter().filter_map(|number| below(turns, all, number, min_leaf));
    let names = Name::ALL.into_iter().filter_map(|name| is(turns, all, name, min_leaf));
    numbers.chain(names).min_by(|a, b| a.0.total_cmp(&b.0))
}

fn below(
    turns: &[&Turn<'_>],
    all: WayCosts,
    number: Number,
    min_leaf: usize,
) -> Option<(f64, Test)> {
    let mut sorted: Vec<(f32, WayCosts)> =
        turns.iter().map(|turn| (turn.features.number(number), turn.costs)).collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut low, mut best) = (WayCosts::default(), None);
    for (place, pair) in (1..).zip(sorted.windows(2)) {
        let [(value, costs), (next, _)] = pair else { continue };
        low = low.plus(*costs);
        let at = f32::midpoint(*value, *next);
        let is_between = *value < at && at <= *next;
        if !is_between || place < min_leaf || turns.len() - place < min_leaf {
            continue;
        }
        let cost = low.cheapest().1 + all.minus(low).cheapest().1;
        if best.as_ref().is_none_or(|(least, _)| cost < *least) {
            best = Some((cost, Test::Below { number, at }));
        }
    }
    best
}

fn is(turns: &[&Turn<'_>], all: WayCosts, name: Name, min_leaf: usize) -> Option<(f64, Test)> {
    let mut groups: BTreeMap<&str, (usize, WayCosts)> = BTreeMap::new();
    for turn in turns {
        if let Some(value) = turn.features.name(name) {
            let (count, costs) = groups.entry(value).or_default();
            (*count, *costs) = (*count + 1, costs.plus(turn.costs));
        }
    }
    let fits = |size: usize| size >= min_leaf && turns.len() - size >= min_leaf;
    let groups = groups.into_iter().filter(|(_, (size, _))| fits(*size));
    let each = groups.map(|(value, (_, costs))| {
        let cost = costs.cheapest().1 + all.minus(costs).cheapest().1;
        (cost, Test::Is { name, value: value.to_owned() })
    });
    each.min_by(|a, b| a.0.total_cmp(&b.0))
}

#[expect(clippy::cast_precision_loss, reason = "turns of a log")]
fn count(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::dialogue::learned::Way;
    use crate::domain::Costs;
    use crate::replay::learning::Proved;
    use crate::replay::learning::sample::Value;

    /// Vips need a person; of others, the likeliest entry is right where it has 0.6 or more, and
    /// another one below. One turn in ten is as it is by chance.
    pub(in crate::replay::learning) fn planted(count: u32) -> Vec<Sample> {
        (0..count)
            .map(|n| {
                let likeliest = f32::from(u16::try_from(n * 37 % 100).unwrap()) / 100.0;
                let segment = if n % 3 == 0 { "vip" } else { "new" };
                let proved = match (n % 10, segment) {
                    (9, _) => [Proved::Likeliest, Proved::Person][n as usize / 10 % 2],
                    (_, "vip") => Proved::Person,
                    _ if likeliest >= 0.6 => Proved::Likeliest,
                    _ => Proved::Other,
                };
                let rules = if likeliest >= 0.7 { Way::Answer } else { Way::Clarify };
                let words = f32::from(u16::try_from(n * 53 % 17).unwrap());
                let features = BTreeMap::from([
                    ("likeliest".to_owned(), Value::Number(likeliest)),
                    ("words".to_owned(), Value::Number(words)),
                    ("segment".to_owned(), Value::Name(segment.to_owned())),
                ]);
                let conversation = format!("c{n}");
                Sample { conversation, seq: 1, features, did: rules, rules, proved }
            })
            .collect()
    }

    fn way(policy: &LearnedPolicy, segment: &str, likeliest: f32) -> Way {
        let mut features = Features::default();
        features.numbers[Number::Likeliest as usize] = likeliest;
        features.names[Name::Segment as usize] = Some(segment);
        policy.tree.leaf(&features).way
    }

    #[test]
    fn what_was_planted_is_found_and_no_more_is_asked() {
        let strategy = Strategy::of(Costs::default());
        let policy = learn(&planted(1000), &strategy, 25).unwrap();
        assert_eq!(way(&policy, "vip", 0.95), Way::HandOff);
        assert_eq!(way(&policy, "new", 0.95), Way::Answer);
        assert!(matches!(way(&policy, "new", 0.3), Way::Suggest | Way::Clarify));
        assert_eq!(policy.trained.depth, 2, "{:?}", policy.trained);
        assert!(policy.trained.cost < policy.trained.cost_of_rules, "{:?}", policy.trained);
        let leaves = policy.tree.leaves();
        assert!(leaves.iter().all(|(_, leaf)| leaf.turns >= 25), "{leaves:?}");
        let turns: usize = leaves.iter().map(|(_, leaf)| leaf.turns).sum();
        assert_eq!(turns, policy.trained.turns);
        assert!((700..900).contains(&turns), "a fifth is held out: {turns}");
    }

    #[test]
    fn where_there_is_nothing_to_learn_one_way_is_for_all() {
        let mut samples = planted(400);
        for (n, sample) in (0_u32..).zip(&mut samples) {
            // by chance, and by nothing that is known
            let mixed = n.wrapping_mul(2_654_435_761) >> 16;
            sample.proved = if mixed % 4 == 0 { Proved::Likeliest } else { Proved::Person };
        }
        let policy = learn(&samples, &Strategy::of(Costs::default()), 25).unwrap();
        assert_eq!(policy.trained.depth, 0, "{:?}", policy.trained);
        assert!(matches!(policy.tree, Node::Leaf(Leaf { way: Way::HandOff, .. })));
    }

    #[test]
    fn of_too_few_turns_nothing_is_learned() {
        let few = learn(&planted(60), &Strategy::of(Costs::default()), 25).unwrap_err();
        assert!(few.to_string().contains("100 are needed"), "{few}");
    }
}
