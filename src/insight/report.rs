//! A report: the figures of a span of time, in all, by the hour and by the agent.

use std::collections::BTreeMap;
use std::time::Duration;

use serde::Serialize;

use crate::domain::{AgentId, Timestamp};
use crate::insight::facts::{Fact, What};

/// Figures of a span.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Figures {
    /// Conversations that began.
    pub begun: usize,
    /// Conversations in which the bot answered.
    pub answered_by_bot: usize,
    /// Answers of which customers said that they were not what was asked.
    pub corrected: usize,
    /// Conversations that went to a person.
    pub handed_over: usize,
    /// Conversations that a person ended.
    pub resolved: usize,
    /// How long customers waited for a person's first words.
    pub first_response: Waits,
    /// What customers thought of it.
    pub csat: Csat,
}

/// How long customers waited.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Waits {
    /// How many.
    pub count: usize,
    /// Half of them waited so long at most, in milliseconds.
    pub median_ms: Option<u64>,
    /// Nine of ten waited so long at most, in milliseconds.
    pub p90_ms: Option<u64>,
}

/// Ratings.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Csat {
    /// How many.
    pub count: usize,
    /// Their average, 1 to 5.
    pub average: Option<f64>,
}

/// Figures of an hour.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Hour {
    /// When it begins.
    pub from: Timestamp,
    /// Its figures.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Figures of an agent.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct AgentFigures {
    /// What they wrote.
    pub messages: usize,
    /// What they ended.
    pub resolved: usize,
    /// How long customers waited for their first words.
    pub first_response: Waits,
    /// What customers thought of it.
    pub csat: Csat,
}

/// A report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Report {
    /// In all.
    pub total: Figures,
    /// By the hour, each of them.
    pub hours: Vec<Hour>,
    /// By the agent, those who did something.
    pub agents: Vec<(AgentId, AgentFigures)>,
}

/// Figures that are being added up.
#[derive(Default)]
struct Sum {
    figures: Figures,
    messages: usize,
    waits: Vec<Duration>,
    scores: u64,
}

impl Sum {
    fn add(&mut self, what: What) {
        match what {
            What::Begun => self.figures.begun += 1,
            What::Answered => self.figures.answered_by_bot += 1,
            What::Corrected => self.figures.corrected += 1,
            What::HandedOver => self.figures.handed_over += 1,
            What::FirstResponse { after, .. } => self.waits.push(after),
            What::Replied { .. } => self.messages += 1,
            What::Resolved { .. } => self.figures.resolved += 1,
            What::Rated { score, .. } => {
                self.figures.csat.count += 1;
                self.scores += u64::from(score);
            }
        }
    }

    fn figures(mut self) -> (Figures, usize) {
        self.waits.sort_unstable();
        let count = self.waits.len();
        // the nearest rank: the smallest that so many of a hundred do not exceed
        let rank = |percent: usize| {
            let at = (count * percent).div_ceil(100).max(1) - 1;
            self.waits.get(at).map(|wait| u64::try_from(wait.as_millis()).unwrap_or(u64::MAX))
        };
        self.figures.first_response = Waits { count, median_ms: rank(50), p90_ms: rank(90) };
        let rated = u32::try_from(self.figures.csat.count).unwrap_or(u32::MAX);
        let scores = u32::try_from(self.scores).unwrap_or(u32::MAX);
        self.figures.csat.average = (rated > 0).then(|| f64::from(scores) / f64::from(rated));
        (self.figures, self.messages)
    }
}

fn agent_of(what: What) -> Option<AgentId> {
    match what {
        What::FirstResponse { agent, .. } | What::Replied { agent } | What::Resolved { agent } => {
            Some(agent)
        }
        What::Rated { agent, .. } => agent,
        What::Begun | What::Answered | What::Corrected | What::HandedOver => None,
    }
}

/// The report of facts, with an hour for each of `hours` (their beginnings, in order).
pub(super) fn of<'a>(facts: impl Iterator<Item = &'a Fact>, hours: &[Timestamp]) -> Report {
    let mut total = Sum::default();
    let mut by_hour: Vec<Sum> = hours.iter().map(|_| Sum::default()).collect();
    let mut by_agent: BTreeMap<AgentId, Sum> = BTreeMap::new();
    for Fact { at, what } in facts.copied() {
        total.add(what);
        let hour = hours.partition_point(|from| *from <= at).checked_sub(1);
        if let Some(sum) = hour.and_then(|hour| by_hour.get_mut(hour)) {
            sum.add(what);
        }
        if let Some(agent) = agent_of(what) {
            by_agent.entry(agent).or_default().add(what);
        }
    }
    let hour = |(from, sum): (&Timestamp, Sum)| Hour { from: *from, figures: sum.figures().0 };
    let agent = |(agent, sum): (AgentId, Sum)| {
        let (Figures { resolved, first_response, csat, .. }, messages) = sum.figures();
        (agent, AgentFigures { messages, resolved, first_response, csat })
    };
    Report {
        total: total.figures().0,
        hours: hours.iter().zip(by_hour).map(hour).collect(),
        agents: by_agent.into_iter().map(agent).collect(),
    }
}
