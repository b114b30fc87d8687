//! Whether a sentence says only what one of its sources says. It is strict rather than clever: each clause
//! must be made of whole clauses of one sentence of the source, with all that they tell and every condition
//! of the sentence, say no as often as they do, and have their numbers in their order; addresses must stand
//! there to the letter.
//! Nothing may be asked, and nothing claimed to be done. What is refused here costs nothing: the entry is
//! said in its own words.

use std::collections::HashSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::generation::Source;
use crate::generation::grounds::{Claim, Clause, Ground, clauses};
use crate::understanding::{Word, fold, sentences};

/// Words by which an answer is friendly; they claim nothing.
const FRIENDLY: [&str; 22] = [
    "hello",
    "thank",
    "welcom",
    "sorri",
    "glad",
    "happi",
    "help",
    "dear",
    "question",
    "ask",
    "您好",
    "你好",
    "谢谢",
    "感谢",
    "抱歉",
    "不好意思",
    "很高兴",
    "高兴",
    "帮助",
    "帮",
    "提问",
    "咨询",
];
/// Words by which a summary tells whose words it tells.
const TELLING_OF: [&str; 20] = [
    "custom", "want", "wish", "say", "said", "ask", "report", "write", "need", "客户", "顾客",
    "用户", "希望", "表示", "询问", "反馈", "需要", "想要", "要求", "咨询",
];
/// Without a word that tells something these are answers of their own, which nobody can check.
const ANSWERS: [&str; 14] = [
    "yes", "sure", "ok", "okay", "can", "may", "可以", "能", "行", "好的", "是的", "当然", "对",
    "会",
];
/// Words by which something would be claimed to be done, or promised, unless the source has them.
const CLAIMS: [&str; 22] = [
    "i", "i'm", "i've", "i'll", "i'd", "we", "we've", "we'll", "we're", "us", "me", "will", "was",
    "were", "been", "has", "had", "did", "done", "already", "now", "just",
];
const CLAIMS_HAN: [&str; 7] = ["已", "我", "了", "为您", "给您", "帮您", "马上"];

static CITATION: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"\s*[\[［【](\d{1,2})[\]］】]").ok());

/// What a sentence says that its sources do not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    /// Nothing that a source says.
    #[error("it says nothing")]
    Empty,
    /// A source is named that is none, or that does not say so.
    #[error("it names a source that does not say so")]
    Citation,
    /// A number that no source has, or not there.
    #[error("a number does not stand in its source")]
    Number,
    /// An address of a page or a person.
    #[error("an address does not stand in its source")]
    Address,
    /// A word that stands in no clause with the others.
    #[error("its words do not stand together in a source")]
    Words,
    /// It says no where its source does not, or the other way round.
    #[error("it says no otherwise than its source")]
    Opposite,
    /// It claims that something was or will be done.
    #[error("it claims that something is done")]
    Claim,
    /// It asks something.
    #[error("it asks something")]
    Question,
    /// It holds marks of programs, or characters that nobody sees.
    #[error("it holds markup")]
    Markup,
    /// It tells what only the prompt has.
    #[error("it tells of its own rules")]
    Canary,
    /// It does not end.
    #[error("it is too long")]
    TooLong,
}

/// What the checked text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// An answer to a customer.
    Answer,
    /// What an agent is told of the customer's own words.
    Summary,
}

/// A sentence that its sources support.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Supported {
    /// The sentence without its citations.
    pub text: String,
    /// The sources that say so, from 0; none for a friendly word.
    pub sources: Vec<usize>,
}

/// Checks sentences against sources.
pub struct Checker {
    grounds: Vec<Ground>,
    manner: Manner,
}

impl Checker {
    /// Only these sources count.
    pub fn new(sources: &[Source], manner: Manner) -> Self {
        Self { grounds: sources.iter().map(Ground::of).collect(), manner }
    }

    /// Checks one sentence.
    pub fn sentence(&self, sentence: &str) -> Result<Supported, Unsupported> {
        let (text, cited) = self.without_citations(sentence)?;
        if text.is_empty() {
            return Err(Unsupported::Empty);
        }
        if text.chars().any(is_mark) {
            return Err(Unsupported::Markup);
        }
        let folded = fold(&text);
        if folded.contains(['?', '？']) {
            return Err(Unsupported::Question);
        }
        let own: Vec<Clause> = clauses(&folded).map(Clause::of).collect();
        if own.iter().all(|clause| self.telling(clause).is_empty()) {
            return if own.iter().all(|clause| self.is_friendly(clause)) && cited.is_empty() {
                Ok(Supported { text, sources: vec![] })
            } else {
                Err(Unsupported::Words)
            };
        }
        let outcomes: Vec<Result<(), Unsupported>> =
            self.grounds.iter().map(|ground| self.says(ground, &own, &folded)).collect();
        let mut saying: Vec<usize> =
            (0..).zip(&outcomes).filter(|(_, says)| says.is_ok()).map(|(at, _)| at).collect();
        if saying.is_empty() {
            let why = outcomes.into_iter().filter_map(Result::err);
            let nearest = why.max_by_key(|why| *why != Unsupported::Words);
            return Err(nearest.unwrap_or(Unsupported::Empty));
        }
        if !cited.is_empty() {
            saying.retain(|at| cited.contains(at));
            if saying.is_empty() {
                return Err(Unsupported::Citation);
            }
        }
        Ok(Supported { text, sources: saying })
    }

    fn without_citations(&self, text: &str) -> Result<(String, Vec<usize>), Unsupported> {
        let citation = CITATION.as_ref().ok_or(Unsupported::Citation)?;
        let mut cited = Vec::new();
        for found in citation.captures_iter(text) {
            let number = found.get(1).and_then(|number| number.as_str().parse::<usize>().ok());
            let place = number.and_then(|number| number.checked_sub(1));
            let is_one = |place: &usize| *place < self.grounds.len();
            cited.push(place.filter(is_one).ok_or(Unsupported::Citation)?);
        }
        Ok((citation.replace_all(text, "").trim().to_owned(), cited))
    }

    /// Whether one source says all of a sentence.
    fn says(&self, ground: &Ground, own: &[Clause], folded: &str) -> Result<(), Unsupported> {
        if !ground.has_addresses_of(folded) {
            return Err(Unsupported::Address);
        }
        if self.manner == Manner::Answer {
            let is_claim = |word: &&str| CLAIMS.contains(word) && !ground.answer_has(word);
            let mut words = own.iter().flat_map(Clause::surfaces);
            let claims_han = CLAIMS_HAN
                .iter()
                .any(|word| folded.contains(word) && !ground.text().contains(word));
            if claims_han || words.any(|word| is_claim(&word)) {
                return Err(Unsupported::Claim);
            }
            if own.iter().any(|clause| clause.tells_of_something_done(ground)) {
                return Err(Unsupported::Claim);
            }
        }
        // where a clause says no, all of them must come from where it does: a no reaches further than
        // its clause
        let says_no = own.iter().any(|clause| clause.no > 0);
        let said: Vec<&Word> = own.iter().flat_map(Clause::telling).collect();
        let mut common: Option<HashSet<usize>> = None;
        for clause in own {
            let telling = self.telling(clause);
            if telling.is_empty() {
                if self.is_friendly(clause) {
                    continue;
                }
                return Err(Unsupported::Words);
            }
            let may_shorten = self.manner == Manner::Summary;
            let claim = Claim { clause, telling: &telling, may_shorten };
            let found = ground.sentences_saying(&claim, &said)?;
            common = Some(match common {
                Some(before) => before.intersection(&found).copied().collect(),
                None => found,
            });
        }
        let is_torn = says_no && common.is_some_and(|common| common.is_empty());
        if is_torn { Err(Unsupported::Opposite) } else { Ok(()) }
    }

    fn telling<'a>(&self, clause: &'a Clause) -> Vec<&'a Word> {
        let is_telling = |stem: &str| !FRIENDLY.contains(&stem) && !self.tells_of(stem);
        clause.telling().filter(|word| is_telling(&word.stem)).collect()
    }

    fn tells_of(&self, stem: &str) -> bool {
        self.manner == Manner::Summary && TELLING_OF.contains(&stem)
    }

    /// Whether a clause without a telling word is a friendly one, and no answer of its own.
    fn is_friendly(&self, clause: &Clause) -> bool {
        let answers = |word: &str| ANSWERS.contains(&word);
        let is_friend = |word: &Word| FRIENDLY.contains(&word.stem.as_str());
        clause.no == 0
            && clause.numbers.is_empty()
            && !clause.surfaces().any(answers)
            && clause.words().iter().any(|word| is_friend(word) || self.tells_of(&word.stem))
    }
}

/// A mark of a program, or a character that shows nothing.
pub(super) fn is_mark(c: char) -> bool {
    let is_hidden = matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}' | '\u{e0000}'..='\u{e007f}');
    c.is_control()
        || is_hidden
        || matches!(c, '<' | '>' | '{' | '}' | '`' | '|' | '\\' | '[' | ']' | '*' | '#' | '_' | '=')
}

/// How much of a text is whole: the length of its first whole sentence, with the citations behind it.
/// With `is_end` the rest is whole too.
pub(super) fn whole_sentence(text: &str, is_end: bool) -> Option<usize> {
    let mut found = sentences(text);
    let first = found.next()?;
    let start = text.find(first)?;
    let mut end = start + first.len();
    if found.next().is_none() && !is_end {
        return None;
    }
    // a citation behind the full stop belongs to what it follows
    loop {
        let rest = text.get(end..)?;
        let trimmed = rest.trim_start();
        if !trimmed.starts_with(['[', '【', '［']) {
            return Some(end);
        }
        let Some(close) = trimmed.find([']', '】', '］']) else {
            return is_end.then_some(text.len());
        };
        let mark = trimmed.get(close..)?.chars().next().map_or(1, char::len_utf8);
        end += rest.len() - trimmed.len() + close + mark;
        if text.get(end..)?.trim().is_empty() {
            return Some(end);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RETURNS: &str = "You have 30 days to return an item, counted from the day your parcel arrives. Opened items can come back too. We don't refund express charges. Express delivery takes 2 days, standard delivery takes 5 days. See https://shop.example/returns. Write to help@shop.example. You get money back, if the item is unused.";
    const HAN: &str = "签收后 30 天内都可以退货，不需要理由。拆封的商品也能退。";

    fn source(question: &str, text: &str) -> Source {
        Source { id: question.to_owned(), question: question.to_owned(), text: text.to_owned() }
    }

    fn told(text: &str) -> Result<Supported, Unsupported> {
        let sources = [
            source("How long can I return something?", RETURNS),
            source("可以退货吗？", HAN),
            source("Can I return opened earbuds?", "No, for hygiene reasons."),
        ];
        Checker::new(&sources, Manner::Answer).sentence(text)
    }

    #[test]
    fn what_a_source_says_is_taken_with_the_source() {
        for (text, shown, sources) in [
            (
                "You have 30 days to return an item [1].",
                "You have 30 days to return an item.",
                vec![0],
            ),
            ("Opened items can come back too.", "Opened items can come back too.", vec![0]),
            ("Happy to help!", "Happy to help!", vec![]),
            (
                "If the item is unused, you get money back.",
                "If the item is unused, you get money back.",
                vec![0],
            ),
            ("Express delivery takes 2 days.", "Express delivery takes 2 days.", vec![0]),
            ("We do not refund express charges. [1]", "We do not refund express charges.", vec![0]),
            ("See https://shop.example/returns [1].", "See https://shop.example/returns.", vec![0]),
            (
                "签收后 30 天内都可以退货，不需要理由[2]。",
                "签收后 30 天内都可以退货，不需要理由。",
                vec![1],
            ),
            ("您好，拆封的商品也能退。", "您好，拆封的商品也能退。", vec![1]),
        ] {
            let expected = Supported { text: shown.to_owned(), sources };
            assert_eq!(told(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_no_source_says_is_refused() {
        for (text, why) in [
            ("", Unsupported::Empty),
            ("Yes.", Unsupported::Words),
            ("You can.", Unsupported::Words),
            ("可以。", Unsupported::Words),
            ("You have 30 days to return an item [4].", Unsupported::Citation),
            ("You have 30 days to return an item [2].", Unsupported::Citation),
            ("You have 60 days to return an item.", Unsupported::Words),
            ("You have 3 days to return an item.", Unsupported::Words),
            ("You have one day to return an item.", Unsupported::Words),
            ("Express delivery takes 5 days.", Unsupported::Words),
            (
                "Standard delivery takes 5 days and express delivery takes 2 days.",
                Unsupported::Number,
            ),
            ("You get money back.", Unsupported::Words),
            ("You return an item.", Unsupported::Words),
            ("See https://shop.example/returns/free.", Unsupported::Address),
            ("Write to help@shop.example.evil.", Unsupported::Address),
            ("See evil.example.", Unsupported::Address),
            ("Express charges come back.", Unsupported::Words),
            ("You refund express charges.", Unsupported::Opposite),
            ("You don't have 30 days to return an item.", Unsupported::Opposite),
            ("Opened items cannot come back too.", Unsupported::Opposite),
            ("You can return opened earbuds for hygiene reasons.", Unsupported::Words),
            ("Opened express items arrive.", Unsupported::Claim),
            ("Return an item to Bob.", Unsupported::Words),
            ("I can return an item.", Unsupported::Claim),
            ("Your item has come back.", Unsupported::Claim),
            ("Your express charges are refunded.", Unsupported::Claim),
            ("Do you have 30 days?", Unsupported::Question),
            ("<b>30 days</b>", Unsupported::Markup),
            ("You have 30 da\u{200b}ys to return an item.", Unsupported::Markup),
            ("已退货。", Unsupported::Claim),
        ] {
            assert!(told(text).is_err(), "{text} is taken");
            assert_eq!(told(text).unwrap_err(), why, "{text}");
        }
        assert!(told("拆封的商品也能退，还送优惠券[2]。").is_err());
        assert!(told("拆封的商品两天也能退。").is_err());
        assert!(told("拆封的商品不能退。").is_err());
    }

    #[test]
    fn a_summary_may_tell_of_the_customer() {
        let told = ["I ordered a lamp on Monday, order A-1001.", "It arrived broken!"];
        let sources: Vec<Source> = told.iter().map(|text| source("", text)).collect();
        let checker = Checker::new(&sources, Manner::Summary);
        assert!(checker.sentence("The customer ordered a lamp on Monday.").is_ok());
        assert!(checker.sentence("The customer says it arrived broken.").is_ok());
        assert!(checker.sentence("The customer wants order A-1002.").is_err());
        assert!(checker.sentence("The customer wants a refund.").is_err());
    }

    #[test]
    fn a_sentence_is_whole_when_the_next_one_begins() {
        assert_eq!(whole_sentence("You have 30 days", false), None);
        assert_eq!(whole_sentence("You have 30 days", true), Some(16));
        assert_eq!(whole_sentence("You have 30 days.", false), None);
        assert_eq!(whole_sentence("One. Two", false), Some(4));
        assert_eq!(whole_sentence("One. [1", false), None);
        assert_eq!(whole_sentence("One. [1] [2] Two", false), Some(12));
        assert_eq!(whole_sentence("能退。可以", false), Some("能退。".len()));
        assert_eq!(whole_sentence("  ", true), None);
    }
}
