//! Who is offered which customer. A pure state machine: time comes as a parameter, and what is to be
//! done comes out as effects. An offer is not a claim: whether an agent gets the conversation is
//! decided by the event log, and the router is told afterwards.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::domain::{AgentId, ConversationId, Language, Target, Timestamp};
use crate::handoff::queue::{Entry, Need, Queue};

/// So many missed offers in a row and an agent counts as away.
const MISSES: u8 = 2;

/// Whether an agent takes customers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Presence {
    /// Takes customers.
    #[default]
    Online,
    /// Is there, and takes no more.
    Busy,
    /// Is not at the desk.
    Away,
    /// Has gone.
    Offline,
}

/// What is known of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Who.
    pub id: AgentId,
    /// The name.
    pub name: String,
    /// What they can do.
    pub skills: BTreeSet<String>,
    /// The languages they speak; all, when empty.
    pub languages: Vec<Language>,
    /// The channels on which they answer; all, when empty.
    pub channels: Vec<String>,
    /// Their teams.
    pub teams: BTreeSet<String>,
    /// How many units of conversations they take at once.
    pub capacity: u32,
}

impl Profile {
    fn fits(&self, need: &Need) -> bool {
        (self.languages.is_empty() || self.languages.contains(&need.language))
            && (self.channels.is_empty() || self.channels.contains(&need.channel))
            && need.skills.is_subset(&self.skills)
            && need.team.as_ref().is_none_or(|team| self.teams.contains(team))
    }
}

/// A customer that is offered to an agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// Whose.
    pub conversation: ConversationId,
    /// To whom.
    pub agent: AgentId,
    /// Until when.
    pub until: Timestamp,
}

/// How long things may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timing {
    /// Whether customers are offered at all; without, agents take from the queue themselves.
    pub offers: bool,
    /// How long an offer stands.
    pub offer: Duration,
    /// How long a lost connection may last before the agent counts as gone.
    pub lapse: Duration,
    /// How much later the agent's conversations go back to the queue.
    pub give_back: Duration,
    /// How long a customer is kept for the agent who knows them.
    pub sticky: Duration,
    /// How long a declined customer is not offered to the same agent again.
    pub declined: Duration,
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            offers: true,
            offer: Duration::from_secs(30),
            lapse: Duration::from_secs(45),
            give_back: Duration::from_mins(3),
            sticky: Duration::from_mins(2),
            declined: Duration::from_mins(5),
        }
    }
}

/// What is to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// An agent's conversation goes back to the queue.
    GiveBack {
        /// Which.
        conversation: ConversationId,
        /// Who had it.
        agent: AgentId,
    },
    /// An agent's offer or presence has changed.
    Changed(AgentId),
}

/// An agent at the desk, as others see them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Who.
    pub profile: Profile,
    /// What the agent chose.
    pub presence: Presence,
    /// Open sockets.
    pub connections: usize,
    /// When the last one was lost.
    pub lost_at: Option<Timestamp>,
    /// Units of capacity in use.
    pub load: u32,
    /// Conversations in hand.
    pub conversations: usize,
    /// Since when nothing was given to them.
    idle_since: Timestamp,
    misses: u8,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Alarm {
    OfferEnds(ConversationId),
    Lapses(AgentId),
    GiveBack(AgentId),
    Look,
}

/// Agents, offers and the queue.
#[derive(Debug, Default)]
pub struct Router {
    timing: Timing,
    queue: Queue,
    seats: HashMap<AgentId, Seat>,
    offers: HashMap<ConversationId, Offer>,
    declined: HashMap<ConversationId, Vec<(AgentId, Timestamp)>>,
    taken: HashMap<ConversationId, (AgentId, u32)>,
    kept: HashMap<ConversationId, Timestamp>,
    alarms: BTreeSet<(Timestamp, Alarm)>,
}

impl Router {
    /// A router for an empty desk.
    pub fn new(timing: Timing) -> Self {
        Self { timing, ..Self::default() }
    }

    /// Everybody who waits.
    pub fn queue(&self) -> &Queue {
        &self.queue
    }

    /// The agents at the desk.
    pub fn seats(&self) -> impl Iterator<Item = &Seat> {
        self.seats.values()
    }

    /// An agent at the desk.
    pub fn seat(&self, agent: AgentId) -> Option<&Seat> {
        self.seats.get(&agent)
    }

    /// The offers that stand.
    pub fn offers(&self) -> impl Iterator<Item = &Offer> {
        self.offers.values()
    }

    /// A customer waits, or what they need has changed.
    pub fn wait(&mut self, entry: Entry, now: Timestamp) -> Vec<Effect> {
        let conversation = entry.waiting.conversation;
        let mut effects = Vec::new();
        if let Some(agent) = self.put_down(conversation, now) {
            effects.push(Effect::Changed(agent));
        }
        if let Some(offer) = self.offers.get(&conversation).copied() {
            let still_fits =
                self.seats.get(&offer.agent).is_some_and(|seat| seat.profile.fits(&entry.need));
            if !still_fits {
                effects.extend(self.end_offer(conversation));
            }
        }
        let is_for_somebody = entry.waiting.last_agent.is_some() || entry.waiting.target.is_some();
        if is_for_somebody && !self.kept.contains_key(&conversation) {
            let until = now.plus(self.timing.sticky);
            self.kept.insert(conversation, until);
            self.alarms.insert((until, Alarm::Look));
        }
        self.queue.offer(entry);
        effects.extend(self.assign(now));
        effects
    }

    /// An agent has the conversation, by offer or by hand.
    pub fn take(
        &mut self,
        conversation: ConversationId,
        agent: AgentId,
        units: u32,
        now: Timestamp,
    ) -> Vec<Effect> {
        let mut effects = self.leave(conversation, now);
        self.taken.insert(conversation, (agent, units));
        if let Some(seat) = self.seats.get_mut(&agent) {
            seat.load += units;
            seat.conversations += 1;
            seat.idle_since = now;
            seat.misses = 0;
        }
        effects.push(Effect::Changed(agent));
        effects.extend(self.assign(now));
        effects
    }

    /// The conversation no longer needs anybody.
    pub fn done(&mut self, conversation: ConversationId, now: Timestamp) -> Vec<Effect> {
        let mut effects = self.leave(conversation, now);
        effects.extend(self.assign(now));
        effects
    }

    /// An agent's page has connected. Who was gone for a moment has the same presence as before.
    pub fn connect(&mut self, profile: Profile, now: Timestamp) -> Vec<Effect> {
        let agent = profile.id;
        let mine = self.taken.values().filter(|(owner, _)| *owner == agent);
        let (conversations, load) =
            mine.fold((0, 0), |(count, load), (_, units)| (count + 1, load + units));
        let seat = self.seats.entry(agent).or_insert_with(|| Seat {
            profile: profile.clone(),
            presence: Presence::Online,
            connections: 0,
            lost_at: None,
            load,
            conversations,
            idle_since: now,
            misses: 0,
        });
        if seat.presence == Presence::Offline {
            seat.presence = Presence::Online;
        }
        seat.profile = profile;
        seat.connections += 1;
        seat.lost_at = None;
        self.alarms.retain(|(_, alarm)| {
            *alarm != Alarm::Lapses(agent) && *alarm != Alarm::GiveBack(agent)
        });
        let mut effects = vec![Effect::Changed(agent)];
        effects.extend(self.assign(now));
        effects
    }

    /// What is known of an agent has changed.
    pub fn update(&mut self, profile: Profile, now: Timestamp) -> Vec<Effect> {
        let agent = profile.id;
        let Some(seat) = self.seats.get_mut(&agent) else { return vec![] };
        seat.profile = profile;
        let mut effects = vec![Effect::Changed(agent)];
        effects.extend(self.assign(now));
        effects
    }

    /// One of an agent's pages has lost its connection.
    pub fn disconnect(&mut self, agent: AgentId, now: Timestamp) -> Vec<Effect> {
        let Some(seat) = self.seats.get_mut(&agent) else { return vec![] };
        seat.connections = seat.connections.saturating_sub(1);
        if seat.connections > 0 {
            return vec![];
        }
        seat.lost_at = Some(now);
        self.alarms.insert((now.plus(self.timing.lapse), Alarm::Lapses(agent)));
        vec![Effect::Changed(agent)]
    }

    /// An agent says whether they take customers.
    pub fn set_presence(
        &mut self,
        agent: AgentId,
        presence: Presence,
        now: Timestamp,
    ) -> Vec<Effect> {
        let Some(seat) = self.seats.get_mut(&agent) else { return vec![] };
        if seat.presence != presence {
            seat.idle_since = now;
        }
        (seat.presence, seat.misses) = (presence, 0);
        let mut effects = vec![Effect::Changed(agent)];
        if presence != Presence::Online {
            effects.extend(self.withdraw(agent));
        }
        effects.extend(self.assign(now));
        effects
    }

    /// An agent does not want the offered customer. Whether there was such an offer.
    pub fn decline(
        &mut self,
        agent: AgentId,
        conversation: ConversationId,
        now: Timestamp,
    ) -> Option<Vec<Effect>> {
        self.offers.get(&conversation).filter(|offer| offer.agent == agent)?;
        let mut effects = self.pass_over(conversation, agent, now);
        if let Some(seat) = self.seats.get_mut(&agent) {
            seat.misses = 0;
        }
        effects.extend(self.assign(now));
        Some(effects)
    }

    /// Whether an agent has declined, or missed, a customer lately.
    #[cfg(test)]
    pub(super) fn was_declined(&self, conversation: ConversationId, agent: AgentId) -> bool {
        self.has_declined(conversation, agent, Timestamp(i64::MIN))
    }

    /// When something is to be done next.
    pub fn next_alarm(&self) -> Option<Timestamp> {
        self.alarms.first().map(|(at, _)| *at)
    }

    /// Does what is due.
    pub fn tick(&mut self, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some((at, alarm)) = self.alarms.first().copied() {
            if at > now {
                break;
            }
            self.alarms.pop_first();
            match alarm {
                Alarm::OfferEnds(conversation) => {
                    effects.extend(self.miss(conversation, at, now));
                }
                Alarm::Lapses(agent) => effects.extend(self.lapse(agent, now)),
                Alarm::GiveBack(agent) => effects.extend(self.give_back(agent)),
                Alarm::Look => {}
            }
        }
        effects.extend(self.assign(now));
        effects
    }

    fn miss(&mut self, conversation: ConversationId, at: Timestamp, now: Timestamp) -> Vec<Effect> {
        let offer = self.offers.get(&conversation).copied();
        let Some(offer) = offer.filter(|offer| offer.until <= at) else { return vec![] };
        let effects = self.pass_over(conversation, offer.agent, now);
        if let Some(seat) = self.seats.get_mut(&offer.agent) {
            seat.misses += 1;
            if seat.misses >= MISSES && seat.presence == Presence::Online {
                seat.presence = Presence::Away;
            }
        }
        effects
    }

    fn lapse(&mut self, agent: AgentId, now: Timestamp) -> Vec<Effect> {
        let Some(seat) = self.seats.get_mut(&agent).filter(|seat| seat.connections == 0) else {
            return vec![];
        };
        seat.presence = Presence::Offline;
        let mut effects = self.withdraw(agent);
        effects.push(Effect::Changed(agent));
        if self.taken.values().any(|(owner, _)| *owner == agent) {
            self.alarms.insert((now.plus(self.timing.give_back), Alarm::GiveBack(agent)));
        } else {
            self.seats.remove(&agent);
        }
        effects
    }

    /// An agent is none any more: offers end, and what they have goes back at once.
    pub fn dismiss(&mut self, agent: AgentId, now: Timestamp) -> Vec<Effect> {
        let mut effects = self.withdraw(agent);
        self.alarms.retain(|(_, alarm)| {
            *alarm != Alarm::Lapses(agent) && *alarm != Alarm::GiveBack(agent)
        });
        effects.extend(self.give_back(agent));
        effects.extend(self.assign(now));
        effects
    }

    fn give_back(&mut self, agent: AgentId) -> Vec<Effect> {
        self.seats.remove(&agent);
        let mine = self.taken.iter().filter(|(_, (owner, _))| *owner == agent);
        let mut effects: Vec<Effect> = mine
            .map(|(conversation, _)| Effect::GiveBack { conversation: *conversation, agent })
            .collect();
        effects.sort_by_key(|effect| match effect {
            Effect::GiveBack { conversation, .. } => Some(*conversation),
            Effect::Changed(_) => None,
        });
        effects.push(Effect::Changed(agent));
        effects
    }

    /// The agent gets no offer of this customer for a while.
    fn pass_over(
        &mut self,
        conversation: ConversationId,
        agent: AgentId,
        now: Timestamp,
    ) -> Vec<Effect> {
        let again = now.plus(self.timing.declined);
        self.declined.entry(conversation).or_default().push((agent, again));
        self.alarms.insert((again, Alarm::Look));
        self.end_offer(conversation)
    }

    fn withdraw(&mut self, agent: AgentId) -> Vec<Effect> {
        let mine = self.offers.values().filter(|offer| offer.agent == agent);
        let mine: Vec<ConversationId> = mine.map(|offer| offer.conversation).collect();
        mine.into_iter().flat_map(|conversation| self.end_offer(conversation)).collect()
    }

    fn end_offer(&mut self, conversation: ConversationId) -> Vec<Effect> {
        let Some(offer) = self.offers.remove(&conversation) else { return vec![] };
        self.alarms.remove(&(offer.until, Alarm::OfferEnds(conversation)));
        vec![Effect::Changed(offer.agent)]
    }

    fn leave(&mut self, conversation: ConversationId, now: Timestamp) -> Vec<Effect> {
        let mut effects = self.end_offer(conversation);
        self.queue.remove(conversation);
        self.declined.remove(&conversation);
        self.kept.remove(&conversation);
        if let Some(agent) = self.put_down(conversation, now) {
            effects.push(Effect::Changed(agent));
        }
        effects
    }

    /// Frees the capacity that the conversation took.
    fn put_down(&mut self, conversation: ConversationId, now: Timestamp) -> Option<AgentId> {
        let (agent, units) = self.taken.remove(&conversation)?;
        if let Some(seat) = self.seats.get_mut(&agent) {
            seat.load = seat.load.saturating_sub(units);
            seat.conversations = seat.conversations.saturating_sub(1);
            if seat.conversations == 0 {
                seat.idle_since = now;
            }
        }
        Some(agent)
    }

    /// Offers the first in the order for whom somebody is free, until nobody is.
    fn assign(&mut self, now: Timestamp) -> Vec<Effect> {
        let mut effects = Vec::new();
        while let Some(offer) = self.next_offer(now) {
            self.offers.insert(offer.conversation, offer);
            self.alarms.insert((offer.until, Alarm::OfferEnds(offer.conversation)));
            effects.push(Effect::Changed(offer.agent));
        }
        effects
    }

    fn next_offer(&mut self, now: Timestamp) -> Option<Offer> {
        if !self.timing.offers || self.queue.is_empty() {
            return None;
        }
        let offered: BTreeSet<AgentId> = self.offers.values().map(|offer| offer.agent).collect();
        let is_free = |seat: &&Seat| {
            seat.presence == Presence::Online
                && seat.connections > 0
                && seat.load < seat.profile.capacity
                && !offered.contains(&seat.profile.id)
        };
        let free: Vec<&Seat> = self.seats.values().filter(is_free).collect();
        let mut best: Option<&Entry> = None;
        for seat in &free {
            let entry = self.queue.first(
                |need| seat.profile.fits(need),
                |entry| self.may_be_offered(entry, seat.profile.id, now),
            );
            best = [best, entry].into_iter().flatten().min_by_key(|entry| {
                (entry.standing.counts_from, entry.waiting.since, entry.waiting.conversation)
            });
        }
        let entry = best?;
        let fitting = free.into_iter().filter(|seat| {
            seat.profile.fits(&entry.need) && self.may_be_offered(entry, seat.profile.id, now)
        });
        // the share of the capacity in use, compared without division
        let chosen = fitting.min_by(|a, b| {
            let share = |this: &Seat, other: &Seat| {
                u64::from(this.load) * u64::from(other.profile.capacity)
            };
            share(a, b)
                .cmp(&share(b, a))
                .then(a.idle_since.cmp(&b.idle_since))
                .then(a.profile.id.cmp(&b.profile.id))
        })?;
        let (conversation, agent) = (entry.waiting.conversation, chosen.profile.id);
        Some(Offer { conversation, agent, until: now.plus(self.timing.offer) })
    }

    /// Whether a customer is free for an agent: not offered to anybody, not declined by this one, and
    /// not kept for somebody else.
    fn may_be_offered(&self, entry: &Entry, agent: AgentId, now: Timestamp) -> bool {
        let conversation = entry.waiting.conversation;
        if self.offers.contains_key(&conversation) || self.has_declined(conversation, agent, now) {
            return false;
        }
        match self.kept_for(entry, now) {
            Some(other) => other == agent,
            None => true,
        }
    }

    fn has_declined(&self, conversation: ConversationId, agent: AgentId, now: Timestamp) -> bool {
        let declined = self.declined.get(&conversation);
        declined.is_some_and(|list| list.iter().any(|(who, until)| *who == agent && *until > now))
    }

    /// The agent to whom a customer was transferred or who knows them, while that agent can come.
    fn kept_for(&self, entry: &Entry, now: Timestamp) -> Option<AgentId> {
        let conversation = entry.waiting.conversation;
        let is_fresh = self.kept.get(&conversation).is_some_and(|until| now < *until);
        let (agent, patience) = match (&entry.waiting.target, entry.waiting.last_agent) {
            // who was chosen on purpose is waited for, even when they are busy
            (Some(Target::Agent { agent }), _) => (*agent, true),
            (_, Some(agent)) => (agent, false),
            _ => return None,
        };
        let seat = self.seats.get(&agent).filter(|seat| seat.connections > 0)?;
        let can_come = seat.presence == Presence::Online && seat.load < seat.profile.capacity;
        let is_kept = is_fresh && (can_come || patience);
        (is_kept && !self.has_declined(conversation, agent, now)).then_some(agent)
    }
}
