//! What stands in a conversation's log on its way to an agent: an event in a frame, or many in one for
//! who asks for that.

use crate::domain::{ConversationId, Event, EventBody};
use crate::gateway::frames::ServerFrame;
use crate::gateway::line::{End, Line};

/// About as large a frame with many events becomes.
const FRAME_BYTES: usize = 32 * 1_024;
/// What an event needs beside its words.
const USUAL_BYTES: usize = 256;

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
