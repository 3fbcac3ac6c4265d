//! Hands out pairs of UDP ports for trunk legs: an even one for RTP and its neighbour for RTCP (RFC 3550 §11).

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;

use socket2::{Domain, Protocol, Socket, Type};

/// The two sockets of a leg, non-blocking.
#[derive(Debug)]
pub(crate) struct PortPair {
    pub rtp: std::net::UdpSocket,
    pub rtcp: std::net::UdpSocket,
    pub addr: SocketAddr,
}

/// The range, walked round so that a port just given back is not given out at once.
#[derive(Debug)]
pub(crate) struct Ports {
    ip: IpAddr,
    first_even: u32,
    pairs: u32,
    next: u32,
    range: RangeInclusive<u16>,
}

impl Ports {
    /// `None` if the range holds no pair.
    pub fn new(ip: IpAddr, range: RangeInclusive<u16>) -> Option<Self> {
        let first_even = u32::from(*range.start()).next_multiple_of(2).max(2);
        let pairs = (u32::from(*range.end()) + 1).saturating_sub(first_even) / 2;
        // Not always the first: far sides of calls that an earlier process lost may still send to the ports it gave.
        let chance = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), std::process::id());
        let next = u32::try_from(chance % u64::from(pairs.max(1))).unwrap_or(0);
        (pairs > 0).then_some(Self { ip, first_even, pairs, next, range })
    }

    pub fn range(&self) -> (u16, u16) {
        (*self.range.start(), *self.range.end())
    }

    /// Binds the next free pair; `None` if all are taken.
    pub fn take(&mut self) -> Option<PortPair> {
        for _ in 0..self.pairs {
            let port = self.first_even + 2 * self.next;
            self.next = (self.next + 1) % self.pairs;
            let Ok(port) = u16::try_from(port) else { continue };
            if let (Ok(rtp), Ok(rtcp)) = (bind(self.ip, port, None), bind(self.ip, port + 1, Some(SMALLEST))) {
                return Some(PortPair { rtp, rtcp, addr: SocketAddr::new(self.ip, port) });
            }
        }
        None
    }
}

/// RTCP is not read: what arrives should hold as little of the kernel's memory as it lets us ask for.
const SMALLEST: usize = 1;

/// A non-blocking UDP socket; the system bounds what is asked for as its receive buffer.
pub(crate) fn bind(ip: IpAddr, port: u16, receive_bytes: Option<usize>) -> std::io::Result<std::net::UdpSocket> {
    let addr = SocketAddr::new(ip, port);
    let socket = Socket::new(Domain::for_address(addr), Type::DGRAM, Some(Protocol::UDP))?;
    socket.set_nonblocking(true)?;
    if let Some(bytes) = receive_bytes {
        // A wish; the socket works without it.
        let _ = socket.set_recv_buffer_size(bytes);
    }
    socket.bind(&addr.into())?;
    Ok(socket.into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_even_and_run_out() {
        let ip = IpAddr::from([127, 0, 0, 1]);
        assert!(Ports::new(ip, 31_001..=31_002).is_none());
        let mut ports = Ports::new(ip, 31_001..=31_006).unwrap();
        let taken: Vec<_> = std::iter::from_fn(|| ports.take()).collect();
        assert!(taken.len() <= 2 && taken.iter().all(|pair| pair.addr.port() % 2 == 0));
        assert!(ports.take().is_none());
    }
}
