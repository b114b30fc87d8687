//! The task that owns the queue, offers customers to agents, watches promised times, and tells
//! everybody who looks. It is told what became of a conversation only after that is in the log, and
//! it may be told twice.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use crate::domain::{AgentId, ConversationId, Promise, Timestamp};
use crate::handoff::keeper::Keeper;
use crate::handoff::{
    Board, Case, Decline, Floor, PlaceChange, Presence, Profile, Rules, Timing, Weights,
};
use crate::tasks::Tasks;
use crate::telemetry::Metrics;

/// How often at most the board is published.
const PUBLISH_EVERY: Duration = Duration::from_millis(100);
/// How often the board is looked through when nothing happens.
const TIDY_EVERY: Duration = Duration::from_secs(30);
/// How many changes may wait for the task.
const MAILBOX: usize = 1_024;
/// How long what could not be asked for waits before it is asked again.
const ASK_AGAIN: Duration = Duration::from_millis(200);

/// The desk has stopped.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the desk has stopped")]
pub struct DeskGone;

/// What the desk asks a conversation to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Put the customer back into the queue: their agent is gone.
    GiveBack {
        /// Which.
        conversation: ConversationId,
        /// Who had it.
        agent: AgentId,
    },
    /// Bring it back: the time of its snooze has come.
    Wake {
        /// Which.
        conversation: ConversationId,
        /// Until when it was put away.
        until: Timestamp,
    },
    /// Write down that a promised time has passed.
    Breach {
        /// Where.
        conversation: ConversationId,
        /// What.
        promise: Promise,
        /// Until when.
        due: Timestamp,
    },
}

/// What happens at the desk.
#[derive(Debug)]
pub(super) enum News {
    Case(Box<Case>),
    Connected(Profile),
    Disconnected(AgentId),
    Presence(AgentId, Presence),
    Updated(Profile),
    Dismissed(AgentId),
    Declined { conversation: ConversationId, decline: Decline, heard: oneshot::Sender<bool> },
    Rules(Arc<Rules>),
}

/// What a desk is made of.
pub struct DeskParts {
    /// Where things are counted.
    pub metrics: Arc<Metrics>,
    /// How the score is made.
    pub weights: Weights,
    /// How long things may take.
    pub timing: Timing,
    /// Called for each waiting customer whose place has changed.
    pub tell: Box<dyn Fn(PlaceChange) + Send>,
    /// Where the present moment comes from.
    pub now: Box<dyn Fn() -> Timestamp + Send>,
    /// Where conversations are asked to do something.
    pub acts: mpsc::Sender<Act>,
}

/// A handle to the desk.
#[derive(Clone)]
pub struct Desk {
    news: mpsc::Sender<News>,
    board: watch::Receiver<Arc<Board>>,
    floor: watch::Receiver<Arc<Floor>>,
}

impl Desk {
    /// Starts the desk.
    pub fn start(tasks: &Tasks, parts: DeskParts) -> Self {
        let (news, inbox) = mpsc::channel(MAILBOX);
        let (publish, board) = watch::channel(Arc::new(Board::default()));
        let (seats, floor) = watch::channel(Arc::new(Floor::default()));
        let stop = tasks.soft();
        tasks.spawn("desk", async move {
            let run = run(Keeper::new(parts), inbox, publish, seats);
            tokio::select! {
                () = run => {}
                () = stop.cancelled() => {}
            }
        });
        Self { news, board, floor }
    }

    /// Tells the desk where a conversation stands now.
    pub async fn put(&self, case: Case) -> Result<(), DeskGone> {
        self.tell(News::Case(Box::new(case))).await
    }

    /// An agent's page has connected.
    pub async fn connect(&self, profile: Profile) -> Result<(), DeskGone> {
        self.tell(News::Connected(profile)).await
    }

    /// One of an agent's pages is gone.
    pub async fn disconnect(&self, agent: AgentId) -> Result<(), DeskGone> {
        self.tell(News::Disconnected(agent)).await
    }

    /// An agent says whether they take customers.
    pub async fn set_presence(&self, agent: AgentId, to: Presence) -> Result<(), DeskGone> {
        self.tell(News::Presence(agent, to)).await
    }

    /// What is known of an agent has changed.
    pub async fn update(&self, profile: Profile) -> Result<(), DeskGone> {
        self.tell(News::Updated(profile)).await
    }

    /// An agent is none any more: what they have goes back to the queue.
    pub async fn dismiss(&self, agent: AgentId) -> Result<(), DeskGone> {
        self.tell(News::Dismissed(agent)).await
    }

    /// An agent does not want an offered customer. Whether there was such an offer.
    pub async fn decline(
        &self,
        conversation: ConversationId,
        decline: Decline,
    ) -> Result<bool, DeskGone> {
        let (heard, answer) = oneshot::channel();
        self.tell(News::Declined { conversation, decline, heard }).await?;
        answer.await.map_err(|_| DeskGone)
    }

    /// From now on these rules count.
    pub async fn use_rules(&self, rules: Arc<Rules>) -> Result<(), DeskGone> {
        self.tell(News::Rules(rules)).await
    }

    /// The board, and a way to wait for its next change.
    pub fn board(&self) -> watch::Receiver<Arc<Board>> {
        self.board.clone()
    }

    /// Agents and offers, and a way to wait for their next change.
    pub fn floor(&self) -> watch::Receiver<Arc<Floor>> {
        self.floor.clone()
    }

    async fn tell(&self, news: News) -> Result<(), DeskGone> {
        self.news.send(news).await.map_err(|_| DeskGone)
    }
}

async fn run(
    mut keeper: Keeper,
    mut inbox: mpsc::Receiver<News>,
    board: watch::Sender<Arc<Board>>,
    floor: watch::Sender<Arc<Floor>>,
) {
    let mut batch = Vec::new();
    let mut publish_at = Instant::now();
    loop {
        let now = Instant::now();
        let alarm = keeper.sleeps_for().map(|lasts| now + lasts);
        let publish = keeper.is_dirty().then_some(publish_at);
        let ask = keeper.has_acts().then_some(now + ASK_AGAIN);
        let tidy = keeper.has_resolved().then_some(now + TIDY_EVERY);
        let next = [alarm, publish, ask, tidy].into_iter().flatten().min();
        tokio::select! {
            count = inbox.recv_many(&mut batch, MAILBOX) => {
                if count == 0 {
                    return;
                }
                for news in batch.drain(..) {
                    keeper.hear(news);
                }
            }
            () = tokio::time::sleep_until(next.unwrap_or(now)), if next.is_some() => {
                if tidy.is_some_and(|tidy| next == Some(tidy)) {
                    keeper.tidy();
                }
            }
        }
        keeper.tick();
        keeper.ask();
        // who is offered whom cannot wait for the board
        if keeper.floor_has_changed() {
            floor.send_replace(Arc::new(keeper.floor()));
        }
        if keeper.is_dirty() && Instant::now() >= publish_at {
            board.send_replace(Arc::new(keeper.board()));
            publish_at = Instant::now() + PUBLISH_EVERY;
        }
    }
}
