//! Sign-ins that are under way: each is bound to one browser, is good once and for a short time.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;
use subtle::ConstantTimeEq;

use crate::domain::Timestamp;

/// How long somebody may take at the provider.
pub(super) const LASTS: Duration = Duration::from_mins(10);
/// Most at once; the oldest goes.
const MOST: usize = 10_000;

/// A sign-in that is under way.
pub(super) struct Pending {
    pub(super) binding: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    pub(super) redirect: String,
    pub(super) until: Timestamp,
}

/// All of them, by state.
#[derive(Default)]
pub(super) struct AllPending(Mutex<HashMap<String, Pending>>);

impl AllPending {
    pub(super) fn put(&self, state: String, pending: Pending, now: Timestamp) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, pending| pending.until > now);
        if all.len() >= MOST {
            let oldest = all.iter().min_by_key(|(_, held)| held.until).map(|(key, _)| key.clone());
            oldest.map(|key| all.remove(&key));
        }
        all.insert(state, pending);
    }

    /// Takes one out, for the browser that began it.
    pub(super) fn take(&self, state: &str, binding: &str, now: Timestamp) -> Option<Pending> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let held = all.get(state)?;
        // of another browser: it stays, or a stranger could spoil it
        if !bool::from(held.binding.as_bytes().ct_eq(binding.as_bytes())) {
            return None;
        }
        all.remove(state).filter(|pending| pending.until > now)
    }
}

/// 256 random bits.
pub(super) fn random() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}
