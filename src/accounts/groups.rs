//! Teams and roles: making, changing and removing them. What is in use is not removed.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::accounts::audit::Act;
use crate::accounts::directory::checked_name;
use crate::accounts::permission::is_slug;
use crate::accounts::{AccountError, Accounts, By, Deed, Object, Permissions, Role, RoleId};
use crate::events::{RecordChange, Table};

impl Accounts {
    /// All teams: name by id.
    pub fn teams(&self) -> BTreeMap<String, String> {
        self.directory().teams.clone()
    }

    /// Makes a team.
    pub async fn add_team(&self, id: &str, name: &str, by: &By) -> Result<String, AccountError> {
        if !is_slug(id) {
            return Err(AccountError::Id);
        }
        let name = checked_name(name)?;
        let mut writing = self.writing().await;
        if self.directory().teams.contains_key(id) {
            return Err(AccountError::IdTaken);
        }
        let act = Act::change(Deed::TeamAdded, team(id, &name), Value::Null, json!({"name": name}));
        writing.commit(vec![record(Table::Teams, id, Some(&name))?], by, act).await?;
        self.directory_mut().teams.insert(id.to_owned(), name.clone());
        Ok(name)
    }

    /// Renames a team.
    pub async fn rename_team(&self, id: &str, name: &str, by: &By) -> Result<String, AccountError> {
        let mut writing = self.writing().await;
        let before = self.directory().teams.get(id).cloned().ok_or(AccountError::Unknown)?;
        let name = checked_name(name)?;
        if name == before {
            return Ok(name);
        }
        let (old, new) = (json!({"name": before}), json!({"name": name}));
        let act = Act::change(Deed::TeamChanged, team(id, &name), old, new);
        writing.commit(vec![record(Table::Teams, id, Some(&name))?], by, act).await?;
        self.directory_mut().teams.insert(id.to_owned(), name.clone());
        Ok(name)
    }

    /// Removes a team that nobody is in.
    pub async fn remove_team(&self, id: &str, by: &By) -> Result<(), AccountError> {
        let mut writing = self.writing().await;
        let name = self.directory().teams.get(id).cloned().ok_or(AccountError::Unknown)?;
        let has = |teams: &[String]| teams.iter().any(|team| team == id);
        if self.directory().people.values().any(|person| has(&person.teams)) {
            return Err(AccountError::InUse);
        }
        let old = json!({"name": name});
        let act = Act::change(Deed::TeamRemoved, team(id, &name), old, Value::Null);
        writing.commit(vec![record::<()>(Table::Teams, id, None)?], by, act).await?;
        self.directory_mut().teams.remove(id);
        Ok(())
    }

    /// All roles, the built-in ones too.
    pub fn roles(&self) -> Vec<Role> {
        self.directory().roles.values().cloned().collect()
    }

    /// Makes a role.
    pub async fn add_role(&self, role: Role, by: &By) -> Result<Role, AccountError> {
        let role = Role { name: checked_name(&role.name)?, ..role };
        let mut writing = self.writing().await;
        if self.directory().roles.contains_key(&role.id) {
            return Err(AccountError::IdTaken);
        }
        self.check_gift(&role.permissions, by)?;
        let act = Act::change(Deed::RoleAdded, object(&role), Value::Null, shown(&role));
        writing.commit(vec![record(Table::Roles, role.id.name(), Some(&role))?], by, act).await?;
        self.directory_mut().roles.insert(role.id.clone(), role.clone());
        Ok(role)
    }

    /// Changes a role; it counts for everybody who has it, at once.
    pub async fn change_role(
        &self,
        id: &RoleId,
        name: Option<String>,
        permissions: Option<Permissions>,
        by: &By,
    ) -> Result<Role, AccountError> {
        let mut writing = self.writing().await;
        let before = self.own_role(id)?;
        let name = name.map_or_else(|| Ok(before.name.clone()), |name| checked_name(&name))?;
        let permissions = permissions.unwrap_or_else(|| before.permissions.clone());
        // neither what it allowed nor what it allows may be more than who changes it has
        self.check_gift(&before.permissions, by)?;
        self.check_gift(&permissions, by)?;
        let role = Role { id: id.clone(), name, permissions };
        if role == before {
            return Ok(role);
        }
        let act = Act::change(Deed::RoleChanged, object(&role), shown(&before), shown(&role));
        writing.commit(vec![record(Table::Roles, id.name(), Some(&role))?], by, act).await?;
        self.directory_mut().roles.insert(id.clone(), role.clone());
        Ok(role)
    }

    /// Removes a role that nobody has.
    pub async fn remove_role(&self, id: &RoleId, by: &By) -> Result<(), AccountError> {
        let mut writing = self.writing().await;
        let role = self.own_role(id)?;
        if self.directory().people.values().any(|person| person.role == *id) {
            return Err(AccountError::InUse);
        }
        self.check_gift(&role.permissions, by)?;
        let act = Act::change(Deed::RoleRemoved, object(&role), shown(&role), Value::Null);
        writing.commit(vec![record::<()>(Table::Roles, id.name(), None)?], by, act).await?;
        self.directory_mut().roles.remove(id);
        Ok(())
    }

    fn own_role(&self, id: &RoleId) -> Result<Role, AccountError> {
        if Role::is_built_in(id) {
            return Err(AccountError::BuiltIn);
        }
        self.directory().roles.get(id).cloned().ok_or(AccountError::Unknown)
    }

    fn check_gift(&self, permissions: &Permissions, by: &By) -> Result<(), AccountError> {
        let may = self.directory().covers(by, permissions);
        if may { Ok(()) } else { Err(AccountError::Permissions) }
    }
}

fn team(id: &str, name: &str) -> Object {
    Object::new("team", id).named(name)
}

fn object(role: &Role) -> Object {
    Object::new("role", role.id.name()).named(&role.name)
}

fn shown(role: &Role) -> Value {
    json!({"name": role.name, "permissions": role.permissions})
}

fn record<T: serde::Serialize>(
    table: Table,
    id: &str,
    value: Option<&T>,
) -> Result<RecordChange, AccountError> {
    let bytes = value.map(serde_json::to_vec).transpose().map_err(|_| AccountError::Store)?;
    Ok((table, id.to_owned(), bytes))
}
