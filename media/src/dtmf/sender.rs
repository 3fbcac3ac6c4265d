//! The schedule of packets that a pressed key becomes.

use super::{EventPayload, event_of};

/// Keys that may wait to be sent; a full queue refuses, see [`QueueFull`].
const QUEUED: usize = 32;
/// How long a key is down.
const PRESS_US: u64 = 160_000;
/// How long it is up before the next, at least.
const GAP_US: u64 = 50_000;
/// How often the press is reported while it lasts.
const INTERVAL_US: u64 = 20_000;
/// How often its end is reported (RFC 4733 §2.5.1.4).
const END_PACKETS: u8 = 3;
/// −10 dBm0, the usual level of a key.
const VOLUME: u8 = 10;

/// Says that 32 keys are waiting already, or that the character is no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum QueueFull {
    /// Too many keys wait to be sent.
    #[error("too many keys are waiting to be sent")]
    Full,
    /// The character is none of `0`–`9`, `*`, `#`, `A`–`D`.
    #[error("{0:?} is not a key")]
    NotAKey(char),
}

/// One telephone-event packet to send now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventPacket {
    /// The payload.
    pub payload: EventPayload,
    /// Whether it is the first of its key, which the RTP marker says.
    pub marker: bool,
    /// When its key went down: the RTP timestamp of all its packets is the line's at this moment.
    pub pressed_at_us: u64,
}

/// Sends keys one after the other: 160 ms each, reported every 20 ms, three end packets, 50 ms between.
///
/// Call [`Sender::poll`] at every tick until it returns `None`; no sound should be sent while
/// [`Sender::is_pressing`].
#[derive(Debug, Clone)]
pub struct Sender {
    clock_hz: u32,
    queue: [u8; QUEUED],
    first: usize,
    waiting: usize,
    state: State,
}

#[derive(Debug, Clone, Copy)]
enum State {
    /// Nothing is down; the next key may go down at this time.
    Up { free_at_us: u64 },
    /// A key is down since `since_us` and was last reported at `reported_us`.
    Down { event: u8, since_us: u64, reported_us: u64 },
    /// The key has been let go, with `left` of its end packets still to send.
    Ending { event: u8, since_us: u64, duration: u16, left: u8, ended_us: u64 },
}

impl Sender {
    /// Makes a sender for a stream whose telephone events run at `clock_hz` (8000 as a rule).
    #[must_use]
    pub fn new(clock_hz: u32) -> Self {
        Self { clock_hz, queue: [0; QUEUED], first: 0, waiting: 0, state: State::Up { free_at_us: 0 } }
    }

    /// Puts a key behind those that wait.
    ///
    /// # Errors
    /// [`QueueFull`] if too many wait or the character is no key.
    pub fn queue(&mut self, digit: char) -> Result<(), QueueFull> {
        let event = event_of(digit).ok_or(QueueFull::NotAKey(digit))?;
        if self.waiting == QUEUED {
            return Err(QueueFull::Full);
        }
        self.queue[(self.first + self.waiting) % QUEUED] = event;
        self.waiting += 1;
        Ok(())
    }

    /// Whether a key is down, so that sound should pause.
    #[must_use]
    pub const fn is_pressing(&self) -> bool {
        !matches!(self.state, State::Up { .. })
    }

    /// Whether nothing is down and nothing waits.
    #[must_use]
    pub const fn is_idle(&self) -> bool {
        !self.is_pressing() && self.waiting == 0
    }

    /// The next packet due at `now_us`, if one is; call again until it returns `None`.
    pub fn poll(&mut self, now_us: u64) -> Option<EventPacket> {
        match self.state {
            State::Up { free_at_us } => {
                if self.waiting == 0 || now_us < free_at_us {
                    return None;
                }
                let event = self.queue[self.first];
                self.first = (self.first + 1) % QUEUED;
                self.waiting -= 1;
                self.state = State::Down { event, since_us: now_us, reported_us: now_us };
                Some(packet(event, false, self.units(INTERVAL_US), true, now_us))
            }
            State::Down { event, since_us, reported_us } => {
                let down_us = now_us.saturating_sub(since_us);
                if down_us >= PRESS_US {
                    let duration = self.units(down_us);
                    self.state = State::Ending { event, since_us, duration, left: END_PACKETS, ended_us: now_us };
                    return self.poll(now_us);
                }
                if now_us.saturating_sub(reported_us) < INTERVAL_US {
                    return None;
                }
                self.state = State::Down { event, since_us, reported_us: now_us };
                Some(packet(event, false, self.units(down_us + INTERVAL_US), false, since_us))
            }
            State::Ending { event, since_us, duration, left, ended_us } => {
                self.state = if left > 1 {
                    State::Ending { event, since_us, duration, left: left - 1, ended_us }
                } else {
                    State::Up { free_at_us: ended_us.saturating_add(GAP_US) }
                };
                Some(packet(event, true, duration, false, since_us))
            }
        }
    }

    fn units(&self, span_us: u64) -> u16 {
        let units = u128::from(span_us) * u128::from(self.clock_hz) / 1_000_000;
        u16::try_from(units).unwrap_or(u16::MAX)
    }
}

const fn packet(event: u8, end: bool, duration: u16, marker: bool, pressed_at_us: u64) -> EventPacket {
    EventPacket { payload: EventPayload { event, end, volume: VOLUME, duration }, marker, pressed_at_us }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::dtmf::Receiver;
    use crate::rtp::RtpHeader;

    fn run(sender: &mut Sender, from_us: u64, to_us: u64, step_us: u64) -> Vec<(u64, EventPacket)> {
        let mut packets = Vec::new();
        let mut now_us = from_us;
        while now_us < to_us {
            while let Some(packet) = sender.poll(now_us) {
                packets.push((now_us, packet));
            }
            now_us += step_us;
        }
        packets
    }

    #[test]
    fn one_key_is_eight_reports_and_three_ends() {
        let mut sender = Sender::new(8_000);
        sender.queue('#').unwrap();
        let packets = run(&mut sender, 1_000_000, 1_400_000, 20_000);
        let durations: Vec<u16> = packets.iter().map(|(_, packet)| packet.payload.duration).collect();
        assert_eq!(durations, [160, 320, 480, 640, 800, 960, 1120, 1280, 1280, 1280, 1280]);
        let ends: Vec<bool> = packets.iter().map(|(_, packet)| packet.payload.end).collect();
        assert_eq!(ends[..8], [false; 8]);
        assert_eq!(ends[8..], [true; 3]);
        assert!(packets.iter().all(|(_, packet)| packet.pressed_at_us == 1_000_000 && packet.payload.event == 11));
        assert_eq!(packets.iter().filter(|(_, packet)| packet.marker).count(), 1);
        assert!(sender.is_idle());
    }

    #[test]
    fn keys_are_apart_and_in_order_at_any_tick() {
        for step_us in [1_000, 10_000, 20_000, 33_000] {
            let mut sender = Sender::new(8_000);
            "12*D".chars().for_each(|digit| sender.queue(digit).unwrap());
            let packets = run(&mut sender, 0, 2_000_000, step_us);
            let mut receiver = Receiver::new();
            let heard: String = packets
                .iter()
                .enumerate()
                .filter_map(|(index, (_, packet))| {
                    let header = RtpHeader {
                        sequence: index as u16,
                        timestamp: (packet.pressed_at_us / 125) as u32,
                        marker: packet.marker,
                        ..RtpHeader::default()
                    };
                    receiver.receive(&header, &packet.payload.to_bytes())
                })
                .collect();
            assert_eq!(heard, "12*D");
            let presses: Vec<u64> = packets.iter().filter(|(_, packet)| packet.marker).map(|(at, _)| *at).collect();
            assert!(presses.windows(2).all(|pair| pair[1] - pair[0] >= PRESS_US + GAP_US), "{presses:?}");
        }
    }

    #[test]
    fn a_full_queue_refuses() {
        let mut sender = Sender::new(8_000);
        (0..QUEUED).for_each(|_| sender.queue('1').unwrap());
        assert_eq!(sender.queue('1'), Err(QueueFull::Full));
        assert_eq!(sender.queue('x'), Err(QueueFull::NotAKey('x')));
    }

    #[test]
    fn a_stalled_ticker_ends_the_key_with_its_true_length() {
        let mut sender = Sender::new(48_000);
        sender.queue('7').unwrap();
        assert!(sender.poll(0).is_some());
        let end = sender.poll(60_000_000).unwrap();
        assert!(end.payload.end);
        assert_eq!(end.payload.duration, u16::MAX);
    }
}
