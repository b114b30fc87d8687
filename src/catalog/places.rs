//! Where names and texts stand in the knowledge files, for whoever has something to say about them.

use std::collections::HashMap;
use std::fmt;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

/// A line of a file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file.
    pub file: Arc<Path>,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file.display(), self.line)
    }
}

/// The places of a catalog's names and texts. These are there once already, so that only a hash of
/// each is kept, of 64 bits: two of a million share one in a case of forty million.
#[derive(Clone, Debug, Default)]
pub struct Places {
    names: HashMap<u64, Place>,
    texts: HashMap<u64, Place>,
    /// All places of the few texts that stand in several.
    repeated: HashMap<u64, Vec<Place>>,
}

impl Places {
    /// Where a name of a kind (`intent`, `FAQ entry`, `category`) is defined.
    pub fn name(&self, kind: &str, name: &str) -> Option<&Place> {
        self.names.get(&hash(&(kind, name)))
    }

    /// Where a text stands as an example, a question or a labelled message.
    pub fn text(&self, text: &str) -> &[Place] {
        let hash = hash(text);
        match self.repeated.get(&hash) {
            Some(places) => places,
            None => self.texts.get(&hash).map(std::slice::from_ref).unwrap_or_default(),
        }
    }

    pub(super) fn note_name(&mut self, kind: &str, name: &str, place: Place) {
        self.names.entry(hash(&(kind, name))).or_insert(place);
    }

    pub(super) fn note_text(&mut self, text: &str, place: Place) {
        let hash = hash(text);
        let Some(first) = self.texts.get(&hash) else {
            self.texts.insert(hash, place);
            return;
        };
        if *first != place {
            let places = self.repeated.entry(hash).or_insert_with(|| vec![first.clone()]);
            if !places.contains(&place) {
                places.push(place);
            }
        }
    }
}

fn hash<T: Hash + ?Sized>(value: &T) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(line: usize) -> Place {
        Place { file: Path::new("faq.toml").into(), line }
    }

    #[test]
    fn a_text_has_each_of_its_places_once_and_a_name_its_first() {
        let mut places = Places::default();
        for (text, line) in [("a", 1), ("b", 2), ("a", 3), ("a", 1), ("a", 3), ("b", 2)] {
            places.note_text(text, place(line));
        }
        assert_eq!(places.text("a"), [place(1), place(3)]);
        assert_eq!(places.text("b"), [place(2)]);
        assert!(places.text("c").is_empty());
        places.note_name("intent", "a", place(4));
        places.note_name("intent", "a", place(5));
        assert_eq!(places.name("intent", "a"), Some(&place(4)));
        assert_eq!(places.name("category", "a"), None);
    }
}
