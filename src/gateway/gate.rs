//! What every handler needs, and the few steps that sockets and requests share: check, count, then
//! hand to the conversation.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::HttpRequest;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::accounts::Accounts;
use crate::attachments::Attachments;
use crate::channels::{Bots, Webhooks};
use crate::config::Settings;
use crate::conversation::{Accepted, Command, Conversations};
use crate::customers::Customers;
use crate::domain::{
    AttachmentId, ClientId, Clock, ConversationId, MessageText, TextError, TextLimits,
};
use crate::editing::Editor;
use crate::events::Durability;
use crate::gateway::address::ClientAddress;
use crate::gateway::assets::Assets;
use crate::gateway::error::ApiError;
use crate::gateway::limits::Limits;
use crate::gateway::origin::Origins;
use crate::gateway::token::TokenSigner;
use crate::inbox::SavedFilters;
use crate::insight::Insight;
use crate::proactive::Proactive;
use crate::search::Search;
use crate::sign_on::Provider;
use crate::tasks::Tasks;
use crate::telemetry::Metrics;
use crate::writing::{CannedReplies, DraftKind, Drafts, Writing};

/// The parts that a gateway is made of.
pub struct GateParts {
    /// All conversations.
    pub conversations: Conversations,
    /// The people who answer.
    pub accounts: Accounts,
    /// Who the customers are.
    pub customers: Arc<Customers>,
    /// The files that people send.
    pub attachments: Attachments,
    /// Who is told what happens.
    pub webhooks: Webhooks,
    /// Who may answer in place of the built-in answers.
    pub bots: Bots,
    /// Who vouches for agents, where there is somebody.
    pub sign_on: Option<Provider>,
    /// The lists that agents have saved.
    pub filters: SavedFilters,
    /// What agents have at hand while they write.
    pub writing: Writing,
    /// The rules by which the desk speaks first.
    pub proactive: Arc<Proactive>,
    /// The search over everything that was said.
    pub search: Search,
    /// How a day goes.
    pub insight: Insight,
    /// The editor of the knowledge.
    pub editor: Editor,
    /// The settings.
    pub settings: Arc<Settings>,
    /// Where the present moment comes from.
    pub clock: Arc<dyn Clock>,
    /// The way to start tasks, and to know that the server stops.
    pub tasks: Tasks,
    /// Where things are counted.
    pub metrics: Arc<Metrics>,
    /// The secret with which visitor tokens are signed.
    pub secret: [u8; 32],
    /// Where the server listens.
    pub listening: std::net::SocketAddr,
    /// What an acknowledged message survives.
    pub durability: Durability,
}

/// What every handler needs.
pub struct Gate {
    pub(super) conversations: Conversations,
    pub(super) accounts: Accounts,
    pub(super) customers: Arc<Customers>,
    pub(super) attachments: Attachments,
    pub(super) webhooks: Webhooks,
    pub(super) bots: Bots,
    pub(super) sign_on: Option<Provider>,
    pub(super) filters: SavedFilters,
    pub(super) replies: CannedReplies,
    pub(super) drafts: Drafts,
    pub(super) proactive: Arc<Proactive>,
    pub(super) search: Search,
    pub(super) insight: Insight,
    pub(super) editor: Editor,
    pub(super) settings: Arc<Settings>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) tasks: Tasks,
    pub(super) metrics: Arc<Metrics>,
    pub(super) tokens: TokenSigner,
    pub(super) origins: Origins,
    pub(super) limits: Limits,
    pub(super) assets: Assets,
    pub(super) durability: Durability,
    listening: std::net::SocketAddr,
    readings: Semaphore,
    trusted_proxies: Vec<IpAddr>,
    ready: AtomicBool,
}

impl Gate {
    /// Puts the gateway's parts together; it is not ready yet.
    pub fn new(parts: GateParts) -> Self {
        let settings = parts.settings;
        let minutes = |count: u64| Duration::from_secs(count * 60);
        let tokens = TokenSigner::new(
            &parts.secret,
            minutes(settings.visitor.token_minutes),
            minutes(settings.visitor.renewal_days * 24 * 60),
        );
        let own = Origins::of_listener(parts.listening, settings.server.public_url.as_deref());
        Self {
            conversations: parts.conversations,
            accounts: parts.accounts,
            customers: parts.customers,
            attachments: parts.attachments,
            webhooks: parts.webhooks,
            bots: parts.bots,
            sign_on: parts.sign_on,
            listening: parts.listening,
            filters: parts.filters,
            replies: parts.writing.replies,
            drafts: parts.writing.drafts,
            proactive: parts.proactive,
            search: parts.search,
            insight: parts.insight,
            editor: parts.editor,
            clock: parts.clock,
            tasks: parts.tasks,
            metrics: parts.metrics,
            tokens,
            origins: Origins::new(own, &settings.sites.origins),
            limits: Limits::new(&settings.limits, settings.attachments.per_minute),
            assets: Assets::new(settings.server.static_dir.clone()),
            durability: parts.durability,
            readings: Semaphore::new(settings.limits.turns_burst),
            trusted_proxies: settings.server.trusted_proxies.clone(),
            ready: AtomicBool::new(false),
            settings,
        }
    }

    /// Says whether the server can answer.
    pub fn set_ready(&self, ready: bool) {
        self.ready.store(ready, Ordering::Release);
        self.metrics.ready(ready);
    }

    pub(super) fn is_ready(&self) -> bool {
        self.ready.load(Ordering::Acquire)
    }

    pub(super) fn address(&self, request: &HttpRequest) -> ClientAddress {
        ClientAddress::of(request, &self.trusted_proxies)
    }

    /// The address of the server as browsers see it.
    pub(super) fn own_url(&self) -> String {
        self.settings.server.url(self.listening)
    }

    /// The right to read a text for a program; there are as many as turns.
    pub(super) fn reading_slot(&self) -> Result<SemaphorePermit<'_>, ApiError> {
        let retry_after = Duration::from_secs(1);
        self.readings.try_acquire().map_err(|_| ApiError::Overloaded { retry_after })
    }

    /// A text within the settings' limits.
    pub(super) fn text(&self, raw: &str) -> Result<MessageText, TextError> {
        MessageText::parse(raw, self.text_limits())
    }

    /// How long a text may be.
    pub(super) fn text_limits(&self) -> TextLimits {
        let limits = &self.settings.limits;
        TextLimits { bytes: limits.message_bytes, graphemes: limits.message_graphemes }
    }

    /// A customer's rating, checked.
    pub(super) fn rate(&self, score: u8, comment: Option<&str>) -> Result<Command, ApiError> {
        if !(1..=5).contains(&score) {
            let message = "a number from 1 to 5".to_owned();
            return Err(ApiError::InvalidField { field: "score", message });
        }
        let comment = comment.filter(|comment| !comment.trim().is_empty());
        let comment = comment.map(|comment| self.text(comment)).transpose()?;
        Ok(Command::Rate { score, comment })
    }

    /// Carries out what a customer does, within the limits.
    pub(super) async fn submit_visitor(
        &self,
        address: ClientAddress,
        conversation: ConversationId,
        client_id: ClientId,
        command: Result<Command, ApiError>,
    ) -> Result<Accepted, ApiError> {
        let command = command?;
        self.limits.message(address, conversation)?;
        let speaks = matches!(command, Command::Say { .. });
        let accepted = self.submit(conversation, client_id, command).await?;
        if speaks && !accepted.replayed {
            // what is said is stored: a figure that is not counted is no reason to refuse it
            let _ = self.proactive.heard(conversation).await;
        }
        Ok(accepted)
    }

    /// Takes a signed identity token for a conversation, within the limits.
    pub(super) async fn identify(
        &self,
        address: ClientAddress,
        conversation: ConversationId,
        token: &str,
    ) -> Result<(), ApiError> {
        self.limits.message(address, conversation)?;
        self.customers.identify(conversation, token).await?;
        self.conversations.identified(conversation).await;
        Ok(())
    }

    /// What is known of customers has changed, of all or of those with these conversations: who waits is
    /// scored anew where that is news.
    pub(super) fn score_anew(&self, of: Option<&[ConversationId]>) {
        let board = self.conversations.board();
        let waiting = board.borrow().waiting.clone();
        let waiting = waiting.into_iter().map(|shown| shown.case.waiting.conversation);
        let waiting: Vec<ConversationId> =
            waiting.filter(|waiting| of.is_none_or(|of| of.contains(waiting))).collect();
        let conversations = self.conversations.clone();
        self.tasks.spawn("score anew", async move {
            for conversation in waiting {
                conversations.identified(conversation).await;
            }
        });
    }

    /// Carries out a command under a client id that people may use.
    pub(super) async fn submit(
        &self,
        conversation: ConversationId,
        client_id: ClientId,
        command: Command,
    ) -> Result<Accepted, ApiError> {
        if client_id.is_reserved() {
            let message = "ids that begin so are the server's own".to_owned();
            return Err(ApiError::InvalidField { field: "client_id", message });
        }
        let sent = match &command {
            Command::Reply { agent, text, .. } => Some((agent.id, DraftKind::Reply, text.clone())),
            Command::Note { agent, text, .. } => Some((agent.id, DraftKind::Note, text.clone())),
            _ => None,
        };
        let files: Vec<AttachmentId> = command.attachments().iter().map(|file| file.id).collect();
        let accepted = self.conversations.submit(conversation, client_id, command).await?;
        self.are_sent(conversation, &files).await;
        if let Some((agent, kind, text)) = sent {
            let (place, now) = ((conversation, kind), self.clock.now());
            // it is sent all the same: a draft that stays is a nuisance and no loss
            let _ = self.drafts.sent(agent, place, text.as_str(), now).await;
        }
        Ok(accepted)
    }
}
