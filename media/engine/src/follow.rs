//! Which codec the gateway wants to hear: the one it speaks.
//!
//! It forwards what a telephone line carries as long as that goes well and turns to Opus when it does not, so
//! answering in kind spares it the work of converting. During a crossfade both codecs arrive; only one that has had
//! the line to itself for a while counts.

use cordboard_media::Codec;

/// 100 ms: longer than a crossfade and the silence after it.
const ALONE_TICKS: u32 = 5;

/// Watches which codecs arrive.
#[derive(Debug, Default)]
pub(crate) struct Follow {
    arrived: Vec<Codec>,
    alone: Option<(Codec, u32)>,
}

impl Follow {
    /// Notes a packet.
    pub(crate) fn arrived(&mut self, codec: Codec) {
        if !self.arrived.contains(&codec) {
            self.arrived.push(codec);
        }
    }

    /// Ends a tick; returns the codec that has been alone for long enough.
    pub(crate) fn tick(&mut self) -> Option<Codec> {
        if let [codec] = self.arrived[..] {
            let ticks = match self.alone {
                Some((known, ticks)) if known == codec => ticks.saturating_add(1),
                _ => 1,
            };
            self.alone = Some((codec, ticks));
        } else if self.arrived.len() > 1 {
            self.alone = None;
        }
        self.arrived.clear();
        self.alone.filter(|(_, ticks)| *ticks >= ALONE_TICKS).map(|(codec, _)| codec)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_codec_counts_once_it_is_alone() {
        let mut follow = Follow::default();
        for tick in 0..10 {
            follow.arrived(Codec::Pcma);
            assert_eq!(follow.tick(), (tick >= 4).then_some(Codec::Pcma));
        }
        for _ in 0..3 {
            follow.arrived(Codec::Opus);
            follow.arrived(Codec::Pcma);
            assert_eq!(follow.tick(), None);
        }
        for tick in 0..6 {
            follow.arrived(Codec::Opus);
            assert_eq!(follow.tick(), (tick >= 4).then_some(Codec::Opus));
        }
        assert_eq!(follow.tick(), Some(Codec::Opus), "a pause changes nothing");
    }
}
