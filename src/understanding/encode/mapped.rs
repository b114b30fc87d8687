//! A model's files in memory: mapped, so that only what is touched is read, and numbers in them. Also
//! what is made of a file and then seldom read.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::sync::Arc;

use memmap2::{Mmap, UncheckedAdvice};

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

/// Bytes that lie in a file without a name: put away, they need no memory, and come back when they are
/// read.
pub(super) struct SetAside(&'static Mmap);

impl SetAside {
    /// Writes `bytes` to such a file, for as long as the process lives: so long live encoders.
    pub(super) fn of(bytes: &[u8]) -> io::Result<Self> {
        let mut file = tempfile::tempfile()?;
        file.write_all(bytes)?;
        // SAFETY: the file has no name, so that nobody else can open, change or shorten it.
        #[expect(unsafe_code, reason = "weights of 32 MB, of which inference keeps its own form")]
        let map = unsafe { Mmap::map(&file) }?;
        Ok(Self(Box::leak(Box::new(map))))
    }

    /// The bytes.
    pub(super) fn bytes(&self) -> &'static [u8] {
        self.0
    }

    /// Gives the memory back.
    pub(super) fn put_away(&self) {
        put_away(self.0);
    }
}

/// Gives the memory of a mapped file back; what is read again comes back.
pub(super) fn put_away(file: &Mmap) {
    // SAFETY: every mapping here is a shared one of a file, whose pages come back as they were.
    #[expect(unsafe_code, reason = "no safe form of it, for it would clear other mappings")]
    let _ = unsafe { file.unchecked_advise(UncheckedAdvice::DontNeed) };
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Kilobytes of the mapping at these bytes that are in memory.
    #[cfg(target_os = "linux")]
    fn resident(bytes: &[u8]) -> usize {
        let start = format!("{:x}-", bytes.as_ptr() as usize);
        let maps = std::fs::read_to_string("/proc/self/smaps").unwrap();
        let own = maps.lines().skip_while(|line| !line.starts_with(&start));
        let line = own.skip(1).find(|line| line.starts_with("Rss:")).unwrap();
        line.split_whitespace().nth(1).unwrap().parse().unwrap()
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_is_put_away_needs_no_memory_and_comes_back() {
        let bytes: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
        let aside = SetAside::of(&bytes).unwrap();
        assert_eq!(aside.bytes(), bytes);
        assert!(resident(aside.bytes()) > 0);
        aside.put_away();
        assert_eq!(resident(aside.bytes()), 0);
        assert_eq!(aside.bytes(), bytes, "it is read again");
    }
}
