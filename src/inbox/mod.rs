//! The index behind the agents' inbox: one small row for every conversation that a human has to do
//! with, folded from the log, in memory. It can be thrown away; only what agents have read and their
//! saved filters are kept in the store, since no event says them.

mod filters;
mod index;
mod item;
mod query;
mod tally;

pub use filters::{FilterError, SavedFilter, SavedFilters};
pub use index::{Changes, Inbox, Page};
pub use item::{Item, Owner, Standing};
pub use query::{Assignee, Cursor, CursorError, Query, View, Viewer};
pub use tally::Counts;
