//! Entries as a file of the knowledge folder. A new folder gets what every desk needs as well.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::catalog::{ByLanguage, Catalog, FaqEntry};
use crate::import::{Found, ImportError, base};

/// What was written.
#[derive(Debug, PartialEq, Eq)]
pub struct Written {
    /// The files, in the order of their making.
    pub files: Vec<PathBuf>,
    /// How many entries the knowledge now has.
    pub entries: usize,
}

impl Found {
    /// Writes the entries to the file `name` of `folder`; a folder without knowledge also gets phrases,
    /// small talk and labelled messages for a shop called `shop`. With a mistake anywhere nothing is
    /// left behind.
    pub fn write(&self, folder: &Path, name: &str, shop: &str) -> Result<Written, ImportError> {
        install(folder, name, shop, &|known| self.as_toml(known))
    }

    /// The entries, and the categories that are not `known`, as TOML.
    pub fn as_toml(&self, known: Option<&Catalog>) -> String {
        let is_known = |name: &str| match known {
            Some(catalog) => catalog.categories.iter().any(|category| category.name == name),
            None => base::files("").iter().any(|(_, text)| {
                text.contains("[[category]]") && text.contains(&format!("name = {}", quoted(name)))
            }),
        };
        let mut out =
            String::from("# Imported: from now on this file is the truth, edit it here.\n");
        for name in self.categories().into_iter().filter(|name| !is_known(name)) {
            let _ = write!(out, "\n[[category]]\nname = {}\n", quoted(name));
        }
        for entry in &self.entries {
            out.push_str(&entry_as_toml(entry));
        }
        out
    }
}

/// Writes a file of the knowledge folder, and what every desk needs where the folder is new; all of it or
/// nothing. `text` is told what the folder knows already.
pub(super) fn install(
    folder: &Path,
    name: &str,
    shop: &str,
    text: &dyn Fn(Option<&Catalog>) -> String,
) -> Result<Written, ImportError> {
    let target = folder.join(name);
    if target.exists() {
        return Err(ImportError::Exists(target));
    }
    let unwritable = |file: &Path, source| ImportError::File { file: file.to_owned(), source };
    let is_new_folder = !folder.exists();
    fs::create_dir_all(folder).map_err(|source| unwritable(folder, source))?;
    let has_knowledge = has_toml(folder).map_err(|source| unwritable(folder, source))?;
    let known = if has_knowledge { Some(Catalog::load(folder)?) } else { None };
    let mut texts: Vec<(&str, String)> = if known.is_some() { vec![] } else { base::files(shop) };
    texts.push((name, text(known.as_ref())));
    let mut files = Vec::new();
    let written = texts.iter().try_for_each(|(name, text)| {
        let file = folder.join(name);
        files.push(file.clone());
        fs::write(&file, text).map_err(|source| unwritable(&file, source))
    });
    let loaded = written.and_then(|()| Ok(Catalog::load(folder)?));
    match loaded {
        Ok(catalog) => Ok(Written { files, entries: catalog.entries.len() }),
        Err(error) => {
            for file in &files {
                let _ = fs::remove_file(file); // it may not be there
            }
            if is_new_folder {
                let _ = fs::remove_dir(folder); // it is empty but for others' files
            }
            Err(error)
        }
    }
}

fn has_toml(folder: &Path) -> std::io::Result<bool> {
    let mut files = fs::read_dir(folder)?.filter_map(Result::ok);
    Ok(files.any(|file| file.path().extension().is_some_and(|end| end == "toml")))
}

fn entry_as_toml(entry: &FaqEntry) -> String {
    let mut out = format!("\n[[faq]]\nid = {}\n", quoted(&entry.id));
    if let Some(category) = &entry.category {
        let _ = writeln!(out, "category = {}", quoted(category));
    }
    let texts = |out: &mut String, key: &str, texts: &ByLanguage<String>| {
        for (language, text) in [("en", &texts.en), ("zh", &texts.zh)] {
            if !text.is_empty() {
                let _ = writeln!(out, "{key}.{language} = {}", quoted(text));
            }
        }
    };
    texts(&mut out, "question", &entry.question);
    for (language, variants) in [("en", &entry.variants.en), ("zh", &entry.variants.zh)] {
        if !variants.is_empty() {
            let variants: Vec<String> = variants.iter().map(|text| quoted(text)).collect();
            let _ = writeln!(out, "variants.{language} = [{}]", variants.join(", "));
        }
    }
    texts(&mut out, "answer", &entry.answer);
    out
}

/// A text as TOML writes it.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(lines: &str) -> Found {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("list.csv");
        fs::write(&file, lines).unwrap();
        Found::read(&[file]).unwrap()
    }

    const LIST: &str = "id,question,answer,category\nopen,\"When are \"\"you\"\" open?\",\"From 9\nto 5\",store\nfish,Fish?,Yes,zoo\n";

    #[test]
    fn a_new_folder_becomes_knowledge_that_loads() {
        let folder = tempfile::tempdir().unwrap();
        let intents = folder.path().join("mine");
        let written = found(LIST).write(&intents, "faq.toml", "Acme").unwrap();
        assert_eq!((written.entries, written.files.len()), (2, 9));
        let catalog = Catalog::load(&intents).unwrap();
        let entry = &catalog.entries[0];
        assert_eq!(entry.question.en, "When are \"you\" open?");
        assert_eq!(
            (entry.answer.en.as_str(), entry.category.as_deref()),
            ("From 9\nto 5", Some("store"))
        );
        assert!(catalog.categories.iter().any(|category| category.name == "zoo"));
        let all = fs::read_to_string(intents.join("smalltalk.toml")).unwrap();
        assert!(all.contains("Acme") && !all.contains("Lumen"));
    }

    #[test]
    fn what_is_there_is_kept_and_mistakes_leave_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let intents = folder.path();
        found(LIST).write(intents, "faq.toml", "Acme").unwrap();
        let before = fs::read_dir(intents).unwrap().count();
        let again = found(LIST).write(intents, "faq.toml", "Acme").unwrap_err().to_string();
        assert!(
            again.ends_with("faq.toml: is there already; give another --as, or remove it first"),
            "{again}"
        );
        let twice = found(LIST).write(intents, "more.toml", "Acme").unwrap_err().to_string();
        assert!(twice.starts_with("nothing is written") && twice.contains("`open`"), "{twice}");
        assert_eq!(fs::read_dir(intents).unwrap().count(), before);
        let more = found("id,question,answer,category\nnext,Next?,Yes,zoo\n");
        assert_eq!(more.write(intents, "more.toml", "Acme").unwrap().entries, 3);
    }
}
