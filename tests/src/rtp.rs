//! RTP packets and telephone events (RFC 3550, RFC 4733), written apart from the product's own.

/// A packet taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Payload type.
    pub payload_type: u8,
    /// The marker bit.
    pub marker: bool,
    /// Sequence number.
    pub sequence: u16,
    /// Timestamp.
    pub timestamp: u32,
    /// Source.
    pub ssrc: u32,
    /// What it carries.
    pub payload: &'a [u8],
}

/// Takes a packet apart; nothing where it is none.
pub fn parse(bytes: &[u8]) -> Option<Packet<'_>> {
    let header: &[u8; 12] = bytes.first_chunk()?;
    if header[0] >> 6 != 2 {
        return None;
    }
    let mut start = 12 + usize::from(header[0] & 0x0f) * 4;
    if header[0] & 0x10 != 0 {
        let extension = bytes.get(start..start + 4)?;
        start += 4 + usize::from(u16::from_be_bytes([extension[2], extension[3]])) * 4;
    }
    let padding = if header[0] & 0x20 != 0 { usize::from(*bytes.last()?) } else { 0 };
    let end = bytes.len().checked_sub(padding)?;
    Some(Packet {
        payload_type: header[1] & 0x7f,
        marker: header[1] & 0x80 != 0,
        sequence: u16::from_be_bytes([header[2], header[3]]),
        timestamp: u32::from_be_bytes([header[4], header[5], header[6], header[7]]),
        ssrc: u32::from_be_bytes([header[8], header[9], header[10], header[11]]),
        payload: bytes.get(start..end)?,
    })
}

/// Puts a packet together.
pub fn build(packet: &Packet<'_>) -> Vec<u8> {
    let mut bytes = vec![0x80, packet.payload_type | if packet.marker { 0x80 } else { 0 }];
    bytes.extend(packet.sequence.to_be_bytes());
    bytes.extend(packet.timestamp.to_be_bytes());
    bytes.extend(packet.ssrc.to_be_bytes());
    bytes.extend(packet.payload);
    bytes
}

const KEYS: &[u8; 16] = b"0123456789*#ABCD";

/// The event number of a key.
pub fn event_of(key: char) -> Option<u8> {
    KEYS.iter().position(|known| char::from(*known) == key).and_then(|at| u8::try_from(at).ok())
}

/// The key of an event number.
pub fn key_of(event: u8) -> Option<char> {
    KEYS.get(usize::from(event)).map(|key| char::from(*key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_survives_the_way_there_and_back() {
        let packet = Packet {
            payload_type: 8,
            marker: true,
            sequence: 7,
            timestamp: 160,
            ssrc: 0xdead_beef,
            payload: &[1, 2, 3],
        };
        assert_eq!(parse(&build(&packet)), Some(packet));
    }

    #[test]
    fn what_is_no_packet_is_none() {
        assert_eq!(parse(&[0x80; 11]), None);
        assert_eq!(parse(&[0x40; 20]), None);
        assert_eq!(parse(&[0x8f; 20]), None, "contributing sources beyond the end");
        assert_eq!(parse(&[&[0xa0][..], &[0xff; 20]].concat()), None, "padding longer than the packet");
    }

    #[test]
    fn keys_have_numbers() {
        assert_eq!((event_of('#'), event_of('x'), key_of(1), key_of(16)), (Some(11), None, Some('1'), None));
    }
}
