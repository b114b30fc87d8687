//! A seeded day at the desk in virtual time: thousands of customers and some dozens of agents come,
//! go, drop their connections and race for the same customer. The rule that the event log keeps, that
//! of two claims the first wins, is played by a table of owners.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

use crate::domain::{AgentId, ConversationId, Language, Timestamp, UrgencyLevel};
use crate::handoff::{
    Effect, Entry, Need, Offer, Presence, Profile, Router, Standing, Timing, Waiting, Weights,
};

const SECOND: i64 = 1_000;
const DAY: i64 = 86_400 * SECOND;
const AGENTS: u8 = 24;
const CUSTOMERS: u64 = 4_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Arrives(u64),
    Leaves(ConversationId),
    Raises(ConversationId),
    Clicks(AgentId, ConversationId),
    Ignores,
    Finishes(AgentId, ConversationId),
    Drops(AgentId),
    Returns(AgentId),
    Pauses(AgentId),
    Resumes(AgentId),
}

struct Day {
    rng: StdRng,
    router: Router,
    now: Timestamp,
    steps: BTreeSet<(Timestamp, u64, Step)>,
    number: u64,
    /// What the log says: who has which conversation.
    owners: HashMap<ConversationId, AgentId>,
    arrived: HashMap<ConversationId, Entry>,
    ended: HashMap<ConversationId, Timestamp>,
    seen_offers: BTreeMap<ConversationId, AgentId>,
    longest_wait: i64,
    races_lost: usize,
    given_back: usize,
}

fn agent(number: u8) -> AgentId {
    AgentId::from_bytes([number; 16])
}

fn profile(number: u8) -> Profile {
    let skills = if number.is_multiple_of(3) { vec!["refunds".to_owned()] } else { vec![] };
    let languages = match number % 4 {
        0 => vec![Language::Zh],
        1 => vec![Language::En],
        _ => vec![],
    };
    Profile {
        id: agent(number),
        name: format!("Agent {number}"),
        skills: skills.into_iter().collect(),
        languages,
        channels: vec![],
        teams: BTreeSet::new(),
        capacity: 1 + u32::from(number % 3),
    }
}

impl Day {
    fn new(seed: u64) -> Self {
        let mut day = Self {
            rng: StdRng::seed_from_u64(seed),
            router: Router::new(Timing::default()),
            now: Timestamp(0),
            steps: BTreeSet::new(),
            number: 0,
            owners: HashMap::new(),
            arrived: HashMap::new(),
            ended: HashMap::new(),
            seen_offers: BTreeMap::new(),
            longest_wait: 0,
            races_lost: 0,
            given_back: 0,
        };
        for number in 1..=AGENTS {
            let at = day.rng.random_range(0..600 * SECOND);
            day.at(at, Step::Returns(agent(number)));
        }
        for number in 0..CUSTOMERS {
            // most come within eight hours
            let at = day.rng.random_range(0..DAY / 3);
            day.at(at, Step::Arrives(number));
        }
        day
    }

    fn at(&mut self, at: i64, step: Step) {
        self.number += 1;
        self.steps.insert((Timestamp(at), self.number, step));
    }

    fn later(&mut self, seconds: std::ops::Range<i64>, step: Step) {
        let at = self.now.0 + self.rng.random_range(seconds) * SECOND;
        self.at(at, step);
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.rng.random_range(0..100) < percent
    }

    fn run(&mut self) {
        loop {
            let step = self.steps.first().copied();
            let alarm = self.router.next_alarm();
            match (step, alarm) {
                (None, None) => return,
                (Some((at, _, _)), alarm) if alarm.is_none_or(|alarm| at <= alarm) => {
                    let (at, _, step) = self.steps.pop_first().unwrap();
                    self.now = at;
                    self.take(step);
                }
                (_, Some(alarm)) => {
                    self.now = alarm;
                    let effects = self.router.tick(alarm);
                    self.after(effects);
                }
                (Some(_), None) => unreachable!("handled above"),
            }
        }
    }

    fn take(&mut self, step: Step) {
        match step {
            Step::Arrives(number) => self.arrive(number),
            Step::Leaves(conversation) => {
                if !self.owners.contains_key(&conversation) {
                    self.ended.entry(conversation).or_insert(self.now);
                    let effects = self.router.done(conversation, self.now);
                    self.after(effects);
                }
            }
            Step::Raises(conversation) => {
                let waits = self.router.queue().get(conversation).cloned();
                if let Some(Entry { waiting, need, .. }) = waits {
                    let waiting = Waiting { urgency: UrgencyLevel::Urgent, ..waiting };
                    self.wait(waiting, need);
                }
            }
            Step::Clicks(agent, conversation) => self.claim(agent, conversation),
            Step::Ignores => {}
            Step::Finishes(agent, conversation) => {
                if self.owners.get(&conversation) == Some(&agent) {
                    self.owners.remove(&conversation);
                    self.ended.insert(conversation, self.now);
                    let effects = self.router.done(conversation, self.now);
                    self.after(effects);
                }
            }
            Step::Drops(agent) => {
                let effects = self.router.disconnect(agent, self.now);
                self.after(effects);
                // some come back in time, some after their work was given away
                self.later(5..600, Step::Returns(agent));
            }
            Step::Returns(agent) => {
                let number = agent.as_bytes()[0];
                let effects = self.router.connect(profile(number), self.now);
                self.after(effects);
                if self.now.0 < DAY {
                    self.later(1_200..7_200, Step::Drops(agent));
                    self.later(600..5_400, Step::Pauses(agent));
                }
            }
            Step::Pauses(agent) => {
                let presence = if self.chance(50) { Presence::Busy } else { Presence::Away };
                let effects = self.router.set_presence(agent, presence, self.now);
                self.after(effects);
                self.later(60..900, Step::Resumes(agent));
            }
            Step::Resumes(agent) => {
                let effects = self.router.set_presence(agent, Presence::Online, self.now);
                self.after(effects);
            }
        }
    }

    fn arrive(&mut self, number: u64) {
        let urgency = match self.rng.random_range(0..100) {
            0..5 => UrgencyLevel::Urgent,
            5..20 => UrgencyLevel::High,
            20..90 => UrgencyLevel::Normal,
            _ => UrgencyLevel::Low,
        };
        let language = if self.chance(40) { Language::Zh } else { Language::En };
        let skills = if self.chance(15) { vec!["refunds".to_owned()] } else { vec![] };
        let last_agent = self.chance(10).then(|| agent(self.rng.random_range(1..=AGENTS)));
        let waiting = Waiting {
            urgency,
            language,
            last_agent,
            since: self.now,
            upset: self.chance(20),
            ..Waiting::example(number + 1)
        };
        let skills = skills.into_iter().collect();
        let need = Need { skills, language, ..Need::default() };
        let conversation = waiting.conversation;
        if self.chance(5) {
            self.later(60..1_800, Step::Leaves(conversation));
        }
        if self.chance(5) {
            self.later(30..600, Step::Raises(conversation));
        }
        self.wait(waiting, need);
    }

    fn wait(&mut self, waiting: Waiting, need: Need) {
        let standing = Standing::of(&waiting, &Weights::default(), None);
        let conversation = waiting.conversation;
        let entry = Entry { waiting, standing, need };
        self.arrived.insert(conversation, entry.clone());
        let effects = self.router.wait(entry, self.now);
        self.after(effects);
    }

    /// The log lets the first claim through and refuses the second.
    fn claim(&mut self, agent: AgentId, conversation: ConversationId) {
        let is_over = self.ended.contains_key(&conversation);
        if is_over || self.owners.contains_key(&conversation) {
            self.races_lost += 1;
            return;
        }
        let earlier = self.owners.insert(conversation, agent);
        assert_eq!(earlier, None, "claimed twice");
        let since = self.arrived[&conversation].waiting.since;
        self.longest_wait = self.longest_wait.max(self.now.0 - since.0);
        let effects = self.router.take(conversation, agent, 1, self.now);
        self.after(effects);
        self.later(60..900, Step::Finishes(agent, conversation));
    }

    fn after(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            if let Effect::GiveBack { conversation, agent } = effect
                && self.owners.get(&conversation) == Some(&agent)
            {
                self.given_back += 1;
                self.owners.remove(&conversation);
                let Entry { waiting, need, .. } = self.arrived[&conversation].clone();
                self.wait(Waiting { returned: true, ..waiting }, need);
            }
        }
        self.look_at_offers();
        self.check();
    }

    /// Agents react to new offers: most take them, some decline, some do not look, and sometimes a
    /// colleague takes the same customer from the list at the same time.
    fn look_at_offers(&mut self) {
        let offers: Vec<Offer> = self.router.offers().copied().collect();
        let standing: BTreeMap<_, _> =
            offers.iter().map(|offer| (offer.conversation, offer.agent)).collect();
        let known = std::mem::replace(&mut self.seen_offers, standing);
        for Offer { conversation, agent, .. } in offers {
            if known.get(&conversation) == Some(&agent) {
                continue;
            }
            self.check_order(conversation, agent);
            match self.rng.random_range(0..100) {
                0..80 => self.later(2..20, Step::Clicks(agent, conversation)),
                80..90 => self.later(0..1, Step::Ignores),
                _ => {
                    self.later(2..20, Step::Clicks(agent, conversation));
                    let colleague = self::agent(self.rng.random_range(1..=AGENTS));
                    self.later(2..20, Step::Clicks(colleague, conversation));
                }
            }
        }
    }

    /// No inversion: nobody stands before the offered customer who could have been offered to this
    /// agent instead.
    fn check_order(&self, offered: ConversationId, to: AgentId) {
        let seat = self.router.seat(to).unwrap();
        let taken = self.router.offers().map(|offer| offer.conversation);
        let taken: BTreeSet<_> = taken.collect();
        let Some(chosen) = self.router.queue().get(offered) else { return };
        for entry in self.router.queue().iter() {
            if entry.waiting.conversation == offered {
                return;
            }
            let fits = entry.need.skills.is_subset(&seat.profile.skills)
                && (seat.profile.languages.is_empty()
                    || seat.profile.languages.contains(&entry.need.language));
            let is_same_level = entry.waiting.urgency == chosen.waiting.urgency;
            let is_open = !taken.contains(&entry.waiting.conversation)
                && entry.waiting.last_agent.is_none()
                && !self.router.was_declined(entry.waiting.conversation, to);
            assert!(
                !(fits && is_same_level && is_open),
                "{:?} was passed over for {offered}",
                entry.waiting
            );
        }
    }

    /// What holds after every step.
    fn check(&self) {
        let mut offered = BTreeSet::new();
        for offer in self.router.offers() {
            assert!(!self.owners.contains_key(&offer.conversation), "offered though claimed");
            assert!(offered.insert(offer.agent), "two offers to one agent");
            let seat = self.router.seat(offer.agent).unwrap();
            assert!(seat.presence == Presence::Online, "offered to somebody who is not there");
            assert!(self.router.queue().get(offer.conversation).is_some());
        }
    }
}

#[test]
fn a_day_at_the_desk_loses_nobody_and_gives_nobody_twice() {
    for seed in 0..4 {
        let mut day = Day::new(seed);
        day.run();
        assert_eq!(day.arrived.len(), usize::try_from(CUSTOMERS).unwrap());
        let lost: Vec<_> = day
            .arrived
            .keys()
            .filter(|conversation| {
                !day.ended.contains_key(conversation) && !day.owners.contains_key(conversation)
            })
            .filter(|conversation| day.router.queue().get(**conversation).is_none())
            .collect();
        assert!(lost.is_empty(), "seed {seed}: {lost:?} are nowhere");
        assert!(day.ended.len() > 3_900, "seed {seed}: only {} were served", day.ended.len());
        assert!(day.races_lost > 50, "seed {seed}: the races were real ({})", day.races_lost);
        assert!(day.given_back > 5, "seed {seed}: {} were given back", day.given_back);
        let bound = Weights::default().longest_lead().as_secs();
        let longest = u64::try_from(day.longest_wait / SECOND).unwrap();
        assert!(longest < bound, "seed {seed}: somebody waited {longest} s");
    }
}

#[test]
fn an_agent_who_comes_online_is_offered_the_top_entry_at_once() {
    let mut router = Router::new(Timing::default());
    for number in 1..=3 {
        let waiting = Waiting {
            urgency: if number == 2 { UrgencyLevel::Urgent } else { UrgencyLevel::Normal },
            ..Waiting::example(number)
        };
        let standing = Standing::of(&waiting, &Weights::default(), None);
        router.wait(Entry { waiting, standing, need: Need::default() }, Timestamp(0));
    }
    router.connect(profile(2), Timestamp(5));
    let offered: Vec<ConversationId> = router.offers().map(|offer| offer.conversation).collect();
    assert_eq!(offered, [Waiting::example(2).conversation]);
    // declined: the next one comes, and the urgent one waits for somebody else
    router.decline(agent(2), offered[0], Timestamp(6)).unwrap();
    let next: Vec<ConversationId> = router.offers().map(|offer| offer.conversation).collect();
    assert_eq!(next, [Waiting::example(1).conversation]);
    router.connect(profile(3), Timestamp(7));
    assert!(
        router.offers().any(|offer| offer.agent == agent(3) && offer.conversation == offered[0])
    );
}

#[test]
fn two_missed_offers_mean_that_nobody_is_there() {
    let mut router = Router::new(Timing::default());
    for number in 1..=3 {
        let waiting = Waiting::example(number);
        let standing = Standing::of(&waiting, &Weights::default(), None);
        router.wait(Entry { waiting, standing, need: Need::default() }, Timestamp(0));
    }
    router.connect(profile(2), Timestamp(0));
    router.tick(Timestamp(30 * SECOND));
    router.tick(Timestamp(60 * SECOND));
    assert_eq!(router.seat(agent(2)).unwrap().presence, Presence::Away);
    assert_eq!(router.offers().count(), 0);
    assert_eq!(router.queue().len(), 3);
}
