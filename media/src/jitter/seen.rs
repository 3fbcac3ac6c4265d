//! Which packets have arrived by themselves, by their place in the order of sending.

/// Remembers the last 128 places.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Seen {
    /// Bit n for `highest - n`.
    bits: u128,
    highest: Option<i64>,
    first: i64,
}

impl Seen {
    pub(super) const fn is_empty(&self) -> bool {
        self.highest.is_none()
    }

    /// Notes a packet; false if it came before, or is too old to know.
    pub(super) fn mark(&mut self, order: i64) -> bool {
        let Some(highest) = self.highest else {
            *self = Self { bits: 1, highest: Some(order), first: order };
            return true;
        };
        if order > highest {
            let shift = u32::try_from(order - highest).unwrap_or(u32::MAX);
            self.bits = self.bits.checked_shl(shift).unwrap_or(0) | 1;
            self.highest = Some(order);
            return true;
        }
        let age = u32::try_from(highest - order).unwrap_or(u32::MAX);
        let Some(bit) = 1_u128.checked_shl(age) else { return false };
        let fresh = self.bits & bit == 0;
        self.bits |= bit;
        // A packet older than the very first was sent before it.
        self.first = self.first.min(order);
        fresh
    }

    /// Whether that packet came, or nobody waits for it: it is too old to know, or before the first.
    pub(super) fn has(&self, order: i64) -> bool {
        let Some(highest) = self.highest else { return false };
        let Ok(age) = u32::try_from(highest - order) else { return false };
        order < self.first || 1_u128.checked_shl(age).is_none_or(|bit| self.bits & bit != 0)
    }

    /// Packets sent from the first to the last that came.
    pub(super) fn expected(&self) -> u64 {
        let expected = self.highest.map_or(0, |highest| highest - self.first + 1);
        u64::try_from(expected).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::Seen;

    #[test]
    fn each_packet_counts_once() {
        let mut seen = Seen::default();
        assert!(seen.mark(10) && seen.mark(12) && !seen.mark(12));
        assert!(seen.has(10) && !seen.has(11) && seen.has(12) && !seen.has(13));
        assert!(seen.has(9), "nobody waits for what was sent before the first");
        assert_eq!(seen.expected(), 3);
        assert!(seen.mark(11) && !seen.mark(11));
        assert!(seen.mark(500) && !seen.mark(300) && seen.has(300));
        assert_eq!(seen.expected(), 491);
    }
}
