//! The task that owns the queue and tells everybody who looks at it. It is told what became of a
//! conversation only after that is in the log, and it may be told twice.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::domain::{AgentId, ConversationId, MessageText, Seq, Timestamp, UrgencyLevel};
use crate::handoff::{Queue, Waiting};
use crate::tasks::Tasks;
use crate::telemetry::Metrics;

/// How often at most the board is published.
const PUBLISH_EVERY: Duration = Duration::from_millis(100);
/// How long a resolved conversation stays on its agent's board.
const RESOLVED_STAYS: Duration = Duration::from_mins(10);
/// How often the board is looked through when nothing happens.
const TIDY_EVERY: Duration = Duration::from_secs(30);
/// How many changes may wait for the task.
const MAILBOX: usize = 1_024;

/// An agent as others see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Owner {
    /// Who.
    pub id: AgentId,
    /// The name that customers see.
    pub name: String,
}

/// What a customer thought of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rating {
    /// 1 (bad) to 5 (good).
    pub score: u8,
    /// In the customer's words.
    pub comment: Option<MessageText>,
}

/// Where a case stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseStatus {
    /// Nobody needs to look at it.
    Closed,
    /// It waits for an agent.
    Waiting,
    /// An agent has it.
    Human {
        /// Who.
        owner: Owner,
        /// Since when.
        claimed_at: Timestamp,
    },
    /// An agent resolved it.
    Resolved {
        /// Who.
        owner: Owner,
        /// When.
        resolved_at: Timestamp,
        /// What the customer thought of it.
        rating: Option<Rating>,
    },
}

/// What the desk knows of one conversation that was handed off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// Why it was handed off, and since when it waits.
    pub waiting: Waiting,
    /// Where it stands.
    pub status: CaseStatus,
    /// The customer's last words, shortened.
    pub preview: String,
    /// The last event.
    pub last: Seq,
}

/// Everything that agents see at a glance.
#[derive(Clone, Debug, Default)]
pub struct Board {
    /// Who waits, who is next first.
    pub waiting: Vec<Arc<Case>>,
    /// What agents have or have just resolved, oldest claim first.
    pub taken: Vec<Arc<Case>>,
}

/// A waiting customer's new place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlaceChange {
    /// Whose.
    pub conversation: ConversationId,
    /// 1 is next.
    pub place: usize,
    /// How many wait.
    pub waiting: usize,
}

/// The desk has stopped.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the desk has stopped")]
pub struct DeskGone;

/// A handle to the desk.
#[derive(Clone)]
pub struct Desk {
    changes: mpsc::Sender<Case>,
    board: watch::Receiver<Arc<Board>>,
}

impl Desk {
    /// Starts the desk; `tell` is called for each waiting customer whose place has changed.
    pub fn start(
        tasks: &Tasks,
        metrics: Arc<Metrics>,
        tell: impl Fn(PlaceChange) + Send + 'static,
        now: impl Fn() -> Timestamp + Send + 'static,
    ) -> Self {
        let (changes, inbox) = mpsc::channel(MAILBOX);
        let (publish, board) = watch::channel(Arc::new(Board::default()));
        let keeper = Keeper {
            queue: Queue::default(),
            cases: HashMap::new(),
            places: HashMap::new(),
            publish,
            metrics,
            tell: Box::new(tell),
            now: Box::new(now),
        };
        let stop = tasks.soft();
        tasks.spawn("desk", async move {
            tokio::select! {
                () = keeper.run(inbox) => {}
                () = stop.cancelled() => {}
            }
        });
        Self { changes, board }
    }

    /// Tells the desk where a conversation stands now.
    pub async fn put(&self, case: Case) -> Result<(), DeskGone> {
        self.changes.send(case).await.map_err(|_| DeskGone)
    }

    /// The board, and a way to wait for its next change.
    pub fn board(&self) -> watch::Receiver<Arc<Board>> {
        self.board.clone()
    }
}

struct Keeper {
    queue: Queue,
    cases: HashMap<ConversationId, Arc<Case>>,
    places: HashMap<ConversationId, (usize, usize)>,
    publish: watch::Sender<Arc<Board>>,
    metrics: Arc<Metrics>,
    tell: Box<dyn Fn(PlaceChange) + Send>,
    now: Box<dyn Fn() -> Timestamp + Send>,
}

impl Keeper {
    async fn run(mut self, mut inbox: mpsc::Receiver<Case>) {
        let mut batch = Vec::new();
        let mut published = Instant::now().checked_sub(PUBLISH_EVERY);
        loop {
            // without news, resolved conversations leave the board all the same
            let news = inbox.recv_many(&mut batch, MAILBOX);
            match tokio::time::timeout(TIDY_EVERY, news).await {
                Ok(0) => return,
                Ok(_) => {}
                Err(_) if self.has_resolved() => {}
                Err(_) => continue,
            }
            if let Some(earlier) = published {
                tokio::time::sleep_until(earlier + PUBLISH_EVERY).await;
                while let Ok(case) = inbox.try_recv() {
                    batch.push(case);
                }
            }
            for case in batch.drain(..) {
                self.put(case);
            }
            self.publish();
            published = Some(Instant::now());
        }
    }

    fn put(&mut self, case: Case) {
        let conversation = case.waiting.conversation;
        let known = self.cases.get(&conversation);
        if known.is_some_and(|known| known.last > case.last) {
            return;
        }
        if case.status == CaseStatus::Waiting {
            self.queue.offer(case.waiting.clone());
        } else {
            self.queue.remove(conversation);
        }
        if case.status == CaseStatus::Closed {
            self.cases.remove(&conversation);
        } else {
            self.cases.insert(conversation, Arc::new(case));
        }
    }

    fn publish(&mut self) {
        self.forget_the_resolved();
        let waiting: Vec<Arc<Case>> = self
            .queue
            .iter()
            .filter_map(|entry| self.cases.get(&entry.conversation).map(Arc::clone))
            .collect();
        let mut taken: Vec<Arc<Case>> = self
            .cases
            .values()
            .filter(|case| case.status != CaseStatus::Waiting)
            .map(Arc::clone)
            .collect();
        taken.sort_by_key(|case| (taken_at(case), case.waiting.conversation));
        self.tell_places(&waiting);
        for level in UrgencyLevel::ALL {
            self.metrics.handoff_queue_depth(level, self.queue.depth(level));
        }
        self.publish.send_replace(Arc::new(Board { waiting, taken }));
    }

    fn has_resolved(&self) -> bool {
        self.cases.values().any(|case| matches!(case.status, CaseStatus::Resolved { .. }))
    }

    fn forget_the_resolved(&mut self) {
        let now = (self.now)();
        self.cases.retain(|_, case| match &case.status {
            CaseStatus::Resolved { resolved_at, .. } => now.since(*resolved_at) < RESOLVED_STAYS,
            _ => true,
        });
    }

    fn tell_places(&mut self, waiting: &[Arc<Case>]) {
        let count = waiting.len();
        let mut places = HashMap::with_capacity(count);
        for (index, case) in waiting.iter().enumerate() {
            let conversation = case.waiting.conversation;
            let place = (index + 1, count);
            if self.places.get(&conversation) != Some(&place) {
                (self.tell)(PlaceChange { conversation, place: place.0, waiting: count });
            }
            places.insert(conversation, place);
        }
        self.places = places;
    }
}

fn taken_at(case: &Case) -> Timestamp {
    match &case.status {
        CaseStatus::Human { claimed_at, .. } => *claimed_at,
        CaseStatus::Resolved { resolved_at, .. } => *resolved_at,
        CaseStatus::Closed | CaseStatus::Waiting => case.waiting.since,
    }
}
