//! Follows one conversation from a place in its log: first what is there, then what happens. A
//! subscriber that was told too little reads the log; one that was told twice skips.

use crate::conversation::{Conversations, Refusal, Signal, Subscription};
use crate::domain::{ConversationId, Event, Seq};

/// How many events are read from the log at once: for who gets each in a frame of its own, and for
/// who gets many in one.
const PAGE: usize = 32;
const LARGE_PAGE: usize = 256;

/// A reader's place in a conversation.
pub(super) struct Feed {
    subscription: Subscription,
    cursor: Seq,
    is_behind: bool,
    in_pages: bool,
}

impl Feed {
    /// Starts after `after`. Subscribes first, so that nothing falls between log and signals.
    pub(super) fn start(
        conversations: &Conversations,
        conversation: ConversationId,
        after: Seq,
    ) -> Self {
        let subscription = conversations.subscribe(conversation);
        Self { subscription, cursor: after, is_behind: true, in_pages: false }
    }

    /// Reads more of the log at once, for a reader who gets many events in one frame.
    pub(super) fn in_pages(mut self, in_pages: bool) -> Self {
        self.in_pages = in_pages;
        self
    }

    /// Whether the reader gets many events in one frame.
    pub(super) fn is_in_pages(&self) -> bool {
        self.in_pages
    }

    pub(super) fn conversation(&self) -> ConversationId {
        self.subscription.conversation()
    }

    /// How far the reader has been told.
    pub(super) fn cursor(&self) -> Seq {
        self.cursor
    }

    /// Whether there is something to read from the log.
    pub(super) fn is_behind(&self) -> bool {
        self.is_behind
    }

    /// Goes back or forth to a place.
    pub(super) fn rewind(&mut self, after: Seq) {
        self.cursor = after;
        self.is_behind = true;
    }

    /// Reads the next events from the log.
    pub(super) async fn page(&mut self, log: &Conversations) -> Result<Vec<Event>, Refusal> {
        let limit = if self.in_pages { LARGE_PAGE } else { PAGE };
        let events = log.read(self.conversation(), self.cursor, limit).await?;
        self.is_behind = events.len() == limit;
        if let Some(event) = events.last() {
            self.cursor = event.seq;
        }
        Ok(events)
    }

    /// The next signal. Cancelling the wait loses nothing.
    pub(super) async fn next(&mut self) -> Option<Signal> {
        self.subscription.next().await
    }

    /// The events of a signal that continue where the reader stands.
    pub(super) fn continuing<'a>(&mut self, events: &'a [Event]) -> &'a [Event] {
        if self.subscription.fell_behind() {
            self.is_behind = true;
        }
        let known = events.iter().take_while(|event| event.seq <= self.cursor).count();
        let fresh = events.get(known..).unwrap_or_default();
        let Some((first, last)) = fresh.first().zip(fresh.last()) else { return &[] };
        if self.is_behind || first.seq != self.cursor.next() {
            self.is_behind = true;
            return &[];
        }
        self.cursor = last.seq;
        fresh
    }

    /// Notes signals that were dropped while nothing else came.
    pub(super) fn check(&mut self) {
        if self.subscription.fell_behind() {
            self.is_behind = true;
        }
    }

    /// Polls for the next signal, for readers of many conversations.
    pub(super) fn poll_next(
        &mut self,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Signal>> {
        self.subscription.poll_next(context)
    }
}
