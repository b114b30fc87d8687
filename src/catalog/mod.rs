//! The operator's knowledge: what stands in `intents/`, read, checked and given to the rest as
//! plain values. A catalog that exists is complete and consistent; `load` names file and line of
//! every mistake instead.

mod classes;
mod file;
mod flows;
mod labelled;
mod load;
mod mistakes;
mod model;
mod named;
mod pattern;
mod places;
mod synonyms;
mod template;
mod texts;
mod watch;

pub use flows::{
    ActionSpec, BUILT_IN, Body, Condition, Flow, FlowSlot, FlowStart, ResultSpec, SlotKind,
    SlotOption, Step, StepKind,
};
pub use mistakes::{Mistake, Mistakes};
pub use model::{
    ByLanguage, Catalog, Category, EntityPattern, FaqEntry, Intent, IntentAct, LabelledMessage,
    Product, Replies, Reply, Rule, RuleMark, Synonym, UrgencyExamples,
};
pub use places::{Place, Places};
pub use template::{Part, Template};
pub use watch::{Watch, watch};
