//! The rules in use, who has seen what, and what came of it: records of the store. Of visitors only
//! those are remembered whom the site has named; the others remember in their browser.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use arc_swap::ArcSwap;
use serde::{Deserialize, Serialize};

use crate::domain::{Clock, ConversationId, CustomerId, ProactiveId, Timestamp};
use crate::events::{Records, RecordsError, Table};
use crate::proactive::{Counts, Rule, RuleMistake, When};

/// Most rules.
const RULES: usize = 100;
/// Under which key the rules stand, and how the keys of the other records begin.
const KEY: &str = "rules";
const COUNT: &str = "count/";
const SEEN: &str = "seen/";
const OPENED: &str = "opened/";
const DAY: Duration = Duration::from_hours(24);
/// So many showings of a rule are remembered of a customer; no rule allows more in a period.
const SHOWINGS: usize = 100;
/// How long an answer may take that counts as one, and how many are waited for.
const ANSWER_WITHIN: Duration = Duration::from_hours(7 * 24);
const WAITED_FOR: usize = 20_000;

/// Why something with the rules was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProactiveError {
    /// A rule is wrong.
    #[error(transparent)]
    Rule(#[from] RuleMistake),
    /// There is no such rule.
    #[error("there is no such rule")]
    Unknown,
    /// The store cannot be used.
    #[error("the rules by which the desk speaks first cannot be read or written")]
    Store,
}

impl From<RecordsError> for ProactiveError {
    fn from(error: RecordsError) -> Self {
        tracing::error!(%error, "proactive messages cannot be read or written");
        Self::Store
    }
}

impl From<serde_json::Error> for ProactiveError {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(%error, "a record of proactive messages is damaged");
        Self::Store
    }
}

/// Somebody who looks at a page.
#[derive(Clone, Debug, Default)]
pub struct Visit {
    /// The page's path.
    pub path: String,
    /// The site's origin.
    pub site: String,
    /// Who they are, where the site has said it.
    pub customer: Option<CustomerId>,
    /// Their segment, where they have one.
    pub segment: Option<String>,
    /// Whether the desk is open.
    pub is_open: bool,
}

/// What a customer has seen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Seen {
    /// They want no such messages.
    quiet: bool,
    /// When, by rule.
    shown: BTreeMap<ProactiveId, Vec<Timestamp>>,
}

impl Seen {
    /// Whether a rule may be shown once more.
    fn allows(&self, id: ProactiveId, rule: &Rule, now: Timestamp) -> bool {
        let period = DAY.saturating_mul(rule.days);
        let shown = self.shown.get(&id).map_or(&[][..], Vec::as_slice);
        let lately = shown.iter().filter(|at| now.since(**at) < period).count();
        let times = usize::try_from(rule.times).unwrap_or(usize::MAX);
        !self.quiet && lately < times
    }

    fn note(&mut self, id: ProactiveId, now: Timestamp) {
        let shown = self.shown.entry(id).or_default();
        shown.push(now);
        let too_many = shown.len().saturating_sub(SHOWINGS);
        shown.drain(..too_many);
    }
}

/// The rules by which the desk speaks first.
pub struct Proactive {
    records: Arc<dyn Records>,
    clock: Arc<dyn Clock>,
    rules: ArcSwap<Vec<Rule>>,
    counts: Mutex<BTreeMap<ProactiveId, Counts>>,
    /// Conversations that began with a message nobody has answered yet.
    opened: Mutex<BTreeMap<ConversationId, (ProactiveId, Timestamp)>>,
    /// Whoever has it changes records.
    changing: tokio::sync::Mutex<()>,
}

impl Proactive {
    /// Reads the rules and what came of them.
    pub async fn open(
        records: Arc<dyn Records>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ProactiveError> {
        let (mut rules, mut counts, mut opened) = (vec![], BTreeMap::new(), BTreeMap::new());
        let now = clock.now();
        for (key, bytes) in records.list(Table::Proactive).await? {
            if key == KEY {
                rules = serde_json::from_slice(&bytes)?;
            } else if let Some(id) = key.strip_prefix(COUNT) {
                let id = id.parse().map_err(|_| ProactiveError::Store)?;
                counts.insert(id, serde_json::from_slice(&bytes)?);
            } else if let Some(id) = key.strip_prefix(OPENED) {
                let (rule, at): (ProactiveId, Timestamp) = serde_json::from_slice(&bytes)?;
                if now.since(at) < ANSWER_WITHIN {
                    let id = id.parse().map_err(|_| ProactiveError::Store)?;
                    opened.insert(id, (rule, at));
                } else {
                    records.delete(Table::Proactive, &key).await?;
                }
            }
        }
        Ok(Self {
            records,
            clock,
            rules: ArcSwap::from_pointee(rules),
            counts: Mutex::new(counts),
            opened: Mutex::new(opened),
            changing: tokio::sync::Mutex::default(),
        })
    }

    /// The rules in order, with what came of each.
    pub fn rules(&self) -> Vec<(Rule, Counts)> {
        let (rules, counts) = (self.rules.load(), held(&self.counts));
        let with_counts = |rule: &Rule| {
            let found = rule.id.and_then(|id| counts.get(&id).copied());
            (rule.clone(), found.unwrap_or_default())
        };
        rules.iter().map(with_counts).collect()
    }

    /// A rule.
    pub fn rule(&self, id: ProactiveId) -> Result<Rule, ProactiveError> {
        let rules = self.rules.load();
        let found = rules.iter().find(|rule| rule.id == Some(id));
        found.cloned().ok_or(ProactiveError::Unknown)
    }

    /// Whether any rule is in use.
    pub fn is_in_use(&self) -> bool {
        self.rules.load().iter().any(|rule| rule.on)
    }

    /// Puts other rules in use, as a whole; with a mistake in any of them nothing changes. A rule that
    /// was removed and comes back under its id has its counts again. Says what the rules were.
    pub async fn set(&self, rules: Vec<Rule>) -> Result<Vec<Rule>, ProactiveError> {
        if rules.len() > RULES {
            let (field, message) = ("rules".to_owned(), format!("{RULES} rules at most"));
            return Err(RuleMistake::new(field, "too_many_rules", message).into());
        }
        let mut checked: Vec<Rule> = Vec::with_capacity(rules.len());
        for (index, rule) in rules.into_iter().enumerate() {
            let mut rule = rule.check(&format!("rules[{index}]"))?;
            let id = rule.id.unwrap_or_else(ProactiveId::random);
            if checked.iter().any(|other| other.id == Some(id)) {
                let field = format!("rules[{index}].id");
                return Err(RuleMistake::new(field, "id_taken", "is there twice").into());
            }
            rule.id = Some(id);
            checked.push(rule);
        }
        let _changing = self.changing.lock().await;
        let bytes = serde_json::to_vec(&checked)?;
        self.records.put(Table::Proactive, KEY, bytes).await?;
        Ok(self.rules.swap(Arc::new(checked)).to_vec())
    }

    /// The rules that apply to a visit, in order; when they are due is for the page to see.
    pub async fn applying(&self, visit: &Visit) -> Result<Vec<Rule>, ProactiveError> {
        let rules = self.rules.load_full();
        let mut applying: Vec<Rule> =
            rules.iter().filter(|rule| applies(rule, visit)).cloned().collect();
        if let Some(customer) = visit.customer.filter(|_| !applying.is_empty()) {
            let (seen, now) = (self.seen(customer).await?, self.clock.now());
            applying.retain(|rule| rule.id.is_some_and(|id| seen.allows(id, rule, now)));
        }
        Ok(applying)
    }

    /// A page is about to show a rule's message; whether it may. What it may is counted.
    pub async fn show(&self, id: ProactiveId, visit: &Visit) -> Result<bool, ProactiveError> {
        let rule = self.rule(id)?;
        if !applies(&rule, visit) {
            return Ok(false);
        }
        let _changing = self.changing.lock().await;
        if let Some(customer) = visit.customer {
            let (mut seen, now) = (self.seen(customer).await?, self.clock.now());
            if !seen.allows(id, &rule, now) {
                return Ok(false);
            }
            seen.note(id, now);
            self.keep_seen(customer, &seen).await?;
        }
        self.count(id, |counts| counts.shown += 1).await?;
        Ok(true)
    }

    /// A customer wants no such messages any more.
    pub async fn be_quiet(&self, customer: CustomerId) -> Result<(), ProactiveError> {
        let _changing = self.changing.lock().await;
        let seen = Seen { quiet: true, ..self.seen(customer).await? };
        self.keep_seen(customer, &seen).await
    }

    /// Forgets what a customer has seen.
    pub async fn forget(&self, customer: CustomerId) -> Result<(), ProactiveError> {
        let _changing = self.changing.lock().await;
        let key = format!("{SEEN}{customer}");
        Ok(self.records.delete(Table::Proactive, &key).await?)
    }

    /// A rule's message is in a conversation now, with one of its answers or without.
    pub async fn opened(
        &self,
        id: ProactiveId,
        conversation: ConversationId,
        is_answered: bool,
    ) -> Result<(), ProactiveError> {
        let _changing = self.changing.lock().await;
        self.count(id, |counts| {
            counts.opened += 1;
            counts.answered += u64::from(is_answered);
        })
        .await?;
        if !is_answered && held(&self.opened).len() < WAITED_FOR {
            let opened = (id, self.clock.now());
            let (key, bytes) = (format!("{OPENED}{conversation}"), serde_json::to_vec(&opened)?);
            self.records.put(Table::Proactive, &key, bytes).await?;
            held(&self.opened).insert(conversation, opened);
        }
        Ok(())
    }

    /// The customer wrote in a conversation: the first words after a rule's message answer it.
    pub async fn heard(&self, conversation: ConversationId) -> Result<(), ProactiveError> {
        let Some((id, at)) = held(&self.opened).remove(&conversation) else { return Ok(()) };
        let _changing = self.changing.lock().await;
        self.records.delete(Table::Proactive, &format!("{OPENED}{conversation}")).await?;
        if self.clock.now().since(at) < ANSWER_WITHIN {
            self.count(id, |counts| counts.answered += 1).await?;
        }
        Ok(())
    }

    async fn count(
        &self,
        id: ProactiveId,
        change: impl FnOnce(&mut Counts),
    ) -> Result<(), ProactiveError> {
        let mut counts = held(&self.counts).get(&id).copied().unwrap_or_default();
        change(&mut counts);
        let bytes = serde_json::to_vec(&counts)?;
        self.records.put(Table::Proactive, &format!("{COUNT}{id}"), bytes).await?;
        held(&self.counts).insert(id, counts);
        Ok(())
    }

    async fn seen(&self, customer: CustomerId) -> Result<Seen, ProactiveError> {
        let key = format!("{SEEN}{customer}");
        let stored = self.records.get(Table::Proactive, &key).await?;
        Ok(stored.map(|bytes| serde_json::from_slice(&bytes)).transpose()?.unwrap_or_default())
    }

    async fn keep_seen(&self, customer: CustomerId, seen: &Seen) -> Result<(), ProactiveError> {
        let key = format!("{SEEN}{customer}");
        let bytes = serde_json::to_vec(seen)?;
        Ok(self.records.put(Table::Proactive, &key, bytes).await?)
    }
}

fn applies(rule: &Rule, visit: &Visit) -> bool {
    let hours = match rule.when {
        When::Always => true,
        When::Open => visit.is_open,
        When::Closed => !visit.is_open,
    };
    rule.on
        && hours
        && rule.site.as_ref().is_none_or(|site| *site == visit.site)
        && (rule.segment.is_none() || rule.segment == visit.segment)
        && rule.is_about(&visit.path)
}

fn held<T>(of: &Mutex<T>) -> MutexGuard<'_, T> {
    of.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ManualClock;
    use crate::events::MemoryLog;
    use crate::proactive::rule::tests::rule;

    struct Shop {
        proactive: Proactive,
        log: Arc<MemoryLog>,
        clock: Arc<ManualClock>,
    }

    impl Shop {
        async fn open(rules: Vec<Rule>) -> Self {
            let clock = Arc::new(ManualClock::new(Timestamp(1_700_000_000_000)));
            let log = Arc::new(MemoryLog::default());
            let proactive = Proactive::open(Arc::clone(&log) as _, Arc::clone(&clock) as _).await;
            let proactive = proactive.unwrap();
            proactive.set(rules).await.unwrap();
            Self { proactive, log, clock }
        }

        async fn reopened(self) -> Self {
            let Self { log, clock, .. } = self;
            let proactive = Proactive::open(Arc::clone(&log) as _, Arc::clone(&clock) as _).await;
            Self { proactive: proactive.unwrap(), log, clock }
        }

        fn first(&self) -> (ProactiveId, Counts) {
            let (rule, counts) = self.proactive.rules().remove(0);
            (rule.id.unwrap(), counts)
        }
    }

    fn visit(path: &str) -> Visit {
        Visit { path: path.to_owned(), site: "https://a.example".to_owned(), ..Visit::default() }
    }

    async fn names(shop: &Shop, visit: &Visit) -> Vec<String> {
        let applying = shop.proactive.applying(visit).await.unwrap();
        applying.into_iter().map(|rule| rule.name).collect()
    }

    #[tokio::test]
    async fn a_rule_applies_by_page_site_segment_and_hours() {
        let vip = Rule { segment: Some("vip".to_owned()), ..rule("vip", "/**") };
        let away = Rule { when: When::Closed, ..rule("away", "/**") };
        let open = Rule { when: When::Open, ..rule("open", "/cart") };
        let other = Rule { site: Some("https://b.example".to_owned()), ..rule("other", "/**") };
        let off = Rule { on: false, ..rule("off", "/**") };
        let shop = Shop::open(vec![vip, away, open, other, off]).await;
        assert_eq!(names(&shop, &visit("/cart")).await, ["away"]);
        let open = Visit { is_open: true, ..visit("/cart") };
        assert_eq!(names(&shop, &open).await, ["open"]);
        assert!(names(&shop, &Visit { is_open: true, ..visit("/help") }).await.is_empty());
        let vip = Visit { segment: Some("vip".to_owned()), is_open: true, ..visit("/help") };
        assert_eq!(names(&shop, &vip).await, ["vip"]);
        let other = Visit { site: "https://b.example".to_owned(), is_open: true, ..visit("/help") };
        assert_eq!(names(&shop, &other).await, ["other"]);
    }

    #[tokio::test]
    async fn a_known_customer_sees_a_rule_so_often_and_no_more() {
        let twice = Rule { times: 2, days: 7, ..rule("Help", "/cart") };
        let shop = Shop::open(vec![twice]).await;
        let (id, _) = shop.first();
        let ana = Visit { customer: Some(CustomerId::random()), ..visit("/cart") };
        assert!(shop.proactive.show(id, &ana).await.unwrap());
        shop.clock.advance(DAY * 2);
        assert!(shop.proactive.show(id, &ana).await.unwrap());
        assert!(!shop.proactive.show(id, &ana).await.unwrap());
        let shop = shop.reopened().await;
        assert!(names(&shop, &ana).await.is_empty(), "nor is it forgotten by a restart");
        let bo = Visit { customer: Some(CustomerId::random()), ..visit("/cart") };
        assert_eq!(names(&shop, &bo).await, ["Help"]);
        shop.clock.advance(DAY * 5);
        assert_eq!(names(&shop, &ana).await, ["Help"], "the first showing is a week ago");
        assert_eq!(shop.first().1.shown, 2);

        shop.proactive.be_quiet(ana.customer.unwrap()).await.unwrap();
        assert!(names(&shop, &ana).await.is_empty());
        assert!(!shop.proactive.show(id, &ana).await.unwrap());
        shop.proactive.forget(ana.customer.unwrap()).await.unwrap();
        assert_eq!(names(&shop, &ana).await, ["Help"]);
        assert_eq!(
            shop.proactive.show(ProactiveId::random(), &ana).await,
            Err(ProactiveError::Unknown)
        );
    }

    #[tokio::test]
    async fn what_came_of_a_rule_is_counted_and_survives() {
        let shop = Shop::open(vec![rule("Help", "/cart")]).await;
        let (id, _) = shop.first();
        let (one, two, late) =
            (ConversationId::random(), ConversationId::random(), ConversationId::random());
        for _ in 0..4 {
            assert!(shop.proactive.show(id, &visit("/cart")).await.unwrap());
        }
        shop.proactive.opened(id, one, false).await.unwrap();
        shop.proactive.opened(id, two, true).await.unwrap();
        shop.proactive.opened(id, late, false).await.unwrap();
        let shop = shop.reopened().await;
        shop.proactive.heard(one).await.unwrap();
        shop.proactive.heard(one).await.unwrap();
        shop.proactive.heard(two).await.unwrap();
        shop.clock.advance(ANSWER_WITHIN);
        shop.proactive.heard(late).await.unwrap();
        assert_eq!(shop.first().1, Counts { shown: 4, opened: 3, answered: 2 });
        let shop = shop.reopened().await;
        assert_eq!(shop.first().1, Counts { shown: 4, opened: 3, answered: 2 });

        // removed by mistake and brought back
        let rules = shop.proactive.set(vec![]).await.unwrap();
        assert!(!shop.proactive.is_in_use());
        shop.proactive.set(rules).await.unwrap();
        assert_eq!((shop.first().0, shop.first().1.shown), (id, 4));
    }

    #[tokio::test]
    async fn a_mistake_in_one_rule_changes_none() {
        let shop = Shop::open(vec![rule("Help", "/cart")]).await;
        let before = shop.proactive.rules();
        let wrong = vec![rule("Other", "/"), rule("Wrong", "cart")];
        let ProactiveError::Rule(mistake) = shop.proactive.set(wrong).await.unwrap_err() else {
            panic!("another error")
        };
        assert_eq!(mistake.field, "rules[1].pages");
        let twice = vec![before[0].0.clone(), before[0].0.clone()];
        assert!(matches!(shop.proactive.set(twice).await, Err(ProactiveError::Rule(_))));
        assert_eq!(shop.proactive.rules(), before);
    }
}
