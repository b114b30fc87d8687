//! What the server counts, for Prometheus. Times are in seconds, sizes in bytes.

use std::time::Duration;

use prometheus::{
    Encoder, Histogram, HistogramOpts, HistogramVec, IntCounterVec, IntGauge, IntGaugeVec, Opts,
    Registry, TextEncoder,
};

use crate::domain::{CallEnd, Outcome, Promise, UrgencyLevel};

/// A stage of a turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Recording the customer's message, until it is on disk.
    Append,
    /// Understanding.
    Read,
    /// The dialogue's decision.
    Decide,
    /// Recording the bot's answer, until it is on disk.
    Commit,
    /// All of them.
    Total,
}

impl Stage {
    fn label(self) -> &'static str {
        match self {
            Self::Append => "append",
            Self::Read => "read",
            Self::Decide => "decide",
            Self::Commit => "commit",
            Self::Total => "total",
        }
    }
}

/// Whose socket it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SocketKind {
    /// A customer's.
    Visitor,
    /// An agent's.
    Agent,
}

impl SocketKind {
    fn label(self) -> &'static str {
        match self {
            Self::Visitor => "visitor",
            Self::Agent => "agent",
        }
    }
}

/// Counts a socket for as long as it is held.
pub struct SocketCount(IntGauge);

impl Drop for SocketCount {
    fn drop(&mut self) {
        self.0.dec();
    }
}

/// All metrics of the process.
pub struct Metrics {
    registry: Registry,
    turn_seconds: HistogramVec,
    log_commit_seconds: Histogram,
    log_batch_size: Histogram,
    log_queue_depth: IntGauge,
    handoff_queue_depth: IntGaugeVec,
    sla_breached: IntCounterVec,
    sockets: IntGaugeVec,
    answers: IntCounterVec,
    calls: IntCounterVec,
    generated: IntCounterVec,
    refused: IntCounterVec,
    socket_closes: IntCounterVec,
    http_requests: IntCounterVec,
    webhook_attempts: IntCounterVec,
    ready: IntGauge,
    resident_bytes: IntGauge,
    open_files: IntGauge,
}

const SECONDS: &[f64] = &[
    0.000_05, 0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0,
    5.0,
];
const SIZES: &[f64] = &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0, 4096.0];

impl Metrics {
    /// Fresh metrics, all at zero.
    ///
    /// # Panics
    ///
    /// Never: names and labels are constants, and a test makes them all.
    #[expect(clippy::expect_used, reason = "names and labels are constants; a test makes them all")]
    #[expect(clippy::new_without_default, reason = "a second set of metrics is never a default")]
    pub fn new() -> Self {
        let registry = Registry::new_custom(Some("frontdesk".to_owned()), None);
        let registry = registry.expect("the prefix is a valid name");
        let make = Maker(&registry);
        let build_info =
            make.gauges("build_info", "The version that runs; always 1.", &["version"]);
        build_info.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        let metrics = Self {
            turn_seconds: make.histograms("turn_seconds", "A turn by stage.", "stage", SECONDS),
            log_commit_seconds: make.histogram("log_commit_seconds", "One commit.", SECONDS),
            log_batch_size: make.histogram("log_batch_size", "Events a commit.", SIZES),
            log_queue_depth: make.gauge("log_queue_depth", "Appends that wait for the writer."),
            handoff_queue_depth: make.gauges(
                "handoff_queue_depth",
                "Customers who wait for a human.",
                &["urgency"],
            ),
            sla_breached: make.counters(
                "sla_breached_total",
                "Promised times that passed.",
                &["promise"],
            ),
            sockets: make.gauges("sockets", "Open WebSockets.", &["kind"]),
            answers: make.counters("answers_total", "What the bot did.", &["outcome"]),
            calls: make.counters("calls_total", "Calls to the shop's own system.", &["end"]),
            generated: make.counters(
                "generated_total",
                "What became of what a language model was asked.",
                &["use", "outcome"],
            ),
            refused: make.counters("refused_total", "What was refused, by code.", &["reason"]),
            socket_closes: make.counters(
                "socket_closes_total",
                "Sockets that the server closed.",
                &["kind", "code"],
            ),
            http_requests: make.counters(
                "http_requests_total",
                "HTTP requests.",
                &["route", "status"],
            ),
            webhook_attempts: make.counters(
                "webhook_attempts_total",
                "Attempts to deliver events to receivers of webhooks.",
                &["outcome"],
            ),
            ready: make.gauge("ready", "Whether the server can answer."),
            resident_bytes: make.gauge("process_resident_bytes", "Resident memory."),
            open_files: make.gauge("process_open_files", "Open file descriptors."),
            registry,
        };
        // there from the start, so that an alert can tell "none" from "not known"
        for level in UrgencyLevel::ALL {
            metrics.handoff_queue_depth(level, 0);
        }
        for kind in [SocketKind::Visitor, SocketKind::Agent] {
            metrics.sockets.with_label_values(&[kind.label()]).set(0);
        }
        metrics
    }

    /// A stage of a turn took this long.
    pub fn turn(&self, stage: Stage, took: Duration) {
        self.turn_seconds.with_label_values(&[stage.label()]).observe(took.as_secs_f64());
    }

    /// The log committed a batch.
    pub fn log_commit(&self, events: usize, took: Duration) {
        self.log_commit_seconds.observe(took.as_secs_f64());
        self.log_batch_size.observe(f64::from(u32::try_from(events).unwrap_or(u32::MAX)));
    }

    /// How many appends wait for the writer.
    pub fn log_queue_depth(&self, depth: usize) {
        self.log_queue_depth.set(as_gauge(depth));
    }

    /// A promised time has passed.
    pub fn sla_breached(&self, promise: Promise) {
        self.sla_breached.with_label_values(&[promise.name()]).inc();
    }

    /// How many customers wait at a level.
    pub fn handoff_queue_depth(&self, level: UrgencyLevel, depth: usize) {
        self.handoff_queue_depth.with_label_values(&[level.name()]).set(as_gauge(depth));
    }

    /// A socket was opened; it counts until the answer is dropped.
    #[must_use]
    pub fn socket_opened(&self, kind: SocketKind) -> SocketCount {
        let gauge = self.sockets.with_label_values(&[kind.label()]);
        gauge.inc();
        SocketCount(gauge)
    }

    /// The server closed a socket with one of its close codes.
    pub fn socket_closed(&self, kind: SocketKind, code: u16) {
        self.socket_closes.with_label_values(&[kind.label(), &code.to_string()]).inc();
    }

    /// The bot did something about a message.
    pub fn answered(&self, outcome: Outcome) {
        let label = match outcome {
            Outcome::Answered => "answered",
            Outcome::Clarified => "clarified",
            Outcome::Fallback => "fallback",
            Outcome::Smalltalk => "smalltalk",
            Outcome::Task => "task",
            Outcome::HandedOff => "handed_off",
            Outcome::Proactive => "proactive",
        };
        self.answers.with_label_values(&[label]).inc();
    }

    /// A call to the shop's own system ended.
    pub fn called(&self, end: CallEnd) {
        self.calls.with_label_values(&[end.name()]).inc();
    }

    /// A language model was asked for an `answer` or a `summary`; the outcome is `taken`, `overtaken`, or
    /// why its words were not used.
    pub fn generated(&self, asked_for: &'static str, outcome: &'static str) {
        self.generated.with_label_values(&[asked_for, outcome]).inc();
    }

    /// Something was refused with one of the stable codes.
    pub fn refused(&self, code: &'static str) {
        self.refused.with_label_values(&[code]).inc();
    }

    /// A request was answered; `route` is the pattern, not the path.
    pub fn http_request(&self, route: &str, status: u16) {
        let class = format!("{}xx", status / 100);
        self.http_requests.with_label_values(&[route, &class]).inc();
    }

    /// A receiver of webhooks was called; `outcome` is `delivered`, `retrying` or `given_up`.
    pub fn webhook_attempt(&self, outcome: &'static str) {
        self.webhook_attempts.with_label_values(&[outcome]).inc();
    }

    /// Whether the server can answer.
    pub fn ready(&self, ready: bool) {
        self.ready.set(i64::from(ready));
    }

    /// All metrics in Prometheus' text format.
    pub fn render(&self) -> String {
        self.resident_bytes.set(resident_bytes().unwrap_or_default());
        self.open_files.set(open_files().unwrap_or_default());
        let mut out = Vec::new();
        if let Err(error) = TextEncoder::new().encode(&self.registry.gather(), &mut out) {
            tracing::error!(%error, "the metrics cannot be written");
        }
        String::from_utf8(out).unwrap_or_default()
    }
}

fn as_gauge(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// From `/proc/self/status`; nothing on other systems than Linux.
fn resident_bytes() -> Option<i64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: i64 = line.split_whitespace().next()?.parse().ok()?;
    Some(kilobytes * 1024)
}

fn open_files() -> Option<i64> {
    std::fs::read_dir("/proc/self/fd").ok().map(|files| as_gauge(files.count()))
}

/// Makes metrics and registers them.
struct Maker<'a>(&'a Registry);

#[expect(clippy::expect_used, reason = "names and labels are constants; a test makes them all")]
impl Maker<'_> {
    fn keep<M: prometheus::core::Collector + Clone + 'static>(
        &self,
        metric: prometheus::Result<M>,
    ) -> M {
        let metric = metric.expect("a valid metric");
        self.0.register(Box::new(metric.clone())).expect("a name of its own");
        metric
    }

    fn gauge(&self, name: &str, help: &str) -> IntGauge {
        self.keep(IntGauge::new(name, help))
    }

    fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
        self.keep(IntGaugeVec::new(Opts::new(name, help), labels))
    }

    fn counters(&self, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
        self.keep(IntCounterVec::new(Opts::new(name, help), labels))
    }

    fn histogram(&self, name: &str, help: &str, buckets: &[f64]) -> Histogram {
        let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
        self.keep(Histogram::with_opts(options))
    }

    fn histograms(&self, name: &str, help: &str, label: &str, buckets: &[f64]) -> HistogramVec {
        let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
        self.keep(HistogramVec::new(options, &[label]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_rendered() {
        let metrics = Metrics::new();
        metrics.turn(Stage::Read, Duration::from_micros(80));
        metrics.answered(Outcome::Answered);
        metrics.refused("text_empty");
        let socket = metrics.socket_opened(SocketKind::Visitor);
        let text = metrics.render();
        assert!(text.contains("frontdesk_turn_seconds_count{stage=\"read\"} 1"), "{text}");
        assert!(text.contains("frontdesk_answers_total{outcome=\"answered\"} 1"));
        assert!(text.contains("frontdesk_refused_total{reason=\"text_empty\"} 1"));
        assert!(text.contains("frontdesk_sockets{kind=\"visitor\"} 1"));
        drop(socket);
        assert!(metrics.render().contains("frontdesk_sockets{kind=\"visitor\"} 0"));
    }
}
