//! What knowledge consists of, as plain data.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::catalog::{ActionSpec, Flow, Places};
use crate::domain::{Language, QuestionType, Sentiment, UrgencyLevel};

/// One value for each language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ByLanguage<T> {
    /// The English value.
    #[serde(default)]
    pub en: T,
    /// The Chinese value.
    #[serde(default)]
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
    /// What the bot does for customers step by step.
    pub flows: Vec<Flow>,
    /// The calls to the shop's own system that flows make.
    pub actions: Vec<ActionSpec>,
    /// What the bot says in its own voice.
    pub replies: Replies,
    /// Where all this stands.
    pub places: Places,
}

/// Something customers want.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Category {
    /// Its name, unique.
    pub name: String,
    /// Messages that belong to it, beside the examples of its intents and entries.
    pub examples: ByLanguage<Vec<String>>,
}

/// Messages of one urgency level.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UrgencyExamples {
    /// The level.
    pub level: UrgencyLevel,
    /// Messages of that level.
    pub examples: ByLanguage<Vec<String>>,
}

/// A message with what it is; what is not said is not learned from it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
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
        match self.texts.get(&reply) {
            Some(texts) => texts.get(language),
            None => reply.usual().map_or("", |texts| *texts.get(language)),
        }
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
    /// `part_unsure`: of several questions, `{question}` is one that may be one of those offered.
    PartUnsure,
    /// `part_unknown`: of several questions, `{question}` is one that the bot cannot answer.
    PartUnknown,
    /// `answer_missed`: the answer before was not what was asked; before other questions as buttons.
    AnswerMissed,
    /// `asked_again`: the same is asked again; before other questions as buttons.
    AskedAgain,
    /// `same_answer`: before an answer that was just given to another question.
    SameAnswer,
    /// `back_to_bot`: the customer left the queue.
    BackToBot,
    /// `label_human`: the button that asks for a person.
    LabelHuman,
    /// `label_none`: the button that says that none of the questions was meant.
    LabelNone,
    /// `task_cancelled`: the customer does not want a flow any more.
    TaskCancelled,
    /// `task_change`: something is to be changed before a flow goes on: what is it?
    TaskChange,
    /// `task_resumed`: before the question of a flow that goes on; `{title}` stands for the flow.
    TaskResumed,
    /// `task_several`: the customer named several things; which one is meant?
    TaskSeveral,
    /// `label_yes`: the button that confirms.
    LabelYes,
    /// `label_change`: the button with which something is changed before.
    LabelChange,
    /// `label_cancel`: the button that ends a flow.
    LabelCancel,
    /// `label_skip`: the button that skips a question.
    LabelSkip,
}

impl Reply {
    /// Whether the knowledge may go without it.
    pub fn is_optional(self) -> bool {
        matches!(self, Self::HandoffClosed | Self::Suggestion | Self::FileKept)
            || self.usual().is_some()
    }

    /// What is said where the knowledge has no words of its own for it.
    pub fn usual(self) -> Option<ByLanguage<&'static str>> {
        let (en, zh) = match self {
            Self::PartUnsure => (
                "About “{question}” I'm not sure. Do you mean one of these?",
                "关于“{question}”，您要问的是下面哪一个？",
            ),
            Self::PartUnknown => (
                "To “{question}” I have no answer. I can bring in a person.",
                "“{question}”这个问题我答不上来，可以帮您转人工客服。",
            ),
            Self::AnswerMissed => (
                "I'm sorry, that was not what you asked. Is it one of these? I can also bring in a person.",
                "抱歉，刚才没答到您的问题。您要问的是下面哪一个？也可以帮您转人工客服。",
            ),
            Self::AskedAgain => (
                "What I know about this stands above. If it does not help, it may be one of these, or I can bring in a person.",
                "这个问题我能答的就是上面那些。如果没帮到您，可以看看下面的问题，也可以帮您转人工客服。",
            ),
            Self::SameAnswer => (
                "The answer is the same as before. If it leaves something open, I can bring in a person.",
                "这一点和刚才的答案是同一条；如果还没说清楚，可以帮您转人工客服。",
            ),
            Self::TaskCancelled => ("All right, I'll leave it.", "好的，已取消。"),
            Self::TaskChange => ("What should be changed?", "您想修改哪一项？"),
            Self::TaskResumed => ("Back to: {title}.", "我们继续：{title}。"),
            Self::TaskSeveral => ("Which one do you mean?", "您指的是哪一个？"),
            Self::LabelYes => ("Yes, that's right", "确认"),
            Self::LabelChange => ("Change something", "修改"),
            Self::LabelCancel => ("Never mind", "不用了"),
            Self::LabelSkip => ("Skip", "跳过"),
            _ => return None,
        };
        Some(ByLanguage { en, zh })
    }

    /// Every kind with its key in knowledge files.
    pub const ALL: [(Self, &'static str); 26] = [
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
        (Self::PartUnsure, "part_unsure"),
        (Self::PartUnknown, "part_unknown"),
        (Self::AnswerMissed, "answer_missed"),
        (Self::AskedAgain, "asked_again"),
        (Self::SameAnswer, "same_answer"),
        (Self::BackToBot, "back_to_bot"),
        (Self::LabelHuman, "label_human"),
        (Self::LabelNone, "label_none"),
        (Self::TaskCancelled, "task_cancelled"),
        (Self::TaskChange, "task_change"),
        (Self::TaskResumed, "task_resumed"),
        (Self::TaskSeveral, "task_several"),
        (Self::LabelYes, "label_yes"),
        (Self::LabelChange, "label_change"),
        (Self::LabelCancel, "label_cancel"),
        (Self::LabelSkip, "label_skip"),
    ];
}
