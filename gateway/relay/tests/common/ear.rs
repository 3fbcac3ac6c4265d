//! What a peer heard, and the judgement on it.

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use cordboard_media::Codec;
use cordboard_media::g711::Law;
use cordboard_media::g722;
use cordboard_media::opus_codec::Decoder;
use cordboard_media::resample::Resampler;
use cordboard_media::rtp::RtpHeader;

/// One packet as heard, at 8 kHz.
#[derive(Debug, Clone)]
pub struct Heard {
    pub at: Instant,
    pub codec: Codec,
    pub header: RtpHeader,
    pub samples: Vec<i16>,
    /// The same at 16 kHz, where the codec has it.
    pub wide: Vec<i16>,
}

#[derive(Debug, Default)]
pub struct Memory {
    pub packets: Vec<Heard>,
    pub digits: String,
    pub events: usize,
}

/// An ear that others may look into while it listens.
#[derive(Clone, Default)]
pub struct Ear {
    shared: Arc<(Mutex<Memory>, Condvar)>,
}

/// Decodes for an ear.
pub struct Decoding {
    opus: Decoder,
    opus_wide: Decoder,
    g722: g722::Decoder,
    narrowed: Resampler,
}

impl Default for Decoding {
    fn default() -> Self {
        Self {
            opus: Decoder::new(8_000).unwrap(),
            opus_wide: Decoder::new(16_000).unwrap(),
            g722: g722::Decoder::new(),
            narrowed: Resampler::new(16_000, 8_000).unwrap(),
        }
    }
}

impl Decoding {
    /// At 8 kHz, and at 16 kHz where the codec has it.
    pub fn decode(&mut self, codec: Codec, payload: &[u8]) -> (Vec<i16>, Vec<i16>) {
        let (mut samples, mut wide) = (vec![0; 960], vec![0; 1_920]);
        let wide_length = match codec {
            Codec::Pcma | Codec::Pcmu => 0,
            Codec::G722 => self.g722.decode(payload, &mut wide),
            Codec::Opus => self.opus_wide.decode(payload, &mut wide).unwrap(),
        };
        wide.truncate(wide_length);
        let length = match codec {
            Codec::Pcma => Law::A.decode_slice(payload, &mut samples),
            Codec::Pcmu => Law::Mu.decode_slice(payload, &mut samples),
            Codec::G722 => self.narrowed.process(&wide, &mut samples),
            Codec::Opus => self.opus.decode(payload, &mut samples).unwrap(),
        };
        samples.truncate(length);
        (samples, wide)
    }
}

impl Ear {
    pub fn hear(&self, packet: Heard) {
        self.shared.0.lock().unwrap().packets.push(packet);
        self.shared.1.notify_all();
    }

    pub fn change(&self, change: impl FnOnce(&mut Memory)) {
        change(&mut self.shared.0.lock().unwrap());
        self.shared.1.notify_all();
    }

    pub fn packets(&self) -> Vec<Heard> {
        self.shared.0.lock().unwrap().packets.clone()
    }

    pub fn digits(&self) -> String {
        self.shared.0.lock().unwrap().digits.clone()
    }

    pub fn forget(&self) {
        *self.shared.0.lock().unwrap() = Memory::default();
    }

    /// Waits until what was heard fits.
    pub fn wait(&self, what: &str, fits: impl Fn(&Memory) -> bool) {
        let deadline = Instant::now() + super::PATIENCE;
        let mut memory = self.shared.0.lock().unwrap();
        while !fits(&memory) {
            let Some(left) = deadline.checked_duration_since(Instant::now()) else {
                panic!("not heard: {what}; {} packets, {}", memory.packets.len(), portrait(&memory.packets));
            };
            memory = self.shared.1.wait_timeout(memory, left).unwrap().0;
        }
    }

    /// Waits until the last `span` packets are one pure tone.
    pub fn wait_for_tone(&self, hz: f32, span: usize) {
        self.wait(&format!("{hz} Hz"), |memory| {
            memory.packets.len() >= span && is_tone(&samples(&memory.packets[memory.packets.len() - span..]), hz)
        });
    }

    /// Listens for a while from now on and returns what came.
    pub fn listen(&self, span: Duration) -> Vec<Heard> {
        let from = Instant::now();
        let until = from + span;
        let mut memory = self.shared.0.lock().unwrap();
        while let Some(left) = until.checked_duration_since(Instant::now()) {
            memory = self.shared.1.wait_timeout(memory, left).unwrap().0;
        }
        memory.packets.iter().filter(|packet| packet.at >= from).cloned().collect()
    }
}

/// All samples in the order of their sequence numbers.
pub fn samples(packets: &[Heard]) -> Vec<i16> {
    packets.iter().flat_map(|packet| packet.samples.iter().copied()).collect()
}

/// How much of the sound's power lies at `hz` (Goertzel), 0 to 1.
pub fn share(samples: &[i16], hz: f32) -> f32 {
    let coefficient = 2.0 * (std::f32::consts::TAU * hz / 8_000.0).cos();
    let (mut one, mut two, mut total) = (0.0_f64, 0.0_f64, 0.0_f64);
    for sample in samples {
        let sample = f64::from(*sample);
        let next = sample + f64::from(coefficient) * one - two;
        (two, one) = (one, next);
        total += sample * sample;
    }
    let power = one * one + two * two - f64::from(coefficient) * one * two;
    if total < 1.0 { 0.0 } else { (power * 2.0 / (total * samples.len() as f64)) as f32 }
}

/// Whether the sound is loud and almost wholly at `hz`.
pub fn is_tone(samples: &[i16], hz: f32) -> bool {
    rms(samples) > 500.0 && share(samples, hz) > 0.8
}

/// How much of the time, 0 to 1, the sound is that tone, whatever its phase: by stretches of 40 ms.
pub fn time_at(samples: &[i16], hz: f32) -> f32 {
    let stretches: Vec<_> = samples.chunks_exact(320).collect();
    let at_tone = stretches.iter().filter(|stretch| is_tone(stretch, hz)).count();
    at_tone as f32 / stretches.len().max(1) as f32
}

/// Whether `hz` is in the sound at all, beside others.
pub fn has_tone(samples: &[i16], hz: f32) -> bool {
    share(samples, hz) * rms(samples).powi(2) > 400.0_f32.powi(2)
}

pub fn rms(samples: &[i16]) -> f32 {
    let total: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    (total / samples.len().max(1) as f64).sqrt() as f32
}

/// The strongest of the usual test tones in the last packets, for messages.
fn portrait(packets: &[Heard]) -> String {
    let last = samples(&packets[packets.len().saturating_sub(20)..]);
    let strongest =
        (1..40).map(|step| step as f32 * 100.0).max_by(|a, b| share(&last, *a).total_cmp(&share(&last, *b)));
    format!("level {:.0}, strongest near {strongest:?} Hz", rms(&last))
}

/// When each packet was meant to be played, seconds after the first, by its timestamp. A listener that is held up by a
/// busy machine does not blur this.
fn meant(packets: &[Heard]) -> Vec<f64> {
    let Some(first) = packets.first() else { return Vec::new() };
    let ticks = |packet: &Heard| packet.header.timestamp.wrapping_sub(first.header.timestamp) as i32;
    packets.iter().map(|packet| f64::from(ticks(packet)) / f64::from(packet.codec.clock_hz())).collect()
}

/// Checks the outward face of a stream: one SSRC, sequence without holes, timestamps that follow the wall clock.
pub fn assert_continuous(packets: &[Heard]) {
    for pair in packets.windows(2) {
        let (before, after) = (&pair[0].header, &pair[1].header);
        assert_eq!(before.ssrc, after.ssrc);
        assert_eq!(after.sequence, before.sequence.wrapping_add(1), "a hole or a repetition");
        let ticks = after.timestamp.wrapping_sub(before.timestamp) as i32;
        assert!(ticks > 0, "time stood still or ran back by {ticks}");
    }
    let Some(first) = packets.first() else { return };
    // The least delay of every half second: a clock that stood still over a pause would show as delay that stays.
    let meant = meant(packets);
    let delays: Vec<f64> =
        packets.iter().zip(&meant).map(|(packet, said)| (packet.at - first.at).as_secs_f64() - said).collect();
    let least: Vec<f64> = delays.chunks(25).map(|chunk| chunk.iter().copied().fold(f64::MAX, f64::min)).collect();
    let (low, high) = (least.iter().copied().fold(f64::MAX, f64::min), least.iter().copied().fold(f64::MIN, f64::max));
    assert!(high - low < 0.3, "the stream's clock strayed from the wall clock: {least:.3?}");
}

/// The longest time without sound on any of several streams, each laid on the wall clock by its own timestamps.
pub fn longest_hole(streams: &[Vec<Heard>]) -> Duration {
    let mut sounding = Vec::new();
    let Some(origin) = streams.iter().filter_map(|stream| stream.first()).map(|first| first.at).min() else {
        return Duration::MAX;
    };
    for stream in streams {
        let meant = meant(stream);
        let delays = stream.iter().zip(&meant).map(|(packet, said)| (packet.at - origin).as_secs_f64() - said);
        let offset = delays.fold(f64::MAX, f64::min);
        let audible = stream.iter().zip(meant).filter(|(packet, _)| rms(&packet.samples) > 300.0);
        sounding.extend(audible.map(|(_, said)| said + offset));
    }
    sounding.sort_unstable_by(f64::total_cmp);
    Duration::from_secs_f64(sounding.windows(2).map(|pair| pair[1] - pair[0]).fold(0.0, f64::max))
}
