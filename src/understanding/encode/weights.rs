//! Weights as they lie on disk: rows of 4-bit numbers in blocks of 32 with one scale each (`Q4_0`, as
//! in ggml), and linear layers on a 4- or 5-bit grid that are spread out to int8 once at loading.
//! `models/*/make_bundle.py` writes them.

use half::f16;

/// Numbers that share a scale.
const BLOCK: usize = 32;
/// Bytes of a block: the scale and 32 half bytes.
const BLOCK_BYTES: usize = 18;
/// Adding 1.5 × 2^23 rounds a small float to the nearest integer, ties to even, and leaves it in
/// the low bits.
const ROUND: f32 = 12_582_912.0;

/// How many bytes a row of `width` numbers has.
pub(super) fn row_bytes(width: usize) -> usize {
    width / BLOCK * BLOCK_BYTES
}

/// Adds a row to `out`.
pub(super) fn add_row(row: &[u8], out: &mut [f32]) {
    for (block, out) in row.chunks_exact(BLOCK_BYTES).zip(out.chunks_exact_mut(BLOCK)) {
        let (scale, packed) = block.split_at(2);
        let scale = half_of(scale);
        let (low, high) = out.split_at_mut(BLOCK / 2);
        for ((byte, low), high) in packed.iter().zip(low).zip(high) {
            *low += (f32::from(byte & 15) - 8.0) * scale;
            *high += (f32::from(byte >> 4) - 8.0) * scale;
        }
    }
}

fn half_of(bytes: &[u8]) -> f32 {
    match bytes {
        [low, high, ..] => f16::from_le_bytes([*low, *high]).to_f32(),
        _ => 0.0,
    }
}

/// The shape of a linear layer's matrix: inputs and outputs.
pub(super) type Shape = (usize, usize);

/// Spreads the matrices of `packed` out to int8, one after another, inputs by outputs. Nothing when
/// the file is too short or too long for the shapes.
pub(super) fn expand(packed: &[u8], shapes: &[Shape], has_fifth_bits: bool) -> Option<Vec<u8>> {
    let mut rest = packed;
    let mut out = vec![0; shapes.iter().map(|(inputs, outputs)| inputs * outputs).sum()];
    let mut room = out.as_mut_slice();
    for (inputs, outputs) in shapes {
        let scales = split(&mut rest, inputs * 4)?;
        let ratios = split(&mut rest, inputs / BLOCK * outputs * 2)?;
        let nibbles = split(&mut rest, inputs * outputs / 2)?;
        let fifth = split(&mut rest, if has_fifth_bits { inputs * outputs / 8 } else { 0 })?;
        let (matrix, after) = std::mem::take(&mut room).split_at_mut_checked(inputs * outputs)?;
        room = after;
        let layer = Layer { outputs: *outputs, ratios, nibbles, fifth };
        for (at, (row, scale)) in
            matrix.chunks_exact_mut(*outputs).zip(scales.chunks_exact(4)).enumerate()
        {
            let scale = <[u8; 4]>::try_from(scale).map(f32::from_le_bytes).ok()?;
            layer.expand_row(at, scale, row)?;
        }
    }
    rest.is_empty().then_some(out)
}

fn split<'a>(rest: &mut &'a [u8], count: usize) -> Option<&'a [u8]> {
    let (head, tail) = rest.split_at_checked(count)?;
    *rest = tail;
    Some(head)
}

/// One matrix on disk.
struct Layer<'a> {
    outputs: usize,
    /// A half-precision factor for each output and each block of inputs.
    ratios: &'a [u8],
    /// Two numbers a byte.
    nibbles: &'a [u8],
    /// Eight fifth bits a byte, low bit first; empty on the 4-bit grid.
    fifth: &'a [u8],
}

impl Layer<'_> {
    fn expand_row(&self, at: usize, scale: f32, row: &mut [u8]) -> Option<()> {
        let half = self.outputs / 2;
        let ratios = self.ratios.chunks_exact(self.outputs * 2).nth(at / BLOCK)?;
        let nibbles = self.nibbles.chunks_exact(half).nth(at)?;
        let fifth = match self.fifth {
            [] => &[][..],
            fifth => fifth.chunks_exact(self.outputs / 8).nth(at)?,
        };
        let middle = if fifth.is_empty() { 8.0 } else { 16.0 };
        let pairs = row.chunks_exact_mut(2).zip(nibbles).zip(ratios.chunks_exact(4));
        for (pair, ((out, byte), ratios)) in pairs.enumerate() {
            let bits = fifth.get(pair / 4).map_or(0, |bits| bits >> (pair % 4 * 2));
            let low = f32::from(byte & 15 | (bits & 1) << 4) - middle;
            let high = f32::from(byte >> 4 | (bits >> 1 & 1) << 4) - middle;
            let (ratio_low, ratio_high) = ratios.split_at(2);
            if let [out_low, out_high] = out {
                *out_low = rounded(low * half_of(ratio_low) * scale);
                *out_high = rounded(high * half_of(ratio_high) * scale);
            }
        }
        Some(())
    }
}

/// The nearest integer as the byte of an i8.
fn rounded(value: f32) -> u8 {
    (value + ROUND).to_bits().to_le_bytes()[0]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_scale_times_number_minus_eight() {
        let mut row = f16::from_f32(0.5).to_le_bytes().to_vec();
        row.extend([0x90; 16]); // low halves 0, high halves 9
        let mut out = vec![1.0; 32];
        add_row(&row, &mut out);
        assert_eq!(out[..16], [1.0 - 4.0; 16]);
        assert_eq!(out[16..], [1.0 + 0.5; 16]);
    }

    #[test]
    fn a_matrix_on_either_grid_is_spread_out() {
        let shape = (32, 8);
        let scales: Vec<u8> = std::iter::repeat_n(2.0_f32.to_le_bytes(), 32).flatten().collect();
        let ratios: Vec<u8> =
            std::iter::repeat_n(f16::from_f32(1.5).to_le_bytes(), 8).flatten().collect();
        let four = [scales.clone(), ratios.clone(), vec![0x98; 128]].concat();
        let out = expand(&four, &[shape], false).unwrap();
        assert_eq!(out.len(), 256);
        assert_eq!(out[..2], [0, 3], "8 - 8 and (9 - 8) * 1.5 * 2");
        let five = [scales, ratios, vec![0x10; 128], vec![0b0000_0001; 32]].concat();
        let out = expand(&five, &[shape], true).unwrap();
        assert_eq!(out[..4], [0, 256 - 45, 256 - 48, 256 - 45_i32].map(|n| n.to_le_bytes()[0]));
    }

    #[test]
    fn a_file_of_another_size_is_refused() {
        let size = 32 * 4 + 8 * 2 + 128;
        assert!(expand(&vec![0; size], &[(32, 8)], false).is_some());
        assert_eq!(expand(&vec![0; size - 1], &[(32, 8)], false), None);
        assert_eq!(expand(&vec![0; size + 1], &[(32, 8)], false), None);
    }
}
