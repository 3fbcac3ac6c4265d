//! A packet's way through a loaded relay, beside its way between two sockets without one.

use std::net::{SocketAddr, UdpSocket};
use std::time::{Duration, Instant};

use anyhow::Result;
use cordboard_media::rtp::RtpHeader;

use super::sound::{SETTLING, Traffic};
use crate::options::Options;
use crate::relay::{Ask, child::RelayProcess};
use crate::row::Row;
use crate::spread::Spread;
use crate::wakeups::Sleeper;

pub const NAME: &str = "a packet's way through the gateway, forwarded";

const FROM: u64 = 2_000_001;
const TO: u64 = 2_000_002;

pub fn measure(options: &Options) -> Result<Vec<Row>> {
    let relay = RelayProcess::start()?;
    let _load = Traffic::Plain.begin(&relay, options.calls)?;
    let (mouth, ear) = (socket()?, socket()?);
    let leg = relay.open_trunk(FROM, mouth.local_addr()?)?;
    relay.open_trunk(TO, ear.local_addr()?)?;
    relay.ask(&Ask::Bridge { one: FROM, other: TO, recorded: false })?;
    std::thread::sleep(SETTLING);
    let span = options.window() * options.rounds as u32;
    let sleeper = Sleeper::start();
    let through = probe(&mouth, &ear, leg, span)?;
    let wakeups = sleeper.words();
    let beside = probe(&mouth, &ear, ear.local_addr()?, span)?;
    let measured = format!(
        "{} beside {} calls; between two sockets alone {}; {wakeups}",
        through.latency(2, "ms"),
        options.calls,
        beside.latency(2, "ms")
    );
    Ok(vec![Row::compared(&format!("{NAME}, p99"), through.at(99), 1.0, "ms", measured)])
}

fn socket() -> Result<UdpSocket> {
    let socket = UdpSocket::bind("127.0.0.1:0")?;
    socket.set_read_timeout(Some(Duration::from_secs(1)))?;
    Ok(socket)
}

/// Sends a packet every 20 ms and waits for it: milliseconds.
fn probe(mouth: &UdpSocket, ear: &UdpSocket, to: SocketAddr, span: Duration) -> Result<Spread> {
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
        header.write_packet(&payload, &mut packet)?;
        let sent = Instant::now();
        mouth.send_to(&packet, to)?;
        // Other packets, of silence that keeps the way open, or late ones, are passed over.
        while let Ok((length, _)) = ear.recv_from(&mut got) {
            if length == packet.len() && got.get(12..16) == Some(&tick.to_be_bytes()) {
                took.push(sent.elapsed().as_secs_f64() * 1e3);
                break;
            }
        }
    }
    Ok(Spread::of(took))
}
