//! Where sound comes from and where it goes: the seam between the sound path and files or devices.

/// A mouth: a microphone, a file, a tone.
///
/// The sound path opens it when a call rings or is dialled, pulls frames at its own pace while the agent can be
/// heard, and closes it when the call ends. Every method is called from the sound thread alone.
pub trait SoundSource: Send {
    /// Returns the rate of the frames: 8,000, 16,000 or 48,000 Hz. It does not change.
    fn rate_hz(&self) -> u32;

    /// Gets ready: a device is opened here, so that a slow one does not cost the first word.
    ///
    /// # Errors
    /// When the source cannot be used; the call then goes on in silence.
    fn open(&mut self) -> Result<(), SoundError> {
        Ok(())
    }

    /// A call's other side begins to hear this source. A file starts from its beginning.
    fn begin(&mut self) {}

    /// Fills `frame`, silence where there is nothing to say. Mono, 10 or 20 ms.
    fn pull(&mut self, frame: &mut [i16]);

    /// The call is over.
    fn close(&mut self) {}
}

/// An ear: a loudspeaker, a file. It hears from the ring or dial to the call's end.
pub trait SoundSink: Send {
    /// Returns the rate of the frames it takes: 8,000, 16,000 or 48,000 Hz. It does not change.
    fn rate_hz(&self) -> u32;

    /// Gets ready.
    ///
    /// # Errors
    /// When the sink cannot be used; the call then goes on unheard.
    fn open(&mut self) -> Result<(), SoundError> {
        Ok(())
    }

    /// Takes the next frame. Mono, 10 or 20 ms.
    fn take(&mut self, frame: &[i16]);

    /// The call is over.
    fn close(&mut self) {}
}

/// Why a source or a sink cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SoundError {
    /// A file that cannot be opened, read or written.
    #[error("{path}: {reason}")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Words that name no sound.
    #[error("{0:?} is no sound: say silence, tone:HZ with 20 to 8000, a WAV file, or loop: and a WAV file")]
    NotASound(String),
}

/// Says nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silence;

impl SoundSource for Silence {
    fn rate_hz(&self) -> u32 {
        8_000
    }

    fn pull(&mut self, frame: &mut [i16]) {
        frame.fill(0);
    }
}

/// Hears nothing.
#[derive(Debug, Clone, Copy, Default)]
pub struct Deaf;

impl SoundSink for Deaf {
    fn rate_hz(&self) -> u32 {
        8_000
    }

    fn take(&mut self, _frame: &[i16]) {}
}
