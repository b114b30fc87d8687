//! Writes files of the knowledge: each aside first, onto the disk, and then in place of the old one, so
//! that nobody ever reads half a file. When one cannot be written, none is changed.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// A file with the text that it is to have and the one that it has.
pub(super) struct Rewrite {
    /// Where it lies.
    pub(super) path: PathBuf,
    /// Its text now.
    pub(super) before: String,
    /// Its text to be.
    pub(super) after: String,
}

/// Replaces all files, or none.
pub(super) fn replace(files: &[Rewrite]) -> Result<(), String> {
    let mut ready = Vec::new();
    for file in files {
        match aside(&file.path, &file.after) {
            Ok(aside) => ready.push(aside),
            Err(error) => {
                discard_all(&ready);
                return Err(told(&file.path, &error));
            }
        }
    }
    for (at, (aside, path)) in ready.iter().enumerate() {
        if let Err(error) = fs::rename(aside, path).and_then(|()| settle(path)) {
            discard_all(&ready);
            for done in files.iter().take(at + 1) {
                put_back(done);
            }
            return Err(told(path, &error));
        }
    }
    Ok(())
}

/// Why nothing can be written to the folder, if so.
pub(super) fn obstacle(folder: &Path) -> Option<String> {
    let access = rustix::fs::access(folder, rustix::fs::Access::WRITE_OK);
    access.err().map(|error| told(folder, &error.into()))
}

fn put_back(file: &Rewrite) {
    let written = aside(&file.path, &file.before).and_then(|(aside, path)| {
        fs::rename(aside, &path)?;
        settle(&path)
    });
    if let Err(error) = written {
        tracing::error!(%error, file = %file.path.display(), "a file could not be put back");
    }
}

/// Writes a text beside its file, and gives both places. A link is followed: what it points to is
/// replaced, not the link.
fn aside(path: &Path, text: &str) -> io::Result<(PathBuf, PathBuf)> {
    let path = fs::canonicalize(path)?;
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let aside = path.with_file_name(format!(".{name}.new"));
    let written = File::create(&aside).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.set_permissions(fs::metadata(&path)?.permissions())?;
        file.sync_all()
    });
    match written {
        Ok(()) => Ok((aside, path)),
        Err(error) => {
            discard(&aside);
            Err(error)
        }
    }
}

fn discard_all(ready: &[(PathBuf, PathBuf)]) {
    for (aside, _) in ready {
        discard(aside);
    }
}

fn discard(aside: &Path) {
    // it may have been renamed, or never have been there
    let _ = fs::remove_file(aside);
}

/// A rename is on the disk once its folder is.
fn settle(path: &Path) -> io::Result<()> {
    path.parent().map_or(Ok(()), |folder| File::open(folder)?.sync_all())
}

fn told(path: &Path, error: &io::Error) -> String {
    format!("{}: {error}", path.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rewrite(path: PathBuf, before: &str, after: &str) -> Rewrite {
        Rewrite { path, before: before.to_owned(), after: after.to_owned() }
    }

    #[test]
    fn all_files_are_replaced_or_none() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("a.toml"), "1").unwrap();
        fs::write(at("b.toml"), "1").unwrap();
        let both = [rewrite(at("a.toml"), "1", "2"), rewrite(at("b.toml"), "1", "2")];
        // what is in the way of one keeps the other too
        fs::create_dir(at(".b.toml.new")).unwrap();
        let refused = replace(&both).unwrap_err();
        assert!(refused.contains("b.toml"), "{refused}");
        assert_eq!(fs::read_to_string(at("a.toml")).unwrap(), "1");
        assert!(!at(".a.toml.new").exists());
        fs::remove_dir(at(".b.toml.new")).unwrap();
        replace(&both).unwrap();
        assert_eq!(fs::read_to_string(at("a.toml")).unwrap(), "2");
        assert_eq!(fs::read_to_string(at("b.toml")).unwrap(), "2");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        assert_eq!(obstacle(folder.path()), None);
        assert!(obstacle(&at("nowhere")).is_some());
    }

    #[test]
    #[cfg(unix)]
    fn a_link_stays_a_link_and_permissions_stay() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let folder = tempfile::tempdir().unwrap();
        let (real, link) = (folder.path().join("real.toml"), folder.path().join("a.toml"));
        fs::write(&real, "1").unwrap();
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&real, &link).unwrap();
        replace(&[rewrite(link.clone(), "1", "2")]).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "2");
        assert_eq!(fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o640);
    }
}
