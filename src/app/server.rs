//! Start and stop of the server. The port is taken first, so that a second server fails before it
//! touches anything; knowledge and log are read at the same time.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web;

use crate::accounts::{Accounts, SealingKey};
use crate::actions::Actions;
use crate::app::{
    StartError, StopError, check_encoders, meaning, secret, strategies, timing, weights,
};
use crate::attachments::{AttachmentError, AttachmentLimits, Attachments};
use crate::catalog;
use crate::channels::{Bots, ChannelParts, Webhooks};
use crate::config::{Settings, SettingsError};
use crate::conversation::{BotSwitch, Conversations, Knowledge, KnowledgeStore, Parts};
use crate::customers::{CustomerError, Customers, TokenCheck};
use crate::domain::SystemClock;
use crate::editing::{EditingError, Editor, EditorParts};
use crate::events::EventLog;
use crate::events::sled::{OpenOptions, SledLog};
use crate::gateway::{self, Gate, GateParts};
use crate::generation::{Generator, Options as GeneratorOptions};
use crate::inbox::SavedFilters;
use crate::insight::Insight;
use crate::proactive::{Proactive, ProactiveError};
use crate::search::Search;
use crate::sign_on::{Provider, ProviderSettings};
use crate::tasks::Tasks;
use crate::telemetry::Metrics;
use crate::writing::Writing;

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
    let (tasks, metrics) = (Tasks::new(), Arc::new(Metrics::new()));
    check_encoders(&settings)?;
    let (listener, address) = listen(settings.server.listen)?;
    let folder = settings.server.data.clone();
    let at_folder = |source| StartError::Data { folder: folder.clone(), source };
    std::fs::create_dir_all(&folder).map_err(at_folder)?;
    let (log, knowledge) = Box::pin(read_at_once(&tasks, &settings, &metrics)).await?;
    let accounts = open_accounts(&settings, &log).await?;
    let customers = open_customers(&settings, &log).await?;
    let channels = channel_parts(&settings, (&log, address), &tasks, &metrics);
    let bots = Bots::open(channels.clone()).await?;
    let parts = Parts {
        generator: open_generator(&settings, &log).await?,
        ..conversation_parts(&settings, &log, (&customers, knowledge), bots.switch(), &channels)
    };
    let conversations = Box::pin(Conversations::start(parts)).await?;
    let insight = Insight::start(Arc::clone(&log) as _, Arc::new(SystemClock), &tasks);
    let editor = open_editor(&conversations, &log, &tasks).await?;
    let search = Search::start(&folder.join("search"), Arc::clone(&log) as _, &tasks).await?;
    bots.run(conversations.clone());
    let watch = meaning::keep_knowledge(&settings, &conversations, &tasks);
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
        writing: Writing::open(Arc::clone(&log) as _).await?,
        proactive: Box::pin(open_proactive(&log)).await?,
        search,
        insight,
        editor,
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

fn conversation_parts(
    settings: &Settings,
    log: &Arc<SledLog>,
    (customers, knowledge): (&Arc<Customers>, Knowledge),
    bots: BotSwitch,
    channels: &ChannelParts,
) -> Parts {
    Parts {
        log: Arc::clone(log) as _,
        records: Arc::clone(log) as _,
        customers: Arc::clone(customers),
        knowledge: Arc::new(KnowledgeStore::new(settings.server.intents.clone(), knowledge)),
        clock: Arc::new(SystemClock),
        tasks: channels.tasks.clone(),
        metrics: Arc::clone(&channels.metrics),
        strategies: strategies(settings),
        offset: settings.visitor.offset(),
        weights: weights(&settings.handoff),
        timing: timing(&settings.handoff),
        actions: Arc::new(Actions::new(&settings.actions.base_url)),
        generator: None,
        bots,
        turns_in_flight: settings.limits.turns_in_flight,
        turns_burst: settings.limits.turns_burst,
    }
}

async fn open_proactive(log: &Arc<SledLog>) -> Result<Arc<Proactive>, ProactiveError> {
    let opened = Proactive::open(Arc::clone(log) as _, Arc::new(SystemClock)).await?;
    Ok(Arc::new(opened))
}

/// The language model, where the settings name one.
async fn open_generator(
    settings: &Settings,
    log: &Arc<SledLog>,
) -> Result<Option<Arc<Generator>>, StartError> {
    let given = &settings.generation;
    let (Some(url), Some(model)) = (&given.url, &given.model) else { return Ok(None) };
    let options = GeneratorOptions {
        url: url.clone(),
        model: model.clone(),
        key: given.secret()?,
        answers: given.answers,
        summaries: given.summaries,
        follow_ups: given.follow_ups,
        tokens: given.tokens,
        timeout: given.timeout(),
        per_conversation: given.per_conversation,
        per_day: given.per_day,
        at_once: given.at_once,
    };
    let opened = Generator::open(options, Arc::clone(log) as _).await;
    Ok(Some(Arc::new(opened.map_err(StartError::Generation)?)))
}

async fn open_editor(
    conversations: &Conversations,
    log: &Arc<SledLog>,
    tasks: &Tasks,
) -> Result<Editor, EditingError> {
    let parts = EditorParts {
        conversations: conversations.clone(),
        records: Arc::clone(log) as _,
        clock: Arc::new(SystemClock),
        tasks: tasks.clone(),
    };
    Editor::open(parts).await
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
