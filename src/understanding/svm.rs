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
    weights: Weights,
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
                let dense = without_end_zeros(rows.dense(at));
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
        let mut weights = Weights::default();
        for column in 0..shared {
            weights.push(machines.iter().map(|machine| value_at(&machine.sparse, column)));
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
                weights.push(machines.iter().map(|machine| value_at(&machine.alphas, at)));
                place += 1;
            }
        }
        weights.shrink();
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
                *margin += value * f32::from(*weight);
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
        weights.get(class).map_or(0.0, |weight| f32::from(*weight) * factor)
    }

    /// What every message, and what the embedding, brings a class.
    pub(super) fn constants(&self, class: usize, dense: &[f32]) -> (f32, f32) {
        let bias = self.biases.get(class).copied().unwrap_or_default();
        (bias, self.dense.get(class).map_or(0.0, |weights| dot(weights, dense)))
    }

    /// The weights of a column, one a class, and what they are multiplied by.
    fn weights_of(&self, column: u32) -> (&[i16], f32) {
        let column = column as usize;
        let (row, factor) = match column.checked_sub(self.shared) {
            None => (column, 1.0),
            Some(private) => match self.private.get(private) {
                Some((row, value)) => (*row as usize, *value),
                None => return (&[], 0.0),
            },
        };
        let (weights, scale) = self.weights.row(row);
        (weights, scale * factor)
    }
}

/// A row as far as something is in it: of a message that only the first encoder read, half is zero.
fn without_end_zeros(row: &[f32]) -> &[f32] {
    let end = row.iter().rposition(|value| *value != 0.0).map_or(0, |last| last + 1);
    row.get(..end).unwrap_or_default()
}

/// Rows of weights, two bytes each and a scale a row: the error of a weight is below a sixty-thousandth
/// of the largest in its row.
#[derive(Clone, Debug, Default)]
struct Weights {
    numbers: Vec<i16>,
    scales: Vec<f32>,
}

impl Weights {
    fn push(&mut self, row: impl Iterator<Item = f32> + Clone) {
        let largest = row.clone().fold(0.0_f32, |most, weight| most.max(weight.abs()));
        let scale = largest / f32::from(i16::MAX);
        // in a row of zeros all stay zero
        let per_unit = if scale > 0.0 { scale.recip() } else { 0.0 };
        self.numbers.extend(row.map(|weight| in_two_bytes(weight * per_unit)));
        self.scales.push(scale);
    }

    fn shrink(&mut self) {
        self.numbers.shrink_to_fit();
        self.scales.shrink_to_fit();
    }

    /// The weights of a row and their scale; all rows have as many.
    fn row(&self, at: usize) -> (&[i16], f32) {
        let Some(scale) = self.scales.get(at) else { return (&[], 0.0) };
        let width = self.numbers.len() / self.scales.len();
        (self.numbers.get(at * width..(at + 1) * width).unwrap_or_default(), *scale)
    }
}

/// The nearest whole number; what lies beyond two bytes is the last of them.
#[expect(clippy::cast_possible_truncation, reason = "a float beyond the range becomes its end")]
fn in_two_bytes(value: f32) -> i16 {
    value.round() as i16
}

pub(super) fn value_at(values: &[f32], at: usize) -> f32 {
    values.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::understanding::solve::Loss;

    #[test]
    fn shared_and_private_columns_tell_classes_apart() {
        let vector = |columns: &[u32]| Vector {
            columns: columns.to_vec(),
            values: columns.iter().map(|_| 0.5).collect(),
        };
        let mut rows = Rows::new(5, 1);
        // columns 0 and 1 are shared, 2 to 4 are in one message each
        for columns in [&[0, 2][..], &[0, 3], &[1, 4], &[1]] {
            rows.push(&vector(columns), &[0.0]);
        }
        let penalty = Penalty { loss: Loss::SquaredHinge, cost: 10.0 };
        let machines = Machines::train(&rows, &[0, 0, 1, 1], 2, penalty);
        for (columns, class) in [(&[0][..], 0), (&[2], 0), (&[3], 0), (&[1], 1), (&[4], 1)] {
            let message = vector(columns);
            let margins = machines.margins(&message, &[0.0]);
            assert!(margins[class] > margins[1 - class] + 0.1, "{columns:?}: {margins:?}");
            let (bias, dense) = machines.constants(class, &[0.0]);
            let summed = bias + dense + 0.5 * machines.weight(columns[0], class);
            assert!((summed - margins[class]).abs() < 1e-6, "{columns:?}: {summed}, {margins:?}");
        }
        let unknown = machines.margins(&vector(&[9]), &[0.0]);
        assert_eq!(unknown, machines.biases, "a column that nobody has weighs nothing");
    }

    proptest! {
        #[test]
        fn weights_come_back_nearly_as_they_were(
            rows in prop::collection::vec(prop::array::uniform5(-30.0_f32..30.0), 1..9),
            tiny in prop::array::uniform5(-1e-38_f32..1e-38),
        ) {
            let mut weights = Weights::default();
            let zeros = [0.0; 5];
            let all: Vec<[f32; 5]> = rows.into_iter().chain([zeros, tiny]).collect();
            for row in &all {
                weights.push(row.iter().copied());
            }
            for (at, row) in all.iter().enumerate() {
                let largest = row.iter().fold(0.0_f32, |most, weight| most.max(weight.abs()));
                let (numbers, scale) = weights.row(at);
                prop_assert_eq!(numbers.len(), row.len());
                for (number, weight) in numbers.iter().zip(row) {
                    let back = f32::from(*number) * scale;
                    prop_assert!((back - weight).abs() <= largest / 60_000.0 + 1e-38);
                }
            }
            prop_assert_eq!(weights.row(all.len()).0.len(), 0);
        }
    }
}
