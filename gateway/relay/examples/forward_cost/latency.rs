//! How long a packet takes through the gateway, beside what the machine takes between two sockets by itself.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use cordboard_media::rtp::RtpHeader;
use cordboard_relay::{Codec, EndpointId, Relay, Remote};

/// Microseconds: median, 99th percentile, longest.
#[derive(Debug, Clone, Copy)]
pub struct Spread {
    pub median: u128,
    pub p99: u128,
    pub longest: u128,
}

/// Two legs to be bridged by the caller.
pub struct Probe {
    mouth: UdpSocket,
    ear: UdpSocket,
    leg: SocketAddr,
}

impl Probe {
    pub fn new(relay: &Relay, from: u64, to: u64) -> Self {
        let open = |id: u64| {
            let leg = relay.open_trunk(EndpointId(id), false).unwrap();
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            socket.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
            let addr = socket.local_addr().unwrap();
            let remote = Remote { addr, codec: Codec::Pcma, pt: 8, dtmf_pt: None, ptime_ms: 20, may_send: true };
            relay.set_remote(EndpointId(id), remote).unwrap();
            (socket, leg)
        };
        let ((mouth, leg), (ear, _)) = (open(from), open(to));
        Self { mouth, ear, leg }
    }

    /// Through the gateway.
    pub fn through(&self, span: Duration) -> Spread {
        self.run(span, self.leg)
    }

    /// From socket to socket.
    pub fn beside(&self, span: Duration) -> Spread {
        self.run(span, self.ear.local_addr().unwrap())
    }

    fn run(&self, span: Duration, to: SocketAddr) -> Spread {
        let start = Instant::now();
        let mut took = Vec::new();
        let (mut packet, mut got) = ([0; 172], [0; 2_048]);
        for tick in 0_u32.. {
            let due = Duration::from_millis(20) * tick;
            if due >= span {
                break;
            }
            std::thread::sleep(due.saturating_sub(start.elapsed()));
            let header =
                RtpHeader { payload_type: 8, sequence: tick as u16, timestamp: tick * 160, ssrc: 1, marker: false };
            let mut payload = [0x55; 160];
            payload[..4].copy_from_slice(&tick.to_be_bytes());
            header.write_packet(&payload, &mut packet).unwrap();
            let sent = Instant::now();
            self.mouth.send_to(&packet, to).unwrap();
            // Other packets, of silence that keeps the way open, or late ones, are passed over.
            while let Ok((length, _)) = self.ear.recv_from(&mut got) {
                if got.get(12..16) == Some(&tick.to_be_bytes()) && length == 172 {
                    took.push(sent.elapsed().as_micros());
                    break;
                }
            }
        }
        took.sort_unstable();
        let at = |share: usize| took.get((took.len() * share / 100).min(took.len() - 1)).copied().unwrap_or(0);
        Spread { median: at(50), p99: at(99), longest: at(100) }
    }
}
