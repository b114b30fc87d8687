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
    /// Collects rows of `width` sparse and `dense_width` dense columns. Columns that many rows have
    /// should come first: their weights then lie together.
    pub(super) fn new(width: usize, dense_width: usize) -> Self {
        Self { starts: vec![0], width, dense_width, ..Self::default() }
    }

    /// Appends a row, its columns ascending; a dense part of another width counts as zeros.
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

    fn row(&self, at: usize) -> Sparse<'_> {
        let range = match self.starts.get(at..at + 2) {
            Some([start, end]) => *start..*end,
            _ => 0..0,
        };
        let columns = self.columns.get(range.clone()).unwrap_or_default();
        Sparse { columns, values: self.values.get(range).unwrap_or_default() }
    }

    /// The first column from which on no column is in more than one row.
    fn first_private(&self) -> usize {
        let mut seen = vec![0_u8; self.width];
        for column in &self.columns {
            if let Some(seen) = seen.get_mut(*column as usize) {
                *seen = seen.saturating_add(1);
            }
        }
        seen.iter().rposition(|seen| *seen > 1).map_or(0, |last| last + 1)
    }
}

/// A sparse row.
#[derive(Clone, Copy, Debug, Default)]
struct Sparse<'a> {
    columns: &'a [u32],
    values: &'a [f32],
}

impl<'a> Sparse<'a> {
    fn iter(self) -> impl Iterator<Item = (usize, f32)> + 'a {
        self.columns.iter().map(|column| *column as usize).zip(self.values.iter().copied())
    }

    /// The part before `column`, and that from it on.
    fn split(self, column: usize) -> (Self, Self) {
        let at = self.columns.partition_point(|own| (*own as usize) < column);
        let (shared, private) = self.columns.split_at(at);
        let (values, own) = self.values.split_at(at);
        (Self { columns: shared, values }, Self { columns: private, values: own })
    }

    fn square(self) -> f32 {
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

/// Trained machines, one a class.
///
/// Most columns are private: one message of the training data has them. Their weights are that
/// message's dual variable times their value in it, so that one number a message stands for all of
/// them, in training and here. Nothing is approximated by it.
#[derive(Clone, Debug, Default)]
pub(super) struct Machines {
    /// Weights by column, then class: what one message needs lies together. After the columns that
    /// are shared come the messages that have private ones.
    weights: Vec<f32>,
    /// How many columns are shared.
    shared: usize,
    /// For each private column the row of `weights` and the value in its message.
    private: Vec<(u32, f32)>,
    /// Weights of the dense columns, by class.
    dense: Vec<Vec<f32>>,
    biases: Vec<f32>,
}

impl Machines {
    /// Trains on `rows`, of which each has the class of the same place in `classes`.
    pub(super) fn train(rows: &Rows, classes: &[usize], count: usize, cost: f32) -> Self {
        let shared = rows.first_private();
        let solved: Vec<Solved<'_>> = (0..rows.len())
            .map(|at| {
                let (shared, private) = rows.row(at).split(shared);
                let dense = rows.dense(at);
                let square = shared.square() + private.square() + dot(dense, dense) + BIAS * BIAS;
                Solved { shared, dense, private: private.square(), square }
            })
            .collect();
        let task = Task { rows: &solved, width: shared, dense_width: rows.dense_width, cost };
        let machines: Vec<Machine> = (0..count)
            .into_par_iter()
            .map(|class| {
                let signs: Vec<f32> =
                    classes.iter().map(|own| if *own == class { 1.0 } else { -1.0 }).collect();
                task.solve(&signs)
            })
            .collect();
        let mut weights = Vec::with_capacity((shared + rows.len()) * count);
        for column in 0..shared {
            weights.extend(machines.iter().map(|machine| value_at(&machine.sparse, column)));
        }
        let mut private = vec![(0, 0.0); rows.width - shared];
        let mut place = u32::try_from(shared).unwrap_or(u32::MAX);
        for at in 0..rows.len() {
            let (_, own) = rows.row(at).split(shared);
            for (column, value) in own.iter() {
                if let Some(private) = private.get_mut(column - shared) {
                    *private = (place, value);
                }
            }
            if !own.columns.is_empty() {
                weights.extend(machines.iter().map(|machine| value_at(&machine.alphas, at)));
                place += 1;
            }
        }
        let biases = machines.iter().map(|machine| machine.bias * BIAS).collect();
        let dense = machines.into_iter().map(|machine| machine.dense).collect();
        Self { weights, shared, private, dense, biases }
    }

    /// How far `message` lies on each class's side.
    pub(super) fn margins(&self, message: &Vector, dense: &[f32]) -> Vec<f32> {
        let mut margins = self.biases.clone();
        for (column, value) in message.iter() {
            let (weights, factor) = self.weights_of(column);
            let value = value * factor;
            for (margin, weight) in margins.iter_mut().zip(weights) {
                *margin += value * weight;
            }
        }
        for (margin, weights) in margins.iter_mut().zip(&self.dense) {
            *margin += dot(weights, dense);
        }
        margins
    }

    /// The weight of a column for a class.
    pub(super) fn weight(&self, column: u32, class: usize) -> f32 {
        let (weights, factor) = self.weights_of(column);
        value_at(weights, class) * factor
    }

    /// What every message, and what the embedding, brings a class.
    pub(super) fn constants(&self, class: usize, dense: &[f32]) -> (f32, f32) {
        let bias = self.biases.get(class).copied().unwrap_or_default();
        (bias, self.dense.get(class).map_or(0.0, |weights| dot(weights, dense)))
    }

    /// The weights of a column, one a class, and what they are multiplied by.
    fn weights_of(&self, column: u32) -> (&[f32], f32) {
        let column = column as usize;
        let (row, factor) = match column.checked_sub(self.shared) {
            None => (column, 1.0),
            Some(private) => match self.private.get(private) {
                Some((row, value)) => (*row as usize, *value),
                None => return (&[], 0.0),
            },
        };
        let count = self.biases.len();
        (self.weights.get(row * count..(row + 1) * count).unwrap_or_default(), factor)
    }
}

/// The weights that tell one class from the rest.
#[derive(Debug, Default)]
struct Machine {
    sparse: Vec<f32>,
    dense: Vec<f32>,
    bias: f32,
    /// The dual variable of each message, with its sign.
    alphas: Vec<f32>,
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

/// A message as training sees it.
struct Solved<'a> {
    shared: Sparse<'a>,
    dense: &'a [f32],
    /// The square of what only this message has.
    private: f32,
    /// The square of all.
    square: f32,
}

/// What all classes share.
struct Task<'a> {
    rows: &'a [Solved<'a>],
    width: usize,
    dense_width: usize,
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
                for (weight, value) in dense.iter_mut().zip(row.dense) {
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
        for (alpha, sign) in alphas.iter_mut().zip(signs) {
            *alpha *= sign;
        }
        Machine { sparse: weights, dense, bias, alphas }
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
