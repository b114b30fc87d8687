//! The rows themselves, the lists over them, and what changed since somebody looked last.

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use tokio::sync::watch;

use crate::domain::{AgentId, ConversationId, LabelName, Seq};
use crate::events::{Records, RecordsError, Table};
use crate::inbox::tally::Tally;
use crate::inbox::{Counts, Cursor, Item, Query, View, Viewer};

/// How many changes are remembered; who is further behind asks for the list again.
const REMEMBERED: usize = 4_096;

/// A part of a list.
#[derive(Debug, Default)]
pub struct Page {
    /// The rows, in the list's order.
    pub items: Vec<Arc<Item>>,
    /// Where the next part begins; nothing at the end.
    pub next: Option<Cursor>,
}

/// What changed since somebody looked last.
#[derive(Debug)]
pub enum Changes {
    /// These conversations, some maybe twice.
    Of(Vec<ConversationId>),
    /// Too much to tell: ask for the list again.
    Everything,
}

/// The inbox of all agents.
pub struct Inbox {
    rows: RwLock<Rows>,
    records: Arc<dyn Records>,
    version: watch::Sender<u64>,
}

#[derive(Default)]
struct Rows {
    /// What agents have to do with.
    live: HashMap<ConversationId, Arc<Item>>,
    /// What is over, and the order in which it ended, the latest first.
    over: HashMap<ConversationId, Arc<Item>>,
    ended: BTreeSet<Cursor>,
    tally: Tally,
    /// Up to where an agent has read a conversation that is live.
    read: HashMap<ConversationId, HashMap<AgentId, Seq>>,
    version: u64,
    /// The first version since when all changes are remembered.
    since: u64,
    changes: VecDeque<ConversationId>,
    is_complete: bool,
}

impl Inbox {
    /// An empty inbox that knows what agents have read.
    pub async fn open(records: Arc<dyn Records>) -> Result<Self, RecordsError> {
        let mut rows = Rows::default();
        for (key, value) in records.list(Table::ReadMarks).await? {
            let Some((conversation, agent)) = key.split_once('/') else { continue };
            let (Ok(conversation), Ok(agent)) = (conversation.parse(), agent.parse()) else {
                continue;
            };
            let Ok(seq) = value.try_into().map(u64::from_be_bytes) else { continue };
            rows.read.entry(conversation).or_default().insert(agent, Seq(seq));
        }
        let (version, _) = watch::channel(0);
        Ok(Self { rows: RwLock::new(rows), records, version })
    }

    /// Takes in where a conversation stands now; nothing takes it out. What is older than what is
    /// known changes nothing.
    pub fn put(&self, conversation: ConversationId, last: Seq, item: Option<Item>) {
        let mut rows = self.write();
        let known = rows.get(conversation);
        if known.is_some_and(|known| known.last > last) || (known.is_none() && item.is_none()) {
            return;
        }
        if known.map(AsRef::as_ref) == item.as_ref() {
            return;
        }
        rows.remove(conversation);
        if let Some(item) = item {
            rows.insert(item);
        }
        let version = rows.note(conversation);
        drop(rows);
        self.version.send_replace(version);
    }

    /// Whether a conversation is known at all.
    pub fn knows(&self, conversation: ConversationId) -> bool {
        self.read().get(conversation).is_some()
    }

    /// All conversations of the log have been taken in: numbers and lists are whole from now on.
    pub fn complete(&self) {
        let mut rows = self.write();
        rows.is_complete = true;
        let version = rows.forget_changes();
        drop(rows);
        self.version.send_replace(version);
    }

    /// Whether the lists are whole; until then what is over is still being read.
    pub fn is_complete(&self) -> bool {
        self.read().is_complete
    }

    /// The teams of all conversations that agents have to do with are found anew.
    pub fn assign_teams(&self, team_of: impl Fn(ConversationId) -> Option<Option<String>>) {
        let mut rows = self.write();
        let live: Vec<Arc<Item>> = rows.live.values().map(Arc::clone).collect();
        for item in live {
            let Some(team) = team_of(item.conversation) else { continue };
            if team != item.team {
                rows.remove(item.conversation);
                rows.insert(Item { team, ..Item::clone(&item) });
            }
        }
        let version = rows.forget_changes();
        drop(rows);
        self.version.send_replace(version);
    }

    /// A row.
    pub fn get(&self, conversation: ConversationId) -> Option<Arc<Item>> {
        self.read().get(conversation).map(Arc::clone)
    }

    /// Whether an agent has something to read there.
    pub fn is_unread(&self, item: &Item, agent: AgentId) -> bool {
        self.read().is_unread(item, agent)
    }

    /// The place where an agent was named in a note that they have not read.
    pub fn mention(&self, item: &Item, agent: AgentId) -> Option<Seq> {
        let is_unread = self.read().has_mention(item, agent);
        item.mentioned.get(&agent).copied().filter(|_| is_unread)
    }

    /// How many there are in each view, for somebody.
    pub fn counts(&self, viewer: &Viewer) -> Counts {
        let rows = self.read();
        let look_up = |conversation| rows.get(conversation).map(AsRef::as_ref);
        let named = rows.tally.mentions(viewer.agent).filter_map(look_up);
        let named = named.filter(|item| viewer.sees(item) && rows.has_mention(item, viewer.agent));
        let mentions = named.count();
        Counts { mentions, ..rows.tally.counts(viewer, look_up) }
    }

    /// Every label that is on a conversation, with how many have it.
    pub fn labels(&self) -> BTreeMap<LabelName, usize> {
        self.read().tally.labels().clone()
    }

    /// The conversations that somebody may see, for searching in them.
    pub fn seen_by(&self, viewer: &Viewer) -> Vec<ConversationId> {
        let rows = self.read();
        let all = rows.live.values().chain(rows.over.values());
        all.filter(|item| viewer.sees(item)).map(|item| item.conversation).collect()
    }

    /// Part of a list. `rank` says from when on one who waits counts as waiting, where the desk
    /// knows.
    pub fn page(
        &self,
        viewer: &Viewer,
        query: &Query,
        rank: &dyn Fn(ConversationId) -> Option<i64>,
        (after, limit): (Option<Cursor>, usize),
    ) -> Page {
        let rows = self.read();
        let fits = |item: &Item| {
            viewer.sees(item) && query.fits(item, viewer, || rows.is_unread(item, viewer.agent))
        };
        let mut found: Vec<(Cursor, Arc<Item>)> = if query.view == View::Resolved {
            let start = after.map_or(std::ops::Bound::Unbounded, std::ops::Bound::Excluded);
            let behind = rows.ended.range((start, std::ops::Bound::Unbounded));
            let items = behind.filter_map(|at| Some((*at, rows.over.get(&at.conversation)?)));
            let items = items.filter(|(_, item)| fits(item));
            items.take(limit + 1).map(|(at, item)| (at, Arc::clone(item))).collect()
        } else {
            let named: Vec<&Arc<Item>>;
            let items: Box<dyn Iterator<Item = &Arc<Item>>> = if query.view == View::Mentions {
                let ids = rows.tally.mentions(viewer.agent);
                named = ids.filter_map(|conversation| rows.get(conversation)).collect();
                Box::new(named.into_iter())
            } else {
                Box::new(rows.live.values())
            };
            let items = items.filter(|item| fits(item));
            let items = items.map(|item| (place(query.view, item, rank), item));
            let items = items.filter(|(at, _)| after.is_none_or(|after| *at > after));
            items.map(|(at, item)| (at, Arc::clone(item))).collect()
        };
        drop(rows);
        found.sort_unstable_by_key(|(at, _)| *at);
        let more = found.len() > limit;
        found.truncate(limit);
        let next = found.last().map(|(at, _)| *at).filter(|_| more);
        Page { items: found.into_iter().map(|(_, item)| item).collect(), next }
    }

    /// Tells of every change; what it is, [`changes`](Self::changes) says.
    pub fn news(&self) -> watch::Receiver<u64> {
        self.version.subscribe()
    }

    /// What changed after a version, and the version that this is.
    pub fn changes(&self, after: u64) -> (u64, Changes) {
        let rows = self.read();
        if after < rows.since {
            return (rows.version, Changes::Everything);
        }
        let skip = usize::try_from(after - rows.since).unwrap_or(usize::MAX);
        (rows.version, Changes::Of(rows.changes.iter().skip(skip).copied().collect()))
    }

    /// An agent has read a conversation up to a place; kept in the store. Says whether that is news.
    pub async fn mark_read(
        &self,
        conversation: ConversationId,
        agent: AgentId,
        seq: Seq,
    ) -> Result<bool, RecordsError> {
        {
            let mut rows = self.write();
            let known = rows.get(conversation);
            if !known.is_some_and(|item| item.is_live() || item.mentioned.contains_key(&agent)) {
                return Ok(false);
            }
            let mark = rows.read.entry(conversation).or_default().entry(agent).or_default();
            if *mark >= seq {
                return Ok(false);
            }
            *mark = seq;
            let version = rows.note(conversation);
            drop(rows);
            self.version.send_replace(version);
        }
        let key = mark_key(conversation, agent);
        self.records.put(Table::ReadMarks, &key, seq.0.to_be_bytes().to_vec()).await?;
        Ok(true)
    }

    /// Removes the marks of a conversation that is over from the store, but of those who were named
    /// there: they are still told what they have not read.
    pub async fn forget_marks(&self, conversation: ConversationId) -> Result<(), RecordsError> {
        let forgotten: Vec<AgentId> = {
            let mut rows = self.write();
            let named = rows.get(conversation).map(|item| item.mentioned.clone());
            let named = named.unwrap_or_default();
            let Some(marks) = rows.read.get_mut(&conversation) else { return Ok(()) };
            let forgotten = marks.keys().filter(|agent| !named.contains_key(agent)).copied();
            let forgotten: Vec<AgentId> = forgotten.collect();
            marks.retain(|agent, _| named.contains_key(agent));
            if marks.is_empty() {
                rows.read.remove(&conversation);
            }
            forgotten
        };
        let changes = forgotten
            .into_iter()
            .map(|agent| (Table::ReadMarks, mark_key(conversation, agent), None))
            .collect::<Vec<_>>();
        if changes.is_empty() {
            return Ok(());
        }
        self.records.change(changes).await
    }

    fn read(&self) -> RwLockReadGuard<'_, Rows> {
        self.rows.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Rows> {
        self.rows.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Rows {
    fn get(&self, conversation: ConversationId) -> Option<&Arc<Item>> {
        self.live.get(&conversation).or_else(|| self.over.get(&conversation))
    }

    fn insert(&mut self, item: Item) {
        self.tally.add(&item);
        let item = Arc::new(item);
        if item.is_live() {
            self.live.insert(item.conversation, item);
        } else {
            self.ended.insert(place(View::Resolved, &item, &|_| None));
            self.over.insert(item.conversation, item);
        }
    }

    fn remove(&mut self, conversation: ConversationId) {
        if let Some(item) = self.live.remove(&conversation) {
            self.tally.remove(&item);
        }
        if let Some(item) = self.over.remove(&conversation) {
            self.tally.remove(&item);
            self.ended.remove(&place(View::Resolved, &item, &|_| None));
        }
    }

    fn mark(&self, conversation: ConversationId, agent: AgentId) -> Seq {
        let marks = self.read.get(&conversation);
        marks.and_then(|marks| marks.get(&agent)).copied().unwrap_or_default()
    }

    fn is_unread(&self, item: &Item, agent: AgentId) -> bool {
        item.is_unread(agent, self.mark(item.conversation, agent))
    }

    fn has_mention(&self, item: &Item, agent: AgentId) -> bool {
        item.is_mentioned(agent, self.mark(item.conversation, agent))
    }

    fn note(&mut self, conversation: ConversationId) -> u64 {
        self.version += 1;
        self.changes.push_back(conversation);
        if self.changes.len() > REMEMBERED {
            self.changes.pop_front();
            self.since += 1;
        }
        self.version
    }

    /// From now on everybody has to look again.
    fn forget_changes(&mut self) -> u64 {
        self.version += 1;
        self.since = self.version;
        self.changes.clear();
        self.version
    }
}

fn mark_key(conversation: ConversationId, agent: AgentId) -> String {
    format!("{conversation}/{agent}")
}

/// Where a row stands in a view.
fn place(view: View, item: &Item, rank: &dyn Fn(ConversationId) -> Option<i64>) -> Cursor {
    let conversation = item.conversation;
    let (key, second) = match view {
        View::Waiting => (rank(conversation).unwrap_or(item.since.0), item.since.0),
        View::Snoozed => (item.snoozed_until.map_or(i64::MAX, |until| until.0), -item.at.0),
        View::Mine | View::Team | View::All | View::Resolved | View::Mentions => (-item.at.0, 0),
    };
    Cursor { key, second, conversation }
}

#[cfg(test)]
mod tests;
