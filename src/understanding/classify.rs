//! One learned head: TF-IDF features, and with them the embeddings where there are encoders, a
//! linear SVM for each class, and probabilities that were calibrated on messages held out of
//! training. An open head also learns, from classes that were left out, how messages look that
//! belong to none.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::understanding::calibrate::{Logistic, Observed, sharpness, softmax};
use crate::understanding::dense::Dense;
use crate::understanding::features::{Vectoriser, trust, word_key};
use crate::understanding::function_words::is_function_word;
use crate::understanding::prepared::Prepared;
use crate::understanding::solve::{Loss, Penalty};
use crate::understanding::svm::{Machines, Rows};
use crate::understanding::tokenise::Tokens;

/// How a message on the wrong side counts where too few examples say; chosen by cross-validation on
/// public sets of intents.
const USUAL: Penalty = Penalty { loss: Loss::SquaredHinge, cost: 2.0 };
/// What is tried where the examples are many.
const TRIED: [Penalty; 3] = [
    USUAL,
    Penalty { loss: Loss::SquaredHinge, cost: 0.5 },
    Penalty { loss: Loss::Logistic, cost: 8.0 },
];
/// So many examples a class are many; the shipped intents have 39.
const MANY: usize = 60;
/// The examples are cut into so many folds to choose; of them these many ask what the others taught.
const CUTS: usize = 3;
const TRIALS: usize = 2;
/// What is chosen is this many held-out messages better than the usual, in standard deviations of the
/// difference: less is luck.
const CLEARLY: f32 = 1.0;
/// Parts into which examples are cut to hold one out of training.
const FOLDS: usize = 5;
/// With so many held-out messages the calibration is exact enough; an open head also has to learn
/// what is unknown.
const ENOUGH: usize = 400;
const ENOUGH_OPEN: usize = 700;
/// Every so many classes, one is left out of a fold's training to play the unknown.
const LEFT_OUT: usize = 5;
/// What is known of an open head before it has seen anything: weights of the best margin, its lead,
/// and the share of known words.
const SCOPE: Logistic<3> = Logistic { weights: [3.0, 2.0, 2.0], bias: -0.5 };
/// The same by meaning, with one feature: margin, lead and nearness in fixed proportions. Classes
/// that were left out are near misses; from them nobody learns what is altogether elsewhere, which
/// nearness tells best.
const SCOPE_BY_MEANING: Logistic<3> = Logistic { weights: [2.5, 0.0, 0.0], bias: -1.5 };
/// The weights of the lead and of nearness beside the best margin's 1.
const LEAD: f32 = 0.5;
const NEARNESS: f32 = 2.0;
/// How many observations that counts for.
const SCOPE_STRENGTH: f32 = 20.0;

/// The inverse document frequency below which a word is in so many messages (about one in nine)
/// that it shows nothing.
const RARE: f32 = 3.2;
/// A word speaks for a class when it weighs this much beside the strongest.
const SPEAKS: f32 = 0.3;

/// A message with its class.
pub(super) type Example<'a> = (&'a Prepared, usize);

/// A trained head.
#[derive(Clone, Debug)]
pub(super) struct Classifier {
    vectoriser: Vectoriser,
    lexical: Fitted,
    /// The same with embeddings; nothing when some example has none.
    full: Option<Fitted>,
}

/// Machines with what turns their margins into probabilities.
#[derive(Clone, Debug)]
struct Fitted {
    machines: Machines,
    dense: Dense,
    sharpness: f32,
    scope: Option<Logistic<3>>,
}

/// What a head says of a message.
#[derive(Clone, Debug)]
pub(super) struct Verdict {
    /// The probability of each class.
    pub(super) classes: Vec<f32>,
    /// The probability that the message belongs to any of them; 1 for a head that is not open.
    pub(super) in_scope: f32,
}

/// What makes the margin of a class.
#[derive(Clone, Debug)]
pub(super) struct Parts {
    /// What every message brings.
    pub(super) bias: f32,
    /// What the embeddings bring; nothing by words alone.
    pub(super) meaning: Option<f32>,
    /// What each feature brings, by its key.
    pub(super) features: Vec<(u64, f32)>,
}

impl Verdict {
    /// The likeliest classes with their probabilities, likeliest first.
    pub(super) fn ranked(&self, most: usize) -> Vec<(usize, f32)> {
        let mut ranked: Vec<(usize, f32)> = self.classes.iter().copied().enumerate().collect();
        let likelier = |a: &(usize, f32), b: &(usize, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if ranked.len() > most {
            ranked.select_nth_unstable_by(most, likelier);
            ranked.truncate(most);
        }
        ranked.sort_by(likelier);
        ranked
    }
}

impl Classifier {
    /// Trains on `examples` of `count` classes; nothing with fewer than two classes to tell apart.
    pub(super) fn train(examples: &[Example<'_>], count: usize, is_open: bool) -> Option<Self> {
        if count < 2 || examples.len() < 2 {
            return None;
        }
        let vectoriser = Vectoriser::fit(examples.iter().map(|(message, _)| &message.counts));
        let task = Task { examples, count, is_open };
        let has_meaning = examples.iter().all(|(message, _)| message.meaning.is_some());
        let (lexical, full) = rayon::join(
            || task.fit(&vectoriser, false),
            || has_meaning.then(|| task.fit(&vectoriser, true)),
        );
        Some(Self { vectoriser, lexical, full })
    }

    /// Reads a message.
    pub(super) fn read(&self, message: &Prepared) -> Verdict {
        let vector = self.vectoriser.vector(&message.counts);
        let full = self.full.as_ref().filter(|_| message.meaning.is_some());
        let fitted = full.unwrap_or(&self.lexical);
        let dense = fitted.dense.of(message);
        let margins = fitted.machines.margins(&vector, &dense);
        let in_scope = fitted.scope.map_or(1.0, |scope| {
            let coverage = self.vectoriser.coverage(&message.counts);
            let near = fitted.dense.nearness(&dense);
            let probability = scope.probability(&scope_features(&margins, coverage, near));
            // what an encoder reads need not be in known words: nearness tells
            let is_by_words = full.is_none();
            let known = || self.vectoriser.known_share(&message.tokens);
            if is_by_words { probability * trust(known()) } else { probability }
        });
        Verdict { classes: softmax(&margins, fitted.sharpness), in_scope }
    }

    /// What makes the margin of `class`.
    pub(super) fn parts(&self, message: &Prepared, class: usize) -> Parts {
        let full = self.full.as_ref().filter(|_| message.meaning.is_some());
        let fitted = full.unwrap_or(&self.lexical);
        let values: HashMap<u32, f32> = self.vectoriser.vector(&message.counts).iter().collect();
        let weight = |column: u32| Some(fitted.machines.weight(column, class));
        let features = self.vectoriser.columns(&message.counts);
        let features = features
            .filter_map(|(key, column)| Some((key, values.get(&column)? * weight(column)?)));
        let features = features.collect();
        let (bias, meaning) = fitted.machines.constants(class, &fitted.dense.of(message));
        Parts { bias, meaning: full.map(|_| meaning), features }
    }

    /// The words that speak most for `class`, strongest first.
    pub(super) fn evidence(&self, tokens: &Tokens, class: usize, most: usize) -> Vec<String> {
        let mut weighed: Vec<(f32, &str)> = Vec::new();
        for word in &tokens.words {
            let Some((column, idf)) = self.vectoriser.column(word_key(&word.stem)) else {
                continue;
            };
            let weight = self.lexical.machines.weight(column, class);
            let is_new = weighed.iter().all(|(_, known)| *known != word.surface);
            let is_telling = is_new && idf > RARE && !is_function_word(&word.stem);
            if is_telling && weight > 0.0 {
                weighed.push((weight * idf, &word.surface));
            }
        }
        weighed.sort_by(|a, b| b.0.total_cmp(&a.0));
        let strongest = weighed.first().map_or(0.0, |(weight, _)| *weight);
        weighed.retain(|(weight, _)| *weight >= SPEAKS * strongest);
        weighed.into_iter().take(most).map(|(_, word)| word.to_owned()).collect()
    }
}

/// What a head is trained for.
struct Task<'a> {
    examples: &'a [Example<'a>],
    count: usize,
    is_open: bool,
}

/// What a message held out of training showed.
struct Held {
    margins: Vec<f32>,
    scope: [f32; 3],
    class: usize,
    is_unknown: bool,
}

impl Task<'_> {
    fn fit(&self, vectoriser: &Vectoriser, with_meaning: bool) -> Fitted {
        let penalty = self.penalty(with_meaning);
        let held = self.hold_out(with_meaning, penalty);
        let dense =
            if with_meaning { Dense::fit(self.examples, self.is_open) } else { Dense::default() };
        let machines = self.rows(self.examples, vectoriser, &dense).train(penalty);
        let known = held.iter().filter(|held| !held.is_unknown);
        let margins: Vec<(Vec<f32>, usize)> =
            known.map(|held| (held.margins.clone(), held.class)).collect();
        let observed: Vec<Observed<3>> =
            held.iter().map(|held| (held.scope, !held.is_unknown)).collect();
        let known = if with_meaning { SCOPE_BY_MEANING } else { SCOPE };
        let scope = self.is_open.then(|| known.fitted(&observed, SCOPE_STRENGTH).as_in_life());
        Fitted { machines, dense, sharpness: sharpness(&margins), scope }
    }

    /// How a message on the wrong side counts: chosen by cross-validation where the examples are so
    /// many that it tells, and only for a head whose messages may belong to no class. Those are the
    /// operator's intents; with few examples a class, as the shipped ones have, choosing would cost
    /// time and find noise. By words alone it never found anything but the usual, in fifteen times
    /// the time that training takes.
    fn penalty(&self, with_meaning: bool) -> Penalty {
        let is_told = self.examples.len() >= MANY * self.count;
        if with_meaning && self.is_open && is_told { self.chosen(with_meaning) } else { USUAL }
    }

    /// The best of what is tried, where it is clearly better than the usual.
    fn chosen(&self, with_meaning: bool) -> Penalty {
        let right = self.tried(with_meaning);
        let usual = right.first().cloned().unwrap_or_default();
        let gain = |right: &[bool]| {
            let pairs = || right.iter().zip(&usual);
            let won = pairs().filter(|(own, usual)| **own && !**usual).count();
            let lost = pairs().filter(|(own, usual)| !**own && **usual).count();
            lead(won, lost)
        };
        let gains = TRIED.into_iter().zip(right.iter().map(|right| gain(right)));
        let best = gains.max_by(|a, b| a.1.total_cmp(&b.1));
        best.filter(|(_, gain)| *gain >= CLEARLY).map_or(USUAL, |(penalty, _)| penalty)
    }

    /// For everything that is tried, which of the held-out examples are right.
    fn tried(&self, with_meaning: bool) -> Vec<Vec<bool>> {
        let Self { examples, count, is_open } = *self;
        let places = places_in_class(examples, count);
        let mut right: Vec<Vec<bool>> = vec![Vec::new(); TRIED.len()];
        for fold in 0..TRIALS {
            let is_held = |at: usize| places.get(at).is_some_and(|place| place % CUTS == fold);
            let of = |held: bool| {
                let examples = (0..).zip(examples).filter(move |(at, _)| is_held(*at) == held);
                examples.map(|(_, example)| *example).collect::<Vec<Example<'_>>>()
            };
            let (training, held) = (of(false), of(true));
            let vectoriser = Vectoriser::fit(training.iter().map(|(message, _)| &message.counts));
            let dense =
                if with_meaning { Dense::fit(&training, is_open) } else { Dense::default() };
            let ready = self.rows(&training, &vectoriser, &dense);
            for (penalty, right) in TRIED.into_iter().zip(&mut right) {
                let machines = ready.train(penalty);
                right.par_extend(held.par_iter().map(|(message, class)| {
                    let vector = vectoriser.vector(&message.counts);
                    is_highest(&machines.margins(&vector, &dense.of(message)), *class)
                }));
            }
        }
        right
    }

    /// Examples as rows, ready to be trained on.
    fn rows(&self, examples: &[Example<'_>], vectoriser: &Vectoriser, dense: &Dense) -> Ready {
        let vectors: Vec<_> = examples
            .par_iter()
            .map(|(message, _)| (vectoriser.vector(&message.counts), dense.of(message)))
            .collect();
        let mut rows = Rows::new(vectoriser.len(), dense.width());
        for (vector, dense) in &vectors {
            rows.push(vector, dense);
        }
        let classes: Vec<usize> = examples.iter().map(|(_, class)| *class).collect();
        Ready { rows, classes, count: self.count }
    }

    /// What messages show that training did not see, and for an open head also messages of classes
    /// that it did not see.
    fn hold_out(&self, with_meaning: bool, penalty: Penalty) -> Vec<Held> {
        let Self { examples, count, is_open } = *self;
        let mut held = Vec::new();
        let places = places_in_class(examples, count);
        for fold in 0..FOLDS {
            if held.len() >= if is_open { ENOUGH_OPEN } else { ENOUGH } {
                break;
            }
            let is_unknown =
                |class: usize| is_open && class % LEFT_OUT == fold && count >= 2 * LEFT_OUT;
            let is_held = |at: usize| places.get(at).is_some_and(|place| place % FOLDS == fold);
            let training: Vec<Example<'_>> = (0..)
                .zip(examples)
                .filter(|(at, (_, class))| !is_held(*at) && !is_unknown(*class))
                .map(|(_, example)| *example)
                .collect();
            if training.is_empty() {
                continue;
            }
            let vectoriser = Vectoriser::fit(training.iter().map(|(message, _)| &message.counts));
            let dense =
                if with_meaning { Dense::fit(&training, is_open) } else { Dense::default() };
            let machines = self.rows(&training, &vectoriser, &dense).train(penalty);
            held.extend((0..).zip(examples).filter(|(at, _)| is_held(*at)).map(
                |(_, (message, class))| {
                    let vector = dense.of(message);
                    let margins = machines.margins(&vectoriser.vector(&message.counts), &vector);
                    let coverage = vectoriser.coverage(&message.counts);
                    let near = dense.nearness(&vector);
                    let scope = scope_features(&margins, coverage, near);
                    Held { margins, scope, class: *class, is_unknown: is_unknown(*class) }
                },
            ));
        }
        held
    }
}

/// Examples as rows.
struct Ready {
    rows: Rows,
    classes: Vec<usize>,
    count: usize,
}

impl Ready {
    fn train(&self, penalty: Penalty) -> Machines {
        Machines::train(&self.rows, &self.classes, self.count, penalty)
    }
}

/// The how-manieth of its class each example is, so that every fold holds some of every class.
fn places_in_class(examples: &[Example<'_>], count: usize) -> Vec<usize> {
    let mut seen = vec![0; count];
    examples
        .iter()
        .map(|(_, class)| {
            let Some(seen) = seen.get_mut(*class) else { return 0 };
            *seen += 1;
            *seen - 1
        })
        .collect()
}

/// Whether the margin of `class` is the highest.
fn is_highest(margins: &[f32], class: usize) -> bool {
    let best = (0..).zip(margins).max_by(|a, b| a.1.total_cmp(b.1));
    best.is_some_and(|(at, _): (usize, &f32)| at == class)
}

/// By how much one is better that is right `won` times where the other is wrong, and wrong `lost` times
/// where the other is right: in standard deviations of the difference (`McNemar` 1947).
#[expect(clippy::cast_precision_loss, reason = "counts of messages are far below 2^24")]
fn lead(won: usize, lost: usize) -> f32 {
    (won as f32 - lost as f32) / ((won + lost).max(1) as f32).sqrt()
}

/// What tells a message of a known class: by words the best margin, its lead, and the share of known
/// words; by meaning one number of margin, lead, and the cosine with the nearest example.
fn scope_features(margins: &[f32], coverage: f32, near: Option<f32>) -> [f32; 3] {
    let (mut first, mut second) = (-2.0_f32, -2.0_f32);
    for margin in margins {
        if *margin > first {
            second = first;
            first = *margin;
        } else if *margin > second {
            second = *margin;
        }
    }
    let lead = first - second;
    match near {
        Some(near) => [first + LEAD * lead + NEARNESS * near, 0.0, 0.0],
        None => [first, lead, coverage - 0.5],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lead_counts_what_only_one_has_right() {
        assert!((lead(16, 0) - 4.0).abs() < 1e-6);
        assert!((lead(20, 5) - 3.0).abs() < 1e-6);
        assert!(lead(5, 20) < 0.0 && lead(0, 0).abs() < 1e-6);
    }

    #[test]
    fn with_few_examples_or_for_closed_heads_nothing_is_chosen() {
        let texts: Vec<Prepared> =
            (0..400).map(|n| Prepared::of(&format!("word{}", n % 4))).collect();
        let examples: Vec<Example<'_>> =
            texts.iter().enumerate().map(|(at, text)| (text, at % 4)).collect();
        let task = |examples, is_open| Task { examples, count: 4, is_open };
        assert_eq!(task(&examples, false).penalty(true), USUAL);
        assert_eq!(task(&examples[..100], true).penalty(true), USUAL);
        assert_eq!(task(&examples, true).penalty(false), USUAL);
        // all are right with everything that is tried: the usual stays
        assert_eq!(task(&examples, true).chosen(false), USUAL);
        let right = Task { examples: &examples, count: 4, is_open: true }.tried(false);
        assert!(right.iter().all(|right| right.len() == 268 && right.iter().all(|right| *right)));
    }

    #[test]
    fn what_is_clearly_better_on_held_out_examples_is_chosen() {
        // every third label is wrong at random: believing single examples hurts
        let mut chance = 88_172_645_463_325_252_u64;
        let mut below = |bound: u64| {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            usize::try_from(chance % bound).unwrap()
        };
        let labelled: Vec<(Prepared, usize)> = (0..600)
            .map(|_| {
                let class = below(3);
                let text = format!("topic{class} x{} y{} z{}", below(40), below(40), below(40));
                (Prepared::of(&text), if below(3) == 0 { below(3) } else { class })
            })
            .collect();
        let examples: Vec<Example<'_>> =
            labelled.iter().map(|(text, class)| (text, *class)).collect();
        let task = Task { examples: &examples, count: 3, is_open: true };
        let chosen = task.chosen(false);
        assert!(chosen.cost < USUAL.cost, "{chosen:?}");
    }
}
