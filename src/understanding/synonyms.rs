//! Other words for a word of the knowledge, as the operator lists them: messages and knowledge are
//! read with the one word that counts. What was replaced is not replaced again, so nothing goes round.

use std::borrow::Cow;
use std::sync::Arc;

use fxhash::FxHashMap;

use crate::catalog::{Catalog, Synonym};
use crate::domain::Language;
use crate::understanding::entities::Folded;

/// The operator's synonyms; cheap to copy.
#[derive(Clone, Debug, Default)]
pub(super) struct Synonyms(Arc<Known>);

#[derive(Debug, Default)]
struct Known {
    /// By each form of a word what it is read as; nothing where it stays.
    meant: FxHashMap<String, Option<String>>,
    /// The lengths of the forms in bytes, longest first.
    lengths: Vec<usize>,
}

impl Synonyms {
    /// Those of a catalog.
    pub(super) fn of(catalog: &Catalog) -> Self {
        let mut known = Known::default();
        for Synonym { words } in &catalog.synonyms {
            for language in Language::ALL {
                known.add(words.get(language));
            }
        }
        known.lengths = known.meant.keys().map(String::len).collect();
        known.lengths.sort_unstable_by(|a, b| b.cmp(a));
        known.lengths.dedup();
        Self(Arc::new(known))
    }

    /// The text with the words that count.
    pub(super) fn read<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.rewrite(text).map_or(Cow::Borrowed(text), Cow::Owned)
    }

    /// The same, where that is another text.
    pub(super) fn rewrite(&self, text: &str) -> Option<String> {
        if self.0.lengths.is_empty() {
            return None;
        }
        let folded = Folded::new(text);
        let mut out = String::new();
        let (mut at, mut copied) = (0, 0);
        while at < folded.lower.len() {
            let Some((length, meant)) = self.0.at(&folded, at) else {
                let next = folded.lower.get(at..).and_then(|rest| rest.chars().next());
                at += next.map_or(1, char::len_utf8);
                continue;
            };
            if let (Some(meant), Some((place, _))) = (meant, folded.written(&(at..at + length))) {
                out.push_str(text.get(copied..place.start).unwrap_or_default());
                out.push_str(meant);
                copied = place.end;
            }
            at += length;
        }
        out.push_str(text.get(copied..).unwrap_or_default());
        (copied > 0).then_some(out)
    }
}

impl Known {
    /// Adds words that mean the same; the first is the one that counts.
    fn add(&mut self, words: &[String]) {
        let Some(first) = words.first() else { return };
        for word in words {
            let meant = (word != first).then(|| first.clone());
            for form in forms(&Folded::new(word).lower) {
                self.meant.entry(form).or_insert_with(|| meant.clone());
            }
        }
    }

    /// The longest form that stands at a byte of a text as a word of its own.
    fn at(&self, text: &Folded<'_>, at: usize) -> Option<(usize, Option<&str>)> {
        let found = |length: &usize| {
            let meant = self.meant.get(text.lower.get(at..at + length)?)?;
            let stands = text.stands_alone(&(at..at + length), "-");
            stands.then_some((*length, meant.as_deref()))
        };
        self.lengths.iter().find_map(found)
    }
}

/// A word as it may be written: an English one also in the plural.
fn forms(word: &str) -> Vec<String> {
    let mut forms = vec![word.to_owned()];
    if word.chars().count() > 2 && word.ends_with(|c: char| c.is_ascii_lowercase()) {
        forms.push(format!("{word}s"));
        forms.push(format!("{word}es"));
        forms.extend(word.strip_suffix('y').map(|stem| format!("{stem}ies")));
    }
    forms
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{ByLanguage, FaqEntry};
    use crate::understanding::{Asked, Understanding};

    fn catalog() -> Catalog {
        let list = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        let words = ByLanguage {
            en: list(&["parcel", "package", "delivery box", "box"]),
            zh: list(&["包裹", "快件", "件儿"]),
        };
        let entry = |id: &str, en: &str, zh: &str| FaqEntry {
            id: id.to_owned(),
            question: ByLanguage { en: en.to_owned(), zh: zh.to_owned() },
            answer: ByLanguage { en: "Look.".to_owned(), zh: "请看。".to_owned() },
            ..FaqEntry::default()
        };
        let entries = vec![
            entry("track", "where is my parcel", "我的包裹在哪里"),
            entry("wallet", "where is my wallet", "我的钱包在哪里"),
            entry("hours", "when are you open", "几点营业"),
        ];
        Catalog { entries, synonyms: vec![Synonym { words }], ..Catalog::default() }
    }

    #[test]
    fn words_are_read_as_the_one_that_counts() {
        let synonyms = Synonyms::of(&catalog());
        for (text, read_as) in [
            ("Where is my Package?", Some("Where is my parcel?")),
            ("two PACKAGES, a delivery box and a box", Some("two parcel, a parcel and a parcel")),
            ("packaged boxer jukebox in-box", None),
            ("the parcel, the parcels", None),
            ("我的快件呢，還有ｂｏｘ", Some("我的包裹呢，還有parcel")),
            ("İbox box", Some("İbox parcel")),
            ("", None),
        ] {
            assert_eq!(synonyms.rewrite(text).as_deref(), read_as, "{text}");
        }
        assert_eq!(Synonyms::default().rewrite("a box"), None);
    }

    #[test]
    fn a_synonym_finds_the_entry_and_the_reading_says_how_it_was_read() {
        let understanding = Understanding::train(&catalog(), None, &|_, _| true).unwrap();
        for (text, read_as) in
            [("where is the box", "where is the parcel"), ("快件在哪里", "包裹在哪里")]
        {
            let reading = understanding.read(&Asked { text, ..Asked::default() });
            assert_eq!(reading.answers[0].id, "track", "{text}");
            assert_eq!(reading.read_as.as_deref(), Some(read_as));
        }
    }

    #[test]
    fn knowledge_that_says_it_otherwise_is_found_as_well() {
        let mut catalog = catalog();
        catalog.entries[0].question.en = "where is my package".to_owned();
        let understanding = Understanding::train(&catalog, None, &|_, _| true).unwrap();
        for text in ["where is my package", "where is my parcel"] {
            let reading = understanding.read(&Asked { text, ..Asked::default() });
            assert_eq!(reading.answers[0].id, "track", "{text}");
            assert!(reading.answers[0].cosine > 0.9, "{text}: {:?}", reading.answers[0]);
        }
    }
}
