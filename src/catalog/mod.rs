//! The operator's knowledge: what stands in `intents/`, read, checked and given to the rest as
//! plain values. A catalog that exists is complete and consistent; `load` names file and line of
//! every mistake instead.

mod classes;
mod edit;
mod file;
mod flows;
mod item;
mod labelled;
mod load;
mod mistakes;
mod model;
mod named;
mod pattern;
mod places;
mod source;
mod synonyms;
mod table;
mod template;
mod texts;
mod watch;

pub use edit::{Change, Conflict, EditError};
pub use flows::{
    ActionSpec, BUILT_IN, Body, Condition, Flow, FlowSlot, FlowStart, ResultSpec, SlotKind,
    SlotOption, Step, StepKind,
};
pub use item::{Content, FaqContent, IntentContent, Item, ItemKind, ItemName};
pub use mistakes::{Mistake, Mistakes};
pub use model::{
    ByLanguage, Catalog, Category, EntityPattern, FaqEntry, Intent, IntentAct, LabelledMessage,
    Product, Replies, Reply, Rule, RuleMark, Synonym, UrgencyExamples,
};
pub use places::{Place, Places};
pub use source::{Source, SourceFile};
pub use template::{Part, Template};
pub use watch::{Watch, watch};
