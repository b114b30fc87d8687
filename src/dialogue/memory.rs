//! What is remembered of a conversation for the human who takes over: what the customer told and
//! named, what the bot made of it and what it tried. It has an upper bound, so that a state stays
//! small however long the conversation is.

use serde::{Deserialize, Serialize};

use crate::catalog::{Catalog, IntentAct};
use crate::dialogue::summary::summarise;
use crate::domain::{
    Channel, Entity, EntityKind, Filled, HandoffCard, HandoffReason, Language, MessageText, Missed,
    Outcome, ReadingSummary, Scored, Slot, SuggestedReply, TaskEvent, Tried, UrgencyLevel,
};

/// Messages of the customer that are kept.
const TOLD: usize = 12;
/// Characters of a message that are kept.
const TOLD_CHARS: usize = 400;
/// Steps of the bot that are kept.
const TRIED: usize = 12;
/// Named things that are kept.
const SLOTS: usize = 16;
/// Messages of which it is kept what the bot made of them.
const HEARD: usize = 4;
/// Answers of one turn, and answers that were none, that are kept.
const ANSWERS: usize = 5;
/// An intent that is less likely says nothing about the matter.
const SURE_AT: f32 = 0.3;
/// An answer that is less likely is not suggested.
const SUGGEST_AT: f32 = 0.1;

/// What is remembered since the last resolution.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    /// What the customer said, shortened, the oldest first.
    told: Vec<String>,
    /// What the bot tried, in order.
    tried: Vec<Tried>,
    /// What the customer named.
    slots: Vec<Slot>,
    /// What the bot made of the last messages, the latest last.
    heard: Vec<Heard>,
    /// The mood, as last read.
    sentiment: Option<Scored>,
    /// The answers to the customer's last message but those to be answered yet.
    #[serde(default)]
    given: Vec<Missed>,
    /// Whether the customer has said something that the bot has not answered.
    #[serde(default)]
    is_heard: bool,
    /// The answers that were not what was asked, or were asked for again.
    #[serde(default)]
    rejected: Vec<Missed>,
}

/// What the bot made of a message.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Heard {
    /// What the customer most likely wanted, likeliest first.
    intents: Vec<Scored>,
    /// The likeliest answers.
    answers: Vec<Scored>,
}

/// Why a human is needed.
#[derive(Clone, Debug)]
pub struct Wanted<'a> {
    /// The reason.
    pub reason: HandoffReason,
    /// How much it presses.
    pub urgency: UrgencyLevel,
    /// The customer's words that say so.
    pub evidence: &'a [String],
    /// The customer's language.
    pub language: Language,
}

impl Memory {
    /// The customer said something.
    pub(super) fn hear(&mut self, text: &MessageText) {
        let short: String = text.as_str().chars().take(TOLD_CHARS).collect();
        push_bounded(&mut self.told, short, TOLD);
        self.is_heard = true;
    }

    /// The bot answered.
    pub(super) fn note(&mut self, outcome: Outcome, entry: Option<&str>) {
        self.note_given(outcome, entry);
        match outcome {
            // a greeting tells an agent nothing
            Outcome::Smalltalk => drop(self.told.pop()),
            Outcome::HandedOff | Outcome::Proactive => {}
            // a task is one thing that was tried, however much it asks
            Outcome::Task if self.tried.last().is_some_and(|tried| tried.outcome == outcome) => {}
            Outcome::Answered | Outcome::Clarified | Outcome::Fallback | Outcome::Task => {
                let tried = Tried { outcome, entry: entry.map(str::to_owned) };
                push_bounded(&mut self.tried, tried, TRIED);
            }
        }
    }

    fn note_given(&mut self, outcome: Outcome, entry: Option<&str>) {
        if std::mem::take(&mut self.is_heard) {
            self.given.clear();
        }
        let Some(entry) = entry else { return };
        let (entry, question) = (entry.to_owned(), self.told.last().cloned().unwrap_or_default());
        match outcome {
            Outcome::Answered => {
                push_bounded(&mut self.given, Missed { entry, question }, ANSWERS);
            }
            // it was asked for again
            Outcome::Clarified => self.reject(Missed { entry, question }),
            _ => {}
        }
    }

    /// An answer was not what was asked.
    fn reject(&mut self, missed: Missed) {
        if !self.rejected.contains(&missed) {
            push_bounded(&mut self.rejected, missed, ANSWERS);
        }
    }

    /// The answer that was given last, where it was one alone and nothing came after it.
    pub(super) fn given(&self) -> Option<&Missed> {
        match self.given.as_slice() {
            [given] => Some(given),
            _ => None,
        }
    }

    /// The answers that were not what was asked, or were asked for again.
    pub(super) fn rejected(&self) -> &[Missed] {
        &self.rejected
    }

    /// The entries that were likeliest for the message before, likeliest first.
    pub(super) fn likely(&self) -> Vec<&str> {
        let heard = self.heard.last();
        heard.map_or_else(Vec::new, |heard| {
            heard.answers.iter().map(|answer| answer.name.as_str()).collect()
        })
    }

    /// What the customer said when the bot asked back, while nothing else has been tried since: the
    /// words before those that are heard now.
    pub fn asked_back(&self) -> Option<&str> {
        let last = self.tried.last().filter(|last| last.outcome == Outcome::Clarified);
        let before = self.told.len().checked_sub(2).filter(|_| last.is_some())?;
        self.told.get(before).map(String::as_str)
    }

    /// What the customer said before the message that is heard now, the oldest first and shortened.
    pub fn earlier(&self) -> &[String] {
        self.told.split_last().map_or(&[], |(_, earlier)| earlier)
    }

    /// The bot understood something.
    pub fn learn(&mut self, reading: &ReadingSummary) {
        if let Some(missed) = &reading.missed {
            self.reject(missed.clone());
        }
        for Entity { kind, name, value, .. } in &reading.entities {
            let slot = Slot { kind: *kind, name: name.clone(), value: value.clone() };
            self.slots.retain(|known| *known != slot);
            push_bounded(&mut self.slots, slot, SLOTS);
        }
        if reading.intent.is_some() || !reading.answers.is_empty() {
            let intents = reading.intent.iter().chain(&reading.alternatives).cloned().collect();
            let heard = Heard { intents, answers: reading.answers.clone() };
            push_bounded(&mut self.heard, heard, HEARD);
        }
        self.sentiment = reading.sentiment.clone().or(self.sentiment.take());
    }

    /// A flow collected something, or a call brought something.
    pub fn fill(&mut self, task: &TaskEvent) {
        let values = match task {
            TaskEvent::Moved { task, .. } => &task.values,
            TaskEvent::Ended { values, .. } => values,
            TaskEvent::Called { called } => &called.values,
            TaskEvent::Call { .. } => return,
        };
        for (name, Filled { kind, value }) in values {
            if value.is_empty() {
                continue;
            }
            let name = (*kind == EntityKind::Custom).then(|| name.clone());
            let slot = Slot { kind: *kind, name, value: value.chars().take(TOLD_CHARS).collect() };
            if !self.slots.contains(&slot) {
                push_bounded(&mut self.slots, slot, SLOTS);
            }
        }
    }

    /// What the customer named of a kind, the latest first.
    pub(super) fn named(&self, kind: EntityKind) -> impl Iterator<Item = &Slot> {
        self.slots.iter().rev().filter(move |slot| slot.kind == kind)
    }

    /// The card for the human who takes over.
    pub fn card(&self, wanted: &Wanted<'_>, catalog: &Catalog) -> HandoffCard {
        let matter = self.matter(catalog).cloned().unwrap_or_default();
        let mut intents = matter.intents.into_iter();
        HandoffCard {
            reason: wanted.reason,
            intent: intents.next(),
            next_intents: intents.take(2).collect(),
            urgency: wanted.urgency,
            evidence: wanted.evidence.to_vec(),
            sentiment: self.sentiment.clone(),
            language: wanted.language,
            tried: self.tried.clone(),
            slots: self.slots.clone(),
            summary: summarise(&self.told, wanted.evidence),
            suggested_replies: suggestions(&matter.answers, wanted.language, catalog),
            customer: None,
            channel: Channel::default(),
        }
    }

    /// The latest message that has a matter: "a person, please" has none.
    fn matter(&self, catalog: &Catalog) -> Option<&Heard> {
        let is_matter = |heard: &&Heard| {
            let Some(first) = heard.intents.first() else { return true };
            let intent = catalog.intents.iter().find(|intent| intent.name == first.name);
            intent.is_none_or(|intent| intent.act == IntentAct::Ask)
        };
        let is_sure = |heard: &&Heard| {
            let likeliest = heard.intents.first().into_iter().chain(heard.answers.first());
            likeliest.into_iter().any(|likely| likely.confidence >= SURE_AT)
        };
        let matters = || self.heard.iter().rev().filter(is_matter);
        matters().find(is_sure).or(matters().next())
    }
}

fn suggestions(answers: &[Scored], language: Language, catalog: &Catalog) -> Vec<SuggestedReply> {
    let likely = answers.iter().filter(|answer| answer.confidence >= SUGGEST_AT);
    let suggestion = |answer: &Scored| {
        let entry = catalog.entries.iter().find(|entry| entry.id == answer.name)?;
        let text = entry.answer.get(language);
        let text = if text.is_empty() { &entry.answer.en } else { text };
        let (entry, confidence) = (entry.id.clone(), answer.confidence);
        (!text.is_empty()).then(|| SuggestedReply { entry, text: text.clone(), confidence })
    };
    likely.filter_map(suggestion).take(3).collect()
}

fn push_bounded<T>(list: &mut Vec<T>, item: T, most: usize) {
    if list.len() >= most {
        list.remove(0);
    }
    list.push(item);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::{ByLanguage, FaqEntry, Intent};
    use crate::domain::TextLimits;

    fn said(text: &str) -> MessageText {
        MessageText::parse(text, TextLimits::default()).unwrap()
    }

    fn reading(order: &str) -> ReadingSummary {
        let scored = |name: &str, confidence| Scored { name: name.to_owned(), confidence };
        ReadingSummary {
            asked_in_full: None,
            intent: Some(scored("refund", 0.7)),
            alternatives: vec![scored("return", 0.2), scored("track", 0.05)],
            category: None,
            urgency: crate::domain::Urgency::default(),
            sentiment: Some(scored("negative", 0.9)),
            answers: vec![scored("refund-time", 0.5), scored("gone", 0.4), scored("other", 0.01)],
            entities: vec![Entity {
                kind: EntityKind::OrderNumber,
                name: None,
                text: order.to_lowercase(),
                start: 0,
                end: order.len(),
                value: order.to_owned(),
            }],
            arm: None,
            missed: None,
        }
    }

    #[test]
    fn the_card_says_what_the_customer_would_have_to_repeat() {
        let mut memory = Memory::default();
        memory.hear(&said("hello there"));
        memory.note(Outcome::Smalltalk, None);
        memory.hear(&said("My refund for order A-1001 has not come."));
        memory.learn(&reading("A-1001"));
        memory.note(Outcome::Answered, Some("refund-time"));
        memory.hear(&said("That did not help. I want my money back!"));
        memory.learn(&reading("A-1001"));
        let entry = FaqEntry {
            id: "refund-time".to_owned(),
            answer: ByLanguage { en: "Five days.".to_owned(), zh: String::new() },
            ..FaqEntry::default()
        };
        let catalog = Catalog { entries: vec![entry], ..Catalog::default() };
        let wanted = Wanted {
            reason: HandoffReason::NotUnderstood,
            urgency: UrgencyLevel::High,
            evidence: &["money".to_owned()],
            language: Language::Zh,
        };
        let card = memory.card(&wanted, &catalog);
        assert_eq!(card.intent.map(|intent| intent.name).as_deref(), Some("refund"));
        assert_eq!(card.next_intents.len(), 2);
        assert_eq!(card.slots.len(), 1, "the same order is one order");
        let tried = Tried { outcome: Outcome::Answered, entry: Some("refund-time".to_owned()) };
        assert_eq!(card.tried, [tried]);
        let texts: Vec<_> = card.suggested_replies.iter().map(|reply| &reply.text).collect();
        assert_eq!(texts, ["Five days."], "in English where there is no Chinese");
        assert!(card.summary.extractive);
        assert!(!card.summary.sentences.iter().any(|sentence| sentence.contains("hello")));
        assert!(card.summary.sentences[0].contains("A-1001"));
    }

    #[test]
    fn what_was_asked_back_about_are_the_words_before_those_heard_now() {
        let mut memory = Memory::default();
        memory.hear(&said("gift"));
        memory.note(Outcome::Clarified, None);
        assert_eq!(memory.asked_back(), None, "nothing is heard yet");
        memory.hear(&said("for my mother"));
        assert_eq!(memory.asked_back(), Some("gift"));
        memory.note(Outcome::Answered, Some("gift-card"));
        memory.hear(&said("and how dear"));
        assert_eq!(memory.asked_back(), None);
    }

    #[test]
    fn a_wish_for_a_person_is_not_the_matter() {
        let scored = |name: &str, confidence| Scored { name: name.to_owned(), confidence };
        let mut memory = Memory::default();
        memory.learn(&reading("A-1001"));
        let wish = ReadingSummary {
            intent: Some(scored("human", 0.99)),
            answers: vec![scored("hours", 0.7)],
            ..reading("A-1001")
        };
        memory.learn(&wish);
        let answer = ByLanguage { en: "…".to_owned(), zh: String::new() };
        let entry = |id: &str| FaqEntry {
            id: id.to_owned(),
            answer: answer.clone(),
            ..FaqEntry::default()
        };
        let human = Intent { name: "human".to_owned(), act: IntentAct::Human, ..Intent::default() };
        let catalog = Catalog {
            entries: vec![entry("hours"), entry("refund-time")],
            intents: vec![human],
            ..Catalog::default()
        };
        let wanted = Wanted {
            reason: HandoffReason::Requested,
            urgency: UrgencyLevel::Normal,
            evidence: &[],
            language: Language::En,
        };
        let card = memory.card(&wanted, &catalog);
        assert_eq!(card.intent.map(|intent| intent.name).as_deref(), Some("refund"));
        assert_eq!(card.suggested_replies[0].entry, "refund-time");
    }

    #[test]
    fn a_long_conversation_does_not_grow_the_memory() {
        let mut memory = Memory::default();
        for turn in 0..100 {
            memory.hear(&said(&"word ".repeat(300)));
            memory.learn(&reading(&format!("A-{turn}")));
            memory.note(Outcome::Fallback, None);
        }
        assert!(serde_json::to_string(&memory).unwrap().len() < 10_000);
    }
}
