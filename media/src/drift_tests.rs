//! Two simulated clocks, a tone between them, and a listener who would notice a click.

#![allow(clippy::unwrap_used)]

use std::collections::VecDeque;

use super::DriftControl;
use crate::tone::Tone;
use crate::varispeed::Varispeed;

const TARGET_MS: f64 = 16.0;
const HZ: u32 = 48_000;
const TONE_HZ: f64 = 997.0;

/// What became of a minute of sound.
struct Minute {
    /// What there is to play right after each block was put in, milliseconds.
    levels_ms: Vec<f64>,
    played: Vec<i16>,
    /// When sound was missing last, seconds.
    last_dry_s: f64,
}

/// Plays a tone made in blocks of 10 ms by one clock through a buffer emptied in blocks of 10 ms by another, which
/// is off by `drift_ppm`; blocks come and go up to `jitter_ms` late.
fn a_minute(drift_ppm: f64, jitter_ms: f64) -> Minute {
    let (mut varispeed, mut control) = (Varispeed::new(16_000, HZ).unwrap(), DriftControl::new(TARGET_MS));
    let mut tone = Tone::sine(TONE_HZ as f32, -12.0, 16_000);
    let mut buffer: VecDeque<i16> = std::iter::repeat_n(0, 480).collect();
    let mut random = 0x9e37_79b9_u32;
    let mut late = move || {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        f64::from(random >> 8) / f64::from(1 << 24) * jitter_ms / 1_000.0
    };
    let period_s = 0.01 / (1.0 + drift_ppm / 1e6);
    let (mut next_made, mut next_played, mut last_played_s) = ((0_u32, 0.0), (0_u32, 0.004), 0.0);
    let mut minute = Minute { levels_ms: vec![], played: vec![], last_dry_s: 0.0 };
    while next_made.1 < 60.0 {
        if next_made.1 <= next_played.1 {
            let (mut block, mut room) = ([0; 160], [0; 600]);
            tone.fill(&mut block);
            let made = varispeed.process(&block, &mut room);
            buffer.extend(&room[..made]);
            // A device takes in blocks what it plays all the time.
            let level_ms = buffer.len() as f64 / 48.0 - (next_made.1 - last_played_s) * 1_000.0;
            minute.levels_ms.push(level_ms);
            varispeed.set_speed_ppm(control.observe(level_ms, 0.01));
            next_made = (next_made.0 + 1, f64::from(next_made.0 + 1) * 0.01 + late());
        } else {
            if buffer.len() < 480 {
                minute.last_dry_s = next_played.1;
            } else {
                minute.played.extend(buffer.drain(..480));
            }
            last_played_s = next_played.1;
            next_played = (next_played.0 + 1, 0.004 + f64::from(next_played.0 + 1) * period_s + late());
        }
    }
    minute
}

fn worst_break(samples: &[i16]) -> f64 {
    let ahead = 2.0 * (std::f64::consts::TAU * TONE_HZ / f64::from(HZ)).cos();
    let off = |w: &[i16]| (f64::from(w[2]) - ahead * f64::from(w[1]) + f64::from(w[0])).abs();
    samples.windows(3).map(off).fold(0.0, f64::max) / 11_600.0
}

#[test]
fn clocks_that_differ_are_kept_together_without_a_click() {
    for drift_ppm in [-300.0, -100.0, 0.0, 100.0, 300.0] {
        for jitter_ms in [0.0, 3.0] {
            let minute = a_minute(drift_ppm, jitter_ms);
            // Uncontrolled, 300 ppm are 12 ms in the 40 s looked at here.
            let settled = &minute.levels_ms[2_000..];
            let mean = settled.iter().sum::<f64>() / settled.len() as f64;
            assert!((mean - TARGET_MS).abs() < 0.5, "{drift_ppm} ppm, {jitter_ms} ms: mean {mean}");
            for second in settled.chunks(100) {
                let mean = second.iter().sum::<f64>() / second.len() as f64;
                assert!((mean - TARGET_MS).abs() < 1.5, "{drift_ppm} ppm, {jitter_ms} ms: {mean}");
            }
            assert!(minute.last_dry_s < 1.0, "{drift_ppm} ppm, {jitter_ms} ms: dry at {} s", minute.last_dry_s);
            let heard = worst_break(&minute.played[HZ as usize..]);
            assert!(heard < 0.002, "{drift_ppm} ppm, {jitter_ms} ms: a break of {heard}");
        }
    }
}

#[test]
fn a_listener_would_notice_a_click() {
    let mut played = a_minute(0.0, 0.0).played;
    played.remove(100_000);
    assert!(worst_break(&played[HZ as usize..]) > 0.01);
}

#[test]
fn a_level_far_off_is_approached_at_a_speed_nobody_hears() {
    let mut control = DriftControl::new(20.0);
    assert!((control.observe(500.0, 0.01) - 2_000.0).abs() < 1.0);
    control.jumped();
    assert!((control.observe(0.0, 0.01) + 2_000.0).abs() < 1.0);
    control.jumped();
    assert!(control.observe(20.0, 0.01).abs() < 1.0);
}
