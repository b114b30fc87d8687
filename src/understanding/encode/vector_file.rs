//! What files of vectors have in common: a magic with a version first, a checksum last, keys instead of
//! texts, and an exchange at once.

use std::path::Path;
use std::{fs, io};

use sha2::{Digest, Sha256};

/// Bytes of a key.
pub(super) const KEY: usize = 16;

pub(super) type Key = [u8; KEY];

/// Exchanges the file at once.
pub(super) fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let aside = file.with_extension(format!("new-{}", std::process::id()));
    file.parent().map_or(Ok(()), fs::create_dir_all)?;
    let written = fs::write(&aside, bytes).and_then(|()| fs::rename(&aside, file));
    if written.is_err() {
        let _ = fs::remove_file(&aside);
    }
    written
}

/// Under what the vectors of a text are found; `part` tells which of them.
pub(super) fn key_of(model: &str, part: u8, text: &str) -> Key {
    let digest =
        Sha256::new().chain_update(model).chain_update([0, part]).chain_update(text).finalize();
    let mut key = Key::default();
    for (to, from) in key.iter_mut().zip(digest) {
        *to = from;
    }
    key
}

/// The file with its checksum.
pub(super) fn sealed(mut file: Vec<u8>) -> Vec<u8> {
    file.extend(crc32fast::hash(&file).to_le_bytes());
    file
}

/// What stands between magic and checksum; nothing where one of them is wrong.
pub(super) fn unsealed<'a>(file: &'a [u8], magic: &[u8]) -> Option<&'a [u8]> {
    let (body, sum) = file.split_last_chunk::<4>()?;
    body.strip_prefix(magic).filter(|_| crc32fast::hash(body).to_le_bytes() == *sum)
}
