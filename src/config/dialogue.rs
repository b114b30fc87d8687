//! Settings of the decision: what mistakes cost, and the thresholds that follow from it.

use std::path::PathBuf;

use confique::Config;
use serde::{Deserialize, Serialize};

use crate::config::{Settings, SettingsError};
use crate::domain::{Costs, UrgencyLevel};

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
    /// What it costs not to hand over at once what presses; it is still answered, asked back or handed
    /// over as anything else is, and stands high in the queue.
    #[config(default = 2.0, env = "FRONTDESK_DIALOGUE_COST_MISSED_URGENCY")]
    pub cost_missed_urgency: f32,
    /// Where mistakes cost something else: a list of tables, `[[dialogue.costs]]`, each with `segment`,
    /// `urgency` (low, normal, high, urgent) or both, and `wrong_answer`, `needless_handoff` or
    /// `missed_urgency`; what is left out costs what it usually does. The first that fits the customer
    /// and the message counts, and all its thresholds follow from its costs.
    #[config(default = [])]
    pub costs: Vec<CostsOf>,
    /// A file with a learned policy (`frontdesk policy train`), which then chooses between an answer, a
    /// suggestion, a question back and a hand-off; without, the thresholds do.
    #[config(env = "FRONTDESK_DIALOGUE_POLICY")]
    pub policy: Option<PathBuf>,
    /// Something else that is tried on a share of the conversations.
    #[config(nested)]
    pub experiment: Experiment,
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
    /// From which probability on a message is taken for small talk. When it is left out, it follows
    /// from the costs: 0.73 with those of above.
    #[config(env = "FRONTDESK_DIALOGUE_SMALLTALK_AT")]
    pub smalltalk_at: Option<f32>,
    /// From which probability on an urgent matter is handed to a human at once. When it is left out,
    /// it follows from the costs: 0.6 with those of above.
    #[config(env = "FRONTDESK_DIALOGUE_URGENT_AT")]
    pub urgent_at: Option<f32>,
}

/// Something else that is tried on a share of the conversations.
#[derive(Clone, Debug, Config)]
#[config(layer_attr(serde(deny_unknown_fields)))]
pub struct Experiment {
    /// Its name, in reports; without one, nothing is tried. Another name splits the conversations anew.
    #[config(env = "FRONTDESK_DIALOGUE_EXPERIMENT_NAME")]
    pub name: Option<String>,
    /// The share of the conversations on which it is tried; which, their ids say.
    #[config(default = 0.5, env = "FRONTDESK_DIALOGUE_EXPERIMENT_SHARE")]
    pub share: f32,
    /// What a wrong answer costs there, when it is something else.
    #[config(env = "FRONTDESK_DIALOGUE_EXPERIMENT_WRONG_ANSWER")]
    pub wrong_answer: Option<f32>,
    /// What a needless hand-off costs there.
    #[config(env = "FRONTDESK_DIALOGUE_EXPERIMENT_NEEDLESS_HANDOFF")]
    pub needless_handoff: Option<f32>,
    /// What it costs there not to hand over at once what presses.
    #[config(env = "FRONTDESK_DIALOGUE_EXPERIMENT_MISSED_URGENCY")]
    pub missed_urgency: Option<f32>,
    /// A learned policy that chooses there; without, the rules do.
    #[config(env = "FRONTDESK_DIALOGUE_EXPERIMENT_POLICY")]
    pub policy: Option<PathBuf>,
}

impl Experiment {
    fn costs(&self) -> CostsOf {
        CostsOf {
            segment: None,
            urgency: None,
            wrong_answer: self.wrong_answer,
            needless_handoff: self.needless_handoff,
            missed_urgency: self.missed_urgency,
        }
    }

    fn has_costs(&self) -> bool {
        self.costs() != CostsOf::default()
    }

    /// The settings as they are where it is tried: with other costs, every threshold follows from them.
    pub fn on(&self, settings: &Settings) -> Settings {
        let mut tried = settings.clone();
        let dialogue = &mut tried.dialogue;
        let costs = self.costs().beside(dialogue.usual());
        if self.has_costs() {
            dialogue.cost_wrong_answer = costs.wrong_answer;
            dialogue.cost_needless_handoff = costs.needless_handoff;
            dialogue.cost_missed_urgency = costs.missed_urgency;
            (dialogue.answer_at, dialogue.suggest_at, dialogue.offer_at) = (None, None, None);
            (dialogue.smalltalk_at, dialogue.urgent_at) = (None, None);
        }
        tried
    }

    /// What is wrong, with the setting's name. `is_learned`: whether a learned policy is in use already.
    fn mistake(&self, is_learned: bool) -> Option<(&'static str, &'static str)> {
        let name = self.name.as_deref()?;
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
        if name.is_empty() || name.len() > 40 || !name.chars().all(fits) {
            let message = "must be 1 to 40 letters, digits, dots, dashes or underscores";
            return Some(("dialogue.experiment.name", message));
        }
        if !(self.share > 0.0 && self.share < 1.0) {
            return Some(("dialogue.experiment.share", "must lie between 0 and 1"));
        }
        let costs = [
            ("dialogue.experiment.wrong_answer", self.wrong_answer),
            ("dialogue.experiment.needless_handoff", self.needless_handoff),
            ("dialogue.experiment.missed_urgency", self.missed_urgency),
        ];
        let wrong = costs.into_iter().find(|(_, cost)| cost.is_some_and(|cost| !is_cost(cost)));
        if let Some((key, _)) = wrong {
            return Some((key, "must be a number above 0"));
        }
        let is_other = self.has_costs() || self.policy.is_some() || is_learned;
        let message = "tries nothing else: it needs a cost or a policy";
        (!is_other).then_some(("dialogue.experiment", message))
    }
}

/// What mistakes cost with some customers, or in some matters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CostsOf {
    /// The segment of the customer; any, when it is left out.
    pub segment: Option<String>,
    /// How much the message presses; any level, when it is left out.
    pub urgency: Option<UrgencyLevel>,
    /// What a wrong answer costs.
    pub wrong_answer: Option<f32>,
    /// What a needless hand-off costs.
    pub needless_handoff: Option<f32>,
    /// What it costs not to hand over at once what presses.
    pub missed_urgency: Option<f32>,
}

impl CostsOf {
    /// What mistakes cost, where `usual` is what they usually do.
    pub fn beside(&self, usual: Costs) -> Costs {
        Costs {
            wrong_answer: self.wrong_answer.unwrap_or(usual.wrong_answer),
            needless_handoff: self.needless_handoff.unwrap_or(usual.needless_handoff),
            missed_urgency: self.missed_urgency.unwrap_or(usual.missed_urgency),
        }
    }

    fn mistake(&self) -> Option<String> {
        let costs = [
            ("wrong_answer", self.wrong_answer),
            ("needless_handoff", self.needless_handoff),
            ("missed_urgency", self.missed_urgency),
        ];
        if self.segment.is_none() && self.urgency.is_none() {
            return Some("needs a segment or an urgency".to_owned());
        }
        if self.segment.as_ref().is_some_and(|segment| segment.trim().is_empty()) {
            return Some("segment must not be empty".to_owned());
        }
        if costs.iter().all(|(_, cost)| cost.is_none()) {
            let message = "needs wrong_answer, needless_handoff or missed_urgency";
            return Some(message.to_owned());
        }
        let mut given = costs.into_iter().filter_map(|(key, cost)| Some((key, cost?)));
        let (key, _) = given.find(|(_, cost)| !is_cost(*cost))?;
        Some(format!("{key} must be a number above 0"))
    }
}

fn is_cost(cost: f32) -> bool {
    cost > 0.0 && cost.is_finite()
}

impl Dialogue {
    /// What mistakes usually cost.
    pub fn usual(&self) -> Costs {
        Costs {
            wrong_answer: self.cost_wrong_answer,
            needless_handoff: self.cost_needless_handoff,
            missed_urgency: self.cost_missed_urgency,
        }
    }

    /// From which probability on an entry is given as the answer.
    pub fn answer_at(&self) -> f32 {
        self.answer_at.unwrap_or(self.usual().answer_at())
    }

    /// From which probability on an entry is suggested; not above [`Dialogue::answer_at`].
    pub fn suggest_at(&self) -> f32 {
        let follows = self.usual().suggest_at();
        self.suggest_at.unwrap_or(follows.min(self.answer_at()))
    }

    /// From which probability on questions are offered; not above [`Dialogue::suggest_at`].
    pub fn offer_at(&self) -> f32 {
        let follows = self.usual().offer_at();
        self.offer_at.unwrap_or(follows.min(self.suggest_at()))
    }

    /// From which probability on a message is taken for small talk.
    pub fn smalltalk_at(&self) -> f32 {
        self.smalltalk_at.unwrap_or(self.usual().smalltalk_at())
    }

    /// From which probability on an urgent matter is handed over at once.
    pub fn urgent_at(&self) -> f32 {
        self.urgent_at.unwrap_or(self.usual().urgent_at())
    }

    pub(super) fn check(&self) -> Result<(), SettingsError> {
        let tried = || self.experiment.mistake(self.policy.is_some());
        if let Some((key, message)) = self.mistake().or_else(tried) {
            return Err(SettingsError::Value { key, message: message.to_owned() });
        }
        let mistakes = (1..).zip(&self.costs).find_map(|(place, of)| Some((place, of.mistake()?)));
        mistakes.map_or(Ok(()), |(place, mistake)| {
            let message = format!("number {place}: {mistake}");
            Err(SettingsError::Value { key: "dialogue.costs", message })
        })
    }

    /// What is wrong with a value, with the setting's name.
    fn mistake(&self) -> Option<(&'static str, &'static str)> {
        let costs = [
            ("dialogue.cost_wrong_answer", self.cost_wrong_answer),
            ("dialogue.cost_needless_handoff", self.cost_needless_handoff),
            ("dialogue.cost_missed_urgency", self.cost_missed_urgency),
        ];
        if let Some((key, _)) = costs.iter().find(|(_, cost)| !is_cost(*cost)) {
            return Some((*key, "must be a number above 0"));
        }
        let thresholds = [
            ("dialogue.answer_at", self.answer_at()),
            ("dialogue.suggest_at", self.suggest_at()),
            ("dialogue.offer_at", self.offer_at()),
            ("dialogue.smalltalk_at", self.smalltalk_at()),
            ("dialogue.urgent_at", self.urgent_at()),
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

#[cfg(test)]
mod tests {
    use super::CostsOf;
    use crate::config::Settings;

    fn thresholds(change: impl Fn(&mut super::Dialogue)) -> [u32; 5] {
        let mut dialogue = Settings::default().dialogue;
        change(&mut dialogue);
        assert_eq!(dialogue.mistake(), None);
        let doubt = [dialogue.answer_at(), dialogue.suggest_at(), dialogue.offer_at()];
        let [answer, suggest, offer] = doubt;
        let all = [answer, suggest, offer, dialogue.smalltalk_at(), dialogue.urgent_at()];
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "percent")]
        all.map(|at| (at * 100.0).round() as u32)
    }

    #[test]
    fn thresholds_follow_from_the_costs_unless_they_are_set() {
        assert_eq!(thresholds(|_| ()), [70, 40, 25, 73, 60]);
        assert_eq!(thresholds(|d| d.cost_wrong_answer = 27.0), [90, 72, 56, 91, 60]);
        assert_eq!(thresholds(|d| d.cost_needless_handoff = 7.0), [50, 22, 13, 54, 78]);
        assert_eq!(thresholds(|d| d.cost_missed_urgency = 27.0), [70, 40, 25, 73, 10]);
        assert_eq!(thresholds(|d| d.answer_at = Some(0.2)), [20, 20, 20, 73, 60], "none above it");
        assert_eq!(thresholds(|d| d.offer_at = Some(0.1)), [70, 40, 10, 73, 60]);
        assert_eq!(thresholds(|d| d.urgent_at = Some(0.5)), [70, 40, 25, 73, 50]);
    }

    #[test]
    fn an_experiment_must_try_something_on_a_share() {
        let told = |change: fn(&mut super::Experiment)| {
            let mut dialogue = Settings::default().dialogue;
            dialogue.experiment.name = Some("careful".to_owned());
            dialogue.experiment.wrong_answer = Some(27.0);
            change(&mut dialogue.experiment);
            dialogue.check().err().map(|error| error.to_string()).unwrap_or_default()
        };
        assert_eq!(told(|_| ()), "");
        assert!(told(|e| e.name = Some("a b".to_owned())).contains("experiment.name: must be"));
        assert!(told(|e| e.share = 1.0).contains("experiment.share: must lie"));
        assert!(told(|e| e.wrong_answer = Some(0.0)).contains("experiment.wrong_answer: must"));
        assert!(told(|e| e.wrong_answer = None).contains("dialogue.experiment: tries nothing"));
    }

    #[test]
    fn an_experiment_with_costs_has_thresholds_of_its_own() {
        let mut settings = Settings::default();
        settings.dialogue.answer_at = Some(0.3);
        settings.dialogue.suggest_at = Some(0.2);
        settings.dialogue.offer_at = Some(0.1);
        let same = settings.dialogue.experiment.on(&settings).dialogue;
        assert_eq!(same.answer_at, Some(0.3));
        settings.dialogue.experiment.wrong_answer = Some(27.0);
        let other = settings.dialogue.experiment.on(&settings).dialogue;
        assert!((other.answer_at() - 0.9).abs() < 1e-6 && other.offer_at() > 0.5);
    }

    #[test]
    fn a_case_of_costs_that_says_nothing_or_no_number_is_named_by_its_place() {
        let told = |wrong: CostsOf| {
            let mut dialogue = Settings::default().dialogue;
            let segment = Some("vip".to_owned());
            let right = CostsOf { segment, wrong_answer: Some(9.0), ..CostsOf::default() };
            dialogue.costs = vec![right, wrong];
            dialogue.check().unwrap_err().to_string()
        };
        let vip = CostsOf { segment: Some("vip".to_owned()), ..CostsOf::default() };
        let none = told(CostsOf { wrong_answer: Some(1.0), ..CostsOf::default() });
        assert_eq!(none, "dialogue.costs: number 2: needs a segment or an urgency");
        assert!(told(vip.clone()).contains("needs wrong_answer"), "{}", told(vip));
        let vip = CostsOf { segment: Some("vip".to_owned()), ..CostsOf::default() };
        let below = told(CostsOf { missed_urgency: Some(-1.0), ..vip });
        assert_eq!(below, "dialogue.costs: number 2: missed_urgency must be a number above 0");
    }
}
