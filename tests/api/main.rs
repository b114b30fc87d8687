//! The server from outside: what customers, agents, integrators and operators may rely on.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that is surprised should fail"
)]

mod app;
mod attacks;
mod bad_input;
mod bots;
mod corrections;
mod crash;
mod customers;
mod desk;
mod editor;
mod files;
mod follow_ups;
mod generation;
mod handoff;
mod imports;
mod inbox;
mod knowledge;
mod model;
mod models;
mod oidc;
mod operations;
mod people;
mod policy;
mod proactive;
mod process;
mod pull;
mod receiver;
mod remote;
mod report;
mod rights;
mod search;
mod tasks;
mod transcripts;
mod visitor;
mod webhooks;
mod writing;
