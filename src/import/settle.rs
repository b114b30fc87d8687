//! A haul as a file of the knowledge folder, and what of it the knowledge can take: it is tried beside
//! what is there already, and whatever would be a mistake is left out by name, until nothing is.

use std::fs;
use std::path::Path;

use crate::catalog::{ByLanguage, Catalog, IntentAct, Mistakes};
use crate::domain::Language;
use crate::import::haul::{At, HaulIntent, Wording};
use crate::import::write::{Written, install};
use crate::import::{Haul, ImportError, base};

/// What the file is called while it is tried: it comes last, so that the mistakes are told of it.
const TRIED: &str = "~~import.toml";

/// A part that can be left out by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Piece {
    Entry(usize),
    Variant(usize, usize),
    Intent(usize),
    Example(usize, usize),
    Synonym(usize),
    Word(usize, usize),
    Pattern(usize),
}

/// Lines of TOML, and which part each belongs to.
#[derive(Default)]
struct Lines {
    lines: Vec<(String, Option<Piece>)>,
}

impl Lines {
    fn push(&mut self, line: impl Into<String>, piece: Piece) {
        self.lines.push((line.into(), Some(piece)));
    }

    fn table(&mut self, name: &str, piece: Piece) {
        self.lines.push((String::new(), None));
        self.push(format!("[[{name}]]"), piece);
    }

    fn texts(&mut self, key: &str, texts: &ByLanguage<String>, piece: Piece) {
        for (language, text) in [("en", &texts.en), ("zh", &texts.zh)] {
            if !text.is_empty() {
                self.push(format!("{key}.{language} = {}", quoted(text)), piece);
            }
        }
    }

    /// A list a language, one text a line.
    fn lists(&mut self, key: &str, texts: &[Wording], whole: Piece, part: impl Fn(usize) -> Piece) {
        for language in Language::ALL {
            let of = texts.iter().enumerate().filter(|(_, text)| text.language == language);
            let of: Vec<(usize, &Wording)> = of.collect();
            if of.is_empty() {
                continue;
            }
            self.push(format!("{key}.{} = [", language.code()), whole);
            for (at, text) in of {
                self.push(format!("  {},", quoted(&text.text)), part(at));
            }
            self.push("]", whole);
        }
    }
}

/// A text as a basic string of TOML, on one line. (JSON's escapes are among TOML's.)
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

impl Haul {
    /// Leaves out what the knowledge of `folder` cannot take. A folder without knowledge is taken for
    /// one that has what every desk needs, for a shop called `shop`.
    pub fn settle(&mut self, folder: &Path, shop: &str) -> Result<(), ImportError> {
        let unwritable = |source| ImportError::File { file: folder.to_owned(), source };
        let stage = tempfile::tempdir().map_err(unwritable)?;
        stage_knowledge(folder, stage.path(), shop).map_err(unwritable)?;
        let tried = stage.path().join(TRIED);
        while !self.is_empty() {
            let lines = self.lines();
            fs::write(&tried, joined(&lines)).map_err(unwritable)?;
            let Err(mistakes) = Catalog::load(stage.path()) else { return Ok(()) };
            if !self.leave_mistakes(&lines, &mistakes, folder, stage.path()) {
                let at_home = |text: &str| relocated(text, stage.path(), folder);
                let mut mistakes = mistakes;
                for mistake in &mut mistakes.0 {
                    mistake.message = at_home(&mistake.message);
                    mistake.file = at_home(&mistake.file.to_string_lossy()).into();
                }
                return Err(ImportError::Knowledge(mistakes));
            }
        }
        Ok(())
    }

    /// Writes what was settled to the file `name` of `folder`.
    pub fn write(&self, folder: &Path, name: &str, shop: &str) -> Result<Written, ImportError> {
        let first = "# Imported: from now on this file is the truth, edit it here.\n";
        install(folder, name, shop, &|_| format!("{first}{}", joined(&self.lines())))
    }

    fn lines(&self) -> Lines {
        let mut out = Lines::default();
        for (at, entry) in self.entries.iter().enumerate() {
            let piece = Piece::Entry(at);
            out.table("faq", piece);
            out.push(format!("id = {}", quoted(&entry.id)), piece);
            out.texts("question", &entry.question, piece);
            out.lists("variants", &entry.variants, piece, |text| Piece::Variant(at, text));
            out.texts("answer", &entry.answer, piece);
        }
        for (at, intent) in self.intents.iter().enumerate() {
            let piece = Piece::Intent(at);
            out.table("intent", piece);
            out.push(format!("name = {}", quoted(&intent.name)), piece);
            match intent.act {
                IntentAct::Ask => {}
                IntentAct::Smalltalk => out.push("act = \"smalltalk\"", piece),
                IntentAct::Human => out.push("act = \"human\"", piece),
            }
            if let Some(entry) = &intent.entry {
                out.push(format!("entry = {}", quoted(entry)), piece);
            }
            if let Some(reply) = &intent.reply {
                out.texts("reply", reply, piece);
            }
            out.lists("examples", &intent.examples, piece, |text| Piece::Example(at, text));
        }
        for (at, synonym) in self.synonyms.iter().enumerate() {
            let piece = Piece::Synonym(at);
            out.table("synonym", piece);
            out.lists("words", &synonym.words, piece, |word| Piece::Word(at, word));
        }
        for (at, pattern) in self.patterns.iter().enumerate() {
            let piece = Piece::Pattern(at);
            out.table("entity", piece);
            out.push(format!("name = {}", quoted(&pattern.name)), piece);
            out.push(format!("pattern = {}", quoted(&pattern.pattern)), piece);
        }
        out
    }

    /// Leaves out the parts with mistakes; says whether there were any.
    fn leave_mistakes(
        &mut self,
        lines: &Lines,
        mistakes: &Mistakes,
        folder: &Path,
        stage: &Path,
    ) -> bool {
        let mut wrong: Vec<(Piece, String)> = Vec::new();
        for mistake in &mistakes.0 {
            let is_ours = mistake.file.ends_with(TRIED);
            let line = if is_ours { Some(mistake.line) } else { line_in(&mistake.message) };
            let piece = line.and_then(|line| lines.lines.get(line.checked_sub(1)?)?.1);
            let Some(piece) = piece else { continue };
            if !wrong.iter().any(|(known, _)| *known == piece) {
                wrong.push((piece, relocated(&mistake.message, stage, folder)));
            }
        }
        // the last ones first, so that the places of the others stay
        wrong.sort_by_key(|(piece, _)| std::cmp::Reverse(*piece));
        let mut told = Vec::new();
        for (piece, why) in &wrong {
            if let Some(at) = self.remove(*piece) {
                told.push((at, why));
            }
        }
        for (at, why) in told.iter().rev() {
            self.leave(at, *why);
        }
        self.drop_hollow();
        !told.is_empty()
    }

    fn remove(&mut self, piece: Piece) -> Option<At> {
        let gone =
            |list: &mut Vec<Wording>, at: usize| (at < list.len()).then(|| list.remove(at).at);
        match piece {
            Piece::Entry(at) => (at < self.entries.len()).then(|| self.entries.remove(at).at),
            Piece::Intent(at) => (at < self.intents.len()).then(|| self.intents.remove(at).at),
            Piece::Synonym(at) => (at < self.synonyms.len()).then(|| self.synonyms.remove(at).at),
            Piece::Pattern(at) => (at < self.patterns.len()).then(|| self.patterns.remove(at).at),
            Piece::Variant(entry, at) => gone(&mut self.entries.get_mut(entry)?.variants, at),
            Piece::Example(intent, at) => gone(&mut self.intents.get_mut(intent)?.examples, at),
            Piece::Word(synonym, at) => gone(&mut self.synonyms.get_mut(synonym)?.words, at),
        }
    }

    /// Synonyms of which one word is left, and intents that lost all examples, say nothing any more.
    fn drop_hollow(&mut self) {
        self.synonyms.retain(|synonym| synonym.words.len() > 1);
        let (kept, hollow): (Vec<HaulIntent>, Vec<HaulIntent>) =
            std::mem::take(&mut self.intents).into_iter().partition(|i| !i.examples.is_empty());
        self.intents = kept;
        for intent in hollow {
            self.leave(&intent.at, format!("no example is left of `{}`", intent.name));
        }
    }
}

fn joined(lines: &Lines) -> String {
    let lines: Vec<&str> = lines.lines.iter().map(|(line, _)| line.as_str()).collect();
    lines.join("\n") + "\n"
}

/// The line of the tried file that a mistake elsewhere points to.
fn line_in(message: &str) -> Option<usize> {
    let (_, rest) = message.split_once(&format!("{TRIED}:"))?;
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

/// A message about the stage as one about the folder.
fn relocated(message: &str, stage: &Path, folder: &Path) -> String {
    let text = message.replace(&*stage.to_string_lossy(), &folder.to_string_lossy());
    match text.split_once(TRIED) {
        // a line of a file that is not written yet tells nobody anything
        Some((before, after)) => {
            let after = after.trim_start_matches(|c: char| c == ':' || c.is_ascii_digit());
            let before = before.trim_end_matches(&format!("{}/", folder.display()));
            format!("{before}what is imported{after}")
        }
        None => text,
    }
}

fn stage_knowledge(folder: &Path, stage: &Path, shop: &str) -> std::io::Result<()> {
    let mut is_new = true;
    if folder.exists() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            let name = path.file_name().filter(|_| path.extension().is_some_and(|e| e == "toml"));
            if let Some(name) = name {
                fs::copy(&path, stage.join(name))?;
                is_new = false;
            }
        }
    }
    if is_new {
        for (name, text) in base::files(shop) {
            fs::write(stage.join(name), text)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::haul::{HaulPattern, HaulSynonym, Wanted};

    fn haul() -> Haul {
        let at = |line| At::new(Path::new("bot.yml"), line);
        let text = |text: &str, line| Wording::of(text, at(line));
        let mut haul = Haul::default();
        let wanted = |name: &str, line, examples: &[&str], answer: &str| Wanted {
            name: name.to_owned(),
            at: at(line),
            examples: (line + 1..).zip(examples).map(|(line, said)| text(said, line)).collect(),
            answers: vec![text(answer, line)],
        };
        haul.take(wanted(
            "hours",
            1,
            &["When are you \"open\"?", "opening times"],
            "9 to 5,\nevery day",
        ));
        haul.take(wanted("hours_too", 10, &["opening times"], "9 to 5"));
        haul.take(wanted("greeting", 20, &["ahoy"], "Ahoy!"));
        let words = vec![text("parcel", 30), text("consignment", 31)];
        haul.synonyms.push(HaulSynonym { at: at(30), words: words.clone() });
        haul.synonyms.push(HaulSynonym { at: at(32), words });
        let pattern = |pattern: &str, line| HaulPattern {
            name: format!("p{line}"),
            at: at(line),
            pattern: pattern.to_owned(),
        };
        haul.patterns = vec![pattern("\\d{9}", 40), pattern("(?<!a)b", 41)];
        haul
    }

    #[test]
    fn what_the_knowledge_cannot_take_is_named_and_the_rest_loads() {
        let folder = tempfile::tempdir().unwrap();
        let intents = folder.path().join("mine");
        let mut haul = haul();
        haul.settle(&intents, "Acme").unwrap();
        assert!(!intents.exists(), "settling writes nothing");
        let told: Vec<String> = haul.left_out.iter().map(ToString::to_string).collect();
        let told_of = |line: usize, part: &str| {
            let place = format!("bot.yml:{line}: ");
            told.iter().any(|told| told.starts_with(&place) && told.contains(part))
        };
        assert!(told_of(11, "`opening times` stands for intent `hours`"), "{told:#?}");
        assert!(told_of(20, "intent `greeting` stands at"), "{told:#?}");
        assert!(told_of(32, "synonym") || told_of(30, "synonym"), "{told:#?}");
        assert!(told_of(41, "the pattern cannot be used"), "{told:#?}");
        assert!(told.iter().all(|told| !told.contains(TRIED)), "{told:#?}");
        let written = haul.write(&intents, "bot.toml", "Acme").unwrap();
        assert_eq!(written.files.len(), 9);
        let catalog = Catalog::load(&intents).unwrap();
        let entry = catalog.entries.iter().find(|entry| entry.id == "hours").unwrap();
        assert_eq!(entry.question.en, "When are you \"open\"?");
        assert_eq!(entry.answer.en, "9 to 5,\nevery day");
        assert!(catalog.intents.iter().any(|intent| intent.name == "hours"));
        assert_eq!((catalog.synonyms.len(), catalog.patterns.len()), (1, 1));
    }

    #[test]
    fn knowledge_with_mistakes_of_its_own_is_not_added_to() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.toml"), "[[faq]]\nid = 1\n").unwrap();
        let error = haul().settle(folder.path(), "Acme").unwrap_err().to_string();
        let place = folder.path().join("a.toml").display().to_string();
        assert!(error.contains(&format!("{place}:2: ")), "{error}");
    }
}
