//! Many vectors side by side, a byte a number, for scalar products with one vector. A byte is exact
//! enough: the error of a cosine is below 0.003 (test), less than what the encoders differ by from
//! their own originals.

use pulp::Arch;

use crate::understanding::encode::{Embedding, as_bytes};

/// Vectors of one width.
#[derive(Clone, Debug, Default)]
pub(super) struct Table {
    width: usize,
    numbers: Vec<i8>,
    scales: Vec<f32>,
}

/// A vector as bytes with its scale, made ready for products.
pub(super) struct Probe {
    numbers: Vec<i8>,
    scale: f32,
}

impl Probe {
    /// Makes `vector` ready, as if it had unit length.
    pub(super) fn of(vector: &[f32]) -> Self {
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        let (numbers, scale) = as_bytes(vector);
        Self { numbers, scale: if length > 0.0 { scale / length } else { 0.0 } }
    }
}

impl Table {
    /// An empty table for vectors of `width`.
    pub(super) fn new(width: usize) -> Self {
        Self { width, ..Self::default() }
    }

    /// Appends a vector, as if it had unit length; one of another width counts as zero.
    pub(super) fn push(&mut self, vector: &[f32]) {
        let probe = Probe::of(vector);
        if vector.len() == self.width {
            self.numbers.extend(probe.numbers);
            self.scales.push(probe.scale);
        } else {
            self.numbers.resize(self.numbers.len() + self.width, 0);
            self.scales.push(0.0);
        }
    }

    /// How many vectors there are.
    pub(super) fn len(&self) -> usize {
        self.scales.len()
    }

    /// The vector at `at`, to compare others with it.
    pub(super) fn probe(&self, at: usize) -> Probe {
        let start = at * self.width;
        let row = self.numbers.get(start..start + self.width).unwrap_or_default();
        Probe { numbers: row.to_vec(), scale: self.scales.get(at).copied().unwrap_or(0.0) }
    }

    /// The vector at `at`, of unit length.
    pub(super) fn vector(&self, at: usize) -> Embedding {
        let Probe { numbers, scale } = self.probe(at);
        numbers.into_iter().map(|number| f32::from(number) * scale).collect()
    }

    /// The cosine of `probe` with the vector at `at`.
    pub(super) fn cosine(&self, at: usize, probe: &Probe) -> f32 {
        let start = at * self.width;
        let row = self.numbers.get(start..start + self.width).unwrap_or_default();
        product(row, &probe.numbers) * probe.scale * self.scales.get(at).copied().unwrap_or(0.0)
    }

    /// The highest cosine of `vector` with any of the table; 0 in an empty one.
    pub(super) fn nearest(&self, vector: &[f32]) -> f32 {
        if self.len() == 0 || vector.len() != self.width {
            return 0.0;
        }
        let probe = Probe::of(vector);
        (0..self.len()).map(|at| self.cosine(at, &probe)).fold(-1.0, f32::max)
    }
}

/// The scalar product. Compiled once for each kind of processor: a message is compared with thousands
/// of vectors, and with AVX2 that takes a quarter of the time.
#[expect(clippy::cast_precision_loss, reason = "a sum of small integers, rounded in the 24th bit")]
fn product(a: &[i8], b: &[i8]) -> f32 {
    Arch::new().dispatch(
        #[inline(always)]
        || a.iter().zip(b).map(|(a, b)| i32::from(*a) * i32::from(*b)).sum::<i32>(),
    ) as f32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_cosine_is_nearly_exact(
            a in prop::collection::vec(-1.0_f32..1.0, 384),
            b in prop::collection::vec(-1.0_f32..1.0, 384),
        ) {
            let mut table = Table::new(384);
            table.push(&a);
            let length = |v: &[f32]| v.iter().map(|x| x * x).sum::<f32>().sqrt();
            let exact: f32 =
                a.iter().zip(&b).map(|(a, b)| a * b).sum::<f32>() / (length(&a) * length(&b));
            prop_assert!((table.cosine(0, &Probe::of(&b)) - exact).abs() < 0.003);
        }
    }

    #[test]
    fn the_nearest_is_found_and_odd_widths_have_a_tail() {
        let mut table = Table::new(3);
        table.push(&[1.0, 0.0, 0.0]);
        table.push(&[0.0, 3.0, 4.0]);
        table.push(&[1.0]);
        assert_eq!(table.len(), 3);
        assert!((table.nearest(&[0.0, 0.3, 0.4]) - 1.0).abs() < 0.01);
        assert!((table.nearest(&[2.0, 0.0, 0.0]) - 1.0).abs() < 0.01);
        assert!(Table::new(3).nearest(&[1.0, 0.0, 0.0]).abs() < 1e-6);
    }
}
