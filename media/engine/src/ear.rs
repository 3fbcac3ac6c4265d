//! What the agent hears: every stream that arrives, put in order, decoded and mixed.
//!
//! At a change of codec two streams carry the same words for 40 ms, one fading out and one fading in; heard
//! together they are one.

use std::time::{Duration, Instant};

use cordboard_media::Codec;
use cordboard_media::jitter::JitterConfig;
use cordboard_media::mixer::add_saturating;
use cordboard_media::playout::{PlayoutConfig, PlayoutDecoder, PlayoutStats};

use crate::codec::{REDUNDANT_OPUS, codec_of};
use crate::downlink::ReceivedPacket;
use crate::follow::Follow;

/// Two lines, and room for each to change its source once. The one silent for longest gives way to a new one.
const MOST_STREAMS: usize = 4;
/// On a network without jitter a packet waits this long, one beat of a device: it never comes a beat too late.
const LEAST_DELAY_MS: u16 = 5;
/// What gathers beyond that and a beat is stretched away: the least that stretching takes out, 2.5 ms, and a little.
const SLACK_MS: u16 = 3;
/// A stream this long without a packet has nothing to be concealed, counted or kept.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(3);

/// Decodes and mixes what arrives, at the sink's rate.
pub(crate) struct Ear {
    rate_hz: u32,
    epoch: Instant,
    streams: Vec<Stream>,
    follow: Follow,
    codec: Option<Codec>,
    tally: Tally,
    /// Packets since it last forgot everything.
    received: u64,
    frame: Vec<i16>,
}

struct Stream {
    ssrc: u32,
    last_arrival: Instant,
    playout: PlayoutDecoder,
    /// Figures already told.
    told: PlayoutStats,
}

/// Samples since the last measurement.
#[derive(Debug, Clone, Copy, Default)]
struct Tally {
    heard: u64,
    concealed: u64,
}

/// What was measured since the last time.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Heard {
    pub jitter_ms: f32,
    pub lost_percent: f32,
    pub concealed_percent: f32,
    pub buffer_ms: f32,
}

impl Ear {
    pub(crate) fn new(rate_hz: u32) -> Ear {
        Ear {
            rate_hz,
            epoch: Instant::now(),
            streams: Vec::with_capacity(MOST_STREAMS),
            follow: Follow::default(),
            codec: None,
            tally: Tally::default(),
            received: 0,
            frame: vec![0; rate_hz as usize / 50],
        }
    }

    /// Returns the codec the gateway speaks, once it has spoken for a while.
    pub(crate) fn codec(&self) -> Option<Codec> {
        self.codec
    }

    /// Returns how many packets arrived since it last forgot everything.
    pub(crate) fn received(&self) -> u64 {
        self.received
    }

    /// Takes a packet; those of codecs nobody offered are ignored.
    pub(crate) fn push(&mut self, packet: &ReceivedPacket) {
        let redundant = packet.header.payload_type == REDUNDANT_OPUS;
        let inside = if redundant { Some(Codec::Opus) } else { codec_of(packet.header.payload_type) };
        let Some(codec) = inside else { return };
        self.follow.arrived(codec);
        self.received += 1;
        let arrival_us = self.us(packet.arrival);
        if let Some(stream) = self.stream(packet.header.ssrc, packet.arrival) {
            stream.last_arrival = packet.arrival;
            if redundant {
                let opus_only = |inside| codec_of(inside).filter(|codec| *codec == Codec::Opus);
                // A payload that cannot be read is as good as lost, and is concealed.
                let _ = stream.playout.push_redundant(arrival_us, &packet.header, &packet.payload, opus_only);
            } else {
                stream.playout.push(arrival_us, &packet.header, codec, &packet.payload);
            }
        }
    }

    /// Fills `out`, 20 ms at most, with what is to be heard from `due` on.
    pub(crate) fn fill(&mut self, out: &mut [i16], due: Instant) {
        out.fill(0);
        let due_us = self.us(due);
        let wanted = out.len().min(self.frame.len());
        let frame = &mut self.frame[..wanted];
        for stream in &mut self.streams {
            let played = stream.playout.pull(due_us, frame);
            self.tally.heard += played.heard as u64;
            self.tally.concealed += played.concealed as u64;
            add_saturating(out, frame);
        }
    }

    /// Ends 20 ms of listening for which codec the gateway speaks.
    pub(crate) fn follow(&mut self) {
        self.codec = self.follow.tick().or(self.codec);
    }

    /// Returns what was measured since the last time.
    pub(crate) fn measure(&mut self) -> Heard {
        let now = Instant::now();
        self.streams.retain(|stream| now.saturating_duration_since(stream.last_arrival) < FORGOTTEN_AFTER);
        let (mut received, mut lost) = (0, 0);
        let mut heard = Heard::default();
        for stream in &mut self.streams {
            let stats = stream.playout.stats();
            received += stats.jitter.received.saturating_sub(stream.told.jitter.received);
            lost += stats.jitter.lost.saturating_sub(stream.told.jitter.lost);
            lost += stats.jitter.late.saturating_sub(stream.told.jitter.late);
            heard.jitter_ms = heard.jitter_ms.max(stats.jitter.jitter_ms);
            heard.buffer_ms = heard.buffer_ms.max(stats.jitter.depth_ms as f32);
            stream.told = stats;
        }
        heard.lost_percent = percent(lost, lost + received);
        let tally = std::mem::take(&mut self.tally);
        heard.concealed_percent = percent(tally.concealed, tally.concealed + tally.heard);
        heard
    }

    /// Forgets all streams: another call or another connection begins.
    pub(crate) fn forget(&mut self) {
        self.streams.clear();
        self.follow = Follow::default();
        self.tally = Tally::default();
        self.received = 0;
        self.codec = None;
    }

    fn stream(&mut self, ssrc: u32, arrival: Instant) -> Option<&mut Stream> {
        if let Some(known) = self.streams.iter().position(|stream| stream.ssrc == ssrc) {
            return self.streams.get_mut(known);
        }
        let jitter = JitterConfig { min_delay_ms: LEAST_DELAY_MS, ..JitterConfig::default() };
        let playout =
            PlayoutDecoder::new(&PlayoutConfig { jitter, slack_ms: SLACK_MS, ..PlayoutConfig::at(self.rate_hz) })
                .inspect_err(|error| tracing::error!(%error, "a stream cannot be played"))
                .ok()?;
        if self.streams.len() == MOST_STREAMS {
            let quietest = (0..MOST_STREAMS).min_by_key(|index| self.streams[*index].last_arrival)?;
            self.streams.swap_remove(quietest);
        }
        self.streams.push(Stream { ssrc, last_arrival: arrival, playout, told: PlayoutStats::default() });
        self.streams.last_mut()
    }

    fn us(&self, at: Instant) -> u64 {
        u64::try_from(at.saturating_duration_since(self.epoch).as_micros()).unwrap_or(u64::MAX)
    }
}

fn percent(part: u64, whole: u64) -> f32 {
    if whole == 0 { 0.0 } else { (part as f64 * 100.0 / whole as f64) as f32 }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use cordboard_media::g711::encode_alaw_slice;
    use cordboard_media::level::rms_dbfs;
    use cordboard_media::rtp::RtpHeader;
    use cordboard_media::tone::Tone;

    use super::*;
    use crate::peer::UplinkPacket;

    fn packet(ear: &Ear, ssrc: u32, tick: u32, tone: &mut Tone) -> ReceivedPacket {
        let mut samples = [0; 160];
        tone.fill(&mut samples);
        let mut payload = [0; 160];
        encode_alaw_slice(&samples, &mut payload);
        ReceivedPacket {
            arrival: at(ear, tick),
            header: RtpHeader {
                payload_type: 8,
                marker: tick == 0,
                sequence: tick as u16,
                timestamp: tick * 160,
                ssrc,
            },
            payload: Bytes::copy_from_slice(&payload),
        }
    }

    fn at(ear: &Ear, tick: u32) -> Instant {
        ear.epoch + Duration::from_millis(20) * tick
    }

    #[test]
    fn two_streams_are_heard_together() {
        let mut ear = Ear::new(16_000);
        let (mut low, mut high) = (Tone::sine(400.0, -20.0, 8_000), Tone::sine(1_500.0, -20.0, 8_000));
        let mut out = vec![0; 320];
        let (mut alone, mut together) = (0.0, 0.0);
        for tick in 0..100 {
            let low = packet(&ear, 1, tick, &mut low);
            ear.push(&low);
            if tick >= 50 {
                let high = packet(&ear, 2, tick - 50, &mut high);
                ear.push(&ReceivedPacket { arrival: at(&ear, tick), ..high });
            }
            let due = at(&ear, tick);
            ear.fill(&mut out, due);
            ear.follow();
            if tick == 40 {
                alone = rms_dbfs(&out);
            } else if tick == 90 {
                together = rms_dbfs(&out);
            }
        }
        assert!((alone + 20.0).abs() < 1.0, "{alone}");
        assert!((together + 17.0).abs() < 1.0, "{together}");
        assert_eq!(ear.codec(), Some(Codec::Pcma));
    }

    #[test]
    fn on_a_calm_network_little_is_waited_for() {
        let mut ear = Ear::new(16_000);
        let mut tone = Tone::sine(400.0, -20.0, 8_000);
        let mut out = vec![0; 80];
        for tick in 0..600 {
            // At first the network is slower than it turns out to be.
            let slower = if tick < 50 { Duration::from_millis(20) } else { Duration::ZERO };
            let packet = packet(&ear, 1, tick, &mut tone);
            let arrival = at(&ear, tick) + slower;
            ear.push(&ReceivedPacket { arrival, ..packet });
            for quarter in 0..4 {
                let due = arrival + Duration::from_millis(5) * quarter;
                ear.fill(&mut out, due);
            }
        }
        let waited_ms = ear.measure().buffer_ms;
        let most_ms = f32::from(LEAST_DELAY_MS + 5 + SLACK_MS);
        assert!(waited_ms <= most_ms + 1.0, "{waited_ms} ms");
    }

    #[test]
    fn loss_is_measured_and_covered() {
        let mut ear = Ear::new(8_000);
        let mut tone = Tone::sine(400.0, -20.0, 8_000);
        let mut out = vec![0; 160];
        for tick in 0..100 {
            let packet = packet(&ear, 1, tick, &mut tone);
            if tick % 10 != 5 {
                ear.push(&packet);
            }
            let due = at(&ear, tick);
            ear.fill(&mut out, due);
            ear.follow();
            if tick > 10 {
                assert!(rms_dbfs(&out) > -30.0, "tick {tick}: {}", rms_dbfs(&out));
            }
        }
        let heard = ear.measure();
        assert!((heard.lost_percent - 10.0).abs() < 2.0, "{heard:?}");
        assert!((heard.concealed_percent - 10.0).abs() < 3.0, "{heard:?}");
    }

    #[test]
    fn copies_stand_in_for_what_is_lost() {
        let mut voice = crate::voice::Voice::new(16_000);
        voice.use_codec(Codec::Opus);
        voice.send_copies(true);
        let mut ear = Ear::new(16_000);
        let mut tone = Tone::sine(400.0, -20.0, 16_000);
        let mut out = vec![0; 320];
        let mut frame = [0; 320];
        for tick in 0..400 {
            tone.fill(&mut frame);
            let sent = voice.encode(&frame, u64::from(tick));
            // Three in a row of every thirty are lost.
            if let Some(sent) = sent.filter(|_| tick % 30 < 27) {
                let UplinkPacket { payload_type, marker, sequence, timestamp, payload } = sent;
                let header = RtpHeader { payload_type, marker, sequence, timestamp, ssrc: 1 };
                ear.push(&ReceivedPacket { arrival: at(&ear, tick), header, payload });
            }
            let due = at(&ear, tick);
            ear.fill(&mut out, due);
            ear.follow();
            if tick == 200 {
                ear.measure();
            }
        }
        let heard = ear.measure();
        assert!((heard.lost_percent - 10.0).abs() < 2.0, "the network is told as it is: {heard:?}");
        assert!(heard.concealed_percent < 0.1, "{heard:?}");
        assert_eq!(ear.codec(), Some(Codec::Opus));
    }

    #[test]
    fn garbage_makes_no_sound_and_no_crowd() {
        let mut ear = Ear::new(16_000);
        for ssrc in 0..1_000 {
            for payload_type in [0, 8, 13, 63, 111, 127] {
                let header = RtpHeader { payload_type, marker: true, sequence: ssrc as u16, timestamp: ssrc, ssrc };
                let payload = Bytes::from(vec![0xff; ssrc as usize % 1_500]);
                ear.push(&ReceivedPacket { arrival: Instant::now(), header, payload });
            }
        }
        assert!(ear.streams.len() <= MOST_STREAMS);
        let mut out = vec![0; 320];
        ear.fill(&mut out, Instant::now());
    }
}
