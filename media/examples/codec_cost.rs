//! What each codec function costs: microseconds of CPU for 20 ms of sound, median and range of several rounds.
//!
//! On Linux the scheduler's own account of this thread is read, so that a busy machine changes the figures little;
//! elsewhere it is time by the clock.
//!
//! Run it with `cargo run --release -p cordboard-media --example codec_cost`. With `--json` it prints one JSON object
//! a line, `{"name":…,"us_per_20_ms":…,"least":…,"most":…}`, for the bench.

#![allow(clippy::print_stdout, clippy::unwrap_used)]

use cordboard_media::Codec;
use cordboard_media::conceal::Concealer;
use cordboard_media::g711::Law;
use cordboard_media::mixer::Mixer;
use cordboard_media::opus_codec::{Decoder, Encoder, EncoderSettings};
use cordboard_media::playout::{PlayoutConfig, PlayoutDecoder};
use cordboard_media::recording::{FileHeader, RecordWriter, Side};
use cordboard_media::resample::Resampler;
use cordboard_media::rtp::{self, Rewriter, RtpHeader};
use std::hint::black_box;
use std::time::{Duration, Instant};

const ROUNDS: usize = 9;
const ROUND: Duration = Duration::from_millis(100);

fn main() {
    let json = std::env::args().any(|argument| argument == "--json");
    let bench = Bench { json };
    bench.g711();
    bench.opus();
    bench.samples();
    bench.packets();
}

struct Bench {
    json: bool,
}

impl Bench {
    /// Measures `work`, which handles one frame of 20 ms.
    fn measure(&self, name: &str, mut work: impl FnMut()) {
        let mut rounds: Vec<f64> = (0..ROUNDS)
            .map(|_| {
                let (begin, clock) = (Instant::now(), CpuClock::start());
                let mut frames = 0_u32;
                while begin.elapsed() < ROUND {
                    for _ in 0..64 {
                        work();
                    }
                    frames += 64;
                }
                clock.elapsed().as_secs_f64() * 1e6 / f64::from(frames)
            })
            .collect();
        rounds.sort_by(f64::total_cmp);
        let (median, least, most) = (rounds[ROUNDS / 2], rounds[0], rounds[ROUNDS - 1]);
        if self.json {
            println!(r#"{{"name":"{name}","us_per_20_ms":{median:.3},"least":{least:.3},"most":{most:.3}}}"#);
        } else {
            println!("{name:<44} {median:>9.3} µs  ({least:.3} to {most:.3})");
        }
    }

    fn g711(&self) {
        let sound = voice(8_000);
        let mut frames = sound.chunks_exact(160).cycle();
        let mut codes = [0; 160];
        let mut samples = [0; 160];
        for law in [Law::A, Law::Mu] {
            self.measure(&format!("g711 {law:?}-law encode"), || {
                black_box(law.encode_slice(frames.next().unwrap(), &mut codes));
            });
            self.measure(&format!("g711 {law:?}-law decode"), || {
                black_box(law.decode_slice(&codes, &mut samples));
            });
        }
        let mut concealer = Concealer::new();
        let mut lost = 0;
        self.measure("g711 conceal, every fifth frame", || {
            samples.copy_from_slice(frames.next().unwrap());
            lost = (lost + 1) % 5;
            if lost == 0 {
                concealer.conceal(&mut samples);
            } else {
                concealer.hear(&mut samples);
            }
            black_box(&samples);
        });
    }

    fn opus(&self) {
        for rate_hz in [8_000, 16_000, 48_000] {
            let sound = voice(rate_hz);
            let frame = rate_hz as usize / 50;
            let plain = EncoderSettings::speech(rate_hz);
            for (what, settings) in [
                ("complexity 1", EncoderSettings { complexity: 1, ..plain }),
                ("complexity 5", plain),
                ("complexity 5, FEC", plain.with_fec(10)),
                ("complexity 9, FEC", EncoderSettings { complexity: 9, ..plain.with_fec(10) }),
            ] {
                let mut encoder = Encoder::new(&settings).unwrap();
                let mut packet = [0; 1_275];
                let mut frames = sound.chunks_exact(frame).cycle();
                self.measure(&format!("opus encode {rate_hz} Hz, {what}"), || {
                    black_box(encoder.encode(frames.next().unwrap(), &mut packet).unwrap());
                });
            }
            let packets = encoded(&plain.with_fec(10), &sound);
            let mut frames = packets.iter().cycle();
            let mut out = vec![0; frame];
            let mut decoder = Decoder::new(rate_hz).unwrap();
            self.measure(&format!("opus decode {rate_hz} Hz"), || {
                black_box(decoder.decode(frames.next().unwrap(), &mut out).unwrap());
            });
            self.measure(&format!("opus decode from FEC {rate_hz} Hz"), || {
                black_box(decoder.decode_fec(frames.next().unwrap(), &mut out).unwrap());
            });
            let mut narrow = Decoder::new(8_000).unwrap();
            let mut samples = [0; 160];
            self.measure(&format!("opus decode {rate_hz} Hz to 8000 Hz"), || {
                black_box(narrow.decode(frames.next().unwrap(), &mut samples).unwrap());
            });
        }
    }

    fn samples(&self) {
        let rates = [8_000_u32, 16_000, 48_000];
        for from_hz in rates {
            let sound = voice(from_hz);
            for to_hz in rates.into_iter().filter(|&to_hz| to_hz != from_hz) {
                let mut resampler = Resampler::new(from_hz, to_hz).unwrap();
                let mut frames = sound.chunks_exact(from_hz as usize / 50).cycle();
                let mut out = [0; 1_000];
                self.measure(&format!("resample {from_hz} to {to_hz} Hz"), || {
                    black_box(resampler.process(frames.next().unwrap(), &mut out));
                });
            }
        }
        let sound = voice(8_000);
        let mut mixer = Mixer::new(10, 160);
        let mut out = [0; 160];
        self.measure("mix ten at 8000 Hz, minus self for each", || {
            mixer.begin();
            for (source, frame) in sound.chunks_exact(160).take(10).enumerate() {
                mixer.add(source, frame);
            }
            for source in 0..10 {
                mixer.mix_minus(source, &mut out);
                black_box(&out);
            }
        });
    }

    fn packets(&self) {
        let payload = [0x2A; 160];
        let mut rewriter = Rewriter::new(1, 2, 3, 8_000, 0);
        let mut bytes = [0; 256];
        let mut n = 0_u64;
        self.measure("rtp parse, rewrite, write", || {
            n += 1;
            let header = header(n, 160);
            let length = header.write_packet(&payload, &mut bytes).unwrap();
            let (header, payload) = rtp::parse(&bytes[..length]).unwrap();
            let out = rewriter.forward(n * 20_000, 1, &header, 8, payload.len() as u32);
            black_box(out);
        });
        let mut writer = RecordWriter::new(&FileHeader { start_us: 0, start_utc_ms: 0 }, 65_536);
        self.measure("recording, both sides appended", || {
            n += 1;
            for side in Side::BOTH {
                black_box(writer.packet(side, n, Codec::Pcma, &header(n, 160), &payload)).ok();
            }
            if writer.pending().len() > 1_000 {
                writer.written(writer.pending().len());
            }
        });
        for rate_hz in [8_000, 48_000] {
            let mut playout = PlayoutDecoder::new(&PlayoutConfig::at(rate_hz)).unwrap();
            let mut out = vec![0; rate_hz as usize / 50];
            let mut n = 0;
            self.measure(&format!("playout of A-law at {rate_hz} Hz"), || {
                n += 1;
                playout.push(n * 20_000, &header(n, 160), Codec::Pcma, &payload);
                black_box(playout.pull(n * 20_000 + 5_000, &mut out));
            });
            let packets = encoded(&EncoderSettings::speech(8_000).with_fec(10), &voice(8_000));
            let mut frames = packets.iter().cycle();
            self.measure(&format!("playout of Opus at {rate_hz} Hz"), || {
                n += 1;
                playout.push(n * 20_000, &header(n, 960), Codec::Opus, frames.next().unwrap());
                black_box(playout.pull(n * 20_000 + 5_000, &mut out));
            });
        }
    }
}

/// Time this thread has had a CPU.
struct CpuClock {
    cpu: Option<Duration>,
    wall: Instant,
}

impl CpuClock {
    fn start() -> Self {
        Self { cpu: on_cpu(), wall: Instant::now() }
    }

    fn elapsed(&self) -> Duration {
        match (self.cpu, on_cpu()) {
            (Some(then), Some(now)) => now.saturating_sub(then),
            _ => self.wall.elapsed(),
        }
    }
}

/// The first figure of `schedstat`, nanoseconds; giving the CPU up first brings it up to date.
fn on_cpu() -> Option<Duration> {
    std::thread::yield_now();
    let figures = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    figures.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

fn header(n: u64, units: u64) -> RtpHeader {
    RtpHeader { payload_type: 8, marker: false, sequence: n as u16, timestamp: (n * units) as u32, ssrc: 9 }
}

fn encoded(settings: &EncoderSettings, sound: &[i16]) -> Vec<Vec<u8>> {
    let mut encoder = Encoder::new(settings).unwrap();
    let frames = sound.chunks_exact(settings.rate_hz as usize / 50);
    frames
        .map(|frame| {
            let mut packet = vec![0; 1_275];
            let length = encoder.encode(frame, &mut packet).unwrap();
            packet.truncate(length);
            packet
        })
        .collect()
}

/// Ten seconds that cost a codec what speech costs: a buzz of wandering pitch with formants, breath and pauses.
fn voice(rate_hz: u32) -> Vec<i16> {
    let mut phase = 0.0_f64;
    let mut noise = 1_u32;
    (0..rate_hz * 10)
        .map(|n| {
            let second = f64::from(n) / f64::from(rate_hz);
            phase += (130.0 + 30.0 * (second * 1.7).sin()) / f64::from(rate_hz);
            let formant = 3.0 + 2.0 * (second * 5.3).sin();
            let buzz: f64 = (1..20)
                .map(|k| {
                    let k = f64::from(k);
                    (phase * std::f64::consts::TAU * k).sin() / (1.0 + (k - formant).abs())
                })
                .sum();
            noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let breath = (f64::from(noise >> 16) / 32_768.0 - 1.0) * 0.1;
            let strength = ((second * 7.0).sin() + 0.5).clamp(0.0, 1.0);
            ((buzz + breath) * strength * 5_000.0) as i16
        })
        .collect()
}
