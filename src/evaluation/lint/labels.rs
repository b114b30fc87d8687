//! What labels of one head may be wrong: thin ones, conflicting ones, intents that overlap, and
//! examples that a head which has not seen them gives another label (in the spirit of confident
//! learning, Northcutt et al. 2021).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::catalog::Place;
use crate::domain::Scored;
use crate::evaluation::Reader;
use crate::evaluation::folds::{HeldOut, cross_validate, deal, same};
use crate::evaluation::lint::{Finding, FindingKind, Texts};
use crate::evaluation::measures::share;
use crate::understanding::{Neighbourhood, Prepared, Subject, examples_of};

/// Fewer examples are thin.
const ENOUGH: usize = 10;
/// Folds of the cross-validation.
const FOLDS: usize = 5;
/// From which probability on another label is told.
const SURE: f32 = 0.7;
/// How many such examples of a head are told, the surest first: a list of a thousand is not read.
const UNLIKELY: usize = 20;
/// How many examples, and which share of the smaller intent's, must point to the other one.
const LEAST: usize = 3;
const OVERLAP: f64 = 0.25;
/// Places that are named of two intents beside their own.
const SHOWN: usize = 4;

/// The examples of a head.
struct Lesson<'a, 'b> {
    known: &'b Texts<'a>,
    /// What the labels are called.
    what: &'static str,
    /// Labels with texts, each pair once.
    examples: Vec<(&'a str, &'a str)>,
}

/// What may be wrong with the examples of `subject`.
pub(super) fn of(
    known: &Texts<'_>,
    subject: Subject,
    what: &'static str,
    reader: &Reader<'_>,
) -> Vec<Finding> {
    let mut seen = BTreeSet::new();
    let mut examples = examples_of(known.catalog, subject);
    examples.retain(|example| seen.insert(*example));
    let lesson = Lesson { known, what, examples };
    let mut findings = lesson.thin();
    findings.extend(lesson.conflicts());
    let ready: Vec<Prepared> = lesson.examples.iter().map(|(_, text)| known.ready(text)).collect();
    let labelled: Vec<(&str, &Prepared)> =
        lesson.examples.iter().zip(&ready).map(|((label, _), ready)| (*label, ready)).collect();
    let told = |done, all| (reader.progress)("cross-validating", done, all);
    let is_open = subject == Subject::Intent;
    let held = cross_validate(&labelled, &[], &deal(&lesson.examples, FOLDS), is_open, &told);
    if let Some(held) = held {
        findings.extend(lesson.unlikely(&held));
        if subject == Subject::Intent {
            findings.extend(lesson.overlaps(&held, &Neighbourhood::of(&ready)));
        }
    }
    findings
}

impl Lesson<'_, '_> {
    /// Labels with their texts.
    fn by_label(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut labels: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (label, text) in &self.examples {
            labels.entry(label).or_default().push(text);
        }
        labels
    }

    /// Where a label is defined, or else its first example.
    fn place(&self, label: &str) -> Vec<Place> {
        if let Some(place) = self.known.catalog.places.name(self.what, label) {
            return vec![place.clone()];
        }
        let own = self.examples.iter().filter(|(own, _)| *own == label);
        let mut places = self.known.places(own.map(|(_, text)| *text));
        places.truncate(1);
        places
    }

    fn thin(&self) -> Vec<Finding> {
        let thin = self.by_label().into_iter().filter(|(_, texts)| texts.len() < ENOUGH);
        let finding = |(label, texts): (&str, Vec<&str>)| Finding {
            kind: FindingKind::ThinClass,
            places: self.place(label),
            message: format!(
                "{} `{label}` has {} examples; {ENOUGH} or more are better",
                self.what,
                texts.len()
            ),
        };
        thin.map(finding).collect()
    }

    fn conflicts(&self) -> Vec<Finding> {
        let mut texts: HashMap<Vec<String>, Vec<(&str, &str)>> = HashMap::new();
        for (label, text) in &self.examples {
            texts.entry(same(text)).or_default().push((label, text));
        }
        let conflicting = texts.into_values().filter_map(|all| {
            let labels: BTreeSet<&str> = all.iter().map(|(label, _)| *label).collect();
            let (_, text) = all.first()?;
            let names: Vec<String> = labels.iter().map(|label| format!("`{label}`")).collect();
            (labels.len() > 1).then(|| Finding {
                kind: FindingKind::ConflictingLabels,
                places: self.known.places(all.iter().map(|(_, text)| *text)),
                message: format!("“{text}” stands for {} {}", self.what, names.join(" and ")),
            })
        });
        conflicting.collect()
    }

    fn unlikely(&self, held: &HeldOut) -> Vec<Finding> {
        let both = self.examples.iter().zip(&held.inside);
        let mut unlikely: Vec<_> = both
            .filter_map(|(example, reading)| Some((example, reading.ranked.first()?)))
            .filter(|((label, _), best)| best.name != *label && best.confidence >= SURE)
            .collect();
        unlikely.sort_by(|(_, a), (_, b)| b.confidence.total_cmp(&a.confidence));
        let finding = |((label, text), best): (&(&str, &str), &Scored)| Finding {
            kind: FindingKind::UnlikelyLabel,
            places: self.known.places([*text]),
            message: format!(
                "“{text}” stands for {} `{label}`; without it, it reads as `{}` ({:.2})",
                self.what, best.name, best.confidence
            ),
        };
        unlikely.into_iter().take(UNLIKELY).map(finding).collect()
    }

    /// Pairs of intents of which examples are taken for the other's, or lie nearest to the other's.
    fn overlaps(&self, held: &HeldOut, neighbours: &Neighbourhood) -> Vec<Finding> {
        let mut pairs: BTreeMap<(&str, &str), Crossing<'_>> = BTreeMap::new();
        let all = self.examples.iter().zip(&held.inside).enumerate();
        for (at, ((label, text), reading)) in all {
            let said = reading.ranked.first().map_or(*label, |best| best.name.as_str());
            if said != *label {
                let crossing = pairs.entry(pair(label, said)).or_default();
                crossing.confused.push(text);
            }
            let near = self.nearest(at, neighbours).unwrap_or(label);
            if near != *label {
                pairs.entry(pair(label, near)).or_default().near.push(text);
            }
        }
        let sizes: BTreeMap<&str, usize> =
            self.by_label().into_iter().map(|(label, texts)| (label, texts.len())).collect();
        let size = |label: &str| sizes.get(label).copied().unwrap_or_default();
        let finding = |((a, b), crossing): ((&str, &str), Crossing<'_>)| {
            let smaller = size(a).min(size(b));
            let counts = [crossing.confused.len(), crossing.near.len()];
            let is_much = |count: usize| count >= LEAST && share(count, smaller) >= OVERLAP;
            counts.into_iter().any(is_much).then(|| self.overlap((a, b), &crossing))
        };
        pairs.into_iter().filter_map(finding).collect()
    }

    fn overlap(&self, (a, b): (&str, &str), crossing: &Crossing<'_>) -> Finding {
        let Crossing { confused, near } = crossing;
        let mut places = [self.place(a), self.place(b)].concat();
        let texts = confused.iter().chain(near).copied();
        for place in self.known.places(texts).into_iter().take(SHOWN) {
            if !places.contains(&place) {
                places.push(place);
            }
        }
        let example = confused.first().or(near.first()).copied().unwrap_or_default();
        let message = format!(
            "intents `{a}` and `{b}`: {} examples are taken for the other's, {} lie nearest to one of \
             the other's, such as “{example}”",
            confused.len(),
            near.len()
        );
        Finding { kind: FindingKind::OverlappingIntents, places, message }
    }

    /// The label of the example that is most like the one at `at`.
    fn nearest(&self, at: usize, neighbours: &Neighbourhood) -> Option<&str> {
        let likenesses = neighbours.likenesses(at).into_iter().enumerate();
        let others = likenesses.filter(|(other, likeness)| *other != at && likeness.best() > 0.0);
        let (nearest, _) = others.max_by(|(_, a), (_, b)| a.best().total_cmp(&b.best()))?;
        self.examples.get(nearest).map(|(label, _)| *label)
    }
}

/// Examples of two intents that point to the other one.
#[derive(Default)]
struct Crossing<'a> {
    confused: Vec<&'a str>,
    near: Vec<&'a str>,
}

fn pair<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    if a < b { (a, b) } else { (b, a) }
}
