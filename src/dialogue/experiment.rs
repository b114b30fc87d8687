//! Two strategies at once: each conversation is decided by one of them from its first message to its
//! last, by nothing but its id.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::dialogue::Strategy;
use crate::domain::{Arm, ArmSide, ConversationId};

/// A strategy that is tried on a share of the conversations.
#[derive(Clone, Debug)]
pub struct Experiment {
    /// Its name: another one splits the conversations anew.
    pub name: String,
    /// The share of the conversations, above 0 and below 1.
    pub share: f64,
    /// What is tried.
    pub trial: Arc<Strategy>,
}

/// By what the bot decides, and what is tried.
#[derive(Clone, Debug)]
pub struct Strategies {
    /// By what it decides.
    pub usual: Arc<Strategy>,
    /// What is tried beside it.
    pub experiment: Option<Experiment>,
}

impl Strategies {
    /// One strategy for all.
    pub fn of(usual: Strategy) -> Self {
        Self { usual: Arc::new(usual), experiment: None }
    }

    /// The strategy for a conversation.
    pub fn strategy(&self, conversation: ConversationId) -> &Arc<Strategy> {
        match &self.experiment {
            Some(experiment) if experiment.side(conversation) == ArmSide::Trial => {
                &experiment.trial
            }
            _ => &self.usual,
        }
    }

    /// The side on which a conversation is, while something is tried.
    pub fn arm(&self, conversation: ConversationId) -> Option<Arm> {
        let experiment = self.experiment.as_ref()?;
        let side = experiment.side(conversation);
        Some(Arm { experiment: experiment.name.clone(), side })
    }
}

impl Experiment {
    /// The side of a conversation: where the hash of name and id lies among all hashes.
    fn side(&self, conversation: ConversationId) -> ArmSide {
        let hash = Sha256::digest(format!("{}/{conversation}", self.name));
        let first = hash.iter().take(4).fold(0_u32, |sum, byte| sum << 8 | u32::from(*byte));
        let place = f64::from(first) / (f64::from(u32::MAX) + 1.0);
        if place < self.share { ArmSide::Trial } else { ArmSide::Usual }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Costs;

    fn strategies(name: &str, share: f64) -> Strategies {
        let trial = Strategy::of(Costs { wrong_answer: 70.0, ..Costs::default() });
        let experiment = Experiment { name: name.to_owned(), share, trial: Arc::new(trial) };
        let usual = Arc::new(Strategy::of(Costs::default()));
        Strategies { usual, experiment: Some(experiment) }
    }

    #[test]
    fn a_conversation_keeps_its_side_and_sides_have_their_share() {
        let (first, second) = (strategies("careful", 0.2), strategies("bold", 0.2));
        let all: Vec<ConversationId> = (0..4000).map(|_| ConversationId::random()).collect();
        let tried = |strategies: &Strategies, of: ConversationId| {
            strategies.arm(of).unwrap().side == ArmSide::Trial
        };
        let count = all.iter().filter(|of| tried(&first, **of)).count();
        // six standard deviations on either side
        assert!((648..952).contains(&count), "{count}");
        let both = all.iter().filter(|of| tried(&first, **of) && tried(&second, **of)).count();
        assert!((80..250).contains(&both), "another name splits anew: {both}");
        for of in all {
            assert_eq!(tried(&first, of), tried(&first.clone(), of));
            let wrong = first.strategy(of).costs.wrong_answer;
            assert_eq!(wrong > 10.0, tried(&first, of));
        }
    }

    #[test]
    fn without_an_experiment_all_are_decided_as_usual() {
        let strategies = Strategies::of(Strategy::of(Costs::default()));
        let of = ConversationId::random();
        assert_eq!(strategies.arm(of), None);
        assert!(Arc::ptr_eq(strategies.strategy(of), &strategies.usual));
    }
}
