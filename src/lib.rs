//! Frontdesk, a customer-service chatbot server. A message flows down this list and its answer
//! comes back as events of the log:
//!
//! - [`gateway`] takes it from a socket or a request and checks it;
//! - [`conversation`] owns the turn: it appends to [`events`], asks [`understanding`] for a reading
//!   and [`dialogue`] for a decision, and keeps the [`handoff`] queue;
//! - [`inbox`] lists the conversations for agents;
//! - [`search`] finds what was said;
//! - [`writing`] is what agents have at hand while they write;
//! - [`proactive`] are the rules by which the desk speaks first;
//! - [`editing`] changes the knowledge from the console, and [`insight`] says how a day goes;
//! - [`channels`] tells other systems what happened, and lets their bots answer;
//! - [`catalog`] is the operator's knowledge, [`config`] the settings, [`accounts`] the agents;
//! - [`sign_on`] asks a provider who somebody is, so that agents need no password here;
//! - [`attachments`] keeps the files that people send;
//! - [`actions`] calls the shop's own system, as flows of the knowledge want it;
//! - [`generation`] lets a language model phrase what was found, where the operator wants it;
//! - [`breaker`] leaves outside systems alone that fail;
//! - [`customers`] knows who a customer is, and what they are worth;
//! - [`demo_shop`] is a small shop to try flows with;
//! - [`models`] is the folder with the sentence encoders: what comes in and goes;
//! - [`domain`] holds the plain values, [`app`] puts the parts together, [`cli`] are the commands.

pub mod accounts;
pub mod actions;
pub mod app;
pub mod attachments;
pub mod breaker;
pub mod catalog;
pub mod channels;
pub mod cli;
pub mod config;
pub mod conversation;
pub mod customers;
pub mod demo_shop;
pub mod dialogue;
pub mod domain;
pub mod editing;
pub mod evaluation;
pub mod events;
pub mod gateway;
pub mod generation;
pub mod handoff;
pub mod import;
pub mod inbox;
pub mod insight;
pub mod models;
pub mod proactive;
pub mod replay;
pub mod search;
pub mod sign_on;
pub mod tasks;
pub mod telemetry;
pub mod understanding;
pub mod writing;
