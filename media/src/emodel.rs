//! How a listener would rate a conversation: the E-model of ITU-T G.107 from delay and loss, everything else at its
//! defaults.

/// What remains of the signal-to-noise ratio when nothing but the defaults disturbs: Ro − Is.
const UNDISTURBED: f32 = 93.2;
/// Ro at the default noise and loudness, for the talker's echo.
const ECHO_BASE: f32 = 94.77;
/// Loudness of the talker's echo, dB, at its default.
const TALKER_ECHO_DB: f32 = 65.0;
/// How well a codec with concealment bears lost packets, at random: G.711 with its Appendix I (G.113, table I.4).
const ROBUSTNESS: f32 = 25.1;
/// The impairment at which a codec's words are gone.
const WORST_IMPAIRMENT: f32 = 95.0;

/// Returns the transmission rating R, 0 (nobody is satisfied) to 93.2 (nearly everybody is), of what is heard
/// `delay_ms` after it was said with `lost_percent` of it made up by concealment.
pub fn rating(delay_ms: f32, lost_percent: f32) -> f32 {
    let (delay_ms, lost_percent) = (delay_ms.clamp(0.0, 10_000.0), lost_percent.clamp(0.0, 100.0));
    let lost = WORST_IMPAIRMENT * lost_percent / (lost_percent + ROBUSTNESS);
    (UNDISTURBED - echo(delay_ms) - slowness(delay_ms) - lost).max(0.0)
}

/// Returns the mean opinion score, 1 to 4.5, that stands for a rating (G.107, annex B).
pub fn opinion(rating: f32) -> f32 {
    let r = rating.clamp(0.0, 100.0);
    (1.0 + 0.035 * r + r * (r - 60.0) * (100.0 - r) * 7e-6).max(1.0)
}

/// Idte: one's own voice coming back late.
fn echo(delay_ms: f32) -> f32 {
    let masked = 6.0 * (-0.3 * delay_ms * delay_ms).exp();
    let heard_db = TALKER_ECHO_DB - 40.0 * ((1.0 + delay_ms / 10.0) / (1.0 + delay_ms / 150.0)).log10() + masked;
    let half = (ECHO_BASE - (80.0 + 2.5 * (heard_db - 14.0))) / 2.0;
    (half + (half * half + 100.0).sqrt() - 1.0) * (1.0 - (-delay_ms).exp())
}

/// Idd: people talk into each other.
fn slowness(delay_ms: f32) -> f32 {
    if delay_ms <= 100.0 {
        return 0.0;
    }
    let x = (delay_ms / 100.0).log2();
    25.0 * ((1.0 + x.powi(6)).powf(1.0 / 6.0) - 3.0 * (1.0 + (x / 3.0).powi(6)).powf(1.0 / 6.0) + 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(value: f32, wanted: f32, within: f32) {
        assert!((value - wanted).abs() <= within, "{value} is not {wanted} ± {within}");
    }

    #[test]
    fn delay_alone_is_rated_as_the_recommendation_has_it() {
        near(rating(0.0, 0.0), UNDISTURBED, 0.01);
        // G.114, figure 1: very satisfied to 150 ms, satisfied to 250, some dissatisfied to 320, many to 430.
        for (delay_ms, rated) in [(150.0, 90.0), (250.0, 80.0), (320.0, 71.5), (425.0, 60.5)] {
            near(rating(delay_ms, 0.0), rated, 1.0);
        }
    }

    #[test]
    fn loss_costs_what_the_codec_cannot_bear() {
        // As many as the codec bears cost half of all there is to lose.
        near(rating(0.0, ROBUSTNESS), UNDISTURBED - WORST_IMPAIRMENT / 2.0, 0.1);
        near(rating(0.0, 1.0), 89.6, 0.2);
        near(rating(0.0, 5.0), 77.4, 0.2);
    }

    #[test]
    fn opinions_run_from_one_to_four_and_a_half() {
        // G.107, table B.1.
        for (rating, score) in [(90.0, 4.34), (80.0, 4.03), (70.0, 3.60), (60.0, 3.10), (50.0, 2.58), (0.0, 1.0)] {
            near(opinion(rating), score, 0.01);
        }
        near(opinion(100.0), 4.5, 0.001);
        near(opinion(93.2), 4.41, 0.01);
    }

    #[test]
    fn nonsense_is_rated_too() {
        assert_eq!(rating(f32::INFINITY, 100.0), 0.0);
        assert!(rating(-5.0, -3.0) > 93.0);
    }
}
