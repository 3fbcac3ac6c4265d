//! One-use tickets: a browser's WebSocket cannot carry a token in a header, and an address ends up in logs.

use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::RngCore;

use super::session::Person;

const LIFE: Duration = Duration::from_secs(30);
/// Tickets that may be out at once; the oldest make room.
const MOST: usize = 10_000;

/// The tickets that are out.
#[derive(Debug, Default)]
pub struct Tickets {
    out: Mutex<HashMap<String, (Instant, Person)>>,
}

impl Tickets {
    /// Makes a ticket for a signed-in person.
    pub fn issue(&self, person: Person) -> String {
        let mut bytes = [0; 24];
        rand::rng().fill_bytes(&mut bytes);
        let ticket = URL_SAFE_NO_PAD.encode(bytes);
        let now = Instant::now();
        let mut out = self.out.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if out.len() >= MOST {
            out.retain(|_, (made, _)| now.duration_since(*made) < LIFE);
        }
        if out.len() < MOST {
            out.insert(ticket.clone(), (now, person));
        }
        ticket
    }

    /// Uses a ticket up.
    pub fn redeem(&self, ticket: &str) -> Option<Person> {
        let mut out = self.out.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let (made, person) = out.remove(ticket)?;
        (made.elapsed() < LIFE).then_some(person)
    }
}
