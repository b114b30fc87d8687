//! Doors for other systems: webhooks, which tell receivers what happened, and external bots, which
//! hold conversations in place of the built-in answers. Both follow the event log by themselves:
//! a lost hint, a kill or a day without the receiver loses nothing.

mod bot;
mod bots;
pub mod chatwoot;
mod deliveries;
mod delivery;
mod endpoint;
mod error;
mod http;
mod lane;
mod outbox;
mod payload;
mod signature;
mod webhooks;
mod worker;

use std::sync::Arc;

pub use crate::domain::{DoorId, NameError};
pub use bot::{Bot, BotChange, NewBot};
pub use bots::Bots;
pub use deliveries::{Attempt, AttemptPage, Cause};
pub use delivery::DeliveryId;
pub use endpoint::{Endpoint, EndpointChange, OLD_SECRET_SIGNS};
pub use error::ChannelError;
pub use http::AddressError;
pub use outbox::Verdict;
pub use payload::EventType;
pub use signature::Secret;
pub use webhooks::Webhooks;

use crate::domain::Clock;
use crate::events::{EventLog, Records};
use crate::tasks::Tasks;
use crate::telemetry::Metrics;

/// What channels are made of.
#[derive(Clone)]
pub struct ChannelParts {
    /// What happened.
    pub log: Arc<dyn EventLog>,
    /// Where doors and what became of deliveries are kept.
    pub records: Arc<dyn Records>,
    /// Where the present moment comes from.
    pub clock: Arc<dyn Clock>,
    /// The way to start tasks.
    pub tasks: Tasks,
    /// Where things are counted.
    pub metrics: Arc<Metrics>,
    /// The server as others reach it, without a slash at its end.
    pub server: String,
    /// Whether addresses within the own network may be called.
    pub allow_private: bool,
}
