//! Start and stop of the server. The port is taken first, so that a second server fails before it
//! touches anything; knowledge and log are read at the same time.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web;

use crate::accounts::{AccountError, Accounts, SealingKey};
use crate::app::{check_encoders, encoding, secret, thresholds, timing, weights};
use crate::attachments::{AttachmentError, AttachmentLimits, Attachments};
use crate::catalog::{self, Mistakes};
use crate::channels::{Bots, ChannelError, ChannelParts, Webhooks};
use crate::config::{Settings, SettingsError};
use crate::conversation::{Conversations, Knowledge, KnowledgeStore, Parts, Refusal};
use crate::customers::{CustomerError, Customers, TokenCheck};
use crate::domain::SystemClock;
use crate::events::EventLog;
use crate::events::sled::{OpenError, OpenOptions, SledLog};
use crate::gateway::{self, Gate, GateParts};
use crate::inbox::SavedFilters;
use crate::search::{Search, SearchError};
use crate::sign_on::{Provider, ProviderSettings};
use crate::tasks::{StillRunning, Tasks};
use crate::telemetry::Metrics;
use crate::understanding::encode::EncodeError;

/// Why the server does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The address cannot be listened at.
    #[error("cannot listen at {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The data folder cannot be used.
    #[error("cannot use the data folder {}: {source}", folder.display())]
    Data {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The event store cannot be opened.
    #[error(transparent)]
    Log(#[from] OpenError),
    /// The knowledge has mistakes.
    #[error("the knowledge has mistakes:\n{0}")]
    Knowledge(#[from] Mistakes),
    /// An encoder cannot be loaded.
    #[error("the encoder cannot be loaded: {0}; `encoder.enabled = false` goes on without")]
    Encoder(#[from] EncodeError),
    /// The settings cannot be used.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The accounts cannot be read.
    #[error("the accounts cannot be read: {0}")]
    Accounts(#[from] AccountError),
    /// The customers cannot be read.
    #[error("the customers cannot be read: {0}")]
    Customers(#[from] CustomerError),
    /// The files that people send cannot be read.
    #[error("the files that people sent cannot be read: {0}")]
    Attachments(#[from] AttachmentError),
    /// The webhooks or the bots cannot be read.
    #[error("the webhooks and bots cannot be read: {0}")]
    Channels(#[from] ChannelError),
    /// The search index can neither be read nor made anew.
    #[error(transparent)]
    Search(#[from] SearchError),
    /// The conversations cannot be rebuilt.
    #[error("the conversations cannot be rebuilt from the log: {0}")]
    Conversations(#[from] Refusal),
}

/// Why the server did not stop as it should.
#[derive(Debug, thiserror::Error)]
pub enum StopError {
    /// Tasks were still running at the limit.
    #[error(transparent)]
    StillRunning(#[from] StillRunning),
}

/// A server that runs.
pub struct Running {
    address: SocketAddr,
    setup_token: Option<String>,
    server: ServerHandle,
    tasks: Tasks,
    gate: web::Data<Gate>,
    log: Arc<SledLog>,
    limit: Duration,
    _watch: Option<catalog::Watch>,
}

/// Starts the server on the current tokio runtime.
pub async fn start(settings: Settings) -> Result<Running, StartError> {
    let settings = Arc::new(settings);
    let tasks = Tasks::new();
    let metrics = Arc::new(Metrics::new());
    check_encoders(&settings)?;
    let (listener, address) = listen(settings.server.listen)?;
    let folder = settings.server.data.clone();
    let at_folder = |source| StartError::Data { folder: folder.clone(), source };
    std::fs::create_dir_all(&folder).map_err(at_folder)?;
    let (log, knowledge) = read_at_once(&tasks, &settings, &metrics).await?;
    let accounts = open_accounts(&settings, &log).await?;
    let customers = open_customers(&settings, &log).await?;
    let channels = channel_parts(&settings, (&log, address), &tasks, &metrics);
    let bots = Bots::open(channels.clone()).await?;
    let conversations = Conversations::start(Parts {
        log: Arc::clone(&log) as _,
        records: Arc::clone(&log) as _,
        customers: Arc::clone(&customers),
        knowledge: Arc::new(KnowledgeStore::new(settings.server.intents.clone(), knowledge)),
        clock: Arc::new(SystemClock),
        tasks: tasks.clone(),
        metrics: Arc::clone(&metrics),
        thresholds: thresholds(&settings),
        offset: settings.visitor.offset(),
        weights: weights(&settings.handoff),
        timing: timing(&settings.handoff),
        bots: bots.switch(),
        turns_in_flight: settings.limits.turns_in_flight,
        turns_burst: settings.limits.turns_burst,
    })
    .await?;
    let search = Search::start(&folder.join("search"), Arc::clone(&log) as _, &tasks).await?;
    bots.run(conversations.clone());
    let watch = keep_knowledge(&settings, &conversations, &tasks);
    let limit = Duration::from_secs(settings.server.shutdown_seconds);
    let (workers, setup_token) = (settings.server.workers, accounts.setup_token());
    let gate = web::Data::new(Gate::new(GateParts {
        conversations,
        accounts,
        customers,
        attachments: open_attachments(&settings, &log, &tasks).await?,
        webhooks: Webhooks::start(channels).await?,
        bots,
        sign_on: provider(&settings)?,
        filters: SavedFilters::new(Arc::clone(&log) as _),
        search,
        secret: secret::load(&folder, secret::VISITOR).map_err(at_folder)?,
        settings,
        clock: Arc::new(SystemClock),
        tasks: tasks.clone(),
        metrics,
        listening: address,
        durability: log.durability(),
    }));
    let server = serve_beside(&gate, listener, workers, &tasks)
        .map_err(|source| StartError::Listen { address, source })?;
    gate.set_ready(true);
    tracing::info!(%address, "ready");
    Ok(Running { address, setup_token, server, tasks, gate, log, limit, _watch: watch })
}

fn serve_beside(
    gate: &web::Data<Gate>,
    listener: TcpListener,
    workers: Option<usize>,
    tasks: &Tasks,
) -> io::Result<ServerHandle> {
    let server = gateway::serve(gate.clone(), listener, workers)?;
    let handle = server.handle();
    tasks.spawn_unwatched(async move {
        if let Err(error) = server.await {
            tracing::error!(%error, "the HTTP server failed");
        }
    });
    Ok(handle)
}

fn channel_parts(
    settings: &Settings,
    (log, address): (&Arc<SledLog>, SocketAddr),
    tasks: &Tasks,
    metrics: &Arc<Metrics>,
) -> ChannelParts {
    ChannelParts {
        server: settings.server.url(address),
        log: Arc::clone(log) as _,
        records: Arc::clone(log) as _,
        clock: Arc::new(SystemClock),
        tasks: tasks.clone(),
        metrics: Arc::clone(metrics),
        allow_private: settings.webhooks.private_addresses,
    }
}

/// Who vouches for agents, where the settings name somebody.
fn provider(settings: &Settings) -> Result<Option<Provider>, SettingsError> {
    let oidc = &settings.oidc;
    let (Some(issuer), Some(client_id)) = (&oidc.issuer, &oidc.client_id) else { return Ok(None) };
    let asked = ProviderSettings {
        issuer: issuer.clone(),
        client_id: client_id.clone(),
        client_secret: oidc.secret()?,
        scopes: oidc.scopes.clone(),
        role_claim: oidc.role_claim.clone(),
    };
    Ok(Some(Provider::new(asked, Arc::new(SystemClock))))
}

async fn open_accounts(settings: &Settings, log: &Arc<SledLog>) -> Result<Accounts, StartError> {
    let folder = &settings.server.data;
    let sealing = secret::load(folder, secret::SECOND_FACTOR)
        .map_err(|source| StartError::Data { folder: folder.clone(), source })?;
    let (sealing, clock) = (SealingKey::new(sealing), Arc::new(SystemClock));
    let session_life = Duration::from_secs(settings.agents.session_hours * 3_600);
    Ok(Accounts::open(Arc::clone(log) as _, clock, session_life, sealing).await?)
}

async fn open_customers(
    settings: &Settings,
    log: &Arc<SledLog>,
) -> Result<Arc<Customers>, CustomerError> {
    let identity = &settings.identity;
    let tokens = TokenCheck::new(&identity.secrets, identity.audience.clone());
    let opened = Customers::open(Arc::clone(log) as _, Arc::new(SystemClock), tokens);
    Ok(Arc::new(opened.await?))
}

/// Opens the files that people send, and starts to tidy them up.
async fn open_attachments(
    settings: &Settings,
    log: &Arc<SledLog>,
    tasks: &Tasks,
) -> Result<Attachments, AttachmentError> {
    let given = &settings.attachments;
    let limits = AttachmentLimits {
        file_bytes: given.file_bytes,
        total_bytes: given.total_bytes(),
        per_conversation: given.per_conversation,
        keep_unsent: Duration::from_secs(given.keep_unsent_minutes * 60),
    };
    let folder = settings.server.data.join("files");
    let records = Arc::clone(log) as _;
    let opened = Attachments::open(&folder, records, Arc::new(SystemClock), limits).await?;
    let (attachments, log, stop) = (opened.clone(), Arc::clone(log), tasks.soft());
    tasks.spawn("tidy files", async move {
        tokio::select! {
            () = stop.cancelled() => {}
            () = attachments.keep_tidy(log.as_ref()) => {}
        }
    });
    Ok(opened)
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), StartError> {
    let at_address = |source| StartError::Listen { address, source };
    let listener = TcpListener::bind(address).map_err(at_address)?;
    let address = listener.local_addr().map_err(at_address)?;
    Ok((listener, address))
}

async fn read_at_once(
    tasks: &Tasks,
    settings: &Arc<Settings>,
    metrics: &Arc<Metrics>,
) -> Result<(Arc<SledLog>, Knowledge), StartError> {
    let intents = settings.server.intents.clone();
    let knowledge = tasks.blocking(move || Knowledge::load(&intents, None, &|_, _| true));
    let data = settings.server.data.clone();
    let options = OpenOptions { metrics: Some(Arc::clone(metrics) as _), ..OpenOptions::default() };
    let log = tasks.blocking(move || SledLog::open(&data, options));
    let (log, knowledge) = tokio::join!(log, knowledge);
    Ok((Arc::new(log?), knowledge?))
}

/// Loads the encoders and learns the knowledge by its meaning, beside the server's work: it answers
/// by words at once.
fn read_meaning(settings: &Arc<Settings>, conversations: &Conversations, tasks: &Tasks) {
    let (settings, conversations) = (Arc::clone(settings), conversations.clone());
    let own = tasks.clone();
    tasks.spawn("load encoders", async move {
        match own.blocking(move || encoding(&settings)).await {
            Ok(Some(encoding)) => {
                conversations.knowledge().use_encoding(encoding);
                reload(&conversations, &own, "the knowledge is encoded");
            }
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "no encoder; words alone are read"),
        }
    });
}

/// Reads and learns the knowledge anew, beside what is in use.
fn reload(conversations: &Conversations, tasks: &Tasks, done: &'static str) {
    let (conversations, reloading) = (conversations.clone(), tasks.clone());
    tasks.spawn("reload", async move {
        match conversations.knowledge().reload(&reloading).await {
            Ok(loaded) => tracing::info!(
                intents = loaded.intents,
                entries = loaded.entries,
                duration_ms = u64::try_from(loaded.took.as_millis()).unwrap_or(u64::MAX),
                "{done}"
            ),
            Err(_) if reloading.soft().is_cancelled() => {}
            Err(mistakes) => tracing::error!(
                "the changed knowledge has mistakes, the old stays in use:\n{mistakes}"
            ),
        }
    });
}

/// Reads the knowledge by meaning as soon as it can, and again when it changes.
fn keep_knowledge(
    settings: &Arc<Settings>,
    conversations: &Conversations,
    tasks: &Tasks,
) -> Option<catalog::Watch> {
    read_meaning(settings, conversations, tasks);
    let (conversations, tasks) = (conversations.clone(), tasks.clone());
    let changed = move || reload(&conversations, &tasks, "the changed knowledge is in use");
    match catalog::watch(&settings.server.intents, changed) {
        Ok(watch) => Some(watch),
        Err(error) => {
            tracing::warn!(%error, "changes of the knowledge are not noticed; reload by hand");
            None
        }
    }
}

impl Running {
    /// Where the server listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The one-time token for the first admin, while there is no admin.
    pub fn setup_token(&self) -> Option<&str> {
        self.setup_token.as_deref()
    }

    /// Waits until the store has failed for good; it takes no events any more.
    pub async fn store_failed(&self) {
        self.log.failed().await;
    }

    /// Stops: no new connections, sockets closed with 1012, turns finished, the log closed.
    pub async fn stop(self) -> Result<(), StopError> {
        self.gate.set_ready(false);
        tracing::info!("stopping");
        self.tasks.soft().cancel();
        let graceful = self.server.stop(true);
        let _ = tokio::time::timeout(self.limit, graceful).await;
        let stopped = self.tasks.shutdown(self.limit).await;
        self.log.close().await;
        tracing::info!("stopped");
        Ok(stopped?)
    }
}
