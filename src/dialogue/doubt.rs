//! What the bot does when it is not sure: it answers and says so, or sees that no entry can help.

use crate::catalog::Reply;
use crate::dialogue::Thresholds;
use crate::dialogue::decide::{IN_SCOPE_AT, Turn};
use crate::domain::{Action, EntityKind, HandoffReason, Outcome, UrgencyLevel};

impl Turn<'_> {
    /// The likeliest entry as the answer, with the next questions as buttons: where it is the right
    /// one, nobody has to press a button first, and where it is not, the right one is near.
    pub(super) fn suggest(&self) -> Option<Vec<Action>> {
        self.suggest_from(self.policy.thresholds.suggest_at)
    }

    /// The same for somebody who waits for a person: the bot speaks only where it is surer, half way
    /// from a suggestion to an answer.
    pub(super) fn suggest_meanwhile(&self) -> Option<Vec<Action>> {
        let Thresholds { suggest_at, answer_at, .. } = self.policy.thresholds;
        self.suggest_from(f32::midpoint(suggest_at, answer_at))
    }

    fn suggest_from(&self, at: f32) -> Option<Vec<Action>> {
        let (id, confidence) = self.likeliest()?;
        if confidence < at {
            return None;
        }
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

    /// Whether the customer should not be asked to say it again: something is lost, broken or has
    /// failed before, or they are upset about more than nothing.
    pub(super) fn is_grave(&self) -> bool {
        let urgency = &self.reading.urgency;
        let at = self.policy.thresholds.urgent_at;
        urgency.level >= UrgencyLevel::High && urgency.confidence >= at
    }
}
