//! What stands in a conversation's log on its way to an agent: an event in a frame, or many in one for
//! who asks for that.

use crate::conversation::Conversations;
use crate::domain::{ConversationId, Event, EventBody, Seq};
use crate::gateway::feed::Feed;
use crate::gateway::frames::ServerFrame;
use crate::gateway::line::{End, Line};

/// About as large a frame with many events becomes. A browser takes each on its own, which costs it
/// more than to read twice as much at once.
const FRAME_BYTES: usize = 128 * 1_024;
/// What an event needs beside its words.
const USUAL_BYTES: usize = 256;

/// What somebody who opens a conversation is to be told of its log.
pub(super) struct Wanted {
    /// What comes after this one.
    pub(super) after: Seq,
    /// Many events in a frame.
    pub(super) pages: bool,
    /// So many of the last ones first.
    pub(super) tail: Option<u8>,
}

/// Queues the last events, which come again with all others: what one reads first need not wait for
/// hundreds. Not where little more than these is to come.
pub(super) async fn push_tail(
    line: &mut Line,
    log: &Conversations,
    feed: &Feed,
    last: Seq,
    tail: u8,
) -> Result<(), End> {
    let tail = usize::from(tail);
    let before = last.minus(tail);
    if tail == 0 || before < feed.cursor().plus(tail) || !line.has_room() {
        return Ok(());
    }
    let conversation = feed.conversation();
    let events = log.read(conversation, before, tail).await.map_err(|_| End::Busy)?;
    line.push(&ServerFrame::AgentEvents { conversation, events: &events })
}

/// Queues events of the log while there is room, each in a frame or many in one; gives how many.
pub(super) fn push_page(
    line: &mut Line,
    conversation: ConversationId,
    page: &[Event],
    in_pages: bool,
) -> Result<usize, End> {
    let mut taken = 0;
    while let Some(event) = page.get(taken).filter(|_| line.has_room()) {
        let rest = page.get(taken..).unwrap_or_default();
        let events = rest.get(..fitting(rest)).filter(|_| in_pages).unwrap_or_default();
        match events.len() {
            0 | 1 => line.push(&ServerFrame::AgentEvent { conversation, event })?,
            _ => line.push(&ServerFrame::AgentEvents { conversation, events })?,
        }
        taken += events.len().max(1);
    }
    Ok(taken)
}

/// How many of the events make a frame of moderate size; one at least.
fn fitting(events: &[Event]) -> usize {
    let mut bytes = 0;
    let fits = events.iter().take_while(|event| {
        let fits = bytes < FRAME_BYTES;
        bytes += match &event.body {
            EventBody::VisitorMessage { text, .. }
            | EventBody::AgentMessage { text, .. }
            | EventBody::Noted { text, .. } => text.as_str().len() + USUAL_BYTES,
            EventBody::BotMessage { text, .. } => text.len() + 4 * USUAL_BYTES,
            _ => 4 * USUAL_BYTES,
        };
        fits
    });
    fits.count()
}
