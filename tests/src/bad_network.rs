//! A bad network: a UDP proxy that delays, loses, reorders and duplicates, the same way for the same seed.

use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Result;
use rand::rngs::SmallRng;
use rand::{Rng, SeedableRng};
use tokio::net::UdpSocket;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// What befalls each packet, in both directions alike but where it says otherwise.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Misfortune {
    /// Every packet takes at least this long.
    pub delay: Duration,
    /// And up to this much longer, evenly spread; packets overtake each other where that says so.
    pub jitter: Duration,
    /// Share of packets that never arrive, 0 to 1.
    pub loss: f64,
    /// Share of packets lost besides on the way to the far side.
    pub loss_there: f64,
    /// Share of packets lost besides on the way back.
    pub loss_back: f64,
    /// How many are lost in a row when any is.
    pub burst: u32,
    /// Share of packets that arrive twice.
    pub duplicates: f64,
}

impl Misfortune {
    /// A network that does nothing to a packet.
    pub const NONE: Misfortune = Misfortune {
        delay: Duration::ZERO,
        jitter: Duration::ZERO,
        loss: 0.0,
        burst: 1,
        loss_there: 0.0,
        loss_back: 0.0,
        duplicates: 0.0,
    };
    /// 40 ms of jitter, 3 % loss, reordering, a few duplicates.
    pub const BAD: Misfortune = Misfortune {
        delay: Duration::from_millis(20),
        jitter: Duration::from_millis(40),
        loss: 0.03,
        duplicates: 0.005,
        ..Misfortune::NONE
    };
    /// A tenth of all packets is lost, three in a row each time; the others come with 10 ms of jitter.
    pub const TENTH_IN_THREES: Misfortune = Misfortune {
        delay: Duration::from_millis(20),
        jitter: Duration::from_millis(10),
        loss: 0.1,
        burst: 3,
        ..Misfortune::NONE
    };
    /// Nothing gets through.
    pub const CUT: Misfortune = Misfortune { loss: 1.0, ..Misfortune::NONE };
}

/// The proxy. Whoever sends to `address` reaches the far side, and hears its answers from there.
pub struct BadNetwork {
    /// Where the near side sends to.
    pub address: SocketAddr,
    misfortune: Arc<Mutex<Misfortune>>,
    counts: Arc<Counts>,
    task: JoinHandle<()>,
}

/// What happened so far.
#[derive(Debug, Default)]
pub struct Counts {
    /// Packets that came in.
    pub taken: AtomicU64,
    /// Packets that were lost.
    pub lost: AtomicU64,
    /// Packets that overtook an earlier one.
    pub overtook: AtomicU64,
}

impl BadNetwork {
    /// Opens a way to the far side.
    pub async fn towards(far: SocketAddr, misfortune: Misfortune, seed: u64) -> Result<BadNetwork> {
        let near = Arc::new(UdpSocket::bind((Ipv4Addr::LOCALHOST, crate::places::free_port()?)).await?);
        let address = near.local_addr()?;
        let misfortune = Arc::new(Mutex::new(misfortune));
        let counts = Arc::new(Counts::default());
        let task = tokio::spawn(carry(near, far, Arc::clone(&misfortune), Arc::clone(&counts), seed));
        Ok(BadNetwork { address, misfortune, counts, task })
    }

    /// The weather changes.
    pub fn set(&self, misfortune: Misfortune) {
        *self.misfortune.lock().unwrap_or_else(PoisonError::into_inner) = misfortune;
    }

    /// What happened so far.
    pub fn counts(&self) -> &Counts {
        &self.counts
    }
}

impl Drop for BadNetwork {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Each near side has a socket of its own towards the far side, so that answers find their way back.
async fn carry(
    near: Arc<UdpSocket>,
    far: SocketAddr,
    misfortune: Arc<Mutex<Misfortune>>,
    counts: Arc<Counts>,
    seed: u64,
) {
    let mut ways: HashMap<SocketAddr, (Arc<UdpSocket>, Direction, JoinHandle<()>)> = HashMap::new();
    let mut buffer = vec![0u8; 65_536];
    while let Ok((length, from)) = near.recv_from(&mut buffer).await {
        if !ways.contains_key(&from) {
            let Ok(out) = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).await else { continue };
            let out = Arc::new(out);
            let number = ways.len() as u64 * 2;
            let there = Direction::new(Arc::clone(&out), far, &misfortune, &counts, seed + number, |m| m.loss_there);
            let back =
                Direction::new(Arc::clone(&near), from, &misfortune, &counts, seed + number + 1, |m| m.loss_back);
            let listener = tokio::spawn(answers(Arc::clone(&out), back));
            ways.insert(from, (out, there, listener));
        }
        if let Some((_, there, _)) = ways.get_mut(&from) {
            there.take(&buffer[..length]);
        }
    }
}

async fn answers(out: Arc<UdpSocket>, mut back: Direction) {
    let mut buffer = vec![0u8; 65_536];
    while let Ok((length, _)) = out.recv_from(&mut buffer).await {
        back.take(&buffer[..length]);
    }
}

/// One direction of one way.
struct Direction {
    chance: SmallRng,
    misfortune: Arc<Mutex<Misfortune>>,
    counts: Arc<Counts>,
    queue: tokio::sync::mpsc::UnboundedSender<(Instant, Vec<u8>)>,
    latest: Instant,
    /// What is lost in this direction only.
    of_its_own: fn(&Misfortune) -> f64,
    /// Packets still to be lost of a burst that has begun.
    burst_left: u32,
}

impl Direction {
    fn new(
        socket: Arc<UdpSocket>,
        to: SocketAddr,
        misfortune: &Arc<Mutex<Misfortune>>,
        counts: &Arc<Counts>,
        seed: u64,
        of_its_own: fn(&Misfortune) -> f64,
    ) -> Direction {
        let (queue, packets) = tokio::sync::mpsc::unbounded_channel();
        tokio::spawn(deliver(socket, to, packets));
        Direction {
            chance: SmallRng::seed_from_u64(seed),
            misfortune: Arc::clone(misfortune),
            counts: Arc::clone(counts),
            queue,
            latest: Instant::now(),
            of_its_own,
            burst_left: 0,
        }
    }

    fn take(&mut self, packet: &[u8]) {
        let misfortune = *self.misfortune.lock().unwrap_or_else(PoisonError::into_inner);
        self.counts.taken.fetch_add(1, Ordering::Relaxed);
        // Always the same draws for each packet, so that one change does not shift the fate of all later ones.
        let (lost, twice, late) =
            (self.chance.random::<f64>(), self.chance.random::<f64>(), self.chance.random::<f64>());
        if self.is_lost(misfortune, lost) {
            self.counts.lost.fetch_add(1, Ordering::Relaxed);
            return;
        }
        let due = Instant::now() + misfortune.delay + misfortune.jitter.mul_f64(late);
        if due < self.latest {
            self.counts.overtook.fetch_add(1, Ordering::Relaxed);
        }
        self.latest = self.latest.max(due);
        self.queue.send((due, packet.to_vec())).ok();
        if twice < misfortune.duplicates {
            self.queue.send((due + Duration::from_millis(3), packet.to_vec())).ok();
        }
    }

    fn is_lost(&mut self, misfortune: Misfortune, drawn: f64) -> bool {
        let burst = misfortune.burst.max(1);
        if self.burst_left > 0 {
            self.burst_left -= 1;
            return true;
        }
        // So many begin a burst that the share of all that are lost is right.
        let share = (misfortune.loss + (self.of_its_own)(&misfortune)).min(1.0);
        let begins = share / (share + f64::from(burst) * (1.0 - share));
        let lost = drawn < begins;
        if lost {
            self.burst_left = burst - 1;
        }
        lost
    }
}

async fn deliver(
    socket: Arc<UdpSocket>,
    to: SocketAddr,
    mut packets: tokio::sync::mpsc::UnboundedReceiver<(Instant, Vec<u8>)>,
) {
    let mut waiting: BinaryHeap<Reverse<(Instant, u64, Vec<u8>)>> = BinaryHeap::new();
    let mut number = 0;
    loop {
        let due = waiting.peek().map(|Reverse((due, _, _))| *due);
        tokio::select! {
            packet = packets.recv() => match packet {
                Some((due, packet)) => {
                    number += 1;
                    waiting.push(Reverse((due, number, packet)));
                }
                None => return,
            },
            () = tokio::time::sleep_until(due.unwrap_or_else(Instant::now)), if due.is_some() => {
                if let Some(Reverse((_, _, packet))) = waiting.pop() {
                    socket.send_to(&packet, to).await.ok();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
    use super::*;

    async fn fate(seed: u64) -> (Vec<u16>, u64) {
        let far = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        let network = BadNetwork::towards(far.local_addr().unwrap(), Misfortune::BAD, seed).await.unwrap();
        let near = UdpSocket::bind("127.0.0.1:0").await.unwrap();
        for number in 0..500u16 {
            near.send_to(&number.to_be_bytes(), network.address).await.unwrap();
            if number % 20 == 0 {
                tokio::task::yield_now().await;
            }
        }
        let mut arrived = Vec::new();
        let mut buffer = [0u8; 16];
        while let Ok(Ok((2, from))) = tokio::time::timeout(Duration::from_millis(300), far.recv_from(&mut buffer)).await
        {
            arrived.push(u16::from_be_bytes([buffer[0], buffer[1]]));
            far.send_to(b"heard", from).await.unwrap();
        }
        let (length, from) = near.recv_from(&mut buffer).await.unwrap();
        assert_eq!((&buffer[..length], from), (&b"heard"[..], network.address));
        (arrived, network.counts().lost.load(Ordering::Relaxed))
    }

    #[tokio::test]
    async fn the_same_seed_loses_the_same_packets() {
        let (mut one, _) = fate(5).await;
        let (mut other, _) = fate(5).await;
        assert!(one.windows(2).any(|pair| pair[0] > pair[1]), "some packet overtook another");
        one.sort_unstable();
        other.sort_unstable();
        assert_eq!(one, other);
        let different = one.windows(2).filter(|pair| pair[0] == pair[1]).count();
        assert!((470..500).contains(&(one.len() - different)), "about 3 % are lost: {}", one.len());
    }
}
