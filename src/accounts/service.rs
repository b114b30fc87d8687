//! Accounts and sessions over the records of the event store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use tokio::sync::broadcast;

use crate::accounts::session::Revoked;
use crate::accounts::{Account, Revocation, Role, SessionToken, password};
use crate::domain::{AgentId, Clock, Timestamp};
use crate::events::{Records, RecordsError, Table};

/// Shortest password.
const PASSWORD_CHARS: usize = 10;
/// Longest password, in bytes: hashing has a price.
const PASSWORD_BYTES: usize = 1_024;
/// Longest name and address.
const NAME_CHARS: usize = 80;

/// Why something with accounts was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccountError {
    /// The name is empty or too long.
    #[error("a name has 1 to {NAME_CHARS} characters")]
    Name,
    /// The address is not one.
    #[error("this is not an e-mail address")]
    Email,
    /// The password is too short or too long.
    #[error("a password has {PASSWORD_CHARS} characters or more")]
    Password,
    /// Another account has the address.
    #[error("this e-mail address has an account already")]
    EmailTaken,
    /// Address and password do not belong together; which of them is wrong is not said.
    #[error("e-mail address and password do not belong together")]
    WrongCredentials,
    /// The one-time token is wrong.
    #[error("this set-up link is not the one that the server printed at its last start")]
    SetupToken,
    /// There is an account already.
    #[error("there is an admin already")]
    SetupDone,
    /// There is no such account.
    #[error("there is no such account")]
    Unknown,
    /// The store cannot be used.
    #[error("the accounts cannot be read or written")]
    Store,
}

impl From<RecordsError> for AccountError {
    fn from(error: RecordsError) -> Self {
        tracing::error!(%error, "the accounts cannot be read or written");
        Self::Store
    }
}

/// An account that is to be made.
#[derive(Clone)]
pub struct NewAccount {
    /// The name that customers see.
    pub name: String,
    /// The address with which they sign in.
    pub email: String,
    /// The password.
    pub password: String,
    /// What they may do.
    pub role: Role,
}

/// An account as it is stored, by its address.
#[derive(Serialize, Deserialize)]
struct StoredAccount {
    id: AgentId,
    name: String,
    email: String,
    role: Role,
    password_hash: String,
}

/// A session as it is stored, by the hash of its token.
#[derive(Clone, Serialize, Deserialize)]
struct StoredSession {
    agent: AgentId,
    email: String,
    expires_at: Timestamp,
}

/// All accounts and sessions.
pub struct Accounts {
    records: Arc<dyn Records>,
    clock: Arc<dyn Clock>,
    session_life: Duration,
    cache: Mutex<HashMap<String, (Account, Timestamp)>>,
    setup: Mutex<Option<String>>,
    revoked: broadcast::Sender<Revoked>,
    /// Verified against when the address is unknown, so that both answers take the same time.
    nobody: String,
}

impl Accounts {
    /// Opens the accounts. While there is none, a one-time token for the first admin is made.
    pub async fn open(
        records: Arc<dyn Records>,
        clock: Arc<dyn Clock>,
        session_life: Duration,
    ) -> Result<Self, AccountError> {
        let is_new = records.list(Table::Agents).await?.is_empty();
        let setup = is_new.then(|| SessionToken::random().as_str().to_owned());
        let nobody = tokio::task::spawn_blocking(|| password::hash("nobody's password"));
        let nobody = nobody.await.ok().flatten().ok_or(AccountError::Store)?;
        Ok(Self {
            records,
            clock,
            session_life,
            cache: Mutex::default(),
            setup: Mutex::new(setup),
            revoked: broadcast::channel(256).0,
            nobody,
        })
    }

    /// The one-time token for the first admin, while there is none.
    pub fn setup_token(&self) -> Option<String> {
        self.setup.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether the first admin is still to be made.
    pub fn needs_setup(&self) -> bool {
        self.setup_token().is_some()
    }

    /// Makes the first admin and signs them in.
    pub async fn set_up(
        &self,
        token: &str,
        new: NewAccount,
    ) -> Result<(Account, SessionToken), AccountError> {
        let expected = self.setup_token().ok_or(AccountError::SetupDone)?;
        if !bool::from(expected.as_bytes().ct_eq(token.as_bytes())) {
            return Err(AccountError::SetupToken);
        }
        let account = self.add(NewAccount { role: Role::Admin, ..new }).await?;
        *self.setup.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let session = self.start_session(&account).await?;
        Ok((account, session))
    }

    /// Makes an account.
    pub async fn add(&self, new: NewAccount) -> Result<Account, AccountError> {
        let name = new.name.trim().to_owned();
        if name.is_empty()
            || name.chars().count() > NAME_CHARS
            || name.chars().any(char::is_control)
        {
            return Err(AccountError::Name);
        }
        let email = normalise(&new.email).ok_or(AccountError::Email)?;
        if new.password.chars().count() < PASSWORD_CHARS || new.password.len() > PASSWORD_BYTES {
            return Err(AccountError::Password);
        }
        let secret = new.password;
        let hash = tokio::task::spawn_blocking(move || password::hash(&secret));
        let password_hash = hash.await.ok().flatten().ok_or(AccountError::Store)?;
        let (id, role) = (AgentId::random(), new.role);
        let stored = StoredAccount { id, name, email, role, password_hash };
        let bytes = serde_json::to_vec(&stored).map_err(|_| AccountError::Store)?;
        if !self.records.put_if_absent(Table::Agents, &stored.email, bytes).await? {
            return Err(AccountError::EmailTaken);
        }
        Ok(stored.into())
    }

    /// Signs in.
    pub async fn sign_in(
        &self,
        email: &str,
        secret: &str,
    ) -> Result<(Account, SessionToken), AccountError> {
        let stored = match normalise(email) {
            Some(email) => self.account(&email).await?,
            None => None,
        };
        let hash = stored.as_ref().map_or(&self.nobody, |stored| &stored.password_hash).clone();
        let secret: String = secret.chars().take(PASSWORD_BYTES).collect();
        let matches = tokio::task::spawn_blocking(move || password::verify(&secret, &hash));
        let matches = matches.await.unwrap_or(false);
        let account: Account =
            stored.filter(|_| matches).ok_or(AccountError::WrongCredentials)?.into();
        let session = self.start_session(&account).await?;
        Ok((account, session))
    }

    async fn start_session(&self, account: &Account) -> Result<SessionToken, AccountError> {
        let token = SessionToken::random();
        let expires_at = self.clock.now().plus(self.session_life);
        let stored = StoredSession { agent: account.id, email: account.email.clone(), expires_at };
        let bytes = serde_json::to_vec(&stored).map_err(|_| AccountError::Store)?;
        self.records.put(Table::Sessions, &token.hash(), bytes).await?;
        self.cache().insert(token.hash(), (account.clone(), expires_at));
        Ok(token)
    }

    /// Who a session belongs to, while it lasts.
    pub async fn session(&self, token: &SessionToken) -> Result<Option<Account>, AccountError> {
        let (hash, now) = (token.hash(), self.clock.now());
        let cached = self.cache().get(&hash).cloned();
        if let Some((account, expires_at)) = cached {
            return Ok((expires_at > now).then_some(account));
        }
        let Some(bytes) = self.records.get(Table::Sessions, &hash).await? else {
            return Ok(None);
        };
        let stored: StoredSession =
            serde_json::from_slice(&bytes).map_err(|_| AccountError::Store)?;
        if stored.expires_at <= now {
            self.records.delete(Table::Sessions, &hash).await?;
            return Ok(None);
        }
        let Some(account) = self.account(&stored.email).await? else { return Ok(None) };
        let account = Account::from(account);
        self.cache().insert(hash, (account.clone(), stored.expires_at));
        Ok(Some(account))
    }

    /// Tells when a session is over before its time.
    pub fn watch(&self, token: &SessionToken) -> Option<Revocation> {
        let session = token.hash();
        let (account, expires_at) = self.cache().get(&session).cloned()?;
        let until = tokio::time::Instant::now() + expires_at.since(self.clock.now());
        Some(Revocation { session, agent: account.id, news: self.revoked.subscribe(), until })
    }

    /// Ends one session.
    pub async fn sign_out(&self, token: &SessionToken) -> Result<(), AccountError> {
        let hash = token.hash();
        self.records.delete(Table::Sessions, &hash).await?;
        self.cache().remove(&hash);
        // Without a socket nobody needs the news.
        let _ = self.revoked.send(Revoked::Session(hash));
        Ok(())
    }

    /// Ends all sessions of an agent.
    pub async fn revoke_all(&self, agent: AgentId) -> Result<(), AccountError> {
        if !self.list().await?.iter().any(|account| account.id == agent) {
            return Err(AccountError::Unknown);
        }
        for (hash, bytes) in self.records.list(Table::Sessions).await? {
            let stored = serde_json::from_slice::<StoredSession>(&bytes);
            if stored.is_ok_and(|session| session.agent == agent) {
                self.records.delete(Table::Sessions, &hash).await?;
                self.cache().remove(&hash);
            }
        }
        let _ = self.revoked.send(Revoked::Agent(agent));
        Ok(())
    }

    /// All accounts, by address.
    pub async fn list(&self) -> Result<Vec<Account>, AccountError> {
        let stored = self.records.list(Table::Agents).await?;
        let accounts = stored
            .iter()
            .map(|(_, bytes)| serde_json::from_slice::<StoredAccount>(bytes).map(Account::from));
        accounts.collect::<Result<_, _>>().map_err(|_| AccountError::Store)
    }

    async fn account(&self, email: &str) -> Result<Option<StoredAccount>, AccountError> {
        let Some(bytes) = self.records.get(Table::Agents, email).await? else { return Ok(None) };
        serde_json::from_slice(&bytes).map(Some).map_err(|_| AccountError::Store)
    }

    fn cache(&self) -> MutexGuard<'_, HashMap<String, (Account, Timestamp)>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<StoredAccount> for Account {
    fn from(stored: StoredAccount) -> Self {
        let StoredAccount { id, name, email, role, .. } = stored;
        Self { id, name, email, role }
    }
}

/// An e-mail address in one spelling; what stands before and after the @ is not judged further.
fn normalise(email: &str) -> Option<String> {
    let email = email.trim().to_lowercase();
    let (local, host) = email.split_once('@')?;
    let is_plain = email.chars().all(|c| !c.is_whitespace() && !c.is_control() && c != ',');
    let is_address = !local.is_empty() && host.len() > 2 && !host.contains('@') && is_plain;
    (is_address && email.chars().count() <= NAME_CHARS).then_some(email)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ManualClock;
    use crate::events::MemoryLog;

    const HOUR: Duration = Duration::from_hours(1);

    async fn accounts() -> (Accounts, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Timestamp(1_000)));
        let records = Arc::new(MemoryLog::default());
        let opened = Accounts::open(records, Arc::clone(&clock) as _, HOUR).await;
        (opened.unwrap(), clock)
    }

    fn ana(role: Role) -> NewAccount {
        NewAccount {
            name: "Ana".to_owned(),
            email: " Ana@Shop.example ".to_owned(),
            password: "correct horse".to_owned(),
            role,
        }
    }

    #[tokio::test]
    async fn the_first_admin_is_made_once_and_with_the_printed_token_only() {
        let (accounts, _) = accounts().await;
        let token = accounts.setup_token().unwrap();
        let wrong = accounts.set_up("guess", ana(Role::Agent)).await;
        assert_eq!(wrong.err(), Some(AccountError::SetupToken));
        let (account, session) = accounts.set_up(&token, ana(Role::Agent)).await.unwrap();
        assert_eq!((account.role, account.email.as_str()), (Role::Admin, "ana@shop.example"));
        assert_eq!(accounts.session(&session).await.unwrap(), Some(account));
        let again = accounts.set_up(&token, ana(Role::Admin)).await;
        assert_eq!(again.err(), Some(AccountError::SetupDone));
    }

    #[tokio::test]
    async fn who_signs_in_needs_the_right_password() {
        let (accounts, _) = accounts().await;
        accounts.add(ana(Role::Agent)).await.unwrap();
        assert!(accounts.sign_in("ANA@shop.example", "correct horse").await.is_ok());
        for (email, password) in
            [("ana@shop.example", "wrong"), ("bob@shop.example", "correct horse"), ("", "")]
        {
            let refused = accounts.sign_in(email, password).await;
            assert_eq!(refused.err(), Some(AccountError::WrongCredentials), "{email}");
        }
        let twice = accounts.add(ana(Role::Agent)).await;
        assert_eq!(twice.err(), Some(AccountError::EmailTaken));
    }

    #[tokio::test]
    async fn sessions_end_by_time_by_signing_out_and_by_revocation() {
        let (accounts, clock) = accounts().await;
        let account = accounts.add(ana(Role::Agent)).await.unwrap();
        let (_, first) = accounts.sign_in("ana@shop.example", "correct horse").await.unwrap();
        let (_, second) = accounts.sign_in("ana@shop.example", "correct horse").await.unwrap();
        accounts.sign_out(&first).await.unwrap();
        assert_eq!(accounts.session(&first).await.unwrap(), None);
        assert!(accounts.session(&second).await.unwrap().is_some());
        let mut socket = accounts.watch(&second).unwrap();
        accounts.revoke_all(account.id).await.unwrap();
        socket.wait().await;
        assert_eq!(accounts.session(&second).await.unwrap(), None);
        let (_, third) = accounts.sign_in("ana@shop.example", "correct horse").await.unwrap();
        clock.advance(HOUR);
        assert_eq!(accounts.session(&third).await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_an_account_is_made_of_is_checked() {
        let (accounts, _) = accounts().await;
        let with = |change: fn(&mut NewAccount)| {
            let mut new = ana(Role::Agent);
            change(&mut new);
            new
        };
        let cases = [
            (with(|new| new.name = "  ".to_owned()), AccountError::Name),
            (with(|new| new.email = "nobody".to_owned()), AccountError::Email),
            (with(|new| new.email = "a@b c.example".to_owned()), AccountError::Email),
            (with(|new| new.password = "short".to_owned()), AccountError::Password),
        ];
        for (new, expected) in cases {
            assert_eq!(accounts.add(new).await.err(), Some(expected));
        }
    }
}
