//! Replies that were written once for many customers, by a short word: records of the store, all of
//! them in memory.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde::{Deserialize, Serialize};

use crate::domain::{CannedId, Language, MessageText, TextError, TextLimits};
use crate::events::{Records, RecordsError, Table};
use crate::writing::variables::unknown_variable;

/// Longest shortcut.
const SHORTCUT_CHARS: usize = 32;
/// Longest title.
const TITLE_CHARS: usize = 80;
/// Most replies.
const MOST: usize = 2_000;

/// The words of a reply, in one language or in both.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CannedTexts {
    /// In English.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// In Chinese.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
}

/// A reply that was written once for many customers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CannedReply {
    /// The word after the `/` by which it is found; no other reply has it.
    pub shortcut: String,
    /// What it is about.
    pub title: String,
    /// Its words.
    pub text: CannedTexts,
    /// The team whose it is; without one everybody has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
}

/// Why a reply is not kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CannedError {
    /// The shortcut is no word.
    #[error("a word of 1 to {SHORTCUT_CHARS} characters, without `/`")]
    Shortcut,
    /// Another reply has the shortcut.
    #[error("another reply has this shortcut")]
    ShortcutTaken,
    /// The title is empty or too long.
    #[error("a title has 1 to {TITLE_CHARS} characters")]
    Title,
    /// There are no words in any language.
    #[error("write it in one language at least")]
    NoText,
    /// The words in a language are no message.
    #[error("{error}")]
    Text {
        /// In which.
        language: Language,
        /// What is wrong with them.
        error: TextError,
    },
    /// The words in a language have a variable that nobody can fill in.
    #[error("there is no variable `{name}`")]
    Variable {
        /// In which.
        language: Language,
        /// Its name, shortened.
        name: String,
    },
    /// There are too many.
    #[error("{MOST} replies at most")]
    TooMany,
    /// There is no such reply.
    #[error("there is no such reply")]
    Unknown,
    /// The store cannot be used.
    #[error("the replies cannot be read or written")]
    Store,
}

impl From<RecordsError> for CannedError {
    fn from(error: RecordsError) -> Self {
        tracing::error!(%error, "replies cannot be read or written");
        Self::Store
    }
}

impl CannedReply {
    /// Checks every field and brings it into one form. `more` are variables beside the built-in ones.
    fn check(self, limits: TextLimits, more: &[String]) -> Result<Self, CannedError> {
        let shortcut = self.shortcut.trim().to_lowercase();
        let is_word = |c: char| !c.is_whitespace() && !c.is_control() && c != '/';
        if !(1..=SHORTCUT_CHARS).contains(&shortcut.chars().count())
            || !shortcut.chars().all(is_word)
        {
            return Err(CannedError::Shortcut);
        }
        let title = self.title.trim().to_owned();
        if !(1..=TITLE_CHARS).contains(&title.chars().count())
            || title.chars().any(char::is_control)
        {
            return Err(CannedError::Title);
        }
        let en = checked(self.text.en, Language::En, limits, more)?;
        let zh = checked(self.text.zh, Language::Zh, limits, more)?;
        if en.is_none() && zh.is_none() {
            return Err(CannedError::NoText);
        }
        Ok(Self { shortcut, title, text: CannedTexts { en, zh }, team: self.team })
    }
}

/// The words in a language; white space alone is none.
fn checked(
    text: Option<String>,
    language: Language,
    limits: TextLimits,
    more: &[String],
) -> Result<Option<String>, CannedError> {
    let Some(text) = text.filter(|text| !text.trim().is_empty()) else { return Ok(None) };
    let text = MessageText::parse(&text, limits);
    let text = text.map_err(|error| CannedError::Text { language, error })?;
    match unknown_variable(text.as_str(), more) {
        Some(name) => {
            let name = name.chars().take(40).collect();
            Err(CannedError::Variable { language, name })
        }
        None => Ok(Some(text.as_str().to_owned())),
    }
}

/// All replies.
pub struct CannedReplies {
    records: Arc<dyn Records>,
    all: RwLock<BTreeMap<CannedId, CannedReply>>,
    /// Whoever has it changes replies.
    changing: tokio::sync::Mutex<()>,
}

impl CannedReplies {
    /// Reads them from the store.
    pub async fn open(records: Arc<dyn Records>) -> Result<Self, CannedError> {
        let mut all = BTreeMap::new();
        for (key, bytes) in records.list(Table::CannedReplies).await? {
            let id = key.parse().map_err(|_| CannedError::Store)?;
            let reply = serde_json::from_slice(&bytes).map_err(|_| CannedError::Store)?;
            all.insert(id, reply);
        }
        Ok(Self { records, all: RwLock::new(all), changing: tokio::sync::Mutex::default() })
    }

    /// All of them, by shortcut.
    pub fn all(&self) -> Vec<(CannedId, CannedReply)> {
        let mut all: Vec<(CannedId, CannedReply)> =
            self.read().iter().map(|(id, reply)| (*id, reply.clone())).collect();
        all.sort_by(|(_, a), (_, b)| a.shortcut.cmp(&b.shortcut));
        all
    }

    /// One of them.
    pub fn get(&self, id: CannedId) -> Option<CannedReply> {
        self.read().get(&id).cloned()
    }

    /// Adds a reply, or writes it in place of the one with this id; durable when it returns. Says what
    /// was there before.
    pub async fn put(
        &self,
        id: Option<CannedId>,
        reply: CannedReply,
        limits: TextLimits,
        more: &[String],
    ) -> Result<(CannedId, CannedReply, Option<CannedReply>), CannedError> {
        let reply = reply.check(limits, more)?;
        let _changing = self.changing.lock().await;
        let before = {
            let all = self.read();
            let is_taken = |(other, known): (&CannedId, &CannedReply)| {
                Some(*other) != id && known.shortcut == reply.shortcut
            };
            if all.iter().any(is_taken) {
                return Err(CannedError::ShortcutTaken);
            }
            let before = id.and_then(|id| all.get(&id).cloned());
            if id.is_some() && before.is_none() {
                return Err(CannedError::Unknown);
            }
            if id.is_none() && all.len() >= MOST {
                return Err(CannedError::TooMany);
            }
            before
        };
        let id = id.unwrap_or_else(CannedId::random);
        let bytes = serde_json::to_vec(&reply).map_err(|_| CannedError::Store)?;
        self.records.put(Table::CannedReplies, &id.to_string(), bytes).await?;
        self.write().insert(id, reply.clone());
        Ok((id, reply, before))
    }

    /// Removes a reply; durable when it returns.
    pub async fn remove(&self, id: CannedId) -> Result<CannedReply, CannedError> {
        let _changing = self.changing.lock().await;
        let before = self.get(id).ok_or(CannedError::Unknown)?;
        self.records.delete(Table::CannedReplies, &id.to_string()).await?;
        self.write().remove(&id);
        Ok(before)
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<CannedId, CannedReply>> {
        self.all.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<CannedId, CannedReply>> {
        self.all.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::MemoryLog;

    fn reply(shortcut: &str, title: &str, en: &str) -> CannedReply {
        let text = CannedTexts { en: Some(en.to_owned()), zh: Some("  ".to_owned()) };
        CannedReply { shortcut: shortcut.to_owned(), title: title.to_owned(), text, team: None }
    }

    async fn put(
        replies: &CannedReplies,
        id: Option<CannedId>,
        one: CannedReply,
    ) -> Result<CannedId, CannedError> {
        replies.put(id, one, TextLimits::default(), &[]).await.map(|(id, ..)| id)
    }

    #[tokio::test]
    async fn replies_are_kept_and_their_shortcuts_are_their_own() {
        let records = Arc::new(MemoryLog::default());
        let replies = CannedReplies::open(Arc::clone(&records) as _).await.unwrap();
        let hello = put(&replies, None, reply(" Hello ", " Greeting", "Hi {{customer.name}}"));
        let hello = hello.await.unwrap();
        let refund =
            put(&replies, None, reply("退款", "Refund", "It is on its way.")).await.unwrap();
        let twice = put(&replies, None, reply("HELLO", "Again", "Hi")).await;
        assert_eq!(twice, Err(CannedError::ShortcutTaken));
        let renamed = put(&replies, Some(refund), reply("hello", "Refund", "x")).await;
        assert_eq!(renamed, Err(CannedError::ShortcutTaken));
        // its own shortcut is no obstacle
        put(&replies, Some(hello), reply("hello", "Greeting", "Good day")).await.unwrap();
        let again = CannedReplies::open(records).await.unwrap();
        assert_eq!(again.all(), replies.all());
        let kept = again.get(hello).unwrap();
        let expected = CannedTexts { en: Some("Good day".to_owned()), zh: None };
        assert_eq!((kept.shortcut.as_str(), kept.title.as_str()), ("hello", "Greeting"));
        assert_eq!(kept.text, expected);
        again.remove(hello).await.unwrap();
        assert_eq!(again.remove(hello).await, Err(CannedError::Unknown));
        let unknown = put(&again, Some(hello), reply("other", "Other", "x")).await;
        assert_eq!(unknown, Err(CannedError::Unknown));
        assert_eq!(again.all().len(), 1);
    }

    #[tokio::test]
    async fn what_is_wrong_is_said_and_nothing_is_kept() {
        let replies = CannedReplies::open(Arc::new(MemoryLog::default())).await.unwrap();
        let en = Language::En;
        let long = "x".repeat(4_001);
        let (too_long, limit) = ("x".repeat(81), 4_000);
        let cases = [
            (reply("", "Title", "x"), CannedError::Shortcut),
            (reply("a b", "Title", "x"), CannedError::Shortcut),
            (reply("a/b", "Title", "x"), CannedError::Shortcut),
            (reply(&too_long, "Title", "x"), CannedError::Shortcut),
            (reply("a", " ", "x"), CannedError::Title),
            (reply("a", &too_long, "x"), CannedError::Title),
            (reply("a", "Title", " "), CannedError::NoText),
            (
                reply("a", "Title", &long),
                CannedError::Text { language: en, error: TextError::TooManyGraphemes { limit } },
            ),
            (
                reply("a", "Title", "{{nobody}}"),
                CannedError::Variable { language: en, name: "nobody".to_owned() },
            ),
        ];
        for (wrong, error) in cases {
            assert_eq!(put(&replies, None, wrong).await, Err(error));
        }
        assert!(replies.all().is_empty());
    }
}
