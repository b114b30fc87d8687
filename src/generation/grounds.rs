//! A source as the checker looks at it: sentences of clauses, each with its words, its numbers and how
//! often it says no.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::generation::{Source, Unsupported};
use crate::understanding::{Word, fold, is_function_word, sentences, tokenise};

/// Words that say no.
const NO: [&str; 12] = [
    "not", "no", "never", "without", "cannot", "nor", "none", "nobody", "nothing", "neither",
    "unable", "except",
];
const NO_HAN: [char; 10] = ['不', '没', '无', '别', '未', '非', '勿', '莫', '免', '禁'];
/// Words that only look so.
const NO_HAN_LOOKS: [&str; 14] = [
    "非常", "特别", "分别", "区别", "级别", "类别", "性别", "识别", "无论", "不仅", "不但", "不过",
    "未来", "别的",
];
/// Words without which what stands before them holds no more.
const CONDITIONS: [&str; 14] = [
    "if",
    "unless",
    "only",
    "except",
    "provided",
    "but",
    "although",
    "though",
    "when",
    "once",
    "until",
    "must",
    "however",
    "otherwise",
];
const CONDITIONS_HAN: [&str; 10] =
    ["如果", "若", "除", "仅", "只", "但", "须", "前提", "才", "否则"];
/// Numbers that are function words elsewhere.
const NUMERALS: [&str; 5] = ["one", "一", "二", "两", "几"];

static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"[a-z][a-z0-9+.-]*://[^\s<>，。]+|[\w.+-]+@[\w-]+\.[\w.-]+|\b(?:[a-z0-9-]+\.)+[a-z]{2,}\b(?:/[^\s<>，。]*)?").ok()
});
static NUMBER: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"[¥$€£]?\d+(?:[.,:/-]\d+)*\s?%?").ok());

/// A part of a sentence.
#[derive(Clone, Debug)]
pub(super) struct Clause {
    words: Vec<Word>,
    text: String,
    /// How often it says no.
    pub(super) no: usize,
    /// Its numbers, in order.
    pub(super) numbers: Vec<String>,
}

impl Clause {
    /// Takes it apart; the text is folded.
    pub(super) fn of(text: &str) -> Self {
        let words = tokenise(text).words;
        Self { no: count_no(text, &words), numbers: numbers(text), text: text.to_owned(), words }
    }

    pub(super) fn words(&self) -> &[Word] {
        &self.words
    }

    pub(super) fn surfaces(&self) -> impl Iterator<Item = &str> {
        self.words.iter().map(|word| word.surface.as_str())
    }

    /// The words that say what it is about.
    pub(super) fn telling(&self) -> impl Iterator<Item = &Word> {
        self.words.iter().filter(|word| {
            let stem = word.stem.as_str();
            let is_numeral = NUMERALS.contains(&stem);
            let is_no = NO.contains(&word.surface.as_str()) || word.surface.ends_with("n't");
            (is_numeral || !is_function_word(stem)) && !is_no
        })
    }

    fn has(&self, word: &Word) -> bool {
        let is_in = |own: &Word| own.stem == word.stem;
        self.words.iter().any(is_in) || (word.is_han && self.text.contains(&word.surface))
    }

    /// Whether it says under what condition something holds.
    fn is_condition(&self) -> bool {
        self.surfaces().any(|word| CONDITIONS.contains(&word))
            || CONDITIONS_HAN.iter().any(|word| self.text.contains(word))
    }

    /// Whether it says that something was done of which the source only says that it can be.
    pub(super) fn tells_of_something_done(&self, ground: &Ground) -> bool {
        let may = |word: &str| {
            matches!(word, "can" | "could" | "may" | "might" | "cannot" | "can't" | "couldn't")
        };
        let is_done = |word: &str| word.ends_with("ed") && !ground.answer_has(word);
        self.surfaces().any(is_done) && !self.surfaces().any(may)
    }
}

/// One source.
#[derive(Clone, Debug)]
pub(super) struct Ground {
    text: String,
    question: Clause,
    sentences: Vec<Vec<Clause>>,
    surfaces: HashSet<String>,
    addresses: HashSet<String>,
    says_no: bool,
}

impl Ground {
    pub(super) fn of(source: &Source) -> Self {
        let text = fold(&source.text);
        // cut before it is folded: capitals tell where a sentence begins
        let sentences: Vec<Vec<Clause>> = sentences(&source.text)
            .map(|sentence| clauses(&fold(sentence)).map(Clause::of).collect())
            .collect();
        let all = || sentences.iter().flatten();
        Self {
            surfaces: all().flat_map(Clause::surfaces).map(str::to_owned).collect(),
            says_no: all().any(|clause| clause.no > 0),
            addresses: addresses(&text).unwrap_or_default(),
            question: Clause::of(&fold(&source.question)),
            sentences,
            text,
        }
    }

    /// The answer, folded.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn answer_has(&self, surface: &str) -> bool {
        self.surfaces.contains(surface)
    }

    /// Whether all addresses of a text stand here, to the letter.
    pub(super) fn has_addresses_of(&self, folded: &str) -> bool {
        addresses(folded).is_some_and(|found| found.is_subset(&self.addresses))
    }

    /// The sentences that say a clause of the `said` sentence, by number; there is at least one.
    pub(super) fn sentences_saying(
        &self,
        own: &Claim<'_>,
        said: &[&Word],
    ) -> Result<HashSet<usize>, Unsupported> {
        let (mut found, mut why) = (HashSet::new(), Unsupported::Words);
        for (at, sentence) in self.sentences.iter().enumerate() {
            // the first sentence of an answer may be read together with its question
            let question = (at == 0 && !self.says_no).then_some(&self.question);
            match says(sentence, question, own, said) {
                Ok(()) => {
                    found.insert(at);
                }
                Err(Unsupported::Words) => {}
                Err(nearer) => why = nearer,
            }
        }
        if found.is_empty() { Err(why) } else { Ok(found) }
    }
}

/// A clause that is to be checked.
pub(super) struct Claim<'a> {
    pub(super) clause: &'a Clause,
    /// The words of it that must be found.
    pub(super) telling: &'a [&'a Word],
    /// Whether words may be left out of what is taken. An answer says another thing without them; a
    /// summary is shorter.
    pub(super) may_shorten: bool,
}

/// Whether clauses of a sentence that are taken whole, with every condition of the sentence, say a clause.
fn says(
    sentence: &[Clause],
    question: Option<&Clause>,
    own: &Claim<'_>,
    said: &[&Word],
) -> Result<(), Unsupported> {
    if own.may_shorten {
        let outcomes = sentence.iter().map(|clause| covers(&[clause], None, own));
        return outcomes.reduce(nearest).unwrap_or(Err(Unsupported::Words));
    }
    let is_in = |clause: &Clause, words: &[&Word]| {
        let mut own = clause.telling();
        own.all(|word| words.iter().any(|other| other.stem == word.stem || is_part(word, other)))
    };
    if sentence.iter().any(|clause| clause.is_condition() && !is_in(clause, said)) {
        return Err(Unsupported::Words);
    }
    let whole: Vec<&Clause> = sentence.iter().filter(|clause| is_in(clause, own.telling)).collect();
    covers(&whole, question, own)
}

/// Chinese words are cut by what stands around them.
fn is_part(word: &Word, other: &Word) -> bool {
    word.is_han && other.is_han && other.surface.contains(&word.surface)
}

fn nearest(
    one: Result<(), Unsupported>,
    other: Result<(), Unsupported>,
) -> Result<(), Unsupported> {
    match (one, other) {
        (Ok(()), _) | (_, Ok(())) => Ok(()),
        (Err(Unsupported::Words), other) => other,
        (nearer, _) => nearer,
    }
}

fn covers(
    clauses: &[&Clause],
    question: Option<&Clause>,
    own: &Claim<'_>,
) -> Result<(), Unsupported> {
    let telling = own.telling;
    let in_clauses = |word: &Word| clauses.iter().any(|clause| clause.has(word));
    let in_question = |word: &Word| question.is_some_and(|question| question.has(word));
    let grounded = telling.iter().filter(|word| in_clauses(word)).count();
    let is_covered = telling.iter().all(|word| in_clauses(word) || in_question(word));
    if !is_covered || grounded * 2 < telling.len() {
        return Err(Unsupported::Words);
    }
    if clauses.iter().map(|clause| clause.no).sum::<usize>() != own.clause.no {
        return Err(Unsupported::Opposite);
    }
    let mut there = clauses.iter().flat_map(|clause| &clause.numbers);
    let in_order = own.clause.numbers.iter().all(|number| there.any(|other| other == number));
    if in_order { Ok(()) } else { Err(Unsupported::Number) }
}

/// The clauses of a folded sentence.
pub(super) fn clauses(sentence: &str) -> impl Iterator<Item = &str> {
    let mut ends = Vec::new();
    let mut chars = sentence.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let before_digit = chars.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        let is_end = matches!(c, ';' | '，' | '；' | '—') || (c == ',' && !before_digit);
        let rest = sentence.get(at..).unwrap_or_default();
        if is_end || rest.starts_with(" but ") || rest.starts_with('但') {
            ends.push(at);
        }
    }
    ends.push(sentence.len());
    let mut start = 0;
    let parts = ends.into_iter().map(move |end| {
        let part = sentence.get(start..end).unwrap_or_default();
        start = end;
        part.trim_matches(|c: char| c.is_whitespace() || matches!(c, ',' | ';' | '，' | '；' | '—'))
    });
    parts.filter(|part| part.chars().any(char::is_alphanumeric))
}

fn count_no(text: &str, words: &[Word]) -> usize {
    let is_no = |word: &&Word| NO.contains(&word.surface.as_str()) || word.surface.ends_with("n't");
    let mut han = text.to_owned();
    for looks in NO_HAN_LOOKS {
        han = han.replace(looks, "");
    }
    words.iter().filter(is_no).count() + han.chars().filter(|c| NO_HAN.contains(c)).count()
}

/// None where the pattern cannot be used, which a test rules out.
pub(super) fn addresses(folded: &str) -> Option<HashSet<String>> {
    let end = ['.', ',', ':', ')', ';', '!', '?'];
    let found = ADDRESS.as_ref()?.find_iter(folded);
    Some(found.map(|found| found.as_str().trim_end_matches(end).to_owned()).collect())
}

pub(super) fn numbers(folded: &str) -> Vec<String> {
    let Some(pattern) = NUMBER.as_ref() else { return vec![folded.to_owned()] };
    pattern.find_iter(folded).map(|found| found.as_str().replace(' ', "")).collect()
}
