//! Prompts, music and ringback, encoded once per codec, so that playing them is copying bytes.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::sync::{Arc, OnceLock};

use cordboard_media::g711::{ALAW_SILENCE, FRAME_SAMPLES, Law, ULAW_SILENCE};
use cordboard_media::g722;
use cordboard_media::opus_codec::{Encoder, EncoderSettings, MAX_PACKET_BYTES};
use cordboard_media::resample::Resampler;
use cordboard_media::tone::Tone;
use cordboard_media::{Codec, wav};

/// The name music is looked up by.
const MUSIC: &str = "music";

/// One sound in every codec.
#[derive(Debug)]
pub(crate) struct Clip {
    frames: usize,
    pcma: Vec<u8>,
    pcmu: Vec<u8>,
    g722: Vec<u8>,
    /// Made by the library's own thread; until then desks hear G.711.
    opus: OnceLock<OpusFrames>,
    /// The sound that Opus is made of, 8 or 16 kHz.
    source: Vec<i16>,
    rate_hz: u32,
}

#[derive(Debug, Default)]
struct OpusFrames {
    bytes: Vec<u8>,
    ends: Vec<usize>,
}

impl Clip {
    fn new(samples: Vec<i16>, rate_hz: u32) -> Option<Self> {
        match rate_hz {
            8_000 => Some(Self::of(&samples.clone(), samples, rate_hz)),
            16_000 => Some(Self::of(&resampled(&samples, rate_hz, 8_000)?, samples, rate_hz)),
            _ => {
                let wide = resampled(&samples, rate_hz, 16_000)?;
                Some(Self::of(&resampled(&wide, 16_000, 8_000)?, wide, 16_000))
            }
        }
    }

    fn of(narrow: &[i16], source: Vec<i16>, rate_hz: u32) -> Self {
        let frames = narrow.len().div_ceil(FRAME_SAMPLES);
        let encode = |law: Law, silence: u8| {
            let mut bytes = vec![silence; frames * FRAME_SAMPLES];
            law.encode_slice(narrow, &mut bytes);
            bytes
        };
        let (pcma, pcmu) = (encode(Law::A, ALAW_SILENCE), encode(Law::Mu, ULAW_SILENCE));
        let g722 = wideband(&source, rate_hz, frames);
        Self { frames, pcma, pcmu, g722, opus: OnceLock::new(), source, rate_hz }
    }

    /// How many frames of 20 ms it has.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Whether it can be had in a codec already.
    pub fn speaks(&self, codec: Codec) -> bool {
        codec != Codec::Opus || self.opus.get().is_some()
    }

    /// One frame of 20 ms.
    pub fn frame(&self, codec: Codec, index: usize) -> Option<&[u8]> {
        let span = index * FRAME_SAMPLES..(index + 1) * FRAME_SAMPLES;
        match codec {
            Codec::Pcma => self.pcma.get(span),
            Codec::Pcmu => self.pcmu.get(span),
            Codec::G722 => self.g722.get(span),
            Codec::Opus => {
                let opus = self.opus.get()?;
                let start = if index == 0 { 0 } else { *opus.ends.get(index - 1)? };
                opus.bytes.get(start..*opus.ends.get(index)?)
            }
        }
    }

    fn encode_opus(&self) {
        let Ok(mut encoder) = Encoder::new(&EncoderSettings::speech(self.rate_hz)) else { return };
        let mut frames = OpusFrames::default();
        let mut packet = [0; MAX_PACKET_BYTES];
        let frame = self.rate_hz as usize / 50;
        let mut samples = vec![0; frame];
        for index in 0..self.frames {
            samples.fill(0);
            let rest = self.source.get(index * frame..).unwrap_or_default();
            let length = rest.len().min(frame);
            samples[..length].copy_from_slice(&rest[..length]);
            let Ok(length) = encoder.encode(&samples, &mut packet) else { return };
            frames.bytes.extend_from_slice(&packet[..length]);
            frames.ends.push(frames.bytes.len());
        }
        // Nobody else fills it.
        let _ = self.opus.set(frames);
    }
}

/// All sounds by name.
#[derive(Debug)]
pub(crate) struct Library {
    clips: HashMap<String, Arc<Clip>>,
    ringback: Arc<Clip>,
}

impl Library {
    /// Reads every `<folder>/<language>/<name>.wav` and `<folder>/<name>.wav`. A file that cannot be read is left
    /// out and named in the log: a missing prompt is reported when it is asked for.
    pub fn load(folder: &Path) -> Arc<Self> {
        let mut clips = HashMap::new();
        read_folder(folder, "", &mut clips);
        let mut tone = vec![0; 8_000 * 5];
        Tone::ringback(8_000).fill(&mut tone);
        let ringback = Clip::of(&tone.clone(), tone, 8_000);
        if !clips.contains_key(MUSIC) {
            tracing::warn!("the prompt library has no music");
        }
        tracing::info!(clips = clips.len(), "prompt library read");
        let library = Arc::new(Self { clips, ringback: Arc::new(ringback) });
        let far = Arc::clone(&library);
        let encode = move || {
            crate::threads::be_quiet();
            for clip in far.clips.values().chain([&far.ringback]) {
                clip.encode_opus();
            }
        };
        if let Err(error) = std::thread::Builder::new().name("relay-library".into()).spawn(encode) {
            tracing::warn!(%error, "prompts stay without Opus");
        }
        library
    }

    pub fn clip(&self, name: &str) -> Option<Arc<Clip>> {
        self.clips.get(name).cloned()
    }

    pub fn music(&self) -> Option<Arc<Clip>> {
        self.clip(MUSIC)
    }

    pub fn ringback(&self) -> Arc<Clip> {
        Arc::clone(&self.ringback)
    }
}

fn read_folder(folder: &Path, prefix: &str, clips: &mut HashMap<String, Arc<Clip>>) {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            tracing::warn!(%error, "cannot read a folder of prompts");
            return;
        }
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        let Some(stem) = path.file_stem().and_then(|stem| stem.to_str()) else { continue };
        if path.is_dir() && prefix.is_empty() {
            read_folder(&path, stem, clips);
        } else if path.extension().is_some_and(|extension| extension == "wav") {
            let name = if prefix.is_empty() { stem.to_owned() } else { format!("{prefix}/{stem}") };
            match read_clip(&path) {
                Ok(clip) => drop(clips.insert(name, Arc::new(clip))),
                Err(reason) => tracing::warn!(prompt = name, reason, "prompt left out"),
            }
        }
    }
}

fn read_clip(path: &Path) -> Result<Clip, String> {
    let file = fs::File::open(path).map_err(|error| error.to_string())?;
    let sound = wav::read(std::io::BufReader::new(file)).map_err(|error| error.to_string())?;
    let rate = sound.rate_hz;
    Clip::new(sound.to_mono(), rate).ok_or_else(|| format!("{rate} Hz cannot be resampled"))
}

/// The sound in G.722, as many frames as asked for.
fn wideband(source: &[i16], rate_hz: u32, frames: usize) -> Vec<u8> {
    let widened = if rate_hz == g722::RATE_HZ { None } else { resampled(source, rate_hz, g722::RATE_HZ) };
    let mut samples = widened.unwrap_or_else(|| source.to_vec());
    samples.resize(frames * g722::FRAME_SAMPLES, 0);
    let mut bytes = vec![0; frames * g722::FRAME_BYTES];
    g722::Encoder::new().encode(&samples, &mut bytes);
    bytes
}

/// The sound at another rate, without the filter's delay.
fn resampled(samples: &[i16], from_hz: u32, to_hz: u32) -> Option<Vec<i16>> {
    let mut resampler = Resampler::new(from_hz, to_hz).ok()?;
    let mut padded = samples.to_vec();
    padded.resize(samples.len() + resampler.delay_samples().ceil() as usize, 0);
    let mut out = vec![0; resampler.max_output(padded.len())];
    let length = resampler.process(&padded, &mut out);
    out.truncate(length);
    let delay = (resampler.delay_samples() * f64::from(to_hz) / f64::from(from_hz)).round() as usize;
    out.drain(..delay.min(length));
    Some(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use cordboard_media::level::rms_dbfs;

    fn tone(hz: f32, rate_hz: u32) -> Vec<i16> {
        let mut samples = vec![0; rate_hz as usize];
        Tone::sine(hz, -20.0, rate_hz).fill(&mut samples);
        samples
    }

    #[test]
    fn wide_sound_becomes_narrow_without_folding() {
        for rate_hz in [16_000, 44_100, 48_000] {
            let kept = Clip::new(tone(1_000.0, rate_hz), rate_hz).unwrap();
            let folded = Clip::new(tone(5_500.0, rate_hz), rate_hz).unwrap();
            let level = |clip: &Clip| {
                let mut samples = vec![0; clip.pcma.len()];
                Law::A.decode_slice(&clip.pcma, &mut samples);
                rms_dbfs(&samples[400..7_600])
            };
            assert!((level(&kept) + 20.0).abs() < 0.5, "{}", level(&kept));
            assert!(level(&folded) < -50.0, "{}", level(&folded));
        }
    }

    #[test]
    fn every_codec_has_every_frame() {
        let clip = Clip::new(vec![0; 16_000 + 7], 16_000).unwrap();
        clip.encode_opus();
        for codec in [Codec::Pcma, Codec::Pcmu, Codec::G722, Codec::Opus] {
            assert!((0..clip.frames()).all(|index| clip.frame(codec, index).is_some_and(|frame| !frame.is_empty())));
            assert!(clip.frame(codec, clip.frames()).is_none());
        }
    }
}
