//! How much anybody may do: token buckets (crate `governor`, the generic cell rate algorithm) by
//! address and by conversation, and a count of sockets.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultDirectRateLimiter, DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::config::Limits as Settings;
use crate::domain::ConversationId;
use crate::gateway::address::ClientAddress;
use crate::gateway::error::ApiError;

/// For how many seconds' worth of frames a socket may send at once.
const FRAMES_BURST: NonZeroU32 = NonZeroU32::new(5).unwrap();
/// As many conversations of one address may upload as fast as they may.
const UPLOADS_OF_ADDRESS: u32 = 3;
/// After how many checks idle buckets are thrown away.
const TIDY_EVERY: u64 = 10_000;

/// All limits of this node.
pub(super) struct Limits {
    messages: DefaultKeyedRateLimiter<IpAddr>,
    conversations: DefaultKeyedRateLimiter<IpAddr>,
    sign_ins: DefaultKeyedRateLimiter<IpAddr>,
    conversation: DefaultKeyedRateLimiter<ConversationId>,
    uploads: DefaultKeyedRateLimiter<ConversationId>,
    address_uploads: DefaultKeyedRateLimiter<IpAddr>,
    exempt_local: bool,
    clock: DefaultClock,
    checks: AtomicU64,
    sockets: Arc<Mutex<Sockets>>,
    max_sockets: usize,
    max_sockets_per_address: usize,
}

#[derive(Default)]
struct Sockets {
    total: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// How many frames one socket may send.
pub(super) struct FrameLimit {
    limiter: DefaultDirectRateLimiter,
    clock: DefaultClock,
}

impl FrameLimit {
    pub(super) fn new(settings: &Settings) -> Self {
        let sustained = NonZeroU32::new(settings.socket_frames_per_second);
        let sustained = sustained.unwrap_or(NonZeroU32::MIN);
        let burst = sustained.saturating_mul(FRAMES_BURST);
        let quota = Quota::per_second(sustained).allow_burst(burst);
        Self { limiter: RateLimiter::direct(quota), clock: DefaultClock::default() }
    }

    /// One frame.
    pub(super) fn frame(&self) -> Result<(), ApiError> {
        self.limiter.check().map_err(|refused| {
            let wait = refused.wait_time_from(self.clock.now());
            ApiError::RateLimited { retry_after: wait.max(Duration::from_millis(1)) }
        })
    }
}

/// The right to one socket, given back when dropped.
pub(super) struct SocketPermit {
    sockets: Arc<Mutex<Sockets>>,
    address: IpAddr,
}

impl Limits {
    pub(super) fn new(settings: &Settings, uploads_per_minute: u32) -> Self {
        let per_minute = |count: u32| {
            let count = NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
            RateLimiter::keyed(Quota::per_minute(count))
        };
        let sustained = NonZeroU32::new(settings.conversation_per_second);
        let burst = NonZeroU32::new(settings.conversation_burst);
        let quota = Quota::per_second(sustained.unwrap_or(NonZeroU32::MIN))
            .allow_burst(burst.unwrap_or(NonZeroU32::MIN));
        Self {
            messages: per_minute(settings.address_messages_per_minute),
            conversations: per_minute(settings.address_conversations_per_minute),
            sign_ins: per_minute(settings.sign_in_per_minute),
            conversation: RateLimiter::keyed(quota),
            uploads: RateLimiter::keyed(Quota::per_minute(
                NonZeroU32::new(uploads_per_minute).unwrap_or(NonZeroU32::MIN),
            )),
            address_uploads: per_minute(uploads_per_minute.saturating_mul(UPLOADS_OF_ADDRESS)),
            exempt_local: settings.exempt_loopback,
            clock: DefaultClock::default(),
            checks: AtomicU64::new(0),
            sockets: Arc::default(),
            max_sockets: settings.sockets,
            max_sockets_per_address: settings.address_sockets,
        }
    }

    /// One message in a conversation.
    pub(super) fn message(
        &self,
        address: ClientAddress,
        conversation: ConversationId,
    ) -> Result<(), ApiError> {
        self.tidy();
        self.by_address(&self.messages, address)?;
        self.draw(&self.conversation, &conversation)
    }

    /// One question of a page about what it may show; it counts as a message does.
    pub(super) fn page(&self, address: ClientAddress) -> Result<(), ApiError> {
        self.tidy();
        self.by_address(&self.messages, address)
    }

    /// One upload to a conversation.
    pub(super) fn upload(
        &self,
        address: ClientAddress,
        conversation: ConversationId,
    ) -> Result<(), ApiError> {
        self.tidy();
        self.by_address(&self.address_uploads, address)?;
        self.draw(&self.uploads, &conversation)
    }

    /// One new conversation.
    pub(super) fn conversation(&self, address: ClientAddress) -> Result<(), ApiError> {
        self.tidy();
        self.by_address(&self.conversations, address)
    }

    /// One attempt to sign in; counted for local clients too.
    pub(super) fn sign_in(&self, address: ClientAddress) -> Result<(), ApiError> {
        self.tidy();
        self.draw(&self.sign_ins, &address.key)
    }

    /// One socket more; `None` when there is no room for it.
    pub(super) fn socket(&self, address: ClientAddress) -> Option<SocketPermit> {
        let mut sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        if sockets.total >= self.max_sockets {
            return None;
        }
        let is_exempt = self.is_exempt(address);
        let max = self.max_sockets_per_address;
        let here = sockets.by_address.entry(address.key).or_default();
        if *here >= max && !is_exempt {
            return None;
        }
        *here += 1;
        sockets.total += 1;
        drop(sockets);
        Some(SocketPermit { sockets: Arc::clone(&self.sockets), address: address.key })
    }

    fn is_exempt(&self, address: ClientAddress) -> bool {
        self.exempt_local && address.is_local
    }

    fn by_address(
        &self,
        limiter: &DefaultKeyedRateLimiter<IpAddr>,
        address: ClientAddress,
    ) -> Result<(), ApiError> {
        if self.is_exempt(address) { Ok(()) } else { self.draw(limiter, &address.key) }
    }

    fn draw<K: std::hash::Hash + Eq + Clone>(
        &self,
        limiter: &DefaultKeyedRateLimiter<K>,
        key: &K,
    ) -> Result<(), ApiError> {
        limiter.check_key(key).map_err(|refused| {
            let wait = refused.wait_time_from(self.clock.now());
            ApiError::RateLimited { retry_after: wait.max(Duration::from_millis(1)) }
        })
    }

    fn tidy(&self) {
        if self.checks.fetch_add(1, Ordering::Relaxed) % TIDY_EVERY == TIDY_EVERY - 1 {
            self.messages.retain_recent();
            self.conversations.retain_recent();
            self.sign_ins.retain_recent();
            self.conversation.retain_recent();
            self.uploads.retain_recent();
            self.address_uploads.retain_recent();
        }
    }
}

impl Drop for SocketPermit {
    fn drop(&mut self) {
        let mut sockets = self.sockets.lock().unwrap_or_else(PoisonError::into_inner);
        sockets.total = sockets.total.saturating_sub(1);
        if let Some(here) = sockets.by_address.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                sockets.by_address.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8, is_local: bool) -> ClientAddress {
        ClientAddress { key: IpAddr::from([9, 9, 9, last]), is_local }
    }

    fn limits() -> Limits {
        let settings = Settings {
            address_messages_per_minute: 3,
            address_sockets: 2,
            sockets: 3,
            conversation_burst: 5,
            conversation_per_second: 1,
            ..crate::config::Settings::default().limits
        };
        Limits::new(&settings, 2)
    }

    #[test]
    fn messages_are_counted_by_address_and_by_conversation() {
        let (limits, conversation) = (limits(), ConversationId::random());
        let far = address(1, false);
        assert_eq!((0..9).filter(|_| limits.message(far, conversation).is_ok()).count(), 3);
        let near = address(2, true);
        assert_eq!((0..9).filter(|_| limits.message(near, conversation).is_ok()).count(), 2);
        let refused = limits.message(near, conversation).unwrap_err();
        assert!(refused.detail().retry_after_ms.is_some());
    }

    #[test]
    fn uploads_are_counted_by_conversation_and_by_address() {
        let limits = limits();
        let far = address(1, false);
        let uploads =
            |conversation| (0..9).filter(|_| limits.upload(far, conversation).is_ok()).count();
        assert_eq!(uploads(ConversationId::random()), 2);
        // six from the address, of which the first conversation has had some refused
        assert_eq!(uploads(ConversationId::random()), 0);
        let near = address(2, true);
        assert!(limits.upload(near, ConversationId::random()).is_ok());
    }

    #[test]
    fn a_socket_that_floods_is_refused_with_a_hint() {
        let settings =
            Settings { socket_frames_per_second: 2, ..crate::config::Settings::default().limits };
        let frames = FrameLimit::new(&settings);
        assert_eq!((0..30).filter(|_| frames.frame().is_ok()).count(), 10);
        assert!(frames.frame().unwrap_err().detail().retry_after_ms.is_some());
    }

    #[test]
    fn a_closed_socket_makes_room_for_another() {
        let limits = limits();
        let first = limits.socket(address(1, false)).unwrap();
        let _second = limits.socket(address(1, false)).unwrap();
        assert!(limits.socket(address(1, false)).is_none(), "two from one address");
        let _third = limits.socket(address(2, false)).unwrap();
        assert!(limits.socket(address(3, false)).is_none(), "three in all");
        drop(first);
        assert!(limits.socket(address(1, false)).is_some());
    }
}
