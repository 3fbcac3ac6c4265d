//! Cleans what the microphone hears: takes out what the loudspeaker plays, the room's noise, and differences of level.

mod echo;
mod filter;
mod noise;
mod spectrum;
mod talk;

use sonora::config::{AdaptiveDigital, GainController2, HighPassFilter};
use sonora::{AudioProcessing, Config, StreamConfig};

use echo::EchoCanceller;
use noise::{NoiseFilter, STEP};

/// Rate of the sound that is cleaned.
const HZ: u32 = 16_000;
/// 10 ms, what the level is worked on at a time.
const FRAME: usize = HZ as usize / 100;
/// What is cleaned at a time, 20 ms: it holds whole frames and whole blocks of the echo canceller's, so that nothing
/// waits to fill one.
const PACKET: usize = 2 * FRAME;
/// Samples by which the echo canceller holds sound back: its suppressor's windows overlap.
const ECHO_DELAY: f32 = 64.0;

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
            // The echo canceller has one of its own.
            high_pass_filter: (!self.echo).then(HighPassFilter::default),
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

/// Cleans 20 ms at a time at 16 kHz: first what is played, then what is heard at the same time.
pub struct Cleaner {
    cleaning: Cleaning,
    echo: Option<Box<EchoCanceller>>,
    noise: Option<Box<NoiseFilter>>,
    rest: AudioProcessing,
    /// What is played while the next packet is heard, as far as it is known.
    played: [i16; PACKET],
    known: usize,
    scratch: [i16; FRAME],
}

impl Cleaner {
    /// Makes a cleaner that knows nothing of the room yet.
    pub fn new(cleaning: Cleaning) -> Cleaner {
        Cleaner {
            cleaning,
            echo: canceller(cleaning),
            noise: noise_filter(cleaning),
            rest: processing(cleaning),
            played: [0; PACKET],
            known: 0,
            scratch: [0; FRAME],
        }
    }

    /// Does this from now on.
    pub fn set(&mut self, cleaning: Cleaning) {
        if cleaning.echo != self.cleaning.echo {
            self.echo = canceller(cleaning);
        }
        if cleaning.noise != self.cleaning.noise {
            self.noise = noise_filter(cleaning);
        }
        if cleaning != self.cleaning {
            self.cleaning = cleaning;
            self.rest.apply_config(cleaning.config());
        }
    }

    /// Forgets the room: another call begins, perhaps on other devices.
    pub fn forget(&mut self) {
        self.echo = canceller(self.cleaning);
        self.noise = noise_filter(self.cleaning);
        self.rest = processing(self.cleaning);
        self.known = 0;
    }

    /// Takes what the loudspeaker is given, any part of 20 ms; what is beyond that is not taken.
    pub fn hear(&mut self, played: &[i16]) {
        let room = &mut self.played[self.known..];
        let taken = played.len().min(room.len());
        room[..taken].copy_from_slice(&played[..taken]);
        self.known += taken;
    }

    /// Cleans the 20 ms that the microphone gave meanwhile; other lengths are left as they are.
    pub fn clean(&mut self, said: &mut [i16]) {
        // Where less was played, there was silence.
        self.played[std::mem::take(&mut self.known)..].fill(0);
        if said.len() != PACKET {
            return;
        }
        if let Some(echo) = &mut self.echo {
            echo.clean(&self.played, said);
        }
        if let Some(noise) = &mut self.noise {
            for step in said.as_chunks_mut::<STEP>().0 {
                let mut sound = step.map(f32::from);
                noise.clean(&mut sound);
                // Numbers out of range become the nearest in it.
                *step = sound.map(|sample| sample.round() as i16);
            }
        }
        // Without an echo canceller, this is what takes out a rumble.
        if !self.cleaning.gain && (self.cleaning.echo || self.cleaning == Cleaning::NONE) {
            return;
        }
        for frame in said.chunks_exact_mut(FRAME) {
            if self.rest.process_capture_i16(frame, &mut self.scratch).is_ok() {
                frame.copy_from_slice(&self.scratch);
            }
        }
    }

    /// Returns how long sound takes through here, milliseconds.
    pub fn delay_ms(&self) -> f32 {
        if self.cleaning.echo { ECHO_DELAY * 1_000.0 / HZ as f32 } else { 0.0 }
    }
}

fn canceller(cleaning: Cleaning) -> Option<Box<EchoCanceller>> {
    cleaning.echo.then(|| Box::new(EchoCanceller::new()))
}

fn noise_filter(cleaning: Cleaning) -> Option<Box<NoiseFilter>> {
    cleaning.noise.then(|| Box::new(NoiseFilter::new()))
}

fn processing(cleaning: Cleaning) -> AudioProcessing {
    AudioProcessing::builder()
        .config(cleaning.config())
        .capture_config(StreamConfig::new(HZ, 1))
        .render_config(StreamConfig::new(HZ, 1))
        .build()
}
