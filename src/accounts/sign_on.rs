//! Letting in whom a sign-in provider vouches for. Somebody is known by the provider's own id once they
//! have come in that way, before that by their address; the second factor is the provider's matter.

use serde_json::{Value, json};

use crate::accounts::audit::{Act, Writing};
use crate::accounts::directory::{StoredAccount, checked_email, checked_name};
use crate::accounts::{
    Account, AccountError, Accounts, Actor, By, Deed, Object, RoleId, SessionToken,
};

/// Whom a provider vouches for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vouched {
    /// Who, for ever: the provider with its own id.
    pub subject: String,
    /// The address, which the provider has checked.
    pub email: String,
    /// The name.
    pub name: Option<String>,
    /// Ids of roles; the first that there is counts.
    pub roles: Vec<String>,
}

/// Who may come in without an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admission {
    /// Whether anybody may.
    pub unknown: bool,
    /// Their role, where the provider names none.
    pub role: String,
}

/// Why somebody stays out, and whose account it is about.
type Refusal = (AccountError, Option<Object>);

impl Accounts {
    /// Signs in whom a provider vouches for.
    pub async fn sign_on(
        &self,
        vouched: Vouched,
        admission: &Admission,
        address: &str,
    ) -> Result<(Account, SessionToken), AccountError> {
        let mut writing = self.writing().await;
        let stored = match self.admitted(&vouched, admission) {
            Ok(stored) => stored,
            Err((error, object)) => {
                let act = Act::new(Deed::SignInRefused, object).with_way("oidc");
                writing.commit(Vec::new(), &By::nobody(address), act).await?;
                return Err(error);
            }
        };
        self.store_vouched(&mut writing, &stored, address).await?;
        let by = By {
            actor: Actor::Agent { id: stored.id, name: stored.name.clone() },
            address: address.to_owned(),
        };
        let act = Act::new(Deed::SignedIn, Some(stored.object())).with_way("oidc");
        let account = stored.account();
        let token = self.open_session(&mut writing, stored, Vec::new(), (&by, act)).await?;
        Ok((account, token))
    }

    /// Keeps what the provider has changed about somebody.
    async fn store_vouched(
        &self,
        writing: &mut Writing<'_>,
        stored: &StoredAccount,
        address: &str,
    ) -> Result<(), AccountError> {
        let before = self.directory().people.get(&stored.id).cloned();
        let known = before.as_ref();
        if known.is_some_and(|known| known.subject == stored.subject && known.role == stored.role) {
            return Ok(());
        }
        let deed = if known.is_some() { Deed::AgentChanged } else { Deed::AgentAdded };
        let shown = known.map_or(Value::Null, StoredAccount::shown);
        let linked = json!({ "sign_in": "oidc" });
        let act = if known.is_some_and(|known| known.role == stored.role) {
            Act::change(deed, stored.object(), Value::Null, linked)
        } else {
            Act::change(deed, stored.object(), shown, stored.shown())
        };
        let by = By { actor: Actor::Provider, address: address.to_owned() };
        writing.commit(vec![stored.record()?], &by, act).await?;
        self.directory_mut().people.insert(stored.id, stored.clone());
        Ok(())
    }

    /// The account of whom a provider vouches for, as it is from now on.
    fn admitted(&self, vouched: &Vouched, admission: &Admission) -> Result<StoredAccount, Refusal> {
        let email = checked_email(&vouched.email).ok_or((AccountError::Email, None))?;
        let directory = self.directory();
        let is_theirs = |stored: &&StoredAccount| stored.subject.as_ref() == Some(&vouched.subject);
        let known = directory.people.values().find(is_theirs);
        let known = known.or_else(|| directory.by_email(&email)).cloned();
        let named = vouched.roles.iter().filter_map(|role| RoleId::parse(role).ok());
        let named = named.into_iter().find(|role| directory.roles.contains_key(role));
        let Some(mut stored) = known else {
            // the first admin is made with the printed link only
            if !admission.unknown || directory.people.is_empty() {
                return Err((AccountError::NotInvited, None));
            }
            let role = named.or_else(|| RoleId::parse(&admission.role).ok());
            let role = role.filter(|role| directory.roles.contains_key(role));
            let role = role.ok_or_else(|| (AccountError::Role(admission.role.clone()), None))?;
            let mut stored = StoredAccount::new(email.clone(), String::new(), role);
            let local = email.split('@').next().unwrap_or_default();
            let name = vouched.name.as_deref().unwrap_or(local);
            stored.name = checked_name(name).or_else(|_| checked_name(local)).unwrap_or(email);
            stored.subject = Some(vouched.subject.clone());
            return Ok(stored);
        };
        if !stored.active {
            return Err((AccountError::Inactive, Some(stored.object())));
        }
        // somebody else has the address at the provider now
        if stored.subject.as_ref().is_some_and(|subject| *subject != vouched.subject) {
            return Err((AccountError::OtherPerson, Some(stored.object())));
        }
        stored.subject = Some(vouched.subject.clone());
        let before = stored.role.clone();
        stored.role = named.unwrap_or_else(|| before.clone());
        if !directory.keeps_an_admin(&stored) {
            stored.role = before;
        }
        Ok(stored)
    }
}
