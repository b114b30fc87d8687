//! The desk's rules: kept in the store, checked before they are used, and changed as a whole.

use std::sync::Arc;

use arc_swap::ArcSwap;

use crate::domain::{Language, Timestamp};
use crate::events::{Records, RecordsError, Table};
use crate::handoff::{Hours, RuleError, Rules, RulesSpec};

/// Under which key the rules are stored.
const KEY: &str = "desk";

/// Why rules were not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RulesRefused {
    /// A rule is wrong.
    #[error(transparent)]
    Rule(#[from] RuleError),
    /// They could not be stored.
    #[error("the rules cannot be stored")]
    Store,
}

impl From<RecordsError> for RulesRefused {
    fn from(error: RecordsError) -> Self {
        tracing::error!(%error, "the desk's rules cannot be read or written");
        Self::Store
    }
}

/// The rules in use.
pub(super) struct DeskRules {
    records: Arc<dyn Records>,
    current: ArcSwap<Rules>,
}

impl DeskRules {
    /// Reads the stored rules. Rules of an earlier version that are no longer right are left out with
    /// a line in the log; a desk without rules works.
    pub(super) async fn open(records: Arc<dyn Records>) -> Result<Self, RecordsError> {
        let stored = records.get(Table::Rules, KEY).await?;
        let rules = match stored.as_deref().map(read) {
            None => Rules::default(),
            Some(Ok(rules)) => rules,
            Some(Err(reason)) => {
                tracing::error!(reason, "the stored rules of the desk are left out");
                Rules::default()
            }
        };
        Ok(Self { records, current: ArcSwap::from_pointee(rules) })
    }

    /// The rules in use.
    pub(super) fn current(&self) -> Arc<Rules> {
        self.current.load_full()
    }

    /// Checks and stores new rules, and uses them.
    pub(super) async fn set(&self, spec: RulesSpec) -> Result<Arc<Rules>, RulesRefused> {
        let rules = Arc::new(Rules::parse(spec)?);
        let bytes = serde_json::to_vec(rules.spec()).map_err(|_| RulesRefused::Store)?;
        self.records.put(Table::Rules, KEY, bytes).await?;
        self.current.store(Arc::clone(&rules));
        Ok(rules)
    }

    /// When the desk opens again, in words, while it is closed.
    pub(super) fn opens(&self, now: Timestamp, language: Language) -> Option<String> {
        let rules = self.current.load();
        opens_in_words(rules.hours(None)?, now, language)
    }
}

/// When a desk with these hours opens again, in words, while it is closed.
pub(super) fn opens_in_words(hours: &Hours, now: Timestamp, language: Language) -> Option<String> {
    let opens = hours.next_open(now)?;
    (opens > now).then(|| in_words(hours, opens, language))
}

fn read(bytes: &[u8]) -> Result<Rules, String> {
    let spec = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    Rules::parse(spec).map_err(|error| error.to_string())
}

fn in_words(hours: &Hours, at: Timestamp, language: Language) -> String {
    use jiff::civil::Weekday;
    let (day, time) = hours.local(at);
    let (en, zh) = match day {
        Weekday::Monday => ("Monday", "周一"),
        Weekday::Tuesday => ("Tuesday", "周二"),
        Weekday::Wednesday => ("Wednesday", "周三"),
        Weekday::Thursday => ("Thursday", "周四"),
        Weekday::Friday => ("Friday", "周五"),
        Weekday::Saturday => ("Saturday", "周六"),
        Weekday::Sunday => ("Sunday", "周日"),
    };
    match language {
        Language::En => format!("{en}, {time}"),
        Language::Zh => format!("{zh}{time}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::events::MemoryLog;

    fn spec(json: &str) -> RulesSpec {
        serde_json::from_str(json).unwrap()
    }

    #[tokio::test]
    async fn rules_are_kept_and_a_broken_one_changes_nothing() {
        let records: Arc<dyn Records> = Arc::new(MemoryLog::default());
        let rules = DeskRules::open(Arc::clone(&records)).await.unwrap();
        let hours = r#"{"hours": {"time_zone": "UTC", "friday": ["09:00-17:00"]}}"#;
        rules.set(spec(hours)).await.unwrap();
        let broken = rules.set(spec(r#"{"sla": [{"resolution_minutes": 0}]}"#)).await;
        assert!(
            matches!(broken, Err(RulesRefused::Rule(error)) if error.field == "sla[0].resolution_minutes")
        );
        let again = DeskRules::open(records).await.unwrap();
        assert_eq!(again.current().spec(), &spec(hours));
        // the epoch began on a Thursday
        let opens = again.opens(Timestamp(0), Language::En);
        assert_eq!(opens.as_deref(), Some("Friday, 09:00"));
        assert_eq!(again.opens(Timestamp(0), Language::Zh).as_deref(), Some("周五09:00"));
        let friday_noon = Timestamp(36 * 3_600_000);
        assert_eq!(again.opens(friday_noon, Language::En), None);
    }
}
