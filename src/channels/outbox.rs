//! What one receiver is told next, and when again: a pure state machine. Every conversation has a lane
//! of its own in which one event at a time is under way, so that order holds within a conversation and
//! nothing else waits. What is kept of it after a kill says at worst that something is to be told
//! again. Time and chance are parameters: the tests run a day of it against a receiver that fails.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use rand::{Rng, RngExt};
use serde::{Deserialize, Serialize};

use crate::domain::{ConversationId, Seq, Timestamp};
use crate::events::JournalEntry;

/// How many conversations may wait at once; the journal is read on when there is room.
pub(super) const LANES: usize = 512;
/// How many events may be under way to one receiver.
pub(super) const IN_FLIGHT: usize = 4;
/// The wait after the first failure is up to twice this, after the next up to twice that …
const FIRST_WAIT: Duration = Duration::from_secs(2);
/// … and up to this in the end.
const LONGEST_WAIT: Duration = Duration::from_hours(1);
/// No wait is shorter: a receiver that answers at once is not asked at once again.
const SHORTEST_WAIT: Duration = Duration::from_millis(500);
/// For how long an event is tried.
pub(super) const TRIED_FOR: Duration = Duration::from_hours(24);

/// What is to be told of one conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Lane {
    /// The next event.
    next: Seq,
    /// The last event that is known.
    last: Seq,
    /// How often the next event was tried in vain.
    failures: u32,
    /// Since when nothing has succeeded here.
    failing_since: Option<Timestamp>,
    /// Not before.
    due: Timestamp,
}

/// An event that is to be sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Task {
    /// Of which conversation.
    pub(super) conversation: ConversationId,
    /// Which event.
    pub(super) seq: Seq,
    /// The how-manieth try this is, from 1.
    pub(super) attempt: u32,
}

/// What to do now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Next {
    /// Send this.
    Send(Task),
    /// Nothing before this moment, unless something is over or new; with none, nothing at all.
    Wait(Option<Timestamp>),
}

/// How an attempt ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    /// The receiver has it, or does not want it.
    Taken,
    /// It may not have it.
    Failed {
        /// The receiver's own wish, which holds for all that it is told.
        retry_after: Option<Duration>,
    },
}

/// What follows from an attempt's outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The receiver has it.
    Delivered,
    /// It is tried again.
    Retrying,
    /// It was tried for a day and is given up; it can be replayed by hand.
    GivenUp,
}

/// All that one receiver is still to be told.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Outbox {
    /// How far the journal is taken in.
    read_to: u64,
    lanes: BTreeMap<ConversationId, Lane>,
    /// Not before, whatever the lanes say: the receiver asked for it.
    #[serde(default)]
    paused_until: Timestamp,
    /// Lanes with an event under way; after a restart none is.
    #[serde(skip)]
    under_way: BTreeSet<ConversationId>,
}

impl Outbox {
    /// A receiver that is told what comes after a place in the journal.
    pub(super) fn after(position: u64) -> Self {
        Self { read_to: position, ..Self::default() }
    }

    /// How far the journal is taken in.
    pub(super) fn read_to(&self) -> u64 {
        self.read_to
    }

    /// How many further entries of the journal may be taken in.
    pub(super) fn room(&self) -> usize {
        LANES.saturating_sub(self.lanes.len())
    }

    /// Takes in the next entry of the journal. One that was taken in before changes nothing.
    pub(super) fn take(&mut self, entry: JournalEntry) {
        if entry.position <= self.read_to {
            return;
        }
        self.read_to = entry.position;
        let lane = self.lanes.entry(entry.conversation).or_insert(Lane {
            next: entry.first,
            last: entry.last,
            failures: 0,
            failing_since: None,
            due: Timestamp::default(),
        });
        lane.last = lane.last.max(entry.last);
    }

    /// What to do now. What is to be sent counts as under way until `done`.
    pub(super) fn next(&mut self, now: Timestamp) -> Next {
        if self.under_way.len() >= IN_FLIGHT {
            return Next::Wait(None);
        }
        let free = self.lanes.iter().filter(|(of, _)| !self.under_way.contains(of));
        let first = free.min_by_key(|(_, lane)| lane.due);
        let Some((conversation, lane)) = first else { return Next::Wait(None) };
        let due = lane.due.max(self.paused_until);
        if due > now {
            return Next::Wait(Some(due));
        }
        let conversation = *conversation;
        self.under_way.insert(conversation);
        Next::Send(Task { conversation, seq: lane.next, attempt: lane.failures.saturating_add(1) })
    }

    /// An attempt is over. `written` is when its event was written.
    pub(super) fn done(
        &mut self,
        task: Task,
        outcome: Outcome,
        written: Timestamp,
        at: &mut Moment<'_>,
    ) -> Verdict {
        self.under_way.remove(&task.conversation);
        let Some(lane) = self.lanes.get_mut(&task.conversation) else { return Verdict::Delivered };
        let verdict = match outcome {
            Outcome::Taken => {
                lane.failing_since = None;
                Verdict::Delivered
            }
            Outcome::Failed { retry_after } => {
                if let Some(wait) = retry_after {
                    let until = at.now.plus(wait.min(TRIED_FOR));
                    self.paused_until = self.paused_until.max(until);
                }
                let since = *lane.failing_since.get_or_insert(at.now);
                lane.failures = lane.failures.saturating_add(1);
                lane.due = at.now.plus(wait_after(lane.failures, at.chance));
                let is_over =
                    at.now.since(since) >= TRIED_FOR && at.now.since(written) >= TRIED_FOR;
                if is_over { Verdict::GivenUp } else { Verdict::Retrying }
            }
        };
        if verdict != Verdict::Retrying {
            lane.next = lane.next.next();
            lane.failures = 0;
            // those who have waited longest go first
            lane.due = at.now;
            if lane.next > lane.last {
                self.lanes.remove(&task.conversation);
            }
        }
        verdict
    }

    /// An attempt could not be made for a reason of our own: it counts for nothing and is made later.
    pub(super) fn put_back(&mut self, task: Task, until: Timestamp) {
        self.under_way.remove(&task.conversation);
        if let Some(lane) = self.lanes.get_mut(&task.conversation) {
            lane.due = until;
        }
    }

    /// The receiver is taken up again after a change: what waits is tried at once.
    pub(super) fn hurry(&mut self) {
        self.paused_until = Timestamp::default();
        for lane in self.lanes.values_mut() {
            lane.due = Timestamp::default();
        }
    }
}

/// When something happens, and what chance says.
pub(super) struct Moment<'a> {
    pub(super) now: Timestamp,
    pub(super) chance: &'a mut dyn Rng,
}

/// Exponential back-off with full jitter.
fn wait_after(failures: u32, chance: &mut dyn Rng) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(2_u32.saturating_pow(failures.min(20)));
    let most = u64::try_from(doubled.min(LONGEST_WAIT).as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(chance.random_range(0..=most)).max(SHORTEST_WAIT)
}

#[cfg(test)]
mod simulation;

#[cfg(test)]
mod tests {
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    use super::*;

    const FAILED: Outcome = Outcome::Failed { retry_after: None };

    fn entry(position: u64, conversation: ConversationId, first: u64, last: u64) -> JournalEntry {
        JournalEntry { position, conversation, first: Seq(first), last: Seq(last) }
    }

    fn send(outbox: &mut Outbox, now: Timestamp) -> Task {
        match outbox.next(now) {
            Next::Send(task) => task,
            Next::Wait(until) => panic!("waits until {until:?}"),
        }
    }

    #[test]
    fn a_conversation_is_told_one_event_at_a_time_and_others_do_not_wait_for_it() {
        let (one, two) = (ConversationId::from_bytes([1; 16]), ConversationId::from_bytes([2; 16]));
        let mut chance = StdRng::seed_from_u64(1);
        let mut outbox = Outbox::default();
        outbox.take(entry(1, one, 1, 2));
        outbox.take(entry(2, two, 7, 7));
        let now = Timestamp(1_000);
        let (first, second) = (send(&mut outbox, now), send(&mut outbox, now));
        assert_eq!((first.seq, second.seq), (Seq(1), Seq(7)));
        assert_eq!(outbox.next(now), Next::Wait(None));
        let mut at = Moment { now, chance: &mut chance };
        assert_eq!(outbox.done(first, FAILED, now, &mut at), Verdict::Retrying);
        assert_eq!(outbox.done(second, Outcome::Taken, now, &mut at), Verdict::Delivered);
        let Next::Wait(Some(due)) = outbox.next(now) else { panic!("nothing to wait for") };
        let again = send(&mut outbox, due);
        assert_eq!((again.seq, again.attempt), (Seq(1), 2));
        let mut at = Moment { now: due, chance: &mut chance };
        outbox.done(again, Outcome::Taken, now, &mut at);
        assert_eq!(send(&mut outbox, due).seq, Seq(2));
    }

    #[test]
    fn waits_double_up_to_an_hour_and_differ() {
        let mut chance = StdRng::seed_from_u64(7);
        let mut longest =
            |failures| (0..500).map(|_| wait_after(failures, &mut chance)).max().unwrap().as_secs();
        assert_eq!([longest(1), longest(2), longest(5)], [3, 7, 63]);
        assert!((3_500..=3_600).contains(&longest(30)));
        let waits: BTreeSet<Duration> = (0..50).map(|_| wait_after(9, &mut chance)).collect();
        assert!(waits.len() > 40, "{waits:?}");
    }

    #[test]
    fn a_receivers_own_wish_holds_for_all_that_it_is_told() {
        let mut chance = StdRng::seed_from_u64(3);
        let mut outbox = Outbox::default();
        for number in 1..=5 {
            outbox.take(entry(number.into(), ConversationId::from_bytes([number; 16]), 1, 1));
        }
        let now = Timestamp(5_000);
        let task = send(&mut outbox, now);
        let busy = Outcome::Failed { retry_after: Some(Duration::from_mins(10)) };
        outbox.done(task, busy, now, &mut Moment { now, chance: &mut chance });
        let later = now.plus(Duration::from_mins(10));
        assert_eq!(outbox.next(now), Next::Wait(Some(later)));
        send(&mut outbox, later);
    }

    #[test]
    fn what_fails_for_a_day_is_given_up_and_the_next_event_has_its_own_day() {
        let conversation = ConversationId::from_bytes([1; 16]);
        let mut chance = StdRng::seed_from_u64(4);
        let mut outbox = Outbox::default();
        outbox.take(entry(1, conversation, 1, 2));
        let (mut now, start) = (Timestamp(0), Timestamp(0));
        let second = start.plus(Duration::from_hours(20));
        let mut given_up = Vec::new();
        while given_up.len() < 2 {
            match outbox.next(now) {
                Next::Wait(until) => now = until.unwrap(),
                Next::Send(task) => {
                    let written = if task.seq == Seq(1) { start } else { second };
                    let mut at = Moment { now, chance: &mut chance };
                    if outbox.done(task, FAILED, written, &mut at) == Verdict::GivenUp {
                        given_up.push(now.since(start).as_secs() / 3_600);
                    }
                }
            }
        }
        assert!((24..=25).contains(&given_up[0]), "{given_up:?}");
        assert!((44..=45).contains(&given_up[1]), "{given_up:?}");
        assert_eq!(outbox.lanes.len(), 0);
    }

    #[test]
    fn memory_is_bounded_by_what_is_taken_in() {
        let mut outbox = Outbox::default();
        for number in 0..LANES as u64 {
            let mut bytes = [0; 16];
            bytes[..8].copy_from_slice(&number.to_be_bytes());
            outbox.take(entry(number + 1, ConversationId::from_bytes(bytes), 1, 1));
        }
        assert_eq!(outbox.room(), 0);
        let again = outbox.clone();
        outbox.take(entry(3, ConversationId::from_bytes([9; 16]), 1, 1));
        assert_eq!(outbox, again, "what was taken in before changes nothing");
        let mut under_way = 0;
        while let Next::Send(_) = outbox.next(Timestamp(0)) {
            under_way += 1;
        }
        assert_eq!(under_way, IN_FLIGHT);
    }
}
