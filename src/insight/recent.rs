//! The last questions that customers asked the bot.

use std::collections::{HashMap, HashSet, VecDeque};

use crate::domain::{ConversationId, Event, EventBody, Outcome};

/// How many are kept.
const KEPT: usize = 500;

/// Most conversations whose last message has no answer yet.
const OPEN: usize = 10_000;

#[derive(Default)]
pub(super) struct Recent {
    questions: VecDeque<(ConversationId, String)>,
    /// What was asked and has no answer yet: that stands in a later append.
    open: HashMap<ConversationId, String>,
}

impl Recent {
    /// Takes what was said. Only what the bot answered, or did not know, is a question: what agents
    /// were told, small talk and pressed buttons are none.
    pub(super) fn take(&mut self, conversation: ConversationId, events: &[Event]) {
        for event in events {
            match &event.body {
                EventBody::VisitorMessage { text, choice: None, .. }
                    if !text.as_str().is_empty() =>
                {
                    if self.open.len() >= OPEN {
                        self.open.clear();
                    }
                    self.open.insert(conversation, text.as_str().to_owned());
                }
                EventBody::BotMessage { outcome, .. } if *outcome != Outcome::Proactive => {
                    let asked = self.open.remove(&conversation);
                    let asked = asked.filter(|_| *outcome != Outcome::Smalltalk);
                    self.questions.extend(asked.map(|text| (conversation, text)));
                }
                EventBody::Erased => {
                    self.open.remove(&conversation);
                    self.questions.retain(|(of, _)| *of != conversation);
                }
                _ => {}
            }
        }
        let too_many = self.questions.len().saturating_sub(KEPT);
        self.questions.drain(..too_many);
    }

    pub(super) fn questions(&self, limit: usize) -> Vec<String> {
        let mut seen = HashSet::new();
        let latest = self.questions.iter().rev().map(|(_, text)| text);
        let different = latest.filter(|text| seen.insert(text.trim().to_lowercase()));
        different.take(limit).cloned().collect()
    }
}
