//! Which external bot answers in place of the built-in answers, and what it may do: it has the
//! conversations that began, or began anew, since it was switched on, until a human is asked for.

use std::sync::Arc;

use arc_swap::ArcSwapOption;

use crate::conversation::Refusal;
use crate::dialogue::{Policy, State, Status};
use crate::domain::{
    Action, Choice, DoorId, EventBody, HandoffReason, Language, MessageText, Outcome, Seq,
    Timestamp,
};

/// The bot that answers now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BotInUse {
    /// Which.
    pub id: DoorId,
    /// Since when.
    pub since: Timestamp,
}

/// Switches the external bot; everybody who holds one sees the same.
#[derive(Clone, Default)]
pub struct BotSwitch(Arc<ArcSwapOption<BotInUse>>);

/// What a bot says.
#[derive(Clone, Debug, PartialEq)]
pub struct BotSaid {
    /// Which bot.
    pub bot: DoorId,
    /// The words.
    pub text: MessageText,
    /// Buttons.
    pub choices: Vec<Choice>,
}

/// A conversation that an external bot has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BotTurn {
    /// Which bot.
    pub bot: DoorId,
    /// The first message that it has not answered, and when it was written.
    pub owed: Option<(Seq, Timestamp)>,
}

impl BotSwitch {
    /// Switches a bot on, or with none the built-in answers.
    pub fn set(&self, bot: Option<BotInUse>) {
        self.0.store(bot.map(Arc::new));
    }

    /// The bot that answers now.
    pub fn get(&self) -> Option<BotInUse> {
        self.0.load().as_deref().copied()
    }

    /// The bot whose turn a conversation in `state` is.
    pub(super) fn holder(&self, state: &State) -> Option<DoorId> {
        let bot = self.get()?;
        let is_its = state.began.is_some_and(|began| began >= bot.since);
        (is_its && state.status == Status::Bot).then_some(bot.id)
    }

    pub(super) fn turn(&self, state: &State) -> Option<BotTurn> {
        let bot = self.holder(state)?;
        Some(BotTurn { bot, owed: state.owed.map(|owed| (owed.seq, owed.at)) })
    }

    /// A bot that no longer has the conversation is told so; one that never had it is not told that
    /// there is one.
    pub(super) fn check(&self, state: &State, bot: DoorId) -> Result<(), Refusal> {
        if self.holder(state) == Some(bot) {
            return Ok(());
        }
        let in_use = self.get().filter(|in_use| in_use.id == bot);
        match (state.began, in_use) {
            (Some(began), Some(bot)) if began < bot.since => Err(Refusal::Unknown),
            (Some(_), _) => Err(Refusal::NotWithBot),
            (None, _) => Err(Refusal::Unknown),
        }
    }

    /// The event with which a bot speaks.
    pub(super) fn say(&self, state: &State, said: BotSaid) -> Result<EventBody, Refusal> {
        self.check(state, said.bot)?;
        Ok(EventBody::BotMessage {
            text: said.text.as_str().to_owned(),
            language: language(state),
            outcome: Outcome::Answered,
            entry: None,
            choices: said.choices,
            sources: vec![],
            reading: None,
        })
    }

    /// What is done when a bot hands over, or when `missed` went unanswered for too long.
    pub(super) fn hand_over(
        &self,
        policy: &Policy<'_>,
        state: &State,
        bot: DoorId,
        missed: Option<Seq>,
    ) -> Result<Vec<Action>, Refusal> {
        self.check(state, bot)?;
        if missed.is_some() && state.owed.map(|owed| owed.seq) != missed {
            return Err(Refusal::NotWithBot);
        }
        let mut actions = policy.hand_over(state, language(state));
        if missed.is_none() {
            // a bot that hands over has said so in its own words
            actions.retain(|action| matches!(action, Action::Handoff { .. }));
        }
        for action in &mut actions {
            if let Action::Handoff { reason, .. } = action {
                *reason = missed.map_or(HandoffReason::ByBot, |_| HandoffReason::BotUnavailable);
            }
        }
        Ok(actions)
    }
}

/// The language spoken so far; before the first answer, that of the customer's last words.
fn language(state: &State) -> Language {
    let is_han = |c: char| ('\u{3400}'..='\u{9fff}').contains(&c);
    let heard = if state.preview.chars().any(is_han) { Language::Zh } else { Language::En };
    state.language.unwrap_or(heard)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialogue::Owed;

    fn bot(since: i64) -> (BotSwitch, DoorId) {
        let (switch, id) = (BotSwitch::default(), DoorId::random());
        switch.set(Some(BotInUse { id, since: Timestamp(since) }));
        (switch, id)
    }

    fn state(began: i64, status: Status) -> State {
        let owed = Some(Owed { seq: Seq(1), at: Timestamp(began) });
        State { began: Some(Timestamp(began)), owed, status, ..State::default() }
    }

    #[test]
    fn a_bot_has_what_began_since_it_was_switched_on_until_a_human_is_asked_for() {
        let (switch, id) = bot(100);
        assert_eq!(switch.holder(&state(100, Status::Bot)), Some(id));
        for other in [state(99, Status::Bot), state(100, Status::Waiting), State::default()] {
            assert_eq!(switch.holder(&other), None, "{other:?}");
        }
        switch.set(None);
        assert_eq!(switch.turn(&state(100, Status::Bot)), None);
    }

    #[test]
    fn a_bot_is_told_what_it_no_longer_has_and_not_what_it_never_had() {
        let (switch, id) = bot(100);
        assert_eq!(switch.check(&state(100, Status::Bot), id), Ok(()));
        assert_eq!(switch.check(&state(100, Status::Human), id), Err(Refusal::NotWithBot));
        assert_eq!(switch.check(&state(50, Status::Bot), id), Err(Refusal::Unknown));
        let other = DoorId::random();
        assert_eq!(switch.check(&state(100, Status::Bot), other), Err(Refusal::NotWithBot));
        assert_eq!(switch.check(&State::default(), id), Err(Refusal::Unknown));
    }

    #[test]
    fn before_a_bots_first_words_the_customers_own_tell_the_language() {
        let mut state = state(1, Status::Bot);
        state.preview = "我的包裹在哪里".to_owned();
        assert_eq!(language(&state), Language::Zh);
        state.language = Some(Language::En);
        assert_eq!(language(&state), Language::En);
    }
}
