//! One WebSocket line: takes frames in, lets frames out through a bounded queue, watches that the
//! other side is alive, and ends with a close code. What is queued here may be lost with the line;
//! it is in the log, and the client resumes.
//!
//! A line lives on the worker that accepted it and may be dropped with it at any time: nothing that
//! must be finished happens here.

use std::collections::VecDeque;
use std::time::Duration;

use actix_web::{HttpRequest, HttpResponse, web};
use actix_ws::{
    AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, ProtocolError, Session,
};
use bytestring::ByteString;
use futures_util::{FutureExt, StreamExt};
use serde::Serialize;
use tokio::time::{Instant, Interval};
use tokio_util::sync::CancellationToken;

use crate::gateway::error::ApiError;
use crate::gateway::gate::Gate;
use crate::gateway::limits::FrameLimit;
use crate::telemetry::SocketKind;

/// How often the server asks whether the other side is alive.
const PING_EVERY: Duration = Duration::from_secs(25);
/// After how much silence a line is dead; looked at with every ping, so a dead line is closed within
/// a minute.
const DEAD_AFTER: Duration = Duration::from_secs(35);
/// How long a close frame may wait for a slow reader.
const CLOSE_WITHIN: Duration = Duration::from_secs(30);

/// Why a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The other side left.
    Gone,
    /// Binary frames are not spoken here.
    Binary,
    /// The other side broke the WebSocket protocol.
    Protocol,
    /// A text frame was not UTF-8.
    NotUtf8,
    /// A frame was larger than allowed.
    TooBig,
    /// The server stops.
    Restart,
    /// The server cannot take another socket.
    Busy,
    /// No `hello` in time, or its token opens nothing.
    NotWelcome,
    /// The other side reads too slowly.
    Slow,
    /// The session was revoked.
    SignedOut,
    /// Nothing was heard for too long.
    Silent,
}

impl End {
    /// The close code with its reason.
    fn code(self) -> Option<(u16, &'static str)> {
        match self {
            Self::Gone => None,
            Self::Binary => Some((1003, "text frames only")),
            Self::Protocol => Some((1002, "protocol error")),
            Self::NotUtf8 => Some((1007, "text is not UTF-8")),
            Self::TooBig => Some((1009, "frame too big")),
            Self::Restart => Some((1012, "server restarts")),
            Self::Busy => Some((1013, "retry_after_ms=2000")),
            Self::NotWelcome => Some((4001, "no valid hello")),
            Self::Slow => Some((4008, "reading too slowly; resume")),
            Self::SignedOut => Some((4009, "signed out")),
            Self::Silent => Some((1001, "nothing heard")),
        }
    }
}

/// One WebSocket line.
pub(super) struct Line {
    session: Session,
    stream: AggregatedMessageStream,
    outbox: VecDeque<ByteString>,
    outbox_bytes: usize,
    max_events: usize,
    max_bytes: usize,
    last_heard: Instant,
    ticker: Interval,
    stop: CancellationToken,
    frames: FrameLimit,
    gate: web::Data<Gate>,
}

impl Line {
    /// Answers the handshake of a WebSocket.
    pub(super) fn open(
        request: &HttpRequest,
        body: web::Payload,
        gate: &web::Data<Gate>,
    ) -> Result<(HttpResponse, Self), actix_web::Error> {
        let (response, session, stream) = actix_ws::handle(request, body)?;
        let max = gate.settings.limits.frame_bytes;
        let stream =
            stream.max_frame_size(max).aggregate_continuations().max_continuation_size(max);
        Ok((response, Self::new(gate.clone(), session, stream)))
    }

    fn new(gate: web::Data<Gate>, session: Session, stream: AggregatedMessageStream) -> Self {
        let limits = &gate.settings.limits;
        let mut ticker = tokio::time::interval_at(Instant::now() + PING_EVERY, PING_EVERY);
        ticker.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        Self {
            session,
            stream,
            outbox: VecDeque::new(),
            outbox_bytes: 0,
            max_events: limits.socket_queue_events,
            max_bytes: limits.socket_queue_bytes,
            last_heard: Instant::now(),
            ticker,
            stop: gate.tasks.soft(),
            frames: FrameLimit::new(limits),
            gate,
        }
    }

    /// Waits for the next text frame, sending what is queued meanwhile. Cancelling loses nothing.
    pub(super) async fn next(&mut self) -> Result<ByteString, End> {
        loop {
            if let Some(text) = self.next_or_room(false).await? {
                return Ok(text);
            }
        }
    }

    /// The same for who has more to send, where `wants_room` is true: `None` as soon as there is room
    /// again.
    pub(super) async fn next_or_room(
        &mut self,
        wants_room: bool,
    ) -> Result<Option<ByteString>, End> {
        loop {
            if wants_room && self.is_low() {
                return Ok(None);
            }
            let front = self.outbox.front().cloned();
            tokio::select! {
                biased;
                () = self.stop.cancelled() => return Err(End::Restart),
                sent = self.session.text(front.clone().unwrap_or_default()), if front.is_some() => {
                    sent.map_err(|_| End::Gone)?;
                    self.outbox.pop_front();
                    self.outbox_bytes -= front.map_or(0, |frame| frame.len());
                    if self.outbox.is_empty() {
                        self.outbox.shrink_to(4);
                    }
                }
                message = self.stream.next() => {
                    self.last_heard = Instant::now();
                    if let Some(text) = self.take(message).await? {
                        return Ok(Some(text));
                    }
                }
                _ = self.ticker.tick() => {
                    if self.last_heard.elapsed() > DEAD_AFTER {
                        return Err(End::Silent);
                    }
                    if self.outbox.is_empty() {
                        self.session.ping(b"").await.map_err(|_| End::Gone)?;
                    }
                }
            }
        }
    }

    /// Sends what the other side takes at once, and lets it go out before more is read from the log:
    /// who waits for the first frame does not wait for the last.
    pub(super) async fn send_now(&mut self) -> Result<(), End> {
        while let Some(front) = self.outbox.front().cloned() {
            let bytes = front.len();
            let Some(sent) = self.session.text(front).now_or_never() else { break };
            sent.map_err(|_| End::Gone)?;
            self.outbox.pop_front();
            self.outbox_bytes -= bytes;
        }
        tokio::task::yield_now().await;
        Ok(())
    }

    /// Counts a frame against what one socket may send.
    pub(super) fn admit(&self) -> Result<(), ApiError> {
        self.frames.frame()
    }

    async fn take(
        &mut self,
        message: Option<Result<AggregatedMessage, ProtocolError>>,
    ) -> Result<Option<ByteString>, End> {
        match message {
            Some(Ok(AggregatedMessage::Text(text))) => Ok(Some(text)),
            Some(Ok(AggregatedMessage::Ping(bytes))) => {
                self.session.pong(&bytes).await.map_err(|_| End::Gone)?;
                Ok(None)
            }
            Some(Ok(AggregatedMessage::Pong(_))) => Ok(None),
            Some(Ok(AggregatedMessage::Binary(_))) => Err(End::Binary),
            Some(Ok(AggregatedMessage::Close(_))) | None => Err(End::Gone),
            Some(Err(ProtocolError::Overflow)) => Err(End::TooBig),
            Some(Err(ProtocolError::Io(error))) => match error.kind() {
                std::io::ErrorKind::InvalidData => Err(End::NotUtf8),
                std::io::ErrorKind::Other => Err(End::Protocol),
                _ => Err(End::Gone),
            },
            Some(Err(_)) => Err(End::Protocol),
        }
    }

    /// Queues a frame; an overfull queue ends the line.
    pub(super) fn push(&mut self, frame: &impl Serialize) -> Result<(), End> {
        let Ok(text) = serde_json::to_string(frame) else { return Ok(()) };
        self.outbox_bytes += text.len();
        self.outbox.push_back(text.into());
        let is_overfull = self.outbox.len() > self.max_events || self.outbox_bytes > self.max_bytes;
        if is_overfull { Err(End::Slow) } else { Ok(()) }
    }

    /// Queues a frame that may be lost, where there is room for it.
    pub(super) fn push_hint(&mut self, frame: &impl Serialize) -> Result<(), End> {
        if self.has_room() { self.push(frame) } else { Ok(()) }
    }

    /// Whether a page of events from the log fits into the queue.
    pub(super) fn has_room(&self) -> bool {
        self.outbox.len() < self.max_events / 4 && self.outbox_bytes < self.max_bytes / 4
    }

    /// Whether there is room for a whole page again: one event at a time would read each page anew.
    fn is_low(&self) -> bool {
        self.outbox.len() < self.max_events / 8 && self.outbox_bytes < self.max_bytes / 8
    }

    /// Sends what is queued, as far as the other side takes it at once, and closes.
    pub(super) async fn end(mut self, end: End, kind: SocketKind) {
        let Some((code, reason)) = end.code() else { return };
        self.gate.metrics.socket_closed(kind, code);
        let reason =
            CloseReason { code: CloseCode::from(code), description: Some(reason.to_owned()) };
        let close = async move {
            if end != End::Slow {
                for frame in self.outbox {
                    if self.session.text(frame).await.is_err() {
                        return;
                    }
                }
            }
            // A line that is gone needs no close frame.
            let _ = self.session.close(Some(reason)).await;
        };
        let _ = tokio::time::timeout(CLOSE_WITHIN, close).await;
    }
}
