//! One-against-rest linear machines, each trained by `solve`: support vector machines, or logistic
//! regression.
//!
//! Our own, because training at every start and at every reload is on the hot path: a class is a
//! few milliseconds of work, and the linear-algebra crates that have SVMs train kernels or dense
//! rows, where a message has some hundred of a hundred thousand columns.

use rayon::prelude::*;

use crate::understanding::features::Vector;
use crate::understanding::solve::{BIAS, Machine, Penalty, Solved, Sparse, Task, dot};

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
    pub(super) fn train(rows: &Rows, classes: &[usize], count: usize, penalty: Penalty) -> Self {
        let shared = rows.first_private();
        let solved: Vec<Solved<'_>> = (0..rows.len())
            .map(|at| {
                let (shared, private) = rows.row(at).split(shared);
                let dense = rows.dense(at);
                let square = shared.square() + private.square() + dot(dense, dense) + BIAS * BIAS;
                Solved { shared, dense, private: private.square(), square }
            })
            .collect();
        let task = Task { rows: &solved, width: shared, dense_width: rows.dense_width, penalty };
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

pub(super) fn value_at(values: &[f32], at: usize) -> f32 {
    values.get(at).copied().unwrap_or_default()
}
