//! The customer's socket, `/ws/v1/visitor`: one conversation, its events from wherever the client
//! stands, and what the customer does.

use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use tokio::time::Instant;

use crate::conversation::{Accepted, Command, Presence, Signal, View};
use crate::dialogue::Status;
use crate::domain::{ClientId, ConversationId, Event, EventBody, Language, Seq, Timestamp};
use crate::gateway::address::ClientAddress;
use crate::gateway::attached::Said;
use crate::gateway::error::ApiError;
use crate::gateway::feed::Feed;
use crate::gateway::frames::{self, FileRules, FrameNames, Greeting, ServerFrame, VisitorFrame};
use crate::gateway::gate::Gate;
use crate::gateway::line::{End, Line};
use crate::gateway::proactive_http::Opening;
use crate::gateway::view::VisitorEvent;
use crate::telemetry::SocketKind;

/// How long a client may take for its `hello`.
const HELLO_WITHIN: Duration = Duration::from_secs(10);
/// How long an expired token still keeps an open socket, so that a renewal may be late.
const EXPIRY_GRACE: Duration = Duration::from_mins(1);

/// Opens the socket.
pub(super) async fn open(
    request: HttpRequest,
    body: web::Payload,
    gate: web::Data<Gate>,
) -> Result<HttpResponse, actix_web::Error> {
    gate.origins.require(&request)?;
    let address = gate.address(&request);
    let (response, line) = Line::open(&request, body, &gate)?;
    let Some(permit) = gate.limits.socket(address) else {
        actix_web::rt::spawn(line.end(End::Busy, SocketKind::Visitor));
        return Ok(response);
    };
    actix_web::rt::spawn(async move {
        let _permit = permit;
        let _counted = gate.metrics.socket_opened(SocketKind::Visitor);
        let mut visitor = Box::new(VisitorSocket { gate, address, line });
        let end = visitor.run().await;
        Box::pin(visitor.line.end(end, SocketKind::Visitor)).await;
    });
    Ok(response)
}

struct VisitorSocket {
    gate: web::Data<Gate>,
    address: ClientAddress,
    line: Line,
}

/// What a welcomed customer has.
struct Welcome {
    feed: Feed,
    language: Language,
    until: Instant,
    /// The place in the queue goes out after what was said: only then does the page know that it waits.
    owes_place: bool,
}

impl VisitorSocket {
    async fn run(&mut self) -> End {
        match self.welcome().await {
            Ok(mut welcome) => match self.serve(&mut welcome).await {
                Ok(()) => End::Gone,
                Err(end) => end,
            },
            Err(end) => end,
        }
    }

    async fn welcome(&mut self) -> Result<Welcome, End> {
        let deadline = Instant::now() + HELLO_WITHIN;
        let text = tokio::time::timeout_at(deadline, self.line.next());
        let text = text.await.map_err(|_| End::NotWelcome)??;
        match frames::parse(&text) {
            Ok(VisitorFrame::Hello { token, after, language, identity }) => {
                let after = after.unwrap_or_default();
                let welcome = self.hello(token.as_deref(), after, language).await?;
                if let Some(identity) = identity {
                    self.identify(welcome.feed.conversation(), &identity).await?;
                }
                Ok(welcome)
            }
            Ok(_) => {
                let message = "say `hello` first".to_owned();
                self.refuse(&ApiError::InvalidField { field: "type", message }, None)?;
                Err(End::NotWelcome)
            }
            Err((error, _)) => {
                self.refuse(&error, None)?;
                Err(End::NotWelcome)
            }
        }
    }

    async fn hello(
        &mut self,
        token: Option<&str>,
        after: Seq,
        language: Option<Language>,
    ) -> Result<Welcome, End> {
        let now = self.gate.clock.now();
        let conversation = if let Some(token) = token {
            let Ok((conversation, _)) = self.gate.tokens.open(token, now) else {
                self.refuse(&ApiError::Unauthorized, None)?;
                return Err(End::NotWelcome);
            };
            conversation
        } else {
            if let Err(error) = self.gate.limits.conversation(self.address) {
                self.refuse(&error, None)?;
                return Err(End::Busy);
            }
            ConversationId::random()
        };
        let feed = Feed::start(&self.gate.conversations, conversation, after);
        let view = match self.gate.conversations.view(conversation).await {
            Ok(view) => view,
            Err(refusal) => {
                self.refuse(&refusal.into(), None)?;
                return Err(End::Busy);
            }
        };
        let language = view.language.or(language).unwrap_or_default();
        let until = self.greet(conversation, &view, language)?;
        let owes_place = view.status == Status::Waiting;
        let mut welcome = Welcome { feed, language, until, owes_place };
        if after > view.last {
            self.line.push(&ServerFrame::Reset { conversation: None, last: view.last })?;
            welcome.feed.rewind(Seq::ZERO);
        } else if after > Seq::ZERO {
            // what the page has was delivered, whatever became of our memory of it
            self.gate.conversations.delivered(conversation, after);
        }
        Ok(welcome)
    }

    fn greet(
        &mut self,
        conversation: ConversationId,
        view: &View,
        language: Language,
    ) -> Result<Instant, End> {
        let tokens = self.gate.tokens.issue(conversation, self.gate.clock.now());
        let knowledge = self.gate.conversations.knowledge().current();
        let text = knowledge.catalog.replies.get(crate::catalog::Reply::Greeting, language);
        self.line.push(&ServerFrame::VisitorWelcome {
            conversation,
            token: &tokens.token,
            renewal: &tokens.renewal,
            token_expires_at: tokens.expires_at,
            last: view.last,
            status: view.status,
            greeting: Greeting { text, choices: [] },
            attachments: FileRules::of(&self.gate.settings.attachments),
            unsent_text: self.gate.settings.visitor.unsent_text,
        })?;
        Ok(self.last_moment(tokens.expires_at))
    }

    async fn serve(&mut self, welcome: &mut Welcome) -> Result<(), End> {
        loop {
            while welcome.feed.is_behind() && self.line.has_room() {
                let page = welcome.feed.page(&self.gate.conversations).await;
                for event in &page.map_err(|_| End::Busy)? {
                    if !self.line.has_room() {
                        welcome.feed.rewind(event.seq.before());
                        break;
                    }
                    self.push_events(welcome.feed.conversation(), std::slice::from_ref(event))?;
                }
            }
            if welcome.owes_place && !welcome.feed.is_behind() {
                welcome.owes_place = false;
                self.tell_place(welcome.feed.conversation())?;
            }
            let wants_room = welcome.feed.is_behind();
            tokio::select! {
                text = self.line.next_or_room(wants_room) => {
                    let Some(text) = text? else { continue };
                    match frames::parse_admitted(&text, self.line.admit()) {
                        Ok(frame) => self.handle(welcome, frame).await?,
                        Err((error, names)) => self.refuse(&error, Some(names))?,
                    }
                }
                signal = welcome.feed.next() => match signal {
                    Some(signal) => self.show(welcome, signal)?,
                    None => return Err(End::Restart),
                },
                () = tokio::time::sleep_until(welcome.until) => return Err(End::NotWelcome),
            }
        }
    }

    fn tell_place(&mut self, conversation: ConversationId) -> Result<(), End> {
        match self.gate.conversations.place(conversation) {
            Some((place, waiting)) => {
                self.line.push(&ServerFrame::Queue { place, waiting, wait_seconds: None })
            }
            None => Ok(()),
        }
    }

    /// Until when an open socket may use a token: a little longer than the token is good for.
    fn last_moment(&self, expires_at: Timestamp) -> Instant {
        Instant::now() + expires_at.since(self.gate.clock.now()) + EXPIRY_GRACE
    }

    fn show(&mut self, welcome: &mut Welcome, signal: Signal) -> Result<(), End> {
        match signal {
            Signal::Events(events) => {
                let conversation = welcome.feed.conversation();
                return self.push_events(conversation, welcome.feed.continuing(&events));
            }
            Signal::Typing(who @ (Presence::Agent | Presence::Bot), on) => {
                let from = Some(if who == Presence::Bot { "bot" } else { "agent" });
                self.line.push_hint(&ServerFrame::Typing { conversation: None, from, on })?;
            }
            Signal::Phrasing { answers, text } => {
                self.line.push_hint(&ServerFrame::Phrasing { answers, text: &text })?;
            }
            Signal::Read(Presence::Agent, seq) => {
                let by = Some("agent");
                self.line.push_hint(&ServerFrame::Read { conversation: None, by, seq })?;
            }
            Signal::Place { place, waiting, wait } => {
                self.line.push_hint(&ServerFrame::Queue { place, waiting, wait_seconds: wait })?;
            }
            Signal::Typing(..) | Signal::Unsent(_) | Signal::Read(..) | Signal::Delivered(_) => {}
        }
        welcome.feed.check();
        Ok(())
    }

    fn push_events(&mut self, of: ConversationId, events: &[Event]) -> Result<(), End> {
        for event in events {
            self.line.push(&ServerFrame::VisitorEvent { event: VisitorEvent::of(event) })?;
        }
        let is_agents = |event: &&Event| matches!(event.body, EventBody::AgentMessage { .. });
        if let Some(last) = events.iter().rfind(is_agents) {
            self.gate.conversations.delivered(of, last.seq);
        }
        Ok(())
    }

    async fn handle(&mut self, welcome: &mut Welcome, frame: VisitorFrame) -> Result<(), End> {
        let conversation = welcome.feed.conversation();
        match frame {
            VisitorFrame::Hello { .. } => {
                self.refuse(&ApiError::Conflict("`hello` was said already"), None)
            }
            VisitorFrame::Send { client_id, text, choice, attachments } => {
                let language = Some(welcome.language);
                let said = Said { text, choice, attachments, language, quoted: None };
                let command = self.gate.say(conversation, said).await;
                self.submit(conversation, client_id, command).await
            }
            VisitorFrame::Proactive { client_id, rule, choice } => {
                let opening = Opening { rule, choice, language: welcome.language };
                let outcome = self.gate.open_proactive(
                    self.address,
                    conversation,
                    client_id.clone(),
                    opening,
                );
                self.answer(client_id, outcome.await)
            }
            VisitorFrame::Handoff { client_id } => {
                let command = Ok(Command::AskHuman { language: welcome.language });
                self.submit(conversation, client_id, command).await
            }
            VisitorFrame::LeaveQueue { client_id } => {
                self.submit(conversation, client_id, Ok(Command::LeaveQueue)).await
            }
            VisitorFrame::Rate { client_id, score, comment } => {
                let command = self.gate.rate(score, comment.as_deref());
                self.submit(conversation, client_id, command).await
            }
            VisitorFrame::Typing { on, text } => {
                self.gate.conversations.typing(conversation, Presence::Visitor, on);
                // what a page sends although nobody wants it goes nowhere
                if let Some(text) = text.filter(|_| self.gate.settings.visitor.unsent_text) {
                    self.gate.conversations.writes(conversation, &text);
                }
                Ok(())
            }
            VisitorFrame::Read { seq } => {
                let seq = seq.min(welcome.feed.cursor());
                self.gate.conversations.seen(conversation, Presence::Visitor, seq);
                Ok(())
            }
            VisitorFrame::Resume { after } => self.resume(welcome, after).await,
            VisitorFrame::Renew { renewal } => self.renew(welcome, &renewal),
            VisitorFrame::Identify { identity } => self.identify(conversation, &identity).await,
            VisitorFrame::Ping {} => self.line.push(&ServerFrame::Pong),
        }
    }

    async fn submit(
        &mut self,
        conversation: ConversationId,
        client_id: ClientId,
        command: Result<Command, ApiError>,
    ) -> Result<(), End> {
        let outcome =
            self.gate.submit_visitor(self.address, conversation, client_id.clone(), command).await;
        self.answer(client_id, outcome)
    }

    fn answer(
        &mut self,
        client_id: ClientId,
        outcome: Result<Accepted, ApiError>,
    ) -> Result<(), End> {
        match outcome {
            Ok(Accepted { seq, replayed }) => {
                self.line.push(&ServerFrame::Ack { conversation: None, client_id, seq, replayed })
            }
            Err(error) => {
                let names = FrameNames { conversation: None, client_id: Some(client_id) };
                self.refuse(&error, Some(names))
            }
        }
    }

    /// Takes an identity token. One that is refused closes nothing: the visitor stays unknown.
    async fn identify(&mut self, conversation: ConversationId, identity: &str) -> Result<(), End> {
        match self.gate.identify(self.address, conversation, identity).await {
            Ok(()) => self.line.push(&ServerFrame::Identified),
            Err(error) => self.refuse(&error, None),
        }
    }

    async fn resume(&mut self, welcome: &mut Welcome, after: Seq) -> Result<(), End> {
        let conversation = welcome.feed.conversation();
        let view = self.gate.conversations.view(conversation).await.map_err(|_| End::Busy)?;
        if after > view.last {
            self.line.push(&ServerFrame::Reset { conversation: None, last: view.last })?;
            welcome.feed.rewind(Seq::ZERO);
        } else {
            welcome.feed.rewind(after);
        }
        Ok(())
    }

    fn renew(&mut self, welcome: &mut Welcome, renewal: &str) -> Result<(), End> {
        let now = self.gate.clock.now();
        let fresh = self.gate.tokens.renew(renewal, now).ok();
        let own = fresh.filter(|(conversation, _)| *conversation == welcome.feed.conversation());
        let Some((_, tokens)) = own else { return self.refuse(&ApiError::Unauthorized, None) };
        welcome.until = self.last_moment(tokens.expires_at);
        self.line.push(&ServerFrame::Tokens {
            token: &tokens.token,
            renewal: &tokens.renewal,
            token_expires_at: tokens.expires_at,
        })
    }

    fn refuse(&mut self, error: &ApiError, names: Option<FrameNames>) -> Result<(), End> {
        self.gate.metrics.refused(error.code());
        let client_id = names.and_then(|names| names.client_id);
        self.line.push(&ServerFrame::Error {
            detail: error.detail(),
            conversation: None,
            client_id,
        })
    }
}
