//! Reads a redundant payload.

use super::{COPY_HEADER_BYTES, FRAME_HEADER_BYTES, MOST_COPIES};

/// One block of a redundant payload: a copy of an earlier frame, or the packet's own frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block<'a> {
    /// Payload type of the frame inside, 0 to 127.
    pub payload_type: u8,
    /// How far its timestamp is before the packet's, in units of the stream's RTP clock; 0 for the packet's own frame.
    pub offset: u16,
    /// The encoded frame; empty where the sender had none.
    pub payload: &'a [u8],
}

/// Says why a payload is not redundant audio.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RedundancyError {
    /// The payload ends before what its headers announce.
    #[error("the redundant payload ends before its blocks do")]
    TooShort,
    /// It announces more blocks than anybody sends.
    #[error("the redundant payload has too many blocks")]
    TooManyBlocks,
    /// The output has no room, or the payload type is above 127.
    #[error("the frame cannot be written as redundant audio")]
    Unwritable,
}

/// The blocks of one payload: [`Blocks::frame`] is the packet's own, [`Blocks::copies`] the earlier ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocks<'a> {
    frame: Block<'a>,
    copies: [Option<Block<'a>>; MOST_COPIES],
}

impl<'a> Blocks<'a> {
    /// The packet's own frame.
    #[must_use]
    pub const fn frame(&self) -> Block<'a> {
        self.frame
    }

    /// The copies that are not empty, in the payload's order: the oldest first, as a rule.
    pub fn copies(&self) -> impl DoubleEndedIterator<Item = Block<'a>> + '_ {
        self.copies.iter().flatten().copied().filter(|copy| !copy.payload.is_empty())
    }
}

/// Reads the payload of a packet whose payload type was negotiated as `red` (RFC 2198 §3).
///
/// # Errors
/// [`RedundancyError`] if the headers announce more than there is, or more than [`MOST_COPIES`] copies.
pub fn blocks(payload: &[u8]) -> Result<Blocks<'_>, RedundancyError> {
    let mut lengths = [(0_u8, 0_u16, 0_usize); MOST_COPIES];
    let mut count = 0;
    let mut rest = payload;
    let payload_type = loop {
        let first = *rest.first().ok_or(RedundancyError::TooShort)?;
        if first & 0x80 == 0 {
            rest = &rest[FRAME_HEADER_BYTES..];
            break first;
        }
        let (header, after) = rest.split_first_chunk::<COPY_HEADER_BYTES>().ok_or(RedundancyError::TooShort)?;
        let slot = lengths.get_mut(count).ok_or(RedundancyError::TooManyBlocks)?;
        let offset = u16::from(header[1]) << 6 | u16::from(header[2]) >> 2;
        let length = usize::from(header[2] & 3) << 8 | usize::from(header[3]);
        *slot = (first & 0x7F, offset, length);
        count += 1;
        rest = after;
    };
    let mut copies = [None; MOST_COPIES];
    for (copy, (payload_type, offset, length)) in copies.iter_mut().zip(&lengths[..count]) {
        let payload = rest.get(..*length).ok_or(RedundancyError::TooShort)?;
        rest = &rest[*length..];
        *copy = Some(Block { payload_type: *payload_type, offset: *offset, payload });
    }
    Ok(Blocks { frame: Block { payload_type, offset: 0, payload: rest }, copies })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::proptest;

    #[test]
    fn the_example_of_the_standard_reads() {
        // RFC 2198 §4, shortened: a copy of type 7, offset 160, 4 bytes, then the frame of type 5.
        let payload = [0x80 | 7, (160_u16 >> 6) as u8, (160_u16 << 2) as u8, 4, 5, 1, 2, 3, 4, 9, 9];
        let read = blocks(&payload).unwrap();
        assert_eq!(read.frame(), Block { payload_type: 5, offset: 0, payload: &[9, 9] });
        let copies: Vec<_> = read.copies().collect();
        assert_eq!(copies, [Block { payload_type: 7, offset: 160, payload: &[1, 2, 3, 4] }]);
    }

    #[test]
    fn a_payload_cut_off_anywhere_in_its_copies_is_refused() {
        let payload = [0x80 | 7, 0, 0, 4, 5, 1, 2, 3, 4];
        for cut in 0..payload.len() {
            assert_eq!(blocks(&payload[..cut]), Err(RedundancyError::TooShort), "cut at {cut}");
        }
        assert!(blocks(&payload).unwrap().frame().payload.is_empty());
    }

    #[test]
    fn a_row_of_headers_without_end_is_refused() {
        assert_eq!(blocks(&[0x80; 400]), Err(RedundancyError::TooManyBlocks));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic(bytes: Vec<u8>) {
            if let Ok(read) = blocks(&bytes) {
                let total: usize = read.copies().map(|copy| copy.payload.len()).sum();
                assert!(total + read.frame().payload.len() < bytes.len());
            }
        }
    }
}
