//! Who a customer is: profiles with attributes and open orders, how they are recognised again, and
//! which segment they fall into. Profiles are joined only by what was proved, never by what somebody
//! says of themselves; `service.rs` is the way in.

mod edit;
mod field;
mod history;
mod profile;
mod segment;
mod service;
mod state;
mod token;
mod write;

pub use crate::domain::CustomerId;
pub use edit::{Edit, EditMode};
pub use field::FieldError;
pub use history::{Author, FromTo, HistoryEntry, What};
pub use profile::{
    AttributeValue, CustomerCard, CustomerView, Identifier, IdentifierKind, MergeNote, Order,
};
pub use segment::{Condition, Op, Preview, Segment, SegmentCount, Segments, ValueBand};
pub use service::{CustomerError, CustomerName, Customers};
pub use token::{IdentityError, TokenCheck};
