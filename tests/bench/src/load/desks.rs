//! Many desks: connected, and then speaking or silent.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use cordboard_media::g711::Law;
use cordboard_media::opus_codec::{Encoder, EncoderSettings};
use cordboard_media::tone::Tone;
use cordboard_relay::Codec;

use super::{Load, desk::Desk};
use crate::relay::child::RelayProcess;

/// How long connecting may take, also where the relay runs fifty times slower under an instruction counter.
const CONNECTING: Duration = Duration::from_secs(60);

/// Connects a desk for each id, waits until all are up, and lets them live.
pub fn start(relay: &RelayProcess, ids: impl Iterator<Item = u64>, codec: Codec, speaks: bool) -> Result<Load> {
    let desks: Result<Vec<Desk>> = ids
        .map(|id| {
            let (mut desk, offer) = Desk::offer(codec)?;
            desk.answered(&relay.open_desk(id, offer)?)?;
            Ok(desk)
        })
        .collect();
    let mut desks = desks?;
    let began = Instant::now();
    while !desks.iter().all(Desk::is_connected) {
        ensure!(began.elapsed() < CONNECTING, "the desks do not connect");
        let now = Instant::now();
        desks.iter_mut().try_for_each(|desk| desk.live(now))?;
        std::thread::sleep(Duration::from_millis(1));
    }
    live(desks, codec, speaks)
}

/// Lets connected, or connecting, desks live.
pub fn live(desks: Vec<Desk>, codec: Codec, speaks: bool) -> Result<Load> {
    Ok(Load::start("desks", move |stopped| {
        if let Err(error) = run(desks, codec, speaks, stopped) {
            eprintln!("the desks ended: {error:#}");
        }
    })?)
}

/// Spreads the desks over the 20 ms.
fn run(mut desks: Vec<Desk>, codec: Codec, speaks: bool, stopped: &AtomicBool) -> Result<()> {
    let (rate, pt) = if codec == Codec::Opus { (16_000, 111) } else { (8_000, 8) };
    let mut encoder = Encoder::new(&EncoderSettings::speech(16_000))?;
    let mut tone = Tone::sine(440.0, -14.0, rate);
    let (mut pcm, mut payload) = (vec![0; rate as usize / 50], [0; 1_275]);
    let start = Instant::now();
    let count = desks.len().max(1) as u32;
    for step in 0_u32.. {
        // One encoding for all: the relay decodes each for itself.
        tone.fill(&mut pcm);
        let length = match codec {
            Codec::Opus => encoder.encode(&pcm, &mut payload)?,
            _ => Law::A.encode_slice(&pcm, &mut payload),
        };
        for (index, desk) in desks.iter_mut().enumerate() {
            let due = start + Duration::from_millis(20) * step + Duration::from_millis(20) * index as u32 / count;
            let left = due.saturating_duration_since(Instant::now());
            if left > Duration::from_micros(200) {
                std::thread::sleep(left);
            }
            if stopped.load(Ordering::Relaxed) {
                return Ok(());
            }
            let now = Instant::now();
            desk.live(now)?;
            desk.heard.clear();
            if speaks {
                desk.speak(now, pt, step * codec.units_per_20_ms(), &payload[..length])?;
            }
        }
    }
    Ok(())
}
