//! The lists that an agent has saved, kept in the store.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

use crate::domain::AgentId;
use crate::events::{Records, RecordsError, Table};

/// Most filters of one agent.
const MOST: usize = 50;
/// Most characters, as people count them, of a name.
const NAME_CHARACTERS: usize = 60;

/// A saved list: its name, and the query that it stands for as text (`view=mine&label=refund`), which
/// whoever reads it checks as if it had just been typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedFilter {
    /// Its name.
    pub name: String,
    /// The query.
    pub query: String,
}

/// Why filters are not kept.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FilterError {
    /// Too many.
    #[error("{MOST} filters at most")]
    TooMany,
    /// A name that is empty, too long, or there twice.
    #[error("a filter has a name of its own, of {NAME_CHARACTERS} characters at most")]
    Name,
    /// The store cannot be used.
    #[error("the filters cannot be read or written")]
    Store,
}

impl From<RecordsError> for FilterError {
    fn from(error: RecordsError) -> Self {
        tracing::error!(%error, "saved filters cannot be read or written");
        Self::Store
    }
}

/// The saved filters of all agents.
#[derive(Clone)]
pub struct SavedFilters(Arc<dyn Records>);

impl SavedFilters {
    /// Those that are in the store.
    pub fn new(records: Arc<dyn Records>) -> Self {
        Self(records)
    }

    /// An agent's filters, in the agent's order. What cannot be read any more is none.
    pub async fn of(&self, agent: AgentId) -> Result<Vec<SavedFilter>, FilterError> {
        let stored = self.0.get(Table::Filters, &agent.to_string()).await?;
        Ok(stored.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default())
    }

    /// Replaces an agent's filters.
    pub async fn set(&self, agent: AgentId, filters: &[SavedFilter]) -> Result<(), FilterError> {
        if filters.len() > MOST {
            return Err(FilterError::TooMany);
        }
        for (at, filter) in filters.iter().enumerate() {
            let name = filter.name.trim();
            let is_twice = filters.iter().take(at).any(|other| other.name.trim() == name);
            if name.is_empty() || is_twice || name.graphemes(true).count() > NAME_CHARACTERS {
                return Err(FilterError::Name);
            }
        }
        let bytes = serde_json::to_vec(filters).map_err(|_| FilterError::Store)?;
        Ok(self.0.put(Table::Filters, &agent.to_string(), bytes).await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::MemoryLog;

    #[tokio::test]
    async fn filters_are_each_agents_own_and_have_names() {
        let filters = SavedFilters::new(Arc::new(MemoryLog::default()));
        let (ana, ben) = (AgentId::random(), AgentId::random());
        let named =
            |name: &str| SavedFilter { name: name.to_owned(), query: "view=mine".to_owned() };
        filters.set(ana, &[named("退款"), named("refunds")]).await.unwrap();
        assert_eq!(filters.of(ana).await.unwrap().len(), 2);
        assert_eq!(filters.of(ben).await.unwrap(), []);
        for wrong in [vec![named(" ")], vec![named("a"), named("a ")], vec![named(&"x".repeat(61))]]
        {
            assert_eq!(filters.set(ana, &wrong).await, Err(FilterError::Name));
        }
        let many: Vec<SavedFilter> = (0..51).map(|number| named(&number.to_string())).collect();
        assert_eq!(filters.set(ana, &many).await, Err(FilterError::TooMany));
        assert_eq!(filters.of(ana).await.unwrap().len(), 2);
    }
}
