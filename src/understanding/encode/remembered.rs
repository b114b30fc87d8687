//! What encoders read, kept in a file for the next time: who reads the same messages again and again,
//! with knowledge that changes, encodes each text once. The file holds no words, but vectors from
//! which much of a text can be guessed (Morris et al. 2023): it is as private as the texts.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::{fs, io};

use crate::understanding::encode::vector_file::{KEY, Key, key_of, sealed, unsealed, write};
use crate::understanding::encode::{Embedding, EncodeError, Encoded, Encoder, Encoders};

/// The first bytes of the file, with its version.
const MAGIC: &[u8; 8] = b"FDREAD01";
/// The part of a key that tells these vectors from those of the knowledge.
const READ: u8 = 2;

/// Texts that were read, by encoder.
pub struct Remembered {
    file: PathBuf,
    texts: Mutex<HashMap<Key, Text>>,
}

/// What a text became, and whether somebody asked for it since the file was opened.
struct Text {
    encoded: Encoded,
    is_used: bool,
}

/// An encoder that looks first whether it has read a text before.
struct Remembering {
    inner: Arc<dyn Encoder>,
    remembered: Arc<Remembered>,
}

impl Remembered {
    /// What `file` has; nothing where there is none yet. One that is something else or damaged is
    /// refused, so that no other file is written over.
    pub fn open(file: &Path) -> io::Result<Arc<Self>> {
        let texts = match fs::read(file) {
            Ok(bytes) => decode(&bytes).ok_or_else(|| {
                let message = "is no file of this command, of another version, or damaged";
                io::Error::new(io::ErrorKind::InvalidData, message)
            })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => HashMap::new(),
            Err(error) => return Err(error),
        };
        Ok(Arc::new(Self { file: file.to_owned(), texts: Mutex::new(texts) }))
    }

    /// The same encoders, which encode only what they have not read before.
    pub fn before(self: &Arc<Self>, encoders: &Encoders) -> Encoders {
        encoders.each(|inner| Arc::new(Remembering { inner, remembered: Arc::clone(self) }))
    }

    /// Writes what was asked for since the file was opened; the rest goes.
    pub fn save(&self) -> io::Result<()> {
        write(&self.file, &encode(&self.lock()))
    }

    fn find(&self, key: &Key) -> Option<Encoded> {
        let mut texts = self.lock();
        let text = texts.get_mut(key)?;
        text.is_used = true;
        Some(text.encoded.clone())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Key, Text>> {
        self.texts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Encoder for Remembering {
    fn name(&self) -> &str {
        self.inner.name()
    }

    fn dimensions(&self) -> usize {
        self.inner.dimensions()
    }

    fn is_word(&self, word: &str) -> bool {
        self.inner.is_word(word)
    }

    fn rest(&self) {
        self.inner.rest();
    }

    fn encode(&self, text: &str) -> Result<Encoded, EncodeError> {
        let key = key_of(self.name(), READ, text);
        if let Some(known) = self.remembered.find(&key) {
            return Ok(known);
        }
        let encoded = self.inner.encode(text)?;
        let text = Text { encoded: encoded.clone(), is_used: true };
        self.remembered.lock().insert(key, text);
        Ok(encoded)
    }

    fn at_once(&self) -> usize {
        self.inner.at_once()
    }

    // the knowledge's texts, whose vectors are kept elsewhere
    fn encode_together(&self, texts: &[&str]) -> Result<Vec<Encoded>, EncodeError> {
        self.inner.encode_together(texts)
    }

    fn is_there(&self) -> bool {
        self.inner.is_there()
    }
}

/// The file: magic, then for each text its key, the number of its vectors (the whole, the telling one, the
/// clauses), and each vector's length and numbers, all bits of them, so that the same is decided as
/// without it; last a checksum. In order of keys.
fn encode(texts: &HashMap<Key, Text>) -> Vec<u8> {
    let mut used: Vec<_> = texts.iter().filter(|(_, text)| text.is_used).collect();
    used.sort_unstable_by_key(|(key, _)| **key);
    let mut out = MAGIC.to_vec();
    for (key, Text { encoded, .. }) in used {
        let vectors: Vec<&Embedding> =
            [&encoded.whole, &encoded.telling].into_iter().chain(&encoded.clauses).collect();
        out.extend(key);
        out.extend(size(vectors.len()));
        for vector in vectors {
            out.extend(size(vector.len()));
            out.extend(vector.iter().flat_map(|number| number.to_le_bytes()));
        }
    }
    sealed(out)
}

fn size(count: usize) -> [u8; 4] {
    u32::try_from(count).unwrap_or(u32::MAX).to_le_bytes()
}

fn decode(bytes: &[u8]) -> Option<HashMap<Key, Text>> {
    let mut rest = unsealed(bytes, MAGIC)?;
    let mut texts = HashMap::new();
    while !rest.is_empty() {
        let (key, after) = rest.split_first_chunk::<KEY>()?;
        rest = after;
        let mut vectors = Vec::new();
        for _ in 0..take_size(&mut rest)? {
            vectors.push(take_vector(&mut rest)?);
        }
        let mut vectors = vectors.into_iter();
        let (whole, telling) = (vectors.next()?, vectors.next()?);
        let encoded = Encoded { whole, telling, clauses: vectors.collect() };
        texts.insert(*key, Text { encoded, is_used: false });
    }
    Some(texts)
}

fn take_size(rest: &mut &[u8]) -> Option<usize> {
    let (size, after) = rest.split_first_chunk::<4>()?;
    *rest = after;
    usize::try_from(u32::from_le_bytes(*size)).ok()
}

fn take_vector(rest: &mut &[u8]) -> Option<Embedding> {
    let length = take_size(rest)?;
    let (numbers, after) = rest.split_at_checked(length.checked_mul(4)?)?;
    *rest = after;
    let (numbers, _) = numbers.as_chunks::<4>();
    Some(numbers.iter().map(|four| f32::from_le_bytes(*four)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::WrittenIn;
    use crate::understanding::encode::Meaning;
    use crate::understanding::encode::counting::Counting;

    fn read(file: &Path, inner: &Arc<Counting>, texts: &[&str]) -> Vec<Meaning> {
        let remembered = Remembered::open(file).unwrap();
        let encoders = remembered.before(&Encoders::new(Arc::clone(inner) as _, None));
        let read = texts.iter().map(|text| encoders.read(text, WrittenIn::En).unwrap()).collect();
        remembered.save().unwrap();
        read
    }

    #[test]
    fn a_text_is_encoded_once_and_reads_the_same_from_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let (file, inner) = (folder.path().join("read.bin"), Arc::new(Counting::default()));
        let count = || inner.count();
        let texts = ["one", "two clauses, here", "one"];
        let first = read(&file, &inner, &texts);
        assert_eq!((count(), first[1].multilingual.clauses.len()), (2, 2));
        assert_eq!(read(&file, &inner, &texts), first, "to the last bit");
        assert_eq!(count(), 2, "nothing was encoded again");
        // what is not asked for any more goes
        read(&file, &inner, &["one"]);
        read(&file, &inner, &texts);
        assert_eq!(count(), 3);
    }

    #[test]
    fn a_file_that_is_something_else_or_damaged_is_refused_and_stays() {
        let folder = tempfile::tempdir().unwrap();
        let (file, inner) = (folder.path().join("read.bin"), Arc::new(Counting::default()));
        read(&file, &inner, &["one"]);
        let whole = fs::read(&file).unwrap();
        let mut damaged = whole.clone();
        damaged[30] ^= 1;
        for bytes in
            [b"[dependencies]".to_vec(), damaged, whole[..whole.len() - 3].to_vec(), vec![]]
        {
            fs::write(&file, &bytes).unwrap();
            let refused = Remembered::open(&file).err().unwrap();
            assert_eq!(refused.kind(), io::ErrorKind::InvalidData);
            assert_eq!(fs::read(&file).unwrap(), bytes);
        }
    }
}
