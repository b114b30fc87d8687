//! How the two sides of an experiment fare, folded from the events of conversations.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;

use crate::domain::{Arm, ArmSide, ConversationId, Event, EventBody, Outcome, Seq, Timestamp};
use crate::evaluation::interval::{Interval, of_averages, of_shares};
use crate::events::{EventLog, ReadError};

/// Fewer conversations, or ratings, on a side are called too few.
const ENOUGH: usize = 100;
const ENOUGH_RATINGS: usize = 30;
/// Ratings up to here are bad ones.
const BAD_RATING: u8 = 2;
/// How many appends are read at once.
const BATCH: usize = 500;

/// A conversation on one of the sides.
#[derive(Clone, Debug)]
struct Trial {
    arm: Arm,
    /// The last event that is folded in.
    last: Seq,
    /// When it was first decided by this side.
    began: Timestamp,
    /// When something happened last.
    at: Timestamp,
    /// Whether the bot has answered, and not failed since.
    answered: bool,
    escalated: bool,
    rating: Option<u8>,
}

/// All conversations that were, or are, in an experiment.
#[derive(Debug, Default)]
pub struct Trials(HashMap<ConversationId, Trial>);

/// How the sides of an experiment fare.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExperimentReport {
    /// Its name.
    pub experiment: String,
    /// Conversations on the usual side.
    pub usual: usize,
    /// Conversations on the side of the trial.
    pub trial: usize,
    /// Whether one side has fewer than 100.
    pub too_few: bool,
    /// What was counted: `resolved`, `escalated`, `rating`.
    pub measures: Vec<Measure>,
}

/// A measure of both sides.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measure {
    /// `resolved`: the bot answered, no person was asked for, it did not fail last, and the rating is not
    /// bad; `escalated`: a person was asked for, by the customer or the bot; `rating`: 1 to 5.
    pub name: &'static str,
    /// `newcombe` for shares, `bootstrap` for averages.
    pub method: &'static str,
    /// Of how many on the usual side.
    pub usual_count: usize,
    /// Of how many on the side of the trial.
    pub trial_count: usize,
    /// The share, or average, of the usual side.
    pub usual: Option<f64>,
    /// That of the trial.
    pub trial: Option<f64>,
    /// The trial's less the usual one, with its 95 % interval.
    pub difference: Option<Interval>,
    /// Whether the interval excludes 0.
    pub excludes_zero: bool,
    /// Whether there are too few to rely on.
    pub too_few: bool,
}

impl Trial {
    fn fold(&mut self, event: &Event) {
        (self.last, self.at) = (event.seq, event.at);
        match &event.body {
            EventBody::BotMessage { outcome, .. } => match outcome {
                Outcome::Answered | Outcome::Task => self.answered = true,
                Outcome::Fallback => self.answered = false,
                Outcome::Clarified
                | Outcome::Smalltalk
                | Outcome::HandedOff
                | Outcome::Proactive => {}
            },
            EventBody::HandoffRequested { .. } => self.escalated = true,
            EventBody::Rated { score, .. } => self.rating = Some(*score),
            _ => {}
        }
    }

    fn is_resolved(&self) -> bool {
        let is_bad = self.rating.is_some_and(|score| score <= BAD_RATING);
        self.answered && !self.escalated && !is_bad
    }
}

impl Trials {
    /// Takes what happened in a conversation; what is folded in already changes nothing.
    pub fn take(&mut self, conversation: ConversationId, events: &[Event]) {
        for event in events {
            if matches!(event.body, EventBody::Erased) {
                self.0.remove(&conversation);
                continue;
            }
            if self.0.get(&conversation).is_some_and(|trial| event.seq <= trial.last) {
                continue;
            }
            let reading = match &event.body {
                EventBody::BotMessage { reading, .. } | EventBody::Task { reading, .. } => {
                    reading.as_ref()
                }
                _ => None,
            };
            if let Some(arm) = reading.and_then(|reading| reading.arm.as_ref()) {
                let known = self.0.get(&conversation).is_some_and(|trial| trial.arm == *arm);
                if !known {
                    let trial = Trial {
                        arm: arm.clone(),
                        last: event.seq,
                        began: event.at,
                        at: event.at,
                        answered: false,
                        escalated: false,
                        rating: None,
                    };
                    self.0.insert(conversation, trial);
                }
            }
            if let Some(trial) = self.0.get_mut(&conversation) {
                trial.fold(event);
            }
        }
    }

    /// Forgets conversations in which nothing happened since.
    pub(super) fn forget(&mut self, from: Timestamp) {
        self.0.retain(|_, trial| trial.at >= from);
    }

    /// Reads all of a log.
    pub async fn read(log: &dyn EventLog) -> Result<Self, ReadError> {
        let (mut trials, mut read) = (Self::default(), 0);
        loop {
            let entries = log.journal(read, BATCH).await?;
            let Some(end) = entries.last() else { return Ok(trials) };
            read = end.position;
            for entry in &entries {
                let before = entry.first.before();
                let count = usize::try_from(entry.last.0 - before.0).unwrap_or(usize::MAX);
                let events = log.read(entry.conversation, before, count).await?;
                trials.take(entry.conversation, &events);
            }
        }
    }

    /// How the sides fare, of conversations that came to them from `since` on.
    pub fn report(&self, since: Timestamp) -> Vec<ExperimentReport> {
        let mut experiments: BTreeMap<&str, (Vec<&Trial>, Vec<&Trial>)> = BTreeMap::new();
        for trial in self.0.values().filter(|trial| trial.began >= since) {
            let (usual, tried) = experiments.entry(&trial.arm.experiment).or_default();
            match trial.arm.side {
                ArmSide::Usual => usual.push(trial),
                ArmSide::Trial => tried.push(trial),
            }
        }
        experiments
            .into_iter()
            .map(|(experiment, (usual, trial))| ExperimentReport {
                experiment: experiment.to_owned(),
                usual: usual.len(),
                trial: trial.len(),
                too_few: usual.len().min(trial.len()) < ENOUGH,
                measures: vec![
                    share("resolved", &usual, &trial, Trial::is_resolved),
                    share("escalated", &usual, &trial, |trial| trial.escalated),
                    rating(&usual, &trial),
                ],
            })
            .collect()
    }
}

fn share(
    name: &'static str,
    usual: &[&Trial],
    trial: &[&Trial],
    is: impl Fn(&Trial) -> bool,
) -> Measure {
    let count = |side: &[&Trial]| (side.iter().filter(|trial| is(trial)).count(), side.len());
    let (usual, trial) = (count(usual), count(trial));
    let difference = of_shares(trial, usual);
    Measure {
        name,
        method: "newcombe",
        usual_count: usual.1,
        trial_count: trial.1,
        usual: average(usual.0, usual.1),
        trial: average(trial.0, trial.1),
        difference,
        excludes_zero: difference.is_some_and(|interval| interval.excludes_zero()),
        too_few: usual.1.min(trial.1) < ENOUGH,
    }
}

fn rating(usual: &[&Trial], trial: &[&Trial]) -> Measure {
    let scores = |side: &[&Trial]| -> Vec<f64> {
        let mut scores: Vec<f64> =
            side.iter().filter_map(|trial| trial.rating).map(f64::from).collect();
        // conversations come in no order, and what is drawn again must be the same each time
        scores.sort_by(f64::total_cmp);
        scores
    };
    let (usual, trial) = (scores(usual), scores(trial));
    let difference = of_averages(&trial, &usual);
    let mean = |scores: &[f64]| {
        let sum: f64 = scores.iter().sum();
        average(1, scores.len()).map(|one| sum * one)
    };
    Measure {
        name: "rating",
        method: "bootstrap",
        usual_count: usual.len(),
        trial_count: trial.len(),
        usual: mean(&usual),
        trial: mean(&trial),
        difference,
        excludes_zero: difference.is_some_and(|interval| interval.excludes_zero()),
        too_few: usual.len().min(trial.len()) < ENOUGH_RATINGS,
    }
}

#[expect(clippy::cast_precision_loss, reason = "conversations of a desk")]
fn average(of: usize, all: usize) -> Option<f64> {
    (all > 0).then(|| of as f64 / all as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{ClientId, HandoffReason, Language, ReadingSummary, Urgency, UrgencyLevel};

    fn bot(side: ArmSide, outcome: Outcome) -> EventBody {
        let arm = Some(Arm { experiment: "careful".to_owned(), side });
        let reading = ReadingSummary {
            asked_in_full: None,
            intent: None,
            alternatives: vec![],
            category: None,
            urgency: Urgency::default(),
            sentiment: None,
            answers: vec![],
            entities: vec![],
            arm,
            missed: None,
        };
        EventBody::BotMessage {
            text: "words".to_owned(),
            language: Language::En,
            outcome,
            entry: None,
            choices: vec![],
            sources: vec![],
            reading: Some(reading),
        }
    }

    fn handoff() -> EventBody {
        EventBody::HandoffRequested {
            reason: HandoffReason::Requested,
            urgency: UrgencyLevel::Normal,
            evidence: vec![],
            language: Language::En,
            card: None,
        }
    }

    fn events(bodies: Vec<EventBody>) -> Vec<Event> {
        let event = |(seq, body)| Event {
            seq: Seq(seq),
            at: Timestamp(1_000),
            client_id: ClientId::of_bot_turn(Seq(seq), 0),
            body,
        };
        (1..).zip(bodies).map(event).collect()
    }

    /// Of the usual side every second conversation is escalated, of the trial every fourth.
    fn trials(each: usize) -> Trials {
        let mut trials = Trials::default();
        for n in 0..each {
            for (side, every) in [(ArmSide::Usual, 2), (ArmSide::Trial, 4)] {
                let mut bodies = vec![bot(side, Outcome::Answered)];
                if n % every == 0 {
                    bodies.push(handoff());
                } else {
                    let score = if side == ArmSide::Trial { 5 } else { 3 };
                    bodies.push(EventBody::Rated { score, comment: None });
                }
                let (conversation, events) = (ConversationId::random(), events(bodies));
                trials.take(conversation, &events);
                trials.take(conversation, &events);
            }
        }
        trials
    }

    #[test]
    fn the_sides_are_counted_once_and_their_difference_has_an_interval() {
        let report = trials(200).report(Timestamp(0)).remove(0);
        assert_eq!((report.usual, report.trial, report.too_few), (200, 200, false));
        let measure = |name: &str| report.measures.iter().find(|m| m.name == name).unwrap();
        let escalated = measure("escalated");
        assert_eq!((escalated.usual, escalated.trial), (Some(0.5), Some(0.25)));
        let interval = escalated.difference.unwrap();
        assert!(interval.low < -0.25 && -0.25 < interval.high && interval.high < 0.0);
        assert!(escalated.excludes_zero && !escalated.too_few);
        assert_eq!((measure("resolved").usual, measure("resolved").trial), (Some(0.5), Some(0.75)));
        let rating = measure("rating");
        assert_eq!((rating.usual, rating.trial), (Some(3.0), Some(5.0)));
        assert_eq!((rating.usual_count, rating.trial_count), (100, 150));
    }

    #[test]
    fn few_conversations_and_none_since_are_said_to_be_so() {
        let few = trials(10);
        let report = few.report(Timestamp(0)).remove(0);
        assert!(report.too_few && report.measures.iter().all(|measure| measure.too_few));
        assert_eq!(few.report(Timestamp(1_001)), vec![]);
    }

    #[test]
    fn what_failed_or_was_rated_badly_is_not_resolved_and_what_was_erased_is_gone() {
        let resolved = |bodies: Vec<EventBody>| {
            let mut trials = Trials::default();
            trials.take(ConversationId::random(), &events(bodies));
            trials.report(Timestamp(0)).first().map(|report| report.measures[0].usual)
        };
        let answered = || bot(ArmSide::Usual, Outcome::Answered);
        let rated = |score| EventBody::Rated { score, comment: None };
        assert_eq!(resolved(vec![answered()]), Some(Some(1.0)));
        assert_eq!(resolved(vec![answered(), rated(2)]), Some(Some(0.0)));
        let failed = bot(ArmSide::Usual, Outcome::Fallback);
        assert_eq!(resolved(vec![answered(), failed]), Some(Some(0.0)));
        assert_eq!(resolved(vec![answered(), EventBody::Erased]), None);
        assert_eq!(resolved(vec![handoff()]), None, "it was never decided by a side");
    }
}
