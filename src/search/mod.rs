//! Search over everything that was said, in any script. The index is a projection of the log on disk:
//! it follows the journal, remembers with every commit how far it has come, and is made anew where it
//! is missing, damaged or of another version. What is shown comes from the log itself, so what was
//! erased is gone at once.

mod excerpt;
mod follow;
mod store;
mod words;

use std::borrow::Cow;
use std::path::Path;
use std::sync::Arc;

use crate::domain::{ConversationId, Event, EventBody, Seq, Timestamp};
use crate::events::EventLog;
pub use crate::search::excerpt::Part;
use crate::search::store::{Place, Store};
use crate::search::words::Pieces;
use crate::tasks::Tasks;

/// Most characters of a query.
const MOST_CHARACTERS: usize = 200;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum SearchError {
    /// There is no word in the query.
    #[error("something to search for, of {MOST_CHARACTERS} characters at most")]
    Query,
    /// The index cannot be used.
    #[error("the search index fails: {0}")]
    Index(String),
    /// The log cannot be read.
    #[error("the log cannot be read")]
    Log,
}

/// Who said it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Speaker {
    /// The customer.
    Visitor,
    /// The bot.
    Bot,
    /// An agent.
    Agent,
    /// An agent, to colleagues.
    Note,
}

/// A message that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Where.
    pub conversation: ConversationId,
    /// Its place.
    pub seq: Seq,
    /// When.
    pub at: Timestamp,
    /// Who said it.
    pub speaker: Speaker,
    /// The words around what was found.
    pub excerpt: Vec<Part>,
}

/// What was found, the latest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The messages.
    pub hits: Vec<Hit>,
    /// Where the next ones begin; nothing at the end.
    pub next: Option<u64>,
    /// Whether everything that stands in the log had been read by then.
    pub complete: bool,
}

/// The search over everything that was said.
#[derive(Clone)]
pub struct Search {
    store: Arc<Store>,
    log: Arc<dyn EventLog>,
    tasks: Tasks,
}

impl Search {
    /// Opens the index in `folder`, which is made where it is not there, and follows the log.
    pub async fn start(
        folder: &Path,
        log: Arc<dyn EventLog>,
        tasks: &Tasks,
    ) -> Result<Self, SearchError> {
        let folder = folder.to_owned();
        let (store, writer) = tasks.blocking(move || store::open(&folder)).await?;
        let store = Arc::new(store);
        follow::start(Arc::clone(&store), writer, Arc::clone(&log), tasks);
        Ok(Self { store, log, tasks: tasks.clone() })
    }

    /// Messages that hold everything that the query says, the latest first: Han characters as they
    /// stand or word for word, other words from their beginning or in another form. `within` leaves
    /// out other conversations; `after` is the `next` of an earlier answer.
    pub async fn find(
        &self,
        query: &str,
        within: Option<Vec<ConversationId>>,
        after: Option<u64>,
        limit: usize,
    ) -> Result<Found, SearchError> {
        if query.chars().count() > MOST_CHARACTERS {
            return Err(SearchError::Query);
        }
        let pieces = Pieces::of(query);
        if pieces.is_empty() {
            return Err(SearchError::Query);
        }
        let (store, asked) = (Arc::clone(&self.store), pieces.clone());
        let found = self.tasks.blocking(move || store.find(&asked, within, after, limit + 1));
        let mut places = found.await.map_err(|error| SearchError::Index(error.to_string()))?;
        let more = places.len() > limit;
        places.truncate(limit);
        let next = places.last().map(|place| place.order).filter(|_| more);
        let mut hits = Vec::with_capacity(places.len());
        for place in places {
            hits.extend(self.hit(place, &pieces).await?);
        }
        let end = self.log.journal_end().await.map_err(|_| SearchError::Log)?;
        Ok(Found { hits, next, complete: self.store.position() >= end })
    }

    /// Up to where in the journal the index has read; for waiting in tests and measures.
    pub fn position(&self) -> u64 {
        self.store.position()
    }

    async fn hit(&self, place: Place, pieces: &Pieces) -> Result<Option<Hit>, SearchError> {
        let Place { conversation, seq, .. } = place;
        let events = self.log.read(conversation, seq.before(), 1).await;
        let event = events.map_err(|_| SearchError::Log)?.into_iter().next();
        Ok(event.and_then(|event| {
            let (speaker, text) = said(&event)?;
            let excerpt = excerpt::of(&text, pieces);
            Some(Hit { conversation, seq, at: event.at, speaker, excerpt })
        }))
    }
}

/// What an event says, if anything.
fn said(event: &Event) -> Option<(Speaker, Cow<'_, str>)> {
    let (speaker, text) = words(event)?;
    let files = event.body.attachments();
    if files.is_empty() {
        return Some((speaker, Cow::Borrowed(text)));
    }
    // files are found by their names
    let names = files.iter().map(|file| file.name.as_str());
    let all = Some(text).filter(|text| !text.is_empty()).into_iter().chain(names);
    Some((speaker, Cow::Owned(all.collect::<Vec<&str>>().join(" \u{b7} "))))
}

fn words(event: &Event) -> Option<(Speaker, &str)> {
    match &event.body {
        EventBody::VisitorMessage { text, .. } => Some((Speaker::Visitor, text.as_str())),
        EventBody::Rated { comment: Some(comment), .. } => {
            Some((Speaker::Visitor, comment.as_str()))
        }
        EventBody::BotMessage { text, .. } => Some((Speaker::Bot, text.as_str())),
        EventBody::AgentMessage { text, .. } => Some((Speaker::Agent, text.as_str())),
        EventBody::Whispered { text: note, .. }
        | EventBody::Noted { text: note, .. }
        | EventBody::Released { note: Some(note), .. }
        | EventBody::Transferred { note: Some(note), .. } => Some((Speaker::Note, note.as_str())),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
