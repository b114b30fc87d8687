//! Whether an answer was the right one: a customer says that it was not, or asks the same again. The
//! same text a second time would help nobody, so the next questions are offered, and then a person.

use std::borrow::Cow;

use crate::catalog::{Catalog, Reply};
use crate::dialogue::decide::{Sure, Turn};
use crate::dialogue::likeness::likeness;
use crate::dialogue::{Message, State};
use crate::domain::{Action, Answer, HandoffReason, Missed, Outcome, Reading, Scored};

/// From which likeness on two messages ask the same.
pub(super) const SAME_AT: f32 = 0.6;
/// What the probability of an entry still counts in a conversation in which it was not the answer.
const COUNTS: f32 = 0.4;
/// Questions that are offered in place of an answer.
const OFFERED: usize = 3;
/// A part of a message with fewer Han characters, or half as many words, asks nothing of its own.
const LEAST: usize = 5;

/// What says that an answer was not what was asked, wherever it stands.
const MISSES: &str = "not what i asked|wasn't my question|was not my question|not my question|not what i meant|\
    not what i mean|didn't answer my|did not answer my|doesn't answer my|does not answer my|not answering my|\
    you already told me|you told me that already|already told me that|you already said|you said that already|\
    you keep saying|keep repeating|same answer again|stop repeating|that's not the answer|not an answer to|\
    didn't ask that|did not ask that|never asked that|\
    答非所问|不是我问的|不是我要问的|不是我想问的|我问的不是|没问这个|不是问这个|没回答我|没有回答我|不是这个意思|你说过了|你刚说过|\
    刚才说过了|已经说过了|又是这句|别重复|不要重复|重复回答|答的不对|回答不对|回答错了";
/// The same, where it is the whole message: of a thing, it would say something else.
const MISSES_ALONE: &str = "that doesn't help|that does not help|this doesn't help|it doesn't help|doesn't help|does not help|\
    that didn't help|that did not help|it does not help|didn't help|not helpful|that's not helpful|no help|\
    useless|wrong answer|that's wrong|not that|that's not it|no that's not it|not this|that is not it|\
    没用|没有用|没帮助|没有帮助|不管用|帮不上忙|帮不了我|不是这个|不是这个问题|没解决|没有解决|看不懂|说的什么";

/// What a message says of the answer before it, if it says that it was not what was asked: with its
/// words, or by "none of these" below it.
pub fn missed(state: &State, message: Message<'_>) -> Option<Missed> {
    let given = state.memory.given()?;
    let says = match message.choice {
        Some(choice) => choice == "none",
        None => complaint(message.text).is_some(),
    };
    says.then(|| given.clone())
}

/// What a message asks beside the complaint that an answer was none; nothing without a complaint.
fn complaint(text: &str) -> Option<Vec<String>> {
    let lower = text.to_lowercase().replace('\u{2019}', "'");
    let is_edge = |c: char| ".!?,;\n。！？，；…".contains(c);
    let parts: Vec<&str> =
        lower.split(is_edge).map(str::trim).filter(|part| !part.is_empty()).collect();
    let misses = |part: &&str| MISSES.split('|').any(|words| part.contains(words));
    let alone = |part: &&str| MISSES_ALONE.split('|').any(|words| *part == words);
    let is_small = |part: &&str| {
        let length = |word: &str| {
            let han = word.chars().filter(|c| ('\u{3400}'..='\u{9fff}').contains(c)).count();
            if han > 0 { han } else { 2 }
        };
        part.split_whitespace().map(length).sum::<usize>() < LEAST
    };
    let whole = parts.iter().all(|part| misses(part) || alone(part) || is_small(part));
    let complains = parts.iter().any(misses) || (whole && parts.iter().any(alone));
    let rest = parts.iter().filter(|part| !misses(part) && !alone(part) && !is_small(part));
    complains.then(|| rest.map(|part| (*part).to_owned()).collect())
}

/// The reading as it counts in a conversation in which some answers were not what was asked.
pub(super) fn lowered<'a>(
    catalog: &Catalog,
    state: &State,
    message: Message<'_>,
    reading: &'a Reading,
) -> Cow<'a, Reading> {
    let now = missed(state, message);
    let rejected = state.memory.rejected().iter().chain(&now);
    let rejected: Vec<(&str, f32)> =
        rejected.map(|missed| (missed.entry.as_str(), COUNTS)).collect();
    if rejected.is_empty() {
        return Cow::Borrowed(reading);
    }
    let mut lowered = reading.clone();
    lower(catalog, &rejected, &mut lowered);
    Cow::Owned(lowered)
}

/// Lets the probabilities of entries count by a factor, of the search as of the intents that they
/// belong to; for all of the questions that a message asks.
pub fn lower(catalog: &Catalog, factors: &[(&str, f32)], reading: &mut Reading) {
    let factor =
        |entry: &str| factors.iter().find(|(id, _)| *id == entry).map(|(_, factor)| factor);
    for Answer { id, confidence, .. } in &mut reading.answers {
        *confidence *= factor(id).unwrap_or(&1.0);
    }
    reading.answers.sort_by(|a, b| b.confidence.total_cmp(&a.confidence));
    for Scored { name, confidence } in reading.intent.iter_mut().chain(&mut reading.alternatives) {
        let intent = catalog.intents.iter().find(|intent| intent.name == *name);
        let entry = intent.and_then(|intent| intent.entry.as_deref());
        *confidence *= entry.and_then(factor).unwrap_or(&1.0);
    }
    for question in &mut reading.questions {
        lower(catalog, factors, &mut question.reading);
    }
}

impl Turn<'_> {
    /// What is done when the answer before was not what was asked, or when the same is asked again.
    pub(super) fn again(&self) -> Option<Vec<Action>> {
        if let Some(missed) = missed(self.state, self.message) {
            return self.not_that(&missed);
        }
        if self.message.choice.is_some() {
            return None;
        }
        let memory = &self.state.memory;
        let text = self.message.text;
        let asks_again = |missed: &Missed| likeness(&missed.question, text) >= SAME_AT;
        if memory.rejected().iter().any(asks_again) {
            return Some(self.hand_off(HandoffReason::NotUnderstood, Reply::FallbackSecond));
        }
        if self.triggered().is_some() {
            return None;
        }
        let given = memory.given()?;
        let sure = self.sure_entry().filter(|sure| *sure == given.entry)?;
        if asks_again(given) {
            return Some(self.instead_of(given, Reply::AskedAgain, Some(sure)));
        }
        self.the_same_answer(sure)
    }

    /// The customer said that an answer was none: another one that is sure, what else may be meant, or
    /// the second time a person.
    fn not_that(&self, missed: &Missed) -> Option<Vec<Action>> {
        // below the button stand the usual words
        let rest = complaint(self.message.text).filter(|_| self.message.choice.is_none())?;
        let is_new = !rest.is_empty() && self.sure_entry().is_some_and(|id| id != missed.entry);
        if is_new {
            return None;
        }
        if self.is_grave() || !self.state.memory.rejected().is_empty() {
            return Some(self.hand_off(HandoffReason::NotUnderstood, Reply::FallbackSecond));
        }
        Some(self.instead_of(missed, Reply::AnswerMissed, None))
    }

    /// The next questions as buttons in place of an answer, and a person.
    fn instead_of(&self, given: &Missed, words: Reply, again: Option<&str>) -> Vec<Action> {
        let mut likely: Vec<&str> = self.likely_entries().into_iter().map(|(id, _)| id).collect();
        if again.is_none() {
            likely = self.state.memory.likely();
        }
        likely.retain(|id| *id != given.entry);
        let mut choices: Vec<_> =
            likely.into_iter().filter_map(|id| self.question_button(id)).take(OFFERED).collect();
        choices.push(self.button("human", Reply::LabelHuman));
        vec![Action::Say {
            text: self.own_words(words),
            language: self.language,
            outcome: Outcome::Clarified,
            entry: again.map(str::to_owned),
            choices,
        }]
    }

    /// The answer that was given just now, to another question: it says so, and what else may be meant.
    fn the_same_answer(&self, id: &str) -> Option<Vec<Action>> {
        let (entry, answer) = self.entry(id)?;
        let first = self.own_words(Reply::SameAnswer);
        let likely = self.likely_entries().into_iter().filter(|(other, _)| *other != id).collect();
        let mut choices = self.offer(likely, 1);
        choices.retain(|choice| choice.id != "none");
        choices.push(self.button("human", Reply::LabelHuman));
        let (entry, language) = (Some(entry.id.clone()), self.language);
        let text = format!("{first}\n\n{answer}");
        let outcome = Outcome::Answered;
        Some(self.offered(vec![Action::Say { text, language, outcome, entry, choices }]))
    }

    /// The entry that surely answers.
    fn sure_entry(&self) -> Option<&str> {
        match self.sure()? {
            Sure::Intent(intent) => intent.entry.as_deref(),
            Sure::Entry(id) => Some(id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{ByLanguage, FaqEntry, Intent};
    use crate::dialogue::{Occasion, Policy, Thresholds};
    use crate::domain::{ClientId, Event, EventBody, Language, MessageText, ReadingSummary};
    use crate::domain::{TextLimits, Timestamp, Urgency};

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
        let intent =
            Intent { name: "track".to_owned(), entry: Some("a".to_owned()), ..Intent::default() };
        let entries = ["a", "b", "c"].map(entry).to_vec();
        Catalog { entries, intents: vec![intent], ..Catalog::default() }
    }

    /// A conversation, and what the bot says in it.
    #[derive(Default)]
    struct Talk(State);

    impl Talk {
        fn happen(&mut self, body: EventBody) {
            let seq = self.0.last.next();
            let client_id = ClientId::of_bot_turn(seq, 0);
            self.0.apply(&Event { seq, at: Timestamp(0), client_id, body });
        }

        /// The customer says `text`; entries by their probabilities. Outcome, entry, words and buttons.
        fn say(
            &mut self,
            text: &str,
            answers: &[(&str, f32)],
        ) -> (Outcome, Option<String>, String) {
            self.act(text, None, answers)
        }

        fn act(
            &mut self,
            text: &str,
            choice: Option<&str>,
            answers: &[(&str, f32)],
        ) -> (Outcome, Option<String>, String) {
            let words = MessageText::parse(text, TextLimits::default()).unwrap();
            self.happen(EventBody::VisitorMessage {
                text: words,
                choice: choice.map(str::to_owned),
                attachments: vec![],
                language: None,
            });
            let answer = |(id, confidence): &(&str, f32)| Answer {
                id: (*id).to_owned(),
                confidence: *confidence,
                ..Answer::default()
            };
            let reading =
                Reading { answers: answers.iter().map(answer).collect(), ..Reading::default() };
            let thresholds = Thresholds::EXAMPLE;
            let catalog = catalog();
            let (opens, occasion) = (None, Occasion::default());
            let policy = Policy { catalog: &catalog, thresholds, opens, occasion };
            let message = Message { text, choice };
            let missed = missed(&self.0, message);
            let actions = policy.decide(&self.0, message, &reading);
            let mut came = None;
            for (place, action) in actions.into_iter().enumerate() {
                match action {
                    Action::Say { text, outcome, entry, choices, .. } => {
                        let summary = summary(answers, missed.clone());
                        let buttons: Vec<&str> =
                            choices.iter().map(|choice| choice.id.as_str()).collect();
                        let told = format!("{text} [{}]", buttons.join(" "));
                        came.get_or_insert((outcome, entry.clone(), told));
                        self.happen(EventBody::BotMessage {
                            text,
                            language: Language::En,
                            outcome,
                            entry,
                            choices,
                            sources: vec![],
                            reading: (place == 0).then_some(summary),
                        });
                    }
                    Action::Handoff { reason, language, .. } => {
                        self.happen(EventBody::HandoffRequested {
                            reason,
                            urgency: crate::domain::UrgencyLevel::Normal,
                            evidence: vec![],
                            language,
                            card: None,
                        });
                    }
                    Action::Task(_) => {}
                }
            }
            came.unwrap()
        }
    }

    fn summary(answers: &[(&str, f32)], missed: Option<Missed>) -> ReadingSummary {
        let scored = |(id, confidence): &(&str, f32)| Scored {
            name: (*id).to_owned(),
            confidence: *confidence,
        };
        ReadingSummary {
            asked_in_full: None,
            intent: None,
            alternatives: vec![],
            category: None,
            urgency: Urgency::default(),
            sentiment: None,
            answers: answers.iter().map(scored).collect(),
            entities: vec![],
            arm: None,
            missed,
        }
    }

    const SURE: [(&str, f32); 3] = [("a", 0.9), ("b", 0.05), ("c", 0.03)];

    #[test]
    fn who_asks_the_same_again_is_offered_the_next_questions_and_then_a_person() {
        let mut talk = Talk::default();
        assert_eq!(talk.say("where is my parcel", &SURE).2, "Answer of a. []");
        let (outcome, entry, told) = talk.say("Where is my parcel???", &SURE);
        assert_eq!((outcome, entry.as_deref()), (Outcome::Clarified, Some("a")));
        assert!(told.contains("[faq:b faq:c human]") && !told.contains("Answer of a"), "{told}");
        let (outcome, ..) = talk.say("where's my parcel", &SURE);
        assert_eq!(outcome, Outcome::HandedOff);
    }

    #[test]
    fn the_same_answer_to_another_question_says_that_it_is_the_same() {
        let mut talk = Talk::default();
        talk.say("can I pay bit by bit", &SURE);
        let (outcome, entry, told) = talk.say("what would six months cost me", &SURE);
        assert_eq!((outcome, entry.as_deref()), (Outcome::Answered, Some("a")));
        assert!(told.contains("Answer of a.") && told.ends_with("human]"), "{told}");
        assert!(!told.starts_with("Answer of a."), "{told}");
        // with something else in between it is an answer like any other
        talk.say("how do I return it", &[("b", 0.9)]);
        assert_eq!(talk.say("and the six months", &SURE).2, "Answer of a. []");
    }

    #[test]
    fn an_answer_that_was_none_is_not_given_again() {
        for words in
            ["That's not what I asked.", "no, you already told me that", "答非所问！", "没用"]
        {
            let mut talk = Talk::default();
            talk.say("where is my parcel", &SURE);
            let (outcome, _, told) = talk.say(words, &[("c", 0.8), ("a", 0.1)]);
            assert_eq!(outcome, Outcome::Clarified, "{words}");
            assert!(told.contains("[faq:b faq:c human]"), "{words}: {told}");
            // the same in other words: it is offered, and not said again
            let (outcome, _, told) = talk.say("how can I see what became of the package", &SURE);
            assert_eq!(outcome, Outcome::Clarified, "{words}");
            assert!(told.contains("faq:a") && !told.contains("Answer of"), "{words}: {told}");
        }
    }

    #[test]
    fn a_complaint_with_another_question_is_answered_and_a_second_one_fetches_a_person() {
        let mut talk = Talk::default();
        talk.say("where is my parcel", &SURE);
        let other = "that's not what I asked, how do I pay for the second parcel";
        assert_eq!(talk.say(other, &[("c", 0.9)]).2, "Answer of c. []");
        let (outcome, ..) = talk.say("not what I asked either", &[("c", 0.9)]);
        assert_eq!(outcome, Outcome::HandedOff);
    }

    #[test]
    fn only_what_was_given_just_now_can_be_missed() {
        let mut talk = Talk::default();
        let nothing = Message { text: "that's not what I asked", choice: None };
        assert_eq!(missed(&talk.0, nothing), None);
        talk.say("where is my parcel", &SURE);
        let found = missed(&talk.0, nothing).unwrap();
        assert_eq!((found.entry.as_str(), found.question.as_str()), ("a", "where is my parcel"));
        let none = Message { text: "None of these", choice: Some("none") };
        assert_eq!(missed(&talk.0, none), Some(found));
        for other in
            ["my coupon code is useless to me", "the lamp doesn't help against mice", "优惠码没用"]
        {
            assert_eq!(missed(&talk.0, Message { text: other, choice: None }), None, "{other}");
        }
        let entry = Message { text: "b?", choice: Some("faq:b") };
        assert_eq!(missed(&talk.0, entry), None);
        talk.act("b?", Some("faq:b"), &[]);
        assert_eq!(missed(&talk.0, none).unwrap().entry, "b");
    }

    #[test]
    fn an_intent_counts_less_with_its_entry() {
        let mut reading = Reading {
            intent: Some(Scored { name: "track".to_owned(), confidence: 0.9 }),
            answers: vec![Answer { id: "a".to_owned(), confidence: 0.8, ..Answer::default() }],
            ..Reading::default()
        };
        lower(&catalog(), &[("a", 0.5)], &mut reading);
        let halved = [reading.intent.unwrap().confidence, reading.answers[0].confidence];
        assert_eq!(halved.map(|confidence| format!("{confidence:.2}")), ["0.45", "0.40"]);
    }
}
