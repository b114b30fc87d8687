//! The knowledge in use: catalog and trained models together, exchanged as one, so that a turn
//! never sees half of a reload.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::catalog::{Catalog, Mistake, Mistakes};
use crate::tasks::{Tasks, return_unused_memory};
use crate::understanding::Understanding;
use crate::understanding::encode::{Encoding, yield_to_others};

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
    encoding: ArcSwapOption<Encoding>,
    /// Learns beside the server's work.
    background: Option<rayon::ThreadPool>,
    reloading: Mutex<()>,
}

impl KnowledgeStore {
    /// Starts with `knowledge`, which was read from `folder`.
    pub fn new(folder: PathBuf, knowledge: Knowledge) -> Self {
        Self {
            folder,
            current: ArcSwap::from_pointee(knowledge),
            encoding: ArcSwapOption::empty(),
            background: background(),
            reloading: Mutex::new(()),
        }
    }

    /// What is read from now on is also learned by its meaning.
    pub fn use_encoding(&self, encoding: Encoding) {
        self.encoding.store(Some(Arc::new(encoding)));
    }

    /// The knowledge in use.
    pub fn current(&self) -> Arc<Knowledge> {
        self.current.load_full()
    }

    /// Reads the folder again, trains aside, and exchanges the knowledge at once. With a mistake in
    /// any file nothing changes.
    pub async fn reload(self: &Arc<Self>, tasks: &Tasks) -> Result<Loaded, Mistakes> {
        let _one_at_a_time = self.reloading.lock().await;
        let started = Instant::now();
        let (store, stop) = (Arc::clone(self), tasks.soft());
        let load = move || {
            let encoding = store.encoding.load_full();
            let load = || {
                Knowledge::load(&store.folder, encoding.as_deref(), &|_, _| !stop.is_cancelled())
            };
            store.background.as_ref().map_or_else(load, |threads| threads.install(load))
        };
        let knowledge = tasks.blocking(load).await?;
        let loaded = Loaded {
            intents: knowledge.catalog.intents.len(),
            entries: knowledge.catalog.entries.len(),
            took: started.elapsed(),
        };
        self.current.store(Arc::new(knowledge));
        tasks.blocking(return_unused_memory).await;
        Ok(loaded)
    }
}

/// Threads that learn while the server serves, at the lowest priority. Where there can be none, the
/// others learn.
fn background() -> Option<rayon::ThreadPool> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let builder = rayon::ThreadPoolBuilder::new().num_threads((cores / 2).max(1));
    builder.start_handler(|_| yield_to_others()).build().ok()
}
