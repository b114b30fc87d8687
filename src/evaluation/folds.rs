//! Cross-validation: every example is asked of a head that was trained without it. Folds are
//! stratified (each holds its share of every label), seeded, and keep texts that are the same but
//! for case and punctuation together, so that nothing is asked of a head that has seen it.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde::Deserialize;

use crate::catalog::Catalog;
use crate::evaluation::Reader;
use crate::evaluation::learnable::learnable;
use crate::evaluation::lines::{EvalError, Line, read_numbered};
use crate::understanding::{Head, HeadReading, Prepared, Subject, examples_of, tokenise};

/// The folds are the same in every run.
const SEED: u64 = 7;

/// Labelled texts with where they come from.
#[derive(Clone, Debug)]
pub struct Examples {
    /// The file or the folder.
    pub source: PathBuf,
    pub(super) lines: Vec<Labelled>,
}

/// A text with its label.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub(super) struct Labelled {
    pub(super) text: String,
    pub(super) label: String,
}

impl Line for Labelled {
    fn text(&self) -> &str {
        &self.text
    }
}

impl Examples {
    /// The intents of a file; of a knowledge folder, where `source` is one.
    pub fn of_intents(source: &Path) -> Result<Self, EvalError> {
        if source.is_dir() {
            return Self::of_knowledge(source, Subject::Intent);
        }
        let lines = learnable(source, read_numbered(source)?)?;
        Ok(Self { source: source.to_owned(), lines })
    }

    /// What the knowledge in `folder` teaches of `subject`.
    pub(super) fn of_knowledge(folder: &Path, subject: Subject) -> Result<Self, EvalError> {
        let catalog = Catalog::load(folder)?;
        let is_flag = subject == Subject::WantsHuman;
        let flag = |label| if label == "yes" { "true" } else { "false" };
        let mut seen = HashSet::new();
        let examples = examples_of(&catalog, subject).into_iter();
        let lines = examples
            .filter(|example| seen.insert(*example))
            .map(|(label, text)| (if is_flag { flag(label) } else { label }, text))
            .map(|(label, text)| Labelled { text: text.to_owned(), label: label.to_owned() });
        Ok(Self { source: folder.to_owned(), lines: lines.collect() })
    }

    /// The texts, made ready to be learned from.
    pub(super) fn prepare(&self, reader: &Reader<'_>) -> Result<Vec<Prepared>, EvalError> {
        let texts: Vec<&str> = self.lines.iter().map(|line| line.text.as_str()).collect();
        reader.examples(&texts)
    }

    /// Asks every line of a head that was trained on the other folds, and `also` of one of them.
    pub(super) fn held_out(
        &self,
        ready: &[Prepared],
        also: &[Prepared],
        split: Split,
        reader: &Reader<'_>,
    ) -> Result<HeldOut, EvalError> {
        let lines = || self.lines.iter().map(|line| line.label.as_str());
        let named: Vec<(&str, &str)> =
            lines().zip(self.lines.iter().map(|line| line.text.as_str())).collect();
        let examples: Vec<(&str, &Prepared)> = lines().zip(ready).collect();
        let told = |done, all| (reader.progress)("cross-validating", done, all);
        let folds = deal(&named, split.folds);
        let held = cross_validate(&examples, also, &folds, split.is_open, &told);
        let message = "every fold must leave two labels or more to learn";
        held.ok_or_else(|| EvalError::TooLittle { file: self.source.clone(), message })
    }

    /// How many labels there are.
    pub(super) fn labels(&self) -> usize {
        self.lines.iter().map(|line| &line.label).collect::<HashSet<_>>().len()
    }
}

/// How examples are split.
#[derive(Clone, Copy, Debug)]
pub(super) struct Split {
    pub(super) folds: usize,
    /// Whether messages may belong to no label.
    pub(super) is_open: bool,
}

/// What heads said that were trained on the other folds.
pub(super) struct HeldOut {
    /// Of the examples, in their order.
    pub(super) inside: Vec<HeadReading>,
    /// Of further messages, which are dealt to the folds one after the other.
    pub(super) also: Vec<HeadReading>,
}

/// Asks every example of a head that was trained on the other folds; nothing when some fold leaves
/// fewer than two labels to learn. `told` hears how many folds are done.
pub(super) fn cross_validate(
    examples: &[(&str, &Prepared)],
    also: &[Prepared],
    folds: &[usize],
    is_open: bool,
    told: &dyn Fn(usize, usize),
) -> Option<HeldOut> {
    let count = folds.iter().max().map_or(0, |last| last + 1);
    if count < 2 {
        return None;
    }
    let mut inside: Vec<HeadReading> = vec![HeadReading::default(); examples.len()];
    let mut outside: Vec<HeadReading> = vec![HeadReading::default(); also.len()];
    for fold in 0..count {
        let placed = || examples.iter().zip(folds).enumerate();
        let training = placed().filter(|(_, (_, own))| **own != fold);
        let head = Head::train(training.map(|(_, (example, _))| *example), is_open)?;
        let asked: Vec<(usize, &Prepared)> = placed()
            .filter(|(_, (_, own))| **own == fold)
            .map(|(at, ((_, message), _))| (at, *message))
            .collect();
        let read: Vec<(usize, HeadReading)> =
            asked.par_iter().map(|(at, message)| (*at, head.read(message))).collect();
        for (at, reading) in read {
            if let Some(place) = inside.get_mut(at) {
                *place = reading;
            }
        }
        let dealt = outside.iter_mut().zip(also).skip(fold).step_by(count);
        dealt.for_each(|(place, message)| *place = head.read(message));
        told(fold + 1, count);
    }
    Some(HeldOut { inside, also: outside })
}

/// The fold of each example.
pub(super) fn deal(lines: &[(&str, &str)], count: usize) -> Vec<usize> {
    // texts that are the same stand together, under the label of the first of them
    let mut groups: HashMap<Vec<String>, usize> = HashMap::new();
    let mut members: Vec<Vec<usize>> = Vec::new();
    let mut by_label: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (at, (label, text)) in lines.iter().enumerate() {
        let group = *groups.entry(same(text)).or_insert_with(|| {
            by_label.entry(label).or_default().push(members.len());
            members.push(Vec::new());
            members.len() - 1
        });
        members.get_mut(group).into_iter().for_each(|group| group.push(at));
    }
    let mut chance = StdRng::seed_from_u64(SEED);
    let mut folds = vec![0; lines.len()];
    let mut next = 0;
    for groups in by_label.values_mut() {
        groups.shuffle(&mut chance);
        for group in groups.iter().filter_map(|group| members.get(*group)) {
            for at in group {
                if let Some(fold) = folds.get_mut(*at) {
                    *fold = next % count.max(1);
                }
            }
            next += 1;
        }
    }
    folds
}

/// What is the same in texts that differ in case and punctuation only.
pub(super) fn same(text: &str) -> Vec<String> {
    let words: Vec<String> = tokenise(text).words.into_iter().map(|word| word.surface).collect();
    if words.is_empty() { vec![text.to_owned()] } else { words }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> Vec<(&'static str, String)> {
        let of =
            |label, count: usize| (0..count).map(move |n| (label, format!("{label} text {n}")));
        of("a", 10).chain(of("b", 20)).chain(of("c", 3)).collect()
    }

    #[test]
    fn folds_are_stratified_even_and_the_same_every_time() {
        let lines = lines();
        let lines: Vec<(&str, &str)> = lines.iter().map(|(l, t)| (*l, t.as_str())).collect();
        let folds = deal(&lines, 5);
        assert_eq!(folds, deal(&lines, 5));
        for fold in 0..5 {
            let of = |label: &str| {
                lines
                    .iter()
                    .zip(&folds)
                    .filter(|((own, _), at)| *own == label && **at == fold)
                    .count()
            };
            assert_eq!((of("a"), of("b")), (2, 4));
            assert!(of("c") <= 1);
        }
    }

    #[test]
    fn the_same_text_is_never_on_both_sides() {
        let lines =
            [("a", "Where is it?"), ("b", "x"), ("a", "y"), ("b", "where is it"), ("b", "z")];
        let folds = deal(&lines, 4);
        assert_eq!(folds[0], folds[3]);
        let others: HashSet<usize> = folds.iter().copied().collect();
        assert_eq!(others.len(), 4, "{folds:?}");
    }

    #[test]
    fn every_example_is_read_by_a_head_that_has_not_seen_it() {
        // the last word alone tells the label, and stands in one example only: who guesses right has
        // seen it
        let texts: Vec<String> = (0..40).map(|n| format!("same words q{}z", n * 7919)).collect();
        let prepared: Vec<Prepared> = texts.iter().map(|text| Prepared::of(text)).collect();
        let label = |at: usize| if at.is_multiple_of(2) { "a" } else { "b" };
        let examples: Vec<(&str, &Prepared)> =
            prepared.iter().enumerate().map(|(at, message)| (label(at), message)).collect();
        let lines: Vec<(&str, &str)> =
            texts.iter().enumerate().map(|(at, text)| (label(at), text.as_str())).collect();
        let right = |read: &[HeadReading]| {
            let best = read.iter().map(|reading| reading.ranked[0].name.clone());
            best.enumerate().filter(|(at, name)| *name == label(*at)).count()
        };
        let held =
            cross_validate(&examples, &prepared, &deal(&lines, 4), false, &|_, _| ()).unwrap();
        assert!(held.inside.iter().chain(&held.also).all(|reading| !reading.ranked.is_empty()));
        assert!(right(&held.inside) < 32, "{}", right(&held.inside));
        let seen = Head::train(examples.iter().copied(), false).unwrap();
        let seen: Vec<HeadReading> = prepared.iter().map(|message| seen.read(message)).collect();
        assert_eq!(right(&seen), 40);
    }

    #[test]
    fn a_label_alone_cannot_be_validated() {
        let message = Prepared::of("x");
        let examples = [("a", &message), ("b", &message)];
        assert!(cross_validate(&examples, &[], &[0, 1], false, &|_, _| ()).is_none());
    }
}
