//! The unigram tokeniser (Kudo 2018, "Subword Regularization") as `SentencePiece` runs it: the pieces
//! with the highest sum of scores, found by Viterbi over a double-array trie.
//!
//! The file: "E5T1", the counts of pieces, of bytes of the normaliser and of the trie as u32, the
//! scores as f32, the normaliser (`SentencePiece`'s precompiled character map), the trie.

use std::ops::Deref;
use std::sync::Arc;

use memmap2::Mmap;
use spm_precompiled::Precompiled;
use yada::DoubleArray;

use crate::understanding::encode::mapped::{number, size};

/// Bytes before the scores.
const HEADER: usize = 16;
const BEGIN: u32 = 0;
const END: u32 = 2;
const UNKNOWN: u32 = 3;
/// How far an unknown character lies below the worst piece.
const PENALTY: f64 = 10.0;
/// What stands for a space.
const SPACE: char = '\u{2581}';

/// The part of the file that holds the trie.
struct Tail(Arc<Mmap>, usize);

impl Deref for Tail {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        self.0.get(self.1..).unwrap_or_default()
    }
}

/// The tokeniser.
pub(super) struct Unigram {
    data: Arc<Mmap>,
    pieces: usize,
    trie: DoubleArray<Tail>,
    normaliser: Precompiled,
    unknown: f64,
}

/// The best way to a place in a word: its score, where its last piece starts, and that piece.
#[derive(Clone, Copy)]
struct Step {
    score: f64,
    from: usize,
    piece: u32,
}

impl Unigram {
    /// Reads the file; nothing when it is not whole.
    pub(super) fn open(data: Arc<Mmap>) -> Option<Self> {
        let (pieces, map, trie) = (size(&data, 4)?, size(&data, 8)?, size(&data, 12)?);
        let scores_end = HEADER.checked_add(pieces.checked_mul(4)?)?;
        let map_end = scores_end.checked_add(map)?;
        if data.len() != map_end.checked_add(trie)? || pieces < 5 {
            return None;
        }
        let normaliser = Precompiled::from(data.get(scores_end..map_end)?).ok()?;
        let trie = DoubleArray::new(Tail(Arc::clone(&data), map_end)).ok()?;
        let mut unigram = Self { data, pieces, trie, normaliser, unknown: 0.0 };
        let worst = (4..pieces - 1).map(|at| unigram.score(at)).fold(f64::MAX, f64::min);
        unigram.unknown = worst - PENALTY;
        Some(unigram)
    }

    pub(super) fn len(&self) -> usize {
        self.pieces
    }

    fn score(&self, piece: usize) -> f64 {
        number(&self.data, HEADER + 4 * piece).map_or(0.0, |bits| f64::from(f32::from_bits(bits)))
    }

    /// How frequent a piece is: its score is the logarithm of that.
    #[expect(clippy::cast_possible_truncation, reason = "a probability")]
    pub(super) fn frequency(&self, id: u32) -> f32 {
        self.score(id as usize).exp() as f32
    }

    pub(super) fn encode(&self, text: &str, most: usize) -> Vec<u32> {
        let spaced = self.spaced(text);
        let mut ids = vec![BEGIN];
        let mut from = 0;
        // every word starts with a mark of space
        let starts = spaced.match_indices(SPACE).map(|(at, _)| at).skip(1);
        for to in starts.chain([spaced.len()]) {
            if ids.len() >= most {
                break;
            }
            self.word(spaced.get(from..to).unwrap_or_default(), &mut ids);
            from = to;
        }
        ids.truncate(most.saturating_sub(1));
        ids.push(END);
        ids
    }

    /// The normalised text with marks for spaces, one at its beginning.
    fn spaced(&self, text: &str) -> String {
        let mut spaced = String::with_capacity(text.len() + 8);
        spaced.push(SPACE);
        for c in self.normaliser.normalize_string(text).chars() {
            let c = if c == ' ' { SPACE } else { c };
            if c != SPACE || !spaced.ends_with(SPACE) {
                spaced.push(c);
            }
        }
        spaced
    }

    fn word(&self, word: &str, ids: &mut Vec<u32>) {
        let bytes = word.as_bytes();
        let unreached = Step { score: f64::NEG_INFINITY, from: 0, piece: UNKNOWN };
        let mut best = vec![unreached; bytes.len() + 1];
        reach(&mut best, 0, Step { score: 0.0, ..unreached });
        for (at, c) in word.char_indices() {
            let here = best.get(at).map_or(f64::NEG_INFINITY, |step| step.score);
            let mut has_single = false;
            let rest = bytes.get(at..).unwrap_or_default();
            for (piece, length) in self.trie.common_prefix_search(rest) {
                let score = here + self.score(usize::try_from(piece).unwrap_or_default());
                reach(&mut best, at + length, Step { score, from: at, piece });
                has_single |= length == c.len_utf8();
            }
            if !has_single {
                let step = Step { score: here + self.unknown, from: at, piece: UNKNOWN };
                reach(&mut best, at + c.len_utf8(), step);
            }
        }
        let first = ids.len();
        let mut end = bytes.len();
        while let Some(step) = best.get(end).filter(|_| end > 0) {
            // unknown characters in a row are one unknown piece
            if step.piece != UNKNOWN
                || ids.get(first..).is_none_or(|own| own.last() != Some(&UNKNOWN))
            {
                ids.push(step.piece);
            }
            end = step.from;
        }
        if let Some(own) = ids.get_mut(first..) {
            own.reverse();
        }
    }
}

/// Takes the step where it is better than the known one.
fn reach(best: &mut [Step], to: usize, step: Step) {
    if let Some(known) = best.get_mut(to)
        && step.score > known.score
    {
        *known = step;
    }
}
