//! What agents have begun to write and not sent: one reply and one note for each agent and conversation.
//! Of two writers (tabs, devices, one that was offline) the later words stay, by the time at which they
//! were typed, and the earlier writer is given them.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use utoipa::ToSchema;

use crate::domain::{AgentId, ConversationId, Mention, Seq, Timestamp};
use crate::events::{RecordChange, Records, RecordsError, Table};

/// Most drafts of one agent.
const MOST: usize = 1_000;
/// How many changes may wait for a socket.
const BACKLOG: usize = 64;

/// What is being written.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum DraftKind {
    /// For the customer.
    Reply,
    /// For colleagues.
    Note,
}

impl DraftKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Reply => "reply",
            Self::Note => "note",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Reply, Self::Note].into_iter().find(|kind| kind.name() == name)
    }
}

/// What was typed, just as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The words; none: there is no draft any more.
    pub text: String,
    /// Colleagues who are named in it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub mentions: Vec<Mention>,
    /// The message that it answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub quoted: Option<Seq>,
    /// When it was typed.
    pub at: Timestamp,
}

/// Which draft changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftNews {
    /// Whose it is.
    pub agent: AgentId,
    /// In which conversation.
    pub conversation: ConversationId,
    /// What is being written.
    pub kind: DraftKind,
    /// What stands there now.
    pub draft: Draft,
}

/// What became of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is kept.
    This,
    /// Later words are there already, and stay.
    Later(Draft),
}

/// Why a draft is not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftError {
    /// There are too many.
    #[error("{MOST} drafts at most")]
    TooMany,
    /// The store cannot be used.
    #[error("the drafts cannot be read or written")]
    Store,
}

impl From<RecordsError> for DraftError {
    fn from(error: RecordsError) -> Self {
        tracing::error!(%error, "drafts cannot be read or written");
        Self::Store
    }
}

type Place = (ConversationId, DraftKind);

/// The drafts of all agents.
pub struct Drafts {
    records: Arc<dyn Records>,
    all: RwLock<HashMap<AgentId, HashMap<Place, Draft>>>,
    /// When the words were typed in place of which there is nothing any more; for late writers.
    emptied: RwLock<HashMap<(AgentId, Place), Timestamp>>,
    /// Whoever has it changes drafts.
    changing: tokio::sync::Mutex<()>,
    news: broadcast::Sender<DraftNews>,
}

impl Drafts {
    /// Reads them from the store. A record that cannot be read any more is none.
    pub async fn open(records: Arc<dyn Records>) -> Result<Self, DraftError> {
        let mut all: HashMap<AgentId, HashMap<Place, Draft>> = HashMap::new();
        for (key, bytes) in records.list(Table::Drafts).await? {
            if let (Some((agent, place)), Ok(draft)) =
                (place_of(&key), serde_json::from_slice(&bytes))
            {
                all.entry(agent).or_default().insert(place, draft);
            }
        }
        Ok(Self {
            records,
            all: RwLock::new(all),
            emptied: RwLock::default(),
            changing: tokio::sync::Mutex::default(),
            news: broadcast::channel(BACKLOG).0,
        })
    }

    /// Tells of every change.
    pub fn news(&self) -> broadcast::Receiver<DraftNews> {
        self.news.subscribe()
    }

    /// An agent's drafts, the last first.
    pub fn of(&self, agent: AgentId) -> Vec<DraftNews> {
        let all = self.read();
        let own = all.get(&agent).into_iter().flatten();
        let mut own: Vec<DraftNews> = own
            .map(|((conversation, kind), draft)| DraftNews {
                agent,
                conversation: *conversation,
                kind: *kind,
                draft: draft.clone(),
            })
            .collect();
        own.sort_by_key(|news| std::cmp::Reverse(news.draft.at));
        own
    }

    /// Keeps what was typed, unless later words are there; durable when it returns.
    pub async fn put(
        &self,
        agent: AgentId,
        place: (ConversationId, DraftKind),
        draft: Draft,
    ) -> Result<Kept, DraftError> {
        let _changing = self.changing.lock().await;
        {
            let all = self.read();
            let own = all.get(&agent);
            let known = own.and_then(|own| own.get(&place));
            if let Some(later) = known.filter(|known| known.at > draft.at) {
                return Ok(Kept::Later(later.clone()));
            }
            let emptied = self.emptied.read().unwrap_or_else(PoisonError::into_inner);
            let emptied = emptied.get(&(agent, place)).copied();
            if let Some(at) = emptied.filter(|at| known.is_none() && *at > draft.at) {
                let (text, mentions) = (String::new(), Vec::new());
                return Ok(Kept::Later(Draft { text, mentions, quoted: None, at }));
            }
            if known.is_none() && own.is_some_and(|own| own.len() >= MOST) {
                return Err(DraftError::TooMany);
            }
        }
        self.store(agent, place, draft).await?;
        Ok(Kept::This)
    }

    /// An agent has sent words: they are no draft any more. What they typed since then stays.
    pub async fn sent(
        &self,
        agent: AgentId,
        place: (ConversationId, DraftKind),
        words: &str,
        now: Timestamp,
    ) -> Result<(), DraftError> {
        let _changing = self.changing.lock().await;
        let is_same = {
            let all = self.read();
            let known = all.get(&agent).and_then(|own| own.get(&place));
            known.is_some_and(|draft| draft.text.trim() == words.trim())
        };
        if !is_same {
            return Ok(());
        }
        let (text, mentions) = (String::new(), Vec::new());
        self.store(agent, place, Draft { text, mentions, quoted: None, at: now }).await
    }

    /// A conversation was erased: nobody keeps words about it.
    pub async fn forget(&self, conversation: ConversationId) -> Result<(), DraftError> {
        let _changing = self.changing.lock().await;
        let changes: Vec<RecordChange> = {
            let all = self.read();
            let places =
                all.iter().flat_map(|(agent, own)| own.keys().map(|place| (*agent, *place)));
            let places = places.filter(|(_, place)| place.0 == conversation);
            places.map(|(agent, place)| (Table::Drafts, key(agent, place), None)).collect()
        };
        if changes.is_empty() {
            return Ok(());
        }
        self.records.change(changes).await?;
        for own in self.write().values_mut() {
            own.retain(|place, _| place.0 != conversation);
        }
        Ok(())
    }

    async fn store(&self, agent: AgentId, place: Place, draft: Draft) -> Result<(), DraftError> {
        let is_empty = draft.text.trim().is_empty();
        let key = key(agent, place);
        if is_empty {
            self.records.delete(Table::Drafts, &key).await?;
            self.write().entry(agent).or_default().remove(&place);
            let mut emptied = self.emptied.write().unwrap_or_else(PoisonError::into_inner);
            if emptied.len() > MOST * 10 {
                // only whoever was offline for long needs them
                emptied.clear();
            }
            emptied.insert((agent, place), draft.at);
        } else {
            let bytes = serde_json::to_vec(&draft).map_err(|_| DraftError::Store)?;
            self.records.put(Table::Drafts, &key, bytes).await?;
            self.write().entry(agent).or_default().insert(place, draft.clone());
        }
        let (conversation, kind) = place;
        // nobody is there to hear of it: that is fine
        let _ = self.news.send(DraftNews { agent, conversation, kind, draft });
        Ok(())
    }

    fn read(&self) -> RwLockReadGuard<'_, HashMap<AgentId, HashMap<Place, Draft>>> {
        self.all.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, HashMap<AgentId, HashMap<Place, Draft>>> {
        self.all.write().unwrap_or_else(PoisonError::into_inner)
    }
}

fn key(agent: AgentId, (conversation, kind): Place) -> String {
    format!("{agent}/{conversation}/{}", kind.name())
}

fn place_of(key: &str) -> Option<(AgentId, Place)> {
    let mut parts = key.splitn(3, '/');
    let agent = parts.next()?.parse().ok()?;
    let conversation = parts.next()?.parse().ok()?;
    let kind = DraftKind::named(parts.next()?)?;
    Some((agent, (conversation, kind)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::MemoryLog;

    fn draft(text: &str, at: i64) -> Draft {
        Draft { text: text.to_owned(), mentions: vec![], quoted: None, at: Timestamp(at) }
    }

    #[tokio::test]
    async fn of_two_tabs_the_later_words_stay_and_the_earlier_is_given_them() {
        let records = Arc::new(MemoryLog::default());
        let drafts = Drafts::open(Arc::clone(&records) as _).await.unwrap();
        let (ana, place) = (AgentId::random(), (ConversationId::random(), DraftKind::Reply));
        let mut news = drafts.news();
        assert_eq!(drafts.put(ana, place, draft("Hello", 10)).await, Ok(Kept::This));
        assert_eq!(news.recv().await.unwrap().draft.text, "Hello");
        let late = drafts.put(ana, place, draft("Hi", 9)).await;
        assert_eq!(late, Ok(Kept::Later(draft("Hello", 10))));
        assert_eq!(drafts.put(ana, place, draft("Hello you", 10)).await, Ok(Kept::This));
        // also after a restart, and it is nobody else's
        let again = Drafts::open(records).await.unwrap();
        let kept: Vec<Draft> = again.of(ana).into_iter().map(|news| news.draft).collect();
        assert_eq!(kept, [draft("Hello you", 10)]);
        assert!(again.of(AgentId::random()).is_empty());
        // an emptied box is later words too
        assert_eq!(again.put(ana, place, draft(" ", 20)).await, Ok(Kept::This));
        let late = again.put(ana, place, draft("Hello you two", 15)).await;
        assert_eq!(late, Ok(Kept::Later(draft("", 20))));
        assert!(again.of(ana).is_empty());
    }

    #[tokio::test]
    async fn what_is_sent_is_no_draft_any_more_but_what_was_begun_since_is() {
        let drafts = Drafts::open(Arc::new(MemoryLog::default())).await.unwrap();
        let (ana, conversation) = (AgentId::random(), ConversationId::random());
        let (reply, note) = ((conversation, DraftKind::Reply), (conversation, DraftKind::Note));
        drafts.put(ana, reply, draft("Hello ", 1)).await.unwrap();
        drafts.put(ana, note, draft("Hello", 2)).await.unwrap();
        drafts.sent(ana, reply, "Hello", Timestamp(3)).await.unwrap();
        let left: Vec<DraftKind> = drafts.of(ana).into_iter().map(|news| news.kind).collect();
        assert_eq!(left, [DraftKind::Note]);
        drafts.put(ana, reply, draft("And then", 4)).await.unwrap();
        drafts.sent(ana, reply, "Hello", Timestamp(5)).await.unwrap();
        assert_eq!(drafts.of(ana).len(), 2);
        drafts.forget(conversation).await.unwrap();
        assert!(drafts.of(ana).is_empty());
    }
}
