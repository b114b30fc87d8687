//! Leaves alone what fails: after some failures in a row an outside system is not called for a while, then
//! one call may try.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// How many failures in a row open a breaker.
const FAILURES: u32 = 5;
/// How long it stays open.
const OPEN: Duration = Duration::from_secs(30);

#[derive(Clone, Copy, Debug, Default)]
struct Breaker {
    failures: u32,
    open_until: Option<Instant>,
}

/// One breaker for each thing that is called, by its name.
#[derive(Debug, Default)]
pub struct Breakers(Mutex<HashMap<String, Breaker>>);

impl Breakers {
    /// Whether a call may be made now.
    pub fn admits(&self, name: &str) -> bool {
        let mut all = self.all();
        let Some(breaker) = all.get_mut(name) else { return true };
        match breaker.open_until {
            Some(until) if Instant::now() < until => false,
            Some(_) => {
                // the next one tries, and the others wait for what becomes of it
                breaker.open_until = Some(Instant::now() + OPEN);
                true
            }
            None => true,
        }
    }

    /// Notes how a call went.
    pub fn note(&self, name: &str, is_down: bool) {
        let mut all = self.all();
        if !is_down {
            all.remove(name);
            return;
        }
        let breaker = all.entry(name.to_owned()).or_default();
        breaker.failures += 1;
        if breaker.failures >= FAILURES {
            breaker.open_until = Some(Instant::now() + OPEN);
        }
    }

    fn all(&self) -> MutexGuard<'_, HashMap<String, Breaker>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_fails_again_and_again_is_left_alone_for_a_while() {
        let breakers = Breakers::default();
        for _ in 0..FAILURES {
            assert!(breakers.admits("a"));
            breakers.note("a", true);
        }
        assert!(!breakers.admits("a"));
        assert!(breakers.admits("b"), "others are not touched");
        tokio::time::advance(OPEN).await;
        assert!(breakers.admits("a"), "one may try");
        assert!(!breakers.admits("a"), "but only one");
        breakers.note("a", false);
        assert!(breakers.admits("a") && breakers.admits("a"));
    }
}
