//! Writes redundant payloads: keeps the frames sent last and puts copies of some of them before the next.

use super::{COPY_HEADER_BYTES, FRAME_HEADER_BYTES, MOST_COPIES, MOST_COPY_BYTES, MOST_OFFSET, RedundancyError};

/// The farthest frame back that may be copied.
const MOST_DISTANCE: usize = 6;

/// Which earlier frames a packet repeats, counted in frames back from its own.
///
/// `1` alone makes up for single losses; two frames and more in a row need a copy that far away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Distances {
    /// Bit n for n frames back.
    bits: u8,
}

impl Distances {
    /// No copies.
    pub const NONE: Self = Self { bits: 0 };

    /// Copies of the frames `distances` back. Those outside 1 to 6, and more than [`MOST_COPIES`], are left out.
    #[must_use]
    pub fn of(distances: &[usize]) -> Self {
        let wanted = distances.iter().filter(|distance| (1..=MOST_DISTANCE).contains(*distance));
        Self { bits: wanted.take(MOST_COPIES).fold(0, |bits, distance| bits | 1 << distance) }
    }

    /// The distances, the farthest first.
    pub fn farthest_first(self) -> impl Iterator<Item = usize> {
        (1..=MOST_DISTANCE).rev().filter(move |distance| self.bits & 1 << distance != 0)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }
}

/// A frame sent before.
#[derive(Debug, Clone)]
struct Sent {
    payload_type: u8,
    timestamp: u32,
    length: usize,
    bytes: [u8; MOST_COPY_BYTES],
}

/// Makes the redundant payloads of one outgoing stream.
#[derive(Debug, Clone)]
pub struct Packer {
    distances: Distances,
    /// The frames sent last, a ring; its length is the farthest distance.
    sent: Vec<Sent>,
    /// Frames sent so far.
    count: usize,
}

impl Packer {
    /// Makes a packer that has sent nothing so far.
    #[must_use]
    pub fn new(distances: Distances) -> Self {
        let blank = Sent { payload_type: 0, timestamp: 0, length: 0, bytes: [0; MOST_COPY_BYTES] };
        Self { distances, sent: vec![blank; MOST_DISTANCE], count: 0 }
    }

    /// Changes what is repeated from the next frame on.
    pub const fn set_distances(&mut self, distances: Distances) {
        self.distances = distances;
    }

    /// What is repeated.
    #[must_use]
    pub const fn distances(&self) -> Distances {
        self.distances
    }

    /// Writes the payload for `frame` with its copies to the start of `out` and returns its length.
    ///
    /// `timestamp` is the packet's, in the stream's RTP clock. Copies that do not fit the format or `out` are left
    /// out: the frame itself always comes first.
    ///
    /// # Errors
    /// [`RedundancyError::Unwritable`] if even the frame alone does not fit, or `payload_type` is above 127.
    pub fn pack(
        &mut self,
        payload_type: u8,
        timestamp: u32,
        frame: &[u8],
        out: &mut [u8],
    ) -> Result<usize, RedundancyError> {
        let own = FRAME_HEADER_BYTES + frame.len();
        if payload_type > 127 || out.len() < own {
            return Err(RedundancyError::Unwritable);
        }
        let mut chosen: [Option<usize>; MOST_DISTANCE] = [None; MOST_DISTANCE];
        let mut length = own;
        // The nearest are chosen first, because they are wanted soonest.
        for distance in (1..=MOST_DISTANCE).filter(|distance| self.distances.bits & 1 << distance != 0) {
            let Some(sent) = self.back(distance, timestamp) else { continue };
            let with_copy = length + COPY_HEADER_BYTES + sent.length;
            if with_copy <= out.len() {
                chosen[distance - 1] = Some(distance);
                length = with_copy;
            }
        }
        let (mut head, mut body) = (0, chosen.iter().flatten().count() * COPY_HEADER_BYTES + FRAME_HEADER_BYTES);
        for distance in chosen.iter().rev().flatten() {
            let Some(sent) = self.back(*distance, timestamp) else { continue };
            let offset = timestamp.wrapping_sub(sent.timestamp);
            let bits = 1 << 31 | u32::from(sent.payload_type) << 24 | offset << 10 | sent.length as u32;
            out[head..head + COPY_HEADER_BYTES].copy_from_slice(&bits.to_be_bytes());
            out[body..body + sent.length].copy_from_slice(&sent.bytes[..sent.length]);
            head += COPY_HEADER_BYTES;
            body += sent.length;
        }
        out[head] = payload_type;
        out[body..body + frame.len()].copy_from_slice(frame);
        self.remember(payload_type, timestamp, frame);
        Ok(length)
    }

    /// Forgets what was sent: a new stream, a pause, or a source whose past is no longer of use.
    pub const fn reset(&mut self) {
        self.count = 0;
    }

    /// The frame sent `distance` frames ago, if it is known and near enough in time.
    fn back(&self, distance: usize, timestamp: u32) -> Option<&Sent> {
        let index = self.count.checked_sub(distance)?;
        let sent = &self.sent[index % MOST_DISTANCE];
        let offset = timestamp.wrapping_sub(sent.timestamp);
        (sent.length > 0 && (1..=MOST_OFFSET).contains(&offset)).then_some(sent)
    }

    fn remember(&mut self, payload_type: u8, timestamp: u32, frame: &[u8]) {
        let slot = &mut self.sent[self.count % MOST_DISTANCE];
        slot.payload_type = payload_type;
        slot.timestamp = timestamp;
        // A frame too long for a copy is kept as none.
        slot.length = if frame.len() <= MOST_COPY_BYTES { frame.len() } else { 0 };
        slot.bytes[..slot.length].copy_from_slice(&frame[..slot.length]);
        self.count += 1;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::{Block, blocks};
    use super::*;

    fn packed(packer: &mut Packer, n: u32, out: &mut [u8]) -> usize {
        packer.pack(111, n * 960, &[n as u8; 40], out).unwrap()
    }

    #[test]
    fn copies_come_oldest_first_with_their_offsets() {
        let mut packer = Packer::new(Distances::of(&[1, 3]));
        let mut out = [0; 1_300];
        for n in 0..8 {
            let length = packed(&mut packer, n, &mut out);
            let read = blocks(&out[..length]).unwrap();
            assert_eq!(read.frame(), Block { payload_type: 111, offset: 0, payload: &[n as u8; 40] });
            let copies: Vec<_> = read.copies().map(|copy| (copy.offset, copy.payload[0])).collect();
            let known = [3_u32, 1].into_iter().filter(|back| n >= *back);
            let expected: Vec<_> = known.map(|back| (960 * back as u16, (n - back) as u8)).collect();
            assert_eq!(copies, expected, "packet {n}");
        }
    }

    #[test]
    fn what_does_not_fit_is_left_out_and_the_frame_is_not() {
        let mut packer = Packer::new(Distances::of(&[1, 2, 3]));
        let mut out = [0; 41 + 44 + 10];
        for n in 0..5 {
            let length = packed(&mut packer, n, &mut out);
            let read = blocks(&out[..length]).unwrap();
            assert_eq!(read.frame().payload, &[n as u8; 40]);
            assert_eq!(read.copies().count(), usize::from(n > 0));
        }
        assert_eq!(packer.pack(111, 0, &[0; 95], &mut out), Err(RedundancyError::Unwritable));
        assert_eq!(packer.pack(128, 0, &[0; 5], &mut out), Err(RedundancyError::Unwritable));
    }

    #[test]
    fn a_long_pause_and_a_reset_leave_nothing_to_repeat() {
        let mut packer = Packer::new(Distances::of(&[1]));
        let mut out = [0; 1_300];
        packer.pack(111, 0, &[1; 40], &mut out).unwrap();
        let length = packer.pack(111, 960 * 50, &[2; 40], &mut out).unwrap();
        assert_eq!(blocks(&out[..length]).unwrap().copies().count(), 0);
        packer.reset();
        let length = packer.pack(111, 960 * 51, &[3; 40], &mut out).unwrap();
        assert_eq!(blocks(&out[..length]).unwrap().copies().count(), 0);
    }

    #[test]
    fn frames_longer_than_ten_bits_can_say_are_sent_once() {
        let mut packer = Packer::new(Distances::of(&[1]));
        let mut out = [0; 4_000];
        packer.pack(111, 0, &[1; 1_024], &mut out).unwrap();
        let length = packer.pack(111, 960, &[2; 1_023], &mut out).unwrap();
        assert_eq!(length, 1_024);
        let length = packer.pack(111, 1_920, &[3; 10], &mut out).unwrap();
        assert_eq!(blocks(&out[..length]).unwrap().copies().next().unwrap().payload.len(), 1_023);
    }
}
