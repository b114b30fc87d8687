//! What mistakes cost, and from which probability on it is worth while to act.

use serde::{Deserialize, Serialize};

/// What questions that are offered in vain cost beside a wrong answer: the customer reads them and
/// presses "none of these", but believes nothing that is not so.
pub const IN_VAIN: f32 = 1.0 / 7.0;
/// What an answer costs beside a wrong one when it says that it may not be meant, and shows what else
/// may be.
pub const DOUBTED: f32 = 2.0 / 7.0;
/// What small talk in reply to a question costs beside a wrong answer: nothing false is believed, but
/// the customer sees that nobody listened.
const UNHEARD: f32 = 1.16;

/// What mistakes cost, in any unit: only their ratios count.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Costs {
    /// A wrong answer.
    pub wrong_answer: f32,
    /// To hand over, or to say that one does not know, what could have been answered.
    pub needless_handoff: f32,
    /// Not to hand over at once what presses.
    pub missed_urgency: f32,
}

impl Default for Costs {
    fn default() -> Self {
        Self { wrong_answer: 7.0, needless_handoff: 3.0, missed_urgency: 2.0 }
    }
}

impl Costs {
    /// From which probability on an entry is given as the answer.
    pub fn answer_at(self) -> f32 {
        indifferent(self.wrong_answer, self.needless_handoff)
    }

    /// From which probability on an entry is given as what may be meant.
    pub fn suggest_at(self) -> f32 {
        indifferent(DOUBTED * self.wrong_answer, self.needless_handoff)
    }

    /// From which probability on questions are offered.
    pub fn offer_at(self) -> f32 {
        indifferent(IN_VAIN * self.wrong_answer, self.needless_handoff)
    }

    /// From which probability on a message is taken for small talk.
    pub fn smalltalk_at(self) -> f32 {
        indifferent(UNHEARD * self.wrong_answer, self.needless_handoff)
    }

    /// From which probability on an urgent matter is handed over at once.
    pub fn urgent_at(self) -> f32 {
        indifferent(self.needless_handoff, self.missed_urgency)
    }
}

/// The probability of being right at which acting and not acting cost the same: acting costs `wrong`
/// when it is not right, not acting costs `missed` when it would have been (Chow 1970).
fn indifferent(wrong: f32, missed: f32) -> f32 {
    wrong / (wrong + missed)
}
