//! Where names and texts stand in the knowledge files, for whoever has something to say about them.

use std::collections::HashMap;
use std::fmt;
use std::path::PathBuf;

use serde::Serialize;

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file.
    pub file: PathBuf,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// The places of a catalog's names and texts.
#[derive(Clone, Debug, Default)]
pub struct Places {
    names: HashMap<(&'static str, String), Place>,
    texts: HashMap<String, Vec<Place>>,
}

impl Places {
    /// Where a name of a kind (`intent`, `FAQ entry`, `category`) is defined.
    pub fn name(&self, kind: &'static str, name: &str) -> Option<&Place> {
        self.names.get(&(kind, name.to_owned()))
    }

    /// Where a text stands as an example, a question or a labelled message.
    pub fn text(&self, text: &str) -> &[Place] {
        self.texts.get(text).map_or(&[], Vec::as_slice)
    }

    pub(super) fn note_name(&mut self, kind: &'static str, name: String, place: Place) {
        self.names.entry((kind, name)).or_insert(place);
    }

    pub(super) fn note_text(&mut self, text: &str, place: Place) {
        let places = self.texts.entry(text.to_owned()).or_default();
        if !places.contains(&place) {
            places.push(place);
        }
    }
}
