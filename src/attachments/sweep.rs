//! What nobody needs any more: uploads that were never sent, and bytes without a record, which a crash
//! has left.

use std::collections::HashSet;
use std::time::Duration;

use crate::attachments::{AttachmentError, Attachments, Kept, PAGE, Waiting};
use crate::domain::{AttachmentId, ConversationId, Seq};
use crate::events::{EventLog, Table};

/// How often it is looked.
const EVERY: Duration = Duration::from_mins(5);
/// For how long a message that names an upload may be on its way into the log.
const ON_ITS_WAY: Duration = Duration::from_mins(10);

/// Looks at once, and then again and again.
pub(super) async fn run(attachments: &Attachments, log: &dyn EventLog) {
    if let Err(error) = strays(attachments).await {
        tracing::warn!(%error, "files that a crash may have left are not looked for");
    }
    loop {
        match unsent(attachments, log).await {
            Ok(0) => {}
            Ok(count) => tracing::info!(count, "uploads that were never sent are removed"),
            Err(error) => tracing::warn!(%error, "uploads that were never sent are not removed"),
        }
        tokio::time::sleep(EVERY).await;
    }
}

/// Removes uploads whose time is over and which no message names; says how many.
pub(super) async fn unsent(
    attachments: &Attachments,
    log: &dyn EventLog,
) -> Result<usize, AttachmentError> {
    let now = attachments.0.clock.now();
    let keep = attachments.0.limits.keep_unsent;
    let is_over = |one: &Waiting| {
        let is_named = one.named.is_some_and(|named| now.since(named) < ON_ITS_WAY);
        now.since(one.at) >= keep && !is_named
    };
    let over: Vec<(AttachmentId, ConversationId)> = {
        let waiting = attachments.0.waiting();
        let over = waiting.iter().filter(|(_, one)| is_over(one));
        over.map(|(id, one)| (*id, one.conversation)).collect()
    };
    let mut removed = 0;
    for (id, conversation) in over {
        // the message may be stored, and the server have stopped before it wrote that down
        if is_sent(log, conversation, id).await? {
            attachments.sent(conversation, &[id]).await?;
            continue;
        }
        let named_again = attachments.0.waiting().get(&id).is_none_or(|one| !is_over(one));
        if named_again {
            continue;
        }
        match attachments.kept(conversation, id).await? {
            Some(Kept { file, sent: false, .. }) => {
                attachments.remove(conversation, &file).await?;
                removed += 1;
            }
            _ => drop(attachments.0.waiting().remove(&id)),
        }
    }
    Ok(removed)
}

async fn is_sent(
    log: &dyn EventLog,
    conversation: ConversationId,
    id: AttachmentId,
) -> Result<bool, AttachmentError> {
    let mut after = Seq::ZERO;
    loop {
        let events = log.read(conversation, after, PAGE).await?;
        let Some(last) = events.last() else { return Ok(false) };
        after = last.seq;
        let mut files = events.iter().flat_map(|event| event.body.attachments());
        if files.any(|file| file.id == id) {
            return Ok(true);
        }
    }
}

/// Removes bytes of which no record tells; says how many files that were.
pub(super) async fn strays(attachments: &Attachments) -> Result<usize, AttachmentError> {
    // in this order: what comes in meanwhile is in none of the lists, or known as coming
    let lying = attachments.0.files.all().await?;
    let coming = attachments.0.coming().clone();
    let known = known(attachments).await?;
    let mut removed = 0;
    for id in lying {
        if !known.contains(&id) && !coming.contains(&id) {
            attachments.0.files.remove(id).await?;
            removed += 1;
        }
    }
    if removed > 0 {
        tracing::info!(count = removed, "files that a crash had left are removed");
    }
    Ok(removed)
}

async fn known(attachments: &Attachments) -> Result<HashSet<AttachmentId>, AttachmentError> {
    let (mut known, mut after) = (HashSet::new(), String::new());
    loop {
        let page = attachments.0.records.page(Table::Attachments, &after, PAGE).await?;
        let Some((last, _)) = page.last() else { return Ok(known) };
        after.clone_from(last);
        // a record that cannot be read keeps its bytes too
        let ids =
            page.iter().filter_map(|(key, _)| key.split_once('/')?.1.parse::<AttachmentId>().ok());
        known.extend(ids);
    }
}
