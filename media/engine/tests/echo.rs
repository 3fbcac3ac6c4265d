//! What the loudspeaker plays comes back through a room into the microphone and is taken out; what the agent says
//! into it is kept.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)]

#[allow(dead_code)]
#[path = "heard/listen.rs"]
mod listen;
#[path = "simulated/room.rs"]
mod room;

use cordboard_engine::Cleaning;
use cordboard_media::level::rms_dbfs;
use listen::speech;
use room::{FRAME, HZ, clean, in_the_room, with_noise};

/// How alike two voices are to an ear, which hears how strong each pitch is at each moment and not the wave's shape:
/// 1 is the same words, 0 others.
fn alike(said: &[i16], heard: &[i16]) -> f64 {
    let (said, heard) = (picture(said), picture(heard));
    let likeness = |lag: usize| {
        let pairs = || said.iter().zip(&heard[lag.min(heard.len())..]).flat_map(|(a, b)| a.iter().zip(b));
        let count = pairs().count() as f64;
        let mean = pairs().fold((0.0, 0.0), |sum, (a, b)| (sum.0 + a / count, sum.1 + b / count));
        let (mut both, mut own, mut other) = (0.0, 1e-9, 1e-9);
        for (a, b) in pairs() {
            both += (a - mean.0) * (b - mean.1);
            own += (a - mean.0).powi(2);
            other += (b - mean.1).powi(2);
        }
        both / (own * other).sqrt()
    };
    (0..8).map(likeness).fold(0.0, f64::max)
}

/// The strength, in decibels above what is hardly heard, of 20 pitches every 10 ms.
fn picture(samples: &[i16]) -> Vec<[f64; 20]> {
    let frame = |start: usize| {
        std::array::from_fn(|band| {
            let hz = 150.0 * 1.18_f64.powi(band as i32);
            let ahead = 2.0 * (std::f64::consts::TAU * hz / HZ as f64).cos();
            let (mut last, mut before) = (0.0, 0.0);
            for sample in &samples[start..start + 2 * FRAME] {
                (last, before) = (f64::from(*sample) + ahead * last - before, last);
            }
            let power = (last * last + before * before - ahead * last * before).max(1.0);
            10.0 * power.log10().max(8.0)
        })
    };
    (0..samples.len() / FRAME - 1).map(|n| frame(n * FRAME)).collect()
}

#[test]
fn the_caller_does_not_hear_himself() {
    let caller = speech(21, 12.0, HZ as u32);
    let mut heard = in_the_room(1, &caller);
    with_noise(&mut heard);
    let echo_only = Cleaning { echo: true, ..Cleaning::NONE };
    for cleaning in [echo_only, Cleaning { noise: true, ..echo_only }] {
        let sent = clean(cleaning, &caller, &heard);
        for second in 3..12 {
            let stretch = second * HZ..(second + 1) * HZ;
            let (before, after) = (rms_dbfs(&heard[stretch.clone()]), rms_dbfs(&sent[stretch]));
            eprintln!("{cleaning:?} second {second}: {before:.1} to {after:.1} dBFS, ERLE {:.1} dB", before - after);
        }
        let (before, after) = (rms_dbfs(&heard[3 * HZ..]), rms_dbfs(&sent[3 * HZ..]));
        assert!(before - after >= 35.0, "{cleaning:?}: from {before} to {after} dBFS");
    }
}

/// A laptop is moved: what the filter leaves is an echo again, and is not taken for the agent.
#[test]
fn another_room_is_learnt_as_well() {
    let caller = speech(27, 20.0, HZ as u32);
    let mut heard = in_the_room(1, &caller);
    heard[8 * HZ..].copy_from_slice(&in_the_room(2, &caller)[8 * HZ..]);
    with_noise(&mut heard);
    let sent = clean(Cleaning { echo: true, ..Cleaning::NONE }, &caller, &heard);
    let lost_db = |second: usize| {
        let stretch = second * HZ..(second + 1) * HZ;
        rms_dbfs(&heard[stretch.clone()]) - rms_dbfs(&sent[stretch])
    };
    eprintln!("ERLE by second {:.0?}", (0..20).map(lost_db).collect::<Vec<_>>());
    assert!((12..20).all(|second| lost_db(second) >= 35.0), "four seconds after it is learnt, as at the beginning");
}

#[test]
fn two_who_talk_at_once_are_both_kept() {
    let (caller, agent) = (speech(22, 14.0, HZ as u32), speech(23, 6.0, HZ as u32));
    let mut heard = in_the_room(1, &caller);
    for (sample, said) in heard[6 * HZ..].iter_mut().zip(&agent) {
        *sample = sample.saturating_add(*said);
    }
    with_noise(&mut heard);
    let sent = clean(Cleaning { echo: true, ..Cleaning::NONE }, &caller, &heard);
    let during = &sent[6 * HZ..13 * HZ];
    let (agent_kept, caller_kept) = (alike(&agent, during), alike(&caller[6 * HZ..12 * HZ], during));
    eprintln!(
        "agent {agent_kept:.2}, caller {caller_kept:.2}, level {:.1} of {:.1} dBFS",
        rms_dbfs(&sent[6 * HZ..12 * HZ]),
        rms_dbfs(&agent)
    );
    let unprocessed = alike(&agent, &heard[6 * HZ..13 * HZ]);
    eprintln!("without a canceller {unprocessed:.2}");
    let lost = rms_dbfs(&agent) - rms_dbfs(&sent[6 * HZ..12 * HZ]);
    assert!(agent_kept > 0.7, "{agent_kept}");
    assert!(lost < 4.0, "{lost} dB");
    assert!(caller_kept < 0.4, "{caller_kept}");
}

/// A headset: nothing comes back. First the caller talks, then the agent, then both.
#[test]
fn without_an_echo_nothing_is_lost() {
    let (first, then, both) = (0..4 * HZ, 4 * HZ..8 * HZ, 8 * HZ..12 * HZ);
    let (mut caller, mut agent) = (speech(24, 12.0, HZ as u32), speech(25, 12.0, HZ as u32));
    caller[then.clone()].fill(0);
    agent[first].fill(0);
    with_noise(&mut agent);
    let sent = clean(Cleaning { echo: true, noise: true, gain: false }, &caller, &agent);
    for (stretch, least_kept, most_lost_db) in [(then, 0.85, 1.5), (both, 0.7, 6.0)] {
        let (said, heard) = (&agent[stretch.clone()], &sent[stretch]);
        let (kept, lost_db) = (alike(said, heard), rms_dbfs(said) - rms_dbfs(heard));
        eprintln!("kept {kept:.2}, {lost_db:.1} dB lost");
        assert!(kept > least_kept, "{kept}");
        assert!(lost_db < most_lost_db, "{lost_db} dB");
    }
    assert_eq!(clean(Cleaning::NONE, &caller, &agent), agent, "each can be switched off");
}

#[test]
fn a_quiet_voice_is_brought_up_and_noise_down() {
    let quiet: Vec<i16> = speech(26, 10.0, HZ as u32).iter().map(|sample| sample / 12).collect();
    let silence = vec![0; quiet.len()];
    let louder = clean(Cleaning { gain: true, ..Cleaning::NONE }, &silence, &quiet);
    let gained = rms_dbfs(&louder[5 * HZ..]) - rms_dbfs(&quiet[5 * HZ..]);
    assert!(gained > 6.0, "{gained} dB");
    let mut hiss = vec![0; 10 * HZ];
    (0..20).for_each(|_| with_noise(&mut hiss));
    let calmer = clean(Cleaning { noise: true, ..Cleaning::NONE }, &silence, &hiss);
    let lost = rms_dbfs(&hiss[5 * HZ..]) - rms_dbfs(&calmer[5 * HZ..]);
    eprintln!("gain {gained:.1} dB, noise down {lost:.1} dB");
    assert!(lost > 8.0, "{lost} dB");
}
