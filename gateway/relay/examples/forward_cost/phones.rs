//! Plain RTP legs that speak and throw away what they hear, all on one thread.

use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cordboard_media::g711::Law;
use cordboard_media::rtp::RtpHeader;
use cordboard_media::tone::Tone;
use cordboard_relay::{Codec, EndpointId, Relay, Remote};

pub struct Load {
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Load {
    pub fn start(relay: &Relay, ids: impl Iterator<Item = u64>, speaks: bool) -> Self {
        let phones: Vec<(UdpSocket, SocketAddr)> = ids
            .map(|id| {
                let leg = relay.open_trunk(EndpointId(id), false).unwrap();
                let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
                socket.set_nonblocking(true).unwrap();
                let addr = socket.local_addr().unwrap();
                let remote =
                    Remote { addr, codec: Codec::Pcma, pt: 8, dtmf_pt: Some(101), ptime_ms: 20, may_send: true };
                relay.set_remote(EndpointId(id), remote).unwrap();
                (socket, leg)
            })
            .collect();
        let stop = Arc::new(AtomicBool::new(false));
        let stopped = Arc::clone(&stop);
        let thread = std::thread::spawn(move || run(&phones, speaks, &stopped));
        Self { stop, thread: Some(thread) }
    }
}

impl Drop for Load {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

/// Spreads the phones over the 20 ms, as calls that began at random do.
fn run(phones: &[(UdpSocket, SocketAddr)], speaks: bool, stopped: &AtomicBool) {
    if phones.is_empty() {
        return;
    }
    let mut tone = Tone::sine(440.0, -14.0, 8_000);
    let (mut pcm, mut payload, mut packet, mut trash) = ([0; 160], [0; 160], [0; 172], [0; 2_048]);
    tone.fill(&mut pcm);
    Law::A.encode_slice(&pcm, &mut payload);
    let start = Instant::now();
    let mut header = RtpHeader { payload_type: 8, ..RtpHeader::default() };
    for step in 0_u64.. {
        for (index, (socket, leg)) in phones.iter().enumerate() {
            let due = start
                + Duration::from_millis(20 * step)
                + Duration::from_millis(20) * index as u32 / phones.len() as u32;
            let left = due.saturating_duration_since(Instant::now());
            if left > Duration::from_micros(200) {
                std::thread::sleep(left);
            }
            if stopped.load(Ordering::Relaxed) {
                return;
            }
            header.ssrc = index as u32;
            header.sequence = step as u16;
            header.timestamp = step as u32 * 160;
            if speaks {
                header.write_packet(&payload, &mut packet).unwrap();
                let _ = socket.send_to(&packet, leg);
            }
            while socket.recv_from(&mut trash).is_ok() {}
        }
    }
}
