//! Flows that work, but not well: they ask for what nobody uses, change something at the shop without
//! asking first, end without a word, or can never begin.

use std::collections::BTreeSet;

use crate::catalog::{
    ActionSpec, Body, ByLanguage, Catalog, Condition, Flow, FlowSlot, FlowStart, StepKind, Template,
};
use crate::evaluation::lint::{Finding, FindingKind};

/// What is weak in the flows of a catalog.
pub(super) fn weak(catalog: &Catalog) -> Vec<Finding> {
    let of = |flow: &Flow| {
        let place = catalog.places.name("flow", &flow.name);
        let told = unused(catalog, flow)
            .into_iter()
            .chain(rash(catalog, flow))
            .chain(silent(flow))
            .chain(unseen(flow));
        let finding = |(kind, message)| Finding {
            kind,
            places: place.cloned().into_iter().collect(),
            message,
        };
        told.map(finding).collect::<Vec<Finding>>()
    };
    catalog.flows.iter().flat_map(of).collect()
}

type Told = (FindingKind, String);

/// Slots that are asked for, and whose values nothing uses: no text, no condition, no call; unless a
/// person takes over, who sees them all.
fn unused(catalog: &Catalog, flow: &Flow) -> Vec<Told> {
    let to_people = flow.steps.iter().any(|step| matches!(step.kind, StepKind::Handoff(_)));
    if to_people {
        return vec![];
    }
    let used = used(catalog, flow);
    let unused = flow.slots.iter().filter(|slot| !used.contains(slot.name.as_str()));
    let told = |slot: &FlowSlot| {
        let message =
            format!("flow `{}` asks for `{}`, and nothing uses the answer", flow.name, slot.name);
        (FindingKind::UnusedSlot, message)
    };
    unused.map(told).collect()
}

fn used<'a>(catalog: &'a Catalog, flow: &'a Flow) -> BTreeSet<&'a str> {
    let mut used = BTreeSet::new();
    let conditions = flow.steps.iter().flat_map(|step| &step.when).chain(&flow.when);
    used.extend(conditions.filter_map(|condition| match condition {
        Condition::Is { slot, .. }
        | Condition::Given { slot, .. }
        | Condition::Above(slot, _)
        | Condition::Below(slot, _) => Some(slot.as_str()),
        Condition::Language(_) | Condition::Segment { .. } | Condition::Open(_) => None,
    }));
    let asked = flow.slots.iter().flat_map(|slot| [&slot.ask, &slot.again]);
    let said = flow.steps.iter().filter_map(|step| match &step.kind {
        StepKind::Confirm(text) | StepKind::Say(text) => Some(text),
        StepKind::Call { say, .. } => say.as_ref(),
        _ => None,
    });
    asked.chain(said).for_each(|text| names(text, &mut used));
    for action in flow.steps.iter().filter_map(|step| called(catalog, &step.kind)) {
        used.extend(action.url.names().map(|(name, _)| name));
        used.extend(action.headers.iter().flat_map(|(_, text)| text.names()).map(|(name, _)| name));
        if let Some(body) = &action.body {
            of_body(body, &mut used);
        }
    }
    used
}

fn names<'a>(text: &'a ByLanguage<Template>, used: &mut BTreeSet<&'a str>) {
    used.extend(text.en.names().chain(text.zh.names()).map(|(name, _)| name));
}

fn of_body<'a>(body: &'a Body, used: &mut BTreeSet<&'a str>) {
    match body {
        Body::Text(text) => used.extend(text.names().map(|(name, _)| name)),
        Body::Plain(_) => {}
        Body::List(items) => items.iter().for_each(|item| of_body(item, used)),
        Body::Object(fields) => fields.iter().for_each(|(_, field)| of_body(field, used)),
    }
}

fn called<'a>(catalog: &'a Catalog, kind: &StepKind) -> Option<&'a ActionSpec> {
    let StepKind::Call { action, .. } = kind else { return None };
    catalog.actions.iter().find(|known| known.name == *action)
}

/// Calls that change something at the shop, where nothing was confirmed on some way to them.
fn rash(catalog: &Catalog, flow: &Flow) -> Vec<Told> {
    let mut reached = BTreeSet::new();
    let mut open = vec![0];
    while let Some(at) = open.pop() {
        let Some(step) = flow.steps.get(at).filter(|_| reached.insert(at)) else { continue };
        if matches!(step.kind, StepKind::Confirm(_)) {
            // what stands behind it is confirmed; where it is left out, it is not
            if !step.when.is_empty() {
                open.push(at + 1);
            }
            continue;
        }
        open.extend(nexts(flow, at));
    }
    let steps = reached.into_iter().filter_map(|at| flow.steps.get(at));
    let calls = steps.filter_map(|step| called(catalog, &step.kind).map(|action| (step, action)));
    let changing = calls.filter(|(_, action)| action.method != "GET");
    let told = changing.map(|(step, action)| {
        let message = format!(
            "step `{}` of flow `{}` calls `{}`, which changes something, and nothing was confirmed before",
            step.id, flow.name, action.name
        );
        (FindingKind::UnconfirmedCall, message)
    });
    told.collect()
}

/// The steps that may follow one.
fn nexts(flow: &Flow, at: usize) -> Vec<usize> {
    let Some(step) = flow.steps.get(at) else { return vec![] };
    let mut nexts: Vec<usize> = step.next.into_iter().collect();
    if !step.when.is_empty() {
        nexts.push(at + 1);
    }
    if let StepKind::Call { missing, refused, failed, .. } = &step.kind {
        nexts.extend([missing, refused, failed].into_iter().flatten());
    }
    nexts
}

/// Steps after which a flow ends, and the customer has been told nothing.
fn silent(flow: &Flow) -> Vec<Told> {
    let ends = |next: Option<usize>| {
        let next = next.and_then(|at| flow.steps.get(at));
        next.is_none_or(|next| matches!(next.kind, StepKind::End) && next.when.is_empty())
    };
    let is_silent = |kind: &StepKind| {
        matches!(kind, StepKind::Collect { .. } | StepKind::Confirm(_) | StepKind::Call { .. })
    };
    let silent = flow.steps.iter().filter(|step| is_silent(&step.kind) && ends(step.next));
    let told = silent.map(|step| {
        let message = format!("flow `{}` ends without a word after step `{}`", flow.name, step.id);
        (FindingKind::SilentEnd, message)
    });
    told.collect()
}

/// A flow that is only offered below answers, of which it has none.
fn unseen(flow: &Flow) -> Vec<Told> {
    if flow.start != FlowStart::Offered || !flow.entries.is_empty() || !flow.patterns.is_empty() {
        return vec![];
    }
    let message = format!(
        "flow `{}` is offered below FAQ entries, and has none: only another flow's button could begin it",
        flow.name
    );
    vec![(FindingKind::UnseenFlow, message)]
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    const ACTION: &str = "[[action]]\nname='change'\nmethod='POST'\nurl='http://shop.example/x'\nbody={order='{order}'}\n\
        [[action]]\nname='look'\nmethod='GET'\nurl='http://shop.example/{order}'\n";
    const FLOW: &str = "[[flow]]\nname='f'\ntitle.en='F'\ntitle.zh='F'\npatterns=['x']\n\
        [[flow.slot]]\nname='order'\ntype='order_number'\nask.en='?'\nask.zh='？'\n";
    const COLLECT: &str = "[[flow.step]]\ncollect=['order']\n";
    const CONFIRM: &str = "[[flow.step]]\nconfirm={en='Right?',zh='对吗？'}\n";
    const SAY: &str = "[[flow.step]]\nsay={en='Done.',zh='好了。'}\n";

    /// The kinds of what is found in a flow with these steps.
    fn found(steps: &str) -> Vec<FindingKind> {
        let folder = tempfile::tempdir().unwrap();
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/api/knowledge/shop.toml");
        std::fs::copy(own, folder.path().join("shop.toml")).unwrap();
        let text = format!("{ACTION}{FLOW}{steps}");
        std::fs::write(folder.path().join("f.toml"), text).unwrap();
        let catalog = Catalog::load(folder.path()).unwrap();
        let findings = weak(&catalog);
        for finding in &findings {
            assert!(finding.to_string().contains("f.toml:"), "{finding}");
        }
        findings.into_iter().map(|finding| finding.kind).collect()
    }

    #[test]
    fn what_is_weak_in_a_flow_is_told() {
        let call = |action: &str| format!("[[flow.step]]\ncall='{action}'\n");
        let (change, look) = (call("change"), call("look"));
        for (steps, expected) in [
            (format!("{COLLECT}{CONFIRM}{change}{SAY}"), vec![]),
            (format!("{COLLECT}{look}{SAY}"), vec![]),
            (format!("{COLLECT}{SAY}"), vec![FindingKind::UnusedSlot]),
            (format!("{COLLECT}[[flow.step]]\nhandoff=true\n"), vec![]),
            (format!("{COLLECT}{change}{SAY}"), vec![FindingKind::UnconfirmedCall]),
            (format!("{COLLECT}{look}"), vec![FindingKind::SilentEnd]),
        ] {
            assert_eq!(found(&steps), expected, "{steps}");
        }
    }

    #[test]
    fn what_is_shipped_is_not_weak() {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("intents");
        let findings = weak(&Catalog::load(&shipped).unwrap());
        assert_eq!(findings, [], "{findings:#?}");
    }
}
