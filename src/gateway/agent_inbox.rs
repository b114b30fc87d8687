//! The list that an agent has on the screen, kept up to date: the socket tells which rows changed or
//! left, and how many each view has. What is told late or twice does no harm: a row is the whole row.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::domain::{ConversationId, Seq, Timestamp};
use crate::gateway::agent_socket::AgentSocket;
use crate::gateway::frames::{FrameNames, ServerFrame};
use crate::gateway::gate::Gate;
use crate::gateway::inbox_query::InboxQuery;
use crate::gateway::inbox_row::{self, RowView};
use crate::gateway::line::End;
use crate::inbox::{Changes, Counts, Item, Query, Standing};

/// How long changes are gathered. The desk's board, which says where those who wait stand, is a little
/// faster.
const GATHER: Duration = Duration::from_millis(150);

/// What a page looks at.
pub(super) struct Watched {
    news: watch::Receiver<u64>,
    version: u64,
    looks_at: Option<Query>,
    changed: BTreeSet<ConversationId>,
    tell_all: bool,
    tell_at: Option<Instant>,
    /// Notes that name the agent, to be told, and those that were.
    pub(super) named: Vec<(ConversationId, Seq)>,
    told: HashMap<ConversationId, Seq>,
    /// What is older was not written while this page looked.
    pub(super) since: Timestamp,
}

/// What changed in the list that a page looks at.
#[derive(Serialize)]
pub(super) struct InboxNews {
    /// Rows that are new or other than before.
    rows: Vec<RowView>,
    /// Conversations that are not in the list, or not any more.
    gone: Vec<ConversationId>,
    counts: Counts,
    /// Whether so much changed that the list has to be asked for again.
    reset: bool,
    /// `false` while the server, just started, still reads conversations that are over.
    complete: bool,
}

impl Watched {
    pub(super) fn new(gate: &Gate) -> Self {
        let news = gate.conversations.inbox().news();
        Self {
            news,
            version: 0,
            looks_at: None,
            changed: BTreeSet::new(),
            tell_all: false,
            tell_at: None,
            named: Vec::new(),
            told: HashMap::new(),
            since: gate.clock.now(),
        }
    }

    /// Notes that an agent was named; each time once.
    fn note_mention(&mut self, conversation: ConversationId, seq: Seq) {
        let told = self.told.entry(conversation).or_default();
        if *told < seq {
            *told = seq;
            self.named.push((conversation, seq));
        }
    }

    /// Waits until there is something to tell. Cancelling the wait loses nothing.
    pub(super) async fn due(&mut self) -> Result<(), End> {
        if self.looks_at.is_none() {
            std::future::pending::<()>().await;
        }
        if self.tell_at.is_none() {
            self.news.changed().await.map_err(|_| End::Restart)?;
            self.tell_at = Some(Instant::now() + GATHER);
        }
        if let Some(at) = self.tell_at {
            tokio::time::sleep_until(at).await;
        }
        Ok(())
    }
}

impl AgentSocket {
    /// From now on the page is told what changes in a list; at once, how many each view has.
    pub(super) fn watch(&mut self, query: &str) -> Result<(), End> {
        match InboxQuery::of_text(query).and_then(InboxQuery::check) {
            Ok(asked) => {
                let (version, _) = self.gate.conversations.inbox().changes(u64::MAX);
                self.watched.version = version;
                self.watched.looks_at = Some(asked.query);
                self.watched.changed.clear();
                self.watched.news.mark_unchanged();
                self.tell_inbox()
            }
            Err(error) => self.refuse(&error, FrameNames::default()),
        }
    }

    /// Tells what changed since the last time.
    pub(super) fn tell_inbox(&mut self) -> Result<(), End> {
        self.watched.tell_at = None;
        let Some(query) = self.watched.looks_at.clone() else { return Ok(()) };
        let gate = self.gate.clone();
        let inbox = gate.conversations.inbox();
        let (version, since) = inbox.changes(self.watched.version);
        self.watched.version = version;
        match since {
            Changes::Of(conversations) => self.watched.changed.extend(conversations),
            Changes::Everything => self.watched.tell_all = true,
        }
        let reset = std::mem::take(&mut self.watched.tell_all);
        let changed = std::mem::take(&mut self.watched.changed);
        let viewer = inbox_row::viewer(&self.agent, &gate);
        let (mut items, mut gone) = (Vec::new(), Vec::new());
        for conversation in changed.into_iter().filter(|_| !reset) {
            let item = inbox.get(conversation).filter(|item| viewer.sees(item));
            let named = item.as_ref().and_then(|item| inbox.mention(item, viewer.agent));
            if let Some(seq) = named {
                self.watched.note_mention(conversation, seq);
            }
            let is_unread = |item: &Item| inbox.is_unread(item, viewer.agent);
            match item.filter(|item| query.fits(item, &viewer, || is_unread(item))) {
                Some(item) => items.push(item),
                None => gone.push(conversation),
            }
        }
        let board = Arc::clone(&gate.conversations.board().borrow());
        let rows = inbox_row::rows(&gate, &board, viewer.agent, &items);
        // the desk publishes a moment later where somebody stands: then they are told again
        let early = rows
            .iter()
            .zip(&items)
            .filter(|(row, item)| item.standing == Standing::Waiting && !row.is_on_the_board());
        self.watched.changed.extend(early.map(|(_, item)| item.conversation));
        if !self.watched.changed.is_empty() {
            self.watched.tell_at = Some(Instant::now() + GATHER);
        }
        let counts = inbox.counts(&viewer);
        let complete = inbox.is_complete();
        self.line.push(&ServerFrame::Inbox(InboxNews { rows, gone, counts, reset, complete }))
    }
}
