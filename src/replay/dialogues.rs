//! Dialogues with what is expected of the bot at each turn, and how often it does that.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::conversation::Knowledge;
use crate::dialogue::{Policy, Status};
use crate::domain::{Action, UrgencyLevel};
use crate::evaluation::{EvalError, Line, read_numbered};
use crate::replay::Rehearsal;

/// A dialogue, one JSON object a line.
#[derive(Clone, Debug, Deserialize)]
pub struct Dialogue {
    /// Its name.
    pub id: String,
    /// Its language, as the file calls it: figures are given for each.
    #[serde(default)]
    pub lang: String,
    /// What the customer says, in turn.
    pub turns: Vec<Turn>,
}

/// A message of the customer, and what it should bring.
#[derive(Clone, Debug, Deserialize)]
pub struct Turn {
    /// The words.
    pub customer: String,
    /// What the bot should do.
    pub expect: Expected,
}

/// What the bot should do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Expected {
    /// The kind of deed.
    pub kind: Kind,
    /// The entry that answers; for `faq`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Entries that are as good.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<String>,
    /// How urgent the matter is; for `handoff`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<UrgencyLevel>,
}

/// The kinds of what the bot does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Answers from an entry.
    Faq,
    /// The case is with the people: handed over now, or waiting for them.
    Handoff,
    /// Asks back.
    Clarify,
    /// Says that it does not know.
    #[default]
    Fallback,
    /// Greets, thanks, says goodbye, or speaks of itself.
    Smalltalk,
}

/// What the bot did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// The kind of deed.
    pub kind: Kind,
    /// The entry that answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The entries that were offered as buttons.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub offered: Vec<String>,
    /// How urgent the case is that waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub urgency: Option<UrgencyLevel>,
}

/// How many of how many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Share {
    /// So many were as expected.
    pub right: usize,
    /// Of so many.
    pub of: usize,
}

/// A turn that was not as expected.
#[derive(Clone, Debug, Serialize)]
pub struct Wrong {
    /// The dialogue.
    pub dialogue: String,
    /// Its turn, from 1.
    pub turn: usize,
    /// What the customer said.
    pub customer: String,
    /// What the bot should have done.
    pub expected: Expected,
    /// What it did.
    pub did: Outcome,
}

/// What was measured.
#[derive(Clone, Debug, Default, Serialize)]
pub struct DialogueReport {
    /// How many dialogues.
    pub dialogues: usize,
    /// How many turns.
    pub turns: usize,
    /// The share of turns as expected: the kind, and for an answer the entry.
    pub accuracy: f64,
    /// The same for each language of the file.
    pub by_language: BTreeMap<String, f64>,
    /// The same for each kind that is expected.
    pub by_kind: BTreeMap<Kind, Share>,
    /// Of the turns that are rightly with the people: how many have the expected urgency.
    pub urgency: Share,
    /// Of the turns in which an entry should have answered and the bot asked back: how many offered it.
    pub offered: Share,
    /// The turns that were not as expected.
    pub wrong: Vec<Wrong>,
}

impl Line for Dialogue {
    fn text(&self) -> &str {
        self.turns.first().map_or("", |turn| &turn.customer)
    }
}

impl Expected {
    /// Whether that is what the bot did.
    pub fn is_met_by(&self, did: &Outcome) -> bool {
        let names = |id: &String| self.id.as_ref() == Some(id) || self.also.contains(id);
        self.kind == did.kind && (self.kind != Kind::Faq || did.id.as_ref().is_some_and(names))
    }
}

impl Outcome {
    /// What `actions` come to, in a conversation that then stands at `state`.
    pub fn of(actions: &[Action], status: Status, urgency: Option<UrgencyLevel>) -> Self {
        use crate::domain::Outcome as Said;
        if actions.iter().any(|action| matches!(action, Action::Handoff { .. })) {
            return Self { kind: Kind::Handoff, urgency, ..Self::default() };
        }
        let said = actions.iter().find_map(|action| match action {
            Action::Say { outcome, entry, choices, .. } => Some((*outcome, entry, choices)),
            Action::Handoff { .. } => None,
        });
        match said {
            // the people are asked for, and nobody but them has anything to say
            None => Self { kind: Kind::Handoff, urgency, ..Self::default() },
            Some((Said::Answered, Some(id), _)) => {
                Self { kind: Kind::Faq, id: Some(id.clone()), ..Self::default() }
            }
            Some((Said::Answered | Said::Smalltalk, ..)) => {
                Self { kind: Kind::Smalltalk, ..Self::default() }
            }
            Some((Said::Clarified, _, choices)) => {
                let ids = choices.iter().filter_map(|choice| choice.id.strip_prefix("faq:"));
                let offered = ids.map(str::to_owned).collect();
                Self { kind: Kind::Clarify, offered, ..Self::default() }
            }
            Some((Said::Fallback, ..)) => Self { kind: Kind::Fallback, ..Self::default() },
            Some((Said::HandedOff, ..)) => {
                debug_assert_eq!(status, Status::Waiting, "handed over without a queue");
                Self { kind: Kind::Handoff, urgency, ..Self::default() }
            }
        }
    }
}

impl Share {
    fn count(&mut self, is_right: bool) {
        self.of += 1;
        self.right += usize::from(is_right);
    }

    fn rate(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "turns of a file")]
        let rate = self.right as f64 / self.of.max(1) as f64;
        rate
    }
}

/// Runs every dialogue of `file` and compares; `today` is what relative dates count from.
pub fn measure(
    file: &Path,
    knowledge: &Knowledge,
    policy: Policy<'_>,
    today: Date,
) -> Result<DialogueReport, EvalError> {
    let mut report = DialogueReport::default();
    let (mut all, mut languages) = (Share::default(), BTreeMap::<String, Share>::new());
    for (line, dialogue) in read_numbered::<Dialogue>(file)? {
        check(&dialogue, knowledge).map_err(|message| EvalError::Line {
            file: file.to_owned(),
            line,
            message,
        })?;
        let mut rehearsal = Rehearsal::new(knowledge, policy, today);
        for (number, Turn { customer, expect }) in (1..).zip(&dialogue.turns) {
            let said = rehearsal.say(customer);
            let (actions, _) = said.map_err(|error| EvalError::Line {
                file: file.to_owned(),
                line,
                message: format!("turn {number}: {error}"),
            })?;
            let urgency = rehearsal.state.need.as_ref().map(|need| need.urgency);
            let did = Outcome::of(&actions, rehearsal.state.status, urgency);
            let is_right = expect.is_met_by(&did);
            all.count(is_right);
            languages.entry(dialogue.lang.clone()).or_default().count(is_right);
            report.by_kind.entry(expect.kind).or_default().count(is_right);
            if is_right && expect.urgency.is_some() {
                report.urgency.count(did.urgency == expect.urgency);
            }
            if expect.kind == Kind::Faq && did.kind == Kind::Clarify {
                report.offered.count(
                    did.offered
                        .iter()
                        .any(|id| expect.id.as_ref() == Some(id) || expect.also.contains(id)),
                );
            }
            if !is_right {
                report.wrong.push(Wrong {
                    dialogue: dialogue.id.clone(),
                    turn: number,
                    customer: customer.clone(),
                    expected: expect.clone(),
                    did,
                });
            }
        }
        report.dialogues += 1;
    }
    report.turns = all.of;
    report.accuracy = all.rate();
    report.by_language =
        languages.into_iter().map(|(language, share)| (language, share.rate())).collect();
    Ok(report)
}

/// What is wrong with a dialogue beside its shape.
fn check(dialogue: &Dialogue, knowledge: &Knowledge) -> Result<(), String> {
    if dialogue.turns.is_empty() {
        return Err("has no turns".to_owned());
    }
    for (number, turn) in (1..).zip(&dialogue.turns) {
        let Expected { kind, id, also, .. } = &turn.expect;
        if *kind == Kind::Faq && id.is_none() {
            return Err(format!("turn {number} expects `faq` without an `id`"));
        }
        let entries = &knowledge.catalog.entries;
        let is_unknown = |id: &&String| !entries.iter().any(|entry| entry.id == **id);
        if let Some(id) = id.iter().chain(also).find(is_unknown) {
            return Err(format!("turn {number}: the knowledge has no entry `{id}`"));
        }
    }
    Ok(())
}
