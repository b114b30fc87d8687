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
    /// Works on a task: asks for what it needs, or calls the shop's own system.
    Task,
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
            Action::Handoff { .. } | Action::Task(_) => None,
        });
        match said {
            None if actions.iter().any(|action| matches!(action, Action::Task(_))) => {
                Self { kind: Kind::Task, ..Self::default() }
            }
            // the people are asked for, and nobody but them has anything to say
            None => Self { kind: Kind::Handoff, urgency, ..Self::default() },
            Some((Said::Answered, Some(id), _)) => {
                Self { kind: Kind::Faq, id: Some(id.clone()), ..Self::default() }
            }
            // the bot itself never decides to speak first
            Some((Said::Answered | Said::Smalltalk | Said::Proactive, ..)) => {
                Self { kind: Kind::Smalltalk, ..Self::default() }
            }
            Some((Said::Clarified, _, choices)) => {
                let ids = choices.iter().filter_map(|choice| choice.id.strip_prefix("faq:"));
                let offered = ids.map(str::to_owned).collect();
                Self { kind: Kind::Clarify, offered, ..Self::default() }
            }
            Some((Said::Task, ..)) => Self { kind: Kind::Task, ..Self::default() },
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Choice, HandoffReason, Language, Outcome as Said, Urgency};

    fn say(outcome: Said, entry: Option<&str>, choices: &[&str]) -> Action {
        let choice = |id: &&str| Choice { id: (*id).to_owned(), label: (*id).to_owned() };
        Action::Say {
            text: "…".to_owned(),
            language: Language::En,
            outcome,
            entry: entry.map(str::to_owned),
            choices: choices.iter().map(choice).collect(),
        }
    }

    #[test]
    fn deeds_have_a_kind_and_silence_means_that_people_have_the_case() {
        let kind = |actions: &[Action]| Outcome::of(actions, Status::Waiting, None).kind;
        assert_eq!(kind(&[]), Kind::Handoff);
        assert_eq!(kind(&[say(Said::Smalltalk, None, &[])]), Kind::Smalltalk);
        assert_eq!(kind(&[say(Said::Answered, None, &[])]), Kind::Smalltalk);
        assert_eq!(kind(&[say(Said::Fallback, None, &["human"])]), Kind::Fallback);
        let (reason, urgency) = (HandoffReason::Requested, Urgency::default());
        let handoff = Action::Handoff { reason, urgency, language: Language::En };
        assert_eq!(kind(&[say(Said::HandedOff, None, &[]), handoff]), Kind::Handoff);
        let asked =
            Outcome::of(&[say(Said::Clarified, None, &["faq:a", "none"])], Status::Bot, None);
        assert_eq!((asked.kind, asked.offered), (Kind::Clarify, vec!["a".to_owned()]));
    }

    #[test]
    fn an_answer_is_right_from_the_entry_or_from_one_as_good() {
        let json = r#"{"kind": "faq", "id": "a", "also": ["b"]}"#;
        let expected: Expected = serde_json::from_str(json).unwrap();
        let did = |id| Outcome::of(&[say(Said::Answered, Some(id), &[])], Status::Bot, None);
        assert!(expected.is_met_by(&did("a")) && expected.is_met_by(&did("b")));
        assert!(!expected.is_met_by(&did("c")));
        assert!(!Expected::default().is_met_by(&did("a")));
    }

    #[test]
    fn dialogues_are_run_turn_by_turn_and_mistakes_in_them_are_told_by_line() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("d.jsonl");
        let intents = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/knowledge");
        let knowledge = Knowledge::load(&intents, None, &|_, _| true).unwrap();
        let thresholds = crate::dialogue::Thresholds {
            answer_at: 0.7,
            suggest_at: 0.4,
            offer_at: 0.25,
            smalltalk_at: 0.73,
            urgent_at: 0.6,
        };
        let policy = Policy {
            catalog: &knowledge.catalog,
            thresholds,
            opens: None,
            occasion: crate::dialogue::Occasion::default(),
        };
        let today = jiff::civil::date(2026, 11, 28);
        let run = |lines: &str| {
            std::fs::write(&file, lines).unwrap();
            measure(&file, &knowledge, policy, today)
        };
        let entry = knowledge.catalog.entries.first().unwrap();
        let asks = serde_json::json!({ "id": "d", "lang": "en", "turns": [
            { "customer": entry.question.en, "expect": { "kind": "faq", "id": entry.id } },
            { "customer": "I want to talk to a human", "expect": { "kind": "fallback" } },
            { "customer": "xyzzy plugh", "expect": { "kind": "handoff" } },
        ]});
        let report = run(&asks.to_string()).unwrap();
        assert_eq!((report.dialogues, report.turns), (1, 3));
        assert_eq!(report.by_kind[&Kind::Faq], Share { right: 1, of: 1 }, "{report:?}");
        assert_eq!(report.wrong.len(), 1, "{report:?}");
        assert_eq!((report.wrong[0].turn, report.wrong[0].did.kind), (2, Kind::Handoff));
        for (lines, told) in [
            (r#"{"id": "x", "turns": []}"#, "d.jsonl:1: the text is empty"),
            (
                r#"{"id": "x", "turns": [{"customer": "a", "expect": {"kind": "faq"}}]}"#,
                "d.jsonl:1: turn 1 expects `faq` without an `id`",
            ),
            (
                r#"{"id": "x", "turns": [{"customer": "a", "expect": {"kind": "faq", "id": "no"}}]}"#,
                "d.jsonl:1: turn 1: the knowledge has no entry `no`",
            ),
        ] {
            let error = run(lines).unwrap_err().to_string();
            assert!(error.ends_with(told), "{error}");
        }
    }
}
