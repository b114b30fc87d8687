//! Follows the journal: finds where the last days begin, reads from there on, and goes on with what
//! comes.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast;

use crate::domain::{Clock, ConversationId, Event, Seq, Timestamp};
use crate::events::{EventLog, JournalEntry, ReadError, Wake};
use crate::insight::{DAYS, Insight};
use crate::tasks::Tasks;

/// How far back the log is read: a day more, for those whose day began earlier.
const BACK: Duration = Duration::from_hours((DAYS as u64 + 1) * 24);
/// How many appends are read at once.
const BATCH: usize = 500;
/// How long after an append the next ones are waited for.
const GATHER: Duration = Duration::from_millis(200);
/// How long to wait when no wake comes; wakes may be lost.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

pub(super) fn start(
    insight: Insight,
    log: Arc<dyn EventLog>,
    clock: Arc<dyn Clock>,
    tasks: &Tasks,
) {
    let stop = tasks.soft();
    tasks.spawn("follow the day", async move {
        tokio::select! {
            () = stop.cancelled() => {}
            failed = run(&insight, log.as_ref(), clock.as_ref()) => {
                if let Err(error) = failed {
                    tracing::error!(%error, "reports learn of nothing new any more");
                }
            }
        }
    });
}

/// The moment from which on facts count.
fn back(clock: &dyn Clock) -> Timestamp {
    let back = i64::try_from(BACK.as_millis()).unwrap_or(i64::MAX);
    Timestamp(clock.now().0.saturating_sub(back))
}

async fn run(insight: &Insight, log: &dyn EventLog, clock: &dyn Clock) -> Result<(), ReadError> {
    let mut wakes = log.wakes();
    let mut read = begin(log, back(clock)).await?;
    loop {
        let entries = log.journal(read, BATCH).await?;
        let is_end = entries.len() < BATCH;
        for (conversation, first, last) in joined(&entries) {
            // of a conversation that began earlier, where it stands is to be known
            let is_known = insight.with(|known| known.facts.knows(conversation));
            let after = if is_known { first.before() } else { Seq::ZERO };
            let count = usize::try_from(last.0 - after.0).unwrap_or(usize::MAX);
            let events = log.read(conversation, after, count).await?;
            let old = events.iter().position(|event| event.seq >= first).unwrap_or(0);
            let (_, new) = events.split_at(old);
            let from = back(clock);
            insight.with(|known| {
                known.recent.take(conversation, new);
                known.facts.take(conversation, &events, from);
                known.facts.forget(from);
                known.trials.take(conversation, &events);
                known.trials.forget(from);
            });
        }
        if let Some(last) = entries.last() {
            read = last.position;
        }
        if is_end {
            insight.with(|known| known.is_complete = true);
            news(&mut wakes).await;
        }
    }
}

/// Appends of one conversation that follow each other are read at once.
fn joined(entries: &[JournalEntry]) -> Vec<(ConversationId, Seq, Seq)> {
    let mut order: Vec<(ConversationId, Seq, Seq)> = Vec::new();
    let mut at: HashMap<ConversationId, usize> = HashMap::new();
    for entry in entries {
        let known = at.get(&entry.conversation).and_then(|at| order.get_mut(*at));
        match known {
            Some((_, _, last)) if last.next() == entry.first => *last = entry.last,
            _ => {
                at.insert(entry.conversation, order.len());
                order.push((entry.conversation, entry.first, entry.last));
            }
        }
    }
    order
}

/// The position behind which lies what happened since `from`.
async fn begin(log: &dyn EventLog, from: Timestamp) -> Result<u64, ReadError> {
    let (mut low, mut high) = (0, log.journal_end().await?);
    while low < high {
        let middle = low + (high - low) / 2;
        match time_after(log, middle).await? {
            Some(at) if at < from => low = middle + 1,
            _ => high = middle,
        }
    }
    Ok(low)
}

/// When the first append behind a position was made.
async fn time_after(log: &dyn EventLog, position: u64) -> Result<Option<Timestamp>, ReadError> {
    let Some(entry) = log.journal(position, 1).await?.into_iter().next() else { return Ok(None) };
    let events: Vec<Event> = log.read(entry.conversation, entry.first.before(), 1).await?;
    Ok(events.first().map(|event| event.at))
}

/// Waits until there is something new, and a moment longer.
async fn news(wakes: &mut broadcast::Receiver<Wake>) {
    match tokio::time::timeout(LOOK_AGAIN, wakes.recv()).await {
        Err(_) | Ok(Err(broadcast::error::RecvError::Lagged(_))) => {}
        Ok(Ok(_)) => tokio::time::sleep(GATHER).await,
        Ok(Err(broadcast::error::RecvError::Closed)) => tokio::time::sleep(LOOK_AGAIN).await,
    }
    while wakes.try_recv().is_ok() {}
}
