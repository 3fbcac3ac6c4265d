//! Packets to sound: a fixed buffer with the simplest remedies, and ours.

use super::network::Network;
use super::sender::{Packet, RED, Sender};
use cordboard_media::Codec;
use cordboard_media::conceal::Concealer;
use cordboard_media::g711::Law;
use cordboard_media::opus_codec::Decoder;
use cordboard_media::playout::{PlayoutConfig, PlayoutDecoder};

/// What fills a frame that is lost, where the buffer is fixed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Filling {
    /// Silence.
    Zero,
    /// The frame before it once more.
    Repeat,
    /// What belongs to the codec: the pitch of G.711 Appendix I, or what libopus conceals by itself.
    Codec,
}

/// A receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Listener {
    /// Holds every packet for the network's whole jitter, so that none is late: nobody could do better with a buffer
    /// that does not know the network beforehand.
    Fixed(Filling),
    /// The playout decoder of this crate.
    Ours,
}

/// What was heard.
pub struct Heard {
    pub samples: Vec<i16>,
    /// How long packets were held on average, beyond what the fastest took on the way.
    pub delay_ms: f64,
}

/// The receivers that understand a codec.
pub fn all(codec: Codec) -> Vec<Listener> {
    let mut listeners = vec![Listener::Fixed(Filling::Codec), Listener::Ours];
    if codec != Codec::Opus {
        listeners.extend([Filling::Zero, Filling::Repeat].map(Listener::Fixed));
    }
    listeners
}

impl Listener {
    /// Whether it is worth hearing that sender: a fixed buffer knows no copies.
    pub const fn fits(&self, sender: &Sender) -> bool {
        matches!(self, Self::Ours) || sender.is_plain()
    }

    pub const fn name(&self) -> &'static str {
        match self {
            Self::Fixed(Filling::Zero) => "zero",
            Self::Fixed(Filling::Repeat) => "repeat",
            Self::Fixed(Filling::Codec) => "codec",
            Self::Ours => "ours",
        }
    }

    /// Hears `samples` samples.
    pub fn listen(self, packets: Vec<Packet>, sender: &Sender, network: &Network, samples: usize) -> Heard {
        match self {
            Self::Ours => ours(packets, sender, samples),
            Self::Fixed(filling) => {
                let samples = fixed(&packets, sender, filling, samples);
                Heard { samples, delay_ms: f64::from(network.jitter_ms) }
            }
        }
    }
}

fn ours(mut packets: Vec<Packet>, sender: &Sender, samples: usize) -> Heard {
    packets.sort_by_key(|packet| packet.arrival_us);
    let rate = sender.rate_hz() as usize;
    let mut playout = PlayoutDecoder::new(&PlayoutConfig::at(sender.rate_hz())).unwrap();
    let mut arriving = packets.iter().peekable();
    let mut heard = Vec::with_capacity(samples + rate);
    let (mut held, mut ticks) = (0.0, 0);
    while heard.len() < samples + rate / 5 {
        let now_us = 3_000 + (heard.len() / (rate / 50)) as u64 * 20_000;
        while let Some(packet) = arriving.next_if(|packet| packet.arrival_us <= now_us) {
            if packet.header.payload_type == RED {
                let codec = sender.codec;
                playout.push_redundant(packet.arrival_us, &packet.header, &packet.payload, |_| Some(codec)).unwrap();
            } else {
                playout.push(packet.arrival_us, &packet.header, sender.codec, &packet.payload);
            }
        }
        let mut frame = vec![0; rate / 50];
        playout.pull(now_us, &mut frame);
        heard.extend_from_slice(&frame);
        // Once the network is known.
        if now_us > 6_000_000 {
            held += f64::from(playout.stats().jitter.depth_ms);
            ticks += 1;
        }
    }
    Heard { samples: heard, delay_ms: held / f64::from(ticks.max(1)) }
}

fn fixed(packets: &[Packet], sender: &Sender, filling: Filling, samples: usize) -> Vec<i16> {
    let frame = sender.rate_hz() as usize / 50;
    let mut opus = Decoder::new(sender.rate_hz()).unwrap();
    let mut concealer = Concealer::new();
    let mut heard = vec![0; samples];
    let mut arrived = packets.iter().peekable();
    let mut last = vec![0; frame];
    for (n, out) in heard.chunks_exact_mut(frame).enumerate() {
        let packet = arrived.next_if(|packet| usize::from(packet.header.sequence) == n);
        match (packet, sender.codec, filling) {
            (Some(packet), Codec::Opus, _) => drop(opus.decode(&packet.payload, out).unwrap()),
            (Some(packet), _, _) => {
                Law::A.decode_slice(&packet.payload, out);
                if filling == Filling::Codec {
                    concealer.hear(out);
                }
            }
            (None, _, Filling::Zero) => out.fill(0),
            (None, _, Filling::Repeat) => out.copy_from_slice(&last),
            (None, Codec::Opus, Filling::Codec) => drop(opus.conceal(out).unwrap()),
            (None, _, Filling::Codec) => concealer.conceal(out),
        }
        last.copy_from_slice(out);
    }
    heard
}
