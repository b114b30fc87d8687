//! What the bot does when it is not sure: it answers and says so, or sees that no entry can help.

use crate::catalog::Reply;
use crate::dialogue::Thresholds;
use crate::dialogue::decide::{IN_SCOPE_AT, Turn};
use crate::domain::{Action, EntityKind, HandoffReason, Outcome, UrgencyLevel};

/// The mood of whoever is upset, and how sure that and the gravity of the matter must be.
const NEGATIVE: &str = "negative";
const UPSET_AT: f32 = 0.9;
/// Kinds of messages that ask nothing, how sure that must be, and in how many words they say too
/// little.
const ASKING_NOTHING: [&str; 2] = ["complaint", "statement"];
const ASKING_NOTHING_AT: f32 = 0.7;
const TOO_LITTLE: usize = 4;

impl Turn<'_> {
    /// The likeliest entry as the answer, with the next questions as buttons: where it is the right
    /// one, nobody has to press a button first, and where it is not, the right one is near.
    pub(super) fn suggest(&self) -> Option<Vec<Action>> {
        if self.says_too_little() {
            return None;
        }
        self.suggest_from(self.policy.thresholds.suggest_at)
    }

    /// "It broke": whoever says no more is asked what it is about before anything is suggested.
    fn says_too_little(&self) -> bool {
        let asks_nothing = self.reading.question_type.as_ref().is_some_and(|read| {
            ASKING_NOTHING.contains(&read.name.as_str()) && read.confidence >= ASKING_NOTHING_AT
        });
        asks_nothing && self.reading.tokens.len() <= TOO_LITTLE
    }

    /// The same for somebody who waits for a person: the bot speaks only where it is surer, half way
    /// from a suggestion to an answer.
    pub(super) fn suggest_meanwhile(&self) -> Option<Vec<Action>> {
        let Thresholds { suggest_at, answer_at, .. } = self.policy.thresholds;
        self.suggest_from(f32::midpoint(suggest_at, answer_at))
    }

    pub(super) fn suggest_from(&self, at: f32) -> Option<Vec<Action>> {
        let (id, confidence) = self.likeliest()?;
        if confidence < at { None } else { self.suggestion_of(id) }
    }

    /// An entry as the answer, which says that something else may be meant, with that as buttons.
    pub(super) fn suggestion_of(&self, id: &str) -> Option<Vec<Action>> {
        let (entry, answer) = self.entry(id)?;
        let entry = entry.id.clone();
        let likely = self.likely_entries().into_iter().filter(|(other, _)| *other != id).collect();
        let first = self.own_words(Reply::Suggestion);
        let text =
            if first.is_empty() { answer.to_owned() } else { format!("{first}\n\n{answer}") };
        let mut choices = self.offer(likely, 1);
        if choices.is_empty() {
            choices.push(self.button("none", Reply::LabelNone));
        }
        let (language, outcome) = (self.language, Outcome::Answered);
        Some(vec![Action::Say { text, language, outcome, entry: Some(entry), choices }])
    }

    /// The likeliest entry: of the search, or of an intent as far as the search agrees.
    pub(super) fn likeliest(&self) -> Option<(&str, f32)> {
        let found = self.reading.answers.first();
        let found = found.map(|answer| (answer.id.as_str(), answer.confidence));
        let meant = self.intent().filter(|_| self.reading.in_scope >= IN_SCOPE_AT);
        let meant = meant.and_then(|(intent, confidence)| {
            Some((intent.entry.as_deref()?, self.agreed(intent, confidence)))
        });
        found.into_iter().chain(meant).max_by(|a, b| a.1.total_cmp(&b.1))
    }

    /// Somebody gives the number of their order, and no entry says what becomes of it: only a person
    /// can look it up.
    pub(super) fn own_matter(&self) -> Option<Vec<Action>> {
        let is_number = |kind: &EntityKind| *kind == EntityKind::OrderNumber;
        let gives = self.reading.entities.iter().any(|entity| is_number(&entity.kind));
        gives.then(|| self.hand_off(HandoffReason::OwnMatter, Reply::HandoffRequested))
    }

    /// Somebody is upset about a grave matter, and no answer is sure: what may be meant, and questions
    /// back, would upset them more.
    pub(super) fn upset(&self) -> Option<Vec<Action>> {
        let mood = self.reading.sentiment.as_ref();
        let is_upset =
            mood.is_some_and(|mood| mood.name == NEGATIVE && mood.confidence >= UPSET_AT);
        let is_sure = self.reading.urgency.confidence >= UPSET_AT;
        (is_upset && is_sure && self.is_grave())
            .then(|| self.hand_off(HandoffReason::NotUnderstood, Reply::HandoffRequested))
    }

    /// Whether the customer should not be asked to say it again: something is lost, broken or has
    /// failed before, or they are upset about more than nothing.
    pub(super) fn is_grave(&self) -> bool {
        let urgency = &self.reading.urgency;
        let at = self.policy.thresholds.urgent_at;
        urgency.level >= UrgencyLevel::High && urgency.confidence >= at
    }
}
