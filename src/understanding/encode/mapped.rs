//! A model's files in memory: mapped, so that only what is touched is read, and numbers in them.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use memmap2::Mmap;

use crate::understanding::encode::EncodeError;

/// A model's file in memory.
pub(super) fn map(file: &Path) -> Result<Arc<Mmap>, EncodeError> {
    let unreadable = |source| EncodeError::Unreadable { file: file.to_owned(), source };
    let opened = File::open(file).map_err(unreadable)?;
    // SAFETY: model files are read-only data; nothing writes to them while the server runs, and
    // whoever replaces one replaces the folder.
    #[expect(unsafe_code, reason = "a table of 28 MB, of which few rows are ever touched")]
    let map = unsafe { Mmap::map(&opened) }.map_err(unreadable)?;
    Ok(Arc::new(map))
}

/// The number at `at`, little endian.
pub(super) fn number(data: &[u8], at: usize) -> Option<u32> {
    let bytes = data.get(at..at.checked_add(4)?)?;
    bytes.try_into().ok().map(u32::from_le_bytes)
}

/// The number at `at` as a size.
pub(super) fn size(data: &[u8], at: usize) -> Option<usize> {
    number(data, at).and_then(|value| usize::try_from(value).ok())
}
