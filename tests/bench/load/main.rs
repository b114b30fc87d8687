//! Load on the real server, over loopback only: `cargo bench --bench load -- SCENARIO …`, or all of
//! them without a name. Server and client share the machine, so read rates as lower bounds; each
//! line names its bar.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "a benchmark that is surprised should fail, and its figures are for people"
)]

mod client;
mod scenarios;
mod server;
mod understand;

use scenarios::{idle, overload, resume, start, steady, turn};
use understand::understand;

#[tokio::main(flavor = "multi_thread", worker_threads = 2)]
async fn main() {
    // cargo adds `--bench`; everything else names a scenario
    let named: Vec<String> =
        std::env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let wanted = |name: &str| named.is_empty() || named.iter().any(|given| given == name);
    if wanted("start") {
        start().await;
    }
    if wanted("turn") {
        turn().await;
    }
    if wanted("idle") {
        idle().await;
    }
    if wanted("steady") {
        steady().await;
    }
    if wanted("overload") {
        overload().await;
    }
    if wanted("resume") {
        resume().await;
    }
    if wanted("understand") {
        understand().await;
    }
}

/// Prints a figure with what it is held against.
fn figure(name: &str, value: &str, bar: &str) {
    println!("{name:<58} {value:>16}   {bar}");
}
