//! The second factor: enrolling an authenticator app, recovery codes for when it is lost, and checking
//! codes. A code counts once, wrong ones are counted, and the secret is told once, when it is made.

use std::time::Duration;

use rand::Rng;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::accounts::audit::Act;
use crate::accounts::directory::StoredAccount;
use crate::accounts::sealed::{SealedSecret, SealingKey};
use crate::accounts::{AccountError, Accounts, By, Deed, totp};
use crate::domain::{AgentId, Timestamp};

/// How many recovery codes there are.
const RECOVERY_CODES: usize = 10;
/// How many wrong codes in a row are looked at.
const WRONG_CODES: u32 = 5;
/// How long no code is looked at after too many wrong ones.
const LOCKED_FOR: Duration = Duration::from_mins(5);

/// The second factor as it is stored.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct SecondFactor {
    secret: SealedSecret,
    /// Whether its owner has shown a code of it; before that signing in does not ask for one.
    confirmed: bool,
    /// The step of the last code: it and what is older is used up.
    last_step: u64,
    /// Hashes of the recovery codes that are left.
    recovery: Vec<String>,
    /// Wrong codes in a row.
    wrong: u32,
    locked_until: Timestamp,
}

/// What an authenticator app needs; told once.
pub struct Enrolment {
    /// The secret, to be typed.
    pub secret: String,
    /// The same as an address that apps understand.
    pub url: String,
}

/// Codes for when the app is lost, each good once; told once.
pub struct RecoveryCodes(pub Vec<String>);

/// What was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// A code of the app.
    Code,
    /// A recovery code.
    Recovery,
}

impl SecondFactor {
    fn fresh(key: SealingKey, agent: AgentId) -> Option<Self> {
        Some(Self {
            secret: SealedSecret::new(totp::secret(), key, agent)?,
            confirmed: false,
            last_step: 0,
            recovery: Vec::new(),
            wrong: 0,
            locked_until: Timestamp::default(),
        })
    }

    /// Opens the secret, after it was read. One that was sealed with another key stays closed: recovery
    /// codes still count, and a colleague can take the factor away.
    pub(super) fn open(&mut self, key: SealingKey, agent: AgentId) {
        if let Some(opened) = self.secret.opened(key, agent) {
            self.secret = opened;
        } else {
            tracing::error!(agent.id = %agent, "a second factor cannot be opened: \
                `second-factor.key` is not the one that it was sealed with");
        }
    }

    pub(super) fn is_confirmed(&self) -> bool {
        self.confirmed
    }

    /// Looks at a code and notes what follows: what is right is used up, what is wrong is counted.
    pub(super) fn check(&mut self, code: &str, now: Timestamp) -> Result<Shown, AccountError> {
        if self.locked_until > now {
            let retry_after = self.locked_until.since(now);
            return Err(AccountError::TooManyCodes { retry_after });
        }
        let code = plain(code);
        let secret = self.secret.open();
        let step = secret.and_then(|secret| totp::matching(secret, &code, now, self.last_step));
        if let Some(step) = step {
            (self.last_step, self.wrong) = (step, 0);
            return Ok(Shown::Code);
        }
        let hash = hash(&code);
        if let Some(at) = self.recovery.iter().position(|kept| *kept == hash) {
            self.recovery.remove(at);
            self.wrong = 0;
            return Ok(Shown::Recovery);
        }
        self.wrong += 1;
        if self.wrong >= WRONG_CODES {
            (self.wrong, self.locked_until) = (0, now.plus(LOCKED_FOR));
        }
        Err(AccountError::WrongCode)
    }

    fn make_recovery_codes(&mut self) -> RecoveryCodes {
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery_code()).collect();
        self.recovery = codes.iter().map(|code| hash(&plain(code))).collect();
        RecoveryCodes(codes)
    }
}

/// 80 random bits in four groups: too many to be guessed from their hash.
fn recovery_code() -> String {
    let mut bytes = [0; 10];
    rand::rng().fill_bytes(&mut bytes);
    let text = totp::base32(&bytes);
    let groups = text.as_bytes().chunks(4).map(|group| String::from_utf8_lossy(group).into_owned());
    groups.collect::<Vec<_>>().join("-")
}

/// A code as it is compared: without spaces and hyphens, in upper case.
fn plain(code: &str) -> String {
    let kept = code.chars().filter(char::is_ascii_alphanumeric).take(64);
    kept.collect::<String>().to_uppercase()
}

fn hash(plain: &str) -> String {
    hex::encode(Sha256::digest(plain.as_bytes()))
}

impl Accounts {
    /// Makes a secret for somebody's app. It counts once a code of it is shown. The password shows that
    /// it is them, and not somebody at their desk.
    pub async fn enrol(&self, agent: AgentId, password: &str) -> Result<Enrolment, AccountError> {
        self.check_password(agent, password).await?;
        let writing = self.writing().await;
        let mut stored = self.directory().person(agent)?.clone();
        if stored.second_factor.as_ref().is_some_and(SecondFactor::is_confirmed) {
            return Err(AccountError::HasSecondFactor);
        }
        let factor = SecondFactor::fresh(self.sealing, agent).ok_or(AccountError::Store)?;
        let secret = totp::base32(factor.secret.open().ok_or(AccountError::Store)?);
        stored.second_factor = Some(factor);
        self.records.change(vec![stored.record()?]).await?;
        let url = url(&stored.email, &secret);
        self.directory_mut().people.insert(agent, stored);
        drop(writing);
        Ok(Enrolment { secret, url })
    }

    /// Turns the second factor on, by a first code of the app.
    pub async fn confirm(
        &self,
        agent: AgentId,
        code: &str,
        by: &By,
    ) -> Result<RecoveryCodes, AccountError> {
        let now = self.clock.now();
        let mut recovery = None;
        self.with_factor(agent, Deed::SecondFactorAdded, by, |stored| {
            let factor = stored.second_factor.as_mut().filter(|factor| !factor.confirmed);
            let factor = factor.ok_or(AccountError::NoSecondFactor)?;
            factor.check(code, now)?;
            factor.confirmed = true;
            recovery = Some(factor.make_recovery_codes());
            Ok(())
        })
        .await?;
        recovery.ok_or(AccountError::Store)
    }

    /// Gives up the second factor; a code of it, or a recovery code, shows that it is them.
    pub async fn give_up(&self, agent: AgentId, code: &str, by: &By) -> Result<(), AccountError> {
        let now = self.clock.now();
        self.with_factor(agent, Deed::SecondFactorRemoved, by, |stored| {
            let factor = stored.second_factor.as_mut().filter(|factor| factor.confirmed);
            factor.ok_or(AccountError::NoSecondFactor)?.check(code, now)?;
            stored.second_factor = None;
            Ok(())
        })
        .await
    }

    /// Takes a colleague's second factor away: they sign in with the password alone and enrol anew.
    pub async fn reset_factor(&self, agent: AgentId, by: &By) -> Result<(), AccountError> {
        self.outranked(agent, by)?;
        self.with_factor(agent, Deed::SecondFactorReset, by, |stored| {
            stored.second_factor.take().map(|_| ()).ok_or(AccountError::NoSecondFactor)
        })
        .await
    }

    /// Changes somebody's second factor. What a wrong code changes (the count of them) is kept too.
    async fn with_factor(
        &self,
        agent: AgentId,
        deed: Deed,
        by: &By,
        change: impl FnOnce(&mut StoredAccount) -> Result<(), AccountError>,
    ) -> Result<(), AccountError> {
        let mut writing = self.writing().await;
        let mut stored = self.directory().person(agent)?.clone();
        let outcome = change(&mut stored);
        let record = vec![stored.record()?];
        match &outcome {
            Ok(()) => writing.commit(record, by, Act::new(deed, Some(stored.object()))).await?,
            Err(AccountError::WrongCode) => self.records.change(record).await?,
            Err(_) => return outcome,
        }
        self.directory_mut().people.insert(agent, stored);
        outcome
    }
}

/// The address that apps read, as Google Authenticator's key URI format has it.
fn url(email: &str, secret: &str) -> String {
    let email: String = email
        .bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => {
                char::from(byte).to_string()
            }
            other => format!("%{other:02X}"),
        })
        .collect();
    format!("otpauth://totp/Frontdesk:{email}?secret={secret}&issuer=Frontdesk")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_795_600_000_000);

    fn fresh() -> SecondFactor {
        SecondFactor::fresh(SealingKey::new([7; 32]), AgentId::random()).unwrap()
    }

    #[test]
    fn five_wrong_codes_close_the_door_for_five_minutes() {
        let mut factor = fresh();
        let right = totp::code(factor.secret.open().unwrap(), totp::step(NOW)).unwrap();
        for _ in 0..5 {
            assert_eq!(factor.check("12 34 5", NOW), Err(AccountError::WrongCode));
        }
        let refused = factor.check(&right, NOW);
        assert_eq!(refused, Err(AccountError::TooManyCodes { retry_after: LOCKED_FOR }));
        let later = NOW.plus(LOCKED_FOR);
        let right = totp::code(factor.secret.open().unwrap(), totp::step(later)).unwrap();
        assert_eq!(factor.check(&right, later), Ok(Shown::Code));
        assert_eq!(factor.check(&right, later), Err(AccountError::WrongCode), "used before");
    }

    #[test]
    fn each_recovery_code_counts_once_however_it_is_typed() {
        let mut factor = fresh();
        let RecoveryCodes(codes) = factor.make_recovery_codes();
        assert_eq!(codes.len(), 10);
        let typed = codes[3].to_lowercase().replace('-', " ");
        assert_eq!(factor.check(&typed, NOW), Ok(Shown::Recovery));
        assert_eq!(factor.check(&codes[3], NOW), Err(AccountError::WrongCode));
        assert_eq!(factor.check(&codes[4], NOW), Ok(Shown::Recovery));
        let stored = serde_json::to_string(&factor).unwrap();
        assert!(!stored.contains(&codes[5]), "only hashes are stored");
    }

    #[test]
    fn the_address_for_apps_holds_no_bare_at_sign() {
        let url = url("ada@shop.example", "MZXW6");
        assert_eq!(
            url,
            "otpauth://totp/Frontdesk:ada%40shop.example?secret=MZXW6&issuer=Frontdesk"
        );
    }
}
