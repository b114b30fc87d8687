//! What lists of questions with their answers say, in one language each or in both.

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::catalog::{ByLanguage, FaqEntry};
use crate::domain::Language;
use crate::import::table::{Row, read};
use crate::import::{ImportError, base};
use crate::understanding::tokenise;

const IDS: &[&str] = &["id", "key", "编号", "序号"];
const QUESTIONS: &[&str] = &["question", "q", "title", "query", "问题", "标准问题", "标题", "问"];
const ANSWERS: &[&str] =
    &["answer", "a", "reply", "response", "content", "答案", "回答", "内容", "答"];
const VARIANTS: &[&str] =
    &["variants", "alternatives", "similarquestions", "similar", "相似问题", "相似问法", "相似问"];
const CATEGORIES: &[&str] = &["category", "topic", "section", "group", "分类", "类别", "类目"];

/// What was understood of one or more lists.
#[derive(Debug, Default)]
pub struct Found {
    /// The entries, in the order of the first list.
    pub entries: Vec<FoundEntry>,
    /// What was left out.
    pub skipped: Vec<Skipped>,
    places: HashMap<String, usize>,
}

/// An entry as it will be written.
pub type FoundEntry = FaqEntry;

/// A row that says nothing that could be asked or answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// The list.
    pub file: PathBuf,
    /// Its row.
    pub line: usize,
    /// What is missing.
    pub why: String,
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file.display(), self.line, self.why)
    }
}

impl Found {
    /// Reads lists. Rows of a later one with the id of an earlier one are the same entry in another
    /// language.
    pub fn read(files: &[PathBuf]) -> Result<Self, ImportError> {
        let mut found = Self::default();
        for file in files {
            let rows = read(file)?;
            let before = found.entries.len() + found.skipped.len();
            for row in rows {
                found.add(file, &row)?;
            }
            if found.entries.is_empty() && found.skipped.len() == before {
                let message = "holds no rows below the names of its columns".to_owned();
                return Err(ImportError::Format { file: file.clone(), message });
            }
        }
        match (found.entries.is_empty(), found.skipped.first()) {
            (true, Some(first)) => Err(ImportError::Row {
                file: first.file.clone(),
                line: first.line,
                message: format!(
                    "{}; no row has both: the columns must be called `question` and `answer`",
                    first.why
                ),
            }),
            _ => Ok(found),
        }
    }

    /// The categories that the entries name, each once, in their order.
    pub fn categories(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for name in self.entries.iter().filter_map(|entry| entry.category.as_deref()) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    fn add(&mut self, file: &Path, row: &Row) -> Result<(), ImportError> {
        let own = languages(row);
        if let Some(why) = own.missing {
            self.skipped.push(Skipped {
                file: file.to_owned(),
                line: row.line,
                why: why.to_owned(),
            });
            return Ok(());
        }
        let given = row.text(IDS).map(base::id_of);
        let id = given.unwrap_or_else(|| self.made_up(&own.question));
        let wrong = |message| ImportError::Row { file: file.to_owned(), line: row.line, message };
        let at = *self.places.entry(id.clone()).or_insert(self.entries.len());
        if at == self.entries.len() {
            let category = row.text(CATEGORIES).map(str::to_owned);
            self.entries.push(FaqEntry { id: id.clone(), category, ..FaqEntry::default() });
        }
        let Some(entry) = self.entries.get_mut(at) else { return Ok(()) };
        for language in [Language::En, Language::Zh] {
            let (question, answer) = (own.question.get(language), own.answer.get(language));
            if question.is_empty() {
                continue;
            }
            if !entry.question.get(language).is_empty() {
                return Err(wrong(format!(
                    "the id `{id}` has a question in this language already"
                )));
            }
            put(&mut entry.question, language, question.clone());
            put(&mut entry.answer, language, answer.clone());
        }
        for variant in row.list(VARIANTS) {
            match tokenise(&variant).language {
                Language::En => entry.variants.en.push(variant),
                Language::Zh => entry.variants.zh.push(variant),
            }
        }
        Ok(())
    }

    /// An id from the words of a question, where the list has none.
    fn made_up(&self, question: &ByLanguage<String>) -> String {
        let words = base::id_of(&question.en);
        let stem = if words.is_empty() { "entry".to_owned() } else { words };
        let free = |id: &String| !self.places.contains_key(id);
        let numbered = (2..).map(|number| format!("{stem}-{number}"));
        std::iter::once(stem.clone()).chain(numbered).find(free).unwrap_or(stem)
    }
}

fn put(texts: &mut ByLanguage<String>, language: Language, text: String) {
    match language {
        Language::En => texts.en = text,
        Language::Zh => texts.zh = text,
    }
}

/// A row's question and answer by language.
#[derive(Default)]
struct Own {
    question: ByLanguage<String>,
    answer: ByLanguage<String>,
    missing: Option<&'static str>,
}

/// Columns such as `question_en` say their language; of others the words do.
fn languages(row: &Row) -> Own {
    let named = |names: &[&str], ends: &[&str]| {
        let all = names.iter().flat_map(|name| ends.iter().map(move |end| format!("{name}{end}")));
        let all: Vec<String> = all.collect();
        row.text(&all.iter().map(String::as_str).collect::<Vec<_>>()).unwrap_or_default().to_owned()
    };
    let (en, zh) = (["en", "english", "英文"], ["zh", "cn", "chinese", "中文"]);
    let mut own = Own {
        question: ByLanguage { en: named(QUESTIONS, &en), zh: named(QUESTIONS, &zh) },
        answer: ByLanguage { en: named(ANSWERS, &en), zh: named(ANSWERS, &zh) },
        missing: None,
    };
    if let Some(question) = row.text(QUESTIONS) {
        let language = tokenise(question).language;
        put(&mut own.question, language, question.to_owned());
        put(&mut own.answer, language, row.texts(ANSWERS).join("\n"));
    }
    let is_half =
        |language| own.question.get(language).is_empty() != own.answer.get(language).is_empty();
    own.missing = if own.question.en.is_empty() && own.question.zh.is_empty() {
        Some("there is no question")
    } else if is_half(Language::En) || is_half(Language::Zh) {
        Some("there is no answer")
    } else {
        None
    };
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        (folder, file)
    }

    fn questions(found: &Found) -> Vec<(&str, &str, &str)> {
        let entries = found.entries.iter();
        entries.map(|e| (e.id.as_str(), e.question.en.as_str(), e.question.zh.as_str())).collect()
    }

    #[test]
    fn two_lists_with_the_same_ids_are_one_entry_in_two_languages() {
        let (_a, en) = file(
            "en.jsonl",
            "{\"id\": \"cost\", \"question\": \"What is delivery?\", \"answer\": \"5\", \"category\": \"money\"}\n\n{\"id\": 7, \"question\": \"Why?\", \"answer\": \"So.\"}",
        );
        let (_b, zh) =
            file("zh.csv", "编号,问题,答案,相似问法\ncost,运费多少？,\"5,\n元\",要钱吗|how dear");
        let found = Found::read(&[en.clone(), zh]).unwrap();
        assert_eq!(
            questions(&found),
            [("cost", "What is delivery?", "运费多少？"), ("7", "Why?", "")]
        );
        let first = &found.entries[0];
        assert_eq!((first.answer.zh.as_str(), found.categories()), ("5,\n元", vec!["money"]));
        assert_eq!(
            (&first.variants.en[..], &first.variants.zh[..]),
            (&["how dear".to_owned()][..], &["要钱吗".to_owned()][..])
        );
        let twice = Found::read(&[en.clone(), en]).unwrap_err().to_string();
        assert!(
            twice.ends_with("en.jsonl:1: the id `cost` has a question in this language already"),
            "{twice}"
        );
    }

    #[test]
    fn rows_may_have_both_languages_and_no_ids() {
        let text = "question_en\tanswer_en\tquestion_zh\tanswer_zh\nHow long?\tA week\t多久？\t一周\nHow long?\tTwo\t\t\n\t\t谁？\t我\nSo?\t\t\t\n";
        let (_folder, tsv) = file("both.tsv", text);
        let found = Found::read(&[tsv]).unwrap();
        assert_eq!(
            questions(&found),
            [
                ("how-long", "How long?", "多久？"),
                ("how-long-2", "How long?", ""),
                ("entry", "", "谁？")
            ]
        );
        let skipped: Vec<String> =
            found.skipped.iter().map(|s| format!("{} {}", s.line, s.why)).collect();
        assert_eq!(skipped, ["5 there is no answer"]);
    }

    #[test]
    fn what_is_no_list_is_refused_by_name() {
        for (name, text, told) in [
            ("a.txt", "x", "a.txt: is none of .csv, .tsv, .jsonl, .xlsx, .xls, .ods"),
            (
                "a.csv",
                "name,text\nx,y\n",
                "a.csv:2: there is no question; no row has both: the columns must be called `question` and `answer`",
            ),
            ("a.csv", "question,answer\n", "a.csv: holds no rows below the names of its columns"),
            ("a.jsonl", "[1]", "a.jsonl:1: is no JSON object"),
            (
                "a.csv",
                "question,answer\na\n",
                "a.csv:2: CSV error: record 1 (line: 2, byte: 16): found record with 1 fields, but the previous record has 2 fields",
            ),
        ] {
            let (_folder, path) = file(name, text);
            let error = Found::read(&[path]).unwrap_err().to_string();
            assert!(error.ends_with(told), "{error}");
        }
    }
}
