//! Flows and actions of the knowledge: what the bot does for customers step by step, and the calls
//! to the shop's own system. `load` reads them, `check` finds what only shows when all files are
//! read: steps that are never reached, loops without an end, texts that lack a value.

mod action;
mod check;
mod file;
mod load;
mod model;
mod slot;

pub(super) use check::{FlowPlace, mistakes, settle};
pub(super) use file::{ActionTable, FlowTable};
pub use model::{
    ActionSpec, BUILT_IN, Body, Condition, Flow, FlowSlot, FlowStart, ResultSpec, SlotKind,
    SlotOption, Step, StepKind,
};
