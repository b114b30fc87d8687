//! Reads conversations that are over into the inbox. The journal is walked backwards, so that what
//! ended last is there first, and each conversation is folded once.

use std::collections::HashSet;

use crate::conversation::Refusal;
use crate::conversation::service::Inner;
use crate::conversation::turn::load_state;

/// How many places of the journal are read at once.
const WINDOW: u64 = 512;

pub(super) async fn read(inner: &Inner) -> Result<(), Refusal> {
    let log = &inner.parts.log;
    let mut end = log.journal_end().await.map_err(|_| Refusal::Unavailable)?;
    let mut seen = HashSet::new();
    while end > 0 {
        let start = end.saturating_sub(WINDOW);
        let limit = usize::try_from(end - start).unwrap_or(usize::MAX);
        let entries = log.journal(start, limit).await.map_err(|_| Refusal::Unavailable)?;
        for entry in entries.iter().rev().filter(|entry| entry.position <= end) {
            let conversation = entry.conversation;
            if !seen.insert(conversation) || inner.inbox.knows(conversation) {
                continue;
            }
            let state = load_state(log.as_ref(), conversation).await?;
            inner.show(conversation, &state).await;
        }
        end = start;
        tokio::task::yield_now().await;
    }
    inner.inbox.complete();
    Ok(())
}
