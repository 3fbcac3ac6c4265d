//! Cleans what the microphone hears: takes out what the loudspeaker plays, the room's noise, and differences of level.

use sonora::config::{
    AdaptiveDigital, EchoCanceller, GainController2, HighPassFilter, NoiseSuppression, NoiseSuppressionLevel,
    TransparentModeType,
};
use sonora::{AudioProcessing, Config, StreamConfig};

/// Rate of the sound that is cleaned.
const HZ: u32 = 16_000;
/// 10 ms.
const FRAME: usize = HZ as usize / 100;

/// What is done to the microphone's sound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cleaning {
    /// What the loudspeaker plays is taken out.
    pub echo: bool,
    /// Steady noise is lowered by about 12 dB.
    pub noise: bool,
    /// Speech is brought to an even level.
    pub gain: bool,
}

impl Default for Cleaning {
    /// Everything, which is right for who has not chosen.
    fn default() -> Self {
        Cleaning { echo: true, noise: true, gain: true }
    }
}

impl Cleaning {
    /// Nothing, for headsets that do it themselves, and for measurements.
    pub const NONE: Cleaning = Cleaning { echo: false, noise: false, gain: false };

    fn config(self) -> Config {
        Config {
            high_pass_filter: (self != Cleaning::NONE).then(HighPassFilter::default),
            echo_canceller: self.echo.then(|| EchoCanceller {
                // Finds out sooner that the agent wears a headset and nothing comes back.
                transparent_mode: TransparentModeType::Hmm,
                ..EchoCanceller::default()
            }),
            noise_suppression: self.noise.then_some(NoiseSuppression {
                level: NoiseSuppressionLevel::Moderate,
                analyze_linear_aec_output_when_available: false,
            }),
            // More than this lifts a neighbour's voice to the agent's.
            gain_controller2: self.gain.then(|| GainController2 {
                adaptive_digital: Some(AdaptiveDigital {
                    max_gain_db: 24.0,
                    initial_gain_db: 6.0,
                    ..AdaptiveDigital::default()
                }),
                ..GainController2::default()
            }),
            ..Config::default()
        }
    }
}

/// Cleans frames of 10 ms at 16 kHz: first what is played, then what is heard at the same time.
pub struct Cleaner {
    cleaning: Cleaning,
    processing: AudioProcessing,
    scratch: [i16; FRAME],
}

impl Cleaner {
    /// Makes a cleaner that knows nothing of the room yet.
    pub fn new(cleaning: Cleaning) -> Cleaner {
        Cleaner { cleaning, processing: processing(cleaning), scratch: [0; FRAME] }
    }

    /// Does this from now on.
    pub fn set(&mut self, cleaning: Cleaning) {
        if cleaning != self.cleaning {
            self.cleaning = cleaning;
            self.processing.apply_config(cleaning.config());
        }
    }

    /// Forgets the room: another call begins, perhaps on other devices.
    pub fn forget(&mut self) {
        self.processing = processing(self.cleaning);
    }

    /// Takes the frame that the loudspeaker is given.
    pub fn hear(&mut self, played: &[i16]) {
        if self.cleaning.echo && played.len() == FRAME {
            let heard = self.processing.process_render_i16(played, &mut self.scratch);
            debug_assert!(heard.is_ok(), "a frame of 10 ms is always taken");
        }
    }

    /// Cleans the frame that the microphone gave, which hears what is played `delay_ms` after [`Cleaner::hear`].
    pub fn clean(&mut self, said: &mut [i16], delay_ms: f32) {
        if self.cleaning == Cleaning::NONE || said.len() != FRAME {
            return;
        }
        // Only a hint, brought within its bounds where it is outside.
        let _ = self.processing.set_stream_delay_ms(delay_ms as i32);
        if self.processing.process_capture_i16(said, &mut self.scratch).is_ok() {
            said.copy_from_slice(&self.scratch);
        }
    }
}

fn processing(cleaning: Cleaning) -> AudioProcessing {
    AudioProcessing::builder()
        .config(cleaning.config())
        .capture_config(StreamConfig::new(HZ, 1))
        .render_config(StreamConfig::new(HZ, 1))
        .build()
}
