//! What flows and actions consist of, as plain data. A loaded one is consistent: every name in it
//! exists, every step can be reached, and no text lacks a value.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::catalog::{ByLanguage, Template};
use crate::domain::{EntityKind, Language};

/// Something that the bot does for a customer, step by step.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// Its name, unique.
    pub name: String,
    /// What it does, as the words of a button.
    pub title: ByLanguage<String>,
    /// The intents with which it begins.
    pub intents: Vec<String>,
    /// The FAQ entries with which it begins.
    pub entries: Vec<String>,
    /// Messages with which it begins, in narrow forms and any case.
    pub patterns: Vec<regex::Regex>,
    /// How it begins.
    pub start: FlowStart,
    /// What must hold for it to begin.
    pub when: Vec<Condition>,
    /// What it asks for.
    pub slots: Vec<FlowSlot>,
    /// Its steps; the first one begins.
    pub steps: Vec<Step>,
    /// What values are called, by slot and value.
    pub labels: BTreeMap<String, BTreeMap<String, ByLanguage<String>>>,
}

/// How a flow begins when a message is about it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum FlowStart {
    /// In place of the FAQ entry's answer.
    Now,
    /// In place of the answer where the message gives one of the slots; else as offered.
    #[default]
    Named,
    /// By a button below the answer.
    Offered,
}

/// Something that a flow asks for.
#[derive(Clone, Debug)]
pub struct FlowSlot {
    /// Its name, unique in the flow.
    pub name: String,
    /// What fits.
    pub kind: SlotKind,
    /// What it is called.
    pub label: ByLanguage<String>,
    /// How else customers call it.
    pub words: ByLanguage<Vec<String>>,
    /// The question.
    pub ask: ByLanguage<Template>,
    /// The question after an answer that did not fit; `{said}` stands for that.
    pub again: ByLanguage<Template>,
    /// Whether the customer may skip it.
    pub optional: bool,
    /// Whether what the customer named before counts.
    pub recall: bool,
}

/// What fits a slot.
#[derive(Clone, Debug)]
pub enum SlotKind {
    /// The number of an order.
    OrderNumber(Option<regex::Regex>),
    /// A telephone number of one of these countries; of any when there are none.
    Phone(Vec<phonenumber::country::Id>),
    /// An e-mail address.
    Email,
    /// A day, so many days from today at least and at most.
    Date(Option<i64>, Option<i64>),
    /// A time, or a part of the day.
    Time,
    /// A day with a time of it, so many days from today at least and at most.
    DateTime(Option<i64>, Option<i64>),
    /// Money; the currency is that of bare numbers.
    Money {
        /// The currency of bare numbers.
        currency: String,
        /// From which amount on.
        least: Option<f64>,
        /// Up to which amount.
        most: Option<f64>,
    },
    /// A whole number.
    Quantity(i64, i64),
    /// One of these.
    Choice(Vec<SlotOption>),
    /// What the customer writes, so many characters at least and at most.
    Text(usize, usize),
    /// What the regular expression finds, in narrow forms and any case.
    Pattern(regex::Regex),
    /// A product of the knowledge.
    Product,
    /// What an `[[entity]]` of the knowledge finds.
    Entity(String),
}

impl SlotKind {
    /// What it is as a thing that messages name.
    pub fn entity(&self) -> EntityKind {
        match self {
            Self::OrderNumber(_) => EntityKind::OrderNumber,
            Self::Phone(_) => EntityKind::Phone,
            Self::Email => EntityKind::Email,
            Self::Date(..) => EntityKind::Date,
            Self::Time => EntityKind::Time,
            Self::DateTime(..) => EntityKind::DateTime,
            Self::Money { .. } => EntityKind::Amount,
            Self::Product => EntityKind::Product,
            Self::Quantity(..)
            | Self::Choice(_)
            | Self::Text(..)
            | Self::Pattern(_)
            | Self::Entity(_) => EntityKind::Custom,
        }
    }

    /// Whether the customer's whole message is the answer.
    pub fn is_text(&self) -> bool {
        matches!(self, Self::Text(..))
    }
}

/// A value to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SlotOption {
    /// The value.
    pub value: String,
    /// The words of its button.
    pub label: ByLanguage<String>,
    /// How else customers say it, in lower case.
    pub words: Vec<String>,
}

/// Something that holds or does not.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// A slot has this value, or has not.
    Is {
        /// The slot.
        slot: String,
        /// The value.
        value: String,
        /// Whether it has it.
        holds: bool,
    },
    /// Something is known of a slot, or not.
    Given {
        /// The slot.
        slot: String,
        /// Whether it is known.
        holds: bool,
    },
    /// A slot's number is above this.
    Above(String, f64),
    /// A slot's number is below this.
    Below(String, f64),
    /// The customer is answered in this language.
    Language(Language),
    /// The customer is in this segment, or is not.
    Segment {
        /// The segment.
        name: String,
        /// Whether they are in it.
        holds: bool,
    },
    /// The desk is open, or is not.
    Open(bool),
}

/// A step of a flow.
#[derive(Clone, Debug)]
pub struct Step {
    /// Its id, unique in the flow; its number where it has no name.
    pub id: String,
    /// What must hold for it to be done; else the step below follows.
    pub when: Vec<Condition>,
    /// What is done.
    pub kind: StepKind,
    /// The step that follows; the flow's end where there is none.
    pub next: Option<usize>,
}

/// What a step does.
#[derive(Clone, Debug)]
pub enum StepKind {
    /// Asks for slots, as far as they are not known.
    Collect {
        /// Their names, in order.
        slots: Vec<String>,
        /// Whether they are forgotten first.
        anew: bool,
    },
    /// Asks whether everything is right.
    Confirm(ByLanguage<Template>),
    /// Calls the shop's own system.
    Call {
        /// The action.
        action: String,
        /// What is said before.
        say: Option<ByLanguage<Template>>,
        /// The step that follows when there is no such thing; a person where there is none.
        missing: Option<usize>,
        /// The step that follows when it was refused; a person where there is none.
        refused: Option<usize>,
        /// The step that follows when it failed; a person where there is none.
        failed: Option<usize>,
    },
    /// Says something.
    Say(ByLanguage<Template>),
    /// Fetches a person, and says so in these words or the usual ones.
    Handoff(Option<ByLanguage<Template>>),
    /// Nothing; the next step follows.
    Go,
    /// The flow is done.
    End,
}

/// A call to the shop's own system.
#[derive(Clone, Debug)]
pub struct ActionSpec {
    /// Its name, unique.
    pub name: String,
    /// GET, POST, PUT, PATCH or DELETE.
    pub method: String,
    /// The address: whole, or a path below the setting `actions.base_url`.
    pub url: Template,
    /// Headers, with secrets by reference.
    pub headers: Vec<(String, Template)>,
    /// What is sent as JSON.
    pub body: Option<Body>,
    /// How long one try may take.
    pub timeout: Duration,
    /// Whether the same `Idempotency-Key` twice is done once; so it may be sent again.
    pub honours_key: bool,
    /// What is taken from the answer.
    pub results: Vec<ResultSpec>,
}

impl ActionSpec {
    /// Whether sending it again does no harm.
    pub fn is_repeatable(&self) -> bool {
        self.honours_key || self.method == "GET"
    }

    /// The values that it cannot do without.
    pub fn needs(&self) -> Vec<&str> {
        let headers = self.headers.iter().flat_map(|(_, value)| value.needs());
        let mut needs: Vec<&str> = self.url.needs().chain(headers).collect();
        if let Some(body) = &self.body {
            body.needs(&mut needs);
        }
        needs.retain(|name| !name.contains(':') && !BUILT_IN.contains(name));
        needs
    }
}

/// What every call knows beside its flow's slots.
pub const BUILT_IN: [&str; 3] = ["language", "conversation", "customer"];

/// JSON with templates as texts.
#[derive(Clone, Debug, PartialEq)]
pub enum Body {
    /// A text.
    Text(Template),
    /// Any other plain value.
    Plain(serde_json::Value),
    /// A list.
    List(Vec<Body>),
    /// An object.
    Object(Vec<(String, Body)>),
}

impl Body {
    fn needs<'a>(&'a self, all: &mut Vec<&'a str>) {
        match self {
            Self::Text(template) => all.extend(template.needs()),
            Self::Plain(_) => {}
            Self::List(items) => items.iter().for_each(|item| item.needs(all)),
            Self::Object(fields) => fields.iter().for_each(|(_, field)| field.needs(all)),
        }
    }
}

/// What is taken from an answer.
#[derive(Clone, Debug)]
pub struct ResultSpec {
    /// The slot that it fills.
    pub slot: String,
    /// Where it stands (RFC 9535).
    pub path: serde_json_path::JsonPath,
    /// Whether it may be absent.
    pub optional: bool,
}
