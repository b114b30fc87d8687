//! Threads that may wait: whoever serves customers goes first.

use rustix::process::setpriority_process;
use thread_priority::unix::{NormalThreadSchedulePolicy, ThreadSchedulePolicy};
use thread_priority::{ThreadPriority, set_thread_priority_and_policy, thread_native_id};

/// The lowest priority of an ordinary thread.
const LOWEST: i32 = 19;

/// Lets other threads go first from now on, on this thread and those that it starts: it only gets
/// what they leave, and gives way at once (on Linux the policy `SCHED_IDLE`; the lowest priority
/// alone keeps others waiting for a slice of time). Where the system refuses, all stay alike.
pub fn yield_to_others() {
    let _ = setpriority_process(None, LOWEST);
    let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
    let _ = set_thread_priority_and_policy(thread_native_id(), ThreadPriority::Min, idle);
}
