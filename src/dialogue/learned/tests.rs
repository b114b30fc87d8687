//! What a policy learns from turns, and how it is used.

use super::*;
use crate::catalog::{ByLanguage, Catalog, FaqEntry, Intent, IntentAct, Replies, Reply};
use crate::dialogue::{CostCase, Occasion, Strategy};
use crate::domain::{Answer, Costs, Outcome, Scored, Urgency, UrgencyLevel};
use std::sync::Arc;

fn both(text: &str) -> ByLanguage<String> {
    ByLanguage { en: text.to_owned(), zh: text.to_owned() }
}

fn catalog() -> Catalog {
    let entry = |id: &str| FaqEntry {
        id: id.to_owned(),
        question: both(&format!("{id}?")),
        answer: both(&format!("Answer of {id}.")),
        ..FaqEntry::default()
    };
    let thanks = Intent {
        name: "thanks".to_owned(),
        act: IntentAct::Smalltalk,
        reply: Some(both("Welcome!")),
        ..Intent::default()
    };
    let texts = Reply::ALL.map(|(reply, key)| (reply, both(key)));
    let replies = Replies { texts: texts.into_iter().collect() };
    let entries = ["a", "b", "c"].map(entry).to_vec();
    Catalog { intents: vec![thanks], entries, replies, ..Catalog::default() }
}

fn leaf(way: Way) -> Node {
    Node::Leaf(Leaf { way, turns: 30, costs: WayCosts::default() })
}

/// New customers are handed over, to others each way has its span of probabilities.
fn tree() -> Node {
    let below = |at, yes, no| {
        let test = Test::Below { number: Number::Likeliest, at };
        Node::Split(Box::new(Split { test, yes, no }))
    };
    let spans = below(0.3, leaf(Way::Clarify), below(0.6, leaf(Way::Suggest), leaf(Way::Answer)));
    let test = Test::Is { name: Name::Segment, value: "new".to_owned() };
    Node::Split(Box::new(Split { test, yes: leaf(Way::HandOff), no: spans }))
}

fn strategy() -> Strategy {
    let learned = LearnedPolicy { trained: Trained::default(), tree: tree() };
    Strategy { learned: Some(Arc::new(learned)), ..Strategy::of(Costs::default()) }
}

fn found(confidence: f32) -> Reading {
    let answer = |(id, confidence): (&str, f32)| Answer {
        id: id.to_owned(),
        confidence,
        ..Answer::default()
    };
    let answers = [("a", confidence), ("b", 0.1)].map(answer).to_vec();
    Reading { answers, in_scope: 1.0, ..Reading::default() }
}

fn decide(segment: Option<&str>, choice: Option<&str>, reading: &Reading) -> Vec<Action> {
    let (catalog, strategy) = (catalog(), strategy());
    let occasion = Occasion { segment, strategy: Some(&strategy), ..Occasion::default() };
    let thresholds = strategy.usual;
    let policy = Policy { catalog: &catalog, thresholds, opens: None, occasion };
    policy.decide(&State::default(), Message { text: "x", choice }, reading)
}

#[test]
fn the_tree_chooses_whatever_the_thresholds_say() {
    let way = |segment, confidence| Way::of(&decide(segment, None, &found(confidence)));
    assert_eq!(way(None, 0.65), Some(Way::Answer), "below answer_at");
    assert_eq!(way(None, 0.55), Some(Way::Suggest));
    assert_eq!(way(None, 0.2), Some(Way::Clarify), "below offer_at");
    assert_eq!(way(Some("new"), 0.99), Some(Way::HandOff));
    assert!(matches!(
        decide(Some("new"), None, &found(0.99)).as_slice(),
        [Action::Say { .. }, Action::Handoff { reason: HandoffReason::NotUnderstood, .. }]
    ));
}

#[test]
fn danger_people_buttons_and_small_talk_stay_with_the_rules() {
    let new = Some("new");
    let reason = |actions: &[Action]| {
        actions.iter().find_map(|action| match action {
            Action::Handoff { reason, .. } => Some(*reason),
            _ => None,
        })
    };
    let wants = Reading { wants_human: true, ..found(0.9) };
    assert_eq!(reason(&decide(new, None, &wants)), Some(HandoffReason::Requested));
    let urgency = Urgency { level: UrgencyLevel::Urgent, confidence: 0.9, evidence: vec![] };
    let danger = Reading { urgency, ..found(0.9) };
    assert_eq!(reason(&decide(None, None, &danger)), Some(HandoffReason::Urgent));
    assert_eq!(Way::of(&decide(new, Some("faq:b"), &found(0.9))), Some(Way::Answer));
    let intent = Some(Scored { name: "thanks".to_owned(), confidence: 0.9 });
    let thanks = Reading { intent, ..found(0.2) };
    let actions = decide(new, None, &thanks);
    let is_smalltalk =
        |action: &Action| matches!(action, Action::Say { outcome: Outcome::Smalltalk, .. });
    assert!(actions.iter().any(is_smalltalk), "{actions:?}");
}

#[test]
fn a_choice_is_open_only_where_the_rules_weigh() {
    let catalog = catalog();
    let strategy = Strategy {
        cases: vec![CostCase { segment: None, urgency: None, costs: Costs::default() }],
        ..Strategy::of(Costs::default())
    };
    let occasion = Occasion { strategy: Some(&strategy), ..Occasion::default() };
    let policy = Policy { catalog: &catalog, thresholds: strategy.usual, opens: None, occasion };
    let (state, message) = (State::default(), Message { text: "x", choice: None });
    let reading = found(0.8);
    let open = policy.open_choice(&state, message, &reading).unwrap();
    assert_eq!(open.rules, Way::Answer);
    assert_eq!(open.features.name(Name::Entry), Some("a"));
    assert_eq!(open.features.name(Name::Segment), None);
    assert!((open.features.number(Number::Next) - 0.1).abs() < 1e-6);
    let unknown = Reading::default();
    assert_eq!(policy.open_choice(&state, message, &unknown).unwrap().rules, Way::HandOff);
    let wants = Reading { wants_human: true, ..found(0.9) };
    assert_eq!(policy.open_choice(&state, message, &wants), None);
    let waiting = State { status: Status::Waiting, ..State::default() };
    assert_eq!(policy.open_choice(&waiting, message, &reading), None);
}

#[test]
fn a_file_is_read_as_it_was_written_and_what_was_changed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.json");
    let learned = LearnedPolicy { trained: Trained::default(), tree: tree() };
    std::fs::write(&file, learned.text()).unwrap();
    assert_eq!(LearnedPolicy::read(&file).unwrap(), learned);
    let told = |from: &str, to: &str| {
        let text = learned.text();
        assert!(text.contains(from), "{from}: {text}");
        std::fs::write(&file, text.replacen(from, to, 1)).unwrap();
        LearnedPolicy::read(&file).unwrap_err().to_string()
    };
    assert!(told("\"hand_off\"", "\"answer\"").contains("`checksum` does not fit"));
    assert!(told("\"segment\",", "\"shoe_size\",").contains("nothing is known of `shoe_size`"));
    assert!(told("policy 1", "policy 9").contains("policy 9"));
    let unknown = told("\"number\": \"likeliest\"", "\"number\": \"luck\"");
    assert!(unknown.contains("policy.json: `tree.split") && unknown.contains("luck"), "{unknown}");
    std::fs::remove_file(&file).unwrap();
    assert!(LearnedPolicy::read(&file).unwrap_err().to_string().contains("policy.json"));
}

#[test]
fn whatever_turns_cost_the_file_can_be_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("policy.json");
    for turns in 1..500 {
        let part = f64::from(turns) / 499.0;
        let costs = WayCosts { answer: 7.0 * part, clarify: part / 3.0, ..WayCosts::default() };
        let tree = Node::Leaf(Leaf { way: Way::Answer, turns: 30, costs });
        let text = LearnedPolicy { trained: Trained::default(), tree }.text();
        std::fs::write(&file, &text).unwrap();
        assert_eq!(LearnedPolicy::read(&file).unwrap().text(), text);
    }
}
