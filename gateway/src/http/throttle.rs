//! Wrong passwords slow down: after five within a while, each further try for that login waits longer.

use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

const FREE_TRIES: u32 = 5;
const FORGET: Duration = Duration::from_secs(15 * 60);
/// Logins remembered at once.
const MOST: usize = 50_000;

/// Failed tries by login.
#[derive(Debug, Default)]
pub struct Throttle {
    failures: Mutex<HashMap<String, (u32, Instant)>>,
}

impl Throttle {
    /// How long this login must still wait; none: it may try now.
    pub fn wait(&self, login: &str) -> Option<Duration> {
        let failures = self.failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (count, last) = failures.get(login)?;
        let over = count.checked_sub(FREE_TRIES)?;
        let pause = Duration::from_secs(1 << over.min(6));
        pause.checked_sub(last.elapsed()).filter(|left| !left.is_zero())
    }

    /// A wrong password.
    pub fn failed(&self, login: &str) {
        let mut failures = self.failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if failures.len() >= MOST {
            failures.retain(|_, (_, last)| last.elapsed() < FORGET);
        }
        let entry = failures.entry(login.to_owned()).or_insert((0, Instant::now()));
        *entry = if entry.1.elapsed() > FORGET { (1, Instant::now()) } else { (entry.0 + 1, Instant::now()) };
    }

    /// The right password.
    pub fn succeeded(&self, login: &str) {
        self.failures.lock().unwrap_or_else(std::sync::PoisonError::into_inner).remove(login);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_tries_are_free_then_each_waits() {
        let throttle = Throttle::default();
        for _ in 0..FREE_TRIES - 1 {
            throttle.failed("alice@demo");
        }
        assert_eq!(throttle.wait("alice@demo"), None);
        throttle.failed("alice@demo");
        assert!(throttle.wait("alice@demo").is_some());
        assert_eq!(throttle.wait("bob@demo"), None);
        throttle.succeeded("alice@demo");
        assert_eq!(throttle.wait("alice@demo"), None);
    }
}
