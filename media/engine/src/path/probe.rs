//! A probe of the network: numbered packets go up, the gateway sends them back, and nothing of it is played.

use std::time::{Duration, Instant};

use crate::downlink::ReceivedPacket;

/// Marks a packet as a probe's; no codec's silence looks like it.
const MARK: [u8; 4] = *b"CbPr";
/// As long as 20 ms of G.711, so that the network treats it alike.
const PAYLOAD_BYTES: usize = 160;
/// G.711 A-law silence, in case anybody should play it all the same.
const FILLING: u8 = 0xd5;

/// What a probe of the way to the gateway and back found.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct PathProbe {
    /// Packets sent.
    pub sent: u32,
    /// How many of them came back.
    pub came_back: u32,
    /// There and back, the median, milliseconds.
    pub round_trip_ms: Option<f32>,
    /// Interarrival jitter of what came back, both ways together, milliseconds (RFC 3550 §6.4.1).
    pub jitter_ms: f32,
}

/// The packets that are out.
#[derive(Debug)]
pub(super) struct Echoes {
    sent: Vec<Instant>,
    round_trips: Vec<Option<Duration>>,
    last_transit_s: Option<f64>,
    jitter_s: f64,
}

impl Echoes {
    pub(super) fn new(packets: usize) -> Echoes {
        Echoes {
            sent: Vec::with_capacity(packets),
            round_trips: Vec::with_capacity(packets),
            last_transit_s: None,
            jitter_s: 0.0,
        }
    }

    /// Returns the payload of the next packet, which is sent `now`.
    pub(super) fn next(&mut self, now: Instant) -> [u8; PAYLOAD_BYTES] {
        let mut payload = [FILLING; PAYLOAD_BYTES];
        payload[..4].copy_from_slice(&MARK);
        payload[4..8].copy_from_slice(&u32::try_from(self.sent.len()).unwrap_or(u32::MAX).to_be_bytes());
        self.sent.push(now);
        self.round_trips.push(None);
        payload
    }

    /// Takes what arrived; what is no probe's, and what came twice, is nothing to it.
    pub(super) fn arrived(&mut self, packet: &ReceivedPacket) {
        let Some(number) = numbered(&packet.payload) else { return };
        let (Some(sent), Some(round_trip)) = (self.sent.get(number), self.round_trips.get_mut(number)) else { return };
        if round_trip.is_some() {
            return;
        }
        let transit = packet.arrival.saturating_duration_since(*sent);
        *round_trip = Some(transit);
        let transit_s = transit.as_secs_f64();
        if let Some(last_s) = self.last_transit_s.replace(transit_s) {
            self.jitter_s += ((transit_s - last_s).abs() - self.jitter_s) / 16.0;
        }
    }

    /// Says what was found.
    pub(super) fn found(&self) -> PathProbe {
        let mut round_trips: Vec<Duration> = self.round_trips.iter().flatten().copied().collect();
        round_trips.sort_unstable();
        PathProbe {
            sent: u32::try_from(self.sent.len()).unwrap_or(u32::MAX),
            came_back: u32::try_from(round_trips.len()).unwrap_or(u32::MAX),
            round_trip_ms: round_trips.get(round_trips.len() / 2).map(|median| median.as_secs_f32() * 1_000.0),
            jitter_ms: (self.jitter_s * 1_000.0) as f32,
        }
    }
}

fn numbered(payload: &[u8]) -> Option<usize> {
    let number = payload.strip_prefix(&MARK)?.first_chunk::<4>()?;
    usize::try_from(u32::from_be_bytes(*number)).ok()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use cordboard_media::rtp::RtpHeader;

    use super::*;

    #[test]
    fn what_comes_back_is_counted_once_and_timed() {
        let (mut echoes, start) = (Echoes::new(10), Instant::now());
        let header = RtpHeader { payload_type: 8, marker: false, sequence: 0, timestamp: 0, ssrc: 1 };
        for n in 0..10_u32 {
            let at = start + Duration::from_millis(20) * n;
            let payload = Bytes::copy_from_slice(&echoes.next(at));
            let back = at + Duration::from_millis(if n % 2 == 0 { 30 } else { 50 });
            let packet = ReceivedPacket { arrival: back, header, payload };
            if n != 4 {
                echoes.arrived(&packet);
                echoes.arrived(&packet);
            }
        }
        echoes.arrived(&ReceivedPacket { arrival: start, header, payload: Bytes::from_static(&[0xd5; 160]) });
        let found = echoes.found();
        assert_eq!((found.sent, found.came_back), (10, 9));
        assert_eq!(found.round_trip_ms, Some(50.0));
        assert!((5.0..20.0).contains(&found.jitter_ms), "{found:?}");
        assert_eq!(Echoes::new(1).found(), PathProbe::default());
    }
}
