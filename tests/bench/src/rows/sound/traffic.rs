//! The kinds of traffic that are put on a relay.

use anyhow::Result;
use cordboard_relay::Codec;

use crate::load::{Load, desks, phones};
use crate::relay::{Ask, child::RelayProcess};

/// A load that one worker bears without being the machine's only occupation; transcoding is that much heavier.
const TRANSCODED_SHARE: u64 = 2;
/// People in one conference.
const PARTIES: u64 = 10;

/// Who speaks to whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Traffic {
    /// Two plain legs.
    Plain,
    /// The same, recorded.
    PlainRecorded,
    /// A plain leg and a desk, one codec.
    Desk,
    /// The same, recorded.
    DeskRecorded,
    /// A plain leg and a desk that speaks Opus.
    Transcoded,
    /// A leg that hears music and says nothing.
    Prompt,
    /// Tens of plain legs.
    Conference,
    /// A desk that is connected, and no more.
    StandingDesk,
}

impl Traffic {
    /// One word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Plain => "forwarded",
            Self::PlainRecorded => "recorded",
            Self::Desk => "desk",
            Self::DeskRecorded => "desk-recorded",
            Self::Transcoded => "transcoded",
            Self::Prompt => "prompt",
            Self::Conference => "conference",
            Self::StandingDesk => "standing-desk",
        }
    }

    /// How many calls of it are made where so many forwarded ones would be.
    pub fn calls(self, wished: u64) -> u64 {
        match self {
            Self::Transcoded => (wished / TRANSCODED_SHARE).max(1),
            Self::Conference => wished.div_ceil(PARTIES) * PARTIES,
            _ => wished,
        }
    }

    /// Begins so many calls; the load ends when it is dropped. The callers are endpoints 1 and up.
    pub fn begin(self, relay: &RelayProcess, calls: u64) -> Result<Vec<Load>> {
        self.begin_behind(relay, 0, calls)
    }

    /// The same with the endpoints behind this number.
    pub fn begin_behind(self, relay: &RelayProcess, origin: u64, calls: u64) -> Result<Vec<Load>> {
        let callers = origin + 1..=origin + calls;
        let other = |id: u64| id + 100_000;
        let mut load = Vec::new();
        if self != Self::StandingDesk {
            load.push(phones::start(relay, callers.clone(), self != Self::Prompt)?);
        }
        let (bridged, recorded) = match self {
            Self::Plain | Self::PlainRecorded => {
                load.push(phones::start(relay, callers.clone().map(other), true)?);
                (true, self == Self::PlainRecorded)
            }
            Self::Desk | Self::DeskRecorded => {
                load.push(desks::start(relay, callers.clone().map(other), Codec::Pcma, true)?);
                (true, self == Self::DeskRecorded)
            }
            Self::Transcoded => {
                load.push(desks::start(relay, callers.clone().map(other), Codec::Opus, true)?);
                (true, false)
            }
            Self::Prompt => {
                callers.clone().try_for_each(|id| relay.ask(&Ask::Music { id }).map(drop))?;
                (false, false)
            }
            Self::Conference => {
                for first in callers.clone().step_by(PARTIES as usize) {
                    relay.ask(&Ask::Conference { ids: (first..first + PARTIES).collect() })?;
                }
                (false, false)
            }
            Self::StandingDesk => {
                load.push(desks::start(relay, callers.clone(), Codec::Pcma, false)?);
                (false, false)
            }
        };
        if bridged {
            callers
                .into_iter()
                .try_for_each(|one| relay.ask(&Ask::Bridge { one, other: other(one), recorded }).map(drop))?;
        }
        Ok(load)
    }
}
