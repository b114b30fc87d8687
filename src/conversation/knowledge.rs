//! The knowledge in use: catalog and trained models together, exchanged as one, so that a turn
//! never sees half of a reload.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use arc_swap::{ArcSwap, ArcSwapOption};
use tokio::sync::Mutex;
use tokio::time::Instant;

use crate::catalog::{Catalog, Mistake, Mistakes, Source};
use crate::tasks::{Tasks, return_unused_memory};
use crate::understanding::encode::{Encoding, yield_to_others};
use crate::understanding::{Extractor, TrainError, Understanding};

/// How long what was tried out is kept.
const KEPT: Duration = Duration::from_mins(10);
/// How often it is looked whether old knowledge is still read with.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What the operator wrote and what was learned from it.
pub struct Knowledge {
    /// What the operator wrote.
    pub catalog: Arc<Catalog>,
    /// What was learned from it.
    pub understanding: Understanding,
    /// Stands for the texts of both.
    fingerprint: String,
}

impl Knowledge {
    /// Reads the folder and trains; with `encoding` also on what texts mean. `go_on` is told how many
    /// texts of how many are encoded, and ends it by saying no.
    pub fn load(
        folder: &Path,
        encoding: Option<&Encoding>,
        go_on: &(dyn Fn(usize, usize) -> bool + Sync),
    ) -> Result<Self, Mistakes> {
        Self::learn(&Source::read(folder), encoding, go_on)
    }

    /// The same of texts that have been read already, or that are to be written.
    pub fn learn(
        source: &Source,
        encoding: Option<&Encoding>,
        go_on: &(dyn Fn(usize, usize) -> bool + Sync),
    ) -> Result<Self, Mistakes> {
        // not while much is allocated for learning: what stays would lie scattered
        let (catalog, ()) = rayon::join(|| Catalog::of(source), Extractor::prepare);
        let catalog = Arc::new(catalog?);
        let trained = Understanding::train(&catalog, encoding, go_on);
        Self::of(source, catalog, trained)
    }

    /// The same after what is in use, with which it shares what the same texts would give again; and by
    /// words alone where an endpoint that encodes does not answer: what the operator wrote comes into
    /// use all the same.
    fn learn_after(
        &self,
        source: &Source,
        encoding: Option<&Encoding>,
        go_on: &(dyn Fn(usize, usize) -> bool + Sync),
    ) -> Result<Self, Mistakes> {
        let is_same = self.fingerprint == source.fingerprint();
        let catalog =
            if is_same { Arc::clone(&self.catalog) } else { Arc::new(Catalog::of(source)?) };
        let before = Some(&self.understanding).filter(|_| is_same);
        let mut trained = Understanding::train_after(before, &catalog, encoding, go_on);
        if let Err(error) = &trained
            && error.may_pass()
        {
            tracing::warn!(%error, "the knowledge is read by words alone until it answers");
            trained = Understanding::train_after(before, &catalog, None, go_on);
        }
        Self::of(source, catalog, trained)
    }

    fn of(
        source: &Source,
        catalog: Arc<Catalog>,
        trained: Result<Understanding, TrainError>,
    ) -> Result<Self, Mistakes> {
        let understanding = trained.map_err(|error| {
            let (file, message) = (source.folder().to_owned(), error.to_string());
            Mistakes(vec![Mistake { file, line: 0, message }])
        })?;
        Ok(Self { catalog, understanding, fingerprint: source.fingerprint() })
    }
}

/// Knowledge that was learned from texts, and not put to use yet.
struct Rehearsed {
    fingerprint: String,
    knowledge: Arc<Knowledge>,
}

impl Rehearsed {
    /// Whether it is what would be learned now of these texts.
    fn is(&self, fingerprint: &str, by_meaning: bool) -> bool {
        self.fingerprint == fingerprint
            && self.knowledge.understanding.reads_meaning() == by_meaning
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
    /// The texts of the knowledge in use, once they have been read here.
    reloading: Mutex<Option<String>>,
    /// What was learned for somebody who edits.
    rehearsed: Mutex<Option<Rehearsed>>,
}

impl KnowledgeStore {
    /// Starts with `knowledge`, which was read from `folder`.
    pub fn new(folder: PathBuf, knowledge: Knowledge) -> Self {
        Self {
            folder,
            current: ArcSwap::from_pointee(knowledge),
            encoding: ArcSwapOption::empty(),
            background: background(),
            reloading: Mutex::new(None),
            rehearsed: Mutex::new(None),
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

    /// The folder that is read.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Reads the folder again, trains aside, and exchanges the knowledge at once. With a mistake in
    /// any file nothing changes.
    pub async fn reload(self: &Arc<Self>, tasks: &Tasks) -> Result<Loaded, Mistakes> {
        let read = self.reload_where(tasks, |_| true).await?;
        Ok(read.unwrap_or_else(|| Loaded::of(&self.current(), Duration::ZERO)))
    }

    /// The same, unless the files say what the knowledge in use was learned from.
    pub async fn reload_changed(
        self: &Arc<Self>,
        tasks: &Tasks,
    ) -> Result<Option<Loaded>, Mistakes> {
        self.reload_where(tasks, |is_same| !is_same).await
    }

    /// Learns what the knowledge in use means, where it is read by words alone though there are encoders.
    pub async fn learn_meaning(
        self: &Arc<Self>,
        tasks: &Tasks,
    ) -> Result<Option<Loaded>, Mistakes> {
        self.reload_where(tasks, |_| self.lacks_meaning()).await
    }

    /// Whether the knowledge in use is read by words alone though there are encoders.
    pub fn lacks_meaning(&self) -> bool {
        self.encoding.load().is_some() && !self.current.load().understanding.reads_meaning()
    }

    async fn reload_where(
        self: &Arc<Self>,
        tasks: &Tasks,
        wanted: impl FnOnce(bool) -> bool,
    ) -> Result<Option<Loaded>, Mistakes> {
        let mut in_use = self.reloading.lock().await;
        let started = Instant::now();
        let folder = self.folder.clone();
        let source = tasks.blocking(move || Source::read(&folder)).await;
        let fingerprint = source.fingerprint();
        if !wanted(in_use.as_ref() == Some(&fingerprint)) {
            return Ok(None);
        }
        let ready = self.take_rehearsed(&fingerprint);
        let knowledge = match ready {
            Some(knowledge) => knowledge,
            None => Arc::new(self.learn(tasks, source).await?),
        };
        let loaded = Loaded::of(&knowledge, started.elapsed());
        let before = self.current.swap(knowledge);
        *in_use = Some(fingerprint);
        free(tasks, before);
        Ok(Some(loaded))
    }

    /// Learns from texts that are not in use, for somebody who tries them out. The latest is kept for
    /// a while: when the same texts are put to use, they need not be learned again.
    pub async fn rehearse(
        self: &Arc<Self>,
        tasks: &Tasks,
        source: Source,
    ) -> Result<Arc<Knowledge>, Mistakes> {
        let fingerprint = source.fingerprint();
        let mut rehearsed = self.rehearsed.lock().await;
        let by_meaning = self.encoding.load().is_some();
        if let Some(kept) = rehearsed.as_ref().filter(|kept| kept.is(&fingerprint, by_meaning)) {
            return Ok(Arc::clone(&kept.knowledge));
        }
        // two of them at once would be one too many
        *rehearsed = None;
        let knowledge = Arc::new(self.learn(tasks, source).await?);
        let kept = Arc::clone(&knowledge);
        *rehearsed = Some(Rehearsed { fingerprint, knowledge: kept });
        drop(rehearsed);
        self.forget_later(tasks, &knowledge);
        Ok(knowledge)
    }

    /// Frees the memory of what nobody tries out any more.
    fn forget_later(self: &Arc<Self>, tasks: &Tasks, knowledge: &Arc<Knowledge>) {
        let (store, stop, of) = (Arc::clone(self), tasks.soft(), Arc::downgrade(knowledge));
        tasks.spawn("forget what was tried out", async move {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(KEPT) => {}
            }
            let mut rehearsed = store.rehearsed.lock().await;
            if rehearsed.as_ref().is_some_and(|kept| of.as_ptr() == Arc::as_ptr(&kept.knowledge)) {
                *rehearsed = None;
            }
        });
    }

    fn take_rehearsed(&self, fingerprint: &str) -> Option<Arc<Knowledge>> {
        // whoever is learning holds this for seconds; then there is nothing to take
        let mut rehearsed = self.rehearsed.try_lock().ok()?;
        let by_meaning = self.encoding.load().is_some();
        let taken = rehearsed.take_if(|kept| kept.is(fingerprint, by_meaning));
        taken.map(|kept| kept.knowledge)
    }

    async fn learn(self: &Arc<Self>, tasks: &Tasks, source: Source) -> Result<Knowledge, Mistakes> {
        let (store, stop) = (Arc::clone(self), tasks.soft());
        let learn = move || {
            let (in_use, encoding) = (store.current(), store.encoding.load_full());
            let learn =
                || in_use.learn_after(&source, encoding.as_deref(), &|_, _| !stop.is_cancelled());
            store.background.as_ref().map_or_else(learn, |threads| threads.install(learn))
        };
        tasks.blocking(learn).await
    }
}

impl Loaded {
    fn of(knowledge: &Knowledge, took: Duration) -> Self {
        let Catalog { intents, entries, .. } = &*knowledge.catalog;
        Self { intents: intents.len(), entries: entries.len(), took }
    }
}

/// Gives the memory of knowledge back that is no longer in use, when nobody reads with it any more.
fn free(tasks: &Tasks, knowledge: Arc<Knowledge>) {
    let (own, stop) = (tasks.clone(), tasks.soft());
    tasks.spawn("free the knowledge before", async move {
        while Arc::strong_count(&knowledge) > 1 {
            tokio::select! {
                () = stop.cancelled() => return,
                () = tokio::time::sleep(LOOK_AGAIN) => {}
            }
        }
        own.blocking(move || {
            drop(knowledge);
            return_unused_memory();
        })
        .await;
    });
}

/// Threads that learn while the server serves, at the lowest priority. Where there can be none, the
/// others learn.
fn background() -> Option<rayon::ThreadPool> {
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let builder = rayon::ThreadPoolBuilder::new().num_threads((cores / 2).max(1));
    builder.start_handler(|_| yield_to_others()).build().ok()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    use super::*;
    use crate::catalog::Reply;
    use crate::understanding::Asked;
    use crate::understanding::encode::{
        EncodeError, Encoded, Encoder, Encoders, KeptVectors, PoolSize,
    };

    /// An endpoint that may be away.
    #[derive(Default)]
    struct Endpoint {
        is_there: AtomicBool,
    }

    impl Encoder for Endpoint {
        fn name(&self) -> &'static str {
            "endpoint"
        }

        fn dimensions(&self) -> usize {
            2
        }

        fn encode(&self, text: &str) -> Result<Encoded, EncodeError> {
            if self.is_there.load(Relaxed) {
                let whole =
                    if text.len().is_multiple_of(2) { vec![1.0, 0.0] } else { vec![0.0, 1.0] };
                return Ok(Encoded { telling: whole.clone(), whole, clauses: vec![] });
            }
            let (model, url, reason) = ("small".to_owned(), String::new(), "away".to_owned());
            Err(EncodeError::Remote { model, url, reason })
        }
    }

    #[tokio::test]
    async fn what_an_endpoint_did_not_encode_is_in_use_by_its_words_until_it_is_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("shop.toml");
        let entry =
            "[[faq]]\nid = \"a\"\nquestion.en = \"When?\"\nanswer.en = \"At 9.\"\n[replies]\n";
        let replies = Reply::ALL.map(|(_, key)| format!("{key}.en = \"x\"\n{key}.zh = \"x\"\n"));
        let shop = format!("{entry}{}", replies.concat());
        std::fs::write(&file, &shop).unwrap();
        let known = Knowledge::load(folder.path(), None, &|_, _| true).unwrap();
        let store = Arc::new(KnowledgeStore::new(folder.path().to_owned(), known));
        let tasks = Tasks::new();
        assert_eq!(store.learn_meaning(&tasks).await, Ok(None), "there is no encoder");

        let endpoint = Arc::new(Endpoint::default());
        let encoders = Encoders::new(Arc::clone(&endpoint) as _, None);
        let size = PoolSize { threads: 1, waiting: 1, patience: Duration::from_secs(1) };
        store.use_encoding(Encoding::start(encoders, size, KeptVectors::in_memory()).unwrap());
        std::fs::write(&file, shop.replace('9', "10")).unwrap();
        assert_eq!(store.reload_changed(&tasks).await.unwrap().unwrap().entries, 1);
        assert_eq!(store.current().catalog.entries[0].answer.en, "At 10.");
        assert!(store.lacks_meaning());

        let by_words = store.current();
        endpoint.is_there.store(true, Relaxed);
        assert!(store.learn_meaning(&tasks).await.unwrap().is_some());
        assert!(!store.lacks_meaning() && store.current().understanding.reads_meaning());
        let by_meaning = store.current();
        assert!(Arc::ptr_eq(&by_words.catalog, &by_meaning.catalog), "the texts are the same");
        let asked = |knowledge: &Knowledge| {
            let asked = Asked { text: "When?", ..Asked::default() };
            knowledge.understanding.read(&asked).answers
        };
        assert_eq!(asked(&by_meaning)[0].id, "a");
        assert_eq!(asked(&by_meaning).len(), asked(&by_words).len());
        assert_eq!(store.learn_meaning(&tasks).await, Ok(None), "it is learned");
    }
}
