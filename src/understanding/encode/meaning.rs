//! The encoders of a server together: the multilingual one for every text, and a better one for
//! English beside it where there is one.

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use crate::domain::{Language, WrittenIn};
use crate::understanding::encode::kept::{KeptVectors, Parts};
use crate::understanding::encode::{EncodeError, Encoded, Encoder, EncoderPool, Origin, PoolSize};

/// What a text means to each encoder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meaning {
    /// To the multilingual one.
    pub multilingual: Encoded,
    /// To the English one; nothing for texts that are not English.
    pub english: Option<Encoded>,
}

/// Encoders with the threads that read messages and the vectors of the knowledge.
#[derive(Clone)]
pub struct Encoding {
    /// The encoders.
    pub encoders: Encoders,
    /// The threads that read messages.
    pub pool: Arc<EncoderPool>,
    /// Vectors of the knowledge's texts.
    pub kept: Arc<KeptVectors>,
}

impl Encoding {
    /// Starts the threads of `encoders`.
    pub fn start(encoders: Encoders, size: PoolSize, kept: KeptVectors) -> std::io::Result<Self> {
        let pool = Arc::new(EncoderPool::start(&encoders, size)?);
        Ok(Self { encoders, pool, kept: Arc::new(kept) })
    }
}

/// The encoders.
#[derive(Clone)]
pub struct Encoders {
    multilingual: Arc<dyn Encoder>,
    english: Option<Arc<dyn Encoder>>,
}

impl Encoders {
    /// Puts encoders together.
    pub fn new(multilingual: Arc<dyn Encoder>, english: Option<Arc<dyn Encoder>>) -> Self {
        Self { multilingual, english }
    }

    /// Loads the multilingual one, and the English one where there is one.
    pub fn load(multilingual: &Origin, english: Option<&Origin>) -> Result<Self, EncodeError> {
        let (multilingual, english) =
            rayon::join(|| multilingual.open(), || english.map(Origin::open).transpose());
        Ok(Self { multilingual: multilingual?, english: english? })
    }

    /// The same with another encoder in the place of each.
    pub(super) fn each(&self, other: impl Fn(Arc<dyn Encoder>) -> Arc<dyn Encoder>) -> Self {
        Self {
            multilingual: other(Arc::clone(&self.multilingual)),
            english: self.english.clone().map(other),
        }
    }

    /// Whether all can be used now.
    pub fn are_there(&self) -> bool {
        self.multilingual.is_there()
            && self.english.as_ref().is_none_or(|encoder| encoder.is_there())
    }

    /// The names of the encoders.
    pub fn names(&self) -> Vec<String> {
        let english = self.english.iter();
        std::iter::once(&self.multilingual).chain(english).map(|e| e.name().to_owned()).collect()
    }

    /// Whether an English word is surely none that was misspelt.
    pub fn is_word(&self, word: &str) -> bool {
        self.english.as_ref().is_some_and(|encoder| encoder.is_word(word))
    }

    /// Gives back the memory that only many texts need, for example those of the knowledge.
    pub(in crate::understanding) fn rest(&self) {
        std::iter::once(&self.multilingual).chain(&self.english).for_each(|encoder| encoder.rest());
    }

    /// What `text` means.
    pub fn read(&self, text: &str, written: WrittenIn) -> Result<Meaning, EncodeError> {
        let english = self.english.as_ref().filter(|_| written == WrittenIn::En);
        Ok(Meaning {
            multilingual: self.multilingual.encode(text)?,
            english: english.map(|encoder| encoder.encode(text)).transpose()?,
        })
    }

    /// What each of many texts means, on all cores, with what is kept from earlier times. `go_on`
    /// is told how many are done, and ends it by saying no.
    pub fn read_all(
        &self,
        texts: &[(&str, Language, Parts)],
        kept: &KeptVectors,
        go_on: &(dyn Fn(usize) -> bool + Sync),
    ) -> Result<Vec<Meaning>, EncodeError> {
        let done = AtomicUsize::new(0);
        let english = self.english.as_ref();
        let at_once = english.map_or(1, |encoder| encoder.at_once());
        let chunks: Vec<_> =
            texts.chunks(self.multilingual.at_once().max(at_once).max(1)).collect();
        let read = on_all_cores(&chunks, |chunk| {
            let meanings = self.read_together(chunk, kept)?;
            if meanings.iter().all(|_| go_on(done.fetch_add(1, Ordering::Relaxed) + 1)) {
                Ok(meanings)
            } else {
                Err(EncodeError::Stopped)
            }
        })?;
        Ok(read.into_iter().flatten().collect())
    }

    fn read_together(
        &self,
        texts: &[(&str, Language, Parts)],
        kept: &KeptVectors,
    ) -> Result<Vec<Meaning>, EncodeError> {
        let all: Vec<(&str, Parts)> =
            texts.iter().map(|(text, _, parts)| (*text, *parts)).collect();
        let multilingual = kept.encode(self.multilingual.as_ref(), &all)?;
        let mut meanings: Vec<Meaning> = multilingual
            .into_iter()
            .map(|multilingual| Meaning { multilingual, english: None })
            .collect();
        let Some(english) = &self.english else { return Ok(meanings) };
        let speaks = texts.iter().map(|(text, language, _)| speaks_english(text, *language));
        let places: Vec<usize> =
            speaks.enumerate().filter(|(_, speaks)| *speaks).map(|(at, _)| at).collect();
        let own: Vec<(&str, Parts)> =
            places.iter().filter_map(|at| all.get(*at).copied()).collect();
        for (at, encoded) in places.into_iter().zip(kept.encode(english.as_ref(), &own)?) {
            if let Some(meaning) = meanings.get_mut(at) {
                meaning.english = Some(encoded);
            }
        }
        Ok(meanings)
    }

    /// What each of many messages means, with its clauses, on all cores.
    pub fn read_messages(
        &self,
        texts: &[(&str, WrittenIn)],
        go_on: &(dyn Fn(usize) -> bool + Sync),
    ) -> Result<Vec<Meaning>, EncodeError> {
        let done = AtomicUsize::new(0);
        on_all_cores(texts, |(text, written)| {
            let meaning = self.read(text, *written)?;
            if go_on(done.fetch_add(1, Ordering::Relaxed) + 1) {
                Ok(meaning)
            } else {
                Err(EncodeError::Stopped)
            }
        })
    }
}

/// Does `work` for every item on threads of its own, in order of items. (Not on rayon's: a thread of
/// one of its pools that waits for another pool takes up further work meanwhile, on the same stack.)
fn on_all_cores<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, EncodeError> + Sync,
) -> Result<Vec<R>, EncodeError> {
    let cores = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let next = AtomicUsize::new(0);
    let done: Result<Vec<Vec<(usize, R)>>, EncodeError> = thread::scope(|scope| {
        let worker = || {
            let mut own = Vec::new();
            loop {
                let at = next.fetch_add(1, Ordering::Relaxed);
                let Some(item) = items.get(at) else { return Ok(own) };
                match work(item) {
                    Ok(result) => own.push((at, result)),
                    Err(error) => {
                        next.store(items.len(), Ordering::Relaxed); // nobody needs the others
                        return Err(error);
                    }
                }
            }
        };
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(worker)).collect();
        let ended = |worker: thread::ScopedJoinHandle<'_, _>| {
            let died = |_| Err(EncodeError::Inference("a thread died".to_owned()));
            worker.join().unwrap_or_else(died)
        };
        workers.into_iter().map(ended).collect()
    });
    let mut done: Vec<(usize, R)> = done?.into_iter().flatten().collect();
    done.sort_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}

/// Whether the English encoder understands a text: it is taken for English, and nothing in it is
/// Chinese.
fn speaks_english(text: &str, language: Language) -> bool {
    language == Language::En && !text.chars().any(|c| matches!(c, '\u{3400}'..='\u{9fff}'))
}
