//! Speech as log energies of mel bands, one row every 10 ms.

use std::f32::consts::PI;

use crate::{RATE_HZ, Sound};

/// Bands a row, equally wide in mel between 200 and 3500 Hz: what a telephone carries.
pub const BANDS: usize = 16;
/// Rows a second.
pub const ROWS_A_SECOND: usize = 100;

const FFT: usize = 256;
const WINDOW: usize = 200;
const HOP: usize = RATE_HZ as usize / ROWS_A_SECOND;
/// What lies this far below the loudest row counts as silence.
const FLOOR_DB: f32 = 50.0;
/// How much of a row's own loudness is taken out of it; chosen by the widest margin between right and wrong mouths.
const LOUDNESS_OUT: f32 = 0.8;

/// One row of band energies, dB above the floor.
pub type Row = [f32; BANDS];

/// The rows of a sound, and whether speech is in each.
pub struct Features {
    /// The rows.
    pub rows: Vec<Row>,
    /// Whether a row's energy is within 30 dB of the loudest.
    pub active: Vec<bool>,
}

impl Features {
    /// Computes them.
    pub fn of(sound: &Sound) -> Features {
        let sound = sound.at(RATE_HZ);
        let edges = band_edges();
        let hann: Vec<f32> =
            (0..WINDOW).map(|n| 0.5 - 0.5 * (2.0 * PI * n as f32 / (WINDOW - 1) as f32).cos()).collect();
        let turns: Vec<(f32, f32)> = (0..FFT / 2).map(|k| (-2.0 * PI * k as f32 / FFT as f32).sin_cos()).collect();
        let mut energies: Vec<Row> = Vec::with_capacity(sound.samples.len() / HOP);
        for start in (0..sound.samples.len().saturating_sub(WINDOW - 1)).step_by(HOP) {
            let mut real = [0f32; FFT];
            let mut imaginary = [0f32; FFT];
            for (n, slot) in real.iter_mut().take(WINDOW).enumerate() {
                *slot = f32::from(sound.samples[start + n]) * hann[n];
            }
            fft(&mut real, &mut imaginary, &turns);
            let mut row = [0f32; BANDS];
            for (band, slot) in row.iter_mut().enumerate() {
                for bin in edges[band]..edges[band + 1] {
                    *slot += real[bin] * real[bin] + imaginary[bin] * imaginary[bin];
                }
            }
            energies.push(row);
        }

        let total = |row: &Row| row.iter().sum::<f32>();
        let loudest = energies.iter().map(total).fold(0f32, f32::max);
        // Digital silence and a codec's idle noise are silence whatever the gain.
        let floor = (loudest / BANDS as f32 * 10f32.powf(-FLOOR_DB / 10.0)).max(1e3);
        let active = energies.iter().map(|row| total(row) > (loudest * 1e-3).max(1e6)).collect();
        for row in &mut energies {
            row.iter_mut().for_each(|energy| *energy = 10.0 * ((*energy + floor) / floor).log10());
            // Every onset after a pause is alike in loudness; sounds differ in their spectrum.
            let loudness = row.iter().sum::<f32>() / BANDS as f32;
            row.iter_mut().for_each(|energy| *energy -= LOUDNESS_OUT * loudness);
        }
        Features { rows: energies, active }
    }
}

fn band_edges() -> [usize; BANDS + 1] {
    let mel = |hz: f32| 1127.0 * (1.0 + hz / 700.0).ln();
    let hz = |mel: f32| 700.0 * ((mel / 1127.0).exp() - 1.0);
    let (low, high) = (mel(200.0), mel(3500.0));
    std::array::from_fn(|n| {
        let edge = hz(low + (high - low) * n as f32 / BANDS as f32);
        (edge * FFT as f32 / RATE_HZ as f32).round() as usize
    })
}

/// In place, radix two.
fn fft(real: &mut [f32; FFT], imaginary: &mut [f32; FFT], turns: &[(f32, f32)]) {
    let bits = FFT.trailing_zeros();
    for n in 0..FFT {
        let mirrored = n.reverse_bits() >> (usize::BITS - bits);
        if mirrored > n {
            real.swap(n, mirrored);
            imaginary.swap(n, mirrored);
        }
    }
    let mut size = 2;
    while size <= FFT {
        for k in 0..size / 2 {
            let (sine, cosine) = turns[k * (FFT / size)];
            for start in (0..FFT).step_by(size) {
                let (even, odd) = (start + k, start + k + size / 2);
                let turned = (real[odd] * cosine - imaginary[odd] * sine, real[odd] * sine + imaginary[odd] * cosine);
                (real[odd], imaginary[odd]) = (real[even] - turned.0, imaginary[even] - turned.1);
                real[even] += turned.0;
                imaginary[even] += turned.1;
            }
        }
        size *= 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tone_stands_in_its_band_alone() {
        let features = Features::of(&Sound::tone(1000.0, 500));
        let row = features.rows[20];
        let edges = band_edges();
        let strongest = (0..BANDS).max_by(|a, b| row[*a].total_cmp(&row[*b]));
        assert!(strongest.is_some_and(|band| (edges[band]..edges[band + 1]).contains(&32)), "{row:?}");
        assert!(features.active.iter().all(|active| *active));
    }

    #[test]
    fn silence_has_no_energy_and_no_speech() {
        let features = Features::of(&Sound::silence(300));
        assert!(features.rows.iter().flatten().all(|energy| *energy < 0.01));
        assert!(features.active.iter().all(|active| !active));
    }

    #[test]
    fn bands_are_never_empty() {
        assert!(band_edges().windows(2).all(|pair| pair[0] < pair[1]));
    }
}
