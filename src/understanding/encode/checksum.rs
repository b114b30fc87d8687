//! A model's files against the checksums that came with it, so that a damaged download is refused
//! with its name before anything is computed from it.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::understanding::encode::EncodeError;

/// The file that names the others' SHA-256 sums, as `sha256sum` writes it.
pub(super) const SUMS: &str = "SHA256SUMS";
/// Read at once.
const CHUNK: usize = 1 << 18;

/// Names of files with their SHA-256 sums in hexadecimal digits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checksums(Vec<(String, String)>);

impl Checksums {
    /// The file of a folder in which they stand.
    pub const FILE: &str = SUMS;

    /// What `SHA256SUMS` of a folder says.
    pub fn read(folder: &Path) -> Result<Self, EncodeError> {
        let list = folder.join(SUMS);
        let text = fs::read_to_string(&list)
            .map_err(|source| EncodeError::Unreadable { file: list.clone(), source })?;
        let mut sums = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let Some((sum, name)) = line.split_once("  ") else {
                let message = format!("line {}: expected a checksum and a name", at + 1);
                return Err(EncodeError::damaged(&list, message));
            };
            sums.push((name.trim().to_owned(), sum.to_owned()));
        }
        Ok(Self(sums))
    }

    /// The sums that files of a folder have now.
    pub fn of(folder: &Path, names: &[String]) -> Result<Self, EncodeError> {
        let sums = names.par_iter().map(|name| Ok((name.clone(), checked_sum(folder, name)?)));
        sums.collect::<Result<_, EncodeError>>().map(Self)
    }

    /// The sum of a file.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, sum)| sum.as_str())
    }

    /// Checks files of `folder` that have other sums here; files without one are not looked at.
    pub fn agree(&self, folder: &Path, others: &Self) -> Result<(), EncodeError> {
        let mut pairs =
            self.0.iter().filter_map(|(name, sum)| Some((name, sum, others.get(name)?)));
        match pairs.find(|(_, sum, other)| !sum.eq_ignore_ascii_case(other)) {
            Some((name, sum, other)) => Err(wrong(&folder.join(name), sum, other)),
            None => Ok(()),
        }
    }

    /// The text of a `SHA256SUMS`.
    pub fn text(&self) -> String {
        self.0.iter().fold(String::new(), |mut text, (name, sum)| {
            let _ = writeln!(text, "{sum}  {name}");
            text
        })
    }
}

/// Checks the files `needed` of `folder` against what its `SHA256SUMS` says.
pub(super) fn verify(folder: &Path, needed: &[&str]) -> Result<(), EncodeError> {
    let sums = Checksums::read(folder)?;
    needed.par_iter().try_for_each(|name| {
        let Some(expected) = sums.get(name) else {
            let message = format!("names no checksum for {name}");
            return Err(EncodeError::damaged(&folder.join(SUMS), message));
        };
        let sum = checked_sum(folder, name)?;
        let is_right = sum.eq_ignore_ascii_case(expected);
        if is_right { Ok(()) } else { Err(wrong(&folder.join(name), &sum, expected)) }
    })
}

fn wrong(file: &Path, sum: &str, expected: &str) -> EncodeError {
    EncodeError::damaged(file, format!("wrong checksum: {sum}, {SUMS} says {expected}"))
}

fn checked_sum(folder: &Path, name: &str) -> Result<String, EncodeError> {
    let file = folder.join(name);
    checksum_of(&file).map_err(|source| EncodeError::Unreadable { file, source })
}

/// The SHA-256 sum of a file in hexadecimal digits.
pub fn checksum_of(file: &Path) -> io::Result<String> {
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
