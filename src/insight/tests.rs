//! Reports, from events to figures.

use std::time::Duration;

use crate::domain::{
    AgentId, ClientId, ConversationId, Event, EventBody, HandoffReason, Language, MessageText,
    Outcome, Seq, TextLimits, Timestamp, UrgencyLevel,
};
use crate::insight::facts::Facts;
use crate::insight::recent::Recent;
use crate::insight::report::{self, Waits};

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600 * SECOND;

fn text(words: &str) -> MessageText {
    MessageText::parse(words, TextLimits::default()).unwrap()
}

fn said(words: &str) -> EventBody {
    EventBody::said(text(words))
}

fn bot(outcome: Outcome) -> EventBody {
    let (text, language) = ("Hi".to_owned(), Language::En);
    EventBody::BotMessage {
        text,
        language,
        outcome,
        entry: None,
        choices: vec![],
        sources: vec![],
        reading: None,
    }
}

fn handed_over() -> EventBody {
    EventBody::HandoffRequested {
        reason: HandoffReason::Requested,
        urgency: UrgencyLevel::Normal,
        evidence: vec![],
        language: Language::En,
        card: None,
    }
}

fn wrote(agent: AgentId) -> EventBody {
    EventBody::AgentMessage {
        agent,
        name: "Ada".to_owned(),
        text: text("Hello"),
        attachments: vec![],
        quoted: None,
    }
}

fn resolved(agent: AgentId) -> EventBody {
    EventBody::Resolved { agent, name: "Ada".to_owned() }
}

fn events(bodies: Vec<(i64, EventBody)>) -> Vec<Event> {
    let numbered = bodies.into_iter().zip(1..);
    let event = |((at, body), seq)| {
        let client_id = ClientId::parse(format!("e-{seq}")).unwrap();
        Event { seq: Seq(seq), at: Timestamp(at), client_id, body }
    };
    numbered.map(event).collect()
}

#[test]
fn a_day_is_counted_by_hour_and_agent() {
    let ada = AgentId::random();
    let mut facts = Facts::default();
    let day = events(vec![
        (0, said("where is it")),
        (SECOND, bot(Outcome::Answered)),
        (2 * SECOND, said("and the other")),
        (3 * SECOND, bot(Outcome::Answered)),
        (4 * SECOND, handed_over()),
        (HOUR, wrote(ada)),
        (HOUR + SECOND, wrote(ada)),
        (HOUR + 2 * SECOND, resolved(ada)),
        (HOUR + 3 * SECOND, EventBody::Rated { score: 5, comment: None }),
        (HOUR + 4 * SECOND, said("one more thing")),
        (HOUR + 5 * SECOND, bot(Outcome::Fallback)),
    ]);
    facts.take(ConversationId::random(), &day, Timestamp(0));
    let hours = [Timestamp(0), Timestamp(HOUR)];
    let made = report::of(facts.between(Timestamp(0), Timestamp(2 * HOUR)), &hours);
    let total = &made.total;
    assert_eq!((total.begun, total.answered_by_bot), (2, 1), "it began again");
    assert_eq!((total.handed_over, total.resolved), (1, 1));
    let waited = u64::try_from(HOUR - 4 * SECOND).unwrap();
    let one = Waits { count: 1, median_ms: Some(waited), p90_ms: Some(waited) };
    assert_eq!(total.first_response, one);
    assert_eq!((total.csat.count, total.csat.average), (1, Some(5.0)));
    assert_eq!((made.hours[0].figures.begun, made.hours[1].figures.begun), (1, 1));
    assert_eq!(made.hours[0].figures.first_response, Waits::default());
    assert_eq!(made.hours[1].figures.first_response.count, 1);
    let (agent, figures) = &made.agents[0];
    assert_eq!((*agent, figures.messages, figures.resolved), (ada, 2, 1));
    assert_eq!((figures.first_response.count, figures.csat.count), (1, 1));
    // nobody waits before the hand-off, and what lies outside does not count
    let none = report::of(facts.between(Timestamp(2 * HOUR), Timestamp(3 * HOUR)), &[]);
    assert_eq!(none, report::Report::default());
}

#[test]
fn what_lies_before_the_days_says_only_where_a_conversation_stands() {
    let ada = AgentId::random();
    let conversation = ConversationId::random();
    let mut facts = Facts::default();
    let all = events(vec![(0, said("hi")), (SECOND, handed_over()), (HOUR, wrote(ada))]);
    facts.take(conversation, &all[..2], Timestamp(HOUR));
    assert!(facts.knows(conversation));
    facts.take(conversation, &all[2..], Timestamp(HOUR));
    let made = report::of(facts.between(Timestamp(0), Timestamp(2 * HOUR)), &[Timestamp(0)]);
    assert_eq!((made.total.begun, made.total.handed_over), (0, 0));
    assert_eq!(made.total.first_response.median_ms, Some(3_599_000));
    facts.forget(Timestamp(HOUR + 1));
    assert_eq!(facts.between(Timestamp(0), Timestamp(2 * HOUR)).count(), 0);
    assert!(!facts.knows(conversation), "where nothing happens, nothing is kept in mind");
}

#[test]
fn the_median_and_the_ninth_of_ten_are_waits_that_happened() {
    let ada = AgentId::random();
    let mut facts = Facts::default();
    for seconds in 1..=10 {
        let day = events(vec![(0, handed_over()), (seconds * SECOND, wrote(ada))]);
        facts.take(ConversationId::random(), &day, Timestamp(0));
    }
    let made = report::of(facts.between(Timestamp(0), Timestamp(HOUR)), &[]);
    let waits = Waits { count: 10, median_ms: Some(5_000), p90_ms: Some(9_000) };
    assert_eq!(made.total.first_response, waits);
}

#[test]
fn two_hundred_thousand_messages_are_no_burden() {
    let ada = AgentId::random();
    let mut facts = Facts::default();
    for minute in 0..20_000_i64 {
        let at = minute * 4 * SECOND;
        let bodies = (0..3).flat_map(|_| [said("where is it"), bot(Outcome::Answered)]);
        let rest = [handed_over(), wrote(ada), wrote(ada), resolved(ada)];
        let day = events(bodies.chain(rest).map(|body| (at, body)).collect());
        facts.take(ConversationId::random(), &day, Timestamp(0));
    }
    let hours: Vec<Timestamp> = (0..24).map(|hour| Timestamp(hour * HOUR)).collect();
    #[expect(clippy::disallowed_methods, reason = "it is the work that is timed")]
    let started = std::time::Instant::now();
    let made = report::of(facts.between(Timestamp(0), Timestamp(24 * HOUR)), &hours);
    let took = started.elapsed();
    assert_eq!((made.total.begun, made.agents[0].1.messages), (20_000, 40_000));
    assert!(took < Duration::from_millis(500), "{took:?}");
}

#[test]
fn what_was_asked_lately_is_there_once_and_what_was_erased_is_not() {
    let mut recent = Recent::default();
    let (first, second) = (ConversationId::random(), ConversationId::random());
    let asked = events(vec![(0, said("Where is it?")), (1, bot(Outcome::Answered))]);
    recent.take(first, &asked);
    // the answer stands in a later append
    let later = events(vec![(0, said("can I return it")), (1, bot(Outcome::Fallback))]);
    recent.take(second, &later[..1]);
    assert_eq!(recent.questions(10), ["Where is it?"]);
    recent.take(second, &later[1..]);
    recent.take(second, &events(vec![(0, said("where is it?")), (1, bot(Outcome::Answered))]));
    recent.take(second, &events(vec![(0, said("hello")), (1, bot(Outcome::Smalltalk))]));
    assert_eq!(recent.questions(10), ["where is it?", "can I return it"]);
    assert_eq!(recent.questions(1), ["where is it?"]);
    recent.take(second, &events(vec![(0, EventBody::Erased)]));
    assert_eq!(recent.questions(10), ["Where is it?"]);
}
