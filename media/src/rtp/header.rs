//! The fixed header of an RTP packet, read from and written to bytes.

/// Bytes of a header without contributing sources or extension, which is the only kind written here.
pub const HEADER_BYTES: usize = 12;

/// The fields of an RTP header that a media path acts on.
///
/// Contributing sources, header extension and padding are skipped when read and never written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct RtpHeader {
    /// Payload type, 0 to 127.
    pub payload_type: u8,
    /// First packet of a talk spurt (RFC 3551 §4.1), or of a telephone event (RFC 4733 §2.5.1.1).
    pub marker: bool,
    /// Sequence number; see [`super::SequenceNumber`] for arithmetic.
    pub sequence: u16,
    /// Timestamp in the codec's clock; see [`super::RtpTime`].
    pub timestamp: u32,
    /// Synchronisation source.
    pub ssrc: u32,
}

/// Says why bytes are not an RTP packet, or why one could not be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RtpError {
    /// Fewer bytes than the header, its contributing sources or its extension announce.
    #[error("the packet ends before its header does")]
    TooShort,
    /// The version field is not 2.
    #[error("the packet is not RTP version 2")]
    WrongVersion,
    /// The padding count is zero or longer than what follows the header.
    #[error("the padding count does not fit the packet")]
    BadPadding,
    /// The output buffer is shorter than the header.
    #[error("the buffer has no room for an RTP header")]
    NoRoom,
}

/// Reads a packet; the payload excludes padding and may be empty.
///
/// # Errors
/// [`RtpError`] if the bytes are not RTP version 2 or announce more than they hold.
pub fn parse(packet: &[u8]) -> Result<(RtpHeader, &[u8]), RtpError> {
    let (fixed, rest) = packet.split_first_chunk::<HEADER_BYTES>().ok_or(RtpError::TooShort)?;
    if fixed[0] >> 6 != 2 {
        return Err(RtpError::WrongVersion);
    }
    let header = RtpHeader {
        payload_type: fixed[1] & 0x7F,
        marker: fixed[1] & 0x80 != 0,
        sequence: u16::from_be_bytes([fixed[2], fixed[3]]),
        timestamp: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
        ssrc: u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]),
    };
    let contributing_bytes = usize::from(fixed[0] & 0x0F) * 4;
    let mut payload = rest.get(contributing_bytes..).ok_or(RtpError::TooShort)?;
    if fixed[0] & 0x10 != 0 {
        let (profile_and_words, after) = payload.split_first_chunk::<4>().ok_or(RtpError::TooShort)?;
        let words = usize::from(u16::from_be_bytes([profile_and_words[2], profile_and_words[3]]));
        payload = after.get(words * 4..).ok_or(RtpError::TooShort)?;
    }
    if fixed[0] & 0x20 != 0 {
        let padding = usize::from(*payload.last().ok_or(RtpError::BadPadding)?);
        let kept = payload.len().checked_sub(padding).filter(|_| padding > 0).ok_or(RtpError::BadPadding)?;
        payload = &payload[..kept];
    }
    Ok((header, payload))
}

impl RtpHeader {
    /// Writes the header at the start of `out` and returns its length, [`HEADER_BYTES`].
    ///
    /// # Errors
    /// [`RtpError::NoRoom`] if `out` is shorter than that.
    pub fn write(&self, out: &mut [u8]) -> Result<usize, RtpError> {
        let fixed = out.first_chunk_mut::<HEADER_BYTES>().ok_or(RtpError::NoRoom)?;
        *fixed = self.to_bytes();
        Ok(HEADER_BYTES)
    }

    /// The header as it goes on the wire.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; HEADER_BYTES] {
        let mut bytes = [0; HEADER_BYTES];
        bytes[0] = 0x80;
        bytes[1] = (self.payload_type & 0x7F) | (u8::from(self.marker) << 7);
        bytes[2..4].copy_from_slice(&self.sequence.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.timestamp.to_be_bytes());
        bytes[8..12].copy_from_slice(&self.ssrc.to_be_bytes());
        bytes
    }

    /// Writes header and payload at the start of `out` and returns the packet's length.
    ///
    /// # Errors
    /// [`RtpError::NoRoom`] if both do not fit.
    pub fn write_packet(&self, payload: &[u8], out: &mut [u8]) -> Result<usize, RtpError> {
        let length = HEADER_BYTES + payload.len();
        let packet = out.get_mut(..length).ok_or(RtpError::NoRoom)?;
        packet[..HEADER_BYTES].copy_from_slice(&self.to_bytes());
        packet[HEADER_BYTES..].copy_from_slice(payload);
        Ok(length)
    }
}

/// Tells RTCP from RTP where both share a port (RFC 5761 §4): second byte 192 to 223.
#[must_use]
pub fn is_rtcp(packet: &[u8]) -> bool {
    packet.len() >= 8 && packet[0] >> 6 == 2 && (192..=223).contains(&packet[1])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use proptest::prelude::{any, proptest};

    const HEADER: RtpHeader =
        RtpHeader { payload_type: 8, marker: true, sequence: 0xFFFE, timestamp: 0xDEAD_BEEF, ssrc: 0x0102_0304 };

    #[test]
    fn a_written_packet_reads_back() {
        let mut bytes = [0; 64];
        let length = HEADER.write_packet(b"sound", &mut bytes).unwrap();
        assert_eq!(parse(&bytes[..length]), Ok((HEADER, &b"sound"[..])));
        assert_eq!(HEADER.write(&mut [0; 11]), Err(RtpError::NoRoom));
        assert_eq!(HEADER.write_packet(b"sound", &mut [0; 16]), Err(RtpError::NoRoom));
    }

    #[test]
    fn contributing_sources_extension_and_padding_are_skipped() {
        let mut bytes = HEADER.to_bytes().to_vec();
        bytes[0] = 0x80 | 0x20 | 0x10 | 2;
        bytes.extend([9; 8]);
        bytes.extend([0xBE, 0xDE, 0, 1, 1, 2, 3, 4]);
        bytes.extend(*b"sound");
        bytes.extend([0, 0, 3]);
        assert_eq!(parse(&bytes), Ok((HEADER, &b"sound"[..])));
        for cut in 0..20 + 8 {
            assert_eq!(parse(&bytes[..cut]).unwrap_err(), RtpError::TooShort, "cut at {cut}");
        }
    }

    #[test]
    fn impossible_padding_is_an_error() {
        let mut bytes = HEADER.to_bytes().to_vec();
        bytes[0] |= 0x20;
        assert_eq!(parse(&bytes), Err(RtpError::BadPadding));
        bytes.push(0);
        assert_eq!(parse(&bytes), Err(RtpError::BadPadding));
        bytes.push(3);
        assert_eq!(parse(&bytes), Err(RtpError::BadPadding));
        *bytes.last_mut().unwrap() = 2;
        assert_eq!(parse(&bytes), Ok((HEADER, &[][..])));
    }

    #[test]
    fn other_versions_are_refused() {
        let mut bytes = HEADER.to_bytes();
        bytes[0] = 0x40;
        assert_eq!(parse(&bytes), Err(RtpError::WrongVersion));
    }

    #[test]
    fn rtcp_is_told_apart() {
        let mut report = [0u8; 28];
        report[..2].copy_from_slice(&[0x80, 200]);
        assert!(is_rtcp(&report));
        assert!(!is_rtcp(&HEADER.to_bytes()));
        assert!(!is_rtcp(&report[..4]));
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_parser_panic(bytes: Vec<u8>, first in any::<u8>()) {
            let mut bytes = bytes;
            let _ = parse(&bytes);
            if let Some(byte) = bytes.first_mut() { *byte = 0x80 | (first & 0x3F); }
            if let Ok((header, payload)) = parse(&bytes) {
                assert!(payload.len() + HEADER_BYTES <= bytes.len());
                assert!(header.payload_type < 128);
            }
        }
    }
}
