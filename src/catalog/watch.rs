//! Notices when knowledge files change (crate `notify`). Editors write in several steps, so a change
//! is reported once nothing has happened for a moment.

use std::path::Path;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::Duration;

use notify::{RecommendedWatcher, RecursiveMode, Watcher};

/// How long nothing must happen before a change is reported.
const QUIET: Duration = Duration::from_millis(300);

/// Watches for as long as it is held.
pub struct Watch {
    _watcher: RecommendedWatcher,
}

/// Calls `on_change` after files of `folder` have changed.
pub fn watch(folder: &Path, on_change: impl Fn() + Send + 'static) -> Result<Watch, notify::Error> {
    let (changes, seen) = channel();
    let handler = move |event: notify::Result<notify::Event>| {
        let is_change = event.is_ok_and(|event| !event.kind.is_access());
        if is_change {
            // An error means that nobody listens any more.
            let _ = changes.send(());
        }
    };
    let mut watcher = notify::recommended_watcher(handler)?;
    watcher.watch(folder, RecursiveMode::NonRecursive)?;
    let thread = std::thread::Builder::new().name("knowledge-watch".to_owned());
    let spawned = thread.spawn(move || {
        while seen.recv().is_ok() {
            loop {
                match seen.recv_timeout(QUIET) {
                    Ok(()) => {}
                    Err(RecvTimeoutError::Timeout) => break,
                    Err(RecvTimeoutError::Disconnected) => return,
                }
            }
            on_change();
        }
    });
    spawned.map_err(notify::Error::io)?;
    Ok(Watch { _watcher: watcher })
}
