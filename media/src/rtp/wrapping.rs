//! Counters that wrap: sequence numbers and timestamps, compared and extended as RFC 3550 asks (RFC 1982 order).

/// An RTP sequence number, ordered on the circle of 65,536.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct SequenceNumber(pub u16);

impl SequenceNumber {
    /// The one after it.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0.wrapping_add(1))
    }

    /// Steps from `earlier` to this one, the short way round: negative if this one is the older.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i16 {
        self.0.wrapping_sub(earlier.0) as i16
    }

    /// Whether this one comes after `other`.
    #[must_use]
    pub const fn is_after(self, other: Self) -> bool {
        self.since(other) > 0
    }

    /// Finds the extended number nearest to `near` that ends in this one.
    #[must_use]
    pub const fn extended_near(self, near: i64) -> i64 {
        near.wrapping_add(self.0.wrapping_sub(near as u16) as i16 as i64)
    }
}

/// An RTP timestamp, ordered on the circle of 2³².
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RtpTime(pub u32);

impl RtpTime {
    /// The timestamp `units` later.
    #[must_use]
    pub const fn plus(self, units: u32) -> Self {
        Self(self.0.wrapping_add(units))
    }

    /// Units from `earlier` to this one, the short way round: negative if this one is the older.
    #[must_use]
    pub const fn since(self, earlier: Self) -> i32 {
        self.0.wrapping_sub(earlier.0) as i32
    }

    /// Whether this one comes after `other`.
    #[must_use]
    pub const fn is_after(self, other: Self) -> bool {
        self.since(other) > 0
    }
}

/// Extends 32-bit timestamps to 64 bits by staying near the last one seen.
#[derive(Debug, Clone, Copy, Default)]
pub struct TimeExtender {
    last: Option<(u32, i64)>,
}

impl TimeExtender {
    /// The extended value of `timestamp`; the first one seen extends to itself.
    pub fn extend(&mut self, timestamp: u32) -> i64 {
        let extended = match self.last {
            None => i64::from(timestamp),
            Some((last, extended)) => extended.wrapping_add(i64::from(RtpTime(timestamp).since(RtpTime(last)))),
        };
        self.last = Some((timestamp, extended));
        extended
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sequence_numbers_wrap() {
        let last = SequenceNumber(u16::MAX);
        assert_eq!(last.next(), SequenceNumber(0));
        assert_eq!(SequenceNumber(2).since(SequenceNumber(65_534)), 4);
        assert_eq!(SequenceNumber(65_534).since(SequenceNumber(2)), -4);
        assert!(SequenceNumber(0).is_after(last));
        assert!(!last.is_after(last));
    }

    #[test]
    fn extension_takes_the_nearest() {
        assert_eq!(SequenceNumber(3).extended_near(65_534), 65_539);
        assert_eq!(SequenceNumber(65_530).extended_near(65_539), 65_530);
        assert_eq!(SequenceNumber(65_530).extended_near(0), -6);
    }

    #[test]
    fn timestamps_extend_forwards_and_backwards() {
        let mut extender = TimeExtender::default();
        assert_eq!(extender.extend(u32::MAX - 79), i64::from(u32::MAX) - 79);
        assert_eq!(extender.extend(80), i64::from(u32::MAX) + 81);
        assert_eq!(extender.extend(u32::MAX), i64::from(u32::MAX));
        assert!(RtpTime(5).is_after(RtpTime(u32::MAX)));
        assert_eq!(RtpTime(u32::MAX).plus(2), RtpTime(1));
    }
}
