//! Low-pass filters for resampling: a Kaiser-windowed sinc, cut into phases; between the rates of telephones, of minimum
//! phase.
//!
//! A filter of linear phase holds all sound back by half its length. One of minimum phase passes the same magnitudes
//! and holds speech back by a fraction of that; what it does to the phases nobody hears.

use std::f64::consts::PI;
use std::sync::{Arc, LazyLock};

/// Filter length in samples of the slower rate: at 8 kHz the pass band reaches 3.4 kHz; with linear phase the delay is
/// 2.5 ms.
pub(crate) const SPAN: usize = 40;
/// Kaiser window for about 70 dB of stop band.
const KAISER_BETA: f64 = 6.8;
/// Centre of the transition band, as a part of the slower rate's half.
const CUTOFF: f64 = 0.95;
/// Ratios between 8, 16 and 48 kHz.
const TELEPHONE_RATIOS: [(usize, usize); 6] = [(2, 1), (1, 2), (3, 1), (1, 3), (6, 1), (1, 6)];
/// Frequencies that a filter's magnitude is looked at, for each of its coefficients.
const FREQUENCIES_A_TAP: usize = 8;
/// What is weaker than this beside the pass band, 100 dB, is not told from nothing.
const FLOOR: f64 = 1e-5;

/// A low-pass filter at a multiple of the input's rate, cut into one for each place between two input samples.
#[derive(Debug, Clone)]
pub(crate) struct Phases {
    /// Filters of `taps` coefficients, each in the order of the samples it multiplies, the oldest first.
    pub coefficients: Vec<f32>,
    pub taps: usize,
    /// How long it holds sound back, in input samples.
    pub delay: f64,
}

/// Returns the filter from one rate to another, whose ratio is `up` to `down`. Those between the rates of telephones
/// are made once.
pub(super) fn of_ratio(up: usize, down: usize) -> Arc<Phases> {
    static MADE: [LazyLock<Arc<Phases>>; TELEPHONE_RATIOS.len()] = [
        LazyLock::new(|| of_minimum_phase(TELEPHONE_RATIOS[0])),
        LazyLock::new(|| of_minimum_phase(TELEPHONE_RATIOS[1])),
        LazyLock::new(|| of_minimum_phase(TELEPHONE_RATIOS[2])),
        LazyLock::new(|| of_minimum_phase(TELEPHONE_RATIOS[3])),
        LazyLock::new(|| of_minimum_phase(TELEPHONE_RATIOS[4])),
        LazyLock::new(|| of_minimum_phase(TELEPHONE_RATIOS[5])),
    ];
    match TELEPHONE_RATIOS.iter().position(|known| *known == (up, down)) {
        Some(known) => Arc::clone(&MADE[known]),
        None => {
            let taps = taps(up, down);
            Arc::new(Phases::of(&prototype(up * taps, up.max(down) as f64), up, taps, up))
        }
    }
}

/// Returns `phases` filters for places between two input samples, and one more for the next sample itself, where
/// `nominal` input samples pass for each output sample.
pub(crate) fn between(phases: usize, nominal: f64) -> Phases {
    let widest = nominal.max(1.0);
    let taps = ((SPAN as f64 * widest).ceil() as usize).next_multiple_of(8);
    Phases::of(&prototype(phases * taps, phases as f64 * widest), phases, taps, phases + 1)
}

fn of_minimum_phase((up, down): (usize, usize)) -> Arc<Phases> {
    let taps = taps(up, down);
    Arc::new(Phases::of(&minimum_phase(&prototype(up * taps, up.max(down) as f64)), up, taps, up))
}

fn taps(up: usize, down: usize) -> usize {
    if up == down { 1 } else { (SPAN * down.max(up)).div_ceil(up).next_multiple_of(8) }
}

impl Phases {
    /// Cuts a filter at `up` times the input's rate into `phases` of `taps`, and scales each so that it passes a constant
    /// exactly.
    fn of(prototype: &[f64], up: usize, taps: usize, phases: usize) -> Phases {
        let mut coefficients = Vec::with_capacity(phases * taps);
        for phase in 0..phases {
            // The newest sample stands last in the line, so its coefficient does too.
            let filter: Vec<f64> =
                (0..taps).rev().map(|tap| prototype.get(tap * up + phase).copied().unwrap_or_default()).collect();
            let sum: f64 = filter.iter().sum();
            coefficients.extend(filter.iter().map(|coefficient| (coefficient / sum) as f32));
        }
        // The group delay of what is slow, which is most of speech.
        let weighed: f64 = prototype.iter().enumerate().map(|(n, coefficient)| n as f64 * coefficient).sum();
        Phases { coefficients, taps, delay: weighed / prototype.iter().sum::<f64>() / up as f64 }
    }
}

/// A Kaiser-windowed sinc of linear phase. `widest` is how many of its samples there are for one of the slower rate.
fn prototype(length: usize, widest: f64) -> Vec<f64> {
    let centre = (length - 1) as f64 / 2.0;
    let cutoff = CUTOFF / widest;
    let coefficient = |index: usize| {
        let from_centre = index as f64 - centre;
        let x = PI * cutoff * from_centre;
        let sinc = if x.abs() < 1e-9 { 1.0 } else { x.sin() / x };
        let reach = from_centre / (centre + 1.0);
        sinc * bessel_i0(KAISER_BETA * (1.0 - reach * reach).max(0.0).sqrt())
    };
    (0..length).map(coefficient).collect()
}

/// A filter with the same magnitudes whose energy comes as early as it can: from the cepstrum of those magnitudes
/// (Oppenheim and Schafer, Discrete-Time Signal Processing, "The complex cepstrum": minimum-phase sequences).
fn minimum_phase(filter: &[f64]) -> Vec<f64> {
    let length = filter.len();
    let half = (length * FREQUENCIES_A_TAP).next_power_of_two() / 2;
    let angle = PI / half as f64;
    let magnitude = |k: usize| {
        let (step_sin, step_cos) = (angle * k as f64).sin_cos();
        let (mut re, mut im, mut cos, mut sin) = (0.0, 0.0, 1.0, 0.0);
        for coefficient in filter {
            re += coefficient * cos;
            im -= coefficient * sin;
            (cos, sin) = (cos * step_cos - sin * step_sin, sin * step_cos + cos * step_sin);
        }
        f64::hypot(re, im)
    };
    let magnitudes: Vec<f64> = (0..=half).map(magnitude).collect();
    let floor = magnitudes.iter().copied().fold(0.0, f64::max) * FLOOR;
    let logs: Vec<f64> = magnitudes.iter().map(|magnitude| magnitude.max(floor).ln()).collect();
    // The cepstrum is real and even; of what comes before zero, nothing is left, and what comes after counts twice.
    let cepstrum = |n: usize| {
        let inner: f64 = (1..half).map(|k| logs[k] * (angle * (k * n % (2 * half)) as f64).cos()).sum();
        let ends = logs[0] + if n.is_multiple_of(2) { logs[half] } else { -logs[half] };
        (2.0 * inner + ends) / (2 * half) as f64 * if n == 0 { 1.0 } else { 2.0 }
    };
    let cepstrum: Vec<f64> = (0..length).map(cepstrum).collect();
    let mut minimum = vec![cepstrum[0].exp()];
    for n in 1..length {
        let sum: f64 = (1..=n).map(|k| k as f64 / n as f64 * cepstrum[k] * minimum[n - k]).sum();
        minimum.push(sum);
    }
    minimum
}

/// The modified Bessel function of order zero, by its series.
fn bessel_i0(x: f64) -> f64 {
    let (mut sum, mut term) = (1.0, 1.0);
    for k in 1..40 {
        term *= (x / 2.0 / f64::from(k)).powi(2);
        sum += term;
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gain_db(filter: &[f64], hz: f64, rate_hz: f64) -> f64 {
        let part = |turn: fn(f64) -> f64| -> f64 {
            filter.iter().enumerate().map(|(n, h)| h * turn(2.0 * PI * hz / rate_hz * n as f64)).sum()
        };
        20.0 * f64::hypot(part(f64::cos), part(f64::sin)).log10()
    }

    #[test]
    fn minimum_phase_keeps_the_magnitudes() {
        for (up, down) in TELEPHONE_RATIOS {
            let linear = prototype(up * taps(up, down), up.max(down) as f64);
            let minimum = minimum_phase(&linear);
            // As though the slower rate were 8 kHz.
            let rate_hz = 8_000.0 * up.max(down) as f64;
            for hz in [100.0, 1_000.0, 2_000.0, 3_000.0, 3_300.0] {
                let change = gain_db(&minimum, hz, rate_hz) - gain_db(&linear, hz, rate_hz);
                assert!(change.abs() < 0.05, "{up}:{down} {hz} Hz: {change} dB");
            }
            for hz in [4_300.0, 4_600.0, 6_000.0, 7_900.0] {
                let left = gain_db(&minimum, hz, rate_hz) - gain_db(&minimum, 0.0, rate_hz);
                assert!(left < -65.0, "{up}:{down} {hz} Hz: {left} dB");
            }
        }
    }

    #[test]
    fn minimum_phase_holds_sound_back_less() {
        for (up, down) in TELEPHONE_RATIOS {
            // In samples of the slower rate.
            let delay = of_ratio(up, down).delay * up.min(down) as f64 / down as f64;
            assert!((0.5..3.0).contains(&delay), "{up}:{down}: {delay} of {}", SPAN / 2);
        }
    }
}
