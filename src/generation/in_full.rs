//! A follow-up that a model asked in full: "and for opened ones?" as "Can I return opened earbuds?". It is
//! only ever read, and never shown as the customer's words; still it must be one short question, made of
//! words of the conversation, with all that the customer's own message says.

use std::collections::HashSet;

use crate::domain::Language;
use crate::generation::Unsupported;
use crate::generation::canary::Canary;
use crate::generation::checker::is_mark;
use crate::generation::grounds::{Clause, addresses, numbers};
use crate::understanding::{Word, fold, is_function_word, sentences};

/// Most characters of a full question.
const LONGEST: usize = 200;
/// Most characters that a model may write.
const MOST_WRITTEN: usize = 1_000;
/// Stems that only say how something is asked, or that it leans on what was said.
const ASKING: [&str; 30] = [
    "also", "els", "even", "get", "how", "kind", "long", "mani", "mean", "much", "need", "ok",
    "okay", "still", "sure", "thank", "these", "those", "too", "want", "what", "when", "where",
    "which", "who", "whose", "whi", "work", "yes", "use",
];
/// The same of Chinese.
const ASKING_HAN: [&str; 18] = [
    "那么", "如果", "要是", "但是", "可是", "还有", "它们", "这些", "那些", "多久", "多长", "能否",
    "是否", "需要", "关于", "如何", "怎样", "的话",
];
/// What may stand around what a model writes.
const QUOTES: [char; 8] = ['"', '\'', '“', '”', '「', '」', '‘', '’'];

/// A message that leans on what was said before it.
#[derive(Clone, Debug, Default)]
pub struct FollowUp {
    /// The message.
    pub message: String,
    /// What the customer said before, the oldest first.
    pub earlier: Vec<String>,
    /// The question of the entry that was given last.
    pub title: Option<String>,
    /// The language in which the customer is answered.
    pub language: Language,
}

/// Checks full questions against the conversation.
pub struct InFull<'a> {
    asked: Clause,
    message: String,
    /// Everything that was said, folded.
    said: String,
    known: Clause,
    canary: &'a Canary,
}

impl<'a> InFull<'a> {
    /// Only what this conversation says counts.
    pub fn new(follow_up: &FollowUp, canary: &'a Canary) -> Self {
        let message = fold(&follow_up.message);
        let before = follow_up.earlier.iter().chain(&follow_up.title).map(|text| fold(text));
        let said: Vec<String> = before.chain([message.clone()]).collect();
        let said = said.join("\n");
        Self { asked: Clause::of(&message), known: Clause::of(&said), message, said, canary }
    }

    /// Whether what a model has written so far may still become a question.
    pub fn growing(&self, written: &str) -> Result<(), Unsupported> {
        if self.canary.is_in(written) {
            Err(Unsupported::Canary)
        } else if written.chars().count() > MOST_WRITTEN {
            Err(Unsupported::TooLong)
        } else {
            Ok(())
        }
    }

    /// The question that a model wrote.
    pub fn question(&self, written: &str) -> Result<String, Unsupported> {
        self.growing(written)?;
        let text = written.trim().trim_matches(QUOTES).trim();
        if text.is_empty() {
            return Err(Unsupported::Empty);
        }
        if text.chars().count() > LONGEST || sentences(text).count() > 1 {
            return Err(Unsupported::TooLong);
        }
        if text.chars().any(|c| is_mark(c) || matches!(c, '«' | '»')) {
            return Err(Unsupported::Markup);
        }
        let folded = fold(text);
        let known = addresses(&self.said).unwrap_or_default();
        if addresses(&folded).is_none_or(|found| !found.is_subset(&known)) {
            return Err(Unsupported::Address);
        }
        let known: HashSet<String> = numbers(&self.said).into_iter().collect();
        if numbers(&folded).iter().any(|number| !known.contains(number)) {
            return Err(Unsupported::Number);
        }
        self.words(&folded)?;
        Ok(text.to_owned())
    }

    /// Nothing that the message says is lost, and nothing comes that nobody said.
    fn words(&self, folded: &str) -> Result<(), Unsupported> {
        let own = Clause::of(folded);
        if has_han(folded) != has_han(&self.message) {
            return Err(Unsupported::Words);
        }
        if (self.asked.no > 0) != (own.no > 0) && (own.no == 0 || self.known.no == 0) {
            return Err(Unsupported::Opposite);
        }
        let stems: HashSet<&str> = own.words().iter().map(|word| word.stem.as_str()).collect();
        let is_kept = |word: &Word| {
            stems.contains(word.stem.as_str()) || (word.is_han && folded.contains(&word.surface))
        };
        if !telling(&self.asked).all(is_kept) {
            return Err(Unsupported::Words);
        }
        let known: HashSet<&str> =
            self.known.words().iter().map(|word| word.stem.as_str()).collect();
        // where Chinese words end depends on what stands around them
        let is_said = |word: &Word| {
            known.contains(word.stem.as_str())
                || (word.is_han && word.surface.chars().all(|c| self.said.contains(c)))
        };
        if telling(&own).all(is_said) { Ok(()) } else { Err(Unsupported::Words) }
    }
}

/// The words that say what is asked about.
fn telling(clause: &Clause) -> impl Iterator<Item = &Word> {
    clause.words().iter().filter(|word| {
        let stem = word.stem.as_str();
        !is_function_word(stem) && !ASKING.contains(&stem) && !ASKING_HAN.contains(&stem)
    })
}

fn has_han(text: &str) -> bool {
    text.chars().any(|c| matches!(c, '\u{3400}'..='\u{9fff}'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(message: &str, written: &str) -> Result<String, Unsupported> {
        let text = |text: &str| text.to_owned();
        let follow_up = FollowUp {
            message: text(message),
            earlier: vec![
                text("How long can I return the earbuds of order LX-120?"),
                text("可以退货吗？"),
            ],
            title: Some(text("Can I return something within 30 days?")),
            language: Language::En,
        };
        let canary = Canary::random();
        InFull::new(&follow_up, &canary).question(written)
    }

    #[test]
    fn a_question_of_the_conversations_own_words_is_taken() {
        for (message, written) in [
            ("and for opened ones?", "Can I return opened earbuds?"),
            ("what about opened ones", "\"How long can I return opened earbuds?\"\n"),
            ("and within 40 days?", "Can I return the earbuds within 40 days?"),
            ("not opened?", "Can I return earbuds that are not opened?"),
            ("那拆封的呢", "拆封的可以退货吗？"),
        ] {
            let expected = written.trim().trim_matches('"');
            assert_eq!(asked(message, written).as_deref(), Ok(expected), "{message}");
        }
    }

    #[test]
    fn everything_else_is_refused() {
        for (written, why) in [
            ("", Unsupported::Empty),
            ("\"\"", Unsupported::Empty),
            ("Can I return opened earbuds? I want a person.", Unsupported::TooLong),
            (&"opened ".repeat(60), Unsupported::TooLong),
            ("Can I return <b>opened</b> earbuds?", Unsupported::Markup),
            ("Can I return\nopened earbuds?", Unsupported::TooLong),
            ("Can I return opened\u{200b} earbuds?", Unsupported::Markup),
            ("Can I return opened earbuds at https://evil.example?", Unsupported::Address),
            ("Can I return opened earbuds to pay@evil.example?", Unsupported::Address),
            ("Can I return opened earbuds within 60 days?", Unsupported::Number),
            ("Can I return earbuds?", Unsupported::Words),
            ("Can I cancel the opened order?", Unsupported::Words),
            ("拆封的可以退货吗？", Unsupported::Words),
            ("Can I not return opened earbuds?", Unsupported::Opposite),
        ] {
            assert_eq!(asked("and for opened ones?", written), Err(why), "{written}");
        }
        let loses_no = asked("not opened?", "Can I return opened earbuds?");
        assert_eq!(loses_no, Err(Unsupported::Opposite));
        let canary = Canary::random();
        let follow_up = FollowUp { message: canary.text().to_owned(), ..FollowUp::default() };
        let check = InFull::new(&follow_up, &canary);
        let spread: Vec<String> = canary.text().chars().map(String::from).collect();
        for written in [canary.text(), &spread.join("-")] {
            assert_eq!(check.question(written), Err(Unsupported::Canary), "{written}");
        }
        assert_eq!(check.growing(&"x".repeat(MOST_WRITTEN + 1)), Err(Unsupported::TooLong));
    }
}
