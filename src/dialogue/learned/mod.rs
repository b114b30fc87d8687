//! A learned policy: a decision tree that chooses between an answer, a suggestion, a question back and
//! a hand-off where the rules would weigh probabilities. Buttons, a wish for a person, danger, flows,
//! small talk, orders' numbers and whoever is upset stay with the rules.

mod features;
mod file;
mod tree;

pub use features::{Features, Name, Number};
pub use file::{FoldedDepth, LearnedPolicy, PolicyFileError, Trained};
pub use tree::{Leaf, Node, Split, Test, Way, WayCosts};

use crate::catalog::Reply;
use crate::dialogue::decide::Turn;
use crate::dialogue::spoken::language_of;
use crate::dialogue::{Message, Policy, State, Status};
use crate::domain::{Action, HandoffReason, Reading};

/// A message of which the choice between the four ways is open.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenChoice<'a> {
    /// What a tree may ask.
    pub features: Features<'a>,
    /// What the rules choose.
    pub rules: Way,
}

impl Policy<'_> {
    /// What a learned policy may ask about a message, and what the rules choose; nothing where the
    /// choice is not the policy's: whatever is learned, the rules decide there.
    pub fn open_choice<'a>(
        &'a self,
        state: &'a State,
        message: Message<'a>,
        reading: &'a Reading,
    ) -> Option<OpenChoice<'a>> {
        if state.status != Status::Bot || state.call.is_some() || state.task.is_some() {
            return None;
        }
        let language = language_of(state, message.text, reading);
        let policy = &self.of_turn(reading);
        let turn = Turn { policy, state, reading, language, message };
        let pressed = message.choice.and_then(|choice| turn.follow_choice(choice));
        if pressed.is_some() || turn.human().is_some() || turn.begin().is_some() || !turn.is_open()
        {
            return None;
        }
        let rules = Way::of(&turn.by_rules())?;
        // the features hold names that live as long as the state and the reading
        let features = Features::of(self, state, reading, language);
        Some(OpenChoice { features, rules })
    }
}

impl Turn<'_> {
    /// What the tree chooses, where there is one and the choice is its own.
    pub(super) fn learned(&self) -> Option<Vec<Action>> {
        let leaf = self.leaf()?;
        self.go(leaf.way)
    }

    /// Where the message comes to in the tree.
    pub(super) fn leaf(&self) -> Option<&Leaf> {
        let learned = self.policy.occasion.strategy?.learned.as_ref()?;
        let features = Features::of(self.policy, self.state, self.reading, self.language);
        self.is_open().then(|| learned.tree.leaf(&features))
    }

    /// Whether the rules would weigh probabilities about the message.
    fn is_open(&self) -> bool {
        self.answer().is_some()
            || (self.smalltalk().is_none() && self.own_matter().is_none() && self.upset().is_none())
    }

    fn go(&self, way: Way) -> Option<Vec<Action>> {
        match way {
            Way::Answer => self.answer().or_else(|| self.answer_likeliest()),
            Way::Suggest => self.suggest_from(0.0),
            Way::Clarify => return self.clarify_from(0.0),
            Way::HandOff => {
                return Some(self.hand_off(HandoffReason::NotUnderstood, Reply::HandoffRequested));
            }
        }
        .map(|actions| self.offered(actions))
    }

    fn answer_likeliest(&self) -> Option<Vec<Action>> {
        let (id, _) = self.likeliest()?;
        let (entry, text) = self.entry(id)?;
        Some(vec![self.say_entry(entry, text)])
    }
}

#[cfg(test)]
mod tests;
