//! The only way to start a task. Every task is counted, runs on the main runtime (one started on an
//! actix worker would be dropped with the worker), and is told in two stages to stop: softly, to
//! finish what it has, then hard.

mod memory;

use std::time::Duration;

use tokio::runtime::Handle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use memory::{keep_memory_together, return_unused_memory};

/// Tasks that did not end within the limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{count} tasks were still running when the time was up")]
pub struct StillRunning {
    /// How many.
    pub count: usize,
}

/// How long tasks have after the hard stop.
const AFTER_HARD_STOP: Duration = Duration::from_millis(500);

/// Starts tasks and stops them together.
#[derive(Clone)]
pub struct Tasks {
    runtime: Handle,
    tracker: TaskTracker,
    soft: CancellationToken,
    hard: CancellationToken,
}

impl Tasks {
    /// Tasks will run on the runtime that is current now.
    #[expect(clippy::new_without_default, reason = "it captures the current runtime")]
    pub fn new() -> Self {
        let hard = CancellationToken::new();
        let soft = hard.child_token();
        Self { runtime: Handle::current(), tracker: TaskTracker::new(), soft, hard }
    }

    /// Starts a task that the shutdown waits for; at the hard stop it is dropped.
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let hard = self.hard.clone();
        let guarded = async move {
            tokio::select! {
                () = task => {}
                () = hard.cancelled() => {
                    tracing::warn!(task.name = name, "a task was dropped at the hard stop");
                }
            }
        };
        self.tracker.spawn_on(guarded, &self.runtime);
    }

    /// Starts a task that the shutdown does not wait for, since its owner stops it.
    pub fn spawn_unwatched(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(task);
    }

    /// Runs CPU work or blocking I/O away from the async workers.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> T {
        match self.runtime.spawn_blocking(work).await {
            Ok(value) => value,
            Err(error) => match error.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime is being dropped: nobody waits for the value any more.
                Err(_) => std::future::pending().await,
            },
        }
    }

    /// Cancelled when tasks should finish what they have and end.
    pub fn soft(&self) -> CancellationToken {
        self.soft.clone()
    }

    /// Tells all tasks to end and waits for them: `limit` for the soft stop, a moment for the hard.
    pub async fn shutdown(&self, limit: Duration) -> Result<(), StillRunning> {
        self.soft.cancel();
        self.tracker.close();
        if tokio::time::timeout(limit, self.tracker.wait()).await.is_ok() {
            return Ok(());
        }
        let count = self.tracker.len();
        self.hard.cancel();
        // What a dropped task leaves undone is named by the error below.
        let _ = tokio::time::timeout(AFTER_HARD_STOP, self.tracker.wait()).await;
        Err(StillRunning { count })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_task_that_listens_ends_softly() {
        let tasks = Tasks::new();
        let stop = tasks.soft();
        let finished = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&finished);
        tasks.spawn("listener", async move {
            stop.cancelled().await;
            tokio::time::sleep(Duration::from_secs(1)).await;
            flag.store(true, Ordering::SeqCst);
        });
        assert_eq!(tasks.shutdown(Duration::from_secs(5)).await, Ok(()));
        assert!(finished.load(Ordering::SeqCst), "it finished what it had");
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_does_not_listen_is_dropped_and_counted() {
        let tasks = Tasks::new();
        tasks.spawn("deaf", std::future::pending());
        let stopped = tasks.shutdown(Duration::from_secs(5)).await;
        assert_eq!(stopped, Err(StillRunning { count: 1 }));
        assert!(tasks.tracker.is_empty());
    }

    #[tokio::test]
    async fn blocking_work_gives_its_value_back() {
        assert_eq!(Tasks::new().blocking(|| 6 * 7).await, 42);
    }
}
