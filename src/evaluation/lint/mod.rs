//! What may be wrong with knowledge that is formally right: classes that overlap or are thin,
//! entries that repeat or contradict each other, labels that do not agree, flows that leave customers behind. Each finding names the
//! files and lines to look at; none of them keeps a server from starting.

mod entries;
mod flows;
mod labels;

use std::collections::{BTreeSet, HashMap};
use std::fmt;

use serde::Serialize;

use crate::catalog::{Catalog, Place};
use crate::evaluation::{EvalError, Reader};
use crate::understanding::{Prepared, Subject, examples_of};

/// What a finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FindingKind {
    /// The same text stands for two labels of one head.
    ConflictingLabels,
    /// Two FAQ entries ask nearly the same and answer differently.
    ContradictoryEntries,
    /// Two FAQ entries ask nearly the same and answer alike.
    DuplicateEntries,
    /// Two intents are taken for each other.
    OverlappingIntents,
    /// A head that has not seen the example is sure of another label.
    UnlikelyLabel,
    /// A label has few examples.
    ThinClass,
    /// A flow asks for what nothing uses.
    UnusedSlot,
    /// A flow changes something at the shop, and nothing was confirmed before.
    UnconfirmedCall,
    /// A flow ends without a word.
    SilentEnd,
    /// A flow that can never begin.
    UnseenFlow,
}

impl FindingKind {
    /// All kinds, in the order in which they are told.
    pub const ALL: [(Self, &'static str); 10] = [
        (Self::ConflictingLabels, "conflicting labels"),
        (Self::ContradictoryEntries, "contradictory entries"),
        (Self::DuplicateEntries, "duplicate entries"),
        (Self::OverlappingIntents, "overlapping intents"),
        (Self::UnlikelyLabel, "unlikely label"),
        (Self::ThinClass, "thin class"),
        (Self::UnusedSlot, "unused slot"),
        (Self::UnconfirmedCall, "unconfirmed call"),
        (Self::SilentEnd, "silent end"),
        (Self::UnseenFlow, "unseen flow"),
    ];

    /// The kind in words.
    pub fn name(self) -> &'static str {
        Self::ALL.into_iter().find(|(kind, _)| *kind == self).map_or("", |(_, name)| name)
    }
}

/// Something to look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Finding {
    /// What it is about.
    pub kind: FindingKind,
    /// Where to look; the first place is the one to begin with.
    pub places: Vec<Place>,
    /// What was found.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(place) = self.places.first() {
            write!(f, "{place}: ")?;
        }
        write!(f, "{}: {}", self.kind.name(), self.message)?;
        for place in self.places.iter().skip(1) {
            write!(f, "\n    see {place}")?;
        }
        Ok(())
    }
}

/// Everything that may be wrong with `catalog`, by kind, file and line.
pub fn lint(catalog: &Catalog, reader: &Reader<'_>) -> Result<Vec<Finding>, EvalError> {
    crate::understanding::warm_up();
    let known = Texts::of(catalog, reader)?;
    let mut findings = entries::alike(&known);
    findings.extend(flows::weak(catalog));
    for (subject, what) in SUBJECTS {
        findings.extend(labels::of(&known, subject, what, reader));
    }
    findings.sort();
    findings.dedup();
    Ok(findings)
}

/// What is learned, with what its labels are called.
const SUBJECTS: [(Subject, &str); 6] = [
    (Subject::Intent, "intent"),
    (Subject::Category, "category"),
    (Subject::Urgency, "urgency"),
    (Subject::Sentiment, "sentiment"),
    (Subject::QuestionType, "type"),
    (Subject::WantsHuman, "wants_human"),
];

/// A catalog with its texts made ready.
struct Texts<'a> {
    catalog: &'a Catalog,
    ready: HashMap<&'a str, Prepared>,
}

impl<'a> Texts<'a> {
    fn of(catalog: &'a Catalog, reader: &Reader<'_>) -> Result<Self, EvalError> {
        let learned = SUBJECTS.iter().flat_map(|(subject, _)| examples_of(catalog, *subject));
        let mut texts: BTreeSet<&str> = learned.map(|(_, text)| text).collect();
        texts.extend(entries::texts(catalog).into_iter().map(|(_, text)| text));
        let texts: Vec<&str> = texts.into_iter().collect();
        let ready = reader.examples(&texts)?;
        Ok(Self { catalog, ready: texts.into_iter().zip(ready).collect() })
    }

    fn ready(&self, text: &str) -> Prepared {
        self.ready.get(text).cloned().unwrap_or_default()
    }

    /// Where texts stand, each place once, in the order of the texts.
    fn places<'t>(&self, texts: impl IntoIterator<Item = &'t str>) -> Vec<Place> {
        let mut places: Vec<Place> = Vec::new();
        for place in texts.into_iter().flat_map(|text| self.catalog.places.text(text)) {
            if !places.contains(place) {
                places.push(place.clone());
            }
        }
        places
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::understanding::encode::KeptVectors;

    const KNOWLEDGE: &str = r#"
[[faq]]
id = "window"
question.en = "How long do I have to return an item?"
answer.en = "You have 30 days from delivery."
[[faq]]
id = "deadline"
question.en = "How long do I have to return items?"
answer.en = "Two weeks, counted from the order."
[[faq]]
id = "shops"
question.en = "Which shops are open on Sunday mornings?"
answer.en = "None of our shops opens on Sunday."
[[faq]]
id = "shops-again"
question.en = "Which shops are open on Sunday mornings"
answer.en = "None of our shops opens on Sundays."
[[urgency]]
level = "urgent"
examples.en = ["Smoke comes out!"]
[[message]]
text = "smoke comes out"
urgency = "low"
"#;

    fn lint_of(knowledge: &str) -> Vec<Finding> {
        let folder = tempfile::tempdir().unwrap();
        let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/intents/replies.toml");
        fs::copy(shipped, folder.path().join("replies.toml")).unwrap();
        fs::write(folder.path().join("a.toml"), knowledge).unwrap();
        let catalog = Catalog::load(folder.path()).unwrap();
        let progress = |_: &str, _: usize, _: usize| ();
        let kept = KeptVectors::in_memory();
        let mut findings =
            lint(&catalog, &Reader { encoders: None, kept, progress: &progress }).unwrap();
        for place in findings.iter_mut().flat_map(|finding| &mut finding.places) {
            place.file = Path::new(place.file.file_name().unwrap()).into();
        }
        findings
    }

    fn of_kind(findings: &[Finding], kind: FindingKind) -> Vec<String> {
        findings.iter().filter(|f| f.kind == kind).map(ToString::to_string).collect()
    }

    #[test]
    fn entries_and_labels_that_disagree_are_named_by_line() {
        let findings = lint_of(KNOWLEDGE);
        let contradictory = of_kind(&findings, FindingKind::ContradictoryEntries);
        assert_eq!(contradictory.len(), 1, "{findings:?}");
        assert!(contradictory[0].starts_with("a.toml:4: "), "{}", contradictory[0]);
        assert!(contradictory[0].ends_with("see a.toml:8"), "{}", contradictory[0]);
        let duplicate = of_kind(&findings, FindingKind::DuplicateEntries);
        assert_eq!(duplicate.len(), 1, "{findings:?}");
        assert!(duplicate[0].contains("`shops` and `shops-again`"), "{}", duplicate[0]);
        let conflicts = of_kind(&findings, FindingKind::ConflictingLabels);
        assert_eq!(conflicts.len(), 1, "{findings:?}");
        assert!(conflicts[0].contains("urgency `low` and `urgent`"), "{}", conflicts[0]);
        assert!(conflicts[0].contains("a.toml:20"), "{}", conflicts[0]);
        assert!(of_kind(&findings, FindingKind::ThinClass).len() >= 2, "{findings:?}");
    }

    fn intent(name: &str, example: impl Fn(usize) -> String) -> String {
        let examples: Vec<String> = (0..15).map(|n| format!("{:?}", example(n))).collect();
        let reply = "reply.en = \"x\"\nreply.zh = \"x\"";
        format!("[[intent]]\nname = \"{name}\"\n{reply}\nexamples.en = [{}]\n", examples.join(", "))
    }

    #[test]
    fn intents_that_mean_the_same_overlap_and_a_stray_example_is_found() {
        let things = [
            "lamp", "radio", "camera", "phone", "laptop", "cable", "mouse", "screen", "printer",
            "tablet", "watch", "speaker", "router", "keyboard", "charger",
        ];
        let knowledge = intent("refund", |n| format!("give me money back for the {}", things[n]))
            + &intent("repayment", |n| {
                format!("money back please for my {}", things[(n + 7) % 15])
            })
            + &intent("hours", |n| match n {
                0 => "please give me my money back for this, money back".to_owned(),
                n => format!("when are you open on day {n} at opening hours"),
            });
        let clear = knowledge.replace("money back please for my", "does bluetooth pair with every");
        let findings = lint_of(&clear);
        assert!(of_kind(&findings, FindingKind::OverlappingIntents).is_empty(), "{findings:?}");
        let stray = of_kind(&findings, FindingKind::UnlikelyLabel);
        assert!(stray.iter().any(|s| s.contains("please give me my money back")), "{findings:?}");
        let overlapping = lint_of(&knowledge.replace("please for my", "for my"));
        let named = of_kind(&overlapping, FindingKind::OverlappingIntents);
        assert!(named.iter().any(|n| n.contains("`refund` and `repayment`")), "{overlapping:?}");
    }
}
