//! Plain values that every layer shares: ids, texts, events, readings, actions, the clock.
//! Nothing here does I/O or waits; whatever holds one of these types has already been checked.

mod action;
mod arm;
mod attachment;
mod attention;
mod card;
mod cited;
mod clock;
mod costs;
mod door;
mod entity;
mod event;
mod id;
mod label;
mod matched;
mod promise;
mod reading;
mod reading_summary;
mod said;
mod task;
mod text;
mod triage;
mod written;

pub use action::Action;
pub use arm::{Arm, ArmSide};
pub(crate) use attachment::said_with;
pub use attachment::{Attachment, FileKind};
pub use attention::Attention;
pub use card::{Channel, HandoffCard, KnownCustomer, Slot, SuggestedReply, Summary, Tried};
pub use cited::Cited;
pub use clock::{Clock, ManualClock, SystemClock, Timestamp};
pub use costs::{Costs, DOUBTED, IN_VAIN};
pub use door::{DoorId, NameError};
pub use entity::{Entity, EntityKind};
pub use event::{Choice, Event, EventBody, HandoffReason, NewEvent, Outcome, Target};
pub use id::{
    AgentId, AttachmentId, CannedId, ClientId, ConversationId, CustomerId, IdError, ProactiveId,
    Seq,
};
pub use label::{QuestionType, Sentiment};
pub use matched::{Matched, MatchedPart, Span};
pub use promise::Promise;
pub use reading::{Answer, Language, Question, Reading, Scored, Tier, Urgency, UrgencyLevel};
pub use reading_summary::{Missed, ReadingSummary};
pub use said::{MOST_MENTIONS, Mention, MentionError, Quote, Side};
pub use task::{CallEnd, Called, Filled, Task, TaskEnd, TaskEvent};
pub use text::{MessageText, TextError, TextLimits};
pub use triage::{LabelError, LabelName, MOST_LABELS, Priority};
pub use written::WrittenIn;
