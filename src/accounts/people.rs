//! Making and changing accounts. Nobody gives away more than they have, and somebody stays admin.

use crate::accounts::audit::Act;
use crate::accounts::directory::{Directory, StoredAccount, checked_email};
use crate::accounts::service::PASSWORD_BYTES;
use crate::accounts::service::PASSWORD_CHARS;
use crate::accounts::session::Revoked;
use crate::accounts::{
    Account, AccountChange, AccountError, Accounts, By, Deed, NewAccount, Permission, Permissions,
    password,
};
use crate::domain::AgentId;

impl Accounts {
    /// Makes an account.
    pub async fn add(&self, new: NewAccount, by: &By) -> Result<Account, AccountError> {
        self.add_as(new, by, Deed::AgentAdded).await
    }

    pub(super) async fn add_as(
        &self,
        new: NewAccount,
        by: &By,
        deed: Deed,
    ) -> Result<Account, AccountError> {
        let NewAccount { name, email, password, role, with } = new;
        let with = AccountChange { name: Some(name), role: Some(role.clone()), ..with };
        let email = checked_email(&email).ok_or(AccountError::Email)?;
        let mut stored = StoredAccount::new(email, String::new(), role);
        self.apply(&mut stored, with.clone(), by)?;
        stored.password_hash = hash(password).await?;
        let mut writing = self.writing().await;
        self.apply(&mut stored, with, by)?;
        if self.directory().by_email(&stored.email).is_some() {
            return Err(AccountError::EmailTaken);
        }
        let act = Act::change(deed, stored.object(), serde_json::Value::Null, stored.shown());
        writing.commit(vec![stored.record()?], by, act).await?;
        let account = stored.account();
        self.directory_mut().people.insert(stored.id, stored);
        Ok(account)
    }

    fn apply(
        &self,
        stored: &mut StoredAccount,
        change: AccountChange,
        by: &By,
    ) -> Result<(), AccountError> {
        let directory = self.directory();
        directory.apply(stored, change)?;
        let gives = directory.allowed(&stored.role);
        if directory.covers(by, &gives) { Ok(()) } else { Err(AccountError::Outranked) }
    }

    /// Changes an account. Whoever is not active any more is signed out everywhere.
    pub async fn change(
        &self,
        agent: AgentId,
        change: AccountChange,
        by: &By,
    ) -> Result<Account, AccountError> {
        let mut writing = self.writing().await;
        let before = self.outranked(agent, by)?;
        let mut stored = before.clone();
        self.apply(&mut stored, change, by)?;
        if !self.directory().keeps_an_admin(&stored) {
            return Err(AccountError::LastAdmin);
        }
        if stored.shown() == before.shown() {
            return Ok(stored.account());
        }
        let leaves = before.active && !stored.active;
        let mut changes = vec![stored.record()?];
        let ended = if leaves { self.sessions_of(agent).await? } else { Vec::new() };
        changes.extend(ended.iter().map(|hash| Self::session_record(hash, None)));
        let (shown, object) = (stored.shown(), stored.object());
        let act = Act::change(Deed::AgentChanged, object, before.shown(), shown);
        writing.commit(changes, by, act).await?;
        let account = stored.account();
        self.directory_mut().people.insert(agent, stored);
        if leaves {
            self.forget(&ended, Revoked::Agent(agent));
        }
        Ok(account)
    }

    /// An account that who acts may deal with.
    pub(super) fn outranked(&self, agent: AgentId, by: &By) -> Result<StoredAccount, AccountError> {
        let directory = self.directory();
        let stored = directory.person(agent)?;
        let may: Permissions = directory.allowed(&stored.role);
        if directory.covers(by, &may) { Ok(stored.clone()) } else { Err(AccountError::Outranked) }
    }

    /// All accounts, by address.
    pub fn list(&self) -> Vec<Account> {
        let directory = self.directory();
        let mut people: Vec<Account> =
            directory.people.values().map(StoredAccount::account).collect();
        people.sort_by(|a, b| a.email.cmp(&b.email));
        people
    }

    /// An account.
    pub fn account(&self, agent: AgentId) -> Option<Account> {
        self.directory().people.get(&agent).map(StoredAccount::account)
    }

    /// Whether somebody may do something, now.
    pub fn may(&self, agent: AgentId, permission: Permission) -> bool {
        Directory::has(&self.directory(), agent, permission)
    }

    /// Everything that somebody may do, now.
    pub fn permissions(&self, agent: AgentId) -> Permissions {
        self.directory().may(agent)
    }
}

async fn hash(secret: String) -> Result<String, AccountError> {
    if secret.chars().count() < PASSWORD_CHARS || secret.len() > PASSWORD_BYTES {
        return Err(AccountError::Password);
    }
    let hash = tokio::task::spawn_blocking(move || password::hash(&secret));
    hash.await.ok().flatten().ok_or(AccountError::Store)
}
