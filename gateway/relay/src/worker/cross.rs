//! Sound for listeners on other workers: fixed rings of bytes, one from each worker to each.

use std::sync::Arc;

use cordboard_media::Codec;
use cordboard_media::rtp::{self, HEADER_BYTES};
use rtrb::{Consumer, Producer, RingBuffer};

use super::traffic::Sound;
use crate::endpoint::EndpointId;
use crate::slot::Inbox;

/// A quarter of a second of forty streams; more is lost and counted.
const RING_BYTES: usize = 64 * 1024;
/// Length u16, source u64, codec u8.
const FRAME_BYTES: usize = 11;
/// In the codec's byte: the payload has copies of earlier frames.
const WITH_COPIES: u8 = 0x80;
/// The longest payload that crosses.
const PAYLOAD_CAP: usize = 1_300;

/// One worker's ends of all rings.
#[derive(Default)]
pub(crate) struct Crossings {
    to: Vec<Option<Producer<u8>>>,
    from: Vec<Consumer<u8>>,
    scratch: Vec<u8>,
}

impl Crossings {
    /// Makes the rings between `workers` workers.
    pub fn between(workers: usize) -> Vec<Self> {
        let mut all: Vec<Self> = (0..workers).map(|_| Self::default()).collect();
        for from in 0..workers {
            for to in 0..workers {
                let ring = (from != to).then(|| RingBuffer::new(RING_BYTES));
                let (producer, consumer) = ring.unzip();
                all[from].to.push(producer);
                all[to].from.extend(consumer);
            }
        }
        for crossings in &mut all {
            crossings.scratch = vec![0; FRAME_BYTES + HEADER_BYTES + PAYLOAD_CAP];
        }
        all
    }

    /// Sends a packet to the workers of `audience` (a bit each); returns how many did not take it.
    pub fn send(&mut self, audience: u64, sound: &Sound<'_>, inboxes: &[Arc<Inbox>]) -> u64 {
        let (payload, mark) = match sound.with_copies {
            Some(payload) => (payload, WITH_COPIES),
            None => (sound.payload, 0),
        };
        let length = HEADER_BYTES + payload.len();
        let Some(frame) = self.scratch.get_mut(..FRAME_BYTES + length) else { return 1 };
        let (head, packet) = frame.split_at_mut(FRAME_BYTES);
        head[..2].copy_from_slice(&(length as u16).to_le_bytes());
        head[2..10].copy_from_slice(&sound.source.0.to_le_bytes());
        head[10] = sound.codec.tag() | mark;
        if sound.header.write_packet(payload, packet).is_err() {
            return 1;
        }
        let mut refused = 0;
        for (worker, ring) in self.to.iter_mut().enumerate() {
            if audience & (1 << worker) == 0 {
                continue;
            }
            if let (Some(ring), Some(inbox)) = (ring, inboxes.get(worker)) {
                match ring.push_entire_slice(frame) {
                    Ok(()) => inbox.wake(),
                    Err(_) => refused += 1,
                }
            }
        }
        refused
    }

    /// Takes one packet from another worker into `buffer`.
    pub fn receive<'a>(&mut self, buffer: &'a mut [u8]) -> Option<Sound<'a>> {
        for ring in &mut self.from {
            let mut head = [0; FRAME_BYTES];
            if ring.pop_entire_slice(&mut head).is_err() {
                continue;
            }
            let length = usize::from(u16::from_le_bytes([head[0], head[1]]));
            let packet = buffer.get_mut(..length)?;
            ring.pop_entire_slice(packet).ok()?;
            let source = EndpointId(u64::from_le_bytes(*head[2..].first_chunk()?));
            let codec = Codec::from_tag(head[10] & !WITH_COPIES)?;
            let (header, payload) = rtp::parse(packet).ok()?;
            if head[10] & WITH_COPIES != 0 {
                return Sound::with_copies(source, header, payload, |pt| pt == header.payload_type);
            }
            return Some(Sound { source, codec, header, payload, with_copies: None });
        }
        None
    }
}
