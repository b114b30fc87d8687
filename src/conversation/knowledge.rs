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
use crate::understanding::encode::Encoding;

/// What the operator wrote and what was learned from it.
pub struct Knowledge {
    /// What the operator wrote.
    pub catalog: Catalog,
    /// What was learned from it.
    pub understanding: Understanding,
}

impl Knowledge {
    /// Reads the folder and trains; with `encoding` also on what texts mean. `go_on` is told how many
    /// texts of how many are encoded, and ends it by saying no.
    pub fn load(
        folder: &std::path::Path,
        encoding: Option<&Encoding>,
        go_on: &(dyn Fn(usize, usize) -> bool + Sync),
    ) -> Result<Self, Mistakes> {
        let catalog = Catalog::load(folder)?;
        let trained = Understanding::train(&catalog, encoding, go_on);
        let understanding = trained.map_err(|error| {
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
    encoding: Option<Encoding>,
    reloading: Mutex<()>,
}

impl KnowledgeStore {
    /// Starts with `knowledge`, which was read from `folder`. What is read later is trained with
    /// `encoding`.
    pub fn new(folder: PathBuf, knowledge: Knowledge, encoding: Option<Encoding>) -> Self {
        let current = ArcSwap::from_pointee(knowledge);
        Self { folder, current, encoding, reloading: Mutex::new(()) }
    }

    /// Whether there are encoders.
    pub fn has_encoders(&self) -> bool {
        self.encoding.is_some()
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
        let encoding = self.encoding.clone();
        let stop = tasks.soft();
        let load =
            move || Knowledge::load(&folder, encoding.as_ref(), &|_, _| !stop.is_cancelled());
        let knowledge = tasks.blocking(load).await?;
        let loaded = Loaded {
            intents: knowledge.catalog.intents.len(),
            entries: knowledge.catalog.entries.len(),
            took: started.elapsed(),
        };
        self.current.store(Arc::new(knowledge));
        Ok(loaded)
    }
}
