//! A desk's room: what is played comes back into the microphone.

use cordboard_engine::{Cleaner, Cleaning};

pub const HZ: usize = 16_000;
pub const FRAME: usize = HZ / 100;
/// What is cleaned at a time.
const PACKET: usize = 2 * FRAME;
/// Playing, the air, and capturing.
const DELAY: usize = HZ * 45 / 1_000;
/// How long the room rings on.
const RINGS_ON: usize = HZ * 70 / 1_000;

/// What a microphone hears of `played`: late, and again and again from the walls of the room of this
/// number, half as loud in all.
pub fn in_the_room(room: u32, played: &[i16]) -> Vec<i16> {
    let mut random = 0x2545_f491_u32.wrapping_mul(room);
    let walls: Vec<f32> = (0..RINGS_ON)
        .map(|n| {
            random ^= random << 13;
            random ^= random >> 17;
            random ^= random << 5;
            let noise = random as f32 / u32::MAX as f32 * 2.0 - 1.0;
            let direct = if n == 0 { 1.0 } else { 0.0 };
            0.4 * (direct + 0.25 * noise * (-6.9 * n as f32 / RINGS_ON as f32).exp())
        })
        .collect();
    let heard = |n: usize| {
        let Some(at) = n.checked_sub(DELAY) else { return 0 };
        let reach = walls.len().min(at + 1);
        let sum: f32 = walls[..reach]
            .iter()
            .zip(played[at + 1 - reach..=at].iter().rev())
            .map(|(wall, sample)| wall * f32::from(*sample))
            .sum();
        sum.clamp(-32_768.0, 32_767.0) as i16
    };
    (0..played.len()).map(heard).collect()
}

/// What is sent of what a microphone heard while this was played.
pub fn clean(cleaning: Cleaning, played: &[i16], heard: &[i16]) -> Vec<i16> {
    let mut cleaner = Cleaner::new(cleaning);
    let mut out = heard.to_vec();
    for (played, said) in played.chunks_exact(PACKET).zip(out.chunks_exact_mut(PACKET)) {
        cleaner.hear(played);
        cleaner.clean(said);
    }
    out
}

/// A microphone is never quite still: noise at about −75 dBFS.
pub fn with_noise(samples: &mut [i16]) {
    let mut random = 0x9e37_79b9_u32;
    for sample in samples {
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *sample = sample.saturating_add((random >> 28) as i16 - 8);
    }
}
