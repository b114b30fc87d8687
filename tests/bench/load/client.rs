//! Many widgets at once. Latency counts from the moment at which a message was due, not from when
//! it could be sent, so that a slow server cannot slow its own measurement down (open loop).

use std::collections::HashMap;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use hdrhistogram::Histogram;
use serde::Deserialize;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::protocol::{Message, WebSocketConfig};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

/// How many handshakes are under way at once.
const AT_ONCE: usize = 64;
/// How long late answers are waited for at the end.
const GRACE: Duration = Duration::from_secs(2);

/// What customers say, in turn: answered, asked back, not known, and in both languages.
pub(crate) const SAID: [&str; 8] = [
    "where is my parcel?",
    "我的订单什么时候发货",
    "how long is the warranty on headphones",
    "can I return opened goods",
    "thanks!",
    "怎么开发票",
    "do you sell gift cards",
    "my screen stays black after the update",
];

/// A frame of the server, as far as it matters here.
#[derive(Deserialize)]
struct Frame {
    #[serde(rename = "type")]
    kind: String,
    client_id: Option<String>,
    retry_after_ms: Option<u64>,
    token: Option<String>,
    last: Option<u64>,
    event: Option<Event>,
}

#[derive(Deserialize)]
struct Event {
    seq: u64,
}

/// A widget that has been welcomed.
pub(crate) struct Widget {
    line: WebSocketStream<TcpStream>,
    pub(crate) token: String,
    pub(crate) last: u64,
}

impl Widget {
    /// Opens a socket and says hello, with the token of an earlier visit or without.
    pub(crate) async fn open(address: SocketAddr, token: Option<&str>, after: u64) -> Self {
        let mut request = format!("ws://{address}/ws/v1/visitor").into_client_request().unwrap();
        let origin = HeaderValue::from_str(&format!("http://{address}")).unwrap();
        request.headers_mut().insert("origin", origin);
        let stream = TcpStream::connect(address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let small = WebSocketConfig::default().read_buffer_size(1024).write_buffer_size(0);
        let (mut line, _) = client_async_with_config(request, stream, Some(small)).await.unwrap();
        let hello = match token {
            Some(token) => serde_json::json!({"type": "hello", "token": token, "after": after}),
            None => serde_json::json!({"type": "hello"}),
        };
        line.send(Message::text(hello.to_string())).await.unwrap();
        let mut widget = Self { line, token: String::new(), last: 0 };
        let welcome = widget.next().await.unwrap();
        assert_eq!(welcome.kind, "welcome");
        widget.token = welcome.token.unwrap();
        widget.last = welcome.last.unwrap();
        widget
    }

    async fn next(&mut self) -> Option<Frame> {
        while let Some(Ok(message)) = self.line.next().await {
            if let Message::Text(text) = message {
                return Some(serde_json::from_str(&text).unwrap());
            }
        }
        None
    }

    /// Reads the events after `after` until the last one has come.
    async fn catch_up(&mut self, after: u64) {
        let mut seen = after;
        while seen < self.last {
            let frame = self.next().await.unwrap();
            if let Some(event) = frame.event {
                assert_eq!(event.seq, seen + 1, "events are dense and in order");
                seen = event.seq;
            }
        }
    }

    async fn say(&mut self, number: u64, text: &str) -> bool {
        let frame = serde_json::json!({
            "type": "send", "client_id": format!("m-{number}"), "text": text,
        });
        self.line.send(Message::text(frame.to_string())).await.is_ok()
    }

    /// Says something and waits until the bot has answered: two events.
    pub(crate) async fn turn(&mut self, number: u64) {
        let (mut events, mut acknowledged) = (0, false);
        assert!(self.say(number, SAID.first().unwrap()).await);
        while events < 2 || !acknowledged {
            let frame = self.next().await.unwrap();
            events += u64::from(frame.event.is_some());
            acknowledged |= frame.kind == "ack";
            assert_ne!(frame.kind, "error", "a turn was refused");
        }
    }
}

/// Opens many widgets.
pub(crate) async fn open_many(address: SocketAddr, count: usize) -> Vec<Widget> {
    let tokens = vec![None; count];
    open_all(address, tokens).await
}

/// Opens a widget for each of these, with the token and the place of an earlier visit.
pub(crate) async fn open_all(
    address: SocketAddr,
    known: Vec<Option<(String, u64)>>,
) -> Vec<Widget> {
    let mut widgets = Vec::with_capacity(known.len());
    let mut opening = JoinSet::new();
    for known in known {
        if opening.len() >= AT_ONCE {
            widgets.push(opening.join_next().await.unwrap().unwrap());
        }
        opening.spawn(async move {
            match known {
                Some((token, after)) => {
                    let mut widget = Widget::open(address, Some(&token), after).await;
                    widget.catch_up(after).await;
                    widget
                }
                None => Widget::open(address, None, 0).await,
            }
        });
    }
    while let Some(widget) = opening.join_next().await {
        widgets.push(widget.unwrap());
    }
    widgets
}

/// What to offer.
#[derive(Clone, Copy)]
pub(crate) struct Offer {
    /// Messages a second, of all widgets together; nothing for a closed loop, in which each widget
    /// writes when it has been acknowledged.
    pub(crate) rate: Option<f64>,
    /// How long.
    pub(crate) lasts: Duration,
    /// How much of that is not counted.
    pub(crate) warm_up: Duration,
}

/// What became of it.
pub(crate) struct Outcome {
    pub(crate) sent: u64,
    pub(crate) acknowledged: u64,
    pub(crate) refused: u64,
    pub(crate) refused_without_hint: u64,
    pub(crate) closed: u64,
    pub(crate) seconds: f64,
    latency: Histogram<u64>,
    pub(crate) widgets: Vec<Widget>,
}

impl Outcome {
    pub(crate) fn milliseconds(&self, quantile: f64) -> f64 {
        self.latency.value_at_quantile(quantile) as f64 / 1_000.0
    }

    pub(crate) fn acknowledged_per_second(&self) -> f64 {
        self.latency.len() as f64 / self.seconds
    }
}

/// What one widget has seen.
#[derive(Default)]
struct Seen {
    sent: u64,
    acknowledged: u64,
    refused: u64,
    refused_without_hint: u64,
    closed: u64,
    microseconds: Vec<u32>,
}

/// Lets all widgets write.
pub(crate) async fn offer(widgets: Vec<Widget>, offer: Offer) -> Outcome {
    let count = widgets.len();
    let start = Instant::now() + Duration::from_millis(100);
    let mut writing = JoinSet::new();
    for (at, widget) in widgets.into_iter().enumerate() {
        writing.spawn(write(widget, at, count, offer, start));
    }
    let mut outcome = Outcome {
        sent: 0,
        acknowledged: 0,
        refused: 0,
        refused_without_hint: 0,
        closed: 0,
        seconds: offer.lasts.saturating_sub(offer.warm_up).as_secs_f64(),
        latency: Histogram::new_with_max(120_000_000, 3).unwrap(),
        widgets: Vec::with_capacity(count),
    };
    while let Some(done) = writing.join_next().await {
        let (widget, seen) = done.unwrap();
        outcome.sent += seen.sent;
        outcome.acknowledged += seen.acknowledged;
        outcome.refused += seen.refused;
        outcome.refused_without_hint += seen.refused_without_hint;
        outcome.closed += seen.closed;
        for microseconds in seen.microseconds {
            outcome.latency.saturating_record(u64::from(microseconds));
        }
        outcome.widgets.push(widget);
    }
    outcome
}

async fn write(
    mut widget: Widget,
    at: usize,
    count: usize,
    offer: Offer,
    start: Instant,
) -> (Widget, Seen) {
    let gap = offer.rate.map(|rate| Duration::from_secs_f64(count as f64 / rate));
    let mut due = start + gap.unwrap_or_default().mul_f64(at as f64 / count as f64);
    let (end, counted_from) = (start + offer.lasts, start + offer.warm_up);
    let mut seen = Seen::default();
    let mut pending: HashMap<String, Instant> = HashMap::new();
    // numbers go on where an earlier offer ended, so that every message is a new one
    let mut number = widget.last * 1_000_000;
    loop {
        let may_write = due < end && (gap.is_some() || pending.is_empty());
        if !may_write && (pending.is_empty() || Instant::now() > end + GRACE) {
            break;
        }
        tokio::select! {
            () = tokio::time::sleep_until(due), if may_write => {
                let text = SAID.get((at + number as usize) % SAID.len()).unwrap();
                pending.insert(format!("m-{number}"), due);
                if !widget.say(number, text).await {
                    seen.closed += 1;
                    break;
                }
                seen.sent += 1;
                number += 1;
                due = gap.map_or(due, |gap| due + gap);
            }
            frame = widget.next() => {
                let Some(frame) = frame else { seen.closed += 1; break };
                widget.last = frame.event.map_or(widget.last, |event| event.seq.max(widget.last));
                let Some(since) = frame.client_id.and_then(|id| pending.remove(&id)) else { continue };
                let now = Instant::now();
                if frame.kind == "ack" {
                    seen.acknowledged += 1;
                    if since >= counted_from && now <= end + GRACE {
                        seen.microseconds.push((now - since).as_micros().min(u128::from(u32::MAX)) as u32);
                    }
                    due = if gap.is_some() { due } else { now };
                } else {
                    seen.refused += 1;
                    seen.refused_without_hint += u64::from(frame.retry_after_ms.is_none());
                    let wait = Duration::from_millis(frame.retry_after_ms.unwrap_or_default());
                    due = if gap.is_some() { due } else { now + wait };
                }
            }
            () = tokio::time::sleep_until(end + GRACE) => break,
        }
    }
    (widget, seen)
}
