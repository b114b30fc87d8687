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

/// Messages as rows of one sparse matrix.
#[derive(Debug, Default)]
pub(super) struct Rows {
    starts: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f32>,
    width: usize,
}

impl Rows {
    /// Collects rows of `width` columns.
    pub(super) fn new(width: usize) -> Self {
        Self { starts: vec![0], width, ..Self::default() }
    }

    /// Appends a row.
    pub(super) fn push(&mut self, row: &Vector) {
        self.columns.extend_from_slice(&row.columns);
        self.values.extend_from_slice(&row.values);
        self.starts.push(self.columns.len());
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
    biases: Vec<f32>,
}

impl Machines {
    /// Trains on `rows`, of which each has the class of the same place in `classes`.
    pub(super) fn train(rows: &Rows, classes: &[usize], count: usize, cost: f32) -> Self {
        let squares: Vec<f32> = (0..rows.len())
            .map(|at| rows.row(at).map(|(_, value)| value * value).sum::<f32>() + BIAS * BIAS)
            .collect();
        let task = Task { rows, squares: &squares, cost };
        let machines: Vec<Vec<f32>> = (0..count)
            .into_par_iter()
            .map(|class| {
                let signs: Vec<f32> =
                    classes.iter().map(|own| if *own == class { 1.0 } else { -1.0 }).collect();
                task.solve(&signs)
            })
            .collect();
        let mut weights = Vec::with_capacity(rows.width * count);
        for column in 0..rows.width {
            weights.extend(machines.iter().map(|machine| value_at(machine, column)));
        }
        let biases = machines.iter().map(|machine| value_at(machine, rows.width) * BIAS).collect();
        Self { weights, biases }
    }

    /// How far `message` lies on each class's side.
    pub(super) fn margins(&self, message: &Vector) -> Vec<f32> {
        let mut margins = self.biases.clone();
        for (column, value) in message.iter() {
            for (margin, weight) in margins.iter_mut().zip(self.weights_of(column)) {
                *margin += value * weight;
            }
        }
        margins
    }

    /// The weights of a column, one a class.
    pub(super) fn weights_of(&self, column: u32) -> &[f32] {
        let count = self.biases.len();
        let start = column as usize * count;
        self.weights.get(start..start + count).unwrap_or_default()
    }
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
    /// The weights that tell rows with sign 1 from rows with sign −1; the last is the bias.
    #[expect(
        clippy::indexing_slicing,
        reason = "the inner loop of training; every index is a row's"
    )]
    fn solve(&self, signs: &[f32]) -> Vec<f32> {
        let diagonal = 0.5 / self.cost;
        let width = self.rows.width;
        let mut weights = vec![0.0_f32; width + 1];
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
                let dot: f32 = self.rows.row(at).map(|(c, v)| weights[c] * v).sum();
                let gradient = sign * (dot + weights[width] * BIAS) - 1.0 + diagonal * alpha;
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
                weights[width] += step * BIAS;
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
        weights
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
