//! The folder with the models: what is there, what comes in, what goes. A model is a folder in it;
//! one that is not complete and tried out has a name that begins with a dot, and is never read.

mod hub;
mod install;
mod pull;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

pub use hub::{HubError, Progress, Source};
pub use install::Added;
pub use pull::Pulled;

use crate::understanding::encode::{self, EncodeError};

/// The file that whoever changes the folder holds locked.
const LOCK: &str = ".lock";

/// The name of a model, which is the name of its folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelName(String);

impl ModelName {
    /// Takes letters, digits, `.`, `_` and `-`, not beginning with a dot.
    pub fn parse(name: &str) -> Result<Self, ModelsError> {
        let is_fit = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
        let fits = (1..=100).contains(&name.len()) && name.bytes().all(is_fit);
        if fits && !name.starts_with(['.', '-']) {
            Ok(Self(name.to_owned()))
        } else {
            Err(ModelsError::Name(name.to_owned()))
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A model that is there.
#[derive(Debug)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// How many numbers a vector has, or what is wrong with the model.
    pub dimensions: Result<usize, EncodeError>,
    /// How much room it takes.
    pub bytes: u64,
}

/// The models cannot be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum ModelsError {
    /// A name that no model can have.
    #[error("`{0}` is no name for a model: letters, digits, `.`, `_` and `-`, at most 100")]
    Name(String),
    /// There is a model of that name.
    #[error("{}: there is a model of this name; remove it first, or choose another by --name", .0.display())]
    Exists(PathBuf),
    /// There is no such model.
    #[error("{}: there is no such model", .0.display())]
    Missing(PathBuf),
    /// Somebody else is at it.
    #[error("{}: another process is changing the models", .0.display())]
    Busy(PathBuf),
    /// The model is not one that this server runs, or damaged.
    #[error(transparent)]
    Encode(#[from] EncodeError),
    /// The hub gives no whole file.
    #[error(transparent)]
    Hub(#[from] HubError),
    /// A file cannot be read or written.
    #[error("{}: {source}", file.display())]
    Io {
        /// The file.
        file: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The folder with the models.
#[derive(Clone, Debug)]
pub struct Models {
    folder: PathBuf,
}

/// Holds the folder for changes.
struct Hold {
    _file: File,
}

impl Models {
    /// The models of a folder, which need not be there.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// What is there, by name. Files, and folders that begin with a dot, are no models.
    pub fn list(&self) -> Result<Vec<Listed>, ModelsError> {
        let mut listed = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(io_at(&self.folder))? {
            let entry = entry.map_err(io_at(&self.folder))?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = entry.path();
            if path.is_dir() && !name.starts_with('.') {
                let bytes = size_of(&path).map_err(io_at(&path))?;
                listed.push(Listed { name, dimensions: encode::check(&path), bytes });
            }
        }
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(listed)
    }

    /// Takes a model out. It is gone at once, whole.
    pub fn remove(&self, name: &ModelName) -> Result<(), ModelsError> {
        let _hold = self.hold()?;
        let path = self.path(name);
        if !path.is_dir() {
            return Err(ModelsError::Missing(path));
        }
        let aside = self.aside(name, "removed");
        clear(&aside)?;
        fs::rename(&path, &aside).map_err(io_at(&path))?;
        clear(&aside)
    }

    fn path(&self, name: &ModelName) -> PathBuf {
        self.folder.join(name.as_str())
    }

    /// A folder for a model that is coming or going.
    fn aside(&self, name: &ModelName, what: &str) -> PathBuf {
        self.folder.join(format!(".{}.{what}", name.as_str()))
    }

    /// Makes the folder where there is none, and waits for nobody.
    fn hold(&self) -> Result<Hold, ModelsError> {
        fs::create_dir_all(&self.folder).map_err(io_at(&self.folder))?;
        let lock = self.folder.join(LOCK);
        let file = File::create(&lock).map_err(io_at(&lock))?;
        match file.try_lock() {
            Ok(()) => Ok(Hold { _file: file }),
            Err(TryLockError::WouldBlock) => Err(ModelsError::Busy(self.folder.clone())),
            Err(TryLockError::Error(source)) => Err(ModelsError::Io { file: lock, source }),
        }
    }
}

/// Removes a folder with all that is in it, where there is one.
fn clear(folder: &Path) -> Result<(), ModelsError> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_at(folder)(error)),
        _ => Ok(()),
    }
}

fn io_at(file: &Path) -> impl FnOnce(io::Error) -> ModelsError {
    let file = file.to_owned();
    move |source| ModelsError::Io { file, source }
}

fn size_of(folder: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let about = entry.metadata()?;
        bytes += if about.is_dir() { size_of(&entry.path())? } else { about.len() };
    }
    Ok(bytes)
}
