//! Tags, branches and ids that nobody can guess (RFC 3261 §19.3: at least 32 bits of randomness; these have 64
//! and more).

use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

/// The source of every random word of an engine; seeded, so that a test can repeat a run.
#[derive(Debug)]
pub(crate) struct Random(StdRng);

impl Random {
    pub(crate) fn from_seed(seed: [u8; 32]) -> Self {
        Self(StdRng::from_seed(seed))
    }

    pub(crate) fn tag(&mut self) -> String {
        format!("{:016x}", self.0.random::<u64>())
    }

    pub(crate) fn branch(&mut self) -> String {
        format!("{}-{:016x}{:08x}", crate::message::via::COOKIE, self.0.random::<u64>(), self.0.random::<u32>())
    }

    pub(crate) fn call_id(&mut self) -> String {
        format!("{:032x}", self.0.random::<u128>())
    }

    /// For `o=`; below 2**62 because some peers read it as a signed number.
    pub(crate) fn session_id(&mut self) -> u64 {
        self.0.random::<u64>() >> 2
    }

    pub(crate) fn between(&mut self, low: u32, high: u32) -> u32 {
        self.0.random_range(low..=high)
    }
}
