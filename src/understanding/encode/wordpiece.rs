//! The `WordPiece` tokeniser of BERT, lower case (Devlin et al. 2019): the longest known piece from
//! the left, word by word. Keys are found by bisection in the mapped file: no table is built.
//!
//! The file, as u32 unless noted: "E5W1", the counts of ids, of keys that start a word, of keys that
//! go on, of ranges, of bytes in the blob, the longest key's bytes, the ids of CLS, SEP and UNK;
//! ranges (first, last, rule); key offsets; key ids; the blob (keys in order of bytes, first those
//! that start a word, then strings). A rule says what a character above U+007F becomes: its upper
//! three bits are the kind, 0 dropped, 1 a space, 2 a word of its own, 3 moved by the value − 2^28,
//! 4 a string of the blob at value >> 8 with value & 255 bytes. What has no rule stays.

use std::ops::Range;
use std::sync::Arc;

use memmap2::Mmap;

use crate::understanding::encode::mapped::{number, size};

const HEADER: usize = 40;
const RANGE_BYTES: usize = 12;
/// A longer word is unknown.
const LONGEST_WORD: usize = 100;
/// The first ids are marks and single characters.
const FIRST_WORD: u32 = 995;
/// The first Hangul syllable, and how syllables are made of letters (Unicode, section 3.12).
const HANGUL: u32 = 0xac00;
const VOWELS: u32 = 21;
const FINALS: u32 = 28;

/// The tokeniser.
pub(super) struct WordPiece {
    data: Arc<Mmap>,
    pieces: usize,
    starts: usize,
    goes_on: usize,
    ranges: usize,
    longest: usize,
    first: u32,
    last: u32,
    unknown: u32,
}

/// What becomes of a character.
enum Becomes {
    Nothing,
    Space,
    Word,
    Char(char),
    Text(Range<usize>),
}

impl WordPiece {
    /// Reads the file; nothing when it is not whole, so that no request meets the damage.
    pub(super) fn open(data: Arc<Mmap>) -> Option<Self> {
        let pieces = Self {
            pieces: size(&data, 4)?,
            starts: size(&data, 8)?,
            goes_on: size(&data, 12)?,
            ranges: size(&data, 16)?,
            longest: size(&data, 24)?,
            first: number(&data, 28)?,
            last: number(&data, 32)?,
            unknown: number(&data, 36)?,
            data,
        };
        let data = pieces.data.as_ref();
        let keys = pieces.starts.checked_add(pieces.goes_on)?;
        let tables = pieces.ranges.checked_mul(RANGE_BYTES)?.checked_add(keys.checked_mul(8)?)?;
        let blob = size(data, 20)?;
        if data.len() != (HEADER + 4).checked_add(tables)?.checked_add(blob)? {
            return None;
        }
        let offset = |at: usize| size(data, pieces.keys_at() + 4 * at);
        let is_sound = (0..keys).all(|at| {
            let id = size(data, pieces.ids_at() + 4 * at);
            offset(at) <= offset(at + 1) && id.is_some_and(|id| id < pieces.pieces)
        });
        let ends_inside = offset(keys)? <= blob;
        let ids = [pieces.first, pieces.last, pieces.unknown];
        let are_known = ids.iter().all(|id| (*id as usize) < pieces.pieces);
        (is_sound && ends_inside && are_known).then_some(pieces)
    }

    pub(super) fn len(&self) -> usize {
        self.pieces
    }

    fn keys_at(&self) -> usize {
        HEADER + self.ranges * RANGE_BYTES
    }

    fn ids_at(&self) -> usize {
        self.keys_at() + (self.starts + self.goes_on + 1) * 4
    }

    fn blob_at(&self) -> usize {
        self.ids_at() + (self.starts + self.goes_on) * 4
    }

    fn key(&self, at: usize) -> &[u8] {
        let place = |at: usize| size(&self.data, self.keys_at() + 4 * at).unwrap_or_default();
        let blob = self.data.get(self.blob_at()..).unwrap_or_default();
        blob.get(place(at)..place(at + 1)).unwrap_or_default()
    }

    fn find(&self, key: &[u8], is_start: bool) -> Option<u32> {
        let (mut low, mut high) =
            if is_start { (0, self.starts) } else { (self.starts, self.starts + self.goes_on) };
        while low < high {
            let middle = usize::midpoint(low, high);
            match self.key(middle).cmp(key) {
                std::cmp::Ordering::Equal => return number(&self.data, self.ids_at() + 4 * middle),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }

    fn rule(&self, c: char) -> Option<u32> {
        let c = u32::from(c);
        let field = |range: usize, of: usize| {
            number(&self.data, HEADER + range * RANGE_BYTES + of * 4).unwrap_or_default()
        };
        let (mut low, mut high) = (0, self.ranges);
        while low < high {
            let middle = usize::midpoint(low, high);
            if c < field(middle, 0) {
                high = middle;
            } else if c > field(middle, 1) {
                low = middle + 1;
            } else {
                return Some(field(middle, 2));
            }
        }
        None
    }

    fn becomes(&self, c: char) -> Becomes {
        let Some(rule) = self.rule(c) else { return Becomes::Char(c) };
        let value = rule & 0x1fff_ffff;
        match rule >> 29 {
            0 => Becomes::Nothing,
            1 => Becomes::Space,
            2 => Becomes::Word,
            3 => {
                let moved = u32::from(c).wrapping_add(value).wrapping_sub(1 << 28);
                char::from_u32(moved).map_or(Becomes::Nothing, Becomes::Char)
            }
            _ => {
                let start = self.blob_at() + (value >> 8) as usize;
                Becomes::Text(start..start + (value & 255) as usize)
            }
        }
    }

    /// Lower case without accents and control characters, a space at every cut.
    fn normalised(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 32);
        for c in text.chars() {
            match c {
                '\t' | '\n' | '\r' | ' ' => out.push(' '),
                '\0'..='\x1f' | '\x7f' => {}
                c if c.is_ascii_punctuation() => out.extend([' ', c, ' ']),
                c if c.is_ascii() => out.push(c.to_ascii_lowercase()),
                '\u{ac00}'..='\u{d7a3}' => out.extend(letters(c)),
                c => match self.becomes(c) {
                    Becomes::Nothing => {}
                    Becomes::Space => out.push(' '),
                    Becomes::Word => out.extend([' ', c, ' ']),
                    Becomes::Char(c) => out.push(c),
                    Becomes::Text(range) => {
                        let bytes = self.data.get(range).unwrap_or_default();
                        out.push_str(std::str::from_utf8(bytes).unwrap_or_default());
                    }
                },
            }
        }
        out
    }

    /// About how frequent a piece is: ids of words stand in the order of frequency, which falls with
    /// the rank (Zipf).
    #[expect(clippy::cast_precision_loss, reason = "ids are far below 2^24")]
    pub(super) fn frequency(id: u32) -> f32 {
        0.1 / (id.saturating_sub(FIRST_WORD) as f32 + 5.0)
    }

    /// Whether a word is one piece: there are some twenty thousand of the most frequent.
    pub(super) fn is_word(&self, word: &str) -> bool {
        self.find(word.as_bytes(), true).is_some()
    }

    pub(super) fn encode(&self, text: &str, most: usize) -> Vec<u32> {
        let mut ids = vec![self.first];
        let normalised = self.normalised(text);
        for word in normalised.split(' ').filter(|word| !word.is_empty()) {
            if ids.len() >= most {
                break;
            }
            self.word(word, &mut ids);
        }
        ids.truncate(most.saturating_sub(1));
        ids.push(self.last);
        ids
    }

    fn word(&self, word: &str, ids: &mut Vec<u32>) {
        let before = ids.len();
        if word.chars().count() > LONGEST_WORD {
            return ids.push(self.unknown);
        }
        let mut at = 0;
        while at < word.len() {
            let furthest = word.len().min(at + self.longest);
            let longest = (at + 1..=furthest).rev().find_map(|end| {
                let piece = word.get(at..end)?;
                Some((self.find(piece.as_bytes(), at == 0)?, end))
            });
            let Some((id, end)) = longest else {
                ids.truncate(before);
                return ids.push(self.unknown);
            };
            ids.push(id);
            at = end;
        }
    }
}

/// The two or three letters of a Hangul syllable.
fn letters(c: char) -> impl Iterator<Item = char> {
    let at = u32::from(c) - HANGUL;
    let last = at % FINALS;
    let letters = [
        Some(0x1100 + at / (VOWELS * FINALS)),
        Some(0x1161 + at % (VOWELS * FINALS) / FINALS),
        (last > 0).then_some(0x11a7 + last),
    ];
    letters.into_iter().flatten().filter_map(char::from_u32)
}
