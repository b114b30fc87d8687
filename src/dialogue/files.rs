//! What the bot does about files. It cannot look into them, so it never pretends to: what presses, and
//! words that it surely understands, are dealt with as ever; otherwise it says that people will see
//! the file, and offers to fetch one.

use crate::catalog::Reply;
use crate::dialogue::again::lowered;
use crate::dialogue::decide::Turn;
use crate::dialogue::{Message, Policy, State, Status};
use crate::domain::{Action, Language, Outcome, Reading};

impl Policy<'_> {
    /// What the bot does about a message with files. `page` is the language of the customer's page,
    /// for a conversation in which nothing was said yet.
    pub fn decide_with_files(
        &self,
        state: &State,
        message: Message<'_>,
        reading: &Reading,
        page: Option<Language>,
    ) -> Vec<Action> {
        let words = !message.text.is_empty();
        match state.status {
            // people will see the file; to words the bot says what it would say anyway
            Status::Waiting if words => return self.decide(state, message, reading),
            Status::Waiting | Status::Human => return vec![],
            Status::Bot | Status::Resolved => {}
        }
        let language = if words {
            crate::dialogue::spoken::language_of(state, message.text, reading)
        } else {
            state.language.or(page).unwrap_or(reading.language)
        };
        let reading = &*lowered(self.catalog, state, message, reading);
        let policy = &self.of_turn(reading);
        let turn = Turn { policy, state, reading, language, message };
        let heard = if words { turn.words_heard() } else { None };
        match heard {
            Some(actions) => turn.with_a_way_to_people(actions),
            None => vec![turn.keep_files()],
        }
    }
}

impl Turn<'_> {
    /// Files were sent that only people can look into.
    fn keep_files(&self) -> Action {
        let own = self.own_words(Reply::FileKept);
        let text = if own.is_empty() { self.own_words(Reply::FallbackFirst) } else { own };
        Action::Say {
            text,
            language: self.language,
            outcome: Outcome::Fallback,
            entry: None,
            choices: vec![self.button("human", Reply::LabelHuman)],
        }
    }

    /// What is done about words that are surely understood.
    fn words_heard(&self) -> Option<Vec<Action>> {
        self.human().or_else(|| self.several_sure()).or_else(|| self.answer())
    }

    /// Under an answer to the words, a button for those whose matter is in the file.
    fn with_a_way_to_people(&self, mut actions: Vec<Action>) -> Vec<Action> {
        if let Some(Action::Say { outcome: Outcome::Answered, choices, .. }) = actions.last_mut() {
            choices.push(self.button("human", Reply::LabelHuman));
        }
        actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{ByLanguage, Catalog, FaqEntry, Replies};
    use crate::dialogue::{Occasion, Thresholds};
    use crate::domain::{Answer, Urgency, UrgencyLevel};

    fn both(en: &str, zh: &str) -> ByLanguage<String> {
        ByLanguage { en: en.to_owned(), zh: zh.to_owned() }
    }

    fn decide(state: &State, text: &str, reading: &Reading, page: Option<Language>) -> Vec<Action> {
        let entry = FaqEntry {
            id: "a".to_owned(),
            question: both("a?", "a吗？"),
            answer: both("Answer of a.", "a的答案。"),
            ..FaqEntry::default()
        };
        let texts = Reply::ALL.map(|(reply, key)| (reply, both(key, &format!("{key}（中）"))));
        let replies = Replies { texts: texts.into_iter().collect() };
        let catalog = Catalog { entries: vec![entry], replies, ..Catalog::default() };
        let thresholds = Thresholds {
            answer_at: 0.55,
            suggest_at: 0.45,
            offer_at: 0.2,
            smalltalk_at: 0.5,
            urgent_at: 0.6,
        };
        let policy =
            Policy { catalog: &catalog, thresholds, opens: None, occasion: Occasion::default() };
        policy.decide_with_files(state, Message { text, choice: None }, reading, page)
    }

    fn said(actions: &[Action]) -> (&str, Outcome, Vec<&str>) {
        match actions.first() {
            Some(Action::Say { text, outcome, choices, .. }) => {
                (text, *outcome, choices.iter().map(|choice| choice.id.as_str()).collect())
            }
            other => panic!("nothing was said: {other:?}"),
        }
    }

    #[test]
    fn a_file_alone_is_kept_for_people_and_one_is_offered() {
        let (state, reading) = (State::default(), Reading::default());
        let actions = decide(&state, "", &reading, None);
        assert_eq!(said(&actions), ("file_kept", Outcome::Fallback, vec!["human"]));
        // in the language of the page, or of what was said so far
        let chinese = decide(&state, "", &reading, Some(Language::Zh));
        assert_eq!(said(&chinese).0, "file_kept（中）");
        let spoken = State { language: Some(Language::Zh), ..State::default() };
        assert_eq!(said(&decide(&spoken, "", &reading, Some(Language::En))).0, "file_kept（中）");
    }

    #[test]
    fn words_beside_a_file_are_answered_with_a_way_to_people() {
        let answer = Answer { id: "a".to_owned(), confidence: 0.9, ..Answer::default() };
        let sure = Reading { answers: vec![answer.clone()], ..Reading::default() };
        let actions = decide(&State::default(), "how is a?", &sure, None);
        assert_eq!(said(&actions), ("Answer of a.", Outcome::Answered, vec!["human"]));
        // where it is not sure, it does not guess what is in the file
        let unsure =
            Reading { answers: vec![Answer { confidence: 0.5, ..answer }], ..Reading::default() };
        let actions = decide(&State::default(), "is this right?", &unsure, None);
        assert_eq!(said(&actions).0, "file_kept");
    }

    #[test]
    fn danger_and_the_wish_for_a_person_go_first() {
        let wish = Reading { wants_human: true, ..Reading::default() };
        let actions = decide(&State::default(), "a person please", &wish, None);
        assert_eq!((said(&actions).1, actions.len()), (Outcome::HandedOff, 2));
        let urgency = Urgency {
            level: UrgencyLevel::Urgent,
            confidence: 0.9,
            evidence: vec!["smoke".to_owned()],
        };
        let danger = Reading { urgency, ..Reading::default() };
        let actions = decide(&State::default(), "it smokes, see photo", &danger, None);
        assert_eq!(said(&actions).0, "handoff_urgent");
    }

    #[test]
    fn nothing_is_said_while_people_have_it() {
        for status in [Status::Human, Status::Waiting] {
            let state = State { status, ..State::default() };
            assert_eq!(decide(&state, "", &Reading::default(), None), vec![], "{status:?}");
        }
    }
}
