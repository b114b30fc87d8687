//! Everybody with an account, every team and every role, in memory: what somebody may do is looked up
//! here at each request and each frame, so a change counts at once.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::accounts::second_factor::SecondFactor;
use crate::accounts::{
    Account, AccountChange, AccountError, Actor, By, Object, Permission, Permissions, Role, RoleId,
    SealingKey,
};
use crate::domain::{AgentId, Language};
use crate::events::{RecordChange, Records, Table};

/// Longest name and address.
pub(super) const NAME_CHARS: usize = 80;
/// Longest skill or channel.
pub(super) const LABEL_CHARS: usize = 40;
/// Most skills, and most channels, of one account.
pub(super) const LABELS: usize = 50;
/// What capacity may be.
pub(super) const CAPACITY: RangeInclusive<u32> = 1..=100;

/// An account as it is stored, by its address.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct StoredAccount {
    pub(super) id: AgentId,
    pub(super) name: String,
    pub(super) email: String,
    pub(super) role: RoleId,
    pub(super) password_hash: String,
    #[serde(default)]
    pub(super) teams: Vec<String>,
    #[serde(default)]
    pub(super) skills: Vec<String>,
    #[serde(default)]
    pub(super) languages: Vec<Language>,
    #[serde(default)]
    pub(super) channels: Vec<String>,
    #[serde(default = "usual_capacity")]
    pub(super) capacity: u32,
    #[serde(default = "is_usually_active")]
    pub(super) active: bool,
    #[serde(default)]
    pub(super) second_factor: Option<SecondFactor>,
    /// Who this is at the sign-in provider, once they have come in that way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) subject: Option<String>,
}

fn usual_capacity() -> u32 {
    Account::USUAL_CAPACITY
}

fn is_usually_active() -> bool {
    true
}

impl StoredAccount {
    /// An account without anything that can be changed later.
    pub(super) fn new(email: String, password_hash: String, role: RoleId) -> Self {
        Self {
            id: AgentId::random(),
            name: String::new(),
            email,
            role,
            password_hash,
            teams: Vec::new(),
            skills: Vec::new(),
            languages: Vec::new(),
            channels: Vec::new(),
            capacity: usual_capacity(),
            active: true,
            second_factor: None,
            subject: None,
        }
    }

    /// What the audit log tells of it.
    pub(super) fn shown(&self) -> Value {
        json!({
            "name": self.name, "email": self.email, "role": self.role, "teams": self.teams,
            "skills": self.skills, "languages": self.languages, "channels": self.channels,
            "capacity": self.capacity, "active": self.active,
        })
    }

    pub(super) fn object(&self) -> Object {
        Object::new("agent", self.id.to_string()).named(&self.name)
    }

    pub(super) fn record(&self) -> Result<RecordChange, AccountError> {
        let bytes = serde_json::to_vec(self).map_err(|_| AccountError::Store)?;
        Ok((Table::Agents, self.email.clone(), Some(bytes)))
    }

    pub(super) fn account(&self) -> Account {
        Account {
            id: self.id,
            name: self.name.clone(),
            email: self.email.clone(),
            role: self.role.clone(),
            teams: self.teams.clone(),
            skills: self.skills.clone(),
            languages: self.languages.clone(),
            channels: self.channels.clone(),
            capacity: self.capacity,
            active: self.active,
            has_second_factor: self.second_factor.as_ref().is_some_and(SecondFactor::is_confirmed),
        }
    }
}

/// Everybody, every team and every role.
#[derive(Default)]
pub(super) struct Directory {
    pub(super) people: HashMap<AgentId, StoredAccount>,
    pub(super) teams: BTreeMap<String, String>,
    pub(super) roles: BTreeMap<RoleId, Role>,
}

impl Directory {
    pub(super) async fn load(
        records: &dyn Records,
        sealing: SealingKey,
    ) -> Result<Self, AccountError> {
        let mut directory = Self::default();
        for (_, bytes) in records.list(Table::Agents).await? {
            let mut stored: StoredAccount =
                serde_json::from_slice(&bytes).map_err(|_| AccountError::Store)?;
            if let Some(factor) = &mut stored.second_factor {
                factor.open(sealing, stored.id);
            }
            directory.people.insert(stored.id, stored);
        }
        for (id, bytes) in records.list(Table::Teams).await? {
            let name = serde_json::from_slice(&bytes).map_err(|_| AccountError::Store)?;
            directory.teams.insert(id, name);
        }
        for (_, bytes) in records.list(Table::Roles).await? {
            let role: Role = serde_json::from_slice(&bytes).map_err(|_| AccountError::Store)?;
            directory.roles.insert(role.id.clone(), role);
        }
        directory.roles.extend(Role::built_in().map(|role| (role.id.clone(), role)));
        Ok(directory)
    }

    pub(super) fn by_email(&self, email: &str) -> Option<&StoredAccount> {
        self.people.values().find(|stored| stored.email == email)
    }

    pub(super) fn person(&self, id: AgentId) -> Result<&StoredAccount, AccountError> {
        self.people.get(&id).ok_or(AccountError::Unknown)
    }

    /// What a role allows; nothing when it is not there.
    pub(super) fn allowed(&self, role: &RoleId) -> Permissions {
        self.roles.get(role).map(|role| role.permissions.clone()).unwrap_or_default()
    }

    /// What somebody may do.
    pub(super) fn may(&self, agent: AgentId) -> Permissions {
        let person = self.people.get(&agent).filter(|stored| stored.active);
        person.map(|stored| self.allowed(&stored.role)).unwrap_or_default()
    }

    /// Whether who acts may do all of these. Only the first admin comes from nobody.
    pub(super) fn covers(&self, by: &By, permissions: &Permissions) -> bool {
        match &by.actor {
            Actor::Agent { id, .. } => permissions.is_subset(&self.may(*id)),
            Actor::ApiKey | Actor::Provider => false,
            Actor::Nobody => true,
        }
    }

    /// Whether somebody active would still be admin if `changed` were stored.
    pub(super) fn keeps_an_admin(&self, changed: &StoredAccount) -> bool {
        let others = self.people.values().filter(|stored| stored.id != changed.id);
        others.chain([changed]).any(|stored| stored.active && stored.role.name() == RoleId::ADMIN)
    }

    /// Applies a change to an account, or says which field is wrong.
    pub(super) fn apply(
        &self,
        stored: &mut StoredAccount,
        change: AccountChange,
    ) -> Result<(), AccountError> {
        let AccountChange { name, role, teams, skills, languages, channels, capacity, active } =
            change;
        if let Some(name) = name {
            stored.name = checked_name(&name)?;
        }
        if let Some(role) = role {
            if !self.roles.contains_key(&role) {
                return Err(AccountError::Role(role.into()));
            }
            stored.role = role;
        }
        if let Some(teams) = teams {
            let unknown = teams.iter().find(|team| !self.teams.contains_key(*team));
            if let Some(team) = unknown {
                return Err(AccountError::Team(team.chars().take(LABEL_CHARS).collect()));
            }
            stored.teams = once_each(teams);
        }
        if let Some(skills) = skills {
            stored.skills = checked_labels(&skills).ok_or(AccountError::Skills)?;
        }
        if let Some(languages) = languages {
            let chosen = |language: &Language| languages.contains(language);
            stored.languages = Language::ALL.into_iter().filter(chosen).collect();
        }
        if let Some(channels) = channels {
            stored.channels = checked_labels(&channels).ok_or(AccountError::Channels)?;
        }
        if let Some(capacity) = capacity {
            if !CAPACITY.contains(&capacity) {
                return Err(AccountError::Capacity);
            }
            stored.capacity = capacity;
        }
        stored.active = active.unwrap_or(stored.active);
        Ok(())
    }

    /// Whether somebody may do something.
    pub(super) fn has(&self, agent: AgentId, permission: Permission) -> bool {
        let person = self.people.get(&agent).filter(|stored| stored.active);
        let role = person.and_then(|stored| self.roles.get(&stored.role));
        role.is_some_and(|role| role.permissions.contains(&permission))
    }
}

/// A name within its limits.
pub(super) fn checked_name(name: &str) -> Result<String, AccountError> {
    let name = name.trim();
    let is_fine = !name.is_empty()
        && name.chars().count() <= NAME_CHARS
        && !name.chars().any(char::is_control);
    is_fine.then(|| name.to_owned()).ok_or(AccountError::Name)
}

/// Skills or channels in one spelling, each once; nothing when one of them is none.
fn checked_labels(labels: &[String]) -> Option<Vec<String>> {
    let labels: Vec<String> = labels.iter().map(|label| label.trim().to_lowercase()).collect();
    let is_fine = |label: &String| {
        !label.is_empty()
            && label.chars().count() <= LABEL_CHARS
            && !label.chars().any(char::is_control)
    };
    let are_fine = labels.len() <= LABELS && labels.iter().all(is_fine);
    are_fine.then(|| once_each(labels))
}

fn once_each(values: Vec<String>) -> Vec<String> {
    values.into_iter().collect::<BTreeSet<_>>().into_iter().collect()
}

/// An e-mail address in one spelling; what stands before and after the @ is not judged further.
pub(super) fn checked_email(email: &str) -> Option<String> {
    let email = email.trim().to_lowercase();
    let (local, host) = email.split_once('@')?;
    let is_plain = email.chars().all(|c| !c.is_whitespace() && !c.is_control() && c != ',');
    let is_address = !local.is_empty() && host.len() > 2 && !host.contains('@') && is_plain;
    (is_address && email.chars().count() <= NAME_CHARS).then_some(email)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_that_were_stored_before_roles_were_made_of_permissions_still_read() {
        let old = r#"{"id":"11111111111141118111111111111111","name":"Ada","email":"ada@shop.example","role":"admin","password_hash":"x"}"#;
        let stored: StoredAccount = serde_json::from_str(old).unwrap();
        let account = stored.account();
        assert_eq!((account.role.name(), account.capacity, account.active), ("admin", 5, true));
        assert!(account.teams.is_empty() && account.languages.is_empty());
        assert!(account.channels.is_empty());
        assert!(!account.has_second_factor);
    }
}
