//! Synonyms: words that messages use for a word of the knowledge; and the names to which an entry
//! is kept.

use toml::Spanned;

use crate::catalog::file::SynonymTable;
use crate::catalog::load::Loader;
use crate::catalog::mistakes::Collector;
use crate::catalog::{ByLanguage, Synonym};

/// Most characters of a word.
const LONGEST_WORD: usize = 40;
/// Most characters of the name of a site or a segment.
const LONGEST_NAME: usize = 200;

impl Loader {
    /// Takes words that mean the same. A word that stands in two places would have two meanings, or
    /// two words would be read as each other in turn.
    pub(super) fn synonym(&mut self, table: SynonymTable, notes: &mut Collector<'_>) {
        let at = table.words.span().start;
        let list = table.words.into_inner();
        if list.en.is_empty() && list.zh.is_empty() {
            notes.note(at, "a synonym has words in one language at least");
        }
        let mut taken = |words: Vec<Spanned<String>>| {
            if let [alone] = words.as_slice() {
                let message = format!("`{}` has no synonym beside it", alone.as_ref());
                notes.note(alone.span().start, message);
            }
            words.into_iter().filter_map(|word| self.synonym_word(&word, notes)).collect()
        };
        let words = ByLanguage { en: taken(list.en), zh: taken(list.zh) };
        self.catalog.synonyms.push(Synonym { words });
    }

    fn synonym_word(
        &mut self,
        word: &Spanned<String>,
        notes: &mut Collector<'_>,
    ) -> Option<String> {
        let (at, text) = (word.span().start, word.as_ref().trim());
        if text.chars().count() > LONGEST_WORD {
            notes.note(at, format!("a synonym has {LONGEST_WORD} characters at most"));
            return None;
        }
        if !text.chars().any(char::is_alphanumeric) {
            notes.note(at, "a synonym needs a letter or a digit");
            return None;
        }
        self.define("synonym", &Spanned::new(word.span(), text.to_lowercase()), notes);
        Some(text.to_owned())
    }
}

/// The names of sites or segments to which an entry is kept; nothing where it is for everybody.
pub(super) fn kept_to(
    names: Option<Spanned<Vec<Spanned<String>>>>,
    kind: &str,
    notes: &mut Collector<'_>,
) -> Vec<String> {
    let Some(names) = names else { return vec![] };
    if names.as_ref().is_empty() {
        let message = format!("`{kind}` is empty: leave it out where an entry is for everybody");
        notes.note(names.span().start, message);
    }
    let mut kept: Vec<String> = Vec::new();
    for name in names.into_inner() {
        let (at, name) = (name.span().start, name.as_ref().trim().to_owned());
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            let message = format!("a name in `{kind}` has 1 to {LONGEST_NAME} characters");
            notes.note(at, message);
        } else if kept.contains(&name) {
            notes.note(at, format!("`{name}` stands in `{kind}` already"));
        } else {
            kept.push(name);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use crate::catalog::Catalog;

    const REPLIES: &str = include_str!("../../intents/replies.toml");

    fn load(text: &str) -> Result<Catalog, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.toml"), text).unwrap();
        std::fs::write(folder.path().join("replies.toml"), REPLIES).unwrap();
        Catalog::load(folder.path()).map_err(|mistakes| {
            let told = mistakes.to_string();
            told.replace(&format!("{}/", folder.path().display()), "")
        })
    }

    #[test]
    fn synonyms_of_both_languages_are_read() {
        let text =
            "[[synonym]]\nwords.en = [\"parcel\", \"package\"]\nwords.zh = [\"包裹\", \"快件\"]";
        let catalog = load(text).unwrap();
        assert_eq!(catalog.synonyms[0].words.en, ["parcel", "package"]);
        assert_eq!(catalog.synonyms[0].words.zh, ["包裹", "快件"]);
    }

    #[test]
    fn synonyms_that_cannot_be_are_refused_with_file_and_line() {
        let one = |words: &str| format!("[[synonym]]\nwords.en = [{words}]\n");
        for (text, expected) in [
            ("[[synonym]]\n".to_owned(), "a.toml:1: missing field `words`"),
            (one(""), "a.toml:2: a synonym has words in one language at least"),
            (one("'box'"), "a.toml:2: `box` has no synonym beside it"),
            (one("'box', ' '"), "a.toml:2: a synonym needs a letter or a digit"),
            (one("'box', 'Box'"), "a.toml:2: synonym `box` stands at a.toml:2 too"),
            (one(&format!("'box', '{}'", "x".repeat(41))), "a.toml:2: a synonym has 40 characters"),
            // a box is read as a parcel, and a parcel as a box
            (
                one("'parcel', 'box'") + &one("'box', 'parcel'"),
                "a.toml:4: synonym `box` stands at a.toml:2 too\n\
                 a.toml:4: synonym `parcel` stands at a.toml:2 too",
            ),
            (
                one("'parcel', 'box'") + &one("'crate', 'parcel'"),
                "a.toml:4: synonym `parcel` stands at a.toml:2 too",
            ),
            (one("'a', 'b'") + "also = ['c']\n", "a.toml:3: unknown field `also`"),
        ] {
            let told = load(&text).unwrap_err();
            assert!(told.starts_with(expected), "{text}\ngives: {told}");
        }
    }

    #[test]
    fn entries_may_be_kept_to_sites_and_segments() {
        let entry =
            |more: &str| format!("[[faq]]\nid='a'\nquestion.en='q'\nanswer.en='a'\n{more}\n");
        let catalog =
            load(&entry("sites = ['https://a.example']\nsegments = ['vip', 'new']")).unwrap();
        assert_eq!(catalog.entries[0].sites, ["https://a.example"]);
        assert_eq!(catalog.entries[0].segments, ["vip", "new"]);
        for (more, expected) in [
            ("sites = []", "a.toml:5: `sites` is empty"),
            ("segments = ['vip', 'vip']", "a.toml:5: `vip` stands in `segments` already"),
            ("segments = ['']", "a.toml:5: a name in `segments` has 1 to 200 characters"),
            ("site = 'x'", "a.toml:5: unknown field `site`"),
            ("sites = 'x'", "a.toml:5: invalid type"),
        ] {
            let told = load(&entry(more)).unwrap_err();
            assert!(told.starts_with(expected), "{more}\ngives: {told}");
        }
    }
}
