//! Vectors of the knowledge's texts, kept in a file, so that a restart encodes only what is new; a
//! second file may come with the knowledge, so that a first start has nothing to encode. A file that is
//! missing, of another version or damaged costs time, never answers: every vector stands under the hash
//! of its model and text, and the file has a checksum.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::{fs, io};

use crate::understanding::encode::vector_file::{KEY, Key, key_of, sealed, unsealed, write};
use crate::understanding::encode::{Embedding, EncodeError, Encoded, Encoder, as_bytes, normalise};

/// The first bytes of the file, with its version.
const MAGIC: &[u8; 8] = b"FDVECS03";

/// Which of a text's vectors are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Parts {
    /// That of the whole text, for sorting.
    pub whole: bool,
    /// That in which rarer words count more, for finding.
    pub telling: bool,
}

impl Parts {
    /// For sorting and for finding.
    pub const ALL: Self = Self { whole: true, telling: true };
    /// For sorting.
    pub const WHOLE: Self = Self { whole: true, telling: false };
    /// For finding.
    pub const TELLING: Self = Self { whole: false, telling: true };
}

/// A vector as bytes with their scale, and what became of it since the file was opened.
struct Kept {
    numbers: Box<[i8]>,
    scale: f32,
    is_used: bool,
    /// Where it came from.
    source: Source,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Source {
    /// The vectors that came with the knowledge.
    Shipped,
    File,
    /// Encoded now.
    New,
}

type Vectors = HashMap<Key, Kept>;

/// Vectors by model and text.
#[derive(Default)]
pub struct KeptVectors {
    shipped: Option<PathBuf>,
    file: Option<PathBuf>,
    /// Read when the first is asked for, and given back when they are saved.
    vectors: Mutex<Option<Vectors>>,
}

impl KeptVectors {
    /// Vectors that are forgotten with the process.
    pub fn in_memory() -> Self {
        Self::default()
    }

    /// Vectors kept in `file`.
    pub fn open(file: PathBuf) -> Self {
        Self { file: Some(file), ..Self::default() }
    }

    /// The same, where those of `shipped` need not be kept again.
    #[must_use]
    pub fn beside(self, shipped: PathBuf) -> Self {
        Self { shipped: Some(shipped), ..self }
    }

    /// The vectors of some texts: kept, or encoded now. Parts that are not wanted are empty, and so are
    /// clauses: only questions are read by clause.
    pub(super) fn encode(
        &self,
        encoder: &dyn Encoder,
        texts: &[(&str, Parts)],
    ) -> Result<Vec<Encoded>, EncodeError> {
        let mut all: Vec<Option<Encoded>> =
            texts.iter().map(|(text, parts)| self.known(encoder, text, *parts)).collect();
        let missing: Vec<&str> = texts
            .iter()
            .zip(&all)
            .filter(|(_, known)| known.is_none())
            .map(|(of, _)| of.0)
            .collect();
        if !missing.is_empty() {
            let mut fresh = encoder.encode_together(&missing)?.into_iter();
            for ((text, parts), place) in texts.iter().zip(&mut all) {
                if place.is_none() {
                    *place = fresh.next().map(|fresh| self.keep(encoder, text, *parts, fresh));
                }
            }
        }
        let all: Option<Vec<Encoded>> = all.into_iter().collect();
        all.ok_or_else(|| EncodeError::Inference("a text was left out".to_owned()))
    }

    /// The vectors of a text, where all that are wanted are kept.
    fn known(&self, encoder: &dyn Encoder, text: &str, parts: Parts) -> Option<Encoded> {
        let find = |is_wanted: bool, part: u8| -> Option<Embedding> {
            let key = key_of(encoder.name(), part, text);
            if is_wanted { self.find(&key, encoder.dimensions()) } else { Some(Vec::new()) }
        };
        let (whole, telling) = (find(parts.whole, WHOLE)?, find(parts.telling, TELLING)?);
        Some(Encoded { whole, telling, clauses: Vec::new() })
    }

    fn keep(&self, encoder: &dyn Encoder, text: &str, parts: Parts, fresh: Encoded) -> Encoded {
        let keep = |is_wanted: bool, part: u8, vector: Embedding| {
            if !is_wanted {
                return Vec::new();
            }
            self.insert(key_of(encoder.name(), part, text), &vector);
            vector
        };
        Encoded {
            whole: keep(parts.whole, WHOLE, fresh.whole),
            telling: keep(parts.telling, TELLING, fresh.telling),
            clauses: Vec::new(),
        }
    }

    fn find(&self, key: &Key, width: usize) -> Option<Embedding> {
        self.with(|vectors| {
            let kept = vectors.get_mut(key).filter(|kept| kept.numbers.len() == width)?;
            kept.is_used = true;
            let mut vector: Embedding =
                kept.numbers.iter().map(|number| f32::from(*number) * kept.scale).collect();
            normalise(&mut vector);
            Some(vector)
        })
    }

    fn insert(&self, key: Key, vector: &[f32]) {
        let (numbers, scale) = as_bytes(vector);
        let numbers = numbers.into_boxed_slice();
        let kept = Kept { numbers, scale, is_used: true, source: Source::New };
        self.with(|vectors| vectors.insert(key, kept));
    }

    /// Writes what is in use to the file, and gives back the memory; without a file, nothing. What
    /// cannot be written stays in memory.
    pub fn save(&self) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let mut held = self.lock();
        let Some(vectors) = held.take() else { return Ok(()) };
        let mut own = vectors.values().filter(|kept| kept.source != Source::Shipped);
        if own.all(|kept| kept.source == Source::File && kept.is_used) {
            return Ok(()); // the file is as it should be
        }
        let written = write(file, &encode(&vectors));
        if written.is_err() {
            *held = Some(vectors);
        }
        written
    }

    fn with<R>(&self, work: impl FnOnce(&mut Vectors) -> R) -> R {
        work(self.lock().get_or_insert_with(|| self.read()))
    }

    fn read(&self) -> Vectors {
        let mut vectors = Vectors::new();
        for (file, source) in [(&self.file, Source::File), (&self.shipped, Source::Shipped)] {
            let bytes = file.as_ref().and_then(|file| fs::read(file).ok());
            vectors.extend(bytes.and_then(|bytes| decode(&bytes, source)).unwrap_or_default());
        }
        vectors
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Option<Vectors>> {
        self.vectors.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

const WHOLE: u8 = 0;
const TELLING: u8 = 1;

/// The file: magic, then for each vector its key, its length, its scale and its numbers; last a
/// checksum. In order of keys, so that the same vectors are the same file.
fn encode(vectors: &Vectors) -> Vec<u8> {
    let is_own = |kept: &Kept| kept.is_used && kept.source != Source::Shipped;
    let mut own: Vec<_> = vectors.iter().filter(|(_, kept)| is_own(kept)).collect();
    own.sort_unstable_by_key(|(key, _)| **key);
    let mut out = MAGIC.to_vec();
    for (key, kept) in own {
        let Ok(length) = u32::try_from(kept.numbers.len()) else { continue };
        out.extend(key);
        out.extend(length.to_le_bytes());
        out.extend(kept.scale.to_le_bytes());
        out.extend(kept.numbers.iter().flat_map(|number| number.to_le_bytes()));
    }
    sealed(out)
}

fn decode(bytes: &[u8], source: Source) -> Option<Vectors> {
    let mut rest = unsealed(bytes, MAGIC)?;
    let mut vectors = HashMap::new();
    while !rest.is_empty() {
        let (key, after) = rest.split_first_chunk::<KEY>()?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let (scale, after) = after.split_first_chunk::<4>()?;
        let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
        let (numbers, after) = after.split_at_checked(length)?;
        let numbers = numbers.iter().map(|byte| i8::from_le_bytes([*byte])).collect();
        let scale = f32::from_le_bytes(*scale);
        vectors.insert(*key, Kept { numbers, scale, is_used: false, source });
        rest = after;
    }
    Some(vectors)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::encode::counting::Counting;

    #[test]
    fn what_is_kept_is_not_encoded_again_and_what_is_unused_goes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deep/vectors.bin");
        let encoder = Counting::default();
        let first = KeptVectors::open(file.clone());
        let a = first.encode(&encoder, &[("a", Parts::ALL)]).unwrap();
        first.encode(&encoder, &[("bb", Parts::WHOLE)]).unwrap();
        first.save().unwrap();
        let second = KeptVectors::open(file.clone());
        let again = second.encode(&encoder, &[("a", Parts::ALL)]).unwrap();
        assert!((again[0].whole[1] - a[0].whole[1]).abs() < 0.01);
        assert_eq!(again[0].whole.len(), again[0].telling.len());
        assert_eq!(encoder.count(), 2, "not encoded again");
        second.save().unwrap();
        KeptVectors::open(file).encode(&encoder, &[("bb", Parts::WHOLE)]).unwrap();
        assert_eq!(encoder.count(), 3, "was not in use any more");
    }

    #[test]
    fn what_came_with_the_knowledge_is_not_kept_twice() {
        let folder = tempfile::tempdir().unwrap();
        let (shipped, own) = (folder.path().join("shipped.bin"), folder.path().join("own.bin"));
        let encoder = Counting::default();
        let before = KeptVectors::open(shipped.clone());
        before.encode(&encoder, &[("a", Parts::TELLING)]).unwrap();
        before.save().unwrap();
        let open = || KeptVectors::open(own.clone()).beside(shipped.clone());
        let kept = open();
        assert_eq!(
            kept.encode(&encoder, &[("a", Parts::TELLING)]).unwrap()[0].whole,
            Vec::<f32>::new()
        );
        kept.save().unwrap();
        assert!(!own.exists(), "nothing is new");
        kept.encode(&encoder, &[("bb", Parts::WHOLE)]).unwrap();
        kept.save().unwrap();
        assert!(fs::metadata(&own).unwrap().len() < fs::metadata(&shipped).unwrap().len() + 1);
        open().encode(&encoder, &[("bb", Parts::WHOLE)]).unwrap();
        assert_eq!(encoder.count(), 2);
        open().encode(&encoder, &[("bb", Parts::ALL)]).unwrap();
        assert_eq!(encoder.count(), 3, "its other part was not wanted before");
    }

    #[test]
    fn what_cannot_be_written_is_told_and_kept_in_memory() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("file"), "not a folder").unwrap();
        let encoder = Counting::default();
        let kept = KeptVectors::open(folder.path().join("file/vectors.bin"));
        kept.encode(&encoder, &[("a", Parts::ALL)]).unwrap();
        assert!(kept.save().is_err() && kept.save().is_err(), "told as often as it is tried");
        kept.encode(&encoder, &[("a", Parts::ALL)]).unwrap();
        assert_eq!(encoder.count(), 1);
    }

    #[test]
    fn a_damaged_file_is_as_good_as_none() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("vectors.bin");
        let encoder = Counting::default();
        let kept = KeptVectors::open(file.clone());
        kept.encode(&encoder, &[("a", Parts::ALL)]).unwrap();
        kept.save().unwrap();
        let mut bytes = fs::read(&file).unwrap();
        bytes[30] ^= 1;
        fs::write(&file, &bytes).unwrap();
        KeptVectors::open(file).encode(&encoder, &[("a", Parts::ALL)]).unwrap();
        assert_eq!(encoder.count(), 2);
    }
}
