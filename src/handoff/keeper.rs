//! What the desk task knows and does, step by step and without waiting: it keeps the cases beside the
//! router, scores them by the rules, and rings when a promised time comes near or passes.

use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::domain::{ConversationId, Promise, Timestamp, UrgencyLevel};
use crate::handoff::desk::{Act, DeskParts, News};
use crate::handoff::{
    AgentSeat, Board, Case, CaseStatus, Decline, Effect, Entry, Floor, Need, PlaceChange, Router,
    Rules, ServiceRate, Shown, Standing, WaitRange, clocks,
};

/// How long a resolved conversation stays on its agent's board.
const RESOLVED_STAYS: Duration = Duration::from_mins(10);

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Bell {
    /// A promised time comes near.
    Warn,
    /// It has passed.
    Breach(Promise),
    /// The conversation no longer needs its team or skills.
    Overflow,
    /// Its snooze is over.
    Wake,
}

pub(super) struct Keeper {
    parts: DeskParts,
    rules: Arc<Rules>,
    router: Router,
    cases: HashMap<ConversationId, Arc<Shown>>,
    places: HashMap<ConversationId, (usize, usize, Option<WaitRange>)>,
    bells: BTreeSet<(Timestamp, ConversationId, Bell)>,
    breached: HashSet<(ConversationId, Promise, Timestamp)>,
    rate: ServiceRate,
    acts: VecDeque<Act>,
    is_dirty: bool,
    floor_has_changed: bool,
}

impl Keeper {
    pub(super) fn new(parts: DeskParts) -> Self {
        Self {
            router: Router::new(parts.timing),
            rules: Arc::default(),
            cases: HashMap::new(),
            places: HashMap::new(),
            bells: BTreeSet::new(),
            breached: HashSet::new(),
            rate: ServiceRate::default(),
            acts: VecDeque::new(),
            is_dirty: true,
            floor_has_changed: false,
            parts,
        }
    }

    pub(super) fn hear(&mut self, news: News) {
        let now = self.now();
        match news {
            News::Case(case) => self.put(*case),
            News::Connected(profile) => {
                let effects = self.router.connect(profile, now);
                self.carry_out(effects);
            }
            News::Disconnected(agent) => {
                let effects = self.router.disconnect(agent, now);
                self.carry_out(effects);
            }
            News::Presence(agent, presence) => {
                let effects = self.router.set_presence(agent, presence, now);
                self.carry_out(effects);
            }
            News::Updated(profile) => {
                let effects = self.router.update(profile, now);
                self.carry_out(effects);
            }
            News::Dismissed(agent) => {
                let effects = self.router.dismiss(agent, now);
                self.carry_out(effects);
            }
            News::Declined { conversation, decline, heard } => {
                let effects = self.router.decline(decline.agent, conversation, now);
                if effects.is_some() {
                    self.note_decline(conversation, decline);
                }
                // Who asked may be gone; the offer is declined all the same.
                let _ = heard.send(effects.is_some());
                self.carry_out(effects.unwrap_or_default());
            }
            News::Rules(rules) => {
                self.rules = rules;
                let cases: Vec<Case> =
                    self.cases.values().map(|shown| shown.case.clone()).collect();
                self.bells.clear();
                for case in cases {
                    self.show(case);
                }
            }
        }
    }

    fn note_decline(&mut self, conversation: ConversationId, decline: Decline) {
        if let Some(shown) = self.cases.get_mut(&conversation) {
            let shown = Arc::make_mut(shown);
            shown.declined.retain(|known| known.agent != decline.agent);
            shown.declined.push(decline);
            self.is_dirty = true;
        }
    }

    fn put(&mut self, case: Case) {
        let conversation = case.waiting.conversation;
        let known = self.cases.get(&conversation).map(|shown| &shown.case);
        if known.is_some_and(|known| known.last > case.last) {
            return;
        }
        let (before, after) = (known.and_then(Case::owner), case.owner());
        let has_waited = known.is_none_or(|known| known.status == CaseStatus::Waiting);
        let now = self.now();
        match &case.status {
            CaseStatus::Human { owner, .. } if before != after => {
                if has_waited {
                    self.rate.note(now);
                }
                let units = self.rules.units(&case.waiting.channel);
                let effects = self.router.take(conversation, owner.id, units, now);
                self.carry_out(effects);
            }
            CaseStatus::Human { .. } | CaseStatus::Waiting => {}
            CaseStatus::Closed | CaseStatus::Snoozed { .. } | CaseStatus::Resolved { .. } => {
                let effects = self.router.done(conversation, now);
                self.carry_out(effects);
            }
        }
        if case.status == CaseStatus::Closed {
            self.forget(conversation);
        } else {
            self.show(case);
        }
    }

    /// Scores a case, sets its bells, and lets it wait if it does.
    fn show(&mut self, case: Case) {
        let conversation = case.waiting.conversation;
        let clocks = clocks(&case, &self.rules);
        let due = clocks.first().map(|clock| clock.due);
        let standing = Standing::of(&case.waiting, &self.parts.weights, due);
        let now = self.now();
        let mut need = self.rules.need(&case.waiting);
        let team = need.team.clone();
        self.unring(conversation);
        let mut escalated = false;
        for clock in &clocks {
            if clock.due <= now {
                escalated = true;
            } else if clock.warn_at > now {
                self.bells.insert((clock.warn_at, conversation, Bell::Warn));
            }
            if !self.breached.contains(&(conversation, clock.promise, clock.due)) {
                self.bells.insert((clock.due, conversation, Bell::Breach(clock.promise)));
            }
        }
        if let CaseStatus::Snoozed { until: Some(until), .. } = case.status {
            self.bells.insert((until, conversation, Bell::Wake));
        }
        let is_waiting = case.status == CaseStatus::Waiting;
        if is_waiting {
            let minutes = u64::from(self.rules.spec().overflow_after_minutes);
            let overflow = case.waiting.since.plus(Duration::from_secs(minutes * 60));
            let is_overdue = minutes > 0 && overflow <= now;
            if is_overdue || escalated {
                need = Need { skills: BTreeSet::new(), team: None, ..need };
            } else if minutes > 0 {
                self.bells.insert((overflow, conversation, Bell::Overflow));
            }
            let (waiting, standing) = (case.waiting.clone(), standing.clone());
            let effects = self.router.wait(Entry { waiting, standing, need }, now);
            self.carry_out(effects);
        }
        let standing = is_waiting.then_some(standing);
        let known = self.cases.get(&conversation).filter(|_| is_waiting);
        let declined = known.map(|known| known.declined.clone()).unwrap_or_default();
        let shown = Shown { case, standing, clocks, team, escalated, declined };
        self.cases.insert(conversation, Arc::new(shown));
        self.is_dirty = true;
    }

    fn forget(&mut self, conversation: ConversationId) {
        self.unring(conversation);
        self.breached.retain(|(breached, _, _)| *breached != conversation);
        self.cases.remove(&conversation);
        self.is_dirty = true;
    }

    /// Removes the bells of a case; they are at most as many as its clocks and one.
    fn unring(&mut self, conversation: ConversationId) {
        let Some(shown) = self.cases.get(&conversation) else { return };
        for clock in &shown.clocks {
            self.bells.remove(&(clock.warn_at, conversation, Bell::Warn));
            self.bells.remove(&(clock.due, conversation, Bell::Breach(clock.promise)));
        }
        if let CaseStatus::Snoozed { until: Some(until), .. } = shown.case.status {
            self.bells.remove(&(until, conversation, Bell::Wake));
        }
        let minutes = u64::from(self.rules.spec().overflow_after_minutes);
        let overflow = shown.case.waiting.since.plus(Duration::from_secs(minutes * 60));
        self.bells.remove(&(overflow, conversation, Bell::Overflow));
    }

    /// Does what is due.
    pub(super) fn tick(&mut self) {
        let now = self.now();
        if self.router.next_alarm().is_some_and(|at| at <= now) {
            let effects = self.router.tick(now);
            self.carry_out(effects);
        }
        while let Some((at, conversation, bell)) = self.bells.first().copied() {
            if at > now {
                break;
            }
            self.bells.pop_first();
            if bell == Bell::Wake {
                self.acts.push_back(Act::Wake { conversation, until: at });
                continue;
            }
            if let Bell::Breach(promise) = bell
                && self.breached.insert((conversation, promise, at))
            {
                self.parts.metrics.sla_breached(promise);
                self.acts.push_back(Act::Breach { conversation, promise, due: at });
            }
            if let Some(shown) = self.cases.get(&conversation) {
                let case = shown.case.clone();
                self.show(case);
            }
        }
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Changed(_) => self.floor_has_changed = true,
                Effect::GiveBack { conversation, agent } => {
                    self.acts.push_back(Act::GiveBack { conversation, agent });
                }
            }
        }
    }

    /// Asks conversations to do what is due; what cannot be asked now is asked later.
    pub(super) fn ask(&mut self) {
        while let Some(act) = self.acts.front() {
            if self.parts.acts.try_send(*act).is_err() {
                return;
            }
            self.acts.pop_front();
        }
    }

    pub(super) fn has_acts(&self) -> bool {
        !self.acts.is_empty()
    }

    pub(super) fn is_dirty(&self) -> bool {
        self.is_dirty
    }

    pub(super) fn floor_has_changed(&self) -> bool {
        self.floor_has_changed
    }

    /// How long until something is due.
    pub(super) fn sleeps_for(&self) -> Option<Duration> {
        let bell = self.bells.first().map(|(at, _, _)| *at);
        let next = [bell, self.router.next_alarm()].into_iter().flatten().min()?;
        // a little more, so that the moment has come when the task wakes
        Some(next.since(self.now()) + Duration::from_millis(1))
    }

    pub(super) fn floor(&mut self) -> Floor {
        self.floor_has_changed = false;
        let seat = |seat: &crate::handoff::Seat| AgentSeat {
            id: seat.profile.id,
            name: seat.profile.name.clone(),
            presence: seat.presence,
            connected: seat.connections > 0,
            load: seat.load,
            capacity: seat.profile.capacity,
            conversations: seat.conversations,
        };
        let mut agents: Vec<AgentSeat> = self.router.seats().map(seat).collect();
        agents.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
        let mut offers: Vec<_> = self.router.offers().copied().collect();
        offers.sort_by_key(|offer| (offer.until, offer.conversation));
        Floor { agents, offers }
    }

    pub(super) fn board(&mut self) -> Board {
        self.is_dirty = false;
        self.forget_the_resolved();
        let waiting: Vec<Arc<Shown>> = self
            .router
            .queue()
            .iter()
            .filter_map(|entry| self.cases.get(&entry.waiting.conversation).map(Arc::clone))
            .collect();
        let taken = self.cases.values().filter(|shown| shown.case.status != CaseStatus::Waiting);
        let mut taken: Vec<Arc<Shown>> = taken.map(Arc::clone).collect();
        taken.sort_by_key(|shown| (taken_at(&shown.case), shown.case.waiting.conversation));
        self.tell_places(&waiting);
        for level in UrgencyLevel::ALL {
            self.parts.metrics.handoff_queue_depth(level, self.router.queue().depth(level));
        }
        Board { waiting, taken }
    }

    pub(super) fn has_resolved(&self) -> bool {
        let mut cases = self.cases.values();
        cases.any(|shown| matches!(shown.case.status, CaseStatus::Resolved { .. }))
    }

    /// Resolved conversations leave the board without any news.
    pub(super) fn tidy(&mut self) {
        self.is_dirty = true;
    }

    fn forget_the_resolved(&mut self) {
        let now = self.now();
        let is_over = |case: &Case| match &case.status {
            CaseStatus::Resolved { resolved_at, .. } => now.since(*resolved_at) >= RESOLVED_STAYS,
            _ => false,
        };
        let over: Vec<ConversationId> = self
            .cases
            .iter()
            .filter(|(_, shown)| is_over(&shown.case))
            .map(|(conversation, _)| *conversation)
            .collect();
        for conversation in over {
            self.forget(conversation);
        }
        self.is_dirty = false;
    }

    fn tell_places(&mut self, waiting: &[Arc<Shown>]) {
        let (count, now) = (waiting.len(), self.now());
        let mut places = HashMap::with_capacity(count);
        for (index, shown) in waiting.iter().enumerate() {
            let conversation = shown.case.waiting.conversation;
            let place = index + 1;
            let known = self.places.get(&conversation).copied();
            let has_moved = known.is_none_or(|known| (known.0, known.1) != (place, count));
            let wait = match known {
                Some((_, _, wait)) if !has_moved => wait,
                _ => self.rate.estimate(place, now),
            };
            if has_moved {
                (self.parts.tell)(PlaceChange { conversation, place, waiting: count, wait });
            }
            places.insert(conversation, (place, count, wait));
        }
        self.places = places;
    }

    fn now(&self) -> Timestamp {
        (self.parts.now)()
    }
}

fn taken_at(case: &Case) -> Timestamp {
    match &case.status {
        CaseStatus::Human { claimed_at, .. } => *claimed_at,
        CaseStatus::Resolved { resolved_at, .. } => *resolved_at,
        CaseStatus::Snoozed { since, .. } => *since,
        CaseStatus::Closed | CaseStatus::Waiting => case.waiting.since,
    }
}
