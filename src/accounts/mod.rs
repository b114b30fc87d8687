//! The people who answer customers: accounts with argon2 passwords and second factors, what their roles
//! allow, the teams they are in, sessions that can be revoked, and a log of every administrative act.
//! Passwords, session tokens and recovery codes are never stored as they are, only as hashes.

mod audit;
mod directory;
mod error;
mod groups;
mod own_sessions;
mod password;
mod people;
mod permission;
mod sealed;
mod second_factor;
mod service;
mod session;
mod sign_on;
mod totp;

pub use audit::{Act, Actor, AuditEntry, By, Deed, Object};
pub use error::AccountError;
pub use own_sessions::OwnSession;
pub use permission::{Permission, Permissions, Role, RoleId};
pub use sealed::SealingKey;
pub use second_factor::{Enrolment, RecoveryCodes};
pub use service::{Accounts, Credentials};
pub use session::{Revocation, SessionToken};
pub use sign_on::{Admission, Vouched};

use crate::domain::{AgentId, Language};

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
    pub role: RoleId,
    /// The teams that they are in, by id.
    pub teams: Vec<String>,
    /// What they know about.
    pub skills: Vec<String>,
    /// The languages in which they answer; empty for all.
    pub languages: Vec<Language>,
    /// The channels on which they answer; empty for all.
    pub channels: Vec<String>,
    /// How much they take at once, in units.
    pub capacity: u32,
    /// Whether they can sign in.
    pub active: bool,
    /// Whether signing in asks for a code.
    pub has_second_factor: bool,
}

impl Account {
    /// The capacity of those who were given none.
    pub const USUAL_CAPACITY: u32 = 5;
}

/// What changes of an account; what is `None` stays.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    /// The name that customers see.
    pub name: Option<String>,
    /// What they may do.
    pub role: Option<RoleId>,
    /// The teams that they are in, by id.
    pub teams: Option<Vec<String>>,
    /// What they know about.
    pub skills: Option<Vec<String>>,
    /// The languages in which they answer; empty for all.
    pub languages: Option<Vec<Language>>,
    /// The channels on which they answer; empty for all.
    pub channels: Option<Vec<String>>,
    /// How much they take at once, in units.
    pub capacity: Option<u32>,
    /// Whether they can sign in.
    pub active: Option<bool>,
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
    pub role: RoleId,
    /// Everything else that is not as usual.
    pub with: AccountChange,
}
