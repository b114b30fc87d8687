//! How customers are written: the record of a change, then the profile, then the projection. Every
//! caller holds the right to write.

use crate::customers::history::{self, difference};
use crate::customers::profile::{Merge, Profile};
use crate::customers::service::named;
use crate::customers::state::Link;
use crate::customers::{Author, CustomerError, CustomerName, Customers, Edit, HistoryEntry, What};
use crate::domain::{ConversationId, CustomerId};
use crate::events::Table;

impl Customers {
    pub(super) async fn write_named(
        &self,
        name: &CustomerName,
        edit: &Edit,
        by: Author,
    ) -> Result<CustomerId, CustomerError> {
        let known = named(&self.read(), name);
        let id = match (known, name) {
            (Some(id), _) => {
                self.write(id, edit, by).await?;
                id
            }
            (None, CustomerName::Id(_)) => return Err(CustomerError::Unknown),
            (None, CustomerName::External(external)) => {
                let mut profile = Profile::of_external(external, self.clock.now());
                edit.apply(&mut profile)?;
                let id = profile.id;
                self.save(profile, by).await?;
                id
            }
        };
        self.settle(id).await?;
        Ok(id)
    }

    pub(super) async fn write(
        &self,
        id: CustomerId,
        edit: &Edit,
        by: Author,
    ) -> Result<(), CustomerError> {
        let profile = self.read().profile(id).cloned();
        let mut profile = profile.ok_or(CustomerError::Unknown)?;
        edit.apply(&mut profile)?;
        self.save(profile, by).await
    }

    /// Writes a profile where it differs from what is known.
    pub(super) async fn save(&self, mut profile: Profile, by: Author) -> Result<(), CustomerError> {
        let fields = {
            let state = self.read();
            let before = state.profile(profile.id);
            let fields = difference(before, &profile);
            if before.is_some() && fields.is_empty() {
                return Ok(());
            }
            fields
        };
        profile.updated_at = self.clock.now();
        self.record(&mut profile, by, What::Changed { fields }).await
    }

    /// Writes what happens to a profile, then the profile.
    pub(super) async fn record(
        &self,
        profile: &mut Profile,
        by: Author,
        what: What,
    ) -> Result<(), CustomerError> {
        profile.changes += 1;
        let entry = HistoryEntry { customer: profile.id, at: self.clock.now(), by, what };
        let key = history::key(profile.id, profile.changes);
        self.records.put(Table::CustomerHistory, &key, serde_json::to_vec(&entry)?).await?;
        let (key, bytes) = (profile.id.to_string(), serde_json::to_vec(profile)?);
        self.records.put(Table::Customers, &key, bytes).await?;
        self.change_state().put(profile.clone());
        Ok(())
    }

    /// Joins profiles that have the same verified identifier. Each join is one record.
    pub(super) async fn settle(&self, id: CustomerId) -> Result<(), CustomerError> {
        loop {
            let Some((into, joined)) = self.read().to_join(id) else { return Ok(()) };
            let profile = self.read().profile(joined).cloned();
            let mut profile = profile.ok_or(CustomerError::Unknown)?;
            profile.merged_into = Some(Merge { into, at: self.clock.now() });
            self.record(&mut profile, Author::Server, What::Merged { into }).await?;
            tracing::info!(customer.id = %joined, customer.into = %into, "profiles were joined");
        }
    }

    pub(super) async fn set_link(
        &self,
        conversation: ConversationId,
        link: Link,
    ) -> Result<(), CustomerError> {
        if self.read().link_of(conversation) == Some(link) {
            return Ok(());
        }
        let (key, bytes) = (conversation.to_string(), serde_json::to_vec(&link)?);
        self.records.put(Table::CustomerLinks, &key, bytes).await?;
        self.change_state().link(conversation, link);
        Ok(())
    }

    pub(super) async fn unlink(&self, conversation: ConversationId) -> Result<(), CustomerError> {
        self.records.delete(Table::CustomerLinks, &conversation.to_string()).await?;
        self.change_state().unlink(conversation);
        Ok(())
    }

    /// Erases the profile that a link led to, when it was an unproved one of that conversation only.
    pub(super) async fn drop_leftover(&self, link: Option<Link>) -> Result<(), CustomerError> {
        let Some(link) = link.filter(|link| !link.verified) else { return Ok(()) };
        let is_left = {
            let state = self.read();
            let profile = state.profile(link.customer);
            profile.is_some_and(|own| !own.is_verified())
                && state.conversations_of(link.customer).is_empty()
        };
        if is_left { self.erase_one(link.customer).await } else { Ok(()) }
    }

    pub(super) async fn erase_one(&self, id: CustomerId) -> Result<(), CustomerError> {
        let conversations = self.read().conversations_of(id);
        for conversation in conversations {
            self.unlink(conversation).await?;
        }
        let changes = self.read().profile(id).map_or(0, |profile| profile.changes);
        // one more than counted: a crash may have left a record without its change
        for number in 1..=changes + 1 {
            self.records.delete(Table::CustomerHistory, &history::key(id, number)).await?;
        }
        self.records.delete(Table::Customers, &id.to_string()).await?;
        self.change_state().remove(id);
        Ok(())
    }
}
