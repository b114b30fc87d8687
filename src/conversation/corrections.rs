//! What customers said of answers: "that is not what I asked", or the button "none of these". It lowers
//! the answer's probability for similar questions of everybody, within bounds: many different
//! conversations are needed, only so many of a day count, and an answer never sinks below half of its
//! probability, so that a sure one is still suggested. The operator sees it, and may set it aside.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::catalog::Catalog;
use crate::dialogue::{likeness, lower};
use crate::domain::{ConversationId, Missed, Reading, Timestamp};
use crate::events::{Records, RecordsError, Table};

/// From which likeness on a question is similar to one whose answer was corrected.
const SIMILAR_AT: f32 = 0.5;
/// How many different conversations are needed before anything changes.
const LEAST: usize = 3;
/// How many conversations count for an entry within a day.
const A_DAY: usize = 5;
/// How long a correction counts.
const COUNTS_FOR: Duration = Duration::from_hours(60 * 24);
/// How strong what is known beforehand is: as if the answer had been right in so many conversations.
const TRUST: f32 = 6.0;
/// What is left of a probability at least.
const AT_LEAST: f32 = 0.5;
/// Corrections of an entry that are kept.
const KEPT: usize = 200;
/// Questions that are shown of an entry.
const SHOWN: usize = 5;
/// A key that stands before those of conversations: from when on the operator counts corrections.
const SINCE: &str = "-";

const DAY: Duration = Duration::from_hours(24);

/// A correction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Correction {
    /// When.
    at: Timestamp,
    /// What was asked.
    question: String,
}

/// What is known of an entry.
#[derive(Clone, Debug, Default)]
struct Known {
    /// By conversation: however often one corrects an answer, it counts once.
    by: BTreeMap<ConversationId, Correction>,
    /// Corrections up to here were set aside by the operator.
    aside: Option<Timestamp>,
}

/// An entry whose answer was corrected, for the operator.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Corrected {
    /// The entry.
    pub entry: String,
    /// In how many conversations.
    pub conversations: usize,
    /// How many of these count: neither too old, nor too many of one day, nor set aside.
    pub counted: usize,
    /// What is left of the probability for a question that is similar to all of them: 1 to 0.5.
    pub factor: f32,
    /// When the last one came.
    pub last: Timestamp,
    /// Whether the operator has set some aside.
    pub aside: bool,
    /// What was asked, the latest first; five at most.
    pub questions: Vec<String>,
}

/// What customers said of answers.
pub struct Corrections {
    records: Arc<dyn Records>,
    entries: Mutex<BTreeMap<String, Known>>,
}

impl Corrections {
    /// Reads what is stored.
    pub async fn open(records: Arc<dyn Records>) -> Result<Self, RecordsError> {
        let mut entries: BTreeMap<String, Known> = BTreeMap::new();
        for (key, value) in records.list(Table::Corrections).await? {
            let Some((entry, by)) = key.rsplit_once('/') else { continue };
            let known = entries.entry(entry.to_owned()).or_default();
            if by == SINCE {
                known.aside = serde_json::from_slice(&value).unwrap_or_default();
            } else if let (Ok(by), Ok(correction)) =
                (by.parse::<ConversationId>(), serde_json::from_slice(&value))
            {
                known.by.insert(by, correction);
            }
        }
        Ok(Self { records, entries: Mutex::new(entries) })
    }

    /// A customer said that an answer was not what was asked.
    pub async fn note(
        &self,
        conversation: ConversationId,
        missed: &Missed,
        at: Timestamp,
    ) -> Result<(), RecordsError> {
        let Missed { entry, question } = missed;
        let correction = Correction { at, question: question.clone() };
        let value = serde_json::to_vec(&correction).map_err(|e| RecordsError(e.to_string()))?;
        let mut changes = vec![(Table::Corrections, key(entry, conversation), Some(value))];
        {
            let mut entries = self.entries();
            let known = entries.entry(entry.clone()).or_default();
            // the first time counts: nobody can keep a correction young
            if known.by.contains_key(&conversation) {
                return Ok(());
            }
            if known.by.len() >= KEPT {
                let oldest = known.by.iter().min_by_key(|(_, kept)| kept.at).map(|(by, _)| *by);
                if let Some(oldest) = oldest {
                    known.by.remove(&oldest);
                    changes.push((Table::Corrections, key(entry, oldest), None));
                }
            }
            known.by.insert(conversation, correction);
        }
        self.records.change(changes).await
    }

    /// Lets the probabilities count as much as corrections of similar questions leave of them.
    pub fn weigh(&self, catalog: &Catalog, text: &str, now: Timestamp, reading: &mut Reading) {
        let factors: Vec<(String, f32)> = {
            let entries = self.entries();
            if entries.is_empty() {
                return;
            }
            let likely = likely(catalog, reading).into_iter();
            let each = likely.filter_map(|entry| Some((entry, entries.get(entry)?)));
            let each = each.map(|(entry, known)| {
                let counted = known.counted(now);
                let similar =
                    counted.iter().filter(|one| likeness(&one.question, text) >= SIMILAR_AT);
                (entry.to_owned(), factor(similar.count()))
            });
            each.filter(|(_, factor)| *factor < 1.0).collect()
        };
        if !factors.is_empty() {
            let factors: Vec<(&str, f32)> =
                factors.iter().map(|(entry, factor)| (entry.as_str(), *factor)).collect();
            lower(catalog, &factors, reading);
        }
    }

    /// The entries whose answers were corrected, the most often corrected first.
    pub fn all(&self, now: Timestamp) -> Vec<Corrected> {
        let entries = self.entries();
        let told =
            entries.iter().filter(|(_, known)| !known.by.is_empty()).map(|(entry, known)| {
                let counted = known.counted(now).len();
                let mut latest: Vec<&Correction> = known.by.values().collect();
                latest.sort_by_key(|one| std::cmp::Reverse(one.at));
                Corrected {
                    entry: entry.clone(),
                    conversations: known.by.len(),
                    counted,
                    factor: factor(counted),
                    last: latest.first().map(|one| one.at).unwrap_or_default(),
                    aside: known.aside.is_some(),
                    questions: latest.iter().take(SHOWN).map(|one| one.question.clone()).collect(),
                }
            });
        let mut told: Vec<Corrected> = told.collect();
        told.sort_by_key(|one| std::cmp::Reverse((one.conversations, one.last)));
        told
    }

    /// Sets aside what was said of an entry up to now, or counts it again. Says whether anything is
    /// known of the entry.
    pub async fn set_aside(
        &self,
        entry: &str,
        aside: Option<Timestamp>,
    ) -> Result<bool, RecordsError> {
        if !self.entries().contains_key(entry) {
            return Ok(false);
        }
        let at = format!("{entry}/{SINCE}");
        match aside {
            Some(until) => {
                let value = until.0.to_string().into_bytes();
                self.records.put(Table::Corrections, &at, value).await?;
            }
            None => self.records.delete(Table::Corrections, &at).await?,
        }
        if let Some(known) = self.entries().get_mut(entry) {
            known.aside = aside;
        }
        Ok(true)
    }

    /// Forgets what was said in a conversation.
    pub async fn forget(&self, conversation: ConversationId) -> Result<(), RecordsError> {
        let changes: Vec<_> = {
            let mut entries = self.entries();
            let gone = entries.iter_mut().filter_map(|(entry, known)| {
                known.by.remove(&conversation)?;
                Some((Table::Corrections, key(entry, conversation), None))
            });
            gone.collect()
        };
        if changes.is_empty() { Ok(()) } else { self.records.change(changes).await }
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Known>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// The corrections that count at this moment, the oldest first.
    fn counted(&self, now: Timestamp) -> Vec<&Correction> {
        let is_new = |one: &&Correction| {
            now.since(one.at) < COUNTS_FOR && self.aside.is_none_or(|aside| one.at > aside)
        };
        let mut all: Vec<&Correction> = self.by.values().filter(is_new).collect();
        all.sort_by_key(|one| one.at);
        let mut counted: Vec<&Correction> = Vec::new();
        for one in all {
            let of_a_day =
                counted.iter().rev().take_while(|other| one.at.since(other.at) < DAY).count();
            if of_a_day < A_DAY {
                counted.push(one);
            }
        }
        counted
    }
}

/// The entries that a reading points to, each once: only these can be lowered.
fn likely<'a>(catalog: &'a Catalog, reading: &'a Reading) -> BTreeSet<&'a str> {
    let named = reading.intent.iter().chain(&reading.alternatives).filter_map(|scored| {
        let intent = catalog.intents.iter().find(|intent| intent.name == scored.name)?;
        intent.entry.as_deref()
    });
    let mut likely: BTreeSet<&str> = reading.answers.iter().map(|a| a.id.as_str()).collect();
    likely.extend(named);
    let parts = reading.questions.iter().flat_map(|part| self::likely(catalog, &part.reading));
    likely.extend(parts);
    likely
}

/// What so many corrections leave of a probability.
fn factor(corrections: usize) -> f32 {
    let Some(beyond) = (corrections + 1).checked_sub(LEAST).filter(|beyond| *beyond > 0) else {
        return 1.0;
    };
    #[expect(clippy::cast_precision_loss, reason = "some hundred at most")]
    let left = TRUST / (TRUST + beyond as f32);
    left.max(AT_LEAST)
}

fn key(entry: &str, conversation: ConversationId) -> String {
    format!("{entry}/{conversation}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Answer;
    use crate::events::MemoryLog;

    const ASKED: &str = "where is my parcel";

    fn at(hours: i64) -> Timestamp {
        Timestamp(1_795_636_800_000 + hours * 3_600_000)
    }

    async fn open() -> (Corrections, Arc<dyn Records>) {
        let records: Arc<dyn Records> = Arc::new(MemoryLog::default());
        (Corrections::open(Arc::clone(&records)).await.unwrap(), records)
    }

    fn missed() -> Missed {
        Missed { entry: "track".to_owned(), question: ASKED.to_owned() }
    }

    /// What is left of a certain answer.
    fn left(corrections: &Corrections, text: &str, now: Timestamp) -> f32 {
        let answer = Answer { id: "track".to_owned(), confidence: 1.0, ..Answer::default() };
        let mut reading = Reading { answers: vec![answer], ..Reading::default() };
        corrections.weigh(&Catalog::default(), text, now, &mut reading);
        reading.answers[0].confidence
    }

    fn same(one: f32, other: f32) -> bool {
        (one - other).abs() < 1e-6
    }

    #[tokio::test]
    async fn many_different_conversations_lower_an_answer_to_similar_questions_within_bounds() {
        let (corrections, _) = open().await;
        let one = ConversationId::random();
        for hours in 0..50 {
            corrections.note(one, &missed(), at(hours)).await.unwrap();
        }
        assert!(same(left(&corrections, ASKED, at(50)), 1.0), "one conversation counts once");
        for day in 1..3 {
            corrections.note(ConversationId::random(), &missed(), at(day * 24)).await.unwrap();
        }
        let three = left(&corrections, ASKED, at(72));
        assert!((0.8..0.9).contains(&three), "{three}");
        assert!(same(left(&corrections, "Where's my parcel?", at(72)), three));
        assert!(same(left(&corrections, "how do I pay by card", at(72)), 1.0));
        for _ in 0..500 {
            corrections.note(ConversationId::random(), &missed(), at(73)).await.unwrap();
        }
        let within_a_day = left(&corrections, ASKED, at(74));
        assert!(within_a_day > 0.5, "a flood counts as five: {within_a_day}");
        for day in 4..40 {
            corrections.note(ConversationId::random(), &missed(), at(day * 24)).await.unwrap();
        }
        assert!(same(left(&corrections, ASKED, at(40 * 24)), AT_LEAST));
        assert!(same(left(&corrections, ASKED, at(200 * 24)), 1.0), "old ones do not count");
        let told = corrections.all(at(40 * 24));
        assert_eq!((told.len(), told[0].questions.len()), (1, SHOWN));
        assert!(same(told[0].factor, AT_LEAST));
        assert!(told[0].conversations <= KEPT && told[0].counted < told[0].conversations);
    }

    #[tokio::test]
    async fn the_operator_sets_corrections_aside_and_counts_them_again_also_after_a_restart() {
        let (corrections, records) = open().await;
        let all: Vec<ConversationId> = (0..4).map(|_| ConversationId::random()).collect();
        for (hours, one) in (0..).zip(&all) {
            corrections.note(*one, &missed(), at(hours)).await.unwrap();
        }
        let lowered = left(&corrections, ASKED, at(5));
        assert!(lowered < 1.0);
        assert!(corrections.set_aside("track", Some(at(5))).await.unwrap());
        assert!(!corrections.set_aside("none", Some(at(5))).await.unwrap());
        let again = Corrections::open(Arc::clone(&records)).await.unwrap();
        for store in [&corrections, &again] {
            assert!(same(left(store, ASKED, at(5)), 1.0));
            let told = &store.all(at(5))[0];
            assert_eq!((told.conversations, told.counted, told.aside), (4, 0, true));
        }
        assert!(again.set_aside("track", None).await.unwrap());
        assert!(same(left(&again, ASKED, at(5)), lowered));
        // what an erased conversation said is gone
        again.forget(all[0]).await.unwrap();
        again.forget(all[0]).await.unwrap();
        let again = Corrections::open(records).await.unwrap();
        assert_eq!(again.all(at(5))[0].conversations, 3);
    }
}
