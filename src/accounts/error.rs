//! Why something with accounts was refused.

use std::time::Duration;

use crate::accounts::directory::{CAPACITY, LABEL_CHARS, LABELS, NAME_CHARS};
use crate::accounts::service::PASSWORD_CHARS;
use crate::events::RecordsError;

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
    /// There is no such role.
    #[error("there is no role `{0}`")]
    Role(String),
    /// There is no such team.
    #[error("there is no team `{0}`")]
    Team(String),
    /// A skill is empty or too long, or there are too many.
    #[error("{LABELS} skills at most, each of 1 to {LABEL_CHARS} characters")]
    Skills,
    /// A channel is empty or too long, or there are too many.
    #[error("{LABELS} channels at most, each of 1 to {LABEL_CHARS} characters")]
    Channels,
    /// The capacity is none.
    #[error("a number from {} to {}", CAPACITY.start(), CAPACITY.end())]
    Capacity,
    /// The id of a role or a team is not one.
    #[error("1 to 40 lower-case letters, digits and hyphens")]
    Id,
    /// A role allows what its maker may not do.
    #[error("only what you may do yourself can be allowed to others")]
    Permissions,
    /// Another account has the address.
    #[error("this e-mail address has an account already")]
    EmailTaken,
    /// Another role or team has the id.
    #[error("this id is taken already")]
    IdTaken,
    /// The role is built in.
    #[error("the built-in roles do not change")]
    BuiltIn,
    /// People have the role or are in the team.
    #[error("somebody still has this role or is in this team")]
    InUse,
    /// Nobody would be left who may do everything.
    #[error("the last active admin stays one")]
    LastAdmin,
    /// Who asks may do less than the account that this is about.
    #[error("this account may do more than you")]
    Outranked,
    /// Address and password do not belong together; which of them is wrong is not said.
    #[error("e-mail address and password do not belong together")]
    WrongCredentials,
    /// The password is not theirs.
    #[error("this is not your password")]
    WrongPassword,
    /// The one-time token is wrong.
    #[error("this set-up link is not the one that the server printed at its last start")]
    SetupToken,
    /// There is an account already.
    #[error("there is an admin already")]
    SetupDone,
    /// Address and password are right; the code is still to be told.
    #[error("a code of your second factor is needed")]
    CodeNeeded,
    /// The code is wrong, or was used before.
    #[error("this code is wrong or was used before")]
    WrongCode,
    /// Too many wrong codes.
    #[error("too many wrong codes")]
    TooManyCodes {
        /// When the next may be tried.
        retry_after: Duration,
    },
    /// A provider vouches for somebody who has no account.
    #[error("there is no account for this address")]
    NotInvited,
    /// A provider vouches for somebody who may not sign in any more.
    #[error("this account cannot sign in")]
    Inactive,
    /// A provider vouches for another person with the same address.
    #[error("this address belonged to another person at the provider")]
    OtherPerson,
    /// There is a second factor already.
    #[error("there is a second factor already")]
    HasSecondFactor,
    /// There is no second factor, or none that waits to be confirmed.
    #[error("there is no second factor that this could be about")]
    NoSecondFactor,
    /// There is no such account, role or team.
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
