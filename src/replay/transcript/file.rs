//! The shape of a transcript file, and what is wrong with one, by line.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use jiff::civil::DateTime;
use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::domain::{HandoffReason, Language, UrgencyLevel};
use crate::handoff::{Hours, HoursSpec};
use crate::replay::Deed;

/// Transcripts that cannot be run: every mistake with its file and line.
#[derive(Debug, thiserror::Error)]
#[error("{}", .0.join("\n"))]
pub struct TranscriptError(pub Vec<String>);

/// A file of conversations.
#[derive(Debug)]
pub struct Transcript {
    /// The file.
    pub file: PathBuf,
    /// Its conversations, in order; at least one.
    pub conversations: Vec<Conversation>,
}

/// A conversation, and under which circumstances it takes place.
#[derive(Debug)]
pub struct Conversation {
    /// What it is about.
    pub name: String,
    /// The line where it begins, from 1.
    pub line: usize,
    /// The site on which it takes place.
    pub site: Option<String>,
    /// The segments to which the customer belongs.
    pub segments: Vec<String>,
    /// The language that was spoken so far.
    pub language: Option<Language>,
    /// When it takes place, by the clocks of the desk.
    pub clock: Option<DateTime>,
    /// When the desk is open; always, without.
    pub hours: Option<Hours>,
    /// What happens; at least one turn expects something.
    pub turns: Vec<Turn>,
}

/// Something that is said or done.
#[derive(Debug)]
pub struct Turn {
    /// Its line, from 1.
    pub line: usize,
    /// The time from here on.
    pub clock: Option<DateTime>,
    /// What happens.
    pub said: Said,
    /// What the bot should do.
    pub expected: Expectation,
}

/// What happens at a turn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// The customer writes.
    Words(String),
    /// The customer presses a button: its id (`human`, `none`, `faq:…`) or its words.
    Button(String),
    /// An agent does something.
    Agent(AgentAct),
}

/// What an agent does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AgentAct {
    /// Takes the conversation.
    Claims,
    /// Ends it.
    Resolves,
    /// Gives it back to the bot.
    ReturnsToBot,
}

/// What the bot should do; what is not said is not looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expectation {
    /// The kind of deed.
    pub deed: Option<Deed>,
    /// The entry that answers, or any of several.
    pub entry: Vec<String>,
    /// The entries that answer further questions of the same message, in order.
    pub then: Vec<String>,
    /// The likeliest intent.
    pub intent: Option<String>,
    /// Why a person is fetched.
    pub reason: Option<HandoffReason>,
    /// How urgent that is.
    pub urgency: Option<UrgencyLevel>,
    /// The language of the words.
    pub language: Option<Language>,
    /// Entries that are among the buttons.
    pub offers: Vec<String>,
    /// What stands in the words, in any case of letters.
    pub contains: Vec<String>,
    /// What does not stand in them.
    pub lacks: Vec<String>,
}

impl Expectation {
    /// Whether nothing is expected.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    conversation: Vec<Spanned<ConversationTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ConversationTable {
    name: String,
    site: Option<String>,
    #[serde(default)]
    segments: Vec<String>,
    language: Option<Language>,
    clock: Option<String>,
    hours: Option<HoursSpec>,
    #[serde(default)]
    turn: Vec<Spanned<TurnTable>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TurnTable {
    says: Option<String>,
    presses: Option<String>,
    agent: Option<AgentAct>,
    clock: Option<String>,
    expect: Option<Deed>,
    entry: Option<OneOrMany>,
    then: Option<OneOrMany>,
    intent: Option<String>,
    reason: Option<HandoffReason>,
    urgency: Option<UrgencyLevel>,
    language: Option<Language>,
    offers: Option<OneOrMany>,
    contains: Option<OneOrMany>,
    lacks: Option<OneOrMany>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum OneOrMany {
    One(String),
    Many(Vec<String>),
}

fn many(texts: Option<OneOrMany>) -> Vec<String> {
    match texts {
        None => vec![],
        Some(OneOrMany::One(text)) => vec![text],
        Some(OneOrMany::Many(texts)) => texts,
    }
}

/// Notes mistakes of one file.
struct Notes<'a> {
    file: &'a Path,
    text: &'a str,
    found: Vec<String>,
}

impl Notes<'_> {
    fn line(&self, at: usize) -> usize {
        self.text.get(..at).unwrap_or_default().matches('\n').count() + 1
    }

    fn note(&mut self, line: usize, message: impl fmt::Display) {
        self.found.push(format!("{}:{line}: {message}", self.file.display()));
    }
}

impl Transcript {
    /// Reads the files, and of folders all `*.toml` files by name, in the order of `paths`.
    pub fn read(paths: &[PathBuf]) -> Result<Vec<Self>, TranscriptError> {
        let mut wrong = Vec::new();
        let mut transcripts = Vec::new();
        for path in paths {
            let files = files(path).unwrap_or_else(|message| {
                wrong.push(format!("{}: {message}", path.display()));
                vec![]
            });
            for file in files {
                match fs::read_to_string(&file) {
                    Ok(text) => match Self::parse(&file, &text) {
                        Ok(transcript) => transcripts.push(transcript),
                        Err(TranscriptError(mistakes)) => wrong.extend(mistakes),
                    },
                    Err(error) => wrong.push(format!("{}: {error}", file.display())),
                }
            }
        }
        if wrong.is_empty() { Ok(transcripts) } else { Err(TranscriptError(wrong)) }
    }

    /// Reads the text of a file.
    pub fn parse(file: &Path, text: &str) -> Result<Self, TranscriptError> {
        let mut notes = Notes { file, text, found: vec![] };
        let parsed: File = match toml::from_str(text) {
            Ok(parsed) => parsed,
            Err(error) => {
                let line = notes.line(error.span().map_or(0, |span| span.start));
                notes.note(line, error.message());
                return Err(TranscriptError(notes.found));
            }
        };
        if parsed.conversation.is_empty() {
            notes.note(1, "holds no [[conversation]]");
        }
        let conversations =
            parsed.conversation.into_iter().map(|table| conversation(table, &mut notes)).collect();
        if notes.found.is_empty() {
            Ok(Self { file: file.to_owned(), conversations })
        } else {
            Err(TranscriptError(notes.found))
        }
    }
}

fn files(path: &Path) -> Result<Vec<PathBuf>, String> {
    if !path.is_dir() {
        return if path.exists() {
            Ok(vec![path.to_owned()])
        } else {
            Err("there is no such file or folder".to_owned())
        };
    }
    let entries = fs::read_dir(path).map_err(|error| format!("cannot be read: {error}"))?;
    let paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    let mut files: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|end| end == "toml")).collect();
    files.sort();
    if files.is_empty() { Err("holds no *.toml file".to_owned()) } else { Ok(files) }
}

fn conversation(table: Spanned<ConversationTable>, notes: &mut Notes<'_>) -> Conversation {
    let line = notes.line(table.span().start);
    let table = table.into_inner();
    let hours = table.hours.and_then(|spec| match Hours::parse(&spec, "hours") {
        Ok(hours) => Some(hours),
        Err(error) => {
            notes.note(line, error);
            None
        }
    });
    let clock = clock(table.clock, line, notes);
    if hours.is_some() && clock.is_none() {
        notes.note(line, "`hours` need a `clock`, or nobody knows whether the desk is open");
    }
    let turns: Vec<Turn> = table.turn.into_iter().map(|table| turn(table, notes)).collect();
    if turns.iter().all(|turn| turn.expected.is_empty()) {
        notes.note(line, format!("nothing is expected in `{}`", table.name));
    }
    let ConversationTable { name, site, segments, language, .. } = table;
    Conversation { name, line, site, segments, language, clock, hours, turns }
}

fn turn(table: Spanned<TurnTable>, notes: &mut Notes<'_>) -> Turn {
    let line = notes.line(table.span().start);
    let table = table.into_inner();
    let expected = Expectation {
        deed: table.expect,
        entry: many(table.entry),
        then: many(table.then),
        intent: table.intent,
        reason: table.reason,
        urgency: table.urgency,
        language: table.language,
        offers: many(table.offers),
        contains: many(table.contains),
        lacks: many(table.lacks),
    };
    let said = match (table.says, table.presses, table.agent) {
        (Some(words), None, None) => Said::Words(words),
        (None, Some(button), None) => Said::Button(button),
        (None, None, Some(act)) => Said::Agent(act),
        _ => {
            notes.note(line, "a turn has one of `says`, `presses`, `agent`");
            Said::Words(String::new())
        }
    };
    if matches!(said, Said::Agent(_)) && !expected.is_empty() {
        notes
            .note(line, "the bot says nothing to what an `agent` does; expect it of the next turn");
    }
    if let Some(message) = contradiction(&expected) {
        notes.note(line, message);
    }
    let clock = clock(table.clock, line, notes);
    Turn { line, clock, said, expected }
}

/// What can never be so.
fn contradiction(expected: &Expectation) -> Option<&'static str> {
    let is = |deed| expected.deed.is_none_or(|expected| expected == deed);
    if !expected.entry.is_empty() && !is(Deed::Answer) {
        return Some("`entry` is of an answer; for entries among the buttons write `offers`");
    }
    if (expected.reason.is_some() || expected.urgency.is_some()) && !is(Deed::Handoff) {
        return Some("`reason` and `urgency` are of a handoff");
    }
    let has_words = !(expected.contains.is_empty() && expected.offers.is_empty());
    (expected.deed == Some(Deed::Silent) && has_words).then_some("who is silent has no words")
}

fn clock(text: Option<String>, line: usize, notes: &mut Notes<'_>) -> Option<DateTime> {
    let text = text?;
    let parsed = text.parse::<DateTime>().ok();
    if parsed.is_none() {
        notes.note(line, format!("`{text}` is no time such as 2026-11-30T22:15"));
    }
    parsed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Result<Transcript, String> {
        Transcript::parse(Path::new("a.toml"), text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_file_says_who_says_what_and_what_is_expected() {
        let transcript = told(
            "[[conversation]]\nname = 'x'\nsegments = ['vip']\nclock = '2026-11-30T22:15'\n\
             hours = {time_zone = 'Europe/London', monday = ['09:00-17:00']}\nturn = [\n\
             {says = 'hi', expect = 'smalltalk'},\n\
             {presses = 'human', reason = 'requested', clock = '2026-12-01 08:00'},\n\
             {agent = 'claims'},\n{says = 'and?', expect = 'silent'},\n]\n",
        )
        .unwrap();
        let conversation = &transcript.conversations[0];
        assert_eq!((conversation.line, conversation.turns.len()), (1, 4));
        assert!(conversation.hours.is_some());
        let lines: Vec<usize> = conversation.turns.iter().map(|turn| turn.line).collect();
        assert_eq!(lines, [7, 8, 9, 10]);
        assert_eq!(conversation.turns[1].said, Said::Button("human".to_owned()));
        assert_eq!(
            conversation.turns[1].clock,
            Some(jiff::civil::date(2026, 12, 1).at(8, 0, 0, 0))
        );
        assert_eq!(conversation.turns[2].said, Said::Agent(AgentAct::Claims));
        let one_or_many = told(
            "[[conversation]]\nname = 'x'\n[[conversation.turn]]\nsays = 'a'\nentry = ['a', 'b']\ncontains = 'x'",
        );
        let expected = &one_or_many.unwrap().conversations[0].turns[0].expected;
        assert_eq!((expected.entry.len(), expected.contains.len()), (2, 1));
    }

    #[test]
    fn every_mistake_has_its_line() {
        let head = "[[conversation]]\nname = 'x'\n";
        for (text, message) in [
            (String::new(), "a.toml:1: holds no [[conversation]]"),
            (format!("{head}turn = [{{says = 'a'}}]"), "a.toml:1: nothing is expected in `x`"),
            (format!("{head}sight = 'a'"), "a.toml:3: unknown field `sight`"),
            (
                format!("{head}turn = [\n{{says = 'a', expect = 'anser'}}]"),
                "a.toml:4: unknown variant `anser`",
            ),
            (
                format!("{head}turn = [\n{{says = 'a', presses = 'b', expect = 'answer'}}]"),
                "a.toml:4: a turn has one of `says`, `presses`, `agent`",
            ),
            (
                format!("{head}turn = [{{says = 'a', expect = 'clarify', entry = 'b'}}]"),
                "a.toml:3: `entry` is of an answer",
            ),
            (
                format!("{head}clock = 'noon'\nturn = [{{says = 'a', expect = 'answer'}}]"),
                "a.toml:1: `noon` is no time such as 2026-11-30T22:15",
            ),
            (
                format!("{head}turn = [{{agent = 'claims', expect = 'silent'}}]"),
                "a.toml:3: the bot says nothing to what an `agent` does",
            ),
            (
                format!(
                    "{head}hours = {{time_zone = 'Mars/Here', monday = ['09:00-10:00']}}\nturn = [{{says = 'a', expect = 'answer'}}]"
                ),
                "a.toml:1: hours.time_zone: `Mars/Here` is no time zone",
            ),
        ] {
            let error = told(&text).unwrap_err();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
