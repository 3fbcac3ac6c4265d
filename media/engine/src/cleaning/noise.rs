//! Lowers the room's steady noise without holding anything back.
//!
//! Noise is what stays: its power at each frequency is followed by how likely it is that somebody speaks there (Gerkmann
//! and Hendriks, "Unbiased MMSE-based noise power estimation with low complexity and low tracking delay", IEEE
//! Transactions on Audio, Speech and Language Processing 20, 2012), and each frequency is kept as far as it stands out of
//! it (the root of Wiener's rule, on the signal-to-noise ratio that Ephraim and Malah estimate, 1984). What is usual then,
//! windows that overlap, would hold everything back by 6 ms. Here the gains become a filter of minimum phase, found by the
//! cepstrum, through which the sound itself runs.

use sonora_fft::pffft::{FftType, Pffft, PffftBuffer};

use super::HZ;
use super::spectrum::{pairs, pairs_mut, power};

/// Gains are found anew after so much, 5 ms.
pub(super) const STEP: usize = HZ as usize / 200;
/// What is looked at, 20 ms: bins of 50 Hz.
const WINDOW: usize = 4 * STEP;
const BINS: usize = WINDOW / 2;
/// Length of the filter, 8 ms.
const TAPS: usize = 128;
/// The least that is kept of any frequency: 12 dB less. Noise that is gone altogether sounds like a line that is dead.
const LEAST_GAIN: f32 = 0.25;
/// How much of the noise's power is kept from step to step where nobody speaks: 125 ms.
const NOISE_STAYS: f32 = 0.96;
/// Steps at first that are taken to be noise, 100 ms; what they say of one who talks already is soon unlearnt.
const FIRST: u16 = 20;
/// Power of speech beside noise where there is speech, 10 dB.
const SPEECH: f32 = 10.0;
/// Nobody speaks at one frequency for so long: beyond this likelihood, on average of 150 ms, it is noise that grew.
const LIKELIEST: f32 = 0.99;
const LIKELIHOOD_STAYS: f32 = 0.967;
/// How much the signal-to-noise ratio of the step before counts.
const RATIO_STAYS: f32 = 0.975;
/// Power of a microphone that is all but off, in a spectrum. What is less says nothing of the room.
const NOTHING: f32 = 0.1 * WINDOW as f32;

/// What is known of the noise.
pub(super) struct NoiseFilter {
    fft: Pffft,
    window: [f32; WINDOW],
    /// What came, the newest last: what is looked at, and what the filter reaches back to.
    heard: [f32; WINDOW],
    noise: [f32; BINS],
    likelihood: [f32; BINS],
    /// Of the step before: what was kept, as power, beside the noise.
    ratio: [f32; BINS],
    taps: [f32; TAPS],
    /// Heard so far, up to [`FIRST`].
    steps: u16,
    time: PffftBuffer,
    spectrum: PffftBuffer,
}

impl NoiseFilter {
    pub(super) fn new() -> NoiseFilter {
        let fft = Pffft::new(WINDOW, FftType::Real);
        let mut all = [0.0; TAPS];
        all[0] = 1.0;
        NoiseFilter {
            window: window(),
            heard: [0.0; WINDOW],
            noise: [0.0; BINS],
            likelihood: [0.0; BINS],
            ratio: [1.0; BINS],
            taps: all,
            steps: 0,
            time: fft.create_buffer(),
            spectrum: fft.create_buffer(),
            fft,
        }
    }

    /// Lowers the noise in 5 ms.
    pub(super) fn clean(&mut self, sound: &mut [f32; STEP]) {
        self.heard.copy_within(STEP.., 0);
        self.heard[WINDOW - STEP..].copy_from_slice(sound);
        let gains = self.gains();
        let taps_before = self.taps;
        self.taps = self.minimum_phase(&gains);
        for (n, sample) in sound.iter_mut().enumerate() {
            let newest = WINDOW - STEP + n;
            let past = self.heard[newest + 1 - TAPS..=newest].iter().rev();
            let (now, before) = past
                .zip(self.taps.iter().zip(&taps_before))
                .fold((0.0, 0.0), |(now, before), (heard, (tap, tap_before))| {
                    (now + heard * tap, before + heard * tap_before)
                });
            // The next filter takes over bit by bit.
            let share = (n + 1) as f32 / STEP as f32;
            *sample = before + (now - before) * share;
        }
    }

    /// How much is kept of each frequency, by what was heard last.
    fn gains(&mut self) -> [f32; BINS] {
        for ((time, heard), window) in self.time.as_mut_slice().iter_mut().zip(&self.heard).zip(&self.window) {
            *time = heard * window;
        }
        self.fft.forward(&self.time, &mut self.spectrum, true);
        let mut heard = [0.0; BINS];
        for (heard, bin) in heard.iter_mut().zip(pairs(self.spectrum.as_slice())) {
            *heard = power(bin);
        }
        if heard.iter().sum::<f32>() < NOTHING * BINS as f32 {
            return [1.0; BINS];
        }
        if self.steps < FIRST {
            self.steps += 1;
            for (noise, heard) in self.noise.iter_mut().zip(&heard) {
                *noise += (heard - *noise) / f32::from(self.steps);
            }
        }
        // One more than none is a number to divide by.
        std::array::from_fn(|bin| self.gain(bin, heard[bin] + 1.0))
    }

    fn gain(&mut self, bin: usize, heard: f32) -> f32 {
        let (noise, likelihood) = (&mut self.noise[bin], &mut self.likelihood[bin]);
        let stands_out = heard / (*noise + 1.0);
        let unlikely = (1.0 + SPEECH) * (-(stands_out * SPEECH / (1.0 + SPEECH)).min(80.0)).exp();
        let speaks = 1.0 / (1.0 + unlikely);
        *likelihood += (speaks - *likelihood) * (1.0 - LIKELIHOOD_STAYS);
        let speaks = if *likelihood > LIKELIEST { speaks.min(LIKELIEST) } else { speaks };
        *noise += (heard - *noise) * (1.0 - speaks) * (1.0 - NOISE_STAYS);

        let stands_out = heard / (*noise + 1.0);
        let ratio = RATIO_STAYS * self.ratio[bin] + (1.0 - RATIO_STAYS) * (stands_out - 1.0).max(0.0);
        let kept = ratio / (1.0 + ratio);
        self.ratio[bin] = kept * kept * stands_out;
        kept.sqrt().max(LEAST_GAIN)
    }

    /// The filter that has these gains and holds back as little as any.
    fn minimum_phase(&mut self, gains: &[f32; BINS]) -> [f32; TAPS] {
        let logarithms = self.spectrum.as_mut_slice();
        for (bin, gain) in pairs_mut(logarithms).zip(gains) {
            *bin = [gain.ln(), 0.0];
        }
        // The highest frequency has the gain of the one below it.
        logarithms[1] = gains[BINS - 1].ln();
        self.fft.backward(&self.spectrum, &mut self.time, true);
        let cepstrum = self.time.as_mut_slice();
        cepstrum.iter_mut().for_each(|value| *value /= WINDOW as f32);
        // What lies before time zero is laid over what lies behind it.
        cepstrum[1..BINS].iter_mut().for_each(|value| *value *= 2.0);
        cepstrum[BINS + 1..].fill(0.0);
        self.fft.forward(&self.time, &mut self.spectrum, true);
        let spectrum = self.spectrum.as_mut_slice();
        let ends = [spectrum[0].exp(), spectrum[1].exp()];
        for bin in pairs_mut(spectrum) {
            let (gain, phase) = (bin[0].exp(), bin[1]);
            *bin = [gain * phase.cos(), gain * phase.sin()];
        }
        spectrum[..2].copy_from_slice(&ends);
        self.fft.backward(&self.spectrum, &mut self.time, true);
        let response = self.time.as_slice();
        std::array::from_fn(|n| {
            // The end is faded out: what is cut off would ring.
            let fade = ((TAPS - n) as f32 / (TAPS / 4) as f32).min(1.0);
            response[n] * fade / WINDOW as f32
        })
    }
}

/// Rises over 15 ms and falls over the last 5, so that what was heard last counts.
fn window() -> [f32; WINDOW] {
    let rise = WINDOW - STEP;
    std::array::from_fn(|n| {
        let share = if n < rise { (n as f32 + 0.5) / rise as f32 } else { (WINDOW - n) as f32 / STEP as f32 };
        (share * std::f32::consts::FRAC_PI_2).sin()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn noise(steps: usize, loud: f32) -> Vec<[f32; STEP]> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((state >> 8) as f32 / 8_388_608.0 - 1.0) * loud
        };
        (0..steps).map(|_| std::array::from_fn(|_| next())).collect()
    }

    fn power(steps: &[[f32; STEP]]) -> f32 {
        steps.iter().flatten().map(|sample| sample * sample).sum::<f32>() / (steps.len() * STEP) as f32
    }

    fn cleaned(mut steps: Vec<[f32; STEP]>) -> Vec<[f32; STEP]> {
        let mut filter = NoiseFilter::new();
        steps.iter_mut().for_each(|step| filter.clean(step));
        steps
    }

    #[test]
    fn what_stays_is_lowered_and_what_grew_is_learnt() {
        let steps = [noise(400, 300.0), noise(1_200, 1_000.0)].concat();
        let left = cleaned(steps.clone());
        let lowered = |steps_in: std::ops::Range<usize>| power(&steps[steps_in.clone()]) / power(&left[steps_in]);
        // 10 dB, half a second after it began; and four seconds after it grew by as much.
        assert!(lowered(100..400) > 10.0, "{}", lowered(100..400));
        assert!(lowered(1_200..1_600) > 10.0, "{}", lowered(1_200..1_600));
    }

    #[test]
    fn what_stands_out_is_neither_lowered_nor_late() {
        let mut steps = noise(400, 100.0);
        let tone = |n: usize| (n as f32 * 0.2).sin() * 4_000.0;
        for (n, sample) in steps[300..].iter_mut().flatten().enumerate() {
            *sample += tone(n);
        }
        let left = cleaned(steps);
        // What is left of the tone itself, at the very moment at which it came.
        let (mut both, mut own) = (0.0, 0.0);
        for (n, sample) in left[310..].iter().flatten().enumerate() {
            let said = tone(10 * STEP + n);
            (both, own) = (both + said * sample, own + said * said);
        }
        assert!((both / own - 1.0).abs() < 0.1, "{}", both / own);
    }

    #[test]
    fn silence_says_nothing_of_the_room() {
        let steps = [vec![[0.0; STEP]; 400], noise(400, 300.0)].concat();
        let left = cleaned(steps.clone());
        assert_eq!(power(&left[..400]), 0.0);
        assert!(power(&steps[500..]) / power(&left[500..]) > 10.0, "learnt at once when there is something");
    }
}
