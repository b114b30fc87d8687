//! The order in which waiting customers are served: most urgent first, and within a level first
//! come, first served. Pure: time comes with the entries.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

use crate::domain::{ConversationId, HandoffReason, Language, Timestamp, UrgencyLevel};

/// A customer who waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The customer's conversation.
    pub conversation: ConversationId,
    /// How much the matter presses.
    pub urgency: UrgencyLevel,
    /// Why a human is needed.
    pub reason: HandoffReason,
    /// The customer's words that say how much it presses.
    pub evidence: Vec<String>,
    /// Since when the customer waits; kept when an agent gives the conversation back.
    pub since: Timestamp,
    /// The customer's language.
    pub language: Language,
}

type Rank = (Reverse<UrgencyLevel>, Timestamp, ConversationId);

/// All customers who wait, in the order in which they are served.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    order: BTreeSet<Rank>,
    entries: HashMap<ConversationId, Waiting>,
}

impl Queue {
    /// Puts a customer in, or moves one who already waits.
    pub fn offer(&mut self, waiting: Waiting) {
        self.remove(waiting.conversation);
        self.order.insert(rank(&waiting));
        self.entries.insert(waiting.conversation, waiting);
    }

    /// Takes a customer out.
    pub fn remove(&mut self, conversation: ConversationId) -> Option<Waiting> {
        let waiting = self.entries.remove(&conversation)?;
        self.order.remove(&rank(&waiting));
        Some(waiting)
    }

    /// Everybody who waits, who is next first.
    pub fn iter(&self) -> impl Iterator<Item = &Waiting> {
        self.order.iter().filter_map(|(_, _, conversation)| self.entries.get(conversation))
    }

    /// How many wait.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nobody waits.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How many wait at `level`.
    pub fn depth(&self, level: UrgencyLevel) -> usize {
        self.entries.values().filter(|waiting| waiting.urgency == level).count()
    }
}

fn rank(waiting: &Waiting) -> Rank {
    (Reverse(waiting.urgency), waiting.since, waiting.conversation)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn waiting(number: u8, urgency: UrgencyLevel, since: i64) -> Waiting {
        Waiting {
            conversation: ConversationId::from_bytes([number; 16]),
            urgency,
            reason: HandoffReason::Requested,
            evidence: vec![],
            since: Timestamp(since),
            language: Language::En,
        }
    }

    #[test]
    fn most_urgent_first_then_first_come_first_served() {
        let mut queue = Queue::default();
        queue.offer(waiting(1, UrgencyLevel::Normal, 10));
        queue.offer(waiting(2, UrgencyLevel::Urgent, 30));
        queue.offer(waiting(3, UrgencyLevel::Normal, 5));
        queue.offer(waiting(4, UrgencyLevel::Low, 1));
        let order: Vec<i64> = queue.iter().map(|w| w.since.0).collect();
        assert_eq!(order, [30, 5, 10, 1]);
        assert_eq!(queue.depth(UrgencyLevel::Normal), 2);
    }

    #[test]
    fn a_raised_urgency_moves_an_entry_up_without_doubling_it() {
        let mut queue = Queue::default();
        queue.offer(waiting(1, UrgencyLevel::Normal, 10));
        queue.offer(waiting(2, UrgencyLevel::Normal, 20));
        queue.offer(waiting(2, UrgencyLevel::High, 20));
        assert_eq!(queue.len(), 2);
        assert_eq!(queue.iter().next().map(|w| w.since.0), Some(20));
    }

    fn level() -> impl Strategy<Value = UrgencyLevel> {
        prop::sample::select(UrgencyLevel::ALL.to_vec())
    }

    proptest! {
        /// Against a plain list: the same members, in the order of a stable sort.
        #[test]
        fn any_sequence_of_offers_and_removals_matches_a_sorted_list(
            steps in prop::collection::vec((0_u8..12, level(), 0_i64..50, any::<bool>()), 0..80)
        ) {
            let mut queue = Queue::default();
            let mut model: Vec<Waiting> = Vec::new();
            for (number, urgency, since, is_offer) in steps {
                let entry = waiting(number, urgency, since);
                model.retain(|w| w.conversation != entry.conversation);
                if is_offer {
                    model.push(entry.clone());
                    queue.offer(entry);
                } else {
                    queue.remove(entry.conversation);
                }
                model.sort_by_key(rank);
                let order: Vec<&Waiting> = queue.iter().collect();
                prop_assert_eq!(order, model.iter().collect::<Vec<_>>());
                prop_assert_eq!(queue.len(), model.len());
            }
        }
    }
}
