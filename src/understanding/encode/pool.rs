//! Threads that encode messages: a bounded queue, most urgent first, and what was read lately is
//! remembered. Who finds the queue full, or waits too long, goes on without the encoder. A queue
//! that does not run empty only adds to everybody's waiting, so it gets shorter and shorter (the
//! idea of `CoDel`; Nichols and Jacobson 2012).

use std::cmp::Ordering;
use std::collections::BinaryHeap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use lru::LruCache;

use crate::domain::{UrgencyLevel, WrittenIn};
use crate::understanding::encode::priority::yield_to_others;
use crate::understanding::encode::{Encoders, Meaning};

/// Messages that are remembered; one is some 3 kB, with clauses a little more.
const REMEMBERED: usize = 2_048;
/// Each message that finds others waiting takes this part of the queue's room away.
const SHRINK: usize = 16;

/// How large a pool is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PoolSize {
    /// Threads that encode.
    pub threads: usize,
    /// Messages that may wait.
    pub waiting: usize,
    /// How long a message waits at most.
    pub patience: Duration,
}

/// The threads with their queue.
pub struct EncoderPool {
    shared: Arc<Shared>,
    size: PoolSize,
    encoders: Encoders,
}

struct Shared {
    queue: Mutex<Queue>,
    has_work: Condvar,
    remembered: Mutex<LruCache<String, Arc<Meaning>>>,
}

#[derive(Default)]
struct Queue {
    jobs: BinaryHeap<Job>,
    /// How many have come; the order within a level.
    arrivals: u64,
    /// How many may wait now.
    room: usize,
    is_closed: bool,
}

impl Queue {
    /// Whether one more may wait, of at most `most`.
    fn admits(&mut self, most: usize) -> bool {
        if self.jobs.is_empty() {
            self.room = most.min(self.room * 2); // it may be over
        } else {
            self.room -= self.room.div_ceil(SHRINK).min(self.room.saturating_sub(1));
        }
        self.jobs.len() < self.room
    }
}

struct Job {
    urgency: UrgencyLevel,
    arrival: u64,
    text: String,
    written: WrittenIn,
    reply: SyncSender<Option<Arc<Meaning>>>,
    /// Whether somebody still waits for it.
    wanted: Arc<AtomicBool>,
}

impl Ord for Job {
    fn cmp(&self, other: &Self) -> Ordering {
        self.urgency.cmp(&other.urgency).then(other.arrival.cmp(&self.arrival))
    }
}

impl PartialOrd for Job {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Job {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Job {}

impl EncoderPool {
    /// Starts the threads.
    pub fn start(encoders: &Encoders, size: PoolSize) -> std::io::Result<Self> {
        let room = NonZeroUsize::new(REMEMBERED).unwrap_or(NonZeroUsize::MIN);
        let shared = Arc::new(Shared {
            queue: Mutex::new(Queue { room: size.waiting, ..Queue::default() }),
            has_work: Condvar::new(),
            remembered: Mutex::new(LruCache::new(room)),
        });
        for at in 0..size.threads.max(1) {
            let (encoders, shared) = (encoders.clone(), Arc::clone(&shared));
            let name = format!("encode-{at}");
            thread::Builder::new().name(name).spawn(move || work(&encoders, &shared))?;
        }
        Ok(Self { shared, size, encoders: encoders.clone() })
    }

    /// The encoders that read.
    pub fn encoders(&self) -> &Encoders {
        &self.encoders
    }

    /// What a message means; nothing when there is too much to do or the encoder fails.
    pub fn read(
        &self,
        text: &str,
        written: WrittenIn,
        urgency: UrgencyLevel,
    ) -> Option<Arc<Meaning>> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if let Some(known) = lock(&self.shared.remembered).get(&text) {
            return Some(Arc::clone(known));
        }
        let (reply, answer) = sync_channel(1);
        let wanted = Arc::new(AtomicBool::new(true));
        {
            let mut queue = lock(&self.shared.queue);
            if !queue.admits(self.size.waiting) {
                return None;
            }
            queue.arrivals += 1;
            let arrival = queue.arrivals;
            let wanted = Arc::clone(&wanted);
            queue.jobs.push(Job { urgency, arrival, text, written, reply, wanted });
        }
        self.shared.has_work.notify_one();
        let meaning = answer.recv_timeout(self.size.patience).ok().flatten();
        wanted.store(false, Relaxed);
        meaning
    }
}

impl Drop for EncoderPool {
    fn drop(&mut self) {
        lock(&self.shared.queue).is_closed = true;
        self.shared.has_work.notify_all();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn work(encoders: &Encoders, shared: &Shared) {
    yield_to_others();
    while let Some(job) = next(shared) {
        if !job.wanted.load(Relaxed) {
            continue;
        }
        let meaning = encoders.read(&job.text, job.written).ok().map(Arc::new);
        if let Some(meaning) = &meaning {
            lock(&shared.remembered).put(job.text, Arc::clone(meaning));
        }
        // who asked may have gone on without
        let _ = job.reply.try_send(meaning);
    }
}

fn next(shared: &Shared) -> Option<Job> {
    let mut queue = lock(&shared.queue);
    loop {
        if queue.is_closed {
            return None;
        }
        if let Some(job) = queue.jobs.pop() {
            return Some(job);
        }
        queue = shared.has_work.wait(queue).unwrap_or_else(PoisonError::into_inner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::understanding::encode::{EncodeError, Encoded, Encoder};

    /// Tells what it encodes, and waits until it may.
    struct Gated {
        seen: Mutex<Vec<String>>,
        gate: Mutex<std::sync::mpsc::Receiver<()>>,
    }

    impl Encoder for Gated {
        fn name(&self) -> &'static str {
            "gated"
        }

        fn dimensions(&self) -> usize {
            1
        }

        fn encode(&self, text: &str) -> Result<Encoded, EncodeError> {
            lock(&self.seen).push(text.to_owned());
            let _ = lock(&self.gate).recv();
            Ok(Encoded { whole: vec![1.0], telling: vec![1.0], clauses: vec![] })
        }
    }

    fn gated(waiting: usize) -> (Arc<Gated>, SyncSender<()>, Arc<EncoderPool>) {
        let (open, gate) = sync_channel(16);
        let encoder = Arc::new(Gated { seen: Mutex::default(), gate: Mutex::new(gate) });
        let encoders = Encoders::new(Arc::clone(&encoder) as _, None);
        let size = PoolSize { threads: 1, waiting, patience: Duration::from_secs(20) };
        (encoder, open, Arc::new(EncoderPool::start(&encoders, size).unwrap()))
    }

    fn ask(
        pool: &Arc<EncoderPool>,
        text: &'static str,
        urgency: UrgencyLevel,
    ) -> thread::JoinHandle<bool> {
        let pool = Arc::clone(pool);
        thread::spawn(move || pool.read(text, WrittenIn::En, urgency).is_some())
    }

    fn until(is_so: impl Fn() -> bool) {
        while !is_so() {
            thread::yield_now();
        }
    }

    #[test]
    fn the_most_urgent_is_read_first_and_what_is_known_at_once() {
        let (encoder, open, pool) = gated(8);
        let first = ask(&pool, "first", UrgencyLevel::Low);
        until(|| lock(&encoder.seen).len() == 1);
        let waiting = |count: usize| until(|| lock(&pool.shared.queue).jobs.len() == count);
        let low = ask(&pool, "low", UrgencyLevel::Low);
        waiting(1);
        let urgent = ask(&pool, "urgent", UrgencyLevel::Urgent);
        waiting(2);
        for _ in 0..3 {
            open.send(()).unwrap();
        }
        assert!(first.join().unwrap() && low.join().unwrap() && urgent.join().unwrap());
        assert_eq!(*lock(&encoder.seen), ["first", "urgent", "low"]);
        assert!(pool.read("  first ", WrittenIn::En, UrgencyLevel::Low).is_some());
        assert_eq!(lock(&encoder.seen).len(), 3, "it was remembered");
    }

    #[test]
    fn a_full_queue_refuses_at_once() {
        let (encoder, open, pool) = gated(1);
        let first = ask(&pool, "first", UrgencyLevel::Low);
        until(|| lock(&encoder.seen).len() == 1);
        let second = ask(&pool, "second", UrgencyLevel::Low);
        until(|| lock(&pool.shared.queue).jobs.len() == 1);
        assert_eq!(pool.read("third", WrittenIn::En, UrgencyLevel::Urgent), None);
        open.send(()).unwrap();
        open.send(()).unwrap();
        assert!(first.join().unwrap() && second.join().unwrap());
    }

    #[test]
    fn a_queue_that_does_not_run_empty_gets_shorter_and_recovers() {
        let mut queue = Queue { room: 64, ..Queue::default() };
        let (reply, _answer) = sync_channel(1);
        let job = |arrival| Job {
            urgency: UrgencyLevel::Normal,
            arrival,
            text: String::new(),
            written: WrittenIn::En,
            reply: reply.clone(),
            wanted: Arc::new(AtomicBool::new(true)),
        };
        queue.jobs.push(job(0));
        let admitted = (1..200).filter(|_| queue.admits(64)).count();
        assert_eq!(queue.room, 1);
        assert!(admitted > 20, "a burst may wait: {admitted}");
        assert!(!queue.admits(64), "one waits already");
        queue.jobs.clear();
        assert!((0..6).all(|_| queue.admits(64)));
        assert_eq!(queue.room, 64);
    }

    #[test]
    fn what_nobody_waits_for_is_not_read() {
        let (open, gate) = sync_channel(16);
        let encoder = Arc::new(Gated { seen: Mutex::default(), gate: Mutex::new(gate) });
        let encoders = Encoders::new(Arc::clone(&encoder) as _, None);
        let size = PoolSize { threads: 1, waiting: 4, patience: Duration::from_millis(20) };
        let pool = EncoderPool::start(&encoders, size).unwrap();
        assert_eq!(pool.read("held up", WrittenIn::En, UrgencyLevel::Low), None);
        assert_eq!(pool.read("given up", WrittenIn::En, UrgencyLevel::Urgent), None);
        open.send(()).unwrap();
        until(|| lock(&pool.shared.remembered).len() == 1);
        assert!(pool.read("held up", WrittenIn::En, UrgencyLevel::Low).is_some());
        until(|| lock(&pool.shared.queue).jobs.is_empty());
        assert_eq!(*lock(&encoder.seen), ["held up"]);
    }
}
