//! A steady sine as a mouth, for checks where nothing on the way touches the sound.

use cordboard_media::tone::{TONE_DBFS, Tone as Sine};

use super::FILE_HZ;
use crate::sound::SoundSource;

/// A sine of one frequency.
#[derive(Debug, Clone)]
pub struct Tone {
    sine: Sine,
}

impl Tone {
    /// Makes a tone of 20 to 8,000 Hz; none outside.
    pub fn new(hz: f32) -> Option<Tone> {
        (20.0..=FILE_HZ as f32 / 2.0).contains(&hz).then(|| Tone { sine: Sine::sine(hz, TONE_DBFS, FILE_HZ) })
    }
}

impl SoundSource for Tone {
    fn rate_hz(&self) -> u32 {
        FILE_HZ
    }

    fn begin(&mut self) {
        self.sine.restart();
    }

    fn pull(&mut self, frame: &mut [i16]) {
        self.sine.fill(frame);
    }
}
