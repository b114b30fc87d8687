//! What the bot does about a message that asks several things: it answers in their order what it is
//! sure of, and asks back about the rest.

use crate::catalog::Reply;
use crate::dialogue::Message;
use crate::dialogue::decide::Turn;
use crate::domain::{Action, Choice, Outcome, Question};

/// Questions that are offered for what the bot is not sure of.
const OFFERED: usize = 3;
/// Characters of a question that are said back.
const SAID_BACK: usize = 80;

/// What comes of one question.
enum Part {
    /// The bot is sure, or says that it is not quite.
    Answer { entry: Option<String>, actions: Vec<Action>, is_sure: bool },
    /// A flow begins with it.
    Flow(String),
    /// It may be one of these.
    Unsure(String, Vec<String>),
    /// Nothing is known about it.
    Unknown(String),
}

impl Turn<'_> {
    /// The answers to the questions of the message, in their order, where it asks several things and
    /// the bot is sure of one at least. A flow asks something itself, so it begins last, and only one.
    pub(super) fn several(&self) -> Option<Vec<Action>> {
        let parts = self.parts()?;
        let is_answered = parts.iter().any(|part| match part {
            Part::Answer { is_sure, .. } => *is_sure,
            Part::Flow(_) => true,
            Part::Unsure(..) | Part::Unknown(_) => false,
        });
        if !is_answered {
            return None;
        }
        let (mut actions, mut rest, mut begins) = (Vec::new(), Vec::new(), None);
        for part in parts {
            match part {
                Part::Answer { actions: said, .. } => actions.extend(self.offered(said)),
                Part::Flow(name) => begins = Some(name),
                part => rest.push(part),
            }
        }
        actions.extend(self.about_the_rest(&rest, &actions));
        let flows = &self.policy.catalog.flows;
        if let Some(flow) = begins.and_then(|name| flows.iter().find(|flow| flow.name == name)) {
            actions.extend(self.start(flow, None));
        }
        Some(actions)
    }

    /// The answers to several questions where the bot is sure of all of them, and no flow begins.
    pub(super) fn several_sure(&self) -> Option<Vec<Action>> {
        let said = self.parts()?.into_iter().map(|part| match part {
            Part::Answer { actions, is_sure: true, .. } => Some(actions),
            _ => None,
        });
        let said: Vec<Vec<Action>> = said.collect::<Option<_>>()?;
        Some(said.concat())
    }

    /// What comes of each question; nothing unless there are two or more that differ.
    fn parts(&self) -> Option<Vec<Part>> {
        if self.message.choice.is_some() || self.reading.questions.len() < 2 {
            return None;
        }
        let is_joined = self.reading.questions.iter().any(|question| question.joined);
        let mut parts: Vec<Part> = Vec::new();
        if is_joined {
            parts = self.joined(&self.reading.questions)?;
        } else {
            for question in &self.reading.questions {
                let joined = self.joined(&question.reading.questions);
                let of_it = joined.unwrap_or_else(|| self.part(question).into_iter().collect());
                for part in of_it {
                    let is_begun = |other: &Part| matches!(other, Part::Flow(_));
                    match part {
                        Part::Flow(_) if parts.iter().any(is_begun) => {
                            parts.extend(self.without_flow(question));
                        }
                        part => parts.push(part),
                    }
                }
            }
            leave_out_the_same(&mut parts);
        }
        (parts.len() >= 2).then_some(parts)
    }

    /// The questions of one sentence, where the bot is sure of all of them and they differ.
    fn joined(&self, questions: &[Question]) -> Option<Vec<Part>> {
        let mut parts: Vec<Part> = questions.iter().filter_map(|one| self.part(one)).collect();
        let is_sure =
            |part: &Part| matches!(part, Part::Flow(_) | Part::Answer { is_sure: true, .. });
        let flows = parts.iter().filter(|part| matches!(part, Part::Flow(_))).count();
        if flows > 1 || parts.len() != questions.len() || !parts.iter().all(is_sure) {
            return None;
        }
        leave_out_the_same(&mut parts);
        (parts.len() == questions.len() && parts.len() >= 2).then_some(parts)
    }

    /// What comes of a question; nothing where it is small talk.
    fn part(&self, question: &Question) -> Option<Part> {
        let turn = self.of_part(question);
        match turn.triggered() {
            Some(flow) => Some(Part::Flow(flow.name.clone())),
            None => self.without_flow(question),
        }
    }

    fn without_flow(&self, question: &Question) -> Option<Part> {
        let turn = self.of_part(question);
        if let Some(actions) = turn.answer() {
            return Some(Part::Answer { entry: entry_of(&actions), actions, is_sure: true });
        }
        if turn.smalltalk().is_some() {
            return None;
        }
        if let Some(actions) = turn.suggest() {
            return Some(Part::Answer { entry: entry_of(&actions), actions, is_sure: false });
        }
        let at = self.policy.thresholds.offer_at;
        let likely = turn.likely_entries();
        let said = question.text.clone();
        if likely.first().is_none_or(|(_, confidence)| *confidence < at) {
            return Some(Part::Unknown(said));
        }
        let likely = likely.iter().filter(|(_, confidence)| *confidence >= at / 3.0);
        Some(Part::Unsure(said, likely.map(|(id, _)| (*id).to_owned()).collect()))
    }

    fn of_part<'b>(&'b self, question: &'b Question) -> Turn<'b> {
        Turn {
            policy: self.policy,
            state: self.state,
            reading: &question.reading,
            language: self.language,
            message: Message { text: &question.text, choice: None },
        }
    }

    /// What is said about the questions of which the bot is not sure: one message for all of them.
    fn about_the_rest(&self, rest: &[Part], said: &[Action]) -> Option<Action> {
        let answered: Vec<&str> = said.iter().filter_map(entry_said).collect();
        let (mut unsure, mut unknown, mut entries) = (Vec::new(), Vec::new(), Vec::<&str>::new());
        for part in rest {
            match part {
                Part::Unsure(question, likely) => {
                    unsure.push(said_back(question));
                    let new = likely.iter().map(String::as_str);
                    let new = new.filter(|id| !answered.contains(id) && !entries.contains(id));
                    let new: Vec<&str> = new.take(OFFERED).collect();
                    entries.extend(new);
                }
                Part::Unknown(question) => unknown.push(said_back(question)),
                Part::Answer { .. } | Part::Flow(_) => {}
            }
        }
        if entries.is_empty() {
            unknown.splice(0..0, unsure.drain(..));
        }
        let mut text = Vec::new();
        for (reply, questions) in [(Reply::PartUnsure, &unsure), (Reply::PartUnknown, &unknown)] {
            if !questions.is_empty() {
                let words = self.own_words(reply);
                text.push(words.replace("{question}", &questions.join(" ")));
            }
        }
        let outcome = if entries.is_empty() { Outcome::Fallback } else { Outcome::Clarified };
        let mut choices: Vec<Choice> =
            entries.iter().take(OFFERED).filter_map(|id| self.question_button(id)).collect();
        choices.push(self.button("human", Reply::LabelHuman));
        let (text, language) = (text.join("\n\n"), self.language);
        (!text.is_empty()).then_some(Action::Say { text, language, outcome, entry: None, choices })
    }
}

/// Leaves out a question that is answered already: the same in other words.
fn leave_out_the_same(parts: &mut Vec<Part>) {
    let mut entries: Vec<String> = Vec::new();
    // what is sure goes first: beside it nobody has to be asked about the same
    let sure = parts.iter().filter_map(|part| match part {
        Part::Answer { entry: Some(entry), is_sure: true, .. } => Some(entry.clone()),
        _ => None,
    });
    let sure: Vec<String> = sure.collect();
    parts.retain(|part| match part {
        Part::Answer { entry: Some(entry), is_sure, .. } => {
            let is_new = !entries.contains(entry) && (*is_sure || !sure.contains(entry));
            entries.push(entry.clone());
            is_new
        }
        Part::Unsure(_, likely) => likely.first().is_none_or(|first| !sure.contains(first)),
        _ => true,
    });
}

fn entry_of(actions: &[Action]) -> Option<String> {
    actions.iter().find_map(entry_said).map(str::to_owned)
}

fn entry_said(action: &Action) -> Option<&str> {
    match action {
        Action::Say { entry, .. } => entry.as_deref(),
        Action::Handoff { .. } | Action::Task(_) => None,
    }
}

/// A question as it is said back: in one line, and not all of a long one.
fn said_back(question: &str) -> String {
    let line = question.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(SAID_BACK) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or_default()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{ByLanguage, Catalog, FaqEntry, Flow, FlowStart};
    use crate::dialogue::{Occasion, Policy, State, Status, Thresholds};
    use crate::domain::{Answer, Reading};

    fn both(text: &str) -> ByLanguage<String> {
        ByLanguage { en: text.to_owned(), zh: text.to_owned() }
    }

    fn read(answers: &[(&str, f32)]) -> Reading {
        let answer = |(id, confidence): &(&str, f32)| Answer {
            id: (*id).to_owned(),
            confidence: *confidence,
            ..Answer::default()
        };
        Reading { answers: answers.iter().map(answer).collect(), ..Reading::default() }
    }

    fn asked(text: &str, joined: bool, answers: &[(&str, f32)]) -> Question {
        Question { text: text.to_owned(), joined, reading: read(answers) }
    }

    fn catalog() -> Catalog {
        let entry = |id: &str| FaqEntry {
            id: id.to_owned(),
            question: both(&format!("{id}?")),
            answer: both(&format!("Answer of {id}.")),
            ..FaqEntry::default()
        };
        Catalog { entries: ["a", "b", "c"].map(entry).to_vec(), ..Catalog::default() }
    }

    fn decide(state: &State, catalog: &Catalog, reading: &Reading) -> Vec<Action> {
        let thresholds = Thresholds::EXAMPLE;
        let policy = Policy { catalog, thresholds, opens: None, occasion: Occasion::default() };
        policy.decide(state, Message { text: "x? y?", choice: None }, reading)
    }

    fn of(questions: Vec<Question>) -> Reading {
        Reading { questions, ..read(&[("a", 0.9)]) }
    }

    /// Outcome, entry, and buttons of each message.
    fn told(actions: &[Action]) -> Vec<(Outcome, Option<&str>, Vec<&str>)> {
        let say = |action| match action {
            &Action::Say { outcome, ref entry, ref choices, .. } => {
                let choices = choices.iter().map(|choice| choice.id.as_str()).collect();
                Some((outcome, entry.as_deref(), choices))
            }
            _ => None,
        };
        actions.iter().filter_map(say).collect()
    }

    #[test]
    fn several_questions_are_answered_in_their_order() {
        let reading =
            of(vec![asked("x?", false, &[("b", 0.9)]), asked("y?", false, &[("a", 0.8)])]);
        let actions = decide(&State::default(), &catalog(), &reading);
        let expected =
            [(Outcome::Answered, Some("b"), vec![]), (Outcome::Answered, Some("a"), vec![])];
        assert_eq!(told(&actions), expected);
        // who waits for a person is told as much
        let waits = State { status: Status::Waiting, ..State::default() };
        assert_eq!(told(&decide(&waits, &catalog(), &reading)).len(), 2);
    }

    #[test]
    fn what_is_not_sure_is_asked_back_about_and_said_back_by_its_words() {
        let reading = of(vec![
            asked("x?", false, &[("a", 0.9)]),
            asked("what of\n y?", false, &[("b", 0.3), ("a", 0.2), ("c", 0.1)]),
            asked("z?", false, &[]),
        ]);
        let actions = decide(&State::default(), &catalog(), &reading);
        let last = (Outcome::Clarified, None, vec!["faq:b", "faq:c", "human"]);
        assert_eq!(told(&actions), [(Outcome::Answered, Some("a"), vec![]), last]);
        let Some(Action::Say { text, .. }) = actions.last() else { panic!("{actions:?}") };
        assert!(text.contains("“what of y?”") && text.contains("“z?”"), "{text}");
        let reading = of(vec![asked("x?", false, &[("a", 0.9)]), asked("z?", false, &[])]);
        let actions = decide(&State::default(), &catalog(), &reading);
        assert_eq!(told(&actions)[1], (Outcome::Fallback, None, vec!["human"]));
    }

    #[test]
    fn the_same_question_twice_and_two_of_which_neither_is_sure_are_one_message() {
        for second in [&[("a", 0.8)], &[("a", 0.5)], &[("a", 0.3)]] {
            let reading = of(vec![asked("x?", false, &[("a", 0.9)]), asked("y?", false, second)]);
            let actions = decide(&State::default(), &catalog(), &reading);
            assert_eq!(told(&actions), [(Outcome::Answered, Some("a"), vec![])], "{second:?}");
        }
        let reading =
            of(vec![asked("x?", false, &[("b", 0.3)]), asked("y?", false, &[("c", 0.3)])]);
        assert_eq!(told(&decide(&State::default(), &catalog(), &reading))[0].1, Some("a"));
    }

    #[test]
    fn within_a_sentence_there_are_two_only_if_both_are_sure_and_differ() {
        for (first, second, messages) in
            [(("b", 0.9), ("c", 0.9), 2), (("b", 0.9), ("c", 0.6), 1), (("b", 0.9), ("b", 0.9), 1)]
        {
            let reading = of(vec![asked("x", true, &[first]), asked("y", true, &[second])]);
            let actions = decide(&State::default(), &catalog(), &reading);
            assert_eq!(told(&actions).len(), messages, "{first:?} {second:?}");
        }
    }

    #[test]
    fn a_wish_for_a_person_in_any_part_comes_before_answers() {
        let questions = vec![asked("x?", false, &[("b", 0.9)]), asked("y?", false, &[("a", 0.8)])];
        let reading = Reading { wants_human: true, ..of(questions) };
        let actions = decide(&State::default(), &catalog(), &reading);
        assert!(matches!(actions.as_slice(), [_, Action::Handoff { .. }]), "{actions:?}");
    }

    #[test]
    fn a_flow_begins_after_the_answers_and_only_one_does() {
        let flow = |name: &str, entry: &str| Flow {
            name: name.to_owned(),
            entries: vec![entry.to_owned()],
            start: FlowStart::Now,
            ..Flow::default()
        };
        let flows = vec![flow("one", "a"), flow("two", "b")];
        let catalog = Catalog { flows, ..catalog() };
        let reading = of(vec![
            asked("x?", false, &[("a", 0.9)]),
            asked("y?", false, &[("b", 0.9)]),
            asked("z?", false, &[("c", 0.9)]),
        ]);
        let actions = decide(&State::default(), &catalog, &reading);
        let entries: Vec<_> =
            told(&actions).into_iter().filter_map(|(_, entry, _)| entry).collect();
        assert_eq!(entries, ["b", "c"]);
        assert!(matches!(actions.last(), Some(Action::Task(_))), "{actions:?}");
    }
}
