//! What the relay tells the shell.

use std::path::PathBuf;

use cordboard_media::Codec;

use crate::endpoint::EndpointId;

/// Something that happened. Edges are never dropped; [`RelayEvent::Quality`] may be when the shell is slow.
#[derive(Debug, Clone, PartialEq)]
pub enum RelayEvent {
    /// The far side of a trunk leg pressed a key.
    Digit {
        /// The leg.
        endpoint: EndpointId,
        /// `0`-`9`, `*`, `#`, `A`-`D`.
        digit: char,
    },
    /// The last packet of a row of prompts was sent.
    PromptEnded {
        /// Who heard them.
        endpoint: EndpointId,
        /// The number given with the plan.
        play: u64,
        /// False if a prompt was missing from the library and nothing, or not all, was heard.
        played: bool,
    },
    /// A desk's connection carries sound from now on; also after a [`RelayEvent::DeskLost`] that healed.
    DeskConnected {
        /// The desk.
        endpoint: EndpointId,
    },
    /// Nothing arrives from a desk any more, or it closed its connection.
    DeskLost {
        /// The desk.
        endpoint: EndpointId,
        /// Whether it said goodbye (DTLS closed), so that waiting is in vain.
        closed: bool,
    },
    /// How a desk in a call fares, every two seconds.
    Quality(QualitySample),
    /// Nothing arrived for 1.4 s from an endpoint that somebody should hear. Said once a silence.
    Silent {
        /// The endpoint.
        endpoint: EndpointId,
        /// For how long, milliseconds.
        since_ms: u64,
    },
    /// What [`RelayEvent::Silent`] said is over: something arrives again, or nobody should hear it any more.
    HeardAgain {
        /// The endpoint.
        endpoint: EndpointId,
    },
    /// A recording's WAV is complete.
    RecordingDone {
        /// Its name.
        recording: String,
        /// The file.
        wav: PathBuf,
        /// What is missing in it.
        gaps: Vec<RecordingGap>,
        /// Length.
        duration_ms: u64,
    },
    /// A recording could not be written or completed; what was caught stays in the `.rec` file.
    RecordingFailed {
        /// Its name.
        recording: String,
        /// Why.
        reason: String,
    },
    /// The relay has ended; nothing follows.
    Stopped,
}

/// A hole in a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordingGap {
    /// 1 the caller, 2 what the caller heard.
    pub channel: u8,
    /// Where it begins, milliseconds from the start.
    pub at_ms: u64,
    /// How long it is.
    pub length_ms: u64,
    /// Why: `nothing arrived`, `overload`.
    pub reason: String,
}

/// The quality of one desk's connection over the last two seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct QualitySample {
    /// The desk.
    pub endpoint: EndpointId,
    /// Round trip by RTCP, milliseconds.
    pub round_trip_ms: Option<f32>,
    /// Interarrival jitter of what comes from the desk, milliseconds.
    pub jitter_up_ms: f32,
    /// Lost on the way from the desk, percent.
    pub lost_up_percent: f32,
    /// Lost on the way to the desk, percent, as the desk reports; losses before the gateway are taken out.
    pub lost_down_percent: f32,
    /// The codec sent to the desk.
    pub codec_down: Option<Codec>,
    /// The codec received from the desk.
    pub codec_up: Option<Codec>,
    /// The codec the desk had better send: G.711 while clean, Opus when packets are lost.
    pub wish_up: Codec,
}
