//! The agents' socket, `/ws/v1/agent`: the board, the conversations that the agent has open, and
//! what the agent does. Every frame is checked against the session that opened the socket.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::task::Poll;

use actix_web::{HttpRequest, HttpResponse, web};
use tokio::sync::{broadcast, watch};

use crate::accounts::Permission;
use crate::conversation::{Accepted, AgentRef, Command, Presence, Signal};
use crate::dialogue::Status;
use crate::domain::{ClientId, ConversationId, Event, EventBody, Seq};
use crate::gateway::agent_inbox::Watched;
use crate::gateway::board::{BoardFrame, FloorFrame, is_owned_by};
use crate::gateway::error::ApiError;
use crate::gateway::event_pages::{Wanted, push_page, push_tail};
use crate::gateway::feed::Feed;
use crate::gateway::frames::{self, AgentSelf, FileRules, FrameNames, OwnerView, ServerFrame};
use crate::gateway::gate::Gate;
use crate::gateway::line::{End, Line};
use crate::gateway::seat::{TakenSeat, profile};
use crate::gateway::session::SignedIn;
use crate::handoff::{Board, Floor};
use crate::telemetry::SocketKind;
use crate::writing::DraftNews;

/// Most conversations that one agent may have open on one socket.
const MAX_OPEN: usize = 100;

/// Opens the socket.
pub(super) async fn open(
    request: HttpRequest,
    body: web::Payload,
    gate: web::Data<Gate>,
    agent: SignedIn,
) -> Result<HttpResponse, actix_web::Error> {
    gate.origins.require(&request)?;
    let address = gate.address(&request);
    let (response, line) = Line::open(&request, body, &gate)?;
    let Some(permit) = gate.limits.socket(address) else {
        actix_web::rt::spawn(line.end(End::Busy, SocketKind::Agent));
        return Ok(response);
    };
    actix_web::rt::spawn(async move {
        let _permit = permit;
        let _counted = gate.metrics.socket_opened(SocketKind::Agent);
        let board = gate.conversations.board();
        let floor = gate.conversations.floor();
        let mut socket = Box::new(AgentSocket {
            watched: Watched::new(&gate),
            drafts: gate.drafts.news(),
            gate,
            line,
            agent,
            board,
            floor,
            open: HashMap::new(),
            claimed: HashSet::new(),
        });
        let end = socket.serve().await;
        Box::pin(socket.line.end(end, SocketKind::Agent)).await;
    });
    Ok(response)
}

pub(super) struct AgentSocket {
    pub(super) gate: web::Data<Gate>,
    pub(super) line: Line,
    pub(super) agent: SignedIn,
    board: watch::Receiver<Arc<Board>>,
    floor: watch::Receiver<Arc<Floor>>,
    pub(super) open: HashMap<ConversationId, Feed>,
    /// What this agent took just now, until the board, which comes a moment later, shows it.
    claimed: HashSet<ConversationId>,
    pub(super) watched: Watched,
    /// What this agent writes elsewhere: in another tab, on another device.
    drafts: broadcast::Receiver<DraftNews>,
}

impl AgentSocket {
    /// Has a seat at the desk for as long as the line stands. The desk is told of its end by a task of
    /// its own: this one may be dropped with its worker.
    async fn serve(&mut self) -> End {
        let agent = self.agent.id;
        let desk = self.gate.conversations.desk().clone();
        let account = self.gate.accounts.account(agent);
        let answers = self.agent.may(Permission::ConversationsAnswer);
        let _seat = match account.filter(|_| answers) {
            None => None,
            Some(account) => {
                if desk.connect(profile(&account)).await.is_err() {
                    return End::Restart;
                }
                Some(TakenSeat { desk, agent, tasks: self.gate.tasks.clone() })
            }
        };
        self.run().await.err().unwrap_or(End::Gone)
    }

    async fn run(&mut self) -> Result<(), End> {
        let mut revoked = self.agent.watch_revocation(&self.gate).ok_or(End::SignedOut)?;
        self.welcome()?;
        self.show_board()?;
        self.show_floor()?;
        loop {
            self.read_backlogs().await?;
            let wants_room = self.open.values().any(Feed::is_behind);
            let open = &mut self.open;
            let signal = std::future::poll_fn(|context| {
                for (conversation, feed) in open.iter_mut() {
                    if let Poll::Ready(signal) = feed.poll_next(context) {
                        return Poll::Ready((*conversation, signal));
                    }
                }
                Poll::Pending
            });
            tokio::select! {
                () = revoked.wait() => return Err(End::SignedOut),
                text = self.line.next_or_room(wants_room) => {
                    let Some(text) = text? else { continue };
                    match frames::parse_admitted(&text, self.line.admit()) {
                        Ok(frame) => self.handle(frame).await?,
                        Err((error, names)) => self.refuse(&error, names)?,
                    }
                }
                (conversation, signal) = signal => match signal {
                    Some(signal) => self.show(conversation, signal).await?,
                    None => return Err(End::Restart),
                },
                due = self.watched.due() => {
                    due?;
                    self.tell_inbox()?;
                    self.tell_mentions().await?;
                }
                draft = self.drafts.recv() => self.tell_draft(draft)?,
                changed = self.board.changed() => {
                    changed.map_err(|_| End::Restart)?;
                    self.show_board()?;
                }
                changed = self.floor.changed() => {
                    changed.map_err(|_| End::Restart)?;
                    self.show_floor()?;
                }
            }
        }
    }

    fn welcome(&mut self) -> Result<(), End> {
        let agent = AgentSelf {
            id: self.agent.id.to_string(),
            name: &self.agent.name,
            role: self.agent.account.role.name(),
        };
        let now = self.gate.clock.now();
        let attachments = FileRules::of(&self.gate.settings.attachments);
        self.line.push(&ServerFrame::AgentWelcome { agent, now, attachments })
    }

    fn show_board(&mut self) -> Result<(), End> {
        let whole = Arc::clone(&self.board.borrow_and_update());
        let sees = self.agent.may(Permission::ConversationsAnswer)
            || self.agent.may(Permission::ConversationsReadAll);
        let board = if sees { whole } else { Arc::default() };
        let oversees = self.agent.may(Permission::ConversationsTakeOver);
        self.line.push(&BoardFrame::of(&board, self.agent.id, oversees))
    }

    fn show_floor(&mut self) -> Result<(), End> {
        let floor = Arc::clone(&self.floor.borrow_and_update());
        let now = self.gate.clock.now();
        self.line.push(&FloorFrame::of(&floor, self.agent.id, now))
    }

    /// Whether an open conversation may still be read; when not, it is closed.
    async fn keeps(&mut self, conversation: ConversationId) -> Result<bool, End> {
        if self.agent.may(Permission::ConversationsReadAll) {
            return Ok(true);
        }
        let view = self.gate.conversations.view(conversation).await.map_err(|_| End::Busy)?;
        let sees = self.agent.sees(&view);
        if !sees && self.open.remove(&conversation).is_some() {
            let names = FrameNames { conversation: Some(conversation), client_id: None };
            self.refuse(&ApiError::NotFound, names)?;
        }
        Ok(sees)
    }

    async fn read_backlogs(&mut self) -> Result<(), End> {
        let behind = self.open.iter().filter(|(_, feed)| feed.is_behind());
        let behind: Vec<ConversationId> = behind.map(|(conversation, _)| *conversation).collect();
        for conversation in behind {
            self.keeps(conversation).await?;
        }
        for (conversation, feed) in &mut self.open {
            while feed.is_behind() && self.line.has_room() {
                self.line.send_now().await?;
                let page = feed.page(&self.gate.conversations).await.map_err(|_| End::Busy)?;
                let taken = push_page(&mut self.line, *conversation, &page, feed.is_in_pages())?;
                if let Some(left) = page.get(taken) {
                    feed.rewind(left.seq.before());
                }
            }
        }
        Ok(())
    }

    async fn show(&mut self, conversation: ConversationId, signal: Signal) -> Result<(), End> {
        if !self.keeps(conversation).await? {
            return Ok(());
        }
        let Some(feed) = self.open.get_mut(&conversation) else { return Ok(()) };
        match signal {
            Signal::Events(events) => {
                let fresh = feed.continuing(&events);
                let changes_status = fresh.iter().any(changes_status);
                for event in fresh {
                    note_owner(&mut self.claimed, conversation, &event.body);
                    self.line.push(&ServerFrame::AgentEvent { conversation, event })?;
                }
                if changes_status {
                    self.tell_status(conversation).await?;
                }
                return Ok(());
            }
            Signal::Typing(Presence::Visitor, on) => {
                let conversation = Some(conversation);
                self.line.push_hint(&ServerFrame::Typing { conversation, from: None, on })?;
            }
            Signal::Unsent(text) => {
                let view = self.gate.conversations.view(conversation).await;
                let view = view.map_err(|_| End::Busy)?;
                let is_own = view.taken.is_some_and(|taken| taken.agent == self.agent.id);
                if is_own && view.status == Status::Human {
                    let text = &text;
                    self.line.push_hint(&ServerFrame::Unsent { conversation, text })?;
                }
            }
            Signal::Read(Presence::Visitor, seq) => {
                let conversation = Some(conversation);
                self.line.push_hint(&ServerFrame::Read { conversation, by: None, seq })?;
            }
            Signal::Delivered(seq) => {
                self.line.push_hint(&ServerFrame::Delivered { conversation, seq })?;
            }
            Signal::Typing(..)
            | Signal::Phrasing { .. }
            | Signal::Read(..)
            | Signal::Place { .. } => {}
        }
        if let Some(feed) = self.open.get_mut(&conversation) {
            feed.check();
        }
        Ok(())
    }

    async fn tell_status(&mut self, conversation: ConversationId) -> Result<Option<Seq>, End> {
        let view = self.gate.conversations.view(conversation).await.map_err(|_| End::Busy)?;
        if !self.agent.sees(&view) {
            return Ok(None);
        }
        let taken = view.taken.as_ref();
        let fence = taken.filter(|taken| taken.agent == self.agent.id).map(|taken| taken.fence);
        let owner =
            taken.map(|taken| OwnerView { id: taken.agent.to_string(), name: taken.name.clone() });
        let (last, status, handoff) = (view.last, view.status, view.card.as_deref());
        let marks = self.gate.conversations.marks(conversation);
        let known = |seq: Seq| Some(seq).filter(|seq| *seq > Seq::ZERO);
        self.line.push(&ServerFrame::Opened {
            conversation,
            last,
            status,
            owner,
            fence,
            handoff,
            delivered: known(marks.delivered),
            read: known(marks.read),
        })?;
        Ok(Some(last))
    }

    /// Whether this agent has claimed the conversation: only then does the customer notice them.
    pub(super) fn has(&self, conversation: ConversationId) -> bool {
        let board = self.board.borrow();
        let mut taken = board.taken.iter().map(|shown| &shown.case);
        let case = taken.find(|case| case.waiting.conversation == conversation);
        let is_own = self.claimed.contains(&conversation)
            || case.is_some_and(|case| is_owned_by(case, self.agent.id));
        is_own && self.agent.may(Permission::ConversationsAnswer)
    }

    pub(super) fn me(&self) -> AgentRef {
        AgentRef { id: self.agent.id, name: self.agent.current_name() }
    }

    pub(super) async fn open_conversation(
        &mut self,
        conversation: ConversationId,
        Wanted { after, pages, tail }: Wanted,
    ) -> Result<(), End> {
        let names = FrameNames { conversation: Some(conversation), client_id: None };
        if self.open.len() >= MAX_OPEN && !self.open.contains_key(&conversation) {
            return self.refuse(&ApiError::Conflict("100 open conversations at most"), names);
        }
        let feed = Feed::start(&self.gate.conversations, conversation, after);
        let mut feed = feed.in_pages(pages);
        let Some(last) = self.tell_status(conversation).await? else {
            return self.refuse(&ApiError::NotFound, names);
        };
        if after > last {
            let conversation = Some(conversation);
            self.line.push(&ServerFrame::Reset { conversation, last })?;
            feed.rewind(Seq::ZERO);
        }
        if let Some(tail) = tail {
            push_tail(&mut self.line, &self.gate.conversations, &feed, last, tail).await?;
        }
        self.open.insert(conversation, feed);
        Ok(())
    }

    /// Whether the agent may act in a conversation: one that is hidden answers as one that is not
    /// there.
    pub(super) async fn allow(&self, conversation: ConversationId) -> Result<(), ApiError> {
        self.agent.require(Permission::ConversationsAnswer)?;
        if self.agent.may(Permission::ConversationsReadAll) {
            return Ok(());
        }
        let view = self.gate.conversations.view(conversation).await?;
        if self.agent.sees(&view) { Ok(()) } else { Err(ApiError::NotFound) }
    }

    pub(super) async fn submit(
        &mut self,
        conversation: ConversationId,
        client_id: ClientId,
        command: Result<Command, ApiError>,
    ) -> Result<(), End> {
        let outcome = match self.allow(conversation).await.and(command) {
            Ok(command) => {
                let is_claim = matches!(command, Command::Claim(_) | Command::TakeOver(_));
                let outcome = self.gate.submit(conversation, client_id.clone(), command).await;
                if is_claim && outcome.is_ok() {
                    self.claimed.insert(conversation);
                }
                outcome
            }
            Err(error) => Err(error),
        };
        let names =
            FrameNames { conversation: Some(conversation), client_id: Some(client_id.clone()) };
        match outcome {
            Ok(Accepted { seq, replayed }) => {
                let conversation = Some(conversation);
                self.line.push(&ServerFrame::Ack { conversation, client_id, seq, replayed })
            }
            Err(error) => self.refuse(&error, names),
        }
    }

    pub(super) fn refuse(&mut self, error: &ApiError, names: FrameNames) -> Result<(), End> {
        self.gate.metrics.refused(error.code());
        let FrameNames { conversation, client_id } = names;
        self.line.push(&ServerFrame::Error { detail: error.detail(), conversation, client_id })
    }
}

/// Forgets a conversation that `event` takes away from its agent.
fn note_owner(claimed: &mut HashSet<ConversationId>, of: ConversationId, event: &EventBody) {
    if matches!(
        event,
        EventBody::Released { .. }
            | EventBody::Transferred { .. }
            | EventBody::Lapsed { .. }
            | EventBody::TakenOver { .. }
            | EventBody::ReturnedToBot { .. }
            | EventBody::Resolved { .. }
            | EventBody::Erased
    ) {
        claimed.remove(&of);
    }
}

/// Whether an event changes who has the conversation.
fn changes_status(event: &Event) -> bool {
    !matches!(
        event.body,
        EventBody::VisitorMessage { .. }
            | EventBody::BotMessage { .. }
            | EventBody::AgentMessage { .. }
            | EventBody::Noted { .. }
    )
}
