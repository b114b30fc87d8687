//! One turn, from the customer's words to the events that answer them. Every conversation that is
//! in use is owned by one actor, which alone appends to it on this node; whoever shows it
//! subscribes and reads the log.

mod actor;
mod admission;
mod bot;
mod command;
mod corrections;
mod desk_rules;
mod hub;
pub mod in_full;
mod inbox_reader;
mod knowledge;
pub mod rehearse;
mod service;
mod sorting;
mod turn;
mod wishes;

pub use bot::{BotInUse, BotSaid, BotSwitch, BotTurn};
pub use command::{Accepted, AgentRef, Command, Refusal};
pub use corrections::{Corrected, Corrections};
pub use desk_rules::RulesRefused;
pub use hub::{Marks, Presence, Signal, Subscription};
pub use knowledge::{Knowledge, KnowledgeStore, Loaded};
pub use service::{Conversations, Parts, View};
pub use sorting::{Sorting, is_free};
