//! What came of a turn, from the events after it: what the customer did next, whether a person had to
//! help, and how it was rated. Where the record does not tell, nothing is concluded.

use std::collections::HashMap;

use crate::dialogue::learned::Way;
use crate::domain::{Event, EventBody, HandoffReason, Outcome, Seq};
use crate::replay::learning::Proved;

/// Ratings from here on are good ones, and those up to the other are bad.
const BAD_RATING: u8 = 2;

/// What the record tells of a turn.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Told {
    /// What the bot did.
    pub(super) did: Way,
    /// The entry that it gave.
    entry: Option<String>,
    came: Came,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq)]
enum Came {
    /// What the bot gave helped.
    Helped,
    /// What the bot gave, or offered, did not help.
    Failed,
    /// The customer pressed the button of an entry.
    Chose(String),
    /// A person helped.
    ByPerson,
}

impl Told {
    /// What would have helped, where the likeliest entry is `likeliest` now. Nothing where the bot gave
    /// another entry then, of which only that can be told.
    pub(super) fn proved(&self, likeliest: Option<&str>) -> Option<Proved> {
        let gave_it = self.entry.as_deref().is_none_or(|entry| Some(entry) == likeliest);
        match &self.came {
            Came::Helped if gave_it => Some(Proved::Likeliest),
            Came::Chose(entry) if Some(entry.as_str()) == likeliest => Some(Proved::Likeliest),
            Came::Helped | Came::Chose(_) => Some(Proved::Other),
            Came::Failed if !gave_it => None,
            Came::Failed | Came::ByPerson => Some(Proved::Person),
        }
    }
}

/// What the record tells of the turn that answered the message at `seq`.
pub(super) fn told(
    events: &[Event],
    seq: Seq,
    answers: &HashMap<Seq, Vec<&EventBody>>,
) -> Option<Told> {
    let (outcome, entry, choices) = answers.get(&seq)?.iter().find_map(|body| match body {
        EventBody::BotMessage { outcome, entry, choices, .. } => Some((*outcome, entry, choices)),
        _ => None,
    })?;
    let did = Way::said(outcome, choices)?;
    let after = after(events, seq, answers);
    let came = match did {
        Way::Answer | Way::Suggest => after_answer(&after)?,
        Way::Clarify => match after.next? {
            Next::Chose(entry) => Came::Chose(entry),
            Next::None | Next::Person => Came::Failed,
            Next::Chatted | Next::Asked => return None,
        },
        Way::HandOff => after.person_wrote.then_some(Came::ByPerson)?,
    };
    Some(Told { did, entry: entry.clone(), came })
}

fn after_answer(after: &After) -> Option<Came> {
    let is_bad = after.rating.is_some_and(|score| score <= BAD_RATING);
    match &after.next {
        Some(Next::Chose(entry)) => Some(Came::Chose(entry.clone())),
        Some(Next::None | Next::Person) => Some(Came::Failed),
        // of another question nothing can be told about this one
        Some(Next::Asked) => None,
        None | Some(Next::Chatted) if is_bad => Some(Came::Failed),
        None | Some(Next::Chatted) => Some(Came::Helped),
    }
}

/// What happened after a turn, until the conversation was ended.
#[derive(Default)]
struct After {
    next: Option<Next>,
    /// Whether a person wrote before the customer left the queue.
    person_wrote: bool,
    /// The rating, where no person had a part in it.
    rating: Option<u8>,
}

/// What the customer did next.
enum Next {
    /// Pressed an entry's button.
    Chose(String),
    /// Pressed "none of these".
    None,
    /// Wanted a person.
    Person,
    /// Thanked, or said goodbye.
    Chatted,
    /// Asked something.
    Asked,
}

fn after(events: &[Event], seq: Seq, answers: &HashMap<Seq, Vec<&EventBody>>) -> After {
    let mut after = After::default();
    let own = format!("bot/{}/", seq.0);
    let later = events.iter().filter(|event| event.seq > seq);
    for event in later {
        match &event.body {
            EventBody::VisitorMessage { choice, .. } if after.next.is_none() => {
                let answered = answers.get(&event.seq).map(Vec::as_slice).unwrap_or_default();
                after.next = Some(next(choice.as_deref(), answered));
            }
            EventBody::HandoffRequested { reason, .. }
                if after.next.is_none()
                    && *reason == HandoffReason::Requested
                    && !event.client_id.as_str().starts_with(&own) =>
            {
                after.next = Some(Next::Person);
            }
            EventBody::AgentMessage { .. } => after.person_wrote = true,
            EventBody::Rated { score, .. } if !after.person_wrote => after.rating = Some(*score),
            EventBody::LeftQueue | EventBody::Resolved { .. } | EventBody::Erased => break,
            _ => {}
        }
    }
    after
}

fn next(choice: Option<&str>, answered: &[&EventBody]) -> Next {
    match choice {
        Some("none") => return Next::None,
        Some("human") => return Next::Person,
        Some(choice) => {
            if let Some(entry) = choice.strip_prefix("faq:") {
                return Next::Chose(entry.to_owned());
            }
        }
        None => {}
    }
    let wanted = answered.iter().any(|body| {
        matches!(body, EventBody::HandoffRequested { reason: HandoffReason::Requested, .. })
    });
    let chatted = answered
        .iter()
        .any(|body| matches!(body, EventBody::BotMessage { outcome: Outcome::Smalltalk, .. }));
    match (wanted, chatted) {
        (true, _) => Next::Person,
        (false, true) => Next::Chatted,
        (false, false) => Next::Asked,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        AgentId, Choice, ClientId, Language, MessageText, TextLimits, Timestamp, UrgencyLevel,
    };
    use crate::replay::recorded::answers;

    fn says(choice: Option<&str>) -> (String, EventBody) {
        let text = MessageText::parse("words", TextLimits::default()).unwrap();
        let choice = choice.map(str::to_owned);
        let body = EventBody::VisitorMessage { text, choice, attachments: vec![], language: None };
        ("c".to_owned(), body)
    }

    fn bot(
        seq: u64,
        outcome: Outcome,
        entry: Option<&str>,
        buttons: &[&str],
    ) -> (String, EventBody) {
        let choice = |id: &&str| Choice { id: (*id).to_owned(), label: String::new() };
        let body = EventBody::BotMessage {
            text: "words".to_owned(),
            language: Language::En,
            outcome,
            entry: entry.map(str::to_owned),
            choices: buttons.iter().map(choice).collect(),
            sources: vec![],
            reading: None,
        };
        (format!("bot/{seq}/0"), body)
    }

    fn fetched(id: &str, reason: HandoffReason) -> (String, EventBody) {
        let body = EventBody::HandoffRequested {
            reason,
            urgency: UrgencyLevel::Normal,
            evidence: vec![],
            language: Language::En,
            card: None,
        };
        (id.to_owned(), body)
    }

    fn agent() -> (String, EventBody) {
        let text = MessageText::parse("words", TextLimits::default()).unwrap();
        let (agent, name) = (AgentId::random(), "Mina".to_owned());
        (
            "a".to_owned(),
            EventBody::AgentMessage { agent, name, text, attachments: vec![], quoted: None },
        )
    }

    fn rated(score: u8) -> (String, EventBody) {
        ("r".to_owned(), EventBody::Rated { score, comment: None })
    }

    fn proved(bodies: Vec<(String, EventBody)>) -> Option<Proved> {
        let events: Vec<Event> = (1..)
            .zip(bodies)
            .map(|(seq, (id, body))| {
                let client_id = ClientId::parse(&id).unwrap();
                Event { seq: Seq(seq), at: Timestamp(0), client_id, body }
            })
            .collect();
        told(&events, Seq(1), &answers(&events))?.proved(Some("a"))
    }

    #[test]
    fn what_the_customer_did_next_tells_what_would_have_helped() {
        use Outcome::{Answered, Clarified, Smalltalk};
        let answered = || vec![says(None), bot(1, Answered, Some("a"), &[])];
        let and = |more: Vec<(String, EventBody)>| proved([answered(), more].concat());
        assert_eq!(and(vec![]), Some(Proved::Likeliest));
        assert_eq!(and(vec![rated(5)]), Some(Proved::Likeliest));
        assert_eq!(and(vec![rated(1)]), Some(Proved::Person));
        assert_eq!(and(vec![says(None), bot(3, Smalltalk, None, &[])]), Some(Proved::Likeliest));
        assert_eq!(and(vec![fetched("x", HandoffReason::Requested)]), Some(Proved::Person));
        let typed = vec![says(None), fetched("bot/3/1", HandoffReason::Requested)];
        assert_eq!(and(typed), Some(Proved::Person));
        assert_eq!(and(vec![says(None), bot(3, Answered, Some("b"), &[])]), None, "it goes on");
        let with_agent = vec![fetched("x", HandoffReason::Requested), agent(), rated(5)];
        assert_eq!(and(with_agent), Some(Proved::Person), "the agent was rated");
        let clarified = || vec![says(None), bot(1, Clarified, None, &["faq:a", "faq:b", "none"])];
        let and = |more: Vec<(String, EventBody)>| proved([clarified(), more].concat());
        assert_eq!(and(vec![says(Some("faq:a"))]), Some(Proved::Likeliest));
        assert_eq!(and(vec![says(Some("faq:b"))]), Some(Proved::Other));
        assert_eq!(and(vec![says(Some("none"))]), Some(Proved::Person));
        assert_eq!(and(vec![]), None, "nobody knows");
    }

    #[test]
    fn a_hand_off_was_right_where_a_person_wrote() {
        let handed = || {
            let words = bot(1, Outcome::HandedOff, None, &[]);
            vec![says(None), words, fetched("bot/1/1", HandoffReason::NotUnderstood)]
        };
        assert_eq!(proved([handed(), vec![agent()]].concat()), Some(Proved::Person));
        let left = ("l".to_owned(), EventBody::LeftQueue);
        assert_eq!(proved([handed(), vec![left, agent()]].concat()), None);
        assert_eq!(proved(vec![says(None)]), None, "nobody answered");
    }

    #[test]
    fn of_an_entry_that_is_not_the_likeliest_any_more_only_its_success_is_told() {
        let other = || vec![says(None), bot(1, Outcome::Answered, Some("b"), &[])];
        assert_eq!(proved(other()), Some(Proved::Other));
        assert_eq!(proved([other(), vec![rated(1)]].concat()), None);
    }
}
