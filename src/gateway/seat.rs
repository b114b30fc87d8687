//! An agent's seat at the desk while their console is connected, and what the desk knows of them.

use crate::accounts::Account;
use crate::domain::AgentId;
use crate::handoff::{Desk, Profile};
use crate::tasks::Tasks;

/// A seat at the desk, left when this is dropped.
pub(super) struct TakenSeat {
    pub(super) desk: Desk,
    pub(super) agent: AgentId,
    pub(super) tasks: Tasks,
}

impl Drop for TakenSeat {
    fn drop(&mut self) {
        let (desk, agent) = (self.desk.clone(), self.agent);
        self.tasks.spawn("leave the desk", async move {
            // Without a desk there is no seat to leave.
            let _ = desk.disconnect(agent).await;
        });
    }
}

/// What the desk knows of an agent.
pub(super) fn profile(account: &Account) -> Profile {
    Profile {
        id: account.id,
        name: account.name.clone(),
        skills: account.skills.iter().cloned().collect(),
        languages: account.languages.clone(),
        channels: account.channels.clone(),
        teams: account.teams.iter().cloned().collect(),
        capacity: account.capacity,
    }
}
