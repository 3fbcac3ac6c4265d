//! A trunk at run time: who belongs to it, how much it may do, which nonces it has used, whether it is up.

use std::collections::VecDeque;
use std::net::{IpAddr, SocketAddr};
use std::time::{Duration, Instant};

use crate::config::{Cidr, Credentials, TrunkConfig};

#[derive(Debug)]
pub(crate) struct Trunk {
    pub(crate) config: TrunkConfig,
    /// What the peer's name resolves to; the first is where requests go.
    pub(crate) peers: Vec<SocketAddr>,
    /// Whether OPTIONS are answered.
    pub(crate) up: Option<bool>,
    pub(crate) calls: u32,
    /// When the calls of the last second began.
    begun: VecDeque<Instant>,
    /// How often each nonce was used, the latest at the end.
    nonces: VecDeque<(String, u32)>,
}

/// A cap is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OverCap {
    #[error("too many calls at once on the trunk")]
    Calls,
    #[error("too many new calls a second on the trunk")]
    Rate,
}

const NONCES_KEPT: usize = 64;

impl Trunk {
    pub(crate) fn new(config: TrunkConfig) -> Self {
        Self { config, peers: Vec::new(), up: None, calls: 0, begun: VecDeque::new(), nonces: VecDeque::new() }
    }

    /// How well an address fits: the length of the longest prefix that holds it.
    pub(crate) fn fits(&self, source: IpAddr) -> Option<u8> {
        let allowed = self.config.allow.iter().filter(|range| range.contains(source)).map(Cidr::prefix);
        let peers = self.peers.iter().map(|peer| Cidr::host(peer.ip())).filter(|range| range.contains(source));
        allowed.chain(peers.map(|range| range.prefix())).max()
    }

    /// Counts a call in, if the caps let it.
    pub(crate) fn admit(&mut self, now: Instant) -> Result<(), OverCap> {
        if self.config.max_calls.is_some_and(|cap| self.calls >= cap) {
            return Err(OverCap::Calls);
        }
        if let Some(cap) = self.config.max_calls_per_second {
            while self.begun.front().is_some_and(|begun| now.duration_since(*begun) >= Duration::from_secs(1)) {
                self.begun.pop_front();
            }
            if self.begun.len() >= cap as usize {
                return Err(OverCap::Rate);
            }
            self.begun.push_back(now);
        }
        self.calls += 1;
        Ok(())
    }

    pub(crate) fn release(&mut self) {
        self.calls = self.calls.saturating_sub(1);
    }

    pub(crate) fn credentials_for(&self, realm: &str) -> Option<&Credentials> {
        self.config.credentials.as_ref().filter(|own| own.realm.as_deref().is_none_or(|own| own == realm))
    }

    /// The count of the next use of a nonce (RFC 7616 §3.4: it grows with every request).
    pub(crate) fn next_use(&mut self, nonce: &str) -> u32 {
        if let Some((_, count)) = self.nonces.iter_mut().find(|(have, _)| have == nonce) {
            *count += 1;
            return *count;
        }
        if self.nonces.len() >= NONCES_KEPT {
            self.nonces.pop_front();
        }
        self.nonces.push_back((nonce.to_owned(), 1));
        1
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::time::{Duration, Instant};

    use super::{OverCap, Trunk};
    use crate::config::TrunkConfig;

    #[test]
    fn caps_count_calls_and_seconds() {
        let mut config = TrunkConfig::new("t");
        config.max_calls = Some(3);
        config.max_calls_per_second = Some(2);
        let (mut trunk, now) = (Trunk::new(config), Instant::now());
        let ms = Duration::from_millis;
        assert_eq!(trunk.admit(now), Ok(()));
        assert_eq!(trunk.admit(now + ms(900)), Ok(()));
        assert_eq!(trunk.admit(now + ms(999)), Err(OverCap::Rate));
        assert_eq!(trunk.admit(now + ms(1_000)), Ok(()));
        assert_eq!(trunk.admit(now + ms(5_000)), Err(OverCap::Calls));
        trunk.release();
        assert_eq!(trunk.admit(now + ms(5_000)), Ok(()));
    }

    #[test]
    fn the_longest_prefix_wins() {
        let mut config = TrunkConfig::new("t");
        config.allow = vec!["10.0.0.0/8".parse().unwrap(), "10.1.0.0/16".parse().unwrap()];
        let mut trunk = Trunk::new(config);
        trunk.peers = vec!["192.0.2.1:5060".parse().unwrap()];
        assert_eq!(trunk.fits("10.1.2.3".parse().unwrap()), Some(16));
        assert_eq!(trunk.fits("192.0.2.1".parse().unwrap()), Some(32));
        assert_eq!(trunk.fits("192.0.2.2".parse().unwrap()), None);
    }

    #[test]
    fn nonces_count_up_and_are_forgotten() {
        let mut trunk = Trunk::new(TrunkConfig::new("t"));
        assert_eq!((trunk.next_use("a"), trunk.next_use("a"), trunk.next_use("b")), (1, 2, 1));
        for number in 0..100 {
            trunk.next_use(&number.to_string());
        }
        assert_eq!(trunk.nonces.len(), 64);
    }
}
