//! What knowledge consists of, as plain data.

use std::collections::BTreeMap;

use crate::catalog::Places;
use crate::domain::{Language, QuestionType, Sentiment, UrgencyLevel};

/// One value for each language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ByLanguage<T> {
    /// The English value.
    pub en: T,
    /// The Chinese value.
    pub zh: T,
}

impl<T> ByLanguage<T> {
    /// The value for `language`.
    pub fn get(&self, language: Language) -> &T {
        match language {
            Language::En => &self.en,
            Language::Zh => &self.zh,
        }
    }
}

/// Everything the operator wrote.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    /// What customers may want, with examples of how they say it.
    pub intents: Vec<Intent>,
    /// Questions with their answers.
    pub entries: Vec<FaqEntry>,
    /// Question categories with examples.
    pub categories: Vec<Category>,
    /// Examples of each urgency level.
    pub urgency: Vec<UrgencyExamples>,
    /// Messages with what they are.
    pub messages: Vec<LabelledMessage>,
    /// Regular expressions that override what was learned.
    pub rules: Vec<Rule>,
    /// What the shop sells, as far as messages may name it.
    pub products: Vec<Product>,
    /// Regular expressions that find what messages name.
    pub patterns: Vec<EntityPattern>,
    /// Words that messages use for a word of the knowledge.
    pub synonyms: Vec<Synonym>,
    /// What the bot says in its own voice.
    pub replies: Replies,
    /// Where all this stands.
    pub places: Places,
}

/// Something customers want.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Intent {
    /// Its name, unique.
    pub name: String,
    /// Its question category.
    pub category: Option<String>,
    /// How customers say it.
    pub examples: ByLanguage<Vec<String>>,
    /// The FAQ entry that answers it.
    pub entry: Option<String>,
    /// The words that answer it, where no entry does.
    pub reply: Option<ByLanguage<String>>,
    /// What it means for the dialogue.
    pub act: IntentAct,
}

/// What an intent means for the dialogue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum IntentAct {
    /// A question or request about the shop.
    #[default]
    Ask,
    /// Greeting, thanks, goodbye and the like.
    Smalltalk,
    /// The customer wants a person.
    Human,
}

/// A question with its answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FaqEntry {
    /// Its id, unique.
    pub id: String,
    /// Its question category.
    pub category: Option<String>,
    /// The question; empty in a language that the entry does not have.
    pub question: ByLanguage<String>,
    /// Other ways to ask it.
    pub variants: ByLanguage<Vec<String>>,
    /// The answer; empty in a language that the entry does not have.
    pub answer: ByLanguage<String>,
    /// The sites on which it is found; everywhere when there are none.
    pub sites: Vec<String>,
    /// The segments of customers that find it; everybody when there are none.
    pub segments: Vec<String>,
}

/// A question category.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Category {
    /// Its name, unique.
    pub name: String,
    /// Messages that belong to it, beside the examples of its intents and entries.
    pub examples: ByLanguage<Vec<String>>,
}

/// Messages of one urgency level.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct UrgencyExamples {
    /// The level.
    pub level: UrgencyLevel,
    /// Messages of that level.
    pub examples: ByLanguage<Vec<String>>,
}

/// A message with what it is; what is not said is not learned from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LabelledMessage {
    /// The message.
    pub text: String,
    /// How much it presses.
    pub urgency: Option<UrgencyLevel>,
    /// Its question category.
    pub category: Option<String>,
    /// Its mood.
    pub sentiment: Option<Sentiment>,
    /// Whether it asks for a person.
    pub wants_human: Option<bool>,
    /// What kind of utterance it is.
    pub question_type: Option<QuestionType>,
}

/// A regular expression (crate `regex`: linear time) and what a match means.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Matched against the message after NFKC and case folding.
    pub pattern: regex::Regex,
    /// What a match means.
    pub mark: RuleMark,
}

/// What the match of a rule means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleMark {
    /// The message has this intent.
    Intent(String),
    /// The message has at least this urgency.
    Urgency(UrgencyLevel),
    /// The message asks for a person.
    WantsHuman,
}

/// A product that messages may name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Product {
    /// What the shop calls it, unique; the value of the entity.
    pub id: String,
    /// What people call it, in either language; the name first, then its synonyms.
    pub names: Vec<String>,
}

/// Words of a language that mean the same.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Synonym {
    /// The first counts: the others are read as it.
    pub words: ByLanguage<Vec<String>>,
}

/// A regular expression of the operator that finds what messages name. It sees the message in narrow
/// forms, the case as written; when it has a group, the first one is the entity.
#[derive(Clone, Debug)]
pub struct EntityPattern {
    /// The name of what it finds; `order_number` is the shop's order number.
    pub name: String,
    /// The pattern; it does not match the empty text.
    pub regex: regex::Regex,
}

/// What the bot says in its own voice, one text a language.
#[derive(Clone, Debug, Default)]
pub struct Replies {
    /// The texts by kind; a loaded catalog has every kind.
    pub texts: BTreeMap<Reply, ByLanguage<String>>,
}

impl Replies {
    /// The text of `reply` in `language`.
    pub fn get(&self, reply: Reply, language: Language) -> &str {
        self.texts.get(&reply).map_or("", |texts| texts.get(language))
    }
}

/// The kinds of texts that the bot says in its own voice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reply {
    /// `greeting`: the widget's first words.
    Greeting,
    /// `clarify`: before the nearest questions as buttons.
    Clarify,
    /// `suggestion`: before an answer of which the bot is not sure. Without it, the answer stands alone.
    Suggestion,
    /// `fallback_first`: it does not know, the first time.
    FallbackFirst,
    /// `fallback_second`: it does not know again, and hands over.
    FallbackSecond,
    /// `handoff_requested`: the customer asked for a person.
    HandoffRequested,
    /// `handoff_urgent`: the matter is urgent.
    HandoffUrgent,
    /// `handoff_closed`: the desk is closed; `{opens}` stands for when it opens. Without it, the usual
    /// words are said.
    HandoffClosed,
    /// `file_kept`: a file came that only people can look into. Without it, the words of
    /// `fallback_first` are said.
    FileKept,
    /// `none_of_these`: none of the offered questions was meant.
    NoneOfThese,
    /// `back_to_bot`: the customer left the queue.
    BackToBot,
    /// `label_human`: the button that asks for a person.
    LabelHuman,
    /// `label_none`: the button that says that none of the questions was meant.
    LabelNone,
}

impl Reply {
    /// Whether the knowledge may go without it.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::HandoffClosed | Self::Suggestion | Self::FileKept)
    }

    /// Every kind with its key in knowledge files.
    pub const ALL: [(Self, &'static str); 13] = [
        (Self::Greeting, "greeting"),
        (Self::Clarify, "clarify"),
        (Self::Suggestion, "suggestion"),
        (Self::FallbackFirst, "fallback_first"),
        (Self::FallbackSecond, "fallback_second"),
        (Self::HandoffRequested, "handoff_requested"),
        (Self::HandoffUrgent, "handoff_urgent"),
        (Self::HandoffClosed, "handoff_closed"),
        (Self::FileKept, "file_kept"),
        (Self::NoneOfThese, "none_of_these"),
        (Self::BackToBot, "back_to_bot"),
        (Self::LabelHuman, "label_human"),
        (Self::LabelNone, "label_none"),
    ];
}
