//! The order in which waiting customers are served. Pure: time comes with the entries. Customers who
//! need the same kind of agent stand in one lane, so that finding the next one for a free agent looks
//! at the heads of a few lanes and not at everybody.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::domain::{
    AgentId, ConversationId, HandoffReason, Language, Priority, Target, Timestamp, UrgencyLevel,
};
use crate::handoff::Standing;

/// A customer who waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The customer's conversation.
    pub conversation: ConversationId,
    /// How much the matter presses.
    pub urgency: UrgencyLevel,
    /// How much it matters, as agents say.
    pub priority: Option<Priority>,
    /// Why a human is needed.
    pub reason: HandoffReason,
    /// The customer's words that say how much it presses.
    pub evidence: Vec<String>,
    /// Since when the customer waits; kept when an agent gives the conversation back.
    pub since: Timestamp,
    /// The customer's language.
    pub language: Language,
    /// Whether the customer is upset.
    pub upset: bool,
    /// What the customer is worth: `low`, `normal`, `high` or `vip`.
    pub value: Option<String>,
    /// The customer's segment.
    pub segment: Option<String>,
    /// The likeliest intent.
    pub intent: Option<String>,
    /// The way in which the customer writes.
    pub channel: String,
    /// Until when that lets us answer.
    pub reply_until: Option<Timestamp>,
    /// To whom it was transferred.
    pub target: Option<Target>,
    /// The agent who knows the customer.
    pub last_agent: Option<AgentId>,
    /// Whether an agent had it already.
    pub returned: bool,
}

/// What an agent must bring for a conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Need {
    /// Skills, all of them.
    pub skills: BTreeSet<String>,
    /// A language.
    pub language: Language,
    /// A team.
    pub team: Option<String>,
    /// A channel.
    pub channel: String,
}

type Rank = (Timestamp, Timestamp, ConversationId);

/// One who waits, with where they stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Who and why.
    pub waiting: Waiting,
    /// Where, and why there.
    pub standing: Standing,
    /// What an agent must bring.
    pub need: Need,
}

/// All customers who wait, in the order in which they are served.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    order: BTreeSet<Rank>,
    lanes: BTreeMap<Need, BTreeSet<Rank>>,
    entries: HashMap<ConversationId, Entry>,
    depths: HashMap<UrgencyLevel, usize>,
}

impl Queue {
    /// Puts a customer in, or moves one who already waits.
    pub fn offer(&mut self, entry: Entry) {
        self.remove(entry.waiting.conversation);
        let rank = rank(&entry);
        self.order.insert(rank);
        self.lanes.entry(entry.need.clone()).or_default().insert(rank);
        *self.depths.entry(entry.waiting.urgency).or_default() += 1;
        self.entries.insert(entry.waiting.conversation, entry);
    }

    /// Takes a customer out.
    pub fn remove(&mut self, conversation: ConversationId) -> Option<Entry> {
        let entry = self.entries.remove(&conversation)?;
        let rank = rank(&entry);
        self.order.remove(&rank);
        if let Some(lane) = self.lanes.get_mut(&entry.need) {
            lane.remove(&rank);
            if lane.is_empty() {
                self.lanes.remove(&entry.need);
            }
        }
        if let Some(depth) = self.depths.get_mut(&entry.waiting.urgency) {
            *depth = depth.saturating_sub(1);
        }
        Some(entry)
    }

    /// One who waits.
    pub fn get(&self, conversation: ConversationId) -> Option<&Entry> {
        self.entries.get(&conversation)
    }

    /// Everybody who waits, who is next first.
    pub fn iter(&self) -> impl Iterator<Item = &Entry> {
        self.order.iter().filter_map(|(_, _, conversation)| self.entries.get(conversation))
    }

    /// The first in the order whose need `fits` and who is `free`, over all lanes.
    pub fn first(
        &self,
        fits: impl Fn(&Need) -> bool,
        free: impl Fn(&Entry) -> bool,
    ) -> Option<&Entry> {
        let lanes = self.lanes.iter().filter(|(need, _)| fits(need));
        let heads = lanes.filter_map(|(_, lane)| {
            let mut entries = lane.iter().filter_map(|rank| Some((rank, self.get(rank.2)?)));
            entries.find(|(_, entry)| free(entry))
        });
        heads.min_by_key(|(rank, _)| **rank).map(|(_, entry)| entry)
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
        self.depths.get(&level).copied().unwrap_or(0)
    }
}

fn rank(entry: &Entry) -> Rank {
    (entry.standing.counts_from, entry.waiting.since, entry.waiting.conversation)
}

#[cfg(test)]
impl Waiting {
    /// An ordinary customer.
    pub(super) fn example(number: u64) -> Self {
        let mut bytes = [0; 16];
        bytes[..8].copy_from_slice(&number.to_be_bytes());
        Self {
            conversation: ConversationId::from_bytes(bytes),
            urgency: UrgencyLevel::Normal,
            priority: None,
            reason: HandoffReason::Requested,
            evidence: vec![],
            since: Timestamp(0),
            language: Language::En,
            upset: false,
            value: None,
            segment: None,
            intent: None,
            channel: "web".to_owned(),
            reply_until: None,
            target: None,
            last_agent: None,
            returned: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::handoff::Weights;

    const MINUTE: i64 = 60_000;

    fn entry(number: u8, urgency: UrgencyLevel, minute: i64) -> Entry {
        let since = Timestamp(minute * MINUTE);
        let waiting = Waiting { urgency, since, ..Waiting::example(u64::from(number)) };
        let standing = Standing::of(&waiting, &Weights::default(), None);
        let team = number.is_multiple_of(3).then(|| "returns".to_owned());
        Entry { waiting, standing, need: Need { team, ..Need::default() } }
    }

    #[test]
    fn most_urgent_first_then_first_come_first_served() {
        let mut queue = Queue::default();
        queue.offer(entry(1, UrgencyLevel::Normal, 10));
        queue.offer(entry(2, UrgencyLevel::Urgent, 30));
        queue.offer(entry(3, UrgencyLevel::Normal, 5));
        queue.offer(entry(4, UrgencyLevel::Low, 1));
        let order: Vec<i64> = queue.iter().map(|e| e.waiting.since.0 / MINUTE).collect();
        assert_eq!(order, [30, 5, 10, 1]);
        assert_eq!(queue.depth(UrgencyLevel::Normal), 2);
    }

    #[test]
    fn a_raised_urgency_moves_an_entry_up_without_doubling_it() {
        let mut queue = Queue::default();
        queue.offer(entry(1, UrgencyLevel::Normal, 10));
        queue.offer(entry(2, UrgencyLevel::Normal, 20));
        queue.offer(entry(2, UrgencyLevel::High, 20));
        assert_eq!(queue.len(), 2);
        assert_eq!(queue.iter().next().map(|e| e.waiting.since.0), Some(20 * MINUTE));
        assert_eq!(queue.depth(UrgencyLevel::Normal), 1);
    }

    #[test]
    fn ageing_lets_nobody_wait_for_ever() {
        let mut queue = Queue::default();
        queue.offer(entry(1, UrgencyLevel::Low, 0));
        queue.offer(entry(2, UrgencyLevel::Urgent, 800));
        assert_eq!(queue.iter().next().map(|e| e.waiting.since.0), Some(0));
    }

    fn level() -> impl Strategy<Value = UrgencyLevel> {
        prop::sample::select(UrgencyLevel::ALL.to_vec())
    }

    proptest! {
        /// Against a plain list: the same members, in the order of a stable sort, and the same first.
        #[test]
        fn any_sequence_of_offers_and_removals_matches_a_sorted_list(
            steps in prop::collection::vec((0_u8..12, level(), 0_i64..50, any::<bool>()), 0..80)
        ) {
            let mut queue = Queue::default();
            let mut model: Vec<Entry> = Vec::new();
            for (number, urgency, minute, is_offer) in steps {
                let new = entry(number, urgency, minute);
                model.retain(|e| e.waiting.conversation != new.waiting.conversation);
                if is_offer {
                    model.push(new.clone());
                    queue.offer(new);
                } else {
                    queue.remove(new.waiting.conversation);
                }
                model.sort_by_key(rank);
                let order: Vec<&Entry> = queue.iter().collect();
                prop_assert_eq!(order, model.iter().collect::<Vec<_>>());
                let of_returns = |need: &Need| need.team.is_some();
                let is_free = |e: &Entry| e.waiting.urgency > UrgencyLevel::Low;
                let first = queue.first(of_returns, is_free);
                let expected = model.iter().find(|e| of_returns(&e.need) && is_free(e));
                prop_assert_eq!(first, expected);
                for level in UrgencyLevel::ALL {
                    let count = model.iter().filter(|e| e.waiting.urgency == level).count();
                    prop_assert_eq!(queue.depth(level), count);
                }
            }
        }
    }
}
