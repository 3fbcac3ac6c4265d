//! How a customer tells the menu and the music from a person: by the pauses.
//!
//! Music has none, a person has many. After its keys the customer waits until whatever it hears has fallen silent
//! for a moment, which is when somebody answered; then it says its piece, and from then on it repeats every sentence
//! it is told, once the sentence is over.

use cordboard_media::level;

/// 20 ms at 8 kHz.
pub const FRAME: usize = 160;
/// Quieter than this is silence.
const SILENCE_DBFS: f32 = -48.0;
/// Silence that ends what was heard before it: 320 ms, longer than any pause between words.
const PAUSE_FRAMES: usize = 16;
/// Silence after which somebody must have answered even if nothing was heard before: 2 s.
const QUIET_FRAMES: usize = 100;
/// The longest sentence that is repeated: 15 s; what is longer was music.
const LONGEST: usize = 15 * 8_000;

/// What the customer does next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reaction {
    /// Goes on listening.
    Listen,
    /// Somebody has answered: says its piece.
    SpeakUp,
    /// Repeats a sentence.
    Repeat(Vec<i16>),
}

/// What the customer has heard so far.
#[derive(Debug, Default)]
pub struct Listener {
    attended: bool,
    sentence: Vec<i16>,
    silent_frames: usize,
    too_long: bool,
}

impl Listener {
    /// Hears 20 ms.
    pub fn hear(&mut self, frame: &[i16]) -> Reaction {
        if level::rms_dbfs(frame) > SILENCE_DBFS {
            self.silent_frames = 0;
            self.too_long |= self.sentence.len() > LONGEST;
            if !self.too_long {
                self.sentence.extend_from_slice(frame);
            }
            return Reaction::Listen;
        }
        self.silent_frames += 1;
        let something = !self.sentence.is_empty() || self.too_long;
        if self.attended {
            if something && self.silent_frames == PAUSE_FRAMES {
                return self.sentence_over();
            }
            if something {
                self.sentence.extend_from_slice(frame);
            }
            return Reaction::Listen;
        }
        if (something && self.silent_frames >= PAUSE_FRAMES) || self.silent_frames >= QUIET_FRAMES {
            self.attended = true;
            self.forget();
            return Reaction::SpeakUp;
        }
        Reaction::Listen
    }

    /// Forgets what was heard: it was the customer's own menu, or came while the customer spoke.
    pub fn forget(&mut self) {
        self.sentence.clear();
        self.too_long = false;
    }

    fn sentence_over(&mut self) -> Reaction {
        let sentence = std::mem::take(&mut self.sentence);
        // A cough is no sentence: 200 ms, not counting the pause behind it.
        let repeat = !self.too_long && sentence.len() >= (10 + PAUSE_FRAMES - 1) * FRAME;
        self.too_long = false;
        if repeat { Reaction::Repeat(sentence) } else { Reaction::Listen }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOUD: [i16; FRAME] = [8_000; FRAME];
    const QUIET: [i16; FRAME] = [0; FRAME];

    fn hear(listener: &mut Listener, frame: &[i16; FRAME], frames: usize) -> Vec<Reaction> {
        let reactions = (0..frames).map(|_| listener.hear(frame));
        reactions.filter(|reaction| *reaction != Reaction::Listen).collect()
    }

    #[test]
    fn waits_through_music_speaks_up_then_repeats_sentences() {
        let mut listener = Listener::default();
        assert_eq!(hear(&mut listener, &LOUD, 2_000), []);
        assert_eq!(hear(&mut listener, &QUIET, 30), [Reaction::SpeakUp]);
        assert_eq!(hear(&mut listener, &LOUD, 50), []);
        let reactions = hear(&mut listener, &QUIET, 60);
        assert!(
            matches!(&reactions[..], [Reaction::Repeat(sentence)] if sentence.len() >= 50 * FRAME),
            "{reactions:?}"
        );
    }

    #[test]
    fn a_silent_line_is_spoken_to_after_two_seconds() {
        let mut listener = Listener::default();
        assert_eq!(hear(&mut listener, &QUIET, QUIET_FRAMES), [Reaction::SpeakUp]);
    }

    #[test]
    fn music_and_coughs_are_not_repeated() {
        let mut listener = Listener::default();
        hear(&mut listener, &QUIET, QUIET_FRAMES);
        assert_eq!(hear(&mut listener, &LOUD, 3), []);
        assert_eq!(hear(&mut listener, &QUIET, 60), []);
        assert_eq!(hear(&mut listener, &LOUD, 1_000), []);
        assert_eq!(hear(&mut listener, &QUIET, 60), []);
    }
}
