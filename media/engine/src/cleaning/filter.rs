//! Learns how a room sends the loudspeaker's sound back to the microphone, foretells the echo, and takes it out.
//!
//! A Kalman filter over the coefficients of the room's impulse response, in partitions of one packet each and by
//! frequencies, each taken to be independent of the others (Enzner and Vary, "Frequency-domain adaptive Kalman filter
//! for acoustic echo control in hands-free telephones", Signal Processing 86, 2006; in partitions: Kuech, Mabande and
//! Enzner, "State-space architecture of the partitioned-block-based acoustic echo controller", ICASSP 2014). How unsure
//! it is of each coefficient, beside how much of what is heard it cannot explain, says how much it learns: much from an
//! echo alone, next to nothing while somebody talks in the room. It holds nothing back.

use std::ops::Range;

use sonora_fft::pffft::{FftType, Pffft, PffftBuffer};

use super::spectrum::{pairs, pairs_mut, power};
use super::{HZ, PACKET};

/// A packet and the one before it.
const WINDOW: usize = 2 * PACKET;
/// What it spans of the room's ringing on, 160 ms.
const PARTITIONS: usize = 8;
/// Pairs of numbers of a real spectrum.
const BINS: usize = PACKET;
/// What is compared with what it is unsure of: 200 Hz to 8 kHz, in bins of 25 Hz.
const BANDS: [Range<usize>; 5] = [8..24, 24..48, 48..80, 80..160, 160..BINS];
/// The farthest that an echo may be behind what is played, half a second.
const FARTHEST: usize = HZ as usize / 2;
/// The estimate may be late, so it looks this much sooner, 8 ms.
const AHEAD: usize = HZ as usize / 125;
/// What a room is taken to be at first, the power of each coefficient: weaker than what is played.
const UNSURE: f32 = 0.3;
/// How much of the room is the same after a packet; what is not is learnt anew.
const STAYS: f32 = 0.9999;
/// How sure it grows of what it learns. The equations say a half; but coefficients depend on each other more than they
/// take them to, and what is believed too soon is never learnt.
const BELIEVED: f32 = 0.2;
/// How slowly it is judged what cannot be explained: the part that is kept from packet to packet.
const JUDGED: f32 = 0.8;
/// Power of what a microphone hisses, in a spectrum.
const HISS: f32 = 10.0 * WINDOW as f32;

/// What is known of the room.
pub(super) struct RoomFilter {
    fft: Pffft,
    /// What was played, the newest last, as far back as anything is looked for.
    played: Vec<f32>,
    /// By how much what it looks at is behind what is played.
    behind: usize,
    /// Spectra of what was played, the newest at `newest`.
    spectra: Vec<PffftBuffer>,
    newest: usize,
    room: Vec<PffftBuffer>,
    unsure: Vec<[f32; BINS]>,
    unexplained: [f32; BINS],
    /// Of the last packet: the power of what it was unsure of, and of what was left.
    doubt: [f32; BINS],
    left: [f32; BINS],
    time: PffftBuffer,
    error: PffftBuffer,
    scratch: PffftBuffer,
}

impl RoomFilter {
    pub(super) fn new() -> RoomFilter {
        let fft = Pffft::new(WINDOW, FftType::Real);
        let buffers = || (0..PARTITIONS).map(|_| fft.create_buffer()).collect::<Vec<_>>();
        RoomFilter {
            played: vec![0.0; FARTHEST + WINDOW + (PARTITIONS - 1) * PACKET],
            behind: 0,
            spectra: buffers(),
            newest: 0,
            room: buffers(),
            unsure: vec![[UNSURE; BINS]; PARTITIONS],
            unexplained: [0.0; BINS],
            doubt: [0.0; BINS],
            left: [0.0; BINS],
            time: fft.create_buffer(),
            error: fft.create_buffer(),
            scratch: fft.create_buffer(),
            fft,
        }
    }

    /// Looks for the echo so many samples behind what is played. Another place is another room.
    pub(super) fn look_behind(&mut self, samples: usize) {
        let behind = samples.saturating_sub(AHEAD).min(FARTHEST);
        if behind < self.behind.saturating_sub(AHEAD) || behind > self.behind + PACKET {
            self.behind = behind;
            self.forget();
            for n in 0..PARTITIONS {
                self.transform(n);
            }
        }
    }

    /// The room is another one.
    pub(super) fn forget(&mut self) {
        self.room.iter_mut().for_each(|part| part.as_mut_slice().fill(0.0));
        self.unsure.iter_mut().for_each(|part| part.fill(UNSURE));
        self.unexplained.fill(0.0);
    }

    /// Takes what is played; leaves of what is heard what it cannot foretell.
    pub(super) fn clean(&mut self, played: &[f32; PACKET], heard: &mut [f32; PACKET]) {
        self.played.copy_within(PACKET.., 0);
        let from = self.played.len() - PACKET;
        self.played[from..].copy_from_slice(played);
        self.newest = (self.newest + PARTITIONS - 1) % PARTITIONS;
        self.transform(0);
        self.foretell(heard);
        self.learn(heard);
    }

    /// The spectrum of what was played so many packets ago.
    fn transform(&mut self, ago: usize) {
        let end = self.played.len() - self.behind;
        let Some(from) = end.checked_sub(WINDOW + ago * PACKET) else { return };
        self.time.as_mut_slice().copy_from_slice(&self.played[from..from + WINDOW]);
        self.fft.forward(&self.time, &mut self.spectra[(self.newest + ago) % PARTITIONS], true);
    }

    fn foretell(&mut self, heard: &mut [f32; PACKET]) {
        let sum = self.scratch.as_mut_slice();
        sum.fill(0.0);
        for (n, room) in self.room.iter().enumerate() {
            let played = self.spectra[(self.newest + n) % PARTITIONS].as_slice();
            for ((sum, room), played) in pairs_mut(sum).zip(pairs(room.as_slice())).zip(pairs(played)) {
                sum[0] += room[0] * played[0] - room[1] * played[1];
                sum[1] += room[0] * played[1] + room[1] * played[0];
            }
        }
        self.fft.backward(&self.scratch, &mut self.time, true);
        let scale = 1.0 / WINDOW as f32;
        for (heard, echo) in heard.iter_mut().zip(&self.time.as_slice()[PACKET..]) {
            *heard -= echo * scale;
        }
    }

    /// Learns from what is left.
    fn learn(&mut self, left: &[f32; PACKET]) {
        let time = self.time.as_mut_slice();
        time[..PACKET].fill(0.0);
        time[PACKET..].copy_from_slice(left);
        self.fft.forward(&self.time, &mut self.error, true);
        self.doubt.fill(0.0);
        for (n, unsure) in self.unsure.iter().enumerate() {
            let played = self.spectra[(self.newest + n) % PARTITIONS].as_slice();
            for ((doubt, unsure), played) in self.doubt.iter_mut().zip(unsure).zip(pairs(played)) {
                *doubt += 0.5 * unsure * power(played);
            }
        }
        // What is to be expected of what is left: doubt, and what it cannot explain.
        let mut expected = self.doubt;
        let all = self.unexplained.iter_mut().zip(&mut expected).zip(&mut self.left);
        for (((unexplained, expected), left), error) in all.zip(pairs_mut(self.error.as_mut_slice())) {
            let now = power(error);
            *left = now;
            *unexplained = *unexplained * JUDGED + now * (1.0 - JUDGED);
            *expected += unexplained.max(now) + HISS;
            error[0] /= *expected;
            error[1] /= *expected;
        }
        for n in 0..PARTITIONS {
            self.learn_part(n, &expected);
        }
    }

    /// Returns by how many decibels what is left is more than what it is unsure of, in most of speech's bands: somebody
    /// talks in the room, or it is another one. `also` is what another filter left of the same: the less of the two
    /// counts.
    pub(super) fn surprise_db(&mut self, also: &[f32; PACKET]) -> f32 {
        let time = self.time.as_mut_slice();
        time[..PACKET].fill(0.0);
        time[PACKET..].copy_from_slice(also);
        self.fft.forward(&self.time, &mut self.scratch, true);
        let mut surprises = BANDS.map(|band| {
            let hiss = HISS * band.len() as f32;
            let theirs = pairs(&self.scratch.as_slice()[2 * band.start..2 * band.end]).map(power).sum::<f32>();
            let ours = self.left[band.clone()].iter().sum::<f32>();
            let unsure = self.doubt[band].iter().sum::<f32>();
            10.0 * ((ours.min(theirs) + hiss) / (unsure + hiss)).log10()
        });
        surprises.sort_by(f32::total_cmp);
        surprises[surprises.len() / 2]
    }

    fn learn_part(&mut self, n: usize, expected: &[f32; BINS]) {
        let played = self.spectra[(self.newest + n) % PARTITIONS].as_slice();
        let (unsure, room) = (&mut self.unsure[n], self.room[n].as_mut_slice());
        let change = self.scratch.as_mut_slice();
        let all = unsure.iter_mut().zip(expected).zip(pairs(played)).zip(pairs(room));
        for (((((unsure, expected), played), room), error), change) in
            all.zip(pairs(self.error.as_slice())).zip(pairs_mut(change))
        {
            let learnt = *unsure;
            change[0] = learnt * (played[0] * error[0] + played[1] * error[1]);
            change[1] = learnt * (played[0] * error[1] - played[1] * error[0]);
            let kept = 1.0 - BELIEVED * learnt * power(played) / expected;
            *unsure = STAYS * STAYS * kept * learnt + (1.0 - STAYS * STAYS) * power(room);
        }
        // Neither the mean nor the highest frequency carries speech.
        change[..2].fill(0.0);
        // A partition is a packet long; what lies beyond is the other half of the circle.
        self.fft.backward(&self.scratch, &mut self.time, true);
        let time = self.time.as_mut_slice();
        time[PACKET..].fill(0.0);
        time[..PACKET].iter_mut().for_each(|sample| *sample /= WINDOW as f32);
        self.fft.forward(&self.time, &mut self.scratch, true);
        for (room, change) in room.iter_mut().zip(self.scratch.as_slice()) {
            *room += change;
        }
        room[..2].fill(0.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cleaning::talk;

    const ECHO_BEHIND: usize = 500;

    fn noise(seed: u32, samples: usize) -> Vec<f32> {
        let mut state = seed;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 8) as f32 / 8_388_608.0 - 1.0
        };
        (0..samples).map(|_| next() * 3_000.0).collect()
    }

    /// What is left, packet by packet, of an echo half as loud as what is played, and of `agent` from packet 100 on.
    fn left_of(agent: f32) -> Vec<(f32, f32)> {
        let (played, said) = (noise(1, 150 * PACKET), noise(2, 150 * PACKET));
        let mut room = RoomFilter::new();
        room.look_behind(ECHO_BEHIND);
        let packet = |n: usize| {
            let place = n * PACKET..(n + 1) * PACKET;
            let mut heard = [0.0; PACKET];
            for (heard, at) in heard.iter_mut().zip(place.clone()) {
                let echo = at.checked_sub(ECHO_BEHIND).map_or(0.0, |at| played[at] * 0.5);
                *heard = echo + if n >= 100 { said[at] * agent } else { 0.0 };
            }
            let mut now = [0.0; PACKET];
            now.copy_from_slice(&played[place]);
            room.clean(&now, &mut heard);
            (talk::power(&heard), room.surprise_db(&heard))
        };
        (0..150).map(packet).collect()
    }

    /// 25 dB within two seconds.
    #[test]
    fn an_echo_is_learnt_and_is_no_surprise() {
        let left = left_of(0.0);
        assert!(left[99].0 < left[2].0 / 300.0, "{} of {}", left[99].0, left[2].0);
        assert!(left[50..].iter().all(|(_, surprise_db)| *surprise_db < 10.0));
    }

    #[test]
    fn an_agent_is_a_surprise_and_is_left_as_he_is() {
        let (without, with) = (left_of(0.0), left_of(0.5));
        let said = talk::power(&noise(2, 150 * PACKET)[149 * PACKET..]) * 0.25;
        assert!(with[100..].iter().all(|(_, surprise_db)| *surprise_db > 10.0));
        assert!((with[149].0 / said - 1.0).abs() < 0.1, "{} of {said}", with[149].0);
        assert!(with[..100] == without[..100]);
    }
}
