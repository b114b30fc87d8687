//! A model's files against the checksums that came with it, so that a damaged download is refused
//! with its name before anything is computed from it.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::understanding::encode::EncodeError;

/// The file that names the others' SHA-256 sums, as `sha256sum` writes it.
const SUMS: &str = "SHA256SUMS";
/// Read at once.
const CHUNK: usize = 1 << 18;

/// Checks every file of `folder` that `SHA256SUMS` names and `is_needed` wants.
pub(super) fn verify(folder: &Path, needed: &[&str]) -> Result<(), EncodeError> {
    let list = folder.join(SUMS);
    let text = fs::read_to_string(&list)
        .map_err(|source| EncodeError::Unreadable { file: list.clone(), source })?;
    let mut sums = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let Some((sum, name)) = line.split_once("  ") else {
            let message = format!("line {}: expected a checksum and a name", at + 1);
            return Err(EncodeError::damaged(&list, message));
        };
        sums.push((name.trim(), sum));
    }
    needed.par_iter().try_for_each(|name| {
        let file = folder.join(name);
        let Some((_, expected)) = sums.iter().find(|(known, _)| known == name) else {
            return Err(EncodeError::damaged(&list, format!("names no checksum for {name}")));
        };
        let sum = sum_of(&file)
            .map_err(|source| EncodeError::Unreadable { file: file.clone(), source })?;
        if sum.eq_ignore_ascii_case(expected) {
            Ok(())
        } else {
            let message = format!("wrong checksum: {sum}, {SUMS} says {expected}");
            Err(EncodeError::damaged(&file, message))
        }
    })
}

/// The SHA-256 sum of a file in hexadecimal digits.
fn sum_of(file: &Path) -> io::Result<String> {
    let (mut reader, mut hasher) = (File::open(file)?, Sha256::new());
    let mut buffer = vec![0; CHUNK];
    loop {
        let count = reader.read(&mut buffer)?;
        if count == 0 {
            return Ok(hex::encode(hasher.finalize()));
        }
        hasher.update(buffer.get(..count).unwrap_or_default());
    }
}
