//! One's own sessions: where one is signed in, with what and since when; and ending them. When and from
//! where a session was last used is kept roughly, so that looking at the console does not write.

use std::time::Duration;

use crate::accounts::audit::{Act, By};
use crate::accounts::session::{Revoked, StoredSession};
use crate::accounts::{AccountError, Accounts, Deed, SessionToken};
use crate::domain::{AgentId, Timestamp};
use crate::events::Table;

/// How exactly it is kept when a session was last used.
const ROUGHLY: Duration = Duration::from_mins(5);
/// Most characters that are kept of what a browser calls itself.
const DEVICE_CHARS: usize = 200;
/// How much of a hash names a session.
const ID_CHARS: usize = 20;

/// A session as its owner sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    /// Names it; nobody signs in with that.
    pub id: String,
    /// What the browser calls itself; empty when it is not known.
    pub device: String,
    /// From which network address it was used last.
    pub address: String,
    /// When it began; not known for old ones.
    pub started_at: Option<Timestamp>,
    /// When it was used last, within five minutes; not known for old ones.
    pub seen_at: Option<Timestamp>,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

impl Accounts {
    /// Notes that a session is in use.
    pub async fn seen(
        &self,
        token: &SessionToken,
        address: &str,
        device: &str,
    ) -> Result<(), AccountError> {
        let (hash, now) = (token.hash(), self.clock.now());
        let device: String =
            device.chars().filter(|c| !c.is_control()).take(DEVICE_CHARS).collect();
        let is_news = {
            let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            let is_old =
                |(at, from): &(Timestamp, String)| now.since(*at) >= ROUGHLY || from != address;
            let is_news = seen.get(&hash).is_none_or(is_old);
            if is_news {
                seen.insert(hash.clone(), (now, address.to_owned()));
            }
            is_news
        };
        if !is_news {
            return Ok(());
        }
        // nobody ends the session between reading and writing it
        let _writing = self.writing().await;
        let Some(bytes) = self.records.get(Table::Sessions, &hash).await? else { return Ok(()) };
        let mut stored: StoredSession =
            serde_json::from_slice(&bytes).map_err(|_| AccountError::Store)?;
        stored.seen_at = Some(now);
        address.clone_into(&mut stored.address);
        stored.device = device;
        let bytes = serde_json::to_vec(&stored).map_err(|_| AccountError::Store)?;
        Ok(self.records.put(Table::Sessions, &hash, bytes).await?)
    }

    /// An agent's sessions that last, the one used last first.
    pub async fn own_sessions(
        &self,
        agent: AgentId,
        current: &SessionToken,
    ) -> Result<Vec<OwnSession>, AccountError> {
        let (current, now) = (current.hash(), self.clock.now());
        let all = self.records.list(Table::Sessions).await?;
        let own = all.into_iter().filter_map(|(hash, bytes)| {
            let stored: StoredSession = serde_json::from_slice(&bytes).ok()?;
            (stored.agent == agent && stored.expires_at > now).then(|| OwnSession {
                id: id_of(&hash),
                is_current: hash == current,
                device: stored.device,
                address: stored.address,
                started_at: stored.started_at,
                seen_at: stored.seen_at,
            })
        });
        let mut own: Vec<OwnSession> = own.collect();
        own.sort_by_key(|one| (!one.is_current, std::cmp::Reverse(one.seen_at)));
        Ok(own)
    }

    /// Ends one of an agent's sessions; says whether there was one of that name.
    pub async fn end_session(
        &self,
        agent: AgentId,
        id: &str,
        by: &By,
    ) -> Result<bool, AccountError> {
        let ended = self.end_where(agent, by, |hash| id_of(hash) == id).await?;
        Ok(ended > 0)
    }

    /// Ends all of an agent's sessions but the one that asks; says how many.
    pub async fn end_others(
        &self,
        agent: AgentId,
        current: &SessionToken,
        by: &By,
    ) -> Result<usize, AccountError> {
        let current = current.hash();
        self.end_where(agent, by, |hash| hash != current).await
    }

    async fn end_where(
        &self,
        agent: AgentId,
        by: &By,
        ends: impl Fn(&str) -> bool,
    ) -> Result<usize, AccountError> {
        let mut writing = self.writing().await;
        let mut ended = self.sessions_of(agent).await?;
        ended.retain(|hash| ends(hash));
        if ended.is_empty() {
            return Ok(0);
        }
        let object = self.directory().person(agent)?.object();
        let changes = ended.iter().map(|hash| Self::session_record(hash, None)).collect();
        writing.commit(changes, by, Act::new(Deed::SessionsRevoked, Some(object))).await?;
        for hash in &ended {
            self.forget(std::slice::from_ref(hash), Revoked::Session(hash.clone()));
        }
        Ok(ended.len())
    }
}

fn id_of(hash: &str) -> String {
    hash.chars().take(ID_CHARS).collect()
}
