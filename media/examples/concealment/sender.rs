//! Speech to packets: codec, bit rate, and what is sent beside each frame in case it is lost.

use cordboard_media::Codec;
use cordboard_media::g711::Law;
use cordboard_media::opus_codec::{Encoder, EncoderSettings, MAX_PACKET_BYTES};
use cordboard_media::redundancy::{Distances, Packer};
use cordboard_media::rtp::RtpHeader;

/// Payload type of redundant packets.
pub const RED: u8 = 63;

/// A packet on its way.
#[derive(Debug, Clone)]
pub struct Packet {
    pub arrival_us: u64,
    pub header: RtpHeader,
    pub payload: Vec<u8>,
}

/// A way of sending.
#[derive(Debug, Clone)]
pub struct Sender {
    pub codec: Codec,
    rate_hz: u32,
    fec: bool,
    distances: &'static [usize],
}

/// Every way of the table.
pub fn all() -> Vec<Sender> {
    let mut senders = Vec::new();
    for (codec, rate_hz) in [(Codec::Pcma, 8_000), (Codec::Opus, 8_000), (Codec::Opus, 16_000)] {
        let of = |fec, distances| Sender { codec, rate_hz, fec, distances };
        senders.push(of(false, &[]));
        if codec == Codec::Opus {
            senders.push(of(true, &[]));
            senders.push(of(true, &[3]));
        }
        let copies: [&[usize]; 5] = [&[1], &[2], &[3], &[1, 3], &[1, 2, 3]];
        senders.extend(copies.map(|distances| of(false, distances)));
    }
    senders
}

impl Sender {
    pub const fn rate_hz(&self) -> u32 {
        self.rate_hz
    }

    pub const fn is_plain(&self) -> bool {
        !self.fec && self.distances.is_empty()
    }

    pub fn codec_name(&self) -> String {
        match self.codec {
            Codec::Opus => format!("opus{}", self.rate_hz / 1000),
            codec => codec.sdp_name().to_lowercase(),
        }
    }

    /// What is sent beside each frame: `adaptive` says that nothing is, and only the receiver is ours.
    pub fn guard_name(&self) -> String {
        let copies: Vec<String> = self.distances.iter().map(ToString::to_string).collect();
        match (self.fec, copies.is_empty()) {
            (false, true) => "adaptive".to_owned(),
            (true, true) => "fec".to_owned(),
            (false, false) => format!("red {}", copies.join("+")),
            (true, false) => format!("fec red {}", copies.join("+")),
        }
    }

    pub fn name(&self) -> String {
        format!("{}-{}", self.codec_name(), self.guard_name())
    }

    /// Packets of 20 ms, each leaving when its last sample was spoken.
    pub fn send(&self, samples: &[i16]) -> Vec<Packet> {
        let speech = EncoderSettings::speech(self.rate_hz);
        let settings = if self.fec { speech.with_fec(10) } else { speech };
        let mut encoder = Encoder::new(&settings).unwrap();
        let mut packer = Packer::new(Distances::of(self.distances));
        let units = self.codec.units_per_20_ms();
        let encoded_type = self.codec.static_payload_type().unwrap_or(111);
        let frames = samples.chunks_exact(self.rate_hz as usize / 50);
        frames
            .enumerate()
            .map(|(n, frame)| {
                let (mut encoded, mut packed) = ([0; MAX_PACKET_BYTES], [0; 4 * MAX_PACKET_BYTES]);
                let timestamp = n as u32 * units;
                let length = match self.codec {
                    Codec::Opus => encoder.encode(frame, &mut encoded).unwrap(),
                    _ => Law::A.encode_slice(frame, &mut encoded),
                };
                let (payload_type, payload) = if self.distances.is_empty() {
                    (encoded_type, &encoded[..length])
                } else {
                    let length = packer.pack(encoded_type, timestamp, &encoded[..length], &mut packed).unwrap();
                    (RED, &packed[..length])
                };
                let header = RtpHeader { payload_type, marker: n == 0, sequence: n as u16, timestamp, ssrc: 1 };
                Packet { arrival_us: (n as u64 + 1) * 20_000, header, payload: payload.to_vec() }
            })
            .collect()
    }
}
