//! The log of what was sent to receivers: one record an attempt, newest first, as many as an admin
//! will look through. An attempt is written before anything follows from it.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::channels::http::Answer;
use crate::channels::{ChannelError, DoorId, Verdict};
use crate::domain::{ConversationId, Seq, Timestamp};
use crate::events::{Records, Table};

/// How many attempts of a receiver are kept.
const KEPT: usize = 2_000;
/// After how many new ones the old are thrown away.
const TIDY_EVERY: usize = 200;

/// Why something was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// It happened.
    Event,
    /// An admin sent it again.
    Replay,
    /// An admin tried the receiver out.
    Test,
}

/// One attempt to tell a receiver something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attempt {
    /// The delivery's name, the same at every try.
    pub delivery: String,
    /// Why it was sent.
    pub cause: Cause,
    /// When the attempt began.
    pub at: Timestamp,
    /// What was told.
    #[serde(rename = "type")]
    pub of_type: String,
    /// Of which conversation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// Which event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<Seq>,
    /// The how-manieth try it is, from 1.
    pub attempt: u32,
    /// What the receiver answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// The beginning of the answer's body.
    #[serde(default)]
    pub excerpt: String,
    /// What follows.
    pub verdict: Verdict,
}

impl Attempt {
    /// Puts in how the call ended.
    pub(super) fn answered(mut self, answer: &Answer) -> Self {
        self.status = answer.status;
        self.error = answer.error.map(str::to_owned);
        self.duration_ms = u64::try_from(answer.took.as_millis()).unwrap_or(u64::MAX);
        self.excerpt.clone_from(&answer.excerpt);
        self
    }
}

/// A part of the log, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AttemptPage {
    /// The attempts.
    pub deliveries: Vec<Attempt>,
    /// Where older ones begin, when there may be some.
    pub next: Option<String>,
}

/// The log of one receiver.
pub(super) struct Deliveries {
    records: Arc<dyn Records>,
    door: DoorId,
    since_tidied: usize,
}

impl Deliveries {
    pub(super) fn of(records: &Arc<dyn Records>, door: DoorId) -> Self {
        Self { records: Arc::clone(records), door, since_tidied: TIDY_EVERY }
    }

    fn prefix(&self) -> String {
        format!("{}/", self.door)
    }

    /// Keeps an attempt.
    pub(super) async fn keep(&mut self, attempt: &Attempt) -> Result<(), ChannelError> {
        let Attempt { at, delivery, cause, attempt: number, .. } = attempt;
        let cause = match cause {
            Cause::Event => 'e',
            Cause::Replay => 'r',
            Cause::Test => 't',
        };
        let key = format!("{}{:015}/{delivery}/{cause}{number}", self.prefix(), at.0.max(0));
        let bytes = serde_json::to_vec(attempt).map_err(|_| ChannelError::Store)?;
        self.records.put(Table::Deliveries, &key, bytes).await?;
        self.since_tidied += 1;
        if self.since_tidied > TIDY_EVERY {
            self.since_tidied = 0;
            self.tidy(KEPT).await?;
        }
        Ok(())
    }

    async fn tidy(&self, kept: usize) -> Result<(), ChannelError> {
        let all =
            self.records.page_back(Table::Deliveries, &self.prefix(), None, usize::MAX).await?;
        for (key, _) in all.into_iter().skip(kept) {
            self.records.delete(Table::Deliveries, &key).await?;
        }
        Ok(())
    }

    /// Throws everything away.
    pub(super) async fn clear(&self) -> Result<(), ChannelError> {
        self.tidy(0).await
    }

    /// A part of the log, newest first, from where another part ended.
    pub(super) async fn page(
        &self,
        before: Option<&str>,
        limit: usize,
    ) -> Result<AttemptPage, ChannelError> {
        let prefix = self.prefix();
        let before = before.map(|before| format!("{prefix}{before}"));
        let found =
            self.records.page_back(Table::Deliveries, &prefix, before.as_deref(), limit).await?;
        let is_full = found.len() == limit;
        let last = found.last().and_then(|(key, _)| key.strip_prefix(&prefix)).map(str::to_owned);
        let attempts = found.iter().filter_map(|(_, bytes)| serde_json::from_slice(bytes).ok());
        Ok(AttemptPage { deliveries: attempts.collect(), next: last.filter(|_| is_full) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::MemoryLog;

    fn attempt(at: i64) -> Attempt {
        Attempt {
            delivery: format!("msg_{at}"),
            cause: Cause::Event,
            at: Timestamp(at),
            of_type: "message.created".to_owned(),
            conversation: None,
            seq: None,
            attempt: 1,
            status: Some(200),
            error: None,
            duration_ms: 3,
            excerpt: String::new(),
            verdict: Verdict::Delivered,
        }
    }

    #[tokio::test]
    async fn the_log_is_read_newest_first_in_parts_and_one_receiver_at_a_time() {
        let records: Arc<dyn Records> = Arc::new(MemoryLog::default());
        let (one, two) = (DoorId::random(), DoorId::random());
        let mut log = Deliveries::of(&records, one);
        for at in [5, 1_000, 30] {
            log.keep(&attempt(at)).await.unwrap();
        }
        Deliveries::of(&records, two).keep(&attempt(7)).await.unwrap();
        let times = |page: &AttemptPage| -> Vec<i64> {
            page.deliveries.iter().map(|attempt| attempt.at.0).collect()
        };
        let first = log.page(None, 2).await.unwrap();
        assert_eq!(times(&first), [1_000, 30]);
        let second = log.page(first.next.as_deref(), 2).await.unwrap();
        assert_eq!((times(&second), second.next), (vec![5], None));
        log.clear().await.unwrap();
        assert_eq!(times(&log.page(None, 9).await.unwrap()), [0_i64; 0]);
        assert_eq!(times(&Deliveries::of(&records, two).page(None, 9).await.unwrap()), [7]);
    }

    #[tokio::test]
    async fn old_attempts_make_room_for_new_ones() {
        let records: Arc<dyn Records> = Arc::new(MemoryLog::default());
        let mut log = Deliveries::of(&records, DoorId::random());
        for at in 0..(KEPT + 2 * TIDY_EVERY) {
            log.keep(&attempt(i64::try_from(at).unwrap())).await.unwrap();
        }
        let all = log.page(None, usize::MAX).await.unwrap().deliveries;
        assert!((KEPT..=KEPT + TIDY_EVERY).contains(&all.len()), "{}", all.len());
        assert_eq!(all[0].at.0, i64::try_from(KEPT + 2 * TIDY_EVERY - 1).unwrap());
    }
}
