//! Plain RTP legs that speak A-law and throw away what they hear.

use std::net::{SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::Result;
use cordboard_media::g711::Law;
use cordboard_media::rtp::RtpHeader;
use cordboard_media::tone::Tone;

use super::Load;
use crate::relay::child::RelayProcess;

/// Opens a leg for each id and speaks on it, or only listens.
pub fn start(relay: &RelayProcess, ids: impl Iterator<Item = u64>, speaks: bool) -> Result<Load> {
    let phones: Result<Vec<(UdpSocket, SocketAddr)>> = ids
        .map(|id| {
            let socket = UdpSocket::bind("127.0.0.1:0")?;
            socket.set_nonblocking(true)?;
            let leg = relay.open_trunk(id, socket.local_addr()?)?;
            Ok((socket, leg))
        })
        .collect();
    let phones = phones?;
    Ok(Load::start("phones", move |stopped| run(&phones, speaks, stopped))?)
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
            if speaks && let Ok(length) = header.write_packet(&payload, &mut packet) {
                socket.send_to(&packet[..length], leg).ok();
            }
            while socket.recv_from(&mut trash).is_ok() {}
        }
    }
}
