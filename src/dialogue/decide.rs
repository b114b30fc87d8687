//! The decision, as one pure function of state, message and reading. The order of the cases is the
//! policy: a pressed button, a wish for a person, danger, several questions, what was asked or answered
//! before, a task, an answer, small talk, a question back, and last the admission that the bot does
//! not know.

use std::collections::HashSet;

use crate::catalog::{Catalog, FaqEntry, Intent, IntentAct, Reply};
use crate::dialogue::again::lowered;
use crate::dialogue::spoken::language_of;
use crate::dialogue::{Message, Occasion, State, Status, Thresholds};
use crate::domain::{
    Action, Choice, HandoffReason, Language, Outcome, Reading, Scored, Urgency, UrgencyLevel,
};

/// Most questions that are offered as buttons.
const OFFERED: usize = 3;
/// How many are offered even when only one is likely: a choice of one is none.
const OFFERED_AT_LEAST: usize = 2;

/// From here on something is likelier than not.
pub(super) const LIKELY: f32 = 0.5;
/// What an entry counts that the search did not bring.
const UNSEEN: f32 = 0.05;
/// Below this probability that a message is about anything known, its intents point nowhere.
pub(super) const IN_SCOPE_AT: f32 = 0.73;

/// The knowledge and the thresholds by which the bot decides.
#[derive(Clone, Copy, Debug)]
pub struct Policy<'a> {
    /// What the operator wrote.
    pub catalog: &'a Catalog,
    /// From which probability on the bot acts.
    pub thresholds: Thresholds,
    /// When the desk opens again, in words, while it is closed.
    pub opens: Option<&'a str>,
    /// When and for whom.
    pub occasion: Occasion<'a>,
}

impl Policy<'_> {
    /// What the bot does about `message`. For a conversation that is not with the bot this is
    /// nothing while a person has it. Who waits is heard when the matter turns out to be urgent, and
    /// answered where the bot is sure.
    pub fn decide(&self, state: &State, message: Message<'_>, reading: &Reading) -> Vec<Action> {
        let language = language_of(state, message.text, reading);
        let reading = &*lowered(self.catalog, state, message, reading);
        let policy = &self.of_turn(reading);
        let turn = Turn { policy, state, reading, language, message };
        match state.status {
            Status::Human => vec![],
            Status::Waiting => turn.meanwhile(),
            // what comes of the call is told first
            Status::Bot | Status::Resolved if state.call.is_some() => {
                turn.human().unwrap_or_default()
            }
            Status::Bot | Status::Resolved => {
                let mut ended = Vec::new();
                let done = turn.in_task(&mut ended).unwrap_or_else(|| turn.usual());
                ended.into_iter().chain(done).collect()
            }
        }
    }

    /// What the bot says when the customer left the queue.
    pub fn welcome_back(&self, language: Language) -> Action {
        Action::Say {
            text: self.catalog.replies.get(Reply::BackToBot, language).to_owned(),
            language,
            outcome: Outcome::Smalltalk,
            entry: None,
            choices: vec![],
        }
    }

    /// What the bot does when the customer presses the button that asks for a person.
    pub fn hand_over(&self, state: &State, language: Language) -> Vec<Action> {
        let reading = Reading::default();
        let message = Message { text: "", choice: None };
        let turn = Turn { policy: self, state, reading: &reading, language, message };
        turn.hand_off(HandoffReason::Requested, Reply::HandoffRequested)
    }
}

/// What a message is surely about.
#[derive(Clone, Copy)]
pub(super) enum Sure<'a> {
    /// What an intent stands for.
    Intent(&'a Intent),
    /// The question of an entry.
    Entry(&'a str),
}

/// A message that is decided about.
pub(super) struct Turn<'a> {
    pub(super) policy: &'a Policy<'a>,
    pub(super) state: &'a State,
    pub(super) reading: &'a Reading,
    pub(super) language: Language,
    pub(super) message: Message<'a>,
}

impl Turn<'_> {
    /// What is done about a message outside of flows, or with which one begins.
    fn usual(&self) -> Vec<Action> {
        let choice = self.message.choice;
        choice
            .and_then(|choice| self.follow_choice(choice))
            .or_else(|| self.human())
            .or_else(|| self.several())
            .or_else(|| self.again())
            .or_else(|| self.begin())
            .or_else(|| self.learned())
            .unwrap_or_else(|| self.by_rules())
    }

    /// What the rules do about a message in which the customer asks for something.
    pub(super) fn by_rules(&self) -> Vec<Action> {
        self.answer()
            .map(|actions| self.offered(actions))
            .or_else(|| self.possible())
            .or_else(|| self.smalltalk())
            .or_else(|| self.own_matter())
            .or_else(|| self.upset())
            .or_else(|| self.suggest().map(|actions| self.offered(actions)))
            .or_else(|| self.clarify())
            .unwrap_or_else(|| self.give_up(Reply::FallbackFirst))
    }

    /// What is said to somebody who waits: nothing, but to a question or a greeting of which the bot
    /// is sure. They keep their place.
    fn meanwhile(&self) -> Vec<Action> {
        let urgent = self.raise_urgency();
        if !urgent.is_empty() || self.reading.wants_human || self.is_urgent() {
            return urgent;
        }
        let several = self.several_sure();
        let sure = several.or_else(|| self.answer()).or_else(|| self.smalltalk());
        sure.or_else(|| self.suggest_meanwhile()).unwrap_or_default()
    }

    fn raise_urgency(&self) -> Vec<Action> {
        let known = self.state.need.as_ref().map_or(UrgencyLevel::Low, |need| need.urgency);
        if !self.is_urgent() || known >= UrgencyLevel::Urgent {
            return vec![];
        }
        vec![self.enqueue(HandoffReason::Urgent)]
    }

    pub(super) fn follow_choice(&self, choice: &str) -> Option<Vec<Action>> {
        match choice {
            "human" => Some(self.hand_off(HandoffReason::Requested, Reply::HandoffRequested)),
            "none" => Some(self.give_up(Reply::NoneOfThese)),
            _ => match choice.strip_prefix("task:begin:") {
                Some(flow) => self.begin_chosen(flow),
                None => self
                    .entry(choice.strip_prefix("faq:")?)
                    .map(|(entry, text)| self.offered(vec![self.say_entry(entry, text)])),
            },
        }
    }

    pub(super) fn human(&self) -> Option<Vec<Action>> {
        if self.reading.wants_human {
            return Some(self.hand_off(HandoffReason::Requested, Reply::HandoffRequested));
        }
        self.is_urgent().then(|| self.hand_off(HandoffReason::Urgent, Reply::HandoffUrgent))
    }

    pub(super) fn is_urgent(&self) -> bool {
        let urgency = &self.reading.urgency;
        urgency.level == UrgencyLevel::Urgent
            && urgency.confidence >= self.policy.thresholds.urgent_at
    }

    pub(super) fn answer(&self) -> Option<Vec<Action>> {
        match self.sure()? {
            Sure::Intent(intent) => self.answer_intent(intent),
            Sure::Entry(id) => {
                let (entry, text) = self.entry(id)?;
                Some(vec![self.say_entry(entry, text)])
            }
        }
    }

    /// What the bot is sure that the message is about.
    pub(super) fn sure(&self) -> Option<Sure<'_>> {
        let answer_at = self.policy.thresholds.answer_at;
        let best = self.reading.answers.first().filter(|best| best.confidence >= answer_at);
        if let Some((intent, confidence)) = self.intent() {
            let confidence = match intent.act {
                IntentAct::Smalltalk => self.smalltalk_share(),
                IntentAct::Ask | IntentAct::Human => self.agreed(intent, confidence),
            };
            let outranks = best.is_none_or(|best| best.confidence <= confidence);
            if self.is_smalltalk(intent, confidence) && outranks {
                return None;
            }
            if intent.act == IntentAct::Ask && confidence >= answer_at && outranks {
                return Some(Sure::Intent(intent));
            }
        }
        best.map(|best| Sure::Entry(&best.id))
    }

    /// How sure an intent is of its entry, given what the search says of the same entry: the
    /// geometric mean, so that one of them alone is not enough.
    pub(super) fn agreed(&self, intent: &Intent, confidence: f32) -> f32 {
        let Some(entry) = &intent.entry else { return confidence };
        let found = self.reading.answers.iter().find(|answer| answer.id == *entry);
        let found = found.map_or(0.0, |answer| answer.confidence).max(UNSEEN);
        (confidence * found).sqrt()
    }

    fn answer_intent(&self, intent: &Intent) -> Option<Vec<Action>> {
        if let Some(reply) = &intent.reply {
            return Some(vec![self.say(reply.get(self.language).clone(), Outcome::Answered)]);
        }
        let (entry, text) = self.entry(intent.entry.as_deref()?)?;
        Some(vec![self.say_entry(entry, text)])
    }

    pub(super) fn is_smalltalk(&self, intent: &Intent, confidence: f32) -> bool {
        intent.act == IntentAct::Smalltalk && confidence >= self.policy.thresholds.smalltalk_at
    }

    /// The probability of small talk of any kind, where one kind is likelier than not: "ok thanks,
    /// that's it" is thanks and a goodbye.
    pub(super) fn smalltalk_share(&self) -> f32 {
        if self.reading.intent.as_ref().is_none_or(|first| first.confidence < LIKELY) {
            return 0.0;
        }
        let intents = &self.policy.catalog.intents;
        let is_smalltalk = |scored: &&Scored| {
            let intent = intents.iter().find(|intent| intent.name == scored.name);
            intent.is_some_and(|intent| intent.act == IntentAct::Smalltalk)
        };
        let read = self.reading.intent.iter().chain(&self.reading.alternatives);
        read.filter(is_smalltalk).map(|scored| scored.confidence).sum()
    }

    pub(super) fn smalltalk(&self) -> Option<Vec<Action>> {
        let (intent, _) = self.intent()?;
        if !self.is_smalltalk(intent, self.smalltalk_share()) {
            return None;
        }
        let reply = intent.reply.as_ref()?.get(self.language).clone();
        Some(vec![self.say(reply, Outcome::Smalltalk)])
    }

    pub(super) fn clarify(&self) -> Option<Vec<Action>> {
        self.clarify_from(self.policy.thresholds.offer_at)
    }

    pub(super) fn clarify_from(&self, at: f32) -> Option<Vec<Action>> {
        let likely = self.likely_entries();
        if likely.first()?.1 < at {
            return None;
        }
        let choices = self.offer(likely, OFFERED_AT_LEAST);
        if choices.is_empty() {
            return None;
        }
        Some(vec![Action::Say {
            text: self.own_words(Reply::Clarify),
            language: self.language,
            outcome: Outcome::Clarified,
            entry: None,
            choices,
        }])
    }

    /// Questions as buttons, `at_least` so many even where only one is likely, and "none of these".
    pub(super) fn offer(&self, likely: Vec<(&str, f32)>, at_least: usize) -> Vec<Choice> {
        let third = self.policy.thresholds.offer_at / 3.0;
        let mut choices: Vec<Choice> = likely
            .into_iter()
            .take(OFFERED)
            .enumerate()
            .filter(|(at, (_, confidence))| *at < at_least || *confidence >= third)
            .filter_map(|(_, (id, _))| self.question_button(id))
            .collect();
        if !choices.is_empty() {
            choices.push(self.button("none", Reply::LabelNone));
        }
        choices
    }

    /// The entries that search or an intent point to, likeliest first.
    pub(super) fn likely_entries(&self) -> Vec<(&str, f32)> {
        let intents = self.reading.intent.iter().chain(&self.reading.alternatives);
        let intents = intents.filter(|_| self.reading.in_scope >= IN_SCOPE_AT);
        let of_intents = intents.filter_map(|scored| {
            let intents = &self.policy.catalog.intents;
            let intent = intents.iter().find(|intent| intent.name == scored.name)?;
            Some((intent.entry.as_deref()?, scored.confidence))
        });
        let found = self.reading.answers.iter();
        let found = found.map(|answer| (answer.id.as_str(), answer.confidence));
        let mut likely: Vec<(&str, f32)> = found.chain(of_intents).collect();
        likely.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut seen = HashSet::new();
        likely.retain(|(id, _)| seen.insert(*id));
        likely
    }

    /// The bot could not help: the first time it says so and offers a person, the second time it
    /// fetches one.
    fn give_up(&self, first_words: Reply) -> Vec<Action> {
        if self.state.failures > 0 || self.is_grave() {
            return self.hand_off(HandoffReason::NotUnderstood, Reply::FallbackSecond);
        }
        vec![Action::Say {
            text: self.own_words(first_words),
            language: self.language,
            outcome: Outcome::Fallback,
            entry: None,
            choices: vec![self.button("human", Reply::LabelHuman)],
        }]
    }

    pub(super) fn hand_off(&self, reason: HandoffReason, words: Reply) -> Vec<Action> {
        let closed = self.policy.opens.and_then(|opens| self.closed(reason, opens));
        let words = closed.unwrap_or_else(|| self.own_words(words));
        vec![self.say(words, Outcome::HandedOff), self.enqueue(reason)]
    }

    /// What is said while nobody is at the desk; danger cannot wait for that.
    fn closed(&self, reason: HandoffReason, opens: &str) -> Option<String> {
        let words = self.policy.catalog.replies.get(Reply::HandoffClosed, self.language);
        let is_said = reason != HandoffReason::Urgent && !words.is_empty();
        is_said.then(|| words.replace("{opens}", opens))
    }

    fn enqueue(&self, reason: HandoffReason) -> Action {
        let read = &self.reading.urgency;
        let is_sure = read.level < UrgencyLevel::Urgent || self.is_urgent();
        let now = if is_sure {
            read.clone()
        } else {
            Urgency { level: UrgencyLevel::High, ..read.clone() }
        };
        // the matter is what was told before: "I want a person" says nothing of it
        let told = self.state.pressing.clone().filter(|told| told.level > now.level);
        let urgency = told.unwrap_or(now);
        Action::Handoff { reason, urgency, language: self.language }
    }

    pub(super) fn intent(&self) -> Option<(&Intent, f32)> {
        let scored = self.reading.intent.as_ref()?;
        let intents = &self.policy.catalog.intents;
        let intent = intents.iter().find(|intent| intent.name == scored.name)?;
        Some((intent, scored.confidence))
    }

    /// An entry with its answer in the customer's language, or in the other where it has only that.
    pub(super) fn entry(&self, id: &str) -> Option<(&FaqEntry, &str)> {
        let entry = self.policy.catalog.entries.iter().find(|entry| entry.id == id)?;
        let text = either(entry.answer.get(self.language), &entry.answer.en, &entry.answer.zh);
        Some((entry, text))
    }

    pub(super) fn question_button(&self, id: &str) -> Option<Choice> {
        let (entry, _) = self.entry(id)?;
        let (own, en, zh) =
            (entry.question.get(self.language), &entry.question.en, &entry.question.zh);
        Some(Choice { id: format!("faq:{id}"), label: either(own, en, zh).to_owned() })
    }

    pub(super) fn button(&self, id: &str, label: Reply) -> Choice {
        Choice { id: id.to_owned(), label: self.own_words(label) }
    }

    pub(super) fn own_words(&self, reply: Reply) -> String {
        self.policy.catalog.replies.get(reply, self.language).to_owned()
    }

    pub(super) fn say_entry(&self, entry: &FaqEntry, text: &str) -> Action {
        Action::Say {
            text: text.to_owned(),
            language: self.language,
            outcome: Outcome::Answered,
            entry: Some(entry.id.clone()),
            choices: vec![],
        }
    }

    fn say(&self, text: String, outcome: Outcome) -> Action {
        Action::Say { text, language: self.language, outcome, entry: None, choices: vec![] }
    }
}

fn either<'a>(own: &'a str, en: &'a str, zh: &'a str) -> &'a str {
    [own, en, zh].into_iter().find(|text| !text.is_empty()).unwrap_or("")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{ByLanguage, Replies};
    use crate::dialogue::state::Need;
    use crate::domain::{Answer, Entity, EntityKind, Scored, Timestamp};

    fn both(en: &str, zh: &str) -> ByLanguage<String> {
        ByLanguage { en: en.to_owned(), zh: zh.to_owned() }
    }

    fn catalog() -> Catalog {
        let entry = |id: &str| FaqEntry {
            id: id.to_owned(),
            question: both(&format!("{id}?"), &format!("{id}吗？")),
            answer: both(&format!("Answer of {id}."), &format!("{id}的答案。")),
            ..FaqEntry::default()
        };
        let intents = vec![
            Intent {
                name: "thanks".to_owned(),
                act: IntentAct::Smalltalk,
                reply: Some(both("Welcome!", "不客气！")),
                ..Intent::default()
            },
            Intent { name: "track".to_owned(), entry: Some("b".to_owned()), ..Intent::default() },
        ];
        let texts = Reply::ALL.map(|(reply, key)| (reply, both(key, &format!("{key}（中）"))));
        let replies = Replies { texts: texts.into_iter().collect() };
        let entries = ["a", "b", "c", "d"].map(entry).to_vec();
        Catalog { intents, entries, replies, ..Catalog::default() }
    }

    const THRESHOLDS: Thresholds = Thresholds {
        answer_at: 0.55,
        suggest_at: 0.45,
        offer_at: 0.2,
        smalltalk_at: 0.5,
        urgent_at: 0.6,
    };

    fn decide(state: &State, text: &str, choice: Option<&str>, reading: &Reading) -> Vec<Action> {
        let catalog = catalog();
        let policy = Policy {
            catalog: &catalog,
            thresholds: THRESHOLDS,
            opens: None,
            occasion: Occasion::default(),
        };
        policy.decide(state, Message { text, choice }, reading)
    }

    fn found(answers: &[(&str, f32)]) -> Reading {
        let answer = |(id, confidence): &(&str, f32)| Answer {
            id: (*id).to_owned(),
            confidence: *confidence,
            ..Answer::default()
        };
        Reading { answers: answers.iter().map(answer).collect(), ..Reading::default() }
    }

    fn with_intent(reading: Reading, name: &str, confidence: f32) -> Reading {
        let intent = Some(Scored { name: name.to_owned(), confidence });
        Reading { intent, in_scope: 1.0, ..reading }
    }

    fn said(actions: &[Action]) -> (&str, Outcome, Vec<&str>) {
        match actions.first() {
            Some(Action::Say { text, outcome, choices, .. }) => {
                (text, *outcome, choices.iter().map(|choice| choice.id.as_str()).collect())
            }
            other => panic!("nothing was said: {other:?}"),
        }
    }

    fn reason(actions: &[Action]) -> Option<(HandoffReason, UrgencyLevel)> {
        actions.iter().find_map(|action| match action {
            Action::Handoff { reason, urgency, .. } => Some((*reason, urgency.level)),
            Action::Say { .. } | Action::Task(_) => None,
        })
    }

    #[test]
    fn what_is_sure_is_answered_in_the_customers_language() {
        let bot = State::default();
        let actions = decide(&bot, "x y", None, &found(&[("a", 0.8), ("b", 0.1)]));
        assert_eq!(said(&actions), ("Answer of a.", Outcome::Answered, vec![]));
        let chinese = Reading { language: Language::Zh, ..found(&[("a", 0.8)]) };
        assert_eq!(said(&decide(&bot, "问", None, &chinese)).0, "a的答案。");
        // a number says nothing about the language: the one spoken so far stays
        let spoke_chinese = State { language: Some(Language::Zh), ..State::default() };
        assert_eq!(
            said(&decide(&spoke_chinese, "4711", None, &found(&[("a", 0.8)]))).0,
            "a的答案。"
        );
    }

    #[test]
    fn an_intent_answers_when_it_is_surer_than_the_search() {
        let answer = |reading: &Reading| {
            let actions = decide(&State::default(), "x", None, reading);
            said(&actions).0.to_owned()
        };
        let reading = with_intent(found(&[("a", 0.4), ("b", 0.4)]), "track", 0.9);
        assert_eq!(answer(&reading), "Answer of b.");
        let reading = with_intent(found(&[("a", 0.9), ("b", 0.4)]), "track", 0.6);
        assert_eq!(answer(&reading), "Answer of a.");
        // an intent of which the search knows nothing is a question back
        let reading = with_intent(found(&[("a", 0.1)]), "track", 0.9);
        assert_eq!(answer(&reading), "clarify");
    }

    #[test]
    fn what_is_unsure_is_asked_back_with_at_least_two_questions() {
        let reading = found(&[("a", 0.4), ("b", 0.01), ("c", 0.001), ("d", 0.0)]);
        let (_, outcome, choices) = {
            let actions = decide(&State::default(), "x", None, &reading);
            let (text, outcome, choices) = said(&actions);
            (
                text.to_owned(),
                outcome,
                choices.iter().map(|id| (*id).to_owned()).collect::<Vec<_>>(),
            )
        };
        assert_eq!(outcome, Outcome::Clarified);
        assert_eq!(choices, ["faq:a", "faq:b", "none"]);
        // an intent that is likely, but not sure, is offered too
        let reading = with_intent(found(&[("a", 0.1)]), "track", 0.5);
        let actions = decide(&State::default(), "x", None, &reading);
        assert_eq!(said(&actions).2, ["faq:b", "faq:a", "none"]);
        // but not when the message is more likely about nothing that is known
        let reading = Reading { in_scope: 0.4, ..reading };
        let actions = decide(&State::default(), "x", None, &reading);
        assert_eq!(said(&actions).1, Outcome::Fallback);
    }

    #[test]
    fn buttons_mean_what_they_say() {
        let nothing = Reading::default();
        let press = |choice| decide(&State::default(), "label", Some(choice), &nothing);
        assert_eq!(said(&press("faq:c")).0, "Answer of c.");
        assert_eq!(reason(&press("human")).unwrap().0, HandoffReason::Requested);
        assert_eq!(said(&press("none")), ("none_of_these", Outcome::Fallback, vec!["human"]));
        // a button that is no more is read as words
        assert_eq!(said(&press("faq:gone")).1, Outcome::Fallback);
    }

    #[test]
    fn the_second_failure_fetches_a_human() {
        let first = decide(&State::default(), "x", None, &Reading::default());
        assert_eq!(said(&first), ("fallback_first", Outcome::Fallback, vec!["human"]));
        let failed = State { failures: 1, ..State::default() };
        let second = decide(&failed, "x", None, &Reading::default());
        assert_eq!(said(&second).0, "fallback_second");
        assert_eq!(reason(&second).unwrap().0, HandoffReason::NotUnderstood);
    }

    #[test]
    fn the_queue_knows_the_most_urgent_matter_of_the_conversation() {
        let told = Urgency {
            level: UrgencyLevel::High,
            confidence: 0.8,
            evidence: vec!["twice".to_owned()],
        };
        let state = State { pressing: Some(told.clone()), ..State::default() };
        let catalog = catalog();
        let policy = Policy {
            catalog: &catalog,
            thresholds: THRESHOLDS,
            opens: None,
            occasion: Occasion::default(),
        };
        let wish = Reading { wants_human: true, ..Reading::default() };
        let by_words = policy.decide(&state, Message { text: "x", choice: None }, &wish);
        for actions in [policy.hand_over(&state, Language::En), by_words] {
            assert_eq!(reason(&actions), Some((HandoffReason::Requested, UrgencyLevel::High)));
            assert!(matches!(
                &actions[1],
                Action::Handoff { urgency, .. } if urgency.evidence == told.evidence
            ));
        }
    }

    #[test]
    fn a_human_comes_on_request_and_in_danger_before_any_answer() {
        let wish = Reading { wants_human: true, ..found(&[("a", 0.99)]) };
        let actions = decide(&State::default(), "x", None, &wish);
        assert_eq!(reason(&actions).unwrap().0, HandoffReason::Requested);
        let urgency = |confidence| Urgency {
            level: UrgencyLevel::Urgent,
            confidence,
            evidence: vec!["smoke".to_owned()],
        };
        let danger = Reading { urgency: urgency(0.9), ..found(&[("a", 0.99)]) };
        let actions = decide(&State::default(), "x", None, &danger);
        assert_eq!(reason(&actions), Some((HandoffReason::Urgent, UrgencyLevel::Urgent)));
        // a guess is no alarm, but it counts for the place in the queue
        let guess = Reading { urgency: urgency(0.4), ..wish };
        let actions = decide(&State::default(), "x", None, &guess);
        assert_eq!(reason(&actions), Some((HandoffReason::Requested, UrgencyLevel::High)));
    }

    #[test]
    fn small_talk_is_answered_unless_there_is_a_question_in_it() {
        let thanks = with_intent(Reading::default(), "thanks", 0.8);
        let actions = decide(&State::default(), "thanks", None, &thanks);
        assert_eq!(said(&actions), ("Welcome!", Outcome::Smalltalk, vec![]));
        let question = with_intent(found(&[("a", 0.9)]), "thanks", 0.6);
        assert_eq!(said(&decide(&State::default(), "x", None, &question)).0, "Answer of a.");
        // of any kind together, but not where no kind is likely
        let both = |first, second| Reading {
            alternatives: vec![Scored { name: "bye".to_owned(), confidence: second }],
            ..with_intent(found(&[]), "thanks", first)
        };
        let surer = Thresholds { smalltalk_at: 0.75, ..THRESHOLDS };
        let mut catalog = catalog();
        let bye = Intent { name: "bye".to_owned(), ..catalog.intents[0].clone() };
        catalog.intents.push(bye);
        let policy = Policy {
            catalog: &catalog,
            thresholds: surer,
            opens: None,
            occasion: Occasion::default(),
        };
        let say = |reading: &Reading| {
            let message = Message { text: "ok thanks, bye", choice: None };
            said(&policy.decide(&State::default(), message, reading)).1
        };
        assert_eq!(say(&both(0.7, 0.2)), Outcome::Smalltalk);
        assert_eq!(say(&both(0.45, 0.44)), Outcome::Fallback);
    }

    #[test]
    fn the_upset_are_not_asked_and_a_bare_complaint_is() {
        let scored = |name: &str, confidence| Some(Scored { name: name.to_owned(), confidence });
        let upset = |mood, gravity| Reading {
            urgency: Urgency { level: UrgencyLevel::High, confidence: gravity, evidence: vec![] },
            sentiment: scored("negative", mood),
            ..found(&[("a", 0.5), ("b", 0.3)])
        };
        let say = |reading: &Reading| decide(&State::default(), "x", None, reading);
        let actions = say(&upset(0.95, 0.95));
        assert_eq!(reason(&actions), Some((HandoffReason::NotUnderstood, UrgencyLevel::High)));
        for reading in [upset(0.85, 0.95), upset(0.95, 0.7)] {
            assert_eq!(said(&say(&reading)).1, Outcome::Answered, "{reading:?}");
        }
        let bare = |words: &[&str]| Reading {
            question_type: scored("complaint", 0.9),
            tokens: words.iter().map(|word| (*word).to_owned()).collect(),
            ..found(&[("a", 0.5), ("b", 0.3)])
        };
        assert_eq!(said(&say(&bare(&["it", "broke"]))).1, Outcome::Clarified);
        let told = ["the", "left", "bud", "broke", "today"];
        assert_eq!(said(&say(&bare(&told))).1, Outcome::Answered);
    }

    #[test]
    fn outside_the_hours_a_customer_is_told_when_the_desk_opens() {
        let catalog = catalog();
        let policy = Policy {
            catalog: &catalog,
            thresholds: THRESHOLDS,
            opens: Some("Monday"),
            occasion: Occasion::default(),
        };
        let asks = Reading { wants_human: true, ..Reading::default() };
        let ask = |reading: &Reading| {
            let message = Message { text: "a person", choice: None };
            policy.decide(&State::default(), message, reading)
        };
        let actions = ask(&asks);
        assert_eq!(said(&actions).0, "handoff_closed");
        assert_eq!(reason(&actions).map(|(reason, _)| reason), Some(HandoffReason::Requested));
        let urgency = Urgency { level: UrgencyLevel::Urgent, confidence: 0.9, evidence: vec![] };
        assert_eq!(said(&ask(&Reading { urgency, ..Reading::default() })).0, "handoff_urgent");
    }

    #[test]
    fn while_a_human_has_the_conversation_the_bot_is_silent() {
        let human = State { status: Status::Human, ..State::default() };
        assert_eq!(decide(&human, "x", None, &found(&[("a", 0.99)])), vec![]);
    }

    #[test]
    fn who_waits_is_answered_where_the_bot_is_sure_and_else_left_alone() {
        let waiting = State { status: Status::Waiting, ..State::default() };
        let say = |reading: &Reading| decide(&waiting, "x", None, reading);
        assert_eq!(said(&say(&found(&[("a", 0.8)]))), ("Answer of a.", Outcome::Answered, vec![]));
        let halfway = say(&found(&[("a", 0.52)]));
        assert_eq!(said(&halfway).2, ["none"]);
        assert_eq!(say(&found(&[("a", 0.47)])), vec![]);
        assert_eq!(said(&say(&with_intent(found(&[]), "thanks", 0.9))).1, Outcome::Smalltalk);
        let again = Reading { wants_human: true, ..found(&[("a", 0.8)]) };
        assert_eq!(say(&again), vec![], "they are in the queue already");
    }

    #[test]
    fn what_is_likely_is_suggested_with_the_next_questions() {
        let actions = decide(&State::default(), "x", None, &found(&[("a", 0.5), ("b", 0.2)]));
        let expected = ("suggestion\n\nAnswer of a.", Outcome::Answered, vec!["faq:b", "none"]);
        assert_eq!(said(&actions), expected);
        let alone = decide(&State::default(), "x", None, &found(&[("a", 0.5), ("b", 0.01)]));
        assert_eq!(said(&alone).2, ["faq:b", "none"], "one other is offered in any case");
    }

    #[test]
    fn an_orders_number_and_grave_matters_are_for_people() {
        let number = Entity {
            kind: EntityKind::OrderNumber,
            name: None,
            text: "LX-1".to_owned(),
            start: 0,
            end: 4,
            value: "LX-1".to_owned(),
        };
        let named =
            |answers: &[(&str, f32)]| Reading { entities: vec![number.clone()], ..found(answers) };
        let actions = decide(&State::default(), "LX-1", None, &named(&[("a", 0.5)]));
        assert_eq!(reason(&actions).unwrap().0, HandoffReason::OwnMatter);
        let sure = decide(&State::default(), "LX-1", None, &named(&[("a", 0.9)]));
        assert_eq!(said(&sure).1, Outcome::Answered);
        let level = UrgencyLevel::High;
        let urgency = Urgency { level, confidence: 0.8, evidence: vec!["third".to_owned()] };
        let grave = Reading { urgency, ..found(&[]) };
        let actions = decide(&State::default(), "x", None, &grave);
        assert_eq!(reason(&actions), Some((HandoffReason::NotUnderstood, UrgencyLevel::High)));
    }

    #[test]
    fn a_waiting_customer_can_become_urgent_once() {
        let need = |urgency| Need {
            reason: HandoffReason::Requested,
            urgency,
            evidence: vec![],
            since: Timestamp::default(),
            target: None,
            card: None,
            answered_at: None,
            unanswered_since: None,
        };
        let waiting = |urgency| State {
            status: Status::Waiting,
            need: Some(need(urgency)),
            ..State::default()
        };
        let urgency = Urgency {
            level: UrgencyLevel::Urgent,
            confidence: 0.9,
            evidence: vec!["smoke".to_owned()],
        };
        let danger = Reading { urgency, ..Reading::default() };
        let raised = decide(&waiting(UrgencyLevel::Normal), "x", None, &danger);
        assert_eq!(reason(&raised), Some((HandoffReason::Urgent, UrgencyLevel::Urgent)));
        assert_eq!(decide(&waiting(UrgencyLevel::Urgent), "x", None, &danger), vec![]);
        assert_eq!(decide(&waiting(UrgencyLevel::Low), "x", None, &Reading::default()), vec![]);
    }

    #[test]
    fn why_ends_with_the_case_that_decides() {
        let catalog = catalog();
        let policy = Policy {
            catalog: &catalog,
            thresholds: THRESHOLDS,
            opens: None,
            occasion: Occasion::default(),
        };
        let case = |state: &State, choice: Option<&str>, reading: &Reading| {
            let steps = policy.why(state, Message { text: "x", choice }, reading);
            assert!(steps.iter().rev().skip(1).all(|step| !step.decides), "{steps:?}");
            let last = steps.last().unwrap();
            assert!(last.decides, "{steps:?}");
            last.case
        };
        let new = State::default();
        assert_eq!(case(&new, Some("faq:a"), &found(&[])), "follow the button");
        let wants = Reading { wants_human: true, ..Reading::default() };
        assert_eq!(case(&new, None, &wants), "hand over");
        assert_eq!(case(&new, None, &found(&[("a", 0.9)])), "answer");
        assert_eq!(case(&new, None, &with_intent(found(&[]), "thanks", 0.8)), "small talk");
        assert_eq!(case(&new, None, &found(&[("a", 0.4), ("b", 0.3)])), "ask back");
        let urgency = Urgency { level: UrgencyLevel::High, confidence: 0.95, evidence: vec![] };
        let sentiment = Some(Scored { name: "negative".to_owned(), confidence: 0.95 });
        let upset = Reading { urgency, sentiment, ..found(&[("a", 0.5)]) };
        assert_eq!(case(&new, None, &upset), "spare the upset");
        assert_eq!(case(&new, None, &found(&[])), "give up");
        let waiting = State { status: Status::Human, ..State::default() };
        assert_eq!(case(&waiting, None, &found(&[("a", 0.9)])), "wait");
    }
}
