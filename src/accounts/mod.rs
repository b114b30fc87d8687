//! The people who answer customers: accounts with argon2 passwords, sessions that can be revoked,
//! and the one-time token for the first admin. Passwords and session tokens are never stored as
//! they are, only as hashes.

mod password;
mod service;
mod session;

pub use service::{AccountError, Accounts, NewAccount};
pub use session::{Revocation, SessionToken};

use serde::{Deserialize, Serialize};

use crate::domain::AgentId;

/// What somebody may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Answers customers.
    Agent,
    /// Answers customers, adds colleagues, reloads the knowledge.
    Admin,
}

impl Role {
    /// The role's name on the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Admin => "admin",
        }
    }
}

/// Somebody who answers customers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Who.
    pub id: AgentId,
    /// The name that customers see.
    pub name: String,
    /// The address with which they sign in.
    pub email: String,
    /// What they may do.
    pub role: Role,
}
