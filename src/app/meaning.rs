//! Learns the knowledge by its meaning beside the server's work, and again when it changes.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::app::encoding;
use crate::catalog::{self, Mistakes};
use crate::config::Settings;
use crate::conversation::{Conversations, Loaded};
use crate::tasks::Tasks;
use crate::understanding::encode::Encoding;

/// How often an endpoint that does not answer is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(30);

/// Reads the knowledge by meaning as soon as it can, and again when it changes.
pub(super) fn keep_knowledge(
    settings: &Arc<Settings>,
    conversations: &Conversations,
    tasks: &Tasks,
) -> Option<catalog::Watch> {
    read_meaning(settings, conversations, tasks);
    let (conversations, tasks) = (conversations.clone(), tasks.clone());
    let changed = move || reload(&conversations, &tasks);
    match catalog::watch(&settings.server.intents, changed) {
        Ok(watch) => Some(watch),
        Err(error) => {
            tracing::warn!(%error, "changes of the knowledge are not noticed; reload by hand");
            None
        }
    }
}

/// Loads the encoders and learns the knowledge by its meaning, beside the server's work: it answers
/// by words at once.
fn read_meaning(settings: &Arc<Settings>, conversations: &Conversations, tasks: &Tasks) {
    let (settings, conversations) = (Arc::clone(settings), conversations.clone());
    let own = tasks.clone();
    tasks.spawn("load encoders", async move {
        let (knowledge, stop) = (conversations.knowledge(), own.soft());
        let Some(encoding) = load_encoders(&settings, &own).await else { return };
        let encoders = encoding.encoders.clone();
        knowledge.use_encoding(encoding);
        told(knowledge.learn_meaning(&own).await, &own);
        // an endpoint may be away when the knowledge is learned
        while settings.encoder.is_remote() && !is_over(&stop).await {
            let encoders = encoders.clone();
            if knowledge.lacks_meaning() && own.blocking(move || encoders.are_there()).await {
                told(knowledge.learn_meaning(&own).await, &own);
            }
        }
    });
}

/// The encoders of the settings. An endpoint is waited for; what is wrong with others is in the log.
async fn load_encoders(settings: &Arc<Settings>, tasks: &Tasks) -> Option<Encoding> {
    let stop = tasks.soft();
    let mut is_first = true;
    loop {
        let settings = Arc::clone(settings);
        match tasks.blocking(move || encoding(&settings)).await {
            Ok(encoding) => return encoding,
            Err(error) if error.may_pass() => {
                if std::mem::take(&mut is_first) {
                    tracing::warn!(%error, "words alone are read until it answers");
                }
                if is_over(&stop).await {
                    return None;
                }
            }
            Err(error) => {
                tracing::error!(%error, "no encoder; words alone are read");
                return None;
            }
        }
    }
}

/// Waits until an endpoint is asked again; whether the server stops meanwhile.
async fn is_over(stop: &CancellationToken) -> bool {
    tokio::time::timeout(ASK_AGAIN, stop.cancelled()).await.is_ok()
}

/// Reads and learns the knowledge anew, beside what is in use, unless the files say what is in use already.
fn reload(conversations: &Conversations, tasks: &Tasks) {
    let (conversations, reloading) = (conversations.clone(), tasks.clone());
    tasks.spawn("reload", async move {
        let knowledge = conversations.knowledge();
        told(knowledge.reload_changed(&reloading).await, &reloading);
    });
}

/// Writes into the log what became of a reload.
fn told(loaded: Result<Option<Loaded>, Mistakes>, tasks: &Tasks) {
    match loaded {
        Ok(None) => {}
        Ok(Some(loaded)) => tracing::info!(
            intents = loaded.intents,
            entries = loaded.entries,
            duration_ms = u64::try_from(loaded.took.as_millis()).unwrap_or(u64::MAX),
            "the knowledge was read anew and is in use"
        ),
        Err(_) if tasks.soft().is_cancelled() => {}
        Err(mistakes) => {
            tracing::error!(
                "the changed knowledge has mistakes, the old stays in use:\n{mistakes}"
            );
        }
    }
}
