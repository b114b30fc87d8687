//! A follow-up that a language model asked in full: when that is wanted, and what may come of it. The
//! question stands for the customer's message in one thing only, the search for an entry: what the message
//! wants, names or presses for is read from the customer's own words, and nothing but the answer of an entry
//! of which the bot is sure may come of it.

use crate::conversation::{Knowledge, rehearse};
use crate::dialogue::{Message, Policy, State, Status};
use crate::domain::{Action, Answer, Outcome, Reading};
use crate::generation::FollowUp;
use crate::understanding::Topic;

/// The customer's latest messages with which a follow-up is read.
const EARLIER: usize = 3;

/// What a model would be told to ask a message in full; nothing for a message that leans on nothing, or
/// about which the bot knows what to do. `actions` are what it does without.
pub fn wanted(
    knowledge: &Knowledge,
    state: &State,
    message: Message<'_>,
    (reading, actions): (&Reading, &[Action]),
) -> Option<FollowUp> {
    let is_plain = message.choice.is_none() && reading.questions.is_empty();
    if state.status != Status::Bot || state.task.is_some() || !is_plain || !is_unsure(actions) {
        return None;
    }
    let title = match rehearse::topic(&knowledge.catalog, state)? {
        // to a question back one answers, in however many words
        Topic::Open(_) => None,
        _ if !knowledge.understanding.may_lean(message.text) => return None,
        Topic::Answered(title) => Some(title),
        Topic::Beside { .. } => None,
    };
    let earlier = state.memory.earlier();
    let skipped = earlier.len().saturating_sub(EARLIER);
    Some(FollowUp {
        message: message.text.to_owned(),
        earlier: earlier.iter().skip(skipped).cloned().collect(),
        title,
        language: state.language.unwrap_or(reading.language),
    })
}

/// Whether the bot asks back, does not know, or doubts its answer, and does nothing else.
pub fn is_unsure(actions: &[Action]) -> bool {
    match actions {
        [
            Action::Say { outcome: Outcome::Clarified, entry: None, .. }
            | Action::Say { outcome: Outcome::Fallback, .. },
        ] => true,
        [said @ Action::Say { outcome: Outcome::Answered, entry: Some(_), .. }] => !is_sure(said),
        _ => false,
    }
}

/// What the bot does about a message for which a model's `question` was read, and how it read the message
/// then; nothing where it is not sure, or would do more than answer.
pub fn answered(
    policy: &Policy<'_>,
    (state, message): (&State, Message<'_>),
    reading: &Reading,
    (question, answers): (String, Vec<Answer>),
) -> Option<(Vec<Action>, Reading)> {
    let best = answers.first().filter(|best| best.confidence >= policy.thresholds.answer_at)?;
    let found = best.id.clone();
    let reading = Reading { answers, asked_in_full: Some(question), ..reading.clone() };
    let actions = policy.decide(state, message, &reading);
    match actions.as_slice() {
        [said @ Action::Say { outcome: Outcome::Answered, entry: Some(entry), .. }]
            if *entry == found && is_sure(said) =>
        {
            Some((actions, reading))
        }
        _ => None,
    }
}

/// Whether nothing else is offered beside an answer: other questions stand below what is in doubt.
fn is_sure(said: &Action) -> bool {
    match said {
        Action::Say { choices, .. } => choices.iter().all(|choice| choice.id.starts_with("task:")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{ByLanguage, Catalog, FaqEntry};
    use crate::dialogue::{Occasion, Thresholds};
    use crate::domain::{Urgency, UrgencyLevel};

    fn found(answers: &[(&str, f32)]) -> Vec<Answer> {
        let answer = |(id, confidence): &(&str, f32)| Answer {
            id: (*id).to_owned(),
            confidence: *confidence,
            ..Answer::default()
        };
        answers.iter().map(answer).collect()
    }

    fn catalog() -> Catalog {
        let entry = |id: &str| FaqEntry {
            id: id.to_owned(),
            question: ByLanguage { en: format!("{id}?"), zh: String::new() },
            answer: ByLanguage { en: format!("Answer of {id}."), zh: String::new() },
            ..FaqEntry::default()
        };
        Catalog { entries: ["a", "b"].map(entry).to_vec(), ..Catalog::default() }
    }

    fn policy(catalog: &Catalog) -> Policy<'_> {
        let thresholds = Thresholds::EXAMPLE;
        Policy { catalog, thresholds, opens: None, occasion: Occasion::default() }
    }

    #[test]
    fn only_the_sure_answer_of_an_entry_comes_of_a_full_question() {
        let catalog = catalog();
        let policy = policy(&catalog);
        let (state, message) = (State::default(), Message { text: "and those?", choice: None });
        let read = |reading: &Reading, answers: &[(&str, f32)]| {
            answered(&policy, (&state, message), reading, ("b?".to_owned(), found(answers)))
        };
        let plain = Reading { answers: found(&[("a", 0.3)]), ..Reading::default() };
        assert!(is_unsure(&policy.decide(&state, message, &plain)));
        let (actions, reading) = read(&plain, &[("b", 0.9)]).unwrap();
        let [Action::Say { text, entry, outcome, .. }] = actions.as_slice() else { panic!() };
        assert_eq!((text.as_str(), entry.as_deref()), ("Answer of b.", Some("b")));
        assert_eq!(*outcome, Outcome::Answered);
        assert_eq!(reading.asked_in_full.as_deref(), Some("b?"));
        assert!(!is_unsure(&actions));
        for answers in [&[("b", 0.6)][..], &[("gone", 0.9)], &[]] {
            assert!(read(&plain, answers).is_none(), "{answers:?}");
        }
        // what the customer's own words say goes first
        let urgency = Urgency { level: UrgencyLevel::Urgent, confidence: 0.9, evidence: vec![] };
        for own in [
            Reading { wants_human: true, ..Reading::default() },
            Reading { urgency, ..Reading::default() },
        ] {
            assert!(!is_unsure(&policy.decide(&state, message, &own)));
            assert!(read(&own, &[("b", 0.9)]).is_none());
        }
    }
}
