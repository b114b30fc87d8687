//! What was understood of a bot or a page from elsewhere: entries, intents, synonyms and patterns, each
//! with the place where it stood, so that whatever is left out can be named.

use std::path::{Path, PathBuf};

use crate::catalog::{ByLanguage, IntentAct};
use crate::domain::Language;
use crate::import::{Skipped, base};
use crate::understanding::tokenise;

/// Longest text of an answer, in characters.
const LONGEST_ANSWER: usize = 4_000;
/// Longest question or example, in characters.
const LONGEST_QUESTION: usize = 400;

/// Where something stood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct At {
    pub(super) file: PathBuf,
    /// From 1.
    pub(super) line: usize,
}

/// A text with its language and place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Wording {
    pub(super) language: Language,
    pub(super) text: String,
    pub(super) at: At,
}

/// A question with its answer.
#[derive(Clone, Debug, Default)]
pub(super) struct HaulEntry {
    pub(super) id: String,
    pub(super) at: At,
    pub(super) question: ByLanguage<String>,
    pub(super) variants: Vec<Wording>,
    pub(super) answer: ByLanguage<String>,
}

/// Something customers want.
#[derive(Clone, Debug, Default)]
pub(super) struct HaulIntent {
    pub(super) name: String,
    pub(super) at: At,
    pub(super) act: IntentAct,
    /// The entry that answers.
    pub(super) entry: Option<String>,
    /// The words that answer, in both languages.
    pub(super) reply: Option<ByLanguage<String>>,
    pub(super) examples: Vec<Wording>,
}

/// Words that are read as the first of them.
#[derive(Clone, Debug, Default)]
pub(super) struct HaulSynonym {
    pub(super) at: At,
    pub(super) words: Vec<Wording>,
}

/// A regular expression that finds what messages name.
#[derive(Clone, Debug, Default)]
pub(super) struct HaulPattern {
    pub(super) name: String,
    pub(super) at: At,
    pub(super) pattern: String,
}

/// What was understood of files from elsewhere.
#[derive(Debug, Default)]
pub struct Haul {
    pub(super) entries: Vec<HaulEntry>,
    pub(super) intents: Vec<HaulIntent>,
    pub(super) synonyms: Vec<HaulSynonym>,
    pub(super) patterns: Vec<HaulPattern>,
    /// What is not taken, with its file and line.
    pub left_out: Vec<Skipped>,
}

/// How much there is of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct HaulSize {
    /// Entries with a question in English.
    pub english: usize,
    /// Entries with a question in Chinese.
    pub chinese: usize,
    /// Entries.
    pub entries: usize,
    /// Intents.
    pub intents: usize,
    /// Examples of intents and other ways to ask.
    pub examples: usize,
    /// Groups of synonyms.
    pub synonyms: usize,
    /// Patterns.
    pub patterns: usize,
}

/// What somebody says to the bot, before it is known what answers it.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) name: String,
    pub(super) at: At,
    pub(super) examples: Vec<Wording>,
    pub(super) answers: Vec<Wording>,
}

impl At {
    pub(super) fn new(file: &Path, line: usize) -> Self {
        Self { file: file.to_owned(), line }
    }
}

impl Wording {
    /// A text whose words say its language.
    pub(super) fn of(text: &str, at: At) -> Self {
        Self { language: tokenise(text).language, text: text.to_owned(), at }
    }
}

impl Haul {
    /// How much there is.
    pub fn size(&self) -> HaulSize {
        let asked = |is: fn(&HaulEntry) -> bool| self.entries.iter().filter(|e| is(e)).count();
        let variants = self.entries.iter().map(|entry| entry.variants.len()).sum::<usize>();
        let examples = self.intents.iter().map(|intent| intent.examples.len()).sum::<usize>();
        HaulSize {
            english: asked(|entry| !entry.question.en.is_empty()),
            chinese: asked(|entry| !entry.question.zh.is_empty()),
            entries: self.entries.len(),
            intents: self.intents.len(),
            examples: variants + examples,
            synonyms: self.synonyms.len(),
            patterns: self.patterns.len(),
        }
    }

    /// The entries as `id: question / question`, and intents that no entry answers as `name: example`.
    pub fn first(&self, most: usize) -> Vec<String> {
        let entries = self.entries.iter().map(|entry| {
            let both = [entry.question.en.as_str(), entry.question.zh.as_str()];
            let both: Vec<&str> = both.into_iter().filter(|text| !text.is_empty()).collect();
            format!("{}: {}", entry.id, both.join(" / "))
        });
        let alone = self.intents.iter().filter(|intent| intent.entry.is_none());
        let alone = alone.map(|intent| {
            let example = intent.examples.first().map_or("", |text| text.text.as_str());
            format!("{}: {example}", intent.name)
        });
        entries.chain(alone).take(most).collect()
    }

    /// Whether there is nothing to write.
    pub fn is_empty(&self) -> bool {
        let Self { entries, intents, synonyms, patterns, .. } = self;
        entries.is_empty() && intents.is_empty() && synonyms.is_empty() && patterns.is_empty()
    }

    /// Names what is not taken.
    pub(super) fn leave(&mut self, at: &At, why: impl Into<String>) {
        let (file, line) = (at.file.clone(), at.line);
        self.left_out.push(Skipped { file, line, why: why.into() });
    }

    /// Takes what somebody wants, as an entry whose question is the first example, with an intent for
    /// the examples.
    pub(super) fn take(&mut self, wanted: Wanted) {
        let Wanted { name, at, examples, answers } = wanted;
        let mut entry = HaulEntry { id: self.free_id(&name), at: at.clone(), ..Default::default() };
        for answer in answers {
            let language = answer.language;
            let own = match language {
                Language::En => (&mut entry.question.en, &mut entry.answer.en),
                Language::Zh => (&mut entry.question.zh, &mut entry.answer.zh),
            };
            let question = examples.iter().find(|example| example.language == language);
            match question {
                _ if !own.1.is_empty() => self.leave(&answer.at, "one answer a language is taken"),
                _ if answer.text.chars().count() > LONGEST_ANSWER => {
                    let why = format!("the answer has more than {LONGEST_ANSWER} characters");
                    self.leave(&answer.at, why);
                }
                Some(question) => (*own.0, *own.1) = (question.text.clone(), answer.text),
                None => {
                    let why = format!("nobody asks `{name}` in the language of this answer");
                    self.leave(&answer.at, why);
                }
            }
        }
        if entry.answer.en.is_empty() && entry.answer.zh.is_empty() {
            return self.leave(&at, format!("`{name}` has no answer that can be taken"));
        }
        let intent = HaulIntent {
            name,
            at,
            entry: Some(entry.id.clone()),
            examples: self.short(examples),
            ..HaulIntent::default()
        };
        self.entries.push(entry);
        self.intents.push(intent);
    }

    /// Takes a question with its answer, in the language of their words.
    pub(super) fn take_pair(&mut self, question: &str, answer: &str, at: &At) {
        if question.chars().count() > LONGEST_QUESTION {
            let why = format!("the question has more than {LONGEST_QUESTION} characters");
            return self.leave(at, why);
        }
        if answer.chars().count() > LONGEST_ANSWER {
            let why = format!("the answer has more than {LONGEST_ANSWER} characters");
            return self.leave(at, why);
        }
        let id = self.free_id(question);
        let mut entry = HaulEntry { id, at: at.clone(), ..HaulEntry::default() };
        let (question, answer) = (question.to_owned(), answer.to_owned());
        match tokenise(&question).language {
            Language::En => (entry.question.en, entry.answer.en) = (question, answer),
            Language::Zh => (entry.question.zh, entry.answer.zh) = (question, answer),
        }
        self.entries.push(entry);
    }

    /// The examples that are short enough; the others are named.
    pub(super) fn short(&mut self, examples: Vec<Wording>) -> Vec<Wording> {
        let (short, long): (Vec<Wording>, Vec<Wording>) = examples
            .into_iter()
            .partition(|example| example.text.chars().count() <= LONGEST_QUESTION);
        for example in long {
            let why = format!("an example has more than {LONGEST_QUESTION} characters");
            self.leave(&example.at, why);
        }
        short
    }

    /// An id for an entry, from a name or the words of a question.
    fn free_id(&self, name: &str) -> String {
        let is_ascii = name.chars().any(|c| c.is_ascii_alphanumeric());
        let words = if is_ascii { base::id_of(&ascii(name)) } else { String::new() };
        let stem = if words.is_empty() { "entry".to_owned() } else { words };
        let is_free = |id: &String| !self.entries.iter().any(|entry| entry.id == *id);
        let numbered = (2..).map(|number| format!("{stem}-{number}"));
        std::iter::once(stem.clone()).chain(numbered).find(is_free).unwrap_or(stem)
    }
}

fn ascii(text: &str) -> String {
    text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { ' ' }).collect()
}

/// A text without characters that nobody sees, each line without white space at its ends, and with at
/// most one empty line between two.
pub(super) fn plain(text: &str) -> String {
    let is_seen = |c: &char| *c == '\n' || *c == '\t' || !(c.is_control() || is_invisible(*c));
    let text: String = text.replace("\r\n", "\n").chars().filter(is_seen).collect();
    let mut out = String::new();
    let mut empty = 0;
    for line in text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")) {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if !out.is_empty() {
            out.push_str(if empty > 0 { "\n\n" } else { "\n" });
        }
        out.push_str(&line);
        empty = 0;
    }
    out
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_plain() {
        assert_eq!(plain(" a\u{200b}  b \r\n\r\n\n  c\u{7}\u{202e}\nd "), "a b\n\nc\nd");
        assert_eq!(plain(" \n "), "");
    }

    #[test]
    fn what_is_wanted_is_asked_in_the_language_of_its_answer() {
        let at = At::new(Path::new("a.yml"), 3);
        let text = |text| Wording::of(text, at.clone());
        let mut haul = Haul::default();
        haul.take(Wanted {
            name: "faq/Opening hours".to_owned(),
            at: at.clone(),
            examples: vec![text("When are you open?"), text("几点开门")],
            answers: vec![text("From 9."), text("九点。"), text("From ten.")],
        });
        let entry = &haul.entries[0];
        assert_eq!(entry.id, "faq-opening-hours");
        assert_eq!((entry.question.zh.as_str(), entry.answer.zh.as_str()), ("几点开门", "九点。"));
        assert_eq!(haul.intents[0].examples.len(), 2);
        assert_eq!(haul.left_out[0].to_string(), "a.yml:3: one answer a language is taken");
        let examples = vec![text("hello there")];
        let answers = vec![text("你好呀朋友")];
        haul.take(Wanted { name: "x".to_owned(), at: at.clone(), examples, answers });
        assert_eq!(haul.entries.len(), 1, "the answer is in a language in which nobody asks");
        haul.take_pair("几点开门？", "九点。", &at);
        assert_eq!(haul.entries[1].id, "entry");
    }
}
