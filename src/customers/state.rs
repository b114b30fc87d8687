//! All profiles in memory, with the ways to find one: by id, by verified identifier, by conversation.
//! A projection of the stored records; nothing here waits.

use std::collections::{BTreeSet, HashMap, HashSet};

use serde::{Deserialize, Serialize};

use crate::customers::profile::{Identifier, IdentifierKey, IdentifierKind, Profile};
use crate::customers::{CustomerCard, CustomerView, MergeNote, Segments};
use crate::domain::{ConversationId, CustomerId, Timestamp};

/// Whose a conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Link {
    pub(super) customer: CustomerId,
    /// Whether that was proved.
    #[serde(default)]
    pub(super) verified: bool,
}

#[derive(Default)]
pub(super) struct State {
    profiles: HashMap<CustomerId, Profile>,
    /// Who has a verified identifier. What is not verified is not here and finds nobody.
    holders: HashMap<IdentifierKey, BTreeSet<CustomerId>>,
    joined: HashMap<CustomerId, BTreeSet<CustomerId>>,
    links: HashMap<ConversationId, Link>,
    conversations: HashMap<CustomerId, BTreeSet<ConversationId>>,
    pub(super) rules: Segments,
}

impl State {
    /// Takes in a profile, new or changed.
    pub(super) fn put(&mut self, profile: Profile) {
        self.unlist(profile.id);
        for identifier in profile.identifiers.iter().filter(|identifier| identifier.verified) {
            self.holders.entry(identifier.key()).or_default().insert(profile.id);
        }
        if let Some(merge) = &profile.merged_into {
            self.joined.entry(merge.into).or_default().insert(profile.id);
        }
        self.profiles.insert(profile.id, profile);
    }

    /// Forgets a profile.
    pub(super) fn remove(&mut self, id: CustomerId) {
        self.unlist(id);
        self.profiles.remove(&id);
    }

    fn unlist(&mut self, id: CustomerId) {
        let Some(old) = self.profiles.get(&id) else { return };
        for identifier in &old.identifiers {
            let key = identifier.key();
            if let Some(holders) = self.holders.get_mut(&key) {
                holders.remove(&id);
                if holders.is_empty() {
                    self.holders.remove(&key);
                }
            }
        }
        let into = old.merged_into.as_ref().map(|merge| merge.into);
        if let Some(joined) = into.and_then(|into| self.joined.get_mut(&into)) {
            joined.remove(&id);
        }
    }

    pub(super) fn link(&mut self, conversation: ConversationId, link: Link) {
        self.unlink(conversation);
        self.links.insert(conversation, link);
        self.conversations.entry(link.customer).or_default().insert(conversation);
    }

    pub(super) fn unlink(&mut self, conversation: ConversationId) {
        let Some(old) = self.links.remove(&conversation) else { return };
        if let Some(own) = self.conversations.get_mut(&old.customer) {
            own.remove(&conversation);
            if own.is_empty() {
                self.conversations.remove(&old.customer);
            }
        }
    }

    pub(super) fn link_of(&self, conversation: ConversationId) -> Option<Link> {
        self.links.get(&conversation).copied()
    }

    pub(super) fn conversations_of(&self, id: CustomerId) -> Vec<ConversationId> {
        self.conversations.get(&id).into_iter().flatten().copied().collect()
    }

    pub(super) fn profile(&self, id: CustomerId) -> Option<&Profile> {
        self.profiles.get(&id)
    }

    /// The profile that the site calls so, which may have been joined to another one.
    pub(super) fn external(&self, value: &str) -> Option<CustomerId> {
        let key = (IdentifierKind::ExternalId, None, value.to_owned());
        self.holders.get(&key)?.first().copied()
    }

    /// The profile that others were joined to, and that is shown for all of them.
    pub(super) fn root(&self, id: CustomerId) -> CustomerId {
        let (mut at, mut seen) = (id, HashSet::new());
        while let Some(merge) = self.profiles.get(&at).and_then(|own| own.merged_into.as_ref()) {
            if !seen.insert(at) || !self.profiles.contains_key(&merge.into) {
                break;
            }
            at = merge.into;
        }
        at
    }

    /// A profile with all that were joined to it, from the root down.
    pub(super) fn group(&self, id: CustomerId) -> Vec<CustomerId> {
        let mut group = vec![self.root(id)];
        let mut at = 0;
        while let Some(own) = group.get(at).copied() {
            for joined in self.joined.get(&own).into_iter().flatten() {
                if !group.contains(joined) {
                    group.push(*joined);
                }
            }
            at += 1;
        }
        group
    }

    /// What a customer's profiles say together; where they differ, what was changed last counts.
    pub(super) fn whole(&self, id: CustomerId) -> Option<Profile> {
        let root = self.root(id);
        let group = self.group(root);
        let mut own: Vec<&Profile> = group.iter().filter_map(|id| self.profiles.get(id)).collect();
        own.sort_by_key(|profile| std::cmp::Reverse((profile.updated_at, profile.id == root)));
        let (latest, others) = own.split_first()?;
        let mut whole = (*latest).clone();
        for other in others {
            whole.fill_from(other);
        }
        whole.id = root;
        Some(whole)
    }

    /// Two customers who have the same verified identifier: the elder, and the one to be joined.
    pub(super) fn to_join(&self, id: CustomerId) -> Option<(CustomerId, CustomerId)> {
        let group = self.group(id);
        let keys = group.iter().filter_map(|own| self.profiles.get(own)).flat_map(|profile| {
            profile.identifiers.iter().filter(|own| own.verified).map(Identifier::key)
        });
        for key in keys {
            for other in self.holders.get(&key).into_iter().flatten() {
                let (one, two) = (self.root(id), self.root(*other));
                if one != two && !self.were_separated(&group, &self.group(two)) {
                    let age = |id| self.profiles.get(&id).map(|own| (own.created_at, own.id));
                    return Some(if age(one) <= age(two) { (one, two) } else { (two, one) });
                }
            }
        }
        None
    }

    fn were_separated(&self, one: &[CustomerId], two: &[CustomerId]) -> bool {
        let refuses = |own: &CustomerId, others: &[CustomerId]| {
            let profile = self.profiles.get(own);
            profile.is_some_and(|own| own.not_with.iter().any(|other| others.contains(other)))
        };
        one.iter().any(|own| refuses(own, two)) || two.iter().any(|own| refuses(own, one))
    }

    /// Everybody, each once.
    pub(super) fn roots(&self) -> impl Iterator<Item = CustomerId> {
        self.profiles.values().filter(|own| own.merged_into.is_none()).map(|own| own.id)
    }

    pub(super) fn card(
        &self,
        conversation: ConversationId,
        now: Timestamp,
    ) -> Option<CustomerCard> {
        let link = self.link_of(conversation)?;
        let whole = self.whole(link.customer)?;
        let segment = self.rules.of(&whole, now);
        Some(CustomerCard {
            id: whole.id,
            verified: link.verified,
            segment: segment.map(|segment| segment.name.clone()),
            value_band: segment.map(|segment| segment.value_band).unwrap_or_default(),
            name: whole.name,
            open_orders: whole.open_orders,
            attributes: whole.attributes,
        })
    }

    pub(super) fn view(&self, id: CustomerId, now: Timestamp) -> Option<CustomerView> {
        let whole = self.whole(id)?;
        let segment = self.rules.of(&whole, now);
        let group = self.group(whole.id);
        let merged = group.iter().filter_map(|own| {
            let merge = self.profiles.get(own)?.merged_into.as_ref()?;
            Some(MergeNote { id: *own, at: merge.at })
        });
        let value = |kind| whole.value_of(kind).map(str::to_owned);
        Some(CustomerView {
            id: whole.id,
            external_id: value(IdentifierKind::ExternalId),
            email: value(IdentifierKind::Email),
            phone: value(IdentifierKind::Phone),
            verified: whole.is_verified(),
            segment: segment.map(|segment| segment.name.clone()),
            value_band: segment.map(|segment| segment.value_band).unwrap_or_default(),
            merged: merged.collect(),
            conversations: group.iter().flat_map(|own| self.conversations_of(*own)).collect(),
            name: whole.name,
            language: whole.language,
            tags: whole.tags,
            attributes: whole.attributes,
            open_orders: whole.open_orders,
            identifiers: whole.identifiers,
            created_at: whole.created_at,
            updated_at: whole.updated_at,
        })
    }
}
