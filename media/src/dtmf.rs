//! Keys as RTP telephone events (RFC 4733), both ways.

mod receiver;
mod sender;

pub use receiver::Receiver;
pub use sender::{EventPacket, QueueFull, Sender};

/// Bytes of an event's payload.
pub const PAYLOAD_BYTES: usize = 4;

/// The payload of one telephone-event packet (RFC 4733 §2.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventPayload {
    /// Event code: 0 to 15 are the keys, see [`digit_of`].
    pub event: u8,
    /// Whether the key has been let go.
    pub end: bool,
    /// Power below 0 dBm0, 0 to 63.
    pub volume: u8,
    /// How long the key has been down so far, in units of the RTP clock.
    pub duration: u16,
}

impl EventPayload {
    /// Reads a payload; later events that a packet may pack behind the first are not read, no sender of keys
    /// uses them. `None` if it is too short.
    #[must_use]
    pub fn parse(payload: &[u8]) -> Option<Self> {
        let bytes = payload.first_chunk::<PAYLOAD_BYTES>()?;
        Some(Self {
            event: bytes[0],
            end: bytes[1] & 0x80 != 0,
            volume: bytes[1] & 0x3F,
            duration: u16::from_be_bytes([bytes[2], bytes[3]]),
        })
    }

    /// The payload as it goes on the wire.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; PAYLOAD_BYTES] {
        let [high, low] = self.duration.to_be_bytes();
        [self.event, (u8::from(self.end) << 7) | (self.volume & 0x3F), high, low]
    }
}

/// The key of an event code: `0`–`9`, `*`, `#`, `A`–`D`.
#[must_use]
pub const fn digit_of(event: u8) -> Option<char> {
    const KEYS: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '*', '#', 'A', 'B', 'C', 'D'];
    if event < 16 { Some(KEYS[event as usize]) } else { None }
}

/// The event code of a key; letters may be small.
#[must_use]
pub const fn event_of(digit: char) -> Option<u8> {
    match digit {
        '0'..='9' => Some(digit as u8 - b'0'),
        '*' => Some(10),
        '#' => Some(11),
        'A'..='D' => Some(digit as u8 - b'A' + 12),
        'a'..='d' => Some(digit as u8 - b'a' + 12),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_read_back() {
        let payload = EventPayload { event: 11, end: true, volume: 10, duration: 1280 };
        assert_eq!(payload.to_bytes(), [11, 0x8A, 5, 0]);
        assert_eq!(EventPayload::parse(&payload.to_bytes()), Some(payload));
        assert_eq!(EventPayload::parse(&[1, 2, 3]), None);
    }

    #[test]
    fn keys_and_codes_agree() {
        for event in 0..=255 {
            match digit_of(event) {
                Some(digit) => assert_eq!(event_of(digit), Some(event)),
                None => assert!(event > 15),
            }
        }
        assert_eq!(event_of('d'), Some(15));
        assert_eq!(event_of('x'), None);
        assert_eq!(event_of('１'), None);
    }
}
