//! How often a model may be asked: so many times a day (UTC), of these so many in one conversation, and
//! so many at once. What is used is on disk before the model is asked, so that no restart gives it back.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore};

use crate::domain::{ConversationId, Timestamp};
use crate::events::{RecordChange, Records, RecordsError, Table};
use crate::generation::Kept;

/// A day in milliseconds.
const DAY: i64 = 24 * 3_600_000;

/// How often it may be asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) per_conversation: u32,
    pub(super) per_day: u32,
    pub(super) at_once: usize,
}

/// What is used of it.
pub(super) struct Budget {
    limits: Limits,
    records: Arc<dyn Records>,
    under_way: Arc<Semaphore>,
    used: Mutex<Used>,
}

#[derive(Default)]
struct Used {
    day: i64,
    in_all: u32,
    by_conversation: HashMap<String, u32>,
}

impl Budget {
    /// Reads what is used already. A record that cannot be read any more is none.
    pub(super) async fn open(
        limits: Limits,
        records: Arc<dyn Records>,
    ) -> Result<Self, RecordsError> {
        let mut used = Used::default();
        for (key, bytes) in records.list(Table::Generation).await? {
            let count = std::str::from_utf8(&bytes).ok().and_then(|count| count.parse().ok());
            let (Some((day, conversation)), Some(count)) = (key.split_once('/'), count) else {
                continue;
            };
            let Ok(day) = day.parse::<i64>() else { continue };
            if day > used.day {
                used = Used { day, ..Used::default() };
            }
            if day == used.day && conversation.is_empty() {
                used.in_all = count;
            } else if day == used.day {
                used.by_conversation.insert(conversation.to_owned(), count);
            }
        }
        let under_way = Arc::new(Semaphore::new(limits.at_once));
        Ok(Self { limits, records, under_way, used: Mutex::new(used) })
    }

    /// Takes one from the budget and gives the right to ask, which ends when it is dropped.
    pub(super) async fn take(
        &self,
        conversation: ConversationId,
        now: Timestamp,
    ) -> Result<OwnedSemaphorePermit, Kept> {
        let permit = Arc::clone(&self.under_way).try_acquire_owned().map_err(|_| Kept::Busy)?;
        let mut used = self.used.lock().await;
        let mut changes: Vec<RecordChange> = Vec::new();
        let day = now.0.div_euclid(DAY);
        if day > used.day {
            let old = used.by_conversation.keys().map(String::as_str).chain([""]);
            changes.extend(old.map(|id| (Table::Generation, key(used.day, id), None)));
            *used = Used { day, ..Used::default() };
        }
        let id = conversation.to_string();
        let own = used.by_conversation.get(&id).copied().unwrap_or_default() + 1;
        let in_all = used.in_all + 1;
        if in_all > self.limits.per_day || own > self.limits.per_conversation {
            return Err(Kept::Budget);
        }
        for (id, count) in [("", in_all), (id.as_str(), own)] {
            let value = Some(count.to_string().into_bytes());
            changes.push((Table::Generation, key(used.day, id), value));
        }
        // counted in memory even where the disk does not take it: too few rather than too many
        used.in_all = in_all;
        used.by_conversation.insert(id, own);
        self.records.change(changes).await.map_err(|error| {
            tracing::error!(%error, "what models may be asked cannot be counted");
            Kept::Budget
        })?;
        Ok(permit)
    }
}

fn key(day: i64, conversation: &str) -> String {
    format!("{day}/{conversation}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::MemoryLog;

    const LIMITS: Limits = Limits { per_conversation: 2, per_day: 3, at_once: 2 };

    #[tokio::test]
    async fn a_conversation_and_a_day_have_their_budget_also_after_a_restart() {
        let records: Arc<dyn Records> = Arc::new(MemoryLog::default());
        let budget = Budget::open(LIMITS, Arc::clone(&records)).await.unwrap();
        let (first, second) = (ConversationId::random(), ConversationId::random());
        let now = Timestamp(20_000 * DAY + 5);
        let asked = |outcome: Result<_, Kept>| outcome.map(drop);
        assert_eq!(asked(budget.take(first, now).await), Ok(()));
        assert_eq!(asked(budget.take(first, now).await), Ok(()));
        assert_eq!(asked(budget.take(first, now).await), Err(Kept::Budget));
        let budget = Budget::open(LIMITS, Arc::clone(&records)).await.unwrap();
        assert_eq!(asked(budget.take(first, now).await), Err(Kept::Budget));
        assert_eq!(asked(budget.take(second, now).await), Ok(()));
        assert_eq!(asked(budget.take(second, now).await), Err(Kept::Budget), "of the day");
        let tomorrow = Timestamp(now.0 + DAY);
        assert_eq!(asked(budget.take(first, tomorrow).await), Ok(()));
        let kept = records.list(Table::Generation).await.unwrap();
        assert_eq!(kept.len(), 2, "yesterday's are gone: {kept:?}");
        // a clock that goes back gives nothing back
        assert_eq!(asked(budget.take(first, now).await), Ok(()));
        assert_eq!(asked(budget.take(first, now).await), Err(Kept::Budget));
    }

    #[tokio::test]
    async fn only_so_many_ask_at_once() {
        let limits = Limits { per_conversation: 9, per_day: 9, ..LIMITS };
        let budget = Budget::open(limits, Arc::new(MemoryLog::default())).await.unwrap();
        let (conversation, now) = (ConversationId::random(), Timestamp(0));
        let one = budget.take(conversation, now).await.unwrap();
        let _two = budget.take(conversation, now).await.unwrap();
        assert_eq!(budget.take(conversation, now).await.map(drop), Err(Kept::Busy));
        drop(one);
        assert!(budget.take(conversation, now).await.is_ok());
    }
}
