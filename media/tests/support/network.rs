//! A source, a network with misfortune, and a listener, in virtual time: what every playout story is driven by.

#![allow(dead_code, clippy::unwrap_used, clippy::panic)]

use cordboard_media::Codec;
use cordboard_media::g711::Law;
use cordboard_media::opus_codec::{Encoder, EncoderSettings};
use cordboard_media::playout::{Played, PlayoutConfig, PlayoutDecoder};
use cordboard_media::rtp::RtpHeader;

/// A little generator, so that a story is the same every time.
pub struct Chance(pub u64);

impl Chance {
    pub fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / (1u64 << 31) as f64
    }

    /// Whether something of this likelihood happens.
    pub fn happens(&mut self, likelihood: f64) -> bool {
        self.next() < likelihood
    }
}

/// One packet on its way.
#[derive(Debug, Clone)]
pub struct Packet {
    pub arrival_us: u64,
    pub header: RtpHeader,
    pub codec: Codec,
    pub payload: Vec<u8>,
}

/// A voice-like sound at 8 kHz: a buzz of changing pitch and strength with pauses between words.
pub fn voice(samples: usize) -> Vec<i16> {
    let mut phase = 0.0_f64;
    (0..samples)
        .map(|n| {
            let second = n as f64 / 8_000.0;
            let pitch = 130.0 + 25.0 * (second * 2.1).sin();
            phase += pitch / 8_000.0;
            let buzz: f64 = (1..12).map(|k| (phase * std::f64::consts::TAU * f64::from(k)).sin() / f64::from(k)).sum();
            let strength = ((second * 7.0).sin() + 0.4).clamp(0.0, 1.0);
            (buzz * strength * 6_000.0) as i16
        })
        .collect()
}

/// A tone whose phase tells where in time each sample is.
pub fn tone(hz: f64, samples: usize) -> Vec<i16> {
    (0..samples).map(|n| ((n as f64 * hz / 8_000.0 * std::f64::consts::TAU).sin() * 8_000.0) as i16).collect()
}

/// Packs sound at 8 kHz as A-law packets of `ptime_ms`, each arriving when its last sample was spoken.
pub fn packed_as_alaw(sound: &[i16], ptime_ms: usize) -> Vec<Packet> {
    let samples = ptime_ms * 8;
    sound
        .chunks_exact(samples)
        .enumerate()
        .map(|(n, chunk)| {
            let mut payload = vec![0; samples];
            Law::A.encode_slice(chunk, &mut payload);
            Packet {
                arrival_us: ((n + 1) * ptime_ms * 1000) as u64,
                header: RtpHeader {
                    payload_type: 8,
                    marker: n == 0,
                    sequence: (n + 65_000) as u16,
                    timestamp: (n * samples) as u32,
                    ssrc: 0x51,
                },
                codec: Codec::Pcma,
                payload,
            }
        })
        .collect()
}

/// Packs sound at 8 kHz as Opus packets of 20 ms.
pub fn packed_as_opus(sound: &[i16], settings: &EncoderSettings) -> Vec<Packet> {
    let mut encoder = Encoder::new(settings).unwrap();
    sound
        .chunks_exact(160)
        .enumerate()
        .map(|(n, chunk)| {
            let mut payload = vec![0; 1_275];
            let length = encoder.encode(chunk, &mut payload).unwrap();
            payload.truncate(length);
            Packet {
                arrival_us: ((n + 1) * 20_000) as u64,
                header: RtpHeader {
                    payload_type: 111,
                    marker: n == 0,
                    sequence: n as u16,
                    timestamp: (n * 960) as u32,
                    ssrc: 0x52,
                },
                codec: Codec::Opus,
                payload,
            }
        })
        .collect()
}

/// What a listener got.
pub struct Heard {
    pub sound: Vec<i16>,
    pub ticks: Vec<Played>,
    pub playout: PlayoutDecoder,
}

impl Heard {
    /// Samples made up, from the given second on.
    pub fn concealed_from(&self, second: f64) -> usize {
        self.ticks.iter().skip((second * 50.0) as usize).map(|played| played.concealed).sum()
    }

    /// The steepest step between neighbouring samples.
    pub fn steepest(&self) -> i32 {
        steepest(&self.sound)
    }
}

pub fn steepest(sound: &[i16]) -> i32 {
    sound.windows(2).map(|pair| (i32::from(pair[1]) - i32::from(pair[0])).abs()).max().unwrap_or(0)
}

/// Lets a listener at `rate_hz` hear the packets, in ticks of 20 ms that begin at `phase_us`, for `seconds`.
pub fn listen(mut packets: Vec<Packet>, rate_hz: u32, phase_us: u64, seconds: f64) -> Heard {
    packets.sort_by_key(|packet| packet.arrival_us);
    let mut playout = PlayoutDecoder::new(&PlayoutConfig::at(rate_hz)).unwrap();
    let mut arriving = packets.iter().peekable();
    let mut sound = Vec::new();
    let mut ticks = Vec::new();
    for tick in 0..(seconds * 50.0) as u64 {
        let now_us = phase_us + tick * 20_000;
        while let Some(packet) = arriving.next_if(|packet| packet.arrival_us <= now_us) {
            if packet.header.payload_type == RED {
                playout.push_redundant(packet.arrival_us, &packet.header, &packet.payload, codec_of).unwrap();
            } else {
                playout.push(packet.arrival_us, &packet.header, packet.codec, &packet.payload);
            }
        }
        let mut frame = vec![0; rate_hz as usize / 50];
        ticks.push(playout.pull(now_us, &mut frame));
        sound.extend_from_slice(&frame);
    }
    Heard { sound, ticks, playout }
}

/// How many milliseconds behind `sound` the listener is, at 8 kHz, around `second`; with the likeness there.
pub fn delay_ms(sound: &[i16], heard: &[i16], second: f64) -> (f64, f64) {
    let at = (second * 8_000.0) as usize;
    let window = 2_400;
    let mut best = (0, f64::MIN);
    for lag in 0..4_000.min(at) {
        let (mut cross, mut a, mut b) = (0.0, 1.0, 1.0);
        for n in (0..window).step_by(3) {
            let (x, y) = (f64::from(heard[at + n]), f64::from(sound[at + n - lag]));
            cross += x * y;
            a += x * x;
            b += y * y;
        }
        let likeness = cross / (a * b).sqrt();
        if likeness > best.1 {
            best = (lag, likeness);
        }
    }
    (best.0 as f64 / 8.0, best.1)
}

/// Packs what is sent into redundant packets (RFC 2198) that repeat the frames `distances` back.
pub fn with_copies(packets: Vec<Packet>, distances: &[usize]) -> Vec<Packet> {
    use cordboard_media::redundancy::{Distances, Packer};
    let mut packer = Packer::new(Distances::of(distances));
    packets
        .into_iter()
        .map(|mut packet| {
            let mut out = [0; 4_096];
            let header = &mut packet.header;
            let length = packer.pack(header.payload_type, header.timestamp, &packet.payload, &mut out).unwrap();
            header.payload_type = RED;
            packet.payload = out[..length].to_vec();
            packet
        })
        .collect()
}

/// Payload type under which [`listen`] takes packets for redundant.
pub const RED: u8 = 63;

fn codec_of(payload_type: u8) -> Option<Codec> {
    [(8, Codec::Pcma), (0, Codec::Pcmu), (111, Codec::Opus)]
        .into_iter()
        .find(|known| known.0 == payload_type)
        .map(|known| known.1)
}

/// How much a tone is broken: what in `heard` does not go on as a sine of `hz` does, in dB below the tone, for the
/// worst 10 ms; −90 for a perfect tone, above −30 a click can be heard, 0 and above is another sound.
pub fn worst_break_db(heard: &[i16], hz: f64, rate_hz: u32) -> f64 {
    let turn = 2.0 * (std::f64::consts::TAU * hz / f64::from(rate_hz)).cos();
    heard
        .windows(3)
        .map(|three| f64::from(three[2]) - turn * f64::from(three[1]) + f64::from(three[0]))
        .collect::<Vec<_>>()
        .chunks(rate_hz as usize / 100)
        .map(|error| (error.iter().map(|e| e * e).sum::<f64>() / error.len() as f64).sqrt())
        .fold(1e-9, f64::max)
        .log10()
        * 20.0
        - 20.0 * (8_000.0_f64 / std::f64::consts::SQRT_2).log10()
}
