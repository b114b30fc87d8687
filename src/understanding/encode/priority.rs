//! Threads that may wait: whoever serves customers goes first.

use rustix::process::{getpriority_process, setpriority_process};

/// The lowest priority of an ordinary thread.
const LOWEST: i32 = 19;

/// Lets other threads go first from now on, on this thread and those that it starts. (On Linux a
/// priority belongs to a thread, not to the process.) Where the system refuses, all stay alike.
pub fn yield_to_others() {
    let _ = setpriority_process(None, LOWEST);
}

/// Lets threads that serve sockets go first, but not those that nobody waits for.
pub(super) fn yield_to_sockets() {
    let own = getpriority_process(None).unwrap_or_default();
    let _ = setpriority_process(None, own.max(LOWEST / 2));
}
