//! Accounts and sessions over the records of the event store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::Duration;

use subtle::ConstantTimeEq;
use tokio::sync::broadcast;

use crate::accounts::audit::{Act, Writing};
use crate::accounts::directory::{Directory, StoredAccount, checked_email};
use crate::accounts::second_factor::Shown;
use crate::accounts::session::{Revoked, StoredSession};
use crate::accounts::{
    Account, AccountError, Actor, By, Deed, NewAccount, Revocation, RoleId, SealingKey,
    SessionToken, password,
};
use crate::domain::{AgentId, Clock, Timestamp};
use crate::events::{RecordChange, Records, Table};

/// Shortest password.
pub(super) const PASSWORD_CHARS: usize = 10;
/// Longest password, in bytes: hashing has a price.
pub(super) const PASSWORD_BYTES: usize = 1_024;

/// What somebody shows to sign in.
pub struct Credentials {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
    /// A code of the second factor, or a recovery code.
    pub code: Option<String>,
}

/// All accounts and sessions.
pub struct Accounts {
    pub(super) records: Arc<dyn Records>,
    pub(super) clock: Arc<dyn Clock>,
    session_life: Duration,
    /// What seals second factors.
    pub(super) sealing: SealingKey,
    directory: RwLock<Directory>,
    /// The audit log's last number; whoever has the lock changes accounts.
    pub(super) entries: tokio::sync::Mutex<u64>,
    cache: Mutex<HashMap<String, (AgentId, Timestamp)>>,
    /// When and from where sessions were last used, as far as it has been written.
    pub(super) seen: Mutex<HashMap<String, (Timestamp, String)>>,
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
        sealing: SealingKey,
    ) -> Result<Self, AccountError> {
        let directory = Directory::load(records.as_ref(), sealing).await?;
        let last = Self::last_entry(records.as_ref()).await?;
        let is_new = directory.people.is_empty();
        let setup = is_new.then(|| SessionToken::random().as_str().to_owned());
        let nobody = tokio::task::spawn_blocking(|| password::hash("nobody's password"));
        let nobody = nobody.await.ok().flatten().ok_or(AccountError::Store)?;
        Ok(Self {
            records,
            clock,
            session_life,
            sealing,
            directory: RwLock::new(directory),
            entries: tokio::sync::Mutex::new(last),
            cache: Mutex::default(),
            seen: Mutex::default(),
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
        address: &str,
    ) -> Result<(Account, SessionToken), AccountError> {
        let expected = self.setup_token().ok_or(AccountError::SetupDone)?;
        if !bool::from(expected.as_bytes().ct_eq(token.as_bytes())) {
            return Err(AccountError::SetupToken);
        }
        let new = NewAccount { role: RoleId::admin(), ..new };
        let account = self.add_as(new, &By::nobody(address), Deed::SetUp).await?;
        *self.setup.lock().unwrap_or_else(PoisonError::into_inner) = None;
        let stored = self.directory().person(account.id)?.clone();
        let session = self.start_session(stored, None, address).await?;
        Ok((account, session))
    }

    /// Signs in.
    pub async fn sign_in(
        &self,
        credentials: Credentials,
        address: &str,
    ) -> Result<(Account, SessionToken), AccountError> {
        let Credentials { email, password, code } = credentials;
        let email = checked_email(&email);
        let known = email.and_then(|email| self.directory().by_email(&email).cloned());
        let hash = known.as_ref().map_or(&self.nobody, |stored| &stored.password_hash).clone();
        let matches = verify(&password, hash).await;
        let Some(stored) = known.clone().filter(|stored| matches && stored.active) else {
            let act = Act::new(Deed::SignInRefused, known.map(|stored| stored.object()));
            self.note(&By::nobody(address), act).await?;
            return Err(AccountError::WrongCredentials);
        };
        let account = stored.account();
        let session = self.start_session(stored, code, address).await?;
        Ok((account, session))
    }

    /// Asks for a code where there is a second factor, and starts a session.
    async fn start_session(
        &self,
        stored: StoredAccount,
        code: Option<String>,
        address: &str,
    ) -> Result<SessionToken, AccountError> {
        let now = self.clock.now();
        let actor = Actor::Agent { id: stored.id, name: stored.name.clone() };
        let by = By { actor, address: address.to_owned() };
        let mut writing = self.writing().await;
        // as it is now: it may have been changed while the password was looked at
        let mut stored = self.directory().person(stored.id)?.clone();
        if !stored.active {
            return Err(AccountError::WrongCredentials);
        }
        let mut changes = Vec::new();
        let mut deed = Deed::SignedIn;
        let object = Some(stored.object());
        if let Some(factor) = stored.second_factor.as_mut().filter(|factor| factor.is_confirmed()) {
            let outcome = factor.check(&code.ok_or(AccountError::CodeNeeded)?, now);
            changes.push(stored.record()?);
            match outcome {
                Ok(Shown::Code) => {}
                Ok(Shown::Recovery) => deed = Deed::RecoveryCodeUsed,
                Err(error) => {
                    let refused = Act::new(Deed::SignInRefused, object);
                    writing.commit(changes, &By::nobody(address), refused).await?;
                    self.directory_mut().people.insert(stored.id, stored);
                    return Err(error);
                }
            }
        }
        let act = Act::new(deed, object).with_way("password");
        self.open_session(&mut writing, stored, changes, (&by, act)).await
    }

    /// Starts a session of somebody who has shown who they are.
    pub(super) async fn open_session(
        &self,
        writing: &mut Writing<'_>,
        stored: StoredAccount,
        mut changes: Vec<RecordChange>,
        (by, act): (&By, Act),
    ) -> Result<SessionToken, AccountError> {
        let token = SessionToken::random();
        let now = self.clock.now();
        let expires_at = now.plus(self.session_life);
        let session = StoredSession {
            agent: stored.id,
            email: stored.email.clone(),
            expires_at,
            started_at: Some(now),
            seen_at: Some(now),
            address: by.address.clone(),
            device: String::new(),
        };
        let bytes = serde_json::to_vec(&session).map_err(|_| AccountError::Store)?;
        changes.push(Self::session_record(&token.hash(), Some(bytes)));
        writing.commit(changes, by, act).await?;
        self.cache().insert(token.hash(), (stored.id, expires_at));
        self.directory_mut().people.insert(stored.id, stored);
        Ok(token)
    }

    pub(super) fn session_record(hash: &str, value: Option<Vec<u8>>) -> RecordChange {
        (Table::Sessions, hash.to_owned(), value)
    }

    /// Whether somebody knows their password.
    pub(super) async fn check_password(
        &self,
        agent: AgentId,
        given: &str,
    ) -> Result<(), AccountError> {
        let hash = self.directory().person(agent)?.password_hash.clone();
        if verify(given, hash).await { Ok(()) } else { Err(AccountError::WrongPassword) }
    }

    /// Who a session belongs to, while it lasts, as they are now.
    pub async fn session(&self, token: &SessionToken) -> Result<Option<Account>, AccountError> {
        let (hash, now) = (token.hash(), self.clock.now());
        let cached = self.cache().get(&hash).copied();
        if let Some((agent, expires_at)) = cached {
            return Ok(self.active(agent).filter(|_| expires_at > now));
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
        let Some(account) = self.active(stored.agent) else { return Ok(None) };
        self.cache().insert(hash.clone(), (stored.agent, stored.expires_at));
        // ended in between: then nobody else takes it from the cache again
        if self.records.get(Table::Sessions, &hash).await?.is_none() {
            self.cache().remove(&hash);
            return Ok(None);
        }
        Ok(Some(account))
    }

    fn active(&self, agent: AgentId) -> Option<Account> {
        self.account(agent).filter(|account| account.active)
    }

    /// Tells when a session is over before its time.
    pub fn watch(&self, token: &SessionToken) -> Option<Revocation> {
        let session = token.hash();
        let (agent, expires_at) = self.cache().get(&session).copied()?;
        let until = tokio::time::Instant::now() + expires_at.since(self.clock.now());
        Some(Revocation { session, agent, news: self.revoked.subscribe(), until })
    }

    /// Ends one session.
    pub async fn sign_out(&self, token: &SessionToken, by: &By) -> Result<(), AccountError> {
        let hash = token.hash();
        let ended = vec![Self::session_record(&hash, None)];
        self.writing().await.commit(ended, by, Act::new(Deed::SignedOut, None)).await?;
        self.forget(std::slice::from_ref(&hash), Revoked::Session(hash.clone()));
        Ok(())
    }

    /// Ends all sessions of an agent.
    pub async fn revoke_all(&self, agent: AgentId, by: &By) -> Result<(), AccountError> {
        let mut writing = self.writing().await;
        let stored = self.outranked(agent, by)?;
        let ended = self.sessions_of(agent).await?;
        let changes = ended.iter().map(|hash| Self::session_record(hash, None)).collect();
        let act = Act::new(Deed::SessionsRevoked, Some(stored.object()));
        writing.commit(changes, by, act).await?;
        self.forget(&ended, Revoked::Agent(agent));
        Ok(())
    }

    pub(super) async fn sessions_of(&self, agent: AgentId) -> Result<Vec<String>, AccountError> {
        let all = self.records.list(Table::Sessions).await?;
        let is_theirs = |bytes: &[u8]| {
            serde_json::from_slice::<StoredSession>(bytes).is_ok_and(|held| held.agent == agent)
        };
        Ok(all.into_iter().filter(|(_, bytes)| is_theirs(bytes)).map(|(hash, _)| hash).collect())
    }

    /// Forgets sessions that have ended, and tells the sockets.
    pub(super) fn forget(&self, ended: &[String], news: Revoked) {
        let mut cache = self.cache();
        for hash in ended {
            cache.remove(hash);
        }
        drop(cache);
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        for hash in ended {
            seen.remove(hash);
        }
        drop(seen);
        // Without a socket nobody needs the news.
        let _ = self.revoked.send(news);
    }

    pub(super) fn directory(&self) -> RwLockReadGuard<'_, Directory> {
        self.directory.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn directory_mut(&self) -> RwLockWriteGuard<'_, Directory> {
        self.directory.write().unwrap_or_else(PoisonError::into_inner)
    }

    fn cache(&self) -> MutexGuard<'_, HashMap<String, (AgentId, Timestamp)>> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn verify(given: &str, hash: String) -> bool {
    let given: String = given.chars().take(PASSWORD_BYTES).collect();
    let matches = tokio::task::spawn_blocking(move || password::verify(&given, &hash));
    matches.await.unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::accounts::{AccountChange, Permission, Role, totp};
    use crate::domain::ManualClock;
    use crate::events::MemoryLog;

    const HOUR: Duration = Duration::from_hours(1);
    const KEY: SealingKey = SealingKey::new([7; 32]);

    async fn accounts() -> (Accounts, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Timestamp(1_795_600_000_000)));
        let records = Arc::new(MemoryLog::default());
        let opened = Accounts::open(records, Arc::clone(&clock) as _, HOUR, KEY).await;
        (opened.unwrap(), clock)
    }

    fn ana(role: &str) -> NewAccount {
        NewAccount {
            name: "Ana".to_owned(),
            email: " Ana@Shop.example ".to_owned(),
            password: "correct horse".to_owned(),
            role: RoleId::parse(role).unwrap(),
            with: AccountChange::default(),
        }
    }

    fn nobody() -> By {
        By::nobody("9.9.9.9")
    }

    async fn sign_in(
        accounts: &Accounts,
        email: &str,
        code: Option<&str>,
    ) -> Result<(Account, SessionToken), AccountError> {
        let (email, password) = (email.to_owned(), "correct horse".to_owned());
        let credentials = Credentials { email, password, code: code.map(str::to_owned) };
        accounts.sign_in(credentials, "9.9.9.9").await
    }

    async fn acts(accounts: &Accounts) -> Vec<String> {
        accounts.audit(0, 100).await.unwrap().into_iter().map(|entry| entry.act).collect()
    }

    #[tokio::test]
    async fn the_first_admin_is_made_once_and_with_the_printed_token_only() {
        let (accounts, _) = accounts().await;
        let token = accounts.setup_token().unwrap();
        let wrong = accounts.set_up("guess", ana("agent"), "").await;
        assert_eq!(wrong.err(), Some(AccountError::SetupToken));
        let (account, session) = accounts.set_up(&token, ana("agent"), "").await.unwrap();
        assert_eq!((account.role.name(), account.email.as_str()), ("admin", "ana@shop.example"));
        assert_eq!(accounts.session(&session).await.unwrap(), Some(account));
        let again = accounts.set_up(&token, ana("admin"), "").await;
        assert_eq!(again.err(), Some(AccountError::SetupDone));
        assert_eq!(acts(&accounts).await, ["setup.done", "session.signed_in"]);
    }

    #[tokio::test]
    async fn who_signs_in_needs_the_right_password() {
        let (accounts, _) = accounts().await;
        accounts.add(ana("agent"), &nobody()).await.unwrap();
        assert!(sign_in(&accounts, "ANA@shop.example", None).await.is_ok());
        for email in ["bob@shop.example", ""] {
            let refused = sign_in(&accounts, email, None).await;
            assert_eq!(refused.err(), Some(AccountError::WrongCredentials), "{email}");
        }
        let (email, password) = ("ana@shop.example".to_owned(), "not this one".to_owned());
        let wrong = accounts.sign_in(Credentials { email, password, code: None }, "8.8.8.8").await;
        assert_eq!(wrong.err(), Some(AccountError::WrongCredentials));
        let twice = accounts.add(ana("agent"), &nobody()).await;
        assert_eq!(twice.err(), Some(AccountError::EmailTaken));
        let last = accounts.audit(4, 1).await.unwrap();
        assert_eq!((last[0].seq, last[0].act.as_str()), (5, "session.refused"));
        assert_eq!((&last[0].by, last[0].from.as_str()), (&Actor::Nobody, "8.8.8.8"));
        assert!(!serde_json::to_string(&last).unwrap().contains("not this one"));
    }

    #[tokio::test]
    async fn sessions_end_by_time_by_signing_out_and_by_revocation() {
        let (accounts, clock) = accounts().await;
        let account = accounts.add(ana("agent"), &nobody()).await.unwrap();
        let (_, first) = sign_in(&accounts, "ana@shop.example", None).await.unwrap();
        let (_, second) = sign_in(&accounts, "ana@shop.example", None).await.unwrap();
        accounts.sign_out(&first, &nobody()).await.unwrap();
        assert_eq!(accounts.session(&first).await.unwrap(), None);
        assert!(accounts.session(&second).await.unwrap().is_some());
        let mut socket = accounts.watch(&second).unwrap();
        accounts.revoke_all(account.id, &nobody()).await.unwrap();
        socket.wait().await;
        assert_eq!(accounts.session(&second).await.unwrap(), None);
        let (_, third) = sign_in(&accounts, "ana@shop.example", None).await.unwrap();
        clock.advance(HOUR);
        assert_eq!(accounts.session(&third).await.unwrap(), None);
    }

    #[tokio::test]
    async fn what_an_account_is_made_of_is_checked() {
        let (accounts, _) = accounts().await;
        let with = |change: fn(&mut NewAccount)| {
            let mut new = ana("agent");
            change(&mut new);
            new
        };
        let unknown = || "night".to_owned();
        let cases = [
            (with(|new| new.name = "  ".to_owned()), AccountError::Name),
            (with(|new| new.email = "nobody".to_owned()), AccountError::Email),
            (with(|new| new.email = "a@b c.example".to_owned()), AccountError::Email),
            (with(|new| new.password = "short".to_owned()), AccountError::Password),
            (ana("night"), AccountError::Role(unknown())),
            (
                with(|new| new.with.teams = Some(vec!["night".to_owned()])),
                AccountError::Team(unknown()),
            ),
            (with(|new| new.with.skills = Some(vec![" ".to_owned()])), AccountError::Skills),
            (with(|new| new.with.capacity = Some(0)), AccountError::Capacity),
        ];
        for (new, expected) in cases {
            assert_eq!(accounts.add(new, &nobody()).await.err(), Some(expected));
        }
        assert!(acts(&accounts).await.is_empty(), "what was refused is no act");
    }

    #[tokio::test]
    async fn rights_follow_a_change_at_once_and_nobody_gives_more_than_they_have() {
        let (accounts, _) = accounts().await;
        let ana = accounts.add(ana("admin"), &nobody()).await.unwrap();
        let by_ana = By { actor: Actor::Agent { id: ana.id, name: "Ana".to_owned() }, ..nobody() };
        let role = |permissions: &[Permission]| Role {
            id: RoleId::parse("lead").unwrap(),
            name: "Lead".to_owned(),
            permissions: permissions.iter().copied().collect(),
        };
        let lead = role(&[Permission::AgentsManage, Permission::RolesManage]);
        accounts.add_role(lead.clone(), &by_ana).await.unwrap();
        let bob = NewAccount { email: "bob@shop.example".to_owned(), ..self::ana("lead") };
        let bob = accounts.add(bob, &by_ana).await.unwrap();
        let by_bob = By { actor: Actor::Agent { id: bob.id, name: "Bob".to_owned() }, ..nobody() };
        let to = |role: &str| AccountChange {
            role: Some(RoleId::parse(role).unwrap()),
            ..AccountChange::default()
        };
        let more = accounts.change(bob.id, to("admin"), &by_bob).await;
        assert_eq!(more.err(), Some(AccountError::Outranked));
        let demoted = accounts.change(ana.id, to("lead"), &by_bob).await;
        assert_eq!(demoted.err(), Some(AccountError::Outranked));
        let wider = Some([Permission::AuditRead].into());
        let wider = accounts.change_role(&lead.id, None, wider, &by_bob).await;
        assert_eq!(wider.err(), Some(AccountError::Permissions));
        let last = accounts.change(ana.id, to("lead"), &by_ana).await;
        assert_eq!(last.err(), Some(AccountError::LastAdmin));

        assert!(!accounts.may(bob.id, Permission::AuditRead));
        let wider = Some([Permission::AuditRead].into());
        accounts.change_role(&lead.id, None, wider, &by_ana).await.unwrap();
        assert!(accounts.may(bob.id, Permission::AuditRead));
        assert!(!accounts.may(bob.id, Permission::AgentsManage));
        assert_eq!(accounts.remove_role(&lead.id, &by_ana).await, Err(AccountError::InUse));
        let away = AccountChange { active: Some(false), ..AccountChange::default() };
        accounts.change(bob.id, away, &by_ana).await.unwrap();
        assert!(!accounts.may(bob.id, Permission::AuditRead));
        let refused = sign_in(&accounts, "bob@shop.example", None).await;
        assert_eq!(refused.err(), Some(AccountError::WrongCredentials));
        let entry = accounts.audit(4, 1).await.unwrap().remove(0);
        let (before, after) = (entry.before.unwrap(), entry.after.unwrap());
        assert_eq!(
            (entry.act.as_str(), before, after),
            ("agent.changed", json!({"active": true}), json!({"active": false}))
        );
    }

    #[tokio::test]
    async fn what_was_decided_is_there_after_a_restart() {
        let clock = Arc::new(ManualClock::new(Timestamp(1_795_600_000_000)));
        let records: Arc<dyn Records> = Arc::new(MemoryLog::default());
        let open = async || {
            let records = Arc::clone(&records);
            Accounts::open(records, Arc::clone(&clock) as _, HOUR, KEY).await.unwrap()
        };
        let first = open().await;
        first.add_team("night", "Night shift", &nobody()).await.unwrap();
        let mut new = ana("supervisor");
        new.with.teams = Some(vec!["night".to_owned()]);
        new.with.skills = Some(vec![" Returns ".to_owned(), "returns".to_owned()]);
        let account = first.add(new, &nobody()).await.unwrap();
        let second = open().await;
        assert_eq!(second.list().first(), Some(&account));
        assert_eq!(
            (account.teams, account.skills),
            (vec!["night".to_owned()], vec!["returns".to_owned()])
        );
        assert_eq!(second.remove_team("night", &nobody()).await, Err(AccountError::InUse));
        assert_eq!(second.last_audited().await, 2);
        second.rename_team("night", "Owls", &nobody()).await.unwrap();
        assert_eq!(acts(&second).await, ["team.added", "agent.added", "team.changed"]);
    }

    #[tokio::test]
    async fn a_second_factor_is_asked_for_and_no_code_counts_twice() {
        let (accounts, clock) = accounts().await;
        let ana = accounts.add(ana("agent"), &nobody()).await.unwrap();
        let mistyped = accounts.enrol(ana.id, "another password").await;
        assert_eq!(mistyped.err(), Some(AccountError::WrongPassword));
        let enrolment = accounts.enrol(ana.id, "correct horse").await.unwrap();
        // until a code of it is shown, signing in is as before
        assert!(sign_in(&accounts, "ana@shop.example", None).await.is_ok());
        let code = |clock: &ManualClock| code_of(&enrolment.secret, clock.now());
        let shown = code(&clock);
        let recovery = accounts.confirm(ana.id, &shown, &nobody()).await.unwrap().0;
        let refused = sign_in(&accounts, "ana@shop.example", None).await;
        assert_eq!(refused.err(), Some(AccountError::CodeNeeded));
        let replayed = sign_in(&accounts, "ana@shop.example", Some(&shown)).await;
        assert_eq!(replayed.err(), Some(AccountError::WrongCode));
        clock.advance(Duration::from_mins(1));
        let fresh = code(&clock);
        let (account, _) = sign_in(&accounts, "ana@shop.example", Some(&fresh)).await.unwrap();
        assert!(account.has_second_factor);
        assert!(sign_in(&accounts, "ana@shop.example", Some(&recovery[0])).await.is_ok());
        let again = sign_in(&accounts, "ana@shop.example", Some(&recovery[0])).await;
        assert_eq!(again.err(), Some(AccountError::WrongCode));
        accounts.reset_factor(ana.id, &nobody()).await.unwrap();
        assert!(sign_in(&accounts, "ana@shop.example", None).await.is_ok());
        let acts = acts(&accounts).await;
        assert_eq!(
            acts[2..],
            [
                "second_factor.added",
                "session.refused",
                "session.signed_in",
                "second_factor.recovery_used",
                "session.refused",
                "second_factor.reset",
                "session.signed_in"
            ]
        );
    }

    /// What an authenticator app shows.
    fn code_of(secret: &str, now: Timestamp) -> String {
        const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let fives = secret.chars().map(|letter| LETTERS.find(letter).unwrap());
        let bits: Vec<usize> =
            fives.flat_map(|five| (0..5).rev().map(move |at| (five >> at) & 1)).collect();
        let byte = |bits: &[usize]| {
            bits.iter().fold(0_u8, |byte, bit| (byte << 1) | u8::try_from(*bit).unwrap())
        };
        let bytes: Vec<u8> = bits.chunks_exact(8).map(byte).collect();
        totp::code(&bytes, totp::step(now)).unwrap()
    }
}
