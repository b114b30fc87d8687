//! Reads a flow as far as one file says what it is.

use std::collections::{BTreeMap, HashMap};

use toml::Spanned;

use crate::catalog::file::TextTable;
use crate::catalog::flows::check::FlowPlace;
use crate::catalog::flows::file::{FlowTable, StepTable, WhenTable};
use crate::catalog::flows::{Condition, Flow, FlowStart, Step, StepKind};
use crate::catalog::load::Loader;
use crate::catalog::mistakes::Collector;
use crate::catalog::pattern::compiled;
use crate::catalog::texts::both;
use crate::catalog::{ByLanguage, Template};
use crate::domain::Language;

/// Most flows.
const MOST_FLOWS: usize = 200;
/// Most slots, and most steps, of a flow.
const MOST_PARTS: usize = 64;

impl Loader {
    /// Takes a flow.
    pub(in crate::catalog) fn flow(&mut self, table: FlowTable, notes: &mut Collector<'_>) {
        let at = table.name.span().start;
        let name = self.define("flow", &table.name, notes);
        if self.catalog.flows.len() == MOST_FLOWS {
            notes.note(at, format!("flow `{name}` is one too many: {MOST_FLOWS} at most"));
        }
        let title = both(table.title, &format!("the title of flow `{name}`"), notes);
        let starts = [table.intents.len(), table.entries.len(), table.patterns.len()];
        if starts.iter().all(|count| *count == 0) {
            let message =
                format!("flow `{name}` begins with nothing: it needs intents, entries or patterns");
            notes.note(at, message);
        }
        let named = |list: Vec<Spanned<String>>, kind, loader: &mut Self, notes: &Collector<'_>| {
            let names = list.into_iter().filter_map(|name| loader.refer(kind, Some(name), notes));
            names.collect::<Vec<_>>()
        };
        let intents = named(table.intents, "intent", self, notes);
        let entries = named(table.entries, "FAQ entry", self, notes);
        let patterns =
            table.patterns.iter().filter_map(|pattern| compiled(pattern, true, notes)).collect();
        let start = start(table.start.as_ref(), notes);
        let when = conditions(table.when, notes);
        let mut place =
            FlowPlace { own: notes.place(at), slots: vec![], steps: vec![], labels: vec![] };
        let slots = self.slots(table.slot, &name, &mut place, notes);
        let steps = steps(table.step, &name, &mut place, notes);
        if steps.is_empty() {
            notes.note(at, format!("flow `{name}` has no steps"));
        }
        let mut labels: BTreeMap<String, BTreeMap<String, ByLanguage<String>>> = BTreeMap::new();
        for (slot, values) in table.labels {
            place.labels.push((slot.as_ref().clone(), notes.place(slot.span().start)));
            let own = values.into_iter().map(|(value, texts)| {
                let what = format!("the label of `{value}`");
                let texts = both(texts, &what, notes);
                (value, texts)
            });
            labels.insert(slot.into_inner(), own.collect());
        }
        self.flow_places.push(place);
        let flow =
            Flow { name, title, intents, entries, patterns, start, when, slots, steps, labels };
        self.catalog.flows.push(flow);
    }
}

fn start(name: Option<&Spanned<String>>, notes: &mut Collector<'_>) -> FlowStart {
    match name.map(|name| (name.as_ref().as_str(), name.span().start)) {
        None | Some(("named", _)) => FlowStart::Named,
        Some(("now", _)) => FlowStart::Now,
        Some(("offered", _)) => FlowStart::Offered,
        Some((other, at)) => {
            notes.note(at, format!("start `{other}` is none of `now`, `named`, `offered`"));
            FlowStart::Named
        }
    }
}

/// The texts of both languages as templates; what is wrong with one is noted.
pub(super) fn templates(
    table: Spanned<TextTable>,
    what: &str,
    notes: &mut Collector<'_>,
) -> ByLanguage<Template> {
    let at = table.span().start;
    let places = [&table.as_ref().en, &table.as_ref().zh];
    let [en, zh] = places.map(|text| text.as_ref().map_or(at, |text| text.span().start));
    let texts = both(table, what, notes);
    let mut read = |text: &str, at| match Template::parse(text) {
        Ok(template) => template,
        Err(message) => {
            notes.note(at, message);
            Template::default()
        }
    };
    ByLanguage { en: read(&texts.en, en), zh: read(&texts.zh, zh) }
}

fn conditions(tables: Vec<Spanned<WhenTable>>, notes: &mut Collector<'_>) -> Vec<Condition> {
    let all: Vec<(usize, Result<Condition, String>)> = tables
        .into_iter()
        .map(|table| (table.span().start, condition(table.into_inner())))
        .collect();
    let mut read = Vec::new();
    for (at, condition) in all {
        match condition {
            Ok(condition) if contradicts(&read, &condition) => {
                notes.note(at, "these conditions contradict each other: they never hold together");
            }
            Ok(condition) => read.push(condition),
            Err(message) => notes.note(at, message),
        }
    }
    read
}

fn condition(table: WhenTable) -> Result<Condition, String> {
    let WhenTable { slot, is, is_not, given, above, below, language, segment, not_segment, hours } =
        table;
    let own = [is.is_some(), is_not.is_some(), given.is_some(), above.is_some(), below.is_some()];
    let other = [language.is_some(), segment.is_some(), not_segment.is_some(), hours.is_some()];
    let count = |set: &[bool]| set.iter().filter(|is_set| **is_set).count();
    let is_one = match slot {
        Some(_) => count(&own) == 1 && count(&other) == 0,
        None => count(&own) == 0 && count(&other) == 1,
    };
    if !is_one {
        return Err(
            "a condition has `slot` with one of `is`, `is_not`, `given`, `above`, `below`, \
            or one of `language`, `segment`, `not_segment`, `hours`"
                .to_owned(),
        );
    }
    let slot = slot.map(Spanned::into_inner).unwrap_or_default();
    if let Some(value) = is {
        return Ok(Condition::Is { slot, value, holds: true });
    }
    if let Some(value) = is_not {
        return Ok(Condition::Is { slot, value, holds: false });
    }
    if let Some(holds) = given {
        return Ok(Condition::Given { slot, holds });
    }
    if let Some(number) = above {
        return Ok(Condition::Above(slot, number));
    }
    if let Some(number) = below {
        return Ok(Condition::Below(slot, number));
    }
    if let Some(language) = language {
        let known = Language::ALL.into_iter().find(|known| known.code() == language);
        let known = known.ok_or(format!("language `{language}` is none of `en`, `zh`"))?;
        return Ok(Condition::Language(known));
    }
    if let Some(name) = segment {
        return Ok(Condition::Segment { name, holds: true });
    }
    if let Some(name) = not_segment {
        return Ok(Condition::Segment { name, holds: false });
    }
    match hours.as_deref() {
        Some("open") => Ok(Condition::Open(true)),
        Some("closed") => Ok(Condition::Open(false)),
        other => Err(format!("hours `{}` is none of `open`, `closed`", other.unwrap_or_default())),
    }
}

/// Whether `one` can never hold where all of `others` hold.
pub(super) fn contradicts(others: &[Condition], one: &Condition) -> bool {
    others.iter().any(|other| match (other, one) {
        (
            Condition::Is { slot: a, value: first, holds },
            Condition::Is { slot: b, value: second, holds: too },
        ) => {
            let is_both = *holds && *too && first != second;
            a == b && (is_both || (first == second && holds != too))
        }
        (
            Condition::Is { slot: a, holds: true, .. },
            Condition::Given { slot: b, holds: false },
        )
        | (
            Condition::Given { slot: b, holds: false },
            Condition::Is { slot: a, holds: true, .. },
        ) => a == b,
        (Condition::Given { slot: a, holds: p }, Condition::Given { slot: b, holds: q }) => {
            a == b && p != q
        }
        (Condition::Above(a, x), Condition::Below(b, y))
        | (Condition::Below(b, y), Condition::Above(a, x)) => a == b && x >= y,
        (Condition::Language(a), Condition::Language(b)) => a != b,
        (Condition::Open(a), Condition::Open(b)) => a != b,
        (Condition::Segment { name: a, holds: p }, Condition::Segment { name: b, holds: q }) => {
            // a customer is in one segment
            (a == b && p != q) || (a != b && *p && *q)
        }
        _ => false,
    })
}

fn steps(
    tables: Vec<StepTable>,
    flow: &str,
    place: &mut FlowPlace,
    notes: &mut Collector<'_>,
) -> Vec<Step> {
    if tables.len() > MOST_PARTS {
        let at = tables.get(MOST_PARTS).map_or(0, StepTable::at);
        notes.note(at, format!("this step is one too many: {MOST_PARTS} at most"));
    }
    let mut ids: HashMap<String, usize> = HashMap::new();
    for (number, table) in tables.iter().enumerate() {
        let Some(id) = &table.id else { continue };
        if ids.insert(id.as_ref().clone(), number).is_some() {
            let message = format!("flow `{flow}` has two steps `{}`", id.as_ref());
            notes.note(id.span().start, message);
        }
    }
    let count = tables.len();
    let mut steps = Vec::new();
    for (number, table) in tables.into_iter().enumerate() {
        place.steps.push(notes.place(table.at()));
        let below = Some(number + 1).filter(|next| *next < count);
        steps.push(step(table, number, below, (&ids, flow, notes)));
    }
    steps
}

/// Notes what a step cannot be.
fn note_step(table: &StepTable, notes: &mut Collector<'_>) {
    let at = table.at();
    let is_call = table.call.is_some();
    let kinds = [
        table.collect.is_some(),
        table.confirm.is_some(),
        is_call,
        table.handoff.is_some(),
        table.end.is_some(),
    ];
    let kinds = kinds.iter().filter(|is_set| **is_set).count();
    let may_say = is_call || table.handoff.is_some() || kinds == 0;
    if kinds > 1 || (table.say.is_some() && !may_say) {
        let message = "a step does one thing: `collect`, `confirm`, `call`, `say`, `handoff` or `end` \
            (`call` and `handoff` may `say` something)";
        notes.note(at, message);
    }
    if kinds == 0 && table.say.is_none() && table.then.is_none() {
        notes.note(at, "this step does nothing");
    }
    let branches = [&table.missing, &table.refused, &table.failed];
    if !is_call && let Some(name) = branches.into_iter().flatten().next() {
        notes.note(
            name.span().start,
            "only a step with `call` has `missing`, `refused` and `failed`",
        );
    }
    if let (None, Some(anew)) = (&table.collect, &table.anew) {
        notes.note(anew.span().start, "only a step with `collect` has `anew`");
    }
    let is_false = |field: &Option<Spanned<bool>>| field.as_ref().is_some_and(|on| !on.as_ref());
    if is_false(&table.handoff) || is_false(&table.end) {
        notes.note(at, "`handoff` and `end` are `true` or left out");
    }
}

type Known<'a, 'b> = (&'a HashMap<String, usize>, &'a str, &'a mut Collector<'b>);

fn step(table: StepTable, number: usize, below: Option<usize>, known: Known<'_, '_>) -> Step {
    let (ids, flow, notes) = known;
    let mut target = |name: &Option<Spanned<String>>| {
        let name = name.as_ref()?;
        let found = ids.get(name.as_ref()).copied();
        if found.is_none() {
            let message = format!("flow `{flow}` has no step `{}`", name.as_ref());
            notes.note(name.span().start, message);
        }
        found
    };
    let then = target(&table.then);
    let (missing, refused, failed) =
        (target(&table.missing), target(&table.refused), target(&table.failed));
    let next = if table.then.is_some() { then } else { below };
    note_step(&table, notes);
    let when = conditions(table.when, notes);
    let mut said = table.say.map(|say| templates(say, "what is said", notes));
    let kind = if let Some(slots) = table.collect {
        let slots = slots.into_inner().into_iter().map(Spanned::into_inner).collect();
        StepKind::Collect { slots, anew: table.anew.is_some_and(Spanned::into_inner) }
    } else if let Some(confirm) = table.confirm {
        StepKind::Confirm(templates(confirm, "the confirmation", notes))
    } else if let Some(action) = table.call {
        let action = action.into_inner();
        StepKind::Call { action, say: said.take(), missing, refused, failed }
    } else if table.handoff.is_some() {
        StepKind::Handoff(said.take())
    } else if table.end.is_some() {
        StepKind::End
    } else {
        said.map_or(StepKind::Go, StepKind::Say)
    };
    let id = table.id.map_or_else(|| (number + 1).to_string(), Spanned::into_inner);
    Step { id, when, kind, next }
}
