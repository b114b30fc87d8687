//! Who did what, on what, when, and from where. An entry is committed together with the change that it
//! tells of, under the next number; nothing here changes or removes one.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::accounts::{AccountError, Accounts};
use crate::domain::{AgentId, Timestamp};
use crate::events::{RecordChange, Table};

/// Who acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// Somebody who is signed in.
    Agent {
        /// Who.
        id: AgentId,
        /// The name at that time.
        name: String,
    },
    /// A program with a key of the settings.
    ApiKey,
    /// The sign-in provider of the settings.
    Provider,
    /// Somebody who is not signed in.
    Nobody,
}

/// Who acts, and from which address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// The network address.
    pub address: String,
}

impl By {
    /// Somebody who is not signed in.
    pub fn nobody(address: impl Into<String>) -> Self {
        Self { actor: Actor::Nobody, address: address.into() }
    }
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Deed {
    /// The first admin was made.
    #[serde(rename = "setup.done")]
    SetUp,
    /// Somebody signed in.
    #[serde(rename = "session.signed_in")]
    SignedIn,
    /// Somebody was not let in.
    #[serde(rename = "session.refused")]
    SignInRefused,
    /// Somebody signed out.
    #[serde(rename = "session.signed_out")]
    SignedOut,
    /// Somebody was signed out everywhere.
    #[serde(rename = "sessions.revoked")]
    SessionsRevoked,
    /// An account was made.
    #[serde(rename = "agent.added")]
    AgentAdded,
    /// An account was changed.
    #[serde(rename = "agent.changed")]
    AgentChanged,
    /// The desk's rules were changed.
    #[serde(rename = "rules.changed")]
    RulesChanged,
    /// A team was made.
    #[serde(rename = "team.added")]
    TeamAdded,
    /// A team was renamed.
    #[serde(rename = "team.changed")]
    TeamChanged,
    /// A team was removed.
    #[serde(rename = "team.removed")]
    TeamRemoved,
    /// A role was made.
    #[serde(rename = "role.added")]
    RoleAdded,
    /// A role was changed.
    #[serde(rename = "role.changed")]
    RoleChanged,
    /// A role was removed.
    #[serde(rename = "role.removed")]
    RoleRemoved,
    /// Somebody has a second factor from now on.
    #[serde(rename = "second_factor.added")]
    SecondFactorAdded,
    /// Somebody gave up the second factor.
    #[serde(rename = "second_factor.removed")]
    SecondFactorRemoved,
    /// Somebody's second factor was taken away by a colleague.
    #[serde(rename = "second_factor.reset")]
    SecondFactorReset,
    /// A recovery code was used to sign in.
    #[serde(rename = "second_factor.recovery_used")]
    RecoveryCodeUsed,
    /// A conversation was erased.
    #[serde(rename = "conversation.erased")]
    ConversationErased,
    /// A conversation was taken along as a text.
    #[serde(rename = "conversation.transcript")]
    TranscriptTaken,
    /// A reply for many customers was made.
    #[serde(rename = "reply.added")]
    ReplyAdded,
    /// A reply for many customers was changed.
    #[serde(rename = "reply.changed")]
    ReplyChanged,
    /// A reply for many customers was removed.
    #[serde(rename = "reply.removed")]
    ReplyRemoved,
    /// The rules by which the desk speaks first were changed.
    #[serde(rename = "proactive.changed")]
    ProactiveChanged,
    /// The knowledge was loaded again.
    #[serde(rename = "knowledge.reloaded")]
    KnowledgeReloaded,
    /// A version of the knowledge was published.
    #[serde(rename = "knowledge.published")]
    KnowledgePublished,
    /// What customers said of an entry is set aside, or counts again.
    #[serde(rename = "corrections.changed")]
    CorrectionsChanged,
    /// A receiver of webhooks was made.
    #[serde(rename = "webhook.added")]
    WebhookAdded,
    /// A receiver of webhooks was changed.
    #[serde(rename = "webhook.changed")]
    WebhookChanged,
    /// A receiver of webhooks was removed.
    #[serde(rename = "webhook.removed")]
    WebhookRemoved,
    /// A receiver of webhooks got a fresh secret.
    #[serde(rename = "webhook.secret_renewed")]
    WebhookSecretRenewed,
    /// An event was sent to a receiver once more.
    #[serde(rename = "webhook.replayed")]
    WebhookReplayed,
    /// A bot was made.
    #[serde(rename = "bot.added")]
    BotAdded,
    /// A bot was changed.
    #[serde(rename = "bot.changed")]
    BotChanged,
    /// A bot was removed.
    #[serde(rename = "bot.removed")]
    BotRemoved,
    /// A customer's profile was changed.
    #[serde(rename = "customer.changed")]
    CustomerChanged,
    /// A customer was erased.
    #[serde(rename = "customer.removed")]
    CustomerRemoved,
    /// A profile was taken out of the customer that it was joined to.
    #[serde(rename = "customer.unmerged")]
    CustomerUnmerged,
    /// The rules of the segments were changed.
    #[serde(rename = "segments.changed")]
    SegmentsChanged,
}

/// What something was done to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Object {
    /// `agent`, `team`, `role`, `conversation`, `knowledge` (its version), `webhook`, `bot`, `customer` or
    /// `reply`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its name at that time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Object {
    /// A thing with an id.
    pub fn new(kind: &str, id: impl Into<String>) -> Self {
        Self { kind: kind.to_owned(), id: id.into(), name: None }
    }

    /// The same, with a name.
    #[must_use]
    pub fn named(self, name: &str) -> Self {
        Self { name: Some(name.to_owned()), ..self }
    }
}

/// Something that was done.
#[derive(Clone, Debug)]
pub struct Act {
    deed: Deed,
    on: Option<Object>,
    before: Option<Value>,
    after: Option<Value>,
}

impl Act {
    /// Something that changes no values.
    pub fn new(deed: Deed, on: Option<Object>) -> Self {
        Self { deed, on, before: None, after: None }
    }

    /// The same, with how somebody signed in: `password` or `oidc`.
    #[must_use]
    pub fn with_way(self, way: &str) -> Self {
        Self { after: Some(serde_json::json!({ "with": way })), ..self }
    }

    /// A change, of which only what differs is kept.
    pub fn change(deed: Deed, on: Object, before: Value, after: Value) -> Self {
        let (before, after) = match (before, after) {
            (Value::Object(before), Value::Object(after)) => {
                (differing(&before, &after), differing(&after, &before))
            }
            whole => whole,
        };
        let kept = |value: Value| Some(value).filter(|value| !value.is_null());
        Self { deed, on: Some(on), before: kept(before), after: kept(after) }
    }
}

fn differing(of: &Map<String, Value>, others: &Map<String, Value>) -> Value {
    let fields = of.iter().filter(|(name, value)| others.get(*name) != Some(*value));
    Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect())
}

/// An entry of the audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    /// Its number: 1, 2, 3 … without gaps.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who.
    pub by: Actor,
    /// From which network address.
    pub from: String,
    /// What.
    pub act: String,
    /// On what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<Object>,
    /// What was before, of what changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// The key of an entry, which sorts as its number does.
fn key(seq: u64) -> String {
    format!("{seq:020}")
}

/// The right to change accounts, which one caller has at a time.
pub(super) struct Writing<'a> {
    pub(super) accounts: &'a Accounts,
    /// The last entry's number.
    pub(super) last: tokio::sync::MutexGuard<'a, u64>,
}

impl Writing<'_> {
    /// Commits changes together with the entry that tells of them.
    pub(super) async fn commit(
        &mut self,
        mut changes: Vec<RecordChange>,
        by: &By,
        act: Act,
    ) -> Result<(), AccountError> {
        let seq = *self.last + 1;
        let deed = serde_json::to_value(act.deed).map_err(|_| AccountError::Store)?;
        let entry = AuditEntry {
            seq,
            at: self.accounts.clock.now(),
            by: by.actor.clone(),
            from: by.address.clone(),
            act: deed.as_str().unwrap_or_default().to_owned(),
            on: act.on,
            before: act.before,
            after: act.after,
        };
        let bytes = serde_json::to_vec(&entry).map_err(|_| AccountError::Store)?;
        changes.push((Table::Audit, key(seq), Some(bytes)));
        self.accounts.records.change(changes).await?;
        *self.last = seq;
        Ok(())
    }
}

impl Accounts {
    /// The number of the last entry in the store.
    pub(super) async fn last_entry(
        records: &dyn crate::events::Records,
    ) -> Result<u64, AccountError> {
        let last = records.last_key(Table::Audit).await?;
        last.map_or(Ok(0), |key| key.parse().map_err(|_| AccountError::Store))
    }

    pub(super) async fn writing(&self) -> Writing<'_> {
        Writing { accounts: self, last: self.entries.lock().await }
    }

    /// Notes something that was done elsewhere.
    pub async fn note(&self, by: &By, act: Act) -> Result<(), AccountError> {
        self.writing().await.commit(Vec::new(), by, act).await
    }

    /// Up to `limit` entries behind the number `after`, oldest first.
    pub async fn audit(&self, after: u64, limit: usize) -> Result<Vec<AuditEntry>, AccountError> {
        let found = self.records.page(Table::Audit, &key(after), limit).await?;
        let entries = found.iter().map(|(_, bytes)| serde_json::from_slice(bytes));
        entries.collect::<Result<_, _>>().map_err(|_| AccountError::Store)
    }

    /// The number of the last entry.
    pub async fn last_audited(&self) -> u64 {
        *self.entries.lock().await
    }
}
