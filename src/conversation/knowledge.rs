//! The knowledge in use: catalog and trained models together, exchanged as one, so that a turn
//! never sees half of a reload.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::ArcSwap;
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::catalog::{Catalog, Mistake, Mistakes};
use crate::tasks::Tasks;
use crate::understanding::Understanding;

/// What the operator wrote and what was learned from it.
pub struct Knowledge {
    /// What the operator wrote.
    pub catalog: Catalog,
    /// What was learned from it.
    pub understanding: Understanding,
}

impl Knowledge {
    /// Reads the folder and trains.
    pub fn load(folder: &std::path::Path) -> Result<Self, Mistakes> {
        let catalog = Catalog::load(folder)?;
        let understanding = Understanding::train(&catalog).map_err(|error| {
            let message = error.to_string();
            Mistakes(vec![Mistake { file: folder.to_owned(), line: 0, message }])
        })?;
        Ok(Self { catalog, understanding })
    }
}

/// What a load brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// How many intents.
    pub intents: usize,
    /// How many FAQ entries.
    pub entries: usize,
    /// How long reading and training took.
    pub took: Duration,
}

/// Holds the knowledge in use and exchanges it.
pub struct KnowledgeStore {
    folder: PathBuf,
    current: ArcSwap<Knowledge>,
    reloading: Mutex<()>,
}

impl KnowledgeStore {
    /// Starts with `knowledge`, which was read from `folder`.
    pub fn new(folder: PathBuf, knowledge: Knowledge) -> Self {
        Self { folder, current: ArcSwap::from_pointee(knowledge), reloading: Mutex::new(()) }
    }

    /// The knowledge in use.
    pub fn current(&self) -> Arc<Knowledge> {
        self.current.load_full()
    }

    /// Reads the folder again, trains aside, and exchanges the knowledge at once. With a mistake in
    /// any file nothing changes.
    pub async fn reload(&self, tasks: &Tasks) -> Result<Loaded, Mistakes> {
        let _one_at_a_time = self.reloading.lock().await;
        let started = Instant::now();
        let folder = self.folder.clone();
        let knowledge = tasks.blocking(move || Knowledge::load(&folder)).await?;
        let loaded = Loaded {
            intents: knowledge.catalog.intents.len(),
            entries: knowledge.catalog.entries.len(),
            took: started.elapsed(),
        };
        self.current.store(Arc::new(knowledge));
        Ok(loaded)
    }
}
