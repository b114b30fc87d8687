//! The tree: questions about a message, and at its leaves what the bot does.

use serde::{Deserialize, Serialize, Serializer};

use crate::dialogue::learned::{Features, Name, Number};
use crate::domain::{Action, Choice, Outcome};

/// What the bot can do about a question that it may be able to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// Gives the likeliest answer.
    Answer,
    /// Gives it as what may be meant, with the next questions as buttons.
    Suggest,
    /// Offers the nearest questions as buttons.
    Clarify,
    /// Fetches a person; of the rules, also: says that it does not know, and offers one.
    HandOff,
}

impl Way {
    /// All, in the order of [`WayCosts`].
    pub const ALL: [Self; 4] = [Self::Answer, Self::Suggest, Self::Clarify, Self::HandOff];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Suggest => "suggest",
            Self::Clarify => "clarify",
            Self::HandOff => "hand_off",
        }
    }

    /// The way that actions come to; nothing for small talk and flows.
    pub fn of(actions: &[Action]) -> Option<Self> {
        actions.iter().find_map(|action| match action {
            Action::Say { outcome, choices, .. } => Self::said(*outcome, choices),
            Action::Handoff { .. } => Some(Self::HandOff),
            Action::Task(_) => None,
        })
    }

    /// The way that words of the bot come to.
    pub fn said(outcome: Outcome, choices: &[Choice]) -> Option<Self> {
        match outcome {
            Outcome::Answered if choices.iter().any(|choice| choice.id == "none") => {
                Some(Self::Suggest)
            }
            Outcome::Answered => Some(Self::Answer),
            Outcome::Clarified => Some(Self::Clarify),
            Outcome::Fallback | Outcome::HandedOff => Some(Self::HandOff),
            Outcome::Smalltalk | Outcome::Task | Outcome::Proactive => None,
        }
    }
}

/// What each way cost on average, a turn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WayCosts {
    /// An answer.
    #[serde(serialize_with = "short")]
    pub answer: f64,
    /// A suggestion.
    #[serde(serialize_with = "short")]
    pub suggest: f64,
    /// A question back.
    #[serde(serialize_with = "short")]
    pub clarify: f64,
    /// A hand-off.
    #[serde(serialize_with = "short")]
    pub hand_off: f64,
}

/// A millionth is enough, and a short number comes back from a file as it went in.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "so serde calls it")]
fn short<S: Serializer>(cost: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64((cost * 1e6).round() / 1e6)
}

impl WayCosts {
    /// That of one way.
    pub fn get(self, way: Way) -> f64 {
        match way {
            Way::Answer => self.answer,
            Way::Suggest => self.suggest,
            Way::Clarify => self.clarify,
            Way::HandOff => self.hand_off,
        }
    }

    /// Both together.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        self.each(other, |a, b| a + b)
    }

    /// This without the other.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        self.each(other, |a, b| a - b)
    }

    /// Of each `by` one part.
    #[must_use]
    pub fn over(self, by: f64) -> Self {
        self.each(Self::default(), |a, _| a / by)
    }

    fn each(self, other: Self, act: impl Fn(f64, f64) -> f64) -> Self {
        Self {
            answer: act(self.answer, other.answer),
            suggest: act(self.suggest, other.suggest),
            clarify: act(self.clarify, other.clarify),
            hand_off: act(self.hand_off, other.hand_off),
        }
    }

    /// The cheapest way; of several, the one that is least trouble for the customer.
    pub fn cheapest(self) -> (Way, f64) {
        let all = Way::ALL.map(|way| (way, self.get(way)));
        let best = all.into_iter().min_by(|a, b| a.1.total_cmp(&b.1));
        best.unwrap_or((Way::HandOff, self.hand_off))
    }
}

/// A place in a tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Node {
    /// A question.
    Split(Box<Split>),
    /// What is done.
    Leaf(Leaf),
}

/// A question, and where it leads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Split {
    /// The question.
    pub test: Test,
    /// Where yes leads.
    pub yes: Node,
    /// Where no leads.
    pub no: Node,
}

/// A question about a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Test {
    /// Whether a number lies below another one.
    Below {
        /// The number.
        number: Number,
        /// The other one.
        at: f32,
    },
    /// Whether a name is this one.
    Is {
        /// The name.
        name: Name,
        /// This one.
        value: String,
    },
}

/// What is done where no question is left.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leaf {
    /// What is done.
    pub way: Way,
    /// On how many turns it rests.
    pub turns: usize,
    /// What each way cost in them on average.
    pub costs: WayCosts,
}

impl Test {
    /// The answer to the question.
    pub fn holds(&self, features: &Features<'_>) -> bool {
        match self {
            Self::Below { number, at } => features.number(*number) < *at,
            Self::Is { name, value } => features.name(*name) == Some(value.as_str()),
        }
    }

    /// The question in words.
    pub fn told(&self) -> String {
        match self {
            Self::Below { number, at } => format!("{} below {at:.3}", number.name()),
            Self::Is { name, value } => format!("{} is {value}", name.name()),
        }
    }
}

impl Node {
    /// Where a message comes to.
    pub fn leaf(&self, features: &Features<'_>) -> &Leaf {
        let mut node = self;
        loop {
            match node {
                Self::Leaf(leaf) => return leaf,
                Self::Split(split) if split.test.holds(features) => node = &split.yes,
                Self::Split(split) => node = &split.no,
            }
        }
    }

    /// How many questions are asked at most.
    pub fn depth(&self) -> usize {
        match self {
            Self::Leaf(_) => 0,
            Self::Split(split) => 1 + split.yes.depth().max(split.no.depth()),
        }
    }

    /// The leaves, each with the questions that lead to it.
    pub fn leaves(&self) -> Vec<(Vec<String>, &Leaf)> {
        match self {
            Self::Leaf(leaf) => vec![(vec![], leaf)],
            Self::Split(split) => {
                let question = split.test.told();
                let yes = split.yes.leaves().into_iter().map(|leaf| ("yes", leaf));
                let no = split.no.leaves().into_iter().map(|leaf| ("no", leaf));
                let led = yes.chain(no).map(|(answer, (path, leaf))| {
                    let first = format!("{question}: {answer}");
                    (std::iter::once(first).chain(path).collect(), leaf)
                });
                led.collect()
            }
        }
    }
}
