//! What is wrong with flows once all files are read: names that do not exist, flows that begin with
//! the same words, steps that are never reached, loops that wait for nobody, and texts that may lack
//! a value. The steps are a graph; what is known at a step is what every way to it has brought.

use std::collections::{BTreeSet, HashMap};

use crate::catalog::flows::load::contradicts;
use crate::catalog::flows::{ActionSpec, BUILT_IN, Condition, Flow, FlowStart, Step, StepKind};
use crate::catalog::{ByLanguage, Catalog, Mistake, Place, Template};
use crate::domain::Language;

/// Where a flow and its parts stand.
#[derive(Clone, Debug)]
pub(in crate::catalog) struct FlowPlace {
    pub(super) own: Place,
    pub(super) slots: Vec<Place>,
    pub(super) steps: Vec<Place>,
    pub(super) labels: Vec<(String, Place)>,
}

/// What is wrong with the flows of a catalog, of which the places are those of its flows in order.
pub(in crate::catalog) fn mistakes(catalog: &Catalog, places: &[FlowPlace]) -> Vec<Mistake> {
    let mut found = Vec::new();
    for (flow, place) in catalog.flows.iter().zip(places) {
        let mut check = Check { flow, place, catalog, found: vec![] };
        check.names();
        check.graph();
        found.append(&mut check.found);
    }
    rivals(catalog, places, &mut found);
    found
}

/// A flow that begins with an intent begins with the intent's entry too.
pub(in crate::catalog) fn settle(catalog: &mut Catalog) {
    let Catalog { flows, intents, .. } = catalog;
    for flow in flows {
        for intent in intents.iter().filter(|intent| flow.intents.contains(&intent.name)) {
            let entry = intent.entry.iter().filter(|entry| !flow.entries.contains(entry));
            let entry: Vec<String> = entry.cloned().collect();
            flow.entries.extend(entry);
        }
    }
}

/// Flows that would begin with the same message.
fn rivals(catalog: &Catalog, places: &[FlowPlace], found: &mut Vec<Mistake>) {
    let entry_of = |name: &String| {
        let intent = catalog.intents.iter().find(|intent| intent.name == *name);
        intent.and_then(|intent| intent.entry.clone())
    };
    let mut seen: HashMap<(&str, String), Vec<usize>> = HashMap::new();
    for (index, (flow, place)) in catalog.flows.iter().zip(places).enumerate() {
        if flow.start == FlowStart::Offered {
            continue;
        }
        let intents = flow.intents.iter().map(|name| ("intent", name.clone()));
        let entries = flow.entries.iter().cloned().chain(flow.intents.iter().filter_map(entry_of));
        let entries: BTreeSet<String> = entries.collect();
        for key in intents.chain(entries.into_iter().map(|id| ("FAQ entry", id))) {
            let (kind, name) = (key.0, key.1.clone());
            let earlier = seen.entry(key).or_default();
            for other in
                earlier.iter().filter_map(|other| catalog.flows.get(*other).zip(places.get(*other)))
            {
                let (other, at) = other;
                let apart = flow.when.iter().any(|one| contradicts(&other.when, one));
                if !apart {
                    let message = format!(
                        "flow `{}` begins with {kind} `{name}` as flow `{}` at {} does; give them \
                         conditions that exclude each other, or offer one",
                        flow.name, other.name, at.own
                    );
                    found.push(mistake(&place.own, message));
                    return;
                }
            }
            earlier.push(index);
        }
    }
}

fn mistake(place: &Place, message: String) -> Mistake {
    Mistake { file: place.file.to_path_buf(), line: place.line, message }
}

/// What is known at a step.
type Known<'a> = BTreeSet<&'a str>;

struct Check<'a> {
    flow: &'a Flow,
    place: &'a FlowPlace,
    catalog: &'a Catalog,
    found: Vec<Mistake>,
}

impl<'a> Check<'a> {
    fn note(&mut self, place: &Place, message: String) {
        let mistake = mistake(place, message);
        if !self.found.contains(&mistake) {
            self.found.push(mistake);
        }
    }

    fn at(&self, step: usize) -> Place {
        self.place.steps.get(step).unwrap_or(&self.place.own).clone()
    }

    fn action(&self, name: &str) -> Option<&'a ActionSpec> {
        self.catalog.actions.iter().find(|action| action.name == name)
    }

    /// The results that the flow's calls may bring.
    fn results(&self) -> Known<'a> {
        let calls = self.flow.steps.iter().filter_map(|step| match &step.kind {
            StepKind::Call { action, .. } => self.action(action),
            _ => None,
        });
        calls.flat_map(|action| action.results.iter().map(|result| result.slot.as_str())).collect()
    }

    /// Every name that is used exists, and every slot is asked for.
    fn names(&mut self) {
        let flow = self.flow;
        let slots: Known<'a> = flow.slots.iter().map(|slot| slot.name.as_str()).collect();
        let results = self.results();
        let is_known = |name: &str| slots.contains(name) || results.contains(name);
        let mut unknown: Vec<(Place, &str)> = Vec::new();
        let mut asked: Known<'a> = Known::new();
        for (number, step) in flow.steps.iter().enumerate() {
            let at = self.at(number);
            match &step.kind {
                StepKind::Collect { slots: wanted, .. } => {
                    asked.extend(wanted.iter().map(String::as_str));
                    let missing = wanted.iter().filter(|name| !slots.contains(name.as_str()));
                    unknown.extend(missing.map(|name| (at.clone(), name.as_str())));
                }
                StepKind::Call { action, .. } if self.action(action).is_none() => {
                    self.note(&at, format!("there is no action `{action}`"));
                }
                _ => {}
            }
            let used = conditions(&step.when)
                .chain(texts(step).flat_map(Template::names).map(|(name, _)| name));
            unknown.extend(used.filter(|name| !is_known(name)).map(|name| (at.clone(), name)));
        }
        let own = conditions(&flow.when).map(|name| (self.place.own.clone(), name));
        unknown.extend(own.filter(|(_, name)| !is_known(name)));
        for (slot, at) in &self.place.labels {
            if !is_known(slot) {
                unknown.push((at.clone(), slot.as_str()));
            }
        }
        for (at, name) in unknown {
            self.note(&at, format!("flow `{}` has no slot `{name}`", flow.name));
        }
        for (slot, at) in flow.slots.iter().zip(&self.place.slots) {
            if !asked.contains(slot.name.as_str()) {
                let message =
                    format!("no step of flow `{}` asks for slot `{}`", flow.name, slot.name);
                self.note(at, message);
            }
        }
    }

    /// The steps that may follow a step, with what each way brings to what is known.
    fn ways(&self, number: usize) -> Vec<(usize, Vec<&'a str>)> {
        let Some(step) = self.flow.steps.get(number) else { return vec![] };
        let mut ways = Vec::new();
        if !step.when.is_empty() && number + 1 < self.flow.steps.len() {
            ways.push((number + 1, vec![]));
        }
        let mut brings: Vec<&str> = given(&step.when).collect();
        match &step.kind {
            StepKind::Collect { slots, .. } => {
                let is_needed = |name: &&String| {
                    let slot = self.flow.slots.iter().find(|slot| slot.name == **name);
                    slot.is_some_and(|slot| !slot.optional)
                };
                brings.extend(slots.iter().filter(is_needed).map(String::as_str));
            }
            StepKind::Call { action, missing, refused, failed, .. } => {
                let other = [missing, refused, failed].into_iter().flatten();
                ways.extend(other.map(|target| (*target, brings.clone())));
                let results = self.action(action).map(|action| action.results.as_slice());
                let results = results.unwrap_or_default().iter().filter(|result| !result.optional);
                brings.extend(results.map(|result| result.slot.as_str()));
            }
            StepKind::Handoff(_) | StepKind::End => return ways,
            StepKind::Confirm(_) | StepKind::Say(_) | StepKind::Go => {}
        }
        ways.extend(step.next.map(|next| (next, brings)));
        ways
    }

    fn graph(&mut self) {
        let known = self.known();
        for (number, known) in known.iter().enumerate() {
            let Some(step) = self.flow.steps.get(number) else { continue };
            match known {
                None => {
                    let message =
                        format!("step `{}` of flow `{}` is never reached", step.id, self.flow.name);
                    self.note(&self.at(number), message);
                }
                Some(known) => self.values(number, step, known),
            }
        }
        if let Some(round) = self.round() {
            let ids: Vec<String> = round
                .iter()
                .filter_map(|number| self.flow.steps.get(*number))
                .map(|step| format!("`{}`", step.id))
                .collect();
            let first = round.first().copied().unwrap_or_default();
            let message = format!(
                "these steps go round without waiting for the customer: {}; a `confirm`, or a \
                 `collect` with `anew = true`, waits",
                ids.join(", ")
            );
            self.note(&self.at(first), message);
        }
    }

    /// What is known at each step on every way to it; nothing for a step that is never reached.
    fn known(&self) -> Vec<Option<Known<'a>>> {
        let mut known: Vec<Option<Known<'a>>> = vec![None; self.flow.steps.len()];
        if let Some(first) = known.first_mut() {
            *first = Some(Known::new());
        }
        let mut open = vec![0];
        while let Some(number) = open.pop() {
            let Some(Some(here)) = known.get(number).cloned() else { continue };
            for (target, brings) in self.ways(number) {
                let Some(there) = known.get_mut(target) else { continue };
                let mut brought = here.clone();
                brought.extend(brings);
                let met = match there.as_ref() {
                    None => brought,
                    Some(before) => before.intersection(&brought).copied().collect(),
                };
                if there.as_ref() != Some(&met) {
                    *there = Some(met);
                    open.push(target);
                }
            }
        }
        known
    }

    /// Whether every text of a step has its values.
    fn values(&mut self, number: usize, step: &'a Step, known: &Known<'a>) {
        let mut known = known.clone();
        known.extend(given(&step.when));
        let mut lacks: Vec<(&str, String)> = Vec::new();
        match &step.kind {
            StepKind::Collect { slots, .. } => {
                for name in slots {
                    let slot = self.flow.slots.iter().find(|slot| slot.name == *name);
                    let Some(slot) = slot else { continue };
                    let what = format!("the question for `{name}`");
                    let asks = both(&slot.ask).chain(both(&slot.again)).flat_map(Template::needs);
                    let lacking = asks.filter(|need| *need != "said" && !known.contains(need));
                    lacks.extend(lacking.map(|need| (need, what.clone())));
                    if !slot.optional {
                        known.insert(name.as_str());
                    }
                }
            }
            StepKind::Call { action, .. } => {
                let spec = self.action(action);
                let needs = spec.map(ActionSpec::needs).unwrap_or_default();
                let lacking = needs.into_iter().filter(|need| !known.contains(need));
                lacks.extend(lacking.map(|need| (need, format!("action `{action}`"))));
            }
            _ => {}
        }
        let said = texts(step).flat_map(Template::needs).filter(|need| !known.contains(need));
        lacks.extend(said.map(|need| (need, "what is said".to_owned())));
        for (need, what) in lacks {
            if BUILT_IN.contains(&need) {
                continue;
            }
            let message = format!(
                "`{{{need}}}` may have no value here, which {what} needs: not every way to step `{}` \
                 of flow `{}` brings one; ask before, or write `{{{need}|…}}`",
                step.id, self.flow.name
            );
            self.note(&self.at(number), message);
        }
    }

    /// Steps that go round and wait for nobody, if there are some.
    fn round(&self) -> Option<Vec<usize>> {
        let mut done = BTreeSet::new();
        for start in 0..self.flow.steps.len() {
            let mut path = Vec::new();
            if let Some(round) = self.walk(start, &mut path, &mut done) {
                return Some(round);
            }
        }
        None
    }

    fn walk(
        &self,
        number: usize,
        path: &mut Vec<usize>,
        done: &mut BTreeSet<usize>,
    ) -> Option<Vec<usize>> {
        if let Some(at) = path.iter().position(|step| *step == number) {
            return path.get(at..).map(<[usize]>::to_vec);
        }
        if !done.insert(number) {
            return None;
        }
        let step = self.flow.steps.get(number)?;
        let waits =
            matches!(step.kind, StepKind::Confirm(_) | StepKind::Collect { anew: true, .. });
        let skipped = Some(number + 1).filter(|_| !step.when.is_empty());
        let ways: Vec<usize> = if waits {
            skipped.into_iter().collect()
        } else {
            self.ways(number).into_iter().map(|(target, _)| target).collect()
        };
        path.push(number);
        for target in ways {
            if let Some(round) = self.walk(target, path, done) {
                return Some(round);
            }
        }
        path.pop();
        None
    }
}

fn both(texts: &ByLanguage<Template>) -> impl Iterator<Item = &Template> {
    Language::ALL.into_iter().map(|language| texts.get(language))
}

/// What a step says.
fn texts(step: &Step) -> impl Iterator<Item = &Template> {
    let said = match &step.kind {
        StepKind::Confirm(texts) | StepKind::Say(texts) => Some(texts),
        StepKind::Call { say, .. } | StepKind::Handoff(say) => say.as_ref(),
        StepKind::Collect { .. } | StepKind::Go | StepKind::End => None,
    };
    said.into_iter().flat_map(both)
}

/// The slots that conditions look at.
fn conditions(when: &[Condition]) -> impl Iterator<Item = &str> {
    when.iter().filter_map(|condition| match condition {
        Condition::Is { slot, .. }
        | Condition::Given { slot, .. }
        | Condition::Above(slot, _)
        | Condition::Below(slot, _) => Some(slot.as_str()),
        Condition::Language(_) | Condition::Segment { .. } | Condition::Open(_) => None,
    })
}

/// The slots that are known where the conditions hold.
fn given(when: &[Condition]) -> impl Iterator<Item = &str> {
    when.iter().filter_map(|condition| match condition {
        Condition::Is { slot, holds: true, .. }
        | Condition::Given { slot, holds: true }
        | Condition::Above(slot, _)
        | Condition::Below(slot, _) => Some(slot.as_str()),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const REPLIES: &str = include_str!("../../../intents/replies.toml");
    const ENTRY: &str = "[[faq]]\nid='e'\nquestion.en='q'\nanswer.en='a'\n";
    const ACTION: &str =
        "[[action]]\nname='a'\nmethod='GET'\nurl='/x/{order}'\nresults.status='$.s'\n";

    fn load(text: &str) -> Result<Catalog, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("a.toml"), text).unwrap();
        std::fs::write(folder.path().join("replies.toml"), format!("{REPLIES}\n{ENTRY}{ACTION}"))
            .unwrap();
        Catalog::load(folder.path()).map_err(|mistakes| {
            let told = |mistake: &Mistake| {
                let name = mistake.file.file_name().unwrap().to_string_lossy().into_owned();
                format!("{name}:{}: {}", mistake.line, mistake.message)
            };
            mistakes.0.iter().map(told).collect::<Vec<_>>().join("\n")
        })
    }

    /// A flow with a slot `order` and these steps, of which the first stands in line 10.
    fn flow(steps: &str) -> String {
        format!(
            "[[flow]]\nname='f'\nentries=['e']\ntitle={{en='T',zh='T'}}\n[[flow.slot]]\nname='order'\n\
             type='order_number'\nask={{en='?',zh='?'}}\n\n{steps}"
        )
    }

    fn say(text: &str) -> String {
        format!("say={{en='{text}',zh='x'}}\n")
    }

    #[test]
    fn a_flow_of_the_sample_knowledge_is_read() {
        let intents = Path::new(env!("CARGO_MANIFEST_DIR")).join("intents");
        let catalog = Catalog::load(&intents).unwrap();
        let flow = catalog.flows.iter().find(|flow| flow.name == "change-address").unwrap();
        assert!(flow.entries.contains(&"change-address".to_owned()), "by its intent");
        assert!(
            catalog
                .actions
                .iter()
                .any(|action| action.name == "order-status" && action.is_repeatable())
        );
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of mistakes")]
    fn mistakes_of_steps_name_file_and_line() {
        let step = "[[flow.step]]\n";
        let collect = format!("{step}collect=['order']\n");
        for (steps, expected) in [
            (
                format!("{collect}{step}{}", say("{status}")),
                "a.toml:13: flow `f` has no slot `status`",
            ),
            (format!("{collect}{step}call='b'\n"), "a.toml:13: there is no action `b`"),
            (
                format!("{step}call='a'\n{collect}"),
                "a.toml:11: `{order}` may have no value here, which action `a` needs",
            ),
            (
                format!(
                    "{collect}{step}call='a'\nfailed='x'\n{step}{}then='y'\n{step}id='x'\n{}{step}id='y'\n{}",
                    say("{status}"),
                    say("sorry"),
                    say("{status}")
                ),
                "a.toml:22: `{status}` may have no value here, which what is said needs",
            ),
            (
                format!("{collect}{step}end=true\n{step}{}", say("x")),
                "a.toml:15: step `3` of flow `f` is never reached",
            ),
            (
                format!("{step}id='a'\ncollect=['order']\n{step}{}then='a'\n", say("x")),
                "a.toml:11: these steps go round without waiting for the customer: `a`, `2`",
            ),
            (format!("{step}{}", say("x")), "a.toml:6: no step of flow `f` asks for slot `order`"),
            (format!("{collect}{step}then='no'\n"), "a.toml:13: flow `f` has no step `no`"),
            (format!("{collect}{step}{}end=true\n", say("x")), "a.toml:13: a step does one thing"),
            (format!("{collect}missing='x'\n"), "a.toml:12: flow `f` has no step `x`"),
            (
                format!(
                    "{collect}{step}when=[{{slot='order',is='1'}},{{slot='order',is='2'}}]\n{}",
                    say("x")
                ),
                "a.toml:13: these conditions contradict each other",
            ),
            (
                format!("{collect}{step}when=[{{slot='order'}}]\n{}", say("x")),
                "a.toml:13: a condition has `slot` with one of",
            ),
            (
                format!("{collect}{step}when=[{{hours='late'}}]\n{}", say("x")),
                "a.toml:13: hours `late` is none of",
            ),
            (format!("{collect}{step}{}", say("{order")), "a.toml:13: a `{` has no `}`"),
            (format!("{collect}{step}say={{en='x'}}\n"), "a.toml:13: what is said has no zh"),
        ] {
            let text = flow(&steps);
            let told = load(&text).unwrap_err();
            assert!(told.lines().any(|line| line.starts_with(expected)), "{text}\ngives: {told}");
        }
        assert!(
            load(&flow(
                &format!("{collect}{step}call='a'\n{step}{}", say("{order} {status} {x|y}"))
                    .replace(" {x|y}", "")
            ))
            .is_ok()
        );
    }

    #[test]
    #[expect(clippy::too_many_lines, reason = "a table of mistakes")]
    fn mistakes_of_slots_flows_and_actions_name_file_and_line() {
        let step = "[[flow.step]]\ncollect=['order']\n";
        let own = flow(step);
        let slot = |kind: &str| own.replace("type='order_number'", kind);
        for (text, expected) in [
            (slot("type='number'"), "a.toml:7: type `number` is none of order_number, phone"),
            (slot("type='phone'\ncountries=['CN','XX']"), "a.toml:8: `XX` is no country code"),
            (slot("type='pattern'\npattern='(a'"), "a.toml:8: the pattern cannot be used"),
            (slot("type='pattern'"), "a.toml:7: a slot of type `pattern` needs a pattern"),
            (slot("type='email'\nleast=1"), "a.toml:8: a slot of type `email` has no `least`"),
            (slot("type='quantity'\nleast=5\nmost=2"), "a.toml:8: `least` is more than `most`"),
            (
                slot("type='date'\nfrom_days=5\nto_days=2"),
                "a.toml:7: `from_days` is later than `to_days`",
            ),
            (slot("type='choice'"), "a.toml:7: a choice has 2 to 12 options"),
            (slot("type='entity'\nentity='no'"), "a.toml:8: there is no entity `no`"),
            (own.replace("ask={en='?',zh='?'}", ""), "a.toml:6: slot `order` has no question"),
            (
                own.replace("name='order'", "name='Order'"),
                "a.toml:6: the slot name `Order` may have",
            ),
            (own.replace("entries=['e']", ""), "a.toml:2: flow `f` begins with nothing"),
            (own.replace("entries=['e']", "entries=['x']"), "a.toml:3: there is no FAQ entry `x`"),
            (
                own.replace("entries=['e']", "entries=['e']\nstart='soon'"),
                "a.toml:4: start `soon` is none of",
            ),
            (
                format!("{own}{}", own.replace("name='f'", "name='g'")),
                "a.toml:13: flow `g` begins with FAQ entry `e` as flow `f`",
            ),
            (
                format!("{own}[[action]]\nname='b'\nmethod='GET'\nurl='http://{{order}}/'\n"),
                "a.toml:15: the address begins with",
            ),
            (
                format!("{own}[[action]]\nname='b'\nmethod='PULL'\nurl='/x'\n"),
                "a.toml:14: method `PULL` is none of",
            ),
            (
                format!("{own}[[action]]\nname='b'\nmethod='GET'\nurl='/x?k={{env:K}}'\n"),
                "a.toml:15: secrets stand in headers only",
            ),
            (
                format!("{own}[[action]]\nname='b'\nmethod='GET'\nurl='/x'\nresults.s='s['\n"),
                "a.toml:16: `s[` is no JSON path",
            ),
            (
                format!("{own}[[action]]\nname='b'\nmethod='GET'\nurl='/x'\nheaders.Host='x'\n"),
                "a.toml:16: `Host` is no header",
            ),
            (
                format!("{own}[[action]]\nname='b'\nmethod='GET'\nurl='/x'\ntimeout_ms=1\n"),
                "a.toml:16: `timeout_ms` lies between",
            ),
        ] {
            let told = load(&text).unwrap_err();
            assert!(told.lines().any(|line| line.starts_with(expected)), "{text}\ngives: {told}");
        }
        let apart = format!(
            "{}{}",
            own.replace("entries=['e']", "entries=['e']\nwhen=[{language='en'}]"),
            own.replace("name='f'", "name='g'")
                .replace("entries=['e']", "entries=['e']\nwhen=[{language='zh'}]")
        );
        assert!(load(&apart).is_ok(), "conditions keep them apart");
    }
}
