//! The secrets of the data folder: one signs visitor tokens, one seals second factors. Each is made at the
//! first start and is readable by its owner only. Whoever removes the first signs all visitors out;
//! without the second no code of an app counts any more, only recovery codes.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

use rand::Rng;

/// Signs visitor tokens.
pub(super) const VISITOR: &str = "visitor-token.key";
/// Seals second factors.
pub(super) const SECOND_FACTOR: &str = "second-factor.key";

/// Reads the secret, or makes one.
pub(super) fn load(data: &Path, name: &str) -> io::Result<[u8; 32]> {
    let path = data.join(name);
    match fs::read(&path) {
        Ok(bytes) => bytes.try_into().map_err(|_| {
            let message = format!("{} is damaged: it must have 32 bytes", path.display());
            io::Error::new(io::ErrorKind::InvalidData, message)
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(data, name),
        Err(error) => Err(error),
    }
}

/// Writes beside the place and renames, so that a crash leaves no half secret.
fn make(data: &Path, name: &str) -> io::Result<[u8; 32]> {
    let mut secret = [0; 32];
    rand::rng().fill_bytes(&mut secret);
    let draft = data.join(format!("{name}.new"));
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&draft)?;
    file.write_all(&secret)?;
    file.sync_all()?;
    fs::rename(&draft, data.join(name))?;
    fs::File::open(data)?.sync_all()?;
    Ok(secret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secret_is_made_once_and_kept_private() {
        let folder = tempfile::tempdir().unwrap();
        let first = load(folder.path(), VISITOR).unwrap();
        assert_ne!(first, [0; 32]);
        assert_eq!(load(folder.path(), VISITOR).unwrap(), first);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = fs::metadata(folder.path().join(VISITOR)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_damaged_secret_is_named() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(VISITOR), b"short").unwrap();
        let error = load(folder.path(), VISITOR).unwrap_err();
        assert!(error.to_string().contains("is damaged"), "{error}");
    }
}
