//! Settings of the decision: what mistakes cost, and the thresholds that follow from it.

use confique::Config;

/// What questions that are offered in vain cost beside a wrong answer: the customer reads them and
/// presses "none of these", but believes nothing that is not so.
const IN_VAIN: f32 = 1.0 / 7.0;
/// What an answer costs beside a wrong one when it says that it may not be meant, and shows what else
/// may be.
const DOUBTED: f32 = 2.0 / 7.0;

/// When the bot answers, asks back, or fetches a human. Probabilities from 0 to 1.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Dialogue {
    /// What a wrong answer costs, in any unit: only its ratio to the next counts.
    #[config(default = 7.0, env = "FRONTDESK_DIALOGUE_COST_WRONG_ANSWER")]
    pub cost_wrong_answer: f32,
    /// What it costs to hand over, or to say that one does not know, what could have been answered.
    #[config(default = 3.0, env = "FRONTDESK_DIALOGUE_COST_NEEDLESS_HANDOFF")]
    pub cost_needless_handoff: f32,
    /// From which probability on an FAQ entry is given as the answer. When it is left out, it follows
    /// from the costs: 0.7 with those of above.
    #[config(env = "FRONTDESK_DIALOGUE_ANSWER_AT")]
    pub answer_at: Option<f32>,
    /// From which probability on the likeliest entry is given as an answer that may not be meant, with
    /// the next questions as buttons. When it is left out, it follows from the costs: 0.4 with those
    /// of above.
    #[config(env = "FRONTDESK_DIALOGUE_SUGGEST_AT")]
    pub suggest_at: Option<f32>,
    /// From which probability on the nearest questions are offered as buttons. When it is left out,
    /// it follows from the costs: 0.25 with those of above.
    #[config(env = "FRONTDESK_DIALOGUE_OFFER_AT")]
    pub offer_at: Option<f32>,
    /// From which probability on a message is taken for small talk.
    #[config(default = 0.73, env = "FRONTDESK_DIALOGUE_SMALLTALK_AT")]
    pub smalltalk_at: f32,
    /// From which probability on an urgent matter is handed to a human at once.
    #[config(default = 0.6, env = "FRONTDESK_DIALOGUE_URGENT_AT")]
    pub urgent_at: f32,
}

impl Dialogue {
    /// From which probability on an entry is given as the answer.
    pub fn answer_at(&self) -> f32 {
        let follows = indifferent(self.cost_wrong_answer, self.cost_needless_handoff);
        self.answer_at.unwrap_or(follows)
    }

    /// From which probability on an entry is suggested; not above [`Dialogue::answer_at`].
    pub fn suggest_at(&self) -> f32 {
        let follows = indifferent(DOUBTED * self.cost_wrong_answer, self.cost_needless_handoff);
        self.suggest_at.unwrap_or(follows.min(self.answer_at()))
    }

    /// From which probability on questions are offered; not above [`Dialogue::suggest_at`].
    pub fn offer_at(&self) -> f32 {
        let follows = indifferent(IN_VAIN * self.cost_wrong_answer, self.cost_needless_handoff);
        self.offer_at.unwrap_or(follows.min(self.suggest_at()))
    }

    /// What is wrong with a value, with the setting's name.
    pub(super) fn mistake(&self) -> Option<(&'static str, &'static str)> {
        let costs = [
            ("dialogue.cost_wrong_answer", self.cost_wrong_answer),
            ("dialogue.cost_needless_handoff", self.cost_needless_handoff),
        ];
        if let Some((key, _)) = costs.iter().find(|(_, cost)| !(*cost > 0.0 && cost.is_finite())) {
            return Some((*key, "must be a number above 0"));
        }
        let thresholds = [
            ("dialogue.answer_at", self.answer_at()),
            ("dialogue.suggest_at", self.suggest_at()),
            ("dialogue.offer_at", self.offer_at()),
            ("dialogue.smalltalk_at", self.smalltalk_at),
            ("dialogue.urgent_at", self.urgent_at),
        ];
        if let Some((key, _)) = thresholds.iter().find(|(_, at)| !(0.0..=1.0).contains(at)) {
            return Some((*key, "must be a probability from 0 to 1"));
        }
        if self.suggest_at() > self.answer_at() {
            return Some(("dialogue.suggest_at", "must not be above dialogue.answer_at"));
        }
        let is_above = self.offer_at() > self.answer_at();
        is_above.then_some(("dialogue.offer_at", "must not be above dialogue.answer_at"))
    }
}

/// The probability of being right at which acting and not acting cost the same: acting costs `wrong`
/// when it is not right, not acting costs `missed` when it would have been (Chow 1970).
fn indifferent(wrong: f32, missed: f32) -> f32 {
    wrong / (wrong + missed)
}

#[cfg(test)]
mod tests {
    use crate::config::Settings;

    fn thresholds(change: impl Fn(&mut super::Dialogue)) -> [u32; 3] {
        let mut dialogue = Settings::default().dialogue;
        change(&mut dialogue);
        assert_eq!(dialogue.mistake(), None);
        let all = [dialogue.answer_at(), dialogue.suggest_at(), dialogue.offer_at()];
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "percent")]
        all.map(|at| (at * 100.0).round() as u32)
    }

    #[test]
    fn thresholds_follow_from_the_costs_unless_they_are_set() {
        assert_eq!(thresholds(|_| ()), [70, 40, 25]);
        assert_eq!(thresholds(|d| d.cost_wrong_answer = 27.0), [90, 72, 56]);
        assert_eq!(thresholds(|d| d.cost_needless_handoff = 7.0), [50, 22, 13]);
        assert_eq!(thresholds(|d| d.answer_at = Some(0.2)), [20, 20, 20], "none is above it");
        assert_eq!(thresholds(|d| d.offer_at = Some(0.1)), [70, 40, 10]);
    }
}
