//! How many conversations stand where, kept with every change so that nobody counts rows: an agent's
//! page asks for these numbers with each change of the inbox.

use std::collections::{BTreeMap, HashMap, HashSet};

use serde::Serialize;

use crate::domain::{AgentId, ConversationId, LabelName};
use crate::inbox::{Item, Standing, Viewer};

/// How many conversations each view has for somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Who waits.
    pub waiting: usize,
    /// What the agent has.
    pub mine: usize,
    /// What the agent's teams have to do with.
    pub team: usize,
    /// What waits or is with an agent.
    pub all: usize,
    /// What is put away.
    pub snoozed: usize,
    /// What was ended.
    pub resolved: usize,
    /// Where the agent was named in a note that they have not read.
    pub mentions: usize,
}

#[derive(Debug, Default)]
struct Hands {
    human: HashSet<ConversationId>,
    snoozed: usize,
    resolved: usize,
}

#[derive(Debug, Default)]
pub(super) struct Tally {
    waiting: usize,
    human: usize,
    /// Put away without an owner.
    snoozed_free: usize,
    snoozed: usize,
    over: usize,
    agents: HashMap<AgentId, Hands>,
    waiting_of: HashMap<String, usize>,
    human_of: HashMap<String, usize>,
    labels: BTreeMap<LabelName, usize>,
    mentioned: HashMap<AgentId, HashSet<ConversationId>>,
}

impl Tally {
    pub(super) fn add(&mut self, item: &Item) {
        self.count(item, true);
    }

    pub(super) fn remove(&mut self, item: &Item) {
        self.count(item, false);
    }

    fn count(&mut self, item: &Item, is_more: bool) {
        let owner = item.owner.as_ref().map(|owner| owner.id);
        match item.standing {
            Standing::Waiting => {
                step(&mut self.waiting, is_more);
                of_team(&mut self.waiting_of, item, is_more);
            }
            Standing::Human => {
                step(&mut self.human, is_more);
                of_team(&mut self.human_of, item, is_more);
                if let Some(owner) = owner {
                    let hands = &mut self.agents.entry(owner).or_default().human;
                    if is_more {
                        hands.insert(item.conversation);
                    } else {
                        hands.remove(&item.conversation);
                    }
                }
            }
            Standing::Snoozed => {
                step(&mut self.snoozed, is_more);
                match owner {
                    Some(owner) => {
                        step(&mut self.agents.entry(owner).or_default().snoozed, is_more);
                    }
                    None => step(&mut self.snoozed_free, is_more),
                }
            }
            Standing::Resolved | Standing::Bot => {
                step(&mut self.over, is_more);
                if let Some(owner) = owner {
                    step(&mut self.agents.entry(owner).or_default().resolved, is_more);
                }
            }
        }
        for agent in item.mentioned.keys() {
            let named = self.mentioned.entry(*agent).or_default();
            if is_more {
                named.insert(item.conversation);
            } else {
                named.remove(&item.conversation);
            }
        }
        for label in &item.labels {
            let count = self.labels.entry(label.clone()).or_default();
            step(count, is_more);
            if *count == 0 {
                self.labels.remove(label);
            }
        }
    }

    /// The conversations where an agent was named in a note.
    pub(super) fn mentions(&self, agent: AgentId) -> impl Iterator<Item = ConversationId> + '_ {
        self.mentioned.get(&agent).into_iter().flatten().copied()
    }

    /// How many there are for somebody, without `mentions`, which depends on what they have read;
    /// `item_of` looks a conversation up.
    pub(super) fn counts<'a>(
        &self,
        viewer: &Viewer,
        item_of: impl Fn(ConversationId) -> Option<&'a Item>,
    ) -> Counts {
        if !viewer.reads_all && !viewer.answers {
            return Counts::default();
        }
        let none = Hands::default();
        let hands = self.agents.get(&viewer.agent).unwrap_or(&none);
        let mine = hands.human.len();
        let sum = |of: &HashMap<String, usize>| {
            viewer.teams.iter().filter_map(|team| of.get(team)).sum::<usize>()
        };
        let own_of_teams = || {
            let own = hands.human.iter().filter_map(|conversation| item_of(*conversation));
            own.filter(|item| viewer.is_in_team(item)).count()
        };
        let human = if viewer.reads_all { sum(&self.human_of) } else { own_of_teams() };
        let read_all = |whole, own| if viewer.reads_all { whole } else { own };
        let mut counts = Counts {
            waiting: self.waiting,
            mine,
            team: sum(&self.waiting_of) + human,
            all: self.waiting + read_all(self.human, mine),
            snoozed: read_all(self.snoozed, self.snoozed_free + hands.snoozed),
            resolved: read_all(self.over, hands.resolved),
            mentions: 0,
        };
        if !viewer.reads_all {
            let named = self.mentions(viewer.agent).filter_map(item_of);
            named.for_each(|item| add_shared(&mut counts, viewer, item));
        }
        counts
    }

    /// Every label that is on a conversation, with how many have it.
    pub(super) fn labels(&self) -> &BTreeMap<LabelName, usize> {
        &self.labels
    }
}

/// Counts a conversation that somebody sees only because a colleague named them there.
fn add_shared(counts: &mut Counts, viewer: &Viewer, item: &Item) {
    let is_own = item.is_of(viewer.agent);
    match item.standing {
        Standing::Human if !is_own => {
            counts.all += 1;
            counts.team += usize::from(viewer.is_in_team(item));
        }
        Standing::Snoozed if !is_own && item.owner.is_some() => counts.snoozed += 1,
        Standing::Resolved | Standing::Bot if !is_own => counts.resolved += 1,
        _ => {}
    }
}

fn step(count: &mut usize, is_more: bool) {
    *count = if is_more { *count + 1 } else { count.saturating_sub(1) };
}

fn of_team(counts: &mut HashMap<String, usize>, item: &Item, is_more: bool) {
    if let Some(team) = &item.team {
        step(counts.entry(team.clone()).or_default(), is_more);
    }
}
