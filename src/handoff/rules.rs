//! The desk's rules: hours, which conversations need which skills or team, promised times. They are
//! checked as a whole before they are used; with a mistake anywhere nothing changes.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::domain::{HandoffReason, Language, Target, Timestamp, UrgencyLevel};
use crate::handoff::queue::Need;
use crate::handoff::{Hours, HoursSpec, Waiting};

/// Most rules of a kind.
const RULES: usize = 200;
/// Longest name of a skill or team.
const NAME_CHARS: usize = 60;
/// Longest promised time: ninety days.
const MINUTES: u32 = 90 * 24 * 60;

/// Something is wrong with a rule.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct RuleError {
    /// Where, such as `sla[1].first_response_minutes`.
    pub field: String,
    /// What.
    pub message: String,
}

/// The rules as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct RulesSpec {
    /// When the desk is open; always, without.
    pub hours: Option<HoursSpec>,
    /// Hours of teams that have their own, by the team's id.
    pub team_hours: BTreeMap<String, HoursSpec>,
    /// What conversations need of an agent; every rule that matches adds to it.
    pub routing: Vec<RoutingRule>,
    /// What is promised to whom; the first that matches counts.
    pub sla: Vec<SlaRule>,
    /// After so many minutes a conversation no longer needs its team or its skills, 0: never.
    pub overflow_after_minutes: u32,
    /// How many units of an agent's capacity a conversation takes, by channel; 1 when not named.
    pub units: BTreeMap<String, u32>,
}

/// Which conversations a rule is about; what is not named matches all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Condition {
    /// Intents.
    pub intents: Vec<String>,
    /// Channels.
    pub channels: Vec<String>,
    /// Segments.
    pub segments: Vec<String>,
    /// Languages.
    pub languages: Vec<Language>,
    /// Levels of urgency.
    pub urgency: Vec<UrgencyLevel>,
    /// Reasons of the hand-off.
    pub reasons: Vec<HandoffReason>,
}

/// What conversations need.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RoutingRule {
    /// Which conversations.
    #[serde(default)]
    pub when: Condition,
    /// Skills that an agent must have.
    #[serde(default)]
    pub skills: Vec<String>,
    /// The team whose they are.
    #[serde(default)]
    pub team: Option<String>,
}

/// What is promised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SlaRule {
    /// To whom.
    #[serde(default)]
    pub when: Condition,
    /// An agent's first words, counted from the hand-off.
    #[serde(default)]
    pub first_response_minutes: Option<u32>,
    /// An agent's next words, counted from the customer's.
    #[serde(default)]
    pub next_response_minutes: Option<u32>,
    /// The end, counted from the hand-off.
    #[serde(default)]
    pub resolution_minutes: Option<u32>,
    /// So long before a promised time there is a warning.
    #[serde(default = "default_warning")]
    pub warn_minutes: u32,
}

fn default_warning() -> u32 {
    5
}

/// Rules that were checked.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    spec: RulesSpec,
    hours: Option<Hours>,
    team_hours: BTreeMap<String, Hours>,
}

impl Rules {
    /// Checks rules.
    pub fn parse(spec: RulesSpec) -> Result<Self, RuleError> {
        let hours = spec.hours.as_ref().map(|hours| Hours::parse(hours, "hours")).transpose()?;
        let mut team_hours = BTreeMap::new();
        for (team, hours) in &spec.team_hours {
            check_name(team, "team_hours")?;
            let field = format!("team_hours.{team}");
            team_hours.insert(team.clone(), Hours::parse(hours, &field)?);
        }
        for (list, length) in [("routing", spec.routing.len()), ("sla", spec.sla.len())] {
            if length > RULES {
                let message = format!("{RULES} rules at most");
                return Err(RuleError { field: list.to_owned(), message });
            }
        }
        for (index, rule) in spec.routing.iter().enumerate() {
            rule.check(&format!("routing[{index}]"))?;
        }
        for (index, rule) in spec.sla.iter().enumerate() {
            rule.check(&format!("sla[{index}]"))?;
        }
        check_minutes(spec.overflow_after_minutes, "overflow_after_minutes")?;
        for (channel, units) in &spec.units {
            let field = format!("units.{channel}");
            check_name(channel, &field)?;
            if !(1..=100).contains(units) {
                let message = "a number from 1 to 100".to_owned();
                return Err(RuleError { field, message });
            }
        }
        Ok(Self { spec, hours, team_hours })
    }

    /// The rules as they were written.
    pub fn spec(&self) -> &RulesSpec {
        &self.spec
    }

    /// The hours of the desk, or of a team that has its own.
    pub fn hours(&self, team: Option<&str>) -> Option<&Hours> {
        team.and_then(|team| self.team_hours.get(team)).or(self.hours.as_ref())
    }

    /// What an agent must bring for a conversation.
    pub fn need(&self, waiting: &Waiting) -> Need {
        let mut need = Need {
            language: waiting.language,
            channel: waiting.channel.clone(),
            ..Need::default()
        };
        for rule in self.spec.routing.iter().filter(|rule| rule.when.matches(waiting)) {
            need.skills.extend(rule.skills.iter().cloned());
            need.team = need.team.or_else(|| rule.team.clone());
        }
        if let Some(Target::Team { team }) = &waiting.target {
            need.team = Some(team.clone());
        }
        need
    }

    /// What is promised for a conversation.
    pub fn promise(&self, waiting: &Waiting) -> Option<&SlaRule> {
        self.spec.sla.iter().find(|rule| rule.when.matches(waiting))
    }

    /// The moment that lies `minutes` of open time after `start`.
    pub fn due(&self, start: Timestamp, minutes: u32, team: Option<&str>) -> Option<Timestamp> {
        let lasts = std::time::Duration::from_secs(u64::from(minutes) * 60);
        match self.hours(team) {
            Some(hours) => hours.after(start, lasts),
            None => Some(start.plus(lasts)),
        }
    }

    /// How many units of capacity a conversation takes.
    pub fn units(&self, channel: &str) -> u32 {
        self.spec.units.get(channel).copied().unwrap_or(1)
    }
}

impl Condition {
    fn matches(&self, waiting: &Waiting) -> bool {
        let named = |list: &[String], value: Option<&String>| {
            list.is_empty() || value.is_some_and(|value| list.contains(value))
        };
        let is_among = self.languages.is_empty() || self.languages.contains(&waiting.language);
        named(&self.intents, waiting.intent.as_ref())
            && named(&self.segments, waiting.segment.as_ref())
            && named(&self.channels, Some(&waiting.channel))
            && is_among
            && (self.urgency.is_empty() || self.urgency.contains(&waiting.urgency))
            && (self.reasons.is_empty() || self.reasons.contains(&waiting.reason))
    }

    fn check(&self, field: &str) -> Result<(), RuleError> {
        let lists = [
            ("intents", &self.intents),
            ("channels", &self.channels),
            ("segments", &self.segments),
        ];
        for (name, list) in lists {
            for value in list {
                check_name(value, &format!("{field}.when.{name}"))?;
            }
        }
        Ok(())
    }
}

impl RoutingRule {
    fn check(&self, field: &str) -> Result<(), RuleError> {
        self.when.check(field)?;
        for skill in &self.skills {
            check_name(skill, &format!("{field}.skills"))?;
        }
        if let Some(team) = &self.team {
            check_name(team, &format!("{field}.team"))?;
        }
        if self.skills.is_empty() && self.team.is_none() {
            let message = "needs skills or a team".to_owned();
            return Err(RuleError { field: format!("{field}.skills"), message });
        }
        Ok(())
    }
}

impl SlaRule {
    fn check(&self, field: &str) -> Result<(), RuleError> {
        self.when.check(field)?;
        let promises = [
            ("first_response_minutes", self.first_response_minutes),
            ("next_response_minutes", self.next_response_minutes),
            ("resolution_minutes", self.resolution_minutes),
        ];
        for (name, minutes) in promises {
            if let Some(minutes) = minutes {
                let field = format!("{field}.{name}");
                check_minutes(minutes, &field)?;
                if minutes == 0 {
                    let message = "1 or more".to_owned();
                    return Err(RuleError { field, message });
                }
            }
        }
        if promises.iter().all(|(_, minutes)| minutes.is_none()) {
            let message = "nothing is promised".to_owned();
            return Err(RuleError { field: format!("{field}.first_response_minutes"), message });
        }
        check_minutes(self.warn_minutes, &format!("{field}.warn_minutes"))
    }
}

fn check_minutes(minutes: u32, field: &str) -> Result<(), RuleError> {
    if minutes > MINUTES {
        let message = format!("{MINUTES} at most");
        return Err(RuleError { field: field.to_owned(), message });
    }
    Ok(())
}

fn check_name(name: &str, field: &str) -> Result<(), RuleError> {
    let is_fit = !name.trim().is_empty()
        && name.chars().count() <= NAME_CHARS
        && !name.chars().any(char::is_control);
    if is_fit {
        return Ok(());
    }
    let message = format!("a name has 1 to {NAME_CHARS} characters");
    Err(RuleError { field: field.to_owned(), message })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(json: &str) -> Result<Rules, RuleError> {
        Rules::parse(serde_json::from_str(json).unwrap())
    }

    #[test]
    fn every_matching_rule_adds_what_it_needs() {
        let rules = rules(
            r#"{"routing": [
                {"when": {"intents": ["refund"]}, "skills": ["refunds"], "team": "money"},
                {"when": {"languages": ["zh"]}, "skills": ["mandarin"]},
                {"when": {"channels": ["wechat"]}, "team": "apps"}]}"#,
        )
        .unwrap();
        let mut waiting = Waiting {
            intent: Some("refund".to_owned()),
            language: Language::Zh,
            ..Waiting::example(1)
        };
        let need = rules.need(&waiting);
        assert_eq!(need.skills.iter().collect::<Vec<_>>(), ["mandarin", "refunds"]);
        assert_eq!(need.team.as_deref(), Some("money"));
        waiting.target = Some(Target::Team { team: "returns".to_owned() });
        assert_eq!(rules.need(&waiting).team.as_deref(), Some("returns"), "a transfer goes first");
        assert_eq!(rules.need(&Waiting::example(2)).team, None);
    }

    #[test]
    fn a_broken_rule_is_named_and_changes_nothing() {
        let cases = [
            (r#"{"routing": [{"when": {}}]}"#, "routing[0].skills"),
            (r#"{"routing": [{"team": " "}]}"#, "routing[0].team"),
            (r#"{"sla": [{"when": {}}]}"#, "sla[0].first_response_minutes"),
            (r#"{"sla": [{"resolution_minutes": 0}]}"#, "sla[0].resolution_minutes"),
            (r#"{"sla": [{"next_response_minutes": 999999}]}"#, "sla[0].next_response_minutes"),
            (r#"{"units": {"web": 0}}"#, "units.web"),
            (r#"{"hours": {"time_zone": "UTC"}}"#, "hours"),
            (r#"{"overflow_after_minutes": 4000000}"#, "overflow_after_minutes"),
        ];
        for (json, field) in cases {
            assert_eq!(rules(json).unwrap_err().field, field, "{json}");
        }
        assert!(serde_json::from_str::<RulesSpec>(r#"{"slas": []}"#).is_err());
    }

    #[test]
    fn the_first_promise_that_matches_counts_in_open_time() {
        let rules = rules(
            r#"{"hours": {"time_zone": "UTC", "thursday": ["00:00-01:00"]},
                "sla": [{"when": {"urgency": ["urgent"]}, "first_response_minutes": 5},
                        {"first_response_minutes": 60}]}"#,
        )
        .unwrap();
        let promise = rules.promise(&Waiting::example(1)).unwrap();
        assert_eq!(promise.first_response_minutes, Some(60));
        // the epoch began on a Thursday
        let half = Timestamp(30 * 60_000);
        assert_eq!(rules.due(half, 30, None), Some(Timestamp(60 * 60_000)));
        let week = 7 * 24 * 60 * 60_000;
        assert_eq!(rules.due(half, 31, None), Some(Timestamp(week + 60_000)));
    }
}
