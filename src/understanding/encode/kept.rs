//! Vectors of the knowledge's texts, kept in a file, so that a restart encodes only what is new. A
//! file that is missing, of another version or damaged costs time, never answers: every vector
//! stands under the hash of its model and text, and the file has a checksum.

use std::collections::HashMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use half::f16;
use sha2::{Digest, Sha256};

use crate::understanding::encode::{Embedding, EncodeError, Encoded, Encoder, normalise};

/// The first bytes of the file, with its version.
const MAGIC: &[u8; 8] = b"FDVECS02";
/// Bytes of a key.
const KEY: usize = 16;

type Key = [u8; KEY];

/// A vector with whether it was asked for since the file was opened.
struct Kept {
    vector: Vec<f16>,
    is_used: bool,
}

/// Vectors by model and text.
#[derive(Default)]
pub struct KeptVectors {
    file: Option<PathBuf>,
    vectors: Mutex<HashMap<Key, Kept>>,
}

impl KeptVectors {
    /// Vectors that are forgotten with the process.
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// Vectors kept in `file`.
    pub fn open(file: PathBuf) -> Self {
        let vectors = fs::read(&file).ok().and_then(|bytes| decode(&bytes)).unwrap_or_default();
        Self { file: Some(file), vectors: Mutex::new(vectors) }
    }

    /// The vector of a text: kept, or encoded now.
    pub(super) fn encode(&self, encoder: &dyn Encoder, text: &str) -> Result<Encoded, EncodeError> {
        let key = key_of(encoder.name(), text);
        if let Some(kept) = self.lock().get_mut(&key) {
            kept.is_used = true;
            let numbers: Embedding = kept.vector.iter().map(|value| value.to_f32()).collect();
            let mut parts = numbers.chunks_exact(encoder.dimensions()).map(|part| {
                let mut part = part.to_vec();
                normalise(&mut part);
                part
            });
            if let Some(whole) = parts.next() {
                let telling = parts.next().unwrap_or_else(|| whole.clone());
                return Ok(Encoded { whole, telling, clauses: Vec::new() });
            }
        }
        let mut fresh = encoder.encode(text)?;
        fresh.clauses.clear(); // only questions are read by clause
        let telling = Some(&fresh.telling).filter(|telling| **telling != fresh.whole);
        let numbers = fresh.whole.iter().chain(telling.into_iter().flatten());
        let vector = numbers.map(|value| f16::from_f32(*value)).collect();
        self.lock().insert(key, Kept { vector, is_used: true });
        Ok(fresh)
    }

    /// Writes what is in use to the file; without a file, nothing. A failure costs time at the next
    /// start and is not reported.
    pub fn save(&self) {
        let Some(file) = &self.file else { return };
        let bytes = encode(&self.lock());
        let aside = file.with_extension(format!("new-{}", std::process::id()));
        let written = file.parent().map_or(Ok(()), fs::create_dir_all);
        let written = written.and_then(|()| fs::write(&aside, bytes));
        if written.and_then(|()| fs::rename(&aside, file)).is_err() {
            let _ = fs::remove_file(&aside);
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<Key, Kept>> {
        self.vectors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key_of(model: &str, text: &str) -> Key {
    let digest = Sha256::new().chain_update(model).chain_update([0]).chain_update(text).finalize();
    let mut key = Key::default();
    for (to, from) in key.iter_mut().zip(digest) {
        *to = from;
    }
    key
}

/// The file: magic, then for each vector its key, its length and its numbers; last a checksum.
fn encode(vectors: &HashMap<Key, Kept>) -> Vec<u8> {
    let mut out = MAGIC.to_vec();
    for (key, kept) in vectors.iter().filter(|(_, kept)| kept.is_used) {
        let Ok(length) = u32::try_from(kept.vector.len()) else { continue };
        out.extend(key);
        out.extend(length.to_le_bytes());
        out.extend(kept.vector.iter().flat_map(|value| value.to_le_bytes()));
    }
    out.extend(crc32fast::hash(&out).to_le_bytes());
    out
}

fn decode(bytes: &[u8]) -> Option<HashMap<Key, Kept>> {
    let (body, sum) = bytes.split_last_chunk::<4>().map(|(body, sum)| (body, *sum))?;
    if crc32fast::hash(body).to_le_bytes() != sum {
        return None;
    }
    let mut rest = body.strip_prefix(MAGIC)?;
    let mut vectors = HashMap::new();
    while !rest.is_empty() {
        let (key, after) = rest.split_first_chunk::<KEY>()?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (numbers, after) = after.split_at_checked(length.checked_mul(2)?)?;
        let numbers = numbers.chunks_exact(2).filter_map(|pair| pair.try_into().ok());
        let vector = numbers.map(f16::from_le_bytes).collect();
        vectors.insert(*key, Kept { vector, is_used: false });
        rest = after;
    }
    Some(vectors)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Encodes a text as its length, and counts how often.
    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl Encoder for Counting {
        fn name(&self) -> &'static str {
            "counting"
        }

        fn dimensions(&self) -> usize {
            2
        }

        fn encode(&self, text: &str) -> Result<Encoded, EncodeError> {
            self.0.fetch_add(1, Ordering::Relaxed);
            let mut whole = vec![1.0, f32::from(u8::try_from(text.len()).unwrap())];
            normalise(&mut whole);
            Ok(Encoded { telling: whole.clone(), whole, clauses: vec![] })
        }
    }

    #[test]
    fn what_is_kept_is_not_encoded_again_and_what_is_unused_goes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/vectors.bin");
        let encoder = Counting::default();
        let first = KeptVectors::open(file.clone());
        let a = first.encode(&encoder, "a").unwrap();
        first.encode(&encoder, "bb").unwrap();
        first.save();
        let second = KeptVectors::open(file.clone());
        let again = second.encode(&encoder, "a").unwrap();
        assert!((again.whole[1] - a.whole[1]).abs() < 1e-3);
        assert_eq!(encoder.0.load(Ordering::Relaxed), 2, "not encoded again");
        second.save();
        KeptVectors::open(file).encode(&encoder, "bb").unwrap();
        assert_eq!(encoder.0.load(Ordering::Relaxed), 3, "was not in use any more");
    }

    #[test]
    fn a_damaged_file_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("vectors.bin");
        let encoder = Counting::default();
        let kept = KeptVectors::open(file.clone());
        kept.encode(&encoder, "a").unwrap();
        kept.save();
        let mut bytes = fs::read(&file).unwrap();
        bytes[30] ^= 1;
        fs::write(&file, &bytes).unwrap();
        KeptVectors::open(file).encode(&encoder, "a").unwrap();
        assert_eq!(encoder.0.load(Ordering::Relaxed), 2);
    }
}
