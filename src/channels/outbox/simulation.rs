//! A receiver's bad day, in virtual time: it refuses, hangs, takes a message and breaks off before it
//! says so, asks for patience, is down for hours; meanwhile the server is killed again and again and
//! comes back with an old note of where it stood. Everything is decided by a seed.

use std::collections::BTreeMap;

use rand::SeedableRng;
use rand::rngs::StdRng;

use super::*;

const CONVERSATIONS: u8 = 12;
const EVENTS: u64 = 1_500;
const MINUTE: i64 = 60_000;

/// What the receiver and the log of attempts saw.
#[derive(Default)]
struct Seen {
    /// Places in the order of their first arrival.
    first: BTreeMap<ConversationId, Vec<u64>>,
    arrivals: u64,
    attempts: u64,
    delivered: BTreeMap<(ConversationId, u64), u64>,
    given_up: u64,
    most_under_way: usize,
}

impl Seen {
    fn arrive(&mut self, task: Task) {
        self.arrivals += 1;
        let here = self.first.entry(task.conversation).or_default();
        if !here.contains(&task.seq.0) {
            here.push(task.seq.0);
        }
    }
}

/// When an attempt ends, whether the receiver got it, and what we hear.
fn answer(now: Timestamp, chance: &mut StdRng) -> (Timestamp, bool, Outcome) {
    let failed = Outcome::Failed { retry_after: None };
    let soon = now.plus(Duration::from_millis(chance.random_range(5..3_000)));
    let timeout = now.plus(Duration::from_secs(15));
    // down from the 3rd to the 9th hour
    if (180 * MINUTE..540 * MINUTE).contains(&now.0) {
        return (timeout, false, failed);
    }
    match chance.random_range(0..100) {
        0..55 => (soon, true, Outcome::Taken),
        55..70 => (soon, false, failed),
        70..80 => (timeout, false, failed),
        // it has it, but hangs or breaks off: it will hear it again
        80..90 => (timeout, true, failed),
        90..95 => (soon, true, failed),
        _ => {
            let retry_after = Some(Duration::from_secs(chance.random_range(1..120)));
            (soon, false, Outcome::Failed { retry_after })
        }
    }
}

struct Day {
    journal: Vec<JournalEntry>,
    written: Vec<Timestamp>,
    outbox: Outbox,
    note: Outbox,
    flying: Vec<(Timestamp, bool, Outcome, Task)>,
    seen: Seen,
    chance: StdRng,
}

impl Day {
    fn new(seed: u64) -> Self {
        let mut chance = StdRng::seed_from_u64(seed);
        let mut ends: BTreeMap<ConversationId, u64> = BTreeMap::new();
        let mut journal = Vec::new();
        let mut written: Vec<Timestamp> =
            (0..EVENTS).map(|_| Timestamp(chance.random_range(0..24 * 60 * MINUTE))).collect();
        written.sort_unstable();
        for position in 1..=EVENTS {
            let conversation =
                ConversationId::from_bytes([chance.random_range(0..CONVERSATIONS); 16]);
            let end = ends.entry(conversation).or_default();
            let (first, count) = (*end + 1, chance.random_range(1..=2));
            *end += count;
            let (first, last) = (Seq(first), Seq(*end));
            journal.push(JournalEntry { position, conversation, first, last });
        }
        let outbox = Outbox::default();
        let note = outbox.clone();
        Self { journal, written, outbox, note, flying: vec![], seen: Seen::default(), chance }
    }

    /// What is written by now and for which there is room.
    fn take_in(&mut self, now: Timestamp) {
        while self.outbox.room() > 0 {
            let next = usize::try_from(self.outbox.read_to()).unwrap();
            match self.journal.get(next) {
                Some(entry) if self.written[next] <= now => self.outbox.take(*entry),
                _ => return,
            }
        }
    }

    fn land(&mut self, now: Timestamp) {
        let (over, flying) = std::mem::take(&mut self.flying)
            .into_iter()
            .partition::<Vec<_>, _>(|(ends, ..)| *ends <= now);
        self.flying = flying;
        for (_, is_there, outcome, task) in over {
            self.seen.attempts += 1;
            if is_there {
                self.seen.arrive(task);
            }
            let mut at = Moment { now, chance: &mut self.chance };
            match self.outbox.done(task, outcome, Timestamp(0), &mut at) {
                Verdict::Delivered => {
                    *self.seen.delivered.entry((task.conversation, task.seq.0)).or_default() += 1;
                }
                Verdict::GivenUp => self.seen.given_up += 1,
                Verdict::Retrying => {}
            }
        }
    }

    /// The server dies: what flies may still arrive, but nobody hears of it.
    fn kill(&mut self) {
        for (_, is_there, _, task) in std::mem::take(&mut self.flying) {
            if is_there {
                self.seen.arrive(task);
            }
        }
        let kept = serde_json::to_string(&self.note).unwrap();
        self.outbox = serde_json::from_str(&kept).unwrap();
    }

    fn run(mut self) -> Seen {
        let mut now = Timestamp(0);
        let end = Timestamp(40 * 60 * MINUTE);
        while now < end {
            self.land(now);
            self.take_in(now);
            let mut waits = None;
            loop {
                match self.outbox.next(now) {
                    Next::Wait(until) => break waits = until.or(waits),
                    Next::Send(task) => {
                        let (ends, is_there, outcome) = answer(now, &mut self.chance);
                        self.flying.push((ends, is_there, outcome, task));
                    }
                }
            }
            self.seen.most_under_way = self.seen.most_under_way.max(self.flying.len());
            match self.chance.random_range(0..200) {
                0 => self.kill(),
                1..60 => self.note = self.outbox.clone(),
                _ => {}
            }
            let arrives = self.written.get(usize::try_from(self.outbox.read_to()).unwrap());
            let landing = self.flying.iter().map(|(ends, ..)| *ends).min();
            let soonest = [landing, waits, arrives.copied()].into_iter().flatten().min();
            let Some(soonest) = soonest else { break };
            now = soonest.max(Timestamp(now.0 + 1));
        }
        assert_eq!(self.outbox.lanes.len(), 0, "all is told in the end");
        self.seen
    }
}

#[test]
fn through_a_receivers_bad_day_every_event_arrives_in_order() {
    for seed in 0..25 {
        let day = Day::new(seed);
        let ends = day.journal.iter().fold(BTreeMap::new(), |mut ends, entry| {
            ends.insert(entry.conversation, entry.last.0);
            ends
        });
        let seen = day.run();
        for (conversation, last) in &ends {
            let expected: Vec<u64> = (1..=*last).collect();
            assert_eq!(seen.first.get(conversation), Some(&expected), "seed {seed}");
            for seq in expected {
                let is_noted = seen.delivered.contains_key(&(*conversation, seq));
                assert!(is_noted, "seed {seed}: no success is noted for {conversation} {seq}");
            }
        }
        assert_eq!(seen.given_up, 0, "seed {seed}");
        assert!(seen.most_under_way <= IN_FLIGHT, "seed {seed}");
        // the day was bad: a good part of what was sent did not arrive, and some arrived again
        assert!(seen.attempts > seen.arrivals && seen.arrivals > EVENTS, "seed {seed}");
    }
}

#[test]
fn the_same_seed_gives_the_same_day() {
    let (one, two) = (Day::new(3).run(), Day::new(3).run());
    assert_eq!((one.attempts, one.arrivals), (two.attempts, two.arrivals));
}
