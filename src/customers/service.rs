//! The customers of this server: every change is written to the store first, one at a time, then to
//! the projection in memory that all questions are answered from.

use std::str::FromStr;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use serde_json::Value;
use tokio::sync::Mutex;

use crate::customers::field;
use crate::customers::history;
use crate::customers::profile::Profile;
use crate::customers::state::{Link, State};
use crate::customers::{
    Author, CustomerCard, CustomerView, Edit, FieldError, HistoryEntry, IdentityError, Preview,
    SegmentCount, Segments, TokenCheck, What,
};
use crate::domain::{Clock, ConversationId, CustomerId};
use crate::events::{Records, RecordsError, Table};

/// Longest id that a site may give its customers.
const EXTERNAL_ID: usize = 200;
/// How a profile is named by its own id.
const BY_ID: &str = "id:";
/// Under which key the rules stand.
const RULES: &str = "rules";
/// Most records of one profile's history that are told.
const TOLD: u64 = 200;

/// Why something with customers was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CustomerError {
    /// A field is wrong.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// A token says nothing about anybody.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// The conversation is somebody else's.
    #[error("this conversation belongs to another customer; start a new one")]
    OtherCustomer,
    /// The profile is on its own.
    #[error("this profile is not joined to another one")]
    NotMerged,
    /// There is no such customer.
    #[error("there is no such customer")]
    Unknown,
    /// The store cannot be used.
    #[error("the customers cannot be read or written")]
    Store,
}

impl From<RecordsError> for CustomerError {
    fn from(error: RecordsError) -> Self {
        tracing::error!(%error, "the customers cannot be read or written");
        Self::Store
    }
}

impl From<serde_json::Error> for CustomerError {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(%error, "a customer's record is damaged");
        Self::Store
    }
}

/// How somebody outside names a customer: the site's own id, or `id:` with ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CustomerName {
    /// The site's own id.
    External(String),
    /// Ours.
    Id(CustomerId),
}

impl FromStr for CustomerName {
    type Err = FieldError;
    fn from_str(text: &str) -> Result<Self, FieldError> {
        if let Some(id) = text.strip_prefix(BY_ID) {
            let wrong = |_| FieldError::new("external_id", "`id:` and 32 hexadecimal digits");
            return id.parse().map(Self::Id).map_err(wrong);
        }
        let text = field::text("external_id", &Value::from(text), EXTERNAL_ID)?;
        Ok(Self::External(text))
    }
}

/// All customers.
pub struct Customers {
    pub(super) records: Arc<dyn Records>,
    pub(super) clock: Arc<dyn Clock>,
    tokens: TokenCheck,
    /// One change at a time: what it was decided on still holds when it is written.
    writing: Mutex<()>,
    state: RwLock<State>,
}

impl Customers {
    /// Reads all profiles, and finishes joins that a crash has left.
    pub async fn open(
        records: Arc<dyn Records>,
        clock: Arc<dyn Clock>,
        tokens: TokenCheck,
    ) -> Result<Self, CustomerError> {
        let mut state = State::default();
        for (_, bytes) in records.list(Table::Customers).await? {
            state.put(serde_json::from_slice(&bytes)?);
        }
        for (key, bytes) in records.list(Table::CustomerLinks).await? {
            let conversation = key.parse().map_err(|_| CustomerError::Store)?;
            state.link(conversation, serde_json::from_slice(&bytes)?);
        }
        if let Some(bytes) = records.get(Table::Segments, RULES).await? {
            state.rules = serde_json::from_slice(&bytes)?;
        }
        let roots: Vec<CustomerId> = state.roots().collect();
        let state = RwLock::new(state);
        let customers = Self { records, clock, tokens, writing: Mutex::new(()), state };
        for id in roots {
            customers.settle(id).await?;
        }
        Ok(customers)
    }

    /// The customer of a conversation at a glance, from memory.
    pub fn card(&self, conversation: ConversationId) -> Option<CustomerCard> {
        self.read().card(conversation, self.clock.now())
    }

    /// Everything about the customer of a conversation.
    pub fn of_conversation(&self, conversation: ConversationId) -> Option<CustomerView> {
        let state = self.read();
        state.view(state.link_of(conversation)?.customer, self.clock.now())
    }

    /// The customer of a token that the site has signed, or else of a conversation in which such a token
    /// was shown; with their segment. Nothing changes, and a token that is wrong names nobody.
    pub fn recognised(
        &self,
        token: Option<&str>,
        conversation: Option<ConversationId>,
    ) -> Option<(CustomerId, Option<String>)> {
        let now = self.clock.now();
        let claims = token.and_then(|token| self.tokens.check(token, now).ok());
        let state = self.read();
        let id = if token.is_some() {
            state.external(&claims?.subject)
        } else {
            let link = state.link_of(conversation?)?;
            link.verified.then_some(link.customer)
        };
        let view = state.view(id?, now)?;
        Some((view.id, view.segment))
    }

    /// Everything about a customer.
    pub fn find(&self, name: &CustomerName) -> Result<CustomerView, CustomerError> {
        let state = self.read();
        let id = named(&state, name).ok_or(CustomerError::Unknown)?;
        state.view(id, self.clock.now()).ok_or(CustomerError::Unknown)
    }

    /// Customers in whose name, tags or identifiers `query` stands, the last changed first, with how
    /// many there are in all. Looks at everybody: not for a thread that holds sockets.
    pub fn search(&self, query: &str, limit: usize) -> (Vec<CustomerView>, usize) {
        let words = query.trim().to_lowercase();
        let (state, now) = (self.read(), self.clock.now());
        let found = state.roots().filter_map(|id| state.whole(id));
        let mut found: Vec<Profile> = found.filter(|whole| whole.matches(&words)).collect();
        found.sort_by_key(|whole| std::cmp::Reverse((whole.updated_at, whole.id)));
        let views = found.iter().take(limit).filter_map(|whole| state.view(whole.id, now));
        (views.collect(), found.len())
    }

    /// What happened to a customer's profiles, in order.
    pub async fn history(&self, name: &CustomerName) -> Result<Vec<HistoryEntry>, CustomerError> {
        let counts: Vec<(CustomerId, u64)> = {
            let state = self.read();
            let id = named(&state, name).ok_or(CustomerError::Unknown)?;
            let own = state.group(id).into_iter();
            own.filter_map(|id| state.profile(id).map(|profile| (id, profile.changes))).collect()
        };
        let mut entries = Vec::new();
        for (id, changes) in counts {
            for number in changes.saturating_sub(TOLD) + 1..=changes {
                let key = history::key(id, number);
                if let Some(bytes) = self.records.get(Table::CustomerHistory, &key).await? {
                    entries.push(serde_json::from_slice::<HistoryEntry>(&bytes)?);
                }
            }
        }
        entries.sort_by_key(|entry| entry.at);
        Ok(entries)
    }

    /// Changes a customer, who is made where the site's own id is new.
    pub async fn put(
        &self,
        name: &CustomerName,
        edit: &Edit,
        by: Author,
    ) -> Result<CustomerView, CustomerError> {
        let _writing = self.writing.lock().await;
        let id = self.write_named(name, edit, by).await?;
        self.read().view(id, self.clock.now()).ok_or(CustomerError::Unknown)
    }

    /// Changes a customer who is there. What is taken away goes from every joined profile.
    pub async fn change(
        &self,
        name: &CustomerName,
        edit: &Edit,
        by: Author,
    ) -> Result<CustomerView, CustomerError> {
        let _writing = self.writing.lock().await;
        let id = named(&self.read(), name).ok_or(CustomerError::Unknown)?;
        let others = self.read().group(id).into_iter().filter(|other| *other != id);
        let others: Vec<CustomerId> = others.collect();
        self.write(id, edit, by).await?;
        for other in others {
            self.write(other, &edit.clearing(), by).await?;
        }
        self.settle(id).await?;
        self.read().view(id, self.clock.now()).ok_or(CustomerError::Unknown)
    }

    /// A visitor shows a token of the site: from now on the conversation is that customer's.
    pub async fn identify(
        &self,
        conversation: ConversationId,
        token: &str,
    ) -> Result<(), CustomerError> {
        let claims = self.tokens.check(token, self.clock.now())?;
        let message = "must be there: the site's own id of the customer";
        let subject = claims.subject.parse().map_err(|_| FieldError::new("sub", message))?;
        if matches!(subject, CustomerName::Id(_)) {
            return Err(FieldError::new("sub", "must not begin with `id:`").into());
        }
        let edit = Edit::parse_token(&claims.all)?;
        let _writing = self.writing.lock().await;
        let link = self.read().link_of(conversation);
        let known = named(&self.read(), &subject);
        if let Some(link) = link.filter(|link| link.verified)
            && !known.is_some_and(|id| self.read().group(id).contains(&link.customer))
        {
            return Err(CustomerError::OtherCustomer);
        }
        let customer = self.write_named(&subject, &edit, Author::Token).await?;
        self.set_link(conversation, Link { customer, verified: true }).await?;
        self.drop_leftover(link).await
    }

    /// A visitor says who they are. Nobody is found or joined by that: the conversation gets a
    /// profile of its own, and one whose visitor is proved keeps what was proved.
    pub async fn claim(
        &self,
        conversation: ConversationId,
        edit: &Edit,
    ) -> Result<(), CustomerError> {
        let _writing = self.writing.lock().await;
        let link = self.read().link_of(conversation);
        match link {
            Some(link) if link.verified => Ok(()),
            Some(link) => self.write(link.customer, edit, Author::Visitor).await,
            None => {
                let mut profile = Profile::new(self.clock.now());
                edit.apply(&mut profile)?;
                let customer = profile.id;
                self.save(profile, Author::Visitor).await?;
                self.set_link(conversation, Link { customer, verified: false }).await
            }
        }
    }

    /// Takes a profile out of a join; it and its conversations are as before, and it is not joined
    /// again.
    pub async fn unmerge(
        &self,
        name: &CustomerName,
        by: Author,
    ) -> Result<CustomerView, CustomerError> {
        let _writing = self.writing.lock().await;
        let id = named(&self.read(), name).ok_or(CustomerError::Unknown)?;
        let profile = self.read().profile(id).cloned();
        let mut profile = profile.ok_or(CustomerError::Unknown)?;
        let merge = profile.merged_into.take().ok_or(CustomerError::NotMerged)?;
        profile.not_with.push(merge.into);
        self.record(&mut profile, by, What::Unmerged { from: merge.into }).await?;
        self.read().view(id, self.clock.now()).ok_or(CustomerError::Unknown)
    }

    /// Erases a customer: profile, joined profiles, history, and whose the conversations are.
    /// What was said stays until the conversations are erased.
    pub async fn erase(&self, name: &CustomerName) -> Result<(), CustomerError> {
        let _writing = self.writing.lock().await;
        let id = named(&self.read(), name).ok_or(CustomerError::Unknown)?;
        let (mut group, root) = (self.read().group(id), self.read().root(id));
        // the one that was named goes last: until then the erasure can be asked for again
        group.sort_by_key(|own| (*own == id, *own == root));
        for own in group {
            self.erase_one(own).await?;
        }
        Ok(())
    }

    /// Forgets whose a conversation is. A profile that nothing else is known by goes with it.
    pub async fn forget_conversation(
        &self,
        conversation: ConversationId,
    ) -> Result<(), CustomerError> {
        let _writing = self.writing.lock().await;
        let Some(link) = self.read().link_of(conversation) else { return Ok(()) };
        self.unlink(conversation).await?;
        self.drop_leftover(Some(link)).await
    }

    /// The rules in use.
    pub fn segments(&self) -> Segments {
        self.read().rules.clone()
    }

    /// Puts other rules in use; from then on every customer is judged by them.
    pub async fn set_segments(&self, rules: Segments) -> Result<(), CustomerError> {
        let _writing = self.writing.lock().await;
        self.records.put(Table::Segments, RULES, serde_json::to_vec(&rules)?).await?;
        self.change_state().rules = rules;
        Ok(())
    }

    /// How many customers each segment of these rules would have. Looks at everybody: not for a
    /// thread that holds sockets.
    pub fn preview(&self, rules: &Segments) -> Preview {
        let (state, now) = (self.read(), self.clock.now());
        let mut segments: Vec<SegmentCount> = rules
            .segments
            .iter()
            .map(|segment| SegmentCount { name: segment.name.clone(), customers: 0 })
            .collect();
        let mut without = 0;
        for whole in state.roots().filter_map(|id| state.whole(id)) {
            let name = rules.of(&whole, now).map(|segment| &segment.name);
            match segments.iter_mut().find(|count| Some(&count.name) == name) {
                Some(count) => count.customers += 1,
                None => without += 1,
            }
        }
        Preview { segments, without }
    }

    pub(super) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.state.read().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn change_state(&self) -> RwLockWriteGuard<'_, State> {
        self.state.write().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn named(state: &State, name: &CustomerName) -> Option<CustomerId> {
    match name {
        CustomerName::External(external) => state.external(external),
        CustomerName::Id(id) => state.profile(*id).map(|profile| profile.id),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::customers::token::tests::{SECRET, sign};
    use crate::customers::{EditMode, IdentifierKind, ValueBand};
    use crate::domain::{ManualClock, Timestamp};
    use crate::events::MemoryLog;

    struct Shop {
        customers: Customers,
        log: Arc<MemoryLog>,
        clock: Arc<ManualClock>,
    }

    impl Shop {
        async fn open() -> Self {
            let clock = Arc::new(ManualClock::new(Timestamp(1_000_000_000)));
            let log = Arc::new(MemoryLog::default());
            let customers = open(&log, &clock).await;
            Self { customers, log, clock }
        }

        async fn reopened(self) -> Self {
            let customers = open(&self.log, &self.clock).await;
            Self { customers, ..self }
        }

        async fn put(&self, name: &str, fields: Value) -> CustomerView {
            self.clock.advance(Duration::from_secs(1));
            let edit = Edit::parse(fields.as_object().unwrap(), EditMode::Replace).unwrap();
            self.customers.put(&called(name), &edit, Author::Program).await.unwrap()
        }

        async fn change(&self, name: &str, fields: Value) -> CustomerView {
            self.clock.advance(Duration::from_secs(1));
            let edit = Edit::parse(fields.as_object().unwrap(), EditMode::Change).unwrap();
            self.customers.change(&called(name), &edit, Author::Program).await.unwrap()
        }

        fn find(&self, name: &str) -> Option<CustomerView> {
            self.customers.find(&called(name)).ok()
        }

        async fn identify(&self, of: ConversationId, more: Value) -> Result<(), CustomerError> {
            self.clock.advance(Duration::from_secs(1));
            let now = self.clock.now().0 / 1_000;
            let mut claims = json!({"iat": now, "exp": now + 60});
            claims.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            let token = sign(SECRET, &json!({"alg": "HS256"}), &claims);
            self.customers.identify(of, &token).await
        }

        async fn claim(&self, of: ConversationId, fields: Value) {
            let edit = Edit::parse_claim(fields.as_object().unwrap()).unwrap();
            self.customers.claim(of, &edit).await.unwrap();
        }
    }

    async fn open(log: &Arc<MemoryLog>, clock: &Arc<ManualClock>) -> Customers {
        let tokens = TokenCheck::new(&[SECRET.to_owned()], None);
        Customers::open(Arc::clone(log) as _, Arc::clone(clock) as _, tokens).await.unwrap()
    }

    fn called(name: &str) -> CustomerName {
        name.parse().unwrap()
    }

    #[tokio::test]
    async fn a_profile_survives_a_restart_with_its_history() {
        let shop = Shop::open().await;
        shop.put("c-1", json!({"name": "Ana", "attributes": {"plan": "pro"}})).await;
        shop.change("c-1", json!({"name": "Ana Lima"})).await;
        shop.change("c-1", json!({"name": "Ana Lima"})).await; // says nothing new
        let shop = shop.reopened().await;
        assert_eq!(shop.find("c-1").unwrap().name.as_deref(), Some("Ana Lima"));
        let history = shop.customers.history(&called("c-1")).await.unwrap();
        let What::Changed { fields } = &history[1].what else { panic!("{history:?}") };
        assert_eq!(history.len(), 2);
        assert_eq!(fields["name"].from, json!("Ana"));
    }

    #[tokio::test]
    async fn profiles_with_the_same_verified_address_are_one_and_can_be_separated() {
        let shop = Shop::open().await;
        let (web, phone) = (ConversationId::random(), ConversationId::random());
        shop.identify(web, json!({"sub": "web-7", "name": "Ana"})).await.unwrap();
        shop.identify(phone, json!({"sub": "app-9", "attributes": {"plan": "pro"}})).await.unwrap();
        let before = (shop.find("web-7").unwrap(), shop.find("app-9").unwrap());
        let verified = json!({"email": "ana@shop.example", "email_verified": true});
        shop.change("web-7", verified.clone()).await;
        let joined = shop.change("app-9", verified).await;
        assert_eq!(joined.id, before.0.id, "the elder stays");
        assert_eq!(joined.name.as_deref(), Some("Ana"));
        assert!(joined.attributes.contains_key("plan"));
        assert_eq!(joined.conversations.len(), 2);

        let shop = shop.reopened().await;
        assert_eq!(shop.find("app-9").unwrap().id, before.0.id, "it holds after a restart");
        let alone = shop.customers.unmerge(&called("app-9"), Author::Program).await.unwrap();
        assert_eq!((alone.id, alone.name), (before.1.id, None));
        assert_eq!(alone.conversations, [phone]);
        let kept = shop.find("web-7").unwrap();
        assert_eq!((kept.attributes.len(), &*kept.conversations), (0, &[web][..]));
        shop.change("app-9", json!({"tags": ["again"]})).await;
        assert_ne!(shop.find("app-9").unwrap().id, before.0.id, "nobody joins them again");
        let twice = shop.customers.unmerge(&called("app-9"), Author::Program).await;
        assert_eq!(twice, Err(CustomerError::NotMerged));
    }

    #[tokio::test]
    async fn who_only_says_a_victims_address_sees_and_joins_nothing() {
        let shop = Shop::open().await;
        let victim = json!({"name": "Ana", "email": "ana@shop.example", "email_verified": true,
            "phone": "+491701234567", "phone_verified": true, "tags": ["vip"]});
        let before = shop.put("c-1", victim).await;
        let attack = ConversationId::random();
        let said = json!({"email": "ana@shop.example", "phone": "+491701234567"});
        shop.claim(attack, said.clone()).await;
        let card = shop.customers.card(attack).unwrap();
        assert_ne!(card.id, before.id);
        assert_eq!((card.verified, card.name), (false, None));

        // nor with an account of the site's whose address nobody has checked
        let eve = ConversationId::random();
        let mut token = said;
        token.as_object_mut().unwrap().insert("sub".to_owned(), json!("eve"));
        shop.identify(eve, token).await.unwrap();
        assert_ne!(shop.customers.card(eve).unwrap().id, before.id);
        assert_eq!(shop.find("c-1"), Some(before), "the victim's profile is as it was");
        let shop = shop.reopened().await;
        assert_ne!(shop.customers.card(eve).unwrap().id, shop.find("c-1").unwrap().id);
    }

    #[tokio::test]
    async fn a_conversation_of_one_customer_never_becomes_anothers() {
        let shop = Shop::open().await;
        let conversation = ConversationId::random();
        shop.claim(conversation, json!({"name": "somebody"})).await;
        shop.identify(conversation, json!({"sub": "ana"})).await.unwrap();
        assert_eq!(shop.customers.search("somebody", 10).1, 0, "what was only said is gone");
        let other = shop.identify(conversation, json!({"sub": "bo"})).await;
        assert_eq!(other, Err(CustomerError::OtherCustomer));
        assert_eq!(shop.find("bo"), None);
        shop.identify(conversation, json!({"sub": "ana", "name": "Ana"})).await.unwrap();
        shop.claim(conversation, json!({"name": "Eve"})).await;
        assert_eq!(shop.customers.card(conversation).unwrap().name.as_deref(), Some("Ana"));
    }

    #[tokio::test]
    async fn a_wrong_claim_of_a_token_is_named_and_changes_nothing() {
        let shop = Shop::open().await;
        let conversation = ConversationId::random();
        for (claims, field) in [
            (json!({}), "sub"),
            (json!({"sub": "id:1"}), "sub"),
            (json!({"sub": "c", "email": "nobody"}), "email"),
            (json!({"sub": "c", "attributes": {"plan": []}}), "attributes.plan"),
        ] {
            let error = shop.identify(conversation, claims).await.unwrap_err().to_string();
            assert!(error.contains(&format!("`{field}`")), "{error}");
        }
        assert_eq!((shop.customers.card(conversation), shop.find("c")), (None, None));
    }

    #[tokio::test]
    async fn erasing_leaves_nothing_of_a_customer_in_the_store() {
        let shop = Shop::open().await;
        let conversation = ConversationId::random();
        shop.identify(conversation, json!({"sub": "c-1", "name": "Ana"})).await.unwrap();
        let verified = json!({"phone": "+491701234567", "phone_verified": true});
        shop.change("c-1", verified.clone()).await;
        shop.put("c-2", verified).await;
        let hearsay = ConversationId::random();
        shop.claim(hearsay, json!({"name": "Bo"})).await;
        shop.customers.forget_conversation(hearsay).await.unwrap();
        shop.customers.erase(&called("c-2")).await.unwrap();
        for table in [Table::Customers, Table::CustomerLinks, Table::CustomerHistory] {
            assert_eq!(shop.log.list(table).await.unwrap(), [], "{table:?}");
        }
        assert_eq!(shop.customers.card(conversation), None);
        assert_eq!(shop.customers.erase(&called("c-1")).await, Err(CustomerError::Unknown));
    }

    #[tokio::test]
    async fn segments_follow_the_rules_and_the_profile() {
        let shop = Shop::open().await;
        let conversation = ConversationId::random();
        shop.identify(conversation, json!({"sub": "c-1", "attributes": {"spent": 10}}))
            .await
            .unwrap();
        shop.claim(ConversationId::random(), json!({"name": "nobody"})).await;
        let standing = || {
            let card = shop.customers.card(conversation).unwrap();
            (card.segment, card.value_band)
        };
        assert_eq!(standing(), (None, ValueBand::Normal));
        let rules = json!({"segments": [{"name": "big", "value_band": "vip",
            "all": [{"attribute": "spent", "op": "gt", "value": 100}]}]});
        let rules = Segments::parse(rules.as_object().unwrap()).unwrap();
        shop.customers.set_segments(rules.clone()).await.unwrap();
        assert_eq!(standing(), (None, ValueBand::Normal));
        shop.change("c-1", json!({"attributes": {"spent": 1_000}})).await;
        assert_eq!(standing(), (Some("big".to_owned()), ValueBand::Vip));
        let preview = shop.customers.preview(&rules);
        assert_eq!((preview.segments[0].customers, preview.without), (1, 1));
        let shop = shop.reopened().await;
        assert_eq!(shop.customers.segments(), rules);
    }

    #[tokio::test]
    async fn what_is_taken_away_goes_from_every_joined_profile() {
        let shop = Shop::open().await;
        let verified = json!({"name": "Ana", "email": "ana@shop.example", "email_verified": true});
        shop.put("a", verified.clone()).await;
        shop.put("b", verified).await;
        let changed = shop.change("a", json!({"name": null})).await;
        assert_eq!(changed.name, None);
        let kinds = changed.identifiers.iter().filter(|own| own.kind == IdentifierKind::ExternalId);
        assert_eq!(kinds.count(), 2);
        assert_eq!(shop.customers.search("ana@shop", 10).1, 1);
    }
}
