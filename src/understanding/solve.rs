//! The weights of one machine: what tells one class from the rest, by dual coordinate descent. With
//! squared hinge loss this is a support vector machine, with shrinking (Hsieh et al. 2008, "A Dual
//! Coordinate Descent Method for Large-scale Linear SVM", algorithm 3); with logistic loss it is
//! logistic regression (Yu, Huang and Lin 2011, "Dual Coordinate Descent Methods for Logistic
//! Regression and Maximum Entropy Models").

use pulp::{Arch, NullaryFnOnce};

use crate::understanding::svm::value_at;

/// Passes over the data at most; in practice training ends far earlier.
const MAX_PASSES: usize = 40;
/// Training ends when the projected gradients lie this close together (as in LIBLINEAR's `-e`).
const TOLERANCE: f32 = 0.1;
/// Steps of Newton's method for one variable at most, and the slope at which they end.
const MAX_STEPS: usize = 20;
const STEEP: f64 = 1e-3;
/// Where the dual variables of logistic loss begin, as a share of the cost.
const FIRST: f32 = 1e-3;
/// The constant feature that stands for the bias.
pub(super) const BIAS: f32 = 1.0;

/// How a message on the wrong side counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Penalty {
    /// The loss.
    pub(super) loss: Loss,
    /// Its weight beside the length of the weights.
    pub(super) cost: f32,
}

/// By what a message counts that lies where it should not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// The square of what is missing to the margin.
    SquaredHinge,
    /// The surprise, if margins are log-odds.
    Logistic,
}

/// A sparse row.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Sparse<'a> {
    pub(super) columns: &'a [u32],
    pub(super) values: &'a [f32],
}

impl<'a> Sparse<'a> {
    pub(super) fn iter(self) -> impl Iterator<Item = (usize, f32)> + 'a {
        self.columns.iter().map(|column| *column as usize).zip(self.values.iter().copied())
    }

    /// The part before `column`, and that from it on.
    pub(super) fn split(self, column: usize) -> (Self, Self) {
        let at = self.columns.partition_point(|own| (*own as usize) < column);
        let (shared, private) = self.columns.split_at(at);
        let (values, own) = self.values.split_at(at);
        (Self { columns: shared, values }, Self { columns: private, values: own })
    }

    pub(super) fn square(self) -> f32 {
        self.values.iter().map(|value| value * value).sum()
    }

    /// The scalar product with `weights`, in lanes that do not wait for each other.
    #[expect(clippy::indexing_slicing, reason = "the inner loop of training; columns are weights'")]
    fn dot(self, weights: &[f32]) -> f32 {
        let mut lanes = [0.0_f32; 4];
        let (columns, values) = (self.columns.chunks_exact(4), self.values.chunks_exact(4));
        let rest = columns.remainder().iter().zip(values.remainder());
        let rest: f32 = rest.map(|(column, value)| weights[*column as usize] * value).sum();
        for (columns, values) in columns.zip(values) {
            for ((lane, column), value) in lanes.iter_mut().zip(columns).zip(values) {
                *lane += weights[*column as usize] * value;
            }
        }
        lanes.iter().sum::<f32>() + rest
    }
}

/// The weights that tell one class from the rest.
#[derive(Debug, Default)]
pub(super) struct Machine {
    pub(super) sparse: Vec<f32>,
    pub(super) dense: Vec<f32>,
    pub(super) bias: f32,
    /// The dual variable of each message, with its sign.
    pub(super) alphas: Vec<f32>,
}

/// The scalar product, as far as the shorter one goes. Wide registers are used where the processor has
/// them; the sum is the same without.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    if a.is_empty() || b.is_empty() {
        return 0.0; // words alone
    }
    let length = a.len().min(b.len());
    let a = a.get(..length).unwrap_or_default();
    Arch::new().dispatch(Dot { a, b: b.get(..length).unwrap_or_default() })
}

struct Dot<'a> {
    a: &'a [f32],
    b: &'a [f32],
}

impl NullaryFnOnce for Dot<'_> {
    type Output = f32;

    #[expect(clippy::inline_always, reason = "only inlined it may use the wide registers")]
    #[inline(always)]
    fn call(self) -> f32 {
        let mut lanes = [0.0_f32; 16];
        let (a, b) = (self.a.chunks_exact(16), self.b.chunks_exact(16));
        let rest: f32 = a.remainder().iter().zip(b.remainder()).map(|(a, b)| a * b).sum();
        for (a, b) in a.zip(b) {
            for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
                *lane += a * b;
            }
        }
        lanes.iter().sum::<f32>() + rest
    }
}

/// Adds a multiple of `row` to `weights`.
fn add(weights: &mut [f32], row: &[f32], factor: f32) {
    if !row.is_empty() {
        Arch::new().dispatch(Add { weights, row, factor });
    }
}

struct Add<'a> {
    weights: &'a mut [f32],
    row: &'a [f32],
    factor: f32,
}

impl NullaryFnOnce for Add<'_> {
    type Output = ();

    #[expect(clippy::inline_always, reason = "only inlined it may use the wide registers")]
    #[inline(always)]
    fn call(self) {
        let pairs = self.weights.iter_mut().zip(self.row);
        pairs.for_each(|(weight, value)| *weight += self.factor * value);
    }
}

/// A message as training sees it.
pub(super) struct Solved<'a> {
    pub(super) shared: Sparse<'a>,
    /// Without the zeros at its end.
    pub(super) dense: &'a [f32],
    /// The square of what only this message has.
    pub(super) private: f32,
    /// The square of all.
    pub(super) square: f32,
}

/// What all classes share.
pub(super) struct Task<'a> {
    pub(super) rows: &'a [Solved<'a>],
    pub(super) width: usize,
    pub(super) dense_width: usize,
    pub(super) penalty: Penalty,
}

impl Task<'_> {
    /// The weights that tell rows with sign 1 from rows with sign −1.
    pub(super) fn solve(&self, signs: &[f32]) -> Machine {
        match self.penalty.loss {
            Loss::SquaredHinge => self.solve_hinge(signs),
            Loss::Logistic => self.solve_logistic(signs),
        }
    }

    /// How far a row lies on the side of sign 1.
    fn side(&self, at: usize, machine: &Machine) -> f32 {
        let Some(row) = self.rows.get(at) else { return 0.0 };
        let private = value_at(&machine.alphas, at) * row.private;
        row.shared.dot(&machine.sparse)
            + private
            + dot(&machine.dense, row.dense)
            + machine.bias * BIAS
    }

    /// Logistic loss: every dual variable lies strictly between 0 and the cost, and each is found by
    /// Newton's method on the nearer end (Yu, Huang and Lin 2011, algorithm 5).
    fn solve_logistic(&self, signs: &[f32]) -> Machine {
        let cost = self.penalty.cost;
        let mut machine = Machine {
            sparse: vec![0.0; self.width],
            dense: vec![0.0; self.dense_width],
            alphas: vec![0.0; signs.len()],
            bias: 0.0,
        };
        let mut alphas = vec![cost * FIRST; signs.len()];
        for (at, sign) in signs.iter().enumerate() {
            self.step(&mut machine, at, sign * cost * FIRST);
        }
        let mut order: Vec<usize> = (0..signs.len()).collect();
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
        for _ in 0..MAX_PASSES {
            chance.shuffle(&mut order);
            let mut steepest = 0.0_f32;
            for at in &order {
                let (Some(row), Some(sign)) = (self.rows.get(*at), signs.get(*at)) else {
                    continue;
                };
                let Some(alpha) = alphas.get_mut(*at) else { continue };
                let side = sign * self.side(*at, &machine);
                let (next, slope) = newton(*alpha, cost, row.square, side);
                steepest = steepest.max(slope);
                let step = sign * (next - *alpha);
                *alpha = next;
                if step != 0.0 {
                    self.step(&mut machine, *at, step);
                }
            }
            if steepest <= TOLERANCE {
                break;
            }
        }
        machine
    }

    /// Moves the dual variable of a row, and the weights with it.
    fn step(&self, machine: &mut Machine, at: usize, step: f32) {
        let (Some(row), Some(alpha)) = (self.rows.get(at), machine.alphas.get_mut(at)) else {
            return;
        };
        *alpha += step;
        for (column, value) in row.shared.iter() {
            machine.sparse.get_mut(column).into_iter().for_each(|weight| *weight += step * value);
        }
        add(&mut machine.dense, row.dense, step);
        machine.bias += step * BIAS;
    }

    /// Squared hinge loss.
    #[expect(
        clippy::indexing_slicing,
        reason = "the inner loop of training; every index is a row's"
    )]
    fn solve_hinge(&self, signs: &[f32]) -> Machine {
        let diagonal = 0.5 / self.penalty.cost;
        let mut weights = vec![0.0_f32; self.width];
        let mut dense = vec![0.0_f32; self.dense_width];
        let mut bias = 0.0_f32;
        let mut alphas = vec![0.0_f32; signs.len()];
        let mut active: Vec<usize> = (0..signs.len()).collect();
        let mut chance = Chance(0x9e37_79b9_7f4a_7c15);
        let mut ceiling = f32::INFINITY;
        for _ in 0..MAX_PASSES {
            chance.shuffle(&mut active);
            let (mut highest, mut lowest) = (f32::NEG_INFINITY, f32::INFINITY);
            let mut kept = 0;
            for place in 0..active.len() {
                let at = active[place];
                let row = &self.rows[at];
                let (sign, alpha) = (signs[at], alphas[at]);
                let sparse = row.shared.dot(&weights) + sign * alpha * row.private;
                let side = sparse + dot(&dense, row.dense) + bias * BIAS;
                let gradient = sign * side - 1.0 + diagonal * alpha;
                if alpha == 0.0 && gradient > ceiling {
                    continue; // shrunk: it will stay at zero
                }
                active[kept] = at;
                kept += 1;
                let projected = if alpha == 0.0 { gradient.min(0.0) } else { gradient };
                highest = highest.max(projected);
                lowest = lowest.min(projected);
                if projected.abs() < 1e-6 {
                    continue;
                }
                let next = (alpha - gradient / (row.square + diagonal)).max(0.0);
                alphas[at] = next;
                let step = (next - alpha) * sign;
                for (column, value) in row.shared.iter() {
                    weights[column] += step * value;
                }
                add(&mut dense, row.dense, step);
                bias += step * BIAS;
            }
            active.truncate(kept);
            if highest - lowest <= TOLERANCE {
                if active.len() == signs.len() {
                    break;
                }
                active = (0..signs.len()).collect(); // once more with everything
                ceiling = f32::INFINITY;
            } else {
                ceiling = if highest > 0.0 { highest } else { f32::INFINITY };
            }
        }
        for (alpha, sign) in alphas.iter_mut().zip(signs) {
            *alpha *= sign;
        }
        Machine { sparse: weights, dense, bias, alphas }
    }
}

/// The best value of a dual variable of logistic loss, and how steep its slope was: where
/// a z² / 2 + b z + z ln z + (cost − z) ln (cost − z) is least, z being the variable or, where that lies
/// nearer to the end, what is missing to the cost.
fn newton(alpha: f32, cost: f32, square: f32, side: f32) -> (f32, f32) {
    let (cost, square) = (f64::from(cost), f64::from(square));
    let (mut old, mut slope_of_old) = (f64::from(alpha), f64::from(side));
    let is_far = 0.5 * square * (cost - 2.0 * old) + slope_of_old < 0.0;
    if is_far {
        (old, slope_of_old) = (cost - old, -slope_of_old);
    }
    let slope = |z: f64| square * (z - old) + slope_of_old + (z / (cost - z)).ln();
    let mut z = if old > 0.5 * cost { 0.1 * old } else { old };
    let before = slope(z);
    for _ in 0..MAX_STEPS {
        let now = slope(z);
        if now.abs() < STEEP {
            break;
        }
        let next = z - now / (square + cost / ((cost - z) * z));
        z = if next <= 0.0 { 0.1 * z } else { next.min(cost * (1.0 - 1e-9)) };
    }
    let z = if is_far { cost - z } else { z };
    #[expect(clippy::cast_possible_truncation, reason = "a value between 0 and the cost")]
    (z as f32, before.abs() as f32)
}

/// A small generator (xorshift) with a fixed seed: training gives the same result every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).unwrap_or_default()
    }

    fn shuffle(&mut self, items: &mut [usize]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hundred messages of two columns: of the class where the first is larger than the second.
    fn rows() -> (Vec<[f32; 2]>, Vec<f32>) {
        let mut chance = Chance(42);
        let mut next = || f32::from(u16::try_from(chance.below(1_001)).unwrap()) / 1_000.0;
        let rows: Vec<[f32; 2]> = (0..100).map(|_| [next(), next()]).collect();
        let signs = rows.iter().map(|[a, b]| if a > b { 1.0 } else { -1.0 }).collect();
        (rows, signs)
    }

    fn solve(rows: &[[f32; 2]], signs: &[f32], loss: Loss, cost: f32) -> Machine {
        let columns = [0, 1];
        let solved: Vec<Solved<'_>> = rows
            .iter()
            .map(|values| {
                let shared = Sparse { columns: &columns, values };
                Solved { shared, dense: &[], private: 0.0, square: shared.square() + BIAS * BIAS }
            })
            .collect();
        let penalty = Penalty { loss, cost };
        Task { rows: &solved, width: 2, dense_width: 0, penalty }.solve(signs)
    }

    fn side(machine: &Machine, row: [f32; 2]) -> f32 {
        machine.sparse[0] * row[0] + machine.sparse[1] * row[1] + machine.bias * BIAS
    }

    /// What training makes small, with logistic loss.
    fn objective(weights: [f32; 3], rows: &[[f32; 2]], signs: &[f32], cost: f32) -> f32 {
        let surprise = rows.iter().zip(signs).map(|(row, sign)| {
            let side = weights[0] * row[0] + weights[1] * row[1] + weights[2] * BIAS;
            (-sign * side).exp().ln_1p()
        });
        let length: f32 = weights.iter().map(|weight| weight * weight).sum();
        0.5 * length + cost * surprise.sum::<f32>()
    }

    #[test]
    fn both_losses_tell_the_classes_apart() {
        let (rows, signs) = rows();
        for loss in [Loss::SquaredHinge, Loss::Logistic] {
            let machine = solve(&rows, &signs, loss, 100.0);
            let right =
                rows.iter().zip(&signs).filter(|(row, sign)| side(&machine, **row) * **sign > 0.0);
            assert!(right.count() >= 92, "{loss:?}: {machine:?}");
        }
    }

    #[test]
    fn logistic_loss_ends_where_no_small_change_is_better() {
        let (rows, signs) = rows();
        for cost in [0.1, 1.0, 16.0] {
            let machine = solve(&rows, &signs, Loss::Logistic, cost);
            let found = [machine.sparse[0], machine.sparse[1], machine.bias];
            let least = objective(found, &rows, &signs, cost);
            for change in [[0.2, 0.0, 0.0], [0.0, 0.2, 0.0], [0.0, 0.0, 0.2], [0.2, -0.2, 0.0]] {
                for way in [1.0, -1.0] {
                    let other = [0, 1, 2].map(|at| found[at] + way * change[at]);
                    let there = objective(other, &rows, &signs, cost);
                    assert!(
                        there > least,
                        "cost {cost}: {there} at {other:?}, {least} at {found:?}"
                    );
                }
            }
        }
    }
}
