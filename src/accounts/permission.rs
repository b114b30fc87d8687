//! What somebody may do: a closed list of permissions, and the roles that are made of them. Three roles
//! are built in; the others are the operator's own.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use crate::accounts::AccountError;

/// Longest id of a role or a team.
const SLUG_CHARS: usize = 40;

/// One thing that somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Permission {
    /// Sees who waits, takes customers and answers them.
    #[serde(rename = "conversations.answer")]
    ConversationsAnswer,
    /// Reads every conversation; without it only those that wait and one's own.
    #[serde(rename = "conversations.read_all")]
    ConversationsReadAll,
    /// Takes a conversation from a colleague.
    #[serde(rename = "conversations.take_over")]
    ConversationsTakeOver,
    /// Says something to a colleague who has a conversation, unheard by the customer.
    #[serde(rename = "conversations.whisper")]
    ConversationsWhisper,
    /// Erases what was said.
    #[serde(rename = "conversations.erase")]
    ConversationsErase,
    /// Adds and changes people, signs them out, resets their second factor.
    #[serde(rename = "agents.manage")]
    AgentsManage,
    /// Makes, changes and removes roles.
    #[serde(rename = "roles.manage")]
    RolesManage,
    /// Makes, renames and removes teams.
    #[serde(rename = "teams.manage")]
    TeamsManage,
    /// Changes how customers are given to agents.
    #[serde(rename = "routing.manage")]
    RoutingManage,
    /// Loads the knowledge again.
    #[serde(rename = "knowledge.reload")]
    KnowledgeReload,
    /// Changes what the bot knows.
    #[serde(rename = "knowledge.edit")]
    KnowledgeEdit,
    /// Reads how a day goes.
    #[serde(rename = "reports.read")]
    ReportsRead,
    /// Changes what is known of customers.
    #[serde(rename = "customers.edit")]
    CustomersEdit,
    /// Makes, changes and removes replies that were written once for many customers.
    #[serde(rename = "replies.manage")]
    RepliesManage,
    /// Reads who did what.
    #[serde(rename = "audit.read")]
    AuditRead,
    /// Decides which programs are told what happens.
    #[serde(rename = "webhooks.manage")]
    WebhooksManage,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 16] = [
        Self::ConversationsAnswer,
        Self::ConversationsReadAll,
        Self::ConversationsTakeOver,
        Self::ConversationsWhisper,
        Self::ConversationsErase,
        Self::AgentsManage,
        Self::RolesManage,
        Self::TeamsManage,
        Self::RoutingManage,
        Self::KnowledgeReload,
        Self::KnowledgeEdit,
        Self::ReportsRead,
        Self::CustomersEdit,
        Self::RepliesManage,
        Self::AuditRead,
        Self::WebhooksManage,
    ];
}

/// Several permissions.
pub type Permissions = BTreeSet<Permission>;

/// Names a role: lower-case letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RoleId(String);

impl RoleId {
    /// Answers customers.
    pub const AGENT: &'static str = "agent";
    /// Looks after those who answer.
    pub const SUPERVISOR: &'static str = "supervisor";
    /// May do everything.
    pub const ADMIN: &'static str = "admin";

    /// The role of those who may do everything.
    pub fn admin() -> Self {
        Self(Self::ADMIN.to_owned())
    }

    /// Checks the name of a role.
    pub fn parse(text: &str) -> Result<Self, AccountError> {
        if is_slug(text) { Ok(Self(text.to_owned())) } else { Err(AccountError::Id) }
    }

    /// The role's name on the wire.
    pub fn name(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RoleId {
    type Error = AccountError;
    fn try_from(text: String) -> Result<Self, AccountError> {
        Self::parse(&text)
    }
}

impl From<RoleId> for String {
    fn from(id: RoleId) -> String {
        id.0
    }
}

impl fmt::Display for RoleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What a group of people may do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// Its id.
    pub id: RoleId,
    /// Its name for people.
    pub name: String,
    /// What it allows.
    pub permissions: Permissions,
}

impl Role {
    /// The roles that are always there and never change.
    pub fn built_in() -> [Self; 3] {
        use Permission as P;
        let role = |id: &str, name: &str, permissions: Permissions| Self {
            id: RoleId(id.to_owned()),
            name: name.to_owned(),
            permissions,
        };
        let agent = [P::ConversationsAnswer, P::ConversationsReadAll];
        let supervisor = [
            P::ConversationsTakeOver,
            P::ConversationsWhisper,
            P::RoutingManage,
            P::CustomersEdit,
            P::RepliesManage,
            P::ReportsRead,
        ];
        [
            role(RoleId::AGENT, "Agent", agent.into()),
            role(RoleId::SUPERVISOR, "Supervisor", agent.into_iter().chain(supervisor).collect()),
            role(RoleId::ADMIN, "Admin", Permission::ALL.into()),
        ]
    }

    /// Whether a role of this name is built in.
    pub fn is_built_in(id: &RoleId) -> bool {
        [RoleId::AGENT, RoleId::SUPERVISOR, RoleId::ADMIN].contains(&id.name())
    }
}

/// Whether a text can be the id of a role or a team.
pub(super) fn is_slug(text: &str) -> bool {
    let is_fine = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    !text.is_empty()
        && text.len() <= SLUG_CHARS
        && text.bytes().all(is_fine)
        && !text.starts_with('-')
        && !text.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn admins_may_do_everything_and_agents_only_answer() {
        let [agent, supervisor, admin] = Role::built_in();
        assert_eq!(admin.permissions.len(), Permission::ALL.len());
        assert!(agent.permissions.is_subset(&supervisor.permissions));
        assert!(!supervisor.permissions.contains(&Permission::AgentsManage));
        assert!(!agent.permissions.contains(&Permission::ConversationsErase));
    }

    #[test]
    fn permissions_keep_their_names_on_the_wire() {
        let names = serde_json::to_string(&Permission::ALL).unwrap();
        assert!(names.contains(r#""conversations.take_over""#), "{names}");
        let unknown = serde_json::from_str::<Permission>(r#""everything""#);
        assert!(unknown.unwrap_err().to_string().contains("audit.read"));
    }

    #[test]
    fn ids_are_plain_words() {
        for text in ["agent", "night-shift-2"] {
            assert!(is_slug(text), "{text}");
        }
        for text in ["", "Night", "night shift", "-a", "a-", "../x", "夜班", &"x".repeat(41)] {
            assert!(!is_slug(text), "{text}");
        }
    }
}
