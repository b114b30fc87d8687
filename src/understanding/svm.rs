//! One-against-rest linear support vector machines with squared hinge loss, trained by dual
//! coordinate descent with shrinking (Hsieh et al. 2008, "A Dual Coordinate Descent Method for
//! Large-scale Linear SVM", algorithm 3).
//!
//! Our own, because training at every start and at every reload is on the hot path: a class is a
//! few milliseconds of work, and the linear-algebra crates that have SVMs train kernels or dense
//! rows, where a message has some hundred of a hundred thousand columns.

use rayon::prelude::*;

use crate::understanding::features::Vector;

/// Passes over the data at most; in practice training ends far earlier.
const MAX_PASSES: usize = 40;
/// Training ends when the projected gradients lie this close together (as in LIBLINEAR's `-e`).
const TOLERANCE: f32 = 0.1;
/// The constant feature that stands for the bias.
const BIAS: f32 = 1.0;

/// Messages as rows of one matrix, sparse on the left and dense on the right.
#[derive(Debug, Default)]
pub(super) struct Rows {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
    width: usize,
    dense: Vec<f32>,
    dense_width: usize,
}

impl Rows {
    /// Collects rows of `width` sparse and `dense_width` dense columns.
    pub(super) fn new(width: usize, dense_width: usize) -> Self {
        Self { starts: vec![0], width, dense_width, ..Self::default() }
    }

    /// Appends a row; a dense part of another width counts as zeros.
    pub(super) fn push(&mut self, row: &Vector, dense: &[f32]) {
        self.columns.extend_from_slice(&row.columns);
        self.values.extend_from_slice(&row.values);
        self.starts.push(self.columns.len());
        if dense.len() == self.dense_width {
            self.dense.extend_from_slice(dense);
        } else {
            self.dense.resize(self.dense.len() + self.dense_width, 0.0);
        }
    }

    fn dense(&self, at: usize) -> &[f32] {
        let start = at * self.dense_width;
        self.dense.get(start..start + self.dense_width).unwrap_or_default()
    }

    fn len(&self) -> usize {
        self.starts.len() - 1
    }

    fn row(&self, at: usize) -> impl Iterator<Item = (usize, f32)> + Clone + '_ {
        let range = match self.starts.get(at..at + 2) {
            Some([start, end]) => *start..*end,
            _ => 0..0,
        };
        let columns = self.columns.get(range.clone()).unwrap_or_default();
        let values = self.values.get(range).unwrap_or_default();
        columns.iter().map(|column| *column as usize).zip(values.iter().copied())
    }
}

/// Trained machines, one a class.
#[derive(Clone, Debug, Default)]
pub(super) struct Machines {
    /// Weights by column, then class: what one message needs lies together.
    weights: Vec<f32>,
    /// Weights of the dense columns, by class.
    dense: Vec<Vec<f32>>,
    biases: Vec<f32>,
}

impl Machines {
    /// Trains on `rows`, of which each has the class of the same place in `classes`.
    pub(super) fn train(rows: &Rows, classes: &[usize], count: usize, cost: f32) -> Self {
        let squares: Vec<f32> = (0..rows.len())
            .map(|at| {
                let sparse: f32 = rows.row(at).map(|(_, value)| value * value).sum();
                sparse + dot(rows.dense(at), rows.dense(at)) + BIAS * BIAS
            })
            .collect();
        let task = Task { rows, squares: &squares, cost };
        let machines: Vec<Machine> = (0..count)
            .into_par_iter()
            .map(|class| {
                let signs: Vec<f32> =
                    classes.iter().map(|own| if *own == class { 1.0 } else { -1.0 }).collect();
                task.solve(&signs)
            })
            .collect();
        let mut weights = Vec::with_capacity(rows.width * count);
        for column in 0..rows.width {
            weights.extend(machines.iter().map(|machine| value_at(&machine.sparse, column)));
        }
        let biases = machines.iter().map(|machine| machine.bias * BIAS).collect();
        let dense = machines.into_iter().map(|machine| machine.dense).collect();
        Self { weights, dense, biases }
    }

    /// How far `message` lies on each class's side.
    pub(super) fn margins(&self, message: &Vector, dense: &[f32]) -> Vec<f32> {
        let mut margins = self.biases.clone();
        for (column, value) in message.iter() {
            for (margin, weight) in margins.iter_mut().zip(self.weights_of(column)) {
                *margin += value * weight;
            }
        }
        for (margin, weights) in margins.iter_mut().zip(&self.dense) {
            *margin += dot(weights, dense);
        }
        margins
    }

    /// What every message, and what the embedding, brings a class.
    pub(super) fn constants(&self, class: usize, dense: &[f32]) -> (f32, f32) {
        let bias = self.biases.get(class).copied().unwrap_or_default();
        (bias, self.dense.get(class).map_or(0.0, |weights| dot(weights, dense)))
    }

    /// The weights of a column, one a class.
    pub(super) fn weights_of(&self, column: u32) -> &[f32] {
        let count = self.biases.len();
        let start = column as usize * count;
        self.weights.get(start..start + count).unwrap_or_default()
    }
}

/// The weights that tell one class from the rest.
#[derive(Debug, Default)]
struct Machine {
    sparse: Vec<f32>,
    dense: Vec<f32>,
    bias: f32,
}

/// The scalar product, in lanes that the compiler keeps in registers.
pub(super) fn dot(a: &[f32], b: &[f32]) -> f32 {
    if a.is_empty() {
        return 0.0; // words alone
    }
    let mut lanes = [0.0_f32; 16];
    let (a_chunks, b_chunks) = (a.chunks_exact(16), b.chunks_exact(16));
    let rest: f32 = a_chunks.remainder().iter().zip(b_chunks.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in a_chunks.zip(b_chunks) {
        for ((lane, a), b) in lanes.iter_mut().zip(a).zip(b) {
            *lane += a * b;
        }
    }
    lanes.iter().sum::<f32>() + rest
}

fn value_at(values: &[f32], at: usize) -> f32 {
    values.get(at).copied().unwrap_or_default()
}

/// What all classes share.
struct Task<'a> {
    rows: &'a Rows,
    squares: &'a [f32],
    cost: f32,
}

impl Task<'_> {
    /// The weights that tell rows with sign 1 from rows with sign −1.
    #[expect(
        clippy::indexing_slicing,
        reason = "the inner loop of training; every index is a row's"
    )]
    fn solve(&self, signs: &[f32]) -> Machine {
        let diagonal = 0.5 / self.cost;
        let mut weights = vec![0.0_f32; self.rows.width];
        let mut dense = vec![0.0_f32; self.rows.dense_width];
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
                let (sign, alpha) = (signs[at], alphas[at]);
                let sparse: f32 = self.rows.row(at).map(|(c, v)| weights[c] * v).sum();
                let side = sparse + dot(&dense, self.rows.dense(at)) + bias * BIAS;
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
                let next = (alpha - gradient / (self.squares[at] + diagonal)).max(0.0);
                alphas[at] = next;
                let step = (next - alpha) * sign;
                for (column, value) in self.rows.row(at) {
                    weights[column] += step * value;
                }
                for (weight, value) in dense.iter_mut().zip(self.rows.dense(at)) {
                    *weight += step * value;
                }
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
        Machine { sparse: weights, dense, bias }
    }
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
